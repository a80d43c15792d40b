//! The field lists of the API's objects, and the check that an object has exactly those.

use serde_json::Value;

pub(crate) const WALLET: &[&str] = &[
    "id",
    "organizationId",
    "accountId",
    "environment",
    "name",
    "agentName",
    "walletType",
    "status",
    "balance",
    "available",
    "currency",
    "wallgentAddress",
    "discoverable",
    "metadata",
    "createdAt",
    "updatedAt",
];
pub(crate) const BALANCE: &[&str] =
    &["walletId", "available", "pending", "held", "balance", "currency"];
pub(crate) const FUNDING: &[&str] =
    &["transactionId", "walletId", "amount", "newBalance", "currency"];
pub(crate) const SANDBOX_FUNDING: &[&str] = &["walletId", "amount", "newBalance"];
pub(crate) const ENTRY: &[&str] = &[
    "id",
    "walletId",
    "transactionId",
    "amount",
    "direction",
    "entryType",
    "balanceAfter",
    "description",
    "relatedTransactionId",
    "createdAt",
];
pub(crate) const HOLD: &[&str] =
    &["id", "walletId", "amount", "reason", "reference", "status", "createdAt", "expiresAt"];
pub(crate) const POLICY: &[&str] = &[
    "id",
    "walletId",
    "name",
    "enabled",
    "maxTransactionAmount",
    "dailySpendingLimit",
    "weeklySpendingLimit",
    "monthlySpendingLimit",
    "maxTransactionsPerDay",
    "approvedRecipients",
    "blockedRecipients",
    "timeRestrictions",
    "requireHumanApproval",
    "approvalThreshold",
    "requireDifferentApprover",
    "createdAt",
    "updatedAt",
];
pub(crate) const VIOLATION: &[&str] =
    &["policyId", "policyName", "rule", "limit", "observed", "remaining", "resetsAt"];
pub(crate) const LIMIT: &[&str] = &["policyId", "rule", "limit", "used", "remaining", "resetsAt"];
pub(crate) const PAYMENT: &[&str] = &[
    "id",
    "from",
    "to",
    "fromWalletId",
    "toWalletId",
    "amount",
    "fee",
    "currency",
    "status",
    "state",
    "description",
    "idempotencyKey",
    "rail",
    "merchantId",
    "batchId",
    "approvalId",
    "reversedAmount",
    "environment",
    "createdAt",
    "settledAt",
];
pub(crate) const PAYMENT_LINK: &[&str] = &[
    "id",
    "slug",
    "url",
    "walletId",
    "amount",
    "currency",
    "description",
    "status",
    "maxUses",
    "uses",
    "recipientRestrictions",
    "expiresAt",
    "metadata",
    "createdAt",
    "updatedAt",
];
/// What the sender's own answers to a payment carry beyond the payment.
pub(crate) const SENDER_BALANCES: &[&str] = &["balanceAfter", "availableAfter"];
pub(crate) const BATCH: &[&str] = &["batchId", "results", "summary"];
pub(crate) const BATCH_RESULT: &[&str] = &["index", "status", "transactionId", "error"];
pub(crate) const BATCH_SUMMARY: &[&str] = &["total", "succeeded", "reversed", "failed"];
pub(crate) const KEY: &[&str] = &[
    "id",
    "name",
    "keyPrefix",
    "permissions",
    "environment",
    "walletScope",
    "allowedIps",
    "status",
    "lastUsedAt",
    "expiresAt",
    "createdAt",
];
pub(crate) const ORGANIZATION: &[&str] =
    &["id", "name", "email", "plan", "orgType", "members", "createdAt"];
