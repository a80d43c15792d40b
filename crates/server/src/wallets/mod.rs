//! Wallets: creating, changing, freezing, closing, funding them.

pub mod routes;
mod store;

use serde_json::json;
use wallgent_api::types::CURRENCY;
use wallgent_api::types::wallets::{
    CreateWallet, Funding, SandboxFunding, UpdateWallet, Wallet as Wire,
};
use wallgent_api::{ApiError, ErrorCode, Patch};
use wallgent_core::Amount;
use wallgent_core::account::{AccountKind, Balance};
use wallgent_core::id::{AccountId, AddressId, TransactionId, WalletId};
use wallgent_core::payment::TransactionKind;
use wallgent_core::wallet::{WalletStatus, WalletType};

use crate::caller::Caller;
use crate::engine::{Account, ScopeId, Stop, TransactionRow, Tx, Wallet};
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;
use crate::{agents, cards, error, keys, ledger, network, payments};

pub use store::{WalletRow, get, load_hot};

/// The account of a new wallet, which the engine writes with the batch.
fn open_account(tx: &mut Tx<'_>, id: WalletId, scope: ScopeId) {
    let account = Account {
        scope,
        kind: AccountKind::Wallet,
        balance: Balance::default(),
        last_entry: 0,
        last_payment: 0,
    };
    tx.put_account(ledger::account_of(id), account);
}

/// Makes a wallet, without asking who wants it.
pub fn open(
    tx: &mut Tx<'_>,
    scope: ScopeId,
    kind: WalletType,
    request: &CreateWallet,
) -> Result<WalletId, Stop> {
    let id: WalletId = tx.next_id();
    let discoverable = request.discoverable.unwrap_or(kind == WalletType::Agent);
    store::insert(tx, id, scope, kind, request, discoverable)?;
    open_account(tx, id, scope);
    let wallet =
        Wallet { scope, kind, status: WalletStatus::Active, policies: [].into(), merchant: None };
    tx.put_wallet(id, wallet);
    if discoverable {
        network::enlist(tx, id, scope, &request.name, request.agent_name.as_deref())?;
    }
    Ok(id)
}

/// Creates a wallet.
pub fn create_in(tx: &mut Tx<'_>, caller: &Caller, request: &CreateWallet) -> Result<Reply, Stop> {
    caller.require_owner()?;
    let id = make(tx, caller, WalletType::Standard, request)?;
    let wire = wire_in(tx, id)?;
    Ok(Reply::json(201, &wire, id))
}

/// Makes a wallet for the caller, if its plan allows one more.
pub fn make(
    tx: &mut Tx<'_>,
    caller: &Caller,
    kind: WalletType,
    request: &CreateWallet,
) -> Result<WalletId, Stop> {
    refuse_past_plan(tx, caller)?;
    let id = open(tx, caller.scope, kind, request)?;
    let wire = wire_in(tx, id)?;
    note(tx, Actor::Key(caller), Change::WalletCreated, &wire, None)?;
    Ok(id)
}

/// Refuses a wallet that the plan does not allow.
fn refuse_past_plan(tx: &mut Tx<'_>, caller: &Caller) -> Result<(), Stop> {
    let plan = tx.scope(caller.scope)?.plan;
    let Some(limit) = plan.wallet_limit() else {
        return Ok(());
    };
    let count = store::count_limited(tx.reader()?, caller.organization, limit)?;
    if count < limit {
        return Ok(());
    }
    let message = format!("The plan {} allows {limit} wallets", plan.as_str());
    let error = ApiError::new(ErrorCode::WalletLimitExceeded, message);
    Err(error.with("plan", plan.as_str()).with("limit", limit).into())
}

/// Changes a wallet's names, metadata or discoverability.
pub fn update_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    request: UpdateWallet,
) -> Result<Reply, Stop> {
    let (id, wallet) = caller.usable_wallet(tx, id)?;
    let mut row = row_in(tx, id)?;
    let found_by = (row.discoverable, row.name.clone(), row.agent_name.clone());
    if let Patch::Set(name) = request.name {
        row.name = name;
    }
    request.agent_name.apply(&mut row.agent_name);
    request.metadata.apply(&mut row.metadata);
    if let Patch::Set(discoverable) = request.discoverable {
        row.discoverable = discoverable;
    }
    row.updated_at = tx.now();
    store::update(tx, &row)?;
    if found_by != (row.discoverable, row.name.clone(), row.agent_name.clone()) {
        network::delist(tx, id)?;
        if row.discoverable && row.status != WalletStatus::Closed {
            network::enlist(tx, id, wallet.scope, &row.name, row.agent_name.as_deref())?;
        }
    }
    let wire = wire_in(tx, id)?;
    note(tx, Actor::Key(caller), Change::WalletUpdated, &wire, None)?;
    if wallet.kind == WalletType::Agent && row.status != WalletStatus::Closed {
        agents::note_updated(tx, caller, id, wallet.scope)?;
    }
    Ok(Reply::json(200, &wire, id))
}

