//! The served OpenAPI document is complete and true: every route in it is guarded and answers as it says.

mod audited;
mod cards;
mod control;
mod document;
mod invoices;
mod links;
mod rails;
mod rows;
mod schema;
mod told;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Answer, Server, Store, stories};
use document::{Document, Operation};
use rows::{Row, Things, rows};

stories!(
    the_document_is_openapi_3_1,
    the_command_line_prints_the_same_document,
    every_route_has_a_row_here,
    every_route_needs_a_key,
    open_routes_check_a_key_that_is_sent,
    every_route_needs_its_permission,
    another_organizations_things_are_not_found,
    the_other_environments_things_are_a_mismatch,
    malformed_bodies_are_refused,
    good_requests_are_answered_as_documented,
    every_changing_call_replays,
);

fn the_document_is_openapi_3_1(store: Store) {
    let server = Server::start(store);
    let document = Document::served(&server);
    assert!(document.json["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")));
    assert!(
        document.json["info"]["title"].is_string() && document.json["info"]["version"].is_string()
    );
    document.assert_references_resolve();
    let mut names = BTreeSet::new();
    for operation in document.operations() {
        let name = operation.json["operationId"]
            .as_str()
            .unwrap_or_else(|| panic!("an operationId on {operation}"));
        assert!(names.insert(name.to_owned()), "operationId {name} is given twice");
        assert!(
            operation.json["summary"].is_string() || operation.json["description"].is_string(),
            "words for {operation}"
        );
        operation.assert_path_parameters_are_described();
    }
}

fn the_command_line_prints_the_same_document(store: Store) {
    let server = Server::start(store);
    let printed = server.run(&["openapi"]).expect_success();
    let printed: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(printed, Document::served(&server).json);
}

fn every_route_has_a_row_here(store: Store) {
    let server = Server::start(store);
    let documented: BTreeSet<String> = Document::served(&server)
        .operations()
        .iter()
        .filter(|operation| !operation.is_public())
        .map(Operation::to_string)
        .collect();
    let covered: BTreeSet<String> =
        rows(&Things::make(&server.owner())).iter().map(Row::to_string).collect();
    let missing: Vec<&String> = documented.difference(&covered).collect();
    let gone: Vec<&String> = covered.difference(&documented).collect();
    assert!(
        missing.is_empty(),
        "routes of the document without a row in openapi/rows.rs: {missing:#?}"
    );
    assert!(gone.is_empty(), "rows for routes that the document does not have: {gone:#?}");
}

/// Runs each row through `ask` and holds its answer against the document.
fn walk(store: Store, select: impl Fn(&Row) -> bool, ask: impl Fn(&Server, &Row) -> Answer) {
    let server = Server::start(store);
    let document = Document::served(&server);
    let rows = rows(&Things::make(&server.owner()));
    let mut walked = 0;
    for row in rows.iter().filter(|row| select(row)) {
        let answer = ask(&server, row);
        document.assert_describes(&row.to_string(), &answer);
        walked += 1;
    }
    assert!(walked > 0, "a walk that goes nowhere proves nothing");
}

fn every_route_needs_a_key(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let document = Document::served(&server);
    let rows = rows(&Things::make(&server.owner()));
    // What an open route reads, everybody may read; paying from a wallet asks for a key there too.
    let closed: Vec<&Row> = rows.iter().filter(|row| !row.open || row.body.is_some()).collect();
    // An address may fail so often a minute.
    for part in closed.chunks(90) {
        for row in part {
            let answer = row.ask(&server.nobody());
            answer.refused(401, "UNAUTHORIZED");
            document.assert_describes(&row.to_string(), &answer);
        }
        server.advance("PT1M");
    }
}

fn open_routes_check_a_key_that_is_sent(store: Store) {
    let server = Server::start(store);
    let document = Document::served(&server);
    let rows = rows(&Things::make(&server.owner()));
    let open: BTreeSet<String> = rows.iter().filter(|row| row.open).map(Row::to_string).collect();
    let documented: BTreeSet<String> = document
        .operations()
        .iter()
        .filter(|operation| operation.json["security"] == json!([{}, { "key": [] }]))
        .map(Operation::to_string)
        .collect();
    assert_eq!(open, documented, "the document says which routes ask for no key");
    for row in rows.iter().filter(|row| row.open) {
        if row.body.is_none() {
            document.assert_describes(&row.to_string(), &row.ask(&server.nobody()).expect(200));
        }
        let unknown = server.nobody().with_key("wg_test_unknown");
        row.ask(&unknown).refused(401, "UNAUTHORIZED");
    }
}

fn every_route_needs_its_permission(store: Store) {
    let server = Server::start(store);
    let document = Document::served(&server);
    let rows = rows(&Things::make(&server.owner()));
    let powerless = server.permitted(&[]);
    for row in &rows {
        let answer = row.ask(&powerless);
        assert_eq!(answer.refused(403, "PERMISSION_DENIED")["required"], row.permission, "{row}");
        document.assert_describes(&row.to_string(), &answer);
        let documented = document.operation(&row.to_string()).json.to_string();
        assert!(documented.contains(row.permission), "{row} says that it needs {}", row.permission);
    }
}

