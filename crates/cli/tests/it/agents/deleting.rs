//! The end of an agent: what is answered, and what is left of it.

use serde_json::json;

use crate::support::shapes::assert_fields;
use crate::support::{Server, Store, id, stories};

stories!(
    a_deleted_agent_is_gone_and_its_wallet_closed,
    all_its_keys_end_at_once,
    its_past_stays_readable,
    deleting_happens_once,
    a_paused_agent_is_deleted_too,
    deleting_needs_its_permission,
    money_that_still_names_it_is_refused,
);

fn a_deleted_agent_is_gone_and_its_wallet_closed(store: Store) {
    let mut server = Server::start(store);
    let agent = server.owner().agent("Bot");
    server.owner().fund(&agent.id, 125);
    let answer = server.owner().delete(&format!("/agents/{}", agent.id)).ok();
    assert_fields(&answer, &["deleted", "sweptAmount"], &["id"]);
    assert_eq!((&answer["deleted"], &answer["sweptAmount"]), (&json!(true), &json!("125.00")));
    for _ in 0..2 {
        let owner = server.owner();
        owner.get(&format!("/agents/{}", agent.id)).refused(404, "WALLET_NOT_FOUND");
        assert_eq!(owner.all_ids("/agents"), Vec::<String>::new());
        let wallet = owner.get(&format!("/wallets/{}", agent.id)).ok();
        assert_eq!(
            (&wallet["status"], &wallet["walletType"], &wallet["balance"], &wallet["available"]),
            (&json!("CLOSED"), &json!("AGENT"), &json!("0.00"), &json!("0.00"))
        );
        assert_eq!(owner.all_ids("/wallets?status=CLOSED"), std::slice::from_ref(&agent.id));
        assert_eq!(owner.balance(server.account("sandboxWalletId")), "125.00");
        let again = owner.delete(&format!("/agents/{}", agent.id));
        again.refused(404, "WALLET_NOT_FOUND");
        server.restart();
    }
}

fn all_its_keys_end_at_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, other) = (owner.agent("Bot"), owner.agent("Other"));
    let request = json!({ "permissions": ["*"], "walletScope": [agent.id] });
    let (second_id, second) = owner.new_key(&request);
    let rotated = owner.act(&format!("/agents/{}/rotate-key", agent.id)).ok();
    let third = owner.with_key(rotated["apiKey"].as_str().expect("text"));
    second.get("/wallets").ok();
    owner.delete(&format!("/agents/{}", agent.id)).ok();
    for key in [&agent.api, &second, &third] {
        key.get("/wallets").refused(401, "API_KEY_REVOKED");
        key.pay(&agent.id, &other.id, "1.00").refused(401, "API_KEY_REVOKED");
    }
    let third_id = rotated["apiKeyId"].as_str().expect("text");
    for key in [second_id.as_str(), third_id] {
        assert_eq!(owner.get(&format!("/api-keys/{key}")).ok()["status"], "REVOKED");
    }
    other.api.get("/wallets").ok();
}

fn its_past_stays_readable(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    let paid = agent.api.paid(&agent.id, &shop, "40.00");
    owner.delete(&format!("/agents/{}", agent.id)).ok();
    let payment = owner.get(&format!("/payments/{paid}")).ok();
    assert_eq!((&payment["from"], &payment["status"]), (&json!(agent.id), &json!("POSTED")));
    assert_eq!(owner.all_ids(&format!("/payments?walletId={}", agent.id)), [paid]);
    let statement = owner.get(&format!("/wallets/{}/transactions?limit=100", agent.id)).ok();
    assert_eq!(statement["data"][0]["balanceAfter"], "0.00");
    let balance = owner.balances(&agent.id);
    assert_eq!((&balance["held"], &balance["pending"]), (&json!("0.00"), &json!("0.00")));
}

fn deleting_happens_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.funded_agent(10);
    let first = owner.once("delete-1").delete(&format!("/agents/{}", agent.id)).expect(200);
    owner.once("delete-1").delete(&format!("/agents/{}", agent.id)).assert_replay_of(&first);
    assert_eq!(owner.balance(server.account("sandboxWalletId")), "10.00");
    let empty = owner.agent("Empty");
    let answer = owner.delete(&format!("/agents/{}", empty.id)).ok();
    assert_eq!((&answer["deleted"], &answer["sweptAmount"]), (&json!(true), &json!("0.00")));
}

fn a_paused_agent_is_deleted_too(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.funded_agent(10);
    owner.act(&format!("/agents/{}/pause", agent.id)).ok();
    let answer = owner.delete(&format!("/agents/{}", agent.id)).ok();
    assert_eq!(answer["sweptAmount"], "10.00", "the sweep goes on");
    assert_eq!(owner.get(&format!("/wallets/{}", agent.id)).ok()["status"], "CLOSED");
    let details = owner.act(&format!("/wallets/{}/unfreeze", agent.id)).refused(409, "CONFLICT");
    assert_eq!(details["status"], "CLOSED");
}

fn deleting_needs_its_permission(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.funded_agent(10);
    let path = format!("/agents/{}", agent.id);
    let reader = server.permitted(&["wallets:read", "payments:write"]);
    let details = reader.delete(&path).refused(403, "PERMISSION_DENIED");
    assert_eq!(details["required"], "wallets:write");
    assert_eq!(owner.get(&path).ok()["balance"], "10.00");
    agent.api.get("/wallets").ok();
}

fn money_that_still_names_it_is_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, payer) = (owner.agent("Bot"), owner.funded(100));
    let asking = owner.guarded(100);
    let waiting = owner.ask(&asking, &agent.id, "10.00");
    owner.delete(&format!("/agents/{}", agent.id)).ok();
    for answer in [
        owner.pay(&payer, &agent.id, "1.00"),
        owner.pay(&agent.id, &payer, "1.00"),
        owner.post(
            "/network/pay",
            &json!({ "toAddress": agent.address, "amount": "1.00", "fromWalletId": payer }),
        ),
        owner.post(&format!("/wallets/{}/fund", agent.id), &json!({ "amount": "1.00" })),
        owner.approve(&waiting.approval),
    ] {
        assert_eq!(answer.refused(409, "CONFLICT")["status"], "CLOSED", "{}", answer.story());
    }
    assert_eq!(owner.approval_status(&waiting.approval), "PENDING", "it can still be rejected");
    owner.reject(&waiting.approval).ok();
    owner.assert_balances(&asking, "100.00", "0.00", "100.00");
    assert_eq!(owner.balance(&payer), "100.00");
    let payments = owner.get("/payments").ok();
    assert_eq!(payments["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(id(&payments["data"][0]), waiting.payment);
}
