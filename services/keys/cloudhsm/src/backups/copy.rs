use bastide_door::{Failure, Permitted};
use bastide_ids::{Place, Region};
use bastide_resources::{Store, Stored};
use bastide_shape::Document;

use crate::resolve::BACKUP;
use crate::stored::{Backup, BackupState, Origin, Realm};
use crate::{names, refusal, tags};

/// CopyBackupToRegion: a backup of its own in another region, with the tags given or else those of the original.
///
/// # Errors
/// `CloudHsmInvalidRequestException`, `CloudHsmTagException`.
pub(crate) async fn copy_backup_to_region(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Backup>>()?;
    if read.state != BackupState::Ready {
        return Err(refusal::backup_state(&read.key.id, read.state.as_str(), "READY"));
    }
    let here = call.place().clone();
    let asked = call.input().text("DestinationRegion");
    let region = Region::parse(asked).ok().filter(|region| region.partition() == here.partition);
    let region = region.filter(|region| *region != here.region).ok_or_else(|| {
        refusal::invalid(format!("DestinationRegion {asked} is not another Region of this partition."))
    })?;
    let there = Place { region, ..here.clone() };
    let given = tags::read(call.input())?;
    let backup = Backup {
        origin: Some(Origin { region: here.region.clone(), backup: read.key.id.clone(), copied: call.now() }),
        tags: if given.is_empty() { read.tags.clone() } else { given },
        policy: None,
        never_expires: false,
        ..read.value.clone()
    };
    let id = names::new_id("backup");
    let shown = Document::new()
        .with("CreateTimestamp", read.created)
        .with("SourceRegion", here.region.as_str())
        .with("SourceBackup", &read.key.id)
        .with("SourceCluster", &read.cluster);
    call.record_resource(BACKUP, Backup::arn_in(&there, &id));
    let known = call.store().find::<Realm>(&Store::global(), &Realm::id(&there)).await?.is_some();
    let changes = call.changes();
    // Its content goes when no backup refers to it any more.
    changes.expect_unchanged(&read).create(&there, id, backup);
    if !known {
        changes.put(&Store::global(), Realm::id(&there), Realm { place: there.clone() });
    }
    Ok(Document::new().with("DestinationBackup", shown))
}
