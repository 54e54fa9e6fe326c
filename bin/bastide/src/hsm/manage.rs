//! What people do with a cluster: activate it, look at it, manage its users. A client like any other: it needs the
//! address of an HSM, the trust anchor, and a client's certificate with its key, as `pkcs11.json` names them.

use std::fs;
use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use bastide_hsm::wire::{Approval, Role, Secret};
use bastide_hsm::{Client, ClientOptions, Timeouts};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::keys;
use super::quorum::{self, Quorum};
use crate::data::{secret, write_whole};

/// The admin's name in a new cluster.
const ADMIN: &str = "admin";

#[derive(Subcommand)]
pub(crate) enum Manage {
    /// Write what clients on this machine need to reach a cluster of this machine's server
    Configure(Configure),
    /// Give a new cluster's admin its password, which BASTIDE_HSM_PASSWORD or a line of standard input says
    Activate(Cluster),
    /// Show the state of a cluster
    Info(Cluster),
    /// Show the users of a cluster
    Users(Session),
    /// Make a user. The admin's password is that in BASTIDE_HSM_PASSWORD or a line of standard input, the new
    /// user's that in BASTIDE_HSM_NEW_PASSWORD or another line
    CreateUser(User),
    /// Delete a user; a crypto user's keys go with it
    DeleteUser(User),
    /// Give a user a new password, as itself or as an admin
    ChangePassword(User),
    /// Show the keys that a user may see
    Keys(Session),
    /// Make a client's certificate and key by the authority that signed the cluster's certificate
    ClientCert(ClientCert),
    /// Have several admins approve what one asks for
    #[command(subcommand)]
    Quorum(Quorum),
}

/// Who makes a certificate for whom.
#[derive(Args)]
pub(crate) struct ClientCert {
    /// The authority's certificate, in PEM
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,

    /// The authority's private key, in PEM (PKCS#8)
    #[arg(long, value_name = "FILE")]
    ca_key: PathBuf,

    /// The client's name, for people
    #[arg(long, default_value = "client", value_name = "NAME")]
    name: String,

    /// Folder for `client.crt` and `client.key`; made if it is not there
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
}

/// Where the cluster is, and where to write.
#[derive(Args)]
pub(crate) struct Configure {
    /// The server's data folder
    #[arg(long, default_value = "bastide-data", env = "BASTIDE_DATA_DIR", value_name = "FOLDER")]
    data_dir: PathBuf,

    /// The cluster, which has been initialised
    #[arg(long, value_name = "CLUSTER")]
    cluster: String,

    /// Folder for `pkcs11.json` and the files that it names; made if it is not there
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
}

/// How a cluster is reached.
#[derive(Args)]
pub(crate) struct Cluster {
    /// The file that `bastide hsm configure` wrote
    #[arg(
        long,
        env = "BASTIDE_PKCS11_CONF",
        default_value = "/etc/bastide/pkcs11.json",
        value_name = "FILE"
    )]
    config: PathBuf,

    /// Which of the file's clusters, by its label; the first without it
    #[arg(long, value_name = "LABEL")]
    label: Option<String>,
}

/// A cluster, and who logs in.
#[derive(Args)]
pub(crate) struct Session {
    #[command(flatten)]
    cluster: Cluster,

    /// Who logs in, with the password in BASTIDE_HSM_PASSWORD or a line of standard input
    #[arg(long = "as", default_value = ADMIN, value_name = "NAME")]
    login: String,
}

/// A user, and who manages it.
#[derive(Args)]
pub(crate) struct User {
    #[command(flatten)]
    session: Session,

    /// The role of the user that is meant
    #[arg(long, default_value = "crypto-user", value_name = "ROLE")]
    role: UserRole,

    /// The user that is meant
    name: String,

