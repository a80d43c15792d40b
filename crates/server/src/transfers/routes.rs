//! Transfers over HTTP.

use wallgent_api::types::transfers::{
    DriveTransfer, InternalTransfer, MoveInternally, PartyDetails, RequestDeposit,
    RequestWithdrawal, Transfer, TransferList,
};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{PaymentsRead, PaymentsWrite};
use wallgent_core::id::TransferId;
use wallgent_core::idempotency::Fingerprint;
use wallgent_core::transfer::{Direction, Step, TransferStatus};

use super::states::{self, allowed, forbidden};
use super::store::{self, Filter};
use super::{TransferRow, carry, find_in, not_found, transfer};
use crate::caller::Caller;
use crate::crypto::Vault;
use crate::engine::{Stop, Tx};
use crate::events::Actor;
use crate::http::{Answer, Call, Lasting, Part, Route};
use crate::idempotency::{KeyHash, Reply};
use crate::rails::{self, Adapter, Outcome};
use crate::{error, transfers};

const DEPOSITS: &[ErrorCode] = &[
    ErrorCode::InvalidAmount,
    ErrorCode::WalletNotFound,
    ErrorCode::NotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::SandboxOnly,
    ErrorCode::Conflict,
];
const WITHDRAWS: &[ErrorCode] = &[
    ErrorCode::InvalidAmount,
    ErrorCode::WalletNotFound,
    ErrorCode::NotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::SandboxOnly,
    ErrorCode::Conflict,
    ErrorCode::WalletFrozen,
    ErrorCode::PolicyDenied,
    ErrorCode::InsufficientFunds,
];
const MOVES: &[ErrorCode] = &[
    ErrorCode::InvalidAmount,
    ErrorCode::WalletNotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::Conflict,
    ErrorCode::WalletFrozen,
    ErrorCode::PolicyDenied,
    ErrorCode::InsufficientFunds,
];
const ONE: &[ErrorCode] = &[ErrorCode::TransferNotFound, ErrorCode::EnvironmentMismatch];
const CANCELS: &[ErrorCode] =
    &[ErrorCode::TransferNotFound, ErrorCode::EnvironmentMismatch, ErrorCode::Conflict];
const DRIVES: &[ErrorCode] =
    &[ErrorCode::TransferNotFound, ErrorCode::SandboxOnly, ErrorCode::Conflict];

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = requests();
    routes.extend([
        Route::new("GET /v1/transfers", PaymentsRead, "List transfers", list)
            .paged()
            .filter("walletId", "Only transfers of this wallet")
            .filter("direction", "DEPOSIT, WITHDRAWAL or INTERNAL")
            .filter(
                "status",
                "PENDING, PROCESSING, COMPLETED, FAILED, CANCELLED, RETURNED, PENDING_APPROVAL, \
                 REJECTED or EXPIRED",
            )
            .filter("idempotencyKey", "Only transfers asked for with this key")
            .gives::<TransferList>(200)
            .or(&[ErrorCode::WalletNotFound, ErrorCode::EnvironmentMismatch]),
        Route::new("GET /v1/transfers/{id}", PaymentsRead, "Get a transfer", get)
            .gives::<Transfer>(200)
            .or(ONE),
        Route::new("POST /v1/transfers/{id}/cancel", PaymentsWrite, "Call it back", cancel)
            .gives::<Transfer>(200)
            .gives::<Transfer>(202)
            .or(CANCELS),
    ]);
    routes.extend(by_hand());
    routes
}

fn requests() -> Vec<Route> {
    vec![
        Route::new("POST /v1/transfers/deposit", PaymentsWrite, "Bring money in", deposit)
            .takes::<RequestDeposit>()
            .gives::<Transfer>(202)
            .or(DEPOSITS),
        Route::new("POST /v1/transfers/withdraw", PaymentsWrite, "Take money out", withdraw)
            .takes::<RequestWithdrawal>()
            .gives::<Transfer>(202)
            .or(WITHDRAWS),
        Route::new(
            "POST /v1/transfers/internal",
            PaymentsWrite,
            "Move money between two wallets of the organization",
            internal,
        )
        .takes::<MoveInternally>()
        .gives::<InternalTransfer>(200)
        .gives::<InternalTransfer>(202)
        .or(MOVES),
    ]
}

/// What drives the simulated other side by hand.
fn by_hand() -> Vec<Route> {
    let routes = [
        Route::new(
            "POST /v1/sandbox/transfers/{id}/settle",
            PaymentsWrite,
            "Let a transfer complete",
            settle,
        ),
        Route::new(
            "POST /v1/sandbox/transfers/{id}/fail",
            PaymentsWrite,
            "Let a transfer fail",
            fail,
        ),
        Route::new(
            "POST /v1/sandbox/transfers/{id}/return",
            PaymentsWrite,
            "Let a completed ACH transfer be returned",
            give_back,
        ),
    ];
    let complete =
        |route: Route| route.may_take::<DriveTransfer>().gives::<Transfer>(200).or(DRIVES);
    routes.into_iter().map(complete).collect()
}

