//! What a command can see and do.

use std::sync::Arc;

use wallgent_api::ApiError;
use wallgent_core::id::{
    AccountId, Id, KeyId, Kind, MerchantId, TransactionId, WalletId, WebhookId,
};
use wallgent_core::{Amount, Timestamp};

use super::clock::IdGenerator;
use super::rows::{
    ChangeRow, DayDelta, EntryRow, EvaluationRow, IdempotencyRow, Mark, ReceivedRow, Rows,
    TransactionRow,
};
use super::state::{Account, Denial, Key, Merchant, Record, Scope, ScopeId, Spent, State, Wallet};
use crate::config::Rules;
use crate::crypto::Vault;
use crate::db::{Connection, DbError, DbResult, Insert, Row, Value};
use crate::idempotency::KeyHash;
use crate::keys::KeyCache;
use crate::webhooks::WebhookChanges;
use crate::{error, keys, ledger, merchants, organizations, policies, wallets};

/// Why a command ends early.
#[derive(Debug)]
pub enum Stop {
    /// The rules forbid it; its changes are undone.
    Refused(Box<ApiError>),
    /// The store failed; the whole batch is undone.
    Db(DbError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<ApiError> for Stop {
    fn from(error: ApiError) -> Self {
        Self::Refused(Box::new(error))
    }
}

/// Runs after the commit, before anyone is answered.
pub(super) type AfterCommit = Box<dyn FnOnce() + Send>;

/// One command's view of the engine.
///
/// Reads see everything that commands before it did. Changes are buffered and
/// take effect together; a refused command leaves nothing.
pub struct Tx<'e> {
    pub(super) now: Timestamp,
    pub(super) state: &'e mut State,
    pub(super) rows: &'e mut Rows,
    pub(super) db: &'e mut Connection,
    pub(super) ids: &'e mut IdGenerator,
    pub(super) rules: &'e Rules,
    pub(super) vault: &'e Vault,
    pub(super) key_cache: &'e Arc<KeyCache>,
    pub(super) webhook_changes: &'e Arc<WebhookChanges>,
    pub(super) after_commit: &'e mut Vec<AfterCommit>,
    pub(super) mark: Mark,
    pub(super) after_mark: usize,
    /// Whether the rows of earlier commands were written for this one.
    pub(super) caught_up: bool,
    /// Whether that failed half-way.
    pub(super) flushing: bool,
    /// How many rows of earlier commands were written then.
    pub(super) flushed: Mark,
    /// Whether this command wrote SQL of its own.
    pub(super) savepoint: bool,
}

impl Tx<'_> {
    /// The time of the batch.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Fees, windows and limits of this installation.
    #[must_use]
    pub const fn rules(&self) -> &Rules {
        self.rules
    }

    /// Seals secrets before they are stored.
    #[must_use]
    pub const fn vault(&self) -> &Vault {
        self.vault
    }

    /// A new identifier.
    pub fn next_id<K: Kind>(&mut self) -> Id<K> {
        self.ids.next(self.now)
    }

    /// Reads with SQL. For rows that are not hot.
    pub fn query(&mut self, sql: &'static str, values: &[Value]) -> DbResult<Vec<Row>> {
        self.catch_up()?;
        self.db.query(sql, values)
    }

    /// The first row of a query.
    pub fn query_one(&mut self, sql: &'static str, values: &[Value]) -> DbResult<Option<Row>> {
        Ok(self.query(sql, values)?.into_iter().next())
    }

    /// The store, for reading rows that are not hot.
    pub fn reader(&mut self) -> DbResult<&mut Connection> {
        self.catch_up()?;
        Ok(self.db)
    }

    /// Writes with SQL. From here on the command has a savepoint, so that it
    /// can still be refused.
    pub fn execute(&mut self, sql: &'static str, values: &[Value]) -> DbResult<u64> {
        self.begin_writing()?;
        self.db.execute(sql, values)
    }

    /// Writes several rows of one table with SQL, as [`Self::execute`] does.
    pub fn insert(&mut self, insert: &'static Insert, values: Vec<Value>) -> DbResult<()> {
        self.begin_writing()?;
        self.db.insert(insert, values)
    }

    fn begin_writing(&mut self) -> DbResult<()> {
        self.catch_up()?;
        if !self.savepoint {
            self.db.begin_part()?;
            self.savepoint = true;
        }
        Ok(())
    }

