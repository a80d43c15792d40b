//! `wallgent listen`: events on the terminal, and to a receiver that is being written.

use serde_json::Value;
use wallgent::{DeliveryHeaders, WebhookSecret, verify_webhook_signature};

use crate::support::receiver::{Answering, Delivered};
use crate::support::socket::sequence_of;
use crate::support::{Listen, Proxy, Receiver, Server, Store, stories};

stories!(
    events_are_forwarded_and_signed,
    a_receiver_that_fails_is_passed_over,
    it_begins_where_it_was_asked_to,
    a_server_that_starts_again_is_found,
    whoever_cannot_listen_is_told_why,
    a_secret_belongs_to_a_key,
);

/// The secret for a key, as the command prints it.
#[track_caller]
fn secret_of(server: &Server, key: &str) -> String {
    let printed = server.run(&["listen", "--print-secret", "--api-key", key]).expect_success();
    let secret = printed.trim().to_owned();
    assert!(secret.starts_with("whsec_") && !secret.contains(char::is_whitespace), "{printed}");
    secret
}

/// The published way to receive a delivery accepts it; its sequence.
#[track_caller]
fn received(told: &Delivered, secret: &str) -> i64 {
    let headers = DeliveryHeaders {
        id: told.header("webhook-id"),
        timestamp: told.header("webhook-timestamp"),
        signature: told.header("webhook-signature"),
    };
    let key = WebhookSecret::new(secret).expect("a secret");
    let event = key.receive(told.body.as_bytes(), headers).expect("a good delivery");
    assert_eq!(event.id.to_string(), told.header("webhook-id"));
    let plain = told.header("wallgent-signature");
    assert!(verify_webhook_signature(told.body.as_bytes(), plain, secret), "{plain}");
    assert!(!verify_webhook_signature(b"{}", plain, secret));
    event.sequence
}

fn events_are_forwarded_and_signed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let receiver = Receiver::start();
    let secret = secret_of(&server, server.account("sandboxKey"));
    let arguments = ["--forward-to", &receiver.url(), "--events", "payment.*,wallet.funded"];
    let mut listen = Listen::start(&server, &arguments);
    assert!(listen.printed().iter().any(|line| line.contains(&secret)), "{:?}", listen.printed());
    let begun = owner.last_sequence();
    let (from, to) = (owner.funded(100), owner.wallet("Shop"));
    for _ in 0..5 {
        owner.paid(&from, &to, "1.00");
    }
    let listed: Vec<Value> = owner
        .events_behind(begun)
        .iter()
        .map(|text| serde_json::from_str(text).expect("JSON"))
        .filter(|event: &Value| event["type"] != "wallet.created")
        .collect();
    let told = receiver.wait_for(11);
    let events: Vec<&Value> = told.iter().map(|it| &it.event).collect();
    assert_eq!(events, listed.iter().collect::<Vec<_>>(), "in order, and nothing else");
    for told in &told {
        assert_eq!(received(told, &secret), told.sequence());
        let line = listen.line_with(told.header("webhook-id"));
        let kind = told.event["type"].as_str().expect("text");
        assert!(line.contains(kind) && line.contains("200"), "{line}");
    }
    assert_eq!(listen.signal("-INT").expect_success(), "", "Ctrl-C is no failure");
    owner.fund(&from, 1);
    assert_eq!(receiver.delivered().len(), 11);
}

fn a_receiver_that_fails_is_passed_over(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let receiver = Receiver::answering(Answering::status(500));
    let arguments = ["--forward-to", &receiver.url(), "--events", "wallet.funded"];
    let mut listen = Listen::start(&server, &arguments);
    let wallet = owner.wallet("Shop");
    owner.fund(&wallet, 1);
    listen.line_with("-> 500");
    receiver.now_answers(Answering::HangingUp);
    owner.fund(&wallet, 2);
    listen.line_with("wallet.funded");
    receiver.now_answers(Answering::status(204));
    owner.fund(&wallet, 3);
    listen.line_with("-> 204");
    let amounts: Vec<Value> =
        receiver.delivered().iter().map(|it| it.event["data"]["amount"].clone()).collect();
    assert!(
        amounts.contains(&"1.00".into()) && amounts.last() == Some(&"3.00".into()),
        "{amounts:?}"
    );
    assert_eq!(listen.signal("-TERM").exit_code, 0);
    let nobody = ["--forward-to", "http://127.0.0.1:9/", "--after", "0"];
    let mut listen = Listen::start(&server, &nobody);
    listen.line_with("nobody listens");
    listen.line_with("nobody listens");
    assert_eq!(listen.signal("-INT").exit_code, 0);
}

