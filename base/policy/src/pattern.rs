use std::borrow::Cow;

use bastide_ids::{AccountId, Arn};

use crate::context::{ContextSource, Values};
use crate::principal::Principal;

/// Where keys are looked up during one decision.
pub(crate) struct Lookup<'a> {
    pub(crate) context: &'a dyn ContextSource,
    pub(crate) principal: &'a Principal,
    pub(crate) resource_account: Option<AccountId>,
}

impl Lookup<'_> {
    /// The values of a lower-cased key, never an empty set: a key without values counts as absent.
    pub(crate) fn values(&self, key: &str) -> Option<Values<'_>> {
        self.context
            .values(key)
            .or_else(|| self.principal.context(key))
            .or_else(|| match (key, &self.resource_account) {
                ("aws:resourceaccount", Some(account)) => Some(Values::text(account.as_str())),
                _ => None,
            })
            .filter(|values| !values.is_empty())
    }

    /// A variable's text: of a key with exactly one value, else the default of an absent key.
    fn resolve<'v>(&'v self, variable: &'v Variable) -> Option<Cow<'v, str>> {
        match self.values(&variable.key) {
            Some(values) => values.single().map(crate::context::Value::text),
            None => variable.default.as_deref().map(Cow::Borrowed),
        }
    }
}

/// What is special in a pattern's text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Syntax {
    /// `*` and `?`.
    pub(crate) wildcards: bool,
    /// `${key}`, `${key, 'default'}`, `${*}`, `${?}`, `${$}`: version 2012-10-17 only.
    pub(crate) variables: bool,
}

/// A text with `*`, `?` and policy variables, split once.
///
/// Matching takes the leftmost place for each stretch between stars and never goes back past a star, so its time
/// is that of finding each stretch once: linear (see [`crate::search`] for stretches that hold `?`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// `*`
    Any,
    /// A text without anything special: most patterns.
    Exact(Box<str>),
    /// A text and a star.
    Prefix(Box<str>),
    Glob {
        first: Stretch,
        middle: Box<[Stretch]>,
        /// What follows the last star; `None` without any star.
        last: Option<Stretch>,
    },
}

/// The longest name and default of a policy variable together, in bytes.
const LONGEST_VARIABLE: usize = 1024;

/// Up to so many steps, trying every place is cheaper than preparing a search.
const SMALL: usize = 4096;

/// What stands between two stars.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stretch(Box<[Piece]>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(Box<str>),
    /// So many characters, whatever they are.
    Skip(usize),
    Variable(Box<Variable>),
}

/// A policy variable. Its value is always taken literally: a `*` in it is no wildcard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Lower-cased.
    pub(crate) key: Box<str>,
    /// As written in the policy.
    pub(crate) name: Box<str>,
    default: Option<Box<str>>,
}

impl Pattern {
    pub(crate) fn compile(text: &str, syntax: Syntax) -> Self {
        if syntax.wildcards && !text.is_empty() && text.bytes().all(|b| b == b'*') {
            return Self::Any;
        }
        let mut stretches = Compiler::default();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            if syntax.variables
                && let Some((special, after)) = read_variable(rest)
            {
                stretches.push_special(special);
                rest = after;
                continue;
            }
            match next {
                '*' if syntax.wildcards => stretches.star(),
                '?' if syntax.wildcards => stretches.skip(),
                literal => stretches.text.push(literal),
            }
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        }
        stretches.finish()
    }

    pub(crate) fn matches(&self, text: &str, lookup: &Lookup<'_>) -> bool {
        let (first, middle, last) = match self {
            Self::Any => return true,
            Self::Exact(wanted) => return **wanted == *text,
            Self::Prefix(start) => return text.starts_with(&**start),
            Self::Glob { first, middle, last } => (first, middle, last),
        };
        let Some(mut rest) = first.strip(text, lookup) else { return false };
        let Some(last) = last else { return rest.is_empty() };
        for stretch in middle {
            match stretch.find(rest, lookup) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        last.ends(rest, lookup)
    }

    /// Matches a pattern that was compiled without variables.
    pub(crate) fn matches_plain(&self, text: &str) -> bool {
        self.matches(text, &Lookup { context: &(), principal: &Principal::Anonymous, resource_account: None })
    }

    /// Whether every variable has a value.
    pub(crate) fn resolves(&self, lookup: &Lookup<'_>) -> bool {
        self.variables().all(|variable| lookup.resolve(variable).is_some())
    }

    pub(crate) fn variables(&self) -> impl Iterator<Item = &Variable> {
        let (first, middle, last) = match self {
            Self::Any | Self::Exact(_) | Self::Prefix(_) => (None, None, None),
            Self::Glob { first, middle, last } => (Some(first), Some(middle.iter()), last.as_ref()),
        };
        let stretches = first.into_iter().chain(middle.into_iter().flatten()).chain(last);
        stretches.flat_map(|stretch| &stretch.0).filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(&**variable),
            Piece::Text(_) | Piece::Skip(_) => None,
        })
    }

    /// The text of a pattern compiled without wildcards, its variables filled in; `None` when one has no value.
    pub(crate) fn expand(&self, lookup: &Lookup<'_>) -> Option<Cow<'_, str>> {
        match self {
            Self::Exact(text) => Some(Cow::Borrowed(text)),
            Self::Any | Self::Prefix(_) => None,
            Self::Glob { first, .. } => first
                .0
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => Some(Cow::Borrowed(&**text)),
                    Piece::Variable(variable) => lookup.resolve(variable),
                    Piece::Skip(_) => None,
                })
                .collect::<Option<String>>()
                .map(Cow::Owned),
        }
    }
}