/// What the other side of a request means. Its number is kept for ever only as a
/// digest that cannot be searched.
fn party_meaning(
    meaning: Fingerprint,
    vault: &Vault,
    linked: Option<&str>,
    party: Option<&PartyDetails>,
) -> Fingerprint {
    let meaning = meaning.maybe(linked);
    let Some(party) = party else { return meaning.number(0) };
    let number = party.account_number.as_ref().map(|number| number.expose().as_bytes());
    meaning
        .number(1)
        .text(&party.kind)
        .maybe(party.bank_account_id.as_deref())
        .maybe(party.routing_number.as_deref())
        .number(number.map_or(0, |number| vault.digest(number)))
        .maybe(party.account_holder_name.as_deref())
        .maybe(party.address.as_deref())
        .maybe(party.chain.as_deref())
}

async fn deposit(call: Call) -> Result<Answer, ApiError> {
    let mut request = RequestDeposit::decode(&call.body)?;
    request.idempotency_key = call.agreed_key(request.idempotency_key.take())?;
    let meaning = Fingerprint::new("deposit")
        .text(&request.wallet_id)
        .number(request.amount.units())
        .maybe(request.currency.as_deref())
        .maybe(request.description.as_deref());
    let (linked, source) = (request.bank_account_id.as_deref(), request.source.as_ref());
    let meaning = party_meaning(meaning, &call.app.vault, linked, source).finish();
    let claim = call.claim(request.idempotency_key.clone(), meaning, Lasting::Forever);
    call.run(claim, move |tx, caller| transfers::deposit_in(tx, caller, &request)).await
}

async fn withdraw(call: Call) -> Result<Answer, ApiError> {
    let mut request = RequestWithdrawal::decode(&call.body)?;
    request.idempotency_key = call.agreed_key(request.idempotency_key.take())?;
    let meaning = Fingerprint::new("withdraw")
        .text(&request.wallet_id)
        .number(request.amount.units())
        .maybe(request.currency.as_deref())
        .maybe(request.description.as_deref());
    let (linked, to) = (request.bank_account_id.as_deref(), request.destination.as_ref());
    let meaning = party_meaning(meaning, &call.app.vault, linked, to).finish();
    let claim = call.claim(request.idempotency_key.clone(), meaning, Lasting::Forever);
    call.run(claim, move |tx, caller| transfers::withdraw_in(tx, caller, &request)).await
}

async fn internal(call: Call) -> Result<Answer, ApiError> {
    let mut request = MoveInternally::decode(&call.body)?;
    request.idempotency_key = call.agreed_key(request.idempotency_key.take())?;
    let meaning = Fingerprint::new("internal")
        .text(&request.from_wallet_id)
        .text(&request.to_wallet_id)
        .number(request.amount.units())
        .maybe(request.description.as_deref());
    let claim = call.claim(request.idempotency_key.clone(), meaning.finish(), Lasting::Forever);
    call.run(claim, move |tx, caller| transfers::internal_in(tx, caller, &request)).await
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let direction = call.query_word("direction", Direction::from_name)?;
    let status = call.query_word("status", TransferStatus::from_name)?;
    let (scope, wallets, through) = match call.query("walletId") {
        None => (call.caller.scope, call.caller.wallets.clone(), None),
        Some(text) => {
            let wallet = call.usable_wallet(text).await?;
            (wallet.scope, Some([wallet.id].into()), Some(wallet.id))
        }
    };
    let filter = Filter {
        scope,
        wallets,
        direction,
        status,
        key: call.query("idempotencyKey").map(str::to_owned),
        before: page.before,
        limit: page.limit + 1,
    };
    let rows = call.read(move |connection| store::list(connection, &filter)).await?;
    let tell = |row: TransferRow| transfer(&row.seen_by(&call.caller, through));
    let list = page.list(rows, |row| row.id.key(), tell);
    Ok(Answer::ok(&TransferList {
        transfers: list.data.clone(),
        data: list.data,
        cursor: list.cursor,
        has_more: list.has_more,
        next_cursor: list.next_cursor,
    }))
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    let text = call.param("id");
    let missing = || not_found(text);
    let id: TransferId = text.parse().map_err(|_| missing())?;
    let row = call.read(move |connection| store::get(connection, id)).await?;
    let row = row.ok_or_else(missing)?;
    let may = call.may_use(row.wallet, row.organization, row.environment, missing).await;
    let arrived = row.to_wallet.filter(|_| row.status == TransferStatus::Completed);
    let through = match (may, arrived) {
        (Err(_), Some(to)) => {
            call.may_use(to, row.organization, row.environment, missing).await?;
            to
        }
        (may, _) => may.map(|()| row.wallet)?,
    };
    Ok(Answer::ok(&transfer(&row.seen_by(&call.caller, Some(through)))))
}

