//! What grants allow. Source: KMS Developer Guide, "Grants in AWS KMS".

use std::collections::BTreeMap;

use bastide_crypto::KeyUsage;
use bastide_door::{Asking, Caller, Failure, Granted};
use bastide_policy::Principal;
use bastide_resources::Stored;
use bastide_shape::{Document, Target};

use super::principal;
use crate::cryptography::context::EncryptionContext;
use crate::stored::{Constraints, Grant, Grantee, Key};

/// The operations that a grant may allow on a key, by what the key is and is for. Source: KMS Developer Guide, "Grant
/// operations".
pub(crate) fn operations(key: &Key) -> &'static [&'static str] {
    match key.usage {
        KeyUsage::EncryptDecrypt if key.is_symmetric() => &[
            "Encrypt",
            "Decrypt",
            "ReEncryptFrom",
            "ReEncryptTo",
            "GenerateDataKey",
            "GenerateDataKeyWithoutPlaintext",
            "GenerateDataKeyPair",
            "GenerateDataKeyPairWithoutPlaintext",
            "CreateGrant",
            "RetireGrant",
            "DescribeKey",
        ],
        KeyUsage::EncryptDecrypt => &[
            "Encrypt",
            "Decrypt",
            "ReEncryptFrom",
            "ReEncryptTo",
            "GetPublicKey",
            "CreateGrant",
            "RetireGrant",
            "DescribeKey",
        ],
        KeyUsage::SignVerify => {
            &["Sign", "Verify", "GetPublicKey", "CreateGrant", "RetireGrant", "DescribeKey"]
        }
        KeyUsage::GenerateVerifyMac => {
            &["GenerateMac", "VerifyMac", "CreateGrant", "RetireGrant", "DescribeKey"]
        }
        KeyUsage::KeyAgreement => {
            &["DeriveSharedSecret", "GetPublicKey", "CreateGrant", "RetireGrant", "DescribeKey"]
        }
        KeyUsage::EncapsulateDecapsulate => {
            &["Encapsulate", "Decapsulate", "GetPublicKey", "CreateGrant", "RetireGrant", "DescribeKey"]
        }
    }
}

/// The grant that allows a call on a key, if there is one.
///
/// # Errors
/// When the store fails.
pub(crate) async fn granted(
    asking: &Asking<'_>,
    target: &Target,
    key: &Stored<Key>,
) -> Result<Option<Granted>, Failure> {
    let action = target.action.and_then(|action| action.strip_prefix("kms:"));
    let operation = action.unwrap_or(asking.operation.name);
    if !operations(key).contains(&operation) {
        return Ok(None);
    }
    for (name, to_role) in principal::names(&asking.caller.principal) {
        let place = &key.key.place;
        let Some(grantee) = asking.store.find::<Grantee>(place, &Grantee::id(&key.key.id, name)).await?
        else {
            continue;
        };
        for id in &grantee.grants {
            let grant = asking.store.find::<Grant>(place, &Grant::document_id(&key.key.id, id)).await?;
            if grant.is_some_and(|grant| allows(&grant, operation, asking.input)) {
                return Ok(Some(Granted { id: id.clone(), to_role }));
            }
        }
    }
    Ok(None)
}

/// Whether the caller may retire a grant: its retiring principal, its grantee if the grant says so, and the root
/// of the account that created it.
pub(crate) fn may_retire(caller: &Caller, grant: &Grant) -> Option<Granted> {
    if let Principal::Root { account, .. } = &caller.principal
        && *account == grant.issuer
    {
        return Some(Granted { id: grant.id.clone(), to_role: false });
    }
    let by_grantee = grant.operations.iter().any(|operation| operation == "RetireGrant");
    principal::names(&caller.principal)
        .find(|(name, _)| grant.retiring.as_deref() == Some(*name) || (by_grantee && grant.grantee == *name))
        .map(|(_, to_role)| Granted { id: grant.id.clone(), to_role })
}

fn allows(grant: &Grant, operation: &str, input: &Document) -> bool {
    if !grant.operations.iter().any(|allowed| allowed == operation) {
        return false;
    }
    // Only services call on behalf of a resource, and what they do as themselves needs no grant's leave: everybody
    // else's requests have no source.
    if grant.constraints.source_arn.is_some() {
        return false;
    }
    match operation {
        // What has no encryption context is not constrained by one.
        "DescribeKey" | "RetireGrant" | "GetPublicKey" => true,
        "CreateGrant" => covers(grant, input),
        _ => {
            let member = match operation {
                "ReEncryptFrom" => "SourceEncryptionContext",
                "ReEncryptTo" => "DestinationEncryptionContext",
                _ => "EncryptionContext",
            };
            grant.constraints.hold(&EncryptionContext::of(input, member))
        }
    }
}

