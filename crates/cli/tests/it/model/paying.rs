//! Payments, batches and reversals, as flat ladders of refusals.

use super::command::{Caller, Pay, Place};
use super::delegating::{delegated, is_unclear};
use super::money::{MINUTE_MS, Units, fee};
use super::rules::judge;
use super::state::{Answer, ORG, Payment, Spent, State, Status, World, sees};

const APPROVAL_MS: i64 = 24 * 60 * MINUTE_MS;
const REVERSAL_WINDOW_MS: i64 = 180 * 24 * 60 * MINUTE_MS;

/// One payment whose shape is right.
pub(super) fn pay(world: &mut World, caller: Caller, asked: &Pay, amount: Units) -> Option<Answer> {
    let from = match sender(world, caller, asked.from)? {
        Ok(from) => from,
        Err(refused) => return Some(refused),
    };
    send(world, from, asked.to, amount, fee(amount))
}

/// One payment whose sender was found.
pub(super) fn send(
    world: &mut World,
    from: usize,
    to: Place,
    amount: Units,
    fee: Units,
) -> Option<Answer> {
    if to == Place::Live {
        return None;
    }
    let Some(to) = world.wallet_at(to) else {
        return Some(Answer::refusal(404, "WALLET_NOT_FOUND"));
    };
    if from == to {
        return Some(Answer::refusal(400, "VALIDATION_ERROR"));
    }
    let (sender, receiver) = (world.wallets[from].status, world.wallets[to].status);
    if sender == Status::Closed || receiver == Status::Closed {
        return Some(Answer::refusal(409, "CONFLICT"));
    }
    if sender == Status::Frozen {
        return Some(Answer::refusal(403, "WALLET_FROZEN"));
    }
    let verdict = judge(world, from, to, amount);
    if !verdict.violations.is_empty() {
        return Some(Answer {
            violations: verdict.violations,
            ..Answer::refusal(403, "POLICY_DENIED")
        });
    }
    if world.available(from) < amount + fee {
        return Some(Answer::refusal(402, "INSUFFICIENT_FUNDS"));
    }
    let state = if verdict.approval {
        State::Pending { expires_ms: world.now_ms + APPROVAL_MS }
    } else {
        State::Posted
    };
    let at_ms = world.now_ms;
    let spent = world.wallets[from].spent.len();
    world.wallets[from].spent.push(Spent { at_ms, amount });
    let asked = verdict.approval;
    world.payments.push(Payment { from, to, amount, fee, reversed: 0, state, asked, at_ms, spent });
    if verdict.approval {
        world.wallets[from].held += amount + fee;
        return Some(Answer { code: "APPROVAL_REQUIRED", payments: 1, ..Answer::of(202) });
    }
    world.wallets[from].balance -= amount + fee;
    world.wallets[to].balance += amount;
    Some(Answer { payments: 1, ..Answer::of(200) })
}

/// The paying wallet, or how it is refused; `None` where the specification is silent.
pub(super) fn sender(world: &World, caller: Caller, place: Place) -> Option<Result<usize, Answer>> {
    let missing = Err(Answer::refusal(404, "WALLET_NOT_FOUND"));
    let mismatch = Err(Answer::refusal(403, "ENVIRONMENT_MISMATCH"));
    match (caller, world.wallet_at(place)) {
        (Caller::Live, Some(wallet)) if sees(world, Caller::Owner, wallet) => Some(mismatch),
        (Caller::Live, None) if place == Place::Live => None,
        (Caller::Live, _) => Some(missing),
        (_, Some(wallet)) if sees(world, caller, wallet) => Some(Ok(wallet)),
        (_, Some(wallet)) if delegated(world, caller, wallet).is_some() => {
            // What a right to look is told, and what is told of a closed wallet, is open.
            let may_pay = delegated(world, caller, wallet) == Some(true);
            let open = world.wallets[wallet].status != Status::Closed;
            (may_pay && open).then_some(Ok(wallet))
        }
        (Caller::Owner, None) if place == Place::Live => Some(mismatch),
        _ => Some(missing),
    }
}

