//! Typed identifiers.
//!
//! Inside, an identifier is a 63-bit number that only ever grows: milliseconds
//! since 2020 and a counter. Ascending keys keep every index of a hot table at
//! its right edge, which is where a store is fast. Outside, it is
//! `<prefix>_<ULID>`; the ULID carries the time, the counter and a check
//! pattern that differs for each kind, so that a mistyped identifier, or one of
//! another kind, is recognized without a look-up.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use ulid::ULID_LEN;

/// Unix milliseconds of 2020-01-01T00:00:00Z, the first moment a key can name.
const EPOCH_MS: u64 = 1_577_836_800_000;
/// Bits of the counter within a millisecond.
const COUNTER_BITS: u32 = 22;
/// Milliseconds after that moment from which on no identifier can be made: in
/// September 2089.
const TIME_LIMIT: u64 = 1 << (63 - COUNTER_BITS);
/// Bits of the check pattern that fill a ULID.
const CHECK_BITS: u32 = 58;

/// What an identifier names.
pub trait Kind: Copy {
    /// The text before the underscore.
    const PREFIX: &'static str;
    /// Makes the check pattern of this kind differ from every other.
    const SALT: u64;
}

/// An identifier of one kind of thing.
///
/// ```
/// use wallgent_core::id::WalletId;
/// let id = WalletId::from_key(0x1234_5678_9abc).unwrap();
/// assert_eq!(id.to_string().parse::<WalletId>(), Ok(id));
/// ```
pub struct Id<K>(i64, PhantomData<K>);

/// The text is not an identifier of the kind asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of this kind")]
pub struct IdError;

impl<K: Kind> Id<K> {
    /// The identifier with this number; `None` for a negative one.
    #[must_use]
    pub fn from_key(key: i64) -> Option<Self> {
        (key >= 0).then_some(Self(key, PhantomData))
    }

    /// The number inside, as the store keeps it.
    #[must_use]
    pub const fn key(self) -> i64 {
        self.0
    }

    fn ulid(self) -> ulid::Ulid {
        let key = self.0.unsigned_abs();
        let time_ms = (key >> COUNTER_BITS) + EPOCH_MS;
        let counter = key & ((1 << COUNTER_BITS) - 1);
        let random = (u128::from(counter) << CHECK_BITS) | u128::from(check_pattern(key, K::SALT));
        ulid::Ulid::from_parts(time_ms, random)
    }
}

/// The smallest number whose identifier names this time or a later one.
#[must_use]
pub fn first_key_at(unix_ms: u64) -> i64 {
    let since_epoch = unix_ms.saturating_sub(EPOCH_MS);
    if since_epoch >= TIME_LIMIT {
        return i64::MAX;
    }
    i64::try_from(since_epoch << COUNTER_BITS).unwrap_or(i64::MAX)
}

/// A fixed mixing of the number (the finalizer of splitmix64), cut to size.
fn check_pattern(key: u64, salt: u64) -> u64 {
    let mut mixed = key.wrapping_add(salt.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) >> (64 - CHECK_BITS)
}

impl<K: Kind> std::str::FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let body =
            text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_')).ok_or(IdError)?;
        // The library also reads lower case and look-alike letters; we answer
        // with exactly one spelling, so we accept exactly that one.
        let ulid = ulid::Ulid::from_string(body).map_err(|_| IdError)?;
        let since_epoch = ulid.timestamp_ms().checked_sub(EPOCH_MS).ok_or(IdError)?;
        let counter = u64::try_from(ulid.random() >> CHECK_BITS).map_err(|_| IdError)?;
        if since_epoch >= TIME_LIMIT {
            return Err(IdError);
        }
        let key = i64::try_from((since_epoch << COUNTER_BITS) | counter).map_err(|_| IdError)?;
        let id = Self(key, PhantomData);
        let mut buffer = [0; ULID_LEN];
        (id.ulid().array_to_str(&mut buffer) == body).then_some(id).ok_or(IdError)
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut buffer = [0; ULID_LEN];
        formatter.write_str(K::PREFIX)?;
        formatter.write_str("_")?;
        formatter.write_str(self.ulid().array_to_str(&mut buffer))
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: Kind> serde::Serialize for Id<K> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> serde::Deserialize<'de> for Id<K> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $alias:ident $prefix:literal $salt:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub enum $kind {}
            impl Kind for $kind {
                const PREFIX: &'static str = $prefix;
                const SALT: u64 = $salt;
            }
            $(#[$doc])*
            pub type $alias = Id<$kind>;
        )*

        #[cfg(test)]
        const SALTS: &[u64] = &[$($salt),*];
    };
}

