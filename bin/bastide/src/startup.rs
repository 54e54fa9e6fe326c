//! The first lines that an operator reads.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use bastide_door::{Mode, Settings, Trunks};
use bastide_identity::{GivenCredentials, InitialCredentials};
use bastide_ids::Place;

use crate::data::secret;

/// Makes the first user and its access key, if there is none yet: the one that the operator chose with
/// `BASTIDE_ADMIN_ACCESS_KEY_ID` and `BASTIDE_ADMIN_SECRET_ACCESS_KEY`, or a random one.
///
/// # Errors
/// When a trunk or the seal fails, or the chosen credentials are not of their form.
pub(crate) async fn first_credentials(
    trunks: &Trunks,
    settings: &Settings,
) -> Result<Option<InitialCredentials>, String> {
    let place = Place::new(settings.account, settings.region.clone());
    let Trunks { store, sealer, clock, .. } = trunks;
    let made = bastide_identity::bootstrap(store, sealer, &place, clock.now(), chosen()?);
    made.await.map_err(|failure| failure.cause.unwrap_or(failure.message))
}

/// Whether the operator chose the first credentials: then they are not repeated, as the lines may be kept.
pub(crate) fn credentials_are_chosen() -> bool {
    matches!(chosen(), Ok(Some(_)))
}

fn chosen() -> Result<Option<GivenCredentials>, String> {
    match (secret("BASTIDE_ADMIN_ACCESS_KEY_ID"), secret("BASTIDE_ADMIN_SECRET_ACCESS_KEY")) {
        (Some(id), Some(secret_access_key)) => {
            Ok(Some(GivenCredentials { access_key_id: id.to_string(), secret_access_key }))
        }
        (None, None) => Ok(None),
        _ => {
            Err("set both BASTIDE_ADMIN_ACCESS_KEY_ID and BASTIDE_ADMIN_SECRET_ACCESS_KEY, or neither"
                .to_owned())
        }
    }
}

/// What the server tells on standard output when it is ready.
pub(crate) struct Greeting<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) settings: &'a Settings,
    pub(crate) data_dir: &'a Path,
    pub(crate) certificate: Option<&'a Path>,
    pub(crate) credentials: Option<&'a InitialCredentials>,
    pub(crate) chosen: bool,
}

impl Greeting<'_> {
    /// The lines. They hold the secret access key when it was made just now, and never again.
    pub(crate) fn text(&self) -> String {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        // Who listens everywhere is reached from here by the name that the certificate has.
        let host = match self.address.ip() {
            ip if ip.is_unspecified() => format!("localhost:{}", self.address.port()),
            _ => self.address.to_string(),
        };
        let endpoint = format!("{scheme}://{host}");
        let Settings { account, region, mode, .. } = self.settings;
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "Bastide {} is ready at {endpoint}", env!("CARGO_PKG_VERSION"));
        let _ = writeln!(text, "  account {account}, region {region}, data in {}", self.data_dir.display());
        if *mode == Mode::Dev {
            let _ = writeln!(text, "  DEV MODE: any credentials are taken. Never use it for anything real.");
        }
        if let Some(credentials) = self.credentials.filter(|_| self.chosen) {
            let id = &credentials.access_key_id;
            let _ =
                writeln!(text, "\nFirst start: the user `admin` has the access key {id}, which you chose.\n");
        } else if let Some(credentials) = self.credentials {
            let _ = writeln!(text, "\nFirst start: these credentials of the user `admin` are shown once.\n");
            let _ = writeln!(text, "export AWS_ACCESS_KEY_ID={}", credentials.access_key_id);
            let _ = writeln!(text, "export AWS_SECRET_ACCESS_KEY={}", credentials.secret_access_key.as_str());
        } else {
            let _ = writeln!(text, "\nWith your credentials set, try:\n");
        }
        let _ = writeln!(text, "export AWS_DEFAULT_REGION={region}");
        let _ = writeln!(text, "export AWS_ENDPOINT_URL={endpoint}");
        if let Some(certificate) = self.certificate {
            let certificate = std::path::absolute(certificate).unwrap_or_else(|_| certificate.to_owned());
            let _ = writeln!(text, "export AWS_CA_BUNDLE={}", quoted(&certificate.display().to_string()));
        }
        let _ = writeln!(text, "aws kms create-key --description \"my first key\"");
        text
    }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,@%:".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_a_shell() {
        assert_eq!(quoted("/srv/data/tls.pem"), "/srv/data/tls.pem");
        assert_eq!(quoted("/my data/it's"), r"'/my data/it'\''s'");
    }
}
