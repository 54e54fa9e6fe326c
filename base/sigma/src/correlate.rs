//! Correlations at work: what rules found, kept for as long as it counts.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::BuildHasher;

use bastide_ids::Timestamp;
use foldhash::quality::FixedState;

use crate::correlation::{Correlation, CorrelationKind};
use crate::error::Error;
use crate::matcher::Comparison;
use crate::record::{Record, Schema, Slot, Value, text, visit};
use crate::rule::Rule;

/// Groups that a correlation keeps.
const MAX_GROUPS: usize = 20_000;

/// Moments and values that a group keeps.
const MAX_GROUP: usize = 100_001;

/// Values of one record that are counted.
const MAX_LIST: usize = 1_000;

/// Moments and values that a correlation keeps, over all its groups.
const MAX_KEPT: usize = 1_000_000;

/// Correlations, fed with what rules find.
#[derive(Debug, Default)]
pub struct Correlator {
    running: Vec<Running>,
    /// Rules whose finds are told only as part of a correlation.
    silent: BTreeSet<usize>,
}

/// What a correlation found.
#[derive(Clone, Debug)]
pub struct Fired {
    /// The correlation's place, in the order they were given.
    pub correlation: usize,
    /// The fields that were grouped by, with their values.
    pub group: Vec<(String, String)>,
    /// When the first of it happened.
    pub first: Timestamp,
    /// When the last of it happened.
    pub last: Timestamp,
    /// How many records it stands for; how many different values when those are counted.
    pub count: u64,
    /// The number that the condition is about; for temporal ones the number of rules.
    pub value: f64,
}

#[derive(Debug)]
struct Running {
    correlation: Correlation,
    /// For each rule or correlation that it refers to.
    sources: Vec<Source>,
    groups: BTreeMap<Vec<String>, Group>,
    kept: usize,
}

#[derive(Debug)]
struct Source {
    from: From,
    /// Where the fields of `group-by` are; for a correlation, their names in its group.
    group: Vec<Place>,
    values: Vec<Place>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Rule(usize),
    Correlation(usize),
}

#[derive(Clone, Debug)]
enum Place {
    Slot(Slot),
    Name(String),
}

/// What is kept of one group.
#[derive(Debug, Default)]
struct Group {
    /// Moments, and what was counted: a value's hash, a number's bits, the place of the rule.
    seen: VecDeque<(i64, u64)>,
}

