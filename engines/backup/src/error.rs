/// Why a backup cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The bytes are no backup.
    #[error("this is no backup of Bastide's: {0}")]
    Malformed(String),
    /// A newer version of bastide made it.
    #[error("the backup has format {0}, which is newer than this version of bastide reads: upgrade it")]
    Newer(u32),
    /// It ends before its end.
    #[error("the backup is cut off: its end is missing")]
    CutOff,
    /// A file is not what the manifest says.
    #[error("the backup is damaged: `{0}` is not what was backed up")]
    Damaged(String),
    /// A file cannot stand in a backup.
    #[error("`{0}` is no name for a file in a backup")]
    Name(String),
    /// A file has another length than was said.
    #[error("`{0}` changed its length while it was backed up")]
    Length(String),
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
