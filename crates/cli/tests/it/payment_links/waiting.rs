//! Payments of links that wait for a human.

use serde_json::json;

use crate::support::{Server, Store, Waiting, id, stories};

stories!(
    a_payment_that_waits_uses_nothing_yet,
    of_two_that_wait_one_is_posted,
    what_ended_meanwhile_is_not_paid,
    a_rejected_payment_leaves_the_link,
);

fn a_payment_that_waits_uses_nothing_yet(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (payer, sales) = (owner.guarded(50), owner.wallet("Sales"));
    let (link, slug) = owner.link(&sales, "10.00");
    let answer = owner.once("ask").pay_link_from(&slug, &payer);
    let waiting = Waiting::of(answer.clone());
    assert_eq!(answer.json["error"]["code"], "APPROVAL_REQUIRED");
    assert_eq!(
        (&answer.json["rail"], &answer.json["paymentLinkId"]),
        (&json!("PAYMENT_LINK"), &json!(link))
    );
    assert_eq!(
        (owner.of_link(&link, "status"), owner.of_link(&link, "uses")),
        (json!("ACTIVE"), json!(0))
    );
    owner.assert_balances(&payer, "50.00", "10.25", "39.75");
    let approval = owner.get(&format!("/approvals/{}", waiting.approval)).ok();
    assert_eq!(approval["transactionDetails"]["type"], "PAYMENT_LINK_PAYMENT");
    let approved = owner.approve(&waiting.approval).ok();
    assert_eq!(approved["payment"]["paymentLinkId"], json!(link));
    assert_eq!(
        (owner.of_link(&link, "status"), owner.of_link(&link, "uses")),
        (json!("CLAIMED"), json!(1))
    );
    assert_eq!(owner.balance(&sales), "10.00");
    let again = owner.once("ask").pay_link_from(&slug, &payer).ok();
    assert_eq!((id(&again), &again["status"]), (waiting.payment, &json!("POSTED")));
}

fn of_two_that_wait_one_is_posted(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (one, two, sales) = (owner.guarded(50), owner.guarded(50), owner.wallet("Sales"));
    let (link, slug) = owner.link(&sales, "10.00");
    let first = Waiting::of(owner.pay_link_from(&slug, &one));
    let second = Waiting::of(owner.pay_link_from(&slug, &two));
    owner.approve(&second.approval).ok();
    let details = owner.approve(&first.approval).refused(409, "CONFLICT");
    assert_eq!(details["status"], "CLAIMED");
    assert_eq!(owner.approval_status(&first.approval), "PENDING");
    owner.assert_balances(&one, "50.00", "10.25", "39.75");
    owner.reject(&first.approval).ok();
    owner.assert_balances(&one, "50.00", "0.00", "50.00");
    assert_eq!((owner.of_link(&link, "uses"), owner.balance(&sales).as_str()), (json!(1), "10.00"));
}

fn what_ended_meanwhile_is_not_paid(store: Store) {
    let server = Server::start_at(store, "2026-01-31T09:00:00Z");
    let owner = server.owner();
    let (payer, sales) = (owner.guarded(50), owner.wallet("Sales"));
    let (cancelled, slug) = owner.link(&sales, "1.00");
    let waiting = Waiting::of(owner.pay_link_from(&slug, &payer));
    owner.send("PATCH", &format!("/payment-links/{cancelled}"), None).ok();
    let details = owner.approve(&waiting.approval).refused(409, "CONFLICT");
    assert_eq!(details["status"], "CANCELLED");
    let fields = json!({ "amount": "1.00", "expiresAt": "2026-01-31T10:00:00Z" });
    let link = owner.link_of(&sales, &fields);
    let slug = link["slug"].as_str().expect("a slug");
    let waiting = Waiting::of(owner.pay_link_from(slug, &payer));
    server.advance("PT1H");
    let details = owner.approve(&waiting.approval).refused(409, "CONFLICT");
    assert_eq!(details["status"], "EXPIRED");
    assert_eq!(owner.approval_status(&waiting.approval), "PENDING");
    assert_eq!(owner.balance(&sales), "0.00");
}

fn a_rejected_payment_leaves_the_link(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (payer, sales) = (owner.guarded(50), owner.wallet("Sales"));
    let (link, slug) = owner.link(&sales, "10.00");
    let waiting = Waiting::of(owner.pay_link_from(&slug, &payer));
    owner.reject(&waiting.approval).ok();
    assert_eq!(owner.of_link(&link, "status"), "ACTIVE");
    owner.pay_link_from(&slug, &owner.funded(20)).ok();
    assert_eq!(owner.of_link(&link, "status"), "CLAIMED");
}
