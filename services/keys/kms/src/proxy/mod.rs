//! The proxy of an external key store: keys of this KMS, for somebody else's KMS to use.
//!
//! Source: the public "External Key Store Proxy API Specification", version 1. A call is authorised as what it does
//! to the key (`kms:Encrypt`, `kms:Decrypt`, `kms:DescribeKey`), for the user that the operator has given the proxy.
//! Policies may look at what the other KMS says of the call, by the condition keys `xks:AwsPrincipalArn`,
//! `xks:KmsKeyArn`, `xks:KmsOperation`, `xks:KmsViaService`, `xks:AwsSourceVpc` and `xks:AwsSourceVpce`.

mod crypt;

use std::borrow::Cow;

use bastide_api_xks::errors as error;
use bastide_api_xks::{XKS, operations as row};
use bastide_door::{Asking, Failure, Handler, Permitted, Resource, Room, handler};
use bastide_resources::{MAX_PAGE, Stored};
use bastide_shape::{Document, Operation, Target};
use futures_core::future::BoxFuture;

use crate::cryptography::material;
use crate::stored::{Key, Material, State};
use crate::{resolve, stored::Origin};
use crypt::{Sealed, material_tag};

/// The most bytes that are encrypted at once; the specification asks for 4300.
const MOST_PLAINTEXT: usize = 8192;
/// The most bytes of additional authenticated data; the specification asks for 8192.
const MOST_AAD: usize = 16 << 10;

/// What policies may look at, and the field of a request's metadata that has it.
const CONDITIONS: [(&str, &str); 6] = [
    ("xks:AwsPrincipalArn", "awsPrincipalArn"),
    ("xks:KmsKeyArn", "kmsKeyArn"),
    ("xks:KmsOperation", "kmsOperation"),
    ("xks:KmsViaService", "kmsViaService"),
    ("xks:AwsSourceVpc", "awsSourceVpc"),
    ("xks:AwsSourceVpce", "awsSourceVpce"),
];

/// The proxy, as the door knows it.
#[must_use]
pub fn xks_proxy_room() -> Room {
    Room { service: &XKS, handlers: HANDLERS, resolver: resolve_for_proxy }
}

static HANDLERS: &[(&Operation, Handler)] = &[
    (&row::GetKeyMetadata, handler!(key_metadata)),
    (&row::Encrypt, handler!(encrypt)),
    (&row::Decrypt, handler!(decrypt)),
    (&row::GetHealthStatus, handler!(health)),
];

fn resolve_for_proxy<'a>(
    asking: &'a Asking<'a>,
    target: &'a Target,
) -> BoxFuture<'a, Result<Vec<Resource>, Failure>> {
    Box::pin(async move {
        let mut found = resolve::resolve(asking, target).await?;
        let metadata = asking.input.map("requestMetadata");
        for (condition, field) in CONDITIONS {
            let Some(value) = metadata.and_then(|metadata| metadata.str(field)) else { continue };
            for resource in &mut found {
                resource.context.push((Cow::Borrowed(condition), vec![value.to_owned()]));
            }
        }
        Ok(found)
    })
}

async fn key_metadata(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    let usable = key.is_symmetric() && is_kept_here(&key);
    let usage: &[&str] = if usable { &["ENCRYPT", "DECRYPT"] } else { &[] };
    let status = if key.state_at(call.now()) == State::Enabled { "ENABLED" } else { "DISABLED" };
    Ok(Document::new()
        .with("keySpec", if usable { "AES_256" } else { key.spec.as_str() })
        .with("keyUsage", usage)
        .with("keyStatus", status))
}

