//! Drafts tables as Rust source out of a [`Model`], in the style of the crates under `api/`.

mod text;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use text::rust_name;

use crate::model::{Model, OperationModel, Reference, ShapeModel};

/// What a row says that botocore does not: the columns written by hand. They stand last in a row.
const BY_HAND: [&str; 6] = [".action(", ".on(", ".reads(", ".unrecorded(", ".unsigned(", ".unauthorized("];

/// Drafts the tables of one service.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The service's folder in botocore, such as `kms`.
    pub service: &'a str,
    /// The service's model.
    pub model: &'a Model,
}

/// The operations of one file, under the file's name.
pub type Topics = BTreeMap<String, Vec<String>>;

/// Rows that stand already, by the operation's name: what was written by hand is taken over.
pub type Rows = HashMap<String, String>;

impl Draft<'_> {
    /// The row of an operation, keeping the hand-written columns of the one that stands.
    #[must_use]
    pub fn row(&self, name: &str, operation: &OperationModel, standing: Option<&String>) -> String {
        let access = standing.and_then(|row| access_of(row)).unwrap_or_else(|| guessed_access(name));
        let mut row = format!("    {name} = operation(Access::{access})");
        let http = &operation.http;
        let status = http.response_code.unwrap_or(200);
        if (http.method.as_str(), http.request_uri.as_str(), status) != ("POST", "/", 200) {
            row.push_str(&format!("\n        .http({:?}, {:?}, {status})", http.method, http.request_uri));
        }
        if let Some(input) = &operation.input {
            row.push_str(&format!("\n        .input(&{})", self.static_name(&input.shape)));
        }
        if let Some(output) = &operation.output {
            row.push_str(&format!("\n        .output(&{})", self.static_name(&output.shape)));
            if let Some(wrapper) = &output.result_wrapper {
                row.push_str(&format!("\n        .wrapped({wrapper:?})"));
            }
        }
        if !operation.errors.is_empty() {
            let mut errors: Vec<String> =
                operation.errors.iter().map(|error| format!("&{}", rust_name(&error.shape))).collect();
            errors.sort();
            row.push_str(&format!("\n        .errors(&[{}])", text::wrapped(&errors, 8)));
        }
        if let Some(columns) = standing.and_then(|row| columns_by_hand(row)) {
            row.push('\n');
            row.push_str(columns.trim_end_matches(['\n', ';']));
        } else if operation.authtype.as_deref() == Some("none")
            || operation.auth.iter().any(|auth| auth == "smithy.api#noAuth")
        {
            row.push_str("\n        .unsigned()");
        }
        row.push_str(";\n");
        row
    }

    /// The line of an error.
    #[must_use]
    pub fn error(&self, name: &str) -> String {
        let Some(shape) = self.model.shape(name) else { return String::new() };
        let code = shape.error.as_ref().and_then(|error| error.code.as_deref()).filter(|code| *code != name);
        let code = code.map_or(String::new(), |code| format!(".coded({code:?})"));
        let members: Vec<String> =
            shape.details().map(|(member, reference)| self.member(shape, member, reference)).collect();
        let members = match members.as_slice() {
            [] => String::new(),
            members => format!(".with(&[{}])", text::wrapped(members, 4)),
        };
        format!("    {} = error({}){code}{members};\n", rust_name(name), self.model.status(shape))
    }

    /// The declaration of a shape.
    #[must_use]
    pub fn shape(&self, name: &str) -> String {
        let Some(shape) = self.model.shape(name) else { return String::new() };
        let mut line = format!("    {} = {}", self.static_name(name), self.builder(shape));
        line.push_str(&text::bounds(shape));
        if let Some(pattern) = &shape.pattern {
            line.push_str(&format!(".pattern({})", text::literal(pattern)));
        }
        if shape.sensitive {
            line.push_str(".sensitive()");
        }
        let traits = self.shape_traits(name, shape);
        if !traits.is_empty() {
            line.push_str(&format!(".with(&[{}])", traits.join(", ")));
        }
        line.push_str(";\n");
        line
    }

    /// The names of the shapes that these are made of, each before its parts.
    #[must_use]
    pub fn reachable(&self, from: &[&str]) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut order = Vec::new();
        let mut stack: Vec<&str> = from.iter().rev().copied().collect();
        while let Some(name) = stack.pop() {
            if !seen.insert(name.to_owned()) {
                continue;
            }
            order.push(name.to_owned());
            if let Some(shape) = self.model.shape(name) {
                let mut parts: Vec<&str> = shape.parts().map(|part| part.shape.as_str()).collect();
                parts.reverse();
                stack.extend(parts);
            }
        }
        order
    }

    /// The shapes of an operation's input, output and errors' details.
    #[must_use]
    pub fn shapes_of(&self, operation: &OperationModel) -> Vec<String> {
        let mut from: Vec<&str> = Vec::new();
        from.extend(operation.input.iter().chain(&operation.output).map(|part| part.shape.as_str()));
        for error in &operation.errors {
            if let Some(shape) = self.model.shape(&error.shape) {
                from.extend(shape.details().map(|(_, detail)| detail.shape.as_str()));
            }
        }
        self.reachable(&from)
    }

    /// The static's name of a shape: some shapes are called like the functions that build them.
    fn static_name(&self, name: &str) -> String {
        let plain = rust_name(name);
        if plain == name || !self.model.shapes.contains_key(&plain) { plain } else { format!("{plain}Value") }
    }

    fn builder(&self, shape: &ShapeModel) -> String {
        let simple = |name: &str| format!("{name}()");
        match shape.kind.as_str() {
            "structure" if shape.document => simple("document"),
            "structure" => {
                let kind = if shape.union { "union" } else { "structure" };
                let members: Vec<String> = shape
                    .members
                    .iter()
                    .map(|(name, member)| format!("        {},\n", self.member(shape, name, member)))
                    .collect();
                let lines =
                    if members.is_empty() { String::new() } else { format!("\n{}    ", members.concat()) };
                format!("{kind}(&[{lines}])")
            }
            "list" => format!("list(&{})", self.entry("member", shape.member.as_deref())),
            "map" => {
                let key = self.entry("key", shape.key.as_deref());
                let value = self.entry("value", shape.value.as_deref());
                format!("map(&{key}, &{value})")
            }
            "string" => match &shape.enumeration {
                Some(values) => {
                    let values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
                    format!("enumeration(&[{}])", text::wrapped(&values, 4))
                }
                None => simple("string"),
            },
            "timestamp" => {
                let format = shape.timestamp_format.as_deref().map_or(String::new(), text::timestamp_format);
                format!("timestamp(){format}")
            }
            other => simple(other),
        }
    }

    fn entry(&self, name: &str, reference: Option<&Reference>) -> String {
        let Some(reference) = reference else { return String::new() };
        let wire = reference.location_name.as_deref().filter(|wire| *wire != name);
        let wire = wire.map_or(String::new(), |wire| format!(".wire({wire:?})"));
        format!("member({name:?}, &{}){wire}{}", self.static_name(&reference.shape), text::traits(reference))
    }

    fn member(&self, of: &ShapeModel, name: &str, reference: &Reference) -> String {
        let mut line = format!("member({name:?}, &{})", self.static_name(&reference.shape));
        if of.required.iter().any(|required| required == name) {
            line.push_str(".required()");
        }
        let target = self.model.shape(&reference.shape);
        let wire = reference.location_name.as_deref();
        let wire = wire.or_else(|| target.and_then(|shape| shape.location_name.as_deref()));
        match text::location(reference, target, name) {
            Some(location) => line.push_str(&format!(".at({location})")),
            None => {
                if let Some(wire) = wire.filter(|wire| *wire != name) {
                    line.push_str(&format!(".wire({wire:?})"));
                }
                if of.payload.as_deref() == Some(name) {
                    line.push_str(".at(Location::Payload)");
                }
            }
        }
        if let Some(format) = &reference.timestamp_format {
            line.push_str(&text::timestamp_format(format));
        }
        line.push_str(&text::traits(reference));
        line
    }

    fn shape_traits(&self, name: &str, shape: &ShapeModel) -> Vec<String> {
        let mut traits = Vec::new();
        if shape.flattened {
            traits.push("Trait::Flattened".to_owned());
        }
        if shape.streaming {
            traits.push("Trait::Streaming".to_owned());
        }
        if shape.eventstream {
            traits.push("Trait::EventStream".to_owned());
        }
        let root = self
            .model
            .operations
            .iter()
            .filter_map(|(_, operation)| operation.input.as_ref())
            .find(|input| input.shape == name && input.location_name.is_some());
        if let Some(root) = root.and_then(|input| input.location_name.as_deref()) {
            traits.push(format!("Trait::RootName({root:?})"));
        }
        let namespace = root.and_then(|input| input.xml_namespace.as_ref()).or(shape.xml_namespace.as_ref());
        traits.extend(namespace.map(text::namespace));
        traits
    }
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
    let lines = row.match_indices('\n').map(|(at, _)| at + 1);
    let first = lines.into_iter().find(|at| {
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

/// Which of these operations use each of the shapes, as the name of their file; none when several files do.
#[must_use]
pub fn homes(draft: &Draft<'_>, topics: &Topics) -> BTreeMap<String, Option<String>> {
    let mut homes: BTreeMap<String, Option<String>> = BTreeMap::new();
    for (topic, operations) in topics {
        for operation in operations.iter().filter_map(|name| draft.model.operations.find(name)) {
            for shape in draft.shapes_of(operation) {
                homes
                    .entry(shape)
                    .and_modify(|home| {
                        if home.as_ref() != Some(topic) {
                            *home = None;
                        }
                    })
                    .or_insert_with(|| Some(topic.clone()));
            }
        }
    }
    homes
}
