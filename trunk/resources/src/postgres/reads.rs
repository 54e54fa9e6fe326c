use bastide_ids::{Place, Timestamp, Uuid};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::session::Pool;
use crate::cache::KeyRef;
use crate::changes::{ItemText, Outgoing};
use crate::engine::{History, IdRange, Record, Referred};
use crate::rows::{ItemRow, number, place_text, read_place};
use crate::{Discovered, ItemFilter, StoreError, VersionItem};

/// The columns that [`record`] reads.
const RECORD: &str = "v.id, v.version, v.sequence, v.time, v.schema, v.body";
/// The columns that [`item`] reads.
const ITEM: &str = "i.place, i.kind, i.id, i.version, i.sequence, i.time, i.change, i.resource_type, \
                    i.resource_id, i.resource_name, i.body";

pub(super) async fn find(pool: &Pool, key: KeyRef<'_>) -> Result<Option<Record>, StoreError> {
    let sql = "SELECT v.id, v.version, v.sequence, v.time, v.schema, v.body
         FROM documents d JOIN versions v ON v.entry = d.entry
         WHERE d.place = $1 AND d.kind = $2 AND d.id = $3";
    let rows = pool.query(sql, &[&place_text(key.place), &key.kind, &key.id]).await?;
    rows.first().map(record).transpose()
}

pub(super) async fn list(
    pool: &Pool,
    place: &Place,
    kind: &str,
    range: IdRange<'_>,
) -> Result<Vec<Record>, StoreError> {
    let ((compare, start), end) = (range.start(), range.end());
    let below = if end.is_some() { "AND d.id < $5" } else { "AND $5::text IS NULL" };
    let sql = format!(
        "SELECT {RECORD} FROM documents d JOIN versions v ON v.entry = d.entry
         WHERE d.place = $1 AND d.kind = $2 AND d.id {compare} $3 {below}
         ORDER BY d.id LIMIT $4"
    );
    let rows = pool.query(&sql, &[&place_text(place), &kind, &start, &range.limit_i64(), &end]).await?;
    rows.iter().map(record).collect()
}

pub(super) async fn places(pool: &Pool, kind: &str) -> Result<Vec<Place>, StoreError> {
    let rows = pool.query("SELECT DISTINCT place FROM documents WHERE kind = $1", &[&kind]).await?;
    rows.iter().map(|row| read_place(row.try_get(0)?)).collect()
}

pub(super) async fn referrers(
    pool: &Pool,
    of: Referred<'_>,
    range: IdRange<'_>,
) -> Result<Vec<Record>, StoreError> {
    let (compare, start) = range.start();
    let sql = format!(
        "SELECT {RECORD} FROM relations r
         JOIN documents d ON d.place = r.place AND d.kind = r.kind AND d.id = r.id
         JOIN versions v ON v.entry = d.entry
         WHERE r.to_place = $1 AND r.to_kind = $2 AND r.to_id = $3 AND r.name = $4
           AND r.place = $5 AND r.kind = $6 AND r.id {compare} $7
         ORDER BY r.id LIMIT $8"
    );
    let (to_place, place) = (place_text(&of.to.place), place_text(of.place));
    let limit = range.limit_i64();
    let values: [&(dyn ToSql + Sync); 8] =
        [&to_place, &of.to.kind, &of.to.id, &of.relation, &place, &of.kind, &start, &limit];
    pool.query(&sql, &values).await?.iter().map(record).collect()
}

pub(super) async fn versions(
    pool: &Pool,
    key: KeyRef<'_>,
    below: u64,
    limit: usize,
) -> Result<Vec<Record>, StoreError> {
    let sql = format!(
        "SELECT {RECORD} FROM versions v
         WHERE v.place = $1 AND v.kind = $2 AND v.id = $3 AND v.version < $4
         ORDER BY v.version DESC LIMIT $5"
    );
    let values: [&(dyn ToSql + Sync); 5] =
        [&place_text(key.place), &key.kind, &key.id, &number(below), &(limit as i64)];
    pool.query(&sql, &values).await?.iter().map(record).collect()
}

pub(super) async fn history(pool: &Pool, of: History<'_>) -> Result<Vec<VersionItem>, StoreError> {
    let (compare, order, edge) = if of.newest_first { ("<", "DESC", i64::MAX) } else { (">", "ASC", -1) };
    let sql = format!(
        "SELECT {ITEM} FROM items i
         WHERE i.place = $1 AND i.resource_type = $2 AND i.resource_id = $3
           AND i.sequence {compare} $4 AND i.time BETWEEN $5 AND $6
         ORDER BY i.sequence {order} LIMIT $7"
    );
    let after = of.after.map_or(edge, number);
    let (from, to, limit) = (of.from.millis(), of.to.millis(), of.limit as i64);
    let values: [&(dyn ToSql + Sync); 7] =
        [&place_text(of.place), &of.resource_type, &of.resource_id, &after, &from, &to, &limit];
    pool.query(&sql, &values).await?.iter().map(item).collect()
}

