//! Many rules, matched at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aho_corasick::AhoCorasick;
use foldhash::quality::FixedState;

use crate::error::Error;
use crate::expr::Expr;
use crate::matcher::{Ask, Test, gather};
use crate::record::{Record, Schema, Slot};
use crate::rule::Rule;

/// Rules bound to a kind of records. A record is shown only to rules that look for its values of the indexed
/// members, so that hundreds of rules cost next to nothing on records that they can't match.
#[derive(Debug, Default)]
pub struct Set {
    rules: Vec<Bound>,
    /// For each indexed member: rules by the value, in lower case, that they need.
    indexes: Vec<(u16, Index)>,
    /// Rules that need no such value, and one of some words in a member's text instead.
    gates: Vec<Gate>,
    /// Rules that need neither.
    always: Vec<usize>,
}

/// Rules by the words that a member's text must have: one pass over the text tells which rules to ask.
#[derive(Debug)]
struct Gate {
    member: u16,
    words: AhoCorasick,
    /// The rules of each word.
    rules: Vec<Vec<usize>>,
}

type Index = HashMap<Box<str>, Vec<usize>, FixedState>;

#[derive(Debug)]
struct Bound {
    rule: Rule,
    condition: Expr<Test<Slot>>,
    /// It stands in several indexes.
    several: bool,
}

/// Longer values of indexed members than any that rules look for.
const KEY: usize = 128;

impl Set {
    /// Binds rules to the fields of records.
    ///
    /// # Errors
    /// A rule that asks for a field that such records can't have.
    pub fn new(rules: Vec<Rule>, schema: &dyn Schema) -> Result<Self, Error> {
        let indexes = schema.indexed().iter().map(|member| (*member, Index::default())).collect();
        let mut set = Self { indexes, ..Self::default() };
        for rule in rules {
            set.add(rule, schema)?;
        }
        set.put_behind_gates();
        Ok(set)
    }

    /// Puts rules that would be asked always behind the words that they need.
    fn put_behind_gates(&mut self) {
        let mut wanted: BTreeMap<u16, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
        let mut always = Vec::new();
        for place in std::mem::take(&mut self.always) {
            let Some(bound) = self.rules.get_mut(place) else { continue };
            let Some((member, words)) = needs_word(&bound.condition) else {
                always.push(place);
                continue;
            };
            bound.several = true;
            for word in words {
                wanted.entry(member).or_default().entry(word).or_default().push(place);
            }
        }
        for (member, words) in wanted {
            let (texts, rules): (Vec<String>, Vec<Vec<usize>>) = words.into_iter().unzip();
            match AhoCorasick::builder().ascii_case_insensitive(true).build(&texts) {
                Ok(words) => self.gates.push(Gate { member, words, rules }),
                // Too many words for one automaton: they are asked one by one.
                Err(_) => always.extend(rules.into_iter().flatten().collect::<BTreeSet<_>>()),
            }
        }
        self.always = always;
    }

    fn add(&mut self, rule: Rule, schema: &dyn Schema) -> Result<(), Error> {
        let mut condition = rule.condition.map(&mut |test| bind(test, schema).map(Expr::Leaf))?;
        condition.sort(&Test::cost);
        let place = self.rules.len();
        let members: Vec<u16> = self.indexes.iter().map(|(member, _)| *member).collect();
        let keys = needs(&condition, &members).filter(|keys| keys.iter().all(|(_, key)| key.len() <= KEY));
        let Some(keys) = keys else {
            self.always.push(place);
            self.rules.push(Bound { rule, condition, several: false });
            return Ok(());
        };
        let mut several = BTreeSet::new();
        for (rank, key) in keys {
            several.insert(rank);
            if let Some((_, index)) = self.indexes.get_mut(rank) {
                index.entry(key.into()).or_default().push(place);
            }
        }
        let several = several.len() > 1;
        self.rules.push(Bound { rule, condition, several });
        Ok(())
    }

