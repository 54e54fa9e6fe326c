//! Rules as conditions in SQL, for people to read. They are made of the tree that is evaluated, so that what is shown
//! is what is run.
//!
//! As in Sigma, text is compared without regard to case (but under `binary`), a path that leads through a list stands
//! for each of its elements, and a comparison with what is not there is false.

use std::net::IpAddr;

use crate::expr::Expr;
use crate::matcher::{Ask, Comparison, How, Matcher, Part, Test};
use crate::pattern::{Glob, Pattern, Token};
use crate::rule::Rule;

impl Rule {
    /// The condition in SQL. `column` names a field as SQL has it; what is asked of the whole record is asked of the
    /// column `event`.
    #[must_use]
    pub fn sql(&self, column: &dyn Fn(&str) -> String) -> String {
        whole(&self.condition, column)
    }
}

fn whole(expr: &Expr<Test>, column: &dyn Fn(&str) -> String) -> String {
    match expr {
        Expr::All(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| within(part, column, false)).collect();
            parts.join(" AND ")
        }
        Expr::Any(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| within(part, column, true)).collect();
            parts.join(" OR ")
        }
        Expr::Not(part) => format!("NOT ({})", whole(part, column)),
        Expr::Leaf(test) => leaf(test, column),
    }
}

/// A part of a list of conditions, in parentheses where it would be read otherwise without; `any`: one of the list must
/// hold.
fn within(part: &Expr<Test>, column: &dyn Fn(&str) -> String, any: bool) -> String {
    let text = whole(part, column);
    let bare = match part {
        Expr::Not(_) => true,
        Expr::All(parts) => parts.len() == 1 || !any,
        Expr::Any(parts) => parts.len() == 1 || any,
        Expr::Leaf(test) => any || alternatives(test) == 1,
    };
    if bare { text } else { format!("({text})") }
}

/// How many conditions a leaf is written as.
fn alternatives(test: &Test) -> usize {
    let Ask::Values(matchers) = &test.ask else { return 1 };
    let equal = matchers.iter().filter(|one| equals(one).is_some()).count();
    let others = matchers.iter().filter(|one| equals(one).is_none());
    let others: usize = others.map(|one| if is_empty(one) { 2 } else { 1 }).sum();
    usize::from(equal > 0) + others
}

fn leaf(test: &Test, column: &dyn Fn(&str) -> String) -> String {
    let name = test.field.as_deref().map_or_else(|| "event".to_owned(), column);
    let name = match test.part {
        None => name,
        Some(part) => format!("{}({name})", part_name(part)),
    };
    match &test.ask {
        Ask::Exists(true) => format!("{name} IS NOT NULL"),
        Ask::Exists(false) => format!("{name} IS NULL"),
        Ask::Field { other, how, cased } => {
            let other = column(other);
            let name = if *cased { format!("binary({name})") } else { name };
            match how {
                How::Equals => format!("{name} = {other}"),
                How::Contains => format!("{name} LIKE concat('%', {other}, '%')"),
                How::Starts => format!("{name} LIKE concat({other}, '%')"),
                How::Ends => format!("{name} LIKE concat('%', {other})"),
            }
        }
        Ask::Values(matchers) => {
            let equal: Vec<String> = matchers.iter().filter_map(equals).collect();
            let mut parts = match equal.as_slice() {
                [] => Vec::new(),
                [one] => vec![format!("{name} = {one}")],
                more => vec![format!("{name} IN ({})", more.join(", "))],
            };
            parts.extend(matchers.iter().filter(|one| equals(one).is_none()).map(|one| other(one, &name)));
            parts.join(" OR ")
        }
    }
}