pub(crate) const AGENT: &[&str] = &[
    "id",
    "walletId",
    "name",
    "agentName",
    "status",
    "balance",
    "available",
    "currency",
    "spentToday",
    "apiKeyId",
    "permissions",
    "environment",
    "wallgentAddress",
    "createdAt",
    "updatedAt",
];
pub(crate) const EVENT: &[&str] = &[
    "id",
    "sequence",
    "event",
    "type",
    "timestamp",
    "organizationId",
    "environment",
    "requestId",
    "data",
];
pub(crate) const WEBHOOK: &[&str] = &[
    "id",
    "url",
    "events",
    "enabled",
    "description",
    "status",
    "disabledReason",
    "createdAt",
    "updatedAt",
];
pub(crate) const DELIVERY: &[&str] = &[
    "id",
    "webhookId",
    "eventId",
    "eventType",
    "status",
    "attempt",
    "statusCode",
    "durationMs",
    "error",
    "response",
    "createdAt",
];
pub(crate) const DEAD_LETTER: &[&str] = &[
    "id",
    "webhookId",
    "eventId",
    "eventType",
    "attempts",
    "lastAttemptAt",
    "nextRetryAt",
    "lastError",
    "payload",
    "createdAt",
];
pub(crate) const CARDHOLDER: &[&str] = &[
    "id",
    "name",
    "firstName",
    "lastName",
    "email",
    "phone",
    "billingAddress",
    "dob",
    "createdAt",
];
pub(crate) const CARD: &[&str] = &[
    "id",
    "walletId",
    "cardholderId",
    "cardholderName",
    "type",
    "status",
    "last4",
    "brand",
    "expMonth",
    "expYear",
    "spendingLimits",
    "createdAt",
    "updatedAt",
];
pub(crate) const CARD_DETAILS: &[&str] =
    &["id", "number", "pan", "cvc", "cvv", "expMonth", "expYear"];
pub(crate) const AUTHORIZATION: &[&str] = &[
    "id",
    "cardId",
    "walletId",
    "status",
    "amount",
    "heldAmount",
    "capturedAmount",
    "releasedAmount",
    "refundedAmount",
    "currency",
    "merchant",
    "declineReason",
    "reason",
    "declineMessage",
    "createdAt",
    "expiresAt",
    "updatedAt",
];
pub(crate) const ADJUSTMENT: &[&str] = &["id", "adjustment", "newBalance", "currency"];
pub(crate) const ROTATION: &[&str] = &["apiKey", "apiKeyId", "revokedKeyId"];
pub(crate) const TEMPLATE: &[&str] = &["id", "name", "description", "permissions", "policy"];
pub(crate) const NETWORK_PAYMENT: &[&str] =
    &["transactionId", "from", "to", "toAddress", "amount", "fees", "status"];
pub(crate) const DIRECTORY_ENTRY: &[&str] = &["walletId", "name", "agentName", "wallgentAddress"];
pub(crate) const APPROVAL: &[&str] = &[
    "id",
    "status",
    "walletId",
    "policyId",
    "amount",
    "currency",
    "requestedBy",
    "decidedBy",
    "decidedAt",
    "reason",
    "transactionId",
    "transactionDetails",
    "createdAt",
    "expiresAt",
];
pub(crate) const TRANSACTION_DETAILS: &[&str] =
    &["type", "amount", "currency", "recipient", "recipientName", "description"];
pub(crate) const DELEGATION: &[&str] = &[
    "id",
    "walletId",
    "walletScope",
    "granteeOrgId",
    "delegateApiKeyId",
    "permissions",
    "status",
    "expiresAt",
    "createdAt",
];
/// What a delegation may say beside that: who granted it, and the grantee's other name.
pub(crate) const DELEGATION_EXTRAS: &[&str] =
    &["grantorOrgId", "delegateOrgId", "environment", "updatedAt", "revokedAt"];
pub(crate) const AUDIT_ENTRY: &[&str] = &[
    "id",
    "organizationId",
    "environment",
    "actorType",
    "actorId",
    "action",
    "resource",
    "resourceId",
    "metadata",
    "ipAddress",
    "requestId",
    "createdAt",
];
pub(crate) const BANK_ACCOUNT: &[&str] = &[
    "id",
    "nickname",
    "bankName",
    "accountHolderName",
    "routingNumber",
    "accountNumberLast4",
    "accountType",
    "status",
    "createdAt",
    "updatedAt",
];
pub(crate) const TRANSFER: &[&str] = &[
    "id",
    "railType",
    "rail",
    "direction",
    "status",
    "walletId",
    "organizationId",
    "amount",
    "currency",
    "fee",
    "customerFee",
    "externalId",
    "ledgerTxnId",
    "settleTxnId",
    "bankAccountId",
    "source",
    "destination",
    "description",
    "failureReason",
    "idempotencyKey",
    "createdAt",
    "completedAt",
    "updatedAt",
];
/// What a transfer says beside that when a human was asked.
pub(crate) const TRANSFER_EXTRAS: &[&str] = &["approvalId", "state", "from", "to", "error"];
pub(crate) const INTERNAL_TRANSFER: &[&str] = &[
    "id",
    "status",
    "transactionId",
    "walletId",
    "fromWalletId",
    "toWalletId",
    "amount",
    "currency",
    "description",
];
pub(crate) const TRANSFER_LIST: &[&str] = &["data", "cursor", "hasMore", "transfers", "nextCursor"];
pub(crate) const CUSTOMER: &[&str] =
    &["id", "email", "name", "phone", "companyName", "metadata", "createdAt", "updatedAt"];
