//! What is called in daily work, and with which parameters.

use crate::company::event::Call;
use crate::random::Random;

/// Calls that are made together: a page of the console, or what one does at the command line.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// Whose work it is: letters of [`crate::company::people::Job`]'s codes.
    pub jobs: &'static str,
    /// Whether it is a page of the console.
    pub page: bool,
    /// The service, and its calls.
    pub calls: &'static [(&'static str, &'static str)],
}

const fn page(jobs: &'static str, calls: &'static [(&'static str, &'static str)]) -> Task {
    Task { jobs, page: true, calls }
}

const fn typed(jobs: &'static str, calls: &'static [(&'static str, &'static str)]) -> Task {
    Task { jobs, page: false, calls }
}

/// The calls by which a person changes something; such a task is done once in a while.
#[rustfmt::skip]
pub static CHANGES: &[Task] = &[
    page("d", &[("lambda20150331", "UpdateFunctionConfiguration20150331v2")]),
    typed("d", &[("lambda20150331", "UpdateFunctionCode20150331v2"), ("lambda20150331", "PublishVersion20150331")]),
    typed("d", &[("lambda20150331", "CreateFunction20150331"), ("iam", "CreateRole"), ("iam", "AttachRolePolicy"), ("logs", "CreateLogGroup")]),
    page("ds", &[("ssm", "PutParameter")]),
    typed("ds", &[("secretsmanager", "CreateSecret"), ("secretsmanager", "PutSecretValue")]),
    page("ds", &[("monitoring", "PutMetricAlarm")]),
    page("ds", &[("monitoring", "PutDashboard")]),
    typed("d", &[("dynamodb", "CreateTable"), ("dynamodb", "DescribeTable"), ("dynamodb", "UpdateTimeToLive")]),
    typed("d", &[("sqs", "CreateQueue"), ("sqs", "SetQueueAttributes")]),
    page("ds", &[("ec2", "StopInstances")]),
    page("ds", &[("ec2", "StartInstances")]),
    page("ds", &[("ec2", "RebootInstances")]),
    page("ds", &[("ec2", "RunInstances"), ("ec2", "CreateTags")]),
    page("s", &[("ec2", "AuthorizeSecurityGroupIngress")]),
    page("s", &[("ec2", "RevokeSecurityGroupIngress")]),
    page("s", &[("ec2", "CreateSecurityGroup"), ("ec2", "AuthorizeSecurityGroupIngress")]),
    page("s", &[("rds", "ModifyDBInstance")]),
    page("s", &[("rds", "CreateDBSnapshot")]),
    typed("s", &[("ecs", "UpdateService"), ("ecs", "DescribeServices")]),
    typed("s", &[("eks", "UpdateNodegroupConfig")]),
    page("s", &[("route53", "ChangeResourceRecordSets"), ("route53", "GetChange")]),
    page("s", &[("cloudfront", "CreateInvalidation")]),
    page("s", &[("iam", "CreateRole"), ("iam", "AttachRolePolicy")]),
    page("s", &[("iam", "UpdateAssumeRolePolicy")]),
    page("s", &[("iam", "PutRolePolicy")]),
    page("s", &[("iam", "CreatePolicy"), ("iam", "AttachRolePolicy")]),
    page("s", &[("iam", "CreatePolicyVersion")]),
    page("s", &[("s3", "CreateBucket"), ("s3", "PutBucketEncryption"), ("s3", "PutBucketTagging")]),
    page("s", &[("s3", "PutBucketPolicy")]),
    page("s", &[("s3", "PutBucketLifecycle")]),
    typed("s", &[("ssm", "StartSession"), ("ssm", "TerminateSession")]),
    typed("s", &[("ssm", "SendCommand"), ("ssm", "GetCommandInvocation")]),
    page("s", &[("acm", "RequestCertificate"), ("acm", "DescribeCertificate")]),
    page("a", &[("athena", "StartQueryExecution"), ("athena", "GetQueryExecution"), ("athena", "GetQueryResults")]),
    page("a", &[("glue", "UpdateJob"), ("glue", "StartJobRun"), ("glue", "GetJobRun")]),
    page("a", &[("glue", "CreateTable")]),
    page("a", &[("sagemaker", "CreateNotebookInstance")]),
    page("a", &[("sagemaker", "StartNotebookInstance")]),
    page("a", &[("sagemaker", "StopNotebookInstance")]),
    typed("a", &[("redshift-data", "ExecuteStatement"), ("redshift-data", "GetStatementResult")]),
    page("c", &[("securityhub", "BatchUpdateFindings")]),
    page("c", &[("guardduty", "ArchiveFindings")]),
    page("c", &[("guardduty", "CreateFilter")]),
    page("f", &[("budgets", "ModifyBudget")]),
];