/// The value that is compared with `=`, as SQL writes it.
fn equals(matcher: &Matcher) -> Option<String> {
    match matcher {
        Matcher::Pattern(pattern) if !pattern.cased() => {
            pattern.written().literal().filter(|text| !text.is_empty()).map(quoted)
        }
        Matcher::Number(_, written) => Some(written.clone()),
        Matcher::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

fn is_empty(matcher: &Matcher) -> bool {
    matches!(matcher, Matcher::Pattern(pattern) if pattern.written().literal() == Some(""))
}

fn other(matcher: &Matcher, name: &str) -> String {
    match matcher {
        // Nothing there counts as an empty text.
        Matcher::Pattern(_) if is_empty(matcher) => format!("{name} IS NULL OR {name} = ''"),
        Matcher::Pattern(pattern) => like(pattern, name),
        Matcher::Null => format!("{name} IS NULL"),
        Matcher::Regex(regex) => format!("regexp_like({name}, {})", quoted(regex.as_str())),
        Matcher::Network(address, prefix) => {
            format!("cidr_contains({}, {name})", quoted(&network(*address, *prefix)))
        }
        Matcher::Compare(how, number) => format!("{name} {} {number}", sign(*how)),
        Matcher::Number(_, written) => format!("{name} = {written}"),
        Matcher::Bool(value) => format!("{name} = {value}"),
        // Only bound rules have them, and those are not shown.
        Matcher::Set(set) => {
            let mut texts: Vec<String> = set.iter().map(|text| quoted(text)).collect();
            texts.sort_unstable();
            format!("{name} IN ({})", texts.join(", "))
        }
        Matcher::Words(_) => format!("contains_any({name})"),
    }
}

fn like(pattern: &Pattern, name: &str) -> String {
    let name = if pattern.cased() { format!("binary({name})") } else { name.to_owned() };
    let glob = pattern.written();
    if let Some(text) = glob.literal() {
        return format!("{name} = {}", quoted(text));
    }
    let escaped = text_of(glob).any(|text| text.contains(['%', '_']));
    let mut text = String::new();
    for token in &glob.0 {
        match token {
            Token::Any => text.push('%'),
            Token::One => text.push('_'),
            Token::Text(literal) if escaped => {
                text.push_str(&literal.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
            }
            Token::Text(literal) => text.push_str(literal),
        }
    }
    let escape = if escaped { " ESCAPE '\\'" } else { "" };
    format!("{name} LIKE {}{escape}", quoted(&text))
}

fn text_of(glob: &Glob) -> impl Iterator<Item = &str> {
    glob.0.iter().filter_map(|token| match token {
        Token::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

fn network(address: IpAddr, prefix: u8) -> String {
    format!("{address}/{prefix}")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn sign(how: Comparison) -> &'static str {
    match how {
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::More => ">",
        Comparison::AtLeast => ">=",
        Comparison::Equal => "=",
        Comparison::Other => "<>",
    }
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Minute => "minute",
        Part::Hour => "hour",
        Part::Day => "day",
        Part::Week => "week",
        Part::Month => "month",
        Part::Year => "year",
    }
}

#[cfg(test)]
mod tests {
    use crate::{Placeholders, parse};

    fn sql(detection: &str) -> String {
        let text =
            format!("title: t\nlogsource: {{product: aws, service: cloudtrail}}\ndetection:\n{detection}");
        let read = parse(&text, &Placeholders::new()).unwrap();
        read.rules[0].sql(&|field| field.to_owned())
    }

    #[test]
    fn what_is_asked_is_written_as_it_is_evaluated() {
        let plain = "  s: {eventSource: ec2.amazonaws.com, eventName: DeleteFlowLogs, errorCode: null}\n  condition: s";
        assert_eq!(
            sql(plain),
            "eventSource = 'ec2.amazonaws.com' AND eventName = 'DeleteFlowLogs' AND errorCode IS NULL"
        );
        let many = "  s: {eventName: [A, B, 'C*', null], port: [22, 23]}\n  f: {user|endswith: \"'s_x\"}\n  condition: s and not f";
        assert_eq!(
            sql(many),
            "(eventName IN ('A', 'B') OR eventName LIKE 'C%' OR eventName IS NULL) AND port IN (22, 23) \
             AND NOT (user LIKE '%''s\\_x' ESCAPE '\\')"
        );
        let kinds = "  s:\n    a|cidr: 10.0.0.0/8\n    b|re: '^x$'\n    c|gte: 5\n    d|exists: true\n    e|fieldref|contains: f\n    \
                     g|cased: Yes\n    eventTime|hour: 3\n    h: true\n  k: [word]\n  condition: s or k";
        assert_eq!(
            sql(kinds),
            "(cidr_contains('10.0.0.0/8', a) AND regexp_like(b, '^x$') AND c >= 5 AND d IS NOT NULL \
             AND e LIKE concat('%', f, '%') AND binary(g) = 'Yes' AND hour(eventTime) = 3 AND h = true) \
             OR event LIKE '%word%'"
        );
        let all = "  s: {a|contains|all: [x, y], eventName: Z}\n  condition: s";
        assert_eq!(sql(all), "a LIKE '%x%' AND a LIKE '%y%' AND eventName = 'Z'");
        let long = format!("  s: {{eventName: [{}]}}\n  condition: s", "Abc, ".repeat(9) + "D");
        assert!(sql(&long).starts_with("eventName IN ('Abc', 'Abc'"), "{}", sql(&long));
    }
}
