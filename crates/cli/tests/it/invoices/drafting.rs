//! Writing invoices, and finding them.

use serde_json::{Value, json};

use crate::support::invoicing::billing;
use crate::support::shapes::{INVOICE, assert_fields, assert_id, assert_time};
use crate::support::{Server, Store, id, stories};

stories!(
    an_invoice_adds_up,
    a_draft_is_changed,
    bad_invoices_are_refused,
    absurd_lines_are_refused,
    a_due_date_is_a_day_or_a_moment,
    lists_are_narrowed,
    a_scoped_key_bills_for_its_wallet,
    a_closed_wallet_bills_nobody,
);

fn an_invoice_adds_up(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.customer("jane@acme.com"));
    let request = json!({
        "walletId": wallet, "customerId": customer, "memo": "Services for January 2026",
        "lineItems": [
            { "description": "API calls (10,000)", "unitPrice": "25.00" },
            { "description": "Data processing", "quantity": 3, "unitPrice": 15.00 },
        ],
        "metadata": { "order": "A-7" },
    });
    let made = owner.post("/invoices", &request).created();
    assert_fields(&made, INVOICE, &[]);
    assert_id(&made["id"], "inv");
    assert_time(&made["createdAt"]);
    let line = |text: &str, quantity: i64, price: &str, total: &str| json!({ "description": text, "quantity": quantity, "unitPrice": price, "total": total });
    let lines = [
        line("API calls (10,000)", 1, "25.00", "25.00"),
        line("Data processing", 3, "15.00", "45.00"),
    ];
    for (field, expected) in [
        ("status", json!("DRAFT")),
        ("walletId", json!(wallet)),
        ("customerId", json!(customer)),
        ("currency", json!("USD")),
        ("subtotal", json!("70.00")),
        ("total", json!("70.00")),
        ("lineItems", json!(lines)),
        ("memo", json!("Services for January 2026")),
        ("refundedAmount", json!("0.00")),
        ("metadata", json!({ "order": "A-7" })),
    ] {
        assert_eq!(made[field], expected, "{field}");
    }
    for field in ["dueDate", "slug", "checkoutUrl", "paidAt", "transactionId"] {
        assert_eq!(made[field], Value::Null, "{field}");
    }
    assert_eq!(owner.invoice(&id(&made)), made);
    let told = &owner.told("invoice.created")[0];
    assert_eq!((&told["invoiceId"], &told["total"]), (&made["id"], &made["total"]));
}

fn a_draft_is_changed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.customer("jane@acme.com"));
    let invoice = owner.drafted(&wallet, &customer, "5.00");
    let path = format!("/invoices/{invoice}");
    let lines = json!([{ "description": "Seats", "quantity": 2, "unitPrice": "0.33333333" }]);
    let other = owner.customer("joe@acme.com");
    let change = json!({ "lineItems": lines, "memo": "New", "customerId": other });
    let changed = owner.patch(&path, &change).ok();
    assert_eq!(changed["total"], "0.66666666");
    assert_eq!((&changed["memo"], &changed["customerId"]), (&json!("New"), &json!(other)));
    assert_eq!(owner.patch(&path, &json!({ "memo": null })).ok()["memo"], Value::Null);
    owner.patch(&path, &json!({ "memo": null })).ok();
    owner.patch(&path, &json!({})).ok();
    assert_eq!(owner.told("invoice.updated").len(), 2, "only when something changes");
    let nulls = json!({ "lineItems": null, "walletId": null, "customerId": null });
    owner.patch(&path, &nulls).refused_fields(&["lineItems", "walletId", "customerId"]);
    owner.patch(&path, &json!({ "customerId": "cus_x" })).refused(404, "NOT_FOUND");
    owner.step_invoice(&invoice, "finalize").ok();
    let late = owner.patch(&path, &json!({ "memo": "Late" }));
    assert_eq!(late.refused(409, "CONFLICT")["status"], "FINALIZED");
}