pub(super) async fn items(
    pool: &Pool,
    place: &Place,
    resource_type: &str,
    filter: &ItemFilter,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Discovered>, StoreError> {
    let (place, after, limit) = (place_text(place), after.unwrap_or(""), limit as i64);
    let mut values: Vec<&(dyn ToSql + Sync)> = vec![&place, &resource_type, &after, &limit];
    let mut sql = String::from(
        "SELECT resource_id, resource_name, deleted FROM discovered
         WHERE place = $1 AND resource_type = $2 AND resource_id > $3",
    );
    if !filter.include_deleted {
        sql.push_str(" AND deleted IS NULL");
    }
    if let Some(name) = &filter.name {
        values.push(name);
        sql.push_str(&format!(" AND resource_name = ${}", values.len()));
    }
    if !filter.ids.is_empty() {
        values.push(&filter.ids);
        sql.push_str(&format!(" AND resource_id = ANY(${})", values.len()));
    }
    sql.push_str(" ORDER BY resource_id LIMIT $4");
    let one = |row: &Row| {
        Ok(Discovered {
            resource_type: resource_type.to_owned(),
            resource_id: row.try_get(0)?,
            resource_name: row.try_get(1)?,
            deleted: row.try_get::<_, Option<i64>>(2)?.map(Timestamp::from_millis),
        })
    };
    pool.query(&sql, &values).await?.iter().map(one).collect()
}

pub(super) async fn counts(pool: &Pool, place: &Place) -> Result<Vec<(String, u64)>, StoreError> {
    let sql = "SELECT resource_type, count(*) FROM discovered WHERE place = $1 AND deleted IS NULL
         GROUP BY resource_type ORDER BY resource_type";
    let rows = pool.query(sql, &[&place_text(place)]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get::<_, i64>(1)?.unsigned_abs()))).collect()
}

pub(super) async fn latest_items(
    pool: &Pool,
    place: &Place,
    keys: &[(String, String)],
) -> Result<Vec<Option<VersionItem>>, StoreError> {
    let sql = format!(
        "SELECT {ITEM}, k.position FROM unnest($2::text[], $3::text[]) WITH ORDINALITY k(kind, id, position)
         JOIN discovered d ON d.place = $1 AND d.resource_type = k.kind AND d.resource_id = k.id
         JOIN items i ON i.entry = d.item"
    );
    let (types, ids): (Vec<_>, Vec<_>) = keys.iter().map(|(kind, id)| (kind.as_str(), id.as_str())).unzip();
    let rows = pool.query(&sql, &[&place_text(place), &types, &ids]).await?;
    let mut found = vec![None; keys.len()];
    for row in &rows {
        let position: i64 = row.try_get(11)?;
        let slot = usize::try_from(position - 1).ok().and_then(|position| found.get_mut(position));
        if let Some(slot) = slot {
            *slot = Some(item(row)?);
        }
    }
    Ok(found)
}

pub(super) async fn is_empty(pool: &Pool) -> Result<bool, StoreError> {
    Ok(pool.query("SELECT 1 FROM versions LIMIT 1", &[]).await?.is_empty())
}

pub(super) async fn outbox(pool: &Pool, limit: usize) -> Result<Vec<Outgoing>, StoreError> {
    let sql = "SELECT id, body FROM outbox ORDER BY position LIMIT $1";
    let rows = pool.query(sql, &[&(limit as i64)]).await?;
    let one = |row: &Row| {
        let id: &[u8] = row.try_get(0)?;
        let id = id.try_into().map_err(|_| StoreError::Database("a record's id is not a UUID".into()))?;
        Ok(Outgoing { id: Uuid(id), body: row.try_get(1)? })
    };
    rows.iter().map(one).collect()
}

fn record(row: &Row) -> Result<Record, StoreError> {
    let (version, sequence): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
    let schema: i32 = row.try_get(4)?;
    Ok(Record {
        id: row.try_get(0)?,
        version: version.unsigned_abs(),
        sequence: sequence.unsigned_abs(),
        time: Timestamp::from_millis(row.try_get(3)?),
        schema: schema.unsigned_abs(),
        body: row.try_get(5)?,
    })
}

fn item(row: &Row) -> Result<VersionItem, StoreError> {
    let row = ItemRow {
        place: row.try_get(0)?,
        kind: row.try_get(1)?,
        id: row.try_get(2)?,
        version: row.try_get(3)?,
        sequence: row.try_get(4)?,
        time: row.try_get(5)?,
        change: row.try_get(6)?,
        item: ItemText {
            resource_type: row.try_get(7)?,
            resource_id: row.try_get(8)?,
            resource_name: row.try_get(9)?,
            text: row.try_get(10)?,
        },
    };
    row.read()
}
