//! Payment links as answers, payers and events see them.

use serde_json::{Value, json};
use wallgent_api::types::payment_links::{PayableLink, PaymentLink, RecipientRestrictions};
use wallgent_core::Timestamp;

use super::store::LinkRow;
use crate::config::Rules;

/// A link as its owner sees it.
#[must_use]
pub fn link(row: &LinkRow, rules: &Rules, now: Timestamp) -> PaymentLink {
    let restricted = row.is_restricted();
    PaymentLink {
        id: row.id,
        slug: row.slug.clone(),
        url: url(row, rules),
        wallet_id: row.wallet,
        amount: row.amount,
        currency: row.currency.clone(),
        description: row.description.clone(),
        status: row.status.at(now, row.expires_at).as_str().to_owned(),
        max_uses: row.uses_max,
        uses: row.uses,
        recipient_restrictions: restricted.then(|| RecipientRestrictions {
            emails: row.payers.emails.clone(),
            wallet_ids: row.payers.wallets.clone(),
        }),
        expires_at: row.expires_at,
        metadata: row.metadata.clone(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// A link as whoever has it sees it.
#[must_use]
pub fn payable(row: &LinkRow, rules: &Rules, now: Timestamp) -> PayableLink {
    PayableLink {
        slug: row.slug.clone(),
        url: url(row, rules),
        amount: row.amount,
        currency: row.currency.clone(),
        description: row.description.clone(),
        status: row.status.at(now, row.expires_at).as_str().to_owned(),
        payee_name: row.organization_name.clone(),
        restricted: row.is_restricted(),
        expires_at: row.expires_at,
        environment: row.environment.as_str().to_owned(),
    }
}

fn url(row: &LinkRow, rules: &Rules) -> String {
    format!("{}/pay/{}", rules.public_url, row.slug)
}

/// A link as its events tell it.
#[must_use]
pub fn told(row: &LinkRow, rules: &Rules, now: Timestamp) -> Value {
    let mut told = json!(link(row, rules, now));
    told["paymentLinkId"] = json!(row.id);
    told
}
