//! Drafts tables as Rust source, in the style of the crates under `api/`, out of the tables that
//! [`convert`](crate::convert) makes of botocore's model.

mod text;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bastide_shape::{ErrorShape, Kind, Location, Member, Operation, Service, Shape, TimestampFormat, Trait};

pub use text::rust_name;

/// What a row says that botocore does not: the columns written by hand. They stand last in a row.
const BY_HAND: [&str; 6] = [".action(", ".on(", ".reads(", ".unrecorded(", ".unsigned(", ".unauthorized("];

/// The operations of one file, under the file's name.
pub type Topics = BTreeMap<String, Vec<String>>;

/// Rows that stand already, by the operation's name: what was written by hand is taken over.
pub type Rows = HashMap<String, String>;

/// Drafts the tables of one service.
#[derive(Debug)]
pub struct Draft {
    service: &'static Service,
    shapes: BTreeMap<&'static str, &'static Shape>,
}

impl Draft {
    /// Of the tables that [`crate::convert::service_of`] made.
    #[must_use]
    pub fn new(service: &'static Service) -> Self {
        let mut shapes = BTreeMap::new();
        for operation in service.operations {
            for shape in shapes_of(operation) {
                shapes.entry(shape.name).or_insert(shape);
            }
        }
        Self { service, shapes }
    }

    /// The service.
    #[must_use]
    pub fn service(&self) -> &'static Service {
        self.service
    }

    /// The row of an operation, keeping the hand-written columns of the one that stands.
    #[must_use]
    pub fn row(&self, operation: &Operation, standing: Option<&String>) -> String {
        let name = operation.name;
        let access = standing.and_then(|row| access_of(row)).unwrap_or_else(|| guessed_access(name));
        let mut row = format!("    {name} = operation(Access::{access})");
        let http = &operation.http;
        if (http.method, http.uri, http.status) != ("POST", "/", 200) {
            row.push_str(&format!("\n        .http({:?}, {:?}, {})", http.method, http.uri, http.status));
        }
        if let Some(input) = operation.input {
            row.push_str(&format!("\n        .input(&{})", self.static_name(input)));
        }
        if let Some(output) = operation.output {
            row.push_str(&format!("\n        .output(&{})", self.static_name(output)));
        }
        if let Some(wrapper) = operation.result_wrapper {
            row.push_str(&format!("\n        .wrapped({wrapper:?})"));
        }
        if !operation.errors.is_empty() {
            let mut errors: Vec<String> =
                operation.errors.iter().map(|error| format!("&{}", rust_name(error.name))).collect();
            errors.sort();
            row.push_str(&format!("\n        .errors(&[{}])", text::wrapped(&errors, 8)));
        }
        if let Some(columns) = standing.and_then(|row| columns_by_hand(row)) {
            row.push('\n');
            row.push_str(columns.trim_end_matches(['\n', ';']));
        } else if operation.unsigned {
            row.push_str("\n        .unsigned()");
        }
        row.push_str(";\n");
        row
    }

    /// The line of an error.
    #[must_use]
    pub fn error(&self, error: &ErrorShape) -> String {
        let code = error.code.map_or(String::new(), |code| format!(".coded({code:?})"));
        let members: Vec<String> = error.members.iter().map(|member| self.member(member)).collect();
        let members = match members.as_slice() {
            [] => String::new(),
            members => format!(".with(&[{}])", text::wrapped(members, 4)),
        };
        format!("    {} = error({}){code}{members};\n", rust_name(error.name), error.status)
    }

    /// The declaration of a shape.
    #[must_use]
    pub fn shape(&self, name: &str) -> String {
        let Some(shape) = self.shapes.get(name) else { return String::new() };
        let mut line = format!("    {} = {}", self.static_name(shape), self.builder(shape));
        line.push_str(&text::bounds("length", ["at_least", "at_most"], shape.length));
        line.push_str(&text::bounds("range", ["from", "to"], shape.range));
        if let Some(pattern) = shape.pattern {
            line.push_str(&format!(".pattern({})", text::literal(pattern)));
        }
        if shape.sensitive {
            line.push_str(".sensitive()");
        }
        line.push_str(&traits(shape.traits));
        line.push_str(";\n");
        line
    }

    /// The static's name of a shape: some shapes are called like the functions that build them.
    fn static_name(&self, shape: &Shape) -> String {
        let plain = rust_name(shape.name);
        let taken = plain != shape.name && self.shapes.contains_key(plain.as_str());
        if taken { format!("{plain}Value") } else { plain }
    }

    fn builder(&self, shape: &Shape) -> String {
        let lines = |members: &[Member]| match members {
            [] => String::new(),
            members => {
                let lines = members.iter().map(|member| format!("        {},\n", self.member(member)));
                format!("\n{}    ", lines.collect::<String>())
            }
        };
        match shape.kind {
            Kind::Structure(members) => format!("structure(&[{}])", lines(members)),
            Kind::Union(members) => format!("union(&[{}])", lines(members)),
            Kind::List(of) => format!("list(&{})", self.member(of)),
            Kind::Map(key, value) => format!("map(&{}, &{})", self.member(key), self.member(value)),
            Kind::Enumeration(values) => {
                let values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
                format!("enumeration(&[{}])", text::wrapped(&values, 4))
            }
            Kind::Timestamp(format) => format!("timestamp(){}", timestamp_format(format)),
            Kind::BigInteger => "big_integer()".to_owned(),
            simple => format!("{}()", format!("{simple:?}").to_lowercase()),
        }
    }

    fn member(&self, member: &Member) -> String {
        let mut line = format!("member({:?}, &{})", member.name, self.static_name(member.shape));
        if member.required {
            line.push_str(".required()");
        }
        if let Some(wire) = member.wire {
            line.push_str(&format!(".wire({wire:?})"));
        }
        if member.location != Location::Body {
            line.push_str(&format!(".at(Location::{:?})", member.location));
        }
        line.push_str(&timestamp_format(member.timestamp));
        line.push_str(&traits(member.traits));
        line
    }
}

