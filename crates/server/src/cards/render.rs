//! Cards as answers and events show them.

use serde_json::{Value, json};
use wallgent_api::types::cards::{Card, SpendingLimit};

use super::store::CardRow;

/// A card, without what is secret.
#[must_use]
pub fn card(row: &CardRow) -> Card {
    Card {
        id: row.id,
        wallet_id: row.wallet,
        cardholder_id: row.cardholder,
        cardholder_name: row.cardholder_name.clone(),
        kind: row.kind.as_str().to_owned(),
        status: row.status.as_str().to_owned(),
        last4: row.last4.clone(),
        brand: row.brand.clone(),
        exp_month: row.expiry.month,
        exp_year: row.expiry.year,
        spending_limits: row.limits.iter().map(SpendingLimit::from).collect(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// A card as its events tell it, with what else there is to say.
#[must_use]
pub fn told(row: &CardRow, more: &Value) -> Value {
    let mut told = json!(card(row));
    told["cardId"] = json!(row.id);
    for (name, value) in more.as_object().into_iter().flatten() {
        told[name.as_str()] = value.clone();
    }
    told
}
