//! Agents: a wallet, a key scoped to it, and what it may spend.
//!
//! An agent's ID is its wallet's. Everything about an agent happens in one
//! commit: nobody ever sees a wallet without its key, or a key that outlived
//! its wallet. Agents are their organization's own; no delegation reaches them.

mod budget;
mod remove;
pub mod routes;
mod store;
mod templates;

use serde_json::json;
use wallgent_api::ApiError;
use wallgent_api::types::CURRENCY;
use wallgent_api::types::agents::{
    Agent as Wire, AgentStatus, CreateAgent, CreateFromTemplate, RotatedKey,
};
use wallgent_api::types::wallets::CreateWallet;
use wallgent_core::Permission;
use wallgent_core::id::{AddressId, PolicyId, WalletId};
use wallgent_core::wallet::{WalletStatus, WalletType};

use crate::caller::Caller;
use crate::engine::{ScopeId, Stop, Tx, Wallet};
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::{Reply, encode};
use crate::keys::{self, Secret};
use crate::wallets::{self, Switch};
use crate::{error, ledger, policies};
use store::AgentRow;
use templates::Template;

pub use budget::adjust_in;
pub use remove::delete_in;

/// Makes an agent.
pub fn create_in(tx: &mut Tx<'_>, caller: &Caller, request: &CreateAgent) -> Result<Reply, Stop> {
    let (id, secret) = make(tx, caller, request)?;
    created(tx, caller, id, &secret, None)
}

/// Makes an agent with the rights and the policy of a template.
pub fn from_template_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &CreateFromTemplate,
) -> Result<Reply, Stop> {
    caller.require_owner()?;
    caller.require(tx, Permission::ApiKeysWrite)?;
    let template = Template::find(&request.template_id)
        .ok_or_else(|| ApiError::not_found("template").with("templateId", &request.template_id))?;
    let agent = CreateAgent {
        name: request.name.clone(),
        permissions: Some(template.permissions()),
        ..CreateAgent::default()
    };
    let (id, secret) = make(tx, caller, &agent)?;
    let policy = policies::attach(tx, caller, id, template.policy())?;
    created(tx, caller, id, &secret, Some((template, policy)))
}

/// A wallet and its key. Whoever makes an agent grants it rights, so it must
/// hold them, and the right to make keys.
fn make(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &CreateAgent,
) -> Result<(WalletId, Secret), Stop> {
    caller.require_owner()?;
    caller.require(tx, Permission::ApiKeysWrite)?;
    let permissions = request.permissions();
    keys::grantable(tx, caller, permissions)?;
    let wallet = CreateWallet {
        name: request.name.clone(),
        agent_name: request.agent_name.clone(),
        metadata: request.metadata.clone(),
        currency: None,
        discoverable: request.discoverable,
    };
    let id = wallets::make(tx, caller, WalletType::Agent, &wallet)?;
    let (key, secret) = keys::issue_to_agent(tx, caller, id, &request.name, permissions)?;
    store::set_key(tx, id, key.id)?;
    Ok((id, secret))
}

fn created(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: WalletId,
    secret: &Secret,
    template: Option<(&Template, PolicyId)>,
) -> Result<Reply, Stop> {
    let mut wire = wire_in(tx, id)?;
    wire.policy_id = template.map(|(_, policy)| policy);
    wire.template_id = template.map(|(template, _)| template.id.to_owned());
    note(tx, caller, Change::AgentCreated, id, &json!(wire))?;
    let mut reply = Reply::json(201, &wire, id);
    wire.api_key = Some(secret.expose().to_owned());
    reply.secret = Some(encode(&wire));
    Ok(reply)
}

/// One of the caller's agents. A wallet that is none, or that is closed, is no
/// agent.
fn find(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<(WalletId, Wallet), Stop> {
    let (id, wallet) = caller.own_wallet(tx, text)?;
    if wallet.kind != WalletType::Agent || wallet.status == WalletStatus::Closed {
        return Err(error::wallet_not_found(text).into());
    }
    Ok((id, wallet))
}

/// Stops an agent from paying. It may stop itself.
pub fn pause_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    let (id, wallet) = find(tx, caller, id)?;
    switch(tx, caller, id, wallet, Switch::Freeze, Change::AgentPaused)
}

