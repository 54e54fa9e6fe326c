//! Writes a whole crate of tables: `operations/` and `shapes/` with a file a topic, and `errors.rs`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use bastide_botocore::draft::{Draft, Rows, Topics, homes, rows_in, rust_name};

use crate::Failure;

/// Longest file that is written; a topic that needs more is to be cut in two.
const MOST_LINES: usize = 600;

/// The file for shapes that several topics use.
const SHARED: &str = "shared";

pub(crate) fn write(draft: &Draft<'_>, krate: &Path, added: &[String]) -> Result<(), Failure> {
    let source = krate.join("src");
    let (mut topics, rows) = standing(&source)?;
    for topic in added {
        let Some((file, names)) = topic.split_once('=') else {
            return Err(format!("`{topic}` is not FILE=OPERATION,OPERATION").into());
        };
        for name in names.split(',') {
            if draft.model.operations.find(name).is_none() {
                return Err(format!("botocore's {} has no operation `{name}`", draft.service).into());
            }
            for names in topics.values_mut() {
                names.retain(|standing| standing != name);
            }
            topics.entry(file.to_owned()).or_default().push(name.to_owned());
        }
    }
    topics.retain(|_, names| !names.is_empty());
    write_operations(draft, &source, &topics, &rows)?;
    write_errors(draft, &source, &topics)?;
    write_shapes(draft, &source, &topics)?;
    if !fs::read_to_string(source.join("lib.rs")).is_ok_and(|text| text.contains("Service")) {
        put(&source.join("lib.rs"), &library(draft))?;
    }
    Ok(())
}

/// The topics and rows that stand already.
fn standing(source: &Path) -> Result<(Topics, Rows), Failure> {
    let (mut topics, mut rows) = (Topics::new(), Rows::new());
    let Ok(files) = fs::read_dir(source.join("operations")) else { return Ok((topics, rows)) };
    for path in files.filter_map(|entry| Some(entry.ok()?.path())) {
        let topic = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        for (name, row) in rows_in(&fs::read_to_string(&path)?) {
            topics.entry(topic.clone()).or_default().push(name.clone());
            rows.insert(name, row);
        }
    }
    Ok((topics, rows))
}

fn write_operations(draft: &Draft<'_>, source: &Path, topics: &Topics, rows: &Rows) -> Result<(), Failure> {
    let mut built = String::new();
    for (topic, names) in topics {
        let mut table = String::new();
        for name in names {
            if let Some(operation) = draft.model.operations.find(name) {
                table.push_str(&draft.row(name, operation, rows.get(name)));
            }
            built.push_str(&format!("    &{name},\n"));
        }
        let target = if table.contains("target(") { ", target" } else { "" };
        let errors = if table.contains(".errors(") { "errors::*, " } else { "" };
        let text = format!(
            "//! Operations: {}.\n\nuse bastide_shape::{{Access, operation, operations{target}}};\n\n\
             use crate::{{{errors}shapes::*}};\n\noperations! {{\n{table}}}\n",
            spoken(topic)
        );
        let text = text.replace("use crate::{shapes::*};", "use crate::shapes::*;");
        put(&source.join("operations").join(format!("{topic}.rs")), &text)?;
    }
    let all: BTreeSet<&String> = topics.values().flatten().collect();
    let unbuilt: String = draft
        .model
        .operations
        .names()
        .filter(|name| !all.contains(&(*name).to_owned()))
        .map(|name| format!("    {name:?},\n"))
        .collect();
    let text = format!(
        "//! The operations of {}: those that are built, a file a topic, and the names of the others.\n\n{}\n\
         use bastide_shape::Operation;\n\n/// Those that are built.\n\
         pub static BUILT: &[&Operation] = &[\n{built}];\n\n\
         /// The names of those that are not.\npub static UNBUILT: &[&str] = &[\n{unbuilt}];\n",
        draft.service,
        modules(topics.keys())
    );
    put(&source.join("operations/mod.rs"), &text)
}

fn write_errors(draft: &Draft<'_>, source: &Path, topics: &Topics) -> Result<(), Failure> {
    let operations = topics.values().flatten().filter_map(|name| draft.model.operations.find(name));
    let names: BTreeSet<&String> =
        operations.flat_map(|operation| operation.errors.iter().map(|error| &error.shape)).collect();
    let lines: String = names.iter().map(|name| draft.error(name)).collect();
    let (member, shapes) =
        if lines.contains("member(") { (", member", "use crate::shapes::*;\n\n") } else { ("", "") };
    let text = format!(
        "//! The errors that {}'s operations list.\n\nuse bastide_shape::{{error, errors{member}}};\n\n{shapes}\
         errors! {{\n{lines}}}\n",
        draft.service
    );
    put(&source.join("errors.rs"), &text)
}

