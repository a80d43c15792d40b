//! What each command does, in the order in which the specification checks it.

use super::agents::{adjust, create_agent, delete_agent, pause};
use super::command::{Caller, Command, Pay, Place, Sent};
use super::deciding::{decide, expire};
use super::delegating::{delegated, grant, network_pay, revoke};
use super::guarding::policy;
use super::holding::{create_wallet, fund, turn};
use super::money::{Units, parse};
use super::paying::{pay, pay_all, reverse};
use super::rules::judge;
use super::state::{Answer, Key, Remembered, State, Status, World, namespace, sees};

/// Applies a command and says what the server should answer; `None` where the specification is silent, and then the
/// command must not be sent.
pub(super) fn predict(world: &mut World, command: &Command) -> Option<Answer> {
    if command.caller() == Caller::Agent {
        let agent = world.acting_agent()?;
        if world.wallets[agent].status == Status::Closed {
            return Some(Answer::refusal(401, "API_KEY_REVOKED"));
        }
    }
    match command {
        Command::CreateWallet { caller, named } => create_wallet(world, *caller, *named),
        Command::Fund { caller, wallet, amount, key } => {
            fund(world, *caller, *wallet, amount, *key)
        }
        Command::Switch { caller, wallet, switch } => turn(world, *caller, *wallet, *switch),
        Command::AddPolicy { .. } | Command::ChangePolicy { .. } | Command::DropPolicy { .. } => {
            policy(world, command)
        }
        Command::Pay { caller, pay, key } => pay_one(world, *caller, pay, *key),
        Command::Batch { caller, pays, atomic, key } => batch(world, *caller, pays, *atomic, *key),
        Command::Reverse { caller, payment, amount, key } => {
            reverse_one(world, *caller, *payment, amount.as_ref(), *key)
        }
        Command::Check { wallet, to, amount } => check(world, *wallet, *to, amount),
        Command::CreateAgent { caller, named } => create_agent(world, *caller, *named),
        Command::Adjust { caller, agent, amount, back, key } => {
            adjust(world, *caller, *agent, &signed(amount, *back), *key)
        }
        Command::Pause { caller, agent, pause: stop } => pause(world, *caller, *agent, *stop),
        Command::DeleteAgent { caller, agent } => delete_agent(world, *caller, *agent),
        Command::Decide { caller, approval, approve } => {
            decide(world, *caller, *approval, *approve)
        }
        Command::NetworkPay { caller, from, to, amount, key } => {
            network_pay(world, *caller, *from, *to, amount, *key)
        }
        Command::Grant { caller, wallet, grantee, paying, minutes } => {
            grant(world, *caller, *wallet, (*grantee, *paying, *minutes))
        }
        Command::Revoke { caller, delegation } => revoke(world, *caller, *delegation),
        Command::Advance { minutes } => {
            advance(world, *minutes);
            Some(Answer::of(200))
        }
    }
}

/// The refusal of a caller who may not change anything. `least` is the weakest caller that may.
pub(super) fn may(caller: Caller, least: Caller) -> Option<Answer> {
    match caller {
        Caller::Nobody => Some(Answer::refusal(401, "UNAUTHORIZED")),
        Caller::Revoked => Some(Answer::refusal(401, "API_KEY_REVOKED")),
        Caller::Reader => Some(Answer::refusal(403, "PERMISSION_DENIED")),
        Caller::Scoped | Caller::Agent if least == Caller::Owner => {
            Some(Answer::refusal(403, "PERMISSION_DENIED"))
        }
        _ => None,
    }
}

/// The amount, or how its text is refused.
pub(super) fn read(sent: &Sent) -> Result<Units, Answer> {
    match sent {
        Sent::Mistyped => Err(Answer::refusal(400, "VALIDATION_ERROR")),
        Sent::Text(text) => parse(text).ok_or_else(|| Answer::refusal(400, "INVALID_AMOUNT")),
    }
}

/// The amount with a sign before its text, when it is taken back.
pub(super) fn signed(amount: &Sent, back: bool) -> Sent {
    match amount {
        Sent::Text(text) if back => Sent::Text(format!("-{text}")),
        same => same.clone(),
    }
}

/// A place by what it names, so that two numbers of one wallet mean the same.
pub(super) fn named(world: &World, place: Place) -> Place {
    world.wallet_at(place).map_or(place, Place::Wallet)
}

/// Runs what a key has not answered yet, and remembers what must be remembered.
pub(super) fn once(
    world: &mut World,
    key: Option<Key>,
    meaning: String,
    run: impl FnOnce(&mut World) -> Option<Answer>,
) -> Option<Answer> {
    if let Some(known) = key.as_ref().and_then(|key| world.remembered.get(key)) {
        if known.meaning != meaning {
            return Some(Answer::refusal(409, "IDEMPOTENCY_KEY_REUSE"));
        }
        let outcome = known.waiting.map(|payment| world.payments[payment].state);
        let mut answer = match outcome {
            Some(State::Posted) => Answer { outcome: true, ..Answer::of(200) },
            Some(State::Rejected | State::Expired) => {
                Answer { outcome: true, ..Answer::refusal(403, "POLICY_DENIED") }
            }
            Some(State::Pending { .. }) | None => known.answer.clone(),
        };
        answer.replayed = true;
        answer.payments = 0;
        return Some(answer);
    }
    let answer = run(world)?;
    if let Some(key) = key.filter(|_| answer.is_remembered()) {
        let waiting = (answer.status == 202).then(|| world.payments.len() - 1);
        world.remembered.insert(key, Remembered { meaning, answer: answer.clone(), waiting });
    }
    Some(answer)
}

