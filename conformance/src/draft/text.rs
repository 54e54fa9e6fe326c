//! How single things are written in Rust.

use std::fmt::Display;

/// Names that a static cannot have: Rust's words, and the functions of the schema crate.
const TAKEN: [&str; 26] = [
    "big_integer",
    "blob",
    "boolean",
    "document",
    "double",
    "enumeration",
    "error",
    "float",
    "integer",
    "list",
    "long",
    "map",
    "member",
    "operation",
    "service",
    "string",
    "structure",
    "target",
    "timestamp",
    "union",
    "type",
    "match",
    "static",
    "ref",
    "move",
    "final",
];

/// A name from the model as that of a static.
#[must_use]
pub fn rust_name(name: &str) -> String {
    if !TAKEN.contains(&name) {
        return name.to_owned();
    }
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// Items between brackets that begin at this indentation: on one line if they fit, else on lines of their own.
pub(super) fn wrapped(items: &[String], indent: usize) -> String {
    let one_line = items.join(", ");
    if one_line.len() + indent < 90 {
        return one_line;
    }
    let inner = " ".repeat(indent + 4);
    let mut lines = String::new();
    let mut line = String::new();
    for item in items {
        if !line.is_empty() && inner.len() + line.len() + item.len() + 2 > 110 {
            lines.push_str(&format!("\n{inner}{}", line.trim_end()));
            line.clear();
        }
        line.push_str(item);
        line.push_str(", ");
    }
    format!("{lines}\n{inner}{}\n{}", line.trim_end(), " ".repeat(indent))
}

/// A string literal that can be read.
pub(super) fn literal(text: &str) -> String {
    if text.chars().any(char::is_control) || text.contains("\"#") {
        format!("{text:?}")
    } else if text.contains('"') {
        format!("r#\"{text}\"#")
    } else {
        format!("r\"{text}\"")
    }
}

/// The call that sets lengths or a range: the first name sets both bounds, the others one.
pub(super) fn bounds<T: Display>(
    both: &str,
    [least, most]: [&str; 2],
    bounds: (Option<T>, Option<T>),
) -> String {
    match bounds {
        (Some(min), Some(max)) => format!(".{both}({min}, {max})"),
        (Some(min), None) => format!(".{least}({min})"),
        (None, Some(max)) => format!(".{most}({max})"),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_can_be_read_back() {
        assert_eq!(literal(r"[\w]+"), r#"r"[\w]+""#);
        assert_eq!(literal(r#"a"b"#), "r#\"a\"b\"#");
        assert_eq!(literal("a\nb"), r#""a\nb""#);
    }

    #[test]
    fn names_that_rust_or_the_builders_have() {
        assert_eq!(rust_name("string"), "String");
        assert_eq!(rust_name("arnType"), "arnType");
    }
}