async fn encrypt(call: &mut Permitted) -> Result<Document, Failure> {
    let key = usable(call)?;
    let aad = aad(call)?;
    let plaintext = call.input().blob("plaintext").unwrap_or_default();
    if plaintext.len() > MOST_PLAINTEXT {
        return Err(too_long("plaintext", MOST_PLAINTEXT));
    }
    let secret = material::present(call, &key).await?;
    let tag = material_tag(&key.material).ok_or_else(|| Failure::internal("a key material has no id"))?;
    let sealed = Sealed::make(&secret, tag, aad, plaintext).map_err(|_| broken())?;
    let integrity = match call.input().str("ciphertextDataIntegrityValueAlgorithm") {
        // First the digest and then the trial: so a bit that flips between them is found.
        Some(_) => {
            let value = sealed.integrity(aad);
            let opened = sealed.open(&secret, aad).ok_or_else(broken)?;
            if opened.as_slice() != plaintext {
                return Err(broken());
            }
            Some(value)
        }
        None => None,
    };
    Ok(Document::new()
        .with("authenticationTag", sealed.tag.as_slice())
        .with("ciphertext", sealed.ciphertext.as_slice())
        .maybe("ciphertextDataIntegrityValue", integrity)
        .with("ciphertextMetadata", sealed.metadata.as_slice())
        .with("initializationVector", sealed.iv.as_slice()))
}

async fn decrypt(call: &mut Permitted) -> Result<Document, Failure> {
    let key = usable(call)?;
    let aad = aad(call)?;
    let part = |name| call.input().blob(name).unwrap_or_default();
    let ciphertext = part("ciphertext");
    if ciphertext.len() > MOST_PLAINTEXT {
        return Err(too_long("ciphertext", MOST_PLAINTEXT));
    }
    let parts = (part("initializationVector"), part("authenticationTag"), part("ciphertextMetadata"));
    let sealed = Sealed::read(parts, ciphertext).ok_or_else(invalid_ciphertext)?;
    // The metadata has the first bytes of the material's id: of a key's few materials hardly ever two begin alike.
    let prefix = Material::id(&key.key.id, &sealed.material());
    let found = call.store().list::<Material>(&key.key.place, &prefix, None, MAX_PAGE).await?;
    for candidate in &found.items {
        let secret = candidate.open(call.sealer(), &key.key.place, Key::arn(&key), key.spec)?;
        if let Some(plaintext) = sealed.open(&secret, aad) {
            return Ok(Document::new().with("plaintext", plaintext.as_slice()));
        }
    }
    Err(invalid_ciphertext())
}

async fn health(call: &mut Permitted) -> Result<Document, Failure> {
    // Whether the store answers: the keys are there, and what opens them was opened when the server began.
    call.store().list::<Key>(call.place(), "", None, 1).await?;
    let model = concat!("Bastide ", env!("CARGO_PKG_VERSION"));
    let manager = Document::new().with("id", "bastide").with("model", model).with("healthStatus", "ACTIVE");
    Ok(Document::new()
        .with("xksProxyFleetSize", 1_i64)
        .with("xksProxyVendor", "Bastide")
        .with("xksProxyModel", model)
        .with("ekmVendor", "Bastide")
        .with("ekmFleetDetails", vec![manager]))
}

/// The key, if it may be used now.
fn usable(call: &Permitted) -> Result<std::sync::Arc<Stored<Key>>, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    if !key.is_symmetric() {
        let message = "the key is no symmetric encryption key";
        return Err(Failure::new(&error::InvalidKeyUsageException, message));
    }
    if !is_kept_here(&key) {
        let message = "the key is itself in a custom key store";
        return Err(Failure::new(&error::UnsupportedOperationException, message));
    }
    match key.state_at(call.now()) {
        State::Enabled | State::Updating => Ok(key),
        state => {
            let message = format!("the key is in the state {}", state.as_str());
            Err(Failure::new(&error::InvalidStateException, message))
        }
    }
}

fn is_kept_here(key: &Key) -> bool {
    matches!(key.origin, Origin::AwsKms | Origin::External)
}

fn aad(call: &Permitted) -> Result<&[u8], Failure> {
    let aad = call.input().blob("additionalAuthenticatedData").unwrap_or_default();
    if aad.len() > MOST_AAD { Err(too_long("additionalAuthenticatedData", MOST_AAD)) } else { Ok(aad) }
}

fn too_long(member: &str, most: usize) -> Failure {
    let message = format!("{member} has more than the {most} bytes that are supported");
    Failure::new(&error::UnsupportedOperationException, message)
}

fn invalid_ciphertext() -> Failure {
    let message = "the ciphertext, its metadata, vector or tag, or the additional authenticated data is not what Encrypt gave";
    Failure::new(&error::InvalidCiphertextException, message)
}

fn broken() -> Failure {
    Failure::internal("AES-256-GCM failed, or gave what it does not open")
}
