//! The catalogue of custom detection rules: rules over single CloudTrail events that each account associates with
//! itself, or does not. Those in `rules/catalogue` have the ids, names, severities, tactics, techniques and services
//! that GuardDuty documents; what they look for is Bastide's own. The operator's Sigma rules stand beside them.

mod files;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::PathBuf;

use bastide_finding::{Detection, Reason};
use bastide_ids::Timestamp;
use bastide_logs::Record as Log;
use bastide_sigma::{About, Error, Kind as NodeKind, Level, Node, Placeholders, Rule, Set};

use super::fields::{self, Kind, column};
use super::meaning::Meaning;
use super::{Refused, Rules, kind_of, texts};
use crate::detector::Context;

/// Limits of GuardDuty's API on what is shown of a rule, in characters.
const ID: usize = 100;
const NAME: usize = 255;
const DESCRIPTION: usize = 1024;
const SERVICE: usize = 128;
const EXPRESSION: usize = 4096;

/// What stands where a rule says nothing.
const UNKNOWN: &str = "Unspecified";

/// Rules that accounts may associate with themselves, in the order of their ids.
pub struct Catalogue {
    rules: Vec<Offered>,
    set: Set,
}

/// A rule of the catalogue.
#[derive(Debug)]
pub struct Offered {
    /// Its id: lower-case words and numbers with hyphens between them, at most 100 bytes.
    pub id: String,
    /// Its name, as findings tell it.
    pub name: String,
    /// What it looks for, in words.
    pub description: String,
    /// How bad a find is.
    pub severity: Severity,
    /// A tactic of MITRE ATT&CK.
    pub tactic: String,
    /// A technique of MITRE ATT&CK, with its id.
    pub technique: String,
    /// The service that it watches.
    pub service: String,
    /// What is evaluated, in SQL.
    pub expression: String,
    /// When it was written.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
    meaning: Meaning,
}

/// How bad a find of a rule is, in GuardDuty's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// 2.0.
    Low,
    /// 5.0.
    Medium,
    /// 8.0.
    High,
    /// 9.0.
    Critical,
}

impl Severity {
    fn of(level: Level) -> Self {
        match level {
            Level::Informational | Level::Low => Self::Low,
            Level::Medium => Self::Medium,
            Level::High => Self::High,
            Level::Critical => Self::Critical,
        }
    }

    /// As the API has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::Critical => "CRITICAL",
        }
    }

    /// The severity of findings.
    #[must_use]
    pub fn number(self) -> f64 {
        match self {
            Self::Low => 2.0,
            Self::Medium => 5.0,
            Self::High => 8.0,
            Self::Critical => 9.0,
        }
    }
}

impl Catalogue {
    /// Bastide's own rules alone.
    #[must_use]
    pub fn native() -> Self {
        Self::with(std::iter::empty()).0
    }

    /// Bastide's own rules, and the operator's in folders. What cannot be in the catalogue is told with the reason:
    /// files that are refused, rules that look at other logs or at several events, and ids that are taken.
    ///
    /// # Errors
    /// A folder that can't be read, or holds more than 10,000 files of rules.
    pub fn folders(folders: &[PathBuf]) -> std::io::Result<(Self, Vec<Refused>)> {
        let mut read = Vec::new();
        for folder in folders {
            let told = |error: std::io::Error| {
                std::io::Error::new(error.kind(), format!("`{}`: {error}", folder.display()))
            };
            read.extend(texts(folder).map_err(told)?);
        }
        Ok(Self::with(read.iter().map(|(name, text)| (name.as_str(), text.as_str()))))
    }

    /// Bastide's own rules, and the operator's: names and texts of files.
    pub fn with<'f>(operators: impl Iterator<Item = (&'f str, &'f str)>) -> (Self, Vec<Refused>) {
        let none = Placeholders::new();
        let (native, broken) = Rules::read("catalogue", files::FILES.iter().copied(), &none);
        debug_assert!(broken.is_empty(), "{broken:?}");
        let (theirs, mut refused) = Rules::read("catalogue", operators, &none);
        let mut offered: Vec<(Offered, Rule)> = Vec::new();
        let mut taken = BTreeSet::new();
        for (rules, own) in [(&native, true), (&theirs, false)] {
            for (place, rule) in rules.rules.iter().enumerate() {
                let one = if rules.correlator.silent(place) {
                    Err(fault(rule, "is a part of a correlation, and looks at several events"))
                } else {
                    Offered::read(rule, own)
                };
                match one {
                    Ok(one) if taken.insert(one.id.clone()) => offered.push((one, rule.clone())),
                    Ok(one) => {
                        let reason = format!("has the id `{}`, which another rule has", one.id);
                        refused.push(left_out(rule, fault(rule, &reason)));
                    }
                    Err(error) => refused.push(left_out(rule, error)),
                }
            }
        }
        offered.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        let (rules, sources): (Vec<Offered>, Vec<Rule>) = offered.into_iter().unzip();
        // Each was bound before, by itself.
        let set = Set::new(sources, Kind::CloudTrail.schema()).unwrap_or_default();
        (Self { rules, set }, refused)
    }

    /// The rules, in the order of their ids.
    #[must_use]
    pub fn rules(&self) -> &[Offered] {
        &self.rules
    }

    /// The rule of this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Offered> {
        let place = self.rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok()?;
        self.rules.get(place)
    }

    /// The rules that a record matches; none but CloudTrail's events match any.
    pub fn matching(&self, log: &Log<'_>, mut hit: impl FnMut(&Offered)) {
        if !matches!(log, Log::CloudTrail(_)) {
            return;
        }
        fields::with(log, |record| {
            self.set.matches(record, |place, _| {
                if let Some(rule) = self.rules.get(place) {
                    hit(rule);
                }
            });
        });
    }
}

