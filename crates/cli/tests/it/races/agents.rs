//! Pausing and deleting agents while they pay, and while what they asked for is decided.

use serde_json::json;

use crate::support::{Agent, Answer, Api, Server, Store, all_at_once, id, stories, succeeded};

stories!(
    a_pause_stops_payments_for_good,
    deleting_races_the_approval,
    deleting_races_payments,
    an_agent_is_deleted_once,
    a_key_is_rotated_many_times_and_one_works,
    agents_never_pass_the_plan,
);

const ROUNDS: usize = 10;

fn a_pause_stops_payments_for_good(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(1_000), owner.wallet("Shop"));
    let answers = all_at_once(60, |number| match number {
        30 => owner.act(&format!("/agents/{}/pause", agent.id)),
        _ => agent.api.pay(&agent.id, &shop, "1.00"),
    });
    let paid = succeeded(&answers, 403, "WALLET_FROZEN") - 1;
    let later = all_at_once(20, |_| agent.api.pay(&agent.id, &shop, "1.00"));
    assert_eq!(succeeded(&later, 403, "WALLET_FROZEN"), 0);
    assert_eq!(owner.balance(&shop), format!("{paid}.00"));
    assert_eq!(owner.all_ids("/payments?limit=100").len(), paid);
}

/// The agent is gone, its wallet empty and closed, and nothing is held; what the organization's wallet got of it.
#[track_caller]
fn assert_gone(owner: &Api, agent: &Agent, purse: &str, swept: &str) {
    owner.get(&format!("/agents/{}", agent.id)).refused(404, "WALLET_NOT_FOUND");
    assert_eq!(owner.get(&format!("/wallets/{}", agent.id)).ok()["status"], "CLOSED");
    owner.assert_balances(&agent.id, "0.00", "0.00", "0.00");
    assert_eq!(owner.holds(&agent.id, "PENDING"), Vec::<String>::new());
    assert_eq!(owner.balance(purse), swept);
    agent.api.get("/wallets").refused(401, "API_KEY_REVOKED");
}

fn deleting_races_the_approval(store: Store) {
    let server = Server::start(store);
    for round in 0..ROUNDS {
        let organization = server.organization(&format!("Round{round}"));
        let owner = &organization.owner;
        let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
        owner.policy(&agent.id, &json!({ "requireHumanApproval": true }));
        let waiting = agent.api.ask(&agent.id, &shop, "60.00");
        let answers = all_at_once(3, |number| match number {
            0 => owner.delete(&format!("/agents/{}", agent.id)),
            1 => owner.approve(&waiting.approval),
            _ => agent.api.pay(&agent.id, &shop, "1.00"),
        });
        let deleted = answers[0].clone().ok();
        let approved = answers[1].status == 200;
        let swept = if approved { "39.70" } else { "100.00" };
        assert_eq!(deleted["sweptAmount"], swept);
        if !approved {
            assert_eq!(answers[1].refused(409, "CONFLICT")["status"], "REJECTED");
        }
        assert!([202, 401].contains(&answers[2].status), "{}", answers[2].story());
        let (payment, decided) =
            if approved { ("POSTED", "APPROVED") } else { ("REJECTED", "REJECTED") };
        assert_eq!(owner.payment_status(&waiting.payment), payment);
        assert_eq!(owner.approval_status(&waiting.approval), decided);
        assert_eq!(owner.balance(&shop), if approved { "60.00" } else { "0.00" });
        assert_eq!(owner.all_ids("/approvals?status=PENDING"), Vec::<String>::new());
        assert_gone(owner, &agent, &organization.wallet, swept);
    }
}

fn deleting_races_payments(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let purse = server.account("sandboxWalletId");
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    let answers = all_at_once(60, |number| match number {
        30 => owner.delete(&format!("/agents/{}", agent.id)),
        n if n % 2 == 0 => agent.api.pay(&agent.id, &shop, "1.00"),
        _ => owner.pay(&agent.id, &shop, "1.00"),
    });
    let paid: Vec<&Answer> = answers.iter().filter(|one| one.json["status"] == "POSTED").collect();
    for (number, answer) in answers.iter().enumerate() {
        let fits = [(200, ""), (401, "API_KEY_REVOKED"), (409, "CONFLICT")];
        assert!(fits.contains(&(answer.status, answer.code())), "{number}: {}", answer.story());
    }
    let cents = 10_000 - paid.len() * 125;
    let swept = format!("{}.{:02}", cents / 100, cents % 100);
    assert_eq!(answers[30].json["sweptAmount"], json!(swept));
    assert_eq!(owner.balance(&shop), format!("{}.00", paid.len()));
    assert_gone(&owner, &agent, purse, &swept);
}

fn an_agent_is_deleted_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.funded_agent(100);
    let answers = all_at_once(20, |_| owner.delete(&format!("/agents/{}", agent.id)));
    assert_eq!(succeeded(&answers, 404, "WALLET_NOT_FOUND"), 1);
    assert_gone(&owner, &agent, server.account("sandboxWalletId"), "100.00");
    let deleted = owner.audited(&format!("resource={}&action=agent.deleted", agent.id));
    assert_eq!(deleted.len(), 1);
}

fn a_key_is_rotated_many_times_and_one_works(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent("Bot");
    let answers = all_at_once(20, |_| owner.act(&format!("/agents/{}/rotate-key", agent.id)));
    let current = owner.get(&format!("/agents/{}", agent.id)).ok()["apiKeyId"].clone();
    let mut revoked = Vec::new();
    let mut working = 0;
    for answer in &answers {
        let rotated = answer.clone().ok();
        revoked.push(rotated["revokedKeyId"].as_str().expect("text").to_owned());
        let caller = owner.with_key(rotated["apiKey"].as_str().expect("text"));
        let answer = caller.get("/wallets");
        if rotated["apiKeyId"] == current {
            working += usize::from(answer.status == 200);
        } else {
            answer.refused(401, "API_KEY_REVOKED");
        }
    }
    assert_eq!(working, 1, "the agent's own key works");
    revoked.sort_unstable();
    revoked.dedup();
    assert_eq!(revoked.len(), answers.len(), "each was revoked once");
    agent.api.get("/wallets").refused(401, "API_KEY_REVOKED");
}

fn agents_never_pass_the_plan(store: Store) {
    let server = Server::start(store);
    let starter = server.organization_on("STARTER", "Starter");
    let answers = all_at_once(30, |number| match number % 2 {
        0 => starter.owner.post("/agents", &json!({ "name": "Bot" })),
        _ => starter.owner.post("/wallets", &json!({ "name": "More" })),
    });
    assert_eq!(succeeded(&answers, 403, "WALLET_LIMIT_EXCEEDED"), 10);
    let agents = starter.owner.all_ids("/agents");
    let standard = starter.owner.all_ids("/wallets?type=STANDARD");
    assert_eq!(agents.len() + standard.len(), 10);
    let made = answers.iter().filter(|one| one.json["apiKey"].is_string()).map(|one| id(&one.json));
    let mut made: Vec<String> = made.collect();
    made.sort_unstable();
    let mut listed = agents;
    listed.sort_unstable();
    assert_eq!(made, listed);
    let keys = starter.owner.all_ids("/api-keys?limit=100");
    assert_eq!(keys.len(), made.len() + 1, "no key without its agent");
}
