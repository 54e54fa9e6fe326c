//! Folding detections into findings.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aws_lc_rs::digest::{Context as Hash, SHA256};
use bastide_finding::{Detection, Evidence, Finding, Reason, Threat};
use bastide_ids::Timestamp;

/// Findings that are held, of up to 15 kB each; what was seen longest ago is forgotten beyond them.
const FINDINGS: usize = 20_000;

/// Reasons, evidence, lists and names of a list that a finding keeps.
const KEPT: usize = 20;

/// Findings, by id, and which of them have changed.
#[derive(Default)]
pub(super) struct Fold {
    findings: BTreeMap<String, Finding>,
    /// Changed since the last look; `true` for those that are new.
    changed: BTreeMap<String, bool>,
    forgotten: u64,
}

impl Fold {
    /// Adds a detection to its finding. `announce`: the finding counts as changed.
    pub(super) fn add(&mut self, detection: Detection, now: Timestamp, announce: bool) {
        let id = id(&detection);
        let new = !self.findings.contains_key(&id);
        if let Some(finding) = self.findings.get_mut(&id) {
            finding.updated = now;
            merge(&mut finding.detection, detection);
        } else {
            if self.findings.len() >= FINDINGS {
                self.forget();
            }
            let finding =
                Finding { id: id.clone(), detection: bounded(detection), created: now, updated: now };
            self.findings.insert(id.clone(), finding);
        }
        if announce {
            *self.changed.entry(id).or_default() |= new;
        }
    }

    /// What has changed since the last call; `now` is written as the time of the change.
    pub(super) fn changed(&mut self, now: Timestamp) -> Vec<(String, bool)> {
        let changed = std::mem::take(&mut self.changed);
        for (id, new) in &changed {
            if let Some(finding) = self.findings.get_mut(id) {
                finding.updated = now;
                if *new {
                    finding.created = now;
                }
            }
        }
        changed.into_iter().filter(|(id, _)| self.findings.contains_key(id)).collect()
    }

    pub(super) fn findings(&self) -> &BTreeMap<String, Finding> {
        &self.findings
    }

    pub(super) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Forgets the tenth that was seen longest ago.
    fn forget(&mut self) {
        let mut last: Vec<(Timestamp, String)> =
            self.findings.values().map(|finding| (finding.detection.last, finding.id.clone())).collect();
        last.sort_unstable();
        for (_, id) in last.into_iter().take(FINDINGS / 10) {
            self.findings.remove(&id);
            self.forgotten += 1;
        }
    }
}

/// A finding's id: the same type, place and key give the same id wherever and whenever they are found.
fn id(detection: &Detection) -> String {
    let mut hash = Hash::new(&SHA256);
    for part in [detection.kind.name, &detection.account, &detection.region, &detection.key] {
        hash.update(&(part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finish();
    digest.as_ref().iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn bounded(mut detection: Detection) -> Detection {
    detection.count = detection.count.max(1);
    detection.reasons.truncate(KEPT);
    detection.threats.truncate(KEPT);
    detection.evidence.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
    detection.evidence.dedup_by(|a, b| (a.time, &a.id) == (b.time, &b.id));
    detection.evidence.truncate(KEPT);
    detection
}

/// What is known becomes what both are: the later one's resource and action, the numbers and lists of both.
fn merge(known: &mut Detection, new: Detection) {
    let mut other = bounded(new);
    // What was known first comes first.
    threats(&mut known.threats, std::mem::take(&mut other.threats));
    evidence(&mut known.evidence, std::mem::take(&mut other.evidence));
    if other.last >= known.last {
        std::mem::swap(known, &mut other);
        std::mem::swap(&mut known.threats, &mut other.threats);
        std::mem::swap(&mut known.evidence, &mut other.evidence);
    }
    known.first = known.first.min(other.first);
    known.count = known.count.saturating_add(other.count);
    known.severity = match (known.severity, other.severity) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(known.kind.severity).max(b.unwrap_or(other.kind.severity))),
    };
    reasons(&mut known.reasons, other.reasons);
}

/// One of each measure, the later one's.
fn reasons(later: &mut Vec<Reason>, earlier: Vec<Reason>) {
    for reason in earlier {
        if later.len() < KEPT && !later.iter().any(|other| other.measure == reason.measure) {
            later.push(reason);
        }
    }
}

fn threats(old: &mut Vec<Threat>, new: Vec<Threat>) {
    for threat in new {
        if let Some(other) = old.iter_mut().find(|other| other.list == threat.list) {
            for name in threat.names {
                if other.names.len() < KEPT && !other.names.contains(&name) {
                    other.names.push(name);
                }
            }
        } else if old.len() < KEPT {
            old.push(threat);
        }
    }
}

/// The first few records, whatever the order in which they came.
fn evidence(old: &mut Vec<Evidence>, new: Vec<Evidence>) {
    for record in new {
        let place = old.partition_point(|other| (other.time, &other.id) < (record.time, &record.id));
        let known = old.get(place).is_some_and(|other| other.id == record.id && other.time == record.time);
        if place < KEPT && !known {
            old.insert(place, record);
            old.truncate(KEPT);
        }
    }
}
