use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use bastide_door::ServerLimits;
use bastide_ids::{AccountId, Region};
use bastide_kms::quota::RequestQuotas;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::backup::BackupCommand;
use crate::detection::Detection;
use crate::ingest::Ingest;
use crate::k8s_kms::K8sKms;
use crate::key_stores::KeyStores;
use crate::roots::Spec;
use crate::seal::SealCommand;
use crate::source::SourceCommand;

/// A self-hosted cloud security plane that speaks the AWS APIs.
#[derive(Parser)]
#[command(name = "bastide", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) serve: Serve,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve the AWS APIs (what `bastide` does when no command is given)
    Serve(Box<Serve>),
    /// Serve as a Kubernetes API server's KMS plugin, which encrypts secrets under a key
    #[command(name = "k8s-kms")]
    K8sKms(K8sKms),
    Seal(SealCommand),
    /// Run an HSM, or manage the users and keys of a CloudHSM cluster
    #[command(subcommand)]
    Hsm(crate::hsm::HsmCommand),
    Backup(BackupCommand),
    Source(SourceCommand),
    Ingest(Box<Ingest>),
}

/// What the operator chooses for a server.
#[derive(Args)]
pub(crate) struct Serve {
    /// Address and port to listen on
    #[arg(long, default_value = "127.0.0.1:4566", env = "BASTIDE_LISTEN", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,

    #[command(flatten)]
    pub(crate) data: Data,

    /// TLS: `off`, `auto` (a certificate is made on first start), or `CERTIFICATE.pem,KEY.pem`
    #[arg(long, default_value = "off", env = "BASTIDE_TLS", value_name = "MODE")]
    pub(crate) tls: String,

    /// Address that CloudHSM's HSMs listen on, each on a port of its own from 2223 up, for clients on other
    /// machines; by default each has a local address of its own (127.x.y.z, port 2223)
    #[arg(long, env = "BASTIDE_HSM_ADDRESS", value_name = "IP", verbatim_doc_comment)]
    pub(crate) hsm_address: Option<IpAddr>,

    /// For tests only: take any credentials, and let clients move the clock and reset everything
    #[arg(long, env = "BASTIDE_DEV")]
    pub(crate) dev: bool,

    /// The first account, 12 digits
    #[arg(long, default_value = "000000000000", env = "BASTIDE_ACCOUNT_ID", value_name = "ID", value_parser = account)]
    pub(crate) account_id: AccountId,

    /// The region of requests that name none
    #[arg(long, default_value = "us-east-1", env = "BASTIDE_REGION", value_name = "REGION", value_parser = region)]
    pub(crate) region: Region,

    /// Request quotas of KMS for each account and region: `off`, `aws` (AWS's defaults), or CLASS=PER_SECOND, such as
    /// `aws,CreateKey=100`; off by default
    #[arg(long, env = "BASTIDE_KMS_REQUEST_QUOTAS", value_name = "QUOTAS", value_parser = RequestQuotas::parse)]
    pub(crate) kms_request_quotas: Option<RequestQuotas>,

    /// Form of the log lines on standard error; BASTIDE_LOG chooses which (`info`, `bastide_door=debug`, …)
    #[arg(long, default_value = "text", env = "BASTIDE_LOG_FORMAT", value_name = "FORMAT")]
    pub(crate) log_format: LogFormat,

    #[command(flatten)]
    pub(crate) limits: Limits,

    #[command(flatten)]
    pub(crate) detection: Detection,

    #[command(flatten)]
    pub(crate) key_stores: KeyStores,
}

/// Where everything is kept, and what opens it.
#[derive(Args)]
pub(crate) struct Data {
    /// Folder for everything that Bastide keeps; made on first start
    #[arg(long, default_value = "bastide-data", env = "BASTIDE_DATA_DIR", value_name = "FOLDER")]
    pub(crate) data_dir: PathBuf,

    /// Where resources are kept: `postgres://…` when several nodes share them; by default SQLite in the data folder
    #[arg(long, env = "BASTIDE_STORE", value_name = "URL", hide_env_values = true, value_parser = store)]
    pub(crate) store: Option<String>,

    /// File with the root key that seals secret material; by default `root.key` in the data folder, made on
    /// first start. Keep a copy elsewhere: without it nothing that was sealed can be opened.
    /// A passphrase in BASTIDE_ROOT_PASSPHRASE or 32 bytes (base64 or hex) in BASTIDE_ROOT_KEY are used instead
    /// when set
    #[arg(long, env = "BASTIDE_ROOT_KEY_FILE", value_name = "FILE")]
    pub(crate) root_key_file: Option<PathBuf>,

