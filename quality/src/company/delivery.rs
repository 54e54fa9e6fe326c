//! Delivery: hosted CI with short-lived roles, and Terraform.

use crate::company::calls::{SWEEP, call};
use crate::company::event::{From, Identity, Session};
use crate::company::places::CI;
use crate::company::sessions::assume_role;
use crate::company::{Company, DATA, DAY, DEV, Day, HOUR, PROD, SHARED, STAGING, agents};
use crate::random::Random;

/// What a deployment of a container does.
const CONTAINER: &[(&str, &str)] = &[
    ("ecr", "GetAuthorizationToken"),
    ("ecr", "BatchCheckLayerAvailability"),
    ("ecr", "InitiateLayerUpload"),
    ("ecr", "CompleteLayerUpload"),
    ("ecr", "PutImage"),
    ("ecs", "DescribeTaskDefinition"),
    ("ecs", "RegisterTaskDefinition"),
    ("ecs", "UpdateService"),
    ("ecs", "DescribeServices"),
    ("ecs", "DescribeServices"),
];

/// What a deployment of a function does.
const FUNCTION: &[(&str, &str)] = &[
    ("s3", "PutObject"),
    ("cloudformation", "DescribeStacks"),
    ("cloudformation", "CreateChangeSet"),
    ("cloudformation", "DescribeChangeSet"),
    ("cloudformation", "ExecuteChangeSet"),
    ("cloudformation", "DescribeStackEvents"),
    ("lambda20150331", "UpdateFunctionCode20150331v2"),
    ("lambda20150331", "GetFunctionConfiguration20150331v2"),
];

/// What a deployment of a web page does.
const SITE: &[(&str, &str)] = &[
    ("s3", "ListObjects"),
    ("s3", "PutObject"),
    ("s3", "PutObject"),
    ("s3", "DeleteObject"),
    ("cloudfront", "CreateInvalidation"),
];

/// What Terraform changes, when it changes something.
const CHANGES: &[(&str, &str)] = &[
    ("ec2", "AuthorizeSecurityGroupIngress"),
    ("ec2", "CreateSecurityGroup"),
    ("ec2", "CreateTags"),
    ("iam", "CreateRole"),
    ("iam", "PutRolePolicy"),
    ("iam", "AttachRolePolicy"),
    ("iam", "CreatePolicy"),
    ("iam", "CreatePolicyVersion"),
    ("iam", "DeletePolicyVersion"),
    ("iam", "DeleteRolePolicy"),
    ("iam", "UpdateAssumeRolePolicy"),
    ("iam", "CreateInstanceProfile"),
    ("lambda20150331", "CreateFunction20150331"),
    ("lambda20150331", "AddPermission20150331v2"),
    ("s3", "CreateBucket"),
    ("s3", "PutBucketPolicy"),
    ("s3", "PutBucketPublicAccessBlock"),
    ("rds", "ModifyDBInstance"),
    ("kms", "CreateKey"),
    ("kms", "PutKeyPolicy"),
    ("kms", "CreateAlias"),
    ("sqs", "CreateQueue"),
    ("sns", "CreateTopic"),
    ("monitoring", "PutMetricAlarm"),
    ("logs", "PutRetentionPolicy"),
    ("ec2", "DeleteSecurityGroup"),
    ("ec2", "CreateLaunchTemplateVersion"),
    ("autoscaling", "UpdateAutoScalingGroup"),
];

/// A day of deployments and Terraform runs.
pub fn day(company: &Company, day: &mut Day<'_>) {
    let mut random = company.random("delivery", day.number);
    let busy = if day.free() { 0.1 } else { 1.0 };
    for _ in 0..random.count(60.0 * company.size * busy) {
        let at = working_time(day, &mut random);
        deployment(company, day, at, &mut random);
    }
    for _ in 0..random.count((14.0 * company.size * busy).max(0.4)) {
        let at = working_time(day, &mut random);
        terraform(company, day, at, &mut random);
    }
}

fn working_time(day: &Day<'_>, random: &mut Random) -> i64 {
    let hour = random.normal(12.0, 3.0).clamp(0.5, 22.5);
    day.start + (hour * HOUR as f64) as i64
}

