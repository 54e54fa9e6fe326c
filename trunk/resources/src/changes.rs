use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use bastide_ids::{Place, Timestamp, Uuid};
use serde::{Deserialize, Serialize};

use crate::{Item, Key, Related, Relation, Resource, StoreError, Stored};

/// The longest id of a document, a resource id or a resource name, in bytes.
pub const MAX_ID: usize = 1024;
/// The largest stored body of one document, in bytes of JSON; also of one configuration item.
pub const MAX_BODY: usize = 4 << 20;
/// The most documents that one commit may write, and the most that it may expect something of.
pub const MAX_WRITES: usize = 10_000;
/// The most relations of one document.
pub const MAX_RELATIONS: usize = 4096;

/// What one request changes: committed whole, or not at all.
///
/// A handler reads documents, fills a `Changes` and hands it on; when a document that it was made from has
/// changed meanwhile, the commit answers [`CommitError::Conflict`](crate::CommitError) and the handler runs
/// again from its start. All expectations are held against the state before these changes. A second write
/// to the same document replaces the first one's content and keeps its condition.
pub struct Changes {
    pub(crate) time: Timestamp,
    pub(crate) writes: Vec<Write>,
    pub(crate) expects: Vec<Expect>,
    pub(crate) outbox: Vec<Outgoing>,
    /// The first thing that cannot be stored; the commit answers it.
    pub(crate) refused: Option<StoreError>,
    index: HashMap<Key, usize>,
}

/// A record that is committed together with a change, to be moved to the events trunk.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Names the record, so that a second delivery can be told from a second record.
    pub id: Uuid,
    /// The record.
    pub body: Vec<u8>,
}

pub(crate) struct Write {
    pub(crate) key: Key,
    pub(crate) condition: Condition,
    /// `None` deletes.
    pub(crate) content: Option<Content>,
    pub(crate) history: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Any,
    Absent,
    Sequence(u64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expect {
    State(Key, Condition),
    Unreferenced(&'static str, Key),
}

pub(crate) struct Content {
    pub(crate) schema: u32,
    pub(crate) body: Vec<u8>,
    pub(crate) item: Option<ItemText>,
    pub(crate) relations: Vec<Relation>,
    /// Makes the [`Stored`] that goes into the cache once the version is known.
    pub(crate) stored: Box<dyn FnOnce(Key, u64, u64, Timestamp) -> Value + Send + Sync>,
}

/// A parsed document of some type.
pub(crate) type Value = Arc<dyn Any + Send + Sync>;

/// An item in its stored form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ItemText {
    pub(crate) resource_type: String,
    pub(crate) resource_id: String,
    pub(crate) resource_name: Option<String>,
    pub(crate) text: String,
}

/// The JSON text of an item.
#[derive(Serialize, Deserialize)]
pub(crate) struct ItemBody {
    #[serde(flatten)]
    pub(crate) item: Item,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) relationships: Vec<Related>,
}

impl Changes {
    /// No changes yet. All that is added happens at `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            time: now,
            writes: Vec::new(),
            expects: Vec::new(),
            outbox: Vec::new(),
            refused: None,
            index: HashMap::new(),
        }
    }

    /// The moment that the changes happen at.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// Writes a document that must not exist yet; a deleted one may be created again.
    pub fn create<T: Resource>(&mut self, place: &Place, id: impl Into<String>, value: T) -> &mut Self {
        let key = Key::of::<T>(place, id);
        let exists = self.index.get(&key).and_then(|at| self.writes.get(*at));
        if exists.is_some_and(|write| write.content.is_some()) {
            return self.refuse(format!("{key} is created twice in one set of changes"));
        }
        self.write(key, Condition::Absent, Some(value))
    }

    /// Writes a new version of a document that must still be at the version read.
    pub fn update<T: Resource>(&mut self, read: &Stored<T>, value: T) -> &mut Self {
        self.write(read.key.clone(), Condition::Sequence(read.sequence), Some(value))
    }

    /// Writes a document, whatever is there.
    pub fn put<T: Resource>(&mut self, place: &Place, id: impl Into<String>, value: T) -> &mut Self {
        self.write(Key::of::<T>(place, id), Condition::Any, Some(value))
    }

    /// Deletes a document that must still be at the version read.
    pub fn delete<T: Resource>(&mut self, read: &Stored<T>) -> &mut Self {
        self.write::<T>(read.key.clone(), Condition::Sequence(read.sequence), None)
    }

    /// The commit succeeds only if this document is still at the version read.
    pub fn expect_unchanged<T: Resource>(&mut self, read: &Stored<T>) -> &mut Self {
        self.expect(Expect::State(read.key.clone(), Condition::Sequence(read.sequence)))
    }

    /// The commit succeeds only if there is no such document.
    pub fn expect_absent<T: Resource>(&mut self, place: &Place, id: impl Into<String>) -> &mut Self {
        self.expect(Expect::State(Key::of::<T>(place, id), Condition::Absent))
    }

    /// The commit succeeds only if no document, wherever it is, refers to this one by this relation.
    pub fn expect_unreferenced(&mut self, relation: &'static str, to: &Key) -> &mut Self {
        self.expect(Expect::Unreferenced(relation, to.clone()))
    }

    /// Adds a record that is kept if and only if the commit succeeds, until
    /// [`Store::outbox_done`](crate::Store::outbox_done).
    pub fn outbox(&mut self, id: Uuid, body: Vec<u8>) -> &mut Self {
        if body.len() > MAX_BODY {
            return self.refuse(format!("a record of {} bytes is longer than {MAX_BODY}", body.len()));
        }
        self.outbox.push(Outgoing { id, body });
        self
    }

    /// Whether there is nothing to commit: neither writes nor records. Expectations alone change nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.outbox.is_empty() && self.refused.is_none()
    }

    /// Whether a document is written or deleted.
    #[must_use]
    pub fn writes_documents(&self) -> bool {
        !self.writes.is_empty()
    }

    /// The documents that are written or deleted, each once.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.writes.iter().map(|write| &write.key)
    }

    fn expect(&mut self, expect: Expect) -> &mut Self {
        if self.expects.len() >= MAX_WRITES {
            return self.refuse(format!("a commit expects something of at most {MAX_WRITES} documents"));
        }
        self.expects.push(expect);
        self
    }

    fn write<T: Resource>(&mut self, key: Key, condition: Condition, value: Option<T>) -> &mut Self {
        let content = match value.map(|value| content(&key, value)).transpose() {
            Ok(content) => content,
            Err(error) => {
                self.refused.get_or_insert(error);
                return self;
            }
        };
        if let Some(earlier) = self.index.get(&key).and_then(|at| self.writes.get_mut(*at)) {
            earlier.content = content;
            if let Condition::Sequence(_) = condition {
                return self.expect(Expect::State(key, condition));
            }
            return self;
        }
        if self.writes.len() >= MAX_WRITES {
            return self.refuse(format!("a commit writes at most {MAX_WRITES} documents"));
        }
        self.index.insert(key.clone(), self.writes.len());
        self.writes.push(Write { key, condition, content, history: T::HISTORY });
        self
    }

    fn refuse(&mut self, why: String) -> &mut Self {
        self.refused.get_or_insert(StoreError::Limit(why));
        self
    }
}