impl Stretch {
    /// The rest of the text after this stretch at its beginning.
    fn strip<'t>(&self, mut text: &'t str, lookup: &Lookup<'_>) -> Option<&'t str> {
        for piece in &self.0 {
            text = match piece {
                Piece::Text(literal) => text.strip_prefix(&**literal)?,
                Piece::Skip(count) => skip_chars(text, *count)?,
                Piece::Variable(variable) => text.strip_prefix(&*lookup.resolve(variable)?)?,
            };
        }
        Some(text)
    }

    /// The rest of the text after the leftmost place of this stretch.
    fn find<'t>(&self, text: &'t str, lookup: &Lookup<'_>) -> Option<&'t str> {
        if let [Piece::Text(literal)] = &*self.0 {
            return text.find(&**literal).and_then(|at| text.get(at + literal.len()..));
        }
        if self.0.len().saturating_mul(text.len()) > SMALL {
            let end = crate::search::end_of_first(&self.characters(lookup)?, text)?;
            return text.get(end..);
        }
        let mut places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        places.find_map(|at| self.strip(text.get(at..)?, lookup))
    }

    /// The characters one by one, `None` for any; nothing when a variable has no value.
    fn characters(&self, lookup: &Lookup<'_>) -> Option<Vec<Option<char>>> {
        let mut characters = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(literal) => characters.extend(literal.chars().map(Some)),
                Piece::Skip(count) => characters.extend(std::iter::repeat_n(None, *count)),
                Piece::Variable(variable) => characters.extend(lookup.resolve(variable)?.chars().map(Some)),
            }
        }
        Some(characters)
    }

    /// Whether the text ends in this stretch.
    fn ends(&self, text: &str, lookup: &Lookup<'_>) -> bool {
        match &*self.0 {
            [] => true,
            [Piece::Text(literal)] => text.ends_with(&**literal),
            pieces => {
                let length = pieces.iter().try_fold(0_usize, |sum, piece| {
                    let more = match piece {
                        Piece::Text(literal) => literal.chars().count(),
                        Piece::Skip(count) => *count,
                        Piece::Variable(variable) => lookup.resolve(variable)?.chars().count(),
                    };
                    Some(sum.saturating_add(more))
                });
                length
                    .and_then(|length| last_chars(text, length))
                    .and_then(|tail| self.strip(tail, lookup))
                    .is_some_and(str::is_empty)
            }
        }
    }
}

fn skip_chars(text: &str, count: usize) -> Option<&str> {
    let mut chars = text.chars();
    for _ in 0..count {
        chars.next()?;
    }
    Some(chars.as_str())
}

fn last_chars(text: &str, count: usize) -> Option<&str> {
    match count.checked_sub(1) {
        None => Some(""),
        Some(before) => text.char_indices().rev().nth(before).and_then(|(at, _)| text.get(at..)),
    }
}

#[derive(Default)]
struct Compiler {
    done: Vec<Stretch>,
    pieces: Vec<Piece>,
    text: String,
}

impl Compiler {
    fn flush_text(&mut self) {
        if !self.text.is_empty() {
            self.pieces.push(Piece::Text(std::mem::take(&mut self.text).into()));
        }
    }

    fn flush_stretch(&mut self) {
        self.flush_text();
        self.done.push(Stretch(std::mem::take(&mut self.pieces).into()));
    }

    fn star(&mut self) {
        self.flush_stretch();
    }

