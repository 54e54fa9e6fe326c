//! Text patterns: Sigma's strings with their wildcards, and comparing them without regard to case.

use memchr::{memchr, memchr2};
use regex::Regex;

/// A part of a Sigma string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// These characters.
    Text(String),
    /// `*`: any number of characters.
    Any,
    /// `?`: one character.
    One,
}

/// A Sigma string: text with wildcards.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Glob(pub(crate) Vec<Token>);

impl Glob {
    /// Reads `*` and `?`, which a backslash makes plain; a backslash before another character is itself.
    pub(crate) fn parse(text: &str) -> Self {
        let mut glob = Self::default();
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '\\' => match characters.next_if(|next| matches!(next, '*' | '?' | '\\')) {
                    Some(next) => glob.push(next),
                    None => glob.push('\\'),
                },
                '*' => glob.any(),
                '?' => glob.0.push(Token::One),
                other => glob.push(other),
            }
        }
        glob
    }

    /// These characters, none of them a wildcard.
    pub(crate) fn plain(text: &str) -> Self {
        if text.is_empty() { Self::default() } else { Self(vec![Token::Text(text.to_owned())]) }
    }

    /// The text, if there is no wildcard.
    pub(crate) fn literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Token::Text(text)] => Some(text),
            _ => None,
        }
    }

    fn push(&mut self, character: char) {
        if let Some(Token::Text(text)) = self.0.last_mut() {
            text.push(character);
        } else {
            self.0.push(Token::Text(character.to_string()));
        }
    }

    fn any(&mut self) {
        if self.0.last() != Some(&Token::Any) {
            self.0.push(Token::Any);
        }
    }

    /// With anything before it.
    pub(crate) fn open_start(&mut self) {
        if self.0.first() != Some(&Token::Any) {
            self.0.insert(0, Token::Any);
        }
    }

    /// With anything after it.
    pub(crate) fn open_end(&mut self) {
        self.any();
    }

    /// Each run of characters as `change` makes it.
    pub(crate) fn map_text(&mut self, change: impl Fn(&str) -> String) {
        for token in &mut self.0 {
            if let Token::Text(text) = token {
                *text = change(text);
            }
        }
    }
}

/// A pattern ready to match.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    shape: Shape,
    cased: bool,
    /// As the rule has it.
    written: Glob,
}

#[derive(Clone, Debug)]
enum Shape {
    Anything,
    Equals(String),
    Starts(String),
    Ends(String),
    Contains(String),
    Glob(Vec<Token>),
    /// For letters beyond ASCII, whose case is more than a bit.
    Regex(Box<Regex>),
}

impl Pattern {
    /// Compiles a Sigma string. The only error is one that is too large.
    pub(crate) fn new(glob: &Glob, cased: bool) -> Result<Self, regex::Error> {
        let ascii = glob.0.iter().all(|token| !matches!(token, Token::Text(text) if !text.is_ascii()));
        if !cased && !ascii {
            let shape = Shape::Regex(Box::new(unicode(glob)?));
            return Ok(Self { shape, cased, written: glob.clone() });
        }
        let fold = |text: &String| if cased { text.clone() } else { text.to_ascii_lowercase() };
        let shape = match glob.0.as_slice() {
            [Token::Any] => Shape::Anything,
            [] => Shape::Equals(String::new()),
            [Token::Text(text)] => Shape::Equals(fold(text)),
            [Token::Text(text), Token::Any] => Shape::Starts(fold(text)),
            [Token::Any, Token::Text(text)] => Shape::Ends(fold(text)),
            [Token::Any, Token::Text(text), Token::Any] => Shape::Contains(fold(text)),
            tokens => Shape::Glob(
                tokens
                    .iter()
                    .map(|token| match token {
                        Token::Text(text) => Token::Text(fold(text)),
                        other => other.clone(),
                    })
                    .collect(),
            ),
        };
        Ok(Self { shape, cased, written: glob.clone() })
    }

    /// As the rule has it.
    pub(crate) fn written(&self) -> &Glob {
        &self.written
    }

    /// Whether the case counts.
    pub(crate) fn cased(&self) -> bool {
        self.cased
    }

    /// Whether it matches the whole of a text.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let cased = self.cased;
        match &self.shape {
            Shape::Anything => true,
            Shape::Equals(literal) => same(text.as_bytes(), literal.as_bytes(), cased),
            Shape::Starts(literal) => starts(text.as_bytes(), literal.as_bytes(), cased),
            Shape::Ends(literal) => ends(text.as_bytes(), literal.as_bytes(), cased),
            Shape::Contains(literal) => find(text.as_bytes(), literal.as_bytes(), cased).is_some(),
            Shape::Glob(tokens) => globbed(text, tokens, cased),
            Shape::Regex(regex) => regex.is_match(text),
        }
    }

    /// The one text it equals, in lower case; `None` for others and for those that mind the case.
    pub(crate) fn equals(&self) -> Option<&str> {
        match &self.shape {
            Shape::Equals(text) if !self.cased => Some(text),
            _ => None,
        }
    }

    /// The text it looks for anywhere, in lower case; `None` for others and for those that mind the case.
    pub(crate) fn contains(&self) -> Option<&str> {
        match &self.shape {
            Shape::Contains(text) if !self.cased => Some(text),
            _ => None,
        }
    }

    /// A text that equals it, whatever the case; `None` when more than one does.
    pub(crate) fn exactly(&self) -> Option<String> {
        match &self.shape {
            Shape::Equals(text) => Some(text.to_ascii_lowercase()),
            _ => None,
        }
    }
}

