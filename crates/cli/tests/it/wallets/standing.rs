//! A wallet's standing: active, frozen, closed.

use serde_json::json;

use crate::support::shapes::{self, assert_fields};
use crate::support::{Server, Store, stories};

stories!(
    a_frozen_wallet_receives_but_does_not_send,
    only_an_empty_wallet_closes_and_then_for_good,
    a_closed_wallet_neither_sends_nor_receives,
);

fn a_frozen_wallet_receives_but_does_not_send(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (frozen, other) = (owner.funded(100), owner.funded(100));
    let answer = owner
        .post(&format!("/wallets/{frozen}/freeze"), &json!({ "reason": "odd behaviour" }))
        .ok();
    assert_fields(&answer, shapes::WALLET, &[]);
    assert_eq!(answer["status"], "FROZEN");
    owner.pay(&frozen, &other, "1.00").refused(403, "WALLET_FROZEN");
    owner
        .post(&format!("/wallets/{frozen}/fund"), &json!({ "amount": "1.00" }))
        .refused(403, "WALLET_FROZEN");
    owner
        .post("/sandbox/fund", &json!({ "walletId": frozen, "amount": "1.00" }))
        .refused(403, "WALLET_FROZEN");
    owner.pay(&other, &frozen, "10.00").ok();
    assert_eq!(owner.balance(&frozen), "110.00");
    assert_eq!(owner.act(&format!("/wallets/{frozen}/unfreeze")).ok()["status"], "ACTIVE");
    owner.pay(&frozen, &other, "1.00").ok();
}

fn only_an_empty_wallet_closes_and_then_for_good(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, other) = (owner.wallet("Leaving"), owner.wallet("Staying"));
    owner.post(&format!("/wallets/{wallet}/fund"), &json!({ "amount": "10.25" })).ok();
    owner.act(&format!("/wallets/{wallet}/close")).refused(409, "CONFLICT");
    assert_eq!(owner.get(&format!("/wallets/{wallet}")).ok()["status"], "ACTIVE");
    owner.pay(&wallet, &other, "10.00").ok();
    let closed = owner.act(&format!("/wallets/{wallet}/close")).ok();
    assert_fields(&closed, shapes::WALLET, &[]);
    assert_eq!(closed["status"], "CLOSED");
    for verb in ["freeze", "unfreeze"] {
        let details = owner.act(&format!("/wallets/{wallet}/{verb}")).refused(409, "CONFLICT");
        assert_eq!(details["status"], "CLOSED", "{verb}");
    }
    assert_eq!(
        owner.get(&format!("/wallets/{wallet}")).ok()["status"],
        "CLOSED",
        "it stays readable"
    );
}

fn a_closed_wallet_neither_sends_nor_receives(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (closed, other) = (owner.wallet("Closed"), owner.funded(100));
    owner.act(&format!("/wallets/{closed}/close")).ok();
    for answer in [
        owner.pay(&closed, &other, "1.00"),
        owner.pay(&other, &closed, "1.00"),
        owner.post(&format!("/wallets/{closed}/fund"), &json!({ "amount": "1.00" })),
        owner.post("/sandbox/fund", &json!({ "walletId": closed, "amount": "1.00" })),
    ] {
        assert_eq!(answer.refused(409, "CONFLICT")["status"], "CLOSED", "{}", answer.story());
    }
    owner.act(&format!("/wallets/{other}/freeze")).ok();
    owner.pay(&other, &closed, "1.00").refused(409, "CONFLICT");
    assert_eq!(owner.balance(&other), "100.00");
}
