//! The page on which a customer saves a payment method.

use serde_json::{Value, json};

use super::{page, send};
use crate::support::{Api, Server, Store, all_at_once, id, stories};

stories!(a_form_saves_a_method, a_page_saves_one_method, a_page_ends, a_page_leads_back);

/// A customer's ID and the path of a new page of theirs.
#[track_caller]
fn begun(owner: &Api, fields: &Value) -> (String, String) {
    let customer = json!({ "email": format!("{}@example.com", owner.wallet("Payer")) });
    let customer = id(&owner.post("/customers", &customer).created());
    let path = format!("/customers/{customer}/payment-methods/setup");
    let url = owner.post(&path, fields).ok()["url"].as_str().expect("a url").to_owned();
    let token = url.rsplit('/').next().expect("a token");
    (customer, format!("/setup/{token}"))
}

fn methods(owner: &Api, customer: &str) -> Vec<Value> {
    let list = owner.get(&format!("/customers/{customer}/payment-methods")).ok();
    list["data"].as_array().expect("data").clone()
}

fn a_form_saves_a_method(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let (customer, path) = begun(&owner, &json!({}));
    let shown = page(&nobody, &path).expect(200).text;
    assert!(shown.contains("Test card ending in 4242") && shown.contains("@example.com"));
    send(&nobody, &path, "method=nothing").expect(400);
    let saved = send(&nobody, &path, "method=4242").expect(303);
    assert_eq!(saved.header("location"), Some(path.as_str()));
    let shown = page(&nobody, &path).expect(200).text;
    assert!(shown.contains("<strong>Saved") && !shown.contains("<form"), "{shown}");
    let saved = methods(&owner, &customer);
    assert_eq!((saved.len(), &saved[0]["last4"]), (1, &json!("4242")));
    send(&nobody, &path, "method=6789").expect(409);
    assert_eq!(methods(&owner, &customer).len(), 1);
}

fn a_page_saves_one_method(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let (customer, path) = begun(&owner, &json!({}));
    let answers = all_at_once(20, |_| send(&nobody, &path, "method=4242"));
    assert_eq!(answers.iter().filter(|answer| answer.status == 303).count(), 1);
    assert_eq!(methods(&owner, &customer).len(), 1);
}

fn a_page_ends(store: Store) {
    let server = Server::start_at(store, "2026-01-31T09:00:00Z");
    let (owner, nobody) = (server.owner(), server.nobody());
    let (customer, path) = begun(&owner, &json!({}));
    server.advance("PT24H");
    let shown = page(&nobody, &path).expect(200).text;
    assert!(shown.contains("<strong>Expired") && !shown.contains("<form"), "{shown}");
    send(&nobody, &path, "method=4242").expect(409);
    assert!(methods(&owner, &customer).is_empty());
    page(&nobody, "/setup/nothing").expect(404);
}

fn a_page_leads_back(store: Store) {
    let server = Server::start(store);
    let back = "https://shop.example/back?x=\"><script>";
    let (_, path) = begun(&server.owner(), &json!({ "returnUrl": back }));
    let shown = page(&server.nobody(), &path).expect(200).text;
    assert!(shown.contains("Go back to shop.example"), "{shown}");
    assert!(!shown.contains("<script>"), "{shown}");
}
