//! Reading changes back.

use wallgent_core::Timestamp;
use wallgent_core::id::WalletId;

use super::Change;
use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::ScopeId;

/// Rows that one search looks through. Where more are left, its answer says
/// where to go on, so that no question keeps a reader for long.
const EXAMINED_MAX: i64 = 100_000;

/// A committed change, as the store keeps it.
#[derive(Clone, Debug)]
pub struct Stored {
    pub sequence: i64,
    pub change: Change,
    pub subject: i64,
    pub wallet: Option<WalletId>,
    pub actor: Option<i64>,
    pub ip: Option<String>,
    pub request_id: Option<String>,
    pub data: Option<String>,
    pub created_at: Timestamp,
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub scope: ScopeId,
    /// Only these changes, when given.
    pub changes: Option<Vec<Change>>,
    /// Only about this.
    pub subject: Option<i64>,
    /// Only concerning these wallets.
    pub wallets: Option<Vec<WalletId>>,
    /// Only what this key did.
    pub actor: Option<i64>,
    /// Only from this time on.
    pub from: Option<Timestamp>,
    /// Only up to this time.
    pub to: Option<Timestamp>,
    /// Only numbers below this.
    pub before: i64,
    pub limit: i64,
}

/// What was found, newest first.
#[derive(Debug)]
pub struct Found {
    pub rows: Vec<Stored>,
    /// Where to go on when not everything was looked through.
    pub examined_to: Option<i64>,
}

const COLUMNS: &str = "sequence, kind, subject_id, wallet_id, actor_id, ip_address, request_id, \
    data, created_at";

/// The next changes with events behind a sequence, oldest first. A change whose
/// last event is behind it may begin at it.
pub(super) fn after(
    connection: &mut Connection,
    scope: ScopeId,
    sequence: i64,
    limit: usize,
) -> DbResult<Vec<Stored>> {
    let text = format!(
        "SELECT {COLUMNS} FROM changes WHERE scope_id = $1 AND sequence > $2 \
         ORDER BY sequence LIMIT $3"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let first = first_of(connection, scope, sequence + 1)?;
    let values = [scope, first - 1, limit].map(Value::Int);
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(read).collect()
}

/// The number of the change that an event belongs to.
fn first_of(connection: &mut Connection, scope: ScopeId, sequence: i64) -> DbResult<i64> {
    let text = format!(
        "SELECT {COLUMNS} FROM changes WHERE scope_id = $1 AND sequence <= $2 \
         ORDER BY sequence DESC LIMIT 1"
    );
    let rows = connection.query_composed(&text, &[Value::Int(scope), Value::Int(sequence)])?;
    let Some(row) = rows.first() else { return Ok(sequence) };
    let row = read(row)?;
    let ends = row.sequence + row.change.events().len() as i64 - 1;
    Ok(if ends >= sequence { row.sequence } else { sequence })
}

/// Looks for changes, newest first.
pub fn find(connection: &mut Connection, search: &Search) -> DbResult<Found> {
    let scope = search.scope;
    let lowest = match search.from {
        None => 1,
        Some(from) => first_at(connection, scope, from)?,
    };
    let before = match search.to {
        None => search.before,
        Some(to) => first_at(connection, scope, to.next_millisecond())?.min(search.before),
    };
    let mut values = [scope, before, lowest, search.limit].map(Value::Int).to_vec();
    let conditions = conditions(search, &mut values);
    let text = format!(
        "SELECT {COLUMNS} FROM (SELECT * FROM changes WHERE scope_id = $1 AND sequence < $2 AND sequence >= $3 \
         ORDER BY sequence DESC LIMIT {EXAMINED_MAX}) AS examined \
         WHERE 0 = 0 {conditions} ORDER BY sequence DESC LIMIT $4"
    );
    let rows = connection.query_composed(&text, &values)?;
    let rows: Vec<Stored> = rows.iter().map(read).collect::<DbResult<_>>()?;
    let complete = rows.len() as i64 >= search.limit;
    let examined_to =
        if complete { None } else { last_examined(connection, scope, before, lowest)? };
    Ok(Found { rows, examined_to })
}

/// What narrows a search. The names of changes are our own words, and few
/// combinations of them are asked for; numbers are values.
fn conditions(search: &Search, values: &mut Vec<Value>) -> String {
    let mut text = String::new();
    if let Some(changes) = &search.changes {
        let names: Vec<String> =
            changes.iter().map(|change| format!("'{}'", change.as_str())).collect();
        text.push_str(&format!(" AND kind IN ({})", names.join(", ")));
    }
    let mut place = |number: i64| {
        values.push(Value::Int(number));
        format!("${}", values.len())
    };
    if let Some(wallets) = &search.wallets {
        // The last wallet stands as often as it takes to fill a round number of
        // places, so that there are few texts to prepare.
        let round = wallets.len().next_power_of_two();
        let last = wallets.last().into_iter().cycle();
        let keys = wallets.iter().chain(last).take(round).map(|wallet| place(wallet.key()));
        let keys: Vec<String> = keys.collect();
        text.push_str(&format!(" AND wallet_id IN ({})", keys.join(", ")));
    }
    if let Some(subject) = search.subject {
        text.push_str(&format!(" AND subject_id = {}", place(subject)));
    }
    if let Some(actor) = search.actor {
        text.push_str(&format!(" AND actor_id = {}", place(actor)));
    }
    text
}

/// The last number that was looked at, when there are more below it.
fn last_examined(
    connection: &mut Connection,
    scope: ScopeId,
    before: i64,
    lowest: i64,
) -> DbResult<Option<i64>> {
    let text = "SELECT sequence FROM changes WHERE scope_id = $1 AND sequence < $2 \
                AND sequence >= $3 ORDER BY sequence DESC LIMIT 1 OFFSET $4";
    let values = [scope, before, lowest, EXAMINED_MAX - 1].map(Value::Int);
    connection.query_one(text, &values)?.map(|row| row.int(0)).transpose()
}

/// The first number of a scope at or after a time. Numbers and times grow
/// together, so it is found by halving.
fn first_at(connection: &mut Connection, scope: ScopeId, time: Timestamp) -> DbResult<i64> {
    let text = "SELECT CAST(COALESCE(MAX(sequence), 0) AS BIGINT) FROM changes WHERE scope_id = $1";
    let newest =
        connection.query_one(text, &[Value::Int(scope)])?.map_or(Ok(0), |row| row.int(0))?;
    let (mut low, mut high) = (1, newest + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        // A change that makes two events leaves a number out.
        let text = "SELECT created_at FROM changes WHERE scope_id = $1 AND sequence <= $2 \
                    ORDER BY sequence DESC LIMIT 1";
        let row = connection.query_one(text, &[Value::Int(scope), Value::Int(middle)])?;
        let at = row.map_or(Ok(i64::MIN), |row| row.int(0))?;
        if at >= time.micros() {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(low)
}

fn read(row: &Row) -> DbResult<Stored> {
    let broken = || DbError::Layout("a change's row cannot be read".to_owned());
    Ok(Stored {
        sequence: row.int(0)?,
        change: Change::from_name(row.text(1)?).ok_or_else(broken)?,
        subject: row.int(2)?,
        wallet: row.maybe_int(3)?.and_then(WalletId::from_key),
        actor: row.maybe_int(4)?,
        ip: row.maybe_text(5)?.map(str::to_owned),
        request_id: row.maybe_text(6)?.map(str::to_owned),
        data: row.maybe_text(7)?.map(str::to_owned),
        created_at: Timestamp::from_micros(row.int(8)?),
    })
}
