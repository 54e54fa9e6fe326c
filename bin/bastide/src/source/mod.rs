//! `bastide source`: the logs that a server follows.

pub(crate) mod registry;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bastide_ids::{Clock as _, SystemClock, random_bytes};
use bastide_ingest::{Choice, split_pattern};
use clap::{Args, Subcommand, ValueEnum as _};
use serde_json::json;

use crate::data;
use crate::ingest::{Buckets, Kind};
use registry::{Registered, Registry, Status};

/// The logs of other places that a server follows
///
/// What is found in them stands in GuardDuty, for accounts and Regions that have a detector. All this works while the
/// server runs, which follows within seconds, and while it is stopped. `bastide serve --source PATH` names sources too;
/// they are listed here, and stop when the server is started without them.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SourceCommand {
    #[command(subcommand)]
    pub(crate) action: SourceAction,
}

const EXAMPLES: &str = "\
Credentials for buckets are those of the server: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN.

Examples:
  bastide source add /var/log/kubernetes/audit.log
  bastide source add 'AWSLogs/**/*.json.gz'
  bastide source add s3://trail-bucket/AWSLogs/ --region eu-central-1
  bastide source list
  bastide source remove s-4f1c09aa";

#[derive(Subcommand)]
pub(crate) enum SourceAction {
    /// Follow logs from now on: what is there, and what is added
    Add(Box<Add>),
    /// Show the sources, how far each was read, and what went wrong
    List {
        /// As one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        folder: Folder,
    },
    /// Follow a source no longer. What was read of it stays
    Remove {
        /// The source's id, as `list` shows it, or its path
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        folder: Folder,
    },
}

#[derive(Args)]
pub(crate) struct Folder {
    /// The server's data folder
    #[arg(long, default_value = "bastide-data", env = "BASTIDE_DATA_DIR", value_name = "FOLDER")]
    data_dir: PathBuf,
}

#[derive(Args)]
pub(crate) struct Add {
    /// A folder, a file, a pattern (`logs/**/*.gz`), `s3://BUCKET/PREFIX`, or `https://…` for one file
    #[arg(value_name = "PATH")]
    path: String,

    /// Kind of all files; by default each file tells
    #[arg(long, value_enum, default_value = "auto")]
    kind: Kind,

    /// Take only files whose name (or path, when the pattern has a `/`) fits; may be given several times
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,

    /// Leave out files whose name or path fits; may be given several times
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,

    #[command(flatten)]
    buckets: Buckets,

    #[command(flatten)]
    folder: Folder,
}

/// Does what is asked, and tells it on standard output.
///
/// # Errors
/// Why it was not done.
pub(crate) fn run(action: &SourceAction) -> Result<(), String> {
    let text = match action {
        SourceAction::Add(asked) => add(asked)?,
        SourceAction::List { json, folder } => list(&Registry::new(&folder.data_dir), *json)?,
        SourceAction::Remove { id, folder } => remove(&Registry::new(&folder.data_dir), id)?,
    };
    let mut out = std::io::stdout();
    let told = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    told.map_err(|error| format!("standard output: {error}"))
}

fn add(asked: &Add) -> Result<String, String> {
    Choice::new(&asked.include, &asked.exclude).map_err(|error| error.to_string())?;
    let path = settled(&asked.path)?;
    let remote = is_remote(&path);
    let kind = asked.kind.to_possible_value().filter(|_| asked.kind != Kind::Auto);
    let id = random_bytes::<4>().iter().fold("s-".to_owned(), |id, byte| format!("{id}{byte:02x}"));
    let one = Registered {
        id: id.clone(),
        path: path.clone(),
        kind: kind.map(|kind| kind.get_name().to_owned()),
        include: asked.include.clone(),
        exclude: asked.exclude.clone(),
        endpoint_url: asked.buckets.endpoint_url.as_ref().filter(|_| remote).map(ToString::to_string),
        region: remote.then(|| asked.buckets.region.clone()),
        no_sign_request: asked.buckets.no_sign_request,
        ca_bundle: asked
            .buckets
            .ca_bundle
            .as_ref()
            .filter(|_| remote)
            .map(|file| absolute(file))
            .transpose()?,
        added: SystemClock.now().iso8601(),
    };
    data::make_private(&asked.folder.data_dir)?;
    Registry::new(&asked.folder.data_dir).change(|sources| {
        if let Some(there) = sources.iter().find(|there| there.path == path) {
            return Err(format!(
                "`{path}` is followed already, as {}; remove that first to change it",
                there.id
            ));
        }
        sources.push(one);
        Ok(())
    })?;
    Ok(format!(
        "added source {id}: {path}\nA server that runs follows it within seconds, or does so when it starts; `bastide \
         source list` tells how far it is\n"
    ))
}

