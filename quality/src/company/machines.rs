//! Machines: servers, functions, jobs, and AWS's services by themselves.

use crate::company::calls::{SWEEP, SWEEP_GLOBAL, call, on_bucket};
use crate::company::event::{Call, From, Identity, Session};
use crate::company::places::{VENDOR, aws};
use crate::company::sessions::{assume_role, for_service};
use crate::company::{
    Company, DATA, DAY, DEV, Day, HOUR, MANAGEMENT, PROD, REGIONS, SECURITY, SHARED, STAGING, agents,
};
use crate::random::Random;

/// All machines' day.
pub fn day(company: &Company, day: &mut Day<'_>) {
    servers(company, day);
    functions(company, day);
    lake(company, day);
    services(company, day);
    nightly(company, day);
    vendor(company, day);
    broken_job(company, day);
}

/// Instances with roles: some stay, those of groups come and go with the load.
fn servers(company: &Company, day: &mut Day<'_>) {
    for index in 0..company.many(40) {
        let label = format!("server {index}");
        let mut random = company.random(&label, day.number);
        let mut lasting = company.random.fork(&label);
        let Server { account, role, region, agent, instance } = server(company, index, &mut lasting);
        let grouped = instance.is_none();
        let instance = instance.unwrap_or_else(|| format!("i-{}", random.hex(17)));
        let private =
            format!("10.{}.{}.{}", lasting.range(10, 30), lasting.range(0, 250), lasting.range(4, 250));
        let public = aws(region, &mut lasting);
        let endpoint = format!("vpce-{}", lasting.hex(17));
        let mut from = From::new(Identity::default(), &public, agent);
        let inside = lasting.chance(0.4);
        if inside {
            (from.ip, from.endpoint) = (private, endpoint);
        }
        let hours = if grouped { random.range(6, 22) } else { 24 };
        for hour in 0..hours {
            // Keys of instances are good for some six hours.
            if hour % 6 == 0 {
                let at = day.start + hour * HOUR;
                let key = random.id("ASIA", 16);
                let session =
                    Session { role, name: &instance, since: at, instance: true, ..Session::default() };
                from.who = Identity::role(account, &key, session);
                let ec2 = From::new(
                    Identity::service("ec2.amazonaws.com"),
                    "ec2.amazonaws.com",
                    "ec2.amazonaws.com",
                );
                day.add(at, &ec2, &assume_role(account, role, &instance, &key, at, &mut random), &mut random);
            }
            hour_of_server(day, &from, (role, region, account), hour, &mut random);
        }
    }
}

/// What stays of a server.
struct Server<'a> {
    account: &'a str,
    role: &'static str,
    region: &'static str,
    agent: &'static str,
    /// The instance; `None` in a group, where each day has others.
    instance: Option<String>,
}

fn server<'a>(company: &'a Company, index: usize, lasting: &mut Random) -> Server<'a> {
    let place = *lasting.pick(&[PROD, PROD, PROD, STAGING, DEV, SHARED]);
    // The first two are in production and stay, however small the company is.
    let first = index < 2;
    let account = &company.accounts[if first { PROD } else { place }];
    let role = *lasting.pick(&["web-server", "api-server", "worker", "search-node", "bastion"]);
    let region = *lasting.zipf(&REGIONS);
    let agent = *lasting.pick(agents::SERVERS);
    let grouped = lasting.chance(0.5) && !first;
    Server { account, role, region, agent, instance: (!grouped).then(|| format!("i-{}", lasting.hex(17))) }
}

/// The role and the id of one of the two instances in production that are there all the month.
#[must_use]
pub fn standing(company: &Company, index: usize) -> (&'static str, String) {
    let server = server(company, index % 2, &mut company.random.fork(&format!("server {}", index % 2)));
    (server.role, server.instance.unwrap_or_default())
}

/// A function's account, region and name.
#[must_use]
pub fn function(company: &Company, index: usize) -> (&str, &'static str, String) {
    function_of(company, index, &mut company.random.fork(&format!("function {index}")))
}

fn function_of<'a>(
    company: &'a Company,
    index: usize,
    lasting: &mut Random,
) -> (&'a str, &'static str, String) {
    let account = &company.accounts[*lasting.pick(&[PROD, PROD, STAGING, DEV, DATA, SECURITY])];
    let region = *lasting.zipf(&REGIONS);
    let kind = lasting.pick(&["orders", "billing", "mail", "thumbs", "auth", "sync", "alerts"]);
    (account, region, format!("{kind}-fn-{index}"))
}