    fn skip(&mut self) {
        self.flush_text();
        if let Some(Piece::Skip(count)) = self.pieces.last_mut() {
            *count += 1;
        } else {
            self.pieces.push(Piece::Skip(1));
        }
    }

    fn push_special(&mut self, special: Special) {
        match special {
            Special::Literal(literal) => self.text.push(literal),
            Special::Variable(variable) => {
                self.flush_text();
                self.pieces.push(Piece::Variable(Box::new(variable)));
            }
        }
    }

    fn finish(mut self) -> Pattern {
        self.flush_stretch();
        let stars = self.done.len().saturating_sub(1);
        let last = if stars == 0 { None } else { self.done.pop() };
        let mut stretches = self.done.into_iter();
        let first = stretches.next().unwrap_or_default();
        // An empty stretch stands between two neighbouring stars, which mean the same as one.
        let middle: Box<[Stretch]> = stretches.filter(|stretch| !stretch.0.is_empty()).collect();
        match (&*first.0, &*middle, &last) {
            ([], [], None) => Pattern::Exact("".into()),
            ([Piece::Text(text)], [], None) => Pattern::Exact(text.clone()),
            ([Piece::Text(text)], [], Some(Stretch(end))) if end.is_empty() => Pattern::Prefix(text.clone()),
            _ => Pattern::Glob { first, middle, last },
        }
    }
}

enum Special {
    Literal(char),
    Variable(Variable),
}

/// Reads `${…}` at the beginning of a text; `None` when it is none, and so stands for itself.
fn read_variable(text: &str) -> Option<(Special, &str)> {
    let rest = text.strip_prefix("${")?;
    // Looked for no further than a variable can be long: a text may hold `${` thousands of times.
    let near = rest.get(..rest.floor_char_boundary(LONGEST_VARIABLE))?;
    let end = near.find('}')?;
    let (inside, after) = (rest.get(..end)?, rest.get(end + 1..)?);
    let special = match inside {
        "*" => Special::Literal('*'),
        "?" => Special::Literal('?'),
        "$" => Special::Literal('$'),
        _ => {
            let (name, default) = match inside.split_once(',') {
                None => (inside.trim(), None),
                Some((name, default)) => {
                    let default = default.trim().strip_prefix('\'')?.strip_suffix('\'')?;
                    (name.trim(), Some(default.into()))
                }
            };
            if name.is_empty() {
                return None;
            }
            Special::Variable(Variable { key: name.to_ascii_lowercase().into(), name: name.into(), default })
        }
    };
    Some((special, after))
}

/// A pattern over ARNs: each of the six parts is matched by itself, so that a `*` before the resource part does
/// not cross a colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ArnPattern {
    Any,
    Parts(Box<[Pattern; 6]>),
}

impl ArnPattern {
    /// Splits a pattern. Parts left out at the end are wildcards when `complete` is set, as IAM completes them
    /// in `Resource`; else a pattern of fewer than six parts is `None` and matches no ARN.
    pub(crate) fn compile(text: &str, syntax: Syntax, complete: bool) -> Option<Self> {
        if !text.is_empty() && text.bytes().all(|b| b == b'*') {
            return Some(Self::Any);
        }
        let texts = split_parts(text, syntax);
        if texts.len() < 6 && !complete {
            return None;
        }
        let mut parts = [const { Pattern::Any }; 6];
        for (part, text) in parts.iter_mut().zip(texts) {
            *part = Pattern::compile(text, syntax);
        }
        Some(Self::Parts(Box::new(parts)))
    }

    pub(crate) fn matches(&self, arn: Option<&Arn<'_>>, lookup: &Lookup<'_>) -> bool {
        let Self::Parts(parts) = self else { return true };
        let Some(arn) = arn else { return false };
        let [prefix, partition, service, region, account, resource] = &**parts;
        prefix.matches("arn", lookup)
            && service.matches(arn.service, lookup)
            && resource.matches(arn.resource, lookup)
            && account.matches(arn.account, lookup)
            && region.matches(arn.region, lookup)
            && partition.matches(arn.partition, lookup)
    }

    pub(crate) fn resolves(&self, lookup: &Lookup<'_>) -> bool {
        self.parts().iter().all(|part| part.resolves(lookup))
    }

    pub(crate) fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.parts().iter().flat_map(Pattern::variables)
    }

    fn parts(&self) -> &[Pattern] {
        match self {
            Self::Any => &[],
            Self::Parts(parts) => &**parts,
        }
    }
}