/// A path as the server finds it, whatever folder that runs in.
fn settled(path: &str) -> Result<String, String> {
    if path == "-" {
        return Err("a server has no standard input to follow; name a file or a folder".to_owned());
    }
    if let Some(rest) = path.strip_prefix("s3://") {
        let bucket = rest.split('/').next().unwrap_or_default();
        return if bucket.is_empty() {
            Err(format!("`{path}` names no bucket"))
        } else {
            Ok(path.to_owned())
        };
    }
    if is_remote(path) {
        let parsed = path.parse::<http::Uri>().map_err(|error| format!("`{path}` is no address: {error}"))?;
        return parsed.host().map(|_| path.to_owned()).ok_or_else(|| format!("`{path}` has no host"));
    }
    let whole = Path::new(path);
    if !whole.exists()
        && let Some((base, pattern)) = split_pattern(path)
    {
        let base = absolute(Path::new(base))?;
        return Ok(format!("{}/{pattern}", base.display().to_string().trim_end_matches('/')));
    }
    Ok(absolute(whole)?.display().to_string())
}

fn is_remote(path: &str) -> bool {
    ["s3://", "https://", "http://"].iter().any(|scheme| path.starts_with(scheme))
}

fn absolute(path: &Path) -> Result<PathBuf, String> {
    path.canonicalize().map_err(|error| format!("`{}`: {error}", path.display()))
}

fn remove(registry: &Registry, id: &str) -> Result<String, String> {
    let gone = registry.change(|sources| {
        let index = sources.iter().position(|one| one.id == id || one.path == id);
        index.map(|index| sources.remove(index)).ok_or_else(|| {
            format!("there is no source `{id}`; `bastide source list` shows those that there are")
        })
    })?;
    Ok(format!("removed source {}: {}\nWhat was read of it stays\n", gone.id, gone.path))
}

fn list(registry: &Registry, json: bool) -> Result<String, String> {
    let (sources, statuses) = (registry.sources()?, registry.statuses()?);
    let status = |one: &Registered| {
        let unseen = || Status { path: one.path.clone(), state: "new".to_owned(), ..Status::default() };
        (one.id.clone(), statuses.get(&one.id).cloned().unwrap_or_else(unseen))
    };
    let registered = sources.iter().map(status);
    let named = statuses.iter().filter(|(_, status)| status.argument);
    let all: Vec<(String, Status)> =
        registered.chain(named.map(|(id, status)| (id.clone(), status.clone()))).collect();
    if json {
        let all: Vec<_> = all
            .iter()
            .map(|(id, status)| {
                let mut shown = json!(status);
                if let Some(members) = shown.as_object_mut() {
                    members.insert("id".to_owned(), json!(id));
                }
                shown
            })
            .collect();
        return Ok(format!("{:#}\n", json!({ "sources": all })));
    }
    if all.is_empty() {
        return Ok("No source is followed; `bastide source add PATH` adds one\n".to_owned());
    }
    let mut text = String::new();
    all.iter().for_each(|(id, status)| show(&mut text, id, status));
    Ok(text)
}

fn show(text: &mut String, id: &str, status: &Status) {
    let Status { path, state, files, read, records, broken, .. } = status;
    let by = if status.argument { " (of --source)" } else { "" };
    let state = match state.as_str() {
        "new" => "not looked at yet".to_owned(),
        "waiting" => "waiting until somebody has a detector".to_owned(),
        "replaying" => {
            format!("learning again from what was read before: {} %", status.replayed.unwrap_or_default())
        }
        state => state.to_owned(),
    };
    // Writing into a string does not fail.
    let _ =
        writeln!(text, "{id}{by}  {path}\n  {state}; {files} files there, {read} read, {records} records");
    if *broken > 0 {
        let _ = writeln!(text, "  {broken} records could not be read; they are kept aside, in lake/rejected");
    }
    if let Some(looked) = &status.looked {
        let last = status.last_read.as_deref().unwrap_or("never");
        let _ = writeln!(text, "  looked at {looked}; something new was read: {last}");
    }
    if let (Some(error), Some(time)) = (&status.error, &status.error_time) {
        let _ = writeln!(text, "  last error, at {time}: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_settled() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let root = root.to_str().unwrap();
        assert_eq!(settled(&format!("{root}/./")).unwrap(), root);
        assert_eq!(
            settled(&format!("{root}/../{}/**/*.gz", root.rsplit('/').next().unwrap())).unwrap(),
            format!("{root}/**/*.gz")
        );
        for same in ["s3://bucket", "s3://bucket/a/*.gz", "https://example.com/log.json"] {
            assert_eq!(settled(same).unwrap(), same);
        }
        for wrong in ["-", "s3://", "s3:///a", "https://", "/nowhere/at/all"] {
            assert!(settled(wrong).is_err(), "{wrong}");
        }
    }
}
