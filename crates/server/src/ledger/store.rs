//! Rows of the ledger.

use rustc_hash::FxHashMap;
use wallgent_core::account::{AccountKind, Balance};
use wallgent_core::id::{AccountId, TransactionId, WalletId};
use wallgent_core::payment::Rail;
use wallgent_core::time::Day;
use wallgent_core::{Amount, Timestamp};

use crate::db::{Column, Connection, DbError, DbResult, Insert, Row, Value};
use crate::engine::rows::{Mark, Rows};
use crate::engine::state::State;
use crate::engine::{Account, DayDelta};

const TRANSACTIONS: Insert = Insert {
    table: "transactions",
    columns: &[
        Column::Int("id"),
        Column::Int("scope_id"),
        Column::Int("to_scope_id"),
        Column::Text("kind"),
        Column::Text("status"),
        Column::Int("from_wallet_id"),
        Column::Int("to_wallet_id"),
        Column::Int("amount"),
        Column::Int("fee"),
        Column::Int("balance_after"),
        Column::Int("available_after"),
        Column::Int("reversed_amount"),
        Column::Text("description"),
        Column::Text("idempotency_key"),
        Column::Int("batch_id"),
        Column::Int("approval_id"),
        Column::Int("related_id"),
        Column::Int("previous_from_id"),
        Column::Int("previous_to_id"),
        Column::Text("rail"),
        Column::Int("created_at"),
        Column::Int("settled_at"),
    ],
    on_conflict: "",
};

const ENTRIES: Insert = Insert {
    table: "entries",
    columns: &[
        Column::Int("id"),
        Column::Int("transaction_id"),
        Column::Int("account_id"),
        Column::Int("amount"),
        Column::Int("balance_after"),
        Column::Int("previous_id"),
    ],
    on_conflict: "",
};

const ACCOUNTS: Insert = Insert {
    table: "accounts",
    columns: &[
        Column::Int("id"),
        Column::Int("scope_id"),
        Column::Text("kind"),
        Column::Int("posted"),
        Column::Int("held"),
        Column::Int("last_entry_id"),
        Column::Int("last_payment_id"),
    ],
    on_conflict: "ON CONFLICT (id) DO UPDATE SET posted = excluded.posted, held = excluded.held, \
                  last_entry_id = excluded.last_entry_id, last_payment_id = excluded.last_payment_id",
};

const WALLET_DAYS: Insert = Insert {
    table: "wallet_days",
    columns: &[
        Column::Int("day"),
        Column::Int("wallet_id"),
        Column::Int("debits"),
        Column::Int("debits_rest"),
        Column::Int("credits"),
        Column::Int("credits_rest"),
        Column::Int("spent"),
        Column::Int("spent_count"),
    ],
    on_conflict: "ON CONFLICT (day, wallet_id) DO UPDATE SET \
                  debits = wallet_days.debits + excluded.debits, \
                  debits_rest = wallet_days.debits_rest + excluded.debits_rest, \
                  credits = wallet_days.credits + excluded.credits, \
                  credits_rest = wallet_days.credits_rest + excluded.credits_rest, \
                  spent = wallet_days.spent + excluded.spent, \
                  spent_count = wallet_days.spent_count + excluded.spent_count",
};

const CHANGES: Insert = Insert {
    table: "changes",
    columns: &[
        Column::Int("scope_id"),
        Column::Int("sequence"),
        Column::Text("kind"),
        Column::Int("subject_id"),
        Column::Int("wallet_id"),
        Column::Int("actor_id"),
        Column::Text("ip_address"),
        Column::Text("request_id"),
        Column::Text("data"),
        Column::Int("created_at"),
    ],
    on_conflict: "",
};

