//! Wallets over HTTP.

use serde_json::json;
use wallgent_api::types::policies::PolicyEvaluation;
use wallgent_api::types::wallets::{
    ChangeStatus, CreateWallet, FundWallet, Funding, UpdateWallet, Wallet, WalletBalance,
    WalletHold, WalletTransaction,
};
use wallgent_api::types::{CURRENCY, List};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Amount;
use wallgent_core::Permission::{WalletsRead, WalletsWrite};
use wallgent_core::hold::{HoldReason, HoldStatus};
use wallgent_core::id::{CardAuthorizationId, EntryId, TransactionId, WalletId};
use wallgent_core::idempotency::Fingerprint;
use wallgent_core::wallet::{WalletStatus, WalletType};

use super::{FundingRoute, Switch, WalletRow, store, wire};
use crate::holds::{self, HoldRow};
use crate::http::{Answer, Call, Lasting, Route};
use crate::ledger::Entry;
use crate::{ledger, wallets};

const MISSING: &[ErrorCode] = &[ErrorCode::WalletNotFound, ErrorCode::EnvironmentMismatch];
const SWITCHES: &[ErrorCode] =
    &[ErrorCode::WalletNotFound, ErrorCode::EnvironmentMismatch, ErrorCode::Conflict];
const FUNDS: &[ErrorCode] = &[
    ErrorCode::WalletNotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::InvalidAmount,
    ErrorCode::SandboxOnly,
    ErrorCode::WalletFrozen,
    ErrorCode::Conflict,
];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new("POST /v1/wallets", WalletsWrite, "Create a wallet", create)
            .takes::<CreateWallet>()
            .gives::<Wallet>(201)
            .or(&[ErrorCode::WalletLimitExceeded]),
        Route::new("GET /v1/wallets", WalletsRead, "List wallets", list)
            .paged()
            .filter("status", "ACTIVE, FROZEN or CLOSED")
            .filter("type", "ORG, AGENT or STANDARD")
            .lists::<Wallet>(),
        Route::new("GET /v1/wallets/{id}", WalletsRead, "Get a wallet", get)
            .gives::<Wallet>(200)
            .or(MISSING),
        Route::new("PATCH /v1/wallets/{id}", WalletsWrite, "Change a wallet", update)
            .takes::<UpdateWallet>()
            .gives::<Wallet>(200)
            .or(MISSING),
        Route::new("GET /v1/wallets/{id}/balance", WalletsRead, "Get a wallet's balance", balance)
            .gives::<WalletBalance>(200)
            .or(MISSING),
        Route::new("POST /v1/wallets/{id}/fund", WalletsWrite, "Put sandbox money in", fund)
            .takes::<FundWallet>()
            .gives::<Funding>(200)
            .or(FUNDS),
        Route::new(
            "POST /v1/wallets/{id}/freeze",
            WalletsWrite,
            "Stop a wallet from paying",
            freeze,
        )
        .may_take::<ChangeStatus>()
        .gives::<Wallet>(200)
        .or(SWITCHES),
        Route::new(
            "POST /v1/wallets/{id}/unfreeze",
            WalletsWrite,
            "Let a wallet pay again",
            unfreeze,
        )
        .may_take::<ChangeStatus>()
        .gives::<Wallet>(200)
        .or(SWITCHES),
        Route::new("POST /v1/wallets/{id}/close", WalletsWrite, "Close an empty wallet", close)
            .may_take::<ChangeStatus>()
            .gives::<Wallet>(200)
            .or(SWITCHES),
        Route::new(
            "GET /v1/wallets/{id}/transactions",
            WalletsRead,
            "List a wallet's entries",
            entries,
        )
        .paged()
        .lists::<WalletTransaction>()
        .or(MISSING),
        Route::new(
            "GET /v1/wallets/{id}/holds",
            WalletsRead,
            "List a wallet's holds: all that are PENDING, and the newest 1,000 of those that ended",
            list_holds,
        )
        .filter("status", "PENDING, RELEASED, CAPTURED or REVERSED")
        .lists::<WalletHold>()
        .or(MISSING),
        Route::new(
            "GET /v1/wallets/{id}/policy-evaluations",
            WalletsRead,
            "List decisions that denied or asked for a human",
            crate::policies::routes::evaluations,
        )
        .paged()
        .filter("result", "DENY or REQUIRE_APPROVAL")
        .lists::<PolicyEvaluation>()
        .or(MISSING),
    ]
}

