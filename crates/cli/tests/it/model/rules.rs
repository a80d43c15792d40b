//! What the policies of a wallet say to a payment.

use std::collections::BTreeSet;

use super::command::{Hours, Rules};
use super::money::{CENT, Units, day, minute, month, week, weekday};
use super::state::World;

/// Failing rules, and whether a human must agree.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) violations: BTreeSet<(usize, &'static str)>,
    pub(super) approval: bool,
}

pub(super) fn judge(world: &World, from: usize, to: usize, amount: Units) -> Verdict {
    let mut verdict = Verdict { violations: BTreeSet::new(), approval: false };
    for (number, policy) in world.policies.iter().enumerate() {
        if policy.wallet != from || policy.deleted || !policy.rules.enabled {
            continue;
        }
        verdict.violations.extend(
            failing(world, &policy.rules, from, to, amount).into_iter().map(|rule| (number, rule)),
        );
        let above = policy.rules.threshold.is_none_or(|threshold| amount > cents(threshold));
        verdict.approval |= (policy.rules.approval || policy.rules.threshold.is_some()) && above;
    }
    verdict
}

fn failing(
    world: &World,
    rules: &Rules,
    from: usize,
    to: usize,
    amount: Units,
) -> Vec<&'static str> {
    let used = used(world, from);
    let over =
        |limit: Option<u32>, used: Units| limit.is_some_and(|limit| used + amount > cents(limit));
    let checks = [
        ("maxTransactionAmount", over(rules.maximum, 0)),
        ("dailySpendingLimit", over(rules.daily, used.day)),
        ("weeklySpendingLimit", over(rules.weekly, used.week)),
        ("monthlySpendingLimit", over(rules.monthly, used.month)),
        (
            "maxTransactionsPerDay",
            rules.count.is_some_and(|limit| used.count + 1 > Units::from(limit)),
        ),
        ("approvedRecipients", rules.approved.as_ref().is_some_and(|list| !list.contains(&to))),
        ("blockedRecipients", rules.blocked.as_ref().is_some_and(|list| list.contains(&to))),
        (
            "timeRestrictions",
            rules.hours.as_ref().is_some_and(|hours| !is_open(hours, world.now_ms)),
        ),
    ];
    checks.into_iter().filter(|(_, fails)| *fails).map(|(rule, _)| rule).collect()
}

/// What counts in the windows of this moment.
#[derive(Debug)]
pub(super) struct Used {
    pub(super) day: Units,
    pub(super) week: Units,
    pub(super) month: Units,
    pub(super) count: Units,
}

pub(super) fn used(world: &World, wallet: usize) -> Used {
    let now = world.now_ms;
    let spent = &world.wallets[wallet].spent;
    let sum = |same: &dyn Fn(i64) -> bool| {
        spent.iter().filter(|one| same(one.at_ms)).map(|one| one.amount).sum()
    };
    let count = spent.iter().filter(|one| day(one.at_ms) == day(now)).count();
    Used {
        day: sum(&|at| day(at) == day(now)),
        week: sum(&|at| week(at) == week(now)),
        month: sum(&|at| month(at) == month(now)),
        count: Units::try_from(count).expect("few payments"),
    }
}

/// The start is inside, the end is not; a night belongs to the day it begins.
fn is_open(hours: &Hours, now_ms: i64) -> bool {
    let now = minute(now_ms);
    let on = |weekday: i64| hours.days.is_empty() || hours.days.contains(&weekday.rem_euclid(7));
    let today = weekday(now_ms);
    if hours.start < hours.end {
        return on(today) && hours.start <= now && now < hours.end;
    }
    (on(today) && hours.start <= now) || (on(today - 1) && now < hours.end)
}

pub(super) fn cents(amount: u32) -> Units {
    Units::from(amount) * CENT
}