fn write_shapes(draft: &Draft<'_>, source: &Path, topics: &Topics) -> Result<(), Failure> {
    let homes = homes(draft, topics);
    let operations = topics.values().flatten().filter_map(|name| draft.model.operations.find(name));
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut done = BTreeSet::new();
    for name in operations.flat_map(|operation| draft.shapes_of(operation)) {
        if done.insert(name.clone()) {
            let home = homes.get(&name).cloned().flatten().unwrap_or_else(|| SHARED.to_owned());
            files.entry(home).or_default().push(name);
        }
    }
    for (file, names) in &files {
        let about = if file == SHARED { "used by several topics".to_owned() } else { spoken(file) };
        let table: String = names.iter().map(|name| draft.shape(name)).collect();
        let own: BTreeSet<String> = names.iter().map(|name| rust_name(name)).collect();
        let foreign = references(&table).any(|name| !own.contains(&rust_name(name)));
        let foreign = if foreign { "use super::*;\n\n" } else { "" };
        let text = format!(
            "//! Shapes: {about}.\n\nuse bastide_shape::{{{}}};\n\n{foreign}shapes! {{\n{table}}}\n",
            imports(&table)
        );
        put(&source.join("shapes").join(format!("{file}.rs")), &text)?;
    }
    let text = format!("//! The shapes of {}, a file a topic.\n\n{}", draft.service, modules(files.keys()));
    put(&source.join("shapes/mod.rs"), &text)
}

fn modules<'a>(names: impl Iterator<Item = &'a String> + Clone) -> String {
    let declared: String = names.clone().map(|name| format!("mod {name};\n")).collect();
    let used: String = names.map(|name| format!("pub use {name}::*;\n")).collect();
    format!("{declared}\n{used}")
}

/// The names behind every `&` in a table.
fn references(table: &str) -> impl Iterator<Item = &str> {
    table.split('&').skip(1).filter_map(|rest| {
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_')?;
        rest.get(..end).filter(|name| !name.is_empty() && !rest.starts_with("member("))
    })
}

/// What a table uses of the schema crate.
fn imports(table: &str) -> String {
    let types = ["Location", "TimestampFormat", "Trait"];
    let types = types
        .into_iter()
        .filter(|name| ["(", "[", " "].iter().any(|before| table.contains(&format!("{before}{name}::"))));
    let functions = [
        "big_integer",
        "blob",
        "boolean",
        "document",
        "double",
        "enumeration",
        "float",
        "integer",
        "list",
        "long",
        "map",
        "member",
        "shapes",
        "string",
        "structure",
        "timestamp",
        "union",
    ];
    let functions = functions.into_iter().filter(|name| {
        let calls = [format!("= {name}("), format!("&{name}(\""), format!(" {name}(\"")];
        *name == "shapes" || calls.iter().any(|call| table.contains(call))
    });
    types.chain(functions).collect::<Vec<_>>().join(", ")
}

fn library(draft: &Draft<'_>) -> String {
    let metadata = &draft.model.metadata;
    let spoken = if metadata.protocols.is_empty() {
        vec![metadata.protocol.clone()]
    } else {
        metadata.protocols.clone()
    };
    let protocols: Vec<&str> = spoken
        .iter()
        .map(|protocol| match (protocol.as_str(), metadata.json_version.as_deref()) {
            ("json", Some("1.0")) => "Protocol::Json10",
            ("json", _) => "Protocol::Json11",
            ("rest-json", _) => "Protocol::RestJson",
            ("rest-xml", _) => "Protocol::RestXml",
            ("ec2", _) => "Protocol::Ec2",
            ("smithy-rpc-v2-cbor", _) => "Protocol::Cbor",
            _ => "Protocol::Query",
        })
        .collect();
    let signing = metadata.signing_name.as_ref().unwrap_or(&metadata.endpoint_prefix);
    let mut lines = String::new();
    if let Some(prefix) = &metadata.target_prefix {
        lines.push_str(&format!("\n    .target_prefix({prefix:?})"));
    }
    if let Some(namespace) = &metadata.xml_namespace {
        lines.push_str(&format!("\n    .xml_namespace({namespace:?})"));
    }
    if metadata.global_endpoint.is_some() {
        lines.push_str("\n    .global()");
    }
    let (service, version) = (draft.service, &metadata.api_version);
    format!(
        "//! {}: its operations and shapes as tables.\n\npub mod errors;\npub mod operations;\npub mod shapes;\n\n\
         use bastide_shape::{{Protocol, Service, service}};\n\n/// {}.\npub static {}: Service = \
         service({service:?}, \"{signing}.amazonaws.com\")\n    .speaks({version:?}, &[{}]){lines}\n    \
         .operations(operations::BUILT, operations::UNBUILT);\n",
        metadata.service_id,
        metadata.service_id,
        service.to_uppercase().replace('-', "_"),
        protocols.join(", ")
    )
}

fn spoken(topic: &str) -> String {
    topic.replace('_', " ")
}

/// Writes a file, formatted, and refuses one that grew too long to read.
fn put(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)?;
    // Formatting is a help and no condition: `cargo fmt` does it as well.
    let _ = std::process::Command::new("rustfmt").args(["--edition", "2024"]).arg(path).status();
    let lines = fs::read_to_string(path)?.lines().count();
    if lines > MOST_LINES {
        return Err(format!(
            "`{}` has {lines} lines: move operations to a topic of their own with --topic FILE=OPERATION,…",
            path.display()
        )
        .into());
    }
    Ok(())
}