/// Lets an agent pay again.
pub fn resume_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    let (id, wallet) = find(tx, caller, id)?;
    caller.require_owner()?;
    switch(tx, caller, id, wallet, Switch::Unfreeze, Change::AgentResumed)
}

fn switch(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: WalletId,
    wallet: Wallet,
    switch: Switch,
    change: Change,
) -> Result<Reply, Stop> {
    if wallets::switch(tx, caller, id, wallet, switch, None)? {
        let data = json!(wire_in(tx, id)?);
        note(tx, caller, change, id, &data)?;
    }
    let status = wire_in(tx, id)?.status;
    Ok(Reply::json(200, &AgentStatus { id, status }, id))
}

/// Gives an agent a new key and revokes the old one, in one commit.
pub fn rotate_key_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    let (id, _) = find(tx, caller, id)?;
    caller.require_owner()?;
    caller.require(tx, Permission::ApiKeysWrite)?;
    let row = row_in(tx, id)?;
    // Also after it was revoked, what a key could do bounds what the next can.
    let (new, secret) = keys::replace(tx, caller, row.last_key)?;
    store::set_key(tx, id, new.id)?;
    let mut rotated =
        RotatedKey { api_key: None, api_key_id: new.id, revoked_key_id: row.last_key };
    let mut data = json!(rotated);
    (data["id"], data["walletId"]) = (json!(id), json!(id));
    note(tx, caller, Change::AgentKeyRotated, id, &data)?;
    let mut reply = Reply::json(200, &rotated, new.id);
    rotated.api_key = Some(secret.expose().to_owned());
    reply.secret = Some(encode(&rotated));
    Ok(reply)
}

/// Notes that an agent's wallet changed.
pub fn note_updated(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: WalletId,
    scope: ScopeId,
) -> Result<(), Stop> {
    let data = json!(wire_in(tx, id)?);
    let subject = Subject { scope, id: id.key(), wallet: Some(id) };
    events::record(tx, Actor::Key(caller), Change::AgentUpdated, subject, Some(&data))
}

fn note(
    tx: &mut Tx<'_>,
    caller: &Caller,
    change: Change,
    id: WalletId,
    data: &serde_json::Value,
) -> Result<(), Stop> {
    let subject = Subject { scope: caller.scope, id: id.key(), wallet: Some(id) };
    events::record(tx, Actor::Key(caller), change, subject, Some(data))
}

fn row_in(tx: &mut Tx<'_>, id: WalletId) -> Result<AgentRow, Stop> {
    let day = tx.now().day();
    let row = store::get(tx.reader()?, id, day)?;
    row.ok_or_else(|| error::wallet_not_found(&id.to_string()).into())
}

/// An agent as answers show it, inside the command that changed it: its money
/// and its spending are newer in memory than in its rows.
fn wire_in(tx: &mut Tx<'_>, id: WalletId) -> Result<Wire, Stop> {
    let mut row = row_in(tx, id)?;
    row.balance = tx.account(ledger::account_of(id))?.balance;
    row.spent_today = tx.spent(id)?.totals.today;
    Ok(wire(row))
}

fn wire(row: AgentRow) -> Wire {
    Wire {
        id: row.id,
        wallet_id: row.id,
        name: row.name,
        agent_name: row.agent_name,
        status: row.status.as_str().to_owned(),
        balance: row.balance.posted,
        available: row.balance.available(),
        currency: CURRENCY.to_owned(),
        spent_today: row.spent_today,
        api_key_id: row.key,
        permissions: row.permissions.iter().map(|it| it.as_str().to_owned()).collect(),
        environment: row.environment.as_str().to_owned(),
        wallgent_address: AddressId::from(row.id),
        created_at: row.created_at,
        updated_at: row.updated_at,
        api_key: None,
        policy_id: None,
        template_id: None,
    }
}
