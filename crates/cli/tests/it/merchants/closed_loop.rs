//! Paying a merchant by its name.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields};
use crate::support::{Server, Store, Waiting, id, stories};

stories!(
    a_merchant_is_paid_by_its_id,
    a_merchant_is_paid_by_its_domain,
    the_nearest_domain_is_paid,
    a_neighbour_is_not_paid,
    both_sides_see_the_merchant,
    a_payment_by_name_is_made_once,
    a_batch_pays_merchants,
    policies_know_a_merchant_by_both_names,
    a_payment_by_name_waits_for_a_human,
    a_human_cannot_agree_to_what_is_suspended,
    another_wallet_is_paid_from_now_on,
    a_payment_by_name_is_given_back,
);

fn a_merchant_is_paid_by_its_id(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let from = payer.funded(100);
    let request = json!({ "from": from, "merchantId": merchant, "amount": "60.00",
                          "description": "Shoes", "preference": "cheapest" });
    let paid = payer.post("/payments", &request).ok();
    assert_fields(&paid, shapes::PAYMENT, shapes::SENDER_BALANCES);
    for (field, expected) in [
        ("to", json!(server.account("sandboxWalletId"))),
        ("amount", json!("60.00")),
        ("fee", json!("0.00")),
        ("status", json!("POSTED")),
        ("rail", json!("CLOSED_LOOP")),
        ("merchantId", json!(merchant)),
        ("description", json!("Shoes")),
    ] {
        assert_eq!(paid[field], expected, "{field}");
    }
    payer.assert_balances(&from, "40.00", "0.00", "40.00");
    assert_eq!(owner.balance(server.account("sandboxWalletId")), "60.00");
    assert_eq!(payer.get(&format!("/payments/{}", id(&paid))).ok()["merchantId"], json!(merchant));
    // Free of charge, all of it can be paid.
    payer.pay_merchant(&from, &merchant, "40.00").ok();
}

fn a_merchant_is_paid_by_its_domain(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("example.co.uk");
    let from = payer.funded(100);
    for host in ["example.co.uk", "shop.example.co.uk", "A.B.Example.CO.UK"] {
        let paid = payer.pay_domain(&from, host, "1.00").ok();
        assert_eq!(
            (&paid["merchantId"], &paid["rail"]),
            (&json!(merchant), &json!("CLOSED_LOOP")),
            "{host}"
        );
    }
    for preference in ["cheapest", "fastest", "closed_loop_preferred"] {
        let request = json!({ "from": from, "merchantHint": { "domain": "example.co.uk" },
                              "amount": "1.00", "preference": preference });
        payer.post("/payments", &request).ok();
    }
}

fn the_nearest_domain_is_paid(store: Store) {
    let server = Server::start(store);
    let [above, below] = ["Above", "Below"].map(|name| server.organization(name).owner);
    let payer = server.owner();
    let (whole, part) = (above.merchant("example.com"), below.merchant("shop.example.com"));
    let from = payer.funded(10);
    for (host, merchant) in [
        ("example.com", &whole),
        ("www.example.com", &whole),
        ("shop.example.com", &part),
        ("cart.shop.example.com", &part),
    ] {
        assert_eq!(payer.pay_domain(&from, host, "1.00").ok()["merchantId"], json!(merchant));
    }
}

fn a_neighbour_is_not_paid(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    owner.merchant("shop.example.co.uk");
    let from = payer.funded(10);
    for host in [
        "example.co.uk",
        "other.example.co.uk",
        "notshop.example.co.uk",
        "shop.example.com",
        "co.uk",
        "uk",
        "nonsense!",
        "shop.example.co.uk.",
    ] {
        let details = payer.pay_domain(&from, host, "1.00").refused(404, "MERCHANT_NOT_FOUND");
        assert_eq!(details["domain"], json!(host));
    }
    payer.assert_balances(&from, "10.00", "0.00", "10.00");
}

