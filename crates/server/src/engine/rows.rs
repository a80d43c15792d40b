//! Rows of hot tables, buffered during a batch and written together.

use wallgent_core::id::{AccountId, EntryId, EvaluationId, TransactionId, WalletId};
use wallgent_core::payment::{PaymentStatus, Rail, TransactionKind};
use wallgent_core::time::Day;
use wallgent_core::{Amount, Timestamp};

use super::state::ScopeId;
use crate::idempotency::KeyHash;

/// A ledger transaction.
#[derive(Clone, Debug)]
pub struct TransactionRow {
    pub id: TransactionId,
    pub scope: ScopeId,
    /// The receiver's, when it is another one.
    pub to_scope: Option<ScopeId>,
    pub kind: TransactionKind,
    pub status: PaymentStatus,
    pub from: Option<WalletId>,
    pub to: Option<WalletId>,
    pub amount: Amount,
    pub fee: Amount,
    pub balance_after: Option<Amount>,
    pub available_after: Option<Amount>,
    pub reversed: Amount,
    pub description: Option<String>,
    pub idempotency_key: Option<String>,
    pub batch: Option<i64>,
    pub approval: Option<i64>,
    /// The transaction that this one undoes or completes. What a payment is made
    /// for is in its rail instead.
    pub related: Option<TransactionId>,
    pub previous_from: i64,
    pub previous_to: i64,
    pub rail: Rail,
    pub created_at: Timestamp,
    pub settled_at: Option<Timestamp>,
}

impl TransactionRow {
    /// A transaction that is posted as soon as it is made, and says no more
    /// than that.
    #[must_use]
    pub const fn posted(
        id: TransactionId,
        scope: ScopeId,
        kind: TransactionKind,
        amount: Amount,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            scope,
            to_scope: None,
            kind,
            status: PaymentStatus::Posted,
            from: None,
            to: None,
            amount,
            fee: Amount::ZERO,
            balance_after: None,
            available_after: None,
            reversed: Amount::ZERO,
            description: None,
            idempotency_key: None,
            batch: None,
            approval: None,
            related: None,
            previous_from: 0,
            previous_to: 0,
            rail: Rail::Ledger,
            created_at: now,
            settled_at: Some(now),
        }
    }
}

/// One side of a ledger transaction.
#[derive(Clone, Copy, Debug)]
pub struct EntryRow {
    pub id: EntryId,
    pub transaction: TransactionId,
    pub account: AccountId,
    /// Credit when positive.
    pub amount: Amount,
    pub balance_after: Amount,
    pub previous: i64,
}

/// What one movement adds to a wallet's day.
#[derive(Clone, Copy, Debug)]
pub struct DayDelta {
    pub day: Day,
    pub wallet: WalletId,
    pub debits: Amount,
    pub credits: Amount,
    pub spent: Amount,
    pub spent_count: i64,
}

/// A committed change: the source of events and audit entries.
#[derive(Clone, Debug)]
pub struct ChangeRow {
    pub scope: ScopeId,
    pub sequence: i64,
    pub kind: &'static str,
    pub subject: i64,
    pub wallet: Option<WalletId>,
    pub actor: Option<i64>,
    pub ip: Option<String>,
    pub request_id: Option<String>,
    pub data: Option<String>,
    pub created_at: Timestamp,
}

/// What a key was used for, and the answer.
#[derive(Clone, Debug)]
pub struct IdempotencyRow {
    pub hash: KeyHash,
    pub fingerprint: i64,
    pub status: u16,
    pub resource: i64,
    pub answer: Option<i64>,
}

/// A decision that denied or asked for a human.
#[derive(Clone, Debug)]
pub struct EvaluationRow {
    pub id: EvaluationId,
    pub scope: ScopeId,
    pub wallet: WalletId,
    pub decision: &'static str,
    pub amount: Amount,
    pub recipient: String,
    pub violations: String,
    pub repeats: i64,
    pub created_at: Timestamp,
    pub last_at: Timestamp,
}

/// All buffered rows.
#[derive(Default)]
pub struct Rows {
    pub transactions: Vec<TransactionRow>,
    pub entries: Vec<EntryRow>,
    pub days: Vec<DayDelta>,
    pub changes: Vec<ChangeRow>,
    pub idempotency: Vec<IdempotencyRow>,
    pub evaluations: Vec<EvaluationRow>,
}

/// How far the buffers were filled when a command began.
#[derive(Clone, Copy, Default)]
pub struct Mark(pub [usize; 6]);

impl Mark {
    /// The same place after as many rows as `gone` left the front.
    pub(super) fn after(self, Self(gone): Self) -> Self {
        let Self(mut lengths) = self;
        for (length, gone) in lengths.iter_mut().zip(gone) {
            *length -= gone;
        }
        Self(lengths)
    }
}

impl Rows {
    pub(super) const fn mark(&self) -> Mark {
        Mark([
            self.transactions.len(),
            self.entries.len(),
            self.days.len(),
            self.changes.len(),
            self.idempotency.len(),
            self.evaluations.len(),
        ])
    }

    /// Drops what was buffered since the mark.
    pub(super) fn cut(&mut self, Mark(lengths): Mark) {
        self.transactions.truncate(lengths[0]);
        self.entries.truncate(lengths[1]);
        self.days.truncate(lengths[2]);
        self.changes.truncate(lengths[3]);
        self.idempotency.truncate(lengths[4]);
        self.evaluations.truncate(lengths[5]);
    }

    pub(super) fn clear(&mut self) {
        self.cut(Mark::default());
    }
}