    /// What opens the keyring instead of a root key file: a passphrase, shares, a hardware token, another KMS
    /// (`bastide seal --help` tells the forms). Given several times, they are tried in turn; on first start
    /// each becomes a seal
    #[arg(long, env = "BASTIDE_SEAL", value_name = "SEAL", value_delimiter = '\n')]
    pub(crate) seal: Vec<Spec>,
}

impl Data {
    /// The address of the resources.
    pub(crate) fn address(&self) -> String {
        match &self.store {
            Some(address) => address.clone(),
            None => format!("sqlite:{}", self.data_dir.join("resources.db").display()),
        }
    }
}

/// What a stranger may ask of the server.
#[derive(Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct Limits {
    /// Bytes of a request's body
    #[arg(long, default_value_t = ServerLimits::default().body, env = "BASTIDE_MAX_BODY", value_name = "BYTES", hide_short_help = true)]
    max_body: usize,

    /// Bytes of a request's headers together
    #[arg(long, default_value_t = ServerLimits::default().headers, env = "BASTIDE_MAX_HEADERS", value_name = "BYTES", hide_short_help = true)]
    max_headers: usize,

    /// Connections at once; further ones wait
    #[arg(long, default_value_t = ServerLimits::default().connections, env = "BASTIDE_MAX_CONNECTIONS", value_name = "COUNT", hide_short_help = true)]
    max_connections: usize,

    /// Requests at once; further ones are told to come back
    #[arg(long, default_value_t = ServerLimits::default().requests, env = "BASTIDE_MAX_REQUESTS", value_name = "COUNT", hide_short_help = true)]
    max_requests: usize,

    /// Time that a client has for a TLS handshake, and then for the first headers
    #[arg(long, default_value_t = ServerLimits::default().header_time.as_secs(), env = "BASTIDE_HEADER_TIMEOUT", value_name = "SECONDS", hide_short_help = true)]
    header_timeout: u64,

    /// Time that a connection may stay without a request
    #[arg(long, default_value_t = ServerLimits::default().idle_time.as_secs(), env = "BASTIDE_IDLE_TIMEOUT", value_name = "SECONDS", hide_short_help = true)]
    idle_timeout: u64,

    /// Time that a client has for a request's body
    #[arg(long, default_value_t = ServerLimits::default().body_time.as_secs(), env = "BASTIDE_BODY_TIMEOUT", value_name = "SECONDS", hide_short_help = true)]
    body_timeout: u64,

    /// Time that open requests have to end when the server stops
    #[arg(long, default_value_t = ServerLimits::default().stop_time.as_secs(), env = "BASTIDE_STOP_TIMEOUT", value_name = "SECONDS", hide_short_help = true)]
    stop_timeout: u64,
}

impl From<&Limits> for ServerLimits {
    fn from(limits: &Limits) -> Self {
        Self {
            body: limits.max_body,
            headers: limits.max_headers,
            connections: limits.max_connections,
            requests: limits.max_requests,
            header_time: Duration::from_secs(limits.header_timeout),
            idle_time: Duration::from_secs(limits.idle_timeout),
            body_time: Duration::from_secs(limits.body_timeout),
            stop_time: Duration::from_secs(limits.stop_timeout),
            ..Self::default()
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

fn account(text: &str) -> Result<AccountId, String> {
    AccountId::parse(text).map_err(|error| error.to_string())
}

fn store(text: &str) -> Result<String, String> {
    let known = ["postgres://", "postgresql://", "sqlite:"].iter().any(|scheme| text.starts_with(scheme));
    if known { Ok(text.to_owned()) } else { Err("a store is `postgres://…` or `sqlite:FILE`".to_owned()) }
}

fn region(text: &str) -> Result<Region, String> {
    Region::parse(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
        let cli = Cli::try_parse_from(["bastide", "--dev"]).unwrap();
        assert!(cli.serve.dev && cli.command.is_none());
        let cli = Cli::try_parse_from(["bastide", "serve", "--account-id", "123456789012"]).unwrap();
        let Some(Command::Serve(serve)) = cli.command else { panic!("serve") };
        assert_eq!(serve.account_id.as_str(), "123456789012");
        let cli = Cli::try_parse_from(["bastide", "seal", "add", "shares:2-of-3", "--seal", "file"]).unwrap();
        let Some(Command::Seal(SealCommand { action: crate::seal::SealAction::Add { data, .. } })) =
            cli.command
        else {
            panic!("seal add")
        };
        assert_eq!(data.seal, [Spec::File { path: None }]);
        assert!(Cli::try_parse_from(["bastide", "seal", "add", "vault"]).is_err());
        assert!(Cli::try_parse_from(["bastide", "--account-id", "1"]).is_err());
    }
}
