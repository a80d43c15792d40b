//! Paying a link from a wallet: a payment with everything that belongs to one.

use serde_json::json;

use crate::support::shapes::{self, assert_fields};
use crate::support::{Server, Store, id, stories};

stories!(
    a_link_is_paid_once,
    another_organization_pays,
    a_payers_own_fields_stay_private,
    policies_and_funds_apply,
    wrong_payers_are_refused,
    the_receiver_may_be_frozen_but_not_closed,
    the_other_environments_links_are_not_paid,
    a_repeated_payment_is_made_once,
    a_use_is_not_given_back,
);

fn a_link_is_paid_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (payer, sales) = (owner.funded(300), owner.wallet("Sales"));
    let made = owner.link_of(&sales, &json!({ "amount": "100.00", "description": "Report" }));
    let (link, slug) = (id(&made), made["slug"].as_str().expect("a slug").to_owned());
    let payment = owner.pay_link_from(&slug, &payer).ok();
    let fields = [shapes::PAYMENT, shapes::SENDER_BALANCES, &["paymentLinkId"]].concat();
    assert_fields(&payment, &fields, &[]);
    for (field, expected) in [
        ("from", json!(payer)),
        ("to", json!(sales)),
        ("amount", json!("100.00")),
        ("fee", json!("0.50")),
        ("status", json!("POSTED")),
        ("rail", json!("PAYMENT_LINK")),
        ("paymentLinkId", json!(link)),
        ("description", json!("Report")),
        ("balanceAfter", json!("199.50")),
    ] {
        assert_eq!(payment[field], expected, "{field}");
    }
    assert_eq!(owner.get(&format!("/payments/{}", id(&payment))).ok()["rail"], "PAYMENT_LINK");
    assert_eq!(owner.balance(&sales), "100.00");
    assert_eq!(
        (owner.of_link(&link, "status"), owner.of_link(&link, "uses")),
        (json!("CLAIMED"), json!(1))
    );
    let claimed = owner.told("payment_link.claimed");
    assert_eq!((claimed.len(), &claimed[0]["paymentLinkId"]), (1, &json!(link)));
    let details = owner.pay_link_from(&slug, &payer).refused(409, "CONFLICT");
    assert_eq!(details["status"], "CLAIMED");
    assert_eq!(owner.balance(&payer), "199.50");
    let statement = owner.get(&format!("/wallets/{payer}/transactions?limit=1")).ok();
    assert_eq!(statement["data"][0]["transactionId"], payment["id"]);
    assert!(statement["data"][0]["relatedTransactionId"].is_null(), "a link is no transaction");
}

fn another_organization_pays(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let sales = owner.wallet("Sales");
    let (link, slug) = owner.link(&sales, "10.00");
    stranger.owner.fund(&stranger.wallet, 20);
    stranger.owner.pay_link_from(&slug, &stranger.wallet).ok();
    stranger.owner.assert_balances(&stranger.wallet, "9.75", "0.00", "9.75");
    assert_eq!(owner.balance(&sales), "10.00");
    stranger.owner.get(&format!("/payment-links/{link}")).refused(404, "PAYMENT_LINK_NOT_FOUND");
    assert!(stranger.owner.told("payment_link.claimed").is_empty(), "it is not theirs");
    let entry = &owner.audited("action=payment_link.claimed")[0];
    assert_eq!(entry["actorType"], "SYSTEM", "who acted on the other side is not told");
}

fn a_payers_own_fields_stay_private(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let (_, slug) = owner.link(&owner.wallet("Sales"), "10.00");
    stranger.owner.fund(&stranger.wallet, 20);
    let paid = stranger.owner.once("mine").pay_link_from(&slug, &stranger.wallet).ok();
    let seen = owner.get(&format!("/payments/{}", id(&paid))).ok();
    assert_eq!(seen["paymentLinkId"], paid["paymentLinkId"]);
    for field in ["idempotencyKey", "fee", "approvalId", "balanceAfter", "availableAfter"] {
        assert!(seen[field].is_null(), "{field}: {seen:#}");
    }
}

fn policies_and_funds_apply(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (sales, agent) = (owner.wallet("Sales"), owner.funded_agent(20));
    let (link, slug) = owner.link(&sales, "25.00");
    let details = agent.api.pay_link_from(&slug, &agent.id).refused(402, "INSUFFICIENT_FUNDS");
    assert_eq!((&details["requested"], &details["fee"]), (&json!("25.00"), &json!("0.25")));
    owner.fund(&agent.id, 100);
    owner.policy(&agent.id, &json!({ "maxTransactionAmount": "24.99" }));
    agent.api.pay_link_from(&slug, &agent.id).refused(403, "POLICY_DENIED");
    owner.act(&format!("/agents/{}/pause", agent.id)).ok();
    agent.api.pay_link_from(&slug, &agent.id).refused(403, "WALLET_FROZEN");
    let other = owner.funded(100);
    agent.api.pay_link_from(&slug, &other).refused(404, "WALLET_NOT_FOUND");
    let details = owner.pay_link_from(&slug, &sales).refused(400, "VALIDATION_ERROR");
    assert_eq!(details["fields"][0]["path"], "fromWalletId");
    assert_eq!(owner.of_link(&link, "uses"), 0);
    let (_, cheap) = owner.link(&sales, "5.00");
    owner.act(&format!("/agents/{}/resume", agent.id)).ok();
    agent.api.pay_link_from(&cheap, &agent.id).ok();
    let reader = server.permitted(&["payments:read"]);
    let details = reader.pay_link_from(&slug, &other).refused(403, "PERMISSION_DENIED");
    assert_eq!(details["required"], "payments:write");
}

