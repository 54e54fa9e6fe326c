//! The roots that open the keyring: what an operator names, where its secrets come from, and which one opens.

mod kms;
mod secrets;
mod spec;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bastide_ids::Timestamp;
use bastide_seal::{
    Keyring, KeyringStore, RootSource, Seal, SealError, Sealer, Share, SharedRoot, TokenRoot, VaultSeal,
};
use zeroize::Zeroizing;

use crate::arguments::Data;
use crate::data::secret;

pub(crate) use self::spec::{HELP, Spec};

use self::spec::{Dealing, Token};

/// Where secrets are looked for when nothing else is said.
const PASSPHRASE: &str = "BASTIDE_ROOT_PASSPHRASE";
const KEY: &str = "BASTIDE_ROOT_KEY";
const SHARES: &str = "BASTIDE_SEAL_SHARES";
const PIN: &str = "BASTIDE_PKCS11_PIN";
/// More shares than this are not asked for: a set has 255 at most.
const MOST_SHARES: usize = 255;

/// A root that a new seal is made with.
pub(crate) struct Made {
    pub(crate) root: Box<dyn Seal>,
    /// For people to keep, and for nobody else.
    pub(crate) shares: Vec<Share>,
    /// Where the shares go; without it they are shown.
    pub(crate) folder: Option<PathBuf>,
}

/// The roots that the operator named, or those that an environment without names means.
pub(crate) fn chosen(data: &Data) -> Vec<Spec> {
    if !data.seal.is_empty() {
        return data.seal.clone();
    }
    if secret(PASSPHRASE).is_some() {
        return vec![Spec::Passphrase { file: None }];
    }
    if secret(KEY).is_some() {
        return vec![Spec::Environment { name: None }];
    }
    vec![Spec::File { path: None }]
}

/// Opens a stored keyring with the first of the roots that does.
///
/// # Errors
/// Why none of them does.
pub(crate) fn open(
    specs: &[Spec],
    data: &Data,
    keyring: &Arc<dyn KeyringStore>,
    now: Timestamp,
) -> Result<Sealer, String> {
    let stored = keyring.load().map_err(|error| error.to_string())?;
    let stored = Keyring::parse(&stored.unwrap_or_default()).map_err(|error| error.to_string())?;
    let mut failures = Vec::new();
    for spec in specs {
        let opened = spec.open(data, &stored).and_then(|root| {
            Sealer::open(&*root, Arc::clone(keyring), now).map_err(|error| error.to_string())
        });
        match opened {
            Ok(sealer) => {
                for failure in failures {
                    tracing::warn!(%failure, "a root did not open the keyring; the next one did");
                }
                return Ok(sealer);
            }
            Err(failure) => failures.push(failure),
        }
    }
    Err(failures.join("; and "))
}

/// Makes a keyring that each of the roots opens. Gives the shares that were dealt with where they are to go.
///
/// # Errors
/// Why there is none now.
pub(crate) fn create(
    specs: &[Spec],
    data: &Data,
    keyring: &Arc<dyn KeyringStore>,
    now: Timestamp,
) -> Result<(Sealer, Vec<Made>), String> {
    let made: Vec<Made> = specs.iter().map(|spec| spec.make(data)).collect::<Result<_, _>>()?;
    let roots: Vec<&dyn Seal> = made.iter().map(|one| &*one.root).collect();
    let sealer = match Sealer::create(&roots, Arc::clone(keyring), now) {
        // Another node was quicker: its keyring counts.
        Err(SealError::Conflict) => open(specs, data, keyring, now)?,
        made => made.map_err(|error| error.to_string())?,
    };
    Ok((sealer, made))
}

impl Spec {
    /// A root to open a keyring with. Asks a person only for what this keyring can use.
    fn open(&self, data: &Data, keyring: &Keyring) -> Result<Box<dyn Seal>, String> {
        let (kind, opens) = self.kinds();
        if !keyring.seals.iter().any(|seal| opens.contains(&seal.kind.as_str())) {
            let wrong = SealError::WrongRoot { kind: kind.to_owned(), seals: keyring.seal_list() };
            return Err(wrong.to_string());
        }
        match self {
            Self::Shares { dealing: Some(_), .. } => {
                Err("`shares:M-of-N` makes new shares: to open with shares, say `shares`".to_owned())
            }
            Self::Shares { files, .. } => {
                let shares = given_shares(files, keyring)?;
                let root = SharedRoot::join(&shares).map_err(|error| error.to_string())?;
                Ok(Box::new(root))
            }
            other => Ok(other.make(data)?.root),
        }
    }

    /// A root for a new seal.
    pub(crate) fn make(&self, data: &Data) -> Result<Made, String> {
        let (mut dealt, mut place) = (Vec::new(), None);
        let root: Box<dyn Seal> = match self {
            Self::File { path } => {
                let path = path.clone().or_else(|| data.root_key_file.clone());
                Box::new(RootSource::File(path.unwrap_or_else(|| data.data_dir.join("root.key"))))
            }
            Self::Passphrase { file } => {
                let given = secrets::given(file.as_deref(), PASSPHRASE, || "Passphrase".to_owned())?;
                Box::new(RootSource::Passphrase(given))
            }
            Self::Environment { name } => {
                let name = name.as_deref().unwrap_or(KEY);
                let key = secret(name).ok_or_else(|| format!("{name} is not set"))?;
                Box::new(RootSource::Bytes(key))
            }
            Self::Shares { dealing: Some(Dealing { threshold, count, folder }), .. } => {
                let (root, shares) =
                    SharedRoot::deal(*threshold, *count).map_err(|error| error.to_string())?;
                (dealt, place) = (shares, folder.clone());
                Box::new(root)
            }
            Self::Shares { dealing: None, .. } => {
                return Err("say how many shares there are to be: `shares:2-of-3`".to_owned());
            }
            Self::Token(token) => Box::new(VaultSeal(token.root()?)),
            Self::Kms(key) => Box::new(VaultSeal(key.vault()?)),
        };
        Ok(Made { root, shares: dealt, folder: place })
    }