/// The calls by which a person looks at something.
#[rustfmt::skip]
pub static READS: &[Task] = &[
    page("dsc", &[("ec2", "DescribeInstances"), ("ec2", "DescribeInstanceStatus"), ("ec2", "DescribeTags"), ("ec2", "DescribeVolumes"), ("ec2", "DescribeAddresses"), ("ec2", "DescribeSecurityGroups"), ("ec2", "DescribeRegions"), ("ec2", "DescribeAccountAttributes"), ("compute-optimizer", "GetEnrollmentStatus"), ("monitoring", "DescribeAlarms")]),
    page("s", &[("ec2", "DescribeVpcs"), ("ec2", "DescribeSubnets"), ("ec2", "DescribeRouteTables"), ("ec2", "DescribeNatGateways"), ("ec2", "DescribeVpcEndpoints"), ("ec2", "DescribeFlowLogs"), ("ec2", "DescribeNetworkAcls")]),
    page("s", &[("ec2", "DescribeSecurityGroups"), ("ec2", "DescribeSecurityGroupRules"), ("ec2", "DescribeNetworkInterfaces")]),
    page("s", &[("ec2", "DescribeImages"), ("ec2", "DescribeSnapshots"), ("ec2", "DescribeVolumes")]),
    page("ds", &[("lambda20150331", "ListFunctions20150331"), ("lambda20150331", "GetAccountSettings20160819"), ("lambda20150331", "GetFunction20150331v2"), ("lambda20150331", "GetPolicy20150331v2"), ("lambda20150331", "ListTags20170331"), ("lambda20150331", "ListEventSourceMappings20150331"), ("logs", "DescribeLogGroups"), ("monitoring", "DescribeAlarms")]),
    page("dsa", &[("logs", "DescribeLogGroups"), ("logs", "DescribeLogStreams"), ("logs", "DescribeQueryDefinitions"), ("logs", "StartQuery"), ("logs", "GetQueryResults"), ("logs", "DescribeMetricFilters")]),
    page("ds", &[("monitoring", "DescribeAlarms"), ("monitoring", "ListDashboards"), ("monitoring", "GetDashboard"), ("monitoring", "ListMetrics"), ("monitoring", "DescribeAnomalyDetectors")]),
    page("dsacp", &[("s3", "ListBuckets"), ("s3", "GetBucketLocation"), ("s3", "GetAccountPublicAccessBlock"), ("s3", "ListAccessPoints")]),
    page("dsa", &[("s3", "ListBuckets"), ("s3", "GetBucketVersioning"), ("s3", "GetBucketLocation"), ("s3", "GetBucketAcl"), ("s3", "GetBucketPolicyStatus"), ("s3", "GetBucketPublicAccessBlock"), ("s3", "GetBucketTagging"), ("s3", "GetBucketLogging"), ("s3", "GetBucketNotification")]),
    page("sc", &[("iam", "GetAccountSummary"), ("iam", "ListAccountAliases"), ("iam", "ListMFADevices"), ("iam", "ListAccessKeys"), ("iam", "GetAccountPasswordPolicy"), ("iam", "ListPolicies")]),
    page("sc", &[("iam", "ListRoles"), ("iam", "GetRole"), ("iam", "ListRolePolicies"), ("iam", "ListAttachedRolePolicies"), ("iam", "GetRolePolicy"), ("iam", "GenerateServiceLastAccessedDetails"), ("iam", "GetServiceLastAccessedDetails")]),
    page("sc", &[("iam", "ListUsers"), ("iam", "GetUser"), ("iam", "ListGroupsForUser"), ("iam", "ListAttachedUserPolicies"), ("iam", "ListUserPolicies"), ("iam", "ListAccessKeys"), ("iam", "GetAccessKeyLastUsed"), ("iam", "GetLoginProfile")]),
    page("ds", &[("ecs", "ListClusters"), ("ecs", "DescribeClusters"), ("ecs", "ListServices"), ("ecs", "DescribeServices"), ("ecs", "ListTasks"), ("ecs", "DescribeTasks"), ("ecs", "DescribeTaskDefinition")]),
    page("ds", &[("eks", "ListClusters"), ("eks", "DescribeCluster"), ("eks", "ListNodegroups"), ("eks", "DescribeNodegroup"), ("eks", "ListAddons"), ("eks", "AccessKubernetesApi")]),
    page("ds", &[("cloudformation", "ListStacks"), ("cloudformation", "DescribeStacks"), ("cloudformation", "DescribeStackEvents"), ("cloudformation", "DescribeStackResources"), ("cloudformation", "GetTemplate")]),
    page("dsa", &[("rds", "DescribeDBInstances"), ("rds", "DescribeDBClusters"), ("rds", "DescribeEvents"), ("rds", "DescribePendingMaintenanceActions"), ("pi", "GetResourceMetrics")]),
    page("s", &[("rds", "DescribeDBSnapshots"), ("rds", "DescribeDBParameterGroups"), ("rds", "DescribeDBLogFiles"), ("rds", "DownloadDBLogFilePortion")]),
    page("d", &[("dynamodb", "ListTables"), ("dynamodb", "DescribeTable"), ("dynamodb", "DescribeTimeToLive"), ("dynamodb", "DescribeContinuousBackups")]),
    page("d", &[("sqs", "ListQueues"), ("sqs", "GetQueueAttributes")]),
    page("d", &[("sns", "ListTopics"), ("sns", "GetTopicAttributes"), ("sns", "ListSubscriptionsByTopic")]),
    page("ds", &[("ssm", "DescribeParameters"), ("ssm", "GetParameter"), ("ssm", "GetParameterHistory")]),
    page("ds", &[("secretsmanager", "ListSecrets"), ("secretsmanager", "DescribeSecret"), ("secretsmanager", "GetSecretValue")]),
    page("d", &[("apigateway", "GetRestApis"), ("apigateway", "GetStages"), ("apigateway", "GetResources")]),
    page("d", &[("states", "ListStateMachines"), ("states", "DescribeStateMachine"), ("states", "ListExecutions"), ("states", "GetExecutionHistory")]),
    page("d", &[("xray", "GetServiceGraph"), ("xray", "GetTraceSummaries")]),
    page("ds", &[("ecr", "DescribeRepositories"), ("ecr", "DescribeImages"), ("ecr", "DescribeImageScanFindings")]),
    page("ds", &[("codebuild", "ListProjects"), ("codebuild", "BatchGetBuilds")]),
    page("s", &[("elasticloadbalancing", "DescribeLoadBalancers"), ("elasticloadbalancing", "DescribeTargetGroups"), ("elasticloadbalancing", "DescribeTargetHealth"), ("elasticloadbalancing", "DescribeListeners")]),
    page("s", &[("autoscaling", "DescribeAutoScalingGroups"), ("autoscaling", "DescribeScalingActivities"), ("autoscaling", "DescribePolicies")]),
    page("s", &[("route53", "ListHostedZones"), ("route53", "ListResourceRecordSets")]),
    page("s", &[("cloudfront", "ListDistributions"), ("cloudfront", "GetDistribution")]),
    page("s", &[("kms", "ListKeys"), ("kms", "ListAliases"), ("kms", "DescribeKey"), ("kms", "GetKeyPolicy"), ("kms", "GetKeyRotationStatus")]),
    page("s", &[("acm", "ListCertificates"), ("acm", "DescribeCertificate")]),
    page("s", &[("backup", "ListBackupJobs"), ("backup", "ListBackupVaults"), ("backup", "ListRecoveryPointsByBackupVault")]),
    page("sc", &[("cloudtrail", "DescribeTrails"), ("cloudtrail", "GetTrailStatus"), ("cloudtrail", "LookupEvents"), ("cloudtrail", "GetEventSelectors")]),
    page("c", &[("securityhub", "GetFindings"), ("securityhub", "GetInsights"), ("securityhub", "DescribeStandards"), ("securityhub", "GetEnabledStandards")]),
    page("c", &[("guardduty", "ListDetectors"), ("guardduty", "ListFindings"), ("guardduty", "GetFindings"), ("guardduty", "GetFindingsStatistics")]),
    page("c", &[("config", "DescribeConfigRules"), ("config", "GetComplianceDetailsByConfigRule"), ("config", "SelectResourceConfig")]),
    page("c", &[("access-analyzer", "ListAnalyzers"), ("access-analyzer", "ListFindings")]),
    page("c", &[("inspector2", "ListFindings"), ("inspector2", "ListCoverage")]),
    page("fs", &[("ce", "GetCostAndUsage"), ("ce", "GetCostForecast"), ("budgets", "DescribeBudgets")]),
    page("f", &[("ce", "GetDimensionValues"), ("ce", "GetReservationUtilization"), ("cur", "DescribeReportDefinitions"), ("organizations", "ListAccounts")]),
    page("a", &[("athena", "ListWorkGroups"), ("athena", "ListDataCatalogs"), ("athena", "StartQueryExecution"), ("athena", "GetQueryExecution"), ("athena", "GetQueryResults"), ("glue", "GetDatabases"), ("glue", "GetTables")]),
    page("a", &[("glue", "GetJobs"), ("glue", "GetJobRuns"), ("glue", "GetTable"), ("glue", "GetPartitions")]),
    page("a", &[("sagemaker", "ListNotebookInstances"), ("sagemaker", "DescribeNotebookInstance"), ("sagemaker", "ListTrainingJobs")]),
    page("a", &[("redshift", "DescribeClusters"), ("redshift", "GetClusterCredentials")]),
    page("p", &[("support", "DescribeCases"), ("support", "DescribeCommunications"), ("health", "DescribeEvents")]),
    page("p", &[("connect", "ListInstances"), ("ses", "GetSendStatistics"), ("ses", "GetSendQuota")]),
    typed("dsac", &[("sts", "GetCallerIdentity")]),
    typed("ds", &[("eks", "DescribeCluster")]),
    typed("ds", &[("ecr", "GetAuthorizationToken"), ("ecr", "BatchCheckLayerAvailability"), ("ecr", "BatchGetImage"), ("ecr", "GetDownloadUrlForLayer")]),
    typed("ds", &[("ec2", "DescribeInstances")]),
    typed("ds", &[("logs", "FilterLogEvents")]),
    typed("ds", &[("ssm", "GetParametersByPath")]),
    typed("ds", &[("secretsmanager", "GetSecretValue")]),
    typed("dsa", &[("s3", "ListBuckets"), ("s3", "ListObjects")]),
    typed("dsa", &[("s3", "ListObjects"), ("s3", "GetObject")]),
    typed("a", &[("s3", "ListObjects"), ("s3", "GetObject"), ("s3", "GetObject"), ("s3", "GetObject"), ("s3", "PutObject")]),
    typed("sc", &[("organizations", "ListAccounts"), ("organizations", "DescribeOrganization")]),
    typed("sc", &[("iam", "ListRoles"), ("iam", "GetRole"), ("iam", "SimulatePrincipalPolicy")]),
    typed("c", &[("config", "SelectAggregateResourceConfig"), ("ec2", "DescribeRegions"), ("ec2", "DescribeFlowLogs")]),
    typed("s", &[("ec2", "DescribeInstances"), ("ssm", "DescribeInstanceInformation"), ("ssm", "StartSession"), ("ssm", "TerminateSession")]),
];

