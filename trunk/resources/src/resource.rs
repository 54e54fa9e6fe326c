use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use bastide_ids::{Place, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A type of stored document. Stored types are apart from wire types: they change by their own rules.
///
/// A field added later needs `#[serde(default)]`; a change that serde cannot bridge raises
/// [`SCHEMA`](Self::SCHEMA) and is bridged in [`upgrade`](Self::upgrade).
pub trait Resource: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The type's name, unique in the store, such as `kms.key`. It is stored with every document: it may
    /// never change.
    const TYPE: &'static str;
    /// The version of the stored form, written with every document.
    const SCHEMA: u32 = 1;
    /// Whether old versions are kept. `false` for what changes often and has no past worth asking for
    /// (last-used times, sessions, counters). Configuration items are kept either way.
    const HISTORY: bool = true;

    /// How AWS Config shows this document, if it is of a resource type that Config knows.
    fn item(&self, _key: &Key) -> Option<Item> {
        None
    }

    /// Named references to other documents; they can be followed backwards with
    /// [`Store::referrers`](crate::Store::referrers).
    fn relations(&self, _key: &Key) -> Vec<Relation> {
        Vec::new()
    }

    /// Brings a body of an older stored form to the present one.
    ///
    /// # Errors
    /// Why it cannot be done; the document is then unreadable.
    fn upgrade(from: u32, _body: serde_json::Value) -> Result<serde_json::Value, String> {
        Err(format!("there is no upgrade from schema version {from}"))
    }
}

/// What names a document: where it is, its type and its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Partition, account and region.
    pub place: Place,
    /// The stored type, [`Resource::TYPE`].
    pub kind: Cow<'static, str>,
    /// The id, unique within place and type; ids are ordered by their bytes.
    pub id: String,
}

impl Key {
    /// The key of a document of type `T`.
    #[must_use]
    pub fn of<T: Resource>(place: &Place, id: impl Into<String>) -> Self {
        Self { place: place.clone(), kind: Cow::Borrowed(T::TYPE), id: id.into() }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, kind, id } = self;
        write!(f, "document `{id}` of type `{kind}` in {} {}", place.account, place.region)
    }
}

/// A document as AWS Config shows it. Source: AWS Config API, `ConfigurationItem`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// `AWS::KMS::Key`
    #[serde(skip)]
    pub resource_type: String,
    /// The id that Config lists it by.
    #[serde(skip)]
    pub resource_id: String,
    /// Its custom name, if it has one.
    #[serde(skip)]
    pub resource_name: Option<String>,
    /// Its ARN.
    pub arn: String,
    /// The configuration document, in the shape of the service's describe call.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub configuration: serde_json::Value,
    /// `supplementaryConfiguration`: names with JSON texts, such as a key's policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supplementary: Vec<(String, String)>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<(String, String)>,
    /// `resourceCreationTime`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
}

/// A named reference from one document to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The name that [`Store::referrers`](crate::Store::referrers) asks by, such as `target-key`.
    pub name: &'static str,
    /// The document referred to; it need not exist.
    pub to: Key,
    /// How AWS Config shows the relationship, if it does.
    pub shown: Option<Related>,
}

impl Relation {
    /// A reference that Config does not show.
    #[must_use]
    pub fn new(name: &'static str, to: Key) -> Self {
        Self { name, to, shown: None }
    }
}

/// A relationship as AWS Config shows it. Source: AWS Config API, `Relationship`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// `relationshipName`, such as `Is attached to CustomerManagedPolicy`.
    pub relationship: String,
    /// `AWS::IAM::Policy`
    pub resource_type: String,
    /// The other resource's id, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// The other resource's name, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_name: Option<String>,
}

/// A version of a document, as it stands in the store. Dereferences to the document.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored<T> {
    /// What names it.
    pub key: Key,
    /// Counts the document's versions from 1; goes on after a deletion when the type keeps its history.
    pub version: u64,
    /// The commit that wrote this version, in the order of all commits. Never used twice, so it tells one
    /// state of a document from every other.
    pub sequence: u64,
    /// When it was written.
    pub time: Timestamp,
    /// The document.
    pub value: T,
}

impl<T> Deref for Stored<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// Some results, and whether there are more after them.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The results, in order.
    pub items: Vec<T>,
    /// Whether asking again after the last of these gives more.
    pub more: bool,
}

/// What a configuration item tells about its resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemChange {
    /// The first of this resource, or the first after its deletion: `ResourceDiscovered`.
    Discovered,
    /// The resource changed: `OK`.
    Changed,
    /// The resource was deleted: `ResourceDeleted`. The item has no configuration.
    Deleted,
}

/// A configuration item: how a resource was from a moment on.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionItem {
    /// The document that it shows.
    pub key: Key,
    /// The document's version; the last one before it for a deletion.
    pub version: u64,
    /// The commit that made it; `configurationStateId` and the cursor of a history.
    pub sequence: u64,
    /// `configurationItemCaptureTime`
    pub time: Timestamp,
    /// What happened.
    pub change: ItemChange,
    /// The resource.
    pub item: Item,
    /// Its relationships.
    pub relationships: Vec<Related>,
}

/// A resource that Config has seen, as ListDiscoveredResources lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovered {
    /// `AWS::KMS::Key`
    pub resource_type: String,
    /// The id; resources of a type are listed in the order of its bytes.
    pub resource_id: String,
    /// The name, if it has one.
    pub resource_name: Option<String>,
    /// When it was deleted, if it was.
    pub deleted: Option<Timestamp>,
}

/// Which resources [`Store::items`](crate::Store::items) lists.
#[derive(Clone, Debug, Default)]
pub struct ItemFilter {
    /// Only these ids, if any are given.
    pub ids: Vec<String>,
    /// Only this name.
    pub name: Option<String>,
    /// Deleted ones too.
    pub include_deleted: bool,
}
