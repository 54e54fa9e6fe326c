//! What GuardDuty needs of the world outside: who is told of findings, and where buckets are.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bastide_detect::rules::Catalogue;
use bastide_door::Door;
use bastide_guardduty::work::webhook::Webhook;
use bastide_guardduty::work::{Feed, Objects, Publisher, Server, Setting, Work};
use bastide_remote::{Credentials, Remote, Trust};
use clap::Args;
use http::Uri;
use zeroize::Zeroizing;

use crate::data;
use crate::ingest::intake::Intake;
use crate::ingest::{intel, sources};

/// The shortest secret of a webhook, in bytes.
const SHORTEST: usize = 16;

/// Who is told of findings, and where buckets are.
#[derive(Args)]
#[command(next_help_heading = "Findings")]
pub(crate) struct Detection {
    /// Address that is told of findings, as EventBridge tells them, signed with the secret in BASTIDE_WEBHOOK_SECRET or
    /// in a file (docs/guardduty.md tells how)
    #[arg(long, env = "BASTIDE_WEBHOOK", value_name = "URL", hide_short_help = true)]
    webhook: Option<Uri>,

    /// File with the secret that the webhook shares; white space at its end does not count
    #[arg(long, env = "BASTIDE_WEBHOOK_SECRET_FILE", value_name = "FILE", hide_short_help = true)]
    webhook_secret_file: Option<PathBuf>,

    /// PEM file with authorities to trust besides those of the machine, for the webhook and for buckets
    #[arg(long, env = "BASTIDE_CA_BUNDLE", value_name = "FILE", hide_short_help = true)]
    ca_bundle: Option<PathBuf>,

    /// Where the buckets of lists and exports are: the address of a server that speaks S3 (with AWS_ACCESS_KEY_ID,
    /// AWS_SECRET_ACCESS_KEY and AWS_REGION), or file:///FOLDER with a folder for each bucket
    #[arg(long, env = "BASTIDE_OBJECT_STORE", value_name = "URL", hide_short_help = true)]
    object_store: Option<String>,

    /// Folder of threat lists that count for all accounts, laid out as for `bastide ingest`; may be given several times
    #[arg(long, env = "BASTIDE_INTEL", value_name = "FOLDER", value_delimiter = ',', hide_short_help = true)]
    intel: Vec<PathBuf>,

    /// File in MaxMind's format that tells countries, cities or networks of addresses; may be given several times
    #[arg(long, env = "BASTIDE_GEO", value_name = "FILE", value_delimiter = ',', hide_short_help = true)]
    geo: Vec<PathBuf>,

    /// Sigma rules, a file or a folder, that stand in the catalogue of custom detection rules beside Bastide's own: an account
    /// associates with itself which are at work; may be given several times
    #[arg(long, env = "BASTIDE_RULES", value_name = "PATH", value_delimiter = ',', hide_short_help = true)]
    rules: Vec<PathBuf>,

    /// Logs to follow: a folder, a pattern, `s3://BUCKET/PREFIX` or `https://…` for one file, as `bastide ingest` takes
    /// them; may be given several times. Findings are made for accounts and Regions that have a detector
    #[arg(long, env = "BASTIDE_SOURCES", value_name = "PATH", value_delimiter = ',', hide_short_help = true)]
    source: Vec<String>,
}