fn both_sides_see_the_merchant(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let from = payer.funded(10);
    let payment = id(&payer.pay_merchant(&from, &merchant, "1.00").ok());
    let seen = owner.get(&format!("/payments/{payment}")).ok();
    assert_eq!(
        (&seen["merchantId"], &seen["rail"], &seen["fee"]),
        (&json!(merchant), &json!("CLOSED_LOOP"), &json!(null))
    );
    for (api, event) in [(&payer, "payment.completed"), (&owner, "payment.received")] {
        let events = api.get(&format!("/events?type={event}")).ok();
        let data = &events["data"][0]["data"];
        assert_eq!(
            (&data["transactionId"], &data["merchantId"]),
            (&json!(payment), &json!(merchant))
        );
    }
}

fn a_payment_by_name_is_made_once(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let from = payer.funded(10);
    let keyed = payer.once("shoes");
    let first = keyed.pay_merchant(&from, &merchant, "1.00").expect(200);
    keyed.pay_merchant(&from, &merchant, "1.00").assert_replay_of(&first);
    keyed.pay_domain(&from, "shop.example.com", "1.00").refused(409, "IDEMPOTENCY_KEY_REUSE");
    let wallet = server.account("sandboxWalletId");
    keyed.pay(&from, wallet, "1.00").refused(409, "IDEMPOTENCY_KEY_REUSE");
    // It stays what it was, whatever becomes of the merchant.
    server.admin(&["merchant", "suspend", &merchant]).expect_success();
    keyed.pay_merchant(&from, &merchant, "1.00").assert_replay_of(&first);
    assert_eq!(owner.received(""), (vec![id(&first.json)], 1));
}

fn a_batch_pays_merchants(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let from = payer.funded(100);
    let by_id = json!({ "from": from, "merchantId": merchant, "amount": "1.00" });
    let by_domain = json!({ "from": from, "merchantHint": { "domain": "www.shop.example.com" }, "amount": "2.00" });
    let unknown =
        json!({ "from": from, "merchantHint": { "domain": "nobody.example" }, "amount": "3.00" });
    let good = json!({ "payments": [by_id, by_domain] });
    payer.post("/payments/batch", &good).ok();
    assert_eq!(owner.balance(server.account("sandboxWalletId")), "3.00");
    let bad = json!({ "payments": [by_id, unknown] });
    let failed = payer.post("/payments/batch", &bad).expect(207).json;
    assert_eq!(failed["results"][1]["error"]["code"], "MERCHANT_NOT_FOUND");
    let each = json!({ "payments": [by_id, unknown], "mode": "independent" });
    let partly = payer.post("/payments/batch", &each).expect(207).json;
    assert_eq!(partly["results"][0]["status"], "success");
    let (_, total) = owner.received("");
    assert_eq!(total, 3, "what was undone with its batch is not counted");
    payer.assert_balances(&from, "96.00", "0.00", "96.00");
}

/// Whether a payer whose wallet has this policy may pay the merchant by its ID, by its domain, by its wallet.
fn may_pay(server: &Server, rules: impl Fn(&str, &str) -> Value, merchant: &str) -> [bool; 3] {
    let payer = server.organization("Payer").owner;
    let wallet = server.account("sandboxWalletId");
    let from = payer.funded(10);
    payer.policy(&from, &rules(merchant, wallet));
    [
        payer.pay_merchant(&from, merchant, "1.00"),
        payer.pay_domain(&from, "shop.example.com", "1.00"),
        payer.pay(&from, wallet, "1.00"),
    ]
    .map(|answer| {
        if answer.status != 200 {
            answer.refused(403, "POLICY_DENIED");
        }
        answer.status == 200
    })
}

fn policies_know_a_merchant_by_both_names(store: Store) {
    let server = Server::start(store);
    let merchant = server.owner().merchant("shop.example.com");
    let approve = |name: &str| json!({ "approvedRecipients": [name] });
    let block = |name: &str| json!({ "blockedRecipients": [name] });
    assert_eq!(may_pay(&server, |merchant, _| approve(merchant), &merchant), [true; 3]);
    assert_eq!(may_pay(&server, |_, wallet| approve(wallet), &merchant), [true; 3]);
    assert_eq!(may_pay(&server, |_, _| approve("mer_other"), &merchant), [false; 3]);
    assert_eq!(may_pay(&server, |merchant, _| block(merchant), &merchant), [false; 3]);
    assert_eq!(may_pay(&server, |_, wallet| block(wallet), &merchant), [false; 3]);
    // Asked beforehand, the answer is the same.
    let payer = server.organization("Asker").owner;
    let from = payer.funded(10);
    payer.policy(&from, &block(&merchant));
    for to in [merchant.as_str(), server.account("sandboxWalletId")] {
        let asked = json!({ "to": to, "amount": "1.00" });
        let checked = payer.post(&format!("/wallets/{from}/policies/check"), &asked).ok();
        assert_eq!(checked["decision"], "DENY", "{to}");
    }
}

