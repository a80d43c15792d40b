//! Reading agents: one, all, filtered, and only one's own.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields};
use crate::support::{Api, Server, Store, stories};

stories!(
    an_agent_is_read_without_its_secret,
    agents_are_listed_newest_first,
    lists_filter_by_wallet_and_status,
    bad_filters_are_refused,
    spending_is_told_by_the_day,
    what_is_no_agent_is_not_found,
    organizations_do_not_see_each_others_agents,
    a_scoped_key_reads_its_own_agents,
);

fn an_agent_is_read_without_its_secret(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let made = owner.post("/agents", &json!({ "name": "Bot", "agentName": "bot" })).created();
    let path = format!("/agents/{}", made["id"].as_str().expect("text"));
    for read in [owner.get(&path).ok(), owner.get("/agents").ok()["data"][0].clone()] {
        assert_fields(&read, shapes::AGENT, &[]);
        for field in shapes::AGENT {
            assert_eq!(read[field], made[field], "{field}");
        }
        assert!(!read.to_string().contains(made["apiKey"].as_str().expect("text")));
    }
    let reader = server.permitted(&["wallets:read"]);
    reader.get(&path).ok();
    let details = server.permitted(&["payments:read"]).get(&path).refused(403, "PERMISSION_DENIED");
    assert_eq!(details["required"], "wallets:read");
}

fn agents_are_listed_newest_first(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.wallet("Not an agent");
    let mut made: Vec<String> = (0..7).map(|n| owner.agent(&format!("Bot {n}")).id).collect();
    made.reverse();
    assert_eq!(owner.all_ids("/agents"), made);
    assert_eq!(owner.all_ids("/agents?limit=3"), made);
    let page = owner.get("/agents?limit=7").ok();
    assert_fields(&page, shapes::LIST, &[]);
    assert_eq!(
        (&page["hasMore"], &page["cursor"], &page["nextCursor"]),
        (&json!(false), &Value::Null, &Value::Null)
    );
    assert_eq!(owner.all_ids("/wallets?type=AGENT"), made);
}

fn lists_filter_by_wallet_and_status(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (active, paused, gone) =
        (owner.agent("Active"), owner.agent("Paused"), owner.agent("Gone"));
    let plain = owner.wallet("Plain");
    owner.act(&format!("/agents/{}/pause", paused.id)).ok();
    owner.delete(&format!("/agents/{}", gone.id)).ok();
    let ids = |query: &str| owner.all_ids(&format!("/agents?{query}"));
    assert_eq!(ids(""), [paused.id.clone(), active.id.clone()], "a deleted agent is none");
    assert_eq!(ids("status=ACTIVE"), std::slice::from_ref(&active.id));
    assert_eq!(ids("status=FROZEN"), std::slice::from_ref(&paused.id));
    assert_eq!(ids(&format!("walletId={}", active.id)), std::slice::from_ref(&active.id));
    assert_eq!(ids(&format!("walletId={}&status=FROZEN", active.id)), Vec::<String>::new());
    for none in [plain.as_str(), gone.id.as_str()] {
        assert_eq!(ids(&format!("walletId={none}")), Vec::<String>::new(), "no agent");
    }
}

fn bad_filters_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    for bad in ["status=SLEEPING", "status=active", "limit=0", "limit=101", "cursor=%00"] {
        owner.get(&format!("/agents?{bad}")).refused(400, "VALIDATION_ERROR");
    }
}

fn spending_is_told_by_the_day(store: Store) {
    let server = Server::start_at(store, "2026-03-02T22:00:00Z");
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    let told = || {
        let read = owner.get(&format!("/agents/{}", agent.id)).ok();
        assert_eq!(owner.get("/agents").ok()["data"][0], read, "a list tells the same");
        (read["balance"].clone(), read["available"].clone(), read["spentToday"].clone())
    };
    agent.api.paid(&agent.id, &shop, "10.00");
    assert_eq!(told(), (json!("89.75"), json!("89.75"), json!("10.00")), "fees are not spending");
    owner.adjust(&agent.id, &json!("-5.00")).ok();
    assert_eq!(told().2, "10.00", "nor is what the owner takes back");
    owner.policy(&agent.id, &json!({ "approvalThreshold": "15.00" }));
    agent.api.pay(&agent.id, &shop, "20.00").expect(202);
    assert_eq!(told(), (json!("84.75"), json!("64.50"), json!("30.00")), "what waits is spent");
    server.advance_to("2026-03-03T00:00:00Z");
    assert_eq!(told(), (json!("84.75"), json!("64.50"), json!("0.00")));
}

fn what_is_no_agent_is_not_found(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let plain = owner.funded(10);
    let gone = owner.agent("Gone").id;
    owner.delete(&format!("/agents/{gone}")).ok();
    let organization = server.account("sandboxWalletId").to_owned();
    for none in ["wal_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense", "%00", &plain, &gone, &organization]
    {
        assert_not_found(&owner, none);
    }
    owner.assert_balances(&plain, "10.00", "0.00", "10.00");
    assert_eq!(owner.get(&format!("/wallets/{plain}")).ok()["status"], "ACTIVE");
}

/// Every call about this agent answers that there is none.
#[track_caller]
fn assert_not_found(caller: &Api, agent: &str) {
    caller.get(&format!("/agents/{agent}")).refused(404, "WALLET_NOT_FOUND");
    for amount in ["1.00", "-1.00"] {
        caller.adjust(agent, &json!(amount)).refused(404, "WALLET_NOT_FOUND");
    }
    for verb in ["pause", "resume", "rotate-key"] {
        caller.act(&format!("/agents/{agent}/{verb}")).refused(404, "WALLET_NOT_FOUND");
    }
    caller.delete(&format!("/agents/{agent}")).refused(404, "WALLET_NOT_FOUND");
}

fn organizations_do_not_see_each_others_agents(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let agent = owner.funded_agent(10);
    assert_not_found(&stranger.owner, &agent.id);
    assert_eq!(stranger.owner.all_ids("/agents"), Vec::<String>::new());
    assert_eq!(owner.get(&format!("/agents/{}", agent.id)).ok()["balance"], "10.00");
    agent.api.get("/wallets").ok();
}

fn a_scoped_key_reads_its_own_agents(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (mine, other) = (owner.agent("Mine"), owner.agent("Other"));
    assert_eq!(mine.api.all_ids("/agents"), std::slice::from_ref(&mine.id));
    assert_eq!(mine.api.get(&format!("/agents/{}", mine.id)).ok()["name"], "Mine");
    mine.api.get(&format!("/agents/{}", other.id)).refused(404, "WALLET_NOT_FOUND");
    assert_eq!(
        mine.api.all_ids("/agents?status=ACTIVE&limit=1"),
        std::slice::from_ref(&mine.id),
        "on no page either"
    );
}