const IDEMPOTENCY: Insert = Insert {
    table: "idempotency",
    columns: &[
        Column::Bytes("hash"),
        Column::Int("fingerprint"),
        Column::Int("status"),
        Column::Int("resource_id"),
        Column::Int("answer_id"),
    ],
    on_conflict: "ON CONFLICT (hash) DO UPDATE SET fingerprint = excluded.fingerprint, \
                  status = excluded.status, resource_id = excluded.resource_id, \
                  answer_id = excluded.answer_id",
};

const EVALUATIONS: Insert = Insert {
    table: "policy_evaluations",
    columns: &[
        Column::Int("id"),
        Column::Int("scope_id"),
        Column::Int("wallet_id"),
        Column::Text("decision"),
        Column::Int("amount"),
        Column::Text("recipient"),
        Column::Text("violations"),
        Column::Int("repeats"),
        Column::Int("created_at"),
        Column::Int("last_at"),
    ],
    on_conflict: "ON CONFLICT (id) DO UPDATE SET repeats = excluded.repeats, last_at = excluded.last_at",
};

/// Writes the hot rows that the batch changed.
pub fn flush_state(connection: &mut Connection, state: &mut State) -> DbResult<()> {
    let mut values = Vec::new();
    for (id, account) in state.accounts.drain_dirty() {
        values.push(Value::Int(id.key()));
        values.push(Value::Int(account.scope));
        values.push(Value::from(account.kind.as_str()));
        values.push(Value::Int(account.balance.posted.units()));
        values.push(Value::Int(account.balance.held.units()));
        values.push(Value::Int(account.last_entry));
        values.push(Value::Int(account.last_payment));
    }
    connection.insert(&ACCOUNTS, values)?;
    for (scope, sequence) in state.sequences.drain_dirty() {
        let text = "UPDATE scopes SET sequence = $1 WHERE id = $2";
        connection.execute_later(text, &[Value::Int(sequence), Value::Int(scope)])?;
    }
    Ok(())
}

/// Writes the buffered rows up to the mark.
pub fn flush_rows(connection: &mut Connection, rows: &mut Rows, mark: Mark) -> DbResult<()> {
    let Mark([transactions, entries, days, changes, idempotency, evaluations]) = mark;
    connection.insert(&TRANSACTIONS, transaction_values(rows, transactions))?;
    connection.insert(&ENTRIES, entry_values(rows, entries))?;
    connection.insert(&WALLET_DAYS, day_values(rows.days.drain(..days)))?;
    connection.insert(&CHANGES, change_values(rows, changes))?;
    connection.insert(&IDEMPOTENCY, idempotency_values(rows, idempotency))?;
    connection.insert(&EVALUATIONS, evaluation_values(rows, evaluations))
}

fn transaction_values(rows: &mut Rows, count: usize) -> Vec<Value> {
    let mut values = Vec::with_capacity(count * TRANSACTIONS.columns.len());
    for row in rows.transactions.drain(..count) {
        let key = |id: Option<WalletId>| Value::from(id.map(|id| id.key()));
        let units = |amount: Option<Amount>| Value::from(amount.map(Amount::units));
        values.extend([
            Value::Int(row.id.key()),
            Value::Int(row.scope),
            Value::from(row.to_scope),
            Value::from(row.kind.as_str()),
            Value::from(row.status.as_str()),
            key(row.from),
            key(row.to),
            Value::Int(row.amount.units()),
            Value::Int(row.fee.units()),
            units(row.balance_after),
            units(row.available_after),
            Value::Int(row.reversed.units()),
            Value::from(row.description),
            Value::from(row.idempotency_key),
            Value::from(row.batch),
            Value::from(row.approval),
            Value::from(row.related.map(TransactionId::key).or(row.rail.number())),
            Value::Int(row.previous_from),
            Value::Int(row.previous_to),
            Value::from((row.rail != Rail::Ledger).then(|| row.rail.as_str())),
            Value::Int(row.created_at.micros()),
            Value::from(row.settled_at.map(Timestamp::micros)),
        ]);
    }
    values
}

