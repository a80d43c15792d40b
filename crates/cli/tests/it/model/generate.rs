//! Random commands, weighted so that sequences get somewhere and every refusal is met on the way.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::strategy::BoxedStrategy;

use super::command::{Caller, Command, Grantee, Hours, Pay, Place, Rules, Sent, Switch};
use super::state::ORG;

/// The longest sequence of one case.
pub(super) const COMMANDS: std::ops::Range<usize> = 30..80;

/// Every case begins with money in the organization's wallet and two others, an agent with a budget, and a policy on two wallets
/// and on the agent, so that its first payments are about rules. Some commands are an earlier one again, as a client repeats
/// a request whose answer it lost.
pub(super) fn commands() -> BoxedStrategy<Vec<Command>> {
    let fund = |wallet| Command::Fund {
        caller: Caller::Owner,
        wallet: Place::Wallet(wallet),
        amount: Sent::Text("400".to_owned()),
        key: None,
    };
    let guard = |wallet, rules| Command::AddPolicy {
        caller: Caller::Owner,
        wallet,
        rules,
        misspelt: false,
    };
    let give = Command::Adjust {
        caller: Caller::Owner,
        agent: Place::Agent(0),
        amount: Sent::Text("150".to_owned()),
        back: false,
        key: None,
    };
    // Above it, the second wallet's payments wait for a human.
    let asking = Rules { enabled: true, threshold: Some(1_500), ..Rules::default() };
    let repeat = weighted(0.15, 0..4_usize);
    (rules(), rules(), vec((command(), repeat), COMMANDS))
        .prop_map(move |(rules, agents_rules, drawn)| {
            let make = Command::CreateAgent { caller: Caller::Owner, named: true };
            let mut commands = vec![fund(ORG), fund(1), fund(2), make, give.clone()];
            commands.push(guard(Place::Wallet(1), rules));
            commands.push(guard(Place::Wallet(2), asking.clone()));
            let agents_rules = Rules { threshold: asking.threshold, ..agents_rules };
            commands.push(guard(Place::Agent(0), agents_rules));
            for (command, repeat) in drawn {
                let keyed = |command: &&Command| command.key().is_some();
                let earlier =
                    repeat.and_then(|back| commands.iter().rev().filter(keyed).nth(back).cloned());
                commands.push(earlier.unwrap_or(command));
            }
            commands
        })
        .boxed()
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => (caller(), proptest::bool::weighted(0.8)).prop_map(|(caller, named)| Command::CreateWallet { caller, named }),
        9 => (caller(), place(), sent(), key()).prop_map(|(caller, wallet, amount, key)| Command::Fund { caller, wallet, amount, key }),
        1 => sent().prop_map(|amount| Command::Fund { caller: Caller::Live, wallet: Place::Live, amount, key: None }),
        9 => (caller(), place(), switch()).prop_map(|(caller, wallet, switch)| Command::Switch { caller, wallet, switch }),
        10 => policy_command(),
        44 => (caller(), pay(), key()).prop_map(|(caller, pay, key)| Command::Pay { caller, pay, key }),
        10 => (caller(), vec(pay(), 0..5), any::<bool>(), key()).prop_map(|(caller, pays, atomic, key)| Command::Batch { caller, pays, atomic, key }),
        12 => (caller(), 0..12_usize, weighted(0.6, sent()), key()).prop_map(|(caller, payment, amount, key)| Command::Reverse { caller, payment, amount, key }),
        4 => (place(), place(), sent()).prop_map(|(wallet, to, amount)| Command::Check { wallet, to, amount }),
        9 => minutes().prop_map(|minutes| Command::Advance { minutes }),
        16 => others_pay(),
        24 => agent_command(),
        24 => (manager(), 0..6_usize, proptest::bool::weighted(0.7)).prop_map(|(caller, approval, approve)| Command::Decide { caller, approval, approve }),
        14 => (manager(), weighted(0.5, place()), place(), sent(), key()).prop_map(|(caller, from, to, amount, key)| Command::NetworkPay { caller, from, to, amount, key }),
        10 => delegation_command(),
    ]
}

