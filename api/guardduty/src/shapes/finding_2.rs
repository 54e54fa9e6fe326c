//! Shapes: finding 2.

use bastide_shape::{enumeration, list, map, member, shapes, string, structure};

use super::*;

shapes! {
    ScanDetections = structure(&[
        member("ScannedItemCount", &ScannedItemCount).wire("scannedItemCount"),
        member("ThreatsDetectedItemCount", &ThreatsDetectedItemCount).wire("threatsDetectedItemCount"),
        member("HighestSeverityThreatDetails", &HighestSeverityThreatDetails).wire("highestSeverityThreatDetails"),
        member("ThreatDetectedByName", &ThreatDetectedByName).wire("threatDetectedByName"),
    ]);
    ScannedItemCount = structure(&[
        member("TotalGb", &Integer).wire("totalGb"),
        member("Files", &Integer).wire("files"),
        member("Volumes", &Integer).wire("volumes"),
    ]);
    ThreatsDetectedItemCount = structure(&[
        member("Files", &Integer).wire("files"),
    ]);
    HighestSeverityThreatDetails = structure(&[
        member("Severity", &String).wire("severity"),
        member("ThreatName", &String).wire("threatName"),
        member("Count", &Integer).wire("count"),
    ]);
    ThreatDetectedByName = structure(&[
        member("ItemCount", &Integer).wire("itemCount"),
        member("UniqueThreatNameCount", &Integer).wire("uniqueThreatNameCount"),
        member("Shortened", &Boolean).wire("shortened"),
        member("ThreatNames", &ScanThreatNames).wire("threatNames"),
    ]);
    ScanThreatNames = list(&member("member", &ScanThreatName));
    ScanThreatName = structure(&[
        member("Name", &String).wire("name"),
        member("Severity", &String).wire("severity"),
        member("ItemCount", &Integer).wire("itemCount"),
        member("FilePaths", &FilePaths).wire("filePaths"),
    ]);
    FilePaths = list(&member("member", &ScanFilePath));
    ScanFilePath = structure(&[
        member("FilePath", &String).wire("filePath"),
        member("VolumeArn", &String).wire("volumeArn"),
        member("Hash", &String).wire("hash"),
        member("FileName", &String).wire("fileName"),
    ]);
    ScanType = enumeration(&["GUARDDUTY_INITIATED", "ON_DEMAND"]);
    RuntimeDetails = structure(&[
        member("Process", &ProcessDetails).wire("process"),
        member("Context", &RuntimeContext).wire("context"),
    ]);
    ProcessDetails = structure(&[
        member("Name", &String).wire("name"),
        member("ExecutablePath", &String).wire("executablePath"),
        member("ExecutableSha256", &String).wire("executableSha256"),
        member("NamespacePid", &Integer).wire("namespacePid"),
        member("Pwd", &String).wire("pwd"),
        member("Pid", &Integer).wire("pid"),
        member("StartTime", &Timestamp).wire("startTime"),
        member("Uuid", &String).wire("uuid"),
        member("ParentUuid", &String).wire("parentUuid"),
        member("User", &String).wire("user"),
        member("UserId", &Integer).wire("userId"),
        member("Euid", &Integer).wire("euid"),
        member("Lineage", &Lineage).wire("lineage"),
    ]);
    Lineage = list(&member("member", &LineageObject));
    LineageObject = structure(&[
        member("StartTime", &Timestamp).wire("startTime"),
        member("NamespacePid", &Integer).wire("namespacePid"),
        member("UserId", &Integer).wire("userId"),
        member("Name", &String).wire("name"),
        member("Pid", &Integer).wire("pid"),
        member("Uuid", &String).wire("uuid"),
        member("ExecutablePath", &String).wire("executablePath"),
        member("Euid", &Integer).wire("euid"),
        member("ParentUuid", &String).wire("parentUuid"),
    ]);
    RuntimeContext = structure(&[
        member("ModifyingProcess", &ProcessDetails).wire("modifyingProcess"),
        member("ModifiedAt", &Timestamp).wire("modifiedAt"),
        member("ScriptPath", &String).wire("scriptPath"),
        member("LibraryPath", &String).wire("libraryPath"),
        member("LdPreloadValue", &String).wire("ldPreloadValue"),
        member("SocketPath", &String).wire("socketPath"),
        member("RuncBinaryPath", &String).wire("runcBinaryPath"),
        member("ReleaseAgentPath", &String).wire("releaseAgentPath"),
        member("MountSource", &String).wire("mountSource"),
        member("MountTarget", &String).wire("mountTarget"),
        member("FileSystemType", &String).wire("fileSystemType"),
        member("Flags", &FlagsList).wire("flags"),
        member("ModuleName", &String).wire("moduleName"),
        member("ModuleFilePath", &String).wire("moduleFilePath"),
        member("ModuleSha256", &String).wire("moduleSha256"),
        member("ShellHistoryFilePath", &String).wire("shellHistoryFilePath"),
        member("TargetProcess", &ProcessDetails).wire("targetProcess"),
        member("AddressFamily", &String).wire("addressFamily"),
        member("IanaProtocolNumber", &Integer).wire("ianaProtocolNumber"),
        member("MemoryRegions", &MemoryRegionsList).wire("memoryRegions"),
        member("ToolName", &String).wire("toolName"),
        member("ToolCategory", &String).wire("toolCategory"),
        member("ServiceName", &String).wire("serviceName"),
        member("CommandLineExample", &String).wire("commandLineExample"),
        member("ThreatFilePath", &String).wire("threatFilePath"),
        member("FileOperation", &String).wire("fileOperation"),
        member("FilePath", &String).wire("filePath"),
        member("RelatedFilePaths", &RelatedFilePathsList).wire("relatedFilePaths"),
    ]);
    FlagsList = list(&member("member", &String));
    MemoryRegionsList = list(&member("member", &String));
    RelatedFilePathsList = list(&member("member", &String)).length(1, 25);
    Detection = structure(&[
        member("Anomaly", &Anomaly).wire("anomaly"),
        member("Sequence", &Sequence).wire("sequence"),
    ]);
    Anomaly = structure(&[
        member("Profiles", &AnomalyProfiles).wire("profiles"),
        member("Unusual", &AnomalyUnusual).wire("unusual"),
    ]);
    AnomalyProfiles = map(&member("key", &String), &member("value", &AnomalyProfileFeatures));
    AnomalyProfileFeatures = map(&member("key", &String), &member("value", &AnomalyProfileFeatureObjects));
    AnomalyProfileFeatureObjects = list(&member("member", &AnomalyObject));
    AnomalyObject = structure(&[
        member("ProfileType", &ProfileType).wire("profileType"),
        member("ProfileSubtype", &ProfileSubtype).wire("profileSubtype"),
        member("Observations", &Observations).wire("observations"),
    ]);
    ProfileType = enumeration(&["FREQUENCY", "VOLUME"]);
    ProfileSubtype = enumeration(&["FREQUENT", "INFREQUENT", "UNSEEN", "RARE", "COUNT", "AVERAGE"]);
    Observations = structure(&[
        member("Text", &ObservationTexts).wire("text"),
        member("Number", &ObservationNumbers).wire("number"),
    ]);
    ObservationTexts = list(&member("member", &String));
    ObservationNumbers = list(&member("member", &Long));
    AnomalyUnusual = structure(&[
        member("Behavior", &Behavior).wire("behavior"),
    ]);
    Behavior = map(&member("key", &String), &member("value", &AnomalyUnusualBehaviorFeature));
    AnomalyUnusualBehaviorFeature = map(&member("key", &String), &member("value", &AnomalyObject));
    Sequence = structure(&[
        member("Uid", &String).required().wire("uid"),
        member("Description", &SequenceDescription).required().wire("description"),
        member("Actors", &Actors).wire("actors"),
        member("Resources", &Resources).wire("resources"),
        member("Endpoints", &NetworkEndpoints).wire("endpoints"),
        member("Signals", &Signals).required().wire("signals"),
        member("SequenceIndicators", &Indicators).wire("sequenceIndicators"),
        member("AdditionalSequenceTypes", &AdditionalSequenceTypes).wire("additionalSequenceTypes"),
    ]);
    SequenceDescription = string().length(0, 4096);
    Actors = list(&member("member", &Actor)).length(0, 400);
    Actor = structure(&[
        member("Id", &String).required().wire("id"),
        member("User", &User).wire("user"),
        member("Session", &Session).wire("session"),
        member("Process", &ActorProcess).wire("process"),
    ]);
    User = structure(&[
        member("Name", &String).required().wire("name"),
        member("Uid", &String).required().wire("uid"),
        member("Type", &String).required().wire("type"),
        member("CredentialUid", &String).wire("credentialUid"),
        member("Account", &Account).wire("account"),
    ]);
    Account = structure(&[
        member("Uid", &String).required().wire("uid"),
        member("Name", &String).wire("account"),
    ]);
    Session = structure(&[
        member("Uid", &String).wire("uid"),
        member("MfaStatus", &MfaStatus).wire("mfaStatus"),
        member("CreatedTime", &Timestamp).wire("createdTime"),
        member("Issuer", &String).wire("issuer"),
    ]);
    MfaStatus = enumeration(&["ENABLED", "DISABLED"]);
    ActorProcess = structure(&[
        member("Name", &ProcessName).required().wire("name"),
        member("Path", &ProcessPath).required().wire("path"),
        member("Sha256", &ProcessSha256).wire("sha256"),
    ]);
    ProcessName = string().length(0, 4096);
    ProcessPath = string().length(0, 4096);
    ProcessSha256 = string().length(0, 1024);
    Resources = list(&member("member", &ResourceV2)).length(0, 400);
    ResourceV2 = structure(&[
        member("Uid", &String).required().wire("uid"),
        member("Name", &String).wire("name"),
        member("AccountId", &String).wire("accountId"),
        member("ResourceType", &FindingResourceType).required().wire("resourceType"),
        member("Region", &String).wire("region"),
        member("Service", &String).wire("service"),
        member("CloudPartition", &String).wire("cloudPartition"),
        member("Tags", &Tags).wire("tags"),
        member("Data", &ResourceData).wire("data"),
    ]);
    FindingResourceType = enumeration(&[
        "EC2_INSTANCE", "EC2_NETWORK_INTERFACE", "S3_BUCKET", "S3_OBJECT", "ACCESS_KEY", "EKS_CLUSTER",
        "KUBERNETES_WORKLOAD", "CONTAINER", "ECS_CLUSTER", "ECS_TASK", "AUTOSCALING_AUTO_SCALING_GROUP",
        "IAM_INSTANCE_PROFILE", "CLOUDFORMATION_STACK", "EC2_LAUNCH_TEMPLATE", "EC2_VPC", "EC2_IMAGE",
        "BEDROCK_CUSTOM_MODEL", "BEDROCK_IMPORTED_MODEL", "BEDROCK_PROVISIONED_MODEL",
        "BEDROCK_CUSTOM_MODEL_DEPLOYMENT", "BEDROCK_INFERENCE_PROFILE",
        "BEDROCK_APPLICATION_INFERENCE_PROFILE", "BEDROCK_PROMPT", "BEDROCK_PROMPT_ROUTER",
        "BEDROCK_GUARDRAIL", "SAGEMAKER_ENDPOINT",
    ]);
    ResourceData = structure(&[
        member("S3Bucket", &S3Bucket).wire("s3Bucket"),
        member("Ec2Instance", &Ec2Instance).wire("ec2Instance"),
        member("AccessKey", &AccessKey).wire("accessKey"),
        member("Ec2NetworkInterface", &Ec2NetworkInterface).wire("ec2NetworkInterface"),
        member("S3Object", &S3Object).wire("s3Object"),
        member("EksCluster", &EksCluster).wire("eksCluster"),
        member("KubernetesWorkload", &KubernetesWorkload).wire("kubernetesWorkload"),
        member("Container", &ContainerFindingResource).wire("container"),
        member("EcsCluster", &EcsCluster).wire("ecsCluster"),
        member("EcsTask", &EcsTask).wire("ecsTask"),
        member("IamInstanceProfile", &IamInstanceProfileV2).wire("iamInstanceProfile"),
        member("AutoscalingAutoScalingGroup", &AutoscalingAutoScalingGroup).wire("autoscalingAutoScalingGroup"),
        member("Ec2LaunchTemplate", &Ec2LaunchTemplate).wire("ec2LaunchTemplate"),
        member("Ec2Vpc", &Ec2Vpc).wire("ec2Vpc"),
        member("Ec2Image", &Ec2Image).wire("ec2Image"),
        member("CloudformationStack", &CloudformationStack).wire("cloudformationStack"),
        member("BedrockGuardrail", &BedrockGuardrailResource).wire("bedrockGuardrail"),
    ]);
    S3Bucket = structure(&[
        member("OwnerId", &String).wire("ownerId"),
        member("CreatedAt", &Timestamp).wire("createdAt"),
        member("EncryptionType", &String).wire("encryptionType"),
        member("EncryptionKeyArn", &String).wire("encryptionKeyArn"),
        member("EffectivePermission", &String).wire("effectivePermission"),
        member("PublicReadAccess", &PublicAccessStatus).wire("publicReadAccess"),
        member("PublicWriteAccess", &PublicAccessStatus).wire("publicWriteAccess"),
        member("AccountPublicAccess", &PublicAccessConfiguration).wire("accountPublicAccess"),
        member("BucketPublicAccess", &PublicAccessConfiguration).wire("bucketPublicAccess"),
        member("S3ObjectUids", &S3ObjectUids).wire("s3ObjectUids"),
    ]);
    PublicAccessStatus = enumeration(&["BLOCKED", "ALLOWED"]);
    PublicAccessConfiguration = structure(&[
        member("PublicAclAccess", &PublicAccessStatus).wire("publicAclAccess"),
        member("PublicPolicyAccess", &PublicAccessStatus).wire("publicPolicyAccess"),
        member("PublicAclIgnoreBehavior", &PublicAclIgnoreBehavior).wire("publicAclIgnoreBehavior"),
        member("PublicBucketRestrictBehavior", &PublicBucketRestrictBehavior).wire("publicBucketRestrictBehavior"),
    ]);
    PublicAclIgnoreBehavior = enumeration(&["IGNORED", "NOT_IGNORED"]);
    PublicBucketRestrictBehavior = enumeration(&["RESTRICTED", "NOT_RESTRICTED"]);
    S3ObjectUids = list(&member("member", &String));
    Ec2Instance = structure(&[
        member("AvailabilityZone", &String).wire("availabilityZone"),
        member("ImageDescription", &String).wire("imageDescription"),
        member("InstanceState", &String).wire("instanceState"),
        member("IamInstanceProfile", &IamInstanceProfile),
        member("InstanceType", &String).wire("instanceType"),
        member("OutpostArn", &String).wire("outpostArn"),
        member("Platform", &String).wire("platform"),
        member("ProductCodes", &ProductCodes).wire("productCodes"),
        member("Ec2NetworkInterfaceUids", &Ec2NetworkInterfaceUids).wire("ec2NetworkInterfaceUids"),
    ]);
    Ec2NetworkInterfaceUids = list(&member("member", &String));
    AccessKey = structure(&[
        member("PrincipalId", &String).wire("principalId"),
        member("UserName", &String).wire("userName"),
        member("UserType", &String).wire("userType"),
    ]);
    Ec2NetworkInterface = structure(&[
        member("Ipv6Addresses", &Ipv6Addresses).wire("ipv6Addresses"),
        member("PrivateIpAddresses", &PrivateIpAddresses).wire("privateIpAddresses"),
        member("PublicIp", &String).wire("publicIp"),
        member("SecurityGroups", &SecurityGroups).wire("securityGroups"),
        member("SubNetId", &String).wire("subNetId"),
        member("VpcId", &String).wire("vpcId"),
    ]);
    S3Object = structure(&[
        member("ETag", &String).wire("eTag"),
        member("Key", &String).wire("key"),
        member("VersionId", &String).wire("versionId"),
    ]);
    EksCluster = structure(&[
        member("Arn", &String).wire("arn"),
        member("CreatedAt", &Timestamp).wire("createdAt"),
        member("Status", &ClusterStatus).wire("status"),
        member("VpcId", &String).wire("vpcId"),
        member("Ec2InstanceUids", &Ec2InstanceUids).wire("ec2InstanceUids"),
    ]);
    ClusterStatus = enumeration(&["CREATING", "ACTIVE", "DELETING", "FAILED", "UPDATING", "PENDING"]);
    Ec2InstanceUids = list(&member("member", &Ec2InstanceUid)).length(0, 25);
    Ec2InstanceUid = string().length(0, 256);
    KubernetesWorkload = structure(&[
        member("ContainerUids", &ContainerUids).wire("containerUids"),
        member("Namespace", &String).wire("namespace"),
        member("KubernetesResourcesTypes", &KubernetesResourcesTypes).wire("type"),
    ]);
    ContainerUids = list(&member("member", &ContainerUid));
    ContainerUid = string().length(0, 256);
    KubernetesResourcesTypes = enumeration(&[
        "PODS", "JOBS", "CRONJOBS", "DEPLOYMENTS", "DAEMONSETS", "STATEFULSETS", "REPLICASETS",
        "REPLICATIONCONTROLLERS",
    ]);
    ContainerFindingResource = structure(&[
        member("Image", &String).required().wire("image"),
        member("ImageUid", &ContainerImageUid).wire("imageUid"),
    ]);
    ContainerImageUid = string().length(1, 1024);
    EcsCluster = structure(&[
        member("Status", &EcsClusterStatus).wire("status"),
        member("Ec2InstanceUids", &Ec2InstanceUids).wire("ec2InstanceUids"),
    ]);
    EcsClusterStatus = enumeration(&["ACTIVE", "PROVISIONING", "DEPROVISIONING", "FAILED", "INACTIVE"]);
    EcsTask = structure(&[
        member("CreatedAt", &Timestamp).wire("createdAt"),
        member("TaskDefinitionArn", &String).wire("taskDefinitionArn"),
        member("LaunchType", &EcsLaunchType).wire("launchType"),
        member("ContainerUids", &ContainerUids).wire("containerUids"),
    ]);
    EcsLaunchType = enumeration(&["FARGATE", "EC2"]);
    IamInstanceProfileV2 = structure(&[
        member("Ec2InstanceUids", &Ec2InstanceUids).wire("ec2InstanceUids"),
    ]);
    AutoscalingAutoScalingGroup = structure(&[
        member("Ec2InstanceUids", &Ec2InstanceUids).wire("ec2InstanceUids"),
    ]);
    Ec2LaunchTemplate = structure(&[
        member("Ec2InstanceUids", &Ec2InstanceUids).wire("ec2InstanceUids"),
        member("Version", &LaunchTemplateVersion).wire("version"),
    ]);
    LaunchTemplateVersion = string().length(0, 256);
    Ec2Vpc = structure(&[
        member("Ec2InstanceUids", &Ec2InstanceUids).wire("ec2InstanceUids"),
    ]);
    Ec2Image = structure(&[
        member("Ec2InstanceUids", &Ec2InstanceUids).wire("ec2InstanceUids"),
    ]);
    CloudformationStack = structure(&[
        member("Ec2InstanceUids", &Ec2InstanceUids).wire("ec2InstanceUids"),
    ]);
    BedrockGuardrailResource = structure(&[
        member("Version", &BedrockGuardrailResourceVersionString).wire("version"),
        member("GuardrailAction", &GuardrailAction).wire("guardrailAction"),
        member("GuardrailSource", &GuardrailSource).wire("guardrailSource"),
    ]);
    BedrockGuardrailResourceVersionString = string().length(1, 8).pattern(r"(([1-9][0-9]{0,7})|(DRAFT)|(ENFORCED))");
    NetworkEndpoints = list(&member("member", &NetworkEndpoint)).length(0, 400);
    NetworkEndpoint = structure(&[
        member("Id", &String).required().wire("id"),
        member("Ip", &String).wire("ip"),
        member("Domain", &String).wire("domain"),
        member("Port", &Integer).wire("port"),
        member("Location", &NetworkGeoLocation).wire("location"),
        member("AutonomousSystem", &AutonomousSystem).wire("autonomousSystem"),
        member("Connection", &NetworkConnection).wire("connection"),
    ]);
    NetworkGeoLocation = structure(&[
        member("City", &String).required().wire("city"),
        member("Country", &String).required().wire("country"),
        member("Latitude", &Double).required().wire("lat"),
        member("Longitude", &Double).required().wire("lon"),
    ]);
    AutonomousSystem = structure(&[
        member("Name", &String).required().wire("name"),
        member("Number", &Integer).required().wire("number"),
    ]);
    NetworkConnection = structure(&[
        member("Direction", &NetworkDirection).required().wire("direction"),
    ]);
    NetworkDirection = enumeration(&["INBOUND", "OUTBOUND"]);
    Signals = list(&member("member", &Signal)).length(1, 100);
    Signal = structure(&[
        member("Uid", &String).required().wire("uid"),
        member("Type", &SignalType).required().wire("type"),
        member("Description", &SignalDescription).wire("description"),
        member("Name", &String).required().wire("name"),
        member("CreatedAt", &Timestamp).required().wire("createdAt"),
        member("UpdatedAt", &Timestamp).required().wire("updatedAt"),
        member("FirstSeenAt", &Timestamp).required().wire("firstSeenAt"),
        member("LastSeenAt", &Timestamp).required().wire("lastSeenAt"),
        member("Severity", &Double).wire("severity"),
        member("Count", &Integer).required().wire("count"),
        member("ResourceUids", &ResourceUids).wire("resourceUids"),
        member("ActorIds", &ActorIds).wire("actorIds"),
        member("EndpointIds", &EndpointIds).wire("endpointIds"),
        member("SignalIndicators", &Indicators).wire("signalIndicators"),
        member("Activities", &Activities).wire("activities"),
    ]);
    SignalType = enumeration(&[
        "FINDING", "CLOUD_TRAIL", "S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "FLOW_LOGS", "DNS_LOGS",
        "RUNTIME_MONITORING",
    ]);
    SignalDescription = string().length(0, 2000);
    ResourceUids = list(&member("member", &String)).length(0, 400);
    ActorIds = list(&member("member", &String)).length(0, 400);
    EndpointIds = list(&member("member", &String)).length(0, 400);
    Indicators = list(&member("member", &Indicator)).length(0, 400);
    Indicator = structure(&[
        member("Key", &IndicatorType).required().wire("key"),
        member("Values", &IndicatorValues).wire("values"),
        member("Title", &IndicatorTitle).wire("title"),
    ]);
    IndicatorType = enumeration(&[
        "SUSPICIOUS_USER_AGENT", "SUSPICIOUS_NETWORK", "MALICIOUS_IP", "TOR_IP", "ATTACK_TACTIC",
        "HIGH_RISK_API", "ATTACK_TECHNIQUE", "UNUSUAL_API_FOR_ACCOUNT", "UNUSUAL_ASN_FOR_ACCOUNT",
        "UNUSUAL_ASN_FOR_USER", "SUSPICIOUS_PROCESS", "MALICIOUS_DOMAIN", "MALICIOUS_PROCESS",
        "CRYPTOMINING_IP", "CRYPTOMINING_DOMAIN", "CRYPTOMINING_PROCESS", "MALICIOUS_FILE", "VULNERABILITY",
        "MALICIOUS_PACKAGE", "MISCONFIGURATION", "REACHABILITY", "SENSITIVE_DATA",
    ]);
    IndicatorValues = list(&member("member", &IndicatorValueString)).length(1, 400);
    IndicatorValueString = string().length(1, 256);
    IndicatorTitle = string().length(1, 256);
    Activities = list(&member("member", &Activity)).length(0, 100);
    Activity = structure(&[
        member("Type", &ActivityType).required().wire("type"),
        member("Api", &ApiCall).wire("api"),
    ]);
    ActivityType = enumeration(&["API_CALL"]);
    ApiCall = structure(&[
        member("Operation", &ApiCallOperationString).wire("operation"),
        member("Service", &ApiCallServiceString).wire("service"),
        member("Error", &ApiCallErrorString).wire("error"),
        member("UserAgent", &ApiCallUserAgentString).wire("userAgent"),
    ]);
    ApiCallOperationString = string().length(0, 512);
    ApiCallServiceString = string().length(0, 512);
    ApiCallErrorString = string().length(0, 512);
    ApiCallUserAgentString = string().length(0, 1024);
    AdditionalSequenceTypes = list(&member("member", &FindingType));
    MalwareScanDetails = structure(&[
        member("Threats", &Threats).wire("threats"),
        member("ScanId", &String).wire("scanId"),
        member("ScanType", &MalwareProtectionScanType).wire("scanType"),
        member("ScanCategory", &ScanCategory).wire("scanCategory"),
        member("ScanConfiguration", &MalwareProtectionFindingsScanConfiguration).wire("scanConfiguration"),
        member("UniqueThreatCount", &Integer).wire("uniqueThreatCount"),
    ]);
    Threats = list(&member("member", &Threat));
    Threat = structure(&[
        member("Name", &String).wire("name"),
        member("Source", &String).wire("source"),
        member("ItemPaths", &ItemPaths).wire("itemPaths"),
        member("Count", &Long).wire("count"),
        member("Hash", &String).wire("hash"),
        member("ItemDetails", &ItemDetailsList).wire("itemDetails"),
    ]);
    ItemPaths = list(&member("member", &ItemPath));
    ItemPath = structure(&[
        member("NestedItemPath", &String).wire("nestedItemPath"),
        member("Hash", &String).wire("hash"),
    ]);
    ItemDetailsList = list(&member("member", &ItemDetails));
    ItemDetails = structure(&[
        member("ResourceArn", &NonEmptyString).wire("resourceArn"),
        member("ItemPath", &NonEmptyString).wire("itemPath"),
        member("Hash", &String).wire("hash"),
        member("AdditionalInfo", &AdditionalInfo).wire("additionalInfo"),
    ]);
    NonEmptyString = string().length(1, 200);
    AdditionalInfo = structure(&[
        member("VersionId", &NonEmptyString).wire("versionId"),
        member("DeviceName", &NonEmptyString).wire("deviceName"),
    ]);
    MalwareProtectionScanType = enumeration(&["BACKUP_INITIATED", "ON_DEMAND", "GUARDDUTY_INITIATED"]);
    ScanCategory = enumeration(&["FULL_SCAN", "INCREMENTAL_SCAN"]);
    MalwareProtectionFindingsScanConfiguration = structure(&[
        member("TriggerType", &TriggerType).wire("triggerType"),
        member("IncrementalScanDetails", &IncrementalScanDetails).wire("incrementalScanDetails"),
    ]);
    TriggerType = enumeration(&["BACKUP", "GUARDDUTY"]);
    IncrementalScanDetails = structure(&[
        member("BaselineResourceArn", &NonEmptyString).required().wire("baselineResourceArn"),
    ]);
}
