//! What acts on agents tell: amounts as they were sent, agents as they are, and the first thing that is wrong.

use serde_json::{Value, json};

use crate::support::{Server, Store, shapes, stories};

stories!(
    a_refused_adjustment_repeats_the_amount,
    an_update_tells_the_agent,
    a_missing_right_comes_before_an_unknown_template,
);

fn a_refused_adjustment_repeats_the_amount(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent("Bot");
    let path = format!("/agents/{}/adjust-budget", agent.id);
    let sent =
        ["\"25\"", "25", "\"25.0\"", "25.50", "\"-25\"", "-25", "\"-0.10\"", "\"0.12345678\""];
    for sent in sent {
        let answer = owner.post_text(&path, &format!("{{\"amount\":{sent}}}"));
        let requested = answer.refused(402, "INSUFFICIENT_FUNDS")["requested"].clone();
        let repeated = requested.as_str().map_or(requested.to_string(), str::to_owned);
        assert_eq!(repeated, sent.trim_matches('"'), "{}", answer.story());
    }
}

fn an_update_tells_the_agent(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    agent.api.paid(&agent.id, &shop, "40.00");
    server.advance("PT1H");
    let query = format!("action=agent.updated&resource={}", agent.id);
    assert_eq!(owner.audited(&query), Vec::<Value>::new());
    let path = format!("/wallets/{}", agent.id);
    for (caller, change) in [
        (&owner, json!({ "name": "Renamed", "agentName": "new-bot" })),
        (&agent.api, json!({ "metadata": { "team": "risk" } })),
    ] {
        caller.patch(&path, &change).ok();
        let read = owner.get(&format!("/agents/{}", agent.id)).ok();
        let told = owner.audited(&query)[0]["metadata"].clone();
        for field in shapes::AGENT {
            assert_eq!(told[*field], read[*field], "{field} in {told:#}");
        }
        assert_eq!((&told["name"], &told["spentToday"]), (&json!("Renamed"), &json!("40.00")));
        assert_eq!(told["apiKeyId"], json!(agent.key_id));
        assert!(told.get("walletType").is_none(), "no wallet is told: {told:#}");
    }
    assert_eq!(owner.audited(&query).len(), 2);
    owner.delete(&format!("/agents/{}", agent.id)).ok();
    let late = owner.patch(&path, &json!({ "metadata": { "team": "none" } }));
    assert!([200, 409].contains(&late.status), "{}", late.story());
    assert_eq!(owner.audited(&query).len(), 2, "a deleted agent is none");
}

fn a_missing_right_comes_before_an_unknown_template(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let request = json!({ "templateId": "tmpl_unknown", "name": "Bot" });
    let (_, maker) = owner.colleague(&["wallets:read", "wallets:write"]);
    let details = maker.post("/agents/from-template", &request).refused(403, "PERMISSION_DENIED");
    assert_eq!(details["required"], "api_keys:write");
    owner.post("/agents/from-template", &request).refused(404, "NOT_FOUND");
    assert_eq!(owner.all_ids("/agents"), Vec::<String>::new());
}
