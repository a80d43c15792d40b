//! Bodies that are no request: broken, mistyped, absurd, hostile. Each gets the envelope and changes nothing.

use serde_json::json;

use crate::support::{Api, Server, Store, stories};

stories!(
    broken_json_is_a_validation_error,
    a_body_that_is_no_object_is_refused,
    text_must_be_clean_unicode,
    duplicate_fields_are_refused,
    deep_nesting_is_refused,
    bodies_are_limited_to_a_mebibyte,
    other_content_types_are_refused,
    an_empty_body_is_an_empty_object_where_it_may_be,
);

/// The calls that read a body, on this wallet.
fn calls(server: &Server, wallet: &str) -> Vec<(&'static str, String)> {
    let owner = server.owner();
    let policy = owner.policy(wallet, &json!({}));
    let key = owner.post("/api-keys", &json!({ "permissions": [] })).created();
    let payment = owner.paid(wallet, server.account("sandboxWalletId"), "1.00");
    let agent = owner.agent("Bot").id;
    let waiting = owner.ask(&owner.guarded(10), wallet, "1.00").approval;
    vec![
        ("POST", "/wallets".to_owned()),
        ("PATCH", format!("/wallets/{wallet}")),
        ("POST", format!("/wallets/{wallet}/fund")),
        ("POST", format!("/wallets/{wallet}/freeze")),
        ("POST", format!("/wallets/{wallet}/close")),
        ("POST", "/sandbox/fund".to_owned()),
        ("POST", format!("/wallets/{wallet}/policies")),
        ("PATCH", format!("/policies/{policy}")),
        ("POST", format!("/wallets/{wallet}/policies/check")),
        ("POST", "/payments".to_owned()),
        ("POST", "/payments/batch".to_owned()),
        ("POST", format!("/payments/{payment}/reverse")),
        ("POST", "/api-keys".to_owned()),
        ("PATCH", format!("/api-keys/{}", key["id"].as_str().expect("text"))),
        ("PATCH", "/organizations/me".to_owned()),
        ("POST", "/agents".to_owned()),
        ("POST", "/agents/from-template".to_owned()),
        ("POST", format!("/agents/{agent}/adjust-budget")),
        ("POST", format!("/agents/{agent}/pause")),
        ("POST", format!("/agents/{agent}/rotate-key")),
        ("POST", format!("/approvals/{waiting}/approve")),
        ("POST", format!("/approvals/{waiting}/reject")),
        ("POST", "/network/pay".to_owned()),
        ("POST", "/delegations".to_owned()),
    ]
}

/// Everything a refused request could have changed, as one text.
fn picture(owner: &Api, wallet: &str) -> String {
    let read = |path: &str| owner.get(path).ok().to_string();
    let paths = [
        "/wallets",
        "/payments",
        "/api-keys",
        "/organizations/me",
        "/agents",
        "/approvals",
        "/delegations",
        &format!("/wallets/{wallet}/policies"),
        &format!("/wallets/{wallet}/balance"),
    ];
    let mut seen: serde_json::Value = paths.map(read).join("\n").into();
    // When a key was last used may change with any request.
    if let Some(text) = seen.as_str() {
        let steady: Vec<&str> =
            text.split(',').filter(|part| !part.contains("lastUsedAt")).collect();
        seen = steady.join(",").into();
    }
    seen.to_string()
}

/// Each body is refused with 400 by each call, and nothing changes.
#[track_caller]
fn assert_refused_everywhere(store: Store, bodies: &[Vec<u8>]) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let calls = calls(&server, &wallet);
    let before = picture(&owner, &wallet);
    for (method, path) in &calls {
        for body in bodies {
            let answer = owner.send_bytes(method, path, "application/json", body);
            answer.refused(400, "VALIDATION_ERROR");
        }
    }
    assert_eq!(picture(&owner, &wallet), before);
}

fn texts(bodies: &[&str]) -> Vec<Vec<u8>> {
    bodies.iter().map(|body| body.as_bytes().to_vec()).collect()
}

fn broken_json_is_a_validation_error(store: Store) {
    assert_refused_everywhere(
        store,
        &texts(&[
            "{",
            "{\"name\":",
            "{\"name\": \"x\"",
            "{name: 1}",
            "{'name': 1}",
            "{\"a\":1,}",
            "{\"a\":1}}",
            "{\"a\":1} {}",
            "nul",
            "\u{feff}{}",
            "{\"a\":NaN}",
            "{\"a\":01}",
            "{\"a\":\"\\x\"}",
        ]),
    );
}

fn a_body_that_is_no_object_is_refused(store: Store) {
    assert_refused_everywhere(
        store,
        &texts(&["[]", "[{}]", "\"text\"", "1", "true", "null", "1e999"]),
    );
}

