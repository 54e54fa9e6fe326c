//! What a commit does, apart from where it is done: both engines load the heads of the documents that a
//! commit touches, ask [`check`] whether its expectations hold, and write the rows that [`plan`] gives.

use std::collections::HashMap;

use bastide_ids::Timestamp;

use crate::changes::{Changes, Condition, Expect, ItemBody, ItemText, Write};
use crate::{Item, ItemChange, Key, Related, Relation};

/// The present state of a document, as far as a commit needs it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Head {
    Live { row: i64, version: u64, sequence: u64, item: Option<HeadItem> },
    Gone { last_version: u64 },
}

/// The last configuration item of a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HeadItem {
    pub(crate) row: i64,
    pub(crate) item: ItemText,
}

/// The store's two counters: the order of commits, and the row numbers of versions and items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    pub(crate) sequence: u64,
    pub(crate) row: i64,
}

/// One row to write. In a plan the rows stand in the order that they must be written in.
#[derive(Debug, PartialEq)]
pub(crate) enum Row<'a> {
    /// A version; without a body, the document's deletion.
    InsertVersion {
        row: i64,
        key: &'a Key,
        at: At,
        schema: u32,
        body: Option<&'a [u8]>,
    },
    /// The new content of the only version of a document without history.
    OverwriteVersion {
        row: i64,
        at: At,
        schema: u32,
        body: &'a [u8],
    },
    RemoveVersion {
        row: i64,
    },
    PutDocument {
        key: &'a Key,
        row: i64,
        item: Option<i64>,
    },
    RemoveDocument {
        key: &'a Key,
    },
    InsertItem {
        row: i64,
        key: &'a Key,
        at: At,
        change: ItemChange,
        item: ItemText,
    },
    Unrelate {
        from: &'a Key,
    },
    Relate {
        from: &'a Key,
        relation: &'a Relation,
    },
}

/// A version and when it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) version: u64,
    pub(crate) sequence: u64,
    pub(crate) time: Timestamp,
}

/// All keys whose heads [`check`] and [`plan`] need; a key may come more than once.
pub(crate) fn keys(changes: &Changes) -> impl Iterator<Item = &Key> {
    let expected = changes.expects.iter().filter_map(|expect| match expect {
        Expect::State(key, _) => Some(key),
        Expect::Unreferenced(..) => None,
    });
    changes.keys().chain(expected)
}

/// Holds every condition on a document's state against the heads.
pub(crate) fn check(changes: &Changes, heads: &HashMap<Key, Head>) -> Result<(), Key> {
    let writes = changes.writes.iter().map(|write| (&write.key, write.condition));
    let expects = changes.expects.iter().filter_map(|expect| match expect {
        Expect::State(key, condition) => Some((key, *condition)),
        Expect::Unreferenced(..) => None,
    });
    for (key, condition) in writes.chain(expects) {
        let holds = match (condition, heads.get(key)) {
            (Condition::Any, _) => true,
            (Condition::Absent, head) => !matches!(head, Some(Head::Live { .. })),
            (Condition::Sequence(wanted), Some(Head::Live { sequence, .. })) => wanted == *sequence,
            (Condition::Sequence(_), _) => false,
        };
        if !holds {
            return Err(key.clone());
        }
    }
    Ok(())
}

/// The rows that a commit writes, the version that each of its writes gets (in their order), and the heads
/// as they are afterwards.
pub(crate) fn plan<'a>(
    changes: &'a Changes,
    heads: &mut HashMap<Key, Head>,
    counters: &mut Counters,
) -> (Vec<Row<'a>>, Vec<u64>) {
    let mut rows = Vec::with_capacity(changes.writes.len() * 4);
    let mut versions = Vec::with_capacity(changes.writes.len());
    if changes.writes.is_empty() {
        return (rows, versions);
    }
    counters.sequence += 1;
    for write in &changes.writes {
        let head = heads.remove(&write.key).unwrap_or(Head::Gone { last_version: 0 });
        let mut one = One { write, counters, time: changes.time, rows: &mut rows };
        let (head, version) = one.plan(head);
        heads.insert(write.key.clone(), head);
        versions.push(version);
    }
    (rows, versions)
}

