//! `bastide backup`: everything in one file, taken while the server runs, read through, and put back.
//!
//! What is secret in a backup is sealed as it is in the data folder. What opens it is not in it: no root key file, and
//! no key of a TLS certificate, which a restored server makes anew.

mod contents;
mod create;
mod restore;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use bastide_ids::Uuid;
use clap::{Args, Subcommand};

use crate::arguments::Data;

/// Everything in one file: taken while the server runs, read through, and put back.
///
/// A backup holds the resources, the events, the keyring and the folders of HSMs, all as they were at one moment. What
/// is secret in it stays sealed: to open it takes what opens the keyring (`bastide seal status`), which is not in it.
/// Keep root key files, shares and tokens elsewhere.
#[derive(Args)]
pub(crate) struct BackupCommand {
    #[command(subcommand)]
    pub(crate) action: BackupAction,
}

#[derive(Subcommand)]
pub(crate) enum BackupAction {
    /// Write a backup of a data folder into a new file; the server may run
    ///
    /// With `--store postgres://…` the resources are in that database, and so is the keyring: back it up with pg_dump
    /// first, then take the rest, which is this node's events, with this command.
    Create {
        /// The file to write, or `-` for standard output
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Folder of what is backed up
        #[arg(long, default_value = "bastide-data", env = "BASTIDE_DATA_DIR", value_name = "FOLDER")]
        data_dir: PathBuf,
        /// Where the resources are, if not in the data folder
        #[arg(long, env = "BASTIDE_STORE", value_name = "URL", hide_env_values = true)]
        store: Option<String>,
    },
    /// Read all of a backup, and tell what it holds
    Verify {
        /// The backup
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Open its keyring too, by the seal that the server would use
        #[arg(long)]
        check: bool,
        /// As one JSON object
        #[arg(long)]
        json: bool,
        /// Folder with room for what the backup holds; by default the system's for temporary files
        #[arg(long, value_name = "FOLDER")]
        scratch: Option<PathBuf>,
        #[command(flatten)]
        data: Data,
    },
    /// Put a backup back, into a data folder that is not there yet or is empty
    Restore {
        /// The backup
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The data folder to make
        #[arg(long, default_value = "bastide-data", env = "BASTIDE_DATA_DIR", value_name = "FOLDER")]
        data_dir: PathBuf,
    },
}

/// Does what is asked, and tells it.
///
/// # Errors
/// Why it was not done.
pub(crate) fn run(action: &BackupAction) -> Result<(), String> {
    let text = match action {
        BackupAction::Create { file, data_dir, store } => create::create(file, data_dir, store.as_deref())?,
        BackupAction::Verify { file, check, json, scratch, data } => {
            restore::verify(file, scratch.as_deref(), check.then_some(data), *json)?
        }
        BackupAction::Restore { file, data_dir } => restore::restore(file, data_dir)?,
    };
    let mut out = std::io::stdout();
    let told = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    told.map_err(|error| format!("standard output: {error}"))
}

/// A file or folder that goes away again, unless it is kept.
struct Temporary {
    path: PathBuf,
    kept: bool,
}

impl Temporary {
    /// A new name beside a path: `.NAME.RANDOM.KIND`.
    fn beside(path: &Path, kind: &str) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let path = path.with_file_name(format!(".{name}.{}.{kind}", Uuid::random()));
        Self { path, kept: false }
    }

    /// Gives it its name, for good.
    fn rename(mut self, to: &Path) -> std::io::Result<()> {
        std::fs::rename(&self.path, to)?;
        self.kept = true;
        sync_folder(to)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.kept {
            // One of them does it; nothing is there before it is made.
            let _ = std::fs::remove_file(&self.path);
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// Makes a name in its folder durable.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn told(path: &Path) -> impl Fn(std::io::Error) -> String + '_ {
    move |error| format!("`{}`: {error}", path.display())
}
