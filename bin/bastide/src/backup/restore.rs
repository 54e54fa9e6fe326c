use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bastide_backup::{Head, Manifest, read};
use bastide_ids::{Clock as _, SystemClock};
use bastide_seal::{FileKeyring, KeyringStore};

use super::contents::Found;
use super::{Temporary, sync_folder, told};
use crate::arguments::Data;
use crate::roots;

/// Puts a backup back.
pub(super) fn restore(file: &Path, data_dir: &Path) -> Result<String, String> {
    match fs::read_dir(data_dir).map(|mut entries| entries.next().is_none()) {
        Ok(true) => {}
        Ok(false) => {
            return Err(format!("`{}` is not empty: restore into a new folder", data_dir.display()));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(told(data_dir)(error)),
    }
    let absolute = std::path::absolute(data_dir).map_err(told(data_dir))?;
    let partial = Temporary::beside(&absolute, "restoring");
    let (head, manifest) = unpack(file, &partial.path)?;
    // Takes the place of an empty folder, and of no other.
    partial.rename(&absolute).map_err(told(data_dir))?;
    let mut text = format!(
        "restored `{}` of {} into `{}`: {} files\n",
        file.display(),
        head.created,
        data_dir.display(),
        manifest.files.len()
    );
    let kinds = kinds(&manifest);
    if kinds.iter().any(|kind| kind == "file") {
        text.push_str(&format!(
            "What opens it is not in a backup. Put the root key file at `{}`, or name it with --root-key-file\n",
            data_dir.join("root.key").display()
        ));
    } else if !kinds.is_empty() {
        text.push_str(&format!("Start it with what opens it: {}\n", kinds.join(" or ")));
    } else {
        text.push_str(
            "Its resources and its keyring are in PostgreSQL: restore them from what pg_dump has written\n",
        );
    }
    Ok(text)
}

/// Reads all of a backup, and tells what it holds.
pub(super) fn verify(
    file: &Path,
    scratch: Option<&Path>,
    check: Option<&Data>,
    json: bool,
) -> Result<String, String> {
    let folder = scratch.map_or_else(std::env::temp_dir, Path::to_path_buf);
    let unpacked = Temporary::beside(&folder.join("bastide"), "verify");
    let (head, manifest) = unpack(file, &unpacked.path)?;
    let found = Found::look(&unpacked.path)?;
    let opened_by = check.map(|data| open(data, &unpacked.path)).transpose()?;
    if json {
        return Ok(format!("{:#}\n", found.as_json(&head, &manifest, opened_by.as_deref())));
    }
    Ok(found.in_words(&head, &manifest, opened_by.as_deref()))
}

/// Opens the keyring of a backup. Gives the id of the seal that did.
fn open(data: &Data, folder: &Path) -> Result<String, String> {
    let path = folder.join("keyring.json");
    if !path.exists() {
        return Err("the backup holds no keyring: it is in PostgreSQL".to_owned());
    }
    let keyring: Arc<dyn KeyringStore> = Arc::new(FileKeyring::new(path));
    let sealer = roots::open(&roots::chosen(data), data, &keyring, SystemClock.now())?;
    let used = sealer.status().seals.into_iter().find(|seal| seal.in_use);
    Ok(used.map(|seal| seal.id).unwrap_or_default())
}

/// The kinds of seals that open what is in a backup.
fn kinds(manifest: &Manifest) -> Vec<String> {
    let seals = manifest.notes.pointer("/keyring/seals").and_then(serde_json::Value::as_array);
    let kind = |seal: &serde_json::Value| Some(seal.get("kind")?.as_str()?.to_owned());
    seals.into_iter().flatten().filter_map(kind).collect()
}

/// Writes what an archive holds into a new folder, all of it held against the manifest.
fn unpack(file: &Path, folder: &Path) -> Result<(Head, Manifest), String> {
    make(folder).map_err(told(folder))?;
    let input: Box<dyn Read> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(file).map_err(told(file))?)
    };
    let each = |name: &str, _: u64, content: &mut dyn Read| {
        let known = ["resources.db", "keyring.json", "node"].contains(&name)
            || name.starts_with("events/")
            || name.starts_with("hsm/");
        if !known {
            return Err(io::Error::other(format!("`{name}` does not belong in a data folder")));
        }
        let path: PathBuf = folder.join(name);
        if let Some(parent) = path.parent() {
            make(parent)?;
        }
        let mut out = File::options().write(true).create_new(true).mode(0o600).open(&path)?;
        io::copy(content, &mut out)?;
        out.sync_all()?;
        sync_folder(&path)
    };
    let (head, manifest) =
        read(file_buffer(input), each).map_err(|error| format!("`{}`: {error}", file.display()))?;
    sync_folder(folder).map_err(told(folder))?;
    Ok((head, manifest))
}

fn file_buffer(input: Box<dyn Read>) -> io::BufReader<Box<dyn Read>> {
    io::BufReader::with_capacity(1 << 18, input)
}

fn make(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
