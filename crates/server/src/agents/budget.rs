//! Moving money between an agent and its organization's own wallet.

use serde_json::json;
use serde_json::value::RawValue;
use wallgent_api::types::CURRENCY;
use wallgent_api::types::agents::{AdjustBudget, BudgetAdjustment};
use wallgent_core::Amount;
use wallgent_core::id::{TransactionId, WalletId};
use wallgent_core::payment::TransactionKind;

use super::{find, note, wire_in};
use crate::caller::Caller;
use crate::engine::{ScopeId, Stop, TransactionRow, Tx};
use crate::events::Change;
use crate::idempotency::Reply;
use crate::{error, ledger, payments};

/// Gives an agent money, or takes some back. No policy is asked: it is the
/// owner's own money, in the owner's own hands. A paused agent takes part.
pub fn adjust_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: &str,
    request: &AdjustBudget,
) -> Result<Reply, Stop> {
    let (id, wallet) = find(tx, caller, id)?;
    caller.require_owner()?;
    let own = tx.scope(wallet.scope)?.org_wallet;
    let takes = request.amount.is_negative();
    let (from, to) = if takes { (id, own) } else { (own, id) };
    let amount = if takes { request.amount.checked_neg() } else { Some(request.amount) };
    let amount = amount.ok_or_else(error::balance_too_large)?;
    let balance = tx.account(ledger::account_of(from))?.balance;
    if balance.available() < amount {
        let sent = as_sent(request);
        let requested = sent.get().trim_matches('"');
        let error = payments::insufficient(from, amount, requested, Amount::ZERO, balance);
        return Ok(Reply::refused(&error, caller));
    }
    let moved = Movement { kind: TransactionKind::BudgetAdjustment, from, to, amount };
    let transaction = moved.post(tx, wallet.scope)?;
    let mut data = json!(wire_in(tx, id)?);
    data["adjustment"] = json!(request.amount);
    data["transactionId"] = json!(transaction);
    note(tx, caller, Change::AgentBudgetAdjusted, id, &data)?;
    let adjustment = BudgetAdjustment {
        id,
        adjustment: as_sent(request),
        new_balance: tx.account(ledger::account_of(id))?.balance.posted,
        currency: CURRENCY.to_owned(),
    };
    Ok(Reply::json(200, &adjustment, transaction))
}

fn as_sent(request: &AdjustBudget) -> Box<RawValue> {
    request.amount_sent.clone().unwrap_or_else(|| {
        serde_json::value::to_raw_value(&request.amount).expect("an amount is a text")
    })
}

/// Money that moves between two wallets of one organization, at its owner's
/// word.
pub(super) struct Movement {
    pub(super) kind: TransactionKind,
    pub(super) from: WalletId,
    pub(super) to: WalletId,
    pub(super) amount: Amount,
}

impl Movement {
    /// Posts it; whoever calls has seen that the money is there.
    pub(super) fn post(&self, tx: &mut Tx<'_>, scope: ScopeId) -> Result<TransactionId, Stop> {
        let (payer, payee) = (ledger::account_of(self.from), ledger::account_of(self.to));
        let legs = ledger::legs_between(tx, payer, payee, self.amount)?;
        let id: TransactionId = tx.next_id();
        let row = TransactionRow {
            from: Some(self.from),
            to: Some(self.to),
            ..TransactionRow::posted(id, scope, self.kind, self.amount, tx.now())
        };
        ledger::post(tx, row, legs)?;
        Ok(id)
    }
}
