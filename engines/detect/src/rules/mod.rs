//! Rules: Bastide's own and the operator's, in one language (Sigma).
//!
//! A rule may say in a section of its own, `bastide`, what its findings are:
//!
//! ```yaml
//! bastide:
//!   type: Stealth:IAMUser/CloudTrailLoggingDisabled   # GuardDuty's, or one of one's own
//!   severity: 7.5                                     # else the level's, or the type's
//!   resource: AccessKey                               # for types of one's own: AccessKey, Bucket, …
//!   key: [requestParameters.name]                     # tells findings apart, besides the actor
//!   show: [requestParameters.name]                    # told as reasons
//! ```
//!
//! Without it a finding's type is `Custom:` with the rule's title.

mod catalogue;
mod fields;
mod meaning;
mod native;
mod policies;
#[cfg(test)]
mod tests;
mod trial;

use std::path::Path;

use bastide_finding::{Detection, Reason};
use bastide_ids::Timestamp;
use bastide_logs::{Record as Log, cloudtrail, dns, flow, kubernetes, login};
use bastide_sigma::{Collection, Correlator, Error, Fired, Placeholders, Rule, Set, parse};

use crate::describe;
use crate::detector::{Context, Detector};
use fields::Kind;
use meaning::Meaning;

pub use catalogue::{Catalogue, Offered, Severity};
pub use policies::Policies;
pub use trial::{Trial, Tried};

/// Rules at work.
pub struct Rules {
    name: &'static str,
    rules: Vec<Rule>,
    meanings: Vec<Meaning>,
    /// For each kind of records its rules, and their places among all.
    sets: Vec<(Set, Vec<usize>)>,
    correlator: Correlator,
    /// What correlations mean.
    correlated: Vec<Meaning>,
    /// For each correlation what was last seen of it, for those that are judged at a window's end.
    last: Vec<Option<Detection>>,
    fired: Vec<Fired>,
}

/// A file of rules that is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, {error}")]
pub struct Refused {
    /// The file's name.
    pub file: String,
    /// Why.
    pub error: Error,
}

/// The most files of rules.
const MAX_FILES: usize = 10_000;

impl Rules {
    /// Bastide's own rules.
    #[must_use]
    pub fn native() -> Self {
        let (rules, refused) = Self::read("rules", native::FILES.iter().copied(), &Placeholders::new());
        debug_assert!(refused.is_empty(), "{refused:?}");
        rules
    }