/// The shapes that an operation's input, output and errors' details are made of, each before its parts.
#[must_use]
pub fn shapes_of(operation: &Operation) -> Vec<&'static Shape> {
    let details = operation.errors.iter().flat_map(|error| error.members.iter().map(|member| member.shape));
    let mut stack: Vec<&'static Shape> =
        operation.input.into_iter().chain(operation.output).chain(details).collect();
    stack.reverse();
    let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
    while let Some(shape) = stack.pop() {
        if !seen.insert(shape.name) {
            continue;
        }
        order.push(shape);
        match shape.kind {
            Kind::List(of) => stack.push(of.shape),
            Kind::Map(key, value) => stack.extend([value.shape, key.shape]),
            _ => stack.extend(shape.members().iter().rev().map(|member| member.shape)),
        }
    }
    order
}

fn timestamp_format(format: Option<TimestampFormat>) -> String {
    format.map_or(String::new(), |format| format!(".format(TimestampFormat::{format:?})"))
}

fn traits(traits: &[Trait]) -> String {
    let traits: Vec<String> = traits.iter().map(|of| format!("Trait::{of:?}")).collect();
    if traits.is_empty() { String::new() } else { format!(".with(&[{}])", traits.join(", ")) }
}

/// The access level a name suggests; the Service Authorization Reference knows better.
fn guessed_access(name: &str) -> &'static str {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    if starts(&["List"]) {
        "List"
    } else if starts(&["Get", "Describe", "BatchGet", "Lookup", "Simulate", "Search"]) {
        "Read"
    } else if starts(&["Tag", "Untag"]) {
        "Tagging"
    } else if name.contains("Policy") || name.contains("Grant") || name.contains("Permission") {
        "Permissions"
    } else {
        "Write"
    }
}

fn access_of(row: &str) -> Option<&str> {
    row.split_once("operation(Access::")?.1.split_once(')').map(|(access, _)| access)
}

fn columns_by_hand(row: &str) -> Option<&str> {
    let mut lines = row.match_indices('\n').map(|(at, _)| at + 1);
    let first = lines.find(|at| {
        let line = row.get(*at..).unwrap_or_default().trim_start();
        BY_HAND.iter().any(|column| line.starts_with(column))
    })?;
    row.get(first..)
}

/// The rows in a file of operations, by the operation's name.
#[must_use]
pub fn rows_in(source: &str) -> Vec<(String, String)> {
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in source.lines() {
        let starts = line.strip_prefix("    ").filter(|rest| !rest.starts_with([' ', '/']));
        if let Some((name, _)) = starts.and_then(|rest| rest.split_once(" = operation(")) {
            rows.push((name.to_owned(), String::new()));
            inside = true;
        }
        if let Some((_, row)) = rows.last_mut().filter(|_| inside) {
            row.push_str(line);
            row.push('\n');
            inside = !line.ends_with(';');
        }
    }
    rows
}

/// The topic whose operations alone use a shape, by the shape's name; none when several do.
#[must_use]
pub fn homes(draft: &Draft, topics: &Topics) -> BTreeMap<&'static str, Option<String>> {
    let mut homes: BTreeMap<&'static str, Option<String>> = BTreeMap::new();
    for (topic, operations) in topics {
        for shape in operations.iter().filter_map(|name| draft.service.operation(name)).flat_map(shapes_of) {
            let home = homes.entry(shape.name).or_insert_with(|| Some(topic.clone()));
            if home.as_ref() != Some(topic) {
                *home = None;
            }
        }
    }
    homes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_written_by_hand_are_found() {
        let source = "operations! {\n    A = operation(Access::List)\n        .input(&X)\n        .on(&[\n            \
                      target(\"a\", \"B\"),\n        ])\n        .reads();\n    B = operation(Access::Write);\n}\n";
        let rows = rows_in(source);
        let names: Vec<&str> = rows.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["A", "B"]);
        assert_eq!(access_of(&rows[0].1), Some("List"));
        let kept = "        .on(&[\n            target(\"a\", \"B\"),\n        ])\n        .reads();\n";
        assert_eq!(columns_by_hand(&rows[0].1), Some(kept));
        assert_eq!(columns_by_hand(&rows[1].1), None);
    }
}
