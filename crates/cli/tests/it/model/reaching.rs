//! The generators reach what agents, approvals, the network and delegations answer, refusals above all.

use std::collections::BTreeMap;

use proptest::strategy::{Strategy, ValueTree};

use super::command::{Caller, Command};
use super::{CASES_OF_A_SEED, DEFAULT_CASES, SEEDS, generate, predict, seeded, stage, state};

/// Command, status and code, in the alphabet's order.
const REACHED: &[(&str, u16, &str)] = &[
    ("approve", 200, ""),
    ("approve", 403, "ENVIRONMENT_MISMATCH"),
    ("approve", 403, "PERMISSION_DENIED"),
    ("approve", 403, "POLICY_DENIED"),
    ("approve", 403, "WALLET_FROZEN"),
    ("approve", 404, "NOT_FOUND"),
    ("approve", 409, "CONFLICT"),
    ("create agent", 201, ""),
    ("create agent", 400, "VALIDATION_ERROR"),
    ("create agent", 403, "PERMISSION_DENIED"),
    ("delete agent", 200, ""),
    ("delete agent", 403, "ENVIRONMENT_MISMATCH"),
    ("delete agent", 403, "PERMISSION_DENIED"),
    ("delete agent", 404, "WALLET_NOT_FOUND"),
    ("give", 200, ""),
    ("give", 400, "INVALID_AMOUNT"),
    ("give", 400, "VALIDATION_ERROR"),
    ("give", 402, "INSUFFICIENT_FUNDS"),
    ("give", 403, "ENVIRONMENT_MISMATCH"),
    ("give", 403, "PERMISSION_DENIED"),
    ("give", 404, "WALLET_NOT_FOUND"),
    ("give", 409, "IDEMPOTENCY_KEY_REUSE"),
    ("grant", 201, ""),
    ("grant", 403, "ENVIRONMENT_MISMATCH"),
    ("grant", 403, "PERMISSION_DENIED"),
    ("grant", 404, "WALLET_NOT_FOUND"),
    ("network pay", 200, ""),
    ("network pay", 202, "APPROVAL_REQUIRED"),
    ("network pay", 400, "INVALID_AMOUNT"),
    ("network pay", 400, "VALIDATION_ERROR"),
    ("network pay", 402, "INSUFFICIENT_FUNDS"),
    ("network pay", 403, "ENVIRONMENT_MISMATCH"),
    ("network pay", 403, "PERMISSION_DENIED"),
    ("network pay", 403, "POLICY_DENIED"),
    ("network pay", 403, "WALLET_FROZEN"),
    ("network pay", 404, "WALLET_NOT_FOUND"),
    ("network pay", 409, "CONFLICT"),
    ("network pay", 409, "IDEMPOTENCY_KEY_REUSE"),
    ("pause", 200, ""),
    ("pause", 403, "PERMISSION_DENIED"),
    ("pause", 404, "WALLET_NOT_FOUND"),
    ("reject", 200, ""),
    ("reject", 403, "ENVIRONMENT_MISMATCH"),
    ("reject", 403, "PERMISSION_DENIED"),
    ("reject", 404, "NOT_FOUND"),
    ("reject", 409, "CONFLICT"),
    ("resume", 200, ""),
    ("resume", 403, "PERMISSION_DENIED"),
    ("resume", 404, "WALLET_NOT_FOUND"),
    ("revoke", 200, ""),
    ("revoke", 403, "ENVIRONMENT_MISMATCH"),
    ("revoke", 403, "PERMISSION_DENIED"),
    ("revoke", 404, "NOT_FOUND"),
    ("take", 200, ""),
    ("take", 402, "INSUFFICIENT_FUNDS"),
    ("take", 403, "PERMISSION_DENIED"),
];

/// What happens only where several commands come together, each at least this often.
const TOGETHER: &[(&str, usize)] = &[
    ("a delegate pays", 5),
    ("a delegate is denied by a policy", 1),
    ("an agent pays", 20),
    ("a deleted agent's key is refused", 10),
    ("an approval is decided on another day than it was asked", 2),
    ("deleting an agent rejects what waits", 3),
    ("a replay tells an outcome", 3),
    ("approvals expire", 10),
];

/// As many cases as one run of the stories plays.
#[test]
fn the_generators_reach_agents_approvals_and_delegations() {
    let mut runner = seeded(1, SEEDS[0]);
    let mut answers: BTreeMap<(&str, u16, &str), usize> = BTreeMap::new();
    let mut together: BTreeMap<&str, usize> = BTreeMap::new();
    let seeds = u32::from(u8::try_from(SEEDS.len()).expect("few seeds"));
    for _ in 0..DEFAULT_CASES + CASES_OF_A_SEED * seeds {
        let commands = generate::commands().new_tree(&mut runner).expect("a case").current();
        let mut world = state::World::new(stage::BEGINNING_MS);
        for command in &commands {
            let before = world.clone();
            let Some(answer) = predict::predict(&mut world, command) else {
                world = before;
                continue;
            };
            *answers.entry((command.name(), answer.status, answer.code)).or_default() += 1;
            for name in seen_together(command, &before, &world, &answer) {
                *together.entry(name).or_default() += 1;
            }
        }
    }
    let missed: Vec<_> = REACHED.iter().filter(|one| !answers.contains_key(one)).collect();
    assert!(missed.is_empty(), "never reached: {missed:#?}\nof {answers:#?}");
    let rare: Vec<_> = TOGETHER
        .iter()
        .filter(|(name, times)| together.get(name).is_none_or(|seen| seen < times))
        .collect();
    assert!(rare.is_empty(), "too rare: {rare:#?}\nof {together:#?}");
}

fn seen_together(
    command: &Command,
    before: &state::World,
    after: &state::World,
    answer: &state::Answer,
) -> Vec<&'static str> {
    let mut seen = Vec::new();
    let count = |world: &state::World, wanted: fn(&state::State) -> bool| {
        world.payments.iter().filter(|payment| wanted(&payment.state)).count()
    };
    let more = |wanted| count(after, wanted) > count(before, wanted);
    let caller = command.caller();
    if let Command::Pay { pay, .. } = command {
        let from = before.wallet_at(pay.from);
        let borrowed = from.is_some_and(|from| !state::sees(before, caller, from));
        if borrowed && answer.payments == 1 {
            seen.push("a delegate pays");
        }
        if borrowed && answer.code == "POLICY_DENIED" && !answer.replayed {
            seen.push("a delegate is denied by a policy");
        }
        if caller == Caller::Agent && answer.payments == 1 {
            seen.push("an agent pays");
        }
    }
    if caller == Caller::Agent && answer.status == 401 {
        seen.push("a deleted agent's key is refused");
    }
    if let (Command::Decide { approve: true, .. }, 200) = (command, answer.status) {
        let day = |world: &state::World, number: usize| {
            let payment = &world.payments[number];
            super::money::day(world.wallets[payment.from].spent[payment.spent].at_ms)
        };
        if before.asked().into_iter().any(|number| day(before, number) != day(after, number)) {
            seen.push("an approval is decided on another day than it was asked");
        }
    }
    if matches!(command, Command::DeleteAgent { .. })
        && more(|state| *state == state::State::Rejected)
    {
        seen.push("deleting an agent rejects what waits");
    }
    if answer.outcome {
        seen.push("a replay tells an outcome");
    }
    if more(|state| *state == state::State::Expired) {
        seen.push("approvals expire");
    }
    seen
}
