//! Commands as requests to the server.

use serde_json::{Value, json};

use super::command::{Caller, Command, Grantee, Pay, Place, Rules, Sent, Switch};
use super::money::{MINUTE_MS, iso};
use super::predict::signed;
use super::stage::place_id;
use super::state::World;

/// What the server calls the things of a case.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) case: usize,
    pub(super) wallets: Vec<String>,
    pub(super) policies: Vec<String>,
    pub(super) payments: Vec<String>,
    /// By the number of the payment among those that were asked about.
    pub(super) approvals: Vec<String>,
    pub(super) delegations: Vec<String>,
    /// The wallets' addresses.
    pub(super) addresses: Vec<String>,
    pub(super) live: String,
    /// The ID of the scoped key.
    pub(super) scoped: String,
    /// The ID of the stranger's organization.
    pub(super) stranger: String,
}

/// One HTTP request.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) caller: Caller,
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) body: Option<Value>,
    pub(super) key: Option<String>,
}

/// The request that a command is, in the world before it.
pub(super) fn request(command: &Command, world: &World, names: &Names) -> Request {
    let (method, path) = line(command, world, names);
    // A key belongs to one wallet or payment: whether the same key on another one's path is another meaning or another
    // route is open.
    // So is whether naming the wallet that would pay anyhow is another meaning.
    let named = matches!(command, Command::NetworkPay { from: Some(_), .. });
    let key = command.key().map(|key| format!("{}-{path}-{named}-{key}", names.case));
    let body = body(command, world, names);
    Request { caller: command.caller(), method, path, body, key }
}

fn line(command: &Command, world: &World, names: &Names) -> (&'static str, String) {
    let wallet = |place: &Place| place_id(*place, world, names);
    let policy = |number: &usize| one_of(&names.policies, *number, "pol");
    match command {
        Command::CreateWallet { .. } => ("POST", "/wallets".to_owned()),
        Command::Fund { wallet: place, .. } => ("POST", format!("/wallets/{}/fund", wallet(place))),
        Command::Switch { wallet: place, switch, .. } => {
            let verb = match switch {
                Switch::Freeze => "freeze",
                Switch::Unfreeze => "unfreeze",
                Switch::Close => "close",
            };
            ("POST", format!("/wallets/{}/{verb}", wallet(place)))
        }
        Command::AddPolicy { wallet: place, .. } => {
            ("POST", format!("/wallets/{}/policies", wallet(place)))
        }
        Command::ChangePolicy { policy: number, .. } => {
            ("PATCH", format!("/policies/{}", policy(number)))
        }
        Command::DropPolicy { policy: number, .. } => {
            ("DELETE", format!("/policies/{}", policy(number)))
        }
        Command::Pay { .. } => ("POST", "/payments".to_owned()),
        Command::Batch { .. } => ("POST", "/payments/batch".to_owned()),
        Command::Reverse { payment, .. } => {
            ("POST", format!("/payments/{}/reverse", one_of(&names.payments, *payment, "txn")))
        }
        Command::Check { wallet: place, .. } => {
            ("POST", format!("/wallets/{}/policies/check", wallet(place)))
        }
        Command::Advance { .. } => ("POST", "/sandbox/clock".to_owned()),
        _ => control_line(command, world, names),
    }
}

fn control_line(command: &Command, world: &World, names: &Names) -> (&'static str, String) {
    let agent = |place: &Place| format!("/agents/{}", place_id(*place, world, names));
    match command {
        Command::Adjust { agent: place, .. } => ("POST", format!("{}/adjust-budget", agent(place))),
        Command::Pause { agent: place, pause: true, .. } => {
            ("POST", format!("{}/pause", agent(place)))
        }
        Command::Pause { agent: place, .. } => ("POST", format!("{}/resume", agent(place))),
        Command::DeleteAgent { agent: place, .. } => ("DELETE", agent(place)),
        Command::Decide { approval, approve, .. } => {
            let verb = if *approve { "approve" } else { "reject" };
            ("POST", format!("/approvals/{}/{verb}", one_of(&names.approvals, *approval, "del")))
        }
        Command::NetworkPay { .. } => ("POST", "/network/pay".to_owned()),
        Command::Grant { .. } => ("POST", "/delegations".to_owned()),
        Command::Revoke { delegation, .. } => {
            ("DELETE", format!("/delegations/{}", one_of(&names.delegations, *delegation, "del")))
        }
        _ => ("POST", "/agents".to_owned()),
    }
}

