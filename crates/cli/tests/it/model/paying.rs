//! Payments, batches and reversals, as flat ladders of refusals.

use super::command::{Caller, Pay, Place};
use super::money::{MINUTE_MS, Units, fee};
use super::rules::judge;
use super::state::{Answer, Payment, Spent, State, Status, World, sees};

const APPROVAL_MS: i64 = 24 * 60 * MINUTE_MS;
const REVERSAL_WINDOW_MS: i64 = 180 * 24 * 60 * MINUTE_MS;

/// One payment whose shape is right.
pub(super) fn pay(world: &mut World, caller: Caller, asked: &Pay, amount: Units) -> Option<Answer> {
    let from = match sender(world, caller, asked.from)? {
        Ok(from) => from,
        Err(refused) => return Some(refused),
    };
    if asked.to == Place::Live {
        return None;
    }
    let Some(to) = world.wallet_at(asked.to) else {
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
    let fee = fee(amount);
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
    world.payments.push(Payment { from, to, amount, fee, reversed: 0, state, at_ms, spent });
    if verdict.approval {
        world.wallets[from].held += amount + fee;
        return Some(Answer { code: "APPROVAL_REQUIRED", payments: 1, ..Answer::of(202) });
    }
    world.wallets[from].balance -= amount + fee;
    world.wallets[to].balance += amount;
    Some(Answer { payments: 1, ..Answer::of(200) })
}

/// The paying wallet, or how it is refused; `None` where the specification is silent.
fn sender(world: &World, caller: Caller, place: Place) -> Option<Result<usize, Answer>> {
    let missing = Err(Answer::refusal(404, "WALLET_NOT_FOUND"));
    let mismatch = Err(Answer::refusal(403, "ENVIRONMENT_MISMATCH"));
    match (caller, world.wallet_at(place)) {
        (Caller::Live, Some(wallet)) if sees(Caller::Owner, wallet) => Some(mismatch),
        (Caller::Live, None) if place == Place::Live => None,
        (Caller::Live, _) => Some(missing),
        (_, Some(wallet)) if sees(caller, wallet) => Some(Ok(wallet)),
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
        let own = sees(Caller::Owner, payment.from) || sees(Caller::Owner, payment.to);
        return if own { Some(Answer::refusal(403, "ENVIRONMENT_MISMATCH")) } else { missing };
    }
    if !sees(caller, payment.from) && !sees(caller, payment.to) {
        return missing;
    }
    let not_allowed = Some(Answer::refusal(422, "REVERSAL_NOT_ALLOWED"));
    if payment.state != State::Posted {
        return None;
    }
    if !sees(caller, payment.to) || payment.reversed == payment.amount {
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
    if world.wallets[payment.from].status == Status::Closed {
        return Some(Answer::refusal(409, "CONFLICT"));
    }
    if world.available(payment.to) < amount {
        return Some(Answer::refusal(402, "INSUFFICIENT_FUNDS"));
    }
    let fee_back = if amount == payment.amount { payment.fee } else { 0 };
    world.wallets[payment.to].balance -= amount;
    world.wallets[payment.from].balance += amount + fee_back;
    world.wallets[payment.from].spent[payment.spent].amount -= amount;
    world.payments[number].reversed += amount;
    Some(Answer::of(200))
}
