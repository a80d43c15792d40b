//! Approvals, decided by a human or by the clock.

use super::command::Caller;
use super::delegating::is_unclear;
use super::predict::may;
use super::rules::judge;
use super::state::{Answer, FOREIGN, Spent, State, Status, World};

/// A decision about the approval with this number, modulo how many there are.
pub(super) fn decide(
    world: &mut World,
    caller: Caller,
    number: usize,
    approve: bool,
) -> Option<Answer> {
    if let Some(refused) = may(caller, Caller::Owner) {
        return Some(refused);
    }
    let asked = world.asked();
    let missing = Some(Answer::refusal(404, "NOT_FOUND"));
    if asked.is_empty() {
        return missing;
    }
    let number = asked[number % asked.len()];
    let (from, to, amount) = {
        let payment = &world.payments[number];
        (payment.from, payment.to, payment.amount)
    };
    if is_unclear(world, caller, from) {
        return None;
    }
    match (caller, from == FOREIGN) {
        (Caller::Owner, false) | (Caller::Stranger, true) => {}
        (Caller::Live, false) => return Some(Answer::refusal(403, "ENVIRONMENT_MISMATCH")),
        _ => return missing,
    }
    if !matches!(world.payments[number].state, State::Pending { .. }) {
        return Some(Answer::refusal(409, "CONFLICT"));
    }
    if !approve {
        end(world, number, State::Rejected);
        return Some(Answer::of(200));
    }
    if world.wallets[to].status == Status::Closed {
        return Some(Answer::refusal(409, "CONFLICT"));
    }
    if world.wallets[from].status == Status::Frozen {
        return Some(Answer::refusal(403, "WALLET_FROZEN"));
    }
    let spent = world.payments[number].spent;
    let mut without = world.clone();
    without.wallets[from].spent[spent] = Spent { at_ms: 0, amount: 0 };
    let violations = judge(&without, from, to, amount).violations;
    if !violations.is_empty() {
        return Some(Answer { violations, ..Answer::refusal(403, "POLICY_DENIED") });
    }
    let total = amount + world.payments[number].fee;
    world.payments[number].state = State::Posted;
    world.wallets[from].spent[spent] = Spent { at_ms: world.now_ms, amount };
    world.wallets[from].held -= total;
    world.wallets[from].balance -= total;
    world.wallets[to].balance += amount;
    Some(Answer::of(200))
}

/// A payment that waited comes to nothing: its money is free, and its amount no longer counts.
fn end(world: &mut World, number: usize, state: State) {
    let payment = &mut world.payments[number];
    payment.state = state;
    let sender = &mut world.wallets[payment.from];
    sender.held -= payment.amount + payment.fee;
    sender.spent[payment.spent].amount = 0;
}

/// All that waits to be paid from this wallet is rejected.
pub(super) fn reject_all(world: &mut World, from: usize) {
    for number in world.asked() {
        let payment = &world.payments[number];
        if payment.from == from && matches!(payment.state, State::Pending { .. }) {
            end(world, number, State::Rejected);
        }
    }
}

/// What nobody decided in time has expired.
pub(super) fn expire(world: &mut World) {
    for number in world.asked() {
        let state = world.payments[number].state;
        if matches!(state, State::Pending { expires_ms } if expires_ms <= world.now_ms) {
            end(world, number, State::Expired);
        }
    }
}
