//! Attack sequences: signals of the same actor, or on the same cluster, within a day that together are an attack.
//!
//! Signals are findings (strong) and calls that attackers need and others make too (weak). A sequence needs two
//! findings of different types, one of them of medium severity or more, and three tactics of MITRE ATT&CK over all
//! its signals, or one that tells of the theft of credentials and calls of three tactics from where they are used;
//! for data in S3 one of the findings must be about its theft or destruction, for clusters one must be
//! of high severity.

mod signals;
#[cfg(test)]
mod tests;
mod weak;

use bastide_finding::{AccessKey, Detection, FindingType, Resource, find};
use bastide_logs::cloudtrail::Event;
use bastide_logs::{Kind, Record};

use crate::describe;
use crate::detector::{Context, Detector};
use crate::recent::Recent;
use signals::{Signal, Signals};

/// Actors and clusters that are remembered: twice this many at most.
const ACTORS: usize = 20_000;

/// Finds attack sequences.
#[derive(Debug)]
pub(crate) struct Sequences {
    actors: Recent<String, Signals>,
    clusters: Recent<String, Signals>,
}

impl Default for Sequences {
    fn default() -> Self {
        Self { actors: Recent::new(ACTORS), clusters: Recent::new(ACTORS) }
    }
}

impl Detector for Sequences {
    fn name(&self) -> &'static str {
        "sequences"
    }

    fn sees(&self, kind: Kind) -> bool {
        kind == Kind::CloudTrail
    }

    fn cloudtrail(&mut self, event: &Event<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        let Some(tactic) = weak::tactic(event) else { return };
        let key = describe::access_key(event);
        let signals = self.actors.entry(actor(&event.account, &key));
        let news = signals.add(Signal::weak(event, tactic));
        if news && let Some(kind) = signals.kind_of_actor() {
            let base = describe::detection(kind, &Record::CloudTrail(event), cx);
            out.push(signals.sequence(base, actor(&event.account, &key)));
        }
    }

    fn detected(&mut self, detection: &Detection, _cx: Context<'_>, out: &mut Vec<Detection>) {
        // What custom rules find is odd in some accounts only, and often stands beside a finding of the same event.
        if detection.kind.name.starts_with("AttackSequence:") || !detection.rule.is_empty() {
            return;
        }
        let (signals, key, of_cluster) = match &detection.resource {
            Resource::AccessKey(key) | Resource::Buckets(_, key) => {
                let key = actor(&detection.account, key);
                (self.actors.entry(key.clone()), key, false)
            }
            Resource::Cluster(cluster) => {
                let key = format!("{} {}", detection.account, cluster.name);
                (self.clusters.entry(key.clone()), key, true)
            }
            Resource::Instance(_) | Resource::Database(_) | Resource::Function(_) => return,
        };
        let news = signals.add(Signal::strong(detection));
        let kind = if of_cluster { signals.kind_of_cluster() } else { signals.kind_of_actor() };
        if news && let Some(kind) = kind {
            out.push(signals.sequence(base(detection, kind), key));
        }
    }
}

/// The same activity as a detection of a sequence.
fn base(detection: &Detection, kind: &'static FindingType) -> Detection {
    let place = (detection.account.as_str(), detection.region.as_str());
    let (resource, action) = (detection.resource.clone(), detection.action.clone());
    let mut base = Detection::new(kind, place, String::new(), detection.last, resource, action);
    base.evidence.clone_from(&detection.evidence);
    base
}

/// Who acts, whatever the session: account, kind and name.
fn actor(account: &str, key: &AccessKey) -> String {
    let name = if key.user_name.is_empty() { &key.principal_id } else { &key.user_name };
    format!("{account} {} {name}", key.user_type)
}

impl Signals {
    fn kind_of_actor(&self) -> Option<&'static FindingType> {
        if !self.suffices() {
            return None;
        }
        let data = self.any(|signal| {
            signal.strong
                && ["Exfiltration:S3/", "Impact:S3/", "Policy:S3/Bucket"]
                    .iter()
                    .any(|start| signal.name.starts_with(start))
        });
        find(if data {
            "AttackSequence:S3/CompromisedData"
        } else {
            "AttackSequence:IAM/CompromisedCredentials"
        })
    }

    fn kind_of_cluster(&self) -> Option<&'static FindingType> {
        let high = self.any(|signal| signal.strong && signal.severity >= 7.0);
        if self.suffices() && high { find("AttackSequence:EKS/CompromisedCluster") } else { None }
    }
}
