//! The agent network: paying any wallet by its address, and finding addresses.
//!
//! A network payment is a payment that is free of charge. It obeys the same
//! policies, waits for the same humans and stands in the same lists.

pub mod routes;
mod store;

use wallgent_api::ApiError;
use wallgent_api::types::network::PayAgent;
use wallgent_api::types::payments::SendPayment;
use wallgent_core::directory;
use wallgent_core::id::{AddressId, WalletId};
use wallgent_core::payment::Rail;

use crate::caller::Caller;
use crate::engine::{ScopeId, Stop, Tx};
use crate::idempotency::Reply;
use crate::payments::{self, Approval, Sending};

pub use store::delist;

/// Pays the wallet at an address.
pub fn pay_in(tx: &mut Tx<'_>, caller: &Caller, request: &PayAgent) -> Result<Reply, Stop> {
    let from = sender(tx, caller, request)?;
    let (from, _) = caller.usable_wallet(tx, &from)?;
    let to = find(tx, &request.to_address)?;
    if from == to {
        let message = "must be the address of another wallet than the one that pays";
        return Err(ApiError::invalid_field("toAddress", message).into());
    }
    let sending = Sending {
        request: SendPayment {
            from: from.to_string(),
            to: Some(to.to_string()),
            amount: request.amount,
            amount_sent: request.amount_sent.clone(),
            description: request.description.clone(),
            idempotency_key: request.idempotency_key.clone(),
            ..SendPayment::default()
        },
        batch: None,
        approval: Approval::Waits,
        rail: Rail::Network,
    };
    payments::send_in(tx, caller, &sending)
}

/// The wallet that pays: the one named; else the key's only one; else the
/// organization's own.
fn sender(tx: &mut Tx<'_>, caller: &Caller, request: &PayAgent) -> Result<String, Stop> {
    match (&request.from_wallet_id, caller.wallets.as_deref()) {
        (Some(named), _) => Ok(named.clone()),
        (None, Some([only])) => Ok(only.to_string()),
        (None, Some(_)) => {
            let message = "is required: this key pays from more than one wallet";
            Err(ApiError::invalid_field("fromWalletId", message).into())
        }
        (None, None) => Ok(tx.scope(caller.scope)?.org_wallet.to_string()),
    }
}

fn find(tx: &mut Tx<'_>, address: &str) -> Result<WalletId, Stop> {
    let missing = || {
        let error = ApiError::new(
            wallgent_api::ErrorCode::WalletNotFound,
            "No wallet has this address in this environment",
        );
        error.with("toAddress", address)
    };
    let id: AddressId = address.parse().map_err(|_| missing())?;
    let wallet = WalletId::from(id);
    if tx.wallet(wallet)?.is_none() {
        return Err(missing().into());
    }
    Ok(wallet)
}

/// Puts a wallet into the directory, under its names and its address.
pub fn enlist(
    tx: &mut Tx<'_>,
    id: WalletId,
    scope: ScopeId,
    name: &str,
    agent_name: Option<&str>,
) -> Result<(), Stop> {
    let environment = tx.scope(scope)?.environment;
    let address = AddressId::from(id).to_string();
    let mut words = directory::indexed(name, agent_name, &address);
    // The empty word stands for all wallets.
    words.push(String::new());
    store::insert_words(tx, environment, id, &words)?;
    Ok(())
}
