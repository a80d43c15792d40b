//! Paying a link by a sandbox's test method, without a wallet and without a key.

use serde_json::json;

use crate::support::links::{declined_card, test_card};
use crate::support::shapes::{assert_id, assert_time};
use crate::support::{Server, Store, id, stories};

stories!(
    a_test_card_pays,
    a_bank_account_pays_too,
    a_declined_card_pays_nothing,
    real_money_takes_no_test_method,
    a_visitors_key_makes_a_retry_safe,
    bad_methods_are_refused,
    restrictions_hold_for_visitors,
);

fn a_test_card_pays(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let sales = owner.wallet("Sales");
    let (link, slug) = owner.link(&sales, "100.00");
    let paid = nobody.pay_link(&slug, &test_card()).ok();
    assert_id(&paid["id"], "txn");
    assert_time(&paid["createdAt"]);
    for (field, expected) in [
        ("transactionId", paid["id"].clone()),
        ("from", json!(null)),
        ("to", json!(sales)),
        ("amount", json!("100.00")),
        ("currency", json!("USD")),
        ("status", json!("POSTED")),
        ("rail", json!("PAYMENT_LINK")),
        ("paymentLinkId", json!(link)),
        ("environment", json!("SANDBOX")),
        ("paymentMethod", json!({ "type": "card", "brand": "VISA", "last4": "4242" })),
    ] {
        assert_eq!(paid[field], expected, "{field}");
    }
    owner.assert_balances(&sales, "100.00", "0.00", "100.00");
    assert_eq!(owner.of_link(&link, "status"), "CLAIMED");
    let received = &owner.told("payment.received")[0];
    assert_eq!((&received["transactionId"], &received["amount"]), (&paid["id"], &paid["amount"]));
    let entries = owner.get(&format!("/wallets/{sales}/transactions")).ok();
    assert_eq!(entries["data"][0]["entryType"], "TEST_PAYMENT");
    let audited = &owner.audited("action=payment.received")[0];
    assert_eq!(
        (&audited["actorType"], &audited["ipAddress"]),
        (&json!("SYSTEM"), &json!("127.0.0.1")),
        "nobody's key, but from somewhere"
    );
    server.verify();
}

fn a_bank_account_pays_too(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let sales = owner.wallet("Sales");
    let (_, slug) = owner.link(&sales, "3.00");
    let account = json!({ "paymentMethod": { "type": "bank_account" } });
    let paid = owner.pay_link(&slug, &account).ok();
    assert_eq!(paid["paymentMethod"]["last4"], "6789", "with a key too");
    assert_eq!(owner.balance(&sales), "3.00");
}

fn a_declined_card_pays_nothing(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let sales = owner.wallet("Sales");
    let (link, slug) = owner.link(&sales, "3.00");
    let details = nobody.pay_link(&slug, &declined_card()).refused(402, "INSUFFICIENT_FUNDS");
    assert_eq!(details["declineReason"], "INSUFFICIENT_FUNDS");
    assert_eq!(details["paymentMethod"]["last4"], "0002");
    assert_eq!((owner.balance(&sales).as_str(), owner.of_link(&link, "uses")), ("0.00", json!(0)));
    nobody.pay_link(&slug, &test_card()).ok();
    assert_eq!(owner.balance(&sales), "3.00");
}

fn real_money_takes_no_test_method(store: Store) {
    let server = Server::start(store);
    let live = server.live();
    let (link, slug) = live.link(server.account("liveWalletId"), "3.00");
    server.nobody().pay_link(&slug, &test_card()).refused(403, "SANDBOX_ONLY");
    live.pay_link(&slug, &test_card()).refused(403, "SANDBOX_ONLY");
    assert_eq!(live.of_link(&link, "uses"), 0);
    assert_eq!(live.balance(server.account("liveWalletId")), "0.00");
}

fn a_visitors_key_makes_a_retry_safe(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let sales = owner.wallet("Sales");
    let link = owner.link_of(&sales, &json!({ "amount": "1.00", "maxUses": 9 }));
    let slug = link["slug"].as_str().expect("a slug");
    let first = nobody.once("mine").pay_link(slug, &test_card());
    nobody.once("mine").pay_link(slug, &test_card()).assert_replay_of(&first);
    let account = json!({ "testMethod": { "type": "bank_account" } });
    nobody.once("mine").pay_link(slug, &account).refused(409, "IDEMPOTENCY_KEY_REUSE");
    let declined = nobody.once("no").pay_link(slug, &declined_card());
    nobody.once("no").pay_link(slug, &declined_card()).assert_replay_of(&declined);
    let (other, elsewhere) = owner.link(&sales, "2.00");
    nobody.once("mine").pay_link(&elsewhere, &test_card()).ok();
    assert_eq!(owner.of_link(&other, "uses"), 1, "a key counts for its link");
    owner.once("mine").pay_link(slug, &test_card()).ok();
    assert_eq!(owner.of_link(&id(&link), "uses"), 2, "and not for those with a key");
}

fn bad_methods_are_refused(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let (_, slug) = owner.link(&owner.wallet("Sales"), "1.00");
    nobody.pay_link(&slug, &json!({})).refused_fields(&["fromWalletId"]);
    let method = |fields| json!({ "testMethod": fields });
    nobody.pay_link(&slug, &method(json!({}))).refused_fields(&["testMethod.type"]);
    nobody.pay_link(&slug, &method(json!("card"))).refused_fields(&["testMethod"]);
    nobody.pay_link(&slug, &method(json!({ "type": "cash" }))).refused_fields(&["testMethod.type"]);
    nobody
        .pay_link(&slug, &method(json!({ "type": "card", "last4": "1234" })))
        .refused_fields(&["testMethod.last4"]);
    let mut both = test_card();
    both["fromWalletId"] = json!("wal_x");
    nobody.pay_link(&slug, &both).refused_fields(&["fromWalletId"]);
    let mut two = test_card();
    two["paymentMethod"] = json!({ "type": "bank_account" });
    nobody.pay_link(&slug, &two).refused_fields(&["paymentMethod"]);
    let wallet = json!({ "fromWalletId": "wal_01J00000000000000000000000" });
    nobody.pay_link(&slug, &wallet).refused(401, "UNAUTHORIZED");
}

fn restrictions_hold_for_visitors(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let sales = owner.wallet("Sales");
    let restricted = |payers| {
        let fields = json!({ "amount": "1.00", "recipientRestrictions": payers });
        owner.link_of(&sales, &fields)["slug"].as_str().expect("a slug").to_owned()
    };
    let by_wallet = restricted(json!({ "walletIds": ["wal_friend"] }));
    nobody.pay_link(&by_wallet, &test_card()).refused(403, "PERMISSION_DENIED");
    let by_email = restricted(json!({ "emails": ["ada@example.com"] }));
    nobody.pay_link(&by_email, &test_card()).refused(403, "PERMISSION_DENIED");
    let mut says = test_card();
    says["payerEmail"] = json!("ADA@example.com");
    nobody.pay_link(&by_email, &says).ok();
}
