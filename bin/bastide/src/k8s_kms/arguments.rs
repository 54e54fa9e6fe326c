use std::path::PathBuf;
use std::time::Duration;

use bastide_ids::Arn;
use bastide_remote::{Credentials, KmsClient, Remote, Trust};
use clap::Args;
use http::Uri;

use super::plugin::Plugin;
use crate::data::secret;

/// Which key, of which KMS, for which API server.
#[derive(Args)]
pub(crate) struct K8sKms {
    /// The symmetric key that secrets are encrypted under: its ARN, its id, or an alias
    #[arg(long, env = "BASTIDE_K8S_KEY", value_name = "KEY")]
    key: String,

    /// A key that was used before: what was encrypted under it is still decrypted. May be given several times
    #[arg(long = "old-key", value_name = "ARN")]
    old_keys: Vec<String>,

    /// The Unix socket that the API server's EncryptionConfiguration names, without `unix://`
    #[arg(long, env = "BASTIDE_K8S_SOCKET", value_name = "PATH")]
    pub(super) socket: PathBuf,

    /// Where the KMS is, such as `https://bastide.example.com:4566`; by default AWS's in the region
    #[arg(long, env = "AWS_ENDPOINT_URL", value_name = "URL")]
    endpoint: Option<Uri>,

    /// The key's region, if its ARN does not tell
    #[arg(long, env = "AWS_REGION", value_name = "REGION")]
    region: Option<String>,

    /// PEM file with the only authorities to trust; by default those of the machine
    #[arg(long, env = "AWS_CA_BUNDLE", value_name = "FILE")]
    ca_bundle: Option<PathBuf>,

    /// Encryption context `NAME=VALUE`, the same for as long as there are secrets. May be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    encryption_context: Vec<(String, String)>,

    /// Time that a call to the KMS may take, in milliseconds; the API server waits 3 seconds for all of them
    #[arg(long, default_value_t = 2500, value_name = "MS")]
    timeout: u64,
}

impl K8sKms {
    /// The plugin that these ask for, with the credentials of the environment.
    pub(super) fn plugin(self) -> Result<Plugin, String> {
        let of_key = Arn::parse(&self.key).map(|arn| arn.region.to_owned()).ok();
        let region = of_key
            .filter(|region| !region.is_empty())
            .or(self.region)
            .ok_or("which region? Give the key by its ARN, or the region with --region or AWS_REGION")?;
        let endpoint = match self.endpoint {
            Some(endpoint) => endpoint,
            None => format!("https://kms.{region}.amazonaws.com/").parse().map_err(|_| "no such region")?,
        };
        let trust = match &self.ca_bundle {
            Some(file) => Trust::only(file),
            None => Ok(Trust::system()),
        };
        let remote =
            trust.and_then(|trust| Remote::new(&trust, Vec::new())).map_err(|error| error.to_string())?;
        let kms = KmsClient {
            remote,
            endpoint,
            region,
            credentials: credentials()?,
            time: Duration::from_millis(self.timeout),
        };
        Ok(Plugin::new(kms, self.key, self.old_keys, self.encryption_context.into_iter().collect()))
    }
}

fn credentials() -> Result<Credentials, String> {
    match (secret("AWS_ACCESS_KEY_ID"), secret("AWS_SECRET_ACCESS_KEY")) {
        (Some(id), Some(secret_access_key)) => Ok(Credentials {
            access_key_id: id.to_string(),
            secret: secret_access_key,
            session_token: secret("AWS_SESSION_TOKEN"),
        }),
        _ => Err("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the credentials to call the KMS with"
            .to_owned()),
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("an encryption context is given as `NAME=VALUE`".to_owned()),
    }
}
