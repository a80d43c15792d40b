//! The hot state: what commands decide on, in memory.
//!
//! It is loaded on first touch and authoritative while the engine holds the
//! store; the rows are its durable form.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use wallgent_core::account::{AccountKind, Balance};
use wallgent_core::id::{
    AccountId, EvaluationId, KeyId, MerchantId, OrganizationId, PolicyId, WalletId,
};
use wallgent_core::merchant::MerchantStatus;
use wallgent_core::plan::Plan;
use wallgent_core::policy::{Policy, Spending, Window};
use wallgent_core::time::Day;
use wallgent_core::wallet::{WalletStatus, WalletType};
use wallgent_core::{Amount, Environment, Permissions, Timestamp};

use super::hot::HotMap;
use crate::idempotency::KeyHash;

/// An organization in one environment; its books.
pub type ScopeId = i64;

/// Wallets kept in memory; beyond that, those at rest are dropped between
/// batches. At about 400 bytes each this bounds them to some 80 MB.
const HOT_WALLETS_MAX: usize = 200_000;
/// Idempotency keys kept in memory, so that quick retries need no look-up.
const RECENT_KEYS_MAX: usize = 20_000;

/// A ledger account.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// Whose books it stands in.
    pub scope: ScopeId,
    /// What it stands for.
    pub kind: AccountKind,
    /// Its money.
    pub balance: Balance,
    /// Its newest entry, 0 for none.
    pub last_entry: i64,
    /// Its wallet's newest payment, 0 for none.
    pub last_payment: i64,
}

/// A wallet, without its money.
#[derive(Clone, Debug)]
pub struct Wallet {
    /// Whose it is.
    pub scope: ScopeId,
    /// What it is for.
    pub kind: WalletType,
    /// What it can do.
    pub status: WalletStatus,
    /// Its policies, in the order in which they were made.
    pub policies: Arc<[Policy]>,
    /// The merchant that is paid into it.
    pub merchant: Option<MerchantId>,
}

/// A merchant, as payments see it.
#[derive(Clone, Copy, Debug)]
pub struct Merchant {
    /// Whose it is.
    pub scope: ScopeId,
    /// The wallet that is paid.
    pub wallet: WalletId,
    /// Whether it may be paid.
    pub status: MerchantStatus,
    /// Whether it can be paid by its ID or its domain.
    pub closed_loop: bool,
    /// The number of its newest payment, 0 for none.
    pub received: i64,
}

/// An organization in one environment.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Which organization.
    pub organization: OrganizationId,
    /// Which environment.
    pub environment: Environment,
    /// Its plan.
    pub plan: Plan,
    /// Its own wallet.
    pub org_wallet: WalletId,
    /// Its system accounts, in the order of [`AccountKind::SYSTEM`].
    pub accounts: [AccountId; 8],
}

impl Scope {
    /// One of its system accounts.
    #[must_use]
    pub fn account(&self, kind: AccountKind) -> AccountId {
        let at = AccountKind::SYSTEM.iter().position(|it| *it == kind);
        self.accounts[at.expect("wallets are not system accounts")]
    }
}

/// An API key, as commands check it.
#[derive(Clone, Debug)]
pub struct Key {
    /// Whose it is.
    pub organization: OrganizationId,
    /// Which environment.
    pub environment: Environment,
    /// What it may do.
    pub permissions: Permissions,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
    /// From when it is refused.
    pub expires_at: Option<Timestamp>,
}

/// What a wallet spent in the calendar windows of one day.
#[derive(Clone, Copy, Debug)]
pub struct Spent {
    /// The day.
    pub day: Day,
    /// The totals on that day.
    pub totals: Spending,
}

impl Spent {
    /// Counts `amount` (which may be negative) that belongs to `day`. False
    /// when a total would not fit, so that no limit is ever compared with less
    /// than was spent.
    #[must_use]
    pub fn count(&mut self, day: Day, amount: Amount, payments: i64) -> bool {
        let in_window = |window: Window| day <= self.day && window.first_day(self.day) <= day;
        let totals = &mut self.totals;
        let windows = [
            (Window::Day, &mut totals.today),
            (Window::Week, &mut totals.this_week),
            (Window::Month, &mut totals.this_month),
        ];
        for (window, total) in windows {
            if in_window(window) {
                match total.checked_add(amount) {
                    Some(sum) => *total = sum,
                    None => return false,
                }
            }
        }
        if in_window(Window::Day) {
            totals.count_today = totals.count_today.saturating_add(payments);
        }
        true
    }
}

