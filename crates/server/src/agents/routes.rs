//! Agents over HTTP.

use wallgent_api::types::List;
use wallgent_api::types::agents::{
    AdjustBudget, Agent, AgentStatus, AgentTemplate, BudgetAdjustment, CreateAgent,
    CreateFromTemplate, DeletedAgent, RotatedKey,
};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{WalletsRead, WalletsWrite};
use wallgent_core::id::WalletId;
use wallgent_core::idempotency::Fingerprint;
use wallgent_core::wallet::WalletStatus;

use super::store::{self, AgentRow, Filter};
use super::templates::{TEMPLATES, Template};
use super::wire;
use crate::http::{Answer, Call, Lasting, Route};
use crate::{agents, error, wallets};

const ONE: &[ErrorCode] = &[ErrorCode::WalletNotFound, ErrorCode::EnvironmentMismatch];
const BUDGETS: &[ErrorCode] = &[
    ErrorCode::WalletNotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::InvalidAmount,
    ErrorCode::InsufficientFunds,
];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new("POST /v1/agents", WalletsWrite, "Create an agent", create)
            .takes::<CreateAgent>()
            .gives::<Agent>(201)
            .or(&[ErrorCode::WalletLimitExceeded]),
        Route::new("GET /v1/agents", WalletsRead, "List agents", list)
            .paged()
            .filter("walletId", "Only this agent")
            .filter("status", "ACTIVE or FROZEN")
            .lists::<Agent>(),
        Route::new("GET /v1/agents/templates", WalletsRead, "List kinds of agents", templates)
            .lists::<AgentTemplate>(),
        Route::new("POST /v1/agents/from-template", WalletsWrite, "Create from one", from_template)
            .takes::<CreateFromTemplate>()
            .gives::<Agent>(201)
            .or(&[ErrorCode::WalletLimitExceeded, ErrorCode::NotFound]),
        Route::new("GET /v1/agents/{id}", WalletsRead, "Get an agent", get)
            .gives::<Agent>(200)
            .or(ONE),
        Route::new(
            "POST /v1/agents/{id}/adjust-budget",
            WalletsWrite,
            "Give or take money",
            adjust,
        )
        .takes::<AdjustBudget>()
        .gives::<BudgetAdjustment>(200)
        .or(BUDGETS),
        Route::new("POST /v1/agents/{id}/pause", WalletsWrite, "Stop it from paying", pause)
            .gives::<AgentStatus>(200)
            .or(ONE),
        Route::new("POST /v1/agents/{id}/resume", WalletsWrite, "Let it pay again", resume)
            .gives::<AgentStatus>(200)
            .or(ONE),
        Route::new("POST /v1/agents/{id}/rotate-key", WalletsWrite, "Replace its key", rotate_key)
            .gives::<RotatedKey>(200)
            .or(ONE),
        Route::new("DELETE /v1/agents/{id}", WalletsWrite, "End it, and keep its money", delete)
            .gives::<DeletedAgent>(200)
            .or(ONE),
    ]
}

async fn create(call: Call) -> Result<Answer, ApiError> {
    let request = CreateAgent::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    call.run(claim, move |tx, caller| agents::create_in(tx, caller, &request)).await
}

async fn from_template(call: Call) -> Result<Answer, ApiError> {
    let request = CreateFromTemplate::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    call.run(claim, move |tx, caller| agents::from_template_in(tx, caller, &request)).await
}

async fn templates(_: Call) -> Result<Answer, ApiError> {
    Ok(Answer::ok(&List::whole(TEMPLATES.iter().map(Template::wire).collect())))
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let status = call.query_word("status", |text| {
        WalletStatus::from_name(text).filter(|status| *status != WalletStatus::Closed)
    })?;
    let filter = Filter {
        scope: call.caller.scope,
        wallets: wanted(&call).await?,
        status,
        today: call.app.clock.now().day(),
        before: page.before,
        limit: page.limit + 1,
    };
    let rows = call.read(move |connection| store::list(connection, &filter)).await?;
    Ok(Answer::ok(&page.list(rows, |row: &AgentRow| row.id.key(), wire)))
}

/// The agents asked for; a name that is no agent of the caller's finds none.
async fn wanted(call: &Call) -> Result<Option<Vec<WalletId>>, ApiError> {
    let Some(text) = call.query("walletId") else {
        return Ok(call.caller.wallets.as_ref().map(|wallets| wallets.to_vec()));
    };
    match find(call, text).await {
        Ok(id) => Ok(Some(vec![id])),
        Err(error) if ONE.contains(&error.code) => Ok(Some(Vec::new())),
        Err(error) => Err(error),
    }
}

/// The number of a wallet of the caller's.
async fn find(call: &Call, text: &str) -> Result<WalletId, ApiError> {
    let missing = || error::wallet_not_found(text);
    let id: WalletId = text.parse().map_err(|_| missing())?;
    let row = call.read(move |connection| wallets::get(connection, id)).await?;
    let row = row.ok_or_else(missing)?;
    call.caller.may_touch(row.organization, row.environment, id, missing)?;
    Ok(id)
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    let text = call.param("id").to_owned();
    let id = find(&call, &text).await?;
    let today = call.app.clock.now().day();
    let row = call.read(move |connection| store::get(connection, id, today)).await?;
    Ok(Answer::ok(&wire(row.ok_or_else(|| error::wallet_not_found(&text))?)))
}

async fn adjust(call: Call) -> Result<Answer, ApiError> {
    let request = AdjustBudget::decode(&call.body)?;
    let id = call.param("id").to_owned();
    let meaning = Fingerprint::new("adjust-budget").text(&id).number(request.amount.units());
    let claim = call.claim(call.key()?, meaning.finish(), Lasting::Forever);
    call.run(claim, move |tx, caller| agents::adjust_in(tx, caller, &id, &request)).await
}

async fn pause(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| agents::pause_in(tx, caller, &id)).await
}

async fn resume(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| agents::resume_in(tx, caller, &id)).await
}

async fn rotate_key(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| agents::rotate_key_in(tx, caller, &id)).await
}

async fn delete(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| agents::delete_in(tx, caller, &id)).await
}
