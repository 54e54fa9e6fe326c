use std::path::PathBuf;

/// Why something was not sealed or not opened. No message holds key material.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// No seal of the keyring opens with this root.
    #[error(
        "the {kind} root opens none of the keyring's seals ({seals}): start with the root that made one of them"
    )]
    WrongRoot {
        /// What kind of root was given.
        kind: String,
        /// The seals that the keyring has, with their kinds and times.
        seals: String,
    },
    /// The file of the root key is not there, although the keyring was sealed before.
    #[error("the root key file `{}` is missing: restore it from your backup, or start with another root", .0.display())]
    RootMissing(PathBuf),
    /// Others may read or change the file of the root key.
    #[error("the root key file `{}` is open to others (mode {mode:o}): run `chmod 600` on it", path.display())]
    RootExposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The root is not of its form.
    #[error("the {kind} root is not valid: {why}")]
    RootInvalid {
        /// What kind of root was given.
        kind: String,
        /// What it must be.
        why: &'static str,
    },
    /// The root is elsewhere and cannot be used at present.
    #[error("the {kind} root cannot be used: {why}")]
    RootUnavailable {
        /// What kind of root was given.
        kind: String,
        /// What failed, and what to do.
        why: String,
    },
    /// Fewer shares than put the root together.
    #[error("{needed} different shares open the seal, and {given} were given")]
    TooFewShares {
        /// How many different shares there were.
        given: usize,
        /// How many it takes.
        needed: usize,
    },
    /// The keyring is not one, or was changed by other hands.
    #[error("the keyring is damaged ({0}): restore it from your backup")]
    KeyringDamaged(&'static str),
    /// The keyring was written by a newer version.
    #[error("the keyring has format {0}, which is newer than this version of bastide reads: upgrade it")]
    KeyringTooNew(u32),
    /// Another process changed the keyring at the same time; what it wrote is loaded now.
    #[error("the keyring was changed by another process: try again")]
    Conflict,
    /// The keyring must keep at least one seal.
    #[error("`{0}` is the keyring's only seal: add another one before you remove it")]
    LastSeal(String),
    /// There is no such seal.
    #[error("the keyring has no seal `{0}`")]
    NoSuchSeal(String),
    /// There is no such generation of the master key, here or in the store.
    #[error("master key generation {0} is not in the keyring: was it restored from an older backup?")]
    NoSuchGeneration(u32),
    /// The current generation cannot be retired.
    #[error("master key generation {0} is the current one: rotate before you retire it")]
    CurrentGeneration(u32),
    /// The sealed bytes are not of their form.
    #[error("the sealed bytes are not valid: {0}")]
    Malformed(&'static str),
    /// The sealed bytes were changed, or belong to another resource or place.
    #[error(
        "what is sealed does not open for `{0}`: it was changed, or belongs to another resource or place"
    )]
    NotAuthentic(String),
    /// More than [`crate::MAX_PLAINTEXT`] bytes.
    #[error("a secret of {0} bytes is too large to seal")]
    TooLarge(usize),
    /// The cryptographic library refused.
    #[error("the cryptographic library failed in {0}")]
    Crypto(&'static str),
    /// Reading or writing a file failed.
    #[error("cannot {verb} `{}`: {cause}", path.display())]
    File {
        /// What was to be done.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        cause: std::io::Error,
    },
    /// The store of the keyring failed.
    #[error("the store of the keyring failed: {0}")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
}