kinds! {
    /// An organization.
    Organization OrganizationId "org" 1;
    /// A member of an organization.
    User UserId "usr" 2;
    /// An API key (its name, not its secret).
    ApiKey KeyId "key" 3;
    /// A wallet, and the agent that owns it.
    Wallet WalletId "wal" 4;
    /// A ledger account.
    Account AccountId "acc" 5;
    /// A ledger transaction, payments included.
    Transaction TransactionId "txn" 6;
    /// One entry of a ledger transaction.
    Entry EntryId "ent" 7;
    /// Funds reserved on a wallet.
    Hold HoldId "hld" 8;
    /// A spend policy.
    PolicyRecord PolicyId "pol" 9;
    /// A recorded policy evaluation.
    Evaluation EvaluationId "pev" 10;
    /// A request for human approval.
    Approval ApprovalId "del" 11;
    /// A batch of payments.
    Batch BatchId "bat" 12;
    /// The public address of a wallet on the agent network.
    Address AddressId "wg" 13;
    /// A merchant profile.
    Merchant MerchantId "mer" 14;
    /// A right that was lent.
    Delegation DelegationId "del" 15;
    /// An entry of the audit log.
    AuditEntry AuditId "log" 16;
    /// An event.
    Event EventId "evt" 17;
    /// A webhook.
    Webhook WebhookId "hook" 18;
    /// One attempt to deliver an event.
    Delivery DeliveryId "dlv" 19;
    /// An event that could not be delivered.
    DeadLetter DeadLetterId "dlq" 20;
    /// Money that comes in, goes out, or moves inside an organization.
    Transfer TransferId "xfr" 24;
    /// An account at a bank.
    BankAccount BankAccountId "ba" 25;
    /// A link to pay with.
    PaymentLink PaymentLinkId "pyl" 26;
    /// An invoice.
    Invoice InvoiceId "inv" 27;
    /// A card.
    Card CardId "crd" 31;
    /// Whom cards are issued to.
    Cardholder CardholderId "chd" 32;
    /// An authorization of a card.
    CardAuthorization CardAuthorizationId "cau" 33;
    /// Somebody who is invoiced.
    Customer CustomerId "cus" 41;
    /// A card or bank account that a customer lets be charged.
    PaymentMethod PaymentMethodId "pm" 42;
    /// A page on which a customer saves a payment method.
    SetupSession SetupSessionId "pms" 43;
    /// A charge of a saved payment method.
    Charge ChargeId "chg" 44;
}

/// A wallet's address carries the wallet's number.
impl From<WalletId> for AddressId {
    fn from(wallet: WalletId) -> Self {
        Self(wallet.0, PhantomData)
    }
}

/// The wallet at an address.
impl From<AddressId> for WalletId {
    fn from(address: AddressId) -> Self {
        Self(address.0, PhantomData)
    }
}

/// A wallet's account carries the wallet's number.
impl From<WalletId> for AccountId {
    fn from(wallet: WalletId) -> Self {
        Self(wallet.0, PhantomData)
    }
}

/// The wallet of a wallet's account.
impl From<AccountId> for WalletId {
    fn from(account: AccountId) -> Self {
        Self(account.0, PhantomData)
    }
}

/// A transfer carries the number of its first ledger transaction.
impl From<TransactionId> for TransferId {
    fn from(transaction: TransactionId) -> Self {
        Self(transaction.0, PhantomData)
    }
}

/// The first ledger transaction of a transfer.
impl From<TransferId> for TransactionId {
    fn from(transfer: TransferId) -> Self {
        Self(transfer.0, PhantomData)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn kinds_do_not_read_each_other() {
        let mut salts = SALTS.to_vec();
        salts.sort_unstable();
        salts.dedup();
        assert_eq!(salts.len(), SALTS.len());

        let wallet = WalletId::from_key(77 << COUNTER_BITS).expect("positive");
        let borrowed = wallet.to_string().replace("wal_", "txn_");
        assert_eq!(borrowed.parse::<TransactionId>(), Err(IdError));
    }

    #[test]
    fn refuses_hostile_spellings() {
        let good = WalletId::from_key(1).expect("positive").to_string();
        let lower = good.to_lowercase();
        let long = format!("{good}0");
        let short = &good[..good.len() - 1];
        for text in [lower.as_str(), &long, short, "", "wal_", "wal", "wal_é", "wal_\0"] {
            assert_eq!(text.parse::<WalletId>(), Err(IdError), "{text:?}");
        }
        let overflow = "wal_8ZZZZZZZZZZZZZZZZZZZZZZZZZ";
        assert_eq!(overflow.parse::<WalletId>(), Err(IdError));
    }

    proptest! {
        #[test]
        fn every_key_reads_back(key in 0..=i64::MAX) {
            let id = WalletId::from_key(key).expect("positive");
            prop_assert_eq!(id.to_string().parse::<WalletId>(), Ok(id));
        }

        #[test]
        fn order_of_text_is_order_of_keys(a in 0..=i64::MAX, b in 0..=i64::MAX) {
            let (x, y) = (TransactionId::from_key(a).expect("a"), TransactionId::from_key(b).expect("b"));
            prop_assert_eq!(x.to_string().cmp(&y.to_string()), a.cmp(&b));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = text.parse::<WalletId>();
        }
    }
}
