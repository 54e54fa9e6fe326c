//! A month of a company's life, and attacks on it, from a seed.

use bastide_ids::Timestamp;
use bastide_logs::cloudtrail::{Event, Identity};

/// Random numbers (SplitMix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.draw() % end.max(1) as u64) as usize
    }

    pub(super) fn chance(&mut self, share: f64) -> bool {
        (self.draw() >> 11) as f64 / (1u64 << 53) as f64 <= share
    }

    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    fn net(&mut self) -> String {
        format!("{}.{}.{}.{}", 20 + self.below(180), self.below(256), self.below(256), 1 + self.below(250))
    }
}

/// One call.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) time: i64,
    pub(super) account: &'static str,
    pub(super) who: Who,
    pub(super) ip: String,
    pub(super) agent: &'static str,
    pub(super) region: &'static str,
    pub(super) service: &'static str,
    pub(super) name: &'static str,
    pub(super) error: &'static str,
    pub(super) bucket: String,
    /// The stage of an attack that it belongs to.
    pub(super) stage: Option<&'static str>,
}

#[derive(Clone)]
pub(super) enum Who {
    Person(&'static str, String),
    Role(String),
    User(String),
}

impl Call {
    pub(super) fn event<'a>(&'a self, request: &'a str, id: usize) -> Event<'a> {
        let account = self.account;
        let identity = match &self.who {
            Who::Person(set, name) => {
                let role = format!(
                    "arn:aws:iam::{account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_{set}_1"
                );
                role_of(role, &format!("AROA{set}:{name}@example.com"))
            }
            Who::Role(role) => role_of(
                format!("arn:aws:iam::{account}:role/{role}"),
                &format!("AROA{role}:i-{}", self.time % 7),
            ),
            Who::User(name) => Identity {
                kind: "IAMUser".into(),
                arn: format!("arn:aws:iam::{account}:user/{name}").into(),
                principal_id: format!("AIDA{name}").into(),
                user_name: name.clone().into(),
                ..Identity::default()
            },
        };
        Event {
            id: format!("event-{id}").into(),
            time: Timestamp::from_seconds(self.time),
            source: format!("{}.amazonaws.com", self.service).into(),
            name: self.name.into(),
            kind: "AwsApiCall".into(),
            category: if self.bucket.is_empty() { "Management".into() } else { "Data".into() },
            region: self.region.into(),
            account: account.into(),
            source_ip: self.ip.as_str().into(),
            user_agent: self.agent.into(),
            error_code: self.error.into(),
            identity,
            request,
            additional: r#"{"bytesTransferredOut":90000}"#,
            ..Event::default()
        }
    }

