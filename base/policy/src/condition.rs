use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bastide_ids::Arn;

use crate::context::{Value, Values};
use crate::date;
use crate::malformed::{Fault, MalformedPolicy};
use crate::operators::{self, Cidr, Family, Number, Operator, Quantifier, Relation};
use crate::pattern::{ArnPattern, Lookup, Pattern, Syntax, Variable};

/// One key of one operator in a `Condition` block, its values read once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    quantifier: Quantifier,
    if_exists: bool,
    negated: bool,
    /// Lower-cased.
    key: Box<str>,
    /// As written in the policy.
    name: Box<str>,
    test: Test,
}

/// The policy's values; the request's value passes when it fits any of them.
#[derive(Clone, Debug, PartialEq)]
enum Test {
    Text(Box<[Pattern]>),
    TextIgnoreCase(Box<[Pattern]>),
    Number(Relation, Box<[Number]>),
    /// Milliseconds since 1970.
    Date(Relation, Box<[i128]>),
    Bool(Box<[bool]>),
    Binary(Box<[Vec<u8>]>),
    Ip(Box<[Cidr]>),
    Arn(Box<[ArnPattern]>),
    /// Whether the key must be absent.
    Null(Box<[bool]>),
}

impl Condition {
    /// Compiles one key of an operator's block.
    ///
    /// # Errors
    /// An unknown operator, or a value that a date, numeric or address operator cannot read: such a value would
    /// make a negated operator hold for every request. A `Bool`, `Null` or binary value that cannot be read
    /// only never holds.
    pub(crate) fn compile(
        operator: &str,
        key: &str,
        values: &[String],
        variables: bool,
    ) -> Result<Self, MalformedPolicy> {
        let (quantifier, operator, if_exists) =
            operators::parse(operator).ok_or_else(MalformedPolicy::syntax)?;
        let test = compile_test(operator, values, variables)
            .ok_or_else(|| MalformedPolicy::legacy(Fault::Condition))?;
        let negated = operator.negated;
        let lower = key.to_ascii_lowercase().into();
        Ok(Self { quantifier, if_exists, negated, key: lower, name: key.into(), test })
    }

    /// Whether the request fulfils this condition.
    ///
    /// An absent key fulfils `IfExists`, `ForAllValues` and the negated operators, and nothing else. A policy
    /// variable without a value never holds, negated or not.
    pub(crate) fn holds(&self, lookup: &Lookup<'_>) -> bool {
        let found = lookup.values(&self.key);
        if let Test::Null(absent) = &self.test {
            return absent.contains(&found.is_none());
        }
        let Some(values) = found else {
            return match self.quantifier {
                Quantifier::All => true,
                Quantifier::Any => self.if_exists,
                Quantifier::Single => self.if_exists || self.negated,
            };
        };
        if self.negated && !self.test.resolves(lookup) {
            return false;
        }
        match self.quantifier {
            Quantifier::Single => values.iter().any(|value| self.test.fits(value, lookup)) != self.negated,
            Quantifier::Any => values.iter().any(|value| self.test.fits(value, lookup) != self.negated),
            Quantifier::All => {
                is_null(&values) || values.iter().all(|value| self.test.fits(value, lookup) != self.negated)
            }
        }
    }

    /// The key as the policy writes it, and lower-cased.
    pub(crate) fn key(&self) -> (&str, &str) {
        (&self.name, &self.key)
    }

    /// The variables in the condition's values.
    pub(crate) fn variables(&self) -> Vec<&Variable> {
        match &self.test {
            Test::Text(patterns) | Test::TextIgnoreCase(patterns) => {
                patterns.iter().flat_map(Pattern::variables).collect()
            }
            Test::Arn(patterns) => patterns.iter().flat_map(ArnPattern::variables).collect(),
            _ => Vec::new(),
        }
    }
}

/// `ForAllValues` also holds when the key resolves to nothing, such as an empty text.
fn is_null(values: &Values<'_>) -> bool {
    values.iter().all(|value| value == Value::Text(""))
}

