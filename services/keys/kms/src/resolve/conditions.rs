//! The condition keys of KMS. Source: KMS Developer Guide, "AWS KMS condition keys" and "AWS KMS permissions".

use std::borrow::Cow;

use bastide_crypto::{KeySpec, KeyUsage};
use bastide_door::Asking;
use bastide_resources::Stored;
use bastide_shape::{Document, Target};

use super::{Accepts, KeyName};
use crate::cryptography::permitted_use::named_algorithm;
use crate::cryptography::sign::RAW;
use crate::rotation::status::DEFAULT_PERIOD;
use crate::stored::{Key, Origin};

type Conditions = Vec<(Cow<'static, str>, Vec<String>)>;

/// The condition keys of a call on a key; `alias` is the name by which the request knows it.
pub(crate) fn of_key(
    asking: &Asking<'_>,
    target: &Target,
    key: &Stored<Key>,
    alias: Option<&str>,
) -> Conditions {
    let input = asking.input;
    let key_type = key.multi_region.as_ref().map(|set| set.key_type(&key.key.place.region));
    let mut keys =
        of_everything(asking, key.spec.as_str(), key.usage.as_str(), key.origin.as_str(), key_type);
    if !key.aliases.is_empty() {
        add_all(&mut keys, "kms:ResourceAliases", key.aliases.iter().cloned());
    }
    if let Some(alias) = alias {
        add(&mut keys, "kms:RequestAlias", alias);
    }
    match asking.operation.name {
        "Encrypt"
        | "Decrypt"
        | "GenerateDataKey"
        | "GenerateDataKeyWithoutPlaintext"
        | "GenerateDataKeyPair"
        | "GenerateDataKeyPairWithoutPlaintext" => {
            encryption_context(&mut keys, input.map("EncryptionContext"));
            add(&mut keys, "kms:EncryptionAlgorithm", named_algorithm(input, "EncryptionAlgorithm"));
            copy(&mut keys, "kms:DataKeyPairSpec", input.str("KeyPairSpec"));
        }
        "ReEncrypt" => {
            let (context, algorithm) = match target.kind {
                "ciphertext" => ("SourceEncryptionContext", "SourceEncryptionAlgorithm"),
                _ => ("DestinationEncryptionContext", "DestinationEncryptionAlgorithm"),
            };
            encryption_context(&mut keys, input.map(context));
            add(&mut keys, "kms:EncryptionAlgorithm", named_algorithm(input, algorithm));
            if let Some(same) = re_encrypts_on_same_key(asking, key) {
                flag(&mut keys, "kms:ReEncryptOnSameKey", same);
            }
        }
        "Sign" | "Verify" => {
            copy(&mut keys, "kms:SigningAlgorithm", input.str("SigningAlgorithm"));
            add(&mut keys, "kms:MessageType", input.str("MessageType").unwrap_or(RAW));
        }
        "GenerateMac" | "VerifyMac" => copy(&mut keys, "kms:MacAlgorithm", input.str("MacAlgorithm")),
        "DeriveSharedSecret" => {
            copy(&mut keys, "kms:KeyAgreementAlgorithm", input.str("KeyAgreementAlgorithm"));
        }
        "CreateGrant" => grant(&mut keys, asking),
        "ListGrants" | "RevokeGrant" => {
            flag(&mut keys, "kms:GrantIsForAWSResource", !asking.via.is_empty());
        }
        "ScheduleKeyDeletion" => {
            let days = input.int("PendingWindowInDays").unwrap_or(30);
            add(&mut keys, "kms:ScheduleKeyDeletionPendingWindowInDays", &days.to_string());
        }
        "PutKeyPolicy" => bypass(&mut keys, input),
        "EnableKeyRotation" => {
            let days = input.int("RotationPeriodInDays").unwrap_or_else(|| DEFAULT_PERIOD.into());
            add(&mut keys, "kms:RotationPeriodInDays", &days.to_string());
        }
        "ReplicateKey" => {
            add(&mut keys, "kms:ReplicaRegion", input.text("ReplicaRegion"));
            bypass(&mut keys, input);
        }
        "UpdatePrimaryRegion" => add(&mut keys, "kms:PrimaryRegion", input.text("PrimaryRegion")),
        "GetParametersForImport" => {
            add(&mut keys, "kms:WrappingAlgorithm", input.text("WrappingAlgorithm"));
            add(&mut keys, "kms:WrappingKeySpec", input.text("WrappingKeySpec"));
        }
        "ImportKeyMaterial" => {
            let model = input.str("ExpirationModel").unwrap_or("KEY_MATERIAL_EXPIRES");
            add(&mut keys, "kms:ExpirationModel", model);
            if let Some(moment) = input.time("ValidTo") {
                add(&mut keys, "kms:ValidTo", &moment.iso8601());
            }
        }
        _ => {}
    }
    keys
}

/// The condition keys of CreateKey: what the key would be.
pub(crate) fn of_new_key(asking: &Asking<'_>) -> Conditions {
    let input = asking.input;
    let spec = input.str("KeySpec").or_else(|| input.str("CustomerMasterKeySpec"));
    let spec = spec.unwrap_or(KeySpec::default().as_str());
    let usage = input.str("KeyUsage").unwrap_or(KeyUsage::default().as_str());
    let origin = input.str("Origin").unwrap_or(Origin::AwsKms.as_str());
    let key_type = (input.bool("MultiRegion") == Some(true)).then_some("PRIMARY");
    let mut keys = of_everything(asking, spec, usage, origin, key_type);
    bypass(&mut keys, input);
    keys
}

fn of_everything(
    asking: &Asking<'_>,
    spec: &str,
    usage: &str,
    origin: &str,
    multi_region: Option<&str>,
) -> Conditions {
    let mut keys = Vec::with_capacity(16);
    add(&mut keys, "kms:CallerAccount", asking.caller.account.as_str());
    add(&mut keys, "kms:KeySpec", spec);
    add(&mut keys, "kms:CustomerMasterKeySpec", spec);
    add(&mut keys, "kms:KeyUsage", usage);
    add(&mut keys, "kms:CustomerMasterKeyUsage", usage);
    add(&mut keys, "kms:KeyOrigin", origin);
    flag(&mut keys, "kms:MultiRegion", multi_region.is_some());
    if let Some(key_type) = multi_region {
        add(&mut keys, "kms:MultiRegionKeyType", key_type);
    }
    if let Some(service) = asking.via.last() {
        add(&mut keys, "kms:ViaService", &via_service(service, asking.place.region.as_str()));
    }
    keys
}

/// A service as `kms:ViaService` names it: `secretsmanager.us-east-1.amazonaws.com`.
pub(crate) fn via_service(principal: &str, region: &str) -> String {
    match principal.split_once('.') {
        Some((service, domain)) => format!("{service}.{region}.{domain}"),
        None => principal.to_owned(),
    }
}

fn encryption_context(keys: &mut Conditions, context: Option<&Document>) {
    let Some(context) = context.filter(|context| !context.is_empty()) else { return };
    for (name, value) in context.iter() {
        let value = value.as_str().unwrap_or_default().to_owned();
        keys.push((Cow::Owned(format!("kms:EncryptionContext:{name}")), vec![value]));
    }
    add_all(keys, "kms:EncryptionContextKeys", context.iter().map(|(name, _)| name.to_string()));
}

/// Whether both sides of a ReEncrypt are this key, by whatever names; `None` when the source has none.
fn re_encrypts_on_same_key(asking: &Asking<'_>, key: &Stored<Key>) -> Option<bool> {
    let names = |text: &str| match KeyName::parse(text, asking.place, Accepts::KeysAndAliases) {
        Ok(KeyName::Key(place, id)) => place == key.key.place && id == key.key.id,
        Ok(KeyName::Alias(place, name)) => place == key.key.place && key.aliases.contains(&name),
        Err(_) => false,
    };
    let source = match (asking.input.str("SourceKeyId"), asking.input.blob("CiphertextBlob")) {
        (Some(text), _) => names(text),
        (None, Some(blob)) => {
            let ciphertext = crate::cryptography::ciphertext::Ciphertext::parse(blob)?;
            ciphertext.is_of(&key.key)
        }
        (None, None) => return None,
    };
    Some(source && names(asking.input.text("DestinationKeyId")))
}

fn grant(keys: &mut Conditions, asking: &Asking<'_>) {
    let input = asking.input;
    flag(keys, "kms:GrantIsForAWSResource", !asking.via.is_empty());
    add_all(keys, "kms:GrantOperations", input.strings("Operations").map(str::to_owned));
    for (member, name) in [
        ("GranteePrincipal", "kms:GranteePrincipal"),
        ("RetiringPrincipal", "kms:RetiringPrincipal"),
        ("GranteeServicePrincipal", "kms:GranteeServicePrincipal"),
        ("RetiringServicePrincipal", "kms:RetiringServicePrincipal"),
    ] {
        if let Some(principal) = input.str(member) {
            add(keys, name, principal);
        }
    }
    let Some(constraints) = input.map("Constraints") else { return };
    if constraints.str("SourceArn").is_some() {
        add(keys, "kms:GrantConstraintType", "SourceArn");
    }
    for kind in ["EncryptionContextEquals", "EncryptionContextSubset"] {
        if let Some(context) = constraints.map(kind) {
            add(keys, "kms:GrantConstraintType", kind);
            encryption_context(keys, Some(context));
        }
    }
}

fn bypass(keys: &mut Conditions, input: &Document) {
    let bypasses = input.bool("BypassPolicyLockoutSafetyCheck") == Some(true);
    flag(keys, "kms:BypassPolicyLockoutSafetyCheck", bypasses);
}

fn add(keys: &mut Conditions, name: &'static str, value: &str) {
    keys.push((Cow::Borrowed(name), vec![value.to_owned()]));
}

/// What the request says, if it says it.
fn copy(keys: &mut Conditions, name: &'static str, value: Option<&str>) {
    if let Some(value) = value {
        add(keys, name, value);
    }
}

fn add_all(keys: &mut Conditions, name: &'static str, values: impl Iterator<Item = String>) {
    keys.push((Cow::Borrowed(name), values.collect()));
}

fn flag(keys: &mut Conditions, name: &'static str, value: bool) {
    add(keys, name, if value { "true" } else { "false" });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_named_with_their_region() {
        assert_eq!(via_service("s3.amazonaws.com", "eu-west-1"), "s3.eu-west-1.amazonaws.com");
    }
}
