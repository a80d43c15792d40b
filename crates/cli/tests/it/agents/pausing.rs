//! Pausing an agent and letting it go on.

use serde_json::json;

use crate::support::{Server, Store, stories};

stories!(
    a_paused_agent_pays_nothing,
    a_paused_agent_still_reads_and_receives,
    pausing_twice_changes_nothing,
    pausing_is_freezing,
    an_agent_may_pause_itself_and_no_more,
    a_body_is_not_needed,
);

fn a_paused_agent_pays_nothing(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    let paused = owner.act(&format!("/agents/{}/pause", agent.id)).ok();
    assert_eq!(paused, json!({ "id": agent.id, "status": "FROZEN" }));
    for _ in 0..2 {
        let owner = server.owner();
        let agent_now = owner.as_holder_of(&agent.api);
        for caller in [&agent_now, &owner] {
            caller.pay(&agent.id, &shop, "1.00").refused(403, "WALLET_FROZEN");
        }
        let pay = json!({ "toAddress": owner.address(&shop), "amount": "1.00" });
        agent_now.post("/network/pay", &pay).refused(403, "WALLET_FROZEN");
        let batch = json!({ "payments": [{ "from": agent.id, "to": shop, "amount": "1.00" }] });
        let answer = agent_now.post("/payments/batch", &batch).expect(207);
        assert_eq!(answer.json["results"][0]["error"]["code"], "WALLET_FROZEN");
        server.restart();
    }
    let owner = server.owner();
    let resumed = owner.act(&format!("/agents/{}/resume", agent.id)).ok();
    assert_eq!(resumed, json!({ "id": agent.id, "status": "ACTIVE" }));
    owner.as_holder_of(&agent.api).paid(&agent.id, &shop, "1.00");
    assert_eq!(owner.balance(&shop), "1.00");
}

fn a_paused_agent_still_reads_and_receives(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, other) = (owner.funded_agent(10), owner.funded_agent(10));
    owner.act(&format!("/agents/{}/pause", agent.id)).ok();
    assert_eq!(owner.get(&format!("/agents/{}", agent.id)).ok()["status"], "FROZEN");
    assert_eq!(agent.api.balance(&agent.id), "10.00");
    agent.api.get("/payments").ok();
    other.api.paid(&other.id, &agent.id, "5.00");
    assert_eq!(agent.api.balance(&agent.id), "15.00");
}

fn pausing_twice_changes_nothing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent("Bot");
    for (verb, status) in
        [("resume", "ACTIVE"), ("pause", "FROZEN"), ("pause", "FROZEN"), ("resume", "ACTIVE")]
    {
        let answer = owner.act(&format!("/agents/{}/{verb}", agent.id)).ok();
        assert_eq!(answer, json!({ "id": agent.id, "status": status }));
        assert_eq!(owner.get(&format!("/agents/{}", agent.id)).ok()["status"], status);
    }
}

fn pausing_is_freezing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent("Bot");
    owner.act(&format!("/agents/{}/pause", agent.id)).ok();
    assert_eq!(owner.get(&format!("/wallets/{}", agent.id)).ok()["status"], "FROZEN");
    owner.act(&format!("/wallets/{}/unfreeze", agent.id)).ok();
    assert_eq!(owner.get(&format!("/agents/{}", agent.id)).ok()["status"], "ACTIVE");
    owner.act(&format!("/wallets/{}/freeze", agent.id)).ok();
    assert_eq!(owner.all_ids("/agents?status=FROZEN"), std::slice::from_ref(&agent.id));
    owner.act(&format!("/agents/{}/resume", agent.id)).ok();
    assert_eq!(owner.get(&format!("/wallets/{}", agent.id)).ok()["status"], "ACTIVE");
}

fn an_agent_may_pause_itself_and_no_more(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, other) = (owner.agent("Bot"), owner.agent("Other"));
    agent.api.act(&format!("/agents/{}/pause", agent.id)).ok();
    let resume = agent.api.act(&format!("/agents/{}/resume", agent.id));
    assert_eq!(resume.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
    agent.api.act(&format!("/agents/{}/pause", other.id)).refused(404, "WALLET_NOT_FOUND");
    assert_eq!(owner.get(&format!("/agents/{}", agent.id)).ok()["status"], "FROZEN");
    assert_eq!(owner.get(&format!("/agents/{}", other.id)).ok()["status"], "ACTIVE");
}

/// Older clients say that a body is JSON when there is none.
fn a_body_is_not_needed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent("Bot");
    let empty = |method: &str, path: &str| owner.send_bytes(method, path, "application/json", b"");
    for verb in ["pause", "resume", "rotate-key"] {
        empty("POST", &format!("/agents/{}/{verb}", agent.id)).ok();
    }
    empty("DELETE", &format!("/agents/{}", agent.id)).ok();
}
