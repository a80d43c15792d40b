//! What happens to a wallet itself: making, funding, freezing, closing.

use super::command::{Caller, Place, Sent, Switch};
use super::delegating::is_unclear_at;
use super::money::FUNDING_MAXIMUM;
use super::predict::{may, named, once, reach, read};
use super::state::{Answer, ORG, Status, Wallet, World, namespace};

pub(super) fn create_wallet(world: &mut World, caller: Caller, named: bool) -> Option<Answer> {
    if [Caller::Scoped, Caller::Agent].contains(&caller) && !named {
        // Which of the two wrongs is told first is open.
        return None;
    }
    if let Some(refused) = may(caller, Caller::Owner) {
        return Some(refused);
    }
    if !named {
        return Some(Answer::refusal(400, "VALIDATION_ERROR"));
    }
    if caller == Caller::Owner {
        let (status, spent) = (Status::Active, Vec::new());
        world.wallets.push(Wallet { status, balance: 0, held: 0, spent });
    }
    Some(Answer::of(201))
}

pub(super) fn fund(
    world: &mut World,
    caller: Caller,
    place: Place,
    amount: &Sent,
    key: Option<u8>,
) -> Option<Answer> {
    if let Some(refused) = may(caller, Caller::Scoped) {
        return Some(refused);
    }
    if is_unclear_at(world, caller, place) {
        return None;
    }
    if caller == Caller::Live {
        let clear =
            place == Place::Live && read(amount).is_ok_and(|amount| amount <= FUNDING_MAXIMUM);
        return clear.then(|| Answer::refusal(403, "SANDBOX_ONLY"));
    }
    let amount = match read(amount) {
        Ok(amount) => amount,
        Err(refused) => return Some(refused),
    };
    if amount > FUNDING_MAXIMUM {
        // What is wrong beside the amount, and whether that is told first, is open.
        let ready = |wallet: usize| world.wallets[wallet].status == Status::Active;
        let alone = key.is_none() && reach(world, caller, place).ok().is_some_and(ready);
        return alone.then(|| Answer::refusal(400, "INVALID_AMOUNT"));
    }
    let key =
        key.map(|key| (format!("fund {:?}", named(world, place)), namespace(world, caller), key));
    once(world, key, amount.to_string(), |world| {
        let wallet = match reach(world, caller, place) {
            Ok(wallet) => wallet,
            Err(refused) => return Some(refused),
        };
        match world.wallets[wallet].status {
            Status::Closed => return Some(Answer::refusal(409, "CONFLICT")),
            Status::Frozen => return Some(Answer::refusal(403, "WALLET_FROZEN")),
            Status::Active => {}
        }
        world.wallets[wallet].balance += amount;
        Some(Answer::of(200))
    })
}

pub(super) fn turn(
    world: &mut World,
    caller: Caller,
    place: Place,
    switch: Switch,
) -> Option<Answer> {
    if let Some(refused) = may(caller, Caller::Scoped) {
        return Some(refused);
    }
    let standard = |wallet| wallet != ORG && !world.is_agent(wallet);
    let ends_another_kind = switch == Switch::Close && !world.wallet_at(place).is_none_or(standard);
    if (caller == Caller::Live && place == Place::Live)
        || is_unclear_at(world, caller, place)
        || ends_another_kind
    {
        return None;
    }
    // An owner's act on a wallet that the key does not have breaks two rules, and which one is told first is open.
    let scoped = [Caller::Scoped, Caller::Agent].contains(&caller);
    let owners = switch != Switch::Freeze && scoped;
    let wallet = match reach(world, caller, place) {
        Ok(_) if owners => return Some(Answer::refusal(403, "PERMISSION_DENIED")),
        Ok(wallet) => wallet,
        Err(_) if owners => return None,
        Err(refused) => return Some(refused),
    };
    let old = world.wallets[wallet].status;
    if old == Status::Closed {
        return Some(Answer::refusal(409, "CONFLICT"));
    }
    let new = match switch {
        Switch::Freeze => Status::Frozen,
        Switch::Unfreeze => Status::Active,
        Switch::Close if world.wallets[wallet].balance > 0 => {
            return Some(Answer::refusal(409, "CONFLICT"));
        }
        Switch::Close => Status::Closed,
    };
    world.wallets[wallet].status = new;
    Some(Answer::of(200))
}
