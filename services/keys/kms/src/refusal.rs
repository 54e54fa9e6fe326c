//! What KMS tells whom it refuses: each message in one place, as AWS words it where a client may depend on it.

use bastide_api_kms::common::NotAuthorizedException;
use bastide_api_kms::errors as error;
use bastide_door::{Failure, Reason};
use bastide_shape::Document;

pub(crate) fn no_such_key(arn: &str) -> Failure {
    Failure::new(&error::NotFoundException, format!("Key '{arn}' does not exist"))
}

pub(crate) fn no_such_alias(arn: &str) -> Failure {
    Failure::new(&error::NotFoundException, format!("Alias {arn} is not found."))
}

pub(crate) fn invalid_key_id(text: &str) -> Failure {
    Failure::new(&error::NotFoundException, format!("Invalid keyId '{text}'"))
}

/// An ARN of another region or partition: AWS names the part that does not fit.
pub(crate) fn foreign_arn(part: &str) -> Failure {
    Failure::new(&error::NotFoundException, format!("Invalid arn {part}"))
}

pub(crate) fn invalid_arn(text: &str) -> Failure {
    Failure::new(&error::InvalidArnException, format!("Invalid arn {text}"))
}

pub(crate) fn invalid_principal(arn: &str) -> Failure {
    Failure::new(&error::InvalidArnException, format!("ARN does not refer to a valid principal: {arn}"))
}

pub(crate) fn disabled(key_arn: &str) -> Failure {
    Failure::new(&error::DisabledException, format!("{key_arn} is disabled."))
}

/// `is` says what the key is: `pending import`.
pub(crate) fn invalid_state(key_arn: &str, is: &str) -> Failure {
    Failure::new(&error::KMSInvalidStateException, format!("{key_arn} is {is}."))
}

/// A kind of key that an operation is not for.
fn unsupported_key(message: String) -> Failure {
    Failure::new(&error::UnsupportedOperationException, message)
}

/// A key that is never rotated. AWS says no more of it.
pub(crate) fn never_rotated() -> Failure {
    unsupported_key(String::new())
}

pub(crate) fn unsupported_origin(key_arn: &str, origin: &str) -> Failure {
    unsupported_key(format!("{key_arn} origin is {origin} which is not valid for this operation."))
}

/// What only AWS does with its keys.
pub(crate) fn unsupported_manager(key_arn: &str) -> Failure {
    unsupported_key(format!("{key_arn} is managed by AWS, which is not valid for this operation."))
}

pub(crate) fn replica(key_arn: &str) -> Failure {
    unsupported_key(format!("{key_arn} is a replica key. Perform this operation on its primary key."))
}

/// Any other key where only a multi-Region primary key will do: to replicate it, to make another one the primary.
pub(crate) fn not_primary(key_arn: &str) -> Failure {
    unsupported_key(format!("{key_arn} is not a multi-region primary key."))
}

/// A wrapping key or algorithm that is not for a kind of key.
pub(crate) fn unsupported_wrapping(what: &str, spec: &str) -> Failure {
    unsupported_key(format!("{what} is not supported for importing key material of the key spec {spec}."))
}

/// Nothing more is told of a token that was not made here, or for this key.
pub(crate) fn invalid_import_token() -> Failure {
    Failure::new(&error::InvalidImportTokenException, "The import token is not valid for this key.")
}

pub(crate) fn expired_import_token() -> Failure {
    let message =
        "The import token has expired. Get a new one, and a new public key, with GetParametersForImport.";
    Failure::new(&error::ExpiredImportTokenException, message)
}

pub(crate) fn incorrect_key_material(why: &str) -> Failure {
    Failure::new(
        &error::IncorrectKeyMaterialException,
        format!("The key material cannot be imported: {why}."),
    )
}

/// A rotation to imported material of which none was imported.
pub(crate) fn no_material_waits(key_arn: &str) -> Failure {
    let message = format!("No available key material pending rotation for the key: {key_arn}.");
    Failure::new(&error::KMSInvalidStateException, message)
}

/// Nothing more is told of a ciphertext that does not open.
pub(crate) fn invalid_ciphertext() -> Failure {
    Failure::new(&error::InvalidCiphertextException, "")
}

pub(crate) fn incorrect_key() -> Failure {
    let message = "The key ID in the request does not identify a CMK that can perform this operation.";
    Failure::new(&error::IncorrectKeyException, message)
}