    /// The operator's rules: names and texts of files. Files that are refused are left out, and told with the reason;
    /// so are filters and correlations that refer to what is not there, all of them.
    pub fn custom<'f>(
        files: impl IntoIterator<Item = (&'f str, &'f str)>,
        placeholders: &Placeholders,
    ) -> (Self, Vec<Refused>) {
        Self::read("custom-rules", files, placeholders)
    }

    /// The operator's rules: one file, or those in a folder and in folders below it that end in `.yml` or `.yaml`.
    ///
    /// # Errors
    /// When a file can't be read or is longer than 1 MiB, or there are more than 10,000.
    pub fn load(path: &Path, placeholders: &Placeholders) -> std::io::Result<(Self, Vec<Refused>)> {
        let texts = texts(path)?;
        let files = texts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        Ok(Self::read("custom-rules", files, placeholders))
    }

    fn read<'f>(
        name: &'static str,
        files: impl IntoIterator<Item = (&'f str, &'f str)>,
        placeholders: &Placeholders,
    ) -> (Self, Vec<Refused>) {
        let mut all = Collection::default();
        let mut refused = Vec::new();
        for (file, text) in files {
            let read = parse(text, placeholders).and_then(|read| check(&read).map(|()| read));
            match read {
                Ok(read) => all.append(read),
                Err(error) => refused.push(Refused { file: file.to_owned(), error }),
            }
        }
        let rules = Self::build(name, all.clone()).or_else(|error| {
            refused.push(Refused { file: "filters and correlations".to_owned(), error });
            Self::build(name, Collection { rules: all.rules, ..Collection::default() })
        });
        let rules = rules.unwrap_or_else(|error| {
            refused.push(Refused { file: "all rules".to_owned(), error });
            Self::empty(name)
        });
        (rules, refused)
    }

    fn empty(name: &'static str) -> Self {
        Self {
            name,
            rules: Vec::new(),
            meanings: Vec::new(),
            sets: Vec::new(),
            correlator: Correlator::default(),
            correlated: Vec::new(),
            last: Vec::new(),
            fired: Vec::new(),
        }
    }

    fn build(name: &'static str, all: Collection) -> Result<Self, Error> {
        let (rules, correlations) = all.filtered()?;
        let kinds: Vec<Kind> = rules.iter().map(kind_of).collect::<Result<_, _>>()?;
        let schema = |rule: usize| kinds.get(rule).copied().unwrap_or(Kind::CloudTrail).schema();
        let correlator = Correlator::new(correlations.clone(), &rules, &schema)?;
        let mut sets = Vec::new();
        for kind in Kind::ALL {
            let places: Vec<usize> =
                kinds.iter().enumerate().filter(|(_, of)| **of == kind).map(|(place, _)| place).collect();
            let of_kind = places.iter().filter_map(|place| rules.get(*place)).cloned().collect();
            sets.push((Set::new(of_kind, kind.schema())?, places));
        }
        let meanings = (rules.iter().zip(&kinds))
            .map(|(rule, kind)| Meaning::read(&rule.about, *kind))
            .collect::<Result<_, _>>()?;
        let correlated = (correlations.iter())
            .map(|correlation| {
                let first = correlation
                    .rules
                    .iter()
                    .find_map(|reference| rules.iter().position(|rule| rule.about.is(reference)));
                let kind = first.and_then(|place| kinds.get(place)).copied().unwrap_or(Kind::CloudTrail);
                Meaning::read(&correlation.about, kind)
            })
            .collect::<Result<_, _>>()?;
        let last = vec![None; correlations.len()];
        Ok(Self { name, rules, meanings, sets, correlator, correlated, last, fired: Vec::new() })
    }

    /// How many rules there are, without correlations.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The titles of the rules that match a record, parts of correlations among them; nothing is counted.
    #[must_use]
    pub fn matching(&self, log: &Log<'_>) -> Vec<&str> {
        let Some((set, places)) = self.sets.get(Kind::of(log).place()) else { return Vec::new() };
        let mut hits: Vec<&usize> = Vec::new();
        fields::with(log, |record| set.matches(record, |place, _| hits.extend(places.get(place))));
        hits.iter()
            .filter_map(|place| self.rules.get(**place))
            .map(|rule| rule.about.title.as_str())
            .collect()
    }

    fn look(&mut self, log: &Log<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        let Some((set, places)) = self.sets.get(Kind::of(log).place()) else { return };
        if places.is_empty() {
            return;
        }
        fields::with(log, |record| {
            let (meanings, correlator, fired) = (&self.meanings, &mut self.correlator, &mut self.fired);
            set.matches(record, |place, _| {
                let Some(place) = places.get(place).copied() else { return };
                if !correlator.silent(place)
                    && let Some(meaning) = meanings.get(place)
                {
                    out.push(meaning.detection(log, record, cx));
                }
                correlator.hit(place, record, fired);
                for (correlation, last) in self.last.iter_mut().enumerate() {
                    if correlator.waits_for(correlation, place)
                        && let Some(meaning) = self.correlated.get(correlation)
                    {
                        *last = Some(meaning.detection(log, record, cx));
                    }
                }
            });
            for one in fired.drain(..) {
                if let Some(meaning) = self.correlated.get(one.correlation) {
                    out.push(correlated(meaning.detection(log, record, cx), &one));
                }
            }
        });
    }
}