/// The up to six parts of an ARN pattern; the last keeps its colons.
pub(crate) fn split_parts(text: &str, syntax: Syntax) -> Vec<&str> {
    let mut parts = Vec::with_capacity(6);
    let mut rest = Some(text);
    while let Some(text) = rest {
        let (head, tail) = if parts.len() == 5 { (text, None) } else { split_colon(text, syntax) };
        parts.push(head);
        rest = tail;
    }
    parts
}

/// Splits at the first colon that is not inside a variable's name.
fn split_colon(text: &str, syntax: Syntax) -> (&str, Option<&str>) {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if syntax.variables
            && let Some((_, after)) = read_variable(rest)
        {
            at = text.len() - after.len();
            continue;
        }
        if let Some(tail) = rest.strip_prefix(':') {
            return (text.get(..at).unwrap_or_default(), Some(tail));
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    (text, None)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::context::ContextMap;

    const LIKE: Syntax = Syntax { wildcards: true, variables: true };

    /// The meaning of a pattern, with every choice tried.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['*', rest @ ..] => (0..=text.len()).any(|skipped| naive(rest, &text[skipped..])),
            ['?', rest @ ..] => !text.is_empty() && naive(rest, &text[1..]),
            [letter, rest @ ..] => text.first() == Some(letter) && naive(rest, &text[1..]),
        }
    }

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::compile(pattern, LIKE).matches_plain(text)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn agrees_with_the_naive_matcher(pattern in "[abé*?]{0,10}", text in "[abé]{0,12}") {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(matches(&pattern, &text), naive(&letters(&pattern), &letters(&text)));
        }

        #[test]
        fn a_variable_is_its_value_written_literally(
            before in "[ab*?]{0,4}", value in "[ab*?]{0,4}", after in "[ab*?]{0,4}", text in "[ab*?]{0,8}",
        ) {
            let context = ContextMap::new().with("k", &value);
            let lookup =
                Lookup { context: &context, principal: &Principal::Anonymous, resource_account: None };
            let by_variable = Pattern::compile(&format!("{before}${{k}}{after}"), LIKE);
            let escaped: String = value.chars().map(|c| match c {
                '*' | '?' => format!("${{{c}}}"),
                other => other.to_string(),
            }).collect();
            let written = Pattern::compile(&format!("{before}{escaped}{after}"), LIKE);
            prop_assert_eq!(by_variable.matches(&text, &lookup), written.matches(&text, &lookup));
        }

        #[test]
        fn never_panics(pattern in "\\PC{0,20}", text in "\\PC{0,20}") {
            let _ = matches(&pattern, &text);
            let _ = ArnPattern::compile(&pattern, LIKE, true);
        }
    }

    #[test]
    fn hostile_patterns_take_no_long_time() {
        let text = "a".repeat(10_000);
        let pattern = "a*".repeat(500) + "b";
        assert!(!matches(&pattern, &text));
        assert!(!matches(&("?a*".repeat(300) + "b"), &text));
        assert!(matches(&("*a".repeat(5_000) + "*"), &text));
        assert!(!matches(&("*".to_owned() + &"a?".repeat(4_000) + "b*"), &text));
        assert!(matches(&("*".to_owned() + &"a?".repeat(4_000) + "a*"), &text));
    }

    #[test]
    fn a_variable_is_no_longer_than_one_can_be() {
        let context = ContextMap::new().with("k", "v");
        let lookup = Lookup { context: &context, principal: &Principal::Anonymous, resource_account: None };
        let padded = |blanks: usize| format!("${{k{}}}", " ".repeat(blanks));
        let longest = padded(LONGEST_VARIABLE - 2);
        assert!(Pattern::compile(&longest, LIKE).matches("v", &lookup));
        let longer = padded(LONGEST_VARIABLE - 1);
        assert!(!Pattern::compile(&longer, LIKE).matches("v", &lookup));
        assert!(Pattern::compile(&longer, LIKE).matches(&longer, &lookup));
        // The time is that of a walk over the text, however often a variable seems to begin.
        assert!(matches(&"${,".repeat(40_000), &"${,".repeat(40_000)));
    }

    #[test]
    fn parts_split_outside_of_variables() {
        let parts = split_parts("arn:aws:s3:::b/${aws:username}:x", LIKE);
        assert_eq!(parts, ["arn", "aws", "s3", "", "", "b/${aws:username}:x"]);
        let parts = split_parts("arn:aws:iam::${aws:PrincipalAccount, 'a:b'}:user/x", LIKE);
        assert_eq!(parts[4], "${aws:PrincipalAccount, 'a:b'}");
        assert_eq!(split_parts("arn:aws", LIKE), ["arn", "aws"]);
    }
}