/// Mostly the owner, for what only an owner does, and the other environment's key more often than elsewhere.
fn manager() -> impl Strategy<Value = Caller> {
    prop_oneof![
        6 => Just(Caller::Owner),
        1 => caller(),
        1 => Just(Caller::Live),
        1 => Just(Caller::Agent),
        1 => Just(Caller::Reader),
    ]
}

/// Agents pay from their wallets, and delegates from those that they were granted.
fn others_pay() -> impl Strategy<Value = Command> {
    let callers = prop_oneof![
        4 => (Just(Caller::Agent), (0..2_usize).prop_map(Place::Agent)),
        3 => (Just(Caller::Stranger), (0..3_usize).prop_map(Place::Delegated)),
        2 => (Just(Caller::Scoped), (0..3_usize).prop_map(Place::Delegated)),
    ];
    let to = (0..4_usize).prop_map(Place::Wallet);
    (callers, to, sent(), key()).prop_map(|((caller, from), to, amount, key)| Command::Pay {
        caller,
        pay: Pay { from, to, amount },
        key,
    })
}

fn agent_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => (caller(), proptest::bool::weighted(0.8)).prop_map(|(caller, named)| Command::CreateAgent { caller, named }),
        9 => (manager(), agent(), budget(), proptest::bool::weighted(0.4), weighted(0.4, 0..2_u8)).prop_map(|(caller, agent, amount, back, key)| Command::Adjust { caller, agent, amount, back, key }),
        6 => (caller(), agent(), proptest::bool::weighted(0.45)).prop_map(|(caller, agent, pause)| Command::Pause { caller, agent, pause }),
        2 => (manager(), agent()).prop_map(|(caller, agent)| Command::DeleteAgent { caller, agent }),
    ]
}

fn budget() -> impl Strategy<Value = Sent> {
    let nothing = ["0", "0.00", "-0", "none"].map(|text| Sent::Text(text.to_owned()));
    prop_oneof![10 => sent(), 1 => proptest::sample::select(nothing.to_vec()), 1 => Just(Sent::Mistyped)]
}

fn delegation_command() -> impl Strategy<Value = Command> {
    let grantee = prop_oneof![2 => Just(Grantee::Stranger), 1 => Just(Grantee::Scoped)];
    // None ends exactly where the clock stops.
    let minutes = weighted(0.4, prop_oneof![Just(30_i64), Just(450), Just(1_700)]);
    let grant = (manager(), place(), grantee, proptest::bool::weighted(0.8), minutes);
    prop_oneof![
        4 => grant.prop_map(|(caller, wallet, grantee, paying, minutes)| Command::Grant { caller, wallet, grantee, paying, minutes }),
        2 => (manager(), 0..4_usize).prop_map(|(caller, delegation)| Command::Revoke { caller, delegation }),
    ]
}

/// Mostly an agent, sometimes another wallet or none.
fn agent() -> impl Strategy<Value = Place> {
    prop_oneof![8 => (0..3_usize).prop_map(Place::Agent), 1 => place()]
}

fn policy_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        5 => (caller(), place(), rules(), proptest::bool::weighted(0.1)).prop_map(|(caller, wallet, rules, misspelt)| Command::AddPolicy { caller, wallet, rules, misspelt }),
        4 => (caller(), 0..5_usize, rules()).prop_map(|(caller, policy, rules)| Command::ChangePolicy { caller, policy, rules }),
        2 => (caller(), 0..4_usize).prop_map(|(caller, policy)| Command::DropPolicy { caller, policy }),
    ]
}

fn caller() -> impl Strategy<Value = Caller> {
    prop_oneof![
        60 => Just(Caller::Owner),
        8 => Just(Caller::Scoped),
        7 => Just(Caller::Agent),
        7 => Just(Caller::Stranger),
        2 => Just(Caller::Reader),
        2 => Just(Caller::Live),
        1 => Just(Caller::Revoked),
        1 => Just(Caller::Nobody),
    ]
}

/// Mostly one of the first own wallets; number 0 is the stranger's.
fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        20 => (1..3_usize).prop_map(Place::Wallet),
        20 => (1..4_usize).prop_map(Place::Wallet),
        4 => (0..6_usize).prop_map(Place::Wallet),
        10 => (0..3_usize).prop_map(Place::Agent),
        2 => Just(Place::Wallet(ORG)),
        2 => Just(Place::Wallet(0)),
        1 => Just(Place::Live),
        1 => Just(Place::Unknown),
    ]
}

