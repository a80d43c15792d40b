//! The page of a payment link: what is due, and what became of it.

use serde_json::{Value, json};

use super::{hidden, page, send};
use crate::support::links::test_card;
use crate::support::{Api, Server, Store, id, stories};

stories!(
    a_page_shows_what_is_due,
    a_test_card_pays_by_form,
    a_declined_card_can_be_followed_by_another,
    a_form_sent_twice_pays_once,
    a_page_says_how_a_link_ended,
    a_page_asks_for_the_address_that_a_link_is_for,
    real_money_is_paid_by_the_api,
    what_others_wrote_is_text,
);

fn made(owner: &Api, fields: Value) -> (String, String) {
    let link = owner.link_of(&owner.wallet("Sales"), &fields);
    (id(&link), format!("/pay/{}", link["slug"].as_str().expect("a slug")))
}

fn a_page_shows_what_is_due(store: Store) {
    let server = Server::start_at(store, "2026-01-31T09:00:00Z");
    let owner = server.owner();
    owner.patch("/organizations/me", &json!({ "name": "Acme" })).ok();
    let expiry = "2026-03-01T00:00:00Z";
    let (_, path) = made(
        &owner,
        json!({ "amount": "250.00", "description": "Report, 3 pages", "expiresAt": expiry }),
    );
    let shown = page(&server.nobody(), &path).expect(200).text;
    for text in [
        "<title>Pay Acme</title>",
        "$250.00",
        "Report, 3 pages",
        "2026-03-01 00:00 UTC",
        "Sandbox: no real money moves here.",
        "Test card ending in 4242: pays",
        "Test bank account ending in 6789: pays",
        "$WALLGENT_API_KEY",
        &format!("data-watch=\"/v1/payment-links{path}\" data-status=\"ACTIVE\""),
        &format!("http://{}/v1/payment-links{path}", owner.place()),
    ] {
        assert!(shown.contains(text), "{text} in {shown}");
    }
    assert!(!shown.contains("wg_test_") && !shown.contains("type=\"password\""), "{shown}");
}

fn a_test_card_pays_by_form(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let (link, path) = made(&owner, json!({ "amount": "10.00" }));
    let sent = send(&nobody, &path, "method=4242").expect(303);
    let receipt = sent.header("location").expect("where to look").to_owned();
    assert!(receipt.starts_with(&format!("{path}?paid=txn_")), "{receipt}");
    let shown = page(&nobody, &receipt).expect(200).text;
    assert!(shown.contains("Your payment has arrived") && !shown.contains("<form"), "{shown}");
    assert_eq!(owner.of_link(&link, "status"), "CLAIMED");
    let shown = page(&nobody, &path).expect(200).text;
    assert!(shown.contains("This payment link has been paid") && !shown.contains("<form"));
    let (_, other) = made(&owner, json!({ "amount": "10.00" }));
    let foreign = receipt.replace(&path, &other);
    assert!(page(&nobody, &foreign).expect(200).text.contains("<form"), "it paid another link");
    let sent = send(&nobody, &path, "method=4242").expect(409);
    assert!(sent.text.contains("was paid already") && sent.text.contains("<strong>Paid"));
}

fn a_declined_card_can_be_followed_by_another(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let (link, path) = made(&owner, json!({ "amount": "10.00" }));
    let attempt = hidden(&page(&nobody, &path), "attempt");
    let declined = send(&nobody, &path, &format!("method=0002&attempt={attempt}")).expect(402);
    assert!(declined.text.contains("role=\"alert\"") && declined.text.contains("was declined"));
    let next = hidden(&declined, "attempt");
    assert_ne!(next, attempt, "another try is another attempt");
    send(&nobody, &path, &format!("method=6789&attempt={next}")).expect(303);
    assert_eq!(owner.of_link(&link, "uses"), 1);
}

