//! The language of conditions: `selection and not 1 of filter_*`.

use crate::expr::Expr;

/// The longest condition, in bytes.
const MAX_BYTES: usize = 16_384;

/// The deepest nesting of parentheses and `not`.
const MAX_DEPTH: usize = 32;

/// Reads a condition over these names; the leaves are their places in `names`.
///
/// # Errors
/// What is wrong with it, in words.
pub(crate) fn parse(text: &str, names: &[&str]) -> Result<Expr<usize>, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("longer than {MAX_BYTES} bytes"));
    }
    let words = words(text)?;
    let mut parser = Parser { words: &words, at: 0, names, depth: 0 };
    let expr = parser.or()?;
    match parser.peek() {
        None => Ok(expr),
        Some(word) => Err(format!("`{word}` is not expected here")),
    }
}

fn words(text: &str) -> Result<Vec<&str>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' => 1,
            '|' => {
                return Err("`|` aggregations are of the old language; write a correlation rule".to_owned());
            }
            one if name(one) => rest.find(|one: char| !name(one)).unwrap_or(rest.len()),
            other => return Err(format!("`{other}` is not expected here")),
        };
        let (word, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
        words.push(word);
        rest = tail.trim_start();
    }
    Ok(words)
}

fn name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '*' | '.' | '?')
}

struct Parser<'p> {
    words: &'p [&'p str],
    at: usize,
    names: &'p [&'p str],
    depth: usize,
}

impl<'p> Parser<'p> {
    fn peek(&self) -> Option<&'p str> {
        self.words.get(self.at).copied()
    }

    /// Steps over the next word if it is this one, whatever its case.
    fn take(&mut self, word: &str) -> bool {
        let is = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(is);
        is
    }

    fn or(&mut self) -> Result<Expr<usize>, String> {
        let mut parts = vec![self.and()?];
        while self.take("or") {
            parts.push(self.and()?);
        }
        Ok(Expr::any(parts))
    }

    fn and(&mut self) -> Result<Expr<usize>, String> {
        let mut parts = vec![self.not()?];
        while self.take("and") {
            parts.push(self.not()?);
        }
        Ok(Expr::all(parts))
    }

    fn not(&mut self) -> Result<Expr<usize>, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("nested deeper than {MAX_DEPTH}"));
        }
        let expr = if self.take("not") { Expr::Not(Box::new(self.not()?)) } else { self.primary()? };
        self.depth -= 1;
        Ok(expr)
    }

    fn primary(&mut self) -> Result<Expr<usize>, String> {
        if self.take("(") {
            let expr = self.or()?;
            return if self.take(")") { Ok(expr) } else { Err("a `)` is missing".to_owned()) };
        }
        let Some(word) = self.peek() else { return Err("it ends too early".to_owned()) };
        self.at += 1;
        let quantifier = self.peek().is_some_and(|next| next.eq_ignore_ascii_case("of"));
        if quantifier {
            self.at += 1;
            return self.of(word);
        }
        if matches!(word, ")")
            || ["and", "or", "not", "of", "them"].contains(&word.to_ascii_lowercase().as_str())
        {
            return Err(format!("`{word}` is not expected here"));
        }
        match self.names.iter().position(|name| *name == word) {
            Some(place) => Ok(Expr::Leaf(place)),
            None => Err(format!("`{word}` is not defined in `detection`")),
        }
    }

    fn of(&mut self, quantifier: &str) -> Result<Expr<usize>, String> {
        let all = match quantifier.to_ascii_lowercase().as_str() {
            "all" => true,
            "1" | "any" => false,
            other => return Err(format!("`{other} of`: only `1 of`, `any of` and `all of` are known")),
        };
        let Some(pattern) = self.peek() else { return Err("it ends too early".to_owned()) };
        self.at += 1;
        let them = pattern.eq_ignore_ascii_case("them");
        let places: Vec<Expr<usize>> = (self.names.iter().enumerate())
            .filter(|(_, name)| if them { !name.starts_with('_') } else { fits(pattern, name) })
            .map(|(place, _)| Expr::Leaf(place))
            .collect();
        if places.is_empty() {
            return Err(format!("no name fits `{pattern}`"));
        }
        Ok(if all { Expr::all(places) } else { Expr::any(places) })
    }
}

/// Whether a pattern with `*` fits a name; the case counts.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == name };
    let Some(rest) = name.strip_prefix(head) else { return false };
    let mut parts = tail.split('*').collect::<Vec<_>>();
    let last = parts.pop().unwrap_or_default();
    let mut rest = rest;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[&str] = &["selection", "filter_a", "filter_b", "_hidden", "sel-two"];

    fn shown(text: &str) -> String {
        parse(text, NAMES).map_or_else(|error| error, |expr| format!("{expr:?}"))
    }

    #[test]
    fn precedence_and_quantifiers() {
        assert_eq!(shown("selection"), "Leaf(0)");
        assert_eq!(
            shown("selection or filter_a and not filter_b"),
            "Any([Leaf(0), All([Leaf(1), Not(Leaf(2))])])"
        );
        assert_eq!(
            shown("(selection OR sel-two) and not 1 of filter_*"),
            "All([Any([Leaf(0), Leaf(4)]), Not(Any([Leaf(1), Leaf(2)]))])"
        );
        assert_eq!(shown("all of them"), "All([Leaf(0), Leaf(1), Leaf(2), Leaf(4)])");
        assert_eq!(shown("any of *_a"), "Leaf(1)");
        assert_eq!(shown("not not selection"), "Not(Not(Leaf(0)))");
    }

    #[test]
    fn errors_say_what() {
        assert!(shown("nothing").contains("`nothing` is not defined"));
        assert!(shown("selection and").contains("too early"));
        assert!(shown("(selection").contains("`)` is missing"));
        assert!(shown("selection selection").contains("not expected"));
        assert!(shown("selection | count() > 5").contains("correlation rule"));
        assert!(shown("2 of filter_*").contains("only `1 of`"));
        assert!(shown("1 of nothing_*").contains("no name fits"));
        assert!(shown(&"(".repeat(1000)).contains("deeper"));
        assert!(shown("").contains("too early"));
    }
}