impl Correlator {
    /// Links correlations with the rules they refer to, whose fields are those of `schema` (by the rule's place).
    ///
    /// # Errors
    /// A reference to nothing, a circle of references, a field that records can't have.
    pub fn new<'s>(
        correlations: Vec<Correlation>,
        rules: &[Rule],
        schema: &dyn Fn(usize) -> &'s dyn Schema,
    ) -> Result<Self, Error> {
        let mut running: Vec<Running> = Vec::new();
        let mut quiet = BTreeSet::new();
        let mut loud = BTreeSet::new();
        let all = correlations.clone();
        for (at, correlation) in correlations.into_iter().enumerate() {
            let mut sources = Vec::new();
            for reference in &correlation.rules {
                let from = resolve(reference, rules, &all, at, &correlation)?;
                if let From::Rule(place) = from {
                    if correlation.generate { &mut loud } else { &mut quiet }.insert(place);
                }
                sources.push(source(from, reference, &correlation, schema)?);
            }
            running.push(Running { correlation, sources, groups: BTreeMap::new(), kept: 0 });
        }
        Ok(Self { running, silent: quiet.difference(&loud).copied().collect() })
    }

    /// Whether there is nothing to feed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Whether what a rule finds is told only as part of a correlation.
    #[must_use]
    pub fn silent(&self, rule: usize) -> bool {
        self.silent.contains(&rule)
    }

    /// Whether a correlation refers to a rule and is judged at its windows' ends, when no record is at hand.
    #[must_use]
    pub fn waits_for(&self, correlation: usize, rule: usize) -> bool {
        self.running.get(correlation).is_some_and(|running| {
            !running.at_once() && running.sources.iter().any(|source| source.from == From::Rule(rule))
        })
    }

    /// The correlation of a [`Fired`].
    #[must_use]
    pub fn correlation(&self, place: usize) -> Option<&Correlation> {
        self.running.get(place).map(|running| &running.correlation)
    }

    /// A rule has found a record.
    pub fn hit(&mut self, rule: usize, record: &dyn Record, fired: &mut Vec<Fired>) {
        let time = record.time().millis();
        let before = fired.len();
        for (at, running) in self.running.iter_mut().enumerate() {
            for place in 0..running.sources.len() {
                let Some(source) = running.sources.get(place) else { continue };
                if source.from != From::Rule(rule) {
                    continue;
                }
                let group: Vec<String> = source.group.iter().map(|place| place.text(record)).collect();
                let values = source.values(running.correlation.kind, place, record);
                fired.extend(running.add(at, &group, time, &values));
            }
        }
        self.chain(before, fired);
    }

    /// The time has come to `now`: windows that ended are judged.
    pub fn tick(&mut self, now: Timestamp, fired: &mut Vec<Fired>) {
        let before = fired.len();
        for (at, running) in self.running.iter_mut().enumerate() {
            running.end(at, now.millis(), fired);
        }
        self.chain(before, fired);
    }

    /// What correlations found is shown to those that refer to them; these stand later in the list.
    fn chain(&mut self, before: usize, fired: &mut Vec<Fired>) {
        let mut next = before;
        while let Some(one) = fired.get(next).cloned() {
            next += 1;
            for (at, running) in self.running.iter_mut().enumerate() {
                for place in 0..running.sources.len() {
                    let Some(source) = running.sources.get(place) else { continue };
                    if source.from != From::Correlation(one.correlation) {
                        continue;
                    }
                    let group: Vec<String> =
                        source.group.iter().map(|place| place.of_group(&one.group)).collect();
                    let value = match running.correlation.kind {
                        CorrelationKind::EventCount => 0,
                        kind if kind.temporal() => place as u64,
                        CorrelationKind::ValueCount => {
                            let texts: Vec<String> =
                                source.values.iter().map(|place| place.of_group(&one.group)).collect();
                            hash(&texts)
                        }
                        _ => one.value.to_bits(),
                    };
                    fired.extend(running.add(at, &group, one.last.millis(), &[value]));
                }
            }
        }
    }
}

fn resolve(
    reference: &str,
    rules: &[Rule],
    all: &[Correlation],
    at: usize,
    of: &Correlation,
) -> Result<From, Error> {
    if let Some(place) = rules.iter().position(|rule| rule.about.is(reference)) {
        return Ok(From::Rule(place));
    }
    let line = of.about.document.line;
    match all.iter().position(|other| other.about.is(reference)) {
        Some(place) if place < at => Ok(From::Correlation(place)),
        Some(_) => Err(Error::new(line, "correlation.rules", format!("`{reference}` must stand before it"))),
        None => Err(Error::new(line, "correlation.rules", format!("there is no rule `{reference}`"))),
    }
}

fn source<'s>(
    from: From,
    reference: &str,
    correlation: &Correlation,
    schema: &dyn Fn(usize) -> &'s dyn Schema,
) -> Result<Source, Error> {
    let place = |name: &String| {
        let field = correlation.aliases.get(name).and_then(|rules| rules.get(reference)).unwrap_or(name);
        match from {
            From::Correlation(_) => Ok(Place::Name(field.clone())),
            From::Rule(rule) => schema(rule).slot(field).map(Place::Slot).ok_or_else(|| {
                let line = correlation.about.document.line;
                Error::new(line, field.clone(), format!("is no field of the records of `{reference}`"))
            }),
        }
    };
    let group = correlation.group_by.iter().map(place).collect::<Result<_, _>>()?;
    let values = correlation.fields.iter().map(place).collect::<Result<_, _>>()?;
    Ok(Source { from, group, values })
}

impl Place {
    fn text(&self, record: &dyn Record) -> String {
        match self {
            Self::Slot(slot) => text(record, slot),
            Self::Name(_) => String::new(),
        }
    }

