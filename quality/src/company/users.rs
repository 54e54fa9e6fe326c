//! Programs of old days: users of IAM with keys of their own, each with its one job.

use crate::company::calls::call;
use crate::company::event::{From, Identity};
use crate::company::places::{HOMES, OFFICES, aws};
use crate::company::{Company, DATA, DEV, Day, HOUR, PROD, SHARED, STAGING, agents};
use crate::random::Random;

/// A program with a key.
#[derive(Clone, Debug)]
pub struct Program {
    /// The place of its account in [`Company::accounts`].
    pub place: usize,
    /// The user's name.
    pub name: String,
    job: usize,
}

/// What such programs do: the calls (the first most), and about how many on a day.
type Job = (&'static str, &'static [(&'static str, &'static str)], f64);

static JOBS: &[Job] = &[
    ("mailer", &[("ses", "SendEmail"), ("ses", "GetSendQuota")], 20.0),
    ("sync", &[("s3", "PutObject"), ("s3", "ListObjects"), ("s3", "GetObject")], 30.0),
    ("reader", &[("s3", "GetObject"), ("s3", "ListObjects")], 25.0),
    (
        "monitor",
        &[("ec2", "DescribeInstances"), ("rds", "DescribeDBInstances"), ("monitoring", "DescribeAlarms")],
        24.0,
    ),
    (
        "registry",
        &[("ecr", "GetAuthorizationToken"), ("ecr", "BatchGetImage"), ("ecr", "GetDownloadUrlForLayer")],
        15.0,
    ),
    (
        "jenkins",
        &[
            ("cloudformation", "DescribeStacks"),
            ("lambda20150331", "UpdateFunctionCode20150331v2"),
            ("s3", "PutObject"),
            ("cloudformation", "UpdateStack"),
        ],
        12.0,
    ),
    ("app", &[("secretsmanager", "GetSecretValue"), ("kms", "Decrypt"), ("s3", "GetObject")], 12.0),
    ("dns", &[("route53", "ChangeResourceRecordSets"), ("route53", "ListResourceRecordSets")], 6.0),
    ("costs", &[("ce", "GetCostAndUsage"), ("organizations", "ListAccounts")], 3.0),
    ("queue", &[("sqs", "GetQueueAttributes"), ("sqs", "ListQueues"), ("sns", "ListTopics")], 20.0),
];

/// All of them.
#[must_use]
pub fn all() -> Vec<Program> {
    let program = |index: usize| Program {
        place: [PROD, SHARED, DEV, STAGING, DATA][index % 5],
        name: format!("svc-{}-{index}", JOBS[index % JOBS.len()].0),
        job: index % JOBS.len(),
    };
    (0..50).map(program).collect()
}

/// The key of a user.
#[must_use]
pub fn key(account: &str, user: &str) -> String {
    Random::new(17).fork(account).fork(user).id("AKIA", 16)
}

/// The day of all of them.
pub fn day(company: &Company, day: &mut Day<'_>) {
    for program in all() {
        let mut random = company.random(&program.name, day.number);
        let mut lasting = company.random.fork(&program.name);
        let account = &company.accounts[program.place];
        let ip = match lasting.below(4) {
            0 => format!("{}{}", lasting.pick(OFFICES).prefix, lasting.range(30, 60)),
            1 => lasting.pick(HOMES).0.address(&mut lasting.clone()),
            2 => aws("eu-west-1", &mut lasting),
            _ => format!("10.30.{}.{}", lasting.range(0, 9), lasting.range(4, 250)),
        };
        let agent = *lasting.pick(agents::SERVERS);
        let from =
            From::new(Identity::user(account, &program.name, &key(account, &program.name)), &ip, agent);
        let (_, calls, mean) = JOBS[program.job];
        let hourly = lasting.chance(0.5);
        let hour = lasting.range(0, 22);
        for _ in 0..random.count(mean * company.size.max(0.4)) {
            let (service, name) = *random.zipf(calls);
            let at =
                if hourly { random.range(0, 24 * HOUR - 1) } else { hour * HOUR + random.range(0, HOUR - 1) };
            day.add(
                day.start + at,
                &from,
                &call(service, name, "eu-west-1", account, &mut random),
                &mut random,
            );
        }
    }
}
