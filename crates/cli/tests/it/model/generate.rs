//! Random commands, weighted so that sequences get somewhere and every refusal is met on the way.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::strategy::BoxedStrategy;

use super::command::{Caller, Command, Hours, Pay, Place, Rules, Sent, Switch};

/// The longest sequence of one case.
pub(super) const COMMANDS: std::ops::Range<usize> = 20..60;

/// Every case begins with money in two wallets and a policy on one, so that its first payments are about rules. Some commands are
/// an earlier one again, as a client repeats a request whose answer it lost.
pub(super) fn commands() -> BoxedStrategy<Vec<Command>> {
    let fund = |wallet| Command::Fund {
        caller: Caller::Owner,
        wallet: Place::Wallet(wallet),
        amount: Sent::Text("400".to_owned()),
        key: None,
    };
    let guard = |rules| Command::AddPolicy {
        caller: Caller::Owner,
        wallet: Place::Wallet(1),
        rules,
        misspelt: false,
    };
    let repeat = weighted(0.15, 0..4_usize);
    (rules(), vec((command(), repeat), COMMANDS))
        .prop_map(move |(rules, drawn)| {
            let mut commands = vec![fund(1), fund(2), guard(rules)];
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
        6 => (caller(), place(), switch()).prop_map(|(caller, wallet, switch)| Command::Switch { caller, wallet, switch }),
        8 => policy_command(),
        44 => (caller(), pay(), key()).prop_map(|(caller, pay, key)| Command::Pay { caller, pay, key }),
        10 => (caller(), vec(pay(), 0..5), any::<bool>(), key()).prop_map(|(caller, pays, atomic, key)| Command::Batch { caller, pays, atomic, key }),
        12 => (caller(), 0..12_usize, weighted(0.6, sent()), key()).prop_map(|(caller, payment, amount, key)| Command::Reverse { caller, payment, amount, key }),
        4 => (place(), place(), sent()).prop_map(|(wallet, to, amount)| Command::Check { wallet, to, amount }),
        6 => minutes().prop_map(|minutes| Command::Advance { minutes }),
    ]
}

fn policy_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        5 => (caller(), place(), rules(), proptest::bool::weighted(0.1)).prop_map(|(caller, wallet, rules, misspelt)| Command::AddPolicy { caller, wallet, rules, misspelt }),
        2 => (caller(), 0..4_usize, rules()).prop_map(|(caller, policy, rules)| Command::ChangePolicy { caller, policy, rules }),
        2 => (caller(), 0..4_usize).prop_map(|(caller, policy)| Command::DropPolicy { caller, policy }),
    ]
}

fn caller() -> impl Strategy<Value = Caller> {
    prop_oneof![
        60 => Just(Caller::Owner),
        8 => Just(Caller::Scoped),
        6 => Just(Caller::Stranger),
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
        odd => (odd, Place::Wallet(1)),
    });
    let wallets = prop_oneof![8 => to_another, 1 => (place(), place())];
    (wallets, sent()).prop_map(|((from, to), amount)| Pay { from, to, amount })
}

fn key() -> impl Strategy<Value = Option<u8>> {
    weighted(0.4, 0..4_u8)
}

fn switch() -> impl Strategy<Value = Switch> {
    prop_oneof![2 => Just(Switch::Freeze), 3 => Just(Switch::Unfreeze), 1 => Just(Switch::Close)]
}

/// Some within a day, some over a day, a week, a month, and the reversal window; none ends exactly at an expiry.
fn minutes() -> impl Strategy<Value = i64> {
    prop_oneof![8 => Just(61_i64), 4 => Just(7 * 60), 3 => Just(25 * 60), 1 => Just(8 * 24 * 60 + 1), 1 => Just(200 * 24 * 60 + 1)]
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
    let approval = (proptest::bool::weighted(0.1), limit(0.2, 80), proptest::bool::weighted(0.9));
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