fn sent() -> impl Strategy<Value = Sent> {
    // Each is refused for a reason of its own.
    let texts = ["0", "-1.00", "1.123456789", "ten", "01", "", "92233720368.54775808"];
    prop_oneof![
        30 => (1..9_000_u32).prop_map(|cents| Sent::Text(format!("{}.{:02}", cents / 100, cents % 100))),
        10 => (1..150_u32).prop_map(|dollars| Sent::Text(dollars.to_string())),
        5 => (1..6_000_000_000_u64).prop_map(|units| Sent::Text(format!("{}.{:08}", units / 100_000_000, units % 100_000_000))),
        // The fee of these ends in a half, which goes to the even neighbour.
        3 => (26_000_000..40_000_000_u64).prop_map(|n| n * 200 + 100).prop_map(|units| {
            Sent::Text(format!("{}.{:08}", units / 100_000_000, units % 100_000_000))
        }),
        3 => Just(Sent::Text("10000.00".to_owned())),
        1 => Just(Sent::Text("10000.01".to_owned())),
        2 => proptest::sample::select(texts.to_vec()).prop_map(|text| Sent::Text(text.to_owned())),
        1 => Just(Sent::Mistyped),
    ]
}

fn pay() -> impl Strategy<Value = Pay> {
    let other = prop_oneof![6 => Just(1_usize), 3 => Just(2), 1 => Just(0)];
    let to_another = (place(), other).prop_map(|(from, step)| match from {
        Place::Wallet(number) => (from, Place::Wallet(number + step)),
        Place::Agent(_) | Place::Delegated(_) => (from, Place::Wallet(step)),
        odd => (odd, Place::Wallet(1)),
    });
    let wallets = prop_oneof![8 => to_another, 1 => (place(), place())];
    (wallets, sent()).prop_map(|((from, to), amount)| Pay { from, to, amount })
}

fn key() -> impl Strategy<Value = Option<u8>> {
    weighted(0.4, 0..4_u8)
}

fn switch() -> impl Strategy<Value = Switch> {
    prop_oneof![3 => Just(Switch::Freeze), 3 => Just(Switch::Unfreeze), 1 => Just(Switch::Close)]
}

/// Some within a day, some over a day, a week, a month, and the reversal window; none ends exactly at an expiry.
fn minutes() -> impl Strategy<Value = i64> {
    prop_oneof![6 => Just(61_i64), 4 => Just(7 * 60), 7 => Just(15 * 60), 3 => Just(25 * 60), 1 => Just(8 * 24 * 60 + 1), 1 => Just(200 * 24 * 60 + 1)]
}

fn rules() -> impl Strategy<Value = Rules> {
    let limit =
        |odds: f64, dollars: u32| weighted(odds, (0..dollars).prop_map(|dollars| dollars * 100));
    let limits = (
        limit(0.3, 120),
        limit(0.3, 200),
        limit(0.25, 300),
        limit(0.25, 300),
        weighted(0.25, 0..6_u32),
    );
    let lists = (
        weighted(0.15, vec(0..6_usize, 0..6)),
        weighted(0.15, vec(0..6_usize, 0..3)),
        weighted(0.2, hours()),
    );
    let approval = (proptest::bool::weighted(0.15), limit(0.25, 80), proptest::bool::weighted(0.9));
    (limits, lists, approval).prop_map(
        |(
            (maximum, daily, weekly, monthly, count),
            (approved, blocked, hours),
            (approval, threshold, enabled),
        )| Rules {
            enabled,
            maximum,
            daily,
            weekly,
            monthly,
            count,
            approved,
            blocked,
            hours,
            approval,
            threshold,
        },
    )
}

fn hours() -> impl Strategy<Value = Hours> {
    (0..1_440_i64, 1..1_440_i64, vec(0..7_i64, 0..5)).prop_map(|(start, length, days)| Hours {
        start,
        end: (start + length) % 1_440,
        days,
    })
}
