//! What a finding is about (`Resource` of a GuardDuty finding).

use std::net::IpAddr;

/// What a finding is about. GuardDuty's `resourceType` is the variant.
#[derive(Clone, Debug)]
pub enum Resource {
    /// `AccessKey`: an identity, by the credentials it used.
    AccessKey(AccessKey),
    /// `S3Bucket`: buckets, and the credentials that were used on them.
    Buckets(Vec<Bucket>, AccessKey),
    /// `Instance`.
    Instance(Box<Instance>),
    /// `EKSCluster`.
    Cluster(Box<Cluster>),
    /// `RDSDBInstance`.
    Database(Box<Database>),
    /// `Lambda`.
    Function(Function),
}

/// `AccessKeyDetails`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AccessKey {
    /// `AccessKeyId`; empty when unknown.
    pub id: String,
    /// `PrincipalId`.
    pub principal_id: String,
    /// `UserName`; of a role's session, the role's name.
    pub user_name: String,
    /// `UserType`: `Root`, `IAMUser`, `AssumedRole`, …
    pub user_type: String,
}

/// `S3BucketDetail`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// The account it belongs to; empty when unknown.
    pub owner: String,
    /// Objects that were touched.
    pub objects: Vec<String>,
}

/// `InstanceDetails`, as far as logs tell.
#[derive(Clone, Debug, Default)]
pub struct Instance {
    /// `InstanceId`; where the log doesn't name it, that of the interface is known.
    pub id: String,
    /// Its interfaces, as far as seen.
    pub interfaces: Vec<Interface>,
    /// `ImageId`.
    pub image: String,
    /// `InstanceType`.
    pub kind: String,
}

/// `NetworkInterface`.
#[derive(Clone, Debug, Default)]
pub struct Interface {
    /// `NetworkInterfaceId`.
    pub id: String,
    /// `PrivateIpAddress` or one of `Ipv6Addresses`.
    pub address: Option<IpAddr>,
    /// `VpcId`.
    pub vpc: String,
    /// `SubnetId`.
    pub subnet: String,
}

/// `EksClusterDetails`, `KubernetesDetails`.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// The cluster's name.
    pub name: String,
    /// `KubernetesUserDetails.Username`.
    pub user: String,
    /// `KubernetesUserDetails.Uid`.
    pub uid: String,
    /// `KubernetesUserDetails.Groups`.
    pub groups: Vec<String>,
    /// `ImpersonatedUser`: name and groups.
    pub impersonated: Option<(String, Vec<String>)>,
    /// `KubernetesWorkloadDetails`, as JSON in GuardDuty's shape; null when none.
    pub workload: serde_json::Value,
}

/// `RdsDbInstanceDetails` and `RdsDbUserDetails`.
#[derive(Clone, Debug, Default)]
pub struct Database {
    /// `DbInstanceIdentifier`.
    pub instance: String,
    /// `Engine`.
    pub engine: String,
    /// The user that logged in.
    pub user: String,
    /// The database it asked for.
    pub database: String,
    /// The client's name of itself.
    pub application: String,
    /// How it proved who it is.
    pub method: String,
    /// Whether the connection was under TLS.
    pub tls: Option<bool>,
}

/// `LambdaDetails`.
#[derive(Clone, Debug, Default)]
pub struct Function {
    /// The function's name.
    pub name: String,
    /// Its interface, as flow logs name it.
    pub interface: String,
}
