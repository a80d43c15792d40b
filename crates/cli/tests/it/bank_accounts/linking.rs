//! Linking bank accounts: what is accepted, who may, and what is shown of them.

use serde_json::{Value, json};

use crate::support::banking::link_request;
use crate::support::shapes::{self, assert_fields, assert_id, assert_whole_list};
use crate::support::{Server, Store, id, stories};

stories!(
    an_account_is_linked_and_read,
    wrong_numbers_are_refused_without_being_repeated,
    a_removed_account_serves_no_more,
    accounts_belong_to_their_organization_and_environment,
    a_scoped_key_reads_but_does_not_link,
    there_is_a_most,
    it_is_told,
    a_link_happens_once_under_its_key,
);

fn an_account_is_linked_and_read(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let mut request = link_request("000123456789");
    (request["nickname"], request["bankName"]) = (json!("Main"), json!("First Bank"));
    let account = owner.post("/bank-accounts", &request).created();
    assert_fields(&account, shapes::BANK_ACCOUNT, &[]);
    assert_id(&account["id"], "ba");
    for (field, expected) in [
        ("nickname", json!("Main")),
        ("bankName", json!("First Bank")),
        ("accountHolderName", json!("Ada Lovelace")),
        ("routingNumber", json!("021000021")),
        ("accountNumberLast4", json!("6789")),
        ("accountType", json!("CHECKING")),
        ("status", json!("VERIFIED")),
        ("createdAt", json!("2026-03-02T09:00:00.000Z")),
    ] {
        assert_eq!(account[field], expected, "{field}");
    }
    assert_eq!(owner.get(&format!("/bank-accounts/{}", id(&account))).ok(), account);
    let other = owner.post("/bank-accounts", &link_request("4321")).created();
    let list = owner.get("/bank-accounts").ok();
    assert_whole_list(&list);
    assert_eq!(list["data"], json!([other, account]), "newest first");
}

fn wrong_numbers_are_refused_without_being_repeated(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let cases = [
        ("routingNumber", json!("021000022")),
        ("routingNumber", json!("000000000")),
        ("routingNumber", json!("02100002")),
        ("routingNumber", json!(21_000_021)),
        ("routingNumber", Value::Null),
        ("accountNumber", json!("123")),
        ("accountNumber", json!("987654321987654321")),
        ("accountNumber", json!("98765432l")),
        ("accountNumber", json!(987_654_321)),
        ("accountHolderName", json!("")),
        ("accountHolderName", Value::Null),
        ("accountType", json!("BROKERAGE")),
        ("accountType", Value::Null),
    ];
    for (field, value) in cases {
        let mut request = link_request("000123456789");
        request[field] = value.clone();
        let answer = owner.post("/bank-accounts", &request);
        answer.refused_fields(&[field]);
        assert!(!answer.text.contains("98765432"), "{}", answer.story());
    }
    let empty = owner.post("/bank-accounts", &json!({}));
    empty.refused_fields(&["routingNumber", "accountNumber", "accountHolderName", "accountType"]);
    assert_eq!(owner.get("/bank-accounts").ok()["data"], json!([]));
}

fn a_removed_account_serves_no_more(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (bank, wallet) = (owner.linked(), owner.funded(100));
    let on_its_way = id(&owner.withdraw_to(&wallet, "10.00", &bank).expect(202).json);
    let removed = owner.delete(&format!("/bank-accounts/{bank}")).ok();
    assert_eq!(removed, json!({ "id": bank, "deleted": true, "removed": true }));
    assert_eq!(owner.get("/bank-accounts").ok()["data"], json!([]));
    assert_eq!(owner.get(&format!("/bank-accounts/{bank}")).ok()["status"], "REMOVED");
    let again = owner.delete(&format!("/bank-accounts/{bank}"));
    assert_eq!(again.refused(409, "CONFLICT")["status"], "REMOVED");
    let verify = json!({ "amounts": ["0.32", "0.45"] });
    let verified = owner.post(&format!("/bank-accounts/{bank}/verify"), &verify);
    assert_eq!(verified.refused(409, "CONFLICT")["status"], "REMOVED");
    let refused = owner.withdraw_to(&wallet, "10.00", &bank);
    assert_eq!(refused.refused(409, "CONFLICT")["status"], "REMOVED");
    server.advance("PT5S");
    assert_eq!(owner.transfer_status(&on_its_way), "COMPLETED", "what was on its way arrives");
    assert_eq!(
        server.number("SELECT COUNT(*) FROM bank_accounts WHERE account_number IS NOT NULL"),
        0,
        "its number is gone"
    );
    server.assert_nothing_on_its_way();
}

