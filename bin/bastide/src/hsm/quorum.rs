//! Approval by several admins: keys, tokens, signatures.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bastide_hsm::ApproverKey;
use bastide_hsm::wire::{Approval, QuorumService, TokenSignature};
use clap::{Args, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::Zeroizing;

use super::manage::{Session, login, show};
use crate::data::write_whole;

#[derive(Subcommand)]
pub(crate) enum Quorum {
    /// Show how many approvals each service needs
    List(Session),
    /// Register the key with which the user that logs in approves; it is made when the file is not there
    Register(Register),
    /// Set how many approvals a service needs
    Set(Set),
    /// Make a token for one act, as a file that is passed round to be signed
    Token(Token),
    /// Add one's signature to a token's file
    Sign(Sign),
}

/// Whose key.
#[derive(Args)]
pub(crate) struct Register {
    #[command(flatten)]
    session: Session,

    /// The RSA-2048 private key, in PEM. Keep it to yourself
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

/// What is to need how many approvals.
#[derive(Args)]
pub(crate) struct Set {
    #[command(flatten)]
    session: Session,

    /// What is to be approved
    service: Service,

    /// How many admins must approve, 2 to 8; 0 for none
    approvals: u8,

    /// A token for `quorum` with its signatures, when quorums are under a quorum
    #[arg(long, value_name = "FILE")]
    approval: Option<PathBuf>,
}

/// What a token is for.
#[derive(Args)]
pub(crate) struct Token {
    #[command(flatten)]
    session: Session,

    /// What is to be approved
    service: Service,

    /// Where to write the token
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// Who signs.
#[derive(Args)]
pub(crate) struct Sign {
    /// The token's file
    token: PathBuf,

    /// Who signs
    #[arg(long, value_name = "NAME")]
    user: String,

    /// The private key that this user registered
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Service {
    /// Making and deleting users, and changing others' passwords
    User,
    /// Setting quorums
    Quorum,
    /// Trust anchors of clients
    Cluster,
}

/// A token's file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    service: String,
    approvals: u8,
    token: String,
    signatures: Vec<Signature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    user: String,
    signature: String,
}

/// Carries out a command.
///
/// # Errors
/// Why it could not be done.
pub(super) fn run(command: Quorum) -> Result<(), String> {
    match command {
        Quorum::List(session) => list(&session),
        Quorum::Register(arguments) => register(&arguments),
        Quorum::Set(Set { session, service, approvals, approval }) => {
            let approval = approval.as_deref().map(read_token).transpose()?;
            let set = login(&session)?.set_quorum(service.into(), approvals, approval);
            set.map_err(|error| error.to_string())
        }
        Quorum::Token(Token { session, service, to }) => {
            let service = QuorumService::from(service);
            let made = login(&session)?.generate_token(service, None);
            let (token, approvals) = made.map_err(|error| error.to_string())?;
            let (service, token) = (service.name().to_owned(), STANDARD.encode(token));
            write_file(&to, &File { service, approvals, token, signatures: Vec::new() })
        }
        Quorum::Sign(arguments) => sign(&arguments),
    }
}

fn list(session: &Session) -> Result<(), String> {
    let quorums = login(session)?.list_quorums().map_err(|error| error.to_string())?;
    let shown: Vec<_> = quorums
        .iter()
        .map(|(service, approvals)| json!({ "service": service.name(), "approvals": approvals }))
        .collect();
    show(&format!("{:#}\n", json!({ "quorums": shown })))
}

fn register(arguments: &Register) -> Result<(), String> {
    let Register { session, key } = arguments;
    let client = login(session)?;
    let own = if key.exists() {
        read_key(key)?
    } else {
        let own = ApproverKey::generate().map_err(|error| error.to_string())?;
        let pem = own.to_pem().map_err(|error| error.to_string())?;
        write(key, &pem)?;
        own
    };
    let challenge = client.quorum_challenge().map_err(|error| error.to_string())?;
    let signature = own.sign(&challenge).map_err(|error| error.to_string())?;
    let public = own.public_key().map_err(|error| error.to_string())?;
    client.register_quorum_key(&public, &signature).map_err(|error| error.to_string())
}

fn sign(arguments: &Sign) -> Result<(), String> {
    let Sign { token: path, user, key } = arguments;
    let mut file = read_file(path)?;
    let token = STANDARD.decode(&file.token).map_err(|error| format!("`{}`: {error}", path.display()))?;
    let signature = read_key(key)?.sign(&token).map_err(|error| error.to_string())?;
    file.signatures.retain(|signed| signed.user != *user);
    file.signatures.push(Signature { user: user.clone(), signature: STANDARD.encode(signature) });
    write_file(path, &file)
}

/// A token and its signatures, from a file.
pub(super) fn read_token(path: &Path) -> Result<Approval, String> {
    let file = read_file(path)?;
    let told = |error: base64::DecodeError| format!("`{}`: {error}", path.display());
    let signatures = file.signatures.into_iter().map(|Signature { user, signature }| {
        Ok(TokenSignature { user, signature: STANDARD.decode(signature).map_err(told)? })
    });
    Ok(Approval {
        token: STANDARD.decode(file.token).map_err(told)?,
        signatures: signatures.collect::<Result<_, String>>()?,
    })
}

fn read_key(path: &Path) -> Result<ApproverKey, String> {
    let pem = fs::read(path).map(Zeroizing::new).map_err(|error| format!("`{}`: {error}", path.display()))?;
    ApproverKey::from_pem(&pem).map_err(|error| format!("`{}`: {error}", path.display()))
}

fn read_file(path: &Path) -> Result<File, String> {
    let text = fs::read(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
    serde_json::from_slice(&text).map_err(|error| format!("`{}`: {error}", path.display()))
}

fn write_file(path: &Path, file: &File) -> Result<(), String> {
    let text = serde_json::to_string_pretty(file).map_err(|error| error.to_string())?;
    write(path, format!("{text}\n").as_bytes())
}

/// A file that only its owner reads.
fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let written = std::path::absolute(path).and_then(|path| write_whole(&path, bytes));
    written.map_err(|error| format!("`{}`: {error}", path.display()))
}

impl From<Service> for QuorumService {
    fn from(service: Service) -> Self {
        match service {
            Service::User => Self::User,
            Service::Quorum => Self::Quorum,
            Service::Cluster => Self::Cluster,
        }
    }
}