    /// Writes the rows that earlier commands buffered, before any savepoint of
    /// this one, so that its refusal cannot take them with it.
    fn catch_up(&mut self) -> DbResult<()> {
        if self.caught_up || self.savepoint {
            return Ok(());
        }
        // Rows of others leave the buffer here. If this fails half-way, whatever
        // this command makes of it, the batch must not go on without them.
        self.flushing = true;
        ledger::flush_rows(self.db, self.rows, self.mark)?;
        self.flushing = false;
        self.flushed = std::mem::take(&mut self.mark);
        self.caught_up = true;
        Ok(())
    }

    /// Does something after the commit, before anyone is answered.
    pub fn after_commit(&mut self, then: impl FnOnce() + Send + 'static) {
        self.after_commit.push(Box::new(then));
    }

    /// Runs a part of the command that can fail alone: when it does, what it
    /// changed in memory is undone, and the command goes on.
    pub fn attempt<T>(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let depth = self.state.depth();
        let mark = self.rows.mark();
        let hooks = self.after_commit.len();
        let caught_up = self.caught_up;
        let result = part(self);
        if result.is_err() {
            self.state.undo_to(depth);
            // What was flushed meanwhile belonged to earlier commands.
            let mark = if self.caught_up == caught_up { mark } else { mark.after(self.flushed) };
            self.rows.cut(mark);
            self.after_commit.truncate(hooks);
        }
        result
    }

    // What commands decide on.

    /// A wallet of any organization.
    pub fn wallet(&mut self, id: WalletId) -> DbResult<Option<Wallet>> {
        if let Some(wallet) = self.state.wallets.get(id) {
            return Ok(Some(wallet.clone()));
        }
        self.catch_up()?;
        let Some(wallet) = wallets::load_hot(self.db, id)? else {
            return Ok(None);
        };
        self.state.wallets.load(id, wallet.clone());
        Ok(Some(wallet))
    }

    /// Replaces what commands see of a wallet. Its row is the caller's.
    pub fn put_wallet(&mut self, id: WalletId, wallet: Wallet) {
        self.state.wallets.put(id, wallet);
    }

    /// An account, which must exist.
    pub fn account(&mut self, id: AccountId) -> DbResult<Account> {
        if let Some(account) = self.state.accounts.get(id) {
            return Ok(*account);
        }
        self.catch_up()?;
        let account = ledger::load_account(self.db, id)?;
        self.state.accounts.load(id, account);
        Ok(account)
    }

    /// Replaces an account. Its row is written with the batch.
    pub fn put_account(&mut self, id: AccountId, account: Account) {
        self.state.accounts.put_dirty(id, account);
    }

    /// A merchant of any organization.
    pub fn merchant(&mut self, id: MerchantId) -> DbResult<Option<Merchant>> {
        if let Some(merchant) = self.state.merchants.get(id) {
            return Ok(Some(*merchant));
        }
        self.catch_up()?;
        let Some(merchant) = merchants::load_hot(self.db, id)? else {
            return Ok(None);
        };
        self.state.merchants.load(id, merchant);
        Ok(Some(merchant))
    }

    /// Replaces what commands see of a merchant. Its row is the caller's, but for
    /// the number of its newest payment.
    pub fn put_merchant(&mut self, id: MerchantId, merchant: Merchant) {
        self.state.merchants.put_dirty(id, merchant);
    }

    /// What a wallet spent in the windows that hold the present.
    pub fn spent(&mut self, wallet: WalletId) -> DbResult<Spent> {
        let today = self.now.day();
        let known = self.state.spent.get(wallet).copied();
        if let Some(spent) = known.filter(|spent| spent.day == today) {
            return Ok(spent);
        }
        self.catch_up()?;
        let spent = policies::load_spent(self.db, wallet, today)?;
        self.state.spent.load(wallet, spent);
        Ok(spent)
    }

    /// An organization in one environment.
    pub fn scope(&mut self, id: ScopeId) -> DbResult<Arc<Scope>> {
        if let Some(scope) = self.state.scopes.get(&id) {
            return Ok(Arc::clone(scope));
        }
        self.catch_up()?;
        let scope = Arc::new(organizations::load_scope(self.db, id)?);
        self.state.scopes.insert(id, Arc::clone(&scope));
        Ok(scope)
    }