/// What scanners of security read in each region: the operations of many services.
#[rustfmt::skip]
pub static SWEEP: &[(&str, &str)] = &[
    ("ec2", "DescribeInstances"), ("ec2", "DescribeSecurityGroups"), ("ec2", "DescribeVolumes"), ("ec2", "DescribeSnapshots"), ("ec2", "DescribeImages"), ("ec2", "DescribeVpcs"), ("ec2", "DescribeFlowLogs"), ("ec2", "DescribeNetworkAcls"), ("ec2", "DescribeAddresses"), ("ec2", "GetEbsEncryptionByDefault"), ("ec2", "DescribeSnapshotAttribute"), ("ec2", "DescribeInstanceAttribute"), ("ec2", "DescribeVpcEndpoints"), ("ec2", "DescribeVpcPeeringConnections"), ("ec2", "DescribeLaunchTemplates"),
    ("rds", "DescribeDBInstances"), ("rds", "DescribeDBSnapshots"), ("rds", "DescribeDBSnapshotAttributes"), ("rds", "DescribeDBClusters"), ("rds", "DescribeDBParameters"), ("lambda20150331", "ListFunctions20150331"), ("lambda20150331", "GetPolicy20150331v2"), ("lambda20150331", "GetFunctionUrlConfig"), ("kms", "ListKeys"), ("kms", "DescribeKey"), ("kms", "GetKeyPolicy"), ("kms", "GetKeyRotationStatus"), ("sqs", "ListQueues"), ("sqs", "GetQueueAttributes"), ("sns", "ListTopics"), ("sns", "GetTopicAttributes"),
    ("secretsmanager", "ListSecrets"), ("ssm", "DescribeInstanceInformation"), ("ssm", "DescribeDocumentPermission"), ("guardduty", "ListDetectors"), ("guardduty", "GetDetector"), ("securityhub", "DescribeHub"), ("config", "DescribeConfigurationRecorders"), ("config", "DescribeConfigurationRecorderStatus"), ("cloudtrail", "DescribeTrails"), ("cloudtrail", "GetTrailStatus"), ("cloudtrail", "GetEventSelectors"), ("logs", "DescribeMetricFilters"), ("logs", "DescribeLogGroups"), ("monitoring", "DescribeAlarms"), ("eks", "ListClusters"), ("ecr", "DescribeRepositories"), ("ecr", "GetRepositoryPolicy"), ("ecs", "ListTaskDefinitions"), ("es", "ListDomainNames"), ("elasticache", "DescribeCacheClusters"), ("redshift", "DescribeClusters"), ("dynamodb", "ListTables"), ("acm", "ListCertificates"), ("access-analyzer", "ListAnalyzers"), ("elasticfilesystem", "DescribeFileSystems"), ("apigateway", "GetRestApis"), ("backup", "ListBackupVaults"), ("sagemaker", "ListNotebookInstances"), ("ses", "ListIdentities"),
];

