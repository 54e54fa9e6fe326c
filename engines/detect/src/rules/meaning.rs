//! What a rule's finds mean: the `bastide` section.

use bastide_finding::{Detection, FindingType, Reason, ResourceKind, Source, declare, find};
use bastide_logs::Record as Log;
use bastide_sigma::{About, Error, Kind as NodeKind, Node, Record, Slot, text};

use super::describe;
use super::fields::Kind;
use crate::detector::Context;

/// Fields that tell findings apart, and fields that are shown.
const MAX_FIELDS: usize = 10;

/// The longest value that is kept of a field, in characters.
const MAX_VALUE: usize = 200;

/// What a rule's finds mean.
#[derive(Clone, Debug)]
pub(super) struct Meaning {
    kind: &'static FindingType,
    severity: Option<f64>,
    key: Vec<Slot>,
    show: Vec<(String, Slot)>,
    title: String,
}

impl Meaning {
    pub(super) fn read(about: &About, kind: Kind) -> Result<Self, Error> {
        let section = about.document.get("bastide");
        let line = section.map_or(about.document.line, |node| node.line);
        let fail = |field: &str, reason: &str| Error {
            line,
            field: format!("bastide.{field}"),
            reason: reason.to_owned(),
        };
        let severity = match section.and_then(|node| node.get("severity")).map(|node| &node.kind) {
            None => None,
            #[allow(clippy::cast_precision_loss, reason = "severities go to 10")]
            Some(NodeKind::Integer(number)) => Some(*number as f64),
            Some(NodeKind::Float(number)) => Some(*number),
            Some(_) => Some(0.0),
        };
        if severity.is_some_and(|number| !(1.0..=10.0).contains(&number)) {
            return Err(fail("severity", "must be a number from 1.0 to 10.0"));
        }
        let fields = |name: &str| -> Result<Vec<(String, Slot)>, Error> {
            let Some(list) = section.and_then(|node| node.get(name)) else { return Ok(Vec::new()) };
            let texts = if list.items().is_empty() { std::slice::from_ref(list) } else { list.items() };
            if texts.len() > MAX_FIELDS {
                return Err(fail(name, "has more than 10 fields"));
            }
            texts
                .iter()
                .map(|node| {
                    let field = node.text().unwrap_or_default();
                    let slot = kind.schema().slot(field).filter(|_| !field.is_empty());
                    slot.map(|slot| (field.to_owned(), slot))
                        .ok_or_else(|| fail(name, "must name fields of the record"))
                })
                .collect()
        };
        let key = fields("key")?.into_iter().map(|(_, slot)| slot).collect();
        let wanted = severity.unwrap_or(about.level.severity());
        let kind = finding_type(about, section, kind, wanted).ok_or_else(|| {
            fail("type", "must be `Tactic:Resource/Name`; a type of one's own needs a `resource`")
        })?;
        // A type of GuardDuty's has a severity; the rule's counts only where it says one.
        let severity = if kind.own { None } else { severity };
        Ok(Self { kind, severity, key, show: fields("show")?, title: about.title.clone() })
    }

    #[cfg(test)]
    pub(super) fn kind(&self) -> &'static FindingType {
        self.kind
    }

    /// A detection of one record.
    pub(super) fn detection(&self, log: &Log<'_>, record: &dyn Record, cx: Context<'_>) -> Detection {
        let mut detection = describe::detection(self.kind, log, cx);
        detection.severity = self.severity;
        for slot in &self.key {
            detection.key.push(' ');
            detection.key.push_str(&shown(record, slot));
        }
        detection.reasons.push(Reason {
            measure: "rule".to_owned(),
            observed: self.title.clone(),
            expected: String::new(),
        });
        for (field, slot) in &self.show {
            let observed = shown(record, slot);
            if !observed.is_empty() {
                detection.reasons.push(Reason { measure: field.clone(), observed, expected: String::new() });
            }
        }
        detection
    }
}

fn shown(record: &dyn Record, slot: &Slot) -> String {
    let whole = text(record, slot);
    if whole.chars().count() <= MAX_VALUE {
        whole
    } else {
        whole.chars().take(MAX_VALUE).chain(['…']).collect()
    }
}

fn finding_type(
    about: &About,
    section: Option<&Node>,
    kind: Kind,
    severity: f64,
) -> Option<&'static FindingType> {
    let usual = usual(kind);
    let named = section.and_then(|node| node.get("type")).and_then(Node::text);
    let Some(name) = named else {
        let name = format!("Custom:{}/{}", usual.2, pascal(&about.title));
        return declare(&name, severity, (usual.0, usual.1), (&about.title, description(about)));
    };
    if let Some(known) = find(name).filter(|known| !known.own) {
        return Some(known);
    }
    let well_formed = name.split_once(':').and_then(|(_, rest)| rest.split_once('/')).is_some();
    let resource = match section.and_then(|node| node.get("resource")).and_then(Node::text) {
        None => usual.1,
        Some("AccessKey") => ResourceKind::AccessKey,
        Some("Bucket") => ResourceKind::Bucket,
        Some("Instance") => ResourceKind::Instance,
        Some("Cluster") => ResourceKind::Cluster,
        Some("Database") => ResourceKind::Database,
        Some(_) => return None,
    };
    if !well_formed || name.len() > 200 {
        return None;
    }
    declare(name, severity, (usual.0, resource), (&about.title, description(about)))
}

fn description(about: &About) -> &str {
    if about.description.is_empty() { &about.title } else { &about.description }
}

fn usual(kind: Kind) -> (Source, ResourceKind, &'static str) {
    match kind {
        Kind::CloudTrail => (Source::CloudTrail, ResourceKind::AccessKey, "IAMUser"),
        Kind::Flow => (Source::Flow, ResourceKind::Instance, "EC2"),
        Kind::Dns => (Source::Dns, ResourceKind::Instance, "EC2"),
        Kind::Kubernetes => (Source::Kubernetes, ResourceKind::Cluster, "Kubernetes"),
        Kind::Login => (Source::RdsLogin, ResourceKind::Database, "RDS"),
    }
}

/// `Root used in the console` as `RootUsedInTheConsole`.
fn pascal(title: &str) -> String {
    let words = title.split(|one: char| !one.is_alphanumeric()).filter(|word| !word.is_empty());
    let joined: String = words
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
        })
        .collect();
    joined.chars().take(100).collect()
}
