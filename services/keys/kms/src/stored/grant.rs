use std::collections::BTreeMap;

use bastide_ids::{AccountId, Place, Timestamp};
use bastide_resources::{Key as DocumentKey, Relation, Resource, Stored};
use serde::{Deserialize, Serialize};

use super::Key;

/// A grant. Its id is `KEY/GRANT`, in the place of its key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Grant {
    /// The key's id.
    pub(crate) key_id: String,
    /// The grant's id: 64 hexadecimal digits.
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) created: Timestamp,
    /// The account that created it.
    pub(crate) issuer: AccountId,
    /// The ARN of whom it allows something, or the name of a service.
    pub(crate) grantee: String,
    /// The ARN of who may retire it, besides the grantee if `RetireGrant` is among the operations.
    pub(crate) retiring: Option<String>,
    /// What it allows, by the names of `GrantOperation`.
    pub(crate) operations: Vec<String>,
    pub(crate) constraints: Constraints,
}

/// What the encryption context must be for a grant to allow a cryptographic operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Constraints {
    /// `EncryptionContextEquals`: exactly this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) equals: Option<BTreeMap<String, String>>,
    /// `EncryptionContextSubset`: this and perhaps more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subset: Option<BTreeMap<String, String>>,
    /// `SourceArn`: on behalf of which resource the request must be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source_arn: Option<String>,
}

/// The grants that a principal has on a key. Its id is `KEY/PRINCIPAL`, in the place of the key.
///
/// Every use of a key asks for this document, so that whoever has no grant pays one look into the cache.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Grantee {
    /// The ids of the grants.
    pub(crate) grants: Vec<String>,
}

/// A grant that a principal may retire. Its id is `PRINCIPAL|GRANT`, in the principal's account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Retirable {
    /// Where the key is.
    pub(crate) place: Place,
    /// The key's id.
    pub(crate) key_id: String,
    /// The grant's id.
    pub(crate) grant: String,
}

impl Grant {
    /// The document's id.
    pub(crate) fn document_id(key: &str, grant: &str) -> String {
        format!("{key}/{grant}")
    }

    /// The ARN of the key that the grant is for.
    pub(crate) fn key_arn(stored: &Stored<Self>) -> String {
        let Stored { key: document, value: grant, .. } = stored;
        Key::arn_in(&document.place, &grant.key_id)
    }

    /// Whether two grants say the same, whenever and under whatever id they were made.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        let Self { key_id, id: _, name, created: _, issuer, grantee, retiring, operations, constraints } =
            self;
        (key_id, name, issuer, grantee, retiring, operations, constraints)
            == (
                &other.key_id,
                &other.name,
                &other.issuer,
                &other.grantee,
                &other.retiring,
                &other.operations,
                &other.constraints,
            )
    }
}

impl Grantee {
    /// The document's id.
    pub(crate) fn id(key: &str, principal: &str) -> String {
        format!("{key}/{principal}")
    }
}

impl Retirable {
    /// What the ids of all that a principal may retire begin with: no principal's name has this character.
    pub(crate) fn prefix(principal: &str) -> String {
        format!("{principal}|")
    }

    /// The document's id.
    pub(crate) fn id(principal: &str, grant: &str) -> String {
        format!("{principal}|{grant}")
    }
}

impl Resource for Grant {
    const TYPE: &'static str = "kms.grant";

    fn relations(&self, key: &DocumentKey) -> Vec<Relation> {
        vec![Relation::new("granted-key", DocumentKey::of::<Key>(&key.place, self.key_id.clone()))]
    }
}

impl Resource for Grantee {
    const TYPE: &'static str = "kms.grantee";
    const HISTORY: bool = false;
}

impl Resource for Retirable {
    const TYPE: &'static str = "kms.retirable";
    const HISTORY: bool = false;
}
