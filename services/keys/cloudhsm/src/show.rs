//! Documents as the API shows them.

use bastide_resources::Stored;
use bastide_shape::Document;

use crate::stored::{Backup, BackupState, Cluster, Hsm, Level};
use crate::tags;

/// A cluster, as `Cluster` has it.
pub(crate) fn cluster(stored: &Stored<Cluster>) -> Document {
    cluster_of(&stored.key.id, &stored.value)
}

/// A cluster that is not stored yet.
pub(crate) fn cluster_of(id: &str, cluster: &Cluster) -> Document {
    let days = Document::new().with("Type", "DAYS").with("Value", cluster.retention_days.to_string());
    let hsms: Vec<_> = cluster.hsms.iter().map(|each| hsm(id, cluster, each)).collect();
    let subnets: Document =
        cluster.subnets.iter().map(|(zone, subnet)| (zone.clone().into(), subnet.as_str().into())).collect();
    Document::new()
        .with("BackupPolicy", "DEFAULT")
        .with("BackupRetentionPolicy", days)
        .with("ClusterId", id)
        .with("CreateTimestamp", cluster.created)
        .with("Hsms", hsms)
        .with("HsmType", &cluster.hsm_type)
        .maybe("HsmTypeRollbackExpiration", cluster.rollback.as_ref().map(|rollback| rollback.expires))
        .with("SecurityGroup", &cluster.security_group)
        .maybe("SourceBackupId", cluster.source.as_ref().map(|source| source.backup.as_str()))
        .with("State", cluster.state.as_str())
        .maybe("StateMessage", cluster.message.as_deref())
        .with("SubnetMapping", subnets)
        .with("VpcId", &cluster.vpc)
        .with("NetworkType", "IPV4")
        .with("Certificates", certificates(cluster))
        .with("TagList", tags::show(&cluster.tags))
        .with("Mode", &cluster.mode)
}

/// The request is there until the cluster has a certificate.
/// Source: CloudHSM API Reference, `Certificates`.
fn certificates(cluster: &Cluster) -> Document {
    let known = &cluster.certificates;
    let csr = known.csr.as_deref().filter(|_| cluster.level == Level::New);
    Document::new()
        .maybe("ClusterCsr", csr)
        .maybe("HsmCertificate", known.hsm.as_deref())
        .maybe("AwsHardwareCertificate", known.aws_hardware.as_deref())
        .maybe("ManufacturerHardwareCertificate", known.manufacturer_hardware.as_deref())
        .maybe("ClusterCertificate", known.cluster.as_deref().filter(|_| cluster.level > Level::New))
}

/// An HSM, as `Hsm` has it.
pub(crate) fn hsm(cluster_id: &str, cluster: &Cluster, hsm: &Hsm) -> Document {
    Document::new()
        .with("AvailabilityZone", &hsm.zone)
        .with("ClusterId", cluster_id)
        .maybe("SubnetId", cluster.subnets.get(&hsm.zone))
        .with("EniId", &hsm.eni)
        .with("EniIp", hsm.address.to_string())
        .with("HsmId", &hsm.id)
        .with("HsmType", &cluster.hsm_type)
        .with("State", hsm.state.as_str())
        .maybe("StateMessage", hsm.message.as_deref())
}

/// A backup, as `Backup` has it.
pub(crate) fn backup(stored: &Stored<Backup>) -> Document {
    backup_of(stored, &stored.value)
}

/// A backup as it is about to be.
pub(crate) fn backup_of(stored: &Stored<Backup>, backup: &Backup) -> Document {
    let key = &stored.key;
    let origin = backup.origin.as_ref();
    let due = match backup.state {
        BackupState::PendingDeletion(due) => Some(due),
        BackupState::Ready => None,
    };
    Document::new()
        .with("BackupId", &key.id)
        .with("BackupArn", Backup::arn_in(&key.place, &key.id))
        .with("BackupState", backup.state.as_str())
        .with("ClusterId", &backup.cluster)
        .with("CreateTimestamp", backup.created)
        .maybe("CopyTimestamp", origin.map(|origin| origin.copied))
        .with("NeverExpires", backup.never_expires)
        .maybe("SourceRegion", origin.map(|origin| origin.region.as_str()))
        .maybe("SourceBackup", origin.map(|origin| origin.backup.as_str()))
        .maybe("SourceCluster", origin.map(|_| backup.cluster.as_str()))
        .maybe("DeleteTimestamp", due)
        .with("TagList", tags::show(&backup.tags))
        .with("HsmType", &backup.hsm_type)
        .with("Mode", &backup.mode)
}