/// A replay to a caller who may use the paying wallet no more leaves out what is its sender's.
pub(super) fn without_the_senders(
    world: &World,
    caller: Caller,
    from: Place,
    answer: Answer,
) -> Answer {
    let may_use = world.wallet_at(from).is_some_and(|from| {
        sees(world, caller, from) || delegated(world, caller, from) == Some(true)
    });
    let told = answer.replayed && answer.status < 300;
    Answer { private: told && !may_use, ..answer }
}

/// The wallet that a caller reaches at a place, or how that is refused.
pub(super) fn reach(world: &World, caller: Caller, place: Place) -> Result<usize, Answer> {
    let Some(wallet) = world.wallet_at(place) else {
        let mismatch = place == Place::Live && [Caller::Owner, Caller::Reader].contains(&caller);
        return Err(if mismatch {
            Answer::refusal(403, "ENVIRONMENT_MISMATCH")
        } else {
            Answer::refusal(404, "WALLET_NOT_FOUND")
        });
    };
    match caller {
        Caller::Live if sees(world, Caller::Owner, wallet) => {
            Err(Answer::refusal(403, "ENVIRONMENT_MISMATCH"))
        }
        Caller::Live => Err(Answer::refusal(404, "WALLET_NOT_FOUND")),
        _ if sees(world, caller, wallet) => Ok(wallet),
        _ => Err(Answer::refusal(404, "WALLET_NOT_FOUND")),
    }
}

fn pay_one(world: &mut World, caller: Caller, asked: &Pay, key: Option<u8>) -> Option<Answer> {
    if let Some(refused) = may(caller, Caller::Scoped) {
        return Some(refused);
    }
    let amount = match read(&asked.amount) {
        Ok(amount) => amount,
        Err(refused) => return Some(refused),
    };
    let meaning = meaning(world, asked, amount);
    let key = key.map(|key| ("payments".to_owned(), namespace(world, caller), key));
    let answer = once(world, key, meaning, |world| pay(world, caller, asked, amount))?;
    Some(without_the_senders(world, caller, asked.from, answer))
}

fn meaning(world: &World, pay: &Pay, amount: Units) -> String {
    format!("{:?} {:?} {amount}", named(world, pay.from), named(world, pay.to))
}

fn reverse_one(
    world: &mut World,
    caller: Caller,
    payment: usize,
    amount: Option<&Sent>,
    key: Option<u8>,
) -> Option<Answer> {
    if let Some(refused) = may(caller, Caller::Scoped) {
        return Some(refused);
    }
    let amount = match amount.map(read).transpose() {
        Ok(amount) => amount,
        Err(refused) => return Some(refused),
    };
    let number = (!world.payments.is_empty()).then(|| payment % world.payments.len());
    let key = key.map(|key| (format!("reverse {number:?}"), namespace(world, caller), key));
    once(world, key, format!("{amount:?}"), |world| reverse(world, caller, number, amount))
}

fn batch(
    world: &mut World,
    caller: Caller,
    pays: &[Pay],
    atomic: bool,
    key: Option<u8>,
) -> Option<Answer> {
    if let Some(refused) = may(caller, Caller::Scoped) {
        return Some(refused);
    }
    if pays.is_empty() {
        return Some(Answer::refusal(400, "VALIDATION_ERROR"));
    }
    let amounts: Option<Vec<Units>> = pays.iter().map(|pay| read(&pay.amount).ok()).collect();
    let amounts = amounts?;
    let item = |(pay, amount): (&Pay, &Units)| meaning(world, pay, *amount);
    let meaning = format!("{atomic} {:?}", pays.iter().zip(&amounts).map(item).collect::<Vec<_>>());
    let key = key.map(|key| ("batch".to_owned(), namespace(world, caller), key));
    once(world, key, meaning, |world| pay_all(world, caller, pays, &amounts, atomic))
}

fn check(world: &World, place: Place, to: Place, amount: &Sent) -> Option<Answer> {
    let amount = match read(amount) {
        Ok(amount) => amount,
        Err(refused) => return Some(refused),
    };
    let wallet = match reach(world, Caller::Owner, place) {
        Ok(wallet) => wallet,
        Err(refused) => return Some(refused),
    };
    let to = world.wallet_at(to).filter(|to| *to != wallet)?;
    if world.wallets[wallet].status != Status::Active || world.wallets[to].status == Status::Closed
    {
        return None;
    }
    let verdict = judge(world, wallet, to, amount);
    let decision = match (verdict.violations.is_empty(), verdict.approval) {
        (false, _) => "DENY",
        (true, true) => "REQUIRE_APPROVAL",
        (true, false) => "ALLOW",
    };
    Some(Answer { decision, violations: verdict.violations, ..Answer::of(200) })
}

fn advance(world: &mut World, minutes: i64) {
    world.now_ms += minutes * super::money::MINUTE_MS;
    expire(world);
}
