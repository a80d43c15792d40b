//! What is sent because somebody asks.

use std::thread;

use serde_json::json;

use crate::support::receiver::{Answering, Receiver};
use crate::support::{Server, Store, stories};

stories!(a_test_is_not_sent_twice_at_once, an_event_is_not_sent_again_twice_at_once);

/// Sends one request twice under a key, the second while the endpoint has not
/// answered the first.
#[track_caller]
fn send_twice(server: &Server, receiver: &Receiver, path: &str) {
    let owner = server.owner();
    receiver.now_answers(Answering::Waiting);
    let before = receiver.delivered().len();
    let first = thread::scope(|scope| {
        let first = scope.spawn(|| owner.once("again-1").act(path));
        receiver.wait_for(before + 1);
        let second = owner.once("again-1").act(path);
        receiver.now_answers(Answering::status(200));
        let details = second.refused(409, "IDEMPOTENCY_IN_FLIGHT");
        assert_eq!(details["retryable"], json!(true));
        assert_eq!(second.header("retry-after"), Some("1"));
        first.join().expect("an answer")
    });
    owner.once("again-1").act(path).assert_replay_of(&first);
    assert_eq!(receiver.delivered().len(), before + 1);
}

fn a_test_is_not_sent_twice_at_once(store: Store) {
    let server = Server::start(store);
    let receiver = Receiver::start();
    let (webhook, _) = server.owner().webhook(&receiver, &["payment.*"]);
    send_twice(&server, &receiver, &format!("/webhooks/{webhook}/test"));
}

fn an_event_is_not_sent_again_twice_at_once(store: Store) {
    let server = Server::start(store);
    let receiver = Receiver::start();
    let owner = server.owner();
    owner.webhook(&receiver, &["wallet.created"]);
    owner.wallet("Shop");
    let event = receiver.wait_for(1)[0].event["id"].as_str().expect("an ID").to_owned();
    send_twice(&server, &receiver, &format!("/events/{event}/resend"));
}
