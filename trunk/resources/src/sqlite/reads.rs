use bastide_ids::{Place, Timestamp, Uuid};
use rusqlite::{Connection, OptionalExtension, ToSql, params};

use crate::cache::KeyRef;
use crate::changes::{ItemText, Outgoing};
use crate::engine::{History, IdRange, Record, Referred};
use crate::rows::{ItemRow, number, place_text, read_place};
use crate::{Discovered, ItemFilter, StoreError, VersionItem};

/// The columns that [`item`] reads.
const ITEM: &str = "i.place, i.kind, i.id, i.version, i.sequence, i.time, i.change, i.resource_type, \
                    i.resource_id, i.resource_name, i.body";

pub(super) fn find(connection: &Connection, key: KeyRef<'_>) -> Result<Option<Record>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT v.id, v.version, v.sequence, v.time, v.schema, v.body
         FROM documents d JOIN versions v ON v.entry = d.entry
         WHERE d.place = ?1 AND d.kind = ?2 AND d.id = ?3",
    )?;
    Ok(statement.query_row(params![place_text(key.place), key.kind, key.id], record).optional()?)
}

pub(super) fn list(
    connection: &Connection,
    place: &Place,
    kind: &str,
    range: IdRange<'_>,
) -> Result<Vec<Record>, StoreError> {
    let ((compare, start), end) = (range.start(), range.end());
    let below = if end.is_some() { "AND d.id < ?5" } else { "AND ?5 IS NULL" };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT v.id, v.version, v.sequence, v.time, v.schema, v.body
         FROM documents d JOIN versions v ON v.entry = d.entry
         WHERE d.place = ?1 AND d.kind = ?2 AND d.id {compare} ?3 {below}
         ORDER BY d.id LIMIT ?4"
    ))?;
    let values = params![place_text(place), kind, start, range.limit_i64(), end];
    collect(statement.query_map(values, record)?)
}

pub(super) fn places(connection: &Connection, kind: &str) -> Result<Vec<Place>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT DISTINCT place FROM documents WHERE kind = ?1")?;
    let texts: Vec<String> = collect(statement.query_map([kind], |row| row.get(0))?)?;
    texts.iter().map(|text| read_place(text)).collect()
}

pub(super) fn referrers(
    connection: &Connection,
    of: Referred<'_>,
    range: IdRange<'_>,
) -> Result<Vec<Record>, StoreError> {
    let (compare, start) = range.start();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT v.id, v.version, v.sequence, v.time, v.schema, v.body
         FROM relations r
         JOIN documents d ON d.place = r.place AND d.kind = r.kind AND d.id = r.id
         JOIN versions v ON v.entry = d.entry
         WHERE r.to_place = ?1 AND r.to_kind = ?2 AND r.to_id = ?3 AND r.name = ?4
           AND r.place = ?5 AND r.kind = ?6 AND r.id {compare} ?7
         ORDER BY r.id LIMIT ?8"
    ))?;
    let (to_place, place) = (place_text(&of.to.place), place_text(of.place));
    let limit = range.limit_i64();
    let values = params![to_place, of.to.kind, of.to.id, of.relation, place, of.kind, start, limit];
    collect(statement.query_map(values, record)?)
}

pub(super) fn versions(
    connection: &Connection,
    key: KeyRef<'_>,
    below: u64,
    limit: usize,
) -> Result<Vec<Record>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, version, sequence, time, schema, body FROM versions
         WHERE place = ?1 AND kind = ?2 AND id = ?3 AND version < ?4
         ORDER BY version DESC LIMIT ?5",
    )?;
    let values = params![place_text(key.place), key.kind, key.id, number(below), limit as i64];
    collect(statement.query_map(values, record)?)
}

pub(super) fn history(connection: &Connection, of: History<'_>) -> Result<Vec<VersionItem>, StoreError> {
    let (compare, order, edge) = if of.newest_first { ("<", "DESC", i64::MAX) } else { (">", "ASC", -1) };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {ITEM} FROM items i
         WHERE i.place = ?1 AND i.resource_type = ?2 AND i.resource_id = ?3
           AND i.sequence {compare} ?4 AND i.time BETWEEN ?5 AND ?6
         ORDER BY i.sequence {order} LIMIT ?7"
    ))?;
    let place = place_text(of.place);
    let after = of.after.map_or(edge, number);
    let (from, to, limit) = (of.from.millis(), of.to.millis(), of.limit as i64);
    let values = params![place, of.resource_type, of.resource_id, after, from, to, limit];
    let rows: Vec<ItemRow> = collect(statement.query_map(values, item)?)?;
    rows.into_iter().map(ItemRow::read).collect()
}

