//! The key of a user leaked: used from elsewhere with other tools, as fast as a program or over days.

use crate::attacks::Target;
use crate::attacks::accept::*;
use crate::attacks::script::Script;
use crate::company::calls::on_bucket;
use crate::company::event::{Call, From, Identity};
use crate::company::{DAY, EVERYWHERE, HOUR, agents};

/// From one who only has the key to someone with a user, a role and a console of his own.
pub fn leaked(target: &Target<'_>, name: &str, begin: i64, pace: f64, patient: bool) -> Script {
    let mut script = Script::new(name, &target.company.random, begin, pace);
    let (account, user) = target.user(&mut script.random);
    let ip = target.elsewhere(&mut script.random);
    let agent = agents::attacker(&mut script.random);
    let from = From::new(Identity::user(&account, &user, &target.key(&account, &user)), &ip, &agent);
    let pause = if patient { 9 * HOUR } else { 240_000 };

    discovery(&mut script, &from, if patient { 14 } else { 60 });
    script.wait(pause);
    script.stage(
        "cloudtrail/persistence",
        "a user of the attacker's own, with a key and a password",
        PERSISTENCE,
    );
    let own = script.random.pick(&["support-bot", "aws-sync", "svc-monitor", "ec2-helper"]).to_string();
    let named = format!(r#"{{"userName":"{own}"}}"#);
    script.names(&own);
    script.does(&from, "iam", "CreateUser", "", &named);
    let key = script.random.id("AKIA", 16);
    let response = format!(
        r#"{{"accessKey":{{"userName":"{own}","accessKeyId":"{key}","status":"Active","createDate":"Sep 12, 2026, 9:00:00 AM"}}}}"#
    );
    script.call(&from, &Call::new("iam", "CreateAccessKey", "us-east-1").with(&named).gives(response));
    let profile = format!(r#"{{"userName":"{own}","passwordResetRequired":false}}"#);
    script.does(&from, "iam", "CreateLoginProfile", "", &profile);
    script.wait(pause);
    script.stage("cloudtrail/privilege-escalation", "the user becomes an administrator", ESCALATION);
    let attach =
        format!(r#"{{"userName":"{own}","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}}"#);
    script.does(&from, "iam", "AttachUserPolicy", "", &attach);
    script.wait(pause);

    let ip = if patient { target.elsewhere(&mut script.random) } else { ip };
    let from = From::new(Identity::user(&account, &own, &key), &ip, &agent);
    script.stage("cloudtrail/defence-evasion", "trail stopped and deleted, detectors removed", EVASION);
    let trail = format!(r#"{{"name":"arn:aws:cloudtrail:eu-west-1:{account}:trail/main"}}"#);
    script.does(&from, "cloudtrail", "StopLogging", "eu-west-1", &trail);
    script.does(&from, "cloudtrail", "PutEventSelectors", "eu-west-1", r#"{"trailName":"main","eventSelectors":[{"readWriteType":"ReadOnly","includeManagementEvents":false}]}"#);
    script.does(
        &from,
        "guardduty",
        "DeleteDetector",
        "eu-west-1",
        r#"{"detectorId":"d4b040365221be2b54a6264dc9a4bc64"}"#,
    );
    script.does(
        &from,
        "ec2",
        "DeleteFlowLogs",
        "eu-west-1",
        r#"{"DeleteFlowLogsRequest":{"FlowLogId":{"tag":1,"content":"fl-0a1b2c3d4e5f60718"}}}"#,
    );
    if !patient {
        script.does(&from, "cloudtrail", "DeleteTrail", "eu-west-1", &trail);
    }
    script.wait(pause);
    secrets(&mut script, &from, if patient { 8 } else { 40 });
    script.wait(pause);
    objects(&mut script, &from, &target.bucket(&account), if patient { 400 } else { 900 });
    script.wait(pause);
    if patient {
        destroy_keys(&mut script, &from);
    } else {
        mine(&mut script, &from);
    }
    script
}

/// Looks at all there is.
pub fn discovery(script: &mut Script, from: &From, count: usize) {
    script.stage(
        "cloudtrail/initial-access",
        "a known key from an unknown place with unknown tools",
        INITIAL,
    );
    script.does(from, "sts", "GetCallerIdentity", "us-east-1", "");
    script.does(from, "iam", "GetUser", "", "");
    script.does(from, "s3", "ListBuckets", "us-east-1", r#"{"Host":"s3.amazonaws.com"}"#);
    script.stage("cloudtrail/discovery", "who am I, what is here, what may I", DISCOVERY);
    let looks = [
        ("iam", "ListUsers"),
        ("iam", "ListRoles"),
        ("iam", "ListAttachedUserPolicies"),
        ("iam", "ListUserPolicies"),
        ("iam", "GetAccountAuthorizationDetails"),
        ("iam", "ListGroupsForUser"),
        ("iam", "GetAccountSummary"),
        ("s3", "ListBuckets"),
        ("ec2", "DescribeInstances"),
        ("ec2", "DescribeRegions"),
        ("ec2", "DescribeSnapshots"),
        ("lambda", "ListFunctions20150331"),
        ("secretsmanager", "ListSecrets"),
        ("ssm", "DescribeParameters"),
        ("rds", "DescribeDBInstances"),
        ("ses", "GetSendQuota"),
        ("organizations", "DescribeOrganization"),
        ("kms", "ListKeys"),
        ("cloudtrail", "DescribeTrails"),
        ("guardduty", "ListDetectors"),
        ("servicequotas", "ListServiceQuotas"),
        ("dynamodb", "ListTables"),
        ("sts", "GetSessionToken"),
        ("ses", "ListIdentities"),
    ];
    for step in 0..count {
        let (service, name) = looks[step % looks.len()];
        let call = Call::new(service, name, if service == "iam" { "us-east-1" } else { "eu-west-1" });
        let refused = script.random.chance(0.3);
        let call = if refused {
            call.fails(
                "AccessDenied",
                &format!("User: {} is not authorized to perform: {service}:{name}", from.who.arn),
            )
        } else {
            call
        };
        script.call(from, &call);
    }
}

/// Reads secret after secret.
pub fn secrets(script: &mut Script, from: &From, count: usize) {
    script.stage("cloudtrail/credential-access", "secret after secret is read", CREDENTIALS);
    script.does(from, "secretsmanager", "ListSecrets", "eu-west-1", r#"{"maxResults":100}"#);
    for step in 0..count {
        let secret = format!(
            r#"{{"secretId":"arn:aws:secretsmanager:eu-west-1:{}:secret:app-{step}-a1B2c3"}}"#,
            from.who.account
        );
        script.does(from, "secretsmanager", "GetSecretValue", "eu-west-1", &secret);
        if step % 3 == 0 {
            script.does(
                from,
                "ssm",
                "GetParameter",
                "eu-west-1",
                &format!(r#"{{"name":"/prod/app-{step}/password","withDecryption":true}}"#),
            );
        }
    }
}

/// Takes the objects of a bucket.
pub fn objects(script: &mut Script, from: &From, bucket: &str, count: usize) {
    script.stage("s3/exfiltration", "the objects of a bucket are copied out", S3_EXFILTRATION);
    script.names(bucket);
    let account = from.who.account.clone();
    for step in 0..count {
        let name = if step % 100 == 0 { "ListObjects" } else { "GetObject" };
        let call = Call::new("s3", name, "eu-west-1").in_account(&account);
        let call = on_bucket(call, bucket, &mut script.random);
        script.call(from, &call);
    }
}

/// Large instances in region after region.
pub fn mine(script: &mut Script, from: &From) {
    script.stage("cloudtrail/impact", "large machines are started in many regions", IMPACT);
    for region in EVERYWHERE.iter().step_by(2) {
        script.does(from, "ec2", "DescribeInstanceTypeOfferings", region, "");
        let request = r#"{"instancesSet":{"items":[{"imageId":"ami-0aa1bb2cc3dd4ee5f","minCount":8,"maxCount":20}]},"instanceType":"p4d.24xlarge","blockDeviceMapping":{},"monitoring":{"enabled":false}}"#;
        let call = Call::new("ec2", "RunInstances", region).with(request);
        let refused = script.random.chance(0.5);
        let call = if refused {
            call.fails(
                "Client.VcpuLimitExceeded",
                "You have requested more vCPU capacity than your current vCPU limit allows.",
            )
        } else {
            call.gives(r#"{"requestId":"59dbff89-35bd-4eac-99ed-be587EXAMPLE","instancesSet":{"items":[{"instanceId":"i-0abcdef1234567890"}]}}"#)
        };
        script.call(from, &call);
    }
}

/// Keys are set to be deleted, and backups are.
pub fn destroy_keys(script: &mut Script, from: &From) {
    script.stage("cloudtrail/impact", "keys, snapshots and databases are destroyed", IMPACT);
    for index in 0..5 {
        script.does(
            from,
            "kms",
            "ScheduleKeyDeletion",
            "eu-west-1",
            &format!(r#"{{"keyId":"1234abcd-12ab-34cd-56ef-12345678900{index}","pendingWindowInDays":7}}"#),
        );
        script.does(
            from,
            "ec2",
            "DeleteSnapshot",
            "eu-west-1",
            &format!(r#"{{"snapshotId":"snap-0a1b2c3d4e5f6071{index}"}}"#),
        );
        script.does(
            from,
            "rds",
            "DeleteDBInstance",
            "eu-west-1",
            &format!(r#"{{"dBInstanceIdentifier":"prod-{index}","skipFinalSnapshot":true}}"#),
        );
    }
    script.does(from, "backup", "DeleteBackupVault", "eu-west-1", r#"{"backupVaultName":"main"}"#);
}

/// A key that only sends mail: the quota is read, identities are made, mail goes out.
pub fn mail(target: &Target<'_>, begin: i64) -> Script {
    let mut script = Script::new("mail from a leaked key", &target.company.random, begin, 4000.0);
    let (account, user) = target.user(&mut script.random);
    let ip = target.elsewhere(&mut script.random);
    let from = From::new(
        Identity::user(&account, &user, &target.key(&account, &user)),
        &ip,
        "python-requests/2.31.0",
    );
    script.stage("cloudtrail/initial-access", "a key from elsewhere asks for the quota of mail", INITIAL);
    for region in EVERYWHERE {
        script.does(&from, "ses", "GetSendQuota", region, "");
        script.does(&from, "ses", "GetAccountSendingEnabled", region, "");
    }
    script.stage("cloudtrail/impact", "mail is sent in the company's name", IMPACT);
    script.does(&from, "ses", "UpdateAccountSendingEnabled", "us-east-1", r#"{"enabled":true}"#);
    script.does(
        &from,
        "ses",
        "VerifyEmailIdentity",
        "us-east-1",
        r#"{"emailAddress":"billing@example.org"}"#,
    );
    script.does(&from, "ses", "CreateEmailIdentity", "us-east-1", r#"{"emailIdentity":"example.org"}"#);
    for _ in 0..80 {
        script.does(&from, "ses", "SendEmail", "us-east-1", r#"{"source":"billing@example.org"}"#);
    }
    script
}

/// Someone of the company takes a bit of the lake each night, with the rights and from the place that he has.
pub fn insider(target: &Target<'_>, begin: i64) -> Script {
    let mut script = Script::new("insider, slow", &target.company.random, begin, 9000.0);
    let (from, account) = target.analyst(begin, &mut script.random);
    let bucket = format!("nl-payroll-{}", account.get(8..).unwrap_or_default());
    for night in 0..4 {
        script.at = begin + night * DAY;
        objects(&mut script, &from, &bucket, 350);
    }
    script
}
