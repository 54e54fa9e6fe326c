use std::io::ErrorKind;
use std::path::Path;

/// Why the lake can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The file system's, with the path.
    #[error("`{0}`: {1}")]
    Io(String, std::io::Error),
    /// The catalog's.
    #[error("the lake's catalog: {0}")]
    Catalog(#[from] rusqlite::Error),
    /// A Parquet file that is none, or damaged, with its path.
    #[error("`{0}`: {1}")]
    Parquet(String, String),
    /// Somebody else writes.
    #[error("another process is writing into the lake `{0}`; wait until it has ended")]
    Busy(String),
}

impl LakeError {
    /// Whether there is no room left: the same may succeed once there is.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let full = |error: &std::io::Error| {
            matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
        };
        match self {
            Self::Io(_, error) => full(error),
            Self::Catalog(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            // The library keeps no more of the error than its text.
            Self::Parquet(_, text) => text.contains("No space left") || text.contains("quota exceeded"),
            Self::Busy(_) => false,
        }
    }

    pub(crate) fn io(path: &Path) -> impl Fn(std::io::Error) -> Self + '_ {
        move |error| Self::Io(path.display().to_string(), error)
    }

    pub(crate) fn parquet(path: &Path) -> impl Fn(parquet::errors::ParquetError) -> Self + '_ {
        move |error| Self::Parquet(path.display().to_string(), error.to_string())
    }
}