impl fmt::Debug for Changes {
    /// Names the documents; their contents may be confidential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes")
            .field("time", &self.time)
            .field("writes", &self.keys().map(ToString::to_string).collect::<Vec<_>>())
            .field("expects", &self.expects.len())
            .field("outbox", &self.outbox.len())
            .finish()
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({}, {} bytes)", self.id, self.body.len())
    }
}

/// Whether a text can be an id: 1 to [`MAX_ID`] bytes without NUL, which PostgreSQL cannot hold.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=MAX_ID).contains(&text.len()) && !text.contains('\0')
}

fn content<T: Resource>(key: &Key, value: T) -> Result<Content, StoreError> {
    if !is_id(&key.id) {
        return Err(StoreError::Limit(format!(
            "an id has 1 to {MAX_ID} bytes and no NUL, unlike that of {key}"
        )));
    }
    let document = |error: serde_json::Error| StoreError::Document {
        key: Box::new(key.clone()),
        why: format!("it cannot be written: {error}"),
    };
    let body = serde_json::to_vec(&value).map_err(document)?;
    let relations = value.relations(key);
    if relations.len() > MAX_RELATIONS || relations.iter().any(|relation| !is_id(&relation.to.id)) {
        return Err(StoreError::Limit(format!(
            "a document has at most {MAX_RELATIONS} relations, each to a valid id, unlike {key}"
        )));
    }
    let item = value.item(key).map(|item| item_text(item, &relations)).transpose().map_err(document)?;
    if body.len() > MAX_BODY || item.as_ref().is_some_and(|item| item.text.len() > MAX_BODY) {
        return Err(StoreError::Limit(format!("a document has at most {MAX_BODY} bytes, unlike {key}")));
    }
    if item.as_ref().is_some_and(|item| !item.fits()) {
        return Err(StoreError::Limit(format!(
            "a resource's type, id and name have 1 to {MAX_ID} bytes and no NUL, unlike those of {key}"
        )));
    }
    let stored = move |key, version, sequence, time| -> Value {
        Arc::new(Stored { key, version, sequence, time, value })
    };
    Ok(Content { schema: T::SCHEMA, body, item, relations, stored: Box::new(stored) })
}

fn item_text(item: Item, relations: &[Relation]) -> Result<ItemText, serde_json::Error> {
    let relationships = relations.iter().filter_map(|relation| relation.shown.clone()).collect();
    let body = ItemBody { item, relationships };
    let text = serde_json::to_string(&body)?;
    let Item { resource_type, resource_id, resource_name, .. } = body.item;
    Ok(ItemText { resource_type, resource_id, resource_name, text })
}

impl ItemText {
    fn fits(&self) -> bool {
        is_id(&self.resource_type)
            && is_id(&self.resource_id)
            && self.resource_name.as_deref().is_none_or(is_id)
    }
}
