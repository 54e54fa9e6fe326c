use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;

use super::{NEW_TYPE, OLD_TYPE, check_type, retention};
use crate::stored::{Cluster, Level, State};
use crate::{refusal, show};

/// InitializeCluster: gives the cluster the certificate that was made of its request.
///
/// # Errors
/// `CloudHsmInvalidRequestException` when there is no request yet, or the certificates do not fit.
pub(crate) async fn initialize_cluster(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Cluster>>()?;
    let id = &read.key.id;
    if read.state != State::Uninitialized {
        return Err(refusal::cluster_state(id, read.state.as_str(), "UNINITIALIZED"));
    }
    let csr = read.certificates.csr.as_deref().filter(|_| read.active().next().is_some());
    let csr = csr.ok_or_else(|| {
        refusal::invalid(format!("Cluster {id} has no active HSM. Create one, and sign its ClusterCsr."))
    })?;
    let (certificate, anchor) = (call.input().text("SignedCert"), call.input().text("TrustAnchor"));
    let checked = bastide_hsm::check_cluster_certificate(csr, certificate, anchor);
    checked.map_err(|error| refusal::invalid(format!("The certificates do not fit: {error}.")))?;
    let mut cluster = read.value.clone();
    cluster.state = State::InitializeInProgress;
    cluster.message =
        Some("Cluster is initializing. State will change to INITIALIZED upon completion.".to_owned());
    cluster.certificates.cluster = Some(certificate.to_owned());
    cluster.certificates.trust_anchor = Some(anchor.to_owned());
    let answer = Document::new()
        .with("State", cluster.state.as_str())
        .maybe("StateMessage", cluster.message.as_deref());
    call.changes().update(&read, cluster);
    Ok(answer)
}

/// ModifyCluster: how long backups are kept, and the type of the HSMs.
///
/// # Errors
/// `CloudHsmInvalidRequestException`.
pub(crate) async fn modify_cluster(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Cluster>>()?;
    let mut cluster = read.value.clone();
    let (days, hsm_type) = (retention(call.input())?, call.input().str("HsmType"));
    if days.is_none() && hsm_type.is_none() {
        return Err(refusal::invalid("Specify BackupRetentionPolicy or HsmType."));
    }
    if let State::DeleteInProgress = read.state {
        return Err(refusal::cluster_state(&read.key.id, read.state.as_str(), "ACTIVE"));
    }
    if let Some(hsm_type) = hsm_type.filter(|hsm_type| *hsm_type != cluster.hsm_type) {
        check_type(hsm_type)?;
        cluster.state = change_type(&read, hsm_type, call.now())?;
    }
    cluster.retention_days = days.unwrap_or(cluster.retention_days);
    let shown = show::cluster_of(&read.key.id, &cluster);
    call.changes().update(&read, cluster);
    Ok(Document::new().with("Cluster", shown))
}

/// What a cluster does from now on to have this type: forwards only, or back within a day.
/// Source: CloudHSM API Reference, `ModifyCluster`, `HsmTypeRollbackExpiration`.
///
/// # Errors
/// `CloudHsmInvalidRequestException`.
fn change_type(
    cluster: &Stored<Cluster>,
    hsm_type: &str,
    now: bastide_ids::Timestamp,
) -> Result<State, Failure> {
    if cluster.state != State::Active {
        return Err(refusal::cluster_state(&cluster.key.id, cluster.state.as_str(), "ACTIVE"));
    }
    if cluster.hsm_type == OLD_TYPE && hsm_type == NEW_TYPE {
        return Ok(State::ModifyInProgress);
    }
    let back = cluster.rollback.as_ref();
    if back.is_some_and(|back| back.hsm_type == hsm_type && now < back.expires) {
        return Ok(State::RollbackInProgress);
    }
    Err(refusal::invalid(format!("A cluster of type {} cannot be changed to {hsm_type}.", cluster.hsm_type)))
}

/// DeleteCluster: one without HSMs. Its backups stay.
///
/// # Errors
/// `CloudHsmInvalidRequestException` when it has HSMs, or is at something else.
pub(crate) async fn delete_cluster(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Cluster>>()?;
    let id = &read.key.id;
    if !read.hsms.is_empty() {
        let message =
            format!("Cluster {id} contains HSMs. Delete all of them before you delete the cluster.");
        return Err(refusal::invalid(message));
    }
    if read.state != State::CreateInProgress && read.state != Cluster::at_rest(read.level) {
        return Err(refusal::cluster_state(id, read.state.as_str(), at_rest(read.level)));
    }
    let mut cluster = read.value.clone();
    cluster.state = State::DeleteInProgress;
    cluster.message = None;
    let shown = show::cluster_of(id, &cluster);
    call.changes().update(&read, cluster);
    Ok(Document::new().with("Cluster", shown))
}

fn at_rest(level: Level) -> &'static str {
    Cluster::at_rest(level).as_str()
}