    /// A token with its signatures, when users are under a quorum (see `bastide hsm quorum`)
    #[arg(long, value_name = "FILE")]
    approval: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum UserRole {
    /// Manages users
    Admin,
    /// Owns and uses keys
    CryptoUser,
}

/// Carries out a command.
///
/// # Errors
/// Why it could not be done.
pub(crate) fn run(command: Manage) -> Result<(), String> {
    match command {
        Manage::Configure(arguments) => configure(&arguments),
        Manage::Activate(cluster) => {
            let client = connect(&cluster)?;
            client.activate(&password()?).map_err(|error| error.to_string())
        }
        Manage::Info(cluster) => info(&connect(&cluster)?),
        Manage::Users(session) => users(&login(&session)?),
        Manage::CreateUser(user) => {
            let client = login(&user.session)?;
            let made =
                client.create_user(&user.name, user.role.into(), &new_password()?, approval(&user.approval)?);
            made.map_err(|error| error.to_string())
        }
        Manage::DeleteUser(user) => {
            let client = login(&user.session)?;
            let deleted = client.delete_user(&user.name, user.role.into(), approval(&user.approval)?);
            deleted.map_err(|error| error.to_string())
        }
        Manage::ChangePassword(user) => {
            let client = login(&user.session)?;
            let changed = client.change_password(
                &user.name,
                user.role.into(),
                &new_password()?,
                approval(&user.approval)?,
            );
            changed.map_err(|error| error.to_string())
        }
        Manage::Keys(session) => keys::list(&login(&session)?),
        Manage::ClientCert(arguments) => client_cert(&arguments),
        Manage::Quorum(command) => quorum::run(command),
    }
}

fn approval(file: &Option<PathBuf>) -> Result<Option<Approval>, String> {
    file.as_deref().map(quorum::read_token).transpose()
}

fn client_cert(arguments: &ClientCert) -> Result<(), String> {
    use std::os::unix::fs::DirBuilderExt;
    let ClientCert { ca, ca_key, name, to } = arguments;
    let told = |path: &Path, error: std::io::Error| format!("`{}`: {error}", path.display());
    let read = |path: &Path| fs::read_to_string(path).map(Zeroizing::new).map_err(|error| told(path, error));
    let made = bastide_hsm::client_certificate(name, &read(ca)?, &read(ca_key)?);
    let (certificate, key) = made.map_err(|error| error.to_string())?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(to).map_err(|error| told(to, error))?;
    write_whole(&to.join("client.key"), &key).map_err(|error| told(to, error))?;
    write_whole(&to.join("client.crt"), certificate.as_bytes()).map_err(|error| told(to, error))
}

fn configure(arguments: &Configure) -> Result<(), String> {
    use std::os::unix::fs::DirBuilderExt;
    let Configure { data_dir, cluster, to } = arguments;
    let from = data_dir.join("hsm").join(cluster).join("client");
    if !from.is_dir() {
        return Err(format!(
            "`{}` is not there: name the server's data folder, and a cluster that is initialised and has an HSM",
            from.display()
        ));
    }
    let told = |path: &Path, error: std::io::Error| format!("`{}`: {error}", path.display());
    fs::DirBuilder::new().recursive(true).mode(0o700).create(to).map_err(|error| told(to, error))?;
    for name in ["customerCA.crt", "client.crt", "client.key", "pkcs11.json"] {
        let bytes = fs::read(from.join(name)).map(Zeroizing::new);
        let bytes = bytes.map_err(|error| told(&from.join(name), error))?;
        write_whole(&to.join(name), &bytes).map_err(|error| told(&to.join(name), error))?;
    }
    let config = std::path::absolute(to.join("pkcs11.json")).unwrap_or_else(|_| to.join("pkcs11.json"));
    show(&format!("export BASTIDE_PKCS11_CONF={}\n", config.display()))
}

fn connect(cluster: &Cluster) -> Result<Client, String> {
    Client::connect(&options(cluster)?).map_err(|error| error.to_string())
}

pub(super) fn login(session: &Session) -> Result<Client, String> {
    let client = connect(&session.cluster)?;
    client.login(&session.login, &password()?, None).map_err(|error| error.to_string())?;
    Ok(client)
}

/// What a client needs, from the file that the PKCS#11 module reads too.
fn options(cluster: &Cluster) -> Result<ClientOptions, String> {
    let path = &cluster.config;
    let told = |error: &dyn std::fmt::Display| format!("`{}`: {error}", path.display());
    let text = fs::read_to_string(path).map_err(|error| told(&error))?;
    let read: Value = serde_json::from_str(&text).map_err(|error| told(&error))?;
    let clusters = read.get("clusters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let named = |each: &&Value| {
        cluster.label.is_none() || each.get("label").and_then(Value::as_str) == cluster.label.as_deref()
    };
    let found = clusters.iter().find(named).ok_or_else(|| told(&"it does not name such a cluster"))?;
    let hsms = found.get("hsms").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let folder = path.parent().unwrap_or(Path::new("."));
    let file = |name: &str| {
        let file = found.get(name).and_then(Value::as_str);
        let file = folder.join(file.ok_or_else(|| told(&format!("a cluster has no `{name}`")))?);
        let text = fs::read_to_string(&file).map(Zeroizing::new);
        text.map_err(|error| format!("`{}`: {error}", file.display()))
    };
    Ok(ClientOptions {
        hsms: hsms.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        trust_anchor: file("trust_anchor")?.to_string(),
        certificate: file("certificate")?.to_string(),
        key: Secret::from(file("key")?.as_str()),
        timeouts: Timeouts::default(),
    })
}

fn info(client: &Client) -> Result<(), String> {
    let info = client.info().map_err(|error| error.to_string())?;
    let shown = json!({
        "cluster": info.cluster,
        "state": format!("{:?}", info.state).to_uppercase(),
        "mode": if info.fips { "FIPS" } else { "NON_FIPS" },
        "hsms": info.members,
        "objects": info.objects,
        "users": info.users,
        "version": info.version,
    });
    show(&format!("{shown:#}\n"))
}

fn users(client: &Client) -> Result<(), String> {
    let users = client.list_users().map_err(|error| error.to_string())?;
    let shown: Vec<_> = users
        .iter()
        .map(|user| json!({ "name": user.name, "role": user.role.name(), "locked": user.locked }))
        .collect();
    show(&format!("{:#}\n", json!({ "users": shown })))
}

fn password() -> Result<Zeroizing<String>, String> {
    read("BASTIDE_HSM_PASSWORD")
}

fn new_password() -> Result<Zeroizing<String>, String> {
    read("BASTIDE_HSM_NEW_PASSWORD")
}

/// A password out of the environment, or the next line of standard input.
fn read(variable: &str) -> Result<Zeroizing<String>, String> {
    if let Some(given) = secret(variable) {
        return Ok(given);
    }
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).map_err(|error| format!("standard input: {error}"))?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(format!("a password is needed: in {variable}, or as a line on standard input"));
    }
    Ok(Zeroizing::new(password.to_owned()))
}

pub(super) fn show(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| format!("standard output: {error}"))
}

impl From<UserRole> for Role {
    fn from(role: UserRole) -> Self {
        match role {
            UserRole::Admin => Self::Admin,
            UserRole::CryptoUser => Self::CryptoUser,
        }
    }
}
