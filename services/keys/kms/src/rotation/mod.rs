//! Rotation of key material: EnableKeyRotation, DisableKeyRotation, GetKeyRotationStatus, RotateKeyOnDemand,
//! ListKeyRotations, and the rotation itself.
//!
//! A rotation makes new material the key's present one; what was encrypted before still names the material that it
//! needs, which stays. Source: KMS Developer Guide, "Rotate AWS KMS keys".

pub(crate) mod list;
pub(crate) mod rotate;
pub(crate) mod status;

use bastide_door::Failure;
use bastide_resources::Stored;

use crate::refusal;
use crate::stored::{Key, Manager, Origin};

/// # Errors
/// `UnsupportedOperationException` for the kinds of keys that are never rotated: asymmetric keys, HMAC keys and keys
/// in custom key stores.
fn check_kind(key: &Stored<Key>) -> Result<(), Failure> {
    let arn = Key::arn(key);
    if !key.is_symmetric() {
        return Err(refusal::never_rotated());
    }
    if key.origin.is_in_key_store() {
        return Err(refusal::unsupported_origin(arn, key.origin.as_str()));
    }
    Ok(())
}

/// # Errors
/// As [`check_kind`], and for imported material, which only the customer can renew.
fn check_automatic(key: &Stored<Key>) -> Result<(), Failure> {
    check_kind(key)?;
    if key.origin == Origin::External {
        return Err(refusal::unsupported_origin(Key::arn(key), key.origin.as_str()));
    }
    Ok(())
}

/// # Errors
/// `UnsupportedOperationException` for keys whose rotation is not the caller's: a replica's is its primary's, an AWS
/// managed key's is AWS's.
fn check_own(key: &Stored<Key>) -> Result<(), Failure> {
    if key.manager != Manager::Customer {
        return Err(refusal::unsupported_manager(Key::arn(key)));
    }
    if key.is_replica(&key.key.place) {
        return Err(refusal::replica(Key::arn(key)));
    }
    Ok(())
}