/// A session of a role that CI's own identity gets (OpenID Connect), from another rented machine each time.
fn ci_session(
    day: &mut Day<'_>,
    at: i64,
    account: &str,
    role: &str,
    repository: &str,
    random: &mut Random,
) -> From {
    let ip = random.pick(CI).address(random);
    let name = "GitHubActions";
    let provider = format!("arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com");
    let subject = format!("repo:northlight/{repository}:ref:refs/heads/main");
    let key = random.id("ASIA", 16);
    let mut assume = assume_role(account, role, name, &key, at, random);
    assume.name = "AssumeRoleWithWebIdentity".into();
    let agent = "aws-sdk-js/3.775.0 ua/2.1 os/linux#6.11.0-1015-azure lang/js md/nodejs#20.19.2 api/sts#3.775.0 configure-aws-credentials-for-github-actions";
    let outside = From::new(Identity::federated("WebIdentityUser", &provider, &subject), &ip, agent);
    day.add(at, &outside, &assume, random);
    let session = Session { role, name, since: at, ..Session::default() };
    From::new(Identity::role(account, &key, session), &ip, agent)
}

fn deployment(company: &Company, day: &mut Day<'_>, begin: i64, random: &mut Random) {
    let repository = *random.zipf(&["shop", "api", "search", "mailer", "site", "billing", "portal"]);
    for (offset, place) in [(0, STAGING), (900_000, PROD)] {
        if place == PROD && random.chance(0.4) {
            break;
        }
        let account = &company.accounts[place];
        let mut at = begin + offset;
        let role = format!("deploy-{repository}");
        let mut from = ci_session(day, at, account, &role, repository, random);
        // Once in the month, and from then on, one thing is deployed to a new region.
        let region = if day.number >= 12 && repository == "site" { "ap-southeast-1" } else { "eu-west-1" };
        let (calls, agent) = match repository {
            "site" => (SITE, agents::cli(2, day.number)),
            "mailer" | "billing" => (FUNCTION, agents::boto3(2)),
            _ => (CONTAINER, "docker/27.5.1 go/go1.22.11 git-commit/4c9b3b0 kernel/6.11.0-1015-azure os/linux arch/amd64 UpstreamClient(Docker-Client/27.5.1 \\\\(linux\\\\))".to_owned()),
        };
        from.agent = agent;
        for (service, name) in calls {
            for _ in 0..random.range(1, 5) {
                at += random.range(300, 9000);
                let made = call(service, name, region, account, random);
                if made.service == "ecs" {
                    from.agent = agents::cli(2, day.number);
                }
                day.add(at, &from, &made, random);
            }
        }
    }
}

/// Terraform reads all that it knows, and then changes some.
fn terraform(company: &Company, day: &mut Day<'_>, begin: i64, random: &mut Random) {
    let stack = *random.zipf(&["network", "platform", "apps", "data", "identity"]);
    let place = match stack {
        "data" => DATA,
        "network" => SHARED,
        _ => *random.pick(&[DEV, STAGING, PROD]),
    };
    let account = &company.accounts[place];
    let role = format!("terraform-{stack}");
    let mut from = ci_session(day, begin, account, &role, "infrastructure", random);
    from.agent = agents::terraform("1.12.2", "linux");
    let region = if day.number >= 13 && random.chance(0.1) { "ap-southeast-1" } else { "eu-west-1" };
    let mut at = begin;
    let reads: [(&str, &str); 12] = [
        ("iam", "GetRole"),
        ("iam", "ListRolePolicies"),
        ("iam", "ListAttachedRolePolicies"),
        ("iam", "GetPolicy"),
        ("iam", "GetPolicyVersion"),
        ("iam", "GetRolePolicy"),
        ("s3", "GetBucketPolicy"),
        ("s3", "GetBucketAcl"),
        ("s3", "GetBucketVersioning"),
        ("ec2", "DescribeSubnets"),
        ("ec2", "DescribeRouteTables"),
        ("kms", "ListResourceTags"),
    ];
    for step in 0..random.range(60, 480) {
        let (service, name) = if step % 3 == 0 { *random.pick(SWEEP) } else { *random.pick(&reads) };
        at += random.range(20, 500);
        day.add(at, &from, &call(service, name, region, account, random), random);
    }
    if random.chance(0.45) {
        for _ in 0..random.range(1, 14) {
            let (service, name) = *random.zipf(CHANGES);
            at += random.range(400, 4000);
            day.add(at, &from, &call(service, name, region, account, random), random);
        }
    }
    debug_assert!(at < day.start + 2 * DAY);
}
