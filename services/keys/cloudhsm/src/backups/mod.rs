//! Backups: DescribeBackups, CopyBackupToRegion, ModifyBackupAttributes, DeleteBackup, RestoreBackup.

pub(crate) mod change;
pub(crate) mod copy;
pub(crate) mod describe;

use std::sync::Arc;

use bastide_ids::{Place, Timestamp};
use bastide_resources::{MAX_PAGE, Store, StoreError, Stored};

use crate::stored::Backup;

/// All backups of a place whose time has not come.
pub(crate) async fn all(
    store: &Store,
    place: &Place,
    now: Timestamp,
) -> Result<Vec<Arc<Stored<Backup>>>, StoreError> {
    let (mut found, mut after): (Vec<Arc<Stored<Backup>>>, Option<String>) = (Vec::new(), None);
    loop {
        let page = store.list::<Backup>(place, "", after.as_deref(), MAX_PAGE).await?;
        after = page.items.last().map(|backup| backup.key.id.clone());
        found.extend(page.items.into_iter().filter(|backup| !backup.is_deleted(now)));
        if !page.more {
            return Ok(found);
        }
    }
}
