//! Authorizations as answers and events show them.

use serde_json::{Value, json};
use wallgent_api::types::CURRENCY;
use wallgent_api::types::card_authorizations::CardAuthorization;

use super::store::AuthorizationRow;

/// An authorization.
#[must_use]
pub fn authorization(row: &AuthorizationRow) -> CardAuthorization {
    let reason = row.decline_reason.map(|it| it.as_str().to_owned());
    CardAuthorization {
        id: row.id,
        card_id: row.card,
        wallet_id: row.wallet,
        status: row.status.as_str().to_owned(),
        amount: row.amount,
        held_amount: row.amounts.held(),
        captured_amount: row.amounts.captured,
        released_amount: row.amounts.released,
        refunded_amount: row.amounts.refunded,
        currency: CURRENCY.to_owned(),
        merchant: row.merchant.clone(),
        reason: reason.clone(),
        decline_reason: reason,
        decline_message: row.decline_message.clone(),
        created_at: row.created_at,
        expires_at: row.expires_at,
        updated_at: row.updated_at,
    }
}

/// An authorization as its events tell it, with what else there is to say.
#[must_use]
pub fn told(row: &AuthorizationRow, more: &Value) -> Value {
    let mut told = json!(authorization(row));
    told["authorizationId"] = json!(row.id);
    for (name, value) in more.as_object().into_iter().flatten() {
        told[name.as_str()] = value.clone();
    }
    told
}
