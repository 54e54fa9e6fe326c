//! Custom rules: which are at work, what their dry runs count, and what organizations want of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use bastide_door::Metrics;
use bastide_ids::{AccountId, Place, Region, Timestamp, Uuid};
use bastide_resources::{Changes, Store, Stored};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

use super::chores::commit;
use super::feed::{Rules, Signals as Counted, Watch};
use super::{Stopped, Work};
use crate::members::place_of;
use crate::paging::all;
use crate::rules::associations::{announce, forget};
use crate::stored::{Association, Member, Realm, RuleConfiguration, Ruled, Signals, Tags};

/// What the engine knows: of each place, the commit that last changed its associations.
#[derive(Default)]
pub(super) struct Read(HashMap<String, u64>);

/// What was carried out: of each administrator, the commits that last changed its configurations and members.
#[derive(Default)]
pub(super) struct Configured(HashMap<String, Vec<u64>>);

/// When the next association of each place ends, as of the commit that last changed them.
#[derive(Default)]
pub(super) struct Ends(HashMap<String, (u64, Option<Timestamp>)>);

/// What dry runs have counted, for `GET /metrics`.
pub(super) struct DryRuns {
    counters: Family<Labels, Counter>,
    /// What was told of each association.
    told: Mutex<BTreeMap<String, u64>>,
}

/// By what dry runs are told apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Labels {
    account: String,
    region: String,
    rule: String,
}

/// How often an association's rule has matched altogether.
pub(super) struct Total {
    labels: Labels,
    association: String,
    count: u64,
}

impl DryRuns {
    pub(super) fn new(metrics: &Metrics) -> Self {
        let counters = metrics.counters(
            "guardduty_custom_detection_rule_dry_run_signals",
            "Matches of custom detection rules in dry runs",
        );
        Self { counters, told: Mutex::default() }
    }

    /// Tells what was counted. What was told before is not told again.
    pub(super) fn tell(&self, totals: &[Total]) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for Total { labels, association, count } in totals {
            let before = told.insert(association.clone(), *count).unwrap_or_default();
            self.counters.get_or_create(labels).inc_by(count.saturating_sub(before));
        }
    }
}

impl Work {
    /// The places whose associations have changed, with what is at work there now.
    pub(super) async fn changed_rules(&self, read: &mut Read) -> Result<Vec<(Place, Rules)>, Stopped> {
        let mut changed = Vec::new();
        for ruled in all::<Ruled>(self.store(), &Store::global(), "").await? {
            if read.0.get(&ruled.key.id) == Some(&ruled.sequence) {
                continue;
            }
            let found = all::<Association>(self.store(), &ruled.place, "").await?;
            let rules = found.iter().map(|one| {
                let Association { mode, since, expires, ref id, .. } = one.value;
                (one.key.id.clone(), Watch { association: id.clone(), mode, since, until: expires })
            });
            changed.push((ruled.place.clone(), rules.collect()));
            read.0.insert(ruled.key.id.clone(), ruled.sequence);
        }
        Ok(changed)
    }

    /// Tells what this node's dry runs had counted before it started.
    pub(super) async fn tell_dry_runs(&self) -> Result<(), Stopped> {
        let mut totals = Vec::new();
        for place in self.store().places::<Signals>().await? {
            for counted in all::<Signals>(self.store(), &place, "").await? {
                let Some((association, node)) = counted.key.id.split_once('/') else { continue };
                if node == self.node() {
                    totals.push(total(&place, &counted.rule, association, counted.count));
                }
            }
        }
        self.dry_runs.tell(&totals);
        Ok(())
    }

    /// Writes down matches of dry runs; gives how many there are of each association with these.
    pub(super) async fn count_signals(
        &self,
        counted: &Counted,
        changes: &mut Changes,
    ) -> Result<Vec<Total>, Stopped> {
        let mut totals = Vec::new();
        for ((account, region, rule, association), more) in counted {
            let place = AccountId::parse(account).ok().zip(Region::parse(region).ok());
            let Some(place) = place.map(|(account, region)| Place::new(account, region)) else { continue };
            let id = format!("{association}/{}", self.node());
            let there = self.store().find::<Signals>(&place, &id).await?;
            let count = there.as_ref().map_or(0, |there| there.count).saturating_add(*more);
            let signals = Signals { rule: rule.clone(), count };
            match there {
                Some(there) => changes.update(&there, signals),
                None => changes.create(&place, id, signals),
            };
            totals.push(total(&place, rule, association, count));
        }
        Ok(totals)
    }