fn a_form_sent_twice_pays_once(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let (link, path) = made(&owner, json!({ "amount": "10.00", "maxUses": 9 }));
    let form = format!("method=4242&attempt={}", hidden(&page(&nobody, &path), "attempt"));
    let first = send(&nobody, &path, &form).expect(303);
    let again = send(&nobody, &path, &form).expect(303);
    assert_eq!(first.header("location"), again.header("location"));
    assert_eq!(owner.of_link(&link, "uses"), 1);
    let form = format!("method=4242&attempt={}", hidden(&page(&nobody, &path), "attempt"));
    send(&nobody, &path, &form).expect(303);
    assert_eq!(owner.of_link(&link, "uses"), 2);
}

fn a_page_says_how_a_link_ended(store: Store) {
    let server = Server::start_at(store, "2026-01-31T09:00:00Z");
    let (owner, nobody) = (server.owner(), server.nobody());
    let (cancelled, path) = made(&owner, json!({ "amount": "10.00" }));
    owner.send("PATCH", &format!("/payment-links/{cancelled}"), None).ok();
    let shown = page(&nobody, &path).expect(200).text;
    assert!(shown.contains("<strong>Cancelled") && !shown.contains("<form"), "{shown}");
    assert!(send(&nobody, &path, "method=4242").expect(409).text.contains("was cancelled"));
    let expiry = "2026-01-31T10:00:00Z";
    let (_, path) = made(&owner, json!({ "amount": "10.00", "expiresAt": expiry }));
    server.advance("PT1H");
    let shown = page(&nobody, &path).expect(200).text;
    assert!(shown.contains("<strong>Expired") && !shown.contains("<form"), "{shown}");
    assert!(send(&nobody, &path, "method=4242").expect(409).text.contains("has expired"));
}

fn a_page_asks_for_the_address_that_a_link_is_for(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let payers = json!({ "emails": ["ada@example.com"] });
    let (link, path) = made(&owner, json!({ "amount": "1.00", "recipientRestrictions": payers }));
    assert!(page(&nobody, &path).text.contains("type=\"email\""));
    let refused = send(&nobody, &path, "method=4242&email=eve%40example.com").expect(403);
    assert!(refused.text.contains("is for another payer") && refused.text.contains("<form"));
    send(&nobody, &path, "method=4242&email=nobody").expect(400);
    assert_eq!(owner.of_link(&link, "uses"), 0);
    send(&nobody, &path, "method=4242&email=ADA%40example.com").expect(303);
    let payers = json!({ "walletIds": ["wal_friend"] });
    let (_, path) = made(&owner, json!({ "amount": "1.00", "recipientRestrictions": payers }));
    let shown = page(&nobody, &path).expect(200).text;
    assert!(!shown.contains("<form") && shown.contains("fromWalletId"), "a wallet alone pays it");
}

fn real_money_is_paid_by_the_api(store: Store) {
    let server = Server::start(store);
    let (live, nobody) = (server.live(), server.nobody());
    let link = live.link_of(server.account("liveWalletId"), &json!({ "amount": "1.00" }));
    let path = format!("/pay/{}", link["slug"].as_str().expect("a slug"));
    let shown = page(&nobody, &path).expect(200).text;
    assert!(!shown.contains("<form") && !shown.contains("Sandbox"), "{shown}");
    assert!(shown.contains("fromWalletId"));
    let refused = send(&nobody, &path, "method=4242").expect(403);
    assert!(refused.text.contains("only available in the sandbox"), "{}", refused.story());
    assert_eq!(live.of_link(&id(&link), "uses"), 0);
}

fn what_others_wrote_is_text(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let evil = "<script>alert('x')</script><img src=x onerror=alert(1)>";
    owner.patch("/organizations/me", &json!({ "name": evil })).ok();
    let (_, path) = made(&owner, json!({ "amount": "1.00", "description": evil }));
    for path in [path.clone(), format!("{path}?paid={evil}").replace([' ', '<', '>', '\''], "%3C")]
    {
        let shown = page(&server.nobody(), &path).expect(200).text;
        assert!(shown.contains("&lt;script&gt;alert"), "{shown}");
        assert!(!shown.contains("<script>") && !shown.contains("<img"), "{shown}");
    }
    let mut card = test_card();
    card["payerEmail"] = json!("<script>@example.com");
    let slug = path.trim_start_matches("/pay/");
    owner.pay_link(slug, &card).ok();
    assert!(!page(&server.nobody(), &path).text.contains("<script>"));
}