fn wrong_payers_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (sales, friend, other) = (owner.wallet("Sales"), owner.funded(50), owner.funded(50));
    let payers = json!({ "walletIds": [friend], "emails": ["Ada@Example.com"] });
    let fields = json!({ "amount": "1.00", "maxUses": 9, "recipientRestrictions": payers });
    let link = owner.link_of(&sales, &fields);
    let slug = link["slug"].as_str().expect("a slug");
    let details = owner.pay_link_from(slug, &other).refused(403, "PERMISSION_DENIED");
    assert_eq!(details["reason"], "payer_not_allowed");
    let says = |email: &str| json!({ "fromWalletId": other, "payerEmail": email });
    owner.pay_link(slug, &says("eve@example.com")).refused(403, "PERMISSION_DENIED");
    owner.pay_link(slug, &says("nobody")).refused_fields(&["payerEmail"]);
    owner.pay_link_from(slug, &friend).ok();
    owner.pay_link(slug, &says("ada@example.com")).ok();
    assert_eq!(owner.of_link(&id(&link), "uses"), 2);
}

fn the_receiver_may_be_frozen_but_not_closed(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (payer, sales, gone) = (owner.funded(50), owner.wallet("Sales"), owner.wallet("Gone"));
    let ((_, frozen), (link, closed)) = (owner.link(&sales, "1.00"), owner.link(&gone, "1.00"));
    owner.act(&format!("/wallets/{sales}/freeze")).ok();
    owner.pay_link_from(&frozen, &payer).ok();
    assert_eq!(owner.balance(&sales), "1.00");
    owner.act(&format!("/wallets/{gone}/close")).ok();
    assert_eq!(owner.pay_link_from(&closed, &payer).refused(409, "CONFLICT")["status"], "CLOSED");
    assert_eq!(owner.of_link(&link, "uses"), 0);
}

fn the_other_environments_links_are_not_paid(store: Store) {
    let server = Server::start(store);
    let (owner, live) = (server.owner(), server.live());
    let stranger = server.organization("Stranger");
    let (_, slug) = owner.link(&owner.wallet("Sales"), "1.00");
    let wallet = server.account("liveWalletId");
    live.pay_link_from(&slug, wallet).refused(403, "ENVIRONMENT_MISMATCH");
    stranger
        .live
        .pay_link_from(&slug, &stranger.live_wallet)
        .refused(404, "PAYMENT_LINK_NOT_FOUND");
    for nowhere in ["x", "01j00000000000000000000000", "%00"] {
        owner.pay_link_from(nowhere, &owner.wallet("From")).refused(404, "PAYMENT_LINK_NOT_FOUND");
    }
}

fn a_repeated_payment_is_made_once(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let (payer, sales) = (owner.funded(50), owner.wallet("Sales"));
    let link = owner.link_of(&sales, &json!({ "amount": "1.00", "maxUses": 5 }));
    let slug = link["slug"].as_str().expect("a slug");
    let first = owner.once("pay-1").pay_link_from(slug, &payer);
    owner.once("pay-1").pay_link_from(slug, &payer).assert_replay_of(&first);
    server.restart();
    let owner = server.owner();
    owner.once("pay-1").pay_link_from(slug, &payer).assert_replay_of(&first);
    let other = json!({ "fromWalletId": payer, "payerEmail": "ada@example.com" });
    owner.once("pay-1").pay_link(slug, &other).refused(409, "IDEMPOTENCY_KEY_REUSE");
    assert_eq!(owner.of_link(&id(&link), "uses"), 1);
    assert_eq!(owner.all_ids("/payments?idempotencyKey=pay-1"), [id(&first.json)]);
    let poor = owner.wallet("Poor");
    let refused = owner.once("pay-2").pay_link_from(slug, &poor);
    refused.refused(402, "INSUFFICIENT_FUNDS");
    owner.fund(&poor, 10);
    owner.once("pay-2").pay_link_from(slug, &poor).assert_replay_of(&refused);
}

fn a_use_is_not_given_back(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (payer, sales) = (owner.funded(50), owner.wallet("Sales"));
    let (link, slug) = owner.link(&sales, "10.00");
    let payment = id(&owner.pay_link_from(&slug, &payer).ok());
    let reversed = owner.act(&format!("/payments/{payment}/reverse")).ok();
    assert_eq!(
        (&reversed["status"], &reversed["rail"]),
        (&json!("REVERSED"), &json!("PAYMENT_LINK"))
    );
    owner.assert_balances(&payer, "50.00", "0.00", "50.00");
    assert_eq!(owner.of_link(&link, "status"), "CLAIMED");
}
