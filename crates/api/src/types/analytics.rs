//! What wallets spend and receive, period by period.

use serde::{Deserialize, Serialize};
use wallgent_core::Total;
use wallgent_core::time::Day;

/// `GET /analytics/spending`
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Spending {
    /// Every period of the range, oldest first.
    pub daily_totals: Vec<SpendingPoint>,
    /// All of them together.
    pub summary: SpendingSummary,
}

/// What went out and came in during one period.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SpendingPoint {
    /// The first day of the period.
    #[schema(value_type = String, format = Date, example = "2026-01-31")]
    pub date: Day,
    /// What went out, fees included.
    #[schema(value_type = String, example = "50.25")]
    pub debits: Total,
    /// What came in.
    #[schema(value_type = String, example = "100.00")]
    pub credits: Total,
    /// Credits less debits.
    #[schema(value_type = String, example = "49.75")]
    pub net: Total,
}

/// What went out and came in during the whole range.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpendingSummary {
    /// What went out, fees included.
    #[schema(value_type = String, example = "50.25")]
    pub total_debits: Total,
    /// What came in.
    #[schema(value_type = String, example = "100.00")]
    pub total_credits: Total,
    /// Credits less debits.
    #[schema(value_type = String, example = "49.75")]
    pub net_flow: Total,
}
