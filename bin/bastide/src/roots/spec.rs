//! How an operator names a root: `KIND[:VALUE][?NAME=VALUE&…]`.

use std::path::PathBuf;
use std::str::FromStr;

use bastide_ids::{Arn, Region};
use bastide_seal::TokenName;
use http::Uri;
use percent_encoding::percent_decode_str;

/// What every command that takes roots says of them.
pub(crate) const HELP: &str = "\
Seals are named KIND[:VALUE][?NAME=VALUE&...]:

  file[:PATH]
      a file with 32 random bytes, made if need be; by default root.key in the data folder
  passphrase[?file=PATH]
      a passphrase through Argon2id: of the file, BASTIDE_ROOT_PASSPHRASE, or a prompt
  env[:NAME]
      32 bytes in base64 or hex: of BASTIDE_ROOT_KEY, or another variable
  shares[?file=PATH&...]
      as many shares as it takes: of files, BASTIDE_SEAL_SHARES, or prompts
  shares:M-of-N[?folder=PATH]
      new shares, for init, add and replace: written into the folder, or shown once
  pkcs11:token=LABEL;object=LABEL?module-path=LIBRARY[&pin-source=PATH]
      an AES or RSA key in a PKCS#11 token, named as in RFC 7512. The PIN: of the file,
      BASTIDE_PKCS11_PIN, or a prompt; `keypad` for a token that asks for it itself.
      `generate` makes an AES key for a new seal when there is none
  kms:KEY[?endpoint=URL&region=R&ca-file=PATH&credentials-file=PATH&profile=P]
      a symmetric key of AWS KMS, AWS's or another Bastide's, by its ARN, id or alias.
      Credentials: of the file, BASTIDE_SEAL_ACCESS_KEY_ID and _SECRET_ACCESS_KEY, or
      AWS_ACCESS_KEY_ID and so on; with kms:Encrypt for a new seal and kms:Decrypt to open

Write %XX for characters that have a meaning here, and quote what has & or ; in it.";

/// A root, as the operator names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Spec {
    /// A file with a root key.
    File { path: Option<PathBuf> },
    /// A passphrase.
    Passphrase { file: Option<PathBuf> },
    /// A root key in the environment.
    Environment { name: Option<String> },
    /// Shares of a root: new ones, or those that open.
    Shares { dealing: Option<Dealing>, files: Vec<PathBuf> },
    /// A key in a PKCS#11 token.
    Token(Token),
    /// A key of AWS KMS, AWS's or another Bastide's.
    Kms(KmsKey),
}

/// New shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dealing {
    pub(crate) threshold: u8,
    pub(crate) count: u8,
    pub(crate) folder: Option<PathBuf>,
}

/// A key in a PKCS#11 token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) module: PathBuf,
    pub(crate) token: TokenName,
    pub(crate) label: Option<String>,
    pub(crate) id: Option<Vec<u8>>,
    pub(crate) pin_file: Option<PathBuf>,
    pub(crate) keypad: bool,
    pub(crate) generate: bool,
}

/// A key of AWS KMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KmsKey {
    pub(crate) key: String,
    pub(crate) region: String,
    pub(crate) endpoint: Uri,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) credentials_file: Option<PathBuf>,
    pub(crate) profile: Option<String>,
}

impl FromStr for Spec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (path, query) = text.split_once('?').map_or((text, ""), |(path, query)| (path, query));
        let (kind, value) = path.split_once(':').map_or((path, None), |(kind, value)| (kind, Some(value)));
        let value = value.filter(|value| !value.is_empty());
        let mut query = Query::parse(query, '&')?;
        let spec = match kind {
            "file" => Self::File { path: value.map(decoded).transpose()?.map(PathBuf::from) },
            "passphrase" if value.is_none() => Self::Passphrase { file: query.path("file") },
            "passphrase" => {
                return Err("a passphrase in an argument can be read by everybody on this machine: \
                 say `passphrase`, and give it by a file, BASTIDE_ROOT_PASSPHRASE or at the prompt"
                    .to_owned());
            }
            "env" => Self::Environment { name: value.map(str::to_owned) },
            "shares" => {
                let dealing = value.map(|value| dealing(value, &mut query)).transpose()?;
                Self::Shares { dealing, files: std::iter::from_fn(|| query.path("file")).collect() }
            }
            "pkcs11" => Self::Token(token(value.unwrap_or_default(), &mut query)?),
            "kms" => Self::Kms(kms_key(value.unwrap_or_default(), &mut query)?),
            _ => {
                return Err(format!(
                    "`{kind}` is no kind of seal; there are file, passphrase, env, shares, pkcs11 and kms"
                ));
            }
        };
        query.is_used_up(kind)?;
        Ok(spec)
    }
}

