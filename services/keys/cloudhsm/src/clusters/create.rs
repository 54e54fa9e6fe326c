use bastide_door::{Failure, Permitted};
use bastide_resources::{Store, Stored};
use bastide_shape::Document;

use super::{FIPS, NEW_TYPE, OLD_TYPE, all, check_type, retention};
use crate::resolve::CLUSTER;
use crate::stored::{Backup, BackupState, Certificates, Cluster, Level, Realm, Source, State};
use crate::{names, refusal, show, tags};

/// An account has at most so many clusters in a region. AWS's default is 4, and it raises it when asked; here there
/// is nobody to ask.
const MOST: usize = 20;
/// How long backups are kept unless said otherwise, in days. Source: CloudHSM User Guide, backup retention.
const RETENTION_DAYS: u16 = 90;

/// CreateCluster: a cluster without HSMs, empty or from a backup.
///
/// # Errors
/// `CloudHsmInvalidRequestException`, `CloudHsmResourceNotFoundException`, `CloudHsmTagException`.
pub(crate) async fn create_cluster(call: &mut Permitted) -> Result<Document, Failure> {
    let place = call.place().clone();
    let backup = call.resource::<Stored<Backup>>().ok();
    let input = call.input();
    let hsm_type = input.text("HsmType").to_owned();
    check_type(&hsm_type)?;
    let mode = mode(input, &hsm_type, backup.as_deref())?;
    if input.str("NetworkType") == Some("DUALSTACK") {
        return Err(refusal::not_built("NetworkType DUALSTACK"));
    }
    let subnets = names::zones(&place, input.strings("SubnetIds")).ok_or_else(|| {
        refusal::invalid("You can specify only one subnet per Availability Zone, and at most six.")
    })?;
    let retention_days = retention(input)?.unwrap_or(RETENTION_DAYS);
    let tags = tags::read(input)?;
    if all(call.store(), &place).await?.iter().filter(|cluster| !cluster.is_gone()).count() >= MOST {
        return Err(refusal::invalid(format!("There are {MOST} clusters in the Region, which is the most.")));
    }
    let now = call.now();
    let cluster = Cluster {
        created: now,
        hsm_type,
        mode,
        retention_days,
        subnets,
        vpc: names::vpc(&place),
        security_group: names::new_hex_id("sg"),
        source: backup.as_ref().map(|backup| Source { backup: backup.key.id.clone() }),
        state: State::CreateInProgress,
        message: None,
        level: backup.as_ref().map_or(Level::New, |backup| backup.level),
        certificates: Certificates {
            cluster: backup.as_ref().and_then(|backup| backup.certificate.clone()),
            trust_anchor: backup.as_ref().and_then(|backup| backup.trust_anchor.clone()),
            ..Certificates::default()
        },
        hsms: Vec::new(),
        node: None,
        content: backup.as_ref().map(|backup| backup.content.clone()),
        backed_up: None,
        rollback: None,
        tags,
        deleted: None,
    };
    let id = names::new_id("cluster");
    let answer = Document::new().with("Cluster", show::cluster_of(&id, &cluster));
    call.record_resource(CLUSTER, Cluster::arn_in(&place, &id));
    let known = call.store().find::<Realm>(&Store::global(), &Realm::id(&place)).await?.is_some();
    let changes = call.changes();
    if let Some(backup) = &backup {
        changes.expect_unchanged(backup);
    }
    changes.create(&place, id, cluster);
    if !known {
        changes.put(&Store::global(), Realm::id(&place), Realm { place: place.clone() });
    }
    Ok(answer)
}

/// The mode of the new cluster: that of its backup, or what is asked for.
///
/// # Errors
/// `CloudHsmInvalidRequestException` when the backup, the type and the mode do not go together.
fn mode(input: &Document, hsm_type: &str, backup: Option<&Stored<Backup>>) -> Result<String, Failure> {
    let asked = input.str("Mode");
    if let Some(backup) = backup {
        let id = &backup.key.id;
        if backup.state != BackupState::Ready {
            return Err(refusal::backup_state(id, backup.state.as_str(), "READY"));
        }
        if asked.is_some_and(|mode| mode != backup.mode) {
            return Err(refusal::invalid(format!("Backup {id} is of a cluster in mode {}.", backup.mode)));
        }
        if backup.hsm_type == NEW_TYPE && hsm_type == OLD_TYPE {
            return Err(refusal::invalid(format!(
                "Backup {id} is of HSM type {NEW_TYPE}; it cannot be restored to {OLD_TYPE}."
            )));
        }
    }
    let mode = backup.map(|backup| backup.mode.as_str()).or(asked).unwrap_or(FIPS);
    if hsm_type == OLD_TYPE && mode != FIPS {
        return Err(refusal::invalid(format!("HSM type {OLD_TYPE} supports mode {FIPS} only.")));
    }
    Ok(mode.to_owned())
}