/// A change of what a wallet can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// Stop it from paying.
    Freeze,
    /// Let it pay again.
    Unfreeze,
    /// End it.
    Close,
}

/// Freezes, unfreezes or closes a wallet. A wallet-scoped key may freeze its
/// own wallet, and nothing else.
pub fn switch_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    switch: Switch,
    reason: Option<&str>,
) -> Result<Reply, Stop> {
    let (id, wallet) = caller.usable_wallet(tx, id)?;
    if switch != Switch::Freeze {
        caller.require_owner_of(&wallet)?;
    }
    self::switch(tx, caller, id, wallet, switch, reason)?;
    let wire = wire_in(tx, id)?;
    Ok(Reply::json(200, &wire, id))
}

/// Changes what a wallet can do; answers whether it was otherwise before.
pub fn switch(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: WalletId,
    mut wallet: Wallet,
    switch: Switch,
    reason: Option<&str>,
) -> Result<bool, Stop> {
    if wallet.status == WalletStatus::Closed {
        return Err(error::conflict("The wallet is closed", wallet.status.as_str()).into());
    }
    let (status, change) = match switch {
        Switch::Freeze => (WalletStatus::Frozen, Change::WalletFrozen),
        Switch::Unfreeze => (WalletStatus::Active, Change::WalletUnfrozen),
        Switch::Close => {
            refuse_unless_empty(tx, id, &wallet)?;
            network::delist(tx, id)?;
            cards::end_all_in(tx, caller, id)?;
            if wallet.kind == WalletType::Agent {
                // No agent's key outlives its wallet.
                keys::revoke_all_of(tx, caller, id)?;
            }
            (WalletStatus::Closed, Change::WalletClosed)
        }
    };
    if wallet.status == status {
        return Ok(false);
    }
    wallet.status = status;
    tx.put_wallet(id, wallet);
    store::set_status(tx, id, status)?;
    let wire = wire_in(tx, id)?;
    note(tx, Actor::Key(caller), change, &wire, reason)?;
    Ok(true)
}

/// Stops a wallet from paying because of what happened to it, unless it is
/// stopped already.
pub fn freeze(tx: &mut Tx<'_>, id: WalletId, reason: &str) -> Result<(), Stop> {
    let wallet = tx.wallet(id)?;
    let Some(mut wallet) = wallet.filter(|wallet| wallet.status == WalletStatus::Active) else {
        return Ok(());
    };
    wallet.status = WalletStatus::Frozen;
    tx.put_wallet(id, wallet);
    store::set_status(tx, id, WalletStatus::Frozen)?;
    let wire = wire_in(tx, id)?;
    note(tx, Actor::System, Change::WalletFrozen, &wire, Some(reason))
}

/// Counts a deposit that is on its way into a wallet; a negative change, one
/// that is no longer.
pub fn add_pending(tx: &mut Tx<'_>, id: WalletId, change: Amount) -> Result<(), Stop> {
    Ok(store::add_pending(tx, id, change)?)
}

/// The wallet that money for this one goes to: itself, or its organization's own
/// when it is closed.
pub fn home_of(tx: &mut Tx<'_>, id: WalletId, scope: ScopeId) -> Result<WalletId, Stop> {
    let closed = tx.wallet(id)?.is_some_and(|wallet| wallet.status == WalletStatus::Closed);
    Ok(if closed { tx.scope(scope)?.org_wallet } else { id })
}

fn refuse_unless_empty(tx: &mut Tx<'_>, id: WalletId, wallet: &Wallet) -> Result<(), Stop> {
    let status = wallet.status.as_str();
    if wallet.kind == WalletType::Org {
        return Err(error::conflict("An organization's own wallet cannot be closed", status).into());
    }
    let balance = tx.account(ledger::account_of(id))?.balance;
    if balance.posted.is_zero() && balance.held.is_zero() {
        return Ok(());
    }
    let message = "Only a wallet without money and holds can be closed";
    let error = error::conflict(message, status);
    Err(error.with("balance", balance.posted).with("held", balance.held).into())
}

/// How a wallet is funded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FundingRoute {
    /// `/wallets/:id/fund`
    Wallet,
    /// `/sandbox/fund`, with a cap in total.
    Sandbox,
}

