//! Several processes on one PostgreSQL store: one writes, the others read and wait for their turn.

use std::time::{Duration, Instant};

use serde_json::json;

use super::serving::ENCRYPTION_KEY;
use crate::support::{Serve, Server, Store, postgres_is_there};

/// The longest a lease may keep a waiting process from writing after its holder died.
const TAKE_OVER: Duration = Duration::from_secs(60);

#[test]
fn a_second_process_reads_and_takes_over() {
    if !postgres_is_there("a_second_process_reads_and_takes_over") {
        return;
    }
    let mut server = Server::start_with(Store::Postgres, &["--encryption-key", ENCRYPTION_KEY]);
    let first = server.owner();
    let (from, to) = (first.funded(100), first.wallet("To"));
    first.once("before").pay(&from, &to, "1.00").ok();
    let database = server.database().url.clone();
    let standby =
        Serve::start(&server, &["--database", &database, "--encryption-key", ENCRYPTION_KEY])
            .expect("a second process starts");
    let second = standby.nobody().with_key(server.account("sandboxKey"));
    assert_eq!(second.balance(&to), "1.00", "it reads");
    let refused = second.pay(&from, &to, "1.00");
    let details = refused.refused(503, "SERVICE_UNAVAILABLE");
    assert_eq!(details["retryable"], true);
    assert!(refused.header("retry-after").is_some(), "{}", refused.story());
    first.pay(&from, &to, "1.00").ok();
    server.kill();
    let deadline = Instant::now() + TAKE_OVER;
    let request = json!({ "from": from, "to": to, "amount": "1.00", "idempotencyKey": "after" });
    while second.post("/payments", &request).status != 200 {
        assert!(Instant::now() < deadline, "the standby did not take over");
    }
    let replay = second.once("before").pay(&from, &to, "1.00").expect(200);
    assert!(replay.replayed(), "what the first process answered stays answered");
    assert_eq!(second.balance(&to), "3.00");
    assert_eq!(standby.stop(), Some(0));
}
