//! Reports over HTTP.

use wallgent_api::types::analytics::Spending;
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::WalletsRead;
use wallgent_core::id::WalletId;

use super::{report, store};
use crate::http::{Answer, Call, Route};

/// Wallets that one report adds up for a key that sees only some; each of their
/// days is looked up. A key that sees all reads sums that are kept.
const WALLETS_MAX: usize = 100;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            "GET /v1/analytics/spending",
            WalletsRead,
            "What went out and came in",
            spending,
        )
        .filter("walletId", "Only of this wallet; of all wallets that the key sees when absent")
        .filter("from", "The first day, as 2026-01-01; thirty days in all when absent")
        .filter("to", "The last day, included; today when absent")
        .filter("groupBy", "day, week (from Monday) or month; day when absent")
        .gives::<Spending>(200)
        .or(&[ErrorCode::WalletNotFound, ErrorCode::EnvironmentMismatch]),
    ]
}

async fn spending(call: Call) -> Result<Answer, ApiError> {
    let (days, period) = (call.report_days()?, call.report_period()?);
    let found = match wanted(&call).await? {
        None => {
            let scope = call.caller.scope;
            call.read(move |connection| store::of_scope(connection, scope, days)).await?
        }
        Some(wallets) => {
            call.read(move |connection| {
                let mut found = Vec::new();
                for wallet in wallets {
                    found.extend(store::of_wallet(connection, wallet, days)?);
                }
                Ok(found)
            })
            .await?
        }
    };
    Ok(Answer::ok(&report(days, period, found)))
}

/// The wallets to add up; none for all of the organization's.
async fn wanted(call: &Call) -> Result<Option<Vec<WalletId>>, ApiError> {
    if let Some(text) = call.query("walletId") {
        return Ok(Some(vec![call.usable_wallet(text).await?.id]));
    }
    match call.caller.wallets.as_deref() {
        Some(wallets) if wallets.len() > WALLETS_MAX => {
            let message = format!("is required: this key sees more than {WALLETS_MAX} wallets");
            Err(ApiError::invalid_field("walletId", message))
        }
        wallets => Ok(wallets.map(<[WalletId]>::to_vec)),
    }
}
