//! Rows of transfers.

use std::sync::Arc;

use wallgent_api::types::transfers::Party;
use wallgent_core::id::{
    ApprovalId, BankAccountId, OrganizationId, TransactionId, TransferId, WalletId,
};
use wallgent_core::transfer::{Direction, Rail, TransferStatus};
use wallgent_core::{Amount, Environment, Timestamp};

use crate::db::{Connection, DbError, DbResult, Row, Value};
use crate::engine::{ScopeId, Tx};
use crate::rails::{Adapter, Outcome};

/// A transfer.
#[derive(Clone, Debug)]
pub struct TransferRow {
    pub id: TransferId,
    pub scope: ScopeId,
    pub organization: OrganizationId,
    pub environment: Environment,
    pub wallet: WalletId,
    /// Who is paid by an internal transfer.
    pub to_wallet: Option<WalletId>,
    pub direction: Direction,
    pub rail: Rail,
    pub status: TransferStatus,
    pub amount: Amount,
    pub fee: Amount,
    pub currency: String,
    pub bank_account: Option<BankAccountId>,
    /// The other side, as it is shown.
    pub party: Option<Party>,
    /// The number of its bank account, sealed; gone when the rail needs it no more.
    pub account_number: Option<Vec<u8>>,
    pub description: Option<String>,
    pub idempotency_key: Option<String>,
    pub approval: Option<ApprovalId>,
    pub approval_expires_at: Option<Timestamp>,
    /// Who carries it out; none inside an organization.
    pub adapter: Option<Adapter>,
    pub external_id: Option<String>,
    /// When the rail took it on.
    pub accepted_at: Option<Timestamp>,
    /// How often the rail did not answer.
    pub attempts: i64,
    pub failure_reason: Option<String>,
    pub settlement: Option<TransactionId>,
    /// What its return left owing.
    pub shortfall: Amount,
    pub cancel_asked_at: Option<Timestamp>,
    /// The idempotency key of who asked, in its namespace.
    pub cancel_claim: Option<Vec<u8>>,
    /// Since when it may be carried out, and the window it counts in.
    pub requested_at: Timestamp,
    /// When it next needs to be looked at.
    pub due_at: Option<Timestamp>,
    /// When the rail has kept silent for too long.
    pub deadline_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

const SELECT: &str = "SELECT x.id, x.scope_id, s.organization_id, s.environment, x.wallet_id, \
    x.to_wallet_id, x.direction, x.rail, x.status, x.amount, x.fee, x.currency, \
    x.bank_account_id, x.party, x.account_number, x.description, x.idempotency_key, \
    x.approval_id, a.expires_at, x.adapter, x.external_id, x.accepted_at, x.attempts, \
    x.failure_reason, x.settlement_id, x.shortfall, x.cancel_asked_at, x.cancel_claim, \
    x.requested_at, x.due_at, x.deadline_at, x.completed_at, x.created_at, x.updated_at \
    FROM transfers x JOIN scopes s ON s.id = x.scope_id \
    LEFT JOIN approvals a ON a.id = x.approval_id";

fn broken() -> DbError {
    DbError::Layout("a transfer's row cannot be read".to_owned())
}

fn read(row: &Row) -> DbResult<TransferRow> {
    let amount = |column| row.int(column).map(Amount::from_units);
    let time = |column| row.int(column).map(Timestamp::from_micros);
    let maybe_time = |column| Ok::<_, DbError>(row.maybe_int(column)?.map(Timestamp::from_micros));
    let text = |column| Ok::<_, DbError>(row.maybe_text(column)?.map(str::to_owned));
    let bytes = |column| Ok::<_, DbError>(row.maybe_bytes(column)?.map(<[u8]>::to_vec));
    let party = row.maybe_text(13)?.map(serde_json::from_str).transpose();
    Ok(TransferRow {
        id: TransferId::from_key(row.int(0)?).ok_or_else(broken)?,
        scope: row.int(1)?,
        organization: OrganizationId::from_key(row.int(2)?).ok_or_else(broken)?,
        environment: Environment::from_name(row.text(3)?).ok_or_else(broken)?,
        wallet: WalletId::from_key(row.int(4)?).ok_or_else(broken)?,
        to_wallet: row.maybe_int(5)?.and_then(WalletId::from_key),
        direction: Direction::from_name(row.text(6)?).ok_or_else(broken)?,
        rail: Rail::from_name(row.text(7)?).ok_or_else(broken)?,
        status: TransferStatus::from_name(row.text(8)?).ok_or_else(broken)?,
        amount: amount(9)?,
        fee: amount(10)?,
        currency: row.text(11)?.to_owned(),
        bank_account: row.maybe_int(12)?.and_then(BankAccountId::from_key),
        party: party.map_err(|_| broken())?,
        account_number: bytes(14)?,
        description: text(15)?,
        idempotency_key: text(16)?,
        approval: row.maybe_int(17)?.and_then(ApprovalId::from_key),
        approval_expires_at: maybe_time(18)?,
        adapter: row.maybe_text(19)?.and_then(Adapter::from_name),
        external_id: text(20)?,
        accepted_at: maybe_time(21)?,
        attempts: row.int(22)?,
        failure_reason: text(23)?,
        settlement: row.maybe_int(24)?.and_then(TransactionId::from_key),
        shortfall: amount(25)?,
        cancel_asked_at: maybe_time(26)?,
        cancel_claim: bytes(27)?,
        requested_at: time(28)?,
        due_at: maybe_time(29)?,
        deadline_at: maybe_time(30)?,
        completed_at: maybe_time(31)?,
        created_at: time(32)?,
        updated_at: time(33)?,
    })
}

fn micros(time: Option<Timestamp>) -> Value {
    Value::from(time.map(Timestamp::micros))
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &TransferRow) -> DbResult<()> {
    let text = "INSERT INTO transfers (id, scope_id, wallet_id, to_wallet_id, direction, rail, \
                status, amount, fee, currency, bank_account_id, party, account_number, \
                description, idempotency_key, approval_id, adapter, attempts, shortfall, \
                requested_at, due_at, completed_at, created_at, updated_at) VALUES ($1, $2, $3, \
                $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, 0, $18, $19, \
                $20, $21, $21)";
    let party = row.party.as_ref().map(serde_json::to_string).transpose();
    let values = [
        Value::Int(row.id.key()),
        Value::Int(row.scope),
        Value::Int(row.wallet.key()),
        Value::from(row.to_wallet.map(|id| id.key())),
        Value::from(row.direction.as_str()),
        Value::from(row.rail.as_str()),
        Value::from(row.status.as_str()),
        Value::Int(row.amount.units()),
        Value::Int(row.fee.units()),
        Value::from(row.currency.as_str()),
        Value::from(row.bank_account.map(|id| id.key())),
        Value::from(party.map_err(|_| broken())?),
        Value::from(row.account_number.clone()),
        Value::from(row.description.as_deref()),
        Value::from(row.idempotency_key.as_deref()),
        Value::from(row.approval.map(|id| id.key())),
        Value::from(row.adapter.map(Adapter::as_str)),
        Value::Int(row.requested_at.micros()),
        micros(row.due_at),
        micros(row.completed_at),
        Value::Int(row.created_at.micros()),
    ];
    tx.execute(text, &values).map(drop)
}

/// Writes what changes of a transfer.
pub(super) fn update(tx: &mut Tx<'_>, row: &TransferRow) -> DbResult<()> {
    let text = "UPDATE transfers SET status = $2, account_number = $3, external_id = $4, \
                accepted_at = $5, attempts = $6, failure_reason = $7, settlement_id = $8, \
                shortfall = $9, cancel_asked_at = $10, cancel_claim = $11, requested_at = $12, \
                due_at = $13, deadline_at = $14, completed_at = $15, updated_at = $16, \
                adapter = $17 WHERE id = $1";
    let values = [
        Value::Int(row.id.key()),
        Value::from(row.status.as_str()),
        Value::from(row.account_number.clone()),
        Value::from(row.external_id.as_deref()),
        micros(row.accepted_at),
        Value::Int(row.attempts),
        Value::from(row.failure_reason.as_deref()),
        Value::from(row.settlement.map(|id| id.key())),
        Value::Int(row.shortfall.units()),
        micros(row.cancel_asked_at),
        Value::from(row.cancel_claim.clone()),
        Value::Int(row.requested_at.micros()),
        micros(row.due_at),
        micros(row.deadline_at),
        micros(row.completed_at),
        Value::Int(row.updated_at.micros()),
        Value::from(row.adapter.map(Adapter::as_str)),
    ];
    tx.execute(text, &values).map(drop)
}

/// Notes that the first ledger transaction, which waited, is posted.
pub(super) fn set_posted(tx: &mut Tx<'_>, id: TransferId) -> DbResult<()> {
    let text = "UPDATE transactions SET status = 'POSTED', settled_at = $2 WHERE id = $1";
    tx.execute(text, &[Value::Int(id.key()), Value::Int(tx.now().micros())]).map(drop)
}

/// Notes that what the first ledger transaction took went back.
pub(super) fn set_reversed(tx: &mut Tx<'_>, id: TransferId, amount: Amount) -> DbResult<()> {
    let text = "UPDATE transactions SET status = 'REVERSED', reversed_amount = $2 WHERE id = $1";
    tx.execute(text, &[Value::Int(id.key()), Value::Int(amount.units())]).map(drop)
}

/// Reads one transfer.
pub fn get(connection: &mut Connection, id: TransferId) -> DbResult<Option<TransferRow>> {
    let text = format!("{SELECT} WHERE x.id = $1");
    let rows = connection.query_composed(&text, &[Value::Int(id.key())])?;
    rows.first().map(read).transpose()
}

/// Transfers that need to be looked at, the longest due first.
pub(super) fn due(
    connection: &mut Connection,
    now: Timestamp,
    limit: i64,
) -> DbResult<Vec<TransferRow>> {
    let text = format!(
        "{SELECT} WHERE x.due_at IS NOT NULL AND x.due_at <= $1 ORDER BY x.due_at, x.id LIMIT $2"
    );
    let rows = connection.query_composed(&text, &[Value::Int(now.micros()), Value::Int(limit)])?;
    rows.iter().map(read).collect()
}

/// Transfers that wait for the operator, oldest first: to be carried out, or
/// because of a report that is not posted.
pub(super) fn by_hand(
    connection: &mut Connection,
    after: i64,
    limit: i64,
) -> DbResult<Vec<TransferRow>> {
    let mut told = Vec::new();
    for which in [
        "x.adapter = 'MANUAL' AND x.status = 'PROCESSING' AND x.id > $1",
        "x.id IN (SELECT transfer_id FROM unposted_results WHERE transfer_id > $1 \
         ORDER BY transfer_id LIMIT $2)",
    ] {
        let text = format!("{SELECT} WHERE {which} ORDER BY x.id LIMIT $2");
        for row in connection.query_composed(&text, &[Value::Int(after), Value::Int(limit)])? {
            told.push(read(&row)?);
        }
    }
    told.sort_unstable_by_key(|row: &TransferRow| row.id);
    told.dedup_by_key(|row| row.id);
    told.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(told)
}

/// What a rail reported that is not posted.
#[derive(Clone, Debug)]
pub(super) struct UnpostedRow {
    pub(super) id: i64,
    pub(super) transfer: TransferId,
    pub(super) outcome: Outcome,
    /// Why it is not posted.
    pub(super) why: String,
    pub(super) told_at: Timestamp,
    /// When it is tried again; never, when it contradicts how its transfer ended.
    pub(super) due_at: Option<Timestamp>,
}

const SELECT_UNPOSTED: &str =
    "SELECT id, transfer_id, outcome, reason, why, told_at, due_at FROM unposted_results";

fn read_unposted(row: &Row) -> DbResult<UnpostedRow> {
    let broken = || DbError::Layout("an unposted result's row cannot be read".to_owned());
    Ok(UnpostedRow {
        id: row.int(0)?,
        transfer: TransferId::from_key(row.int(1)?).ok_or_else(broken)?,
        outcome: Outcome::from_parts(row.text(2)?, row.maybe_text(3)?).ok_or_else(broken)?,
        why: row.text(4)?.to_owned(),
        told_at: Timestamp::from_micros(row.int(5)?),
        due_at: row.maybe_int(6)?.map(Timestamp::from_micros),
    })
}

/// Keeps a result. One that is kept already stays as it is.
pub(super) fn keep_result(tx: &mut Tx<'_>, row: &UnpostedRow) -> DbResult<()> {
    let text = "INSERT INTO unposted_results (id, transfer_id, outcome, reason, why, told_at, \
                due_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                ON CONFLICT (transfer_id, outcome) DO NOTHING";
    let values = [
        Value::Int(row.id),
        Value::Int(row.transfer.key()),
        Value::from(row.outcome.as_str()),
        Value::from(row.outcome.reason()),
        Value::from(row.why.as_str()),
        Value::Int(row.told_at.micros()),
        micros(row.due_at),
    ];
    tx.execute(text, &values).map(drop)
}

/// The results of a transfer that are not posted, as they were told.
pub(super) fn unposted(
    connection: &mut Connection,
    transfer: TransferId,
) -> DbResult<Vec<UnpostedRow>> {
    let text = format!("{SELECT_UNPOSTED} WHERE transfer_id = $1 ORDER BY id");
    let rows = connection.query_composed(&text, &[Value::Int(transfer.key())])?;
    rows.iter().map(read_unposted).collect()
}

/// Results that are to be tried again, the longest due first.
pub(super) fn due_results(
    connection: &mut Connection,
    now: Timestamp,
    limit: i64,
) -> DbResult<Vec<UnpostedRow>> {
    let text = format!(
        "{SELECT_UNPOSTED} WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2"
    );
    let rows = connection.query_composed(&text, &[Value::Int(now.micros()), Value::Int(limit)])?;
    rows.iter().map(read_unposted).collect()
}

pub(super) fn put_off_result(tx: &mut Tx<'_>, id: i64, until: Timestamp) -> DbResult<()> {
    let text = "UPDATE unposted_results SET due_at = $2 WHERE id = $1 AND due_at IS NOT NULL";
    tx.execute(text, &[Value::Int(id), Value::Int(until.micros())]).map(drop)
}

pub(super) fn forget_result(tx: &mut Tx<'_>, id: i64) -> DbResult<()> {
    tx.execute("DELETE FROM unposted_results WHERE id = $1", &[Value::Int(id)]).map(drop)
}

/// What a list of transfers is narrowed to.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) scope: ScopeId,
    /// Only transfers of these wallets.
    pub(super) wallets: Option<Arc<[WalletId]>>,
    pub(super) direction: Option<Direction>,
    pub(super) status: Option<TransferStatus>,
    /// Transfers asked for with this idempotency key.
    pub(super) key: Option<String>,
    pub(super) before: i64,
    pub(super) limit: i64,
}

