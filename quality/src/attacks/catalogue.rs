//! Techniques one by one, each by someone who got hold of credentials: of a user of IAM, of a person's session, of a
//! role of CI.

use crate::attacks::Target;
use crate::attacks::accept::*;
use crate::attacks::script::Script;
use crate::company::calls::on_bucket;
use crate::company::event::{Call, From, Identity, Session};
use crate::company::people::Job;
use crate::company::places::ATTACKERS;
use crate::company::sessions::sso_role;
use crate::company::{DEV, EVERYWHERE, HOUR, PROD, STAGING, agents};

/// One technique: where it counts, what it is, what tells it, and its calls: service, name, parameters.
struct Technique {
    row: &'static str,
    what: &'static str,
    accept: &'static [&'static str],
    calls: &'static [(&'static str, &'static str, &'static str)],
    /// How often the last call is made.
    times: usize,
}

#[rustfmt::skip]
static TECHNIQUES: &[Technique] = &[
    Technique { row: "cloudtrail/persistence", what: "another user's key", accept: PERSISTENCE, times: 1, calls: &[
        ("iam", "ListUsers", ""), ("iam", "CreateAccessKey", r#"{"userName":"ci-admin"}"#)] },
    Technique { row: "cloudtrail/persistence", what: "a password for a user who had none", accept: PERSISTENCE, times: 1, calls: &[
        ("iam", "CreateLoginProfile", r#"{"userName":"svc-etl","passwordResetRequired":false}"#)] },
    Technique { row: "cloudtrail/persistence", what: "a function that anyone may call", accept: PERSISTENCE, times: 1, calls: &[
        ("lambda", "ListFunctions20150331", ""), ("lambda", "UpdateFunctionCode20150331v2", r#"{"functionName":"orders-fn","publish":true}"#),
        ("lambda", "AddPermission20150331v2", r#"{"functionName":"orders-fn","statementId":"x","action":"lambda:InvokeFunction","principal":"*"}"#),
        ("lambda", "CreateFunctionUrlConfig", r#"{"functionName":"orders-fn","authType":"NONE"}"#)] },
    Technique { row: "cloudtrail/persistence", what: "a function's code comes with a stranger's layer", accept: PERSISTENCE, times: 1, calls: &[
        ("lambda", "UpdateFunctionConfiguration20150331v2", r#"{"functionName":"auth-fn","layers":["arn:aws:lambda:eu-west-1:666777888999:layer:ext:1"]}"#)] },
    Technique { row: "cloudtrail/persistence", what: "a trust anchor for certificates of the attacker's own", accept: PERSISTENCE, times: 1, calls: &[
        ("rolesanywhere", "CreateTrustAnchor", r#"{"name":"corp","enabled":true,"source":{"sourceType":"CERTIFICATE_BUNDLE"}}"#),
        ("iam", "CreateRole", r#"{"roleName":"anywhere","assumeRolePolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"rolesanywhere.amazonaws.com\"},\"Action\":[\"sts:AssumeRole\",\"sts:TagSession\",\"sts:SetSourceIdentity\"]}]}"}"#),
        ("iam", "AttachRolePolicy", r#"{"roleName":"anywhere","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#),
        ("rolesanywhere", "CreateProfile", r#"{"name":"corp","roleArns":["arn:aws:iam::123456789012:role/anywhere"]}"#)] },
    Technique { row: "cloudtrail/persistence", what: "an identity provider of the attacker's own", accept: PERSISTENCE, times: 1, calls: &[
        ("iam", "CreateSAMLProvider", r#"{"name":"Okta2"}"#),
        ("iam", "UpdateAssumeRolePolicy", r#"{"roleName":"Admin","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Federated\":\"arn:aws:iam::123456789012:saml-provider/Okta2\"},\"Action\":\"sts:AssumeRoleWithSAML\"}]}"}"#)] },
    Technique { row: "cloudtrail/privilege-escalation", what: "an instance with an administrator's profile", accept: ESCALATION_OR_IMPACT, times: 1, calls: &[
        ("iam", "ListInstanceProfiles", ""),
        ("ec2", "RunInstances", r#"{"instancesSet":{"items":[{"imageId":"ami-0aa1bb2cc3dd4ee5f","minCount":1,"maxCount":1}]},"instanceType":"t3.micro","iamInstanceProfile":{"name":"AdminProfile"},"userData":"<sensitiveDataRemoved>"}"#),
        ("ec2", "AssociateIamInstanceProfile", r#"{"AssociateIamInstanceProfileRequest":{"InstanceId":"i-0123456789abcdef0","IamInstanceProfile":{"Name":"AdminProfile"}}}"#)] },
    Technique { row: "cloudtrail/privilege-escalation", what: "own rights by an inline policy", accept: ESCALATION, times: 1, calls: &[
        ("iam", "PutUserPolicy", r#"{"userName":"svc-etl","policyName":"x","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"}"#)] },
    Technique { row: "cloudtrail/privilege-escalation", what: "an older, wider version of a policy", accept: ESCALATION, times: 1, calls: &[
        ("iam", "ListPolicyVersions", r#"{"policyArn":"arn:aws:iam::123456789012:policy/dev"}"#),
        ("iam", "SetDefaultPolicyVersion", r#"{"policyArn":"arn:aws:iam::123456789012:policy/dev","versionId":"v1"}"#)] },
    Technique { row: "cloudtrail/privilege-escalation", what: "an instance's start script is changed", accept: EXECUTION, times: 1, calls: &[
        ("ec2", "StopInstances", r#"{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0"}]}}"#),
        ("ec2", "ModifyInstanceAttribute", r#"{"instanceId":"i-0123456789abcdef0","userData":"<sensitiveDataRemoved>"}"#),
        ("ec2", "StartInstances", r#"{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0"}]}}"#)] },
    Technique { row: "cloudtrail/privilege-escalation", what: "commands on servers by Systems Manager", accept: EXECUTION, times: 12, calls: &[
        ("ssm", "DescribeInstanceInformation", ""),
        ("ssm", "SendCommand", r#"{"instanceIds":["i-0123456789abcdef0","i-0fedcba9876543210"],"documentName":"AWS-RunShellScript","parameters":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#)] },
    Technique { row: "cloudtrail/privilege-escalation", what: "sessions on many servers", accept: EXECUTION, times: 15, calls: &[
        ("ssm", "DescribeInstanceInformation", ""), ("ssm", "StartSession", r#"{"target":"i-0123456789abcdef0"}"#)] },
    Technique { row: "cloudtrail/privilege-escalation", what: "keys pushed onto instances", accept: EXECUTION, times: 10, calls: &[
        ("ec2-instance-connect", "SendSSHPublicKey", r#"{"instanceId":"i-0123456789abcdef0","instanceOSUser":"ec2-user"}"#)] },
    Technique { row: "cloudtrail/credential-access", what: "passwords of Windows servers", accept: CREDENTIALS, times: 30, calls: &[
        ("ec2", "DescribeInstances", ""), ("ec2", "GetPasswordData", r#"{"instanceId":"i-0123456789abcdef0"}"#)] },
    Technique { row: "cloudtrail/credential-access", what: "all secrets, in one call after the other", accept: CREDENTIALS, times: 8, calls: &[
        ("secretsmanager", "ListSecrets", ""), ("secretsmanager", "BatchGetSecretValue", r#"{"filters":[{"key":"tag-key","values":["env"]}]}"#)] },
    Technique { row: "cloudtrail/credential-access", what: "all parameters of Systems Manager", accept: CREDENTIALS, times: 40, calls: &[
        ("ssm", "DescribeParameters", ""), ("ssm", "GetParameters", r#"{"withDecryption":true,"names":["/prod/db/password","/prod/api/key"]}"#)] },
    Technique { row: "cloudtrail/defence-evasion", what: "the trail no longer sees management events", accept: EVASION, times: 1, calls: &[
        ("cloudtrail", "PutEventSelectors", r#"{"trailName":"main","eventSelectors":[{"readWriteType":"All","includeManagementEvents":false,"dataResources":[]}]}"#)] },
    Technique { row: "cloudtrail/defence-evasion", what: "the trail's files are deleted after a day", accept: &["DefenseEvasion:IAMUser/*", "Stealth:*", "Impact:*"], times: 1, calls: &[
        ("s3", "PutBucketLifecycle", r#"{"bucketName":"nl-cloudtrail-logs","LifecycleConfiguration":{"Rule":{"Status":"Enabled","Expiration":{"Days":1},"ID":"x"}}}"#)] },
    Technique { row: "cloudtrail/defence-evasion", what: "flow logs and DNS logs are deleted", accept: EVASION, times: 1, calls: &[
        ("ec2", "DeleteFlowLogs", r#"{"DeleteFlowLogsRequest":{"FlowLogId":{"tag":1,"content":"fl-0a1b2c3d4e5f60718"}}}"#),
        ("route53resolver", "DeleteResolverQueryLogConfig", r#"{"resolverQueryLogConfigId":"rqlc-1"}"#)] },
    Technique { row: "cloudtrail/defence-evasion", what: "the account leaves its organization", accept: EVASION, times: 1, calls: &[("organizations", "LeaveOrganization", "")] },
    Technique { row: "cloudtrail/defence-evasion", what: "Config and Security Hub are switched off", accept: EVASION, times: 1, calls: &[
        ("config", "StopConfigurationRecorder", r#"{"configurationRecorderName":"default"}"#), ("config", "DeleteDeliveryChannel", r#"{"deliveryChannelName":"default"}"#),
        ("securityhub", "DisableSecurityHub", "")] },
    Technique { row: "cloudtrail/defence-evasion", what: "alarms and log groups are deleted", accept: EVASION_OR_IMPACT, times: 8, calls: &[
        ("monitoring", "DeleteAlarms", r#"{"alarmNames":["root-login","iam-change"]}"#), ("logs", "DeleteLogGroup", r#"{"logGroupName":"/aws/cloudtrail/main"}"#)] },
    Technique { row: "cloudtrail/policy", what: "Bedrock's log is switched off", accept: BEDROCK, times: 1, calls: &[("bedrock", "DeleteModelInvocationLoggingConfiguration", "")] },
    Technique { row: "cloudtrail/policy", what: "the trail is stopped", accept: TRAIL, times: 1, calls: &[("cloudtrail", "StopLogging", r#"{"name":"main"}"#)] },
    Technique { row: "cloudtrail/policy", what: "the account's block of public access is off", accept: ACCOUNT_BLOCK, times: 1, calls: &[
        ("s3", "PutAccountPublicAccessBlock", r#"{"publicAccessBlock":"","accountId":"123456789012","PublicAccessBlockConfiguration":{"xmlns":"http://awss3control.amazonaws.com/doc/2018-08-20/","BlockPublicAcls":false,"IgnorePublicAcls":false,"BlockPublicPolicy":false,"RestrictPublicBuckets":false}}"#)] },
    Technique { row: "cloudtrail/policy", what: "a bucket's block of public access is off", accept: BUCKET_BLOCK, times: 1, calls: &[
        ("s3", "PutBucketPublicAccessBlock", r#"{"bucketName":"nl-orders-x","publicAccessBlock":"","PublicAccessBlockConfiguration":{"xmlns":"http://s3.amazonaws.com/doc/2006-03-01/","BlockPublicAcls":false,"IgnorePublicAcls":false,"BlockPublicPolicy":false,"RestrictPublicBuckets":false}}"#)] },
    Technique { row: "cloudtrail/policy", what: "a bucket is opened to anyone by its policy", accept: BUCKET_PUBLIC, times: 1, calls: &[
        ("s3", "PutBucketPolicy", r#"{"bucketName":"nl-orders-x","policy":"","bucketPolicy":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::nl-orders-x/*"}]}}"#)] },
    Technique { row: "cloudtrail/policy", what: "a bucket is opened to anyone by its access list", accept: BUCKET_PUBLIC, times: 1, calls: &[
        ("s3", "PutBucketAcl", r#"{"bucketName":"nl-media-x","acl":"","AccessControlPolicy":{"xmlns":"http://s3.amazonaws.com/doc/2006-03-01/","Owner":{"ID":"9d2f"},"AccessControlList":{"Grant":[{"Grantee":{"xmlns:xsi":"http://www.w3.org/2001/XMLSchema-instance","xsi:type":"Group","URI":"http://acs.amazonaws.com/groups/global/AllUsers"},"Permission":"READ"}]}}}"#)] },
    Technique { row: "cloudtrail/policy", what: "a bucket's log is switched off", accept: BUCKET_LOG, times: 1, calls: &[
        ("s3", "PutBucketLogging", r#"{"bucketName":"nl-orders-x","logging":"","BucketLoggingStatus":{"xmlns":"http://s3.amazonaws.com/doc/2006-03-01/"}}"#)] },
    Technique { row: "cloudtrail/exfiltration", what: "an image is shared with a stranger", accept: EXFILTRATION, times: 1, calls: &[
        ("ec2", "CreateImage", r#"{"instanceId":"i-0123456789abcdef0","name":"m"}"#),
        ("ec2", "ModifyImageAttribute", r#"{"imageId":"ami-0aa1bb2cc3dd4ee5f","attributeType":"launchPermission","launchPermission":{"add":{"items":[{"userId":"666777888999"}]}}}"#)] },
    Technique { row: "cloudtrail/exfiltration", what: "a volume's snapshot is shared with a stranger", accept: EXFILTRATION, times: 1, calls: &[
        ("ec2", "CreateSnapshot", r#"{"volumeId":"vol-0a1b2c3d4e5f60718"}"#),
        ("ec2", "ModifySnapshotAttribute", r#"{"snapshotId":"snap-0a1b2c3d4e5f60718","attributeType":"CREATE_VOLUME_PERMISSION","createVolumePermission":{"add":{"items":[{"userId":"666777888999"}]}}}"#)] },
    Technique { row: "cloudtrail/exfiltration", what: "a database's snapshot is shared with everyone", accept: EXFILTRATION, times: 1, calls: &[
        ("rds", "CreateDBSnapshot", r#"{"dBSnapshotIdentifier":"s","dBInstanceIdentifier":"orders-db"}"#),
        ("rds", "ModifyDBSnapshotAttribute", r#"{"dBSnapshotIdentifier":"s","attributeName":"restore","valuesToAdd":["all"]}"#)] },
    Technique { row: "cloudtrail/exfiltration", what: "a bucket is copied to a stranger's by replication", accept: EXFILTRATION, times: 1, calls: &[
        ("s3", "PutBucketReplication", r#"{"bucketName":"nl-orders-x","replication":"","ReplicationConfiguration":{"Role":"arn:aws:iam::123456789012:role/repl","Rule":{"Status":"Enabled","Destination":{"Bucket":"arn:aws:s3:::stranger-bucket","Account":"666777888999"}}}}"#)] },
    Technique { row: "cloudtrail/impact", what: "a security group is opened to the world", accept: &["Policy:IAMUser/SecurityGroupOpened", "Impact:*", "DefenseEvasion:*", "Persistence:*", "InitialAccess:*", "PrivilegeEscalation:*", "Exfiltration:*"], times: 1, calls: &[
        ("ec2", "AuthorizeSecurityGroupIngress", r#"{"groupId":"sg-0a1b2c3d4e5f60718","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"groups":{},"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}}"#)] },
    Technique { row: "cloudtrail/impact", what: "databases and tables are deleted", accept: IMPACT, times: 6, calls: &[
        ("dynamodb", "DeleteTable", r#"{"tableName":"orders-table"}"#), ("rds", "DeleteDBCluster", r#"{"dBClusterIdentifier":"orders","skipFinalSnapshot":true}"#)] },
    Technique { row: "cloudtrail/impact", what: "models are used at the company's cost", accept: &["Impact:IAMUser/*", "InitialAccess:*", "Discovery:IAMUser/*", "Execution:*"], times: 120, calls: &[
        ("bedrock", "ListFoundationModels", ""), ("bedrock", "PutUseCaseForModelAccess", ""), ("bedrock", "CreateFoundationModelAgreement", r#"{"modelId":"m"}"#),
        ("bedrock", "InvokeModel", r#"{"modelId":"anthropic.claude-3-opus-20240229-v1:0"}"#)] },
    Technique { row: "cloudtrail/impact", what: "users of the application are taken over by its user pool", accept: &["Impact:IAMUser/*", "Persistence:IAMUser/*", "CredentialAccess:IAMUser/*", "PrivilegeEscalation:IAMUser/*"], times: 20, calls: &[
        ("cognito-idp", "ListUserPools", ""), ("cognito-idp", "ListUsers", r#"{"userPoolId":"eu-west-1_abc"}"#),
        ("cognito-idp", "AdminSetUserPassword", r#"{"userPoolId":"eu-west-1_abc","username":"admin","permanent":true}"#)] },
];

const ESCALATION_OR_IMPACT: &[&str] =
    &["PrivilegeEscalation:IAMUser/*", "Persistence:IAMUser/*", "Impact:IAMUser/*", "AttackSequence:*"];
const EVASION_OR_IMPACT: &[&str] =
    &["DefenseEvasion:IAMUser/*", "Stealth:*", "Impact:IAMUser/*", "AttackSequence:*"];

/// Each technique, by one of those whose credentials were taken; and what needs more than a list of calls.
pub fn all(target: &Target<'_>, on: &mut impl FnMut(f64) -> i64) -> Vec<Script> {
    let mut scripts: Vec<Script> = TECHNIQUES
        .iter()
        .enumerate()
        .map(|(index, technique)| {
            let name = format!("technique {index}");
            let mut script =
                Script::new(&name, &target.company.random, on((index * 5 % 24) as f64 + 0.3), 12_000.0);
            let from = actor(target, index, &mut script);
            technique_by(&mut script, technique, &from);
            script
        })
        .collect();
    scripts.push(ransom(target, on(3.7)));
    scripts.push(anonymous(target, on(6.0)));
    scripts.push(federation(target, on(19.0)));
    scripts
}

fn technique_by(script: &mut Script, technique: &Technique, from: &From) {
    script.stage(technique.row, technique.what, technique.accept);
    let last = technique.calls.len() - 1;
    for (step, (service, name, request)) in technique.calls.iter().enumerate() {
        let times = if step == last { technique.times } else { 1 };
        for time in 0..times {
            if request.contains("bucketName") {
                script.names(request.split('"').nth(3).unwrap_or_default());
            }
            // What is done to many instances is done to another one each time.
            let request = match time {
                0 => (*request).to_owned(),
                _ => request.replace(INSTANCE, &format!("i-{}", script.random.hex(17))),
            };
            script.does(from, service, name, "eu-west-1", &request);
        }
    }
}

/// The instance that is named where one is.
const INSTANCE: &str = "i-0123456789abcdef0";

/// One whose credentials were taken: a user's key, a developer's session, or a role of CI, used from elsewhere.
fn actor(target: &Target<'_>, index: usize, script: &mut Script) -> From {
    let agent = agents::attacker(&mut script.random);
    let since = script.at - HOUR;
    let who = match index % 3 {
        0 => {
            let (account, user) = target.user(&mut script.random);
            let key = target.key(&account, &user);
            Identity::user(&account, &user, &key)
        }
        1 => {
            let account = target.company.accounts[DEV].clone();
            let developers: Vec<_> = target
                .company
                .people
                .iter()
                .filter(|person| person.job == Job::Developer && !person.iam_user)
                .collect();
            let email = developers[index % developers.len()].email.clone();
            let role = sso_role(&account, "Developer");
            let session = Session { role: &role, name: &email, since, ..Session::default() };
            Identity::role(&account, &script.random.id("ASIA", 16), session)
        }
        _ => {
            let account = target.company.accounts[*script.random.pick(&[STAGING, PROD])].clone();
            let repository = ["shop", "api", "search", "mailer", "site", "billing", "portal"][index % 7];
            let role = format!("deploy-{repository}");
            let session = Session { role: &role, name: "GitHubActions", since, ..Session::default() };
            Identity::role(&account, &script.random.id("ASIA", 16), session)
        }
    };
    // Each from a network of its own: what was seen once is no longer new.
    let ip = ATTACKERS[(index * 11 + 5) % ATTACKERS.len()].address(&mut script.random);
    From::new(who, &ip, &agent)
}

/// Objects are overwritten with a key that only the attacker has, deleted, and a note is left.
fn ransom(target: &Target<'_>, begin: i64) -> Script {
    let mut script = Script::new("ransom", &target.company.random, begin, 150.0);
    let from = actor(target, 0, &mut script);
    let account = from.who.account.clone();
    let bucket = target.bucket(&account);
    script.stage("s3/impact", "objects are overwritten, deleted, and a note is left", S3_IMPACT);
    script.names(&bucket);
    for region in EVERYWHERE.iter().take(1) {
        script.does(&from, "s3", "PutBucketVersioning", region, &format!(r#"{{"bucketName":"{bucket}","versioning":"","VersioningConfiguration":{{"Status":"Suspended"}}}}"#));
    }
    for step in 0..500 {
        let name = match step % 3 {
            0 => "GetObject",
            1 => "PutObject",
            _ => "DeleteObject",
        };
        let call =
            on_bucket(Call::new("s3", name, "eu-west-1").in_account(&account), &bucket, &mut script.random);
        script.call(&from, &call);
    }
    let mut note = on_bucket(
        Call::new("s3", "PutObject", "eu-west-1").in_account(&account),
        &bucket,
        &mut script.random,
    );
    note.request = format!(
        r#"{{"bucketName":"{bucket}","Host":"{bucket}.s3.eu-west-1.amazonaws.com","key":"HOW-TO-RESTORE.txt"}}"#
    );
    script.call(&from, &note);
    script
}

/// A bucket's objects are read by someone without credentials, one after the other.
fn anonymous(target: &Target<'_>, begin: i64) -> Script {
    let mut script = Script::new("anonymous reads", &target.company.random, begin, 900.0);
    let ip = ATTACKERS[8].address(&mut script.random);
    let from = From::new(Identity::anonymous(), &ip, "curl/8.4.0");
    let account = target.company.accounts[PROD].clone();
    let bucket = target.bucket(&account);
    script.stage("s3/exfiltration", "a bucket is read by someone without credentials", S3_EXFILTRATION);
    script.names(&bucket);
    for step in 0..300 {
        let name = if step < 5 { "ListObjects" } else { "GetObject" };
        let call =
            on_bucket(Call::new("s3", name, "eu-west-1").in_account(&account), &bucket, &mut script.random);
        script.call(&from, &call.in_account(&account));
    }
    script
}

/// A user's key becomes a session of the console that outlives the key.
fn federation(target: &Target<'_>, begin: i64) -> Script {
    let mut script = Script::new("console by federation", &target.company.random, begin, 8000.0);
    let from = actor(target, 0, &mut script);
    script.stage(
        "cloudtrail/persistence",
        "a session of the console from a key",
        &[
            "Persistence:IAMUser/*",
            "InitialAccess:IAMUser/*",
            "PrivilegeEscalation:IAMUser/*",
            "CredentialAccess:IAMUser/*",
        ],
    );
    script.does(&from, "sts", "GetFederationToken", "us-east-1", r#"{"name":"support","policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"}"#);
    let login = Call { kind: "AwsConsoleSignIn", ..Call::new("signin", "GetSigninToken", "us-east-1") };
    script.call(&from, &login);
    script
}
