//! Rows of payments.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use wallgent_core::id::{ApprovalId, BatchId, TransactionId, WalletId};
use wallgent_core::payment::{PaymentStatus, Rail};
use wallgent_core::{Amount, Environment, Timestamp};

use crate::caller::Caller;
use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{ScopeId, Tx};

/// Payments that one statement reads.
const LOADED_AT_ONCE: usize = 64;

/// Whose eyes see a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The organization that pays.
    Sender,
    /// An organization that is only paid.
    Receiver,
}

/// A payment.
#[derive(Clone, Debug)]
pub struct PaymentRow {
    pub id: TransactionId,
    pub scope: ScopeId,
    pub to_scope: Option<ScopeId>,
    pub environment: Environment,
    pub view: View,
    pub status: PaymentStatus,
    pub from: WalletId,
    pub to: WalletId,
    pub amount: Amount,
    pub fee: Amount,
    pub balance_after: Option<Amount>,
    pub available_after: Option<Amount>,
    pub reversed: Amount,
    pub description: Option<String>,
    pub idempotency_key: Option<String>,
    pub batch: Option<BatchId>,
    pub approval: Option<ApprovalId>,
    pub approval_expires_at: Option<Timestamp>,
    pub reversal: Option<TransactionId>,
    pub rail: Rail,
    pub created_at: Timestamp,
    pub settled_at: Option<Timestamp>,
}

const COLUMNS: &str = "t.id, t.scope_id, t.to_scope_id, s.environment, t.status, \
    t.from_wallet_id, t.to_wallet_id, t.amount, t.fee, t.balance_after, t.available_after, \
    t.reversed_amount, t.description, t.idempotency_key, t.batch_id, t.approval_id, \
    a.expires_at, t.created_at, t.settled_at, t.rail, t.related_id";

const SOURCE: &str = "transactions t JOIN scopes s ON s.id = t.scope_id \
    LEFT JOIN approvals a ON a.id = t.approval_id";

fn read(row: &Row) -> DbResult<PaymentRow> {
    let broken = || DbError::Layout("a payment's row cannot be read".to_owned());
    let wallet =
        |column| row.int(column).and_then(|key| WalletId::from_key(key).ok_or_else(broken));
    let amount = |column| row.int(column).map(Amount::from_units);
    let maybe_amount = |column| Ok::<_, DbError>(row.maybe_int(column)?.map(Amount::from_units));
    Ok(PaymentRow {
        id: TransactionId::from_key(row.int(0)?).ok_or_else(broken)?,
        scope: row.int(1)?,
        to_scope: row.maybe_int(2)?,
        environment: Environment::from_name(row.text(3)?).ok_or_else(broken)?,
        view: View::Sender,
        status: PaymentStatus::from_name(row.text(4)?).ok_or_else(broken)?,
        from: wallet(5)?,
        to: wallet(6)?,
        amount: amount(7)?,
        fee: amount(8)?,
        balance_after: maybe_amount(9)?,
        available_after: maybe_amount(10)?,
        reversed: amount(11)?,
        description: row.maybe_text(12)?.map(str::to_owned),
        idempotency_key: row.maybe_text(13)?.map(str::to_owned),
        batch: row.maybe_int(14)?.and_then(BatchId::from_key),
        approval: row.maybe_int(15)?.and_then(ApprovalId::from_key),
        approval_expires_at: row.maybe_int(16)?.map(Timestamp::from_micros),
        reversal: None,
        rail: rail(row.maybe_text(19)?, row.maybe_int(20)?)?,
        created_at: Timestamp::from_micros(row.int(17)?),
        settled_at: row.maybe_int(18)?.map(Timestamp::from_micros),
    })
}

/// The rail in a payment's row, with what it is made for.
pub fn rail(name: Option<&str>, number: Option<i64>) -> DbResult<Rail> {
    let Some(name) = name else { return Ok(Rail::Ledger) };
    let broken = || DbError::Layout("a payment's rail cannot be read".to_owned());
    Rail::from_parts(name, number).ok_or_else(broken)
}

impl PaymentRow {
    /// Whether the payment exists for a scope: for the receiver's from when it
    /// is posted, so that nobody learns what the sender's policies decide.
    #[must_use]
    pub fn concerns(&self, scope: ScopeId) -> bool {
        self.scope == scope || (self.to_scope == Some(scope) && self.settled_at.is_some())
    }

    /// The payment as somebody sees it: as its sender does only who sees the
    /// wallet that pays.
    #[must_use]
    pub fn seen_by(mut self, viewer: &Viewer) -> Self {
        let sends = self.scope == viewer.scope && viewer.sees(self.from);
        self.view = if sends { View::Sender } else { View::Receiver };
        self
    }
}

/// Who looks at payments: an organization, or those who see some of its wallets
/// only.
#[derive(Clone, Debug, Default)]
pub struct Viewer {
    pub scope: ScopeId,
    pub wallets: Option<Arc<[WalletId]>>,
}

