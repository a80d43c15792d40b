//! Who is in the directory, what it tells of them, and its pages.

use serde_json::json;

use super::directory::found;
use crate::support::shapes::{self, assert_fields};
use crate::support::{Api, Server, Store, stories};

stories!(
    an_entry_tells_four_things,
    agents_are_listed_others_are_not,
    discoverability_is_switched,
    environments_are_apart,
    deleted_agents_are_not_listed,
    pages_hold_each_entry_once,
    bad_pages_are_refused,
    searching_needs_its_permission,
    what_is_found_can_be_paid,
);

fn an_entry_tells_four_things(store: Store) {
    let server = Server::start(store);
    let stranger = server.organization("Stranger");
    let request =
        json!({ "name": "Analytics", "agentName": "secret-less", "metadata": { "token": "x" } });
    let agent = stranger.owner.agent_of(&request);
    let list = server.owner().get("/network/directory?search=analytics").ok();
    assert_fields(&list, shapes::LIST, &[]);
    let entry = &list["data"][0];
    assert_fields(entry, shapes::DIRECTORY_ENTRY, &[]);
    assert_eq!(
        *entry,
        json!({ "walletId": agent.id, "name": "Analytics", "agentName": "secret-less", "wallgentAddress": agent.address })
    );
    let plain = stranger.owner.agent("Plain");
    let list = server.owner().get("/network/directory?search=plain").ok();
    assert_eq!(
        (&list["data"][0]["walletId"], &list["data"][0]["agentName"]),
        (&json!(plain.id), &json!(null))
    );
}

fn agents_are_listed_others_are_not(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.agent("Known Agent");
    owner.agent_of(&json!({ "name": "Hidden Agent", "discoverable": false }));
    owner.wallet("Hidden Standard");
    owner.post("/wallets", &json!({ "name": "Known Standard", "discoverable": true })).created();
    assert_eq!(found(&owner, ""), ["Known Agent", "Known Standard"]);
    assert_eq!(found(&owner, "hidden"), Vec::<String>::new());
    assert_eq!(found(&server.organization("Stranger").owner, "known").len(), 2);
}

fn discoverability_is_switched(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, standard) = (owner.agent("Agent").id, owner.wallet("Standard"));
    let purse = server.account("sandboxWalletId").to_owned();
    let switch = |wallet: &str, on: bool| {
        let wallet =
            owner.patch(&format!("/wallets/{wallet}"), &json!({ "discoverable": on })).ok();
        assert_eq!(wallet["discoverable"], on);
    };
    let name =
        owner.get(&format!("/wallets/{purse}")).ok()["name"].as_str().expect("text").to_owned();
    for (wallet, name) in [(&agent, "Agent"), (&standard, "Standard"), (&purse, &name)] {
        let listed = || found(&owner, "").contains(&name.to_owned());
        switch(wallet, true);
        assert!(listed(), "{name}");
        switch(wallet, false);
        assert!(!listed(), "{name}");
    }
    switch(&standard, true);
    assert_eq!(found(&owner, "stand"), ["Standard"]);
}

fn environments_are_apart(store: Store) {
    let server = Server::start(store);
    server.owner().agent("Sandbox Bot");
    server.live().agent("Live Bot");
    let stranger = server.organization("Stranger");
    for caller in [server.owner(), stranger.owner] {
        assert_eq!(found(&caller, "bot"), ["Sandbox Bot"]);
    }
    for caller in [server.live(), stranger.live] {
        assert_eq!(found(&caller, "bot"), ["Live Bot"]);
    }
}

fn deleted_agents_are_not_listed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (gone, paused) = (owner.agent("Gone Bot"), owner.agent("Paused Bot"));
    owner.act(&format!("/agents/{}/pause", paused.id)).ok();
    owner.delete(&format!("/agents/{}", gone.id)).ok();
    assert_eq!(found(&owner, "bot"), ["Paused Bot"], "what cannot be paid is not offered");
    assert_eq!(found(&owner, &gone.address), Vec::<String>::new());
    let wallet =
        owner.post("/wallets", &json!({ "name": "Shop Bot", "discoverable": true })).created();
    owner.act(&format!("/wallets/{}/close", wallet["id"].as_str().expect("text"))).ok();
    assert_eq!(found(&owner, "bot"), ["Paused Bot"]);
}

/// The wallets of all pages of this size, read one after the other, with something done in between.
#[track_caller]
fn pages(caller: &Api, query: &str, between: impl Fn()) -> Vec<String> {
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = caller.get(&format!("/network/directory?{query}{cursor}")).ok();
        assert_fields(&page, shapes::LIST, &[]);
        assert_eq!(page["cursor"], page["nextCursor"]);
        let rows = page["data"].as_array().expect("data");
        seen.extend(rows.iter().map(|row| row["walletId"].as_str().expect("text").to_owned()));
        let Some(next) = page["cursor"].as_str() else { return seen };
        assert_eq!(page["hasMore"], true);
        cursor = format!("&cursor={next}");
        between();
    }
}

fn pages_hold_each_entry_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let mut made: Vec<String> = Vec::new();
    for number in 0..12 {
        let maker = if number % 2 == 0 { &owner } else { &stranger.owner };
        // Several of its words begin so, and it is still one entry.
        let request =
            json!({ "name": "Data datum Dataset", "agentName": format!("data-{number}") });
        made.push(maker.agent_of(&request).id);
    }
    owner.agent("Other");
    made.sort_unstable();
    let sorted = |mut ids: Vec<String>| {
        ids.sort_unstable();
        ids
    };
    for limit in [1, 5, 12, 100] {
        let ids = pages(&owner, &format!("search=data&limit={limit}"), || ());
        assert_eq!(sorted(ids), made, "in pages of {limit}");
    }
    assert_eq!(pages(&owner, "limit=4", || ()).len(), 13);
    let insert = || drop(owner.agent("Unrelated"));
    assert_eq!(sorted(pages(&owner, "search=data&limit=5", insert)), made, "while others come");
    let seen = pages(&owner, "search=data&limit=5", || drop(owner.agent("Data new")));
    let old: Vec<String> = seen.into_iter().filter(|id| made.contains(id)).collect();
    assert_eq!(sorted(old), made, "while more of the kind come");
}

fn bad_pages_are_refused(store: Store) {
    let server = Server::start(store);
    for bad in ["limit=0", "limit=101", "limit=x", "cursor=%00", "cursor=nonsense"] {
        let answer = server.owner().get(&format!("/network/directory?{bad}"));
        answer.refused(400, "VALIDATION_ERROR");
    }
}

fn searching_needs_its_permission(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.agent("Analytics");
    let payer = server.permitted(&["payments:read", "payments:write"]);
    let answer = payer.get("/network/directory");
    assert_eq!(answer.refused(403, "PERMISSION_DENIED")["required"], "wallets:read");
    let agent = owner.agent_of(&json!({ "name": "Agent", "discoverable": false }));
    assert_eq!(found(&agent.api, "analytics"), ["Analytics"], "an agent finds others");
}

fn what_is_found_can_be_paid(store: Store) {
    let server = Server::start(store);
    let stranger = server.organization("Stranger");
    let payer = server.owner().funded_agent(10);
    let payee = stranger.owner.agent("Analytics");
    let list = payer.api.get("/network/directory?search=analytics").ok();
    let pay = json!({ "toAddress": list["data"][0]["wallgentAddress"], "amount": "1.00" });
    payer.api.post("/network/pay", &pay).ok();
    assert_eq!(payee.api.balance(&payee.id), "1.00");
}
