//! Reversals: full, partial, refused, and what they give back.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id};
use crate::support::{Answer, Api, Server, Store, stories};

stories!(
    a_full_reversal_returns_the_fee,
    partial_reversals_add_up_to_the_amount,
    the_last_part_may_be_left_unsaid,
    a_partial_amount_of_everything_is_a_full_reversal,
    only_the_receiver_may_reverse,
    a_receiver_without_the_funds_cannot_reverse,
    an_old_payment_is_settled,
    frozen_wallets_take_part_and_closed_ones_do_not,
    a_reversal_refuses_bad_amounts,
    payments_between_organizations_reverse,
);

fn reverse(caller: &Api, payment: &str, amount: &str) -> Answer {
    caller.post(
        &format!("/payments/{payment}/reverse"),
        &json!({ "amount": amount, "reason": "as agreed" }),
    )
}

fn reverse_all(caller: &Api, payment: &str) -> Answer {
    caller.act(&format!("/payments/{payment}/reverse"))
}

/// The refusal gives a reason in `details`.
#[track_caller]
fn assert_not_allowed(answer: &Answer) -> Value {
    let details = answer.refused(422, "REVERSAL_NOT_ALLOWED");
    assert!(details["reason"].is_string(), "details.reason\n{}", answer.story());
    details["reason"].clone()
}

fn a_full_reversal_returns_the_fee(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let payment = owner.paid(&from, &to, "60.00");
    assert_eq!(owner.balance(&from), "39.70");
    let reversed = reverse_all(&owner, &payment).ok();
    let fields = [shapes::PAYMENT, &["reversalId"]].concat();
    assert_fields(&reversed, &fields, shapes::SENDER_BALANCES);
    assert_id(&reversed["reversalId"], "txn");
    assert_ne!(reversed["reversalId"], json!(payment));
    assert_eq!(
        (&reversed["id"], &reversed["status"], &reversed["state"]),
        (&json!(payment), &json!("REVERSED"), &json!("REVERSED"))
    );
    assert_eq!(reversed["reversedAmount"], "60.00");
    owner.assert_balances(&from, "100.00", "0.00", "100.00");
    owner.assert_balances(&to, "0.00", "0.00", "0.00");
    assert_not_allowed(&reverse_all(&owner, &payment));
    assert_not_allowed(&reverse(&owner, &payment, "0.01"));
}

fn partial_reversals_add_up_to_the_amount(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.funded(100));
    let payment = owner.paid(&from, &to, "60.00");
    let first = reverse(&owner, &payment, "20.00").ok();
    assert_eq!(
        (&first["status"], &first["reversedAmount"]),
        (&json!("PARTIALLY_REVERSED"), &json!("20.00"))
    );
    assert_not_allowed(&reverse(&owner, &payment, "40.01"));
    let second = reverse(&owner, &payment, "39.99999999").ok();
    assert_eq!(
        (&second["status"], &second["reversedAmount"]),
        (&json!("PARTIALLY_REVERSED"), &json!("59.99999999"))
    );
    assert_ne!(first["reversalId"], second["reversalId"]);
    assert_not_allowed(&reverse(&owner, &payment, "0.00000002"));
    assert_eq!(reverse(&owner, &payment, "0.00000001").ok()["status"], "REVERSED");
    owner.assert_balances(&from, "99.70", "0.00", "99.70");
    assert_eq!(owner.balance(&to), "100.00", "and the fee stays where it is");
}

fn the_last_part_may_be_left_unsaid(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let payment = owner.paid(&from, &to, "60.00");
    reverse(&owner, &payment, "20.00").ok();
    let rest = reverse_all(&owner, &payment).ok();
    assert_eq!((&rest["status"], &rest["reversedAmount"]), (&json!("REVERSED"), &json!("60.00")));
    assert_eq!(owner.balance(&from), "99.70");
    assert_eq!(owner.get(&format!("/payments/{payment}")).ok()["status"], "REVERSED");
}

fn a_partial_amount_of_everything_is_a_full_reversal(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let payment = owner.paid(&from, &to, "60.00");
    assert_eq!(reverse(&owner, &payment, "60.00").ok()["status"], "REVERSED");
    assert_eq!(owner.balance(&from), "100.00");
}