impl Test {
    fn fits(&self, value: Value<'_>, lookup: &Lookup<'_>) -> bool {
        match self {
            Self::Text(patterns) => {
                let text = value.text();
                patterns.iter().any(|pattern| pattern.matches(&text, lookup))
            }
            Self::TextIgnoreCase(patterns) => {
                let text = value.text();
                patterns
                    .iter()
                    .any(|pattern| pattern.expand(lookup).is_some_and(|wanted| same_letters(&wanted, &text)))
            }
            Self::Number(relation, numbers) => number(value)
                .is_some_and(|given| numbers.iter().any(|wanted| relation.holds(given.compare(*wanted)))),
            Self::Date(relation, dates) => moment(value)
                .is_some_and(|given| dates.iter().any(|wanted| relation.holds(given.cmp(wanted)))),
            Self::Bool(wanted) => truth(value).is_some_and(|given| wanted.contains(&given)),
            Self::Binary(wanted) => BASE64.decode(&*value.text()).is_ok_and(|given| wanted.contains(&given)),
            Self::Ip(ranges) => {
                address(value).is_some_and(|given| ranges.iter().any(|range| range.contains(given)))
            }
            Self::Arn(patterns) => {
                let text = value.text();
                let arn = Arn::parse(&text).ok();
                arn.is_some() && patterns.iter().any(|pattern| pattern.matches(arn.as_ref(), lookup))
            }
            // Decided before any value is looked at.
            Self::Null(_) => false,
        }
    }

    fn resolves(&self, lookup: &Lookup<'_>) -> bool {
        match self {
            Self::Text(patterns) | Self::TextIgnoreCase(patterns) => {
                patterns.iter().all(|pattern| pattern.resolves(lookup))
            }
            Self::Arn(patterns) => patterns.iter().all(|pattern| pattern.resolves(lookup)),
            _ => true,
        }
    }
}

fn compile_test(operator: Operator, values: &[String], variables: bool) -> Option<Test> {
    let exact = Syntax { wildcards: false, variables };
    let like = Syntax { wildcards: true, variables };
    Some(match operator.family {
        Family::Text => Test::Text(values.iter().map(|value| Pattern::compile(value, exact)).collect()),
        Family::TextLike => Test::Text(values.iter().map(|value| Pattern::compile(value, like)).collect()),
        Family::TextIgnoreCase => {
            Test::TextIgnoreCase(values.iter().map(|value| Pattern::compile(value, exact)).collect())
        }
        Family::Number(relation) => {
            Test::Number(relation, values.iter().map(|value| Number::parse(value)).collect::<Option<_>>()?)
        }
        Family::Date(relation) => {
            Test::Date(relation, values.iter().map(|value| date::parse(value)).collect::<Option<_>>()?)
        }
        Family::Bool => Test::Bool(values.iter().filter_map(|value| parse_bool(value)).collect()),
        Family::Binary => Test::Binary(values.iter().filter_map(|value| BASE64.decode(value).ok()).collect()),
        Family::Ip => Test::Ip(values.iter().map(|value| Cidr::parse(value)).collect::<Option<_>>()?),
        Family::Arn => {
            Test::Arn(values.iter().filter_map(|value| ArnPattern::compile(value, like, false)).collect())
        }
        Family::Null => Test::Null(values.iter().filter_map(|value| parse_bool(value)).collect()),
    })
}

fn parse_bool(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn same_letters(one: &str, two: &str) -> bool {
    one.chars().flat_map(char::to_lowercase).eq(two.chars().flat_map(char::to_lowercase))
}

fn number(value: Value<'_>) -> Option<Number> {
    match value {
        Value::Number(number) => Some(Number::Whole(number)),
        Value::Date(moment) => Some(Number::Whole(moment.seconds())),
        Value::Text(text) => Number::parse(text),
        Value::Bool(_) | Value::Ip(_) => None,
    }
}

fn moment(value: Value<'_>) -> Option<i128> {
    match value {
        Value::Date(moment) => Some(i128::from(moment.millis())),
        Value::Number(seconds) => Some(i128::from(seconds) * 1000),
        Value::Text(text) => date::parse(text),
        Value::Bool(_) | Value::Ip(_) => None,
    }
}

fn truth(value: Value<'_>) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(truth),
        Value::Text(text) => parse_bool(text),
        Value::Number(_) | Value::Date(_) | Value::Ip(_) => None,
    }
}

fn address(value: Value<'_>) -> Option<IpAddr> {
    match value {
        Value::Ip(address) => Some(address),
        Value::Text(text) => text.parse().ok(),
        Value::Number(_) | Value::Date(_) | Value::Bool(_) => None,
    }
}
