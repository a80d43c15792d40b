//! Every type of event that can happen, with a description and a sample.

use serde_json::{Value, json};
use wallgent_api::types::events::{Event, EventType};
use wallgent_core::id::{
    ApprovalId, BankAccountId, BatchId, CardAuthorizationId, CardId, CardholderId, ChargeId,
    CustomerId, DelegationId, Id, InvoiceId, KeyId, Kind, OrganizationId, PaymentLinkId,
    PaymentMethodId, PolicyId, TransactionId, TransferId, WalletId, WebhookId,
};
use wallgent_core::{Environment, Timestamp};

/// The number in the identifiers of samples.
const SAMPLE_KEY: i64 = 805_306_368_000_000_001;
/// When samples happened: 2026-01-31T09:00:00Z.
const SAMPLE_TIME: Timestamp = Timestamp::from_micros(1_769_850_000_000_000);

/// Types and what they mean.
const TYPES: &[(&str, &str)] = &[
    ("wallet.created", "A wallet was created"),
    ("wallet.updated", "A wallet's names, metadata or discoverability changed"),
    ("wallet.funded", "Money was put into a wallet"),
    ("wallet.frozen", "A wallet was stopped from paying"),
    ("wallet.unfrozen", "A wallet may pay again"),
    ("wallet.closed", "A wallet was closed for good"),
    ("payment.completed", "A payment from one of your wallets was posted"),
    ("payment.received", "A payment to one of your wallets was posted"),
    ("payment.failed", "A payment was refused: no funds, or a frozen wallet"),
    ("payment.denied", "A payment was refused by a policy"),
    ("payment.pending_approval", "A payment waits for a human"),
    ("payment.reversed", "A payment was given back, in part or whole"),
    ("payment.batch_completed", "All payments of a batch were posted"),
    ("payment.batch_failed", "Some payments of a batch were not posted"),
    ("policy.created", "A policy was added to a wallet"),
    ("policy.updated", "A policy changed"),
    ("policy.deleted", "A policy was removed"),
    ("policy.denied", "A policy refused a payment"),
    ("approval.created", "A human is asked"),
    ("approval.approved", "A human agreed"),
    ("approval.rejected", "A human refused, or the agent was deleted"),
    ("approval.expired", "Nobody decided in time"),
    ("agent.created", "An agent was created"),
    ("agent.updated", "An agent's wallet changed"),
    ("agent.paused", "An agent was stopped from paying"),
    ("agent.resumed", "An agent may pay again"),
    ("agent.budget_adjusted", "An agent was given money, or gave some back"),
    ("agent.key_rotated", "An agent's key was replaced"),
    ("agent.deleted", "An agent was deleted"),
    ("api_key.created", "An API key was created"),
    ("api_key.updated", "An API key changed"),
    ("api_key.revoked", "An API key was revoked"),
    ("delegation.created", "Rights on wallets were lent"),
    ("delegation.revoked", "A delegation was revoked"),
    ("delegation.expired", "A delegation's time was over"),
    ("webhook.created", "A webhook was set up"),
    ("webhook.updated", "A webhook changed"),
    ("webhook.deleted", "A webhook was removed"),
    ("webhook.secret_rotated", "A webhook was given a new secret"),
    ("webhook.disabled", "A webhook was disabled because its endpoint is gone or only fails"),
    ("transfer.created", "A transfer was asked for"),
    ("transfer.processing", "A transfer was handed to its rail"),
    ("transfer.completed", "A transfer was completed"),
    ("transfer.failed", "The rail could not carry a transfer out"),
    ("transfer.cancelled", "A transfer was called back, rejected, or not approved in time"),
    ("transfer.returned", "A completed transfer was taken back by the other side"),
    ("bank_account.linked", "A bank account was linked"),
    ("bank_account.verified", "A bank account was verified"),
    ("bank_account.removed", "A bank account was removed"),
    ("payment_link.created", "A payment link was made"),
    ("payment_link.claimed", "A payment link was paid as often as it can be"),
    ("payment_link.cancelled", "A payment link was cancelled"),
    ("payment_link.expired", "A payment link's time was over"),
    ("customer.created", "A customer was added"),
    ("customer.updated", "A customer changed"),
    ("customer.deleted", "A customer was deleted"),
    ("customer.payment_method_added", "A customer saved a payment method"),
    ("customer.payment_method_removed", "A payment method was removed"),
    ("invoice.created", "An invoice was drafted"),
    ("invoice.updated", "A draft of an invoice changed"),
    ("invoice.finalized", "An invoice was fixed and can be paid"),
    ("invoice.paid", "An invoice was paid"),
    ("invoice.voided", "An invoice was withdrawn"),
    ("invoice.uncollectible", "An invoice was given up"),
    ("invoice.refunded", "What an invoice brought was given back, in part or whole"),
    ("invoice.payment_failed", "An invoice could not be paid, and nothing tries it again"),
    ("charge.succeeded", "A customer's payment method was charged"),
    ("charge.failed", "A customer's payment method could not be charged"),
    ("charge.cancelled", "A charge repeats no longer"),
    ("cardholder.created", "A cardholder was added"),
    ("card.created", "A card was issued"),
    ("card.updated", "A card's spending limits changed"),
    ("card.frozen", "A card was stopped from authorizing"),
    ("card.unfrozen", "A card may authorize again"),
    ("card.cancelled", "A card ended for good"),
    ("card.details_viewed", "Somebody read a card's number"),
    ("card.authorized", "A card's purchase was approved, and its amount is held"),
    ("card.declined", "A card's purchase was declined"),
    ("card.captured", "A merchant took what was authorized, in part or whole"),
    ("card.reversed", "Held funds of a card became free again: reversed, expired, or ended"),
    ("card.refunded", "A merchant gave back what it took, in part or whole"),
    ("organization.updated", "The organization changed"),
];