    pub(super) fn request(&self) -> String {
        if self.bucket.is_empty() {
            String::new()
        } else {
            format!(r#"{{"bucketName":"{}","key":"k"}}"#, self.bucket)
        }
    }
}

fn role_of(role: String, principal: &str) -> Identity<'static> {
    Identity {
        kind: "AssumedRole".into(),
        principal_id: principal.to_owned().into(),
        issuer_arn: role.into(),
        ..Identity::default()
    }
}

const CLI_MAC: &str = "aws-cli/2.13 Python/3.11 Darwin/22 exe/x86_64";
const CLI_LINUX: &str = "aws-cli/2.11 Python/3.9 Linux/5.10 exe/x86_64";
const CLI_WINDOWS: &str = "aws-cli/2.12 Python/3.10 Windows/10 exe/AMD64";
const CONSOLE: &str = "AWS Internal";
const BOTO: &str = "Boto3/1.26 Python/3.10 Linux/5.15 Botocore/1.29";
const JAVA: &str = "aws-sdk-java/2.20 Linux/5.10 OpenJDK/17";
const GO: &str = "aws-sdk-go/1.44 (go1.19; linux; amd64)";
const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.4 aws-sdk-go-v2/1.18";

/// What is done in one visit: service, calls that look, calls that change.
type Task = (&'static str, &'static [&'static str], &'static [&'static str]);

const TASKS: &[Task] = &[
    (
        "ec2",
        &[
            "DescribeInstances",
            "DescribeVolumes",
            "DescribeSecurityGroups",
            "DescribeSubnets",
            "DescribeVpcs",
            "DescribeTags",
            "DescribeKeyPairs",
            "DescribeAddresses",
            "DescribeInstanceAttribute",
        ],
        &[
            "StartInstances",
            "StopInstances",
            "RunInstances",
            "AuthorizeSecurityGroupIngress",
            "CreateTags",
            "TerminateInstances",
        ],
    ),
    (
        "s3",
        &[
            "ListBuckets",
            "GetBucketLocation",
            "GetBucketVersioning",
            "GetBucketAcl",
            "GetBucketPolicy",
            "GetBucketLifecycle",
        ],
        &["PutBucketTagging", "CreateBucket", "PutBucketLifecycle"],
    ),
    (
        "lambda",
        &["ListFunctions20150331", "GetFunction20150331v2", "GetPolicy20150331v2", "ListLayers"],
        &["UpdateFunctionCode20150331v2", "UpdateFunctionConfiguration20150331v2", "CreateFunction20150331"],
    ),
    (
        "rds",
        &["DescribeDBInstances", "DescribeDBSnapshots", "DescribeDBClusters", "DescribeEvents"],
        &["ModifyDBInstance", "CreateDBSnapshot", "RebootDBInstance"],
    ),
    (
        "iam",
        &[
            "ListUsers",
            "ListRoles",
            "GetRole",
            "ListAttachedRolePolicies",
            "GetPolicy",
            "GetPolicyVersion",
            "ListPolicies",
        ],
        &["CreateRole", "AttachRolePolicy", "PutRolePolicy"],
    ),
    (
        "logs",
        &["DescribeLogGroups", "DescribeLogStreams", "FilterLogEvents", "GetLogEvents", "StartQuery"],
        &["CreateLogGroup", "PutRetentionPolicy"],
    ),
    (
        "monitoring",
        &["DescribeAlarms", "GetMetricData", "ListMetrics", "GetDashboard", "ListDashboards"],
        &["PutMetricAlarm", "PutDashboard", "DeleteAlarms"],
    ),
    (
        "dynamodb",
        &["ListTables", "DescribeTable", "DescribeContinuousBackups"],
        &["UpdateTable", "CreateTable"],
    ),
    ("sqs", &["ListQueues", "GetQueueAttributes"], &["CreateQueue", "PurgeQueue", "SetQueueAttributes"]),
    (
        "secretsmanager",
        &["ListSecrets", "DescribeSecret", "GetSecretValue"],
        &["PutSecretValue", "CreateSecret"],
    ),
    ("kms", &["ListKeys", "ListAliases", "DescribeKey", "GetKeyPolicy"], &["CreateKey", "CreateAlias"]),
    (
        "ecs",
        &["ListClusters", "DescribeServices", "DescribeTasks", "ListTasks", "DescribeTaskDefinition"],
        &["UpdateService", "RegisterTaskDefinition"],
    ),
    (
        "ssm",
        &["DescribeParameters", "GetParameter", "GetParametersByPath", "DescribeInstanceInformation"],
        &["PutParameter", "StartSession"],
    ),
    (
        "cloudformation",
        &["DescribeStacks", "ListStacks", "DescribeStackEvents", "GetTemplate"],
        &["CreateChangeSet", "ExecuteChangeSet"],
    ),
    ("eks", &["ListClusters", "DescribeCluster", "ListNodegroups"], &["UpdateNodegroupConfig"]),
    (
        "route53",
        &["ListHostedZones", "ListResourceRecordSets", "GetHostedZone"],
        &["ChangeResourceRecordSets"],
    ),
    ("ecr", &["DescribeRepositories", "ListImages", "GetAuthorizationToken"], &["PutLifecyclePolicy"]),
    ("cloudtrail", &["DescribeTrails", "GetTrailStatus", "LookupEvents"], &[]),
];

const WORK: &[(&str, &str)] = &[
    ("secretsmanager", "GetSecretValue"),
    ("ssm", "GetParameter"),
    ("sqs", "ReceiveMessage"),
    ("kms", "Decrypt"),
    ("kms", "GenerateDataKey"),
    ("ec2", "DescribeInstances"),
    ("ec2", "DescribeTags"),
    ("logs", "CreateLogStream"),
    ("ecr", "GetAuthorizationToken"),
    ("sts", "AssumeRole"),
    ("sts", "GetCallerIdentity"),
    ("s3", "ListBuckets"),
    ("dynamodb", "DescribeTable"),
    ("states", "StartExecution"),
    ("lambda", "Invoke"),
    ("sns", "ListTopics"),
    ("autoscaling", "DescribeAutoScalingGroups"),
    ("elasticloadbalancing", "DescribeTargetHealth"),
    ("events", "PutEvents"),
    ("athena", "StartQueryExecution"),
    ("athena", "GetQueryResults"),
    ("ce", "GetCostAndUsage"),
];

struct Person {
    set: &'static str,
    name: String,
    home: String,
    tools: Vec<&'static str>,
    tasks: Vec<usize>,
    joins: i64,
}

struct Service {
    role: String,
    ip: Option<String>,
    agent: &'static str,
    calls: Vec<(&'static str, &'static str)>,
    bucket: Option<String>,
    born: i64,
    every: i64,
}

pub(super) struct Company {
    pub(super) dice: Dice,
    pub(super) calls: Vec<Call>,
    pub(super) start: i64,
    accounts: Vec<&'static str>,
    office: Vec<String>,
    people: Vec<Person>,
    services: Vec<Service>,
}

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;
const REGION: &str = "eu-west-1";

impl Company {
    /// `days` of benign life; a Monday is the first.
    pub(super) fn live(seed: u64, people: usize, services: usize, days: i64) -> Self {
        let mut dice = Dice(seed);
        let start = 1_685_923_200; // 2023-06-05, a Monday
        let office = vec![dice.net(), dice.net(), dice.net()];
        let mut made = Self {
            start,
            accounts: vec!["111111111111", "222222222222"],
            office,
            people: Vec::new(),
            services: Vec::new(),
            calls: Vec::new(),
            dice,
        };
        for at in 0..people {
            let joins = if at % 20 == 19 { start + DAY * (7 + made.dice.below(20) as i64) } else { start };
            made.hire(at, joins);
        }
        for at in 0..services {
            let born = if at % 12 == 11 { start + DAY * made.dice.below(28) as i64 } else { start };
            made.launch(at, born);
        }
        for day in 0..days {
            made.day(day);
        }
        made
    }

    fn hire(&mut self, at: usize, joins: i64) {
        let dice = &mut self.dice;
        let set = if at.is_multiple_of(12) {
            "Admin"
        } else if at % 5 == 1 {
            "ReadOnly"
        } else {
            "Developer"
        };
        let mut tools = vec![CONSOLE];
        if set != "ReadOnly" {
            tools.push(*dice.pick(&[CLI_MAC, CLI_LINUX, CLI_WINDOWS, CLI_MAC]));
        }
        if dice.chance(0.2) {
            tools.push(BOTO);
        }
        if set == "Admin" {
            tools.push(TERRAFORM);
        }
        let tasks = (0..3 + dice.below(5)).map(|_| dice.below(TASKS.len())).collect();
        let home = dice.net();
        self.people.push(Person { set, name: format!("person{at}"), home, tools, tasks, joins });
    }

    fn launch(&mut self, at: usize, born: i64) {
        let dice = &mut self.dice;
        let ip = dice.chance(0.7).then(|| format!("52.{}.10.{}", at % 4, at % 200));
        let calls = (0..2 + dice.below(5)).map(|_| *dice.pick(WORK)).collect();
        let bucket = dice.chance(0.5).then(|| format!("bucket-{}", at / 2));
        let every = *dice.pick(&[HOUR, 2 * HOUR, 6 * HOUR, DAY]);
        let agent = dice.pick(&[BOTO, JAVA, GO]);
        self.services.push(Service { role: format!("service{at}"), ip, agent, calls, bucket, born, every });
    }

    fn day(&mut self, day: i64) {
        let begins = self.start + day * DAY;
        let weekend = day % 7 >= 5;
        let holiday = (9..11).contains(&day);
        for at in 0..self.people.len() {
            if self.people[at].joins > begins {
                continue;
            }
            let works = if weekend || holiday { 0.04 } else { 0.75 };
            if self.dice.chance(works) {
                self.workday(at, begins);
            }
        }
        for at in 0..self.services.len() {
            self.run(at, begins);
        }
        if !weekend && !holiday {
            for _ in 0..2 + self.dice.below(4) {
                self.deploy(begins);
            }
        }
        self.backup(begins);
    }

    fn workday(&mut self, at: usize, begins: i64) {
        let place = if self.dice.chance(0.02) {
            self.dice.net()
        } else if self.dice.chance(0.5) {
            self.people[at].home.clone()
        } else {
            let office = self.dice.below(2);
            self.office[office].clone()
        };
        if self.dice.chance(0.01) {
            let tool = *self.dice.pick(&[CLI_MAC, CLI_LINUX, CLI_WINDOWS, BOTO, JAVA, GO]);
            self.people[at].tools.push(tool);
        }
        for _ in 0..1 + self.dice.below(4) {
            let time = begins + HOUR * (7 + self.dice.below(10) as i64) + self.dice.below(3600) as i64;
            if self.dice.chance(0.03) {
                let task = self.dice.below(TASKS.len());
                self.people[at].tasks.push(task);
            }
            self.visit(at, time, &place);
        }
    }

    fn visit(&mut self, at: usize, time: i64, place: &str) {
        let person = &self.people[at];
        let (set, name) = (person.set, person.name.clone());
        let (tool, task) = (*self.dice.pick(&person.tools), *self.dice.pick(&person.tasks));
        let (service, looks, changes) = TASKS[task];
        let account = self.accounts[usize::from(self.dice.chance(0.3))];
        let region = if matches!(service, "iam" | "route53") { "us-east-1" } else { REGION };
        let mut time = time;
        for _ in 0..2 + self.dice.below(8) {
            let change = set != "ReadOnly" && self.dice.chance(if set == "Admin" { 0.2 } else { 0.1 });
            let name_of =
                if change && !changes.is_empty() { self.dice.pick(changes) } else { self.dice.pick(looks) };
            let error = if self.dice.chance(0.01) { "AccessDenied" } else { "" };
            self.calls.push(Call {
                time,
                account,
                who: Who::Person(set, name.clone()),
                ip: place.to_owned(),
                agent: tool,
                region,
                service,
                name: name_of,
                error,
                bucket: String::new(),
                stage: None,
            });
            time += self.dice.below(60) as i64;
        }
        if set == "Admin" && self.dice.chance(0.03) {
            let chores: [&[(&str, &str)]; 4] = [
                &[("iam", "CreateUser"), ("iam", "CreateAccessKey"), ("iam", "AttachUserPolicy")],
                &[("iam", "CreateAccessKey"), ("iam", "UpdateAccessKey"), ("iam", "DeleteAccessKey")],
                &[("cloudtrail", "PutEventSelectors")],
                &[("organizations", "CreateAccount"), ("organizations", "AttachPolicy")],
            ];
            for (service, name_of) in *self.dice.pick(&chores) {
                time += 20;
                self.calls.push(Call {
                    time,
                    account,
                    who: Who::Person(set, name.clone()),
                    ip: place.to_owned(),
                    agent: tool,
                    region: "us-east-1",
                    service,
                    name: name_of,
                    error: "",
                    bucket: String::new(),
                    stage: None,
                });
            }
        }
    }

    fn run(&mut self, at: usize, begins: i64) {
        let (every, born) = (self.services[at].every, self.services[at].born);
        if self.dice.chance(0.004) {
            let call = *self.dice.pick(WORK);
            self.services[at].calls.push(call);
        }
        let mut time = begins + (at as i64 * 137) % every;
        while time < begins + DAY {
            let service = &self.services[at];
            let ip = service.ip.clone().unwrap_or_else(|| self.dice.net());
            let service = &self.services[at];
            let role = service.role.clone();
            let calls: Vec<_> = service.calls.clone();
            let (agent, bucket) = (service.agent, service.bucket.clone());
            if time >= born {
                for (of, name) in calls {
                    self.push_role(time, &role, &ip, agent, of, name, "");
                }
                if let Some(bucket) = bucket {
                    for n in 0..3 + self.dice.below(4) as i64 {
                        let name = if n % 3 == 0 { "PutObject" } else { "GetObject" };
                        self.push_role(time + n, &role, &ip, agent, "s3", name, &bucket);
                    }
                }
            }
            time += every;
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn push_role(
        &mut self,
        time: i64,
        role: &str,
        ip: &str,
        agent: &'static str,
        service: &'static str,
        name: &'static str,
        bucket: &str,
    ) {
        self.calls.push(Call {
            time,
            account: self.accounts[0],
            who: Who::Role(role.to_owned()),
            ip: ip.to_owned(),
            agent,
            region: REGION,
            service,
            name,
            error: "",
            bucket: bucket.to_owned(),
            stage: None,
        });
    }

    fn deploy(&mut self, begins: i64) {
        let time = begins + HOUR * (8 + self.dice.below(9) as i64);
        let ip = self.dice.net();
        let mut calls =
            vec![("sts", "GetCallerIdentity"), ("ecr", "GetAuthorizationToken"), ("ecr", "PutImage")];
        for _ in 0..3 {
            let (service, looks, changes) = TASKS[self.dice.below(TASKS.len())];
            calls.push((service, looks[0]));
            if !changes.is_empty() {
                calls.push((service, *self.dice.pick(changes)));
            }
        }
        for (at, (service, name)) in calls.into_iter().enumerate() {
            self.push_role(time + 3 * at as i64, "ci-deploy", &ip, TERRAFORM, service, name, "");
        }
    }

    fn backup(&mut self, begins: i64) {
        let ip = "52.9.9.9";
        for n in 0..20 {
            self.push_role(begins + 2 * HOUR + n, "backup", ip, BOTO, "ec2", "CreateSnapshot", "");
            self.push_role(begins + 2 * HOUR + 30 + n, "backup", ip, BOTO, "ec2", "DeleteSnapshot", "");
        }
        self.push_role(begins + 2 * HOUR, "backup", ip, BOTO, "ec2", "DescribeVolumes", "");
    }

    /// Someone has a person's session, or a service's credentials, and goes through all stages in some hours.
    pub(super) fn attack(&mut self, day: i64, victim: Victim) {
        let begins = self.start + day * DAY + HOUR * self.dice.below(20) as i64;
        let who = match victim {
            Victim::Developer => {
                let of: Vec<_> =
                    self.people.iter().filter(|it| it.set == "Developer" && it.joins == self.start).collect();
                let person = *self.dice.pick(&of);
                Who::Person(person.set, person.name.clone())
            }
            Victim::Service => Who::Role(format!("service{}", self.dice.below(10))),
            Victim::New => Who::User("support-helper".to_owned()),
        };
        let ip = self.dice.net();
        let agent =
            *self.dice.pick(&[CLI_LINUX, BOTO, GO, "python-requests/2.28", "aws-sdk-rust/1.0 os/linux"]);
        let account = self.accounts[0];
        let mut time = begins;
        for (stage, calls) in STAGES {
            time += HOUR / 2 + self.dice.below(3 * HOUR as usize) as i64;
            for (service, name) in *calls {
                time += 5 + self.dice.below(30) as i64;
                let data = *service == "s3" && *name == "GetObject";
                for _ in 0..if data { 400 } else { 1 } {
                    self.calls.push(Call {
                        time,
                        account,
                        who: who.clone(),
                        ip: ip.clone(),
                        agent,
                        region: if *service == "iam" { "us-east-1" } else { REGION },
                        service,
                        name,
                        error: if !data && self.dice.chance(0.25) { "AccessDenied" } else { "" },
                        bucket: if data { "bucket-0".to_owned() } else { String::new() },
                        stage: Some(stage),
                    });
                }
            }
        }
    }

    pub(super) fn sorted(mut self) -> Vec<Call> {
        self.calls.sort_by_key(|call| call.time);
        self.calls
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Victim {
    Developer,
    Service,
    New,
}

const STAGES: &[(&str, &[(&str, &str)])] = &[
    (
        "Discovery:IAMUser",
        &[
            ("sts", "GetCallerIdentity"),
            ("iam", "ListUsers"),
            ("iam", "ListRoles"),
            ("iam", "GetAccountAuthorizationDetails"),
            ("ec2", "DescribeInstances"),
            ("s3", "ListBuckets"),
            ("secretsmanager", "ListSecrets"),
            ("rds", "DescribeDBInstances"),
            ("organizations", "DescribeOrganization"),
            ("lambda", "ListFunctions20150331"),
            ("ses", "GetSendQuota"),
            ("guardduty", "ListDetectors"),
        ],
    ),
    (
        "Persistence:IAMUser",
        &[("iam", "CreateUser"), ("iam", "CreateLoginProfile"), ("iam", "CreateAccessKey")],
    ),
    ("PrivilegeEscalation:IAMUser", &[("iam", "AttachUserPolicy"), ("iam", "CreatePolicyVersion")]),
    (
        "CredentialAccess:IAMUser",
        &[("secretsmanager", "GetSecretValue"), ("ssm", "GetParametersByPath"), ("ec2", "GetPasswordData")],
    ),
    ("DefenseEvasion:IAMUser", &[("cloudtrail", "StopLogging"), ("guardduty", "DeleteDetector")]),
    ("Exfiltration:IAMUser", &[("ec2", "CreateSnapshot"), ("ec2", "ModifySnapshotAttribute")]),
    ("Exfiltration:S3", &[("s3", "GetObject")]),
    (
        "Impact:IAMUser",
        &[("ec2", "RunInstances"), ("kms", "ScheduleKeyDeletion"), ("ec2", "TerminateInstances")],
    ),
];
