//! Delegations over HTTP.

use wallgent_api::types::delegations::{CreateDelegation, Delegation, DeletedDelegation};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{DelegationsRead, DelegationsWrite};
use wallgent_core::id::{DelegationId, WalletId};

use super::store::{self, DelegationRow, Filter, Role};
use super::wire;
use crate::http::{Answer, Call, Route};
use crate::{delegations, error};

const ONE: &[ErrorCode] = &[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch];
const NEW: &[ErrorCode] = &[
    ErrorCode::NotFound,
    ErrorCode::WalletNotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::Conflict,
];
const ENDS: &[ErrorCode] =
    &[ErrorCode::NotFound, ErrorCode::EnvironmentMismatch, ErrorCode::Conflict];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new("POST /v1/delegations", DelegationsWrite, "Lend rights on wallets", create)
            .takes::<CreateDelegation>()
            .gives::<Delegation>(201)
            .or(NEW),
        Route::new("GET /v1/delegations", DelegationsRead, "List delegations", list)
            .paged()
            .filter("walletId", "Only delegations of this wallet")
            .filter("role", "GRANTOR (lent by you) or GRANTEE (lent to you); both when absent")
            .lists::<Delegation>(),
        Route::new("GET /v1/delegations/{id}", DelegationsRead, "Get a delegation", get)
            .gives::<Delegation>(200)
            .or(ONE),
        Route::new("DELETE /v1/delegations/{id}", DelegationsWrite, "End it at once", revoke)
            .gives::<DeletedDelegation>(200)
            .or(ENDS),
    ]
}

async fn create(call: Call) -> Result<Answer, ApiError> {
    let request = CreateDelegation::decode(&call.body)?;
    let claim = call.plain_claim(&request)?;
    call.run(claim, move |tx, caller| delegations::create_in(tx, caller, &request)).await
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let role = call.query_word("role", Role::from_name)?;
    let wallet = match call.query("walletId").map(str::parse::<WalletId>) {
        None => None,
        Some(Ok(id)) => Some(id),
        // No wallet has such a name, so no delegation has.
        Some(Err(_)) => return Ok(Answer::ok(&page.list(Vec::new(), number, tell(&call)))),
    };
    let filter = Filter {
        scope: call.caller.scope,
        role,
        wallet,
        before: page.before,
        limit: page.limit + 1,
    };
    let caller = call.caller.clone();
    let seen = move |row: &DelegationRow| seen_by(row, &caller);
    let found = call.read(move |connection| store::list(connection, &filter, seen)).await?;
    Ok(Answer::ok(&page.list_examined(found.rows, found.examined_to, number, tell(&call))))
}

const fn number(row: &DelegationRow) -> i64 {
    row.id.key()
}

fn tell(call: &Call) -> impl Fn(DelegationRow) -> Delegation {
    let now = call.app.clock.now();
    move |row| wire(&row, now)
}

/// A wallet-scoped key sees what lends its wallets, and what was lent to it.
fn seen_by(row: &DelegationRow, caller: &crate::caller::Caller) -> bool {
    let own = row.scope == caller.scope && row.wallets.iter().any(|wallet| caller.sees(*wallet));
    caller.wallets.is_none() || own || row.grantee_key == Some(caller.key)
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    let missing = || ApiError::not_found("delegation");
    let id: DelegationId = call.param("id").parse().map_err(|_| missing())?;
    let row = call.read(move |connection| store::get(connection, id)).await?.ok_or_else(missing)?;
    let organization = call.caller.organization;
    if (row.grantor != organization && row.grantee != organization) || !seen_by(&row, &call.caller)
    {
        return Err(missing());
    }
    if row.environment != call.caller.environment {
        return Err(error::environment_mismatch());
    }
    Ok(Answer::ok(&wire(&row, call.app.clock.now())))
}

async fn revoke(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let id = call.param("id").to_owned();
    call.run(claim, move |tx, caller| delegations::revoke_in(tx, caller, &id)).await
}
