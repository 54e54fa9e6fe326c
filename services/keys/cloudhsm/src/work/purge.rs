use std::collections::HashMap;
use std::time::Duration;

use bastide_api_cloudhsmv2::CLOUDHSMV2;
use bastide_door::ServiceEvent;
use bastide_ids::Place;
use bastide_resources::{MAX_PAGE, Store, Stored};
use bastide_shape::Document;

use super::{Stopped, Work};
use crate::backups::change::WINDOW;
use crate::resolve::{BACKUP, find_cluster};
use crate::stored::{Backup, BackupState, Shared};

impl Work {
    /// Marks the backups for deletion that their clusters no longer keep, and deletes those that are due. Run twice
    /// at once it does no harm.
    pub(super) async fn purge(&self, place: &Place) -> Result<(), Stopped> {
        let now = self.clock.now();
        let (mut newest, mut old) = (HashMap::new(), Vec::new());
        let mut after: Option<String> = None;
        loop {
            let page = self.store.list::<Backup>(place, "", after.as_deref(), MAX_PAGE).await?;
            for backup in &page.items {
                if backup.is_deleted(now) {
                    self.delete_backup(backup).await?;
                } else if backup.state == BackupState::Ready && backup.origin.is_none() {
                    let last = newest.entry(backup.cluster.clone()).or_insert(backup.created);
                    *last = backup.created.max(*last);
                    old.push(std::sync::Arc::clone(backup));
                }
            }
            after = page.items.last().map(|backup| backup.key.id.clone());
            if !page.more {
                break;
            }
        }
        for backup in old {
            // The last one of a cluster stays, and so do those without a cluster.
            let Some(cluster) = find_cluster(&self.store, place, &backup.cluster).await? else { continue };
            let kept = Duration::from_secs(u64::from(cluster.retention_days) * 86_400);
            let last = newest.get(&backup.cluster) == Some(&backup.created);
            if !last && !backup.never_expires && backup.created.plus(kept) <= now {
                let state = BackupState::PendingDeletion(now.plus(WINDOW));
                self.mark(&backup, Backup { state, policy: None, ..backup.value.clone() }).await?;
            }
        }
        Ok(())
    }

    async fn mark(&self, read: &Stored<Backup>, backup: Backup) -> Result<(), Stopped> {
        let mut changes = self.changes();
        let entry = Shared::id(&read.key.place, &read.key.id);
        if let Some(entry) = self.store.find::<Shared>(&Store::global(), &entry).await? {
            changes.delete(&entry);
        }
        let details = Document::new()
            .with("backupId", &read.key.id)
            .with("clusterId", &read.cluster)
            .with("reason", "retention policy");
        let event = ServiceEvent {
            service: &CLOUDHSMV2,
            name: "DeleteBackup",
            place: read.key.place.clone(),
            resources: vec![(BACKUP, Backup::arn_in(&read.key.place, &read.key.id))],
            details,
        };
        changes.update(read, backup);
        self.commit_recorded(changes, vec![event]).await
    }

    async fn delete_backup(&self, read: &Stored<Backup>) -> Result<(), Stopped> {
        let mut changes = self.changes();
        changes.delete(read);
        self.commit(changes).await?;
        self.drop_content(&read.content).await
    }
}
