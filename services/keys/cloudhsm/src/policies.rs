//! Resource policies of backups: PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy. By them other accounts
//! may see a backup and make a cluster of it.

use std::sync::Arc;

use bastide_api_cloudhsmv2::errors::CloudHsmAccessDeniedException;
use bastide_door::{Failure, Permitted};
use bastide_policy::{Policy, PolicyKind};
use bastide_resources::{Store, Stored};
use bastide_shape::Document;

use crate::refusal;
use crate::stored::{Backup, BackupState, Shared};

/// PutResourcePolicy: makes or replaces it.
///
/// # Errors
/// `CloudHsmInvalidRequestException`.
pub(crate) async fn put_resource_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let read = owned(call)?;
    let text = call.input().str("Policy").ok_or_else(|| refusal::invalid("Policy is required."))?.to_owned();
    Policy::parse(&text, PolicyKind::Resource)
        .map_err(|error| refusal::invalid(format!("The policy is not valid: {}", error.message())))?;
    if read.state != BackupState::Ready {
        return Err(refusal::backup_state(&read.key.id, read.state.as_str(), "READY"));
    }
    let (place, backup) = (read.key.place.clone(), read.key.id.clone());
    let entry = Shared::id(&place, &backup);
    let answer = answer(&read, &text);
    call.changes()
        .put(&Store::global(), entry, Shared { place, backup })
        .update(&read, Backup { policy: Some(text), ..read.value.clone() });
    Ok(answer)
}

/// GetResourcePolicy: as it was given.
///
/// # Errors
/// `CloudHsmResourceNotFoundException` when it has none.
pub(crate) async fn get_resource_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let read = owned(call)?;
    let policy =
        read.policy.as_deref().ok_or_else(|| refusal::no_such_policy(call.input().text("ResourceArn")))?;
    Ok(Document::new().with("Policy", policy))
}

/// DeleteResourcePolicy: gives the policy that was there.
///
/// # Errors
/// `CloudHsmResourceNotFoundException` when it has none.
pub(crate) async fn delete_resource_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let read = owned(call)?;
    let policy =
        read.policy.clone().ok_or_else(|| refusal::no_such_policy(call.input().text("ResourceArn")))?;
    let entry = Shared::id(&read.key.place, &read.key.id);
    if let Some(entry) = call.store().find::<Shared>(&Store::global(), &entry).await? {
        call.changes().delete(&entry);
    }
    call.changes().update(&read, Backup { policy: None, ..read.value.clone() });
    Ok(answer(&read, &policy))
}

/// The backup, which must be the caller's own: whatever its policy says, it is not for others to change.
///
/// # Errors
/// `CloudHsmAccessDeniedException`.
fn owned(call: &Permitted) -> Result<Arc<Stored<Backup>>, Failure> {
    let backup = call.resource::<Stored<Backup>>()?;
    if backup.key.place.account == call.caller().account {
        return Ok(backup);
    }
    let message = "Only the account that owns a backup may see and change its resource policy.";
    Err(Failure::new(&CloudHsmAccessDeniedException, message))
}

fn answer(backup: &Stored<Backup>, policy: &str) -> Document {
    let arn = Backup::arn_in(&backup.key.place, &backup.key.id);
    Document::new().with("ResourceArn", arn).with("Policy", policy)
}