    /// Forgets dry runs that are over.
    pub(super) async fn rules_that_end(&self, ends: &mut Ends) -> Result<(), Stopped> {
        let now = self.now();
        for ruled in all::<Ruled>(self.store(), &Store::global(), "").await? {
            let known = ends.0.get(&ruled.key.id).filter(|(sequence, _)| *sequence == ruled.sequence);
            if known.is_some_and(|(_, end)| end.is_none_or(|end| now < end)) {
                continue;
            }
            let found = all::<Association>(self.store(), &ruled.place, "").await?;
            let mut changes = Changes::new(now);
            for one in found.iter().filter(|one| one.is_over(now)) {
                forget(self.store(), &mut changes, one).await?;
            }
            commit(self.store(), changes).await?;
            let end = found.iter().filter_map(|one| one.expires).filter(|end| now < *end).min();
            ends.0.insert(ruled.key.id.clone(), (ruled.sequence, end));
        }
        Ok(())
    }

    /// Gives members the rules that their administrators want for them.
    pub(super) async fn rules_of_organizations(&self, done: &mut Configured) -> Result<(), Stopped> {
        for Realm { place, .. } in self.realms().await? {
            let mut configurations = all::<RuleConfiguration>(self.store(), &place, "").await?;
            if configurations.is_empty() {
                continue;
            }
            let mut changes = Changes::new(self.now());
            configurations.retain(|one| {
                if one.is_over(self.now()) {
                    changes.delete(one);
                }
                !one.is_over(self.now())
            });
            commit(self.store(), changes).await?;
            let mut members = all::<Member>(self.store(), &place, "").await?;
            members.retain(|member| member.organization && member.relationship.is_associated());
            let seen: Vec<u64> = (configurations.iter().map(|one| one.sequence))
                .chain(members.iter().map(|one| one.sequence))
                .collect();
            let key = Realm::id(&place);
            if done.0.get(&key) == Some(&seen) {
                continue;
            }
            let mut whole = true;
            for member in &members {
                whole &= self.rules_of(&place, &member.key.id, &configurations).await?;
            }
            if whole {
                self.activate(&configurations).await?;
                done.0.insert(key, seen);
            }
        }
        Ok(())
    }

    /// Gives one member the rules of configurations. False when somebody else changed the same.
    async fn rules_of(
        &self,
        admin: &Place,
        account: &str,
        configurations: &[Arc<Stored<RuleConfiguration>>],
    ) -> Result<bool, Stopped> {
        let Ok(account) = AccountId::parse(account) else { return Ok(true) };
        let (place, now) = (place_of(admin, account), self.now());
        let mut changes = Changes::new(now);
        let names: BTreeSet<&str> = configurations.iter().map(|one| one.rule.as_str()).collect();
        for rule in names {
            let of_rule = || configurations.iter().filter(|one| one.rule == rule);
            // Where both modes are wanted, findings are.
            let wanted = of_rule().filter(|one| one.is_for(account.as_str())).min_by_key(|one| one.mode);
            let there = self.store().find::<Association>(&place, rule).await?;
            match (wanted, there) {
                (None, None) => {}
                (None, Some(there)) => {
                    // Those of configurations that are deleted stay.
                    if of_rule().any(|one| there.configuration.as_ref() == Some(&one.id)) {
                        forget(self.store(), &mut changes, &there).await?;
                    }
                }
                (Some(wanted), None) => {
                    changes.create(&place, rule, made(wanted, now));
                }
                (Some(wanted), Some(there)) if is_as(&there, wanted) => {}
                (Some(wanted), Some(there)) => {
                    let mut association = there.value.clone();
                    association.turn(wanted.mode, now);
                    association.expires = wanted.expires;
                    association.configuration = Some(wanted.id.clone());
                    changes.update(&there, association);
                }
            }
        }
        if changes.is_empty() {
            return Ok(true);
        }
        announce(&mut changes, &place);
        match self.store().commit(changes).await.map_err(Stopped::from) {
            Ok(_) => Ok(true),
            Err(Stopped::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn activate(&self, configurations: &[Arc<Stored<RuleConfiguration>>]) -> Result<(), Stopped> {
        let mut changes = Changes::new(self.now());
        for one in configurations.iter().filter(|one| !one.active) {
            changes.update(one, RuleConfiguration { active: true, ..one.value.clone() });
        }
        commit(self.store(), changes).await
    }
}

fn total(place: &Place, rule: &str, association: &str, count: u64) -> Total {
    let labels = Labels {
        account: place.account.to_string(),
        region: place.region.to_string(),
        rule: rule.to_owned(),
    };
    Total { labels, association: association.to_owned(), count }
}

fn is_as(there: &Association, wanted: &RuleConfiguration) -> bool {
    there.mode == wanted.mode
        && there.expires == wanted.expires
        && there.configuration.as_ref() == Some(&wanted.id)
}

fn made(wanted: &RuleConfiguration, now: Timestamp) -> Association {
    Association {
        id: Uuid::random().to_string(),
        mode: wanted.mode,
        since: now,
        expires: wanted.expires,
        configuration: Some(wanted.id.clone()),
        created: now,
        updated: now,
        tags: Tags::new(),
        token: None,
    }
}
