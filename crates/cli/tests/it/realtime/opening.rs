//! Who may open the stream: decided before the connection becomes a socket.

use serde_json::json;

use crate::support::{Api, Server, Store, id, stories};

stories!(
    a_key_is_checked_before_the_upgrade,
    what_asks_for_no_stream_is_refused,
    a_key_in_the_query_is_never_logged,
);

const START: &str = "2026-03-02T09:00:00Z";

/// The query that holds the caller's key, and the same place without one.
fn in_query(server: &Server, caller: &Api) -> (String, Api) {
    (format!("?apiKey={}", caller.secret().expect("a key")), server.nobody())
}

#[track_caller]
fn refused_both_ways(server: &Server, caller: &Api, status: u16, code: &str) {
    let (query, nobody) = in_query(server, caller);
    caller.handshake("").refused(status, code);
    nobody.handshake(&query).refused(status, code);
}

fn a_key_is_checked_before_the_upgrade(store: Store) {
    let server = Server::start_at(store, START);
    let owner = server.owner();
    for caller in [&owner, &server.live(), &server.permitted(&["webhooks:read"])] {
        let (query, nobody) = in_query(&server, caller);
        let mut sockets = [caller.follow(""), nobody.follow(&query)];
        assert_eq!(sockets[0].ping(), sockets[1].ping());
    }
    server.nobody().handshake("").refused(401, "UNAUTHORIZED");
    server.nobody().handshake("?apiKey=").refused(401, "UNAUTHORIZED");
    let unknown = format!("wg_test_{}", "0".repeat(43));
    for bad in ["nonsense", "wg_test_", unknown.as_str()] {
        refused_both_ways(&server, &server.nobody().with_key(bad), 401, "UNAUTHORIZED");
    }
    let (revoked, caller) = owner.colleague(&["*"]);
    owner.delete(&format!("/api-keys/{revoked}")).expect(204);
    refused_both_ways(&server, &caller, 401, "API_KEY_REVOKED");
    let short = server.key(&json!({
        "permissions": ["webhooks:read"], "expiresAt": "2026-03-02T10:00:00Z",
    }));
    short.follow("").ping();
    let elsewhere = json!({ "permissions": ["*"], "allowedIps": ["192.0.2.0/24"] });
    refused_both_ways(&server, &server.key(&elsewhere), 403, "PERMISSION_DENIED");
    let refused = server.permitted(&["payments:read", "webhooks:write"]).handshake("");
    let details = refused.refused(403, "PERMISSION_DENIED");
    assert_eq!(details["required"], "webhooks:read");
    // A key with no permissions can do nothing, whatever it sees.
    let wallet = owner.wallet("Lonely");
    refused_both_ways(&server, &server.scoped(&[], &[&wallet]), 403, "PERMISSION_DENIED");
    server.advance("PT1H");
    refused_both_ways(&server, &short, 401, "API_KEY_REVOKED");
}

fn what_asks_for_no_stream_is_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let bad = ["-1", "x", "", "1.5", "%2B", "99999999999999999999", "0x1", "null"];
    for after in bad {
        owner.handshake(&format!("?after={after}")).refused_fields(&["after"]);
    }
    let opened = owner.handshake_head("?after=0");
    assert!(opened.starts_with("HTTP/1.1 101 "), "{opened}");
    let opened = opened.to_ascii_lowercase();
    for name in ["x-request-id: ", "wallgent-version: 2026-03-01"] {
        assert!(opened.contains(name), "{name} in {opened}");
    }
    owner.get("/realtime").refused_fields(&["Upgrade"]);
    owner.get("/realtime?after=nope").refused(400, "VALIDATION_ERROR");
    let refused = owner.act("/realtime");
    refused.refused(405, "METHOD_NOT_ALLOWED");
    assert!(refused.header("allow").is_some_and(|it| it.contains("GET")), "{}", refused.story());
    // Where nothing is streamed a key in the query is none.
    let (query, nobody) = in_query(&server, &owner);
    nobody.get(&format!("/events{query}")).refused(401, "UNAUTHORIZED");
    nobody.post(&format!("/wallets{query}"), &json!({ "name": "No" })).refused(401, "UNAUTHORIZED");
}

fn a_key_in_the_query_is_never_logged(store: Store) {
    let server = Server::start_logging(store, "trace");
    let owner = server.owner();
    let made = owner.post("/api-keys", &json!({ "permissions": ["*"] })).created();
    let secret = made["secret"].as_str().expect("a secret at creation");
    let nobody = server.nobody();
    let mut socket = nobody.follow(&format!("?apiKey={secret}&after=0"));
    socket.events_until("api_key.created");
    let denied = owner.post("/api-keys", &json!({ "permissions": ["payments:read"] })).created();
    let denied_secret = denied["secret"].as_str().expect("a secret at creation");
    nobody.handshake(&format!("?apiKey={denied_secret}")).refused(403, "PERMISSION_DENIED");
    nobody.handshake(&format!("?apiKey={secret}&after=x")).refused(400, "VALIDATION_ERROR");
    nobody.handshake("?apiKey=wg_test_MISSPELT").refused(401, "UNAUTHORIZED");
    nobody.get(&format!("/events?apiKey={secret}")).refused(401, "UNAUTHORIZED");
    owner.delete(&format!("/api-keys/{}", id(&made))).expect(204);
    socket.end();
    nobody.handshake(&format!("?apiKey={secret}")).refused(401, "API_KEY_REVOKED");
    let log = server.whole_log();
    assert!(log.lines().count() > 20, "much is logged:\n{log}");
    for hidden in [secret, denied_secret, "wg_test_MISSPELT", "apiKey="] {
        let line = log.lines().find(|line| line.contains(hidden));
        assert_eq!(line, None, "{hidden} is in the log");
    }
}
