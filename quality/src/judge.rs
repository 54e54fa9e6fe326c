//! Findings held against labels.

use std::collections::{BTreeMap, HashMap, HashSet};

use bastide_finding::{Detection, Resource};
use bastide_ids::Timestamp;

use crate::family::{Measured, Note};
use crate::label::{Stage, matches};
use crate::table::Row;

/// A row of the table, and the finding types whose noise is counted in it.
pub type Owner = (&'static str, &'static [&'static str]);

/// How long after a stage's last record a finding of it may say that it happened: windows end later than what
/// they saw.
const SLACK: i64 = 2 * 3_600_000;

/// Holds what detectors say against what is known.
pub struct Judge {
    stages: Vec<Stage>,
    owners: &'static [Owner],
    /// Stages by the ids of their records.
    by_event: HashMap<String, usize>,
    /// Stages by the names in them.
    by_name: HashMap<String, Vec<usize>>,
    /// When each stage was found, and by what.
    found: Vec<Option<(Timestamp, &'static str)>>,
    /// Findings, and whether they were right when they were first made.
    findings: BTreeMap<(String, String), Said>,
    /// Findings that concern a stage, whatever their type.
    around: Vec<HashSet<&'static str>>,
}

/// A finding as it was first made.
struct Said {
    kind: &'static str,
    right: bool,
    text: String,
    updates: u64,
}

impl Judge {
    /// For data with these stages; `owners` says which row counts the noise of which finding types.
    #[must_use]
    pub fn new(stages: Vec<Stage>, owners: &'static [Owner]) -> Self {
        let mut by_event = HashMap::new();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, stage) in stages.iter().enumerate() {
            by_event.extend(stage.events.iter().map(|id| (id.clone(), index)));
            for name in &stage.names {
                by_name.entry(name.clone()).or_default().push(index);
            }
        }
        let (found, around) = (vec![None; stages.len()], vec![HashSet::new(); stages.len()]);
        Self { stages, owners, by_event, by_name, found, findings: BTreeMap::new(), around }
    }

    /// A detection was made when the log's time was `now`.
    pub fn detection(&mut self, now: Timestamp, detection: &Detection) {
        let concerned = self.concerned(detection);
        for &index in &concerned {
            let stage = &self.stages[index];
            self.around[index].insert(detection.kind.name);
            if self.found[index].is_none() && matches(detection.kind.name, stage.accept) {
                self.found[index] = Some((now, detection.kind.name));
            }
        }
        let place = format!("{} {} {}", detection.account, detection.region, detection.key);
        let said = self.findings.entry((detection.kind.name.to_owned(), place));
        said.and_modify(|said| said.updates += 1).or_insert_with(|| Said {
            kind: detection.kind.name,
            right: !concerned.is_empty(),
            text: describe(now, detection),
            updates: 0,
        });
    }

    /// The stages that a detection is about: it shows one of their records, or names who or what is in them, in
    /// the account and at the time.
    fn concerned(&self, detection: &Detection) -> Vec<usize> {
        let mut concerned: HashSet<usize> =
            detection.evidence.iter().filter_map(|one| self.by_event.get(&one.id)).copied().collect();
        for name in names(detection) {
            for &index in self.by_name.get(&name).map(Vec::as_slice).unwrap_or_default() {
                let stage = &self.stages[index];
                let begins = stage.first.millis() - SLACK / 2;
                let ends = stage.last.millis() + SLACK;
                let overlaps = detection.first.millis() <= ends && detection.last.millis() >= begins;
                if overlaps && stage.account == detection.account {
                    concerned.insert(index);
                }
            }
        }
        let mut concerned: Vec<usize> = concerned.into_iter().collect();
        concerned.sort_unstable();
        concerned
    }

    /// What came out, for data of so many records and days.
    #[must_use]
    pub fn measured(&self, events: u64, days: f64) -> Measured {
        let mut measured = Measured::default();
        for &(name, types) in self.owners {
            let mut row = Row { name: name.to_owned(), events, days, ..Row::default() };
            let mut delays = Vec::new();
            for (index, stage) in self.stages.iter().enumerate().filter(|(_, stage)| stage.row == name) {
                row.positives += 1;
                if let Some((at, _)) = self.found[index] {
                    row.found += 1;
                    delays.push((at.millis() - stage.first.millis()).max(0) / 1000);
                } else {
                    measured.notes.push(Note { row: name.to_owned(), text: self.missed(index) });
                }
            }
            delays.sort_unstable();
            row.delay = delays.get(delays.len() / 2).copied();
            for said in self.findings.values().filter(|said| self.owner(said.kind) == Some(types)) {
                if said.right {
                    row.right += 1;
                } else {
                    row.wrong += 1;
                    let text = format!("wrong: {} (and {} times more)", said.text, said.updates);
                    measured.notes.push(Note { row: name.to_owned(), text });
                }
            }
            measured.rows.push(row);
        }
        measured
    }

    /// The types of the first row that owns `kind`.
    fn owner(&self, kind: &str) -> Option<&'static [&'static str]> {
        self.owners.iter().map(|(_, types)| *types).find(|types| matches(kind, types))
    }

    fn missed(&self, index: usize) -> String {
        let stage = &self.stages[index];
        let mut around: Vec<&str> = self.around[index].iter().copied().collect();
        around.sort_unstable();
        let around = if around.is_empty() { "nothing".to_owned() } else { around.join(", ") };
        let actor = stage.names.first().map_or("", String::as_str);
        format!(
            "missed: {}: {} ({} in {}, {} to {}); accepted are {}; said was {around}",
            stage.attack,
            stage.what,
            actor,
            stage.account,
            stage.first.iso8601(),
            stage.last.iso8601(),
            stage.accept.join(" ")
        )
    }
}

fn describe(now: Timestamp, detection: &Detection) -> String {
    let reasons: Vec<String> = detection
        .reasons
        .iter()
        .map(|reason| format!("{} {} (usual {})", reason.measure, reason.observed, reason.expected))
        .collect();
    let evidence: Vec<&str> = detection.evidence.iter().take(3).map(|one| one.what.as_str()).collect();
    format!(
        "{} {} in {} {}: {}; {}; {}",
        now.iso8601(),
        detection.kind.name,
        detection.account,
        detection.region,
        names(detection).join(" "),
        reasons.join(", "),
        evidence.join(", ")
    )
}

/// All names that a detection gives who acts and what is acted on.
fn names(detection: &Detection) -> Vec<String> {
    let key = |key: &bastide_finding::AccessKey| {
        vec![key.id.clone(), key.principal_id.clone(), key.user_name.clone()]
    };
    let mut names = match &detection.resource {
        Resource::AccessKey(access) => key(access),
        Resource::Buckets(buckets, access) => {
            let mut names = key(access);
            names.extend(buckets.iter().map(|bucket| bucket.name.clone()));
            names
        }
        Resource::Instance(instance) => {
            let mut names = vec![instance.id.clone()];
            for interface in &instance.interfaces {
                names.push(interface.id.clone());
                names.extend(interface.address.map(|address| address.to_string()));
            }
            names
        }
        Resource::Cluster(cluster) => vec![cluster.user.clone(), cluster.uid.clone()],
        Resource::Database(database) => vec![database.instance.clone()],
        Resource::Function(function) => vec![function.name.clone(), function.interface.clone()],
    };
    names.retain(|name| !name.is_empty());
    names
}
