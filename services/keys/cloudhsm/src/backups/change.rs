use std::time::Duration;

use bastide_door::{Failure, Permitted};
use bastide_resources::{Store, Stored};
use bastide_shape::Document;

use crate::stored::{Backup, BackupState, Shared};
use crate::{refusal, show};

/// How long a deleted backup can be restored. Source: CloudHSM API Reference, `DeleteBackup`.
pub(crate) const WINDOW: Duration = Duration::from_secs(7 * 86_400);

/// ModifyBackupAttributes: whether it outlives the retention of its cluster.
///
/// # Errors
/// `CloudHsmInvalidRequestException`.
pub(crate) async fn modify_backup_attributes(call: &mut Permitted) -> Result<Document, Failure> {
    let read = in_state(call, "READY")?;
    let never_expires = call.input().bool("NeverExpires") == Some(true);
    Ok(change(call, &read, Backup { never_expires, ..read.value.clone() }))
}

/// DeleteBackup: it goes after seven days, and is not shared any more.
///
/// # Errors
/// `CloudHsmInvalidRequestException`.
pub(crate) async fn delete_backup(call: &mut Permitted) -> Result<Document, Failure> {
    let read = in_state(call, "READY")?;
    let due = call.now().plus(WINDOW);
    let entry = Shared::id(&read.key.place, &read.key.id);
    if let Some(entry) = call.store().find::<Shared>(&Store::global(), &entry).await? {
        call.changes().delete(&entry);
    }
    let state = BackupState::PendingDeletion(due);
    Ok(change(call, &read, Backup { state, policy: None, ..read.value.clone() }))
}

/// RestoreBackup: it stays after all.
///
/// # Errors
/// `CloudHsmInvalidRequestException`.
pub(crate) async fn restore_backup(call: &mut Permitted) -> Result<Document, Failure> {
    let read = in_state(call, "PENDING_DELETION")?;
    Ok(change(call, &read, Backup { state: BackupState::Ready, ..read.value.clone() }))
}

/// The backup, if it is in this state.
fn in_state(call: &Permitted, wanted: &str) -> Result<std::sync::Arc<Stored<Backup>>, Failure> {
    let backup = call.resource::<Stored<Backup>>()?;
    let state = backup.state.as_str();
    if state == wanted { Ok(backup) } else { Err(refusal::backup_state(&backup.key.id, state, wanted)) }
}

fn change(call: &mut Permitted, read: &Stored<Backup>, backup: Backup) -> Document {
    let shown = show::backup_of(read, &backup);
    call.changes().update(read, backup);
    Document::new().with("Backup", shown)
}