/// Which transfers one walk through an index finds.
#[derive(Clone, Copy, Debug)]
enum Walk {
    /// An organization's.
    Scope(ScopeId),
    /// Those of one wallet that it asked for.
    Wallet(WalletId),
    /// What came to one wallet.
    Received(WalletId),
}

impl Walk {
    /// The walks that a list takes together. A key is its sender's, and finds few
    /// in the whole organization.
    fn all(filter: &Filter) -> Vec<Self> {
        let Some(wallets) = filter.wallets.as_ref().filter(|_| filter.key.is_none()) else {
            return vec![Self::Scope(filter.scope)];
        };
        // Only what moved inside is received, and shows from when it is there.
        let internal = filter.direction.is_none_or(|it| it == Direction::Internal);
        let completed = filter.status.is_none_or(|it| it == TransferStatus::Completed);
        let mut walks = Vec::new();
        for wallet in wallets.iter() {
            walks.push(Self::Wallet(*wallet));
            if internal && completed {
                walks.push(Self::Received(*wallet));
            }
        }
        walks
    }

    /// Where it begins: a column, and its value.
    const fn start(self) -> (&'static str, i64) {
        match self {
            Self::Scope(scope) => ("scope_id", scope),
            Self::Wallet(wallet) => ("wallet_id", wallet.key()),
            Self::Received(wallet) => ("to_wallet_id", wallet.key()),
        }
    }