impl Spec {
    /// Whether it makes new shares, which somebody must be shown.
    pub(crate) fn deals_shares(&self) -> bool {
        matches!(self, Self::Shares { dealing: Some(_), .. })
    }
}

fn dealing(value: &str, query: &mut Query) -> Result<Dealing, String> {
    let numbers = value
        .split_once("-of-")
        .and_then(|(threshold, count)| Some((threshold.parse().ok()?, count.parse().ok()?)));
    let (threshold, count) = numbers
        .ok_or_else(|| format!("`{value}`: say how many shares there are to be, as in `shares:2-of-3`"))?;
    Ok(Dealing { threshold, count, folder: query.path("folder") })
}

/// Source: RFC 7512.
fn token(path: &str, query: &mut Query) -> Result<Token, String> {
    let mut path = Query::parse(path, ';')?;
    let slot = path.take("slot-id").map(|text| text.parse().map_err(|_| format!("`{text}` is no slot")));
    let token = TokenName {
        label: path.take("token"),
        serial: path.take("serial"),
        manufacturer: path.take("manufacturer"),
        model: path.take("model"),
        slot: slot.transpose()?,
    };
    let (label, id) = (path.take("object"), path.take_bytes("id"));
    // It is told by the key that is found.
    path.take("type");
    path.is_used_up("pkcs11")?;
    if query.take("pin-value").is_some() || query.take("module-name").is_some() {
        return Err(
            "give the PIN by `pin-source`, BASTIDE_PKCS11_PIN or at the prompt (an argument can be read by \
                    everybody on this machine), and the module by `module-path`"
                .to_owned(),
        );
    }
    if label.is_none() && id.is_none() {
        return Err("name the key in the token: `pkcs11:token=…;object=…?module-path=…`".to_owned());
    }
    let source = query.take("pin-source");
    let pin_file = source.map(|source| source.strip_prefix("file:").map_or(source.clone(), str::to_owned));
    Ok(Token {
        module: query.path("module-path").ok_or("name the library of the token: `?module-path=LIBRARY`")?,
        token,
        label,
        id,
        pin_file: pin_file.map(PathBuf::from),
        keypad: query.take("keypad").is_some(),
        generate: query.take("generate").is_some(),
    })
}

fn kms_key(key: &str, query: &mut Query) -> Result<KmsKey, String> {
    if key.is_empty() {
        return Err("name the key by its ARN, id or alias: `kms:KEY`".to_owned());
    }
    let of_key = Arn::parse(key).map(|arn| arn.region.to_owned()).ok().filter(|region| !region.is_empty());
    let region = query.take("region").or(of_key);
    let region = region.ok_or("which region? Name the key by its ARN, or say `?region=…`")?;
    Region::parse(&region).map_err(|error| error.to_string())?;
    let endpoint = query.take("endpoint").unwrap_or_else(|| format!("https://kms.{region}.amazonaws.com/"));
    let uri: Uri = endpoint.parse().map_err(|_| format!("`{endpoint}` is no address"))?;
    let host = uri.host().unwrap_or_default();
    let here = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if here => {}
        _ => {
            return Err(format!(
                "`{endpoint}`: what opens the secrets goes over https, or stays on this machine"
            ));
        }
    }
    Ok(KmsKey {
        key: key.to_owned(),
        region,
        endpoint: uri,
        ca_file: query.path("ca-file"),
        credentials_file: query.path("credentials-file"),
        profile: query.take("profile"),
    })
}

/// Names with values; each is taken once.
struct Query(Vec<(String, Vec<u8>)>);