fn hour_of_server(
    day: &mut Day<'_>,
    from: &From,
    (role, region, account): (&str, &str, &str),
    hour: i64,
    random: &mut Random,
) {
    let at = |random: &mut Random| day_time(day.start, hour, random);
    let busy = if (6..20).contains(&hour) { 1.0 } else { 0.35 };
    let mut calls: Vec<(i64, Call)> = Vec::new();
    for _ in 0..12 {
        calls.push((at(random), call("ssm", "UpdateInstanceInformation", region, account, random)));
    }
    let usual: &[(&str, &str, f64)] = match role {
        "web-server" => &[("s3", "GetObject", 14.0), ("secretsmanager", "GetSecretValue", 0.2)],
        "api-server" => &[
            ("secretsmanager", "GetSecretValue", 1.0),
            ("kms", "Decrypt", 9.0),
            ("s3", "PutObject", 4.0),
            ("s3", "GetObject", 5.0),
        ],
        "worker" => &[
            ("s3", "GetObject", 8.0),
            ("s3", "PutObject", 8.0),
            ("s3", "ListObjects", 1.0),
            ("kms", "GenerateDataKey", 5.0),
        ],
        "search-node" => &[("ec2", "DescribeInstances", 6.0), ("s3", "PutObject", 0.5)],
        _ => &[("sts", "GetCallerIdentity", 0.2)],
    };
    for (service, name, mean) in usual {
        for _ in 0..random.count(mean * busy) {
            calls.push((at(random), call(service, name, region, account, random)));
        }
    }
    for (time, call) in calls {
        let mut from = from.clone();
        if call.service == "ssm" {
            from.agent = "amazon-ssm-agent/3.3.1802.0 aws-sdk-go/1.55.5 (go1.23.7; linux; amd64)".into();
        }
        day.add(time, &from, &call, random);
    }
}

fn day_time(start: i64, hour: i64, random: &mut Random) -> i64 {
    start + hour * HOUR + random.range(0, HOUR - 1)
}

/// Functions: each new container has a session of its own, and calls from any address of the region.
fn functions(company: &Company, day: &mut Day<'_>) {
    for index in 0..company.many(50) {
        let label = format!("function {index}");
        let mut random = company.random(&label, day.number);
        let mut lasting = company.random.fork(&label);
        let (account, region, name) = function_of(company, index, &mut lasting);
        let role = format!("{name}-role");
        let arn = format!("arn:aws:lambda:{region}:{account}:function:{name}");
        let agent = *lasting.pick(agents::FUNCTIONS);
        let does: Vec<(&str, &str)> = (0..3)
            .map(|_| {
                *lasting.pick(&[
                    ("s3", "GetObject"),
                    ("s3", "PutObject"),
                    ("secretsmanager", "GetSecretValue"),
                    ("ssm", "GetParameter"),
                    ("kms", "Decrypt"),
                    ("states", "StartExecution"),
                    ("ec2", "DescribeInstances"),
                    ("ses", "SendEmail"),
                    ("rds", "DescribeDBInstances"),
                    ("sts", "GetCallerIdentity"),
                    ("s3", "ListObjects"),
                    ("events", "PutRule"),
                ])
            })
            .collect();
        let load = lasting.exponential(6.0) + 1.0;
        for _ in 0..random.count(load) {
            let at = day.start + random.range(0, DAY - HOUR);
            let session = Session { role: &role, name: &name, issued_to: &arn, ..Session::default() };
            let who = for_service(day, at, "lambda.amazonaws.com", account, session, &mut random);
            let from = From::new(who, &aws(region, &mut random), agent);
            day.add(
                at + 300,
                &from,
                &call("logs", "CreateLogStream", region, account, &mut random),
                &mut random,
            );
            for step in 0..random.range(2, 30) {
                let (service, operation) = *random.zipf(&does);
                let made = call(service, operation, region, account, &mut random);
                day.add(at + 500 + step * random.range(300, 90_000), &from, &made, &mut random);
            }
        }
    }
}