    /// Calls `hit` with the place of each rule that matches.
    pub fn matches(&self, record: &dyn Record, mut hit: impl FnMut(usize, &Rule)) {
        let mut asked = Vec::new();
        let mut ask = |place: &usize| {
            let Some(bound) = self.rules.get(*place) else { return };
            if bound.several {
                if asked.contains(place) {
                    return;
                }
                asked.push(*place);
            }
            if bound.condition.holds(&mut |test| test.holds(record)) {
                hit(*place, &bound.rule);
            }
        };
        for (member, index) in &self.indexes {
            if index.is_empty() {
                continue;
            }
            record.member(*member, &mut |value| {
                if let Some(places) = lookup(index, &value.to_text()) {
                    places.iter().for_each(&mut ask);
                }
                true
            });
        }
        for gate in &self.gates {
            record.member(gate.member, &mut |value| {
                for found in gate.words.find_overlapping_iter(value.to_text().as_bytes()) {
                    let rules = gate.rules.get(found.pattern().as_usize());
                    rules.into_iter().flatten().for_each(&mut ask);
                }
                false
            });
        }
        self.always.iter().for_each(ask);
    }

    /// The rules, in the order they were given.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|bound| &bound.rule)
    }

    /// How many rules every record is shown to.
    #[must_use]
    pub fn unindexed(&self) -> usize {
        self.always.len()
    }
}

fn lookup<'i>(index: &'i Index, text: &str) -> Option<&'i Vec<usize>> {
    let mut buffer = [0; KEY];
    let key = buffer.get_mut(..text.len())?;
    key.copy_from_slice(text.as_bytes());
    key.make_ascii_lowercase();
    index.get(std::str::from_utf8(key).ok()?)
}

fn bind(test: &Test, schema: &dyn Schema) -> Result<Test<Slot>, Error> {
    let slot = |field: &String| {
        schema.slot(field).ok_or_else(|| {
            Error::new(test.line, field.clone(), "is no field of the records of this logsource")
        })
    };
    Ok(Test {
        field: test.field.as_ref().map(slot).transpose()?,
        ask: match &test.ask {
            Ask::Values(matchers) => Ask::Values(gather(matchers)),
            Ask::Exists(there) => Ask::Exists(*there),
            Ask::Field { other, how, cased } => Ask::Field { other: slot(other)?, how: *how, cased: *cased },
        },
        part: test.part,
        line: test.line,
    })
}

/// Values of indexed members (by their rank), one of which a record must have for the condition to hold; `None` when
/// it may hold without.
fn needs(condition: &Expr<Test<Slot>>, members: &[u16]) -> Option<BTreeSet<(usize, String)>> {
    match condition {
        Expr::Leaf(test) => {
            let Some(Slot::Member(member)) = &test.field else { return None };
            let rank = members.iter().position(|other| other == member)?;
            Some(test.must_be()?.into_iter().map(|text| (rank, text)).collect())
        }
        Expr::Not(_) => None,
        Expr::All(parts) => parts
            .iter()
            .filter_map(|part| needs(part, members))
            .min_by_key(|keys| (keys.iter().map(|(rank, _)| *rank).max(), keys.len())),
        Expr::Any(parts) => parts
            .iter()
            .map(|part| needs(part, members))
            .reduce(|some, more| some.zip(more).map(|(some, more)| some.union(&more).cloned().collect()))
            .flatten(),
    }
}

/// Words (in lower case), one of which the text of a member must have for the condition to hold; `None` when it may
/// hold without.
fn needs_word(condition: &Expr<Test<Slot>>) -> Option<(u16, Vec<String>)> {
    match condition {
        Expr::Leaf(test) => {
            let Some(Slot::Member(member)) = &test.field else { return None };
            test.must_have().map(|words| (*member, words))
        }
        Expr::All(parts) => parts.iter().filter_map(needs_word).min_by_key(|(_, words)| words.len()),
        Expr::Any(_) | Expr::Not(_) => None,
    }
}
