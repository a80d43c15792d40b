//! Finding the other side of a transfer.

use wallgent_api::types::transfers::{Party, PartyDetails};
use wallgent_api::{ApiError, ErrorCode};
use wallgent_core::Environment;
use wallgent_core::bank::{last_four, mask};
use wallgent_core::id::BankAccountId;
use wallgent_core::transfer::Rail;

use crate::bank_accounts;
use crate::caller::Caller;
use crate::engine::{ScopeId, Stop, Tx};
use crate::policies::Recipient;

/// The other side, and the rail that reaches it.
pub(super) struct Found {
    pub(super) rail: Rail,
    pub(super) bank_account: Option<BankAccountId>,
    /// As it is shown.
    pub(super) party: Party,
    /// The number of its bank account, whole.
    pub(super) account_number: Option<String>,
}

/// Finds who is meant: a linked account, or what the request says of another.
pub(super) fn find(
    tx: &mut Tx<'_>,
    caller: &Caller,
    scope: ScopeId,
    bank_account: Option<&str>,
    details: Option<&PartyDetails>,
) -> Result<Found, Stop> {
    let linked = |details: &PartyDetails| details.bank_account_id.clone();
    let rail = details.and_then(PartyDetails::rail).unwrap_or(Rail::Ach);
    let named = bank_account.map(str::to_owned).or_else(|| details.and_then(linked));
    if let Some(text) = named {
        return find_linked(tx, caller, scope, rail, &text);
    }
    let missing = || ApiError::invalid_field("bankAccountId", "is required");
    let details = details.ok_or_else(missing)?;
    if rail.is_of_banks() && tx.scope(scope)?.environment == Environment::Production {
        let message = "Numbers of bank accounts are taken in the sandbox only; link the account";
        return Err(ApiError::new(ErrorCode::SandboxOnly, message).into());
    }
    let number = details.account_number.as_ref().map(|number| number.expose().to_owned());
    let party = Party {
        kind: rail.as_str().to_owned(),
        bank_account_id: None,
        routing_number: details.routing_number.clone(),
        account_number: number.as_deref().map(mask),
        account_holder_name: details.account_holder_name.clone(),
        address: details.address.clone().filter(|_| rail == Rail::Usdc),
        chain: details.chain.clone().filter(|_| rail == Rail::Usdc),
    };
    Ok(Found { rail, bank_account: None, party, account_number: number })
}

fn find_linked(
    tx: &mut Tx<'_>,
    caller: &Caller,
    scope: ScopeId,
    rail: Rail,
    text: &str,
) -> Result<Found, Stop> {
    let (account, number) = bank_accounts::usable_in(tx, scope, caller.organization, text)?;
    let party = Party {
        kind: rail.as_str().to_owned(),
        bank_account_id: Some(account.id),
        routing_number: Some(account.routing_number),
        account_number: Some(mask(last_four(&number))),
        account_holder_name: Some(account.holder_name),
        address: None,
        chain: None,
    };
    Ok(Found { rail, bank_account: Some(account.id), party, account_number: Some(number) })
}

/// Who is meant by what is shown. A bank account that is not linked has no name
/// that a list could hold: its number is not kept.
pub(super) fn recipient(account: Option<BankAccountId>, party: Option<&Party>) -> Recipient {
    if let Some(account) = account {
        return Recipient::BankAccount(account);
    }
    let Some(party) = party else { return Recipient::Unnamed(String::new()) };
    match (&party.address, &party.account_number) {
        (Some(address), _) => Recipient::Address(address.clone()),
        (None, Some(masked)) => Recipient::Unnamed(masked.clone()),
        (None, None) => Recipient::Unnamed(party.kind.clone()),
    }
}
