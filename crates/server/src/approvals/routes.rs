//! Approvals over HTTP.

use wallgent_api::types::approvals::{Approval, RejectApproval};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{ApprovalsRead, ApprovalsWrite};
use wallgent_core::approval::ApprovalStatus;
use wallgent_core::id::ApprovalId;
use wallgent_core::idempotency::Fingerprint;

use super::store::{self, ApprovalRow, Filter};
use super::wire;
use crate::http::{Answer, Call, Lasting, Route};
use crate::{approvals, wallets};

const ONE: &[ErrorCode] = &[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch];
const REJECTS: &[ErrorCode] =
    &[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch, ErrorCode::Conflict];
const APPROVES: &[ErrorCode] = &[
    ErrorCode::NotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::Conflict,
    ErrorCode::WalletFrozen,
    ErrorCode::PolicyDenied,
    ErrorCode::InsufficientFunds,
];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new("GET /v1/approvals", ApprovalsRead, "List approvals", list)
            .paged()
            .filter("status", "PENDING, APPROVED, REJECTED or EXPIRED")
            .filter("walletId", "Only approvals of payments from this wallet")
            .lists::<Approval>()
            .or(&[ErrorCode::WalletNotFound, ErrorCode::EnvironmentMismatch]),
        Route::new("GET /v1/approvals/{id}", ApprovalsRead, "Get an approval", get)
            .gives::<Approval>(200)
            .or(ONE),
        Route::new("POST /v1/approvals/{id}/approve", ApprovalsWrite, "Agree, and post", approve)
            .gives::<Approval>(200)
            .or(APPROVES),
        Route::new("POST /v1/approvals/{id}/reject", ApprovalsWrite, "Refuse", reject)
            .may_take::<RejectApproval>()
            .gives::<Approval>(200)
            .or(REJECTS),
    ]
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let status = call.query_word("status", ApprovalStatus::from_name)?;
    let wallets = match call.query("walletId") {
        None => call.caller.wallets.as_ref().map(|wallets| wallets.to_vec()),
        Some(text) => Some(vec![call.usable_wallet(text).await?.id]),
    };
    let scope = call.caller.scope;
    let filter = Filter { scope, wallets, status, before: page.before, limit: page.limit + 1 };
    let rows = call.read(move |connection| store::list(connection, &filter)).await?;
    let tell = |row: ApprovalRow| wire(&row.seen_by(&call.caller));
    Ok(Answer::ok(&page.list(rows, |row| row.id.key(), tell)))
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    let missing = || ApiError::not_found("approval");
    let id: ApprovalId = call.param("id").parse().map_err(|_| missing())?;
    let row: ApprovalRow =
        call.read(move |connection| store::get(connection, id)).await?.ok_or_else(missing)?;
    let home = row.wallet;
    let wallet = call.read(move |connection| wallets::get(connection, home)).await?;
    let wallet = wallet.ok_or_else(missing)?;
    call.may_use(home, wallet.organization, wallet.environment, missing).await?;
    Ok(Answer::ok(&wire(&row.seen_by(&call.caller))))
}

async fn approve(call: Call) -> Result<Answer, ApiError> {
    let id = call.param("id").to_owned();
    let meaning = Fingerprint::new("approve").text(&id).finish();
    let claim = call.claim(call.key()?, meaning, Lasting::Forever);
    call.run(claim, move |tx, caller| approvals::approve_in(tx, caller, &id)).await
}

async fn reject(call: Call) -> Result<Answer, ApiError> {
    let request = RejectApproval::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| {
        approvals::reject_in(tx, caller, &id, request.reason.as_deref())
    })
    .await
}
