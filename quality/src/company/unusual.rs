//! What is unusual and means no harm: each of these happens once in a month, or few times.

use crate::company::calls::{SWEEP, SWEEP_GLOBAL, call};
use crate::company::event::{Call, From, Identity, Session};
use crate::company::places::{HOMES, OFFICES, aws};
use crate::company::sessions::{assume_role, sign_in};
use crate::company::{
    Company, DATA, DEV, Day, EVERYWHERE, HOUR, MANAGEMENT, PROD, SECURITY, SHARED, STAGING, agents,
};

/// The unusual of a day.
pub fn day(company: &Company, day: &mut Day<'_>) {
    match day.number {
        7 => joiner(company, day),
        11 => new_region(company, day),
        15 => audit(company, day),
        17 => incident(company, day),
        21 => leaver(company, day),
        24 => key_rotation(company, day),
        27 => cleaning_up(company, day),
        _ => {}
    }
    if day.number >= 14 && !day.free() {
        new_service(company, day);
    }
    backup_user(company, day);
}

/// Someone new gets what the others have, by an administrator.
fn joiner(company: &Company, day: &mut Day<'_>) {
    let mut random = company.random("joiner", day.number);
    let from = admin(company, day, MANAGEMENT, 9 * HOUR, "PlatformAdmin");
    let mut at = day.start + 9 * HOUR + 120_000;
    for (service, name, request) in [
        ("sso-directory", "CreateUser", r#"{"userName":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#),
        ("sso-directory", "AddMemberToGroup", r#"{"groupId":"93670512-a1b2"}"#),
        ("sso-directory", "AddMemberToGroup", r#"{"groupId":"93670512-c3d4"}"#),
        (
            "sso",
            "CreateAccountAssignment",
            r#"{"permissionSetArn":"arn:aws:sso:::permissionSet/ssoins-1/ps-2"}"#,
        ),
    ] {
        day.add(at, &from, &Call::new(service, name, "eu-west-1").with(request), &mut random);
        at += 40_000;
    }
}

/// A new region is set up: once, by Terraform from an operator's desk.
fn new_region(company: &Company, day: &mut Day<'_>) {
    let mut random = company.random("region", day.number);
    let mut from = admin(company, day, PROD, 10 * HOUR, "PlatformAdmin");
    from.agent = agents::terraform("1.12.2", "darwin");
    let account = &company.accounts[PROD];
    let mut at = day.start + 10 * HOUR + 300_000;
    for name in [
        "CreateVpc",
        "CreateSubnet",
        "CreateSubnet",
        "CreateInternetGateway",
        "AttachInternetGateway",
        "CreateRouteTable",
        "CreateRoute",
        "AssociateRouteTable",
        "CreateSecurityGroup",
        "AuthorizeSecurityGroupIngress",
        "CreateTags",
        "DescribeVpcs",
        "DescribeSubnets",
        "DescribeRouteTables",
        "CreateFlowLogs",
        "AllocateAddress",
        "CreateNatGateway",
    ] {
        at += random.range(400, 9000);
        day.add(at, &from, &call("ec2", name, "ap-southeast-1", account, &mut random), &mut random);
    }
}

/// The monthly sweep of all accounts and regions by the security team's scanner.
fn audit(company: &Company, day: &mut Day<'_>) {
    for place in [MANAGEMENT, SECURITY, SHARED, DEV, STAGING, PROD, DATA] {
        let account = &company.accounts[place];
        let mut random = company.random("audit", place as u32);
        let begin = day.start + 20 * HOUR + place as i64 * 900_000;
        // The scanner has an address of its own that stays.
        let ip = aws("eu-west-1", &mut company.random.fork("scanner"));
        let key = random.id("ASIA", 16);
        let agent = agents::boto3(2);
        let scanner = Session {
            role: "prowler-runner",
            name: "i-0c0ffee0c0ffee000",
            instance: true,
            since: begin,
            ..Session::default()
        };
        let runner = Identity::role(&company.accounts[SECURITY], &random.id("ASIA", 16), scanner);
        let assume = assume_role(account, "SecurityAuditRole", "ProwlerScan", &key, begin, &mut random);
        day.add(begin, &From::new(runner, &ip, &agent), &assume, &mut random);
        let session =
            Session { role: "SecurityAuditRole", name: "ProwlerScan", since: begin, ..Session::default() };
        let from = From::new(Identity::role(account, &key, session), &ip, &agent);
        let mut at = begin + 1000;
        let regions =
            if company.size < 0.5 { EVERYWHERE.iter().step_by(4) } else { EVERYWHERE.iter().step_by(1) };
        for region in regions {
            for (service, name) in SWEEP {
                at += random.range(20, 200);
                day.add(at, &from, &call(service, name, region, account, &mut random), &mut random);
            }
        }
        for (service, name) in SWEEP_GLOBAL {
            for _ in 0..random.range(1, 12) {
                at += random.range(20, 200);
                let mut made = call(service, name, "us-east-1", account, &mut random);
                if *name == "GetBucketPolicy" && random.chance(0.5) {
                    made = made.fails("NoSuchBucketPolicy", "The bucket policy does not exist");
                }
                day.add(at, &from, &made, &mut random);
            }
        }
    }
}

/// An outage in the evening: three operators do what they do never else, from home and from a train.
fn incident(company: &Company, day: &mut Day<'_>) {
    let mut random = company.random("incident", day.number);
    let account = &company.accounts[PROD];
    let deeds: [(&str, &str); 22] = [
        ("rds", "DescribeDBInstances"),
        ("rds", "RebootDBInstance"),
        ("rds", "DescribeEvents"),
        ("ec2", "GetConsoleOutput"),
        ("ec2", "DescribeInstanceStatus"),
        ("ec2", "RevokeSecurityGroupIngress"),
        ("ec2", "AuthorizeSecurityGroupIngress"),
        ("ec2", "CreateNetworkAclEntry"),
        ("ec2", "ReplaceNetworkAclEntry"),
        ("rds", "RestoreDBInstanceToPointInTime"),
        ("rds", "ModifyDBInstance"),
        ("ecs", "UpdateService"),
        ("ecs", "StopTask"),
        ("autoscaling", "SetDesiredCapacity"),
        ("autoscaling", "SuspendProcesses"),
        ("elasticloadbalancing", "ModifyTargetGroup"),
        ("elasticloadbalancing", "DeregisterTargets"),
        ("route53", "ChangeResourceRecordSets"),
        ("lambda20150331", "PutFunctionConcurrency20171031"),
        ("secretsmanager", "GetSecretValue"),
        ("ec2", "TerminateInstances"),
        ("logs", "StartQuery"),
    ];
    for person in 0..3 {
        let mut from = admin(company, day, PROD, 21 * HOUR + person * 600_000, "PlatformAdmin");
        if person == 1 {
            from.ip = HOMES[1].0.address(&mut random);
        }
        let mut at = day.start + 21 * HOUR + person * 600_000 + 60_000;
        for _ in 0..random.range(40, 70) {
            let (service, name) = *random.pick(&deeds);
            at += random.range(2000, 90_000);
            day.add(at, &from, &call(service, name, "eu-west-1", account, &mut random), &mut random);
        }
    }
}

/// Someone who left is taken out, and a user of IAM with his keys.
fn leaver(company: &Company, day: &mut Day<'_>) {
    let mut random = company.random("leaver", day.number);
    let from = admin(company, day, DEV, 15 * HOUR, "PlatformAdmin");
    let mut at = day.start + 15 * HOUR + 200_000;
    for (name, request) in [
        ("ListAccessKeys", r#"{"userName":"svc-old"}"#),
        (
            "UpdateAccessKey",
            r#"{"userName":"svc-old","status":"Inactive","accessKeyId":"AKIAOLDOLDOLDOLD2345"}"#,
        ),
        ("DeleteAccessKey", r#"{"userName":"svc-old","accessKeyId":"AKIAOLDOLDOLDOLD2345"}"#),
        ("DeleteLoginProfile", r#"{"userName":"svc-old"}"#),
        (
            "DetachUserPolicy",
            r#"{"userName":"svc-old","policyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}"#,
        ),
        ("DeleteUser", r#"{"userName":"svc-old"}"#),
    ] {
        at += random.range(3000, 30_000);
        day.add(at, &from, &Call::new("iam", name, "us-east-1").with(request), &mut random);
    }
}

/// A user changes its own key; its jobs go on with the new one from where they ran.
fn key_rotation(company: &Company, day: &mut Day<'_>) {
    let mut random = company.random("rotation", day.number);
    let account = &company.accounts[SHARED];
    let who = Identity::user(account, "svc-backup", &backup_key(company, 0));
    let from = From::new(who, "10.30.7.7", agents::SERVERS[2]);
    let new = backup_key(company, 99);
    let at = day.start + 9 * HOUR;
    let response = format!(
        r#"{{"accessKey":{{"userName":"svc-backup","accessKeyId":"{new}","status":"Active","createDate":"Sep 25, 2026, 9:00:00 AM"}}}}"#
    );
    let user = r#"{"userName":"svc-backup"}"#;
    day.add(
        at,
        &from,
        &Call::new("iam", "CreateAccessKey", "us-east-1").with(user).gives(response),
        &mut random,
    );
    let old = backup_key(company, 0);
    for (offset, name) in [(HOUR, "UpdateAccessKey"), (3 * HOUR, "DeleteAccessKey")] {
        let request = format!(r#"{{"userName":"svc-backup","accessKeyId":"{old}"}}"#);
        day.add(at + offset, &from, &Call::new("iam", name, "us-east-1").with(request), &mut random);
    }
}

fn backup_key(company: &Company, day: u32) -> String {
    company.random.fork(if day < 25 { "old key" } else { "new key" }).id("AKIA", 16)
}

/// An old program with a user of IAM, which copies files to a bucket each night.
fn backup_user(company: &Company, day: &mut Day<'_>) {
    let mut random = company.random("backup user", day.number);
    let account = &company.accounts[SHARED];
    let who = Identity::user(account, "svc-backup", &backup_key(company, day.number));
    let from = From::new(
        who,
        &format!("{}30", OFFICES[0].prefix),
        "aws-cli/1.34.9 md/Botocore#1.35.9 ua/2.0 os/linux#5.14.0 md/arch#x86_64 lang/python#3.9.18 md/pyimpl#CPython cfg/retry-mode#legacy botocore/1.35.9",
    );
    for step in 0..company.many(120) as i64 {
        let name = if step % 40 == 0 { "ListObjects" } else { "PutObject" };
        let made = call("s3", name, "eu-west-1", account, &mut random);
        day.add(day.start + 2 * HOUR + step * random.range(800, 4000), &from, &made, &mut random);
    }
}

/// Deletes of what a project left behind, by one who has the right: many in an hour.
fn cleaning_up(company: &Company, day: &mut Day<'_>) {
    let mut random = company.random("cleaning", day.number);
    let from = admin(company, day, DEV, 13 * HOUR, "PlatformAdmin");
    let account = &company.accounts[DEV];
    let mut at = day.start + 13 * HOUR + 100_000;
    for _ in 0..40 {
        let (service, name) = *random.pick(&[
            ("lambda20150331", "DeleteFunction20150331"),
            ("logs", "DeleteLogGroup"),
            ("cloudformation", "DeleteStack"),
            ("dynamodb", "DeleteTable"),
            ("sqs", "DeleteQueue"),
            ("ec2", "DeleteVolume"),
            ("ec2", "TerminateInstances"),
            ("iam", "DeleteRole"),
        ]);
        at += random.range(3000, 60_000);
        day.add(at, &from, &call(service, name, "eu-west-1", account, &mut random), &mut random);
    }
}

/// A team begins with a service that nobody used, in the middle of the month.
fn new_service(company: &Company, day: &mut Day<'_>) {
    let mut random = company.random("new service", day.number);
    let account = &company.accounts[DEV];
    let developers: Vec<_> =
        company.people.iter().filter(|person| person.job == super::people::Job::Developer).take(3).collect();
    for (index, person) in developers.iter().enumerate() {
        let at = day.start + (9 + index as i64 * 2) * HOUR + random.range(0, HOUR);
        let ip = format!("{}20", OFFICES[0].prefix);
        let agent = agents::boto3(index);
        let who = sign_in(
            company,
            day,
            at,
            (&person.email, "Developer", account),
            (&ip, &agent),
            false,
            &mut random,
        );
        let from = From::new(who, &ip, &agent);
        for step in 0..random.range(3, 30) {
            let name = *random.zipf(&[
                "InvokeModel",
                "Converse",
                "ListFoundationModels",
                "GetFoundationModel",
                "CreateGuardrail",
            ]);
            let made = call("bedrock", name, "eu-central-1", account, &mut random);
            day.add(at + step * random.range(1000, 40_000), &from, &made, &mut random);
        }
    }
}

/// A session of one of the operators.
fn admin(company: &Company, day: &mut Day<'_>, place: usize, offset: i64, set: &str) -> From {
    let mut random = company.random("admin", day.number).fork(&offset.to_string());
    let operators: Vec<_> =
        company.people.iter().filter(|person| person.job == super::people::Job::Operator).collect();
    let person = random.pick(&operators);
    let ip = format!("{}10", OFFICES[0].prefix);
    let agent = agents::cli(7, day.number);
    let account = &company.accounts[place];
    let at = day.start + offset;
    let who = sign_in(company, day, at, (&person.email, set, account), (&ip, &agent), false, &mut random);
    From::new(who, &ip, &agent)
}