fn accounts_belong_to_their_organization_and_environment(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let (bank, wallet) = (owner.linked(), owner.funded(100));
    let path = format!("/bank-accounts/{bank}");
    assert_eq!(stranger.owner.get(&path).refused(404, "NOT_FOUND")["resource"], "bank_account");
    stranger.owner.delete(&path).refused(404, "NOT_FOUND");
    server.live().get(&path).refused(403, "ENVIRONMENT_MISMATCH");
    assert_eq!(stranger.owner.get("/bank-accounts").ok()["data"], json!([]));
    assert_eq!(server.live().get("/bank-accounts").ok()["data"], json!([]));
    let foreign = stranger.owner.linked();
    for unknown in [foreign.as_str(), "ba_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense"] {
        owner.withdraw_to(&wallet, "10.00", unknown).refused(404, "NOT_FOUND");
    }
    let live = server.live();
    let live_bank = id(&live.post("/bank-accounts", &link_request("000123456789")).created());
    owner.withdraw_to(&wallet, "10.00", &live_bank).refused(403, "ENVIRONMENT_MISMATCH");
    owner.get("/bank-accounts/nonsense").refused(404, "NOT_FOUND");
}

fn a_scoped_key_reads_but_does_not_link(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (bank, agent) = (owner.linked(), owner.agent("Bot"));
    let path = format!("/bank-accounts/{bank}");
    agent.api.get(&path).ok();
    assert_eq!(agent.api.get("/bank-accounts").ok()["data"].as_array().map(Vec::len), Some(1));
    let amounts = json!({ "amounts": ["0.32", "0.45"] });
    for answer in [
        agent.api.post("/bank-accounts", &link_request("000123456789")),
        agent.api.post(&format!("{path}/verify"), &amounts),
        agent.api.delete(&path),
    ] {
        assert_eq!(answer.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
    }
    let reader = server.permitted(&["payments:read"]);
    reader.get(&path).ok();
    let refused = reader.post("/bank-accounts", &link_request("000123456789"));
    assert_eq!(refused.refused(403, "PERMISSION_DENIED")["required"], "payments:write");
}

fn there_is_a_most(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let banks: Vec<String> = (0..100).map(|_| owner.linked()).collect();
    owner.post("/bank-accounts", &link_request("000123456789")).refused(409, "CONFLICT");
    owner.delete(&format!("/bank-accounts/{}", banks[0])).ok();
    owner.linked();
}

fn it_is_told(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let bank = owner.linked();
    owner.delete(&format!("/bank-accounts/{bank}")).ok();
    let events = owner.get("/events?type=bank_account.*").ok();
    let told: Vec<&str> = events["data"]
        .as_array()
        .expect("data")
        .iter()
        .map(|event| event["type"].as_str().expect("a type"))
        .collect();
    assert_eq!(told, ["bank_account.linked", "bank_account.verified", "bank_account.removed"]);
    for event in events["data"].as_array().expect("data") {
        assert_fields(&event["data"], shapes::BANK_ACCOUNT, &[]);
    }
    let entries = owner.audited(&format!("resource={bank}"));
    assert_eq!(entries.len(), 3);
    assert_eq!(entries[2]["resource"], "bank_account");
}

fn a_link_happens_once_under_its_key(store: Store) {
    let server = Server::start(store);
    let owner = server.owner().once("link-1");
    let first = owner.post("/bank-accounts", &link_request("000123456789")).expect(201);
    owner.post("/bank-accounts", &link_request("000123456789")).assert_replay_of(&first);
    let other = owner.post("/bank-accounts", &link_request("999123456789"));
    let details = other.refused(409, "IDEMPOTENCY_KEY_REUSE");
    assert_eq!(details["resourceId"], first.json["id"], "only the last four digits are alike");
    assert_eq!(owner.get("/bank-accounts").ok()["data"].as_array().map(Vec::len), Some(1));
}
