//! Shapes: finding.

use bastide_shape::{Location, enumeration, list, map, member, shapes, string, structure};

use super::*;

shapes! {
    GetFindingsRequest = structure(&[
        member("DetectorId", &DetectorId).required().at(Location::Uri("DetectorId")),
        member("FindingIds", &FindingIds).required().wire("findingIds"),
        member("SortCriteria", &SortCriteria).wire("sortCriteria"),
    ]);
    GetFindingsResponse = structure(&[
        member("Findings", &Findings).required().wire("findings"),
    ]);
    Findings = list(&member("member", &Finding)).length(0, 50);
    Finding = structure(&[
        member("AccountId", &String).required().wire("accountId"),
        member("Arn", &String).required().wire("arn"),
        member("Confidence", &Double).wire("confidence"),
        member("CreatedAt", &String).required().wire("createdAt"),
        member("Description", &String).wire("description"),
        member("Id", &String).required().wire("id"),
        member("Partition", &String).wire("partition"),
        member("Region", &String).required().wire("region"),
        member("Resource", &Resource).required().wire("resource"),
        member("SchemaVersion", &String).required().wire("schemaVersion"),
        member("Service", &Service).wire("service"),
        member("Severity", &Double).required().wire("severity"),
        member("Title", &String).wire("title"),
        member("Type", &FindingType).required().wire("type"),
        member("UpdatedAt", &String).required().wire("updatedAt"),
        member("AssociatedAttackSequenceArn", &String).wire("associatedAttackSequenceArn"),
        member("CustomDetectionRuleName", &String).wire("customDetectionRuleName"),
    ]);
    Resource = structure(&[
        member("AccessKeyDetails", &AccessKeyDetails).wire("accessKeyDetails"),
        member("S3BucketDetails", &S3BucketDetails).wire("s3BucketDetails"),
        member("InstanceDetails", &InstanceDetails).wire("instanceDetails"),
        member("EksClusterDetails", &EksClusterDetails).wire("eksClusterDetails"),
        member("KubernetesDetails", &KubernetesDetails).wire("kubernetesDetails"),
        member("ResourceType", &String).wire("resourceType"),
        member("EbsVolumeDetails", &EbsVolumeDetails).wire("ebsVolumeDetails"),
        member("EcsClusterDetails", &EcsClusterDetails).wire("ecsClusterDetails"),
        member("ContainerDetails", &Container).wire("containerDetails"),
        member("LambdaDetails", &LambdaDetails).wire("lambdaDetails"),
        member("RdsDbInstanceDetails", &RdsDbInstanceDetails).wire("rdsDbInstanceDetails"),
        member("RdsLimitlessDbDetails", &RdsLimitlessDbDetails).wire("rdsLimitlessDbDetails"),
        member("RdsDbUserDetails", &RdsDbUserDetails).wire("rdsDbUserDetails"),
        member("EbsSnapshotDetails", &EbsSnapshotDetails).wire("ebsSnapshotDetails"),
        member("Ec2ImageDetails", &Ec2ImageDetails).wire("ec2ImageDetails"),
        member("RecoveryPointDetails", &RecoveryPointDetails).wire("recoveryPointDetails"),
        member("BedrockGuardrailDetails", &BedrockGuardrailDetails).wire("bedrockGuardrailDetails"),
        member("ModelDetails", &ModelDetails).wire("modelDetails"),
    ]);
    AccessKeyDetails = structure(&[
        member("AccessKeyId", &String).wire("accessKeyId"),
        member("PrincipalId", &String).wire("principalId"),
        member("UserName", &String).wire("userName"),
        member("UserType", &String).wire("userType"),
    ]);
    S3BucketDetails = list(&member("member", &S3BucketDetail));
    S3BucketDetail = structure(&[
        member("Arn", &String).wire("arn"),
        member("Name", &String).wire("name"),
        member("Type", &String).wire("type"),
        member("CreatedAt", &Timestamp).wire("createdAt"),
        member("Owner", &Owner).wire("owner"),
        member("Tags", &Tags).wire("tags"),
        member("DefaultServerSideEncryption", &DefaultServerSideEncryption).wire("defaultServerSideEncryption"),
        member("PublicAccess", &PublicAccess).wire("publicAccess"),
        member("S3ObjectDetails", &S3ObjectDetails).wire("s3ObjectDetails"),
    ]);
    Owner = structure(&[
        member("Id", &String).wire("id"),
    ]);
    Tags = list(&member("member", &Tag));
    Tag = structure(&[
        member("Key", &String).wire("key"),
        member("Value", &String).wire("value"),
    ]);
    DefaultServerSideEncryption = structure(&[
        member("EncryptionType", &String).wire("encryptionType"),
        member("KmsMasterKeyArn", &String).wire("kmsMasterKeyArn"),
    ]);
    PublicAccess = structure(&[
        member("PermissionConfiguration", &PermissionConfiguration).wire("permissionConfiguration"),
        member("EffectivePermission", &String).wire("effectivePermission"),
    ]);
    PermissionConfiguration = structure(&[
        member("BucketLevelPermissions", &BucketLevelPermissions).wire("bucketLevelPermissions"),
        member("AccountLevelPermissions", &AccountLevelPermissions).wire("accountLevelPermissions"),
    ]);
    BucketLevelPermissions = structure(&[
        member("AccessControlList", &AccessControlList).wire("accessControlList"),
        member("BucketPolicy", &BucketPolicy).wire("bucketPolicy"),
        member("BlockPublicAccess", &BlockPublicAccess).wire("blockPublicAccess"),
    ]);
    AccessControlList = structure(&[
        member("AllowsPublicReadAccess", &Boolean).wire("allowsPublicReadAccess"),
        member("AllowsPublicWriteAccess", &Boolean).wire("allowsPublicWriteAccess"),
    ]);
    BucketPolicy = structure(&[
        member("AllowsPublicReadAccess", &Boolean).wire("allowsPublicReadAccess"),
        member("AllowsPublicWriteAccess", &Boolean).wire("allowsPublicWriteAccess"),
    ]);
    BlockPublicAccess = structure(&[
        member("IgnorePublicAcls", &Boolean).wire("ignorePublicAcls"),
        member("RestrictPublicBuckets", &Boolean).wire("restrictPublicBuckets"),
        member("BlockPublicAcls", &Boolean).wire("blockPublicAcls"),
        member("BlockPublicPolicy", &Boolean).wire("blockPublicPolicy"),
    ]);
    AccountLevelPermissions = structure(&[
        member("BlockPublicAccess", &BlockPublicAccess).wire("blockPublicAccess"),
    ]);
    S3ObjectDetails = list(&member("member", &S3ObjectDetail));
    S3ObjectDetail = structure(&[
        member("ObjectArn", &String).wire("objectArn"),
        member("Key", &String).wire("key"),
        member("ETag", &String).wire("eTag"),
        member("Hash", &String).wire("hash"),
        member("VersionId", &String).wire("versionId"),
    ]);
    InstanceDetails = structure(&[
        member("AvailabilityZone", &String).wire("availabilityZone"),
        member("IamInstanceProfile", &IamInstanceProfile).wire("iamInstanceProfile"),
        member("ImageDescription", &String).wire("imageDescription"),
        member("ImageId", &String).wire("imageId"),
        member("InstanceId", &String).wire("instanceId"),
        member("InstanceState", &String).wire("instanceState"),
        member("InstanceType", &String).wire("instanceType"),
        member("OutpostArn", &String).wire("outpostArn"),
        member("LaunchTime", &String).wire("launchTime"),
        member("NetworkInterfaces", &NetworkInterfaces).wire("networkInterfaces"),
        member("Platform", &String).wire("platform"),
        member("ProductCodes", &ProductCodes).wire("productCodes"),
        member("Tags", &Tags).wire("tags"),
    ]);
    IamInstanceProfile = structure(&[
        member("Arn", &String).wire("arn"),
        member("Id", &String).wire("id"),
    ]);
    NetworkInterfaces = list(&member("member", &NetworkInterface));
    NetworkInterface = structure(&[
        member("Ipv6Addresses", &Ipv6Addresses).wire("ipv6Addresses"),
        member("NetworkInterfaceId", &String).wire("networkInterfaceId"),
        member("PrivateDnsName", &String).wire("privateDnsName"),
        member("PrivateIpAddress", &SensitiveString).wire("privateIpAddress"),
        member("PrivateIpAddresses", &PrivateIpAddresses).wire("privateIpAddresses"),
        member("PublicDnsName", &String).wire("publicDnsName"),
        member("PublicIp", &String).wire("publicIp"),
        member("SecurityGroups", &SecurityGroups).wire("securityGroups"),
        member("SubnetId", &String).wire("subnetId"),
        member("VpcId", &String).wire("vpcId"),
    ]);
    Ipv6Addresses = list(&member("member", &String));
    PrivateIpAddresses = list(&member("member", &PrivateIpAddressDetails));
    PrivateIpAddressDetails = structure(&[
        member("PrivateDnsName", &String).wire("privateDnsName"),
        member("PrivateIpAddress", &SensitiveString).wire("privateIpAddress"),
    ]);
    SecurityGroups = list(&member("member", &SecurityGroup));
    SecurityGroup = structure(&[
        member("GroupId", &String).wire("groupId"),
        member("GroupName", &String).wire("groupName"),
    ]);
    ProductCodes = list(&member("member", &ProductCode));
    ProductCode = structure(&[
        member("Code", &String).wire("productCodeId"),
        member("ProductType", &String).wire("productCodeType"),
    ]);
    EksClusterDetails = structure(&[
        member("Name", &String).wire("name"),
        member("Arn", &String).wire("arn"),
        member("VpcId", &String).wire("vpcId"),
        member("Status", &String).wire("status"),
        member("Tags", &Tags).wire("tags"),
        member("CreatedAt", &Timestamp).wire("createdAt"),
    ]);
    KubernetesDetails = structure(&[
        member("KubernetesUserDetails", &KubernetesUserDetails).wire("kubernetesUserDetails"),
        member("KubernetesWorkloadDetails", &KubernetesWorkloadDetails).wire("kubernetesWorkloadDetails"),
    ]);
    KubernetesUserDetails = structure(&[
        member("Username", &String).wire("username"),
        member("Uid", &String).wire("uid"),
        member("Groups", &Groups).wire("groups"),
        member("SessionName", &SessionNameList).wire("sessionName"),
        member("ImpersonatedUser", &ImpersonatedUser).wire("impersonatedUser"),
    ]);
    Groups = list(&member("member", &String));
    SessionNameList = list(&member("member", &String));
    ImpersonatedUser = structure(&[
        member("Username", &String).wire("username"),
        member("Groups", &Groups).wire("groups"),
    ]);
    KubernetesWorkloadDetails = structure(&[
        member("Name", &String).wire("name"),
        member("Type", &String).wire("type"),
        member("Uid", &String).wire("uid"),
        member("Namespace", &String).wire("namespace"),
        member("HostNetwork", &Boolean).wire("hostNetwork"),
        member("ServiceAccountName", &String).wire("serviceAccountName"),
        member("Containers", &Containers).wire("containers"),
        member("Volumes", &Volumes).wire("volumes"),
        member("HostIPC", &Boolean).wire("hostIPC"),
        member("HostPID", &Boolean).wire("hostPID"),
    ]);
    Containers = list(&member("member", &Container));
    Container = structure(&[
        member("ContainerRuntime", &String).wire("containerRuntime"),
        member("Id", &String).wire("id"),
        member("Name", &String).wire("name"),
        member("Image", &String).wire("image"),
        member("ImagePrefix", &String).wire("imagePrefix"),
        member("VolumeMounts", &VolumeMounts).wire("volumeMounts"),
        member("SecurityContext", &SecurityContext).wire("securityContext"),
    ]);
    VolumeMounts = list(&member("member", &VolumeMount));
    VolumeMount = structure(&[
        member("Name", &String).wire("name"),
        member("MountPath", &String).wire("mountPath"),
    ]);
    SecurityContext = structure(&[
        member("Privileged", &Boolean).wire("privileged"),
        member("AllowPrivilegeEscalation", &Boolean).wire("allowPrivilegeEscalation"),
    ]);
    Volumes = list(&member("member", &Volume));
    Volume = structure(&[
        member("Name", &String).wire("name"),
        member("HostPath", &HostPath).wire("hostPath"),
    ]);
    HostPath = structure(&[
        member("Path", &String).wire("path"),
    ]);
    EbsVolumeDetails = structure(&[
        member("ScannedVolumeDetails", &VolumeDetails).wire("scannedVolumeDetails"),
        member("SkippedVolumeDetails", &VolumeDetails).wire("skippedVolumeDetails"),
    ]);
    VolumeDetails = list(&member("member", &VolumeDetail));
    VolumeDetail = structure(&[
        member("VolumeArn", &String).wire("volumeArn"),
        member("VolumeType", &String).wire("volumeType"),
        member("DeviceName", &String).wire("deviceName"),
        member("VolumeSizeInGB", &Integer).wire("volumeSizeInGB"),
        member("EncryptionType", &String).wire("encryptionType"),
        member("SnapshotArn", &String).wire("snapshotArn"),
        member("KmsKeyArn", &String).wire("kmsKeyArn"),
    ]);
    EcsClusterDetails = structure(&[
        member("Name", &String).wire("name"),
        member("Arn", &String).wire("arn"),
        member("Status", &String).wire("status"),
        member("ActiveServicesCount", &Integer).wire("activeServicesCount"),
        member("RegisteredContainerInstancesCount", &Integer).wire("registeredContainerInstancesCount"),
        member("RunningTasksCount", &Integer).wire("runningTasksCount"),
        member("Tags", &Tags).wire("tags"),
        member("TaskDetails", &EcsTaskDetails).wire("taskDetails"),
    ]);
    EcsTaskDetails = structure(&[
        member("Arn", &String).wire("arn"),
        member("DefinitionArn", &String).wire("definitionArn"),
        member("Version", &String).wire("version"),
        member("TaskCreatedAt", &Timestamp).wire("createdAt"),
        member("StartedAt", &Timestamp).wire("startedAt"),
        member("StartedBy", &String).wire("startedBy"),
        member("Tags", &Tags).wire("tags"),
        member("Volumes", &Volumes).wire("volumes"),
        member("Containers", &Containers).wire("containers"),
        member("Group", &String).wire("group"),
        member("LaunchType", &String).wire("launchType"),
    ]);
    LambdaDetails = structure(&[
        member("FunctionArn", &String).wire("functionArn"),
        member("FunctionName", &String).wire("functionName"),
        member("Description", &String).wire("description"),
        member("LastModifiedAt", &Timestamp).wire("lastModifiedAt"),
        member("RevisionId", &String).wire("revisionId"),
        member("FunctionVersion", &String).wire("functionVersion"),
        member("Role", &String).wire("role"),
        member("VpcConfig", &VpcConfig).wire("vpcConfig"),
        member("Tags", &Tags).wire("tags"),
    ]);
    VpcConfig = structure(&[
        member("SubnetIds", &SubnetIds).wire("subnetIds"),
        member("VpcId", &String).wire("vpcId"),
        member("SecurityGroups", &SecurityGroups).wire("securityGroups"),
    ]);
    SubnetIds = list(&member("member", &String));
    RdsDbInstanceDetails = structure(&[
        member("DbInstanceIdentifier", &String).wire("dbInstanceIdentifier"),
        member("Engine", &String).wire("engine"),
        member("EngineVersion", &String).wire("engineVersion"),
        member("DbClusterIdentifier", &String).wire("dbClusterIdentifier"),
        member("DbInstanceArn", &String).wire("dbInstanceArn"),
        member("DbiResourceId", &String).wire("dbiResourceId"),
        member("Tags", &Tags).wire("tags"),
    ]);
    RdsLimitlessDbDetails = structure(&[
        member("DbShardGroupIdentifier", &String).wire("dbShardGroupIdentifier"),
        member("DbShardGroupResourceId", &String).wire("dbShardGroupResourceId"),
        member("DbShardGroupArn", &String).wire("dbShardGroupArn"),
        member("Engine", &String).wire("engine"),
        member("EngineVersion", &String).wire("engineVersion"),
        member("DbClusterIdentifier", &String).wire("dbClusterIdentifier"),
        member("Tags", &Tags).wire("tags"),
    ]);
    RdsDbUserDetails = structure(&[
        member("User", &String).wire("user"),
        member("Application", &String).wire("application"),
        member("Database", &String).wire("database"),
        member("Ssl", &String).wire("ssl"),
        member("AuthMethod", &String).wire("authMethod"),
    ]);
    EbsSnapshotDetails = structure(&[
        member("SnapshotArn", &String).wire("snapshotArn"),
    ]);
    Ec2ImageDetails = structure(&[
        member("ImageArn", &String).wire("imageArn"),
    ]);
    RecoveryPointDetails = structure(&[
        member("RecoveryPointArn", &String).wire("recoveryPointArn"),
        member("BackupVaultName", &String).wire("backupVaultName"),
        member("ContinuousScanDetails", &ScanConfigurationContinuousScanDetails).wire("continuousScanDetails"),
    ]);
    ScanConfigurationContinuousScanDetails = structure(&[
        member("StartTime", &Timestamp).wire("startTime"),
        member("EndTime", &Timestamp).required().wire("endTime"),
    ]);
    BedrockGuardrailDetails = structure(&[
        member("GuardrailArn", &BedrockGuardrailDetailsGuardrailArnString).wire("guardrailArn"),
        member("GuardrailVersion", &BedrockGuardrailDetailsGuardrailVersionString).wire("guardrailVersion"),
        member("Guardrails", &BedrockGuardrails).wire("guardrails"),
        member("GuardrailAction", &GuardrailAction).wire("guardrailAction"),
        member("GuardrailSource", &GuardrailSource).wire("guardrailSource"),
        member("ContentPolicyFilters", &ContentPolicyFilters).wire("contentPolicyFilters"),
    ]);
    BedrockGuardrailDetailsGuardrailArnString = string().length(0, 2048).pattern(r"arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+");
    BedrockGuardrailDetailsGuardrailVersionString = string().length(1, 8).pattern(r"(([1-9][0-9]{0,7})|(DRAFT))");
    BedrockGuardrails = list(&member("member", &BedrockGuardrail)).length(0, 10);
    BedrockGuardrail = structure(&[
        member("Arn", &BedrockGuardrailArnString).wire("arn"),
        member("Version", &BedrockGuardrailVersionString).wire("version"),
    ]);
    BedrockGuardrailArnString = string().length(0, 2048).pattern(r"arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+");
    BedrockGuardrailVersionString = string().length(1, 8).pattern(r"(([1-9][0-9]{0,7})|(DRAFT)|(ENFORCED))");
    GuardrailAction = enumeration(&["GUARDRAIL_INTERVENED", "NONE"]);
    GuardrailSource = enumeration(&["INPUT", "OUTPUT"]);
    ContentPolicyFilters = list(&member("member", &ContentPolicyFilter)).length(0, 10);
    ContentPolicyFilter = structure(&[
        member("Type", &ContentPolicyFilterType).wire("type"),
        member("Confidence", &ConfidenceLevel).wire("confidence"),
        member("Action", &ContentPolicyFilterAction).wire("action"),
    ]);
    ContentPolicyFilterType = enumeration(&["PROMPT_ATTACK", "JAILBREAK", "HATE", "INSULTS", "SEXUAL", "VIOLENCE", "MISCONDUCT"]);
    ConfidenceLevel = enumeration(&["HIGH", "MEDIUM", "LOW", "NONE"]);
    ContentPolicyFilterAction = enumeration(&["BLOCKED", "NONE"]);
    ModelDetails = list(&member("member", &ModelDetail));
    ModelDetail = structure(&[
        member("ModelId", &ModelDetailModelIdString).wire("modelId"),
    ]);
    ModelDetailModelIdString = string().length(1, 2048);
    Service = structure(&[
        member("Action", &Action).wire("action"),
        member("Evidence", &Evidence).wire("evidence"),
        member("Archived", &Boolean).wire("archived"),
        member("Count", &Integer).wire("count"),
        member("DetectorId", &DetectorId).wire("detectorId"),
        member("EventFirstSeen", &String).wire("eventFirstSeen"),
        member("EventLastSeen", &String).wire("eventLastSeen"),
        member("ResourceRole", &String).wire("resourceRole"),
        member("ServiceName", &String).wire("serviceName"),
        member("UserFeedback", &String).wire("userFeedback"),
        member("AdditionalInfo", &ServiceAdditionalInfo).wire("additionalInfo"),
        member("FeatureName", &String).wire("featureName"),
        member("EbsVolumeScanDetails", &EbsVolumeScanDetails).wire("ebsVolumeScanDetails"),
        member("RuntimeDetails", &RuntimeDetails).wire("runtimeDetails"),
        member("Detection", &Detection).wire("detection"),
        member("MalwareScanDetails", &MalwareScanDetails).wire("malwareScanDetails"),
    ]);
    Action = structure(&[
        member("ActionType", &String).wire("actionType"),
        member("AwsApiCallAction", &AwsApiCallAction).wire("awsApiCallAction"),
        member("DnsRequestAction", &DnsRequestAction).wire("dnsRequestAction"),
        member("NetworkConnectionAction", &NetworkConnectionAction).wire("networkConnectionAction"),
        member("PortProbeAction", &PortProbeAction).wire("portProbeAction"),
        member("KubernetesApiCallAction", &KubernetesApiCallAction).wire("kubernetesApiCallAction"),
        member("KubernetesPermissionCheckedDetails", &KubernetesPermissionCheckedDetails).wire("kubernetesPermissionCheckedDetails"),
        member("KubernetesRoleBindingDetails", &KubernetesRoleBindingDetails).wire("kubernetesRoleBindingDetails"),
        member("KubernetesRoleDetails", &KubernetesRoleDetails).wire("kubernetesRoleDetails"),
        member("RdsLoginAttemptAction", &RdsLoginAttemptAction).wire("rdsLoginAttemptAction"),
    ]);
    AwsApiCallAction = structure(&[
        member("Api", &String).wire("api"),
        member("CallerType", &String).wire("callerType"),
        member("DomainDetails", &DomainDetails).wire("domainDetails"),
        member("ErrorCode", &String).wire("errorCode"),
        member("UserAgent", &String).wire("userAgent"),
        member("RemoteIpDetails", &RemoteIpDetails).wire("remoteIpDetails"),
        member("ServiceName", &String).wire("serviceName"),
        member("RemoteAccountDetails", &RemoteAccountDetails).wire("remoteAccountDetails"),
        member("AffectedResources", &AffectedResources).wire("affectedResources"),
    ]);
    DomainDetails = structure(&[
        member("Domain", &String).wire("domain"),
    ]);
    RemoteIpDetails = structure(&[
        member("City", &City).wire("city"),
        member("Country", &Country).wire("country"),
        member("GeoLocation", &GeoLocation).wire("geoLocation"),
        member("IpAddressV4", &SensitiveString).wire("ipAddressV4"),
        member("IpAddressV6", &SensitiveString).wire("ipAddressV6"),
        member("Organization", &Organization).wire("organization"),
    ]);
    City = structure(&[
        member("CityName", &String).wire("cityName"),
    ]);
    Country = structure(&[
        member("CountryCode", &String).wire("countryCode"),
        member("CountryName", &String).wire("countryName"),
    ]);
    GeoLocation = structure(&[
        member("Lat", &Double).wire("lat"),
        member("Lon", &Double).wire("lon"),
    ]);
    Organization = structure(&[
        member("Asn", &String).wire("asn"),
        member("AsnOrg", &String).wire("asnOrg"),
        member("Isp", &String).wire("isp"),
        member("Org", &String).wire("org"),
    ]);
    RemoteAccountDetails = structure(&[
        member("AccountId", &String).wire("accountId"),
        member("Affiliated", &Boolean).wire("affiliated"),
        member("AwsServiceName", &String).wire("awsServiceName"),
    ]);
    AffectedResources = map(&member("key", &String), &member("value", &String));
    DnsRequestAction = structure(&[
        member("Domain", &String).wire("domain"),
        member("Protocol", &String).wire("protocol"),
        member("Blocked", &Boolean).wire("blocked"),
        member("DomainWithSuffix", &String).wire("domainWithSuffix"),
        member("VpcOwnerAccountId", &AccountId).wire("vpcOwnerAccountId"),
    ]);
    NetworkConnectionAction = structure(&[
        member("Blocked", &Boolean).wire("blocked"),
        member("ConnectionDirection", &String).wire("connectionDirection"),
        member("LocalPortDetails", &LocalPortDetails).wire("localPortDetails"),
        member("Protocol", &String).wire("protocol"),
        member("LocalIpDetails", &LocalIpDetails).wire("localIpDetails"),
        member("LocalNetworkInterface", &String).wire("localNetworkInterface"),
        member("RemoteIpDetails", &RemoteIpDetails).wire("remoteIpDetails"),
        member("RemotePortDetails", &RemotePortDetails).wire("remotePortDetails"),
    ]);
    LocalPortDetails = structure(&[
        member("Port", &Integer).wire("port"),
        member("PortName", &String).wire("portName"),
    ]);
    LocalIpDetails = structure(&[
        member("IpAddressV4", &SensitiveString).wire("ipAddressV4"),
        member("IpAddressV6", &SensitiveString).wire("ipAddressV6"),
    ]);
    RemotePortDetails = structure(&[
        member("Port", &Integer).wire("port"),
        member("PortName", &String).wire("portName"),
    ]);
    PortProbeAction = structure(&[
        member("Blocked", &Boolean).wire("blocked"),
        member("PortProbeDetails", &PortProbeDetails).wire("portProbeDetails"),
    ]);
    PortProbeDetails = list(&member("member", &PortProbeDetail));
    PortProbeDetail = structure(&[
        member("LocalPortDetails", &LocalPortDetails).wire("localPortDetails"),
        member("LocalIpDetails", &LocalIpDetails).wire("localIpDetails"),
        member("RemoteIpDetails", &RemoteIpDetails).wire("remoteIpDetails"),
    ]);
    KubernetesApiCallAction = structure(&[
        member("RequestUri", &String).wire("requestUri"),
        member("Verb", &String).wire("verb"),
        member("Resource", &String).wire("resource"),
        member("Subresource", &String).wire("subresource"),
        member("Namespace", &String).wire("namespace"),
        member("ResourceName", &String).wire("resourceName"),
        member("SourceIps", &SourceIps).wire("sourceIPs"),
        member("UserAgent", &String).wire("userAgent"),
        member("RemoteIpDetails", &RemoteIpDetails).wire("remoteIpDetails"),
        member("StatusCode", &Integer).wire("statusCode"),
        member("Parameters", &String).wire("parameters"),
    ]);
    SourceIps = list(&member("member", &String));
    KubernetesPermissionCheckedDetails = structure(&[
        member("Verb", &String).wire("verb"),
        member("Resource", &String).wire("resource"),
        member("Namespace", &String).wire("namespace"),
        member("Allowed", &Boolean).wire("allowed"),
    ]);
    KubernetesRoleBindingDetails = structure(&[
        member("Kind", &String).wire("kind"),
        member("Name", &String).wire("name"),
        member("Uid", &String).wire("uid"),
        member("RoleRefName", &String).wire("roleRefName"),
        member("RoleRefKind", &String).wire("roleRefKind"),
    ]);
    KubernetesRoleDetails = structure(&[
        member("Kind", &String).wire("kind"),
        member("Name", &String).wire("name"),
        member("Uid", &String).wire("uid"),
    ]);
    RdsLoginAttemptAction = structure(&[
        member("RemoteIpDetails", &RemoteIpDetails).wire("remoteIpDetails"),
        member("LoginAttributes", &LoginAttributes),
    ]);
    LoginAttributes = list(&member("member", &LoginAttribute));
    LoginAttribute = structure(&[
        member("User", &String).wire("user"),
        member("Application", &String).wire("application"),
        member("FailedLoginAttempts", &Integer).wire("failedLoginAttempts"),
        member("SuccessfulLoginAttempts", &Integer).wire("successfulLoginAttempts"),
    ]);
    Evidence = structure(&[
        member("ThreatIntelligenceDetails", &ThreatIntelligenceDetails).wire("threatIntelligenceDetails"),
    ]);
    ThreatIntelligenceDetails = list(&member("member", &ThreatIntelligenceDetail));
    ThreatIntelligenceDetail = structure(&[
        member("ThreatListName", &String).wire("threatListName"),
        member("ThreatNames", &ThreatNames).wire("threatNames"),
        member("ThreatFileSha256", &String).wire("threatFileSha256"),
    ]);
    ThreatNames = list(&member("member", &String));
    ServiceAdditionalInfo = structure(&[
        member("Value", &String).wire("value"),
        member("Type", &String).wire("type"),
    ]);
    EbsVolumeScanDetails = structure(&[
        member("ScanId", &String).wire("scanId"),
        member("ScanStartedAt", &Timestamp).wire("scanStartedAt"),
        member("ScanCompletedAt", &Timestamp).wire("scanCompletedAt"),
        member("TriggerFindingId", &String).wire("triggerFindingId"),
        member("Sources", &Sources).wire("sources"),
        member("ScanDetections", &ScanDetections).wire("scanDetections"),
        member("ScanType", &ScanType).wire("scanType"),
    ]);
    Sources = list(&member("member", &String));
}
