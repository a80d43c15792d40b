//! How links end: cancelled, expired, with their wallet.

use serde_json::json;

use crate::support::links::test_card;
use crate::support::{Server, Store, id, stories};

stories!(
    a_link_is_cancelled_without_a_body,
    a_link_is_cancelled_by_its_status,
    an_empty_object_changes_nothing,
    only_an_active_link_can_be_cancelled,
    a_link_expires_by_itself,
    a_link_expires_to_the_moment,
    an_agents_links_end_with_it,
);

fn a_link_is_cancelled_without_a_body(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (link, slug) = owner.link(&owner.wallet("Sales"), "1.00");
    let path = format!("/payment-links/{link}");
    let cancelled = owner.send("PATCH", &path, None).ok();
    assert_eq!(cancelled["status"], "CANCELLED");
    // Some clients say JSON and send nothing.
    let again = owner.send_bytes("PATCH", &path, "application/json", b"").ok();
    assert_eq!(again, cancelled);
    assert_eq!(owner.told("payment_link.cancelled").len(), 1);
    let details = server.nobody().pay_link(&slug, &test_card()).refused(409, "CONFLICT");
    assert_eq!(
        (&details["status"], &details["paymentLinkId"]),
        (&json!("CANCELLED"), &json!(link))
    );
}

fn a_link_is_cancelled_by_its_status(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (link, _) = owner.link(&owner.wallet("Sales"), "1.00");
    let path = format!("/payment-links/{link}");
    owner.patch(&path, &json!({ "status": "ACTIVE" })).refused_fields(&["status"]);
    owner.patch(&path, &json!({ "status": 1 })).refused_fields(&["status"]);
    let cancelled = owner.once("c").patch(&path, &json!({ "status": "CANCELLED" }));
    assert_eq!(cancelled.clone().ok()["status"], "CANCELLED");
    owner.once("c").patch(&path, &json!({ "status": "CANCELLED" })).assert_replay_of(&cancelled);
}

fn an_empty_object_changes_nothing(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let link = owner.link_of(&owner.wallet("Sales"), &json!({ "amount": "1.00" }));
    let path = format!("/payment-links/{}", id(&link));
    assert_eq!(owner.patch(&path, &json!({})).ok(), link);
    assert_eq!(owner.patch(&path, &json!({ "note": "hello" })).ok(), link);
    assert!(owner.told("payment_link.cancelled").is_empty());
}

fn only_an_active_link_can_be_cancelled(store: Store) {
    let server = Server::start_at(store, "2026-01-31T09:00:00Z");
    let owner = server.owner();
    let sales = owner.wallet("Sales");
    let (paid, slug) = owner.link(&sales, "1.00");
    owner.pay_link(&slug, &test_card()).ok();
    let refused = owner.send("PATCH", &format!("/payment-links/{paid}"), None);
    assert_eq!(refused.refused(409, "CONFLICT")["status"], "CLAIMED");
    let fields = json!({ "amount": "1.00", "expiresAt": "2026-01-31T10:00:00Z" });
    let late = id(&owner.link_of(&sales, &fields));
    server.advance("PT1H");
    let refused = owner.send("PATCH", &format!("/payment-links/{late}"), None);
    assert_eq!(refused.refused(409, "CONFLICT")["status"], "EXPIRED");
    owner
        .send("PATCH", "/payment-links/pyl_01J00000000000000000000000", None)
        .refused(404, "PAYMENT_LINK_NOT_FOUND");
}

fn a_link_expires_by_itself(store: Store) {
    let server = Server::start_at(store, "2026-01-31T09:00:00Z");
    let owner = server.owner();
    let sales = owner.wallet("Sales");
    let fields = json!({ "amount": "1.00", "expiresAt": "2026-01-31T10:00:00Z" });
    let link = owner.link_of(&sales, &fields);
    let slug = link["slug"].as_str().expect("a slug");
    let (other, _) = owner.link(&sales, "1.00");
    server.advance("PT1H");
    assert_eq!(owner.of_link(&id(&link), "status"), "EXPIRED");
    assert_eq!(owner.all_ids("/payment-links?status=EXPIRED"), [id(&link)]);
    assert_eq!(owner.all_ids("/payment-links?status=ACTIVE"), [other]);
    let told = owner.told("payment_link.expired");
    assert_eq!((told.len(), &told[0]["paymentLinkId"]), (1, &link["id"]));
    let details = owner.pay_link(slug, &test_card()).refused(409, "CONFLICT");
    assert_eq!(details["status"], "EXPIRED");
    assert_eq!(
        server.nobody().get(&format!("/payment-links/pay/{slug}")).ok()["status"],
        "EXPIRED"
    );
    server.advance("PT1H");
    assert_eq!(owner.told("payment_link.expired").len(), 1, "once");
}

fn a_link_expires_to_the_moment(store: Store) {
    let server = Server::start_at(store, "2026-01-31T09:00:00Z");
    let owner = server.owner();
    let fields = json!({ "amount": "1.00", "expiresAt": "2026-01-31T10:00:00Z", "maxUses": 2 });
    let link = owner.link_of(&owner.wallet("Sales"), &fields);
    let slug = link["slug"].as_str().expect("a slug");
    server.advance("PT59M59S");
    owner.pay_link(slug, &test_card()).ok();
    server.advance("PT1S");
    owner.pay_link(slug, &test_card()).refused(409, "CONFLICT");
    assert_eq!(owner.of_link(&id(&link), "uses"), 1);
}

fn an_agents_links_end_with_it(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.funded_agent(5);
    let ((one, slug), (two, _)) = (owner.link(&agent.id, "1.00"), owner.link(&agent.id, "2.00"));
    let (kept, _) = owner.link(&owner.wallet("Sales"), "3.00");
    owner.delete(&format!("/agents/{}", agent.id)).ok();
    for link in [one, two] {
        assert_eq!(owner.of_link(&link, "status"), "CANCELLED");
    }
    assert_eq!(owner.of_link(&kept, "status"), "ACTIVE");
    assert_eq!(owner.told("payment_link.cancelled").len(), 2);
    let details = server.nobody().pay_link(&slug, &test_card()).refused(409, "CONFLICT");
    assert_eq!(details["status"], "CANCELLED");
}