fn entry_values(rows: &mut Rows, count: usize) -> Vec<Value> {
    let mut values = Vec::with_capacity(count * ENTRIES.columns.len());
    for row in rows.entries.drain(..count) {
        values.extend([
            Value::Int(row.id.key()),
            Value::Int(row.transaction.key()),
            Value::Int(row.account.key()),
            Value::Int(row.amount.units()),
            Value::Int(row.balance_after.units()),
            Value::Int(row.previous),
        ]);
    }
    values
}

/// What a batch adds to one wallet's day.
#[derive(Default)]
struct DayTotals {
    debits: (i64, i64),
    credits: (i64, i64),
    spent: i64,
    spent_count: i64,
}

/// Adds up what the batch did to each wallet's day, so that each is written
/// once, neighbours together.
fn day_values(deltas: impl Iterator<Item = DayDelta>) -> Vec<Value> {
    let mut days: FxHashMap<(Day, WalletId), DayTotals> = FxHashMap::default();
    let add = |sum: &mut (i64, i64), amount: Amount| {
        let (whole, rest) = amount.split();
        sum.0 = sum.0.saturating_add(whole);
        sum.1 = sum.1.saturating_add(rest);
    };
    for delta in deltas {
        let day = days.entry((delta.day, delta.wallet)).or_default();
        add(&mut day.debits, delta.debits);
        add(&mut day.credits, delta.credits);
        day.spent = day.spent.saturating_add(delta.spent.units());
        day.spent_count = day.spent_count.saturating_add(delta.spent_count);
    }
    let mut days: Vec<((Day, WalletId), DayTotals)> = days.into_iter().collect();
    days.sort_unstable_by_key(|(key, _)| *key);
    let mut values = Vec::with_capacity(days.len() * WALLET_DAYS.columns.len());
    for ((day, wallet), totals) in days {
        values.extend(
            [
                day.number(),
                wallet.key(),
                totals.debits.0,
                totals.debits.1,
                totals.credits.0,
                totals.credits.1,
                totals.spent,
                totals.spent_count,
            ]
            .map(Value::Int),
        );
    }
    values
}

fn change_values(rows: &mut Rows, count: usize) -> Vec<Value> {
    let mut values = Vec::with_capacity(count * CHANGES.columns.len());
    for row in rows.changes.drain(..count) {
        values.extend([
            Value::Int(row.scope),
            Value::Int(row.sequence),
            Value::from(row.kind),
            Value::Int(row.subject),
            Value::from(row.wallet.map(|id| id.key())),
            Value::from(row.actor),
            Value::from(row.ip),
            Value::from(row.request_id),
            Value::from(row.data),
            Value::Int(row.created_at.micros()),
        ]);
    }
    values
}

fn idempotency_values(rows: &mut Rows, count: usize) -> Vec<Value> {
    rows.idempotency[..count].sort_unstable_by_key(|row| row.hash);
    let mut values = Vec::with_capacity(count * IDEMPOTENCY.columns.len());
    for row in rows.idempotency.drain(..count) {
        values.extend([
            Value::Bytes(row.hash.to_vec()),
            Value::Int(row.fingerprint),
            Value::Int(i64::from(row.status)),
            Value::Int(row.resource),
            Value::from(row.answer),
        ]);
    }
    values
}

fn evaluation_values(rows: &mut Rows, count: usize) -> Vec<Value> {
    // A repeat within the batch is a second row with the same number; only the
    // last one counts.
    let mut newest: FxHashMap<i64, usize> = FxHashMap::default();
    for (at, row) in rows.evaluations[..count].iter().enumerate() {
        newest.insert(row.id.key(), at);
    }
    let mut values = Vec::with_capacity(count * EVALUATIONS.columns.len());
    for (at, row) in rows.evaluations.drain(..count).enumerate() {
        if newest.get(&row.id.key()) != Some(&at) {
            continue;
        }
        values.extend([
            Value::Int(row.id.key()),
            Value::Int(row.scope),
            Value::Int(row.wallet.key()),
            Value::from(row.decision),
            Value::Int(row.amount.units()),
            Value::from(row.recipient),
            Value::from(row.violations),
            Value::Int(row.repeats),
            Value::Int(row.created_at.micros()),
            Value::Int(row.last_at.micros()),
        ]);
    }
    values
}

