//! Committed changes: the one source of events, webhooks, realtime and audit.
//!
//! A change is one narrow row, written in the transaction of what it reports.
//! It makes one or more events, which take consecutive numbers in the order
//! listed here, and one audit entry.

pub mod catalogue;
mod feed;
mod hub;
mod render;
pub mod routes;
mod store;

use serde_json::Value;
use wallgent_core::id::{self, Id, KeyId, Kind, WalletId};

use crate::caller::{Caller, Visitor};
use crate::engine::{ChangeRow, ScopeId, Stop, Tx};

pub use feed::{Books, Feed, Interest, event_at, place_of, read_after};
pub use hub::{Follower, Hub, Ready};
pub use render::{Told, metadata};
use render::{events_of, payments_of};
pub use store::{Found, Search, Stored, find};

/// Bits of an entry's number that its sequence takes; the rest is its scope's.
const SEQUENCE_BITS: u32 = 40;

/// One number for a scope and a sequence, so that an entry is found by its
/// identifier without an index.
#[must_use]
pub const fn number(scope: ScopeId, sequence: i64) -> i64 {
    (scope << SEQUENCE_BITS) | sequence
}

macro_rules! changes {
    ($($name:ident $stored:literal $about:ident [$($event:literal),+],)*) => {
        /// What changed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Change {
            $($name,)*
        }

        impl Change {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in the store.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $stored,)* }
            }

            /// The events it makes.
            pub const fn events(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($event),+],)* }
            }

            /// What its subject's number identifies.
            pub const fn about(self) -> About {
                match self { $(Self::$name => About::$about,)* }
            }
        }
    };
}