fn it_begins_where_it_was_asked_to(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(1);
    let after = owner.last_sequence();
    owner.fund(&wallet, 2);
    let agent = owner.agent("Agent");
    let secret = agent.api.secret().expect("a key");
    let (url, after) = (server.account("url"), after.to_string());
    let mut listen = Listen::start(&server, &["--after", &after]);
    for text in owner.events_behind(after.parse().expect("a number")) {
        let event: Value = serde_json::from_str(&text).expect("JSON");
        let line = listen.line_with(event["id"].as_str().expect("an ID"));
        assert_eq!(listen.printed().last(), Some(&line));
    }
    let lines = listen.printed().len();
    assert_eq!(lines, 1 + owner.events_behind(after.parse().expect("a number")).len());
    // A key that sees one wallet listens to it.
    let mut scoped =
        Listen::start(&server, &["--after", &after, "--url", url, "--api-key", secret]);
    owner.fund(&wallet, 3);
    owner.fund(&agent.id, 4);
    scoped.line_with("wallet.funded");
    let funded = scoped.printed().iter().filter(|line| line.contains("wallet.funded")).count();
    assert_eq!(funded, 1, "{:?}", scoped.printed());
    assert!(
        !scoped.printed().iter().any(|line| line.contains("api_key")),
        "{:?}",
        scoped.printed()
    );
}

fn a_server_that_starts_again_is_found(store: Store) {
    let mut server = Server::start(store);
    let proxy = Proxy::before(server.nobody().place());
    let receiver = Receiver::start();
    let key = server.account("sandboxKey").to_owned();
    let url = format!("http://{}", proxy.address());
    let arguments = ["--url", &url, "--api-key", &key, "--forward-to", &receiver.url()];
    let listen = Listen::start(&server, &arguments);
    let begun = server.owner().last_sequence();
    let wallet = server.owner().funded(1);
    for round in 0..3 {
        server.owner().fund(&wallet, 2);
        if round == 1 {
            server.kill()
        } else {
            assert!(server.stop().success())
        }
        server.launch();
        // What happens before it comes back is told to it as well.
        server.owner().fund(&wallet, 3);
        proxy.lead_to(server.nobody().place());
    }
    server.owner().wallet("Last");
    let listed = server.owner().events_behind(begun);
    let told = receiver.wait_for(listed.len());
    let heard: Vec<i64> = told.iter().map(Delivered::sequence).collect();
    let expected: Vec<i64> = listed.iter().map(|text| sequence_of(text)).collect();
    assert_eq!(heard, expected, "none is missing, none comes twice");
    assert_eq!(listen.signal("-INT").exit_code, 0);
}

fn whoever_cannot_listen_is_told_why(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (url, key) = (server.account("url"), server.account("sandboxKey"));
    let fails = |key: &str, arguments: &[&str]| {
        let access = ["listen", "--url", url, "--api-key", key];
        server.run(&[&access, arguments].concat()).expect_failure()
    };
    for unknown in ["payment.complete", "payments.*", "payment.completed,nope", "pay*", ""] {
        let reason = fails(key, &["--events", unknown]);
        assert!(reason.contains(unknown.split(',').next_back().expect("some")), "{reason}");
    }
    fails(key, &["--after=-1"]);
    let reason = fails(key, &["--forward-to", "nowhere"]);
    assert!(reason.contains("--forward-to"), "{reason}");
    fails("nonsense", &[]);
    fails(&format!("wg_test_{}", "0".repeat(43)), &[]);
    let weak = server.permitted(&["payments:read"]);
    let reason = fails(weak.secret().expect("a key"), &[]);
    assert!(reason.contains("webhooks:read"), "{reason}");
    let nowhere = ["listen", "--url", "http://127.0.0.1:9", "--api-key", key];
    server.run(&nowhere).expect_failure();
    let empty = server.folder().join("empty").display().to_string();
    for arguments in [&["listen", "--data", &empty][..], &["listen", "--print-secret"]] {
        let reason = server.run(arguments).expect_failure();
        assert!(reason.contains("API key"), "{reason}");
    }
    // Whose key is revoked is told so while it listens.
    let (id, caller) = owner.colleague(&["webhooks:read"]);
    let listen =
        Listen::start(&server, &["--api-key", caller.secret().expect("a key"), "--url", url]);
    owner.delete(&format!("/api-keys/{id}")).expect(204);
    let reason = listen.wait().expect_failure();
    assert!(reason.contains("revoked"), "{reason}");
}

fn a_secret_belongs_to_a_key(store: Store) {
    let server = Server::start(store);
    let folder = server.folder().display().to_string();
    let (sandbox, live) = (server.account("sandboxKey"), server.account("liveKey"));
    let secret = secret_of(&server, sandbox);
    assert_eq!(secret, secret_of(&server, sandbox), "always the same");
    assert_ne!(secret, secret_of(&server, live));
    let printed = server.run(&["listen", "--print-secret", "--data", &folder]).expect_success();
    assert_eq!(printed.trim(), secret, "the key of dev.json");
    assert!(!secret.contains(sandbox) && !sandbox.contains(&secret[6..]));
}