/// What a transfer that is to be cancelled still has to wait for.
struct Asked {
    id: TransferId,
    adapter: Option<Adapter>,
}

/// Calls a transfer back. What no rail has yet is cancelled at once; else the
/// wish is committed, the rail is asked, and the answer is what came of it.
async fn cancel(call: Call) -> Result<Answer, ApiError> {
    let id = call.param("id").to_owned();
    let meaning = Fingerprint::new("cancel").text(&id).finish();
    let claim = call.claim(call.key()?, meaning, Lasting::Forever);
    let hash = claim.as_ref().map(|claim| claim.hash);
    let text = id.clone();
    let begun = call
        .run_part(claim.clone(), move |tx, caller| begin_cancel_in(tx, caller, &text, hash))
        .await?;
    let asked = match begun {
        Part::Answered(answer) => return Ok(answer),
        Part::Left(asked) => asked,
    };
    let caller = Some(call.caller.clone());
    if let Err(error) = carry::call_back(&call.app, asked.id, asked.adapter, caller).await {
        // The wish is committed; a job asks again.
        tracing::warn!(?error, transfer = %asked.id, "a rail could not be asked to cancel");
    }
    call.run(claim, move |tx, caller| end_cancel_in(tx, caller, &id)).await
}

fn begin_cancel_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    claim: Option<KeyHash>,
) -> Result<Part<Reply, Asked>, Stop> {
    let mut row = find_in(tx, caller, id)?;
    let same = claim.is_some() && row.cancel_claim.as_deref() == claim.as_ref().map(|it| &it[..]);
    if row.status == TransferStatus::Cancelled && same {
        // The server died between the rail's answer and ours.
        return Ok(Part::Answered(Reply::json(200, &transfer(&row), row.id)));
    }
    allowed(&row, Step::Cancel)?;
    if row.status == TransferStatus::Pending {
        let row = states::cancel(tx, Actor::Key(caller), row)?;
        return Ok(Part::Answered(Reply::json(200, &transfer(&row), row.id)));
    }
    row.cancel_asked_at.get_or_insert(tx.now());
    // Whoever asked first is told that it worked, also after a crash.
    row.cancel_claim = row.cancel_claim.or(claim.map(|hash| hash.to_vec()));
    row.due_at = states::ask_again_at(tx, &row);
    store::update(tx, &row)?;
    Ok(Part::Left(Asked { id: row.id, adapter: row.adapter }))
}

fn end_cancel_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    let row = find_in(tx, caller, id)?;
    let status = match row.status {
        TransferStatus::Cancelled => 200,
        // A person, or a rail that is silent now, has the last word.
        TransferStatus::Processing => 202,
        _ => return Err(forbidden(&row).into()),
    };
    Ok(Reply::json(status, &transfer(&row), row.id))
}

async fn settle(call: Call) -> Result<Answer, ApiError> {
    drive(call, Step::Settle).await
}

async fn fail(call: Call) -> Result<Answer, ApiError> {
    drive(call, Step::Fail).await
}

async fn give_back(call: Call) -> Result<Answer, ApiError> {
    drive(call, Step::Return).await
}

async fn drive(call: Call, step: Step) -> Result<Answer, ApiError> {
    call.caller.require_sandbox()?;
    let request = DriveTransfer::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| drive_in(tx, caller, &id, step, request.reason)).await
}

/// Makes both sides of a sandbox transfer come to this, in one command.
fn drive_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    step: Step,
    reason: Option<String>,
) -> Result<Reply, Stop> {
    let row = find_in(tx, caller, id)?;
    allowed(&row, step)?;
    let actor = Actor::Key(caller);
    let reason = reason.unwrap_or_else(|| "Driven by hand".to_owned());
    let (outcome, row) = match step {
        Step::Settle => (Outcome::Settled, states::settle(tx, actor, row)?),
        Step::Fail => (Outcome::Failed(reason.clone()), states::fail(tx, actor, row, &reason)?),
        Step::Return => {
            (Outcome::Returned(reason.clone()), states::give_back(tx, actor, row, &reason)?)
        }
        _ => return Err(error::internal().into()),
    };
    rails::force_in(tx, row.id, &outcome)?;
    Ok(Reply::json(200, &transfer(&row), row.id))
}