    /// What the keyring calls a seal of this root, and the seals that it may open.
    fn kinds(&self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::File { .. } => ("file", &["file", "bytes"]),
            Self::Environment { .. } => ("bytes", &["file", "bytes"]),
            Self::Passphrase { .. } => ("passphrase", &["passphrase"]),
            Self::Shares { .. } => ("shares", &["shares"]),
            Self::Token(_) => ("pkcs11", &["pkcs11"]),
            Self::Kms(_) => (kms::KIND, &[kms::KIND]),
        }
    }
}

impl Token {
    fn root(&self) -> Result<TokenRoot, String> {
        let name = self.token.label.clone().or_else(|| self.token.serial.clone()).unwrap_or_default();
        let pin = match (&self.pin_file, self.keypad) {
            (None, true) => None,
            (file, _) => Some(secrets::given(file.as_deref(), PIN, || format!("PIN of the token `{name}`"))?),
        };
        Ok(TokenRoot {
            module: self.module.clone(),
            token: self.token.clone(),
            label: self.label.clone(),
            id: self.id.clone(),
            pin,
            generate: self.generate,
        })
    }
}

/// Shares out of files or the environment; where those are not enough, people are asked one after the other.
fn given_shares(files: &[PathBuf], keyring: &Keyring) -> Result<Vec<Share>, String> {
    let mut shares = Vec::new();
    for file in files {
        add_shares(&mut shares, &secrets::from_file(file)?)
            .map_err(|why| format!("`{}`: {why}", file.display()))?;
    }
    if let Some(text) = secret(SHARES) {
        add_shares(&mut shares, &text).map_err(|why| format!("{SHARES}: {why}"))?;
    }
    let mut needed = shares.first().map_or_else(|| least_shares(keyring), |share| share.threshold().into());
    while shares.len() < needed {
        let question = format!("Share {} of the {needed} that are needed", shares.len() + 1);
        let Some(text) = secrets::prompt(&question)? else {
            return Err(format!(
                "{needed} shares open the seal, and {} were given: name their files (`shares?file=…&file=…`), set \
                 {SHARES}, or start at a terminal to be asked for them",
                shares.len()
            ));
        };
        match Share::parse(&text) {
            Ok(share) if shares.iter().any(|one| one.index() == share.index()) => {
                tracing::warn!("share {} was given already", share.index());
            }
            Ok(share) => {
                needed = share.threshold().into();
                shares.push(share);
            }
            Err(error) => tracing::warn!("{error}"),
        }
    }
    Ok(shares)
}

/// Reads the shares of a text: one a line, with blank lines and comments (`#`) between them.
fn add_shares(shares: &mut Vec<Share>, text: &str) -> Result<(), String> {
    let lines = text.lines().flat_map(|line| line.split(',')).map(str::trim);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let share = Share::parse(line).map_err(|error| error.to_string())?;
        if !shares.iter().any(|one| (one.index(), one.set()) == (share.index(), share.set())) {
            shares.push(share);
        }
        if shares.len() > MOST_SHARES {
            return Err("more shares than there can be".to_owned());
        }
    }
    Ok(())
}

/// The least that any of the keyring's sets of shares needs.
fn least_shares(keyring: &Keyring) -> usize {
    let needed = |seal: &bastide_seal::KeyringSeal| seal.key.parameters.get("threshold")?.parse().ok();
    keyring.seals.iter().filter_map(needed).min().unwrap_or(2)
}

/// What a share's file says.
fn share_file(share: &Share) -> Zeroizing<String> {
    let (set, index) = (share.set(), share.index());
    let (threshold, count) = (share.threshold(), share.count());
    let text = share.to_text();
    Zeroizing::new(format!(
        "# Share {index} of {count} of Bastide's keyring (set {set}); any {threshold} open it.\n{}\n",
        text.as_str()
    ))
}

/// Writes shares into a folder, one a file that its owner alone may read. Gives the files.
///
/// # Errors
/// When a file is there already, or cannot be written.
pub(crate) fn write_shares(shares: &[Share], folder: &Path) -> Result<Vec<PathBuf>, String> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut written = Vec::new();
    for share in shares {
        let path = folder.join(format!("share-{}-{}", share.set(), share.index()));
        let write = || {
            let mut options = std::fs::File::options();
            let mut file = options.write(true).create_new(true).mode(0o600).open(&path)?;
            file.write_all(share_file(share).as_bytes())?;
            file.sync_all()
        };
        write().map_err(|error: std::io::Error| format!("cannot write `{}`: {error}", path.display()))?;
        written.push(path);
    }
    Ok(written)
}
