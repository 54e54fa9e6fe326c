//! The table of AWS's managed policies.

use super::AwsManaged;

macro_rules! managed {
    ($name:literal, $path:literal, $id:literal, $created:literal, $description:literal) => {
        AwsManaged::new($name, $path, $id, $created, $description, include_str!(concat!($name, ".json")))
    };
}

/// All of them, in the order of their names.
#[rustfmt::skip]
pub(super) static TABLE: [AwsManaged; 44] = [
    managed!("AdministratorAccess", "/", "ANPAIWMBCKSKIEE64ZLYK", "2015-02-06T18:39:46Z", "Provides full access to AWS services and resources."),
    managed!("AmazonDynamoDBFullAccess", "/", "ANPAINUGF2JSOSUY76KYA", "2015-02-06T18:40:00Z", "Provides full access to Amazon DynamoDB."),
    managed!("AmazonEC2FullAccess", "/", "ANPAI3VAJF5ZCRZ7MCQE6", "2015-02-06T18:40:00Z", "Provides full access to Amazon EC2."),
    managed!("AmazonEC2ReadOnlyAccess", "/", "ANPAIGDT4SV4GSETWTBZK", "2015-02-06T18:40:00Z", "Provides read-only access to Amazon EC2."),
    managed!("AmazonGuardDutyFullAccess", "/", "ANPA3L2FC5AMHAZZ73WM4", "2017-11-28T22:31:30Z", "Provides full access to Amazon GuardDuty."),
    managed!("AmazonGuardDutyReadOnlyAccess", "/", "ANPAODP6JH7EQ37TAK7NB", "2017-11-28T22:29:40Z", "Provides read-only access to Amazon GuardDuty."),
    managed!("AmazonInspector2FullAccess", "/", "ANPAGGT5DD3YW7URUHVPL", "2021-11-29T18:07:22Z", "Provides full access to Amazon Inspector."),
    managed!("AmazonMacieFullAccess", "/", "ANPAFCAFRFXA27VWJ7MCU", "2017-08-14T14:54:30Z", "Provides full access to Amazon Macie."),
    managed!("AmazonS3FullAccess", "/", "ANPAIFIR6V6BVTRAHWINE", "2015-02-06T18:40:00Z", "Provides full access to all buckets."),
    managed!("AmazonS3ReadOnlyAccess", "/", "ANPAIZTJ4DXE7G6AGAE6M", "2015-02-06T18:40:00Z", "Provides read-only access to all buckets."),
    managed!("AmazonSNSFullAccess", "/", "ANPAJWEKLCXXUNT2SOLSG", "2015-02-06T18:40:00Z", "Provides full access to Amazon SNS."),
    managed!("AmazonSNSReadOnlyAccess", "/", "ANPATQC4LIOC46W7H3PBR", "2015-02-06T18:40:00Z", "Provides read-only access to Amazon SNS."),
    managed!("AmazonSQSFullAccess", "/", "ANPAI65L554VRJ33ECQS6", "2015-02-06T18:40:00Z", "Provides full access to Amazon SQS."),
    managed!("AmazonSQSReadOnlyAccess", "/", "ANPAJZSVB3IHYWGDQC73C", "2015-02-06T18:40:00Z", "Provides read-only access to Amazon SQS."),
    managed!("AmazonSSMFullAccess", "/", "ANPAJA7V6HI4ISQFMDYAG", "2015-05-29T17:39:47Z", "Provides full access to Amazon SSM."),
    managed!("AmazonSSMManagedInstanceCore", "/", "ANPAEW4OYHTVZVZA2PZZJ", "2019-03-15T17:22:12Z", "Lets an instance use the core of Systems Manager."),
    managed!("AmazonSSMReadOnlyAccess", "/", "ANPAZGJFUPM5NUCF2N4ES", "2015-05-29T17:44:19Z", "Provides read-only access to Amazon SSM."),
    managed!("AmazonVPCReadOnlyAccess", "/", "ANPAHTKZKPOFOAA4F23EB", "2015-02-06T18:40:00Z", "Provides read-only access to Amazon VPC."),
    managed!("AWS_ConfigRole", "/service-role/", "ANPAFYE2EXXEYLXR5OBZI", "2020-09-15T20:04:34Z", "Lets AWS Config read the configuration of resources."),
    managed!("AWSCloudTrail_FullAccess", "/", "ANPAVT36APCM5R27HHPTV", "2020-10-08T01:18:07Z", "Provides full access to AWS CloudTrail."),
    managed!("AWSCloudTrail_ReadOnlyAccess", "/", "ANPA4EVT3LKYYM4JD2AJZ", "2022-06-14T17:19:29Z", "Provides read-only access to AWS CloudTrail."),
    managed!("AWSConfigUserAccess", "/", "ANPAN2CR74QVSXRXA7E3D", "2015-02-18T19:38:41Z", "Provides access to use AWS Config, including searching by tags."),
    managed!("AWSDenyAll", "/", "ANPASOWV7IX53SXXXLDAL", "2019-05-01T22:36:14Z", "Denies all access."),
    managed!("AWSKeyManagementServicePowerUser", "/", "ANPAJNPP7PPPPMJRV2SA4", "2015-02-06T18:40:00Z", "Provides access to AWS Key Management Service."),
    managed!("AWSLambda_FullAccess", "/", "ANPAW4V7L33VVEHJ6TDLZ", "2020-11-17T21:14:08Z", "Provides full access to AWS Lambda."),
    managed!("AWSLambdaBasicExecutionRole", "/service-role/", "ANPAJNCQGXC42545SKXIK", "2015-04-09T15:03:43Z", "Provides write access to CloudWatch Logs."),
    managed!("AWSOrganizationsFullAccess", "/", "ANPAHJ7LABURE33WKHGGJ", "2018-11-06T20:31:57Z", "Provides full access to AWS Organizations."),
    managed!("AWSOrganizationsReadOnlyAccess", "/", "ANPAGXSISWIAH7LDDT3OB", "2018-11-06T20:32:38Z", "Provides read-only access to AWS Organizations."),
    managed!("AWSSecurityHubFullAccess", "/", "ANPAH34X3IVXU44GT7VIK", "2018-11-27T23:54:34Z", "Provides full access to AWS Security Hub."),
    managed!("AWSSecurityHubReadOnlyAccess", "/", "ANPAMQNIZZVXMQ7XB3FJ7", "2018-11-28T01:34:29Z", "Provides read-only access to AWS Security Hub."),
    managed!("Billing", "/job-function/", "ANPAHLELXSU2OTH32YTTA", "2016-11-10T17:33:18Z", "Grants permissions for billing and cost management."),
    managed!("CloudWatchFullAccess", "/", "ANPAVJ77TCHBJCUGMTB75", "2015-02-06T18:40:00Z", "Provides full access to CloudWatch."),
    managed!("CloudWatchLogsFullAccess", "/", "ANPA52GJG75OTRLGUILQ3", "2015-02-06T18:40:00Z", "Provides full access to CloudWatch Logs."),
    managed!("CloudWatchLogsReadOnlyAccess", "/", "ANPAOHKWXZM5AJI35PZ5I", "2015-02-06T18:40:00Z", "Provides read-only access to CloudWatch Logs."),
    managed!("CloudWatchReadOnlyAccess", "/", "ANPAOBSUSBJFHDGVX4NT4", "2015-02-06T18:40:00Z", "Provides read-only access to CloudWatch."),
    managed!("IAMFullAccess", "/", "ANPAI7XKCFMBPM3QQRRVQ", "2015-02-06T18:40:00Z", "Provides full access to IAM."),
    managed!("IAMReadOnlyAccess", "/", "ANPAJKSO7NDY4T57MWDSQ", "2015-02-06T18:40:00Z", "Provides read-only access to IAM."),
    managed!("IAMUserChangePassword", "/", "ANPAHZ5YXBTNYEK4C6QPP", "2016-11-15T00:25:16Z", "Lets a user change the own password."),
    managed!("IAMUserSSHKeys", "/", "ANPAU5NUD32XP65GQ6JZA", "2015-07-09T17:08:54Z", "Lets a user manage the own SSH keys."),
    managed!("PowerUserAccess", "/", "ANPAJYRXTHIB4FOVS3ZXS", "2015-02-06T18:39:47Z", "Provides full access to AWS services and resources, but does not allow management of users and groups."),
    managed!("ReadOnlyAccess", "/", "ANPAILL3HVNFSB6DCOWYQ", "2015-02-06T18:39:48Z", "Provides read-only access to AWS services and resources."),
    managed!("SecretsManagerReadWrite", "/", "ANPAGSUMYPFSTAJVF7JUQ", "2018-04-04T18:05:29Z", "Provides read and write access to AWS Secrets Manager."),
    managed!("SecurityAudit", "/", "ANPAIX2T3QCXHR2OGGCTO", "2015-02-06T18:41:01Z", "Grants access to read security configuration metadata, for those who audit."),
    managed!("ViewOnlyAccess", "/job-function/", "ANPAID22R6XPJATWOFDK6", "2016-11-10T17:20:15Z", "Grants permission to view resources and basic metadata across AWS services."),
];