fn another_organizations_things_are_not_found(store: Store) {
    let server = Server::start(store);
    let document = Document::served(&server);
    let stranger = server.organization("Stranger");
    for row in rows(&Things::make(&server.owner())) {
        let Some(code) = row.foreign else { continue };
        let answer = row.ask(&stranger.owner);
        answer.refused(404, code);
        document.assert_describes(&row.to_string(), &answer);
    }
}

fn the_other_environments_things_are_a_mismatch(store: Store) {
    let server = Server::start(store);
    let document = Document::served(&server);
    for row in rows(&Things::make(&server.owner())) {
        if row.foreign.is_none() {
            continue;
        }
        let answer = row.ask(&server.live());
        let sandbox = row.template.ends_with("/fund") || row.template.starts_with("/sandbox/");
        let code = if sandbox { "SANDBOX_ONLY" } else { "ENVIRONMENT_MISMATCH" };
        answer.refused(403, code);
        document.assert_describes(&row.to_string(), &answer);
    }
    let payments = server.owner().all_ids("/payments");
    assert_eq!(payments.len(), 2, "those that the things are made of, and no other");
}

fn malformed_bodies_are_refused(store: Store) {
    walk(
        store,
        |row| row.body.is_some(),
        |server, row| {
            let answer =
                server.owner().send_bytes(row.method, &row.path, "application/json", b"{\"a\":");
            answer.refused(400, "VALIDATION_ERROR");
            answer
        },
    );
}

fn good_requests_are_answered_as_documented(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let document = Document::served(&server);
    let count = rows(&Things::make(&owner)).len();
    for index in 0..count {
        // Each row acts on things of its own, so that one row's act is not another's obstacle.
        let row = rows(&Things::make(&owner)).swap_remove(index);
        let answer = row.ask(&owner);
        if row.template == "/realtime" {
            // Only a WebSocket gets the stream.
            answer.refused(400, "VALIDATION_ERROR");
        } else {
            assert!((200..300).contains(&answer.status), "{}", answer.story());
        }
        document.assert_describes(&row.to_string(), &answer);
    }
    let things = Things::make(&owner);
    let pay = |amount: &str| json!({ "from": things.wallet, "to": things.other, "amount": amount });
    document.assert_describes(
        "POST /payments",
        &owner.post("/payments", &pay("100000.00")).expect(402),
    );
    document.assert_describes(
        "POST /payments/batch",
        &owner.post("/payments/batch", &json!({ "payments": [pay("100000.00")] })).expect(207),
    );
    owner.policy(&things.wallet, &json!({ "requireHumanApproval": true }));
    document.assert_describes("POST /payments", &owner.post("/payments", &pay("1.00")).expect(202));
    let network =
        json!({ "toAddress": things.address, "amount": "1.00", "fromWalletId": things.wallet });
    document
        .assert_describes("POST /network/pay", &owner.post("/network/pay", &network).expect(202));
    for (path, body) in [
        (
            "/transfers/withdraw",
            json!({ "walletId": things.wallet, "amount": "1.00",
            "currency": "USD", "bankAccountId": things.bank }),
        ),
        (
            "/transfers/internal",
            json!({ "fromWalletId": things.wallet,
            "toWalletId": things.other, "amount": "1.00" }),
        ),
    ] {
        let waits = owner.post(path, &body).expect(202);
        document.assert_describes(&format!("POST {path}"), &waits);
        let approval = waits.json["approvalId"].as_str().expect("an approval");
        let approved = owner.approve(approval).expect(200);
        document.assert_describes("POST /approvals/{}/approve", &approved);
    }
    let poor = json!({ "amount": "1000000.00" });
    let path = format!("/agents/{}/adjust-budget", things.agent);
    document
        .assert_describes("POST /agents/{}/adjust-budget", &owner.post(&path, &poor).expect(402));
    owner.approve(&things.approval).ok();
    let again = owner.approve(&things.approval).expect(409);
    document.assert_describes("POST /approvals/{}/approve", &again);
    let again = owner.reject(&things.approval).expect(409);
    document.assert_describes("POST /approvals/{}/reject", &again);
    document.assert_describes(
        "POST /payments/{}/reverse",
        &owner
            .post(&format!("/payments/{}/reverse", things.payment), &json!({ "amount": "50.00" }))
            .expect(422),
    );
}

fn every_changing_call_replays(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let count = rows(&Things::make(&owner)).len();
    for index in 0..count {
        let row = rows(&Things::make(&owner)).swap_remove(index);
        let changes = row.method != "GET"
            && !["/sandbox/clock", "/wallets/{}/policies/check"].contains(&row.template);
        if changes {
            let caller = owner.once(&format!("row-{index}"));
            let first = row.ask(&caller);
            assert!((200..300).contains(&first.status), "{}", first.story());
            row.ask(&caller).assert_replay_of(&first);
        }
    }
}
