//! Committed changes: the one source of events, webhooks, realtime and audit.
//!
//! A change is one narrow row, written in the transaction of what it reports.
//! It makes one or more events, which take consecutive numbers in the order
//! listed here, and one audit entry.

use serde_json::Value;
use wallgent_core::id::WalletId;

use crate::caller::Caller;
use crate::engine::{ChangeRow, ScopeId, Stop, Tx};

macro_rules! changes {
    ($($name:ident $action:literal [$($event:literal),+],)*) => {
        /// What changed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Change {
            $($name,)*
        }

        impl Change {
            /// The audit log's word for it, and its name in the store.
            pub const fn action(self) -> &'static str {
                match self { $(Self::$name => $action,)* }
            }

            /// The events it makes.
            pub const fn events(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($event),+],)* }
            }
        }
    };
}

changes! {
    WalletCreated "wallet.created" ["wallet.created"],
    WalletUpdated "wallet.updated" ["wallet.updated"],
    WalletFunded "wallet.funded" ["wallet.funded"],
    WalletFrozen "wallet.frozen" ["wallet.frozen"],
    WalletUnfrozen "wallet.unfrozen" ["wallet.unfrozen"],
    WalletClosed "wallet.closed" ["wallet.closed"],
    // Within one organization a payment is sent and received in its own books.
    PaymentPosted "payment.completed" ["payment.completed", "payment.received"],
    PaymentSent "payment.sent" ["payment.completed"],
    PaymentReceived "payment.received" ["payment.received"],
    PaymentFailed "payment.failed" ["payment.failed"],
    PaymentDenied "payment.denied" ["payment.denied", "policy.denied"],
    PaymentHeld "payment.pending_approval" ["payment.pending_approval", "approval.created"],
    ApprovalExpired "approval.expired" ["approval.expired"],
    PaymentReversed "payment.reversed" ["payment.reversed"],
    BatchCompleted "payment.batch_completed" ["payment.batch_completed"],
    BatchFailed "payment.batch_failed" ["payment.batch_failed"],
    PolicyCreated "policy.created" ["policy.created"],
    PolicyUpdated "policy.updated" ["policy.updated"],
    PolicyDeleted "policy.deleted" ["policy.deleted"],
    KeyCreated "api_key.created" ["api_key.created"],
    KeyUpdated "api_key.updated" ["api_key.updated"],
    KeyRevoked "api_key.revoked" ["api_key.revoked"],
    OrganizationUpdated "organization.updated" ["organization.updated"],
    FeesSwept "fees.swept" ["wallet.funded"],
}

/// Who did it.
#[derive(Clone, Copy, Debug)]
pub enum Actor<'a> {
    /// A key.
    Key(&'a Caller),
    /// The operator, or the clock.
    System,
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
    let caller = match actor {
        Actor::Key(caller) => Some(caller),
        Actor::System => None,
    };
    let row = ChangeRow {
        scope: subject.scope,
        sequence: 0,
        kind: change.action(),
        subject: subject.id,
        wallet: subject.wallet,
        actor: caller.map(|caller| caller.key.key()),
        ip: caller.and_then(|caller| caller.ip.clone()),
        request_id: caller.map(|caller| caller.request_id.to_string()),
        data: data.map(Value::to_string),
        created_at: tx.now(),
    };
    let events = i64::try_from(change.events().len()).unwrap_or(1);
    tx.add_change(row, events)?;
    Ok(())
}
