//! What was processed: counted where records are shown, and written down now and then.

use std::collections::HashMap;

use bastide_ids::{AccountId, Place, Region, Timestamp};
use bastide_logs::Record;
use bastide_resources::Changes;

use super::{Stopped, Work};
use crate::paging::all;
use crate::resolve::detector_of;
use crate::stored::{Covered, Usage};

/// So many resources are told apart at once, and in an account and region.
const RESOURCES: usize = 1_000;
const DAY: i64 = 86_400;
/// Counts are kept for so long, in days.
const KEPT: i64 = 90;

const FEATURES: [&str; 6] =
    ["CLOUD_TRAIL", "S3_DATA_EVENTS", "FLOW_LOGS", "DNS_LOGS", "EKS_AUDIT_LOGS", "RDS_LOGIN_EVENTS"];

/// What was processed since the last look, by account and region.
#[derive(Default)]
pub(crate) struct Counted(HashMap<String, HashMap<String, Of>>);

#[derive(Default)]
struct Of {
    /// In the order of [`FEATURES`].
    events: [u64; FEATURES.len()],
    bytes: [u64; FEATURES.len()],
    /// By name: the kind, and when it was last seen.
    covered: HashMap<String, (&'static str, Timestamp)>,
}

impl Counted {
    pub(crate) fn add(&mut self, record: &Record<'_>, account: &str, region: &str, bytes: usize) {
        if !self.0.get(account).is_some_and(|regions| regions.contains_key(region)) {
            self.0.entry(account.to_owned()).or_default().entry(region.to_owned()).or_default();
        }
        let Some(of) = self.0.get_mut(account).and_then(|regions| regions.get_mut(region)) else { return };
        let (feature, covered) = match record {
            Record::CloudTrail(event) if event.category == "Data" => (1, None),
            Record::CloudTrail(_) => (0, None),
            Record::Flow(flow) => (2, Some(("EC2", flow.instance))),
            Record::Dns(query) => (3, Some(("EC2", query.instance.as_ref()))),
            Record::Kubernetes(event) => (4, Some(("EKS", event.cluster.as_ref()))),
            Record::Login(_) => (5, None),
        };
        if let (Some(events), Some(sum)) = (of.events.get_mut(feature), of.bytes.get_mut(feature)) {
            *events += 1;
            *sum = sum.saturating_add(bytes as u64);
        }
        if let Some((kind, name)) = covered.filter(|(_, name)| !name.is_empty() && *name != "-") {
            of.see(kind, name, record.time());
        }
    }
}

impl Counted {
    /// Takes over what another one has counted.
    pub(crate) fn take(&mut self, other: &mut Self) {
        for (account, regions) in other.0.drain() {
            let own = self.0.entry(account).or_default();
            for (region, more) in regions {
                own.entry(region).or_default().take(more);
            }
        }
    }
}

impl Of {
    fn take(&mut self, other: Self) {
        self.events.iter_mut().zip(other.events).for_each(|(sum, more)| *sum += more);
        self.bytes.iter_mut().zip(other.bytes).for_each(|(sum, more)| *sum = sum.saturating_add(more));
        for (name, (kind, at)) in other.covered {
            self.see(kind, &name, at);
        }
    }

    fn see(&mut self, kind: &'static str, name: &str, at: Timestamp) {
        if let Some((_, last)) = self.covered.get_mut(name) {
            *last = (*last).max(at);
        } else if self.covered.len() < RESOURCES {
            self.covered.insert(name.to_owned(), (kind, at));
        }
    }
}

impl Work {
    /// Writes down what was counted of accounts that have a detector.
    pub(super) async fn count(&self, counted: &Counted, changes: &mut Changes) -> Result<(), Stopped> {
        let today = self.now().seconds().div_euclid(DAY);
        for (account, regions) in &counted.0 {
            let Ok(account) = AccountId::parse(account) else { continue };
            for (region, of) in regions {
                let Ok(region) = Region::parse(region) else { continue };
                let place = Place::new(account, region);
                if detector_of(self.store(), &place).await?.is_some() {
                    self.count_of(&place, today, of, changes).await?;
                }
            }
        }
        Ok(())
    }

    async fn count_of(
        &self,
        place: &Place,
        today: i64,
        of: &Of,
        changes: &mut Changes,
    ) -> Result<(), Stopped> {
        let id = format!("{}/{today}", self.node());
        let there = self.store().find::<Usage>(place, &id).await?;
        let mut usage = there.as_ref().map(|there| there.value.clone()).unwrap_or_default();
        for ((feature, events), bytes) in FEATURES.into_iter().zip(of.events).zip(of.bytes) {
            if events > 0 {
                *usage.events.entry(feature.to_owned()).or_default() += events;
                *usage.bytes.entry(feature.to_owned()).or_default() += bytes;
            }
        }
        match there {
            Some(there) => changes.update(&there, usage),
            None => changes.create(place, id, usage),
        };
        let mut known =
            if of.covered.is_empty() { 0 } else { all::<Covered>(self.store(), place, "").await?.len() };
        for (name, (kind, at)) in &of.covered {
            let id = format!("{kind}/{name}");
            let there = self.store().find::<Covered>(place, &id).await?;
            known += usize::from(there.is_none());
            if there.is_some() || known <= RESOURCES {
                let covered = Covered { kind: (*kind).to_owned(), name: name.clone(), updated: *at };
                changes.put(place, id, covered);
            }
        }
        Ok(())
    }

    /// Forgets counts that have grown old.
    pub(super) async fn forget_counts(&self, place: &Place, changes: &mut Changes) -> Result<(), Stopped> {
        let today = self.now().seconds().div_euclid(DAY);
        for usage in all::<Usage>(self.store(), place, "").await? {
            let day = usage.key.id.rsplit('/').next().and_then(|day| day.parse::<i64>().ok());
            if day.is_none_or(|day| day < today - KEPT) {
                changes.delete(&usage);
            }
        }
        Ok(())
    }
}