async fn create(call: Call) -> Result<Answer, ApiError> {
    let request = CreateWallet::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    call.run(claim, move |tx, caller| wallets::create_in(tx, caller, &request)).await
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let filter = store::Filter {
        scope: call.caller.scope,
        wallets: call.caller.wallets.as_ref().map(|wallets| wallets.to_vec()),
        status: call.query_word("status", WalletStatus::from_name)?,
        kind: call.query_word("type", WalletType::from_name)?,
        before: page.before,
        limit: page.limit + 1,
    };
    let rows = call.read(move |connection| store::list(connection, &filter)).await?;
    Ok(Answer::ok(&page.list(rows, |row| row.id.key(), |row| wire(&row))))
}

/// The wallet in the path, for reading.
pub(crate) async fn find(call: &Call) -> Result<WalletRow, ApiError> {
    call.usable_wallet(call.param("id")).await
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    Ok(Answer::ok(&wire(&find(&call).await?)))
}

async fn update(call: Call) -> Result<Answer, ApiError> {
    let request = UpdateWallet::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| wallets::update_in(tx, caller, &id, request)).await
}

async fn balance(call: Call) -> Result<Answer, ApiError> {
    let row = find(&call).await?;
    Ok(Answer::ok(&WalletBalance {
        wallet_id: row.id,
        available: row.balance.available(),
        pending: row.pending,
        held: row.balance.held,
        balance: row.balance.posted,
        currency: CURRENCY.to_owned(),
    }))
}

async fn fund(call: Call) -> Result<Answer, ApiError> {
    let request = FundWallet::decode(&call.body)?;
    let id = call.param("id").to_owned();
    let meaning = Fingerprint::new("fund").text(&id).number(request.amount.units()).finish();
    let claim = call.claim(call.key()?, meaning, Lasting::Forever);
    call.run(claim, move |tx, caller| {
        wallets::fund_in(tx, caller, &id, request.amount, FundingRoute::Wallet)
    })
    .await
}

async fn freeze(call: Call) -> Result<Answer, ApiError> {
    switch(call, Switch::Freeze).await
}

async fn unfreeze(call: Call) -> Result<Answer, ApiError> {
    switch(call, Switch::Unfreeze).await
}

async fn close(call: Call) -> Result<Answer, ApiError> {
    switch(call, Switch::Close).await
}

async fn switch(call: Call, switch: Switch) -> Result<Answer, ApiError> {
    let request = ChangeStatus::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| {
        wallets::switch_in(tx, caller, &id, switch, request.reason.as_deref())
    })
    .await
}

async fn entries(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let wallet = find(&call).await?.id;
    let before = if page.before == i64::MAX { 0 } else { page.before };
    let limit = page.limit + 1;
    let read = move |connection: &mut _| ledger::list_entries(connection, wallet, before, limit);
    let rows = call.read(read).await?;
    Ok(Answer::ok(&page.list(rows, |row| row.id, |row| entry(wallet, row))))
}

fn entry(wallet_id: WalletId, row: Entry) -> WalletTransaction {
    let debit = row.amount.is_negative();
    let amount = if debit { row.amount.checked_neg().unwrap_or(Amount::MAX) } else { row.amount };
    WalletTransaction {
        id: EntryId::from_key(row.id).expect("keys are never negative"),
        wallet_id,
        transaction_id: TransactionId::from_key(row.transaction).expect("keys are never negative"),
        amount,
        direction: if debit { "DEBIT" } else { "CREDIT" }.to_owned(),
        entry_type: row.kind,
        balance_after: row.balance_after,
        description: row.description,
        related_transaction_id: row.related.and_then(TransactionId::from_key),
        created_at: row.created_at,
    }
}

async fn list_holds(call: Call) -> Result<Answer, ApiError> {
    let status = call.query_word("status", HoldStatus::from_name)?;
    let wallet = find(&call).await?.id;
    let rows = call.read(move |connection| holds::list(connection, wallet, status)).await?;
    let holds = rows.into_iter().map(|row| hold(wallet, row)).collect();
    Ok(Answer::ok(&json!(List::<WalletHold>::whole(holds))))
}

fn hold(wallet_id: WalletId, row: HoldRow) -> WalletHold {
    let reference = match row.reason {
        HoldReason::Approval => TransactionId::from_key(row.reference).map(|id| id.to_string()),
        HoldReason::CardAuthorization => {
            CardAuthorizationId::from_key(row.reference).map(|id| id.to_string())
        }
    };
    WalletHold {
        id: row.id,
        wallet_id,
        amount: row.amount,
        reason: row.reason.as_str().to_owned(),
        reference: reference.unwrap_or_default(),
        status: row.status.as_str().to_owned(),
        created_at: row.created_at,
        expires_at: row.expires_at,
    }
}