/// Names and texts of files of rules, in the order of their names: one file, or those of a folder and of folders below it.
fn texts(path: &Path) -> std::io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    let mut folders = Vec::new();
    if path.is_dir() {
        folders.push(path.to_owned());
    } else {
        files.push((path.display().to_string(), text(path)?));
    }
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let path = entry.path();
            let rule = path.extension().is_some_and(|end| end == "yml" || end == "yaml");
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && rule {
                if files.len() >= MAX_FILES {
                    return Err(std::io::Error::other("there are more than 10,000 files of rules"));
                }
                files.push((path.display().to_string(), text(&path)?));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The text of a file of rules.
fn text(path: &Path) -> std::io::Result<String> {
    if std::fs::metadata(path)?.len() > bastide_sigma::MAX_BYTES as u64 {
        return Err(std::io::Error::other(format!("`{}` is longer than 1 MiB", path.display())));
    }
    Ok(String::from_utf8_lossy(&std::fs::read(path)?).into_owned())
}

/// What a correlation found, told of the last of its records.
fn correlated(mut detection: Detection, fired: &Fired) -> Detection {
    detection.first = fired.first.min(detection.first);
    detection.last = fired.last;
    detection.count = fired.count;
    for (field, value) in &fired.group {
        detection.key.push_str(&format!(" {value}"));
        detection.reasons.push(Reason {
            measure: field.clone(),
            observed: value.clone(),
            expected: String::new(),
        });
    }
    let seconds = fired.last.since(fired.first).as_secs();
    detection.reasons.push(Reason {
        measure: format!("counted in {seconds} seconds"),
        observed: fired.value.to_string(),
        expected: String::new(),
    });
    detection
}

/// What must hold of each file by itself.
fn check(read: &Collection) -> Result<(), Error> {
    for rule in &read.rules {
        let kind = kind_of(rule)?;
        Set::new(vec![rule.clone()], kind.schema())?;
        Meaning::read(&rule.about, kind)?;
    }
    for correlation in &read.correlations {
        Meaning::read(&correlation.about, Kind::CloudTrail)?;
    }
    Ok(())
}

fn kind_of(rule: &Rule) -> Result<Kind, Error> {
    Kind::of_source(&rule.logsource).ok_or_else(|| {
        let document = &rule.about.document;
        let line = document.get("logsource").map_or(document.line, |node| node.line);
        let reason = "is of logs that Bastide doesn't read; it reads aws cloudtrail, vpcflow, route53 and rds, \
                      kubernetes audit, and the categories dns, firewall and database";
        Error { line, field: "logsource".to_owned(), reason: reason.to_owned() }
    })
}

impl Detector for Rules {
    fn name(&self) -> &'static str {
        self.name
    }

    fn sees(&self, kind: bastide_logs::Kind) -> bool {
        let place = match kind {
            bastide_logs::Kind::Flow => Kind::Flow.place(),
            bastide_logs::Kind::Dns => Kind::Dns.place(),
            _ => return true,
        };
        self.sets.get(place).is_some_and(|(_, places)| !places.is_empty())
    }

    fn cloudtrail(&mut self, event: &cloudtrail::Event<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        self.look(&Log::CloudTrail(event), cx, out);
    }

    fn flow(&mut self, flow: &flow::Flow<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        self.look(&Log::Flow(flow), cx, out);
    }

    fn dns(&mut self, query: &dns::Query<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        self.look(&Log::Dns(query), cx, out);
    }

    fn kubernetes(&mut self, event: &kubernetes::Event<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        self.look(&Log::Kubernetes(event), cx, out);
    }

    fn login(&mut self, login: &login::Login<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        self.look(&Log::Login(login), cx, out);
    }

    fn tick(&mut self, now: Timestamp, _cx: Context<'_>, out: &mut Vec<Detection>) {
        if self.correlator.is_empty() {
            return;
        }
        self.correlator.tick(now, &mut self.fired);
        for fired in self.fired.drain(..) {
            if let Some(Some(last)) = self.last.get(fired.correlation) {
                out.push(correlated(last.clone(), &fired));
            }
        }
    }
}