impl Viewer {
    /// Everybody in an organization.
    #[must_use]
    pub const fn all_of(scope: ScopeId) -> Self {
        Self { scope, wallets: None }
    }

    /// Somebody who sees one wallet.
    #[must_use]
    pub fn of_wallet(scope: ScopeId, wallet: WalletId) -> Self {
        Self { scope, wallets: Some(Arc::new([wallet])) }
    }

    /// A caller, as to what is its own.
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        Self { scope: caller.scope, wallets: caller.wallets.clone() }
    }

    fn sees(&self, wallet: WalletId) -> bool {
        self.wallets.as_ref().is_none_or(|wallets| wallets.contains(&wallet))
    }
}

/// Reads one payment.
pub fn load(connection: &mut Connection, id: TransactionId) -> DbResult<Option<PaymentRow>> {
    let text = format!("SELECT {COLUMNS} FROM {SOURCE} WHERE t.id = $1 AND t.kind = 'PAYMENT'");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read).transpose()
}

/// Reads many payments at once, in an order of its own.
pub fn load_all(
    connection: &mut Connection,
    ids: &[TransactionId],
) -> DbResult<FxHashMap<TransactionId, PaymentRow>> {
    let places: Vec<String> = (1..=LOADED_AT_ONCE).map(|place| format!("${place}")).collect();
    let text = format!(
        "SELECT {COLUMNS} FROM {SOURCE} WHERE t.id IN ({}) AND t.kind = 'PAYMENT'",
        places.join(", ")
    );
    let mut found = FxHashMap::default();
    for part in ids.chunks(LOADED_AT_ONCE) {
        // One statement for any number: what is left over asks for nothing.
        let mut values: Vec<Value> = part.iter().map(|id| Value::Int(id.key())).collect();
        values.resize(LOADED_AT_ONCE, Value::Int(0));
        for row in &connection.query_composed(&text, &values)? {
            let payment = read(row)?;
            found.insert(payment.id, payment);
        }
    }
    Ok(found)
}

/// What a list of payments is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub scope: ScopeId,
    /// Where idempotency keys count: the caller's, also for a wallet lent to it.
    pub key_scope: ScopeId,
    /// Who looks.
    pub viewer: Viewer,
    /// Only payments of these wallets, when the key sees no others.
    pub wallets: Option<Vec<WalletId>>,
    pub status: Option<PaymentStatus>,
    /// Payments sent with this idempotency key.
    pub key: Option<String>,
    /// Only numbers below this.
    pub before: i64,
    /// Only numbers from this on.
    pub from: i64,
    pub limit: i64,
}

/// Lists payments, newest first.
pub fn list(connection: &mut Connection, filter: &Filter) -> DbResult<Vec<PaymentRow>> {
    if let Some(key) = &filter.key {
        return with_key(connection, filter, key);
    }
    let rows = match &filter.wallets {
        Some(wallets) => of_wallets(connection, filter, wallets)?,
        None => {
            let ids = of_scope(connection, filter, None)?;
            rows_of(connection, &ids)?
        }
    };
    rows.iter().map(read).map(|row| Ok(row?.seen_by(&filter.viewer))).collect()
}

/// The numbers of a scope's payments, of one wallet or of all, newest first.
/// What is only received shows from when it is posted. The index is named because
/// SQLite would rather walk the whole table backwards.
fn of_scope(
    connection: &mut Connection,
    filter: &Filter,
    wallet: Option<WalletId>,
) -> DbResult<Vec<i64>> {
    let status = status_clause(filter);
    let wanted =
        if wallet.is_some() { "AND (from_wallet_id = $5 OR to_wallet_id = $5)" } else { "" };
    let unusual = filter.status.is_some_and(|status| status != PaymentStatus::Posted);
    let (sent, received) = if unusual {
        ("transactions_unusual", "transactions_unusual_received")
    } else {
        ("transactions_by_scope", "transactions_received")
    };
    let branch = |side: &str, index: &str, posted: &str| {
        format!(
            "SELECT * FROM (SELECT id FROM transactions INDEXED BY {index} WHERE {side} = $1 \
             {posted} AND id < $2 AND id >= $3 AND kind = 'PAYMENT' {status} {wanted} \
             ORDER BY id DESC LIMIT $4) AS {side}_ids"
        )
    };
    let text = format!(
        "SELECT id FROM ({} UNION ALL {}) AS ids ORDER BY id DESC LIMIT $4",
        branch("scope_id", sent, ""),
        branch("to_scope_id", received, "AND settled_at IS NOT NULL"),
    );
    let mut values =
        [filter.scope, filter.before, filter.from, filter.limit].map(Value::Int).to_vec();
    values.extend(wallet.map(|id| Value::Int(id.key())));
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(|row| row.int(0)).collect()
}