fn bad_invoices_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.customer("jane@acme.com"));
    let request = |field: &str, value: Value| {
        let mut request = billing(&wallet, &customer, "5.00");
        request[field] = value;
        request
    };
    let empty = owner.post("/invoices", &json!({}));
    empty.refused_fields(&["walletId", "customerId", "lineItems"]);
    owner.post("/invoices", &request("lineItems", json!([]))).refused_fields(&["lineItems"]);
    let many = vec![json!({ "description": "x", "unitPrice": "1" }); 101];
    owner.post("/invoices", &request("lineItems", json!(many))).refused_fields(&["lineItems"]);
    let line = json!([{ "quantity": 0 }, { "description": "", "quantity": 1.5, "unitPrice": "1" }]);
    owner.post("/invoices", &request("lineItems", line)).refused_fields(&[
        "lineItems[0].description",
        "lineItems[0].quantity",
        "lineItems[0].unitPrice",
        "lineItems[1].description",
        "lineItems[1].quantity",
    ]);
    owner.post("/invoices", &request("memo", json!("m".repeat(1_025)))).refused_fields(&["memo"]);
    let nowhere = request("walletId", json!("wal_01J00000000000000000000000"));
    owner.post("/invoices", &nowhere).refused(404, "WALLET_NOT_FOUND");
    let nobody = owner.post("/invoices", &request("customerId", json!("cus_nope")));
    assert_eq!(nobody.refused(404, "NOT_FOUND")["resource"], "customer");
    owner.get("/invoices/inv_nope").refused(404, "NOT_FOUND");
}

fn absurd_lines_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.customer("jane@acme.com"));
    let post = |lines: &str| {
        let text =
            format!(r#"{{"walletId":"{wallet}","customerId":"{customer}","lineItems":[{lines}]}}"#);
        owner.post_text("/invoices", &text)
    };
    let line = |quantity: &str, price: &str| {
        format!(r#"{{"description":"x","quantity":{quantity},"unitPrice":"{price}"}}"#)
    };
    let largest = "92233720368.54775807";
    for lines in [
        line("9223372036854775807", "1.00"),
        line("2", largest),
        [line("1", largest), line("1", "0.00000001")].join(","),
    ] {
        post(&lines).refused(400, "INVALID_AMOUNT");
    }
    for price in ["0", "-1.00", "1e3", "0.000000001"] {
        post(&line("1", price)).refused(400, "INVALID_AMOUNT");
    }
    for quantity in ["9223372036854775808", "1e30", "-1", "\"3\"", "2.5"] {
        post(&line(quantity, "1.00")).refused_fields(&["lineItems[0].quantity"]);
    }
    assert_eq!(post(&line("1", largest)).created()["total"], largest);
}

fn a_due_date_is_a_day_or_a_moment(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, customer) = (owner.wallet("Shop"), owner.customer("jane@acme.com"));
    for (sent, answered) in [
        ("2026-02-28", "2026-02-28T23:59:59.999Z"),
        ("2026-02-28T12:00:00+02:00", "2026-02-28T10:00:00.000Z"),
    ] {
        let mut request = billing(&wallet, &customer, "5.00");
        request["dueDate"] = json!(sent);
        assert_eq!(owner.post("/invoices", &request).created()["dueDate"], answered);
    }
    for bad in ["2026-02-30", "tomorrow", "2026-02-28T12:00:00"] {
        let mut request = billing(&wallet, &customer, "5.00");
        request["dueDate"] = json!(bad);
        owner.post("/invoices", &request).refused_fields(&["dueDate"]);
    }
}

