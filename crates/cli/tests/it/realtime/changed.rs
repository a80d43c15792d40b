//! Keys that were changed: they connect again, and go on where they were.

use serde_json::json;

use crate::support::{Heard, Server, Store, stories};

stories!(a_scoped_key_that_was_changed_follows_on, a_key_that_was_changed_hears_all_of_the_past,);

/// Its change is an event that such a key does not see, so the last that it saw lies before it.
fn a_scoped_key_that_was_changed_follows_on(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let shop = owner.funded(1);
    let seen = owner.last_sequence();
    let request = json!({ "permissions": ["wallets:read"], "walletScope": [shop] });
    let (key, reader) = owner.new_key(&request);
    let mut socket = reader.follow("");
    socket.ping();
    owner.patch(&format!("/api-keys/{key}"), &json!({ "name": "Renamed" })).ok();
    assert_eq!(socket.end(), (vec![], Heard::Closed(1012)), "it is told to connect again");
    owner.fund(&shop, 2);
    let mut socket = reader.follow(&format!("?after={seen}"));
    let missed = socket.event();
    assert!(missed.contains("\"wallet.funded\""), "and then hears what it missed: {missed}");
}

fn a_key_that_was_changed_hears_all_of_the_past(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (key, reader) = owner.colleague(&["webhooks:read"]);
    owner.patch(&format!("/api-keys/{key}"), &json!({ "name": "Renamed" })).ok();
    owner.wallet("Later");
    let listed = owner.events_behind(0);
    assert_eq!(reader.follow("?after=0").events(listed.len()), listed);
}
