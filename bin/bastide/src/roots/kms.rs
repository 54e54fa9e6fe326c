//! A key of AWS KMS as the root: AWS's, or that of another Bastide.

use std::collections::BTreeMap;
use std::fmt;
use std::thread;
use std::time::Duration;

use aws_lc_rs::digest;
use bastide_remote::{Credentials, KmsClient, KmsError, Remote, Trust};
use bastide_seal::{SealError, Vault, Vaulted};
use zeroize::Zeroizing;

use super::secrets;
use super::spec::KmsKey;
use crate::data::secret;

/// What the keyring calls it.
pub(super) const KIND: &str = "kms";
/// How long a call may take: the server that starts waits for it.
const TIME: Duration = Duration::from_secs(10);
/// The name under which the seal stands in the encryption context, and so in the other service's trail.
const CONTEXT: &str = "bastide:seal";

/// Encrypts and decrypts with the key, on a thread of its own.
pub(super) struct KmsVault {
    spec: KmsKey,
    trust: Trust,
    credentials: Credentials,
}

impl KmsKey {
    pub(super) fn vault(&self) -> Result<KmsVault, String> {
        let trust = match &self.ca_file {
            Some(file) => Trust::only(file).map_err(|error| error.to_string())?,
            None => Trust::system(),
        };
        Ok(KmsVault { spec: self.clone(), trust, credentials: self.credentials()? })
    }

    fn credentials(&self) -> Result<Credentials, String> {
        let of = |prefix: &str| {
            let variable = |name: &str| secret(&format!("{prefix}_{name}"));
            let id = variable("ACCESS_KEY_ID")?.to_string();
            let (key, token) = (variable("SECRET_ACCESS_KEY")?, variable("SESSION_TOKEN"));
            Some(Credentials { access_key_id: id, secret: key, session_token: token })
        };
        let profile = self.profile.as_deref().unwrap_or("default");
        match &self.credentials_file {
            Some(file) => in_profile(&secrets::from_file(file)?, profile)
                .ok_or_else(|| format!("`{}` has no access key in the profile `{profile}`", file.display())),
            None => of("BASTIDE_SEAL").or_else(|| of("AWS")).ok_or_else(|| {
                "the credentials for the KMS are missing: name a `credentials-file`, or set \
                 BASTIDE_SEAL_ACCESS_KEY_ID and BASTIDE_SEAL_SECRET_ACCESS_KEY"
                    .to_owned()
            }),
        }
    }
}

impl Vault for KmsVault {
    fn kind(&self) -> &str {
        KIND
    }

    fn encrypt(&self, context: &[u8], key: &[u8; 32]) -> Result<Vaulted, SealError> {
        let name = &self.spec.key;
        let called = self.call(async |client| client.encrypt(name, &bound(context), key).await)?;
        let ciphertext = called.map_err(|error| unavailable(error.to_string()))?;
        let parameters = BTreeMap::from([
            ("key".to_owned(), name.clone()),
            ("region".to_owned(), self.spec.region.clone()),
            ("endpoint".to_owned(), self.spec.endpoint.to_string()),
        ]);
        Ok(Vaulted { ciphertext, parameters })
    }

    fn decrypt(&self, context: &[u8], sealed: &Vaulted) -> Result<Option<Zeroizing<Vec<u8>>>, SealError> {
        let (name, blob) = (&self.spec.key, &sealed.ciphertext);
        match self.call(async |client| client.decrypt(name, &bound(context), blob).await)? {
            Ok(plain) => Ok(Some(plain)),
            Err(KmsError::Refused { code, .. })
                if ["InvalidCiphertextException", "IncorrectKeyException"].contains(&code.as_str()) =>
            {
                Ok(None)
            }
            Err(error) => Err(unavailable(error.to_string())),
        }
    }
}

impl KmsVault {
    /// The keyring is opened on threads of a runtime too, where waiting for a future is not allowed.
    fn call<T: Send>(
        &self,
        work: impl AsyncFnOnce(&KmsClient) -> Result<T, KmsError> + Send,
    ) -> Result<Result<T, KmsError>, SealError> {
        let run = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| unavailable(error.to_string()))?;
            runtime.block_on(async {
                let remote = Remote::new(&self.trust, Vec::new());
                let client = KmsClient {
                    remote: remote.map_err(|error| unavailable(error.to_string()))?,
                    endpoint: self.spec.endpoint.clone(),
                    region: self.spec.region.clone(),
                    credentials: self.credentials.clone(),
                    time: TIME,
                };
                Ok(work(&client).await)
            })
        };
        let done = thread::scope(|scope| scope.spawn(run).join());
        done.unwrap_or_else(|_| Err(unavailable("the thread that calls it panicked".to_owned())))
    }
}

impl fmt::Debug for KmsVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KmsVault").field("spec", &self.spec).finish_non_exhaustive()
    }
}

/// The encryption context: what is encrypted opens for this seal of this keyring only.
fn bound(context: &[u8]) -> BTreeMap<String, String> {
    let hash = digest::digest(&digest::SHA256, context);
    let text = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    BTreeMap::from([(CONTEXT.to_owned(), text)])
}

/// The access key of a profile in the form of AWS's credentials file.
fn in_profile(text: &str, profile: &str) -> Option<Credentials> {
    let mut here = false;
    let mut found = BTreeMap::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            here = name.trim() == profile;
        } else if let Some((name, value)) = line.split_once('=').filter(|_| here) {
            found.insert(name.trim(), value.trim());
        }
    }
    let hidden = |name: &str| found.get(name).map(|value| Zeroizing::new((*value).to_owned()));
    Some(Credentials {
        access_key_id: (*found.get("aws_access_key_id")?).to_owned(),
        secret: hidden("aws_secret_access_key")?,
        session_token: hidden("aws_session_token"),
    })
}

fn unavailable(why: String) -> SealError {
    SealError::RootUnavailable { kind: KIND.to_owned(), why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_read() {
        let text = "[default]\naws_access_key_id = A\naws_secret_access_key=B\n\n# more\n[other]\n\
                    aws_access_key_id=C\naws_secret_access_key = D\naws_session_token = E==\n";
        let one = in_profile(text, "default").unwrap();
        assert_eq!((one.access_key_id.as_str(), one.secret.as_str()), ("A", "B"));
        assert!(one.session_token.is_none());
        let two = in_profile(text, "other").unwrap();
        assert_eq!(two.session_token.unwrap().as_str(), "E==");
        assert!(in_profile(text, "none").is_none() && in_profile("[default]\nx=1", "default").is_none());
    }
}
