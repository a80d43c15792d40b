//! Approvals: movements that wait for a human.
//!
//! Asking holds the amount and its fee, so that they cannot be spent twice.
//! Agreeing decides the movement anew and posts it in the same transaction;
//! rejecting it, or letting its time pass, frees the funds. Each happens once:
//! a command reads the row again before it decides. What a movement is, a payment
//! or a transfer, only [`movement`] knows.

mod movement;
pub mod routes;
mod store;

use serde_json::{Value, json};
use wallgent_api::types::CURRENCY;
use wallgent_api::types::approvals::{Approval as Wire, TransactionDetails};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::approval::ApprovalStatus;
use wallgent_core::hold::{HoldReason, HoldStatus};
use wallgent_core::id::{ApprovalId, KeyId, PolicyId, TransactionId, WalletId};
use wallgent_core::payment::{Rail, TransactionKind};
use wallgent_core::policy::Policy;
use wallgent_core::{Amount, Timestamp};

use crate::app::App;
use crate::caller::Caller;
use crate::db::{Connection, DbError, DbResult};
use crate::engine::{ScopeId, Stop, Tx};
use crate::events::{self, Actor, Change, Subject};
use crate::holds::{self, Hold};
use crate::idempotency::Reply;
use crate::{error, policies};
use movement::Movement;
use store::ApprovalRow;

pub use store::{expires_at, reason};

/// Approvals that end in one commit. More wait for the next, so that nobody
/// else waits long.
const EXPIRED_AT_ONCE: i64 = 200;

/// Approvals that wait on one wallet. More would make its owner wait when it has
/// to end.
const WAITING_MAX: i64 = 1_000;

/// What a human is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Whose books.
    pub scope: ScopeId,
    /// The wallet that pays.
    pub wallet: WalletId,
    /// The policy that asks.
    pub policy: PolicyId,
    /// The payment, or the first ledger transaction of the transfer, that waits.
    pub transaction: TransactionId,
    /// Amount and fee.
    pub total: Amount,
}

/// A question that was put.
#[derive(Clone, Copy, Debug)]
pub struct Approval {
    /// Which approval.
    pub id: ApprovalId,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Holds the funds and asks.
pub fn ask(tx: &mut Tx<'_>, caller: &Caller, asked: &Asked) -> Result<Approval, Stop> {
    if store::count_pending(tx, asked.wallet, WAITING_MAX)? >= WAITING_MAX {
        let message = format!("{WAITING_MAX} movements of this wallet wait for a human already");
        let error = error::conflict(message, ApprovalStatus::Pending.as_str());
        return Err(error.with("walletId", asked.wallet).with("pending", WAITING_MAX).into());
    }
    let id: ApprovalId = tx.next_id();
    let expires_at = tx.now().plus_seconds(tx.rules().approval_seconds);
    let hold = Hold {
        id: tx.next_id(),
        scope: asked.scope,
        wallet: asked.wallet,
        amount: asked.total,
        reason: HoldReason::Approval,
        reference: asked.transaction.key(),
        expires_at,
    };
    holds::place(tx, &hold)?;
    store::insert(tx, caller, id, hold.id, asked, expires_at)?;
    Ok(Approval { id, expires_at })
}

/// Whether an approval is due to end.
pub async fn any_due(app: &App) -> bool {
    let now = app.clock.now();
    let due = app.reads.read(move |connection| store::due(connection, now, 1)).await;
    matches!(due, Ok(Ok(due)) if !due.is_empty())
}

/// Ends the approvals that nobody decided in time; answers how many. Each is
/// read again inside the command, so that it ends once.
pub fn expire_in(tx: &mut Tx<'_>) -> Result<usize, Stop> {
    let now = tx.now();
    let due = store::due(tx.reader()?, now, EXPIRED_AT_ONCE)?;
    for row in &due {
        end_in(tx, Actor::System, row, &EXPIRED)?;
    }
    Ok(due.len())
}

/// Rejects everything that waits on a wallet, which is about to end.
pub fn reject_all_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    wallet: WalletId,
    reason: &str,
) -> Result<(), Stop> {
    for row in store::pending_of(tx.reader()?, wallet)? {
        if row.expires_at <= tx.now() {
            end_in(tx, Actor::System, &row, &EXPIRED)?;
        } else {
            end_in(tx, Actor::Key(caller), &row, &rejected(caller, Some(reason)))?;
        }
    }
    Ok(())
}