fn text_must_be_clean_unicode(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(10);
    for name in ["\\u0000", "a\\u0000b", "\\ud800", "\\udc00\\ud800"] {
        owner
            .post_text("/wallets", &format!("{{\"name\":\"{name}\"}}"))
            .refused(400, "VALIDATION_ERROR");
        owner
            .post_text(
                &format!("/wallets/{wallet}/policies"),
                &format!("{{\"name\":\"P\",\"approvedRecipients\":[\"{name}\"]}}"),
            )
            .refused(400, "VALIDATION_ERROR");
        let metadata = format!("{{\"name\":\"M\",\"metadata\":{{\"k\":[\"{name}\"]}}}}");
        owner.post_text("/wallets", &metadata).refused(400, "VALIDATION_ERROR");
        let pay = format!(
            "{{\"from\":\"{wallet}\",\"to\":\"{}\",\"amount\":\"1\",\"description\":\"{name}\"}}",
            server.account("sandboxWalletId")
        );
        owner.post_text("/payments", &pay).refused(400, "VALIDATION_ERROR");
    }
    for raw in [
        &b"{\"name\":\"\xff\"}"[..],
        b"{\"name\":\"\xc3\x28\"}",
        b"{\"name\":\"\xed\xa0\x80\"}",
        b"{\"name\":\"a\x00b\"}",
        b"\xff\xfe{\x00}\x00",
    ] {
        owner
            .send_bytes("POST", "/wallets", "application/json", raw)
            .refused(400, "VALIDATION_ERROR");
    }
    for clean in [
        "🦀 Ünïcødé \u{202e}text",
        "'; DROP TABLE wallets; --",
        "<script>alert(1)</script>",
        "%00%0a\\n",
    ] {
        let made = owner
            .post("/wallets", &json!({ "name": clean, "metadata": { clean: clean } }))
            .created();
        assert_eq!((&made["name"], &made["metadata"]), (&json!(clean), &json!({ clean: clean })));
    }
}

fn duplicate_fields_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(10), owner.wallet("To"));
    let twice =
        format!("{{\"from\":\"{from}\",\"to\":\"{to}\",\"amount\":\"1.00\",\"amount\":\"2.00\"}}");
    owner.post_text("/payments", &twice).refused(400, "VALIDATION_ERROR");
    owner.post_text("/wallets", "{\"name\":\"A\",\"name\":\"B\"}").refused(400, "VALIDATION_ERROR");
    owner
        .post_text(&format!("/wallets/{from}/fund"), "{\"amount\":\"1\",\"amount\":\"1\"}")
        .refused(400, "VALIDATION_ERROR");
    let policy = "{\"name\":\"P\",\"dailySpendingLimit\":\"1\",\"dailySpendingLimit\":\"1000\"}";
    owner.post_text(&format!("/wallets/{from}/policies"), policy).refused(400, "VALIDATION_ERROR");
    owner
        .post_text("/api-keys", "{\"permissions\":[],\"permissions\":[\"*\"]}")
        .refused(400, "VALIDATION_ERROR");
    assert_eq!((owner.balance(&from), owner.balance(&to)), ("10.00".to_owned(), "0.00".to_owned()));
}

fn deep_nesting_is_refused(store: Store) {
    let nest = |open: &str, close: &str| {
        format!("{}{}", open.repeat(50_000), close.repeat(50_000)).into_bytes()
    };
    let inside = |value: Vec<u8>| {
        [b"{\"name\":\"Deep\",\"metadata\":{\"a\":".to_vec(), value, b"}}".to_vec()].concat()
    };
    let server = Server::start(store);
    let owner = server.owner();
    for body in
        [nest("[", "]"), nest("{\"a\":[", "]}"), inside(nest("[", "]")), vec![b'['; 500_000]]
    {
        for path in ["/wallets", "/payments", "/payments/batch", "/api-keys"] {
            owner
                .send_bytes("POST", path, "application/json", &body)
                .refused(400, "VALIDATION_ERROR");
        }
    }
    assert_eq!(owner.all_ids("/wallets").len(), 1);
}

fn bodies_are_limited_to_a_mebibyte(store: Store) {
    const MEBIBYTE: usize = 1024 * 1024;
    let server = Server::start(store);
    let owner = server.owner();
    let sized = |bytes: usize| format!("{{\"name\":\"{}\"}}", "x".repeat(bytes - 11)).into_bytes();
    for path in ["/wallets", "/payments", "/payments/batch", "/api-keys"] {
        let answer = owner.send_bytes("POST", path, "application/json", &sized(MEBIBYTE));
        answer.refused(400, "VALIDATION_ERROR");
        for bytes in [MEBIBYTE + 1, 3 * MEBIBYTE] {
            owner
                .send_bytes("POST", path, "application/json", &sized(bytes))
                .refused(413, "PAYLOAD_TOO_LARGE");
        }
    }
    assert_eq!(owner.all_ids("/wallets").len(), 1);
}

fn other_content_types_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let body = b"{\"name\":\"Typed\"}";
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/jsonp",
    ] {
        owner
            .send_bytes("POST", "/wallets", content_type, body)
            .refused(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    assert_eq!(owner.all_ids("/wallets").len(), 1);
    for content_type in ["application/json", "application/json; charset=utf-8", "Application/JSON"]
    {
        owner.send_bytes("POST", "/wallets", content_type, body).created();
    }
}

fn an_empty_body_is_an_empty_object_where_it_may_be(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, to) = (owner.funded(10), owner.wallet("To"));
    let payment = owner.paid(&wallet, &to, "1.00");
    for path in [
        format!("/wallets/{wallet}/freeze"),
        format!("/wallets/{wallet}/unfreeze"),
        format!("/payments/{payment}/reverse"),
    ] {
        owner.send_bytes("POST", &path, "application/json", b"").ok();
    }
    owner.send_bytes("POST", "/wallets", "application/json", b"").refused(400, "VALIDATION_ERROR");
    owner.send_bytes("POST", "/api-keys", "application/json", b"").created();
}
