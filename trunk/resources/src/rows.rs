//! How keys and items are written in a database; the same in both engines.

use std::borrow::Cow;

use bastide_ids::{AccountId, Partition, Place, Region, Timestamp};

use crate::changes::{ItemBody, ItemText};
use crate::{ItemChange, Key, Related, StoreError, VersionItem};

/// `aws/111122223333/us-east-1`
pub(crate) fn place_text(place: &Place) -> String {
    format!("{}/{}/{}", place.partition.as_str(), place.account, place.region)
}

/// The key of a place's text, a type and an id.
pub(crate) fn key(place: &str, kind: String, id: String) -> Result<Key, StoreError> {
    Ok(Key { place: read_place(place)?, kind: Cow::Owned(kind), id })
}

/// The place of its text.
pub(crate) fn read_place(text: &str) -> Result<Place, StoreError> {
    parse_place(text).ok_or_else(|| StoreError::Database(format!("`{text}` is not a place")))
}

fn parse_place(text: &str) -> Option<Place> {
    let mut parts = text.split('/');
    let partition = parts.next()?;
    let account = AccountId::parse(parts.next()?).ok()?;
    let region = Region::parse(parts.next()?).ok()?;
    let all = [Partition::Aws, Partition::AwsCn, Partition::AwsUsGov, Partition::AwsEusc];
    let partition = all.into_iter().find(|one| one.as_str() == partition)?;
    Some(Place { partition, account, region })
}

/// A row of the items table.
pub(crate) struct ItemRow {
    pub(crate) place: String,
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) sequence: i64,
    pub(crate) time: i64,
    pub(crate) change: i16,
    pub(crate) item: ItemText,
}

impl ItemRow {
    pub(crate) fn read(self) -> Result<VersionItem, StoreError> {
        let key = key(&self.place, self.kind, self.id)?;
        let body: ItemBody = serde_json::from_str(&self.item.text).map_err(|error| StoreError::Document {
            key: Box::new(key.clone()),
            why: format!("its item: {:?} error at column {}", error.classify(), error.column()),
        })?;
        let ItemBody { mut item, relationships }: ItemBody = body;
        let relationships: Vec<Related> = relationships;
        item.resource_type = self.item.resource_type;
        item.resource_id = self.item.resource_id;
        item.resource_name = self.item.resource_name;
        Ok(VersionItem {
            key,
            version: self.version.unsigned_abs(),
            sequence: self.sequence.unsigned_abs(),
            time: Timestamp::from_millis(self.time),
            change: match self.change {
                0 => ItemChange::Discovered,
                1 => ItemChange::Changed,
                _ => ItemChange::Deleted,
            },
            item,
            relationships,
        })
    }
}

pub(crate) fn change_number(change: ItemChange) -> i16 {
    match change {
        ItemChange::Discovered => 0,
        ItemChange::Changed => 1,
        ItemChange::Deleted => 2,
    }
}

/// A counter as SQL holds it. Counters start at 0 and go up by one: they never reach the bound.
pub(crate) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