/// A decision.
struct Decided<'a> {
    status: ApprovalStatus,
    by: Option<KeyId>,
    reason: Option<&'a str>,
}

const EXPIRED: Decided<'_> = Decided { status: ApprovalStatus::Expired, by: None, reason: None };

const fn rejected<'a>(caller: &Caller, reason: Option<&'a str>) -> Decided<'a> {
    Decided { status: ApprovalStatus::Rejected, by: Some(caller.key), reason }
}

/// Ends an approval that comes to nothing, with its hold and its movement, whose
/// place among the day's movements is not given back.
fn end_in(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    row: &ApprovalRow,
    decided: &Decided<'_>,
) -> Result<ApprovalRow, Stop> {
    release(tx, row, 0)?;
    decide(tx, row, decided)?;
    movement::end_in(tx, actor, row, decided.status, decided.reason)?;
    let row = reload(tx, row.id)?;
    let change = match decided.status {
        ApprovalStatus::Expired => Change::ApprovalExpired,
        _ => Change::ApprovalRejected,
    };
    note(tx, actor, change, &row)?;
    Ok(row)
}

/// Notes a decision, and what became of the hold.
fn decide(tx: &mut Tx<'_>, row: &ApprovalRow, decided: &Decided<'_>) -> Result<(), Stop> {
    store::decide(tx, row, decided)?;
    let hold = match decided.status {
        ApprovalStatus::Approved => HoldStatus::Captured,
        _ => HoldStatus::Released,
    };
    holds::change(tx, row.hold, hold, row.held)
}

/// Frees the funds, and gives the amount and as many payments back to the
/// window they were counted in.
fn release(tx: &mut Tx<'_>, row: &ApprovalRow, payments: i64) -> Result<(), Stop> {
    holds::free(tx, row.wallet, row.held)?;
    let given_back = row.amount.checked_neg().ok_or_else(error::balance_too_large)?;
    tx.count_spending(row.wallet, row.created_at, given_back, -payments)?;
    Ok(())
}

/// Rejects what waits.
pub fn reject_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    reason: Option<&str>,
) -> Result<Reply, Stop> {
    let row = find_undecided(tx, caller, id)?;
    let row = end_in(tx, Actor::Key(caller), &row, &rejected(caller, reason))?;
    Ok(Reply::json(200, &wire(&row), row.id))
}

/// Agrees to what waits: decides it anew, as the policies are now, and posts it
/// in the same transaction. If it cannot be posted, it goes on waiting.
pub fn approve_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    let row = find_undecided(tx, caller, id)?;
    refuse_own_request(tx, caller, &row)?;
    let movement = Movement::load(tx, &row)?;
    let mut violations = Vec::new();
    let decided = tx.attempt(|tx| {
        release(tx, &row, 1)?;
        movement.decide_again(tx, &mut violations)
    });
    match decided {
        Ok(()) => {}
        Err(Stop::Refused(error)) if is_of_money(error.code) => {
            if !violations.is_empty() {
                let (amount, to) = (row.amount, row.recipient.clone());
                policies::note_denial(tx, row.wallet, row.scope, amount, &to, &violations)?;
            }
            return Ok(Reply::refused(&error, caller));
        }
        Err(stop) => return Err(stop),
    }
    let decided = Decided { status: ApprovalStatus::Approved, by: Some(caller.key), reason: None };
    decide(tx, &row, &decided)?;
    let row = reload(tx, row.id)?;
    note(tx, Actor::Key(caller), Change::ApprovalApproved, &row)?;
    let mut wire = wire(&row);
    movement.settle_in(tx, caller, &mut wire)?;
    Ok(Reply::json(200, &wire, row.id))
}

/// Refusals that depend on money and rules; they are remembered.
const fn is_of_money(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::InsufficientFunds | ErrorCode::PolicyDenied | ErrorCode::WalletFrozen)
}