/// The newest denial of a wallet, so that repeats are counted.
#[derive(Clone, Copy, Debug)]
pub struct Denial {
    /// Its evaluation.
    pub id: EvaluationId,
    /// What was asked.
    pub fingerprint: i64,
    /// When it was first asked.
    pub since: Timestamp,
    /// How many times.
    pub repeats: i64,
}

/// An idempotency record.
#[derive(Clone, Debug)]
pub struct Record {
    /// What was asked.
    pub fingerprint: i64,
    /// What was answered.
    pub status: u16,
    /// What it is about.
    pub resource: i64,
    /// The stored answer; none when it is rendered from the payment.
    pub answer: Option<i64>,
}

/// All of it.
pub struct State {
    pub accounts: HotMap<AccountId, Account>,
    pub(super) wallets: HotMap<WalletId, Wallet>,
    pub(super) spent: HotMap<WalletId, Spent>,
    pub(super) scopes: FxHashMap<ScopeId, Arc<Scope>>,
    pub sequences: HotMap<ScopeId, i64>,
    pub(super) keys: HotMap<KeyId, Arc<Key>>,
    pub records: HotMap<KeyHash, Record>,
    pub(super) denials: HotMap<WalletId, Denial>,
    pub merchants: HotMap<MerchantId, Merchant>,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            accounts: HotMap::new(),
            wallets: HotMap::new(),
            spent: HotMap::new(),
            scopes: FxHashMap::default(),
            sequences: HotMap::new(),
            keys: HotMap::new(),
            records: HotMap::new(),
            denials: HotMap::new(),
            merchants: HotMap::new(),
        }
    }

    /// The running command stands.
    pub(super) fn keep(&mut self) {
        self.accounts.keep();
        self.wallets.keep();
        self.spent.keep();
        self.sequences.keep();
        self.keys.keep();
        self.records.keep();
        self.denials.keep();
        self.merchants.keep();
    }

    /// How many changes the running command made to each map.
    pub(super) fn depth(&self) -> [usize; 8] {
        [
            self.accounts.depth(),
            self.wallets.depth(),
            self.spent.depth(),
            self.sequences.depth(),
            self.keys.depth(),
            self.records.depth(),
            self.denials.depth(),
            self.merchants.depth(),
        ]
    }

    /// Undoes the running command's changes down to this depth.
    pub(super) fn undo_to(&mut self, depth: [usize; 8]) {
        self.accounts.undo_to(depth[0]);
        self.wallets.undo_to(depth[1]);
        self.spent.undo_to(depth[2]);
        self.sequences.undo_to(depth[3]);
        self.keys.undo_to(depth[4]);
        self.records.undo_to(depth[5]);
        self.denials.undo_to(depth[6]);
        self.merchants.undo_to(depth[7]);
    }

    /// The running command never happened.
    pub(super) fn undo(&mut self) {
        self.undo_to([0; 8]);
    }

    /// Everything is loaded anew when next needed.
    pub(super) fn clear(&mut self) {
        *self = Self::new();
    }

    /// Keeps memory bounded. Called between batches, when nothing is dirty.
    pub(super) fn shed(&mut self) {
        if self.records.len() > RECENT_KEYS_MAX {
            self.records.clear();
        }
        if self.accounts.len() > HOT_WALLETS_MAX || self.wallets.len() > HOT_WALLETS_MAX {
            self.accounts.clear();
            self.wallets.clear();
            self.spent.clear();
            self.denials.clear();
            self.merchants.clear();
        }
    }
}

/// Finds one policy of a wallet.
#[must_use]
pub fn policy_of(wallet: &Wallet, id: PolicyId) -> Option<&Policy> {
    wallet.policies.iter().find(|policy| policy.id == id)
}