/// The data lake: jobs each hour, and three times as much on the last days of the month.
fn lake(company: &Company, day: &mut Day<'_>) {
    let account = &company.accounts[DATA];
    let month_end = day.number % 30 >= 28;
    for (index, job) in ["ingest", "clean", "join", "report"].iter().enumerate() {
        let mut random = company.random(job, day.number);
        let role = format!("glue-{job}");
        let load = if month_end { 3.0 } else { 1.0 } * if day.free() { 0.5 } else { 1.0 };
        for hour in (index as i64..24).step_by(if index == 3 { 8 } else { 2 }) {
            let at = day.start + hour * HOUR + random.range(0, 600_000);
            let session = Session { role: &role, name: "GlueJobRunnerSession", ..Session::default() };
            let who = for_service(day, at, "glue.amazonaws.com", account, session, &mut random);
            let agent = "ElasticMapReduce/1.0.0 emrfs/s3n, aws-sdk-java/2.29.52 Linux/5.10.238 OpenJDK_64-Bit_Server_VM/17.0.15 java/17.0.15 vendor/Amazon.com_Inc.";
            let mut from =
                From::new(who, &format!("10.60.{}.{}", random.range(0, 15), random.range(4, 250)), agent);
            from.endpoint = "vpce-0a1b2c3d4e5f60718".into();
            let count = random.count(170.0 * load * company.size.max(0.05));
            for step in 0..count {
                let operation =
                    *random.zipf(&["GetObject", "PutObject", "HeadObject", "ListObjects", "DeleteObject"]);
                let call = Call::new("s3", operation, "eu-west-1").in_account(account);
                let bucket =
                    format!("nl-lake-{}-{}", if step % 3 == 0 { "raw" } else { "clean" }, &account[8..]);
                let call = on_bucket(call, &bucket, &mut random);
                day.add(at + 20_000 + step as i64 * random.range(100, 2500), &from, &call, &mut random);
            }
        }
    }
}

/// AWS's services by themselves: Config's recording, autoscaling, events without a caller.
fn services(company: &Company, day: &mut Day<'_>) {
    for (index, account) in company.accounts.iter().enumerate() {
        let mut random = company.random(&format!("services {index}"), day.number);
        let config = Session {
            role: "AWSServiceRoleForConfig",
            name: "AWSConfig-Describe",
            by: "config.amazonaws.com",
            ..Session::default()
        };
        for hour in (0..24).step_by(3) {
            let at = day.start + hour * HOUR + random.range(0, HOUR);
            let who = for_service(day, at, "config.amazonaws.com", account, config, &mut random);
            let from = From::new(who, "config.amazonaws.com", "config.amazonaws.com");
            for step in 0..random.count(120.0 * company.size.max(0.03)) {
                let (service, name) = *random.pick(SWEEP);
                let made = call(service, name, random.zipf::<&str>(&REGIONS), account, &mut random);
                day.add(at + 1000 + step as i64 * 700, &from, &made, &mut random);
            }
        }
        let scaling = Session {
            role: "AWSServiceRoleForAutoScaling",
            name: "AutoScaling",
            by: "autoscaling.amazonaws.com",
            ..Session::default()
        };
        if index == PROD || index == STAGING {
            for _ in 0..random.count(30.0 * company.size.max(0.1)) {
                let at = day.start + random.range(0, DAY - HOUR);
                let who = for_service(day, at, "autoscaling.amazonaws.com", account, scaling, &mut random);
                let from = From::new(who, "autoscaling.amazonaws.com", "autoscaling.amazonaws.com");
                let name = *random.pick(&["RunInstances", "TerminateInstances", "DescribeInstances"]);
                let made = call("ec2", name, "eu-west-1", account, &mut random);
                day.add(at + 900, &from, &made, &mut random);
            }
        }
        for _ in 0..random.count(6.0) {
            let service = *random.pick(&["guardduty", "access-analyzer", "inspector2", "trustedadvisor"]);
            let host = format!("{service}.amazonaws.com");
            let role = "AWSServiceRoleForTrustedAdvisor";
            let session = Session { role, name: "TrustedAdvisor", by: &host, ..Session::default() };
            let at = day.start + random.range(0, DAY - HOUR);
            let who = for_service(day, at, &host, account, session, &mut random);
            let from = From::new(who, &host, &host);
            for step in 0..random.range(3, 20) {
                let (service, name) = *random.pick(SWEEP_GLOBAL);
                let made = call(service, name, "us-east-1", account, &mut random);
                day.add(at + 1000 + step * 900, &from, &made, &mut random);
            }
        }
    }
}

