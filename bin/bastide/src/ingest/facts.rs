//! What a report is made of: what was read, what was found, and who did it.

use std::collections::{BTreeMap, BTreeSet};

use bastide_detect::Counts;
use bastide_finding::{Action, Finding, guardduty, words};
use bastide_ids::Timestamp;
use bastide_ingest::Progress;
use serde::Deserialize;

/// What a report is made of.
pub(crate) struct Facts {
    /// What was read.
    pub(crate) read: Progress,
    /// Why records could not be read, the most frequent reason first.
    pub(crate) rejections: Vec<Rejection>,
    /// What the detectors were shown.
    pub(crate) counts: Counts,
    /// Findings, the severest first, the latest first among equals.
    pub(crate) findings: Vec<Finding>,
    /// Who did it, the severest first.
    pub(crate) actors: Vec<Actor>,
    /// How long it took.
    pub(crate) seconds: f64,
}

/// A reason for which records could not be read.
pub(crate) struct Rejection {
    pub(crate) reason: String,
    /// So many records.
    pub(crate) count: usize,
    /// The file of the first of them, and where in it: a byte, or the number of an event in a list of events.
    pub(crate) file: String,
    pub(crate) position: u64,
}

/// Somebody or something that findings are about.
pub(crate) struct Actor {
    /// `user alice`, `instance i-12`, …
    pub(crate) name: String,
    /// The account.
    pub(crate) account: String,
    /// The severity of all its findings together: that of the severest.
    pub(crate) severity: f64,
    /// When its findings begin and end.
    pub(crate) first: Timestamp,
    /// When its findings end.
    pub(crate) last: Timestamp,
    /// Addresses, domains or services at the other end.
    pub(crate) remotes: BTreeSet<String>,
    /// What was acted on, besides itself.
    pub(crate) objects: BTreeSet<String>,
    /// The programs it called itself.
    pub(crate) agents: BTreeSet<String>,
    /// Its findings (indices), in the order of time.
    pub(crate) findings: Vec<usize>,
}

impl Facts {
    /// What was `rejected` are lines of JSON, as [`super::sink::line`] writes them.
    pub(crate) fn new(
        read: Progress,
        rejected: &str,
        counts: Counts,
        mut findings: Vec<Finding>,
        seconds: f64,
    ) -> Self {
        findings.sort_by(|a, b| {
            let by = |finding: &Finding| guardduty::severity(&finding.detection);
            by(b)
                .total_cmp(&by(a))
                .then_with(|| b.detection.last.cmp(&a.detection.last))
                .then_with(|| a.id.cmp(&b.id))
        });
        let actors = actors(&findings);
        Self { read, rejections: rejections(rejected), counts, findings, actors, seconds }
    }

    /// How many findings there are of GuardDuty's words for severities, the highest first.
    pub(crate) fn severities(&self) -> [(&'static str, usize); 4] {
        ["Critical", "High", "Medium", "Low"].map(|label| {
            let is = |finding: &&Finding| label_of(finding) == label;
            (label, self.findings.iter().filter(is).count())
        })
    }

    /// The findings of an actor, in the order of time.
    pub(crate) fn of<'f>(&'f self, actor: &'f Actor) -> impl Iterator<Item = (usize, &'f Finding)> {
        actor.findings.iter().filter_map(|index| Some((*index, self.findings.get(*index)?)))
    }
}

pub(crate) fn label_of(finding: &Finding) -> &'static str {
    guardduty::severity_label(guardduty::severity(&finding.detection))
}

/// What an attacker wants by it, which is the first word of a type: `CredentialAccess:IAMUser/…` is
/// `Credential access`.
pub(crate) fn stage(finding: &Finding) -> String {
    let name = finding.detection.kind.name;
    let purpose = name.split(':').next().unwrap_or(name);
    let mut words = String::with_capacity(purpose.len() + 4);
    for (index, letter) in purpose.char_indices() {
        if index > 0 && letter.is_ascii_uppercase() && words.chars().last().is_some_and(char::is_lowercase) {
            words.push(' ');
            words.push(letter.to_ascii_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

/// The program that a caller said it is.
pub(crate) fn agent(finding: &Finding) -> &str {
    match &finding.detection.action {
        Action::ApiCall(call) => &call.user_agent,
        Action::KubernetesCall(call) => &call.user_agent,
        _ => "",
    }
}

/// Groups findings by whom they are about. Findings of several, such as sequences, count for each.
fn actors(findings: &[Finding]) -> Vec<Actor> {
    let mut actors: BTreeMap<(String, String), Actor> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        let detection = &finding.detection;
        let name = words::subject(detection);
        let actor = actors.entry((detection.account.clone(), name.clone())).or_insert_with(|| Actor {
            name,
            account: detection.account.clone(),
            severity: 0.0,
            first: detection.first,
            last: detection.last,
            remotes: BTreeSet::new(),
            objects: BTreeSet::new(),
            agents: BTreeSet::new(),
            findings: Vec::new(),
        });
        actor.severity = actor.severity.max(guardduty::severity(detection));
        actor.first = actor.first.min(detection.first);
        actor.last = actor.last.max(detection.last);
        let (remote, object) = (words::remote(detection), words::object(detection));
        if !remote.is_empty() {
            actor.remotes.insert(remote);
        }
        if !object.is_empty() && object != actor.name {
            actor.objects.insert(object);
        }
        if !agent(finding).is_empty() {
            actor.agents.insert(agent(finding).to_owned());
        }
        actor.findings.push(index);
    }
    let mut actors: Vec<Actor> = actors.into_values().collect();
    for actor in &mut actors {
        actor.findings.sort_by_key(|index| findings.get(*index).map(|finding| finding.detection.first));
    }
    actors.sort_by(|a, b| {
        b.severity
            .total_cmp(&a.severity)
            .then_with(|| b.findings.len().cmp(&a.findings.len()))
            .then_with(|| a.name.cmp(&b.name))
    });
    actors
}

#[derive(Deserialize)]
struct RejectedLine {
    file: String,
    position: u64,
    reason: String,
    foreign: bool,
}

/// Why lines were rejected; records of other kinds are no trouble.
fn rejections(rejected: &str) -> Vec<Rejection> {
    let mut all: Vec<Rejection> = Vec::new();
    let lines = rejected.lines().filter_map(|line| serde_json::from_str(line).ok());
    for RejectedLine { file, position, reason, .. } in lines.filter(|line: &RejectedLine| !line.foreign) {
        match all.iter_mut().find(|known| known.reason == reason) {
            Some(known) => known.count += 1,
            None => all.push(Rejection { reason, count: 1, file, position }),
        }
    }
    all.sort_by_key(|known| std::cmp::Reverse(known.count));
    all
}
