//! Requests whose paths, queries, headers or framing are wrong.

use std::time::Duration;

use serde_json::json;

use crate::support::{Server, Store, exchange, stories};

/// Longer than the server waits for a client to take an answer.
const NEVER_READ_PATIENCE: Duration = Duration::from_secs(45);

stories!(
    hostile_ids_are_not_found,
    bad_cursors_and_limits_are_refused,
    hostile_filters_do_no_harm,
    hostile_headers_do_no_harm,
    what_is_not_http_does_no_harm,
    a_client_that_never_reads_is_let_go,
    a_body_that_never_comes_does_no_harm,
);

fn hostile_ids_are_not_found(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let long = "A".repeat(4_000);
    for id in [
        "%00",
        "wal_%00",
        "%ff%fe",
        "..",
        "%2e%2e",
        "%2e%2e%2f%2e%2e",
        "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ%00",
        "wal_",
        "_",
        "wal_01HZZZZZZZZZZZZZZZZZZZZZZU",
        "'%20OR%201=1--",
        "%F0%9F%A6%80",
        "wal_80000000000000000000000000",
        "%25",
        "null",
        "undefined",
        "0",
        "-1",
        &long,
    ] {
        for (path, code) in [
            (format!("/wallets/{id}"), "WALLET_NOT_FOUND"),
            (format!("/wallets/{id}/balance"), "WALLET_NOT_FOUND"),
            (format!("/payments/{id}"), "NOT_FOUND"),
            (format!("/policies/{id}"), "POLICY_NOT_FOUND"),
            (format!("/api-keys/{id}"), "NOT_FOUND"),
            (format!("/agents/{id}"), "WALLET_NOT_FOUND"),
            (format!("/approvals/{id}"), "NOT_FOUND"),
            (format!("/delegations/{id}"), "NOT_FOUND"),
        ] {
            let answer = owner.get(&path);
            // Dots may be taken for a path that is no route at all.
            let codes = [code, "NOT_FOUND"];
            assert!(answer.status == 404 && codes.contains(&answer.code()), "{}", answer.story());
            answer.assert_envelope();
        }
    }
    let from = owner.funded(10);
    for to in ["", "\n", "wal_", "../../etc/passwd", &long, "日本"] {
        let answer = owner.pay(&from, to, "1.00");
        assert!([400, 404].contains(&answer.status), "{}", answer.story());
        answer.assert_envelope();
    }
    assert_eq!(owner.balance(&from), "10.00");
}

fn bad_cursors_and_limits_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(10);
    owner.wallet("Second");
    let foreign =
        owner.get("/wallets?limit=1").ok()["cursor"].as_str().expect("a cursor").to_owned();
    let lists = [
        "/wallets".to_owned(),
        "/payments".to_owned(),
        "/api-keys".to_owned(),
        format!("/wallets/{wallet}/transactions"),
        format!("/wallets/{wallet}/policy-evaluations"),
    ];
    for list in &lists {
        for bad in [
            "limit=0",
            "limit=101",
            "limit=-1",
            "limit=x",
            "limit=1.5",
            "limit=",
            "limit=99999999999999999999",
            "cursor=x",
            "cursor=%00",
            "cursor=%ff",
            "cursor=AAAA",
            "cursor=../..",
            &format!("cursor={}", "Z".repeat(5_000)),
        ] {
            owner.get(&format!("{list}?{bad}")).refused(400, "VALIDATION_ERROR");
        }
        for good in ["limit=1", "limit=100", "nonsense=1"] {
            owner.get(&format!("{list}?{good}")).ok();
        }
    }
    let tampered = format!("{foreign}x");
    owner.get(&format!("/wallets?cursor={tampered}")).refused(400, "VALIDATION_ERROR");
}

fn hostile_filters_do_no_harm(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(10);
    let long = "A".repeat(3_000);
    let filters = [
        "walletId",
        "status",
        "type",
        "idempotencyKey",
        "createdAfter",
        "result",
        "",
        "role",
        "action",
        "resource",
        "resourceType",
        "actorId",
        "from",
        "to",
        "search",
        "limit",
        "cursor",
    ];
    let values = ["%00", "%ff", "'", "%F0%9F%A6%80", "[]", "-1", "%", "2026-02-30", &long];
    let lists = [
        "/wallets",
        "/payments",
        "/api-keys",
        "/agents",
        "/approvals",
        "/delegations",
        "/audit-logs",
        "/network/directory",
        "/agents/templates",
    ]
    .map(str::to_owned);
    let lists_of_the_wallet = ["transactions", "holds", "policy-evaluations", "limits", "policies"]
        .map(|list| format!("/wallets/{wallet}/{list}"));
    for list in lists.iter().chain(&lists_of_the_wallet) {
        for (filter, value) in filters.iter().flat_map(|f| values.iter().map(move |v| (f, v))) {
            let answer = owner.get(&format!("{list}?{filter}={value}"));
            assert!([200, 400, 404].contains(&answer.status), "{}", answer.story());
            if answer.status != 200 {
                answer.assert_envelope();
            }
        }
    }
    for filter in ["status=%00", "walletId=%00", "createdAfter=%ff", "idempotencyKey=%00"] {
        assert_ne!(
            owner.get(&format!("/payments?{filter}")).status,
            200,
            "{filter} filters nothing out"
        );
    }
}

