//! Writes a whole crate of tables: `operations/` and `shapes/` with a file a topic, and `errors.rs`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use bastide_botocore::draft::{Draft, Rows, Topics, homes, rows_in, rust_name, shapes_of};
use bastide_shape::{ErrorShape, Protocol};

use crate::Failure;

/// Longest file that is written; a topic that needs more is to be cut in two.
const MOST_LINES: usize = 600;

/// Lines of a file of shapes besides its table, and what formatting adds.
const MARGIN: usize = 60;

/// The file for shapes that several topics use.
const SHARED: &str = "shared";

pub(crate) fn write(draft: &Draft, krate: &Path, added: &[String]) -> Result<(), Failure> {
    let source = krate.join("src");
    let (mut topics, rows) = standing(&source)?;
    for topic in added {
        let Some((file, names)) = topic.split_once('=') else {
            return Err(format!("`{topic}` is not FILE=OPERATION,OPERATION").into());
        };
        for name in names.split(',') {
            if draft.service().operation(name).is_none() {
                return Err(format!("botocore's {} has no operation `{name}`", draft.service().name).into());
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
    if !krate.join("Cargo.toml").exists() {
        fs::write(krate.join("Cargo.toml"), manifest(draft))?;
        begun(draft);
    }
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

fn write_operations(draft: &Draft, source: &Path, topics: &Topics, rows: &Rows) -> Result<(), Failure> {
    let mut built = String::new();
    for (topic, names) in topics {
        let mut table = String::new();
        for name in names {
            if let Some(operation) = draft.service().operation(name) {
                table.push_str(&draft.row(operation, rows.get(name)));
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
        .service()
        .operations
        .iter()
        .map(|operation| operation.name)
        .filter(|name| !all.contains(&(*name).to_owned()))
        .map(|name| format!("    {name:?},\n"))
        .collect();
    let paths = if is_rest(draft) { unbuilt_paths(draft, &all) } else { String::new() };
    let text = format!(
        "//! The operations of {}: those that are built, a file a topic, and the names of the others.\n\n{}\n\
         use bastide_shape::Operation;\n\n/// Those that are built.\n\
         pub static BUILT: &[&Operation] = &[\n{built}];\n\n\
         /// The names of those that are not.\npub static UNBUILT: &[&str] = &[\n{unbuilt}];\n{paths}",
        draft.service().name,
        modules(topics.keys())
    );
    put(&source.join("operations/mod.rs"), &text)
}

/// Whether operations are found by their path.
fn is_rest(draft: &Draft) -> bool {
    matches!(draft.service().protocols.first(), Some(Protocol::RestJson | Protocol::RestXml))
}

fn unbuilt_paths(draft: &Draft, built: &BTreeSet<&String>) -> String {
    let unbuilt =
        draft.service().operations.iter().filter(|operation| !built.contains(&operation.name.to_owned()));
    let rows: String = unbuilt
        .map(|operation| {
            format!("    ({:?}, {:?}, {:?}),\n", operation.name, operation.http.method, operation.http.uri)
        })
        .collect();
    format!("\n/// How those are found.\npub static UNBUILT_HTTP: &[(&str, &str, &str)] = &[\n{rows}];\n")
}

fn write_errors(draft: &Draft, source: &Path, topics: &Topics) -> Result<(), Failure> {
    let operations = topics.values().flatten().filter_map(|name| draft.service().operation(name));
    let errors: BTreeMap<&str, &ErrorShape> =
        operations.flat_map(|operation| operation.errors.iter().map(|error| (error.name, *error))).collect();
    let lines: String = errors.values().map(|error| draft.error(error)).collect();
    let (member, shapes) =
        if lines.contains("member(") { (", member", "use crate::shapes::*;\n\n") } else { ("", "") };
    let text = format!(
        "//! The errors that {}'s operations list.\n\nuse bastide_shape::{{error, errors{member}}};\n\n{shapes}\
         errors! {{\n{lines}}}\n",
        draft.service().name
    );
    put(&source.join("errors.rs"), &text)
}

fn write_shapes(draft: &Draft, source: &Path, topics: &Topics) -> Result<(), Failure> {
    let homes = homes(draft, topics);
    let operations = topics.values().flatten().filter_map(|name| draft.service().operation(name));
    let mut files: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut done = BTreeSet::new();
    for name in operations.flat_map(shapes_of).map(|shape| shape.name) {
        if done.insert(name) {
            let home = homes.get(name).cloned().flatten().unwrap_or_else(|| SHARED.to_owned());
            files.entry(home).or_default().push(name);
        }
    }
    let files = parts(draft, files);
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
    let text =
        format!("//! The shapes of {}, a file a topic.\n\n{}", draft.service().name, modules(files.keys()));
    put(&source.join("shapes/mod.rs"), &text)
}

/// Files with the shapes of one large operation are cut into parts, as a topic cannot be.
fn parts<'a>(draft: &Draft, files: BTreeMap<String, Vec<&'a str>>) -> BTreeMap<String, Vec<&'a str>> {
    let mut cut: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (file, names) in files {
        let (mut lines, mut part) = (0, 1);
        for name in names {
            lines += draft.shape(name).lines().count();
            if lines > MOST_LINES - MARGIN {
                (lines, part) = (0, part + 1);
            }
            let file = if part == 1 { file.clone() } else { format!("{file}_{part}") };
            cut.entry(file).or_default().push(name);
        }
    }
    cut
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

fn manifest(draft: &Draft) -> String {
    let name = draft.service().name;
    let inherited: String = ["version", "edition", "rust-version", "license", "publish"]
        .map(|field| format!("{field}.workspace = true\n"))
        .concat();
    format!(
        "[package]\nname = \"bastide-api-{name}\"\ndescription = \"Operations and shapes of {name}\"\n{inherited}\n\
         [lints]\nworkspace = true\n\n[dependencies]\nbastide-shape.workspace = true\n"
    )
}

#[allow(
    clippy::print_stdout,
    reason = "what is left to do by hand is told to the one who asked for the crate"
)]
fn begun(draft: &Draft) {
    let name = draft.service().name;
    println!("api/{name} is new. Left to do by hand:");
    println!("- Cargo.toml: bastide-api-{name} = {{ path = \"api/{name}\" }} under [workspace.dependencies]");
    println!("- conformance/Cargo.toml and conformance/src/tables.rs: a line for it in each");
    println!("- the rows: access levels, and what they act on with .on(&[…])");
}

fn library(draft: &Draft) -> String {
    let service = draft.service();
    let protocols: Vec<String> =
        service.protocols.iter().map(|protocol| format!("Protocol::{protocol:?}")).collect();
    let mut lines = String::new();
    for (line, value) in [("target_prefix", service.target_prefix), ("xml_namespace", service.xml_namespace)]
    {
        if !value.is_empty() {
            lines.push_str(&format!("\n    .{line}({value:?})"));
        }
    }
    if is_rest(draft) {
        lines.push_str("\n    .unbuilt_http(operations::UNBUILT_HTTP)");
    }
    for (line, is) in [("query_compatible", service.query_compatible), ("global", service.global)] {
        if is {
            lines.push_str(&format!("\n    .{line}()"));
        }
    }
    let name = service.name;
    format!(
        "//! {name}: its operations and shapes as tables, nothing more.\n\npub mod errors;\npub mod operations;\n\
         pub mod shapes;\n\nuse bastide_shape::{{Protocol, Service, service}};\n\n/// {name}.\n\
         pub static {}: Service = service({name:?}, {:?})\n    .speaks({:?}, &[{}]){lines}\n    \
         .operations(operations::BUILT, operations::UNBUILT);\n",
        name.to_uppercase().replace('-', "_"),
        service.event_source,
        service.api_version,
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
