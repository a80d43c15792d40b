//! Agents: made, given money and relieved of it, paused, resumed, deleted.

use super::command::{Caller, Place, Sent};
use super::deciding::reject_all;
use super::delegating::is_unclear;
use super::money::{Units, parse_signed};
use super::predict::{may, named, once};
use super::state::{Answer, ORG, Status, Wallet, World, namespace, sees};

pub(super) fn create_agent(world: &mut World, caller: Caller, named: bool) -> Option<Answer> {
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
        world.agents.push(world.wallets.len());
        let (status, spent) = (Status::Active, Vec::new());
        world.wallets.push(Wallet { status, balance: 0, held: 0, spent });
    }
    Some(Answer::of(201))
}

pub(super) fn adjust(
    world: &mut World,
    caller: Caller,
    place: Place,
    amount: &Sent,
    key: Option<u8>,
) -> Option<Answer> {
    let amount = match amount {
        Sent::Mistyped => Err(Answer::refusal(400, "VALIDATION_ERROR")),
        Sent::Text(text) => {
            parse_signed(text).ok_or_else(|| Answer::refusal(400, "INVALID_AMOUNT"))
        }
    };
    let scoped = [Caller::Scoped, Caller::Agent].contains(&caller);
    if scoped && amount.is_err() {
        // Which of the two wrongs is told first is open.
        return None;
    }
    if let Some(refused) = owners_act(world, caller, place)? {
        return Some(refused);
    }
    let amount = match amount {
        Ok(amount) => amount,
        Err(refused) => return Some(refused),
    };
    let key =
        key.map(|key| (format!("adjust {:?}", named(world, place)), namespace(world, caller), key));
    once(world, key, amount.to_string(), |world| {
        let agent = match agent_at(world, caller, place)? {
            Ok(agent) => agent,
            Err(refused) => return Some(refused),
        };
        move_budget(world, agent, amount)
    })
}

fn move_budget(world: &mut World, agent: usize, amount: Units) -> Option<Answer> {
    if amount > 0 && world.wallets[ORG].status != Status::Active {
        return None;
    }
    let (giver, size) = if amount > 0 { (ORG, amount) } else { (agent, -amount) };
    if world.available(giver) < size {
        return Some(Answer::refusal(402, "INSUFFICIENT_FUNDS"));
    }
    world.wallets[ORG].balance -= amount;
    world.wallets[agent].balance += amount;
    Some(Answer::of(200))
}

pub(super) fn pause(
    world: &mut World,
    caller: Caller,
    place: Place,
    pause: bool,
) -> Option<Answer> {
    let freezes_itself = pause && caller == Caller::Agent;
    if !freezes_itself && let Some(refused) = owners_act(world, caller, place)? {
        return Some(refused);
    }
    let agent = match agent_at(world, caller, place)? {
        Ok(agent) => agent,
        Err(refused) => return Some(refused),
    };
    world.wallets[agent].status = if pause { Status::Frozen } else { Status::Active };
    Some(Answer::of(200))
}

pub(super) fn delete_agent(world: &mut World, caller: Caller, place: Place) -> Option<Answer> {
    if let Some(refused) = owners_act(world, caller, place)? {
        return Some(refused);
    }
    let agent = match agent_at(world, caller, place)? {
        Ok(agent) => agent,
        Err(refused) => return Some(refused),
    };
    reject_all(world, agent);
    let swept = world.wallets[agent].balance;
    world.wallets[ORG].balance += swept;
    world.wallets[agent].balance = 0;
    world.wallets[agent].status = Status::Closed;
    Some(Answer::of(200))
}

/// The refusal of a caller who may not do what only the owner does. What a scoped key is told of a wallet that it
/// does not have is open.
fn owners_act(world: &World, caller: Caller, place: Place) -> Option<Option<Answer>> {
    let scoped = [Caller::Scoped, Caller::Agent].contains(&caller);
    let own = agent_at(world, caller, place)?.is_ok();
    if scoped && !own { None } else { Some(may(caller, Caller::Owner)) }
}

/// The living agent that a caller reaches at a place, or how that is refused; `None` where the specification is silent.
fn agent_at(world: &World, caller: Caller, place: Place) -> Option<Result<usize, Answer>> {
    let missing = Err(Answer::refusal(404, "WALLET_NOT_FOUND"));
    let Some(wallet) = world.wallet_at(place) else {
        return (place != Place::Live).then_some(missing);
    };
    let lives = world.is_agent(wallet) && world.wallets[wallet].status != Status::Closed;
    if caller == Caller::Live {
        let own = sees(world, Caller::Owner, wallet);
        let mismatch = Err(Answer::refusal(403, "ENVIRONMENT_MISMATCH"));
        return match (own, lives) {
            (true, true) => Some(mismatch),
            (true, false) => None,
            (false, _) => Some(missing),
        };
    }
    if is_unclear(world, caller, wallet) {
        return None;
    }
    Some(if lives && sees(world, caller, wallet) { Ok(wallet) } else { missing })
}
