use serde::{Deserialize, Serialize};

use crate::BackupError;

/// The form that this version writes.
pub const FORMAT: u32 = 1;

/// What an archive says of itself at its start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Version of the form: 1.
    pub format: u32,
    /// The version of bastide that made it.
    pub made_by: String,
    /// When it was made, in ISO 8601.
    pub created: String,
}

/// What belongs in an archive; stands at its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Every file, in the order in which they stand.
    pub files: Vec<File>,
    /// What the maker knew of them.
    #[serde(default)]
    pub notes: serde_json::Value,
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its path, with `/` between folders.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    /// SHA-256 of its content, in hex.
    pub sha256: String,
}

/// Whether a path may stand in a backup: relative, without a way up, of few and plain characters.
pub(crate) fn check_name(name: &str) -> Result<(), BackupError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(plain);
    let known = [crate::HEAD, crate::MANIFEST].contains(&name);
    if name.len() <= 255 && !known && name.split('/').all(part) && name.split('/').count() <= 8 {
        Ok(())
    } else {
        Err(BackupError::Name(name.to_owned()))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
