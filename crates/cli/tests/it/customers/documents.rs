//! Adding, changing and deleting customers.

use serde_json::{Value, json};

use crate::support::shapes::{CUSTOMER, assert_fields, assert_id, assert_time};
use crate::support::{Server, Store, id, stories};

stories!(
    a_customer_is_added_and_changed,
    an_address_belongs_to_one_customer,
    bad_customers_are_refused,
    a_deleted_customer_is_gone_and_its_address_is_free,
    customers_are_listed_newest_first,
    customers_of_others_do_not_exist,
    a_scoped_key_takes_nobodys_customer_away,
);

fn a_scoped_key_takes_nobodys_customer_away(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    let agent = server.scoped(&["invoices:read", "invoices:write"], &[&wallet]);
    let customer = agent.customer("jane@acme.com");
    let card = agent.saved(&customer, "card", None);
    let path = format!("/customers/{customer}");
    for gone in [&path, &format!("{path}/payment-methods/{card}")] {
        let details = agent.delete(gone).refused(403, "PERMISSION_DENIED");
        assert_eq!(details["ownerOnly"], true);
    }
    agent.patch(&path, &json!({ "name": "Jane" })).ok();
    agent.charge(&wallet, &customer, "5.00").ok();
}

fn a_customer_is_added_and_changed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let request = json!({ "email": "jane@acme.com", "name": "Jane Smith", "phone": "+1 555 0100",
                          "companyName": "Acme Corp", "metadata": { "crm": 7 } });
    let made = owner.post("/customers", &request).created();
    assert_fields(&made, CUSTOMER, &[]);
    assert_id(&made["id"], "cus");
    assert_time(&made["createdAt"]);
    for field in ["email", "name", "phone", "companyName", "metadata"] {
        assert_eq!(made[field], request[field], "{field}");
    }
    let path = format!("/customers/{}", id(&made));
    assert_eq!(owner.get(&path).ok(), made);
    let change = json!({ "email": "jane@example.com", "name": null, "companyName": "Example" });
    let changed = owner.patch(&path, &change).ok();
    assert_eq!(changed["email"], "jane@example.com");
    assert_eq!((&changed["name"], &changed["phone"]), (&Value::Null, &made["phone"]));
    owner.patch(&path, &json!({})).ok();
    owner.patch(&path, &change).ok();
    assert_eq!(owner.told("customer.updated").len(), 1, "only when something changes");
    let told = &owner.told("customer.created")[0];
    assert_eq!((&told["customerId"], &told["email"]), (&made["id"], &made["email"]));
}

fn an_address_belongs_to_one_customer(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let first = owner.customer("jane@acme.com");
    let again = owner.post("/customers", &json!({ "email": "jane@acme.com" }));
    assert_eq!(again.refused(409, "CONFLICT")["customerId"], first);
    let other = owner.customer("joe@acme.com");
    let path = format!("/customers/{other}");
    owner.patch(&path, &json!({ "email": "jane@acme.com" })).refused(409, "CONFLICT");
    owner.patch(&path, &json!({ "email": "joe@acme.com" })).ok();
    server.live().customer("jane@acme.com");
    server.organization("Stranger").owner.customer("jane@acme.com");
}

fn bad_customers_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    owner.post("/customers", &json!({})).refused_fields(&["email"]);
    for email in ["nobody", "@acme.com", "jane@", "a b@acme.com", "jane@acme.com\n"] {
        owner.post("/customers", &json!({ "email": email })).refused_fields(&["email"]);
    }
    let bad = json!({ "email": 5, "name": [], "metadata": "x", "phone": "1".repeat(33) });
    owner.post("/customers", &bad).refused_fields(&["email", "name", "metadata", "phone"]);
    let path = format!("/customers/{}", owner.customer("jane@acme.com"));
    owner.patch(&path, &json!({ "email": null })).refused_fields(&["email"]);
    let reader = server.permitted(&["invoices:read"]);
    reader.post("/customers", &json!({ "email": "a@b.c" })).refused(403, "PERMISSION_DENIED");
}

fn a_deleted_customer_is_gone_and_its_address_is_free(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    let customer = owner.paying_customer("jane@acme.com");
    let invoice = owner.drafted(&wallet, &customer, "5.00");
    let path = format!("/customers/{customer}");
    assert_eq!(owner.delete(&path).ok()["id"], customer.as_str());
    owner.get(&path).refused(404, "NOT_FOUND");
    owner.delete(&path).refused(404, "NOT_FOUND");
    owner.patch(&path, &json!({ "name": "x" })).refused(404, "NOT_FOUND");
    owner.get(&format!("{path}/payment-methods")).refused(404, "NOT_FOUND");
    owner.charge(&wallet, &customer, "5.00").refused(404, "NOT_FOUND");
    assert_eq!(owner.all_ids("/customers").len(), 0);
    assert_eq!(owner.told("customer.deleted").len(), 1);
    owner.customer("jane@acme.com");
    assert_eq!(
        owner.invoice(&invoice)["customerId"],
        customer.as_str(),
        "what it was billed stays"
    );
}

fn customers_are_listed_newest_first(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let mut made: Vec<String> =
        (0..5).map(|at| owner.customer(&format!("c{at}@acme.com"))).collect();
    made.reverse();
    assert_eq!(owner.all_ids("/customers?limit=2"), made);
    let request = json!({ "email": "once@acme.com" });
    let caller = owner.once("customer-1");
    let first = caller.post("/customers", &request).expect(201);
    caller.post("/customers", &request).assert_replay_of(&first);
    let details = caller.post("/customers", &json!({ "email": "x@y.z" }));
    assert_eq!(details.refused(409, "IDEMPOTENCY_KEY_REUSE")["resourceId"], first.json["id"]);
}

fn customers_of_others_do_not_exist(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let (wallet, customer) = (owner.wallet("Shop"), owner.customer("jane@acme.com"));
    let path = format!("/customers/{customer}");
    stranger.owner.get(&path).refused(404, "NOT_FOUND");
    assert_eq!(stranger.owner.delete(&path).refused(404, "NOT_FOUND")["resource"], "customer");
    server.live().get(&path).refused(403, "ENVIRONMENT_MISMATCH");
    owner.get("/customers/cus_nope").refused(404, "NOT_FOUND");
    let theirs = stranger.owner.customer("joe@acme.com");
    let bill = crate::support::invoicing::billing(&wallet, &theirs, "5.00");
    owner.post("/invoices", &bill).refused(404, "NOT_FOUND");
    let live = server.live().customer("joe@acme.com");
    let bill = crate::support::invoicing::billing(&wallet, &live, "5.00");
    owner.post("/invoices", &bill).refused(403, "ENVIRONMENT_MISMATCH");
}