    /// All values there, or one that is empty.
    fn texts(&self, record: &dyn Record) -> Vec<String> {
        let mut texts = Vec::new();
        if let Self::Slot(slot) = self {
            visit(record, slot, &mut |value| {
                texts.push(value.to_text().into_owned());
                texts.len() >= MAX_LIST
            });
        }
        if texts.is_empty() {
            texts.push(String::new());
        }
        texts
    }

    fn of_group(&self, group: &[(String, String)]) -> String {
        let Self::Name(name) = self else { return String::new() };
        group.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

impl Source {
    /// What is counted of a record: of a list each value, with each of the other fields; nothing when it lacks the
    /// number.
    fn values(&self, kind: CorrelationKind, place: usize, record: &dyn Record) -> Vec<u64> {
        match kind {
            CorrelationKind::EventCount => vec![0],
            CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => vec![place as u64],
            CorrelationKind::ValueCount => {
                let lists = self.values.iter().map(|place| place.texts(record));
                combined(lists).iter().map(|texts| hash(texts)).collect()
            }
            _ => {
                let mut number = None;
                if let Some(Place::Slot(slot)) = self.values.first() {
                    visit(record, slot, &mut |value: Value<'_>| {
                        number = value.to_number();
                        number.is_some()
                    });
                }
                number.map(f64::to_bits).into_iter().collect()
            }
        }
    }
}

/// Each value of a list with each of the others', up to a limit.
fn combined(lists: impl Iterator<Item = Vec<String>>) -> Vec<Vec<String>> {
    lists.fold(vec![Vec::new()], |starts, list| {
        let pairs = starts.iter().flat_map(|start| list.iter().map(move |text| (start, text)));
        let joined = |(start, text): (&Vec<String>, &String)| {
            let mut all = start.clone();
            all.push(text.clone());
            all
        };
        pairs.take(MAX_LIST).map(joined).collect()
    })
}

fn hash(texts: &[String]) -> u64 {
    FixedState::with_seed(7).hash_one(texts)
}

impl Running {
    fn add(&mut self, at: usize, key: &[String], time: i64, values: &[u64]) -> Option<Fired> {
        if values.is_empty() {
            return None;
        }
        self.make_room(key, time);
        let (span, at_once) = (self.correlation.timespan, self.at_once());
        let group = self.groups.entry(key.to_vec()).or_default();
        let before = group.seen.len();
        for value in values {
            group.insert(time, *value, self.correlation.kind);
        }
        if at_once {
            group.forget(span);
        }
        self.kept = (self.kept + group.seen.len()).saturating_sub(before);
        if !at_once {
            return None;
        }
        let (value, seen) = (self.value(key)?, self.groups.get(key)?);
        let holds = if self.correlation.kind.temporal() {
            value >= self.sources.len() as f64
        } else {
            self.correlation.conditions.iter().all(|(how, wanted)| how.holds(value, *wanted))
        };
        if !holds {
            return None;
        }
        let fired = self.fired(at, key, seen, value);
        self.remove(key);
        Some(fired)
    }

    /// Whether it is decided with each record: for what can only become more. Others wait for the window's end.
    fn at_once(&self) -> bool {
        let grows = |(how, _): &(Comparison, f64)| matches!(how, Comparison::AtLeast | Comparison::More);
        match self.correlation.kind {
            CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => true,
            CorrelationKind::EventCount | CorrelationKind::ValueCount | CorrelationKind::ValueSum => {
                self.correlation.conditions.iter().all(grows)
            }
            CorrelationKind::ValueAvg | CorrelationKind::ValuePercentile => false,
        }
    }

    fn end(&mut self, at: usize, now: i64, fired: &mut Vec<Fired>) {
        let span = self.correlation.timespan;
        let at_once = self.at_once();
        let over = |group: &Group| {
            let moment = if at_once { group.seen.back() } else { group.seen.front() };
            moment.is_none_or(|(time, _)| time.saturating_add(span) < now)
        };
        let ended: Vec<Vec<String>> =
            self.groups.iter().filter(|(_, group)| over(group)).map(|(key, _)| key.clone()).collect();
        for key in ended {
            if !at_once
                && let (Some(value), Some(group)) = (self.value(&key), self.groups.get(&key))
                && self.correlation.conditions.iter().all(|(how, wanted)| how.holds(value, *wanted))
            {
                fired.push(self.fired(at, &key, group, value));
            }
            self.remove(&key);
        }
    }