pub(super) fn items(
    connection: &Connection,
    place: &Place,
    resource_type: &str,
    filter: &ItemFilter,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Discovered>, StoreError> {
    let (place, after, limit) = (place_text(place), after.unwrap_or(""), limit as i64);
    let mut values: Vec<&dyn ToSql> = vec![&place, &resource_type, &after, &limit];
    let mut sql = String::from(
        "SELECT resource_id, resource_name, deleted FROM discovered
         WHERE place = ?1 AND resource_type = ?2 AND resource_id > ?3",
    );
    if !filter.include_deleted {
        sql.push_str(" AND deleted IS NULL");
    }
    if let Some(name) = &filter.name {
        values.push(name);
        sql.push_str(&format!(" AND resource_name = ?{}", values.len()));
    }
    if !filter.ids.is_empty() {
        let marks: Vec<_> = (1..=filter.ids.len()).map(|n| format!("?{}", values.len() + n)).collect();
        values.extend(filter.ids.iter().map(|id| id as &dyn ToSql));
        sql.push_str(&format!(" AND resource_id IN ({})", marks.join(", ")));
    }
    sql.push_str(" ORDER BY resource_id LIMIT ?4");
    let mut statement = connection.prepare(&sql)?;
    collect(statement.query_map(values.as_slice(), |row| {
        Ok(Discovered {
            resource_type: resource_type.to_owned(),
            resource_id: row.get(0)?,
            resource_name: row.get(1)?,
            deleted: row.get::<_, Option<i64>>(2)?.map(Timestamp::from_millis),
        })
    })?)
}

pub(super) fn counts(connection: &Connection, place: &Place) -> Result<Vec<(String, u64)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT resource_type, count(*) FROM discovered WHERE place = ?1 AND deleted IS NULL
         GROUP BY resource_type ORDER BY resource_type",
    )?;
    collect(
        statement
            .query_map([place_text(place)], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?,
    )
}

pub(super) fn latest_items(
    connection: &Connection,
    place: &Place,
    keys: &[(String, String)],
) -> Result<Vec<Option<VersionItem>>, StoreError> {
    let place = place_text(place);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {ITEM} FROM discovered d JOIN items i ON i.entry = d.item
         WHERE d.place = ?1 AND d.resource_type = ?2 AND d.resource_id = ?3"
    ))?;
    let mut one = |(resource_type, id): &(String, String)| {
        let row = statement.query_row(params![place, resource_type, id], item).optional()?;
        row.map(ItemRow::read).transpose()
    };
    keys.iter().map(&mut one).collect()
}

pub(super) fn is_empty(connection: &Connection) -> Result<bool, StoreError> {
    let first = connection.query_row("SELECT 1 FROM versions LIMIT 1", [], |_| Ok(())).optional()?;
    Ok(first.is_none())
}

pub(super) fn outbox(connection: &Connection, limit: usize) -> Result<Vec<Outgoing>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT id, body FROM outbox ORDER BY position LIMIT ?1")?;
    collect(
        statement
            .query_map([limit as i64], |row| Ok(Outgoing { id: Uuid(row.get(0)?), body: row.get(1)? }))?,
    )
}

fn record(row: &rusqlite::Row<'_>) -> rusqlite::Result<Record> {
    let (version, sequence): (i64, i64) = (row.get(1)?, row.get(2)?);
    Ok(Record {
        id: row.get(0)?,
        version: version.unsigned_abs(),
        sequence: sequence.unsigned_abs(),
        time: Timestamp::from_millis(row.get(3)?),
        schema: row.get(4)?,
        body: row.get(5)?,
    })
}

fn item(row: &rusqlite::Row<'_>) -> rusqlite::Result<ItemRow> {
    Ok(ItemRow {
        place: row.get(0)?,
        kind: row.get(1)?,
        id: row.get(2)?,
        version: row.get(3)?,
        sequence: row.get(4)?,
        time: row.get(5)?,
        change: row.get(6)?,
        item: ItemText {
            resource_type: row.get(7)?,
            resource_id: row.get(8)?,
            resource_name: row.get(9)?,
            text: row.get(10)?,
        },
    })
}

fn collect<T>(rows: impl Iterator<Item = rusqlite::Result<T>>) -> Result<Vec<T>, StoreError> {
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