/// The statuses are our own words, never a caller's. The second condition lets
/// the store see that its index of unusual payments holds all that are asked
/// for.
fn status_clause(filter: &Filter) -> String {
    match filter.status {
        None => String::new(),
        Some(PaymentStatus::Posted) => "AND status = 'POSTED'".to_owned(),
        Some(status) => format!("AND status = '{}' AND status <> 'POSTED'", status.as_str()),
    }
}

/// Payments of some wallets: each wallet's chain is walked from its newest
/// payment that is wanted.
fn of_wallets(
    connection: &mut Connection,
    filter: &Filter,
    wallets: &[WalletId],
) -> DbResult<Vec<Row>> {
    let mut ids = Vec::new();
    for wallet in wallets {
        // Nearly all payments are posted: those that are not are few in the
        // scope's index, and far apart in the wallet's chain.
        ids.extend(match filter.status {
            None | Some(PaymentStatus::Posted) => chain_of(connection, filter, *wallet)?,
            Some(_) => of_scope(connection, filter, Some(*wallet))?,
        });
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.dedup();
    ids.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
    rows_of(connection, &ids)
}

/// CROSS JOIN keeps SQLite from walking all transactions instead of the chain.
fn chain_of(connection: &mut Connection, filter: &Filter, wallet: WalletId) -> DbResult<Vec<i64>> {
    let status = status_clause(filter).replace("status", "t.status");
    let visible = format!("(t.scope_id = $5 OR t.settled_at IS NOT NULL) {status}");
    let text = format!(
        "WITH RECURSIVE chain (id, found) AS ( \
             SELECT last_payment_id, CAST(0 AS BIGINT) FROM accounts WHERE id = $1 \
             UNION ALL \
             SELECT CASE WHEN t.from_wallet_id = $1 THEN t.previous_from_id \
                         ELSE t.previous_to_id END, \
                    chain.found + CASE WHEN t.id < $2 AND {visible} THEN 1 ELSE 0 END \
             FROM chain CROSS JOIN transactions t \
             WHERE t.id = chain.id AND chain.found < $4 AND chain.id >= $3 AND chain.id > 0 \
         ) \
         SELECT chain.id FROM chain CROSS JOIN transactions t \
         WHERE t.id = chain.id AND chain.id < $2 AND chain.id >= $3 AND {visible} ORDER BY chain.id DESC LIMIT $4"
    );
    let values =
        [wallet.key(), filter.before, filter.from, filter.limit, filter.scope].map(Value::Int);
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(|row| row.int(0)).collect()
}

fn rows_of(connection: &mut Connection, ids: &[i64]) -> DbResult<Vec<Row>> {
    let text = format!("SELECT {COLUMNS} FROM {SOURCE} WHERE t.id = $1 AND t.kind = 'PAYMENT'");
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(connection.query_composed(&text, &[Value::Int(*id)])?);
    }
    Ok(rows)
}

fn with_key(connection: &mut Connection, filter: &Filter, key: &str) -> DbResult<Vec<PaymentRow>> {
    let prefix = crate::idempotency::key_prefix(filter.key_scope, key);
    let ids = crate::idempotency::matching(connection, &prefix)?;
    let rows = rows_of(connection, &ids)?;
    let mut found = Vec::new();
    for row in &rows {
        let payment = read(row)?.seen_by(&filter.viewer);
        let in_range = payment.id.key() < filter.before && payment.id.key() >= filter.from;
        let of_wallet = filter
            .wallets
            .as_ref()
            .is_none_or(|wallets| wallets.contains(&payment.from) || wallets.contains(&payment.to));
        let of_status = filter.status.is_none_or(|status| status == payment.status);
        // Keys are their sender's.
        let sent = payment.view == View::Sender;
        let of_key = sent && payment.idempotency_key.as_deref() == Some(key);
        if in_range && of_wallet && of_status && of_key && payment.scope == filter.scope {
            found.push(payment);
        }
    }
    found.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// Notes that a payment that waited is posted.
pub(super) fn set_posted(tx: &mut Tx<'_>, row: &PaymentRow) -> DbResult<()> {
    let text = "UPDATE transactions SET status = $2, balance_after = $3, available_after = $4, \
                settled_at = $5 WHERE id = $1";
    let values = [
        Value::Int(row.id.key()),
        Value::from(row.status.as_str()),
        Value::from(row.balance_after.map(Amount::units)),
        Value::from(row.available_after.map(Amount::units)),
        Value::from(row.settled_at.map(Timestamp::micros)),
    ];
    tx.execute(text, &values).map(drop)
}

/// Notes how much of a payment was given back.
pub(super) fn set_reversed(
    tx: &mut Tx<'_>,
    id: TransactionId,
    reversed: Amount,
    status: PaymentStatus,
) -> DbResult<()> {
    let text = "UPDATE transactions SET reversed_amount = $1, status = $2 WHERE id = $3";
    let values = [Value::Int(reversed.units()), Value::from(status.as_str()), Value::Int(id.key())];
    tx.execute(text, &values).map(drop)
}
