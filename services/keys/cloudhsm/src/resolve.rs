//! From what a request says to the clusters and backups that it is about. The kinds of targets stand in the table
//! ([`bastide_api_cloudhsmv2`]).

use std::sync::Arc;

use bastide_door::{Asking, Failure, Resource};
use bastide_ids::{AccountId, Arn, Place, Timestamp};
use bastide_policy::{Attached, Policy, PolicyKind};
use bastide_resources::{Store, StoreError, Stored};
use bastide_shape::Target;
use futures_core::future::BoxFuture;

use crate::refusal;
use crate::stored::{Backup, Cluster};

/// The type of clusters in the record.
pub(crate) const CLUSTER: &str = "AWS::CloudHSM::Cluster";
/// The type of backups in the record.
pub(crate) const BACKUP: &str = "AWS::CloudHSM::Backup";

/// Finds what an operation is to be authorised on.
pub(crate) fn resolve<'a>(
    asking: &'a Asking<'a>,
    target: &'a Target,
) -> BoxFuture<'a, Result<Vec<Resource>, Failure>> {
    Box::pin(async move {
        let text = asking.input.str(target.member);
        match (target.kind, text) {
            ("cluster", Some(id)) => cluster(asking, id).await,
            ("backup", Some(id)) => backup(asking, asking.place, id).await,
            ("tagged", Some(id)) if id.starts_with("cluster-") => cluster(asking, id).await,
            ("tagged", Some(id)) => backup(asking, asking.place, id).await,
            ("source-backup", None) => return Ok(Vec::new()),
            ("source-backup", Some(text)) => named_backup(asking, text).await,
            ("policy-holder", None) => {
                Ok(Resource::any().missing(refusal::invalid("ResourceArn is required.")))
            }
            ("policy-holder", Some(text)) if text.contains(":backup/") => named_backup(asking, text).await,
            ("policy-holder", Some(text)) => {
                let message = "Resource policies are supported for backups only.";
                Ok(Resource::new(text, "").missing(refusal::invalid(message)))
            }
            (kind, _) => Err(Failure::internal(format!("cloudhsm has no resources of kind `{kind}`"))),
        }
        .map(|resource| vec![resource])
    })
}

/// The cluster of this id, unless it is gone.
pub(crate) async fn find_cluster(
    store: &Store,
    place: &Place,
    id: &str,
) -> Result<Option<Arc<Stored<Cluster>>>, StoreError> {
    Ok(store.find::<Cluster>(place, id).await?.filter(|cluster| !cluster.is_gone()))
}

/// The backup of this id, unless its time has come.
pub(crate) async fn find_backup(
    store: &Store,
    place: &Place,
    id: &str,
    now: Timestamp,
) -> Result<Option<Arc<Stored<Backup>>>, StoreError> {
    Ok(store.find::<Backup>(place, id).await?.filter(|backup| !backup.is_deleted(now)))
}

async fn cluster(asking: &Asking<'_>, id: &str) -> Result<Resource, Failure> {
    let found = find_cluster(asking.store, asking.place, id).await?;
    let resource = Resource::new(Cluster::arn_in(asking.place, id), CLUSTER);
    Ok(match found {
        Some(cluster) => Resource { tags: tags(&cluster.tags), document: Some(cluster), ..resource },
        None => resource.missing(refusal::no_such_cluster(id)),
    })
}

/// A backup by its id or its ARN, which may be of another account.
async fn named_backup(asking: &Asking<'_>, text: &str) -> Result<Resource, Failure> {
    let Ok(arn) = Arn::parse(text) else { return backup(asking, asking.place, text).await };
    let account = AccountId::parse(arn.account);
    let here = arn.region == asking.place.region.as_str()
        && arn.partition == asking.place.partition.as_str()
        && arn.service == "cloudhsm";
    let (Ok(account), ("backup", id), true) = (account, arn.resource_parts(), here) else {
        let message = format!("{text} is not the ARN of a backup in this Region.");
        return Ok(Resource::new(text, BACKUP).missing(refusal::invalid(message)));
    };
    backup(asking, &Place { account, ..asking.place.clone() }, id).await
}

async fn backup(asking: &Asking<'_>, place: &Place, id: &str) -> Result<Resource, Failure> {
    let resource =
        Resource { account: Some(place.account), ..Resource::new(Backup::arn_in(place, id), BACKUP) };
    Ok(match find_backup(asking.store, place, id, asking.now).await? {
        Some(backup) => of_backup(&backup),
        None => resource.missing(refusal::no_such_backup(id)),
    })
}

/// A backup as a resource.
pub(crate) fn of_backup(backup: &Arc<Stored<Backup>>) -> Resource {
    let place = &backup.key.place;
    Resource {
        account: Some(place.account),
        policy: backup.policy.as_deref().and_then(|text| compiled(&backup.key.id, text)),
        tags: tags(&backup.tags),
        document: Some(Arc::clone(backup) as _),
        ..Resource::new(Backup::arn_in(place, &backup.key.id), BACKUP)
    }
}

/// A stored policy; none lets nobody of another account in.
fn compiled(backup: &str, text: &str) -> Option<Attached> {
    match Policy::parse(text, PolicyKind::Resource) {
        Ok(policy) => Some(Attached::new("ResourcePolicy", policy)),
        Err(error) => {
            tracing::error!(%error, backup, "a stored resource policy cannot be read: the backup is not shared");
            None
        }
    }
}

fn tags(tags: &std::collections::BTreeMap<String, String>) -> Vec<(String, String)> {
    tags.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}
