//! The configuration: which clusters there are, and how to reach them.
//!
//! It is the file that the environment's `BASTIDE_PKCS11_CONF` names, else `/etc/bastide/pkcs11.json`:
//!
//! ```json
//! {"clusters": [{
//!     "label": "hsm1",
//!     "hsms": ["10.0.0.1:2223", "10.0.1.1:2223"],
//!     "trust_anchor": "customerCA.crt",
//!     "certificate": "client.crt",
//!     "key": "client.key"
//! }]}
//! ```
//!
//! Files are named relative to it. One HSM is enough: the others are learned from it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bastide_hsm::{ClientOptions, Timeouts, wire::Secret};
use serde::Deserialize;
use zeroize::Zeroizing;

/// The environment's variable that names the file.
pub const VARIABLE: &str = "BASTIDE_PKCS11_CONF";
/// The file when the environment names none.
pub const DEFAULT: &str = "/etc/bastide/pkcs11.json";
/// The most clusters: each is a slot.
const MOST_CLUSTERS: usize = 64;

/// The clusters that the module shows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Each is a token, in the slot of its place.
    pub clusters: Vec<Cluster>,
}

/// A cluster.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// The token's label, at most 32 bytes.
    #[serde(default = "label")]
    pub label: String,
    /// `host:port` of HSMs.
    pub hsms: Vec<String>,
    /// The certificate of who signed the cluster's, in PEM.
    pub trust_anchor: PathBuf,
    /// The client's certificate, in PEM, with intermediate ones behind it.
    pub certificate: PathBuf,
    /// The private key of the client's certificate, in PEM.
    pub key: PathBuf,
    /// Whether a program that encrypts with AES-GCM under 12 zero bytes leaves the making of the vector to the HSM, as
    /// with AWS's own module: it is written to where the zeros were. In a FIPS cluster it is always so.
    #[serde(default)]
    pub gcm_iv_by_hsm: bool,
}

/// What AWS's own client calls its token.
fn label() -> String {
    "hsm1".to_owned()
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// Words that say what is wrong with it.
    pub fn read() -> Result<Self, String> {
        #[allow(
            clippy::disallowed_methods,
            reason = "a library's program is not ours: this is where it is read, once"
        )]
        let named = std::env::var(VARIABLE).ok().filter(|named| !named.is_empty());
        let path = PathBuf::from(named.as_deref().unwrap_or(DEFAULT));
        let text = fs::read_to_string(&path).map_err(|error| {
            format!("cannot read `{}` ({error}): name the file in {VARIABLE}", path.display())
        })?;
        Self::parse(&text, path.parent().unwrap_or(Path::new(".")))
            .map_err(|error| format!("`{}`: {error}", path.display()))
    }

    /// Reads a configuration's text; files in it are relative to `folder`.
    ///
    /// # Errors
    /// Words that say what is wrong with it.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, String> {
        let mut config: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if config.clusters.is_empty() || config.clusters.len() > MOST_CLUSTERS {
            return Err(format!("`clusters` has to name 1 to {MOST_CLUSTERS} clusters"));
        }
        for cluster in &mut config.clusters {
            if cluster.hsms.is_empty() {
                return Err("`hsms` of a cluster is empty: name at least one as `host:port`".to_owned());
            }
            if cluster.label.is_empty() || cluster.label.len() > 32 {
                return Err(format!("the label `{}` has to have 1 to 32 bytes", cluster.label));
            }
            for file in [&mut cluster.trust_anchor, &mut cluster.certificate, &mut cluster.key] {
                *file = folder.join(&*file);
            }
        }
        Ok(config)
    }
}

impl Cluster {
    /// What the client needs: the files are read each time, so that a renewed certificate counts at the next
    /// `C_Initialize`.
    ///
    /// # Errors
    /// Words that say which file cannot be read.
    pub fn options(&self) -> Result<ClientOptions, String> {
        let key = read(&self.key)?;
        Ok(ClientOptions {
            hsms: self.hsms.clone(),
            trust_anchor: read(&self.trust_anchor)?.to_string(),
            certificate: read(&self.certificate)?.to_string(),
            key: Secret::from(key.as_str()),
            timeouts: Timeouts::default(),
        })
    }
}

fn read(path: &Path) -> Result<Zeroizing<String>, String> {
    let text =
        fs::read_to_string(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    Ok(Zeroizing::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_relative_to_the_configuration() {
        let text = r#"{"clusters":[{"hsms":["127.0.0.1:2223"],"trust_anchor":"ca.crt","certificate":"/c.crt","key":"c.key"}]}"#;
        let config = Config::parse(text, Path::new("/etc/bastide")).unwrap();
        let cluster = &config.clusters[0];
        assert_eq!(cluster.label, "hsm1");
        assert_eq!(cluster.trust_anchor, Path::new("/etc/bastide/ca.crt"));
        assert_eq!(cluster.certificate, Path::new("/c.crt"));
    }

    #[test]
    fn what_is_wrong_is_refused() {
        for text in
            ["", "{}", r#"{"clusters":[]}"#, r#"{"clusters":[{"hsms":[]}]}"#, r#"{"clusters":[],"x":1}"#]
        {
            assert!(Config::parse(text, Path::new("/")).is_err(), "{text}");
        }
    }
}
