//! Policies over HTTP, under their wallet and alone.

use wallgent_api::types::List;
use wallgent_api::types::policies::{
    CheckPolicies, Policy, PolicyChange, PolicyCheck, PolicyLimit, PolicyViolation,
};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::{PoliciesRead, PoliciesWrite};
use wallgent_core::id::{AddressId, MerchantId, PolicyId, WalletId};
use wallgent_core::policy::{Decision, RecipientNames, SpendRequest, evaluate, limits};

use super::{names_of, not_found, store};
use crate::db::{Connection, DbResult};
use crate::http::{Answer, Call, Route};
use crate::wallets::routes::find as find_wallet;
use crate::{merchants, policies};

const WALLET: &[ErrorCode] = &[ErrorCode::WalletNotFound, ErrorCode::EnvironmentMismatch];
const NEW: &[ErrorCode] = &[
    ErrorCode::WalletNotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::InvalidAmount,
    ErrorCode::Conflict,
];
const ONE: &[ErrorCode] = &[
    ErrorCode::PolicyNotFound,
    ErrorCode::WalletNotFound,
    ErrorCode::EnvironmentMismatch,
    ErrorCode::InvalidAmount,
];

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::new("POST /v1/wallets/{id}/policies", PoliciesWrite, "Add a policy", create)
            .takes::<PolicyChange>()
            .gives::<Policy>(201)
            .or(NEW),
        Route::new("GET /v1/wallets/{id}/policies", PoliciesRead, "List policies", list)
            .lists::<Policy>()
            .or(WALLET),
        Route::new(
            "POST /v1/wallets/{id}/policies/check",
            PoliciesRead,
            "Ask without paying",
            check,
        )
        .takes::<CheckPolicies>()
        .gives::<PolicyCheck>(200)
        .or(NEW),
        Route::new("GET /v1/wallets/{id}/limits", PoliciesRead, "See what is left", limits_of)
            .lists::<PolicyLimit>()
            .or(WALLET),
    ];
    let both = [
        (
            "GET /v1/policies/{policyId}",
            "PATCH /v1/policies/{policyId}",
            "DELETE /v1/policies/{policyId}",
        ),
        (
            "GET /v1/wallets/{id}/policies/{policyId}",
            "PATCH /v1/wallets/{id}/policies/{policyId}",
            "DELETE /v1/wallets/{id}/policies/{policyId}",
        ),
    ];
    for (read, change, remove) in both {
        routes.extend([
            Route::new(read, PoliciesRead, "Get a policy", get).gives::<Policy>(200).or(ONE),
            Route::new(change, PoliciesWrite, "Change a policy; null clears a rule", update)
                .takes::<PolicyChange>()
                .gives::<Policy>(200)
                .or(ONE),
            Route::new(remove, PoliciesWrite, "Remove a policy", delete).gives_nothing().or(ONE),
        ]);
    }
    routes
}

async fn create(call: Call) -> Result<Answer, ApiError> {
    let change = PolicyChange::decode_new(&call.body)?;
    let claim = call.plain_claim(&change)?;
    let wallet = call.param("id").to_owned();
    call.run(claim, move |tx, caller| policies::create_in(tx, caller, &wallet, change)).await
}

async fn list(call: Call) -> Result<Answer, ApiError> {
    let wallet = find_wallet(&call).await?.id;
    let policies = call.read(move |connection| store::list(connection, wallet)).await?;
    Ok(Answer::ok(&List::whole(policies)))
}

async fn get(call: Call) -> Result<Answer, ApiError> {
    if !call.param("id").is_empty() {
        find_wallet(&call).await?;
    }
    let text = call.param("policyId").to_owned();
    let missing = || not_found(&text);
    let id: PolicyId = text.parse().map_err(|_| missing())?;
    let policy = call.read(move |connection| store::get(connection, id)).await?;
    let policy = policy.ok_or_else(missing)?;
    let home = policy.wallet_id;
    if !call.param("id").is_empty() && call.param("id") != home.to_string() {
        return Err(missing());
    }
    let wallet = call.read(move |connection| crate::wallets::get(connection, home)).await?;
    let wallet = wallet.ok_or_else(missing)?;
    call.may_use(home, wallet.organization, wallet.environment, missing).await?;
    Ok(Answer::ok(&policy))
}

