//! Rows of approvals.

use wallgent_core::approval::ApprovalStatus;
use wallgent_core::id::{
    ApprovalId, BankAccountId, HoldId, KeyId, PolicyId, TransactionId, TransferId, WalletId,
};
use wallgent_core::payment::{PaymentStatus, Rail, TransactionKind};
use wallgent_core::{Amount, Timestamp};

use super::{Asked, Decided};
use crate::caller::Caller;
use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{ScopeId, Tx};
use crate::{payments, transfers};

pub(super) fn insert(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: ApprovalId,
    hold: HoldId,
    asked: &Asked,
    expires_at: Timestamp,
) -> DbResult<()> {
    let text = "INSERT INTO approvals (id, scope_id, wallet_id, policy_id, transaction_id, \
                hold_id, status, requested_by, spent_day, created_at, expires_at) \
                VALUES ($1, $2, $3, $4, $5, $6, 'PENDING', $7, $8, $9, $10)";
    let values = [
        Value::Int(id.key()),
        Value::Int(asked.scope),
        Value::Int(asked.wallet.key()),
        Value::Int(asked.policy.key()),
        Value::Int(asked.transaction.key()),
        Value::Int(hold.key()),
        Value::Int(caller.key.key()),
        Value::Int(tx.now().day().number()),
        Value::Int(tx.now().micros()),
        Value::Int(expires_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

/// An approval with its movement and its hold.
#[derive(Clone, Debug)]
pub(super) struct ApprovalRow {
    pub(super) id: ApprovalId,
    pub(super) scope: ScopeId,
    pub(super) wallet: WalletId,
    pub(super) policy: PolicyId,
    pub(super) status: ApprovalStatus,
    pub(super) requested_by: KeyId,
    pub(super) decided_by: Option<KeyId>,
    pub(super) decided_at: Option<Timestamp>,
    pub(super) reason: Option<String>,
    pub(super) hold: HoldId,
    pub(super) held: Amount,
    pub(super) transaction: TransactionId,
    /// The transfer, when it is one.
    pub(super) transfer: Option<TransferId>,
    pub(super) kind: TransactionKind,
    pub(super) rail: Rail,
    pub(super) amount: Amount,
    pub(super) description: Option<String>,
    /// A wallet, a bank account, or what is shown of somebody else.
    pub(super) recipient: String,
    /// The same, when it is a wallet.
    pub(super) to_wallet: Option<WalletId>,
    /// As far as the payer's organization may know it.
    pub(super) recipient_name: Option<String>,
    /// Whether everybody finds the recipient's name in the directory.
    pub(super) recipient_is_listed: bool,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

/// The recipient's name is told when it is the payer's own, or in the directory.
const SELECT: &str = "SELECT p.id, p.scope_id, p.wallet_id, p.policy_id, p.status, \
    p.requested_by, p.decided_by, p.decided_at, p.reason, p.hold_id, h.amount, \
    p.transaction_id, t.rail, t.amount, t.description, t.to_wallet_id, \
    CASE WHEN w.scope_id = p.scope_id OR w.discoverable = 'yes' THEN w.name END, \
    p.created_at, p.expires_at, w.discoverable, t.kind, x.id, x.bank_account_id, x.party, \
    t.related_id \
    FROM approvals p JOIN holds h ON h.id = p.hold_id \
    JOIN transactions t ON t.id = p.transaction_id LEFT JOIN wallets w ON w.id = t.to_wallet_id \
    LEFT JOIN transfers x ON x.id = p.transaction_id";

fn broken() -> DbError {
    DbError::Layout("an approval's row cannot be read".to_owned())
}

fn read(row: &Row) -> DbResult<ApprovalRow> {
    let wallet =
        |column| row.int(column).and_then(|key| WalletId::from_key(key).ok_or_else(broken));
    let to_wallet = row.maybe_int(15)?.and_then(WalletId::from_key);
    let (recipient, holder_name) = match to_wallet {
        Some(wallet) => (wallet.to_string(), None),
        None => {
            let account = row.maybe_int(22)?.and_then(BankAccountId::from_key);
            transfers::told_recipient(account, row.maybe_text(23)?)
        }
    };
    Ok(ApprovalRow {
        id: ApprovalId::from_key(row.int(0)?).ok_or_else(broken)?,
        scope: row.int(1)?,
        wallet: wallet(2)?,
        policy: PolicyId::from_key(row.int(3)?).ok_or_else(broken)?,
        status: ApprovalStatus::from_name(row.text(4)?).ok_or_else(broken)?,
        requested_by: KeyId::from_key(row.int(5)?).ok_or_else(broken)?,
        decided_by: row.maybe_int(6)?.and_then(KeyId::from_key),
        decided_at: row.maybe_int(7)?.map(Timestamp::from_micros),
        reason: row.maybe_text(8)?.map(str::to_owned),
        hold: HoldId::from_key(row.int(9)?).ok_or_else(broken)?,
        held: Amount::from_units(row.int(10)?),
        transaction: TransactionId::from_key(row.int(11)?).ok_or_else(broken)?,
        rail: payments::rail(row.maybe_text(12)?, row.maybe_int(24)?)?,
        amount: Amount::from_units(row.int(13)?),
        description: row.maybe_text(14)?.map(str::to_owned),
        recipient,
        to_wallet,
        recipient_name: row.maybe_text(16)?.map(str::to_owned).or(holder_name),
        created_at: Timestamp::from_micros(row.int(17)?),
        expires_at: Timestamp::from_micros(row.int(18)?),
        recipient_is_listed: row.maybe_text(19)?.is_none_or(|listed| listed == "yes"),
        kind: TransactionKind::from_name(row.text(20)?).ok_or_else(broken)?,
        transfer: row.maybe_int(21)?.and_then(TransferId::from_key),
    })
}

impl ApprovalRow {
    /// The approval without what the caller may not know: the name of a wallet
    /// that it does not see.
    pub(super) fn seen_by(mut self, caller: &Caller) -> Self {
        let sees = self.to_wallet.is_none_or(|wallet| caller.sees(wallet));
        let own = self.scope == caller.scope && sees;
        self.recipient_name = self.recipient_name.filter(|_| own || self.recipient_is_listed);
        self
    }
}

pub(super) fn get(connection: &mut Connection, id: ApprovalId) -> DbResult<Option<ApprovalRow>> {
    let text = format!("{SELECT} WHERE p.id = $1");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read).transpose()
}

/// Approvals that end at `now` or ended before, oldest first.
pub(super) fn due(
    connection: &mut Connection,
    now: Timestamp,
    limit: i64,
) -> DbResult<Vec<ApprovalRow>> {
    let text = format!(
        "{SELECT} WHERE p.status = 'PENDING' AND p.expires_at <= $1 \
         ORDER BY p.expires_at, p.id LIMIT $2"
    );
    let rows = connection.query_composed(&text, &[Value::Int(now.micros()), Value::Int(limit)])?;
    rows.iter().map(read).collect()
}

/// How many approvals wait on a wallet, counted up to `limit`.
pub(super) fn count_pending(tx: &mut Tx<'_>, wallet: WalletId, limit: i64) -> DbResult<i64> {
    let text = "SELECT COUNT(*) FROM (SELECT id FROM approvals WHERE wallet_id = $1 \
                AND status = 'PENDING' LIMIT $2) AS waiting";
    let row = tx.query_one(text, &[Value::Int(wallet.key()), Value::Int(limit)])?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// What waits on a wallet.
pub(super) fn pending_of(
    connection: &mut Connection,
    wallet: WalletId,
) -> DbResult<Vec<ApprovalRow>> {
    let text = format!("{SELECT} WHERE p.wallet_id = $1 AND p.status = 'PENDING' ORDER BY p.id");
    let rows = connection.query_composed(&text, &[Value::Int(wallet.key())])?;
    rows.iter().map(read).collect()
}

/// What a list of approvals is narrowed to.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) scope: ScopeId,
    /// Only these wallets'.
    pub(super) wallets: Option<Vec<WalletId>>,
    pub(super) status: Option<ApprovalStatus>,
    pub(super) before: i64,
    pub(super) limit: i64,
}

/// Lists approvals, newest first.
pub(super) fn list(connection: &mut Connection, filter: &Filter) -> DbResult<Vec<ApprovalRow>> {
    let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
    let waiting = filter.status == Some(ApprovalStatus::Pending);
    let (of_scope, of_wallet) = if waiting {
        ("approvals_waiting", "approvals_waiting_by_wallet")
    } else {
        ("approvals_by_scope", "approvals_by_wallet")
    };
    let mut rows = match &filter.wallets {
        None => list_by(connection, filter, ("scope_id", of_scope), filter.scope)?,
        Some(wallets) => {
            let mut rows = Vec::new();
            for wallet in wallets {
                let by = ("wallet_id", of_wallet);
                rows.extend(list_by(connection, filter, by, wallet.key())?);
            }
            rows
        }
    };
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    rows.truncate(limit);
    Ok(rows)
}

fn list_by(
    connection: &mut Connection,
    filter: &Filter,
    (column, index): (&str, &str),
    key: i64,
) -> DbResult<Vec<ApprovalRow>> {
    let select = SELECT.replace("approvals p", &format!("approvals AS p INDEXED BY {index}"));
    // Our own words, not values, so that the store sees which index holds them.
    let status = filter
        .status
        .map_or(String::new(), |status| format!("AND p.status = '{}'", status.as_str()));
    let text = format!(
        "{select} WHERE p.{column} = $1 AND p.id < $2 {status} ORDER BY p.id DESC LIMIT $3"
    );
    let values = [key, filter.before, filter.limit].map(Value::Int);
    let rows = connection.query_composed(&text, &values)?;
    rows.iter().map(read).collect()
}

/// Notes a decision on an approval, and on its payment unless that is posted.
pub(super) fn decide(tx: &mut Tx<'_>, row: &ApprovalRow, decided: &Decided<'_>) -> DbResult<()> {
    let text = "UPDATE approvals SET status = $2, decided_by = $3, decided_at = $4, reason = $5 \
                WHERE id = $1";
    let values = [
        Value::Int(row.id.key()),
        Value::from(decided.status.as_str()),
        Value::from(decided.by.map(|key| key.key())),
        Value::Int(tx.now().micros()),
        Value::from(decided.reason),
    ];
    tx.execute(text, &values)?;
    let payment = match decided.status {
        ApprovalStatus::Approved => return Ok(()),
        ApprovalStatus::Expired => PaymentStatus::Expired,
        _ => PaymentStatus::Rejected,
    };
    let text = "UPDATE transactions SET status = $2 WHERE id = $1";
    let values = [Value::Int(row.transaction.key()), Value::from(payment.as_str())];
    tx.execute(text, &values).map(drop)
}

/// When an approval ends.
pub fn expires_at(connection: &mut Connection, id: ApprovalId) -> DbResult<Option<Timestamp>> {
    let text = "SELECT expires_at FROM approvals WHERE id = $1";
    let row = connection.query_one(text, &[Value::Int(id.key())])?;
    row.map(|row| row.int(0).map(Timestamp::from_micros)).transpose()
}

/// Why an approval was rejected.
pub fn reason(connection: &mut Connection, id: ApprovalId) -> DbResult<Option<String>> {
    let text = "SELECT reason FROM approvals WHERE id = $1";
    let row = connection.query_one(text, &[Value::Int(id.key())])?;
    match row {
        Some(row) => Ok(row.maybe_text(0)?.map(str::to_owned)),
        None => Ok(None),
    }
}
