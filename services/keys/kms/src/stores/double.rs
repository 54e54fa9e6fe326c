//! Encryption under a key in an external key store: first under material of our own, then under the external key.
//! So neither the holder of the one nor of the other can decrypt alone.
//!
//! The external key sees neither the encryption context nor the header of the blob, only their digest, which it
//! binds to what it encrypts.

use aws_lc_rs::digest::{SHA256, digest};
use bastide_api_kms::errors::KMSInvalidStateException;
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use zeroize::Zeroizing;

use super::settings;
use super::xks::{Envelope, Proxy, Trouble, metadata};
use crate::cryptography::ciphertext::{self, Ciphertext, Kind};
use crate::cryptography::material;
use crate::refusal;
use crate::stored::{InStore, Key, XksProxy};

/// The ciphertext of some bytes.
///
/// # Errors
/// `KMSInvalidStateException` when the external key cannot be used.
pub(super) async fn encrypt(
    call: &mut Permitted,
    (key, kept, proxy): (&Stored<Key>, &InStore, &XksProxy),
    context: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, Failure> {
    let material = material::current(call, key).await?;
    let name = (&key.key.place, key.key.id.as_str(), key.material.as_str());
    let inner = ciphertext::encrypt_as(Kind::External, &material, name, context, plaintext);
    let inner = inner.map_err(|_| Failure::internal("AES-256-GCM failed to encrypt"))?;
    let read = Ciphertext::parse(&inner).ok_or_else(|| Failure::internal("a blob cannot be read back"))?;
    let aad = bound(read.header(), context);
    let asked = metadata(call, Some(Key::arn(key)));
    let proxy = reached(call, key, kept, proxy)?;
    let envelope = proxy.encrypt(&kept.backing, asked, &aad, read.sealed()).await.map_err(Trouble::of_use)?;
    let mut blob = read.header().to_vec();
    envelope.write(&mut blob);
    Ok(blob)
}

/// What [`encrypt`] has encrypted.
///
/// # Errors
/// `InvalidCiphertextException` for what is no such blob, `KMSInvalidStateException` when the external key cannot
/// be used or refuses, as AWS has it.
pub(super) async fn decrypt(
    call: &Permitted,
    (key, kept, proxy): (&Stored<Key>, &InStore, &XksProxy),
    ciphertext: &Ciphertext<'_>,
    context: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let envelope = Envelope::parse(ciphertext.sealed()).ok_or_else(refusal::invalid_ciphertext)?;
    let found = material::find(call, key, &ciphertext.material_id()).await?;
    let material = found.ok_or_else(refusal::invalid_ciphertext)?;
    let aad = bound(ciphertext.header(), context);
    let asked = metadata(call, Some(Key::arn(key)));
    let proxy = reached(call, key, kept, proxy)?;
    let inner = proxy.decrypt(&kept.backing, asked, &aad, &envelope).await.map_err(Trouble::of_use)?;
    ciphertext.open_sealed(&material, context, &inner).ok_or_else(|| {
        let message = "The ciphertext that the external key store proxy submitted for decryption, or the encryption context, is corrupted, missing, or otherwise invalid.";
        Failure::new(&KMSInvalidStateException, message)
    })
}

fn reached<'a>(
    call: &'a Permitted,
    key: &'a Stored<Key>,
    kept: &InStore,
    proxy: &XksProxy,
) -> Result<Proxy<'a>, Failure> {
    Proxy::of(proxy, &kept.store, (settings(call)?, call.sealer(), &key.key.place))
}

/// The header has its own end: what follows cannot be taken for a part of it.
fn bound(header: &[u8], context: &[u8]) -> Vec<u8> {
    digest(&SHA256, &[header, context].concat()).as_ref().to_vec()
}