fn body(command: &Command, world: &World, names: &Names) -> Option<Value> {
    let body = match command {
        Command::CreateWallet { named: true, .. } => json!({ "name": "Own" }),
        Command::CreateWallet { named: false, .. } => json!({}),
        Command::Fund { amount, .. } => json!({ "amount": sent(amount) }),
        Command::AddPolicy { rules, misspelt, .. } => {
            let mut body = policy(rules, names);
            body["name"] = json!("Guard");
            if *misspelt {
                body["dailySpendLimit"] = json!("1.00");
            }
            body
        }
        Command::ChangePolicy { rules, .. } => policy(rules, names),
        Command::Pay { pay, .. } => payment(pay, world, names),
        Command::Batch { pays, atomic, .. } => {
            let payments: Vec<Value> = pays.iter().map(|pay| payment(pay, world, names)).collect();
            json!({ "payments": payments, "mode": if *atomic { "atomic" } else { "independent" } })
        }
        Command::Reverse { amount: Some(amount), .. } => json!({ "amount": sent(amount) }),
        Command::Reverse { amount: None, .. } => json!({}),
        Command::Check { to, amount, .. } => {
            json!({ "to": place_id(*to, world, names), "amount": sent(amount) })
        }
        Command::Advance { minutes } => json!({ "advance": format!("PT{minutes}M") }),
        _ => return control_body(command, world, names),
    };
    Some(body)
}

fn control_body(command: &Command, world: &World, names: &Names) -> Option<Value> {
    let body = match command {
        Command::CreateAgent { named: true, .. } => json!({ "name": "Agent" }),
        Command::CreateAgent { named: false, .. } => json!({}),
        Command::Adjust { amount, back, .. } => json!({ "amount": sent(&signed(amount, *back)) }),
        Command::NetworkPay { from, to, amount, .. } => {
            let unknown = || "wg_01HZZZZZZZZZZZZZZZZZZZZZZZ".to_owned();
            let address =
                world.wallet_at(*to).map_or_else(unknown, |to| names.addresses[to].clone());
            let mut body = json!({ "toAddress": address, "amount": sent(amount) });
            if let Some(from) = from {
                body["fromWalletId"] = json!(place_id(*from, world, names));
            }
            body
        }
        Command::Grant { wallet, grantee, paying, minutes, .. } => {
            let permissions: &[&str] =
                if *paying { &["wallets:read", "payments:write"] } else { &["read"] };
            let mut body =
                json!({ "walletId": place_id(*wallet, world, names), "permissions": permissions });
            match grantee {
                Grantee::Stranger => body["granteeOrgId"] = json!(names.stranger),
                Grantee::Scoped => body["delegateApiKeyId"] = json!(names.scoped),
            }
            if let Some(minutes) = minutes {
                body["expiresAt"] = json!(iso(world.now_ms + minutes * MINUTE_MS));
            }
            body
        }
        _ => return None,
    };
    Some(body)
}

fn one_of(known: &[String], number: usize, prefix: &str) -> String {
    let found = (!known.is_empty()).then(|| known[number % known.len()].clone());
    found.unwrap_or_else(|| format!("{prefix}_01HZZZZZZZZZZZZZZZZZZZZZZZ"))
}

fn sent(amount: &Sent) -> Value {
    match amount {
        Sent::Text(text) => json!(text),
        Sent::Mistyped => json!(true),
    }
}

fn payment(pay: &Pay, world: &World, names: &Names) -> Value {
    json!({ "from": place_id(pay.from, world, names), "to": place_id(pay.to, world, names), "amount": sent(&pay.amount) })
}

/// Every field, so that a change clears what it does not set.
fn policy(rules: &Rules, names: &Names) -> Value {
    let limit =
        |cents: Option<u32>| cents.map(|cents| format!("{}.{:02}", cents / 100, cents % 100));
    let list = |numbers: &Option<Vec<usize>>| {
        numbers.as_ref().map(|numbers| {
            numbers
                .iter()
                .map(|number| names.wallets[number % names.wallets.len()].clone())
                .collect::<Vec<_>>()
        })
    };
    let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
    let hours = rules.hours.as_ref().map(|hours| {
        let days = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
        let mut chosen: Vec<usize> =
            hours.days.iter().filter_map(|day| usize::try_from(*day).ok()).collect();
        chosen.sort_unstable();
        chosen.dedup();
        let mut schedule =
            json!({ "start": clock(hours.start), "end": clock(hours.end), "timezone": "UTC" });
        if !chosen.is_empty() {
            schedule["days"] = chosen.into_iter().map(|day| json!(days[day])).collect();
        }
        schedule
    });
    json!({
        "enabled": rules.enabled,
        "maxTransactionAmount": limit(rules.maximum),
        "dailySpendingLimit": limit(rules.daily),
        "weeklySpendingLimit": limit(rules.weekly),
        "monthlySpendingLimit": limit(rules.monthly),
        "maxTransactionsPerDay": rules.count,
        "approvedRecipients": list(&rules.approved),
        "blockedRecipients": list(&rules.blocked),
        "timeRestrictions": hours,
        "requireHumanApproval": rules.approval,
        "approvalThreshold": limit(rules.threshold),
    })
}