fn a_payment_by_name_waits_for_a_human(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let from = payer.guarded(100);
    let answer = payer.pay_merchant(&from, &merchant, "60.00").expect(202);
    assert_eq!(answer.json["merchantId"], json!(merchant));
    payer.assert_balances(&from, "100.00", "60.00", "40.00");
    assert_eq!(owner.received(""), (vec![], 0), "nothing was paid yet");
    let waiting = Waiting::of(answer);
    payer.approve(&waiting.approval).ok();
    assert_eq!(owner.received(""), (vec![waiting.payment.clone()], 1));
    let posted = payer.get(&format!("/payments/{}", waiting.payment)).ok();
    assert_eq!(
        (&posted["rail"], &posted["merchantId"], &posted["fee"]),
        (&json!("CLOSED_LOOP"), &json!(merchant), &json!("0.00"))
    );
}

fn a_human_cannot_agree_to_what_is_suspended(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let from = payer.guarded(100);
    let waiting = Waiting::of(payer.pay_merchant(&from, &merchant, "60.00"));
    server.admin(&["merchant", "suspend", &merchant]).expect_success();
    payer.approve(&waiting.approval).refused(403, "MERCHANT_SUSPENDED");
    server.admin(&["merchant", "resume", &merchant]).expect_success();
    owner.change_merchant(&merchant, &json!({ "closedLoop": false })).ok();
    payer.approve(&waiting.approval).refused(400, "CLOSED_LOOP_UNAVAILABLE");
    assert_eq!(payer.approval_status(&waiting.approval), "PENDING");
    owner.change_merchant(&merchant, &json!({ "closedLoop": true })).ok();
    payer.approve(&waiting.approval).ok();
}

fn another_wallet_is_paid_from_now_on(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let (first, second) = (owner.wallet("First"), owner.wallet("Second"));
    let settles_into = |wallet: &str| json!({ "settlementWalletId": wallet });
    let merchant = owner.merchant_of("shop.example.com", &settles_into(&first));
    let (from, guarded) = (payer.funded(100), payer.guarded(100));
    payer.pay_merchant(&from, &merchant, "1.00").ok();
    let waiting = Waiting::of(payer.pay_merchant(&guarded, &merchant, "10.00"));
    owner.change_merchant(&merchant, &settles_into(&second)).ok();
    payer.pay_merchant(&from, &merchant, "2.00").ok();
    payer.paid(&from, &first, "3.00");
    payer.paid(&from, &second, "4.00");
    // What was asked before is paid as it was agreed to.
    payer.approve(&waiting.approval).ok();
    assert_eq!((owner.balance(&first), owner.balance(&second)), ("14.00".into(), "6.00".into()));
    let (ids, total) = owner.received("");
    assert_eq!(total, 4, "all but what the first wallet was paid after its time");
    assert_eq!(ids[0], waiting.payment, "the last that was posted");
    owner.change_merchant(&merchant, &settles_into(&first)).ok();
    payer.paid(&from, &first, "5.00");
    assert_eq!(owner.received("").1, 5);
}

fn a_payment_by_name_is_given_back(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let from = payer.funded(10);
    let payment = id(&payer.pay_merchant(&from, &merchant, "4.00").ok());
    let part = json!({ "amount": "1.00" });
    owner.post(&format!("/payments/{payment}/reverse"), &part).ok();
    let list = owner.get("/merchant/payments").ok();
    assert_eq!(
        (&list["data"][0]["status"], &list["data"][0]["amount"]),
        (&json!("PARTIALLY_REVERSED"), &json!("4.00"))
    );
    let rest = owner.act(&format!("/payments/{payment}/reverse")).ok();
    assert_eq!((&rest["status"], &rest["merchantId"]), (&json!("REVERSED"), &json!(merchant)));
    assert_eq!(payer.balance(&from), "10.00");
}
