//! Several processes on one PostgreSQL store: one writes, the others read and wait for their turn.

use std::time::{Duration, Instant};

use serde_json::json;

use super::serving::ENCRYPTION_KEY;
use crate::support::{Api, Heard, Serve, Server, Store, postgres_is_there};

/// The longest a lease may keep a waiting process from writing after its holder died.
const TAKE_OVER: Duration = Duration::from_secs(60);

/// Two processes on one database; nothing when there is no cluster.
pub(crate) fn pair(story: &str) -> Option<(Server, Serve)> {
    if !postgres_is_there(story) {
        return None;
    }
    let server = Server::start_with(Store::Postgres, &["--encryption-key", ENCRYPTION_KEY]);
    let database = server.database().url.clone();
    let flags = ["--database", &database, "--encryption-key", ENCRYPTION_KEY];
    let standby = Serve::start(&server, &flags).expect("a second process starts");
    Some((server, standby))
}

/// Repeats the payment until this process may write; one idempotency key makes it one payment.
fn pay_when_it_may(caller: &Api, from: &str, to: &str) {
    let deadline = Instant::now() + TAKE_OVER;
    let paying = caller.once("take-over");
    loop {
        let answer = paying.pay(from, to, "1.00");
        if answer.status == 200 {
            return;
        }
        answer.refused(503, "SERVICE_UNAVAILABLE");
        assert!(Instant::now() < deadline, "the standby did not take over");
    }
}

#[test]
fn a_second_process_reads_and_takes_over() {
    let Some((mut server, standby)) = pair("a_second_process_reads_and_takes_over") else { return };
    let first = server.owner();
    let second = standby.nobody().with_key(server.account("sandboxKey"));
    let (from, to) = (first.funded(100), first.wallet("To"));
    first.once("before").pay(&from, &to, "1.00").ok();
    assert_eq!(second.balance(&to), "1.00", "it reads");
    let refused = second.pay(&from, &to, "1.00");
    assert_eq!(refused.refused(503, "SERVICE_UNAVAILABLE")["retryable"], true);
    assert!(refused.header("retry-after").is_some(), "{}", refused.story());
    first.pay(&from, &to, "1.00").ok();
    server.kill();
    pay_when_it_may(&second, &from, &to);
    let replay = second.once("before").pay(&from, &to, "1.00").expect(200);
    assert!(replay.replayed(), "what the first process answered stays answered");
    assert_eq!(second.balance(&to), "3.00");
    assert_eq!(standby.stop(), Some(0));
}

#[test]
fn a_writer_that_slept_through_its_lease_is_fenced() {
    let Some((mut server, standby)) = pair("a_writer_that_slept_through_its_lease_is_fenced")
    else {
        return;
    };
    let first = server.owner();
    let second = standby.nobody().with_key(server.account("sandboxKey"));
    let (from, to) = (first.funded(50), first.wallet("To"));
    first.policy(&from, &json!({ "dailySpendingLimit": "5.00" }));
    first.paid(&from, &to, "1.00");
    server.signal("-STOP");
    pay_when_it_may(&second, &from, &to);
    second.paid(&from, &to, "3.00");
    server.signal("-CONT");
    // What it remembers of the limit is old: no answer of it may move money now.
    for _ in 0..20 {
        let request = json!({ "from": from, "to": to, "amount": "1.00" });
        let answer = first.try_send("POST", "/payments", Some(&request));
        assert!(answer.is_none_or(|answer| answer.status != 200), "the old writer still writes");
    }
    assert_eq!(second.balance(&to), "5.00");
    second.pay(&from, &to, "0.01").refused(403, "POLICY_DENIED");
    server.kill();
    assert_eq!(standby.stop(), Some(0));
}

#[test]
fn a_second_process_tells_of_what_the_first_commits() {
    let Some((server, standby)) = pair("a_second_process_tells_of_what_the_first_commits") else {
        return;
    };
    let first = server.owner();
    let second = standby.nobody().with_key(server.account("sandboxKey"));
    let (key, reader) = first.colleague(&["webhooks:read"]);
    let mut sockets = [second.follow("?after=0"), second.as_holder_of(&reader).follow("?after=0")];
    let (from, to) = (first.funded(100), first.wallet("To"));
    for _ in 0..10 {
        first.paid(&from, &to, "1.00");
    }
    let listed = first.events_behind(0);
    for socket in &mut sockets {
        assert_eq!(socket.events(listed.len()), listed);
    }
    first.delete(&format!("/api-keys/{key}")).expect(204);
    first.wallet("Later");
    let [other, revoked] = &mut sockets;
    let (told, end) = revoked.end();
    assert!(told.len() <= 1, "nothing behind the revocation: {told:?}");
    assert_eq!(end, Heard::Closed(4001), "a revoked key is cut off everywhere");
    assert_eq!(other.events_until("wallet.created").len(), 2);
    // Clients that do not answer are waited for.
    drop(sockets);
    assert_eq!(standby.stop(), Some(0));
}
