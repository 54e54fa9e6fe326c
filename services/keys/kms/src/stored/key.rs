use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use bastide_crypto::{KeySpec, KeyUsage};
use bastide_ids::{Place, Timestamp};
use bastide_policy::{Attached, Policy, PolicyKind};
use bastide_resources::{Item, Key as DocumentKey, Resource, Stored};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::memo::Memo;
use super::{Automatic, MultiRegion, Origin, RotationType, State, Version};

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
    /// Every key material that it has had, the oldest first. Empty: only the present one, since the beginning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    versions: Vec<Version>,
    /// Automatic rotation, if it is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rotation: Option<Automatic>,
    /// For multi-Region keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) multi_region: Option<MultiRegion>,
    /// The custom key store that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) in_store: Option<InStore>,
    /// That store is not connected: known once the key was resolved, and not kept.
    #[serde(skip)]
    pub(crate) unavailable: bool,
    /// The cluster of that store: known once the key was resolved, and not kept.
    #[serde(skip)]
    pub(crate) cluster: Option<String>,
    #[serde(skip)]
    arn: Memo<String>,
    #[serde(skip)]
    compiled_policy: Memo<Option<Attached>>,
}

/// Where a key in a custom key store is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InStore {
    /// The store's id.
    pub(crate) store: String,
    /// What backs the key there: in an external key store the id of the external key, in a cluster the key's handle.
    pub(crate) backing: String,
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
            versions: Vec::new(),
            rotation: None,
            multi_region: None,
            in_store: None,
            unavailable: false,
            cluster: None,
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

    /// `CurrentKeyMaterialId`: of symmetric keys whose material is kept here, once there is any.
    pub(crate) fn current_material(&self) -> Option<&str> {
        let shown = self.is_symmetric() && !self.origin.is_in_key_store() && !self.material.is_empty();
        shown.then_some(self.material.as_str())
    }

    /// Every key material that it has or had, the oldest first.
    pub(crate) fn versions(&self) -> Cow<'_, [Version]> {
        if self.versions.is_empty() && !self.material.is_empty() {
            return Cow::Owned(vec![Version::first(self.material.clone())]);
        }
        Cow::Borrowed(&self.versions)
    }

    /// The same, to be changed.
    pub(crate) fn versions_mut(&mut self) -> &mut Vec<Version> {
        self.versions = self.versions().into_owned();
        &mut self.versions
    }

    /// Whether it is rotated automatically: `KeyRotationEnabled`.
    pub(crate) fn is_rotated(&self) -> bool {
        self.rotation.is_some() && !self.state.is_pending_deletion()
    }

    /// A key for imported material begins without any.
    pub(crate) fn wait_for_import(&mut self) {
        self.material.clear();
        self.state = State::PendingImport;
    }

    /// Whether imported material is missing that it needs: then it cannot be used.
    pub(crate) fn lacks_material(&self) -> bool {
        let needed = self.bound_versions();
        self.origin == Origin::External
            && (needed.is_empty() || needed.iter().any(|version| !version.is_present()))
    }

    /// The imported material that belongs to it for good: all but what waits for a rotation.
    pub(crate) fn bound_versions(&self) -> &[Version] {
        let current = self.versions.iter().position(|version| version.id == self.material);
        current.and_then(|current| self.versions.get(..=current)).unwrap_or_default()
    }

    /// Its state at a moment: material that has expired is not there, whether or not it was deleted yet, and that in
    /// a custom key store only while the store is connected.
    pub(crate) fn state_at(&self, now: Timestamp) -> State {
        let expired = self.bound_versions().iter().any(|version| version.has_expired(now));
        match self.state {
            State::Enabled | State::Disabled if self.unavailable => State::Unavailable,
            state if expired && !state.is_pending_deletion() => State::PendingImport,
            state => state,
        }
    }

    /// How often it was rotated on demand.
    pub(crate) fn rotations_on_demand(&self) -> usize {
        let on_demand = |version: &&Version| matches!(version.rotated, Some((_, RotationType::OnDemand)));
        self.versions.iter().filter(on_demand).count()
    }

    /// The same key in another set of related keys.
    pub(crate) fn in_set(&self, set: MultiRegion) -> Self {
        let mut changed = self.clone();
        changed.multi_region = Some(set);
        changed
    }

    /// The same key with another automatic rotation, or none.
    pub(crate) fn rotated_by(&self, rotation: Option<Automatic>) -> Self {
        let mut changed = self.clone();
        changed.rotation = rotation;
        changed
    }

    /// Whether it is a replica of a multi-Region key: the primary decides on what they share.
    pub(crate) fn is_replica(&self, place: &Place) -> bool {
        self.multi_region.as_ref().is_some_and(|set| !set.is_primary(&place.region))
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
            "multiRegion": self.multi_region.is_some(),
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
                ("KeyRotationStatus".to_owned(), self.is_rotated().to_string()),
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
