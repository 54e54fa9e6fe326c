//! Backups as one file: a tar archive under zstd that says at its start what it is and at its end what belongs in it.
//!
//! ```text
//! backup.json      the form of the archive, and when and by whom it was made
//! …                files, in folders
//! manifest.json    each file's length and SHA-256, and what its maker knew of them
//! ```
//!
//! `tar` and `zstd` open it too. The hashes find damage, cut-off archives included; they do not authenticate: whoever
//! can write the archive can write its manifest. What is secret in it is sealed before it comes here.

mod error;
mod manifest;
mod read;
mod write;

pub use error::BackupError;
pub use manifest::{FORMAT, File, Head, Manifest};
pub use read::{MAX_FILES, read};
pub use write::Writer;

/// The name of the first entry.
pub(crate) const HEAD: &str = "backup.json";
/// The name of the last entry.
pub(crate) const MANIFEST: &str = "manifest.json";