impl Offered {
    fn read(rule: &Rule, own: bool) -> Result<Self, Error> {
        if kind_of(rule)? != Kind::CloudTrail {
            return Err(fault(rule, "looks at other logs than CloudTrail's"));
        }
        let mut about = rule.about.clone();
        let section = about.document.get("bastide").cloned();
        let said = |name: &str| section.as_ref().and_then(|node| node.get(name)).and_then(Node::scalar);
        let expression = rule.sql(&column);
        if expression.chars().count() > EXPRESSION {
            return Err(fault(rule, "is longer than 4,096 characters in SQL"));
        }
        let created = date(&about, "date");
        let updated = about.document.get("modified").map_or(created, |_| date(&about, "modified"));
        let description = if about.description.is_empty() { &about.title } else { &about.description };
        let description = short(description, DESCRIPTION);
        let tactic = said("tactic").or_else(|| tactic(&about)).unwrap_or_else(|| UNKNOWN.to_owned());
        let technique = said("technique").or_else(|| technique(&about)).unwrap_or_else(|| UNKNOWN.to_owned());
        let service = said("service").or_else(|| service(&about.document));
        if own {
            about.description = format!("{{who}} called {{api}} from {{remote}}. {description}");
        }
        Ok(Self {
            id: if own { about.id.clone() } else { id(&about) },
            name: short(if about.name.is_empty() { &about.title } else { &about.name }, NAME),
            description,
            severity: Severity::of(about.level),
            tactic: short(&tactic, NAME),
            technique: short(&technique, NAME),
            service: short(service.as_deref().unwrap_or("cloudtrail"), SERVICE),
            expression,
            created,
            updated,
            meaning: Meaning::read(&about, Kind::CloudTrail)?,
        })
    }

    /// What is found of it in a record that it matches. Finds of the same actor are one finding for each type, which is
    /// tactic, service and technique; each rule that is a part of it stands among the reasons.
    #[must_use]
    pub fn detection(&self, log: &Log<'_>, cx: Context<'_>) -> Detection {
        let mut detection = fields::with(log, |record| self.meaning.detection(log, record, cx));
        detection.rule.clone_from(&self.name);
        detection.severity.get_or_insert(self.severity.number());
        detection.reasons.retain(|reason| reason.measure != "rule");
        detection.reasons.insert(
            0,
            Reason {
                measure: format!("rule {}", self.name),
                observed: self.severity.as_str().to_owned(),
                expected: String::new(),
            },
        );
        detection
    }
}

fn fault(rule: &Rule, reason: &str) -> Error {
    Error { line: rule.about.document.line, field: "rule".to_owned(), reason: reason.to_owned() }
}

fn left_out(rule: &Rule, error: Error) -> Refused {
    Refused { file: format!("rule `{}`", rule.about.title), error }
}

fn short(text: &str, most: usize) -> String {
    text.trim().chars().take(most).collect()
}

/// The id of an operator's rule: its own where that has the form (a UUID has), else made of the title.
fn id(about: &About) -> String {
    let own = about.id.to_ascii_lowercase();
    if is_id(&own) {
        return own;
    }
    let words = about.title.split(|one: char| !one.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut id = "custom".to_owned();
    for word in words {
        if id.len() + 1 + word.len() > ID {
            break;
        }
        id.push('-');
        id.push_str(&word.to_ascii_lowercase());
    }
    id
}

fn is_id(text: &str) -> bool {
    let word = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.len() <= ID && text.split('-').all(word)
}

/// A day (`2026-11-21` or `2026/11/21`) of a rule; without one it is the first of all days.
fn date(about: &About, name: &str) -> Timestamp {
    let text = about.document.get(name).and_then(Node::scalar).unwrap_or_default().replace('/', "-");
    let day = text.get(..10).unwrap_or_default();
    Timestamp::parse_iso8601(&format!("{day}T00:00:00Z")).unwrap_or(Timestamp::from_seconds(0))
}

/// `attack.privilege-escalation` as `Privilege Escalation`.
fn tactic(about: &About) -> Option<String> {
    const TACTICS: [&str; 15] = [
        "Reconnaissance",
        "Resource Development",
        "Initial Access",
        "Execution",
        "Persistence",
        "Privilege Escalation",
        "Defense Evasion",
        "Defense Impairment",
        "Credential Access",
        "Discovery",
        "Lateral Movement",
        "Collection",
        "Command And Control",
        "Exfiltration",
        "Impact",
    ];
    let tags = about.tags.iter().filter_map(|tag| tag.strip_prefix("attack."));
    let mut named = tags.map(|tag| tag.replace(['-', '_'], " "));
    named.find_map(|tag| {
        TACTICS.iter().find(|name| name.eq_ignore_ascii_case(&tag)).map(|name| (*name).to_owned())
    })
}

/// `attack.t1098.001` as `T1098.001`.
fn technique(about: &About) -> Option<String> {
    let tags = about.tags.iter().filter_map(|tag| tag.strip_prefix("attack."));
    let mut ids = tags.filter(|tag| {
        tag.strip_prefix(['t', 'T'])
            .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
    });
    ids.next().map(str::to_ascii_uppercase)
}

/// The first `eventSource` that a rule asks for, without its domain.
fn service(node: &Node) -> Option<String> {
    match &node.kind {
        NodeKind::Map(entries) => entries.iter().find_map(|(name, node)| {
            if name.split('|').next() == Some("eventSource") {
                let text = node.text().or_else(|| node.items().first().and_then(Node::text));
                text.and_then(|text| text.split('.').next())
                    .filter(|text| !text.is_empty())
                    .map(str::to_owned)
            } else {
                service(node)
            }
        }),
        NodeKind::List(items) => items.iter().find_map(service),
        _ => None,
    }
}
