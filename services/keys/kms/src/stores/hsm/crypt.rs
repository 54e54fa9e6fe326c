//! Encryption under a key in a cluster: AES-256-GCM in an HSM, which makes the IV. Bound to the blob's header and the
//! encryption context by their digest, so that a call is small however large the context is.

use aws_lc_rs::digest::{SHA256, digest};
use bastide_door::Failure;
use bastide_hsm::ClientError;
use bastide_hsm::wire::{CipherMechanism, Code, Handle};
use bastide_resources::Stored;
use zeroize::Zeroizing;

use super::{Session, Trouble};
use crate::cryptography::ciphertext::{self, Ciphertext, Kind};
use crate::refusal;
use crate::stored::Key;

/// Bytes of an IV that an HSM makes.
const IV: usize = 12;
/// Bytes of a tag.
const TAG: u32 = 16;

/// The ciphertext of some bytes: header, IV, ciphertext and tag.
///
/// # Errors
/// `KeyUnavailableException` when no HSM answers.
pub(in crate::stores) async fn encrypt(
    session: &Session,
    key: &Stored<Key>,
    handle: Handle,
    context: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, Failure> {
    let name = (&key.key.place, key.key.id.as_str(), key.material.as_str());
    let header = ciphertext::header(Kind::CloudHsm, name);
    let mut blob = header.map_err(|_| Failure::internal("a name is too long for a blob"))?;
    let (aad, plaintext) = (bound(&blob, context), Zeroizing::new(plaintext.to_vec()));
    let made = session.run(move |client| {
        let mechanism = CipherMechanism::AesGcm { iv: None, aad: aad.clone(), tag: TAG };
        client.encrypt(handle, mechanism, &plaintext)
    });
    let made = made.await.map_err(Trouble::of_use)?;
    let iv = made.iv.filter(|iv| iv.len() == IV);
    blob.extend_from_slice(&iv.ok_or_else(|| Failure::internal("an HSM gave no IV"))?);
    blob.extend_from_slice(&made.data);
    Ok(blob)
}

/// What [`encrypt`] has encrypted.
///
/// # Errors
/// `InvalidCiphertextException` for what is no such blob, `KeyUnavailableException` when no HSM answers.
pub(in crate::stores) async fn decrypt(
    session: &Session,
    handle: Handle,
    ciphertext: &Ciphertext<'_>,
    context: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let Some((iv, sealed)) = ciphertext.sealed().split_at_checked(IV) else {
        return Err(refusal::invalid_ciphertext());
    };
    let (iv, sealed, aad) = (iv.to_vec(), sealed.to_vec(), bound(ciphertext.header(), context));
    let opened = session.run(move |client| {
        let mechanism = CipherMechanism::AesGcm { iv: Some(iv.clone()), aad: aad.clone(), tag: TAG };
        match client.decrypt(handle, mechanism, &sealed) {
            // What was altered is the caller's mistake, not the cluster's.
            Err(ClientError::Refused(fault)) if is_not_authentic(fault.code) => Ok(None),
            answered => answered.map(Some),
        }
    });
    let opened = opened.await.map_err(Trouble::of_use)?.ok_or_else(refusal::invalid_ciphertext)?;
    Ok(Zeroizing::new(opened.to_vec()))
}

fn is_not_authentic(code: Code) -> bool {
    matches!(code, Code::EncryptedData | Code::EncryptedDataLength)
}

/// The header has its own end: what follows cannot be taken for a part of it.
fn bound(header: &[u8], context: &[u8]) -> Vec<u8> {
    digest(&SHA256, &[header, context].concat()).as_ref().to_vec()
}
