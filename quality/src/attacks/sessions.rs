//! Attacks with the temporary credentials of machines and people, and through the console.

use crate::attacks::Target;
use crate::attacks::accept::*;
use crate::attacks::key::{discovery, objects, secrets};
use crate::attacks::script::Script;
use crate::company::event::{Call, From, Identity, Session};
use crate::company::machines::{function as function_of_company, standing};
use crate::company::places::{ATTACKERS, AWAY, CUSTOM as LISTED_BY_US, LISTED as BAD, TOR as EXITS, aws};
use crate::company::sessions::assume_role;
use crate::company::{DAY, DEV, HOUR, PROD, STAGING, agents};

/// All of them; `on` gives a time at an hour of a day.
pub fn all(target: &Target<'_>, on: &mut impl FnMut(f64) -> i64) -> Vec<Script> {
    vec![
        instance(target, "instance's keys, outside", on(3.0), false),
        instance(target, "instance's keys, in another account of AWS", on(13.0), true),
        function(target, on(5.0)),
        console(target, on(1.5)),
        guessing(target, on(23.0)),
        chain(target, on(16.0)),
        root(target, on(18.5)),
        listed(target, on(8.0), "tor", &EXITS, TOR, "cloudtrail/lists"),
        listed(target, on(9.0), "malicious address", &BAD, LISTED, "cloudtrail/lists"),
        listed(target, on(10.0), "address on the operator's list", &LISTED_BY_US, CUSTOM, "cloudtrail/lists"),
        distribution(target, on(11.0), "kali", KALI),
        distribution(target, on(12.0), "parrot", PARROT),
        distribution(target, on(17.0), "pentoo", PENTOO),
    ]
}

