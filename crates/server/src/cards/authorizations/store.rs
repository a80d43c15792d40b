//! Rows of authorizations, of their postings, and of when they are settled.

use wallgent_api::types::card_authorizations::CardMerchant;
use wallgent_core::card::{Amounts, AuthorizationStatus, DeclineReason};
use wallgent_core::hold::HoldReason;
use wallgent_core::id::{CardAuthorizationId, CardId, HoldId, TransactionId, WalletId};
use wallgent_core::{Amount, Timestamp};

use crate::db::{Column, Connection, DbError, DbResult, Insert, Row, Value};
use crate::engine::{ScopeId, Tx};
use crate::holds::Hold;

/// An authorization.
#[derive(Clone, Debug)]
pub struct AuthorizationRow {
    pub id: CardAuthorizationId,
    pub scope: ScopeId,
    pub card: CardId,
    pub wallet: WalletId,
    pub status: AuthorizationStatus,
    /// What was asked for.
    pub amount: Amount,
    /// What was approved, and which way it went; nothing of what was declined.
    pub amounts: Amounts,
    pub merchant: CardMerchant,
    pub decline_reason: Option<DeclineReason>,
    pub decline_message: Option<String>,
    pub hold: Option<HoldId>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub updated_at: Timestamp,
}

impl AuthorizationRow {
    /// The hold that was placed for it; none for what was declined.
    pub(super) fn hold(&self) -> Option<Hold> {
        Some(Hold {
            id: self.hold?,
            scope: self.scope,
            wallet: self.wallet,
            amount: self.amount,
            reason: HoldReason::CardAuthorization,
            reference: self.id.key(),
            expires_at: self.expires_at?,
        })
    }

    /// Whether its time is over and it still holds something.
    pub(super) fn is_late(&self, now: Timestamp) -> bool {
        let over = self.expires_at.is_some_and(|expires_at| expires_at <= now);
        over && self.amounts.held().is_positive()
    }
}

const SELECT: &str = "SELECT a.id, a.scope_id, a.card_id, a.wallet_id, a.status, a.amount, \
    a.captured, a.released, a.refunded, a.merchant, a.decline_reason, a.decline_message, \
    a.hold_id, a.created_at, a.expires_at, a.updated_at FROM card_authorizations a";

fn broken() -> DbError {
    DbError::Layout("an authorization's row cannot be read".to_owned())
}

fn read(row: &Row) -> DbResult<AuthorizationRow> {
    let units = |column| row.int(column).map(Amount::from_units);
    let status = AuthorizationStatus::from_name(row.text(4)?).ok_or_else(broken)?;
    let (amount, declined) = (units(5)?, status == AuthorizationStatus::Declined);
    let authorized = if declined { Amount::ZERO } else { amount };
    let reason = row.maybe_text(10)?;
    Ok(AuthorizationRow {
        id: CardAuthorizationId::from_key(row.int(0)?).ok_or_else(broken)?,
        scope: row.int(1)?,
        card: CardId::from_key(row.int(2)?).ok_or_else(broken)?,
        wallet: WalletId::from_key(row.int(3)?).ok_or_else(broken)?,
        status,
        amount,
        amounts: Amounts {
            authorized,
            captured: units(6)?,
            released: units(7)?,
            refunded: units(8)?,
        },
        merchant: serde_json::from_str(row.text(9)?).map_err(|_| broken())?,
        decline_reason: reason
            .map(|name| DeclineReason::from_name(name).ok_or_else(broken))
            .transpose()?,
        decline_message: row.maybe_text(11)?.map(str::to_owned),
        hold: row.maybe_int(12)?.and_then(HoldId::from_key),
        created_at: Timestamp::from_micros(row.int(13)?),
        expires_at: row.maybe_int(14)?.map(Timestamp::from_micros),
        updated_at: Timestamp::from_micros(row.int(15)?),
    })
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &AuthorizationRow) -> DbResult<()> {
    let text = "INSERT INTO card_authorizations (id, scope_id, card_id, wallet_id, status, amount, \
                held, captured, released, refunded, category, merchant, decline_reason, \
                decline_message, hold_id, created_at, expires_at, updated_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, $8, $9, $10, $11, $12, $13, $14, $13)";
    let merchant = serde_json::to_string(&row.merchant).expect("a merchant has text keys");
    let values = [
        Value::Int(row.id.key()),
        Value::Int(row.scope),
        Value::Int(row.card.key()),
        Value::Int(row.wallet.key()),
        Value::from(row.status.as_str()),
        Value::Int(row.amount.units()),
        Value::Int(row.amounts.held().units()),
        Value::from(row.merchant.category.as_str()),
        Value::from(merchant),
        Value::from(row.decline_reason.map(DeclineReason::as_str)),
        Value::from(row.decline_message.as_deref()),
        Value::from(row.hold.map(|hold| hold.key())),
        Value::Int(row.created_at.micros()),
        Value::from(row.expires_at.map(Timestamp::micros)),
    ];
    tx.execute(text, &values).map(drop)
}

/// Writes where authorizations stand, in one statement for any number. Their rows
/// are there: what they never change is sent only because a row must be whole.
pub(super) fn update(tx: &mut Tx<'_>, rows: &[AuthorizationRow]) -> DbResult<()> {
    let mut values = Vec::with_capacity(rows.len() * STANDING.columns.len());
    for row in rows {
        values.extend([
            Value::Int(row.id.key()),
            Value::Int(row.scope),
            Value::Int(row.card.key()),
            Value::Int(row.wallet.key()),
            Value::from(row.status.as_str()),
            Value::Int(row.amount.units()),
            Value::Int(row.amounts.held().units()),
            Value::Int(row.amounts.captured.units()),
            Value::Int(row.amounts.released.units()),
            Value::Int(row.amounts.refunded.units()),
            Value::from(row.merchant.category.as_str()),
            Value::from(""),
            Value::Int(row.created_at.micros()),
            Value::Int(row.updated_at.micros()),
        ]);
    }
    tx.insert(&STANDING, values)
}