fn hostile_headers_do_no_harm(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let large = "h".repeat(4_000);
    for (name, value) in [
        ("X-Request-Id", "\u{7f}\u{1}"),
        ("Accept", "text/html;q=0.1, */*;q=NaN"),
        ("X-Forwarded-For", "'; DROP TABLE"),
        ("Forwarded", "for=\"[::1\""),
        ("Cookie", &large),
        ("Expect", "tea"),
    ] {
        let answer = owner.with_header(name, value).get("/wallets");
        assert!(answer.status < 500, "{}", answer.story());
    }
    let address = server.account("url").trim_start_matches("http://").to_owned();
    let key = server.account("sandboxKey");
    let many: String = (0..2_000).map(|n| format!("X-Many-{n}: x\r\n")).collect();
    let huge = format!("X-Huge: {}\r\n", "h".repeat(2_000_000));
    for headers in [many, huge] {
        let request = format!(
            "GET /v1/wallets HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n{headers}\r\n"
        );
        if let Ok(answer) = exchange(&address, request.as_bytes()) {
            assert!((400..500).contains(&answer.status), "{}", answer.status);
        }
    }
    owner.get("/wallets").ok();
}

fn what_is_not_http_does_no_harm(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let from = owner.funded(10);
    let to = server.account("sandboxWalletId");
    let body = format!("{{\"from\":\"{from}\",\"to\":\"{to}\",\"amount\":\"1.00\"}}");
    let head = format!(
        "POST /v1/payments HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer {}\r\n",
        server.account("sandboxKey")
    );
    let address = server.account("url").trim_start_matches("http://").to_owned();
    for request in [
        "\0\0\0\0\r\n\r\n".to_owned(),
        "GET\r\n\r\n".to_owned(),
        "GET /v1/wallets HTTP/9.9\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1}\u{2}hello\r\n\r\n".to_owned(),
        format!("{head}Content-Length: x\r\n\r\n{body}"),
        format!("{head}Content-Length: -1\r\n\r\n{body}"),
        format!("{head}Content-Length: 5\r\nContent-Length: {}\r\n\r\n{body}", body.len()),
        format!("{head}Transfer-Encoding: chunked\r\n\r\nZZ\r\n{body}\r\n0\r\n\r\n"),
        format!("{head}Transfer-Encoding: nonsense\r\n\r\n{body}"),
    ] {
        if let Ok(answer) = exchange(&address, request.as_bytes()) {
            assert!((400..500).contains(&answer.status), "{} for {request:?}", answer.status);
        }
        owner.get("/wallets").ok();
    }
    assert_eq!(owner.balance(&from), "10.00");
    let size = format!("{:x}", body.len());
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n{size}\r\n{body}\r\n0\r\n\r\n");
    assert_eq!(
        exchange(&address, chunked.as_bytes()).map(|answer| answer.status),
        Ok(200),
        "well-formed chunks are a body"
    );
}

/// Answers that nobody takes do not hold a connection for ever.
fn a_client_that_never_reads_is_let_go(store: Store) {
    use std::io::Write;
    let server = Server::start(store);
    let address = server.account("url").trim_start_matches("http://").to_owned();
    let mut stream = std::net::TcpStream::connect(&address).expect("a connection");
    stream.set_write_timeout(Some(NEVER_READ_PATIENCE)).expect("a time limit");
    let asked = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1_000);
    // Both directions fill up; what ends the last write is that the server hangs up.
    let error = loop {
        if let Err(error) = stream.write_all(asked.as_bytes()) {
            break error;
        }
    };
    let hung_up = [std::io::ErrorKind::ConnectionReset, std::io::ErrorKind::BrokenPipe];
    assert!(hung_up.contains(&error.kind()), "{error}");
    server.owner().get("/wallets").ok();
}

fn a_body_that_never_comes_does_no_harm(store: Store) {
    use std::io::Write;
    let server = Server::start(store);
    let owner = server.owner();
    let address = server.account("url").trim_start_matches("http://").to_owned();
    let head = format!(
        "POST /v1/wallets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer {}\r\nContent-Length: 1000\r\n\r\n{{\"name\"",
        server.account("sandboxKey")
    );
    let mut waiting = Vec::new();
    for _ in 0..20 {
        let mut stream = std::net::TcpStream::connect(&address).expect("a connection");
        stream.write_all(head.as_bytes()).expect("half a request");
        waiting.push(stream);
    }
    owner.post("/wallets", &json!({ "name": "Meanwhile" })).created();
    drop(waiting);
    assert_eq!(owner.all_ids("/wallets").len(), 2, "half a request makes nothing");
}
