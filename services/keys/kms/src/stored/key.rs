use std::collections::{BTreeMap, BTreeSet};

use bastide_crypto::{KeySpec, KeyUsage};
use bastide_ids::{Place, Timestamp};
use bastide_policy::{Attached, Policy, PolicyKind};
use bastide_resources::{Item, Key as DocumentKey, Resource, Stored};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::memo::Memo;
use super::{Origin, State};

/// A KMS key, without its key material. Its id is the key id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) created: Timestamp,
    pub(crate) description: String,
    pub(crate) manager: Manager,
    #[serde(default)]
    pub(crate) spec: KeySpec,
    #[serde(default)]
    pub(crate) usage: KeyUsage,
    pub(crate) state: State,
    #[serde(default)]
    pub(crate) origin: Origin,
    /// The key policy as it was given.
    pub(crate) policy: String,
    pub(crate) tags: BTreeMap<String, String>,
    /// The names of the aliases that refer to it: `kms:ResourceAliases` and the quota need them at every call.
    pub(crate) aliases: BTreeSet<String>,
    /// The id of the present key material, 64 hexadecimal digits.
    pub(crate) material: String,
    #[serde(skip)]
    arn: Memo<String>,
    #[serde(skip)]
    compiled_policy: Memo<Option<Attached>>,
}

/// Who a key belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Manager {
    /// A customer managed key.
    Customer,
    /// An AWS managed key, `alias/aws/NAME`: in the customer's account, for one service to use.
    Aws(String),
    /// An AWS owned key: of one service, no customer sees it.
    Owned(String),
}

impl Key {
    /// A new key for symmetric encryption.
    pub(crate) fn new(created: Timestamp, manager: Manager, policy: String, material: String) -> Self {
        Self {
            created,
            description: String::new(),
            manager,
            spec: KeySpec::default(),
            usage: KeyUsage::default(),
            state: State::Enabled,
            origin: Origin::default(),
            policy,
            tags: BTreeMap::new(),
            aliases: BTreeSet::new(),
            material,
            arn: Memo::default(),
            compiled_policy: Memo::default(),
        }
    }

    /// The ARN of the key with this id in this place.
    pub(crate) fn arn_in(place: &Place, id: &str) -> String {
        place.arn("kms", &format!("key/{id}"))
    }

    /// The ARN of a stored key.
    pub(crate) fn arn(stored: &Stored<Self>) -> &str {
        stored.value.arn.get_or_init(|| Self::arn_in(&stored.key.place, &stored.key.id))
    }

    /// The compiled key policy. `None`: what is stored is no policy, so that nobody is allowed anything.
    pub(crate) fn compiled_policy(&self) -> Option<&Attached> {
        let compile = || match Policy::parse(&self.policy, PolicyKind::Resource) {
            Ok(policy) => Some(Attached::new("default", policy)),
            Err(error) => {
                tracing::error!(%error, "a stored key policy cannot be read: the key is closed to everyone");
                None
            }
        };
        self.compiled_policy.get_or_init(compile).as_ref()
    }

    /// Whether the time to delete it has come: from then on it does not exist for anyone.
    pub(crate) fn is_deleted(&self, now: Timestamp) -> bool {
        matches!(self.state, State::PendingDeletion(due) if due <= now)
    }

    /// Whether it is a symmetric encryption key: what AWS makes by default, and the only kind for data keys.
    pub(crate) fn is_symmetric(&self) -> bool {
        self.spec == KeySpec::SymmetricDefault
    }

    /// The algorithms that it may be used with: the member of `KeyMetadata` that lists them, and their names.
    pub(crate) fn algorithms(&self) -> (&'static str, Vec<&'static str>) {
        let spec = self.spec;
        match self.usage {
            KeyUsage::EncryptDecrypt => (
                "EncryptionAlgorithms",
                spec.encryption_algorithms().iter().map(|one| one.as_str()).collect(),
            ),
            KeyUsage::SignVerify => {
                ("SigningAlgorithms", spec.signing_algorithms().iter().map(|one| one.as_str()).collect())
            }
            KeyUsage::GenerateVerifyMac => {
                ("MacAlgorithms", spec.mac_algorithms().iter().map(|one| one.as_str()).collect())
            }
            KeyUsage::KeyAgreement => {
                let names = spec.key_agreement_algorithms().iter().map(|one| one.as_str());
                ("KeyAgreementAlgorithms", names.collect())
            }
            KeyUsage::EncapsulateDecapsulate => {
                let names = spec.encapsulation_algorithms().iter().map(|one| one.as_str());
                ("EncapsulationAlgorithms", names.collect())
            }
        }
    }

    /// `AWS` or `CUSTOMER`, as `KeyManager` has it.
    pub(crate) fn key_manager(&self) -> &'static str {
        if self.manager == Manager::Customer { "CUSTOMER" } else { "AWS" }
    }
}

impl Resource for Key {
    const TYPE: &'static str = "kms.key";

    /// `AWS::KMS::Key`. Source: AWS Config, resource schema of that type.
    fn item(&self, key: &DocumentKey) -> Option<Item> {
        if let Manager::Owned(_) = self.manager {
            return None;
        }
        let deletion_date = self.state.deletion().map(Timestamp::iso8601_millis);
        let arn = Self::arn_in(&key.place, &key.id);
        let (list, algorithms) = self.algorithms();
        let mut configuration = json!({
            "awsaccountId": key.place.account,
            "keyId": key.id,
            "arn": arn,
            "creationDate": self.created.iso8601_millis(),
            "enabled": self.state == State::Enabled,
            "description": self.description,
            "keyUsage": self.usage,
            "keyState": self.state.as_str(),
            "deletionDate": deletion_date,
            "origin": self.origin.as_str(),
            "keyManager": self.key_manager(),
            "customerMasterKeySpec": self.spec,
            "keySpec": self.spec,
            "multiRegion": false,
        });
        if let Some(members) = configuration.as_object_mut() {
            members.insert(camel_case(list), json!(algorithms));
        }
        Some(Item {
            resource_type: "AWS::KMS::Key".to_owned(),
            resource_id: key.id.clone(),
            resource_name: None,
            configuration,
            supplementary: vec![
                ("KeyRotationStatus".to_owned(), "false".to_owned()),
                ("Policy".to_owned(), json!(self.policy).to_string()),
            ],
            arn,
            tags: self.tags.clone().into_iter().collect(),
            created: Some(self.created),
        })
    }
}

/// A member's name as Config writes it: `EncryptionAlgorithms` becomes `encryptionAlgorithms`.
fn camel_case(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect()
}