pub(crate) const PAYMENT_METHOD: &[&str] =
    &["id", "customerId", "type", "brand", "last4", "expMonth", "expYear", "createdAt"];
pub(crate) const INVOICE: &[&str] = &[
    "id",
    "status",
    "walletId",
    "customerId",
    "currency",
    "subtotal",
    "total",
    "lineItems",
    "memo",
    "dueDate",
    "slug",
    "checkoutUrl",
    "paidAt",
    "transactionId",
    "refundedAmount",
    "metadata",
    "createdAt",
    "updatedAt",
];
/// An invoice as a payer sees it.
pub(crate) const PAYABLE_INVOICE: &[&str] = &[
    "id",
    "slug",
    "url",
    "status",
    "overdue",
    "payeeName",
    "walletId",
    "currency",
    "subtotal",
    "total",
    "lineItems",
    "memo",
    "dueDate",
    "paidAt",
    "transactionId",
    "environment",
];
pub(crate) const CHARGE: &[&str] = &["id", "chargeId", "invoiceId", "status", "amount"];
pub(crate) const RECURRING_CHARGE: &[&str] = &[
    "id",
    "status",
    "interval",
    "walletId",
    "customerId",
    "amount",
    "currency",
    "description",
    "occurrences",
    "nextChargeAt",
    "createdAt",
    "updatedAt",
];
pub(crate) const LIST: &[&str] = &["data", "cursor", "hasMore", "nextCursor"];

/// The object has all `required` fields, perhaps some `optional` ones, and no others.
#[track_caller]
pub(crate) fn assert_fields(object: &Value, required: &[&str], optional: &[&str]) {
    let fields = object.as_object().unwrap_or_else(|| panic!("an object, not {object}"));
    let missing: Vec<&&str> = required.iter().filter(|name| !fields.contains_key(**name)).collect();
    let foreign: Vec<&String> = fields
        .keys()
        .filter(|name| !required.contains(&name.as_str()) && !optional.contains(&name.as_str()))
        .collect();
    assert!(
        missing.is_empty() && foreign.is_empty(),
        "missing {missing:?}, not in the specification {foreign:?}\nin {object:#}"
    );
}

/// A small set, answered whole.
#[track_caller]
pub(crate) fn assert_whole_list(list: &Value) {
    assert_fields(list, &["data", "cursor", "hasMore"], &["nextCursor"]);
    assert!(
        list["cursor"].is_null() && list["hasMore"] == false,
        "everything on one page: {list:#}"
    );
}

/// `prefix_` and 26 upper-case Crockford characters.
#[track_caller]
pub(crate) fn assert_id(id: &Value, prefix: &str) {
    let text = id.as_str().unwrap_or_else(|| panic!("an ID, not {id}"));
    let ulid = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
    let legal = |c: char| c.is_ascii_digit() || (c.is_ascii_uppercase() && !"ILOU".contains(c));
    assert!(
        ulid.is_some_and(|u| u.len() == 26 && u.chars().all(legal)),
        "{prefix}_<ULID>, not {text}"
    );
}

/// `2026-01-31T09:00:00.000Z`.
#[track_caller]
pub(crate) fn assert_time(time: &Value) {
    let text = time.as_str().unwrap_or_else(|| panic!("a time, not {time}"));
    let pattern = "dddd-dd-ddTdd:dd:dd.dddZ";
    let fits = text.len() == pattern.len()
        && text
            .chars()
            .zip(pattern.chars())
            .all(|(c, p)| if p == 'd' { c.is_ascii_digit() } else { c == p });
    assert!(fits, "ISO 8601 UTC with milliseconds, not {text}");
}
