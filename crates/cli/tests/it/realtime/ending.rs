//! How a stream ends: with its key, with the server, and never silently.

use serde_json::json;

use crate::support::socket::sequence_of;
use crate::support::{Heard, Server, Socket, Store, stories};

stories!(
    a_revoked_key_is_cut_off_everywhere,
    a_changed_key_has_to_connect_again,
    an_expired_key_is_cut_off,
    an_agent_that_loses_its_key_is_cut_off,
    a_server_that_stops_says_so,
);

const START: &str = "2026-03-02T09:00:00Z";

/// The events that still come, and that the stream ends with this code.
#[track_caller]
fn events_before(socket: &mut Socket, code: u16) -> Vec<i64> {
    let (events, end) = socket.end();
    assert_eq!(end, Heard::Closed(code), "behind {events:?}");
    events.iter().map(|it| sequence_of(it)).collect()
}

fn a_revoked_key_is_cut_off_everywhere(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("Shop"));
    let (key, caller) = owner.colleague(&["webhooks:read"]);
    let (_, other) = owner.colleague(&["webhooks:read"]);
    let query = format!("?apiKey={}", caller.secret().expect("a key"));
    let begun = owner.last_sequence();
    let replayed = format!("?after={begun}");
    let mut cut = [caller.follow(""), server.nobody().follow(&query), caller.follow(&replayed)];
    let mut stays = [other.follow(""), owner.follow("")];
    for socket in cut.iter_mut().take(2).chain(&mut stays) {
        socket.ping();
    }
    owner.paid(&from, &to, "1.00");
    owner.delete(&format!("/api-keys/{key}")).expect(204);
    owner.paid(&from, &to, "2.00");
    for socket in &mut cut {
        let heard = events_before(socket, 4001);
        let expected: Vec<i64> = (begun + 1..=begun + 3).collect();
        assert!(heard == expected[..2] || heard == expected, "{heard:?}, begun at {begun}");
    }
    let new = owner.events_behind(begun);
    for socket in &mut stays {
        assert_eq!(socket.events(new.len()), new, "others hear on");
    }
    caller.handshake("").refused(401, "API_KEY_REVOKED");
    caller.handshake("?after=0").refused(401, "API_KEY_REVOKED");
}

fn a_changed_key_has_to_connect_again(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("Shop"));
    let (key, caller) = owner.colleague(&["webhooks:read", "payments:read"]);
    let path = format!("/api-keys/{key}");
    let mut socket = caller.follow("");
    let begun: i64 = socket.ping().parse().expect("a sequence");
    owner.paid(&from, &to, "1.00");
    owner.patch(&path, &json!({ "permissions": ["webhooks:read"] })).ok();
    owner.paid(&from, &to, "1.00");
    let heard = events_before(&mut socket, 1012);
    let last = *heard.last().expect("the events before");
    assert!(last == begun + 2 || last == begun + 3, "{heard:?}, begun at {begun}");
    let mut socket = caller.follow(&format!("?after={}", begun + 3));
    assert_eq!(sequence_of(&socket.event()), begun + 4, "it may go on");
    owner.patch(&path, &json!({ "permissions": ["payments:read"] })).ok();
    owner.paid(&from, &to, "1.00");
    events_before(&mut socket, 1012);
    caller.handshake("").refused(403, "PERMISSION_DENIED");
}

fn an_expired_key_is_cut_off(store: Store) {
    let server = Server::start_at(store, START);
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    let until = json!("2026-03-02T10:00:00Z");
    let wide = server.key(&json!({ "permissions": ["webhooks:read"], "expiresAt": until }));
    let scope = json!([wallet]);
    let scoped = server
        .key(&json!({ "permissions": ["wallets:read"], "walletScope": scope, "expiresAt": until }));
    let mut sockets = [wide.follow(""), scoped.follow("")];
    for socket in &mut sockets {
        socket.ping();
    }
    server.advance("PT59M");
    owner.fund(&wallet, 1);
    for socket in &mut sockets {
        socket.event();
    }
    server.advance("PT1M");
    owner.fund(&wallet, 2);
    for socket in &mut sockets {
        assert_eq!(events_before(socket, 4001), [0_i64; 0], "nothing from that moment on");
    }
    wide.handshake("").refused(401, "API_KEY_REVOKED");
}

fn an_agent_that_loses_its_key_is_cut_off(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (rotated, deleted, paused) = (owner.agent("A"), owner.agent("B"), owner.agent("C"));
    let mut sockets = [&rotated, &deleted, &paused].map(|agent| agent.api.follow(""));
    for socket in &mut sockets {
        socket.ping();
    }
    let [first, second, third] = &mut sockets;
    let new = owner.act(&format!("/agents/{}/rotate-key", rotated.id)).ok();
    let new = owner.with_key(new["apiKey"].as_str().expect("a key"));
    events_before(first, 4001);
    owner.delete(&format!("/agents/{}", deleted.id)).ok();
    events_before(second, 4001);
    owner.act(&format!("/agents/{}/pause", paused.id)).ok();
    assert!(third.event().contains("wallet.frozen"), "whoever is paused hears on");
    new.follow("").ping();
}

fn a_server_that_stops_says_so(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("Shop"));
    let agent = owner.agent("Agent");
    let mut sockets: Vec<Socket> = (0..20).map(|_| owner.follow("")).collect();
    sockets.push(agent.api.follow("?after=0"));
    sockets.push(server.live().follow("?after=0"));
    let begun = owner.last_sequence();
    for _ in 0..5 {
        owner.paid(&from, &to, "1.00");
    }
    server.signal("-TERM");
    let mut ends = Vec::new();
    for socket in &mut sockets {
        let (events, end) = socket.end();
        ends.push(end);
        let heard: Vec<i64> = events.iter().map(|it| sequence_of(it)).collect();
        assert!(heard.is_sorted(), "{heard:?}");
    }
    assert_eq!(ends, vec![Heard::Closed(1001); sockets.len()]);
    let status = server.stop();
    assert!(status.success(), "{status}\n{}", server.log());
    server.launch();
    let owner = server.owner();
    let missed = owner.events_behind(begun);
    assert_eq!(missed.len(), 10);
    assert_eq!(owner.follow(&format!("?after={begun}")).events(10), missed, "all is still there");
}
