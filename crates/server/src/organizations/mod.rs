//! Organizations: founding them, and what they say of themselves.

pub mod routes;
mod store;

use serde_json::json;
use wallgent_api::types::organizations::UpdateOrganization;
use wallgent_api::types::wallets::CreateWallet;
use wallgent_core::Environment;
use wallgent_core::account::{AccountKind, Balance};
use wallgent_core::id::{AccountId, OrganizationId, UserId, WalletId};
use wallgent_core::plan::Plan;
use wallgent_core::wallet::WalletType;

use crate::caller::Caller;
use crate::engine::{Account, ScopeId, Stop, Tx};
use crate::events::{self, Actor, Change, Subject};
use crate::idempotency::Reply;
use crate::keys::{self, Secret};
use crate::wallets;

pub use store::{find_owner, find_scope, load_name, load_scope, load_sequence};

/// What a new organization is told once.
#[derive(Debug)]
pub struct Founded {
    /// Which organization.
    pub id: OrganizationId,
    /// In the sandbox.
    pub sandbox: Side,
    /// In production.
    pub production: Side,
}

/// What a new organization has in one environment.
#[derive(Debug)]
pub struct Side {
    /// Its own wallet.
    pub wallet: WalletId,
    /// Its first key, which can do everything.
    pub secret: Secret,
}

/// Founds an organization with its wallets, accounts and first keys.
pub fn found_in(tx: &mut Tx<'_>, name: &str, email: &str, plan: Plan) -> Result<Founded, Stop> {
    let id: OrganizationId = tx.next_id();
    store::insert(tx, id, name, email, plan)?;
    let owner: UserId = tx.next_id();
    store::insert_member(tx, owner, id, email, "OWNER")?;
    let sandbox = open_side(tx, id, Environment::Sandbox)?;
    let production = open_side(tx, id, Environment::Production)?;
    Ok(Founded { id, sandbox, production })
}

fn open_side(
    tx: &mut Tx<'_>,
    organization: OrganizationId,
    environment: Environment,
) -> Result<Side, Stop> {
    let scope: ScopeId = store::next_scope(tx)?;
    // Its number is needed for the wallet, and the wallet's for the scope.
    store::insert_scope(tx, scope, organization, environment)?;
    for kind in AccountKind::SYSTEM {
        let id: AccountId = tx.next_id();
        let balance = Balance::default();
        let account = Account { scope, kind, balance, last_entry: 0, last_payment: 0 };
        store::insert_account(tx, id, &account)?;
    }
    let request = CreateWallet { name: "Organization".to_owned(), ..CreateWallet::default() };
    let wallet = wallets::open(tx, scope, WalletType::Org, &request)?;
    store::set_org_wallet(tx, scope, wallet)?;
    let wire = wallets::wire_in(tx, wallet)?;
    let subject = Subject { scope, id: wallet.key(), wallet: Some(wallet) };
    events::record(tx, Actor::System, Change::WalletCreated, subject, Some(&json!(wire)))?;
    let (_, secret) = keys::issue_admin(tx, organization, environment, scope, "First key")?;
    Ok(Side { wallet, secret })
}

/// Changes the caller's organization.
pub fn update_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: &UpdateOrganization,
) -> Result<Reply, Stop> {
    caller.require_owner()?;
    if let Some(name) = &request.name {
        store::set_name(tx, caller.organization, name)?;
    }
    let mut wire = store::get(tx.reader()?, caller.organization)?;
    let subject = Subject { scope: caller.scope, id: wire.id.key(), wallet: None };
    events::record(
        tx,
        Actor::Key(caller),
        Change::OrganizationUpdated,
        subject,
        Some(&json!(wire)),
    )?;
    wire.ok = Some(true);
    Ok(Reply::json(200, &wire, wire.id))
}