changes! {
    WalletCreated "wallet.created" Wallet ["wallet.created"],
    WalletUpdated "wallet.updated" Wallet ["wallet.updated"],
    WalletFunded "wallet.funded" Wallet ["wallet.funded"],
    WalletFrozen "wallet.frozen" Wallet ["wallet.frozen"],
    WalletUnfrozen "wallet.unfrozen" Wallet ["wallet.unfrozen"],
    WalletClosed "wallet.closed" Wallet ["wallet.closed"],
    // Within one organization a payment is sent and received in its own books.
    PaymentPosted "payment.completed" Payment ["payment.completed", "payment.received"],
    PaymentSent "payment.sent" Payment ["payment.completed"],
    PaymentReceived "payment.received" Payment ["payment.received"],
    // A refused request made no payment: these are about the wallet.
    PaymentFailed "payment.failed" Wallet ["payment.failed"],
    PaymentDenied "payment.denied" Wallet ["payment.denied", "policy.denied"],
    PaymentHeld "payment.pending_approval" Payment ["payment.pending_approval"],
    ApprovalCreated "approval.created" Approval ["approval.created"],
    ApprovalApproved "approval.approved" Approval ["approval.approved"],
    ApprovalRejected "approval.rejected" Approval ["approval.rejected"],
    ApprovalExpired "approval.expired" Approval ["approval.expired"],
    PaymentReversed "payment.reversed" Payment ["payment.reversed"],
    BatchCompleted "payment.batch_completed" Batch ["payment.batch_completed"],
    BatchFailed "payment.batch_failed" Batch ["payment.batch_failed"],
    PolicyCreated "policy.created" Policy ["policy.created"],
    PolicyUpdated "policy.updated" Policy ["policy.updated"],
    PolicyDeleted "policy.deleted" Policy ["policy.deleted"],
    AgentCreated "agent.created" Wallet ["agent.created"],
    AgentUpdated "agent.updated" Wallet ["agent.updated"],
    AgentPaused "agent.paused" Wallet ["agent.paused"],
    AgentResumed "agent.resumed" Wallet ["agent.resumed"],
    AgentBudgetAdjusted "agent.budget_adjusted" Wallet ["agent.budget_adjusted"],
    AgentKeyRotated "agent.key_rotated" Wallet ["agent.key_rotated"],
    AgentDeleted "agent.deleted" Wallet ["agent.deleted"],
    KeyCreated "api_key.created" Key ["api_key.created"],
    KeyUpdated "api_key.updated" Key ["api_key.updated"],
    KeyRevoked "api_key.revoked" Key ["api_key.revoked"],
    DelegationCreated "delegation.created" Delegation ["delegation.created"],
    DelegationRevoked "delegation.revoked" Delegation ["delegation.revoked"],
    DelegationExpired "delegation.expired" Delegation ["delegation.expired"],
    WebhookCreated "webhook.created" Webhook ["webhook.created"],
    WebhookUpdated "webhook.updated" Webhook ["webhook.updated"],
    WebhookDeleted "webhook.deleted" Webhook ["webhook.deleted"],
    WebhookSecretRotated "webhook.secret_rotated" Webhook ["webhook.secret_rotated"],
    WebhookDisabled "webhook.disabled" Webhook ["webhook.disabled"],
    TransferCreated "transfer.created" Transfer ["transfer.created"],
    TransferProcessing "transfer.processing" Transfer ["transfer.processing"],
    TransferCompleted "transfer.completed" Transfer ["transfer.completed"],
    TransferFailed "transfer.failed" Transfer ["transfer.failed"],
    TransferCancelled "transfer.cancelled" Transfer ["transfer.cancelled"],
    TransferReturned "transfer.returned" Transfer ["transfer.returned"],
    // The transfer has ended; its wallet pays what it left owing.
    TransferRecovered "transfer.recovered" Transfer ["wallet.updated"],
    // A refused request made no transfer: this is about the wallet.
    TransferDenied "transfer.denied" Wallet ["policy.denied"],
    BankAccountLinked "bank_account.linked" BankAccount ["bank_account.linked"],
    BankAccountVerified "bank_account.verified" BankAccount ["bank_account.verified"],
    BankAccountRemoved "bank_account.removed" BankAccount ["bank_account.removed"],
    // What a test method pays is a payment to its receiver; nobody's wallet sent it.
    TestPaymentReceived "payment.test_received" Payment ["payment.received"],
    PaymentLinkCreated "payment_link.created" PaymentLink ["payment_link.created"],
    PaymentLinkClaimed "payment_link.claimed" PaymentLink ["payment_link.claimed"],
    PaymentLinkCancelled "payment_link.cancelled" PaymentLink ["payment_link.cancelled"],
    PaymentLinkExpired "payment_link.expired" PaymentLink ["payment_link.expired"],
    CustomerCreated "customer.created" Customer ["customer.created"],
    CustomerUpdated "customer.updated" Customer ["customer.updated"],
    CustomerDeleted "customer.deleted" Customer ["customer.deleted"],
    PaymentMethodAdded "customer.payment_method_added" PaymentMethod
        ["customer.payment_method_added"],
    PaymentMethodRemoved "customer.payment_method_removed" PaymentMethod
        ["customer.payment_method_removed"],
    InvoiceCreated "invoice.created" Invoice ["invoice.created"],
    InvoiceUpdated "invoice.updated" Invoice ["invoice.updated"],
    InvoiceFinalized "invoice.finalized" Invoice ["invoice.finalized"],
    InvoicePaid "invoice.paid" Invoice ["invoice.paid"],
    InvoiceVoided "invoice.voided" Invoice ["invoice.voided"],
    InvoiceUncollectible "invoice.uncollectible" Invoice ["invoice.uncollectible"],
    InvoiceRefunded "invoice.refunded" Invoice ["invoice.refunded"],
    InvoicePaymentFailed "invoice.payment_failed" Invoice ["invoice.payment_failed"],
    ChargeSucceeded "charge.succeeded" Charge ["charge.succeeded"],
    ChargeFailed "charge.failed" Charge ["charge.failed"],
    // One that repeats.
    ChargeCancelled "charge.cancelled" Charge ["charge.cancelled"],
    CardholderCreated "cardholder.created" Cardholder ["cardholder.created"],
    CardCreated "card.created" Card ["card.created"],
    CardUpdated "card.updated" Card ["card.updated"],
    CardFrozen "card.frozen" Card ["card.frozen"],
    CardUnfrozen "card.unfrozen" Card ["card.unfrozen"],
    CardCancelled "card.cancelled" Card ["card.cancelled"],
    CardDetailsViewed "card.details_viewed" Card ["card.details_viewed"],
    CardAuthorized "card.authorized" CardAuthorization ["card.authorized"],
    CardDeclined "card.declined" CardAuthorization ["card.declined"],
    // Declined by a policy.
    CardDenied "card.denied" CardAuthorization ["card.declined", "policy.denied"],
    CardCaptured "card.captured" CardAuthorization ["card.captured"],
    CardReversed "card.reversed" CardAuthorization ["card.reversed"],
    CardRefunded "card.refunded" CardAuthorization ["card.refunded"],
    OrganizationUpdated "organization.updated" Organization ["organization.updated"],
    FeesSwept "fees.swept" Payment ["wallet.funded"],
}

impl Change {
    /// The change with this name in the store.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|change| change.as_str() == name)
    }

    /// The audit log's word for it.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            // To its sender, a payment to another organization is one like any.
            Self::PaymentSent => Self::PaymentPosted.as_str(),
            Self::TestPaymentReceived => Self::PaymentReceived.as_str(),
            // Whoever declined it, it is one decline.
            Self::CardDenied => Self::CardDeclined.as_str(),
            _ => self.as_str(),
        }
    }

    /// The kind of resource it is told of: the word before the point.
    #[must_use]
    pub fn resource(self) -> &'static str {
        self.action().split('.').next().unwrap_or_default()
    }
}

