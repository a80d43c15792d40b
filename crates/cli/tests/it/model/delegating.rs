//! The network and delegations: who pays for whom.

use super::command::{Caller, Grantee, Place, Sent};
use super::money::MINUTE_MS;
use super::paying::{send, sender};
use super::predict::{may, named, once, reach, read, without_the_senders};
use super::state::{Answer, Delegation, FOREIGN, ORG, SCOPED, Status, World, namespace, sees};

/// Whether the caller was granted this wallet, and then whether it may pay from it.
pub(super) fn delegated(world: &World, caller: Caller, wallet: usize) -> Option<bool> {
    let grantee = match caller {
        Caller::Stranger => Grantee::Stranger,
        Caller::Scoped => Grantee::Scoped,
        _ => return None,
    };
    world
        .delegations
        .iter()
        .filter(|one| one.wallet == wallet && one.grantee == grantee && one.is_active(world.now_ms))
        .map(|one| one.paying)
        .reduce(|one, other| one || other)
}

impl Delegation {
    pub(super) fn is_active(&self, now_ms: i64) -> bool {
        !self.revoked && self.expires_ms.is_none_or(|end| end > now_ms)
    }
}

/// Whether the caller has this wallet by delegation alone, so that what it is told of other acts than paying is open.
pub(super) fn is_unclear(world: &World, caller: Caller, wallet: usize) -> bool {
    !sees(world, caller, wallet) && delegated(world, caller, wallet).is_some()
}

pub(super) fn is_unclear_at(world: &World, caller: Caller, place: Place) -> bool {
    world.wallet_at(place).is_some_and(|wallet| is_unclear(world, caller, wallet))
}

/// Rights on a wallet: to whom, whether paying is among them, and for how many minutes.
pub(super) fn grant(
    world: &mut World,
    caller: Caller,
    place: Place,
    (grantee, paying, minutes): (Grantee, bool, Option<i64>),
) -> Option<Answer> {
    if let Some(refused) = may(caller, Caller::Owner) {
        return Some(refused);
    }
    // Delegations by others than the owner are left out.
    let strangers_own = caller == Caller::Stranger && world.wallet_at(place) == Some(FOREIGN);
    let own_live = caller == Caller::Live && place == Place::Live;
    if strangers_own || own_live || is_unclear_at(world, caller, place) {
        return None;
    }
    let wallet = match reach(world, caller, place) {
        Ok(wallet) if world.wallets[wallet].status == Status::Closed => return None,
        Ok(wallet) => wallet,
        Err(refused) => return Some(refused),
    };
    let expires_ms = minutes.map(|minutes| world.now_ms + minutes * MINUTE_MS);
    world.delegations.push(Delegation { wallet, grantee, paying, expires_ms, revoked: false });
    Some(Answer::of(201))
}

pub(super) fn revoke(world: &mut World, caller: Caller, number: usize) -> Option<Answer> {
    if let Some(refused) = may(caller, Caller::Owner) {
        return Some(refused);
    }
    if world.delegations.is_empty() {
        return Some(Answer::refusal(404, "NOT_FOUND"));
    }
    let number = number % world.delegations.len();
    match caller {
        Caller::Live => return Some(Answer::refusal(403, "ENVIRONMENT_MISMATCH")),
        Caller::Owner => {}
        // How a grantee, or a stranger who once was one, is refused is open.
        _ => return None,
    }
    let delegation = &mut world.delegations[number];
    if !delegation.is_active(world.now_ms)
        || world.wallets[delegation.wallet].status == Status::Closed
    {
        return None;
    }
    delegation.revoked = true;
    Some(Answer::of(200))
}

pub(super) fn network_pay(
    world: &mut World,
    caller: Caller,
    from: Option<Place>,
    to: Place,
    amount: &Sent,
    key: Option<u8>,
) -> Option<Answer> {
    if let Some(refused) = may(caller, Caller::Scoped) {
        return Some(refused);
    }
    let amount = match read(amount) {
        Ok(amount) => amount,
        Err(refused) => return Some(refused),
    };
    let from_named = from.map(|from| named(world, from));
    let meaning = format!("{from_named:?} {:?} {amount}", named(world, to));
    let key = key.map(|key| (format!("network {}", from.is_some()), namespace(world, caller), key));
    let answer = once(world, key, meaning, |world| {
        let from = match payer(world, caller, from)? {
            Ok(from) => from,
            Err(refused) => return Some(refused),
        };
        send(world, from, to, amount, 0)
    })?;
    // Without a name it is the caller's own wallet that paid.
    Some(match from {
        Some(from) => without_the_senders(world, caller, from, answer),
        None => answer,
    })
}

/// Who pays: the named wallet, else the key's only one, else the organization's.
fn payer(world: &World, caller: Caller, from: Option<Place>) -> Option<Result<usize, Answer>> {
    let own = match caller {
        Caller::Scoped => Some(SCOPED),
        Caller::Agent => world.acting_agent(),
        Caller::Owner => Some(ORG),
        _ => None,
    };
    let Some(from) = from else { return own.map(Ok) };
    let found = sender(world, caller, from)?;
    // Whether a scoped key's only wallet pays instead of a wallet that it does not have is open.
    let scoped = [Caller::Scoped, Caller::Agent].contains(&caller);
    (found.is_ok() || !scoped).then_some(found)
}