/// What scanners of security read once: IAM and S3.
#[rustfmt::skip]
pub static SWEEP_GLOBAL: &[(&str, &str)] = &[
    ("iam", "GenerateCredentialReport"), ("iam", "GetCredentialReport"), ("iam", "GetAccountSummary"), ("iam", "GetAccountPasswordPolicy"), ("iam", "ListUsers"), ("iam", "ListRoles"), ("iam", "ListPolicies"), ("iam", "ListVirtualMFADevices"), ("iam", "GetAccountAuthorizationDetails"), ("iam", "ListUserPolicies"), ("iam", "ListAttachedUserPolicies"), ("iam", "ListMFADevices"), ("iam", "ListAccessKeys"), ("iam", "GetPolicyVersion"), ("iam", "GetRolePolicy"), ("iam", "ListServerCertificates"), ("iam", "ListSAMLProviders"), ("s3", "ListBuckets"), ("s3", "GetBucketAcl"), ("s3", "GetBucketPolicy"), ("s3", "GetBucketPublicAccessBlock"), ("s3", "GetBucketEncryption"), ("s3", "GetBucketLogging"), ("s3", "GetBucketVersioning"), ("s3", "GetBucketOwnershipControls"), ("s3", "GetAccountPublicAccessBlock"), ("route53", "ListHostedZones"), ("cloudfront", "ListDistributions"), ("account", "GetAlternateContact"), ("support", "DescribeTrustedAdvisorChecks"), ("organizations", "DescribeOrganization"), ("shield", "GetSubscriptionState"), ("wafv2", "ListWebACLs"),
];