/// The keys of a server's role, which the metadata service gave away, used elsewhere.
fn instance(target: &Target<'_>, name: &str, begin: i64, inside: bool) -> Script {
    let mut script = Script::new(name, &target.company.random, begin, 3000.0);
    let account = target.company.accounts[PROD].clone();
    let (role, instance) = standing(target.company, usize::from(inside));
    let session =
        Session { role, name: &instance, since: begin - HOUR, instance: true, ..Session::default() };
    let who = Identity::role(&account, &script.random.id("ASIA", 16), session);
    let ip =
        if inside { aws("us-west-2", &mut script.random) } else { ATTACKERS[1].address(&mut script.random) };
    let from = From::new(who, &ip, &agents::attacker(&mut script.random));
    script.stage("cloudtrail/stolen-credentials", "an instance's keys from outside the instance", STOLEN);
    script.does(&from, "sts", "GetCallerIdentity", "eu-west-1", "");
    script.does(&from, "s3", "ListBuckets", "eu-west-1", r#"{"Host":"s3.amazonaws.com"}"#);
    script.does(&from, "ec2", "DescribeInstances", "eu-west-1", "");
    discovery(&mut script, &from, 25);
    script.wait(600_000);
    objects(&mut script, &from, &target.bucket(&account), 600);
    script
}

/// A function's keys, read out of its environment, used from a rented server.
fn function(target: &Target<'_>, begin: i64) -> Script {
    let mut script = Script::new("function's keys", &target.company.random, begin, 5000.0);
    let (account, region, name) = function_of_company(target.company, 1);
    let (account, role) = (account.to_owned(), format!("{name}-role"));
    let arn = format!("arn:aws:lambda:{region}:{account}:function:{name}");
    let session =
        Session { role: &role, name: &name, since: begin - HOUR, issued_to: &arn, ..Session::default() };
    let who = Identity::role(&account, &script.random.id("ASIA", 16), session);
    let from =
        From::new(who, &ATTACKERS[2].address(&mut script.random), &agents::attacker(&mut script.random));
    script.stage("cloudtrail/stolen-credentials", "a function's keys from a rented server", STOLEN);
    script.does(&from, "sts", "GetCallerIdentity", "eu-west-1", "");
    script.does(&from, "lambda", "ListFunctions20150331", "eu-west-1", "");
    script.does(&from, "s3", "ListBuckets", "eu-west-1", r#"{"Host":"s3.amazonaws.com"}"#);
    secrets(&mut script, &from, 12);
    script
}

fn sign_in(script: &mut Script, account: &str, user: &str, ip: &str, agent: &str, mfa: bool) -> From {
    let from = From::new(Identity::signing_in(account, user), ip, agent);
    let login = Call {
        kind: "AwsConsoleSignIn",
        response: r#"{"ConsoleLogin":"Success"}"#.into(),
        additional: format!(
            r#"{{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"{}"}}"#,
            if mfa { "Yes" } else { "No" }
        ),
        ..Call::new("signin", "ConsoleLogin", "us-east-1")
    };
    script.call(&from, &login);
    let key = script.random.id("ASIA", 16);
    From::new(Identity::user_session(account, user, &key, script.at, mfa, true), ip, agent)
}

/// Someone signs in from another country without a second factor, and makes himself at home.
fn console(target: &Target<'_>, begin: i64) -> Script {
    let mut script = Script::new("console from abroad", &target.company.random, begin, 15_000.0);
    let (account, user) = target.person(0);
    let ip = ATTACKERS[5].address(&mut script.random);
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:109.0) Gecko/20100101 Firefox/115.0";
    script.stage("cloudtrail/initial-access", "console login from another country without MFA", CONSOLE);
    let from = sign_in(&mut script, &account, &user, &ip, agent, false);
    script.stage("cloudtrail/discovery", "a look around in the console", DISCOVERY);
    for (service, name) in [
        ("iam", "ListUsers"),
        ("iam", "ListRoles"),
        ("iam", "GetAccountSummary"),
        ("iam", "ListAccessKeys"),
        ("ec2", "DescribeInstances"),
        ("organizations", "DescribeOrganization"),
        ("ce", "GetCostAndUsage"),
        ("s3", "ListBuckets"),
        ("iam", "ListMFADevices"),
    ] {
        script.does(&from, service, name, "us-east-1", "");
    }
    script.stage("cloudtrail/persistence", "another key, and a second factor of the attacker's", PERSISTENCE);
    let named = format!(r#"{{"userName":"{user}"}}"#);
    script.does(&from, "iam", "CreateAccessKey", "", &named);
    script.does(
        &from,
        "iam",
        "DeactivateMFADevice",
        "",
        &format!(r#"{{"userName":"{user}","serialNumber":"arn:aws:iam::{account}:mfa/{user}"}}"#),
    );
    script.does(&from, "iam", "CreateVirtualMFADevice", "", r#"{"virtualMFADeviceName":"phone2"}"#);
    script.does(&from, "iam", "EnableMFADevice", "", &named);
    script.stage(
        "cloudtrail/exfiltration",
        "a snapshot of the database is shared with a stranger",
        EXFILTRATION,
    );
    script.does(
        &from,
        "rds",
        "CreateDBSnapshot",
        "eu-west-1",
        r#"{"dBSnapshotIdentifier":"maint","dBInstanceIdentifier":"orders-db"}"#,
    );
    script.does(
        &from,
        "rds",
        "ModifyDBSnapshotAttribute",
        "eu-west-1",
        r#"{"dBSnapshotIdentifier":"maint","attributeName":"restore","valuesToAdd":["666777888999"]}"#,
    );
    script
}

/// Passwords are guessed until one is right.
fn guessing(target: &Target<'_>, begin: i64) -> Script {
    let mut script = Script::new("passwords guessed", &target.company.random, begin, 2500.0);
    let (account, user) = target.person(1);
    let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/118.0.0.0 Safari/537.36";
    let ip = AWAY[5].address(&mut script.random);
    script.stage("cloudtrail/initial-access", "dozens of wrong passwords, then the right one", CONSOLE);
    let from = From::new(Identity::signing_in(&account, &user), &ip, agent);
    for _ in 0..45 {
        let wrong = Call {
            kind: "AwsConsoleSignIn",
            response: r#"{"ConsoleLogin":"Failure"}"#.into(),
            additional: r#"{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"No"}"#.into(),
            error: Some((String::new(), "Failed authentication".into())),
            ..Call::new("signin", "ConsoleLogin", "us-east-1")
        };
        script.call(&from, &wrong);
    }
    sign_in(&mut script, &account, &user, &ip, agent, false);
    script
}

/// From a developer's key to a role, to another, to an administrator in another account.
fn chain(target: &Target<'_>, begin: i64) -> Script {
    let mut script = Script::new("role after role", &target.company.random, begin, 6000.0);
    let (account, user) = target.user(&mut script.random);
    let ip = target.elsewhere(&mut script.random);
    let agent = agents::attacker(&mut script.random);
    let mut from = From::new(Identity::user(&account, &user, &target.key(&account, &user)), &ip, &agent);
    discovery(&mut script, &from, 12);
    script.stage(
        "cloudtrail/privilege-escalation",
        "roles are assumed one through the other, across accounts",
        ESCALATION_OR_ACCESS,
    );
    for (place, role) in
        [(DEV, "ci-runner"), (STAGING, "deploy-shared"), (PROD, "OrganizationAccountAccessRole")]
    {
        let into = target.company.accounts[place].clone();
        let key = script.random.id("ASIA", 16);
        for guess in ["admin", "Administrator", role] {
            let call = assume_role(&into, guess, "session", &key, script.at, &mut script.random);
            let call = if guess == role {
                Call { account: from.who.account.clone(), ..call }
            } else {
                Call { account: from.who.account.clone(), ..call }.fails(
                    "AccessDenied",
                    &format!("User: {} is not authorized to perform: sts:AssumeRole", from.who.arn),
                )
            };
            script.call(&from, &call);
        }
        let session = Session { role, name: "session", since: script.at, ..Session::default() };
        from = From::new(Identity::role(&into, &key, session), &ip, &agent);
        script.does(&from, "sts", "GetCallerIdentity", "eu-west-1", "");
    }
    script.stage("cloudtrail/persistence", "a role that a stranger's account may assume", PERSISTENCE);
    let request = r#"{"roleName":"OrganizationAccountAccessRole","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::666777888999:root\"},\"Action\":\"sts:AssumeRole\"}]}"}"#;
    script.does(&from, "iam", "UpdateAssumeRolePolicy", "", request);
    script
}

const ESCALATION_OR_ACCESS: &[&str] = &[
    "PrivilegeEscalation:IAMUser/*",
    "InitialAccess:IAMUser/*",
    "CredentialAccess:IAMUser/*",
    "LateralMovement:*",
    "AttackSequence:*",
];

/// The account's root signs in, and uses a key.
fn root(target: &Target<'_>, begin: i64) -> Script {
    let mut script = Script::new("root", &target.company.random, begin, 20_000.0);
    let account = target.company.accounts[STAGING].clone();
    let ip = ATTACKERS[7].address(&mut script.random);
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36";
    script.stage("cloudtrail/policy", "root is used", ROOT);
    let from = sign_in(&mut script, &account, "root", &ip, agent, false);
    script.does(&from, "iam", "ListUsers", "", "");
    script.does(&from, "iam", "CreateAccessKey", "", r#"{"userName":"root"}"#);
    script.stage("cloudtrail/policy", "the password policy is made weaker", PASSWORDS);
    script.does(&from, "iam", "UpdateAccountPasswordPolicy", "", r#"{"minimumPasswordLength":6,"requireSymbols":false,"requireNumbers":false,"requireUppercaseCharacters":false,"requireLowercaseCharacters":false,"allowUsersToChangePassword":false}"#);
    script
}

/// Known credentials, from an address that a list names.
fn listed(
    target: &Target<'_>,
    begin: i64,
    name: &str,
    network: &crate::company::places::Network,
    accept: &'static [&'static str],
    row: &'static str,
) -> Script {
    let mut script = Script::new(name, &target.company.random, begin, 30_000.0);
    let (account, user) = target.user(&mut script.random);
    let ip = network.address(&mut script.random);
    let from = From::new(
        Identity::user(&account, &user, &target.key(&account, &user)),
        &ip,
        &agents::attacker(&mut script.random),
    );
    script.stage(row, "reads from an address on a list", accept);
    for name in ["DescribeInstances", "DescribeSecurityGroups", "DescribeSnapshots"] {
        script.does(&from, "ec2", name, "eu-west-1", "");
    }
    script.stage(row, "changes from an address on a list", accept);
    script.does(&from, "ec2", "AuthorizeSecurityGroupIngress", "eu-west-1", r#"{"groupId":"sg-0a1b2c3d4e5f60718","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"groups":{},"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}}"#);
    script.stage("s3/lists", "objects from an address on a list", accept);
    let bucket = target.bucket(&account);
    script.names(&bucket);
    for name in ["ListObjects", "GetObject", "GetObject", "DeleteObject"] {
        let call = Call::new("s3", name, "eu-west-1").in_account(&account);
        let call = crate::company::calls::on_bucket(call, &bucket, &mut script.random);
        script.call(&from, &call);
    }
    script
}

/// Tools of a distribution for penetration tests, with a user's key.
fn distribution(target: &Target<'_>, begin: i64, name: &str, accept: &'static [&'static str]) -> Script {
    let mut script = Script::new(name, &target.company.random, begin.min(begin + DAY), 9000.0);
    let (account, user) = target.user(&mut script.random);
    let release = match name {
        "kali" => "6.6.9-kali1-amd64",
        "parrot" => "6.5.0-13parrot1-amd64",
        _ => "6.6.13-pentoo",
    };
    let agent = format!(
        "Boto3/1.28.57 md/Botocore#1.31.57 ua/2.0 os/linux#{release} md/arch#x86_64 lang/python#3.11.8 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.31.57"
    );
    let from = From::new(
        Identity::user(&account, &user, &target.key(&account, &user)),
        &target.elsewhere(&mut script.random),
        &agent,
    );
    script.stage("cloudtrail/pen-test", "a distribution for penetration tests", accept);
    for name in ["ListUsers", "ListRoles", "GetAccountAuthorizationDetails"] {
        script.does(&from, "iam", name, "", "");
    }
    script.stage("s3/pen-test", "a distribution for penetration tests reads objects", accept);
    let bucket = target.bucket(&account);
    script.names(&bucket);
    let call = Call::new("s3", "GetObject", "eu-west-1").in_account(&account);
    let call = crate::company::calls::on_bucket(call, &bucket, &mut script.random);
    script.call(&from, &call);
    script
}
