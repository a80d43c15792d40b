//! Charges as answers and events show them.

use serde_json::{Value, json};
use wallgent_api::types::CURRENCY;
use wallgent_api::types::charges::{Charge, RecurringCharge};

use super::store::{ChargeRow, RecurringRow};

/// A charge, with the one that repeats when it was its first.
pub(super) fn charge(row: &ChargeRow, recurring: Option<&RecurringRow>) -> Charge {
    Charge {
        id: row.id,
        charge_id: row.id,
        invoice_id: row.invoice,
        status: row.status().to_owned(),
        amount: row.amount,
        failure_reason: row.outcome.as_ref().err().cloned(),
        recurring: recurring.map(self::recurring),
    }
}

/// A charge that repeats.
pub(super) fn recurring(row: &RecurringRow) -> RecurringCharge {
    RecurringCharge {
        id: row.id,
        status: row.status().to_owned(),
        interval: row.recurrence.as_str().to_owned(),
        wallet_id: row.wallet,
        customer_id: row.customer,
        amount: row.amount,
        currency: CURRENCY.to_owned(),
        description: row.description.clone(),
        occurrences: row.occurrences,
        next_charge_at: row.due_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// A charge as its events tell it.
pub(super) fn told(row: &ChargeRow) -> Value {
    let mut told = json!(charge(row, None));
    let more = json!({
        "walletId": row.wallet,
        "customerId": row.customer,
        "paymentMethodId": row.method,
        "transactionId": row.outcome.as_ref().ok(),
        "currency": CURRENCY,
        "recurringChargeId": row.occurrence.map(|it| it.recurring),
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        told[name.as_str()] = value.clone();
    }
    told
}