impl Query {
    fn parse(text: &str, separator: char) -> Result<Self, String> {
        let parts = text.split(separator).filter(|part| !part.is_empty());
        let pair = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (name.to_owned(), percent_decode_str(value).collect())
        };
        let pairs: Vec<(String, Vec<u8>)> = parts.map(pair).collect();
        match pairs.iter().find(|(name, value)| name != "id" && str::from_utf8(value).is_err()) {
            Some((name, _)) => Err(format!("the value of `{name}` is not UTF-8")),
            None => Ok(Self(pairs)),
        }
    }

    fn take_bytes(&mut self, name: &str) -> Option<Vec<u8>> {
        let at = self.0.iter().position(|(one, _)| one == name)?;
        Some(self.0.remove(at).1)
    }

    fn take(&mut self, name: &str) -> Option<String> {
        self.take_bytes(name).and_then(|bytes| String::from_utf8(bytes).ok())
    }

    fn path(&mut self, name: &str) -> Option<PathBuf> {
        self.take(name).filter(|path| !path.is_empty()).map(PathBuf::from)
    }

    fn is_used_up(&self, kind: &str) -> Result<(), String> {
        match self.0.first() {
            Some((name, _)) => Err(format!("a seal of the kind {kind} has no `{name}`, or only one")),
            None => Ok(()),
        }
    }
}

fn decoded(text: &str) -> Result<String, String> {
    percent_decode_str(text).decode_utf8().map(Into::into).map_err(|_| format!("`{text}` is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Spec {
        text.parse().unwrap()
    }

    #[test]
    fn roots_are_named() {
        assert_eq!(parsed("file"), Spec::File { path: None });
        assert_eq!(parsed("file:/a%3Fb"), Spec::File { path: Some("/a?b".into()) });
        assert_eq!(parsed("passphrase?file=/run/p"), Spec::Passphrase { file: Some("/run/p".into()) });
        assert_eq!(parsed("env:ROOT"), Spec::Environment { name: Some("ROOT".into()) });
        let files = vec!["a".into(), "b".into()];
        assert_eq!(parsed("shares?file=a&file=b"), Spec::Shares { dealing: None, files });
        let dealing = Some(Dealing { threshold: 3, count: 5, folder: Some("/s".into()) });
        assert_eq!(parsed("shares:3-of-5?folder=/s"), Spec::Shares { dealing, files: vec![] });
    }

    #[test]
    fn tokens_are_named_as_rfc_7512_says() {
        let text = "pkcs11:token=My%20HSM;object=root;id=%01%ff;type=secret-key?module-path=/l.so&pin-source=file:/p";
        let Spec::Token(token) = parsed(text) else { panic!("{text}") };
        assert_eq!(token.token.label.as_deref(), Some("My HSM"));
        assert_eq!((token.label.as_deref(), token.id), (Some("root"), Some(vec![1, 255])));
        assert_eq!((token.module, token.pin_file), ("/l.so".into(), Some("/p".into())));
        assert!(!token.generate && !token.keypad);
    }

    #[test]
    fn keys_of_other_services_are_named() {
        let arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        let Spec::Kms(key) = parsed(&format!("kms:{arn}")) else { panic!("{arn}") };
        assert_eq!((key.key.as_str(), key.region.as_str()), (arn, "eu-central-1"));
        assert_eq!(key.endpoint, "https://kms.eu-central-1.amazonaws.com/");
        let text = "kms:alias/root?region=us-east-1&endpoint=http://127.0.0.1:4566&profile=p";
        let Spec::Kms(key) = parsed(text) else { panic!("{text}") };
        assert_eq!((key.key.as_str(), key.profile.as_deref()), ("alias/root", Some("p")));
    }

    #[test]
    fn what_is_no_root_is_refused() {
        let wrong = [
            "",
            "vault",
            "passphrase:hunter2hunter2",
            "shares:3",
            "shares:3-of-x",
            "file?mode=1",
            "pkcs11:token=a?module-path=/l.so",
            "pkcs11:token=a;object=b",
            "pkcs11:object=b?module-path=/l.so&pin-value=1234",
            "pkcs11:object=b;colour=red?module-path=/l.so",
            "pkcs11:object=%ff?module-path=/l.so",
            "kms:",
            "kms:alias/root",
            "kms:alias/root?region=us-east-1&endpoint=http://kms.example.com",
            "kms:alias/root?region=us-east-1&endpoint=kms",
        ];
        for text in wrong {
            assert!(text.parse::<Spec>().is_err(), "{text}");
        }
    }
}
