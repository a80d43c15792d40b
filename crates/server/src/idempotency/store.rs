//! Rows of idempotency records and their answers.

use wallgent_core::Timestamp;

use super::KeyHash;
use crate::db::{Connection, DbError, DbResult, Value};
use crate::engine::hot::HotMap;
use crate::engine::{Record, Tx};

/// Looks up the keys of a whole batch at once.
pub fn prefetch(
    connection: &mut Connection,
    records: &mut HotMap<KeyHash, Record>,
    hashes: impl Iterator<Item = KeyHash>,
) -> DbResult<()> {
    let wanted: Vec<Vec<u8>> =
        hashes.filter(|hash| !records.contains(*hash)).map(|hash| hash.to_vec()).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let rows = connection.lookup(
        "SELECT hash, fingerprint, status, resource_id, answer_id FROM idempotency WHERE hash = $1",
        "SELECT hash, fingerprint, status, resource_id, answer_id FROM idempotency \
         WHERE hash = ANY($1)",
        &wanted,
    )?;
    for row in rows {
        let hash = row.bytes(0)?.try_into();
        let hash = hash.map_err(|_| DbError::Layout("a hash has another length".to_owned()))?;
        let status = u16::try_from(row.int(2)?);
        let record = Record {
            fingerprint: row.int(1)?,
            status: status.map_err(|_| DbError::Layout("not an HTTP status".to_owned()))?,
            resource: row.int(3)?,
            answer: row.maybe_int(4)?,
        };
        records.load(hash, record);
    }
    Ok(())
}

/// The payments that were sent with a key whose hash begins so.
pub fn matching(connection: &mut Connection, prefix: &[u8]) -> DbResult<Vec<i64>> {
    let text = "SELECT resource_id FROM idempotency WHERE hash >= $1 AND hash <= $2 \
                AND resource_id <> 0 ORDER BY resource_id DESC";
    let low = prefix.to_vec();
    let high = [prefix, &[255; 4]].concat();
    let rows = connection.query(text, &[Value::Bytes(low), Value::Bytes(high)])?;
    rows.iter().map(|row| row.int(0)).collect()
}

/// A stored answer.
pub(super) struct Answer {
    pub(super) resource: Option<String>,
    pub(super) body: Vec<u8>,
    pub(super) sealed: Option<Vec<u8>>,
    pub(super) sealed_until: Option<Timestamp>,
    pub(super) expires_at: Option<Timestamp>,
}

pub(super) fn insert_answer(
    tx: &mut Tx<'_>,
    id: i64,
    hash: &KeyHash,
    answer: Answer,
) -> DbResult<()> {
    let text = "INSERT INTO answers (id, hash, resource, body, sealed, sealed_until, expires_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = [
        Value::Int(id),
        Value::Bytes(hash.to_vec()),
        Value::from(answer.resource),
        Value::Bytes(answer.body),
        Value::from(answer.sealed),
        Value::from(answer.sealed_until.map(Timestamp::micros)),
        Value::from(answer.expires_at.map(Timestamp::micros)),
    ];
    tx.execute(text, &values).map(drop)
}

pub(super) fn load_answer(tx: &mut Tx<'_>, id: i64) -> DbResult<Answer> {
    let text = "SELECT resource, body, sealed, sealed_until, expires_at FROM answers WHERE id = $1";
    let row = tx.query_one(text, &[Value::Int(id)])?;
    let row = row.ok_or_else(|| DbError::Layout("a record has no answer".to_owned()))?;
    Ok(Answer {
        resource: row.maybe_text(0)?.map(str::to_owned),
        body: row.bytes(1)?.to_vec(),
        sealed: row.maybe_bytes(2)?.map(<[u8]>::to_vec),
        sealed_until: row.maybe_int(3)?.map(Timestamp::from_micros),
        expires_at: row.maybe_int(4)?.map(Timestamp::from_micros),
    })
}
