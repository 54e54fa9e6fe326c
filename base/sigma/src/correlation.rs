//! Correlations: what rules found, counted and put in relation (`correlation`).

use std::collections::BTreeMap;

use crate::error::Error;
use crate::matcher::Comparison;
use crate::rule::{About, text, texts};
use crate::yaml::{Kind, Node};

/// Numbers that a condition can count to.
const MAX_COUNT: f64 = 100_000.0;

/// Different values that a condition can count to.
const MAX_VALUES: f64 = 10_000.0;

/// A rule about several records.
#[derive(Clone, Debug)]
pub struct Correlation {
    /// What it says of itself.
    pub about: About,
    /// `type`.
    pub kind: CorrelationKind,
    /// `rules`: names and ids of rules or correlations.
    pub rules: Vec<String>,
    /// `group-by`: records that agree in these are counted together.
    pub group_by: Vec<String>,
    /// `timespan`, in milliseconds.
    pub timespan: i64,
    /// `aliases`: a name for fields that rules name differently: alias to rule to field.
    pub aliases: BTreeMap<String, BTreeMap<String, String>>,
    /// `generate`: what the rules find by themselves is told too.
    pub generate: bool,
    /// What the number must be; all of them hold.
    pub conditions: Vec<(Comparison, f64)>,
    /// The fields whose values are counted or added up.
    pub fields: Vec<String>,
    /// Which percentile, 0 to 100.
    pub percentile: f64,
}

/// `type` of a correlation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrelationKind {
    /// `event_count`: how many.
    EventCount,
    /// `value_count`: how many different values of a field.
    ValueCount,
    /// `temporal`: all rules within the time.
    Temporal,
    /// `temporal_ordered`: all rules within the time, in this order.
    TemporalOrdered,
    /// `value_sum`: the sum of a field.
    ValueSum,
    /// `value_avg`: its average.
    ValueAvg,
    /// `value_percentile`: a percentile of it.
    ValuePercentile,
}

impl CorrelationKind {
    /// Whether it is about when rules matched, rather than about a number.
    #[must_use]
    pub fn temporal(self) -> bool {
        matches!(self, Self::Temporal | Self::TemporalOrdered)
    }
}

const PATH: &str = "correlation.";

impl Correlation {
    pub(crate) fn read(node: &Node) -> Result<Self, Error> {
        let about = About::read(node)?;
        let Some(body) = node.get("correlation") else {
            return Err(Error::new(node.line, "correlation", "is missing"));
        };
        let line = |name: &str| body.get(name).map_or(body.line, |member| member.line);
        let fail = |name: &str, reason: &str| Error::new(line(name), format!("{PATH}{name}"), reason);
        let kind =
            kind(&text(body, "type", PATH)?).ok_or_else(|| fail("type", "is not a type of correlations"))?;
        let rules = texts(body, "rules", PATH)?;
        if rules.is_empty() || rules.len() > 100 {
            return Err(fail("rules", "must name 1 to 100 rules"));
        }
        let timespan = timespan(&text(body, "timespan", PATH)?).ok_or_else(|| {
            fail("timespan", "must be a number and one of s, m, h, d, w, M, y; 2 years at most")
        })?;
        let generate = match text(body, "generate", PATH)?.as_str() {
            "" | "false" => false,
            "true" => true,
            _ => return Err(fail("generate", "must be true or false")),
        };
        let mut read = Self {
            about,
            kind,
            rules,
            group_by: texts(body, "group-by", PATH)?,
            timespan,
            aliases: aliases(body)?,
            generate,
            conditions: Vec::new(),
            fields: Vec::new(),
            percentile: 50.0,
        };
        read.read_condition(node, body)?;
        Ok(read)
    }