impl Detection {
    /// The rules that accounts may associate with themselves. What of the operator's cannot be among them is told.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub(crate) fn catalogue(&self) -> Result<Arc<Catalogue>, String> {
        let (catalogue, refused) = Catalogue::folders(&self.rules).map_err(|error| error.to_string())?;
        for file in &refused {
            tracing::warn!("not in the catalogue of custom detection rules: {file}");
        }
        Ok(Arc::new(catalogue))
    }

    /// Follows the sources, and shows the engine what they hold.
    ///
    /// # Errors
    /// Which source can't be followed, and why.
    pub(crate) fn sources(
        &self,
        intake: Intake,
        data_dir: &Path,
    ) -> Result<impl Future<Output = ()> + Send + 'static + use<>, String> {
        sources::check(&self.source, data_dir)?;
        Ok(sources::run(intake, self.source.clone(), data_dir.to_owned()))
    }

    /// Where buckets are, when the operator has said so.
    ///
    /// # Errors
    /// What is wrong with the address, or which credentials are missing.
    pub(crate) fn objects(&self) -> Result<Option<Objects>, String> {
        self.object_store.as_deref().map(|store| objects(store, self.remote()?)).transpose()
    }

    fn remote(&self) -> Result<Remote, String> {
        let trust = match &self.ca_bundle {
            Some(file) => Trust::system().and(file),
            None => Ok(Trust::system()),
        };
        trust.and_then(|trust| Remote::new(&trust, Vec::new())).map_err(|error| error.to_string())
    }

    /// The work of GuardDuty behind a door.
    ///
    /// # Errors
    /// What cannot be used, and what to do.
    pub(crate) fn work(&self, door: &Arc<Door>, feed: Feed) -> Result<Work, String> {
        let mut publishers: Vec<Arc<dyn Publisher>> = Vec::new();
        if let Some(uri) = &self.webhook {
            if !matches!(uri.scheme_str(), Some("http" | "https")) {
                return Err(format!(
                    "`{uri}` is no address of a webhook; give one that begins with https://"
                ));
            }
            publishers.push(Arc::new(Webhook::new(self.remote()?, uri.clone(), &self.secret()?)));
        }
        let objects = door.settings().for_services.get::<Objects>().cloned();
        // At the start it is an error; later, what can be read counts.
        intel::load(&self.intel, &self.geo)?;
        let (folders, places) = (self.intel.clone(), self.geo.clone());
        let lists = Arc::new(move |builder: &mut bastide_intel::Builder| {
            if let Err(error) = intel::read(builder, &folders, &places) {
                tracing::warn!(error, "not all threat lists could be read");
            }
        });
        Ok(Work::new(Setting { door: Arc::clone(door), objects, publishers, lists }, feed))
    }

    fn secret(&self) -> Result<Zeroizing<Vec<u8>>, String> {
        let secret = match (&self.webhook_secret_file, data::secret("BASTIDE_WEBHOOK_SECRET")) {
            (Some(file), _) => {
                let bytes = std::fs::read(file);
                let bytes = bytes.map_err(|error| format!("cannot read `{}`: {error}", file.display()))?;
                Zeroizing::new(bytes)
            }
            (None, Some(text)) => Zeroizing::new(text.as_bytes().to_vec()),
            (None, None) => {
                return Err(
                    "a webhook needs a secret; put one into a file and give --webhook-secret-file".to_owned()
                );
            }
        };
        let secret = Zeroizing::new(secret.trim_ascii_end().to_vec());
        if secret.len() < SHORTEST {
            return Err(format!(
                "the secret of the webhook is shorter than {SHORTEST} bytes; make a longer one"
            ));
        }
        Ok(secret)
    }
}

fn objects(store: &str, remote: Remote) -> Result<Objects, String> {
    if let Some(folder) = store.strip_prefix("file://") {
        let folder = PathBuf::from(folder);
        if !folder.is_absolute() {
            return Err(format!("`{store}` is no folder; give file:// and a path that begins with /"));
        }
        return Ok(Objects::Folder(folder));
    }
    let endpoint: Uri = store.parse().map_err(|_| format!("`{store}` is no address"))?;
    if !matches!(endpoint.scheme_str(), Some("http" | "https")) {
        return Err(format!(
            "`{store}` is no address of a server; give one that begins with https:// or file://"
        ));
    }
    let variable = |name: &str| {
        data::secret(name)
            .ok_or_else(|| format!("--object-store needs {name}; set it to the credentials of the server"))
    };
    let credentials = Credentials {
        access_key_id: variable("AWS_ACCESS_KEY_ID")?.to_string(),
        secret: variable("AWS_SECRET_ACCESS_KEY")?,
        session_token: data::secret("AWS_SESSION_TOKEN"),
    };
    let region =
        data::secret("AWS_REGION").map_or_else(|| "us-east-1".to_owned(), |region| region.to_string());
    Ok(Objects::Server(Box::new(Server { remote, endpoint, region, credentials })))
}
