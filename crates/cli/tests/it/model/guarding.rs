//! Policies made, changed and dropped.

use super::command::{Caller, Command, Place, Rules};
use super::delegating::{is_unclear, is_unclear_at};
use super::predict::{may, reach};
use super::state::{Answer, Policy, Status, World, sees};

pub(super) fn policy(world: &mut World, command: &Command) -> Option<Answer> {
    let (Command::AddPolicy { caller, .. }
    | Command::ChangePolicy { caller, .. }
    | Command::DropPolicy { caller, .. }) = command
    else {
        return None;
    };
    if let Some(refused) = may(*caller, Caller::Owner) {
        return Some(refused);
    }
    if let Command::AddPolicy { wallet, rules, misspelt, .. } = command {
        if *misspelt {
            return Some(Answer::refusal(400, "VALIDATION_ERROR"));
        }
        if (*caller == Caller::Live && *wallet == Place::Live)
            || is_unclear_at(world, *caller, *wallet)
        {
            return None;
        }
        let wallet = match reach(world, *caller, *wallet) {
            Ok(wallet) if world.wallets[wallet].status == Status::Closed => return None,
            Ok(wallet) => wallet,
            Err(refused) => return Some(refused),
        };
        let rules = resolved(world, rules);
        world.policies.push(Policy { wallet, rules, deleted: false });
        return Some(Answer::of(201));
    }
    let (Command::ChangePolicy { policy, .. } | Command::DropPolicy { policy, .. }) = command
    else {
        return None;
    };
    let found = (!world.policies.is_empty())
        .then(|| policy % world.policies.len())
        .filter(|number| !world.policies[*number].deleted);
    let Some(number) = found else {
        return Some(Answer::refusal(404, "POLICY_NOT_FOUND"));
    };
    let wallet = world.policies[number].wallet;
    if is_unclear(world, *caller, wallet) {
        return None;
    }
    if !sees(world, *caller, wallet) && *caller != Caller::Live {
        return Some(Answer::refusal(404, "POLICY_NOT_FOUND"));
    }
    if let Err(refused) = reach(world, *caller, Place::Wallet(wallet)) {
        let code = if refused.status == 404 { "POLICY_NOT_FOUND" } else { refused.code };
        return Some(Answer::refusal(refused.status, code));
    }
    if let Command::ChangePolicy { rules, .. } = command {
        world.policies[number].rules = resolved(world, rules);
        return Some(Answer::of(200));
    }
    world.policies[number].deleted = true;
    Some(Answer::of(204))
}

/// The rules with their lists naming the wallets of this moment.
fn resolved(world: &World, rules: &Rules) -> Rules {
    let count = world.wallets.len();
    let list = |numbers: &Option<Vec<usize>>| {
        numbers.as_ref().map(|numbers| numbers.iter().map(|number| number % count).collect())
    };
    Rules { approved: list(&rules.approved), blocked: list(&rules.blocked), ..rules.clone() }
}