/// The names of all types.
pub fn names() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|(name, _)| *name)
}

/// All types.
#[must_use]
pub fn all() -> Vec<EventType> {
    let told = TYPES.iter().map(|(name, about)| EventType {
        kind: (*name).to_owned(),
        description: (*about).to_owned(),
        sample: sample(name),
    });
    told.collect()
}

/// An event of this type, as it could be.
#[must_use]
pub fn sample(name: &str) -> Event {
    Event {
        id: some(),
        sequence: 42,
        event: name.to_owned(),
        kind: name.to_owned(),
        timestamp: SAMPLE_TIME,
        organization_id: some(),
        environment: Environment::Sandbox.as_str().to_owned(),
        request_id: Some("req_sample".to_owned()),
        data: sample_data(name),
    }
}

fn some<K: Kind>() -> Id<K> {
    Id::from_key(SAMPLE_KEY).expect("a sample's number is positive")
}

fn sample_data(name: &str) -> Value {
    let (wallet, payment): (WalletId, TransactionId) = (some(), some());
    let policy: PolicyId = some();
    let family = name.split('.').next().unwrap_or_default();
    match (family, name) {
        (_, "wallet.funded") => {
            json!({ "transactionId": payment, "walletId": wallet, "amount": "1000.00",
                    "newBalance": "1000.00", "currency": "USD" })
        }
        (_, "payment.denied" | "payment.failed" | "policy.denied") => {
            json!({ "walletId": wallet, "from": wallet, "to": wallet, "amount": "250.00",
                    "policyId": policy, "code": "POLICY_DENIED", "violations": [],
                    "reason": "Policy \"Daily budget\" denies: dailySpendingLimit is 500.00" })
        }
        (_, "payment.batch_completed" | "payment.batch_failed") => {
            let batch: BatchId = some();
            json!({ "batchId": batch, "results": [],
                    "summary": { "total": 0, "succeeded": 0, "reversed": 0, "failed": 0 } })
        }
        ("payment", _) => {
            json!({ "id": payment, "transactionId": payment, "from": wallet, "to": wallet,
                    "amount": "50.00", "fee": "0.25", "currency": "USD", "status": "POSTED" })
        }
        ("policy", _) => json!({ "id": policy, "walletId": wallet, "name": "Daily budget",
                                 "enabled": true, "dailySpendingLimit": "500.00" }),
        ("approval", _) => {
            let approval: ApprovalId = some();
            json!({ "id": approval, "approvalId": approval, "walletId": wallet,
                    "policyId": policy, "transactionId": payment, "amount": "250.00" })
        }
        ("api_key", _) => {
            let key: KeyId = some();
            json!({ "id": key, "name": "CI deploy key", "permissions": ["wallets:read"] })
        }
        ("delegation", _) => {
            let delegation: DelegationId = some();
            json!({ "id": delegation, "walletId": wallet, "permissions": ["wallets:read"] })
        }
        ("webhook", _) => {
            let webhook: WebhookId = some();
            json!({ "id": webhook, "url": "https://your-app.example/hooks", "enabled": true,
                    "events": ["payment.*"] })
        }
        ("transfer", _) => {
            let transfer: TransferId = some();
            json!({ "id": transfer, "rail": "ACH", "direction": "DEPOSIT", "walletId": wallet,
                    "status": "COMPLETED", "amount": "500.00", "fee": "2.50", "currency": "USD" })
        }
        ("bank_account", _) => {
            let account: BankAccountId = some();
            json!({ "id": account, "routingNumber": "021000021", "accountNumberLast4": "6789",
                    "accountHolderName": "Acme", "accountType": "CHECKING", "status": "VERIFIED" })
        }
        ("payment_link", _) => {
            let link: PaymentLinkId = some();
            json!({ "id": link, "paymentLinkId": link, "walletId": wallet, "amount": "250.00",
                    "currency": "USD", "status": "ACTIVE", "maxUses": 1, "uses": 0 })
        }
        (_, "customer.payment_method_added" | "customer.payment_method_removed") => {
            let (method, customer): (PaymentMethodId, CustomerId) = (some(), some());
            json!({ "id": method, "paymentMethodId": method, "customerId": customer,
                    "type": "card", "brand": "VISA", "last4": "4242" })
        }
        ("customer", _) => {
            let customer: CustomerId = some();
            json!({ "id": customer, "customerId": customer, "email": "jane@acme.example",
                    "name": "Jane Smith" })
        }
        ("invoice", _) => {
            let (invoice, customer): (InvoiceId, CustomerId) = (some(), some());
            json!({ "id": invoice, "invoiceId": invoice, "walletId": wallet,
                    "customerId": customer, "total": "70.00", "currency": "USD",
                    "refundedAmount": "0.00" })
        }
        ("charge", _) => {
            let (charge, invoice): (ChargeId, InvoiceId) = (some(), some());
            json!({ "id": charge, "chargeId": charge, "invoiceId": invoice, "walletId": wallet,
                    "amount": "99.00", "currency": "USD" })
        }
        ("cardholder", _) => {
            let holder: CardholderId = some();
            json!({ "id": holder, "cardholderId": holder, "name": "Ada Lovelace" })
        }
        (
            _,
            "card.authorized" | "card.declined" | "card.captured" | "card.reversed"
            | "card.refunded",
        ) => sample_authorization(name),
        ("card", _) => {
            let card: CardId = some();
            json!({ "id": card, "cardId": card, "walletId": wallet, "type": "PERSISTENT",
                    "status": "ACTIVE", "last4": "4242", "brand": "VISA" })
        }
        ("organization", _) => {
            let organization: OrganizationId = some();
            json!({ "id": organization, "name": "Acme" })
        }
        (_, "agent.deleted") => json!({ "id": wallet, "deleted": true, "sweptAmount": "125.00" }),
        _ => json!({ "id": wallet, "name": "Research Agent", "status": "ACTIVE",
                     "balance": "125.00", "available": "125.00", "currency": "USD" }),
    }
}

fn sample_authorization(name: &str) -> Value {
    let (authorization, card, wallet): (CardAuthorizationId, CardId, WalletId) =
        (some(), some(), some());
    let (status, reason) = match name {
        "card.declined" => ("DECLINED", Some("INSUFFICIENT_FUNDS")),
        "card.captured" => ("CAPTURED", None),
        "card.reversed" => ("REVERSED", None),
        "card.refunded" => ("REFUNDED", None),
        _ => ("APPROVED", None),
    };
    json!({ "id": authorization, "authorizationId": authorization, "cardId": card,
            "walletId": wallet, "status": status, "declineReason": reason, "amount": "25.00",
            "currency": "USD", "merchant": { "name": "ACME Cloud", "category": "software" } })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::events::Change;

    #[test]
    fn exactly_what_can_happen_is_listed() {
        let listed: BTreeSet<&str> = names().collect();
        let possible: BTreeSet<&str> =
            Change::ALL.iter().flat_map(|change| change.events().iter().copied()).collect();
        assert_eq!(listed, possible);
        assert_eq!(listed.len(), TYPES.len());
    }
}
