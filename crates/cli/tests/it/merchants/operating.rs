//! What the operator says of merchants on the command line.

use serde_json::{Value, json};

use crate::support::{Server, Store, stories};

stories!(
    in_production_a_domain_is_verified_first,
    another_domain_is_verified_anew,
    a_merchant_is_suspended_and_resumed,
    it_is_done_without_a_server_too,
    unknown_merchants_are_refused,
);

fn in_production_a_domain_is_verified_first(store: Store) {
    let server = Server::start(store);
    let live = server.live();
    let merchant = live.merchant("shop.example.com");
    let path = format!("/merchants/{merchant}");
    let read = live.get(&path).ok();
    assert_eq!(read["domainVerified"], false);
    assert_eq!(
        read["domainVerification"],
        json!({ "recordType": "TXT", "recordName": "_wallgent.shop.example.com",
                "recordValue": format!("wallgent-merchant={merchant}") })
    );
    let stranger = server.organization("Stranger");
    let pay = |by: &str| stranger.live.pay_domain(&stranger.live_wallet, by, "1.00");
    pay("shop.example.com").refused(404, "MERCHANT_NOT_FOUND");
    // Its own organization knows it at once, and so does everybody by its ID.
    let till = live.wallet("Payer");
    live.pay_domain(&till, "shop.example.com", "1.00").refused(402, "INSUFFICIENT_FUNDS");
    let by_id = stranger.live.pay_merchant(&stranger.live_wallet, &merchant, "1.00");
    by_id.refused(402, "INSUFFICIENT_FUNDS");
    let printed = server.admin(&["merchant", "verify", &merchant, "--json"]).expect_success();
    let told: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!((&told["id"], &told["domainVerified"]), (&json!(merchant), &json!(true)));
    pay("shop.example.com").refused(402, "INSUFFICIENT_FUNDS");
    let read = live.get(&path).ok();
    assert_eq!(
        (&read["domainVerified"], &read["domainVerification"]),
        (&json!(true), &json!(null))
    );
    server.admin(&["merchant", "verify", &merchant]).expect_success();
    let told = live.get("/events?type=merchant.updated").ok();
    assert_eq!(told["data"].as_array().map(Vec::len), Some(1), "said twice, it is told once");
}

fn another_domain_is_verified_anew(store: Store) {
    let server = Server::start(store);
    let live = server.live();
    let merchant = live.merchant("shop.example.com");
    server.admin(&["merchant", "verify", &merchant]).expect_success();
    let change = |fields: &Value| live.change_merchant(&merchant, fields).ok();
    assert_eq!(change(&json!({ "name": "Renamed" }))["domainVerified"], true);
    assert_eq!(change(&json!({ "domain": "shop.example.com" }))["domainVerified"], true);
    assert_eq!(change(&json!({ "domain": "other.example.com" }))["domainVerified"], false);
}

fn a_merchant_is_suspended_and_resumed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let payer = server.organization("Payer").owner;
    let from = payer.funded(10);
    let merchant = owner.merchant("shop.example.com");
    server.admin(&["merchant", "suspend", &merchant]).expect_success();
    server.admin(&["merchant", "suspend", &merchant]).expect_success();
    let read = owner.get(&format!("/merchants/{merchant}")).ok();
    assert_eq!(read["status"], "SUSPENDED");
    let details = payer.pay_merchant(&from, &merchant, "1.00").refused(403, "MERCHANT_SUSPENDED");
    assert_eq!(details["merchantId"], json!(merchant));
    payer.pay_domain(&from, "shop.example.com", "1.00").refused(403, "MERCHANT_SUSPENDED");
    // Its owner cannot help itself.
    let changed = owner.change_merchant(&merchant, &json!({ "status": "ACTIVE" })).ok();
    assert_eq!(changed["status"], "SUSPENDED");
    let elsewhere = json!({ "settlementWalletId": owner.wallet("Elsewhere") });
    owner.change_merchant(&merchant, &elsewhere).refused(403, "MERCHANT_SUSPENDED");
    // What is not collected for it still arrives: its wallet is not frozen.
    payer.pay(&from, server.account("sandboxWalletId"), "1.00").ok();
    server.admin(&["merchant", "resume", &merchant]).expect_success();
    payer.pay_merchant(&from, &merchant, "1.00").ok();
    let events = owner.get("/events?type=merchant.*").ok();
    let told: Vec<&str> = events["data"]
        .as_array()
        .expect("data")
        .iter()
        .map(|event| event["type"].as_str().expect("a type"))
        .collect();
    assert_eq!(
        told,
        ["merchant.created", "merchant.suspended", "merchant.updated", "merchant.resumed"]
    );
}

fn it_is_done_without_a_server_too(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let merchant = owner.merchant("shop.example.com");
    assert!(server.stop().success());
    server.admin(&["merchant", "suspend", &merchant]).expect_success();
    server.launch();
    let owner = server.owner();
    assert_eq!(owner.get(&format!("/merchants/{merchant}")).ok()["status"], "SUSPENDED");
}

fn unknown_merchants_are_refused(store: Store) {
    let server = Server::start(store);
    for command in ["verify", "suspend", "resume"] {
        for merchant in ["mer_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense"] {
            let reason = server.admin(&["merchant", command, merchant]).expect_failure();
            assert!(reason.contains("No such merchant"), "{reason}");
        }
    }
}