    /// The index that has what is asked for side by side.
    const fn index(self, filter: &Filter) -> &'static str {
        match (self, &filter.key, filter.status, filter.direction) {
            (Self::Received(_), ..) => "transfers_received",
            (Self::Scope(_), Some(_), ..) => "transfers_by_key",
            (Self::Scope(_), None, Some(_), _) => "transfers_by_status",
            (Self::Scope(_), None, None, Some(_)) => "transfers_by_direction",
            (Self::Scope(_), None, None, None) => "transfers_by_scope",
            (Self::Wallet(_), _, Some(_), _) => "transfers_by_wallet_status",
            (Self::Wallet(_), _, None, Some(_)) => "transfers_by_wallet_direction",
            (Self::Wallet(_), _, None, None) => "transfers_by_wallet",
        }
    }

    fn query(self, filter: &Filter) -> (String, Vec<Value>) {
        let ((column, key), index) = (self.start(), self.index(filter));
        let select = SELECT.replace("transfers x", &format!("transfers AS x INDEXED BY {index}"));
        let mut text = format!("{select} WHERE x.{column} = $1 AND x.id < $2");
        let mut values = [key, filter.before, filter.limit].map(Value::Int).to_vec();
        let mut narrow = |column: &str, value: Value| {
            values.push(value);
            text.push_str(&format!(" AND x.{column} = ${}", values.len()));
        };
        if !matches!(self, Self::Scope(_)) {
            narrow("scope_id", Value::Int(filter.scope));
        }
        if matches!(self, Self::Received(_)) {
            narrow("status", Value::from(TransferStatus::Completed.as_str()));
        }
        let words = [
            ("direction", filter.direction.map(Direction::as_str)),
            ("status", filter.status.map(TransferStatus::as_str)),
            ("idempotency_key", filter.key.as_deref()),
        ];
        for (column, word) in words {
            if let Some(word) = word {
                narrow(column, Value::from(word));
            }
        }
        if let (Self::Scope(_), Some(wallets)) = (self, &filter.wallets) {
            let wallets: Vec<String> = wallets.iter().map(|it| it.key().to_string()).collect();
            text.push_str(&format!(" AND x.wallet_id IN ({})", wallets.join(", ")));
        }
        text.push_str(" ORDER BY x.id DESC LIMIT $3");
        (text, values)
    }
}