fn only_the_receiver_may_reverse(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let (mine, other) = (owner.funded(100), owner.wallet("Other"));
    let sent = owner.paid(&mine, &stranger.wallet, "10.00");
    assert_not_allowed(&reverse_all(&owner, &sent));
    let inside = owner.paid(&mine, &other, "10.00");
    let permissions = ["payments:read", "payments:write"];
    assert_not_allowed(&reverse_all(&server.scoped(&permissions, &[&mine]), &inside));
    let outsider = owner.wallet("Outsider");
    reverse_all(&server.scoped(&permissions, &[&outsider]), &inside).refused(404, "NOT_FOUND");
    reverse_all(&server.permitted(&["payments:read"]), &inside).refused(403, "PERMISSION_DENIED");
    reverse_all(&server.scoped(&permissions, &[&other]), &inside).ok();
}

fn a_receiver_without_the_funds_cannot_reverse(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let payment = owner.paid(&from, &to, "60.00");
    owner.paid(&to, &from, "30.00");
    let details = reverse_all(&owner, &payment).refused(402, "INSUFFICIENT_FUNDS");
    assert_eq!((&details["walletId"], &details["balance"]), (&json!(to), &json!("29.75000000")));
    reverse(&owner, &payment, "29.76").refused(402, "INSUFFICIENT_FUNDS");
    reverse(&owner, &payment, "29.75").ok();
    assert_eq!(owner.balance(&to), "0.00");
}

fn an_old_payment_is_settled(store: Store) {
    let server = Server::start_at(store, "2026-01-05T09:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let payment = owner.paid(&from, &to, "10.00");
    server.advance("PT4296H");
    reverse(&owner, &payment, "1.00").ok();
    server.advance("PT48H");
    assert_eq!(
        assert_not_allowed(&reverse(&owner, &payment, "1.00")),
        "settled",
        "older than 180 days"
    );
    assert_eq!(owner.balance(&to), "9.00");
}

fn frozen_wallets_take_part_and_closed_ones_do_not(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to, leaving) = (owner.funded(100), owner.wallet("To"), owner.wallet("Leaving"));
    owner.post(&format!("/wallets/{leaving}/fund"), &json!({ "amount": "1.25" })).ok();
    let payment = owner.paid(&from, &to, "10.00");
    let farewell = owner.paid(&leaving, &to, "1.00");
    owner.act(&format!("/wallets/{leaving}/close")).ok();
    assert_eq!(
        reverse_all(&owner, &farewell).refused(409, "CONFLICT")["status"],
        "CLOSED",
        "nobody is there to receive it"
    );
    for wallet in [&from, &to] {
        owner.act(&format!("/wallets/{wallet}/freeze")).ok();
    }
    reverse_all(&owner, &payment).ok();
    assert_eq!(
        (owner.balance(&from), owner.balance(&to)),
        ("100.00".to_owned(), "1.00".to_owned())
    );
}

fn a_reversal_refuses_bad_amounts(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let payment = owner.paid(&from, &to, "10.00");
    for amount in ["0", "-1", "1.000000001", "x"] {
        reverse(&owner, &payment, amount).refused(400, "INVALID_AMOUNT");
    }
    let path = format!("/payments/{payment}/reverse");
    owner
        .post(&path, &json!({ "amount": true, "reason": 7 }))
        .refused_fields(&["amount", "reason"]);
    assert_not_allowed(&reverse(&owner, &payment, "10.01"));
    assert_eq!(owner.balance(&to), "10.00");
}

fn payments_between_organizations_reverse(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let from = owner.funded(100);
    let payment = owner.paid(&from, &stranger.wallet, "60.00");
    assert_eq!(reverse(&stranger.owner, &payment, "10.00").ok()["status"], "PARTIALLY_REVERSED");
    assert_eq!(owner.get(&format!("/payments/{payment}")).ok()["reversedAmount"], "10.00");
    reverse_all(&stranger.owner, &payment).ok();
    assert_eq!(owner.balance(&from), "99.70");
    let whole = owner.paid(&from, &stranger.wallet, "60.00");
    reverse_all(&stranger.owner, &whole).ok();
    assert_eq!(
        owner.balance(&from),
        "99.70",
        "the sender's fee comes back from the sender's own fees"
    );
    assert_eq!(stranger.owner.balance(&stranger.wallet), "0.00");
}
