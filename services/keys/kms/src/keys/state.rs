//! Which operation a key's state allows: the one table of it. Source: KMS Developer Guide, "Key states of AWS KMS
//! keys". Whether a kind of key has an operation at all (rotation, import) is asked before, by the operation.

use bastide_door::{Failure, Permitted};
use bastide_ids::Timestamp;
use bastide_resources::Stored;

use crate::stored::{Key, State};
use crate::{refusal, stores};

/// The states in which an operation is allowed, one bit each.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Allowed(u8);

const ENABLED: u8 = 1;
const DISABLED: u8 = 1 << 1;
const DELETION: u8 = 1 << 2;
const REPLICA_DELETION: u8 = 1 << 3;
const IMPORT: u8 = 1 << 4;
const UNAVAILABLE: u8 = 1 << 5;
const CREATING: u8 = 1 << 6;
const UPDATING: u8 = 1 << 7;

/// Looking at the key, and ending what others may do with it.
const ALWAYS: Allowed = Allowed(u8::MAX);
/// Using the key material.
const USE: Allowed = Allowed(ENABLED | UPDATING);
const GRANT: Allowed = Allowed(ENABLED | UNAVAILABLE | UPDATING);
/// Changing what stands beside the key.
const NAME: Allowed = Allowed(!(DELETION | REPLICA_DELETION));
const SWITCH: Allowed = Allowed(ENABLED | DISABLED | UNAVAILABLE);
const ROTATE: Allowed = Allowed(ENABLED);
const REPLICATE: Allowed = Allowed(ENABLED);
const TAKE_IN: Allowed = Allowed(ENABLED | DISABLED | IMPORT);
const DROP: Allowed = Allowed(ENABLED | DISABLED | IMPORT | DELETION | REPLICA_DELETION);
const SCHEDULE: Allowed = Allowed(ENABLED | DISABLED | IMPORT | UNAVAILABLE);
const CANCEL: Allowed = Allowed(DELETION | REPLICA_DELETION);

/// Every operation that acts on a key that is there. ReEncrypt asks for both of its keys; UpdateAlias only for the
/// new one.
const TABLE: &[(&str, Allowed)] = &[
    ("CancelKeyDeletion", CANCEL),
    ("CreateAlias", NAME),
    ("CreateGrant", GRANT),
    ("Decapsulate", USE),
    ("Decrypt", USE),
    ("DeleteAlias", ALWAYS),
    ("DeleteImportedKeyMaterial", DROP),
    ("DeriveSharedSecret", USE),
    ("DescribeKey", ALWAYS),
    ("DisableKey", SWITCH),
    ("DisableKeyRotation", ROTATE),
    ("EnableKey", SWITCH),
    ("EnableKeyRotation", ROTATE),
    ("Encapsulate", USE),
    ("Encrypt", USE),
    ("GenerateDataKey", USE),
    ("GenerateDataKeyPair", USE),
    ("GenerateDataKeyPairWithoutPlaintext", USE),
    ("GenerateDataKeyWithoutPlaintext", USE),
    ("GenerateMac", USE),
    ("GetKeyLastUsage", ALWAYS),
    ("GetKeyPolicy", ALWAYS),
    ("GetKeyRotationStatus", ALWAYS),
    ("GetParametersForImport", TAKE_IN),
    ("GetPublicKey", USE),
    ("ImportKeyMaterial", TAKE_IN),
    ("ListAliases", ALWAYS),
    ("ListGrants", ALWAYS),
    ("ListKeyPolicies", ALWAYS),
    ("ListKeyRotations", ALWAYS),
    ("ListResourceTags", ALWAYS),
    ("PutKeyPolicy", ALWAYS),
    ("ReEncrypt", USE),
    ("ReplicateKey", REPLICATE),
    ("RetireGrant", ALWAYS),
    ("RevokeGrant", ALWAYS),
    ("RotateKeyOnDemand", ROTATE),
    ("ScheduleKeyDeletion", SCHEDULE),
    ("Sign", USE),
    ("TagResource", NAME),
    ("UntagResource", NAME),
    ("UpdateAlias", NAME),
    ("UpdateKeyDescription", NAME),
    ("UpdatePrimaryRegion", REPLICATE),
    ("Verify", USE),
    ("VerifyMac", USE),
];