/// Puts sandbox money into a wallet.
pub fn fund_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    amount: Amount,
    route: FundingRoute,
) -> Result<Reply, Stop> {
    caller.require_sandbox()?;
    let (id, wallet) = caller.usable_wallet(tx, id)?;
    refuse_over(amount, tx.rules().funding_max)?;
    match wallet.status {
        WalletStatus::Closed => {
            return Err(error::conflict("The wallet is closed", wallet.status.as_str()).into());
        }
        WalletStatus::Frozen => return Ok(Reply::refused(&payments::frozen(id), caller)),
        WalletStatus::Active => {}
    }
    let funded = row_in(tx, id)?.sandbox_funded;
    let total = funded.checked_add(amount).ok_or_else(error::balance_too_large)?;
    if route == FundingRoute::Sandbox {
        let left = tx.rules().funding_total_max.saturating_sub(funded).max(Amount::ZERO);
        refuse_over(amount, left)?;
    }
    store::set_funded(tx, id, total)?;
    let transaction = post_funding(tx, id, wallet.scope, amount)?;
    let balance = tx.account(ledger::account_of(id))?.balance;
    let funding = Funding {
        transaction_id: transaction,
        wallet_id: id,
        amount,
        new_balance: balance.posted,
        currency: CURRENCY.to_owned(),
    };
    let data = serde_json::to_value(&funding).unwrap_or_default();
    let subject = Subject { scope: wallet.scope, id: id.key(), wallet: Some(id) };
    events::record(tx, Actor::Key(caller), Change::WalletFunded, subject, Some(&data))?;
    let new_balance = funding.new_balance;
    Ok(match route {
        FundingRoute::Wallet => Reply::json(200, &funding, transaction),
        FundingRoute::Sandbox => {
            Reply::json(200, &SandboxFunding { wallet_id: id, amount, new_balance }, transaction)
        }
    })
}

fn refuse_over(amount: Amount, maximum: Amount) -> Result<(), ApiError> {
    if amount <= maximum {
        return Ok(());
    }
    let message = format!("At most {maximum} can be funded now");
    Err(ApiError::new(ErrorCode::InvalidAmount, message).with("maximum", maximum))
}

fn post_funding(
    tx: &mut Tx<'_>,
    wallet: WalletId,
    scope: ScopeId,
    amount: Amount,
) -> Result<TransactionId, Stop> {
    let treasury = tx.scope(scope)?.account(AccountKind::Treasury);
    let legs = ledger::legs_between(tx, treasury, ledger::account_of(wallet), amount)?;
    let id: TransactionId = tx.next_id();
    let row = TransactionRow {
        to: Some(wallet),
        description: Some("Sandbox funding".to_owned()),
        ..TransactionRow::posted(id, scope, TransactionKind::Funding, amount, tx.now())
    };
    ledger::post(tx, row, legs)?;
    Ok(id)
}

fn row_in(tx: &mut Tx<'_>, id: WalletId) -> Result<WalletRow, Stop> {
    let row = store::get(tx.reader()?, id)?;
    row.ok_or_else(|| error::wallet_not_found(&id.to_string()).into())
}

/// A wallet as answers show it, inside the command that changed it.
pub fn wire_in(tx: &mut Tx<'_>, id: WalletId) -> Result<Wire, Stop> {
    let mut row = row_in(tx, id)?;
    row.balance = tx.account(ledger::account_of(id))?.balance;
    Ok(wire(&row))
}

/// A wallet as answers show it.
#[must_use]
pub fn wire(row: &WalletRow) -> Wire {
    let account_id: AccountId = ledger::account_of(row.id);
    Wire {
        id: row.id,
        organization_id: row.organization,
        account_id,
        environment: row.environment.as_str().to_owned(),
        name: row.name.clone(),
        agent_name: row.agent_name.clone(),
        wallet_type: row.kind.as_str().to_owned(),
        status: row.status.as_str().to_owned(),
        balance: row.balance.posted,
        available: row.balance.available(),
        currency: CURRENCY.to_owned(),
        wallgent_address: AddressId::from(row.id),
        discoverable: row.discoverable,
        metadata: row.metadata.clone(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

fn note(
    tx: &mut Tx<'_>,
    actor: Actor<'_>,
    change: Change,
    wire: &Wire,
    reason: Option<&str>,
) -> Result<(), Stop> {
    let mut data = json!(wire);
    if let (Some(reason), Some(map)) = (reason, data.as_object_mut()) {
        map.insert("reason".to_owned(), json!(reason));
    }
    // A wallet that was lent is another organization's.
    let wallet = tx.wallet(wire.id)?;
    let scope = wallet.ok_or_else(|| error::wallet_not_found(&wire.id.to_string()))?.scope;
    let subject = Subject { scope, id: wire.id.key(), wallet: Some(wire.id) };
    events::record(tx, actor, change, subject, Some(&data))
}
