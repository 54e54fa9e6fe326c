//! Request quotas: how often an account may ask in a Region, by the class of the operation. Off unless the operator
//! sets them. Source: KMS Developer Guide, "Request quotas", whose numbers are the defaults here.

use bastide_api_kms::KMS;
use bastide_api_kms::common::ThrottlingException;
use bastide_crypto::KeySpec;
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;

use crate::stored::Key;

const SYMMETRIC: &str = "CryptographicOperationsSymmetric";
const RSA: &str = "CryptographicOperationsRsa";
const ECC: &str = "CryptographicOperationsEcc";
const POST_QUANTUM: &str = "CryptographicOperationsPostQuantum";
const KEY_STORE: &str = "CryptographicOperationsKeyStore";

/// Requests per second by class: cryptographic operations share a quota by what the key is, data key pairs have one
/// for each spec, and every other operation its own.
const DEFAULTS: &[(&str, f64)] = &[
    (SYMMETRIC, 5_500.0),
    (RSA, 1_000.0),
    (ECC, 1_000.0),
    (POST_QUANTUM, 1_000.0),
    (KEY_STORE, 1_800.0),
    ("GenerateDataKeyPair/ECC_NIST_P256", 25.0),
    ("GenerateDataKeyPair/ECC_NIST_P384", 10.0),
    ("GenerateDataKeyPair/ECC_NIST_P521", 5.0),
    ("GenerateDataKeyPair/ECC_NIST_EDWARDS25519", 25.0),
    ("GenerateDataKeyPair/ECC_SECG_P256K1", 25.0),
    ("GenerateDataKeyPair/RSA_2048", 1.0),
    ("GenerateDataKeyPair/RSA_3072", 0.5),
    ("GenerateDataKeyPair/RSA_4096", 0.1),
    ("CancelKeyDeletion", 5.0),
    ("ConnectCustomKeyStore", 5.0),
    ("CreateAlias", 5.0),
    ("CreateCustomKeyStore", 5.0),
    ("CreateGrant", 50.0),
    ("CreateKey", 5.0),
    ("DeleteAlias", 15.0),
    ("DeleteCustomKeyStore", 5.0),
    ("DeleteImportedKeyMaterial", 15.0),
    ("DescribeCustomKeyStores", 5.0),
    ("DescribeKey", 2_000.0),
    ("DisableKey", 5.0),
    ("DisableKeyRotation", 5.0),
    ("DisconnectCustomKeyStore", 5.0),
    ("EnableKey", 5.0),
    ("EnableKeyRotation", 15.0),
    ("GetKeyLastUsage", 100.0),
    ("GetKeyPolicy", 1_000.0),
    ("GetKeyRotationStatus", 1_000.0),
    ("GetParametersForImport", 0.25),
    ("GetPublicKey", 2_000.0),
    ("ImportKeyMaterial", 15.0),
    ("ListAliases", 500.0),
    ("ListGrants", 100.0),
    ("ListKeyPolicies", 100.0),
    ("ListKeyRotations", 100.0),
    ("ListKeys", 500.0),
    ("ListResourceTags", 2_000.0),
    ("ListRetirableGrants", 100.0),
    ("PutKeyPolicy", 15.0),
    ("ReplicateKey", 5.0),
    ("RetireGrant", 50.0),
    ("RevokeGrant", 50.0),
    ("RotateKeyOnDemand", 5.0),
    ("ScheduleKeyDeletion", 15.0),
    ("TagResource", 10.0),
    ("UntagResource", 5.0),
    ("UpdateAlias", 5.0),
    ("UpdateCustomKeyStore", 5.0),
    ("UpdateKeyDescription", 5.0),
    ("UpdatePrimaryRegion", 5.0),
];

/// Request quotas that the operator chose: classes with requests per second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequestQuotas(Vec<(String, f64)>);