/// A policy may ask that nobody agrees to their own request.
fn refuse_own_request(tx: &mut Tx<'_>, caller: &Caller, row: &ApprovalRow) -> Result<(), Stop> {
    if row.requested_by != caller.key {
        return Ok(());
    }
    let wallet = tx.wallet(row.wallet)?;
    let policies = wallet.map(|wallet| wallet.policies);
    let asks = |policy: &&Policy| policy.enabled && policy.rules.require_different_approver;
    let Some(policy) = policies.iter().flat_map(|it| it.iter()).find(asks).map(|it| it.id) else {
        return Ok(());
    };
    let message = "A policy asks that another key than the one that paid agrees";
    Err(ApiError::new(ErrorCode::PermissionDenied, message)
        .with("policyId", policy)
        .with("rule", "requireDifferentApprover")
        .into())
}

/// An approval that the caller may decide, and that nobody decided yet.
fn find_undecided(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<ApprovalRow, Stop> {
    let missing = || ApiError::not_found("approval");
    let id: ApprovalId = text.parse().map_err(|_| missing())?;
    let row = store::get(tx.reader()?, id)?.ok_or_else(missing)?;
    let wallet = tx.wallet(row.wallet)?.ok_or_else(missing)?;
    caller.may_use(tx, row.wallet, &wallet, missing)?;
    caller.require_owner_of(&wallet)?;
    let expired = row.status == ApprovalStatus::Pending && row.expires_at <= tx.now();
    let status = if expired { ApprovalStatus::Expired } else { row.status };
    match status {
        ApprovalStatus::Pending => Ok(row),
        _ => {
            let message = "The approval is decided, or was not decided in time";
            Err(error::conflict(message, status.as_str()).with("approvalId", id).into())
        }
    }
}

fn reload(tx: &mut Tx<'_>, id: ApprovalId) -> Result<ApprovalRow, Stop> {
    let row = store::get(tx.reader()?, id)?;
    row.ok_or_else(|| DbError::Layout(format!("{id} has no row")).into())
}

fn note(tx: &mut Tx<'_>, actor: Actor<'_>, change: Change, row: &ApprovalRow) -> Result<(), Stop> {
    let data = told(row);
    let subject = Subject { scope: row.scope, id: row.id.key(), wallet: Some(row.wallet) };
    events::record(tx, actor, change, subject, Some(&data))
}

/// An approval as it was before anybody decided.
pub fn as_asked(connection: &mut Connection, id: ApprovalId) -> DbResult<Option<Value>> {
    Ok(store::get(connection, id)?.map(|mut row| {
        row.status = ApprovalStatus::Pending;
        (row.decided_by, row.decided_at, row.reason) = (None, None, None);
        told(&row)
    }))
}

/// An approval as its events tell it.
fn told(row: &ApprovalRow) -> Value {
    let mut told = json!(wire(row));
    told["approvalId"] = json!(row.id);
    told
}

/// An approval as answers show it.
fn wire(row: &ApprovalRow) -> Wire {
    Wire {
        id: row.id,
        status: row.status.as_str().to_owned(),
        wallet_id: row.wallet,
        policy_id: row.policy,
        amount: row.amount,
        currency: CURRENCY.to_owned(),
        requested_by: row.requested_by,
        decided_by: row.decided_by,
        decided_at: row.decided_at,
        reason: row.reason.clone(),
        transaction_id: row.transaction,
        transaction_details: TransactionDetails {
            kind: match (row.kind, row.rail) {
                (TransactionKind::Payment, Rail::Network) => "NETWORK_PAYMENT",
                (TransactionKind::Payment, Rail::PaymentLink(_)) => "PAYMENT_LINK_PAYMENT",
                (TransactionKind::Payment, Rail::Invoice(_)) => "INVOICE_PAYMENT",
                (kind, _) => kind.as_str(),
            }
            .to_owned(),
            amount: row.amount,
            currency: CURRENCY.to_owned(),
            recipient: row.recipient.clone(),
            recipient_name: row.recipient_name.clone(),
            description: row.description.clone(),
        },
        created_at: row.created_at,
        expires_at: row.expires_at,
        transfer_id: row.transfer,
        payment: None,
        transfer: None,
    }
}