/// What the number of a change's subject identifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Wallet,
    Payment,
    Batch,
    Approval,
    Policy,
    Key,
    Delegation,
    Webhook,
    Cardholder,
    Card,
    CardAuthorization,
    Organization,
    Transfer,
    BankAccount,
    PaymentLink,
    Customer,
    PaymentMethod,
    Invoice,
    Charge,
}

impl About {
    /// The identifier with this number.
    #[must_use]
    pub fn name(self, number: i64) -> String {
        fn of<K: Kind>(number: i64) -> String {
            Id::<K>::from_key(number).map(|id| id.to_string()).unwrap_or_default()
        }
        match self {
            Self::Wallet => of::<id::Wallet>(number),
            Self::Payment => of::<id::Transaction>(number),
            Self::Batch => of::<id::Batch>(number),
            Self::Approval => of::<id::Approval>(number),
            Self::Policy => of::<id::PolicyRecord>(number),
            Self::Key => of::<id::ApiKey>(number),
            Self::Delegation => of::<id::Delegation>(number),
            Self::Webhook => of::<id::Webhook>(number),
            Self::Cardholder => of::<id::Cardholder>(number),
            Self::Card => of::<id::Card>(number),
            Self::CardAuthorization => of::<id::CardAuthorization>(number),
            Self::Organization => of::<id::Organization>(number),
            Self::Transfer => of::<id::Transfer>(number),
            Self::BankAccount => of::<id::BankAccount>(number),
            Self::PaymentLink => of::<id::PaymentLink>(number),
            Self::Customer => of::<id::Customer>(number),
            Self::PaymentMethod => of::<id::PaymentMethod>(number),
            Self::Invoice => of::<id::Invoice>(number),
            Self::Charge => of::<id::Charge>(number),
        }
    }

    /// The number of an identifier of this kind.
    #[must_use]
    pub fn number(self, name: &str) -> Option<i64> {
        fn of<K: Kind>(name: &str) -> Option<i64> {
            name.parse::<Id<K>>().ok().map(Id::key)
        }
        match self {
            Self::Wallet => of::<id::Wallet>(name),
            Self::Payment => of::<id::Transaction>(name),
            Self::Batch => of::<id::Batch>(name),
            Self::Approval => of::<id::Approval>(name),
            Self::Policy => of::<id::PolicyRecord>(name),
            Self::Key => of::<id::ApiKey>(name),
            Self::Delegation => of::<id::Delegation>(name),
            Self::Webhook => of::<id::Webhook>(name),
            Self::Cardholder => of::<id::Cardholder>(name),
            Self::Card => of::<id::Card>(name),
            Self::CardAuthorization => of::<id::CardAuthorization>(name),
            Self::Organization => of::<id::Organization>(name),
            Self::Transfer => of::<id::Transfer>(name),
            Self::BankAccount => of::<id::BankAccount>(name),
            Self::PaymentLink => of::<id::PaymentLink>(name),
            Self::Customer => of::<id::Customer>(name),
            Self::PaymentMethod => of::<id::PaymentMethod>(name),
            Self::Invoice => of::<id::Invoice>(name),
            Self::Charge => of::<id::Charge>(name),
        }
    }
}

/// Who did it.
#[derive(Clone, Copy, Debug)]
pub enum Actor<'a> {
    /// A key.
    Key(&'a Caller),
    /// Somebody without one.
    Visitor(&'a Visitor),
    /// The operator, or the clock.
    System,
}

impl Actor<'_> {
    /// The actor, as far as an organization may know: it never learns who acted on
    /// the other side.
    #[must_use]
    pub fn seen_from(self, scope: ScopeId) -> Self {
        match self {
            Self::Key(caller) if caller.scope != scope => Self::System,
            _ => self,
        }
    }
}

/// What a change is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// Whose event it is.
    pub scope: ScopeId,
    /// The number of the resource.
    pub id: i64,
    /// The wallet concerned, for streams that see only some wallets.
    pub wallet: Option<WalletId>,
}

/// Records a change. `data` is what cannot be read from the resource's own
/// row later: the state of something that changes, or of a request that was
/// refused.
pub fn record(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    change: Change,
    subject: Subject,
    data: Option<&Value>,
) -> Result<(), Stop> {
    let (key, ip, request_id) = match actor {
        Actor::Key(caller) => (Some(caller.key), caller.ip.as_ref(), Some(&caller.request_id)),
        Actor::Visitor(visitor) => (None, visitor.ip.as_ref(), Some(&visitor.request_id)),
        Actor::System => (None, None, None),
    };
    let row = ChangeRow {
        scope: subject.scope,
        sequence: 0,
        kind: change.as_str(),
        subject: subject.id,
        wallet: subject.wallet,
        actor: key.map(KeyId::key),
        ip: ip.cloned(),
        request_id: request_id.map(ToString::to_string),
        data: data.map(Value::to_string),
        created_at: tx.now(),
    };
    let events = i64::try_from(change.events().len()).unwrap_or(1);
    tx.add_change(row, events)?;
    Ok(())
}
