//! The reference model: a few hundred plain lines that predict every answer, played beside the real server.
//!
//! It shares no code with the server. Where the specification is silent the model says nothing, and the command is not
//! sent.

mod agents;
mod command;
mod comparing;
mod deciding;
mod delegating;
mod generate;
mod guarding;
mod holding;
mod money;
mod paying;
mod predict;
mod reaching;
mod requests;
mod rules;
mod stage;
mod state;

use std::collections::BTreeSet;
use std::env;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::{Store, stories};

stories!(known_sequences_agree_with_the_model, random_sequences_agree_with_the_model);

/// How many random cases are played where `PROPTEST_CASES` does not say.
const DEFAULT_CASES: u32 = 60;
/// Each known seed plays this many cases, the same in every run.
const CASES_OF_A_SEED: u32 = 5;
const SEEDS: [u8; 4] = [3, 17, 42, 99];
/// A server sees this many cases before a fresh one takes over: each case moves its clock on by months.
const CASES_OF_A_SERVER: u32 = 100;
/// A failing case is made smaller by playing it again, so not too often.
const SHRINK_STEPS: u32 = 200;

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, max_shrink_iters: SHRINK_STEPS, ..Config::default() }
}

fn seeded(cases: u32, seed: u8) -> TestRunner {
    TestRunner::new_with_rng(config(cases), TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]))
}

fn play(stage: &stage::Stage, mut runner: TestRunner) {
    let outcome = runner.run(&generate::commands(), |commands| {
        stage.play(&commands);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

fn known_sequences_agree_with_the_model(store: Store) {
    let stage = stage::Stage::new(store);
    for seed in SEEDS {
        play(&stage, seeded(CASES_OF_A_SEED, seed));
    }
}

fn random_sequences_agree_with_the_model(store: Store) {
    let asked = env::var("PROPTEST_CASES").map(|text| text.parse().expect("a number of cases"));
    let mut left: u32 = asked.unwrap_or(DEFAULT_CASES);
    while left > 0 {
        let cases = left.min(CASES_OF_A_SERVER);
        play(&stage::Stage::new(store), TestRunner::new(config(cases)));
        left -= cases;
    }
}

/// What a wallet, a policy or a payment can be refused with. Two of the codes of these resources belong to an
/// organization's plan and have their stories elsewhere: `WALLET_LIMIT_EXCEEDED` and `RATE_LIMIT_EXCEEDED`.
const CODES: &[&str] = &[
    "API_KEY_REVOKED",
    "APPROVAL_REQUIRED",
    "BATCH_PARTIAL_FAILURE",
    "CONFLICT",
    "ENVIRONMENT_MISMATCH",
    "IDEMPOTENCY_KEY_REUSE",
    "INSUFFICIENT_FUNDS",
    "INVALID_AMOUNT",
    "NOT_FOUND",
    "PERMISSION_DENIED",
    "POLICY_DENIED",
    "POLICY_NOT_FOUND",
    "REVERSAL_NOT_ALLOWED",
    "SANDBOX_ONLY",
    "UNAUTHORIZED",
    "VALIDATION_ERROR",
    "WALLET_FROZEN",
    "WALLET_NOT_FOUND",
];
const RULES: &[&str] = &[
    "approvedRecipients",
    "blockedRecipients",
    "dailySpendingLimit",
    "maxTransactionAmount",
    "maxTransactionsPerDay",
    "monthlySpendingLimit",
    "timeRestrictions",
    "weeklySpendingLimit",
];

/// As many cases as one run of the stories above plays.
#[test]
fn the_generators_reach_every_code_and_every_rule() {
    let mut runner = seeded(1, SEEDS[0]);
    let (mut codes, mut rules, mut statuses, mut replays) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), 0);
    for _ in 0..DEFAULT_CASES
        + CASES_OF_A_SEED * u32::from(u8::try_from(SEEDS.len()).expect("few seeds"))
    {
        let commands = generate::commands().new_tree(&mut runner).expect("a case").current();
        let mut world = state::World::new(stage::BEGINNING_MS);
        for command in &commands {
            let before = world.clone();
            let Some(answer) = predict::predict(&mut world, command) else {
                world = before;
                continue;
            };
            codes.insert(answer.code);
            codes.extend(answer.items.iter().map(|(_, code)| *code));
            rules.extend(answer.violations.iter().map(|(_, rule)| *rule));
            statuses.insert(answer.status);
            replays += usize::from(answer.replayed);
        }
    }
    codes.remove("");
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), CODES);
    assert_eq!(rules.into_iter().collect::<Vec<_>>(), RULES);
    assert_eq!(
        statuses.into_iter().collect::<Vec<_>>(),
        [200, 201, 202, 204, 207, 400, 401, 402, 403, 404, 409, 422]
    );
    assert!(replays > 30, "{replays} replays");
}

#[test]
fn the_models_arithmetic_is_right() {
    for (text, units) in [
        ("0.00000001", 1),
        ("1", 100_000_000),
        ("12.5", 1_250_000_000),
        ("92233720368.54775807", i128::from(i64::MAX)),
    ] {
        assert_eq!(money::parse(text), Some(units));
    }
    for text in ["0", "", "01", "1.", ".5", "-1", "1.123456789", "92233720368.54775808"] {
        assert_eq!(money::parse(text), None, "{text}");
    }
    assert_eq!(
        [money::show(61_725_000), money::show(25_000_000_000), money::show(1)],
        ["0.61725", "250.00", "0.00000001"]
    );
    assert_eq!(
        [
            money::fee(12_345_000_000),
            money::fee(100),
            money::fee(6_000_000_100),
            money::fee(6_000_000_300)
        ],
        [61_725_000, 25_000_000, 30_000_000, 30_000_002]
    );
    // 29 February 2028, a Tuesday, 12:34.
    let leap_day = 1_835_440_440_000;
    assert_eq!(
        (
            money::day(leap_day),
            money::month(leap_day),
            money::weekday(leap_day),
            money::minute(leap_day)
        ),
        (21_243, 697, 1, 754)
    );
    assert_eq!(money::week(leap_day), money::week(leap_day - 24 * 60 * money::MINUTE_MS));
    assert_ne!(money::week(leap_day), money::week(leap_day - 2 * 24 * 60 * money::MINUTE_MS));
    assert_eq!(money::iso(leap_day + 5_678), "2028-02-29T12:34:05.678Z");
    assert_eq!(money::parse_signed("-12.5"), Some(-1_250_000_000));
    assert_eq!((money::parse_signed("-0"), money::parse_signed("--1")), (None, None));
}
