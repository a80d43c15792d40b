//! Searching the directory: words that begin so, in names and addresses, whatever their case.

use crate::support::{Api, Server, Store, stories};
use serde_json::json;

stories!(
    a_word_is_found_by_its_beginning,
    case_is_folded,
    agent_names_and_addresses_are_searched_too,
    no_term_finds_everyone,
    a_term_is_taken_as_text,
    renaming_moves_an_entry,
    odd_terms_do_no_harm,
);

/// The names that a search finds, in the alphabet's order.
#[track_caller]
pub(super) fn found(caller: &Api, term: &str) -> Vec<String> {
    let encoded: String = term.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let mut names = Vec::new();
    let mut page = caller.get(&format!("/network/directory?search={encoded}")).ok();
    loop {
        let rows = page["data"].as_array().expect("data");
        names.extend(rows.iter().map(|row| row["name"].as_str().expect("a name").to_owned()));
        let Some(cursor) = page["cursor"].as_str() else { break };
        let next = format!("/network/directory?search={encoded}&cursor={cursor}");
        page = caller.get(&next).ok();
    }
    names.sort_unstable();
    names
}

fn a_word_is_found_by_its_beginning(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    for name in ["Market Analytics", "Analytics Bot", "Psychoanalytics"] {
        owner.agent(name);
    }
    stranger.owner.agent("Deep Analytics");
    for caller in [&owner, &stranger.owner] {
        let all = ["Analytics Bot", "Deep Analytics", "Market Analytics"];
        assert_eq!(found(caller, "analytics"), all, "of any organization");
        assert_eq!(found(caller, "analyt"), all);
        assert_eq!(found(caller, "a"), all, "one letter begins a word");
        assert_eq!(found(caller, "bo"), ["Analytics Bot"]);
        for none in ["lytics", "analyticss", "nalytics", "ot"] {
            assert_eq!(found(caller, none), Vec::<String>::new(), "{none}");
        }
    }
}

fn case_is_folded(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    for name in ["ÄRZTE Bot", "ärmel", "ΔΕΛΤΑ", "жук Покупки", "Straße"] {
        owner.agent(name);
    }
    for (terms, expected) in [
        (["äR", "Är", "ÄR"], &["ÄRZTE Bot", "ärmel"][..]),
        (["bot", "BOT", "bOt"], &["ÄRZTE Bot"]),
        (["δελ", "ΔΕΛ", "Δελ"], &["ΔΕΛΤΑ"]),
        (["ПОК", "пок", "Пок"], &["жук Покупки"]),
        (["str", "STR", "Straß"], &["Straße"]),
    ] {
        for term in terms {
            let mut sorted: Vec<String> = expected.iter().map(|name| (*name).to_owned()).collect();
            sorted.sort_unstable();
            assert_eq!(found(&owner, term), sorted, "{term}");
        }
    }
}

fn agent_names_and_addresses_are_searched_too(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.agent_of(&json!({ "name": "First", "agentName": "research-bot" }));
    let second = owner.agent_of(&json!({ "name": "Second", "agentName": "buyer" }));
    owner.agent_of(&json!({ "name": "Third" }));
    assert_eq!(found(&owner, "research"), ["First"]);
    assert_eq!(found(&owner, "research-bot"), ["First"]);
    assert_eq!(found(&owner, "buy"), ["Second"]);
    for term in [second.address.as_str(), &second.address.to_lowercase(), &second.address[..28]] {
        assert_eq!(found(&owner, term), ["Second"], "{term}");
    }
    assert_eq!(found(&owner, "wg_"), ["First", "Second", "Third"], "every address begins so");
}

fn no_term_finds_everyone(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.agent("One");
    owner.agent("Two");
    assert_eq!(found(&owner, ""), ["One", "Two"]);
    let all = owner.get("/network/directory").ok();
    assert_eq!(all["data"].as_array().map(Vec::len), Some(2));
}

fn a_term_is_taken_as_text(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.agent("Plain");
    owner.agent("100% Cotton");
    for wild in
        ["%", "_", "*", "P_ain", "P%n", "%lain", "*lain", ".lain", "P.*n", "'", "\"", "\\", "--"]
    {
        assert!(!found(&owner, wild).contains(&"Plain".to_owned()), "{wild} matches nothing");
    }
    assert_eq!(found(&owner, "plain"), ["Plain"]);
}

fn renaming_moves_an_entry(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.agent_of(&json!({ "name": "Before", "agentName": "old-bot" }));
    let rename = json!({ "name": "After", "agentName": "new-bot" });
    owner.patch(&format!("/wallets/{}", agent.id), &rename).ok();
    for old in ["before", "old-bot"] {
        assert_eq!(found(&owner, old), Vec::<String>::new(), "{old}");
    }
    for new in ["after", "new-bot"] {
        assert_eq!(found(&owner, new), ["After"], "{new}");
    }
}

fn odd_terms_do_no_harm(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.agent("Plain");
    for odd in ["%00", "%ff", &"x".repeat(5_000), "%20", "%F0%9F%A6%80", "a&search=b"] {
        let answer = owner.get(&format!("/network/directory?search={odd}"));
        assert!([200, 400].contains(&answer.status), "{}", answer.story());
    }
    assert_eq!(found(&owner, "plain"), ["Plain"]);
}
