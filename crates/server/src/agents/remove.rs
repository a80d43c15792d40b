//! The end of an agent.

use serde_json::json;
use wallgent_api::types::agents::DeletedAgent;
use wallgent_core::payment::TransactionKind;

use super::budget::Movement;
use super::{find, note};
use crate::caller::Caller;
use crate::engine::{Stop, Tx};
use crate::events::Change;
use crate::idempotency::Reply;
use crate::wallets::{self, Switch};
use crate::{approvals, cards, invoices, ledger, payment_links};

/// Ends an agent, all in one commit: what waits is rejected, its cards, its payment
/// links and the charges that repeat are cancelled, which frees its holds; its money goes
/// to the organization's own wallet; its wallet is closed, which revokes its keys.
pub fn delete_in(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<Reply, Stop> {
    let (id, wallet) = find(tx, caller, id)?;
    caller.require_owner()?;
    approvals::reject_all_in(tx, caller, id, "The agent was deleted")?;
    cards::end_all_in(tx, caller, id)?;
    payment_links::end_all_in(tx, caller, id)?;
    invoices::end_all_in(tx, caller, id)?;
    let swept = tx.account(ledger::account_of(id))?.balance.posted;
    if swept.is_positive() {
        let own = tx.scope(wallet.scope)?.org_wallet;
        let sweep = Movement { kind: TransactionKind::Sweep, from: id, to: own, amount: swept };
        sweep.post(tx, wallet.scope)?;
    }
    wallets::switch(tx, caller, id, wallet, Switch::Close, None)?;
    let deleted = DeletedAgent { id, deleted: true, swept_amount: swept };
    note(tx, caller, Change::AgentDeleted, id, &json!(deleted))?;
    Ok(Reply::json(200, &deleted, id))
}
