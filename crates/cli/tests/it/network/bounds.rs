//! Bounds of the directory, long searches and long names, and what a payment is refused for first.

use serde_json::json;

use super::directory::found;
use crate::support::{Api, Server, Store, stories};

stories!(
    a_search_has_a_length,
    each_of_many_words_counts,
    a_long_name_is_found_by_its_first_words,
    renaming_leaves_no_word_behind,
    other_changes_leave_it_found,
    the_sender_is_looked_for_first,
);

/// Words of a name that it is found by.
const WORDS: [&str; 12] = [
    "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett",
    "kilo", "lima",
];
const NONE: [String; 0] = [];

fn search(caller: &Api, term: &str) -> crate::support::Answer {
    let encoded: String = term.bytes().map(|byte| format!("%{byte:02X}")).collect();
    caller.get(&format!("/network/directory?search={encoded}"))
}

fn a_search_has_a_length(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let name = format!("Long {}", "é".repeat(251));
    owner.agent(&name);
    assert_eq!(found(&owner, &name), std::slice::from_ref(&name), "a name of that length");
    for longest in ["x".repeat(256), "é".repeat(256), "🦀".repeat(256)] {
        search(&owner, &longest).ok();
    }
    let words: Vec<String> = (0..1_500).map(|number| format!("w{number}")).collect();
    for long in ["x".repeat(257), "é".repeat(257), "x ".repeat(1_000), words.join(" ")] {
        search(&owner, &long).refused_fields(&["search"]);
    }
    assert_eq!(found(&owner, "long"), [name]);
}

fn each_of_many_words_counts(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let all = WORDS.join(" ");
    owner.agent(&all);
    owner.agent("alpha bravo");
    owner.agent("lima kilo");
    let mut backwards = WORDS;
    backwards.reverse();
    for term in [all.clone(), backwards.join("-"), "a b c d e f g h i j k l".to_owned()] {
        assert_eq!(found(&owner, &term), std::slice::from_ref(&all), "{term}");
    }
    assert_eq!(found(&owner, &"alpha ".repeat(42)), ["alpha bravo".to_owned(), all.clone()]);
    for wrong in 0..WORDS.len() {
        let mut words = WORDS;
        words[wrong] = "zulu";
        assert_eq!(found(&owner, &words.join(" ")), NONE, "{words:?}");
    }
    let unknown: Vec<String> = (0..64).map(|number| format!("z{number}")).collect();
    assert_eq!(found(&owner, &unknown.join(" ")), NONE);
}

fn a_long_name_is_found_by_its_first_words(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let rest = ["mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango"];
    let name = format!("{} {}", WORDS.join(" "), rest.join(" "));
    let agent_name: Vec<String> = WORDS.iter().map(|word| format!("x{word}")).collect();
    let tail = rest.join("-");
    let agent_name_text = format!("{}-{tail}", agent_name.join("-"));
    let agent = owner.agent_of(&json!({ "name": name, "agentName": agent_name_text }));
    owner.agent("Other");
    for word in WORDS.iter().copied().chain(agent_name.iter().map(String::as_str)) {
        assert_eq!(found(&owner, word), std::slice::from_ref(&name), "{word}");
    }
    assert_eq!(found(&owner, &agent.address), std::slice::from_ref(&name));
    assert_eq!(found(&owner, ""), ["Other".to_owned(), name]);
}

fn renaming_leaves_no_word_behind(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent_of(&json!({ "name": WORDS.join(" "), "agentName": "xray yankee" }));
    let path = format!("/wallets/{}", agent.id);
    owner.patch(&path, &json!({ "name": "Alpha Zulu" })).ok();
    assert_eq!(found(&owner, "alpha zulu"), ["Alpha Zulu"], "a word may stay");
    for old in &WORDS[1..] {
        assert_eq!(found(&owner, old), NONE, "{old}");
    }
    assert_eq!(found(&owner, "xray"), ["Alpha Zulu"], "its other name is the same");
    owner.patch(&path, &json!({ "agentName": null })).ok();
    for old in ["xray", "yankee"] {
        assert_eq!(found(&owner, old), NONE, "{old}");
    }
    for stays in ["alpha", "zulu", agent.address.as_str(), ""] {
        assert_eq!(found(&owner, stays), ["Alpha Zulu"], "{stays}");
    }
}

fn other_changes_leave_it_found(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent_of(&json!({ "name": "Analyst", "agentName": "data-bot" }));
    let path = format!("/wallets/{}", agent.id);
    let terms = ["analyst", "data", "bot", agent.address.as_str(), ""];
    for change in [
        json!({ "metadata": { "team": "risk" } }),
        json!({ "metadata": null }),
        json!({ "discoverable": true }),
        json!({ "name": "Analyst" }),
        json!({}),
    ] {
        owner.patch(&path, &change).ok();
        for term in terms {
            assert_eq!(found(&owner, term), ["Analyst"], "{term} after {change}");
        }
    }
    owner.act(&format!("{path}/freeze")).ok();
    assert_eq!(found(&owner, "data"), ["Analyst"], "money may still arrive");
    for change in [
        json!({ "discoverable": false }),
        json!({ "metadata": { "team": "none" } }),
        json!({ "agentName": "quiet-bot" }),
    ] {
        owner.patch(&path, &change).ok();
        for term in terms.iter().chain(&["quiet"]) {
            assert_eq!(found(&owner, term), NONE, "{term} after {change}");
        }
    }
    owner.patch(&path, &json!({ "discoverable": true })).ok();
    for term in ["analyst", "quiet", agent.address.as_str(), ""] {
        assert_eq!(found(&owner, term), ["Analyst"], "{term}");
    }
    assert_eq!(found(&owner, "data"), NONE);
}

fn the_sender_is_looked_for_first(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let unknown = "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ";
    let pay = |from: &str, to: &str| {
        let body = json!({ "toAddress": to, "amount": "1.00", "fromWalletId": from });
        owner.post("/network/pay", &body)
    };
    for nobody in ["wg_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense"] {
        for from in [unknown, "nonsense", stranger.wallet.as_str()] {
            let details = pay(from, nobody).refused(404, "WALLET_NOT_FOUND");
            assert_eq!(details["walletId"], from, "{details}");
        }
        pay(server.account("liveWalletId"), nobody).refused(403, "ENVIRONMENT_MISMATCH");
        let own = pay(server.account("sandboxWalletId"), nobody).refused(404, "WALLET_NOT_FOUND");
        assert_ne!(own["walletId"], server.account("sandboxWalletId"), "{own}");
    }
}