/// The planning of one write.
struct One<'a, 'b> {
    write: &'a Write,
    counters: &'b mut Counters,
    time: Timestamp,
    rows: &'b mut Vec<Row<'a>>,
}

impl<'a> One<'a, '_> {
    fn plan(&mut self, head: Head) -> (Head, u64) {
        let key = &self.write.key;
        let (old, last) = match head {
            Head::Live { row, version, item, .. } => (Some((row, item)), version),
            Head::Gone { last_version } => (None, last_version),
        };
        let at = At { version: last + 1, sequence: self.counters.sequence, time: self.time };
        let (old_row, old_item) = old.map_or((None, None), |(row, item)| (Some(row), item));
        let Some(content) = &self.write.content else {
            // Deleting what is not there changes nothing and makes no version.
            return match old_row {
                Some(row) => (self.delete(row, old_item.as_ref(), at), at.version),
                None => (Head::Gone { last_version: last }, last),
            };
        };
        let row = match old_row {
            Some(row) if !self.write.history => {
                self.rows.push(Row::OverwriteVersion {
                    row,
                    at,
                    schema: content.schema,
                    body: &content.body,
                });
                row
            }
            _ => {
                let row = self.next_row();
                let body = Some(content.body.as_slice());
                self.rows.push(Row::InsertVersion { row, key, at, schema: content.schema, body });
                row
            }
        };
        let item = self.item(old_item.as_ref(), content.item.as_ref(), at);
        self.rows.push(Row::PutDocument { key, row, item: item.as_ref().map(|item| item.row) });
        if old_row.is_some() {
            self.rows.push(Row::Unrelate { from: key });
        }
        self.rows.extend(content.relations.iter().map(|relation| Row::Relate { from: key, relation }));
        (Head::Live { row, version: at.version, sequence: at.sequence, item }, at.version)
    }

    fn delete(&mut self, old_row: i64, old_item: Option<&HeadItem>, at: At) -> Head {
        let key = &self.write.key;
        let last_version = if self.write.history {
            let row = self.next_row();
            self.rows.push(Row::InsertVersion { row, key, at, schema: 0, body: None });
            at.version
        } else {
            self.rows.push(Row::RemoveVersion { row: old_row });
            0
        };
        self.item(old_item, None, at);
        self.rows.push(Row::RemoveDocument { key });
        self.rows.push(Row::Unrelate { from: key });
        Head::Gone { last_version }
    }

    /// A new item where the new version shows something else than the old one; the item that is the last
    /// now.
    fn item(&mut self, old: Option<&HeadItem>, new: Option<&ItemText>, at: At) -> Option<HeadItem> {
        let same =
            |a: &ItemText, b: &ItemText| a.resource_type == b.resource_type && a.resource_id == b.resource_id;
        let change = match (old, new) {
            (Some(old), Some(new)) if same(&old.item, new) => {
                if old.item == *new {
                    return Some(old.clone());
                }
                ItemChange::Changed
            }
            (Some(old), _) => {
                self.insert_item(ItemChange::Deleted, gone(&old.item), at);
                ItemChange::Discovered
            }
            (None, _) => ItemChange::Discovered,
        };
        let item = new?.clone();
        let row = self.insert_item(change, item.clone(), at);
        Some(HeadItem { row, item })
    }

    fn insert_item(&mut self, change: ItemChange, item: ItemText, at: At) -> i64 {
        let row = self.next_row();
        self.rows.push(Row::InsertItem { row, key: &self.write.key, at, change, item });
        row
    }

    fn next_row(&mut self) -> i64 {
        self.counters.row += 1;
        self.counters.row
    }
}

/// The item of a deletion: who it was, and nothing of what it was.
fn gone(last: &ItemText) -> ItemText {
    let arn = serde_json::from_str::<ItemBody>(&last.text).map(|body| body.item.arn).unwrap_or_default();
    let item = Item {
        resource_type: String::new(),
        resource_id: String::new(),
        resource_name: None,
        arn,
        configuration: serde_json::Value::Null,
        supplementary: Vec::new(),
        tags: Vec::new(),
        created: None,
    };
    let text = serde_json::to_string(&ItemBody { item, relationships: Vec::<Related>::new() });
    ItemText { text: text.unwrap_or_default(), ..last.clone() }
}