/// The key of a ciphertext is not there: told as a denial, so that nobody learns which keys exist.
pub(crate) fn no_key_of_ciphertext(caller: &str, action: &str) -> Failure {
    Failure::denied(format!(
        "User: {caller} is not authorized to perform: {action} on the resource associated with this ciphertext \
         because the resource does not exist in this Region, no resource-based policies allow access, or a \
         resource-based policy explicitly denies access"
    ))
}

pub(crate) fn incompatible_algorithm(algorithm: &str, key_spec: &str) -> Failure {
    let message = format!("Algorithm {algorithm} is incompatible with key spec {key_spec}.");
    Failure::new(&error::InvalidKeyUsageException, message)
}

pub(crate) fn invalid_usage(key_arn: &str, usage: &str, operation: &str) -> Failure {
    let message = format!("{key_arn} key usage is {usage} which is not valid for {operation}.");
    Failure::new(&error::InvalidKeyUsageException, message)
}

pub(crate) fn too_long(algorithm: &str, key_spec: &str, limit: usize) -> Failure {
    Failure::validation(format!(
        "Algorithm {algorithm} and key spec {key_spec} cannot encrypt data larger than {limit} bytes."
    ))
}

pub(crate) fn digest_length(algorithm: &str) -> Failure {
    Failure::validation(format!("Digest is invalid length for algorithm {algorithm}."))
}

/// `with` is what the type does not fit: an algorithm or a key spec.
pub(crate) fn message_type(kind: &str, with: &str) -> Failure {
    Failure::validation(format!("Message type {kind} is incompatible with {with}."))
}

/// Nothing more is told of a signature that does not verify.
pub(crate) fn invalid_signature() -> Failure {
    Failure::new(&error::KMSInvalidSignatureException, "")
}

/// Nothing more is told of a MAC that does not verify.
pub(crate) fn invalid_mac() -> Failure {
    Failure::new(&error::KMSInvalidMacException, "")
}

/// Nothing more is told of a public key that is none, or is of another curve.
pub(crate) fn invalid_public_key() -> Failure {
    Failure::validation("")
}

pub(crate) fn no_public_key(key_arn: &str, key_spec: &str) -> Failure {
    let message = format!("{key_arn} has no public key, because its key spec is {key_spec}.");
    Failure::new(&error::UnsupportedOperationException, message)
}

pub(crate) fn not_in_key_store(key_arn: &str, operation: &str) -> Failure {
    let message = format!("{key_arn} is in a custom key store, where {operation} is not supported.");
    Failure::new(&error::UnsupportedOperationException, message)
}

pub(crate) fn alias_to_alias() -> Failure {
    Failure::validation("Aliases must refer to keys. Not aliases")
}

/// The alias names of AWS managed keys are not for customers to make or change.
pub(crate) fn reserved_alias() -> Failure {
    Failure::new(&NotAuthorizedException, "")
}

pub(crate) fn limit_exceeded(message: impl Into<String>) -> Failure {
    Failure::new(&error::LimitExceededException, message)
}

pub(crate) fn tag(message: impl Into<String>) -> Failure {
    Failure::new(&error::TagException, message)
}

pub(crate) fn invalid_marker() -> Failure {
    Failure::new(&error::InvalidMarkerException, "The marker is not one that this operation gave.")
}

pub(crate) fn invalid_grant_id() -> Failure {
    Failure::new(&error::InvalidGrantIdException, "The grant id is not valid.")
}

pub(crate) fn no_such_grant(id: &str) -> Failure {
    Failure::new(&error::NotFoundException, format!("Grant {id} is not found."))
}

pub(crate) fn invalid_grant_token() -> Failure {
    Failure::new(&error::InvalidGrantTokenException, "The grant token is not valid.")
}

/// What AWS has and this does not, of an operation that is built otherwise.
pub(crate) fn not_built(what: &str) -> Failure {
    Failure::because(Reason::NotImplemented, format!("{what} is not implemented by Bastide yet"))
}

/// As [`not_built`], where the operation has an error for it.
pub(crate) fn unsupported(what: &str) -> Failure {
    Failure::new(&error::UnsupportedOperationException, format!("{what} is not implemented by Bastide yet"))
}

/// To be asked when everything else is in order.
///
/// # Errors
/// `DryRunOperationException` when the request is only a trial.
pub(crate) fn dry_run(input: &Document) -> Result<(), Failure> {
    if input.bool("DryRun") != Some(true) {
        return Ok(());
    }
    let message = "The request would have succeeded, but the DryRun option is set.";
    Err(Failure::new(&error::DryRunOperationException, message))
}