/// Reads an account into the hot state.
pub fn load_account(connection: &mut Connection, id: AccountId) -> DbResult<Account> {
    let text = "SELECT scope_id, kind, posted, held, last_entry_id, last_payment_id \
                FROM accounts WHERE id = $1";
    let row = connection.query_one(text, &[Value::Int(id.key())])?;
    let row = row.ok_or_else(|| DbError::Layout(format!("{id} has no row")))?;
    let kind = AccountKind::from_name(row.text(1)?);
    Ok(Account {
        scope: row.int(0)?,
        kind: kind.ok_or_else(|| DbError::Layout(format!("{id} is of an unknown kind")))?,
        balance: balance(&row, 2)?,
        last_entry: row.int(4)?,
        last_payment: row.int(5)?,
    })
}

fn balance(row: &Row, column: usize) -> DbResult<Balance> {
    Ok(Balance {
        posted: Amount::from_units(row.int(column)?),
        held: Amount::from_units(row.int(column + 1)?),
    })
}

/// An entry with its transaction.
#[derive(Debug)]
pub struct Entry {
    pub id: i64,
    pub transaction: i64,
    pub amount: Amount,
    pub balance_after: Amount,
    pub kind: String,
    pub description: Option<String>,
    pub related: Option<i64>,
    pub created_at: Timestamp,
}

/// A wallet's entries, newest first, from behind the entry `before` on (0:
/// from the newest). Walks the chain that the entries form. The joins are
/// written as CROSS JOIN because SQLite keeps their order then: from the chain
/// to the entries, never through all entries of the store.
pub fn list_entries(
    connection: &mut Connection,
    wallet: WalletId,
    before: i64,
    limit: i64,
) -> DbResult<Vec<Entry>> {
    const FROM_NEWEST: &str = "SELECT last_entry_id AS id FROM accounts WHERE id = $1";
    const FROM_CURSOR: &str =
        "SELECT previous_id AS id FROM entries WHERE account_id = $1 AND id = $3";
    let start = if before == 0 { FROM_NEWEST } else { FROM_CURSOR };
    let text = format!(
        "WITH RECURSIVE chain (id, steps) AS ( \
             SELECT head.id, CAST(1 AS BIGINT) FROM ({start}) AS head \
             UNION ALL \
             SELECT entries.previous_id, chain.steps + 1 FROM chain CROSS JOIN entries \
             WHERE entries.id = chain.id AND chain.steps < $2 \
         ) \
         SELECT e.id, e.transaction_id, e.amount, e.balance_after, t.kind, t.description, \
                CASE WHEN t.rail IS NULL THEN t.related_id END, t.created_at \
         FROM chain CROSS JOIN entries e CROSS JOIN transactions t \
         WHERE e.id = chain.id AND t.id = e.transaction_id ORDER BY e.id DESC"
    );
    let mut values = vec![Value::Int(wallet.key()), Value::Int(limit)];
    if before != 0 {
        values.push(Value::Int(before));
    }
    let rows = connection.query_composed(&text, &values)?;
    rows.iter()
        .map(|row| {
            Ok(Entry {
                id: row.int(0)?,
                transaction: row.int(1)?,
                amount: Amount::from_units(row.int(2)?),
                balance_after: Amount::from_units(row.int(3)?),
                kind: row.text(4)?.to_owned(),
                description: row.maybe_text(5)?.map(str::to_owned),
                related: row.maybe_int(6)?,
                created_at: Timestamp::from_micros(row.int(7)?),
            })
        })
        .collect()
}
