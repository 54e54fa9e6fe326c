//! STIX 2 patterns, as far as look-ups go: comparisons of addresses, networks and domains joined by `OR`.

/// One comparison that a look-up can stand for.
pub(super) type Value = String;

/// What a pattern came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    /// Each of these by itself makes it match.
    Any(Vec<Value>),
    /// It is about what logs don't show.
    Other,
    /// It can't be read, or no look-up can stand for it.
    Broken(&'static str),
}

#[derive(Debug, PartialEq)]
enum Token<'a> {
    Text(String),
    Word(&'a str),
    Sign(char),
}

/// Reads a pattern.
pub(super) fn parse(text: &str) -> Pattern {
    if text.len() > 1 << 16 {
        return Pattern::Broken("a pattern longer than 64 KiB");
    }
    let tokens = match tokens(text) {
        Ok(tokens) => tokens,
        Err(reason) => return Pattern::Broken(reason),
    };
    for token in &tokens {
        match token {
            Token::Word("AND" | "FOLLOWEDBY") => {
                return Pattern::Broken("conditions joined by AND or FOLLOWEDBY are more than a look-up");
            }
            Token::Word("NOT") => return Pattern::Broken("a negated condition is more than a look-up"),
            _ => {}
        }
    }
    comparisons(&tokens)
}

fn comparisons(tokens: &[Token<'_>]) -> Pattern {
    let mut values = Vec::new();
    let mut other = false;
    let mut rest = tokens;
    loop {
        rest = match rest {
            [] => break,
            [Token::Sign('[' | ']' | '(' | ')') | Token::Word("OR"), after @ ..] => after,
            [Token::Word(path), Token::Sign('='), Token::Text(value), after @ ..] => {
                take(path, value, &mut values, &mut other);
                after
            }
            [Token::Word(path), Token::Word("ISSUBSET"), Token::Text(value), after @ ..] => {
                take(path, value, &mut values, &mut other);
                after
            }
            [Token::Word(path), Token::Word("IN"), Token::Sign('('), after @ ..] => {
                let mut after = after;
                loop {
                    after = match after {
                        [Token::Text(value), after @ ..] => {
                            take(path, value, &mut values, &mut other);
                            after
                        }
                        [Token::Sign(','), after @ ..] => after,
                        [Token::Sign(')'), after @ ..] => break after,
                        _ => return Pattern::Broken("a set isn't closed, or doesn't hold texts"),
                    };
                }
            }
            // `WITHIN 5 MINUTES`, `REPEATS 2 TIMES`, `START … STOP …`: more than a look-up.
            [Token::Word("WITHIN" | "REPEATS" | "START" | "STOP"), ..] => {
                return Pattern::Broken("a condition on times is more than a look-up");
            }
            [Token::Word(path), ..] if path.contains(':') && !lookup(path) => return Pattern::Other,
            _ => return Pattern::Broken("a comparison that isn't =, IN or ISSUBSET"),
        };
    }
    match (values.is_empty(), other) {
        (false, _) => Pattern::Any(values),
        (true, true) => Pattern::Other,
        (true, false) => Pattern::Broken("a pattern without a comparison"),
    }
}

fn take(path: &str, value: &str, values: &mut Vec<Value>, other: &mut bool) {
    match lookup(path) {
        true => values.push(value.to_owned()),
        false => *other = true,
    }
}

fn lookup(path: &str) -> bool {
    let reference = path
        .strip_prefix("network-traffic:")
        .and_then(|path| path.strip_prefix("src_ref.value").or_else(|| path.strip_prefix("dst_ref.value")));
    matches!(path, "ipv4-addr:value" | "ipv6-addr:value" | "domain-name:value" | "url:value")
        || reference == Some("")
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, &'static str> {
    let mut all = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let used = match first {
            '\'' => {
                let (value, used) = quoted(rest)?;
                all.push(Token::Text(value));
                used
            }
            '[' | ']' | '(' | ')' | ',' | '=' | '<' | '>' | '!' => {
                all.push(Token::Sign(first));
                1
            }
            _ => {
                let end = rest.find(|letter: char| letter.is_whitespace() || "[](),=<>!".contains(letter));
                let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                // A key of a map within a path is quoted and has no place in what is looked up.
                let word = word.split_once('\'').map_or(word, |(word, _)| word);
                if word.is_empty() {
                    return Err("a text isn't closed");
                }
                all.push(Token::Word(word));
                word.len()
            }
        };
        rest = rest.get(used..).unwrap_or_default().trim_start();
    }
    Ok(all)
}

/// A text in single quotes at the start, and how many bytes it takes; `\'` and `\\` stand for themselves.
fn quoted(text: &str) -> Result<(String, usize), &'static str> {
    let mut value = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((index, letter)) = letters.next() {
        match letter {
            '\'' => return Ok((value, index + 1)),
            '\\' => value.push(letters.next().ok_or("a text isn't closed")?.1),
            _ => value.push(letter),
        }
    }
    Err("a text isn't closed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let any = |values: &[&str]| Pattern::Any(values.iter().map(|value| (*value).to_owned()).collect());
        assert_eq!(parse("[ipv4-addr:value = '198.51.100.7']"), any(&["198.51.100.7"]));
        assert_eq!(
            parse("[ipv4-addr:value='198.51.100.7' OR domain-name:value IN ('a.example', 'b.example')]"),
            any(&["198.51.100.7", "a.example", "b.example"])
        );
        assert_eq!(
            parse("[ipv6-addr:value ISSUBSET '2001:db8::/32'] OR [url:value = 'http://c.example']"),
            any(&["2001:db8::/32", "http://c.example"])
        );
        assert_eq!(parse("[network-traffic:dst_ref.value = '198.51.100.7']"), any(&["198.51.100.7"]));
        assert_eq!(parse("[file:hashes.'SHA-256' = 'aa']"), Pattern::Other);
        assert_eq!(parse("[file:hashes.MD5 = 'aa' OR domain-name:value = 'a.example']"), any(&["a.example"]));
        for broken in [
            "[ipv4-addr:value = '198.51.100.7' AND network-traffic:dst_port = 443]",
            "[ipv4-addr:value != '198.51.100.7']",
            "[NOT ipv4-addr:value = '198.51.100.7']",
            "[domain-name:value LIKE '%.example']",
            "[ipv4-addr:value = '198.51.100.7",
            "[ipv4-addr:value IN ('198.51.100.7'",
            "[ipv4-addr:value = '198.51.100.7'] WITHIN 5 SECONDS",
            "",
        ] {
            assert!(matches!(parse(broken), Pattern::Broken(_)), "{broken}");
        }
    }
}
