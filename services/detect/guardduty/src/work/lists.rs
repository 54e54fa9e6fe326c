//! Reading the operator's lists.

use std::collections::HashMap;
use std::sync::Arc;

use bastide_ids::Place;
use bastide_intel::{Builder, Category, Format, Intel, Limits};
use bastide_resources::{Changes, Store, Stored};

use super::objects::Address;
use super::{Stopped, Work};
use crate::paging::all;
use crate::stored::{List, ListKind, ListState, Reading};

/// What one list may have. Source: GuardDuty User Guide, quotas (250,000 entries, 35 MB).
const LIMITS: Limits = Limits { bytes: 35_000_000, entries: 250_000 };

/// What has been read: of each place, the commit that last changed its lists.
#[derive(Default)]
pub(super) struct Read(HashMap<String, u64>);

impl Work {
    /// Reads the lists that count for all, and those of all places.
    pub(super) async fn read_all_lists(&self) -> Result<(), Stopped> {
        let common = self.setting.lists.clone();
        let built = tokio::task::spawn_blocking(move || {
            let mut builder = Intel::builder();
            common(&mut builder);
            Arc::new(builder.build())
        });
        let common = built.await.map_err(|error| Stopped::Failed(error.to_string()))?;
        self.feed.with(move |watched| watched.set_common(common)).await;
        for reading in all::<Reading>(self.store(), &Store::global(), "").await? {
            self.read_lists(&reading.place).await?;
        }
        Ok(())
    }

    /// Reads the lists of places where they have changed.
    pub(super) async fn read_changed_lists(&self, read: &mut Read) -> Result<(), Stopped> {
        for reading in all::<Reading>(self.store(), &Store::global(), "").await? {
            if read.0.get(&reading.key.id) != Some(&reading.sequence) {
                self.read_lists(&reading.place).await?;
                read.0.insert(reading.key.id.clone(), reading.sequence);
            }
        }
        Ok(())
    }

    /// Reads the lists of a place, and hands them to the engine.
    async fn read_lists(&self, place: &Place) -> Result<(), Stopped> {
        let mut texts = Vec::new();
        for kind in ListKind::ALL {
            for list in all::<List>(self.store(), place, &kind.prefix()).await? {
                if matches!(list.state, ListState::Inactive | ListState::Deleted) {
                    continue;
                }
                let bytes = self.bytes_of(&list, place).await;
                texts.push((kind, list, bytes));
            }
        }
        let common = self.setting.lists.clone();
        let built = tokio::task::spawn_blocking(move || build(&common, texts));
        let (intel, outcomes) = built.await.map_err(|error| Stopped::Failed(error.to_string()))?;
        let (account, region) = (place.account, place.region.clone());
        let intel = intel.map(Arc::new);
        self.feed.with(move |watched| watched.set_own(account.as_str(), region.as_str(), intel)).await;
        for (list, error) in outcomes {
            self.tell_outcome(&list, error).await?;
        }
        Ok(())
    }

    async fn bytes_of(&self, list: &List, place: &Place) -> Result<Vec<u8>, String> {
        let Some(objects) = &self.setting.objects else {
            return Err("it is not known where buckets are: serve with --object-store".to_owned());
        };
        let address = Address::parse(&list.location, &place.region);
        let address = address.ok_or("the location has no form that is known")?;
        objects.read(&address, list.bucket_owner.as_deref()).await
    }

    async fn tell_outcome(&self, read: &Arc<Stored<List>>, error: Option<String>) -> Result<(), Stopped> {
        let state = if error.is_some() { ListState::Error } else { ListState::Active };
        if read.state == state && read.error == error {
            return Ok(());
        }
        if let Some(error) = &error {
            tracing::warn!(list = read.name, location = read.location, error, "a list cannot be read");
        }
        let mut changes = Changes::new(self.now());
        changes.update(read, List { state, error, ..read.value.clone() });
        match self.store().commit(changes).await.map_err(Stopped::from) {
            // Another node was faster, or the list was changed and will be read again.
            Ok(_) | Err(Stopped::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

type Texts = Vec<(ListKind, Arc<Stored<List>>, Result<Vec<u8>, String>)>;
type Outcomes = Vec<(Arc<Stored<List>>, Option<String>)>;

/// The tables of a place, if it has any lists.
fn build(common: &super::Lists, texts: Texts) -> (Option<Intel>, Outcomes) {
    let mut builder: Builder = Intel::builder();
    common(&mut builder);
    let mut builder = builder.limits(LIMITS);
    let (mut outcomes, mut any) = (Vec::new(), false);
    for (kind, list, bytes) in texts {
        let category = if kind.is_trusted() { Category::Trusted } else { Category::Custom };
        let read = bytes.and_then(|bytes| {
            let format = Format::find(&list.format).ok_or("the format is not known")?;
            let report = builder.list(&list.name, category, format, &bytes[..]);
            let report = report.map_err(|error| error.to_string())?;
            if report.entries() == 0 {
                Err("the list has no entry that can be read".to_owned())
            } else {
                Ok(())
            }
        });
        any |= read.is_ok();
        outcomes.push((list, read.err()));
    }
    (any.then(|| builder.build()), outcomes)
}