/// Backups and snapshots each night, and the ones that got old deleted; secrets and keys rotated.
fn nightly(company: &Company, day: &mut Day<'_>) {
    let mut random = company.random("nightly", day.number);
    for place in [PROD, DATA, SHARED] {
        let account = &company.accounts[place];
        let session = Session {
            role: "AWSBackupDefaultServiceRole",
            name: "AWSBackup-AWSBackupDefaultServiceRole",
            by: "backup.amazonaws.com",
            ..Session::default()
        };
        let at = day.start + HOUR + random.range(0, HOUR / 2);
        let who = for_service(day, at, "backup.amazonaws.com", account, session, &mut random);
        let from = From::new(who, "backup.amazonaws.com", "backup.amazonaws.com");
        for step in 0..company.many(30) as i64 {
            for (offset, (service, name)) in [
                ("ec2", "CreateSnapshot"),
                ("ec2", "CreateTags"),
                ("ec2", "DescribeSnapshots"),
                ("ec2", "DeleteSnapshot"),
            ]
            .into_iter()
            .enumerate()
            {
                let made = call(service, name, "eu-west-1", account, &mut random);
                day.add(at + step * 40_000 + offset as i64 * 3000, &from, &made, &mut random);
            }
        }
        let made = call("rds", "CreateDBSnapshot", "eu-west-1", account, &mut random);
        day.add(at + 5000, &from, &made, &mut random);
        if day.number % 7 == 2 {
            rotate_secrets(company, day, account, &mut random);
        }
    }
    let event = Call { kind: "AwsServiceEvent", ..Call::new("kms", "RotateKey", "eu-west-1") };
    if random.chance(0.1) {
        let from = From::new(Identity::service("kms.amazonaws.com"), "AWS Internal", "AWS Internal");
        day.add(day.start + 7 * HOUR, &from, &event.in_account(&company.accounts[PROD]), &mut random);
    }
}

fn rotate_secrets(company: &Company, day: &mut Day<'_>, account: &str, random: &mut Random) {
    let arn = format!("arn:aws:lambda:eu-west-1:{account}:function:rotate-secrets");
    let session = Session {
        role: "rotate-secrets-role",
        name: "rotate-secrets",
        issued_to: &arn,
        ..Session::default()
    };
    let at = day.start + 3 * HOUR + random.range(0, HOUR);
    let who = for_service(day, at, "lambda.amazonaws.com", account, session, random);
    let from = From::new(who, &aws("eu-west-1", random), agents::FUNCTIONS[1]);
    for step in 0..company.many(12) as i64 {
        for name in [
            "DescribeSecret",
            "GetSecretValue",
            "GetRandomPassword",
            "PutSecretValue",
            "UpdateSecretVersionStage",
        ] {
            let made = call("secretsmanager", name, "eu-west-1", account, random);
            day.add(at + step * 9000 + random.range(100, 900), &from, &made, random);
        }
    }
}

/// A monitoring vendor, which assumes a role from its own account and reads each hour.
fn vendor(company: &Company, day: &mut Day<'_>) {
    for place in [PROD, STAGING, DATA, MANAGEMENT] {
        let account = &company.accounts[place];
        let mut random = company.random(&format!("vendor {place}"), day.number);
        for hour in 0..24 {
            let at = day.start + hour * HOUR + random.range(0, 300_000);
            let key = random.id("ASIA", 16);
            let ip = VENDOR.address(&mut random);
            let agent =
                "Datadog aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24.2 md/GOOS#linux md/GOARCH#amd64";
            let name = "DatadogAWSIntegration";
            let outside =
                From::new(Identity::other_account("464622532012", "AIDAWX4EXAMPLEVENDOR1"), &ip, agent);
            let assume = assume_role(account, "DatadogIntegrationRole", name, &key, at, &mut random);
            day.add(at, &outside, &assume, &mut random);
            let session = Session { role: "DatadogIntegrationRole", name, since: at, ..Session::default() };
            let from = From::new(Identity::role(account, &key, session), &ip, agent);
            for step in 0..random.count(45.0 * company.size.max(0.1)) {
                let (service, operation) = SWEEP[(step as usize * 7) % 24];
                let made = call(service, operation, random.zipf::<&str>(&REGIONS), account, &mut random);
                day.add(at + 500 + step as i64 * 400, &from, &made, &mut random);
            }
        }
    }
}

/// A job whose role lacks a permission, and which nobody mends: refused every quarter of an hour.
fn broken_job(company: &Company, day: &mut Day<'_>) {
    let account = &company.accounts[STAGING];
    let mut random = company.random("broken", day.number);
    let name = "nightly-sync";
    let session = Session { role: "legacy-sync", name, since: day.start, ..Session::default() };
    let from =
        From::new(Identity::role(account, &random.id("ASIA", 16), session), "10.21.4.17", agents::SERVERS[2]);
    for step in 0..96 {
        let (service, operation) =
            *random.pick(&[("s3", "GetObject"), ("kms", "Decrypt"), ("ssm", "GetParameter")]);
        let message = format!("User: {} is not authorized to perform: {service}:{operation}", from.who.arn);
        let made =
            call(service, operation, "eu-west-1", account, &mut random).fails("AccessDenied", &message);
        day.add(day.start + step * 900_000 + random.range(0, 2000), &from, &made, &mut random);
    }
}