    fn read_condition(&mut self, node: &Node, body: &Node) -> Result<(), Error> {
        // The specification's first version put it beside `correlation`'s other members; some files have it outside.
        let condition = body.get("condition").or_else(|| node.get("condition"));
        let Some(condition) = condition else {
            if self.kind.temporal() {
                return Ok(());
            }
            return Err(Error::new(body.line, "correlation.condition", "is missing"));
        };
        let fail = |reason: String| Error::new(condition.line, "correlation.condition", reason);
        let Kind::Map(entries) = &condition.kind else {
            return Err(fail("must be a map, such as `gte: 10`".to_owned()));
        };
        for (key, value) in entries {
            let how = match key.as_str() {
                "field" => {
                    self.fields = texts(condition, "field", "correlation.condition.")?;
                    continue;
                }
                "lt" => Comparison::Less,
                "lte" => Comparison::AtMost,
                "gt" => Comparison::More,
                "gte" => Comparison::AtLeast,
                "eq" => Comparison::Equal,
                "neq" => Comparison::Other,
                "percentile" => {
                    self.percentile = number(value)
                        .filter(|part| (0.0..=100.0).contains(part))
                        .ok_or_else(|| fail("`percentile` must be a number from 0 to 100".to_owned()))?;
                    continue;
                }
                other => return Err(fail(format!("`{other}` is not known here"))),
            };
            let wanted = number(value).ok_or_else(|| fail(format!("`{key}` needs a number")))?;
            self.conditions.push((how, wanted));
        }
        self.check_condition().map_err(fail)
    }

    fn check_condition(&self) -> Result<(), String> {
        use CorrelationKind::{EventCount, Temporal, TemporalOrdered, ValueCount};
        if self.conditions.is_empty() && !self.kind.temporal() {
            return Err("compares with no number".to_owned());
        }
        let counts = matches!(self.kind, EventCount | ValueCount);
        let most = if self.kind == ValueCount { MAX_VALUES } else { MAX_COUNT };
        if counts && self.conditions.iter().any(|(_, number)| *number > most) {
            return Err(format!("counts further than {most}"));
        }
        if counts && self.conditions.iter().all(|(how, number)| how.holds(1.0, *number)) {
            return Err("would match everything: one record is enough".to_owned());
        }
        let needs_field = !matches!(self.kind, EventCount | Temporal | TemporalOrdered);
        if needs_field && self.fields.is_empty() {
            return Err("needs a `field`".to_owned());
        }
        Ok(())
    }
}

fn kind(text: &str) -> Option<CorrelationKind> {
    Some(match text {
        "event_count" => CorrelationKind::EventCount,
        "value_count" => CorrelationKind::ValueCount,
        "temporal" => CorrelationKind::Temporal,
        "temporal_ordered" => CorrelationKind::TemporalOrdered,
        "value_sum" => CorrelationKind::ValueSum,
        "value_avg" => CorrelationKind::ValueAvg,
        "value_percentile" => CorrelationKind::ValuePercentile,
        _ => return None,
    })
}

fn number(node: &Node) -> Option<f64> {
    match &node.kind {
        #[allow(clippy::cast_precision_loss, reason = "counts, far below 2^53")]
        Kind::Integer(number) => Some(*number as f64),
        Kind::Float(number) => Some(*number),
        _ => None,
    }
}

/// `30s`, `5m`, `1h`, `2d`, `1w`, `1M`, `1y` in milliseconds.
fn timespan(text: &str) -> Option<i64> {
    let unit = text.chars().next_back()?;
    let number: i64 = text.strip_suffix(unit)?.trim().parse().ok().filter(|number| *number > 0)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        'M' => 30 * 86_400,
        'y' => 365 * 86_400,
        _ => return None,
    };
    number.checked_mul(seconds * 1000).filter(|millis| *millis <= 2 * 365 * 86_400_000)
}

fn aliases(body: &Node) -> Result<BTreeMap<String, BTreeMap<String, String>>, Error> {
    let mut aliases = BTreeMap::new();
    for (alias, fields) in body.get("aliases").map(Node::entries).unwrap_or_default() {
        let path = format!("correlation.aliases.{alias}");
        let mut of_rules = BTreeMap::new();
        for (rule, field) in fields.entries() {
            let Some(field) = field.text() else {
                return Err(Error::new(field.line, path, "must name a field"));
            };
            of_rules.insert(rule.clone(), field.to_owned());
        }
        if of_rules.is_empty() {
            return Err(Error::new(fields.line, path, "must be a map of rules to fields"));
        }
        aliases.insert(alias.clone(), of_rules);
    }
    Ok(aliases)
}