fn unicode(glob: &Glob) -> Result<Regex, regex::Error> {
    let mut text = String::from("(?is)^");
    for token in &glob.0 {
        match token {
            Token::Text(literal) => text.push_str(&regex::escape(literal)),
            Token::Any => text.push_str(".*"),
            Token::One => text.push('.'),
        }
    }
    text.push_str("\\z");
    regex::RegexBuilder::new(&text).size_limit(1 << 20).build()
}

pub(crate) fn same(text: &[u8], literal: &[u8], cased: bool) -> bool {
    if cased { text == literal } else { text.eq_ignore_ascii_case(literal) }
}

pub(crate) fn starts(text: &[u8], literal: &[u8], cased: bool) -> bool {
    text.get(..literal.len()).is_some_and(|head| same(head, literal, cased))
}

pub(crate) fn ends(text: &[u8], literal: &[u8], cased: bool) -> bool {
    text.len()
        .checked_sub(literal.len())
        .and_then(|at| text.get(at..))
        .is_some_and(|tail| same(tail, literal, cased))
}

/// Where a literal (in lower case, unless the case counts) first is in a text.
pub(crate) fn find(text: &[u8], literal: &[u8], cased: bool) -> Option<usize> {
    let Some(first) = literal.first().copied() else { return Some(0) };
    let (mut at, last) = (0, text.len().checked_sub(literal.len())?);
    while at <= last {
        let window = text.get(at..=last)?;
        let upper = first.to_ascii_uppercase();
        let next =
            if cased || upper == first { memchr(first, window) } else { memchr2(first, upper, window) };
        at += next?;
        if same(text.get(at..at + literal.len())?, literal, cased) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The usual way with one star to go back to: what stands before the last star never has to be tried again.
fn globbed(text: &str, tokens: &[Token], cased: bool) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut token) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    loop {
        let ahead = match tokens.get(token) {
            Some(Token::Any) => {
                back = Some((token + 1, at));
                token += 1;
                continue;
            }
            Some(Token::One) => bytes.get(at).map(|first| at + width(*first)),
            Some(Token::Text(literal)) => {
                let rest = bytes.get(at..).unwrap_or_default();
                starts(rest, literal.as_bytes(), cased).then(|| at + literal.len())
            }
            None if at >= bytes.len() => return true,
            None => None,
        };
        if let Some(ahead) = ahead {
            (at, token) = (ahead, token + 1);
            continue;
        }
        let Some((star, from)) = back else { return false };
        let Some(next) = retry(bytes, tokens, star, from, cased) else { return false };
        back = Some((star, next));
        (at, token) = (next, star);
    }
}

/// Where a star could end next, having ended at `from`.
fn retry(bytes: &[u8], tokens: &[Token], star: usize, from: usize, cased: bool) -> Option<usize> {
    let next = from + width(*bytes.get(from)?);
    match tokens.get(star) {
        Some(Token::Text(literal)) => find(bytes.get(next..)?, literal.as_bytes(), cased).map(|at| next + at),
        None => Some(bytes.len()),
        Some(_) => (next <= bytes.len()).then_some(next),
    }
}

/// Bytes of the character that begins with this byte.
fn width(first: u8) -> usize {
    match first {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(&Glob::parse(pattern), false).unwrap().matches(text)
    }

    #[test]
    fn wildcards_and_escapes() {
        assert!(matches("Create*", "createUser"));
        assert!(matches("*user", "CreateUSER"));
        assert!(matches("*eat*", "CREATE"));
        assert!(matches("c?eate*er", "CreateUser"));
        assert!(!matches("c?eate", "Ceate"));
        assert!(matches(r"a\*b", "a*b") && !matches(r"a\*b", "axb"));
        assert!(matches(r"a\?b", "a?b") && !matches(r"a\?b", "axb"));
        assert!(matches(r"a\\*b", r"a\xyzb") && !matches(r"a\\*b", "a*b"));
        assert!(matches(r"c:\windows\x", r"C:\Windows\X"));
        assert!(matches(r"a\\b", r"a\b"));
        assert!(matches("*a*b*c", "xxaxxbxxbxxc") && !matches("*a*b*c", "xxaxxbxxbxxcd"));
        assert!(matches("", "") && !matches("", "a"));
        assert!(matches("*", ""));
        assert!(matches("?", "ü") && matches("*?b", "üb"));
        assert!(matches("STRASSE*Ü", "strasse ü"));
        assert!(matches("a$ü", "A$Ü"));
        assert!(!matches("ü", "ü\n"));
    }

    #[test]
    fn case_counts_when_asked() {
        let pattern = Pattern::new(&Glob::parse("*Kali*"), true).unwrap();
        assert!(pattern.matches("aws-cli kernel/Kali") && !pattern.matches("kali"));
    }

    fn plainly(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), None) => plainly(rest, text),
            (Some(('*', rest)), Some((_, tail))) => plainly(rest, text) || plainly(pattern, tail),
            (Some(('?', rest)), Some((_, tail))) => plainly(rest, tail),
            (Some((one, rest)), Some((other, tail))) => {
                one.eq_ignore_ascii_case(other) && plainly(rest, tail)
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn the_same_as_the_plain_way(pattern in "[abAB?*]{0,8}", text in "[abABü]{0,10}") {
            let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
            prop_assert_eq!(matches(&pattern, &text), plainly(&p, &t));
        }
    }
}
