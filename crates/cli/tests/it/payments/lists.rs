//! Finding payments again: by ID, by filter, and only one's own.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields};
use crate::support::{Server, Store, stories};

stories!(
    a_list_is_newest_first,
    lists_filter_by_wallet_status_key_and_time,
    unknown_payments_are_not_found,
    scoped_keys_list_their_own_payments,
);

fn a_list_is_newest_first(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let mut paid: Vec<String> =
        (1..=7).map(|n| owner.paid(&from, &to, &format!("{n}.00"))).collect();
    paid.reverse();
    assert_eq!(owner.all_ids("/payments?limit=3"), paid);
    let page = owner.get("/payments?limit=7").ok();
    assert_fields(&page, shapes::LIST, &[]);
    assert_eq!(
        (&page["hasMore"], &page["cursor"], &page["nextCursor"]),
        (&json!(false), &Value::Null, &Value::Null)
    );
    for payment in page["data"].as_array().expect("data") {
        assert_fields(payment, shapes::PAYMENT, shapes::SENDER_BALANCES);
    }
}

fn lists_filter_by_wallet_status_key_and_time(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (a, b, c) = (owner.funded(100), owner.funded(100), owner.wallet("C"));
    let first = owner.once("key-1").paid(&a, &b, "1.00");
    server.advance("PT1H");
    let second = owner.paid(&b, &c, "2.00");
    server.advance("PT1H");
    let third = owner.paid(&a, &c, "3.00");
    owner.act(&format!("/payments/{third}/reverse")).ok();
    owner.post(&format!("/payments/{second}/reverse"), &json!({ "amount": "0.50" })).ok();
    let ids = |query: &str| owner.all_ids(&format!("/payments?{query}"));
    assert_eq!(
        ids(&format!("walletId={b}")),
        [second.clone(), first.clone()],
        "as sender or receiver"
    );
    assert_eq!(ids(&format!("walletId={c}")), [third.clone(), second.clone()]);
    assert_eq!(ids("status=POSTED"), std::slice::from_ref(&first));
    assert_eq!(ids("status=PARTIALLY_REVERSED"), std::slice::from_ref(&second));
    assert_eq!(ids("status=REVERSED"), std::slice::from_ref(&third));
    assert_eq!(ids(&format!("walletId={b}&status=POSTED")), std::slice::from_ref(&first));
    assert_eq!(ids("idempotencyKey=key-1"), std::slice::from_ref(&first));
    assert_eq!(ids("idempotencyKey=key-2"), Vec::<String>::new());
    assert_eq!(ids("createdAfter=2026-03-02T09:30:00Z"), [third.clone(), second.clone()]);
    assert_eq!(ids("createdBefore=2026-03-02T10:30:00.000Z"), [second.clone(), first]);
    assert_eq!(
        ids("createdAfter=2026-03-02T09:30:00Z&createdBefore=2026-03-02T10:30:00Z"),
        [second]
    );
    for bad in [
        "status=DONE",
        "createdAfter=yesterday",
        "createdBefore=2026-13-01T00:00:00Z",
        "limit=0",
        "cursor=%00",
    ] {
        owner.get(&format!("/payments?{bad}")).refused(400, "VALIDATION_ERROR");
    }
}

fn unknown_payments_are_not_found(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let (from, to) = (owner.funded(10), owner.wallet("To"));
    let paid = owner.paid(&from, &to, "1.00");
    for (caller, payment) in [
        (&owner, "txn_01HZZZZZZZZZZZZZZZZZZZZZZZ"),
        (&owner, "nonsense"),
        (&owner, from.as_str()),
        (&stranger.owner, paid.as_str()),
    ] {
        let details = caller.get(&format!("/payments/{payment}")).refused(404, "NOT_FOUND");
        assert!(details["resource"].is_string(), "details.resource: {details}");
        caller.act(&format!("/payments/{payment}/reverse")).refused(404, "NOT_FOUND");
    }
    assert_eq!(stranger.owner.all_ids("/payments"), Vec::<String>::new());
    server.live().get(&format!("/payments/{paid}")).refused(403, "ENVIRONMENT_MISMATCH");
}

fn scoped_keys_list_their_own_payments(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (mine, theirs, vendor) = (owner.funded(10), owner.funded(10), owner.wallet("Vendor"));
    let agent = server.scoped(&["payments:read", "payments:write", "wallets:read"], &[&mine]);
    let sent = agent.paid(&mine, &vendor, "1.00");
    let foreign = owner.paid(&theirs, &vendor, "1.00");
    let received = owner.paid(&theirs, &mine, "2.00");
    assert_eq!(agent.all_ids("/payments"), [received.clone(), sent]);
    agent.get(&format!("/payments/{foreign}")).refused(404, "NOT_FOUND");
    agent.get(&format!("/payments/{received}")).ok();
    assert_eq!(agent.all_ids("/wallets"), [mine]);
    agent.get(&format!("/wallets/{theirs}")).refused(404, "WALLET_NOT_FOUND");
    assert_eq!(
        agent.get(&format!("/payments?walletId={theirs}")).json["data"]
            .as_array()
            .map_or(0, Vec::len),
        0,
        "nothing of a wallet out of scope"
    );
}