    /// An API key.
    pub fn key(&mut self, id: KeyId) -> DbResult<Option<Arc<Key>>> {
        if let Some(key) = self.state.keys.get(id) {
            return Ok(Some(Arc::clone(key)));
        }
        self.catch_up()?;
        let Some(key) = keys::load_hot(self.db, id)? else {
            return Ok(None);
        };
        let key = Arc::new(key);
        self.state.keys.load(id, Arc::clone(&key));
        Ok(Some(key))
    }

    /// Makes the next command load the key anew, and the next request after the
    /// commit.
    pub fn forget_key(&mut self, id: KeyId) {
        self.state.keys.forget(id);
        let cache = Arc::clone(self.key_cache);
        self.after_commit(move || cache.forget(id));
    }

    /// The number of the last event of a scope.
    pub fn last_sequence(&mut self, scope: ScopeId) -> DbResult<i64> {
        if let Some(last) = self.state.sequences.get(scope) {
            return Ok(*last);
        }
        self.catch_up()?;
        let last = organizations::load_sequence(self.db, scope)?;
        self.state.sequences.load(scope, last);
        Ok(last)
    }

    /// Tells those who deliver events, after the commit, that a webhook changed.
    pub fn webhook_changed(&mut self, id: WebhookId) {
        let changes = Arc::clone(self.webhook_changes);
        self.after_commit(move || changes.note(id));
    }

    /// What an idempotency key was used for. All keys of a batch were looked
    /// up together before its first command.
    #[must_use]
    pub fn record(&self, hash: &KeyHash) -> Option<Record> {
        self.state.records.get(*hash).cloned()
    }

    /// The newest denial of a wallet.
    #[must_use]
    pub fn denial(&self, wallet: WalletId) -> Option<Denial> {
        self.state.denials.get(wallet).copied()
    }

    /// Replaces the newest denial of a wallet.
    pub fn put_denial(&mut self, wallet: WalletId, denial: Denial) {
        self.state.denials.put(wallet, denial);
    }

    // What commands leave behind.

    /// A ledger transaction that this command added itself. Its own SQL does
    /// not see it yet.
    #[must_use]
    pub fn added_transaction(&self, id: TransactionId) -> Option<&TransactionRow> {
        self.rows.transactions.iter().rev().find(|row| row.id == id)
    }

    /// Adds a ledger transaction.
    pub fn add_transaction(&mut self, row: TransactionRow) {
        self.rows.transactions.push(row);
    }

    /// Adds an entry.
    pub fn add_entry(&mut self, row: EntryRow) {
        self.rows.entries.push(row);
    }

    /// Adds to a wallet's day.
    pub fn add_to_day(&mut self, delta: DayDelta) {
        self.rows.days.push(delta);
    }

    /// Counts spending, now and in the wallet's day; negative gives back.
    pub fn count_spending(
        &mut self,
        wallet: WalletId,
        at: Timestamp,
        amount: Amount,
        payments: i64,
    ) -> Result<(), Stop> {
        let scope = self.account(ledger::account_of(wallet))?.scope;
        let mut spent = self.spent(wallet)?;
        if !spent.count(at.day(), amount, payments) {
            return Err(error::turnover_too_large().into());
        }
        self.state.spent.put(wallet, spent);
        self.rows.days.push(DayDelta {
            day: at.day(),
            wallet,
            scope,
            debits: Amount::ZERO,
            credits: Amount::ZERO,
            spent: amount,
            spent_count: payments,
        });
        Ok(())
    }

    /// Adds a payment to those that a merchant received.
    pub fn add_received(&mut self, row: ReceivedRow) {
        self.rows.received.push(row);
    }

    /// Adds an evaluation.
    pub fn add_evaluation(&mut self, row: EvaluationRow) {
        self.rows.evaluations.push(row);
    }

    /// Adds an idempotency record.
    pub fn add_record(&mut self, row: IdempotencyRow) {
        let record = Record {
            fingerprint: row.fingerprint,
            status: row.status,
            resource: row.resource,
            answer: row.answer,
        };
        self.state.records.put(row.hash, record);
        self.rows.idempotency.push(row);
    }

    /// Adds a change that makes `events` events, and answers the number of its
    /// first.
    pub fn add_change(&mut self, mut change: ChangeRow, events: i64) -> DbResult<i64> {
        let scope = change.scope;
        let last = self.last_sequence(scope)?;
        change.sequence = last + 1;
        self.state.sequences.put_dirty(scope, last + events.max(1));
        let first = change.sequence;
        self.rows.changes.push(change);
        Ok(first)
    }
}