/// Lists transfers, newest first.
pub(super) fn list(connection: &mut Connection, filter: &Filter) -> DbResult<Vec<TransferRow>> {
    let mut rows = Vec::new();
    for walk in Walk::all(filter) {
        let (text, values) = walk.query(filter);
        for row in connection.query_composed(&text, &values)? {
            rows.push(read(&row)?);
        }
    }
    rows.sort_unstable_by_key(|row: &TransferRow| std::cmp::Reverse(row.id));
    rows.dedup_by_key(|row| row.id);
    rows.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::plans;

    #[test]
    fn every_list_walks_an_index_that_has_what_is_asked_for() {
        let wallet = WalletId::from_key(7).expect("a number");
        let (status, direction) = (TransferStatus::Failed, Direction::Internal);
        let narrowed = [
            (None, None, None, ""),
            (Some(status), None, None, " AND status=?"),
            (None, Some(direction), None, " AND direction=?"),
            (Some(status), Some(direction), None, " AND status=?"),
            (None, None, Some("key"), " AND idempotency_key=?"),
            (Some(status), None, Some("key"), " AND idempotency_key=?"),
        ];
        for wallets in [None, Some(Arc::from([wallet]))] {
            for (status, direction, key, by) in narrowed {
                let filter = Filter {
                    scope: 1,
                    wallets: wallets.clone(),
                    direction,
                    status,
                    key: key.map(str::to_owned),
                    before: i64::MAX,
                    limit: 20,
                };
                for walk in Walk::all(&filter) {
                    let (text, values) = walk.query(&filter);
                    let plan = plans::plan_of(&text, &values);
                    let received = matches!(walk, Walk::Received(_));
                    let by = if received { "" } else { by };
                    let range =
                        format!("{} ({}=?{by} AND id<?)", walk.index(&filter), walk.start().0);
                    assert!(plan.contains(&range), "{range} is not in {plan}");
                    assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
                }
            }
        }
    }
}