fn lists_are_narrowed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (first, second) = (owner.wallet("First"), owner.wallet("Second"));
    let (jane, joe) = (owner.customer("jane@acme.com"), owner.customer("joe@acme.com"));
    let drafts: Vec<String> = (0..3).map(|_| owner.drafted(&first, &jane, "5.00")).collect();
    let (due, _) = owner.finalized(&first, &joe, "5.00");
    let other = owner.drafted(&second, &jane, "5.00");
    owner.step_invoice(&drafts[0], "void").ok();
    let newest = |ids: &[&String]| -> Vec<String> { ids.iter().map(|id| (*id).clone()).collect() };
    let all = newest(&[&other, &due, &drafts[2], &drafts[1], &drafts[0]]);
    assert_eq!(owner.all_ids("/invoices?limit=2"), all);
    assert_eq!(owner.all_ids(&format!("/invoices?limit=2&walletId={first}")), all[1..]);
    let janes = newest(&[&other, &drafts[2], &drafts[1], &drafts[0]]);
    assert_eq!(owner.all_ids(&format!("/invoices?limit=2&customerId={jane}")), janes);
    let both = format!("/invoices?walletId={first}&customerId={jane}&status=DRAFT&limit=1");
    assert_eq!(owner.all_ids(&both), janes[1..3]);
    assert_eq!(owner.all_ids("/invoices?status=FINALIZED"), [due.as_str()]);
    let voided = format!("/invoices?walletId={first}&status=VOID");
    assert_eq!(owner.all_ids(&voided), [drafts[0].as_str()], "as older clients call it");
    for other in [&server.organization("Stranger").owner, &server.live()] {
        let theirs = other.get(&format!("/invoices?customerId={jane}")).ok();
        assert_eq!(theirs["data"], json!([]), "nobody lists another's by its customer");
    }
    owner.get("/invoices?status=LOST").refused_fields(&["status"]);
    owner.get("/invoices?customerId=x").refused_fields(&["customerId"]);
    owner.get("/invoices?walletId=wal_1").refused(404, "WALLET_NOT_FOUND");
}

fn a_scoped_key_bills_for_its_wallet(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (own, other) = (owner.wallet("Own"), owner.wallet("Other"));
    let customer = owner.paying_customer("jane@acme.com");
    let agent = server.scoped(&["invoices:read", "invoices:write"], &[&own]);
    let mine = agent.drafted(&own, &customer, "5.00");
    let theirs = owner.drafted(&other, &customer, "5.00");
    assert_eq!(agent.all_ids("/invoices"), [mine.as_str()]);
    assert_eq!(agent.all_ids(&format!("/invoices?customerId={customer}")), [mine.as_str()]);
    agent.get(&format!("/invoices/{theirs}")).refused(404, "NOT_FOUND");
    for verb in ["finalize", "void", "refund", "mark-uncollectible", "checkout"] {
        agent.step_invoice(&theirs, verb).refused(404, "NOT_FOUND");
    }
    let bill = billing(&other, &customer, "5.00");
    agent.post("/invoices", &bill).refused(404, "WALLET_NOT_FOUND");
    agent.charge(&other, &customer, "5.00").refused(404, "WALLET_NOT_FOUND");
    let moved = json!({ "walletId": other });
    agent.patch(&format!("/invoices/{mine}"), &moved).refused(404, "WALLET_NOT_FOUND");
    agent.charge(&own, &customer, "5.00").ok();
}

fn a_closed_wallet_bills_nobody(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.wallet("Shop");
    let customer = owner.paying_customer("jane@acme.com");
    let (draft, (due, slug)) =
        (owner.drafted(&wallet, &customer, "5.00"), owner.finalized(&wallet, &customer, "5.00"));
    owner.act(&format!("/wallets/{wallet}/close")).ok();
    let closed = |answer: crate::support::Answer| {
        assert_eq!(answer.refused(409, "CONFLICT")["status"], "CLOSED");
    };
    closed(owner.post("/invoices", &billing(&wallet, &customer, "5.00")));
    closed(owner.step_invoice(&draft, "finalize"));
    closed(owner.pay_invoice(&slug, &owner.funded(100)));
    closed(server.nobody().pay_by_card(&slug, None));
    closed(owner.charge(&wallet, &customer, "5.00"));
    closed(owner.post("/invoices/charge", &json!({ "invoiceId": due })));
    assert_eq!(owner.step_invoice(&due, "void").ok()["status"], "VOIDED");
}