impl Key {
    /// Whether the operation that is carried out is allowed in the key's state.
    ///
    /// # Errors
    /// `DisabledException`, `KMSInvalidStateException`; an internal failure for an operation that is not in the table.
    pub(crate) fn must_allow(call: &Permitted, stored: &Stored<Self>) -> Result<(), Failure> {
        told(stored, call.now(), check(call.operation().name, Self::arn(stored), stored.state_at(call.now())))
    }

    /// The moment at which a key would have been deleted that is to be kept after all, if that is set.
    pub(crate) fn deletion(stored: &Stored<Self>) -> Option<Timestamp> {
        stored.state.deletion()
    }
}

/// Of a key in a custom key store AWS says why it is unavailable.
fn told(stored: &Stored<Key>, now: Timestamp, result: Result<(), Failure>) -> Result<(), Failure> {
    let unavailable = stored.state_at(now) == State::Unavailable && stored.origin.is_in_key_store();
    result.map_err(|failure| {
        if unavailable {
            return Failure { message: stores::keys::not_connected(stored.origin).to_owned(), ..failure };
        }
        failure
    })
}

/// # Errors
/// What AWS answers to an operation on a key in a state that does not allow it.
fn check(operation: &str, arn: &str, state: State) -> Result<(), Failure> {
    let Some((_, allowed)) = TABLE.iter().find(|(name, _)| *name == operation) else {
        return Err(Failure::internal(format!(
            "no rule says in which states of a key {operation} is allowed"
        )));
    };
    if allowed.0 & bit(state) != 0 {
        return Ok(());
    }
    if *allowed == CANCEL {
        return Err(refusal::invalid_state(arn, "not pending deletion"));
    }
    Err(match state {
        State::Disabled => refusal::disabled(arn),
        State::PendingDeletion(_) => refusal::invalid_state(arn, "pending deletion"),
        State::PendingReplicaDeletion(_) => refusal::invalid_state(arn, "pending replica deletion"),
        State::PendingImport => refusal::invalid_state(arn, "pending import"),
        State::Unavailable => refusal::invalid_state(arn, "unavailable"),
        State::Creating => refusal::invalid_state(arn, "creating"),
        State::Updating => refusal::invalid_state(arn, "updating"),
        // No row forbids it but that of CancelKeyDeletion.
        State::Enabled => refusal::invalid_state(arn, "enabled"),
    })
}

fn bit(state: State) -> u8 {
    match state {
        State::Enabled => ENABLED,
        State::Disabled => DISABLED,
        State::PendingDeletion(_) => DELETION,
        State::PendingReplicaDeletion(_) => REPLICA_DELETION,
        State::PendingImport => IMPORT,
        State::Unavailable => UNAVAILABLE,
        State::Creating => CREATING,
        State::Updating => UPDATING,
    }
}

#[cfg(test)]
mod tests {
    use bastide_api_kms::KMS;
    use bastide_api_kms::errors::{DisabledException, KMSInvalidStateException};

    use super::*;

    const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    fn states() -> [State; 8] {
        [
            State::Enabled,
            State::Disabled,
            State::PendingDeletion(Timestamp::from_seconds(0)),
            State::PendingReplicaDeletion(7),
            State::PendingImport,
            State::Unavailable,
            State::Creating,
            State::Updating,
        ]
    }

