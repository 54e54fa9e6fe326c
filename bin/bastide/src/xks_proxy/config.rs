use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use bastide_ids::Arn;
use serde::Deserialize;
use zeroize::Zeroizing;

/// The file: which proxies are served.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proxies {
    proxies: Vec<Proxy>,
}

/// A proxy, for one key store of somebody else's KMS.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proxy {
    /// `XksProxyUriPath`: ends in `/kms/xks/v1`.
    pub(super) path: String,
    /// The ARN of the IAM user whose policies say what may be done.
    pub(super) user: String,
    /// What requests are signed with; several while one is replaced by another.
    pub(super) credentials: Vec<Credential>,
    /// The ARNs of keys by the ids that the other KMS knows them by.
    pub(super) keys: BTreeMap<String, String>,
}

/// `XksProxyAuthenticationCredential`, with its names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credential {
    #[serde(rename = "AccessKeyId")]
    pub(super) access_key_id: String,
    #[serde(rename = "RawSecretAccessKey", deserialize_with = "secret")]
    pub(super) secret: Zeroizing<String>,
}

impl Proxies {
    /// The proxy that a path belongs to, and what stands behind its own path.
    pub(super) fn find<'a>(&self, path: &'a str) -> Option<(&Proxy, &'a str)> {
        self.proxies.iter().find_map(|proxy| {
            let rest = path.strip_prefix(proxy.path.as_str())?.strip_prefix('/')?;
            Some((proxy, rest))
        })
    }

    fn check(&self) -> Result<(), String> {
        let mut access_keys = std::collections::BTreeSet::new();
        let mut paths = std::collections::BTreeSet::new();
        for proxy in &self.proxies {
            proxy.check().map_err(|error| format!("proxy `{}`: {error}", proxy.path))?;
            if !paths.insert(&proxy.path) {
                return Err(format!("two proxies have the path `{}`", proxy.path));
            }
            for credential in &proxy.credentials {
                if !access_keys.insert(&credential.access_key_id) {
                    return Err(format!("two credentials are called `{}`", credential.access_key_id));
                }
            }
        }
        Ok(())
    }
}

impl Proxy {
    fn check(&self) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_');
        let whole = self.path.starts_with('/') && self.path.ends_with("/kms/xks/v1");
        if !whole || self.path.len() > 128 || !self.path.chars().all(plain) {
            return Err("a path is `/kms/xks/v1` or ends in that, and has letters, digits, `/`, `-` and `_`"
                .to_owned());
        }
        let user =
            Arn::parse(&self.user).is_ok_and(|arn| arn.service == "iam" && arn.resource.starts_with("user/"));
        if !user {
            return Err(format!("`{}` is not the ARN of an IAM user", self.user));
        }
        if self.credentials.is_empty() {
            return Err("a proxy has at least one of `credentials`".to_owned());
        }
        for credential in &self.credentials {
            let of_id = |c: char| matches!(c, 'A'..='Z' | '2'..='7');
            let id = &credential.access_key_id;
            if !(20..=30).contains(&id.len()) || !id.chars().all(of_id) {
                return Err(format!("the AccessKeyId `{id}` has not 20 to 30 of the characters A-Z and 2-7"));
            }
            let of_secret = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '+' | '=');
            if !(43..=64).contains(&credential.secret.len()) || !credential.secret.chars().all(of_secret) {
                return Err(format!(
                    "the secret of `{id}` has not 43 to 64 of the characters a-z, A-Z, 0-9, /, + and ="
                ));
            }
        }
        for (id, arn) in &self.keys {
            let of_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if id.is_empty() || id.len() > 128 || !id.chars().all(of_key) {
                return Err(format!("`{id}` cannot be the id of an external key"));
            }
            if !Arn::parse(arn).is_ok_and(|arn| arn.service == "kms" && arn.resource.starts_with("key/")) {
                return Err(format!("`{arn}` is not the ARN of a KMS key"));
            }
        }
        Ok(())
    }
}

/// Reads the file, and when it was changed.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(file: &Path) -> Result<(Option<SystemTime>, Arc<Proxies>), String> {
    let told = |error: String| format!("`{}`: {error}", file.display());
    let changed = changed(file);
    let mode = fs::metadata(file).map_err(|error| told(error.to_string()))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(told("it holds secrets, and others may read it: `chmod 600` it".to_owned()));
    }
    let text = Zeroizing::new(fs::read(file).map_err(|error| told(error.to_string()))?);
    // What serde says of a value may repeat it.
    let read: Proxies = serde_json::from_slice(&text).map_err(|error| {
        told(format!(
            "line {}, column {}: not of the form that docs/xks.md tells",
            error.line(),
            error.column()
        ))
    })?;
    read.check().map_err(told)?;
    Ok((changed, Arc::new(read)))
}

/// When the file was changed.
pub(super) fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(deserializer).map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn file() -> Value {
        json!({ "proxies": [{
            "path": "/orders/kms/xks/v1",
            "user": "arn:aws:iam::111122223333:user/aws-kms",
            "credentials": [{ "AccessKeyId": "A2".repeat(10), "RawSecretAccessKey": "s".repeat(43) }],
            "keys": { "orders.1": "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" },
        }] })
    }

    fn checked(file: &Value) -> Result<(), String> {
        let read: Proxies = serde_json::from_value(file.clone()).map_err(|error| error.to_string())?;
        read.check()
    }

    #[test]
    fn paths_find_their_proxy() {
        let read: Proxies = serde_json::from_value(file()).unwrap();
        assert_eq!(checked(&file()), Ok(()));
        let rest = |path: &'static str| read.find(path).map(|(_, rest)| rest);
        assert_eq!(rest("/orders/kms/xks/v1/health"), Some("health"));
        assert_eq!(rest("/kms/xks/v1/health"), None);
        assert_eq!(rest("/orders/kms/xks/v10/health"), None);
    }

    #[test]
    fn a_file_is_checked() {
        for (pointer, value) in [
            ("/proxies/0/path", json!("/orders/kms/xks")),
            ("/proxies/0/path", json!("/a b/kms/xks/v1")),
            ("/proxies/0/user", json!("arn:aws:iam::111122223333:role/aws-kms")),
            ("/proxies/0/credentials", json!([])),
            ("/proxies/0/credentials/0/AccessKeyId", json!("short")),
            ("/proxies/0/credentials/0/RawSecretAccessKey", json!("short")),
            ("/proxies/0/keys", json!({ "a/b": "arn:aws:kms:us-east-1:111122223333:key/1" })),
            ("/proxies/0/keys", json!({ "a": "arn:aws:kms:us-east-1:111122223333:alias/a" })),
        ] {
            let mut changed = file();
            *changed.pointer_mut(pointer).unwrap() = value;
            assert!(checked(&changed).is_err(), "{pointer}");
        }
        let mut twice = file();
        let proxy = twice["proxies"][0].clone();
        twice["proxies"].as_array_mut().unwrap().push(proxy);
        assert!(checked(&twice).is_err());
    }
}
