//! `cargo xtask scaffold SERVICE OPERATION`: drafts what an operation needs in its service's tables.

use std::{fs, path::Path, process::ExitCode};

use bastide_botocore::{
    Model,
    convert::service_of,
    draft::{Draft, rust_name, shapes_of},
};

use crate::{Failure, root, venv, whole};

/// Draft tables from botocore.
///
/// `scaffold kms CreateAlias` prints the row, and the shapes and errors that api/kms does not have yet.
/// `scaffold kms --topic aliases=CreateAlias,DeleteAlias` writes them: it drafts the whole crate anew and keeps
/// what was written by hand (the access level, and the columns that stand last in a row).
#[derive(clap::Args)]
pub(crate) struct Scaffold {
    /// The service as botocore calls it, such as `kms`.
    pub(crate) service: String,
    /// The operation to print, such as `CreateAlias`.
    operation: Option<String>,
    /// Draft the crate anew, and write it.
    #[arg(long)]
    all: bool,
    /// Operations to add to the crate, under the name of the file they go to; implies --all.
    #[arg(long, value_name = "FILE=OPERATION,…")]
    topic: Vec<String>,
}

pub(crate) fn run(task: &Scaffold) -> Result<ExitCode, Failure> {
    let model = Model::load(&venv::botocore_data()?, &task.service)?;
    let draft = Draft::new(service_of(&task.service, &model));
    let krate = root().join("api").join(&task.service);
    if task.all || !task.topic.is_empty() {
        whole::write(&draft, &krate, &task.topic)?;
    } else if let Some(operation) = &task.operation {
        print(&draft, &krate, operation)?;
    } else {
        return Err("name an operation, or say --all to draft the whole crate anew".into());
    }
    Ok(ExitCode::SUCCESS)
}

#[allow(clippy::print_stdout, reason = "the draft is printed for the one who asked for it")]
fn print(draft: &Draft, krate: &Path, name: &str) -> Result<(), Failure> {
    let service = draft.service().name;
    let Some(operation) = draft.service().operation(name) else {
        return Err(format!("botocore's {service} has no operation `{name}`").into());
    };
    let standing = source_of(krate);
    let has = |name: &str| standing.contains(&format!("\n    {name} = "));
    let shapes: Vec<String> = shapes_of(operation)
        .iter()
        .filter(|shape| !has(&rust_name(shape.name)))
        .map(|shape| draft.shape(shape.name))
        .collect();
    let errors: Vec<String> = operation
        .errors
        .iter()
        .filter(|error| !has(&rust_name(error.name)))
        .map(|error| draft.error(error))
        .collect();
    if has(name) {
        println!("// {name} has a row in api/{service} already; drafted anew it is:");
    } else {
        println!(
            "// Take {name} out of UNBUILT. Check its access level; say what it acts on with .on(&[…])."
        );
    }
    println!("operations! {{\n{}}}", draft.row(operation, None));
    if !errors.is_empty() {
        println!("\nerrors! {{\n{}}}", errors.concat());
    }
    if !shapes.is_empty() {
        println!("\nshapes! {{\n{}}}", shapes.concat());
    }
    Ok(())
}

/// The text of all source files below a folder.
fn source_of(folder: &Path) -> String {
    let Ok(entries) = fs::read_dir(folder) else { return String::new() };
    let mut text = String::new();
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            text.push_str(&source_of(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap_or_default());
        }
    }
    text
}