const STANDING: Insert = Insert {
    table: "card_authorizations",
    columns: &[
        Column::Int("id"),
        Column::Int("scope_id"),
        Column::Int("card_id"),
        Column::Int("wallet_id"),
        Column::Text("status"),
        Column::Int("amount"),
        Column::Int("held"),
        Column::Int("captured"),
        Column::Int("released"),
        Column::Int("refunded"),
        Column::Text("category"),
        Column::Text("merchant"),
        Column::Int("created_at"),
        Column::Int("updated_at"),
    ],
    on_conflict: "ON CONFLICT (id) DO UPDATE SET status = excluded.status, held = excluded.held, \
                  captured = excluded.captured, released = excluded.released, \
                  refunded = excluded.refunded, updated_at = excluded.updated_at",
};

pub(super) fn get(
    connection: &mut Connection,
    id: CardAuthorizationId,
) -> DbResult<Option<AuthorizationRow>> {
    let text = format!("{SELECT} WHERE a.id = $1");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read).transpose()
}

/// A card's authorizations, newest first.
pub(super) fn list(
    connection: &mut Connection,
    card: CardId,
    before: i64,
    limit: i64,
) -> DbResult<Vec<AuthorizationRow>> {
    let select = SELECT.replace(
        "card_authorizations a",
        "card_authorizations AS a INDEXED BY card_authorizations_by_card",
    );
    let text = format!("{select} WHERE a.card_id = $1 AND a.id < $2 ORDER BY a.id DESC LIMIT $3");
    let values = [card.key(), before, limit].map(Value::Int);
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(read).collect()
}

/// What a wallet's cards still hold, or one of them.
pub(super) fn open(
    connection: &mut Connection,
    wallet: WalletId,
    card: Option<CardId>,
) -> DbResult<Vec<AuthorizationRow>> {
    let of_card = card.map_or("", |_| "AND a.card_id = $2");
    let text = format!("{SELECT} WHERE a.wallet_id = $1 {of_card} AND a.held > 0 ORDER BY a.id");
    let mut values = vec![Value::Int(wallet.key())];
    values.extend(card.map(|card| Value::Int(card.key())));
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(read).collect()
}

/// How many authorizations of a wallet still hold something, counted up to `limit`.
pub(super) fn count_open(tx: &mut Tx<'_>, wallet: WalletId, limit: i64) -> DbResult<i64> {
    let text = "SELECT COUNT(*) FROM (SELECT id FROM card_authorizations WHERE wallet_id = $1 \
                AND held > 0 LIMIT $2) AS still_open";
    let row = tx.query_one(text, &[Value::Int(wallet.key()), Value::Int(limit)])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Authorizations that end at `now` or ended before, oldest first.
pub(super) fn ending(
    connection: &mut Connection,
    now: Timestamp,
    limit: i64,
) -> DbResult<Vec<AuthorizationRow>> {
    let text = format!(
        "{SELECT} WHERE a.held > 0 AND a.expires_at <= $1 ORDER BY a.expires_at, a.id LIMIT $2"
    );
    let rows = connection.query_composed(&text, &[Value::Int(now.micros()), Value::Int(limit)])?;
    rows.iter().map(read).collect()
}

/// Notes which authorization a ledger transaction belongs to.
pub(super) fn insert_posting(
    tx: &mut Tx<'_>,
    transaction: TransactionId,
    authorization: CardAuthorizationId,
    amount: Amount,
) -> DbResult<()> {
    let text = "INSERT INTO card_postings (id, authorization_id, amount) VALUES ($1, $2, $3)";
    let values = [transaction.key(), authorization.key(), amount.units()].map(Value::Int);
    tx.execute(text, &values).map(drop)
}

/// The newest capture of an authorization.
pub(super) fn last_capture(
    tx: &mut Tx<'_>,
    authorization: CardAuthorizationId,
) -> DbResult<Option<TransactionId>> {
    let text = "SELECT id FROM card_postings WHERE authorization_id = $1 AND amount > 0 \
                ORDER BY id DESC LIMIT 1";
    let row = tx.query_one(text, &[Value::Int(authorization.key())])?;
    row.map_or(Ok(None), |row| Ok(TransactionId::from_key(row.int(0)?)))
}

/// Notes when books are settled, unless that is noted already.
pub(super) fn plan_settlement(tx: &mut Tx<'_>, scope: ScopeId, due_at: Timestamp) -> DbResult<()> {
    let text = "INSERT INTO card_settlements_due (id, due_at) VALUES ($1, $2) \
                ON CONFLICT (id) DO NOTHING";
    tx.execute(text, &[Value::Int(scope), Value::Int(due_at.micros())]).map(drop)
}

/// Books that are to be settled at `now` or before.
pub(super) fn unsettled(
    connection: &mut Connection,
    now: Timestamp,
    limit: i64,
) -> DbResult<Vec<ScopeId>> {
    let text = "SELECT id FROM card_settlements_due WHERE due_at <= $1 ORDER BY due_at LIMIT $2";
    let rows = connection.query(text, &[Value::Int(now.micros()), Value::Int(limit)])?;
    rows.iter().map(|row| row.int(0)).collect()
}

/// Notes that books were settled.
pub(super) fn forget_settlement(tx: &mut Tx<'_>, scope: ScopeId) -> DbResult<()> {
    let text = "DELETE FROM card_settlements_due WHERE id = $1";
    tx.execute(text, &[Value::Int(scope)]).map(drop)
}