/// A batch whose shape is right.
pub(super) fn pay_all(
    world: &mut World,
    caller: Caller,
    pays: &[Pay],
    amounts: &[Units],
    atomic: bool,
) -> Option<Answer> {
    let mut tried = world.clone();
    let mut items = Vec::new();
    let mut payments = 0;
    for (asked, amount) in pays.iter().zip(amounts) {
        let before = tried.clone();
        let answer = pay(&mut tried, caller, asked, *amount)?;
        let failed = answer.status >= 300 || (atomic && answer.status == 202);
        if failed {
            tried = before;
        } else {
            payments += 1;
        }
        items.push(match answer.status {
            200 => ("success", ""),
            202 if !atomic => ("pending_approval", ""),
            _ => ("failed", answer.code),
        });
    }
    let all = items.iter().all(|(status, _)| *status == "success");
    if all || !atomic {
        *world = tried;
    } else {
        payments = 0;
        items
            .iter_mut()
            .filter(|(status, _)| *status == "success")
            .for_each(|item| item.0 = "reversed");
    }
    let (status, code) = if all { (200, "") } else { (207, "BATCH_PARTIAL_FAILURE") };
    Some(Answer { code, items, payments, ..Answer::of(status) })
}

/// A reversal whose shape is right, of the payment with this number.
pub(super) fn reverse(
    world: &mut World,
    caller: Caller,
    number: Option<usize>,
    amount: Option<Units>,
) -> Option<Answer> {
    let missing = Some(Answer::refusal(404, "NOT_FOUND"));
    let Some(number) = number else { return missing };
    let payment = world.payments[number].clone();
    if caller == Caller::Live {
        let own = |wallet| sees(world, Caller::Owner, wallet);
        if !own(payment.from) && own(payment.to) && payment.state != State::Posted {
            // Whether a receiver knows of what was never paid is open.
            return None;
        }
        let mismatch = Some(Answer::refusal(403, "ENVIRONMENT_MISMATCH"));
        return if own(payment.from) || own(payment.to) { mismatch } else { missing };
    }
    if is_unclear(world, caller, payment.from) || is_unclear(world, caller, payment.to) {
        return None;
    }
    if !sees(world, caller, payment.from) && !sees(world, caller, payment.to) {
        return missing;
    }
    let not_allowed = Some(Answer::refusal(422, "REVERSAL_NOT_ALLOWED"));
    if payment.state != State::Posted {
        return None;
    }
    if !sees(world, caller, payment.to) || payment.reversed == payment.amount {
        return not_allowed;
    }
    if world.now_ms - payment.at_ms > REVERSAL_WINDOW_MS {
        return not_allowed;
    }
    let left = payment.amount - payment.reversed;
    let amount = amount.unwrap_or(left);
    if amount > left {
        return not_allowed;
    }
    if world.wallets[payment.to].status == Status::Closed {
        return None;
    }
    let closed = world.wallets[payment.from].status == Status::Closed;
    if closed && !world.is_agent(payment.from) {
        return Some(Answer::refusal(409, "CONFLICT"));
    }
    if closed && payment.to == ORG {
        return None;
    }
    // What comes back to a deleted agent is its organization's.
    let back_to = if closed { ORG } else { payment.from };
    if world.available(payment.to) < amount {
        return Some(Answer::refusal(402, "INSUFFICIENT_FUNDS"));
    }
    let fee_back = if amount == payment.amount { payment.fee } else { 0 };
    world.wallets[payment.to].balance -= amount;
    world.wallets[back_to].balance += amount + fee_back;
    world.wallets[payment.from].spent[payment.spent].amount -= amount;
    world.payments[number].reversed += amount;
    Some(Answer::of(200))
}