impl RequestQuotas {
    /// Reads `off`, `aws` (AWS's defaults), or classes with requests per second, such as `aws,CreateKey=100`; what
    /// comes later wins.
    ///
    /// # Errors
    /// What cannot be read, and what can.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut quotas = Vec::new();
        for part in text.split(',').map(str::trim) {
            match part.split_once('=') {
                None if part == "off" => quotas.clear(),
                None if part == "aws" => {
                    quotas.extend(DEFAULTS.iter().map(|(class, rate)| ((*class).to_owned(), *rate)));
                }
                Some((class, rate)) => {
                    let known = DEFAULTS.iter().any(|(known, _)| *known == class)
                        || KMS.operations.iter().any(|operation| operation.name == class);
                    let rate = rate.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
                    match rate.filter(|_| known) {
                        Some(rate) => quotas.push((class.to_owned(), rate)),
                        None => return Err(unknown(part)),
                    }
                }
                None => return Err(unknown(part)),
            }
        }
        Ok(Self(quotas))
    }

    /// The classes with their requests per second; none: nothing is limited.
    #[must_use]
    pub fn into_limits(self) -> Vec<(String, f64)> {
        self.0
    }
}

fn unknown(part: &str) -> String {
    let classes: Vec<&str> = DEFAULTS.iter().map(|(class, _)| *class).collect();
    format!(
        "`{part}` is no request quota; write `off`, `aws`, or CLASS=PER_SECOND of: {}",
        classes.join(", ")
    )
}

/// Counts a call against its quota.
///
/// # Errors
/// `ThrottlingException` when it is one too many.
pub(crate) fn check(call: &Permitted) -> Result<(), Failure> {
    if !call.is_limited() || classes(call).all(|class| call.count(&class)) {
        return Ok(());
    }
    let message = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.";
    Err(Failure::new(&ThrottlingException, message))
}

/// The classes of a call: one, or two when it uses two keys.
fn classes(call: &Permitted) -> impl Iterator<Item = String> {
    let operation = call.operation().name;
    let key = |index| call.nth_resource::<Stored<Key>>(index).ok();
    let mut found = Vec::new();
    match operation {
        "GenerateDataKeyPair" | "GenerateDataKeyPairWithoutPlaintext" => {
            found.push(format!("GenerateDataKeyPair/{}", call.input().text("KeyPairSpec")));
        }
        "GenerateRandom" => found.push(SYMMETRIC.to_owned()),
        "ReEncrypt" => found.extend([key(0), key(1)].iter().flatten().map(|key| of_use(key).to_owned())),
        "Decapsulate"
        | "Decrypt"
        | "DeriveSharedSecret"
        | "Encapsulate"
        | "Encrypt"
        | "GenerateDataKey"
        | "GenerateDataKeyWithoutPlaintext"
        | "GenerateMac"
        | "Sign"
        | "Verify"
        | "VerifyMac" => {
            found.extend(key(0).iter().map(|key| of_use(key).to_owned()));
        }
        _ => found.push(operation.to_owned()),
    }
    found.into_iter()
}

/// The class of using a key.
fn of_use(key: &Key) -> &'static str {
    if key.origin.is_in_key_store() {
        return KEY_STORE;
    }
    match key.spec {
        KeySpec::Rsa2048 | KeySpec::Rsa3072 | KeySpec::Rsa4096 => RSA,
        KeySpec::MlDsa44
        | KeySpec::MlDsa65
        | KeySpec::MlDsa87
        | KeySpec::MlKem512
        | KeySpec::MlKem768
        | KeySpec::MlKem1024 => POST_QUANTUM,
        spec if spec.is_asymmetric() => ECC,
        _ => SYMMETRIC,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_are_read() {
        let read = |text| RequestQuotas::parse(text).map(RequestQuotas::into_limits);
        assert_eq!(read("off").unwrap(), []);
        assert_eq!(read("CreateKey=2.5").unwrap(), [("CreateKey".to_owned(), 2.5)]);
        let both = read("aws, CreateKey=9").unwrap();
        assert_eq!(both.len(), DEFAULTS.len() + 1);
        assert_eq!(both.last().unwrap(), &("CreateKey".to_owned(), 9.0));
        for bad in
            ["", "on", "CreateKey", "CreateKey=", "CreateKey=0", "CreateKey=-1", "Create=1", "CreateKey=inf"]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_operation_has_a_quota() {
        let by_key = [
            "Decapsulate",
            "Decrypt",
            "DeriveSharedSecret",
            "Encapsulate",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyPair",
            "GenerateDataKeyPairWithoutPlaintext",
            "GenerateDataKeyWithoutPlaintext",
            "GenerateMac",
            "GenerateRandom",
            "ReEncrypt",
            "Sign",
            "Verify",
            "VerifyMac",
        ];
        for operation in KMS.operations {
            let own = DEFAULTS.iter().any(|(class, _)| *class == operation.name);
            assert!(own != by_key.contains(&operation.name), "{}", operation.name);
        }
    }
}