    /// What an operation comes to in each of the [`states`]: `+` allowed, `d` disabled, `s` invalid state.
    const EXPECTED: &[(&str, &str)] = &[
        ("CancelKeyDeletion", "ss++ssss"),
        ("CreateAlias", "++ss++++"),
        ("CreateGrant", "+dsss+s+"),
        ("Decapsulate", "+dsssss+"),
        ("Decrypt", "+dsssss+"),
        ("DeleteAlias", "++++++++"),
        ("DeleteImportedKeyMaterial", "+++++sss"),
        ("DeriveSharedSecret", "+dsssss+"),
        ("DescribeKey", "++++++++"),
        ("DisableKey", "++sss+ss"),
        ("DisableKeyRotation", "+dssssss"),
        ("EnableKey", "++sss+ss"),
        ("EnableKeyRotation", "+dssssss"),
        ("Encapsulate", "+dsssss+"),
        ("Encrypt", "+dsssss+"),
        ("GenerateDataKey", "+dsssss+"),
        ("GenerateDataKeyPair", "+dsssss+"),
        ("GenerateDataKeyPairWithoutPlaintext", "+dsssss+"),
        ("GenerateDataKeyWithoutPlaintext", "+dsssss+"),
        ("GenerateMac", "+dsssss+"),
        ("GetKeyLastUsage", "++++++++"),
        ("GetKeyPolicy", "++++++++"),
        ("GetKeyRotationStatus", "++++++++"),
        ("GetParametersForImport", "++ss+sss"),
        ("GetPublicKey", "+dsssss+"),
        ("ImportKeyMaterial", "++ss+sss"),
        ("ListAliases", "++++++++"),
        ("ListGrants", "++++++++"),
        ("ListKeyPolicies", "++++++++"),
        ("ListKeyRotations", "++++++++"),
        ("ListResourceTags", "++++++++"),
        ("PutKeyPolicy", "++++++++"),
        ("ReEncrypt", "+dsssss+"),
        ("ReplicateKey", "+dssssss"),
        ("RetireGrant", "++++++++"),
        ("RevokeGrant", "++++++++"),
        ("RotateKeyOnDemand", "+dssssss"),
        ("ScheduleKeyDeletion", "++ss++ss"),
        ("Sign", "+dsssss+"),
        ("TagResource", "++ss++++"),
        ("UntagResource", "++ss++++"),
        ("UpdateAlias", "++ss++++"),
        ("UpdateKeyDescription", "++ss++++"),
        ("UpdatePrimaryRegion", "+dssssss"),
        ("Verify", "+dsssss+"),
        ("VerifyMac", "+dsssss+"),
    ];

    #[test]
    fn every_operation_in_every_state() {
        assert_eq!(EXPECTED.len(), TABLE.len());
        for (operation, expected) in EXPECTED {
            for (state, expected) in states().into_iter().zip(expected.chars()) {
                let got = match check(operation, ARN, state) {
                    Ok(()) => '+',
                    Err(failure) if failure.is(&DisabledException) => 'd',
                    Err(failure) if failure.is(&KMSInvalidStateException) => 's',
                    Err(failure) => panic!("{operation}: {failure:?}"),
                };
                assert_eq!(got, expected, "{operation} in {}", state.as_str());
            }
        }
    }

    #[test]
    fn an_operation_is_only_refused_with_errors_that_it_lists() {
        for operation in KMS.operations {
            for state in states() {
                let Err(failure) = check(operation.name, ARN, state) else { continue };
                let listed = operation.errors.iter().any(|error| failure.is(error));
                assert!(
                    listed || !TABLE.iter().any(|(name, _)| *name == operation.name),
                    "{}",
                    operation.name
                );
            }
        }
    }

    #[test]
    fn every_operation_on_a_key_has_its_rule() {
        let of_no_key = ["CreateKey", "ListKeys", "ListRetirableGrants", "GenerateRandom"];
        for operation in KMS.operations {
            let without = of_no_key.contains(&operation.name)
                || operation.name.ends_with("CustomKeyStore")
                || operation.name.ends_with("CustomKeyStores");
            let has = TABLE.iter().any(|(name, _)| *name == operation.name);
            assert_eq!(has, !without, "{}", operation.name);
        }
    }

    #[test]
    fn refusals_are_worded_as_aws_words_them() {
        let told = |operation, state| check(operation, ARN, state).unwrap_err().message;
        assert_eq!(told("Encrypt", State::Disabled), format!("{ARN} is disabled."));
        let pending = State::PendingDeletion(Timestamp::from_seconds(0));
        assert_eq!(told("Encrypt", pending), format!("{ARN} is pending deletion."));
        assert_eq!(told("Encrypt", State::PendingImport), format!("{ARN} is pending import."));
        assert_eq!(told("Encrypt", State::Unavailable), format!("{ARN} is unavailable."));
        assert_eq!(told("Encrypt", State::Creating), format!("{ARN} is creating."));
        assert_eq!(told("EnableKey", State::Updating), format!("{ARN} is updating."));
        assert_eq!(told("CancelKeyDeletion", State::Enabled), format!("{ARN} is not pending deletion."));
    }
}
