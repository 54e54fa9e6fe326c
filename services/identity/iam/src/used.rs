use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bastide_ids::{Place, Timestamp};
use bastide_resources::{Changes, CommitError, Store, StoreError};

use crate::model::{LastUsed, home_of};

/// A use is written down unless the same was less than so long before.
const FRESH: Duration = Duration::from_secs(60);
/// The most uses that one commit writes down.
const BATCH: usize = 1000;

/// Who used a credential.
#[derive(Clone, Copy)]
pub(crate) enum UsedBy<'a> {
    /// Whoever has this access key.
    Key(&'a str),
    /// A session of the role with this ARN and unique id.
    Role(&'a str, &'a str),
}

/// When keys and roles were last used, until it is written down.
#[derive(Default)]
pub(crate) struct Uses(Mutex<HashMap<String, Use>>);

struct Use {
    place: Place,
    at: Timestamp,
    service: &'static str,
    region: String,
    written: bool,
}

impl Uses {
    pub(crate) fn add(&self, by: UsedBy<'_>, service: &'static str, region: &str, now: Timestamp) {
        let (UsedBy::Key(id) | UsedBy::Role(_, id)) = by;
        let mut uses = self.hold();
        if let Some(last) = uses.get_mut(id) {
            let same = last.service == service && last.region == region;
            // A clock that was set back must not keep the old moment.
            if !same || now.since(last.at) >= FRESH || last.at.since(now) >= FRESH {
                last.service = service;
                region.clone_into(&mut last.region);
                last.at = now;
                last.written = false;
            }
            return;
        }
        let place = match by {
            UsedBy::Key(_) => Some(Store::global()),
            UsedBy::Role(arn, _) => home_of(arn),
        };
        if let Some(place) = place {
            let one = Use { place, at: now, service, region: region.to_owned(), written: false };
            uses.insert(id.to_owned(), one);
        }
    }

    pub(crate) async fn flush(&self, store: &Store) -> Result<(), StoreError> {
        while let Some((ids, changes)) = self.batch() {
            match store.commit(changes).await {
                Ok(_) | Err(CommitError::Conflict { .. }) => self.written(&ids),
                Err(CommitError::Failed(error)) => return Err(error),
            }
        }
        Ok(())
    }

    pub(crate) fn clear(&self) {
        self.hold().clear();
    }

    /// Some uses that are to be written down; none when there are no such.
    fn batch(&self) -> Option<(Vec<(String, Timestamp)>, Changes)> {
        let uses = self.hold();
        let mut changes: Option<Changes> = None;
        let mut ids = Vec::new();
        for (id, one) in uses.iter().filter(|(_, one)| !one.written).take(BATCH) {
            let used = LastUsed {
                at: one.at.truncated_to_seconds(),
                service: one.service.to_owned(),
                region: one.region.clone(),
            };
            changes.get_or_insert_with(|| Changes::new(one.at)).put(&one.place, id.clone(), used);
            ids.push((id.clone(), one.at));
        }
        changes.map(|changes| (ids, changes))
    }

    /// Forgets what was written down and is not fresh any more, so that this does not grow.
    fn written(&self, ids: &[(String, Timestamp)]) {
        let mut uses = self.hold();
        for (id, at) in ids {
            if let Some(one) = uses.get_mut(id).filter(|one| one.at == *at) {
                one.written = true;
            }
        }
        if uses.len() > BATCH {
            let newest = uses.values().map(|one| one.at).max().unwrap_or_default();
            uses.retain(|_, one| !one.written || newest.since(one.at) < FRESH);
        }
    }

    fn hold(&self) -> MutexGuard<'_, HashMap<String, Use>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(uses: &Uses) -> Option<Timestamp> {
        let (ids, _) = uses.batch()?;
        uses.written(&ids);
        ids.first().map(|(_, at)| *at)
    }

    #[test]
    fn a_use_is_written_once_a_minute_and_when_the_clock_was_set_back() {
        let uses = Uses::default();
        let used = |seconds| {
            let at = Timestamp::from_seconds(seconds);
            uses.add(UsedBy::Key("AKIA"), "kms", "us-east-1", at);
            waiting(&uses)
        };
        let at = |seconds| Some(Timestamp::from_seconds(seconds));
        assert_eq!(used(10_000), at(10_000));
        assert_eq!(used(10_059), None);
        assert_eq!(used(10_060), at(10_060));
        assert_eq!(used(10_050), None);
        assert_eq!(used(5_000), at(5_000));
        assert_eq!(used(5_001), None);
    }
}
