//! Shapes: clusters.

use bastide_shape::{enumeration, integer, list, map, member, shapes, string, structure};

use super::*;

shapes! {
    CreateClusterRequest = structure(&[
        member("BackupRetentionPolicy", &BackupRetentionPolicy),
        member("HsmType", &HsmType).required(),
        member("SourceBackupId", &BackupArn),
        member("SubnetIds", &SubnetIds).required(),
        member("NetworkType", &NetworkType),
        member("TagList", &TagList),
        member("Mode", &ClusterMode),
    ]);
    BackupRetentionPolicy = structure(&[
        member("Type", &BackupRetentionType),
        member("Value", &BackupRetentionValue),
    ]);
    BackupRetentionType = enumeration(&["DAYS"]);
    BackupRetentionValue = string().length(1, 3).pattern(r"[0-9]+");
    SubnetIds = list(&member("member", &SubnetId)).length(1, 10);
    NetworkType = enumeration(&["IPV4", "DUALSTACK"]);
    CreateClusterResponse = structure(&[
        member("Cluster", &Cluster),
    ]);
    Cluster = structure(&[
        member("BackupPolicy", &BackupPolicy),
        member("BackupRetentionPolicy", &BackupRetentionPolicy),
        member("ClusterId", &ClusterId),
        member("CreateTimestamp", &Timestamp),
        member("Hsms", &Hsms),
        member("HsmType", &HsmType),
        member("HsmTypeRollbackExpiration", &Timestamp),
        member("PreCoPassword", &PreCoPassword),
        member("SecurityGroup", &SecurityGroup),
        member("SourceBackupId", &BackupId),
        member("State", &ClusterState),
        member("StateMessage", &StateMessage),
        member("SubnetMapping", &ExternalSubnetMapping),
        member("VpcId", &VpcId),
        member("NetworkType", &NetworkType),
        member("Certificates", &Certificates),
        member("TagList", &TagList),
        member("Mode", &ClusterMode),
    ]);
    BackupPolicy = enumeration(&["DEFAULT"]);
    Hsms = list(&member("member", &Hsm));
    PreCoPassword = string().length(7, 32);
    SecurityGroup = string().pattern(r"sg-[0-9a-fA-F]{8,17}");
    ClusterState = enumeration(&[
        "CREATE_IN_PROGRESS", "UNINITIALIZED", "INITIALIZE_IN_PROGRESS", "INITIALIZED", "ACTIVE",
        "UPDATE_IN_PROGRESS", "MODIFY_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS", "DELETED",
        "DEGRADED",
    ]);
    StateMessage = string().at_most(300).pattern(r".*");
    ExternalSubnetMapping = map(&member("key", &ExternalAz), &member("value", &SubnetId));
    VpcId = string().pattern(r"vpc-[0-9a-fA-F]");
    Certificates = structure(&[
        member("ClusterCsr", &Cert),
        member("HsmCertificate", &Cert),
        member("AwsHardwareCertificate", &Cert),
        member("ManufacturerHardwareCertificate", &Cert),
        member("ClusterCertificate", &Cert),
    ]);
    Cert = string().at_most(20000).pattern(r"[a-zA-Z0-9+-/=\s]*");
    DescribeClustersRequest = structure(&[
        member("Filters", &Filters),
        member("NextToken", &NextToken),
        member("MaxResults", &ClustersMaxSize),
    ]);
    ClustersMaxSize = integer().range(1, 25);
    DescribeClustersResponse = structure(&[
        member("Clusters", &Clusters),
        member("NextToken", &NextToken),
    ]);
    Clusters = list(&member("member", &Cluster));
    DeleteClusterRequest = structure(&[
        member("ClusterId", &ClusterId).required(),
    ]);
    DeleteClusterResponse = structure(&[
        member("Cluster", &Cluster),
    ]);
    ModifyClusterRequest = structure(&[
        member("HsmType", &HsmType),
        member("BackupRetentionPolicy", &BackupRetentionPolicy),
        member("ClusterId", &ClusterId).required(),
    ]);
    ModifyClusterResponse = structure(&[
        member("Cluster", &Cluster),
    ]);
    InitializeClusterRequest = structure(&[
        member("ClusterId", &ClusterId).required(),
        member("SignedCert", &Cert).required(),
        member("TrustAnchor", &Cert).required(),
    ]);
    InitializeClusterResponse = structure(&[
        member("State", &ClusterState),
        member("StateMessage", &StateMessage),
    ]);
}