/// A call with parameters as they are usual, about things of `place`.
#[must_use]
pub fn call(service: &str, name: &str, region: &str, account: &str, random: &mut Random) -> Call {
    let region = if matches!(service, "iam" | "route53" | "cloudfront" | "organizations" | "support" | "ce") {
        "us-east-1"
    } else {
        region
    };
    let service = if service == "lambda20150331" { "lambda" } else { service };
    let call = Call::new(service, name, region).in_account(account);
    if service == "s3" {
        let bucket = thing("bucket", account, random);
        return on_bucket(call, &bucket, random);
    }
    let request = request(service, name, account, random);
    let response = response(name, random);
    Call { account: String::new(), ..call.with(request).gives(response) }
}

/// A call of S3 on a bucket; calls on objects are data events.
#[must_use]
pub fn on_bucket(call: Call, bucket: &str, random: &mut Random) -> Call {
    let account = call.account.clone();
    let object = call.name.contains("Object") || call.name.contains("Upload");
    let host = format!("{bucket}.s3.{}.amazonaws.com", call.region);
    let bucket_resource =
        format!(r#"{{"accountId":"{account}","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::{bucket}"}}"#);
    let mut call = call;
    call.account = String::new();
    if call.name == "ListBuckets" {
        return Call { request: format!(r#"{{"Host":"s3.{}.amazonaws.com"}}"#, call.region), ..call };
    }
    let (mut bytes_in, mut bytes_out) = (0, random.range(200, 4000));
    if object && !call.name.starts_with("List") {
        let key = format!(
            "{}/{}/part-{}.parquet",
            random.pick(&["raw", "clean", "export", "img"]),
            random.range(1, 30),
            random.hex(8)
        );
        let size = random.exponential(900_000.0) as i64 + 200;
        if call.name.starts_with("Get") {
            bytes_out = size;
        } else if call.name.starts_with("Put") {
            bytes_in = size;
        }
        call.request = format!(r#"{{"bucketName":"{bucket}","Host":"{host}","key":"{key}"}}"#);
        call.resources = format!(
            r#"[{{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::{bucket}/{key}"}},{bucket_resource}]"#
        );
    } else if object {
        call.request =
            format!(r#"{{"list-type":"2","bucketName":"{bucket}","Host":"{host}","prefix":"clean/"}}"#);
        call.resources = format!(
            r#"[{{"type":"AWS::S3::Object","ARNPrefix":"arn:aws:s3:::{bucket}/clean/"}},{bucket_resource}]"#
        );
    } else {
        call.request = format!(r#"{{"bucketName":"{bucket}","Host":"{host}"}}"#);
        call.resources = format!("[{bucket_resource}]");
    }
    call.data = object;
    call.additional = format!(
        r#"{{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":{bytes_in},"AuthenticationMethod":"AuthHeader","x-amz-id-2":"{}","bytesTransferredOut":{bytes_out}}}"#,
        random.hex(40)
    );
    call
}

/// The name of a thing of an account; the first are used far more than the last.
#[must_use]
pub fn thing(kind: &str, account: &str, random: &mut Random) -> String {
    const AREAS: [&str; 14] = [
        "orders", "billing", "web", "search", "assets", "events", "media", "reports", "auth", "catalog",
        "mail", "lake", "jobs", "legacy",
    ];
    let area = random.zipf(&AREAS);
    match kind {
        "bucket" => format!("nl-{area}-{}", account.get(8..).unwrap_or_default()),
        "instance" => format!("i-{}", hash(area, account, 17)),
        "snapshot" | "vol" | "sg" | "ami" => format!("{kind}-{}", hash(area, account, 17)),
        "key" => format!("{}-1111-4222-8333-{}", hash(area, account, 8), hash(account, area, 12)),
        _ => format!("{area}-{kind}"),
    }
}

fn hash(one: &str, two: &str, length: usize) -> String {
    Random::new(11).fork(one).fork(two).hex(length)
}

fn request(service: &str, name: &str, account: &str, random: &mut Random) -> String {
    let one = |member: &str, kind: &str, random: &mut Random| {
        format!(r#"{{"{member}":"{}"}}"#, thing(kind, account, random))
    };
    let has = |part: &str| name.contains(part);
    match service {
        "iam" if has("UserPolicy") || has("RolePolicy") || name == "CreateRole" || has("AssumeRolePolicy") => {
            policy_request(name, account, random)
        }
        "iam" if has("User") || has("AccessKey") || has("LoginProfile") || has("MFA") => one("userName", "svc", random),
        "iam" if has("Role") => one("roleName", "role", random),
        "iam" if has("Policy") => format!(r#"{{"policyArn":"arn:aws:iam::{account}:policy/{}"}}"#, thing("policy", account, random)),
        "ec2" if name == "RunInstances" => format!(
            r#"{{"instancesSet":{{"items":[{{"imageId":"{}","minCount":1,"maxCount":1}}]}},"instanceType":"{}","blockDeviceMapping":{{}},"monitoring":{{"enabled":false}},"disableApiTermination":false}}"#,
            thing("ami", account, random),
            random.pick(&["t3.medium", "t3.large", "m6i.large", "c6i.xlarge"])
        ),
        "ec2" if has("SecurityGroupIngress") => format!(
            r#"{{"groupId":"{}","ipPermissions":{{"items":[{{"ipProtocol":"tcp","fromPort":443,"toPort":443,"groups":{{}},"ipRanges":{{"items":[{{"cidrIp":"10.{}.0.0/16"}}]}},"ipv6Ranges":{{}},"prefixListIds":{{}}}}]}}}}"#,
            thing("sg", account, random),
            random.range(1, 90)
        ),
        "ec2" if has("Instances") => format!(
            r#"{{"instancesSet":{{"items":[{{"instanceId":"{}"}}]}},"filterSet":{{}}}}"#,
            thing("instance", account, random)
        ),
        "ec2" if name.starts_with("Describe") => r#"{"maxResults":1000,"filterSet":{}}"#.to_owned(),
        "lambda" if has("List") => r#"{"maxItems":50}"#.to_owned(),
        "lambda" => one("functionName", "fn", random),
        "secretsmanager" if has("List") => r#"{"maxResults":100}"#.to_owned(),
        "secretsmanager" => one("secretId", "secret", random),
        "ssm" if name == "UpdateInstanceInformation" => format!(
            r#"{{"instanceId":"{}","agentVersion":"3.3.1802.0","agentStatus":"Active","platformType":"Linux","platformName":"Amazon Linux","platformVersion":"2023","iPAddress":"10.1.2.3","computerName":"ip-10-1-2-3","agentName":"amazon-ssm-agent"}}"#,
            thing("instance", account, random)
        ),
        "ssm" if has("Session") => format!(r#"{{"target":"{}"}}"#, thing("instance", account, random)),
        "ssm" if has("Command") => format!(
            r#"{{"instanceIds":["{}"],"documentName":"AWS-RunPatchBaseline","parameters":"HIDDEN_DUE_TO_SECURITY_REASONS","interactive":false}}"#,
            thing("instance", account, random)
        ),
        "ssm" => format!(r#"{{"name":"/{}","withDecryption":true}}"#, thing("param", account, random)),
        "kms" if name == "Decrypt" || name == "GenerateDataKey" => format!(
            r#"{{"keyId":"arn:aws:kms:eu-west-1:{account}:key/{}","encryptionAlgorithm":"SYMMETRIC_DEFAULT"}}"#,
            thing("key", account, random)
        ),
        "kms" => one("keyId", "key", random),
        "logs" => format!(r#"{{"logGroupName":"/aws/lambda/{}"}}"#, thing("fn", account, random)),
        "dynamodb" => one("tableName", "table", random),
        "ecr" => one("repositoryName", "app", random),
        "ecs" => format!(r#"{{"cluster":"main","service":"{}"}}"#, thing("svc", account, random)),
        "eks" => r#"{"name":"main"}"#.to_owned(),
        "cloudformation" => one("stackName", "stack", random),
        "rds" => one("dBInstanceIdentifier", "db", random),
        "sqs" => format!(r#"{{"queueUrl":"https://sqs.eu-west-1.amazonaws.com/{account}/{}"}}"#, thing("queue", account, random)),
        "sns" => format!(r#"{{"topicArn":"arn:aws:sns:eu-west-1:{account}:{}"}}"#, thing("topic", account, random)),
        "athena" => r#"{"workGroup":"primary","queryExecutionContext":{"database":"lake"},"queryString":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#.to_owned(),
        "glue" => one("jobName", "job", random),
        "sts" if name == "GetCallerIdentity" => String::new(),
        _ if name.starts_with("List") || name.starts_with("Describe") => r#"{"maxResults":100}"#.to_owned(),
        _ => String::new(),
    }
}

fn policy_request(name: &str, account: &str, random: &mut Random) -> String {
    let role = thing("role", account, random);
    match name {
        "CreateRole" => format!(
            r#"{{"roleName":"{role}","assumeRolePolicyDocument":"{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":{{\"Service\":\"lambda.amazonaws.com\"}},\"Action\":\"sts:AssumeRole\"}}]}}"}}"#
        ),
        "UpdateAssumeRolePolicy" => format!(
            r#"{{"roleName":"{role}","policyDocument":"{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":{{\"Service\":\"ecs-tasks.amazonaws.com\"}},\"Action\":\"sts:AssumeRole\"}}]}}"}}"#
        ),
        "AttachRolePolicy" => format!(
            r#"{{"roleName":"{role}","policyArn":"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}}"#
        ),
        "PutRolePolicy" => format!(
            r#"{{"roleName":"{role}","policyName":"inline","policyDocument":"{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":[\"sqs:SendMessage\"],\"Resource\":\"arn:aws:sqs:eu-west-1:{account}:orders-queue\"}}]}}"}}"#
        ),
        _ if name.contains("User") => format!(r#"{{"userName":"{}"}}"#, thing("svc", account, random)),
        _ => format!(r#"{{"roleName":"{role}","policyName":"inline"}}"#),
    }
}

fn response(name: &str, random: &mut Random) -> String {
    match name {
        "RunInstances" => format!(
            r#"{{"requestId":"{}","instancesSet":{{"items":[{{"instanceId":"i-{}","instanceState":{{"code":0,"name":"pending"}}}}]}}}}"#,
            random.uuid(),
            random.hex(17)
        ),
        "StartQuery" => format!(r#"{{"queryId":"{}"}}"#, random.uuid()),
        "SendCommand" => format!(r#"{{"command":{{"commandId":"{}","status":"Pending"}}}}"#, random.uuid()),
        "StartSession" => format!(
            r#"{{"sessionId":"s-{}","tokenValue":"Value hidden due to security reasons.","streamUrl":"wss://ssmmessages.eu-west-1.amazonaws.com"}}"#,
            random.hex(17)
        ),
        _ if name.starts_with("Authorize") || name.starts_with("Revoke") => {
            format!(r#"{{"requestId":"{}","_return":true}}"#, random.uuid())
        }
        _ => String::new(),
    }
}