/// The wallet in the path, on routes that have one.
fn wallet_of(call: &Call) -> Option<String> {
    Some(call.param("id")).filter(|id| !id.is_empty()).map(str::to_owned)
}

async fn update(call: Call) -> Result<Answer, ApiError> {
    let change = PolicyChange::decode(&call.body)?;
    let claim = call.plain_claim(&change)?;
    let (wallet, policy) = (wallet_of(&call), call.param("policyId").to_owned());
    call.run(claim, move |tx, caller| {
        policies::update_in(tx, caller, wallet.as_deref(), &policy, change)
    })
    .await
}

async fn delete(call: Call) -> Result<Answer, ApiError> {
    let claim = call.plain_claim(&())?;
    let (wallet, policy) = (wallet_of(&call), call.param("policyId").to_owned());
    call.run(claim, move |tx, caller| policies::delete_in(tx, caller, wallet.as_deref(), &policy))
        .await
}

async fn check(call: Call) -> Result<Answer, ApiError> {
    let request = CheckPolicies::decode(&call.body)?;
    let wallet = find_wallet(&call).await?.id;
    let now = call.app.clock.now();
    let (all, spent, names) = call
        .read(move |connection| {
            let all = store::load_hot(connection, wallet)?;
            let spent = store::load_spent(connection, wallet, now.day())?.totals;
            Ok((all, spent, recipients(connection, &request.to)?))
        })
        .await?;
    let recipient = RecipientNames::proven(names);
    let asked = SpendRequest { amount: request.amount, recipient: &recipient, now };
    let evaluation = evaluate(&all, &asked, &spent);
    Ok(Answer::ok(&PolicyCheck {
        decision: evaluation.decision.as_str().to_owned(),
        violations: evaluation.violations.iter().map(PolicyViolation::from).collect(),
        limits: limits(&all, &spent, now).into_iter().map(Into::into).collect(),
    }))
}

/// A wallet is known by its ID, its address and the merchant that is paid into it;
/// anything else by its name.
fn recipients(connection: &mut Connection, to: &str) -> DbResult<Vec<String>> {
    let merchant: Option<MerchantId> = to.parse().ok();
    let by_merchant = match merchant {
        Some(id) => merchants::load_hot(connection, id)?.map(|merchant| merchant.wallet),
        None => None,
    };
    let by_id = || to.parse::<WalletId>().ok();
    let by_address = || WalletId::from_key(to.parse::<AddressId>().ok()?.key());
    let Some(wallet) = by_merchant.or_else(by_id).or_else(by_address) else {
        return Ok(vec![to.to_owned()]);
    };
    let mut names = names_of(wallet);
    names.extend(merchants::of_wallet(connection, wallet)?.map(|id| id.to_string()));
    Ok(names)
}

async fn limits_of(call: Call) -> Result<Answer, ApiError> {
    let wallet = find_wallet(&call).await?.id;
    let now = call.app.clock.now();
    let rows = call
        .read(move |connection| {
            let all = store::load_hot(connection, wallet)?;
            let spent = store::load_spent(connection, wallet, now.day())?.totals;
            Ok(limits(&all, &spent, now))
        })
        .await?;
    let rows = rows.into_iter().map(PolicyLimit::from).collect();
    Ok(Answer::ok(&List::whole(rows)))
}

/// `GET /wallets/:id/policy-evaluations`
pub(crate) async fn evaluations(call: Call) -> Result<Answer, ApiError> {
    let page = call.page()?;
    let known = [Decision::Deny, Decision::RequireApproval];
    let result = call
        .query_word("result", |text| known.iter().map(|it| it.as_str()).find(|it| *it == text))?;
    let wallet = find_wallet(&call).await?.id;
    let (before, limit) = (page.before, page.limit + 1);
    let rows = call
        .read(move |connection| store::evaluations(connection, wallet, result, before, limit))
        .await?;
    Ok(Answer::ok(&page.list(rows, |row| row.id.key(), |row| row)))
}
