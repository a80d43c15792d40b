//! What merchants were paid, over HTTP.

use wallgent_api::types::CURRENCY;
use wallgent_api::types::merchants::{
    MerchantAnalytics, MerchantPayments, SettlementBalance, SettlementOverview,
};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Permission::MerchantsRead;
use wallgent_core::calendar::Days;
use wallgent_core::wallet::WalletStatus;

use super::store::{self, Numbers};
use super::{sum, trend};
use crate::db::DbError;
use crate::http::{Answer, Call, Route};
use crate::merchants::{self, MerchantRow};
use crate::wallets;

/// Payments that an overview shows.
const RECENT: i64 = 10;
/// Payments on one page, and when nobody says how many.
const PAGE_MAX: i64 = 100;
const PAGE_DEFAULT: i64 = 20;

pub(crate) fn routes() -> Vec<Route> {
    let own: &[ErrorCode] = &[ErrorCode::MerchantNotFound];
    vec![
        Route::new(
            "GET /v1/merchant/settlement/overview",
            MerchantsRead,
            "What your merchant has, and was paid lately",
            overview,
        )
        .gives::<SettlementOverview>(200)
        .or(own),
        Route::new("GET /v1/merchant/payments", MerchantsRead, "What it was paid", payments)
            .filter("limit", "Payments on a page, 1 to 100; 20 when absent")
            .filter("offset", "How many of the newest to leave out; none when absent")
            .filter("startDate", "The first day, as 2026-01-01; of the profile when absent")
            .filter("endDate", "The last day, included; today when absent")
            .gives::<MerchantPayments>(200)
            .or(own),
        Route::new("GET /v1/merchant/analytics", MerchantsRead, "What it adds up to", analytics)
            .filter("from", "The first day, as 2026-01-01; thirty days in all when absent")
            .filter("to", "The last day, included; today when absent")
            .filter("groupBy", "day, week (from Monday) or month; day when absent")
            .gives::<MerchantAnalytics>(200)
            .or(own),
    ]
}

/// The profile of the caller's organization. What it was paid is the whole
/// organization's to know.
async fn own(call: &Call) -> Result<MerchantRow, ApiError> {
    call.caller.require_owner()?;
    let scope = call.caller.scope;
    let row = call.read(move |connection| merchants::of_scope(connection, scope)).await?;
    row.ok_or_else(merchants::not_found)
}

async fn overview(call: Call) -> Result<Answer, ApiError> {
    let merchant = own(&call).await?;
    let today = call.app.clock.now().day();
    let month = Days { first: today.month_start(), last: today };
    let overview = call.read(move |connection| {
        let wallet = wallets::get(connection, merchant.settlement_wallet)?;
        let wallet =
            wallet.ok_or_else(|| DbError::Layout("a merchant has no wallet".to_owned()))?;
        let found = store::days(connection, merchant.id, month)?;
        let last = merchant.received;
        let numbers = Numbers { first: last - RECENT + 1, last };
        let status = match wallet.status {
            WalletStatus::Active => "AVAILABLE",
            WalletStatus::Frozen | WalletStatus::Closed => wallet.status.as_str(),
        };
        Ok(SettlementOverview {
            merchant_id: merchant.id,
            merchant_name: merchant.name,
            settlement_wallet_id: merchant.settlement_wallet,
            balance: SettlementBalance {
                amount: wallet.balance.available(),
                currency: CURRENCY.to_owned(),
                status: status.to_owned(),
            },
            today: sum(&found, Days { first: today, last: today }),
            month: sum(&found, month),
            recent_payments: store::list(connection, merchant.id, numbers)?,
        })
    });
    Ok(Answer::ok(&overview.await?))
}

async fn payments(call: Call) -> Result<Answer, ApiError> {
    let limit = call.query_number("limit", PAGE_DEFAULT, 1..=PAGE_MAX)?;
    let offset = call.query_number("offset", 0, 0..=i64::from(u32::MAX))?;
    let (start, end) = (call.query_day("startDate")?, call.query_day("endDate")?);
    if start.zip(end).is_some_and(|(start, end)| start > end) {
        return Err(ApiError::invalid_field("startDate", "must not be after endDate"));
    }
    let merchant = own(&call).await?.id;
    let page = call.read(move |connection| {
        let all = store::between(connection, merchant, start, end)?;
        let last = all.last - offset;
        let page = Numbers { first: (last - limit + 1).max(all.first), last };
        let data = store::list(connection, merchant, page)?;
        Ok(MerchantPayments { data, total: all.count(), limit, offset })
    });
    Ok(Answer::ok(&page.await?))
}

async fn analytics(call: Call) -> Result<Answer, ApiError> {
    let (days, period) = (call.report_days()?, call.report_period()?);
    let merchant = own(&call).await?.id;
    let found = call.read(move |connection| store::days(connection, merchant, days)).await?;
    Ok(Answer::ok(&trend(days, period, found)))
}