/// Whether a grant may be made by right of another: it allows no more, under no looser constraints.
fn covers(parent: &Grant, input: &Document) -> bool {
    let no_more = input.strings("Operations").all(|asked| parent.operations.iter().any(|has| has == asked));
    no_more && parent.constraints.cover(&Constraints::of(input))
}

impl Constraints {
    /// The constraints that a CreateGrant asks for.
    pub(crate) fn of(input: &Document) -> Self {
        let constraint = |name| {
            let pairs = input.map("Constraints")?.map(name)?;
            let text = |value: &bastide_shape::Value| value.as_str().unwrap_or_default().to_owned();
            Some(pairs.iter().map(|(name, value)| (name.to_string(), text(value))).collect())
        };
        let source = input.map("Constraints").and_then(|constraints| constraints.str("SourceArn"));
        Self {
            equals: constraint("EncryptionContextEquals"),
            subset: constraint("EncryptionContextSubset"),
            source_arn: source.map(str::to_owned),
        }
    }

    /// Whether an encryption context is one that they allow.
    fn hold(&self, context: &EncryptionContext<'_>) -> bool {
        let includes = |wanted: &BTreeMap<String, String>| {
            wanted.iter().all(|(name, value)| context.value(name) == Some(value.as_str()))
        };
        let equals =
            self.equals.as_ref().is_none_or(|wanted| wanted.len() == context.len() && includes(wanted));
        equals && self.subset.as_ref().is_none_or(includes)
    }

    /// Whether everything that others allow is allowed by these.
    fn cover(&self, others: &Self) -> bool {
        let equals = self.equals.as_ref().is_none_or(|wanted| others.equals.as_ref() == Some(wanted));
        let within = |wanted: &BTreeMap<String, String>, context: &Option<BTreeMap<String, String>>| {
            let includes = |context: &BTreeMap<String, String>| {
                wanted.iter().all(|(name, value)| context.get(name) == Some(value))
            };
            context.as_ref().is_some_and(includes)
        };
        let subset = self
            .subset
            .as_ref()
            .is_none_or(|wanted| within(wanted, &others.equals) || within(wanted, &others.subset));
        let source = self.source_arn.is_none() || self.source_arn == others.source_arn;
        equals && subset && source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Document {
        pairs.iter().map(|(name, value)| ((*name).to_owned().into(), (*value).into())).collect()
    }

    fn constraints(kind: &'static str, context: &[(&str, &str)]) -> Constraints {
        Constraints::of(&Document::new().with("Constraints", Document::new().with(kind, pairs(context))))
    }

    fn equals(context: &[(&str, &str)]) -> Constraints {
        constraints("EncryptionContextEquals", context)
    }

    fn subset(context: &[(&str, &str)]) -> Constraints {
        constraints("EncryptionContextSubset", context)
    }

    const A: (&str, &str) = ("a", "1");
    const B: (&str, &str) = ("b", "2");

    #[test]
    fn constraints_hold_or_not() {
        let holds = |constraints: &Constraints, context: &[(&str, &str)]| {
            let input = Document::new().with("EncryptionContext", pairs(context));
            constraints.hold(&EncryptionContext::of(&input, "EncryptionContext"))
        };
        let none = Constraints::default();
        assert!(holds(&none, &[]) && holds(&none, &[A]));
        assert!(holds(&equals(&[A, B]), &[B, A]));
        assert!(
            !holds(&equals(&[A]), &[A, B])
                && !holds(&equals(&[A]), &[])
                && !holds(&equals(&[A]), &[("a", "2")])
        );
        assert!(holds(&equals(&[]), &[]) && !holds(&equals(&[]), &[A]));
        assert!(holds(&subset(&[A]), &[A]) && holds(&subset(&[A]), &[B, A]) && holds(&subset(&[]), &[A]));
        assert!(!holds(&subset(&[A, B]), &[A]) && !holds(&subset(&[A]), &[("A", "1")]));
    }

    #[test]
    fn a_grant_passes_on_no_more_than_it_has() {
        let none = Constraints::default();
        assert!(none.cover(&none) && none.cover(&equals(&[A])) && none.cover(&subset(&[A])));
        assert!(equals(&[A]).cover(&equals(&[A])));
        for looser in [none.clone(), subset(&[A]), equals(&[A, B]), equals(&[])] {
            assert!(!equals(&[A]).cover(&looser), "{looser:?}");
        }
        assert!(subset(&[A]).cover(&subset(&[A])) && subset(&[A]).cover(&subset(&[A, B])));
        assert!(subset(&[A]).cover(&equals(&[A])) && subset(&[A]).cover(&equals(&[A, B])));
        for looser in [none, subset(&[]), subset(&[B]), equals(&[]), equals(&[B])] {
            assert!(!subset(&[A]).cover(&looser), "{looser:?}");
        }
    }
}
