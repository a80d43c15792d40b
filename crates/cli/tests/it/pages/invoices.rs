//! The page of an invoice.

use serde_json::{Value, json};

use super::{hidden, page, send};
use crate::support::{Api, Server, Store, id, stories};

stories!(
    a_page_shows_an_invoice,
    a_form_pays_an_invoice,
    a_page_says_where_an_invoice_stands,
    what_is_on_an_invoice_is_text,
);

/// A finalized invoice's ID and the path of its page.
#[track_caller]
fn finalized(owner: &Api, fields: &Value) -> (String, String) {
    let customer = json!({ "email": format!("{}@example.com", owner.wallet("Payer")) });
    let customer = id(&owner.post("/customers", &customer).created());
    let mut request = fields.clone();
    request["walletId"] = json!(owner.wallet("Sales"));
    request["customerId"] = json!(customer);
    let invoice = id(&owner.post("/invoices", &request).created());
    let sent = owner.act(&format!("/invoices/{invoice}/finalize")).ok();
    (invoice, format!("/invoice/{}", sent["slug"].as_str().expect("a slug")))
}

fn one_line() -> Value {
    json!({ "lineItems": [{ "description": "Tea", "quantity": 3, "unitPrice": "15.00" }] })
}

fn a_page_shows_an_invoice(store: Store) {
    let server = Server::start_at(store, "2026-01-31T09:00:00Z");
    let (owner, nobody) = (server.owner(), server.nobody());
    owner.patch("/organizations/me", &json!({ "name": "Acme" })).ok();
    let mut fields = one_line();
    fields["memo"] = json!("Thank you");
    fields["dueDate"] = json!("2026-02-28T00:00:00Z");
    let (invoice, path) = finalized(&owner, &fields);
    let shown = page(&nobody, &path).expect(200).text;
    for text in [
        "Invoice from Acme",
        "$45.00",
        "Tea",
        "3 × $15.00",
        "Thank you",
        "Due until",
        "2026-02-28 00:00 UTC",
        "Test card ending in 4242: pays",
        "/v1/invoices/pay/",
        "data-status=\"FINALIZED\"",
        &invoice,
    ] {
        assert!(shown.contains(text), "{text} in {shown}");
    }
    server.advance("P30D");
    let shown = page(&nobody, &path).expect(200).text;
    assert!(shown.contains("<strong>Overdue") && shown.contains("<form"), "{shown}");
}

fn a_form_pays_an_invoice(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let (invoice, path) = finalized(&owner, &one_line());
    let attempt = hidden(&page(&nobody, &path), "attempt");
    let declined = send(&nobody, &path, &format!("method=0002&attempt={attempt}")).expect(402);
    assert!(declined.text.contains("was declined") && declined.text.contains("<form"));
    let next = hidden(&declined, "attempt");
    let paid = send(&nobody, &path, &format!("method=4242&attempt={next}")).expect(303);
    assert_eq!(paid.header("location"), Some(path.as_str()));
    let shown = page(&nobody, &path).expect(200).text;
    assert!(shown.contains("<strong>Paid") && !shown.contains("<form"), "{shown}");
    assert_eq!(owner.get(&format!("/invoices/{invoice}")).ok()["status"], "PAID");
    let again = send(&nobody, &path, "method=4242").expect(409);
    assert!(again.text.contains("role=\"alert\""), "{}", again.story());
    owner.act(&format!("/invoices/{invoice}/refund")).ok();
    assert!(page(&nobody, &path).text.contains("<strong>Refunded"));
}

fn a_page_says_where_an_invoice_stands(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    for (step, title) in [("void", "Void"), ("mark-uncollectible", "Uncollectible")] {
        let (invoice, path) = finalized(&owner, &one_line());
        owner.act(&format!("/invoices/{invoice}/{step}")).ok();
        let shown = page(&nobody, &path).expect(200).text;
        assert!(shown.contains(&format!("<strong>{title}")), "{shown}");
        assert!(!shown.contains("<form"), "{shown}");
        send(&nobody, &path, "method=4242").expect(409);
    }
    page(&nobody, "/invoice/00000000000000000000000000").expect(404);
}

fn what_is_on_an_invoice_is_text(store: Store) {
    let server = Server::start(store);
    let evil = "<script>alert(1)</script>";
    let line = json!({ "description": evil, "unitPrice": "1.00" });
    let (_, path) = finalized(&server.owner(), &json!({ "memo": evil, "lineItems": [line] }));
    let shown = page(&server.nobody(), &path).expect(200).text;
    assert_eq!(shown.matches("&lt;script&gt;").count(), 2, "{shown}");
    assert!(!shown.contains("<script>"), "{shown}");
}
