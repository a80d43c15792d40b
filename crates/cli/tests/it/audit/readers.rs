//! Who reads which entries: the organization's people all of one environment, a scoped key what concerns its wallets.

use serde_json::{Value, json};

use crate::support::{Server, Store, stories};

stories!(
    reading_needs_its_permission,
    organizations_and_environments_are_apart,
    a_scoped_key_reads_what_concerns_its_wallets,
    an_agent_does_not_read_anothers_entries,
    what_happens_to_an_agent_is_the_agents_to_read,
);

fn reading_needs_its_permission(store: Store) {
    let server = Server::start(store);
    let writer = server.permitted(&["wallets:write", "organizations:read"]);
    let details = writer.get("/audit-logs").refused(403, "PERMISSION_DENIED");
    assert_eq!(details["required"], "audit:read");
    let auditor = server.permitted(&["audit:read"]);
    assert_eq!(auditor.audited(""), server.owner().audited(""));
}

fn organizations_and_environments_are_apart(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let (owner, live) = (server.owner(), server.live());
    let stranger = server.organization("Stranger");
    let made = [
        (&owner, owner.wallet("S"), "SANDBOX"),
        (&live, live.wallet("L"), "PRODUCTION"),
        (&stranger.owner, stranger.owner.wallet("Theirs"), "SANDBOX"),
        (&stranger.live, stranger.live.wallet("Theirs live"), "PRODUCTION"),
    ];
    for (reader, wallet, environment) in &made {
        let seen = reader.audited("");
        assert!(seen.iter().all(|entry| entry["environment"] == *environment));
        for (_, other, _) in &made {
            let there = seen.iter().any(|entry| entry.to_string().contains(other.as_str()));
            assert_eq!(there, other == wallet);
            let asked = reader.audited(&format!("resource={other}"));
            assert_eq!(asked.is_empty(), other != wallet);
        }
    }
    let from = owner.funded(10);
    let payment = owner.paid(&from, &stranger.wallet, "1.00");
    let received = stranger.owner.audited(&format!("resource={payment}"));
    assert!(!received.is_empty(), "what arrives is in the receiver's log too");
    for entry in received {
        assert_eq!(entry["organizationId"], json!(stranger.id));
        assert!(!entry.to_string().contains("0.25"), "without the sender's fee: {entry:#}");
        assert!(entry["ipAddress"].is_null(), "or the sender's address: {entry:#}");
    }
}

/// The entry's text names one of these.
fn names(entry: &Value, ids: &[&str]) -> bool {
    let text = entry.to_string();
    ids.iter().any(|id| text.contains(id))
}

fn a_scoped_key_reads_what_concerns_its_wallets(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (a, b, other) = (owner.funded(100), owner.funded(100), owner.funded(100));
    let scoped = server.scoped(&["audit:read", "wallets:read"], &[&a, &b]);
    owner.paid(&a, &b, "1.00");
    owner.paid(&other, server.account("sandboxWalletId"), "1.00");
    owner.policy(&a, &json!({ "maxTransactionAmount": "1.00" }));
    owner.policy(&other, &json!({ "maxTransactionAmount": "1.00" }));
    owner.pay(&a, &b, "2.00").expect(403);
    owner.pay(&other, &b, "2.00").expect(403);
    owner.patch("/organizations/me", &json!({ "name": "Renamed" })).ok();
    owner.agent("Bot");
    let seen = scoped.audited("");
    assert!(seen.iter().any(|entry| entry["resourceId"] == json!(a)));
    assert!(seen.iter().any(|entry| entry["resourceId"] == json!(b)));
    assert!(seen.iter().any(|entry| entry["action"] == "policy.created"));
    assert_eq!(seen.iter().filter(|entry| entry["action"] == "payment.denied").count(), 1);
    for entry in &seen {
        assert!(!names(entry, &[&other]), "{entry:#}");
        assert!(
            !["organization.updated", "agent.created"]
                .contains(&entry["action"].as_str().expect("text"))
        );
    }
    let own: Vec<Value> = owner.audited(&format!("resource={a}"));
    assert_eq!(scoped.audited(&format!("resource={a}")), own);
    assert_eq!(scoped.audited(&format!("resource={other}")), Vec::<Value>::new());
    assert_eq!(scoped.all_ids("/audit-logs?limit=2").len(), seen.len(), "on all pages");
}

fn an_agent_does_not_read_anothers_entries(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let shop = owner.wallet("Shop");
    let permissions = ["wallets:read", "payments:write", "audit:read"];
    let (mine, theirs) = (owner.agent_with(&permissions), owner.agent_with(&permissions));
    for agent in [&mine, &theirs] {
        owner.fund(&agent.id, 10);
        agent.api.paid(&agent.id, &shop, "1.00");
    }
    owner.act(&format!("/agents/{}/rotate-key", theirs.id)).ok();
    owner.act(&format!("/agents/{}/pause", theirs.id)).ok();
    let seen = mine.api.audited("");
    assert!(!seen.is_empty());
    for entry in &seen {
        assert!(!names(entry, &[&theirs.id, &theirs.key_id, &theirs.address]), "{entry:#}");
    }
    for query in ["resource=", "actorId="] {
        for hidden in [&theirs.id, &theirs.key_id] {
            assert_eq!(mine.api.audited(&format!("{query}{hidden}")), Vec::<Value>::new());
        }
    }
}

fn what_happens_to_an_agent_is_the_agents_to_read(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent_with(&["wallets:read", "payments:write", "audit:read"]);
    owner.fund(server.account("sandboxWalletId"), 10);
    owner.adjust(&agent.id, &json!("5.00")).ok();
    owner.act(&format!("/agents/{}/pause", agent.id)).ok();
    owner.act(&format!("/agents/{}/resume", agent.id)).ok();
    let seen = agent.api.audited(&format!("resource={}", agent.id));
    let actions: Vec<&str> =
        seen.iter().map(|entry| entry["action"].as_str().expect("text")).collect();
    for act in ["created", "budget_adjusted", "paused", "resumed"] {
        assert!(actions.contains(&format!("agent.{act}").as_str()), "{act} in {actions:?}");
    }
}