    fn remove(&mut self, key: &[String]) {
        if let Some(group) = self.groups.remove(key) {
            self.kept = self.kept.saturating_sub(group.seen.len());
        }
    }

    fn fired(&self, at: usize, key: &[String], group: &Group, value: f64) -> Fired {
        let moment = |one: Option<&(i64, u64)>| Timestamp::from_millis(one.map_or(0, |(time, _)| *time));
        Fired {
            correlation: at,
            group: self.correlation.group_by.iter().cloned().zip(key.iter().cloned()).collect(),
            first: moment(group.seen.front()),
            last: moment(group.seen.back()),
            count: group.seen.len() as u64,
            value,
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "counts, far below 2^53")]
    fn value(&self, key: &[String]) -> Option<f64> {
        let seen = &self.groups.get(key)?.seen;
        let numbers = || seen.iter().map(|(_, bits)| f64::from_bits(*bits));
        Some(match self.correlation.kind {
            CorrelationKind::EventCount => seen.len() as f64,
            CorrelationKind::ValueCount => {
                seen.iter().map(|(_, value)| value).collect::<BTreeSet<_>>().len() as f64
            }
            CorrelationKind::Temporal => {
                seen.iter().map(|(_, rule)| rule).collect::<BTreeSet<_>>().len() as f64
            }
            CorrelationKind::TemporalOrdered => in_order(seen) as f64,
            CorrelationKind::ValueSum => numbers().sum(),
            CorrelationKind::ValueAvg => numbers().sum::<f64>() / seen.len().max(1) as f64,
            CorrelationKind::ValuePercentile => {
                let mut numbers: Vec<f64> = numbers().collect();
                numbers.sort_by(f64::total_cmp);
                percentile(&numbers, self.correlation.percentile)
            }
        })
    }

    /// Forgets groups when there are too many: those that are over, else those seen longest ago.
    fn make_room(&mut self, key: &[String], now: i64) {
        let full = self.groups.len() >= MAX_GROUPS && !self.groups.contains_key(key);
        if !full && self.kept < MAX_KEPT {
            return;
        }
        let mut last: Vec<(i64, Vec<String>)> = (self.groups.iter())
            .map(|(key, group)| (group.seen.back().map_or(i64::MIN, |(time, _)| *time), key.clone()))
            .collect();
        last.sort_unstable();
        let over =
            last.iter().filter(|(time, _)| time.saturating_add(self.correlation.timespan) < now).count();
        let most = over.max(self.groups.len() / 4).max(1);
        for (_, key) in last.into_iter().take(most) {
            self.remove(&key);
        }
    }
}

impl Group {
    /// In the order of time; of values and rules only the last moment each is needed.
    fn insert(&mut self, time: i64, value: u64, kind: CorrelationKind) {
        if matches!(kind, CorrelationKind::ValueCount | CorrelationKind::Temporal)
            && let Some(place) = self.seen.iter().position(|(_, other)| *other == value)
        {
            let later = self.seen.get(place).is_some_and(|(other, _)| *other >= time);
            if later {
                return;
            }
            self.seen.remove(place);
        }
        if self.seen.len() >= MAX_GROUP {
            self.seen.pop_front();
        }
        let place = self.seen.partition_point(|(other, _)| *other <= time);
        self.seen.insert(place, (time, value));
    }

    /// Forgets what is further from the last than the timespan.
    fn forget(&mut self, span: i64) {
        let Some((last, _)) = self.seen.back().copied() else { return };
        while self.seen.front().is_some_and(|(time, _)| time.saturating_add(span) < last) {
            self.seen.pop_front();
        }
    }
}

/// How many rules, from the first on, came in their order.
fn in_order(seen: &VecDeque<(i64, u64)>) -> u64 {
    seen.iter().fold(0, |next, (_, rule)| if *rule == next { next + 1 } else { next })
}

/// The nearest rank's.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
#[allow(clippy::allow_attributes_without_reason, reason = "a rank among at most a million")]
fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1).min(sorted.len().saturating_sub(1))).copied().unwrap_or(0.0)
}
