//! What a merchant takes, gives back, or lets go.

use serde_json::{Value, json};

use crate::support::{Server, Store, id, stories};

stories!(
    a_capture_takes_what_was_held,
    captures_come_in_parts,
    never_more_than_was_authorized,
    a_reversal_frees_what_is_held,
    a_refund_gives_back_what_was_captured,
    never_more_than_was_captured,
    a_single_use_card_is_used_once,
    a_single_use_card_that_was_cancelled_is_used_once,
    a_frozen_wallet_completes_what_it_approved,
    a_cancelled_card_completes_what_it_approved,
    a_declined_one_goes_nowhere,
);

/// The newest entries of a wallet: kind, direction, amount.
#[track_caller]
fn entries(owner: &crate::support::Api, wallet: &str) -> Vec<(Value, Value, Value)> {
    let list = owner.get(&format!("/wallets/{wallet}/transactions")).ok();
    let rows = list["data"].as_array().expect("data").iter();
    rows.map(|it| (it["entryType"].clone(), it["direction"].clone(), it["amount"].clone()))
        .collect()
}

fn a_capture_takes_what_was_held(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let bought = owner.approved(&card, "40.00");
    let answer = owner.step(&bought, "capture").ok();
    assert_eq!(
        (&answer["status"], &answer["capturedAmount"], &answer["heldAmount"]),
        (&json!("CAPTURED"), &json!("40.00"), &json!("0.00"))
    );
    owner.assert_balances(&wallet, "60.00", "0.00", "60.00");
    assert_eq!(owner.holds(&wallet, "CAPTURED"), ["40.00"]);
    assert_eq!(
        entries(&owner, &wallet)[0],
        (json!("CARD_CAPTURE"), json!("DEBIT"), json!("40.00"))
    );
    let list = owner.get(&format!("/wallets/{wallet}/transactions")).ok();
    assert_eq!(list["data"][0]["description"], "ACME Cloud");
    let told = &owner.told("card.captured")[0];
    assert_eq!(told["transactionId"], list["data"][0]["transactionId"]);
    assert_eq!(told["capturedNow"], "40.00");
    let late = owner.step(&bought, "capture");
    assert_eq!(late.refused(409, "CONFLICT")["status"], "CAPTURED");
    assert_eq!(owner.all_ids("/payments"), Vec::<String>::new(), "it is no payment");
}

fn captures_come_in_parts(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let bought = owner.approved(&card, "40.00");
    let part = owner.step_by(&bought, "capture", "15.00").ok();
    assert_eq!(
        (&part["status"], &part["capturedAmount"], &part["heldAmount"]),
        (&json!("PARTIALLY_CAPTURED"), &json!("15.00"), &json!("25.00"))
    );
    owner.assert_balances(&wallet, "85.00", "25.00", "60.00");
    assert_eq!(owner.holds(&wallet, "PENDING"), ["25.00"]);
    owner.step_by(&bought, "capture", "5.00").ok();
    let rest = owner.step_by(&bought, "reverse", "10.00").ok();
    assert_eq!(
        (&rest["status"], &rest["heldAmount"]),
        (&json!("PARTIALLY_CAPTURED"), &json!("10.00"))
    );
    let done = owner.step(&bought, "capture").ok();
    assert_eq!(
        (&done["status"], &done["capturedAmount"], &done["releasedAmount"]),
        (&json!("CAPTURED"), &json!("30.00"), &json!("10.00"))
    );
    owner.assert_balances(&wallet, "70.00", "0.00", "70.00");
    assert_eq!(owner.holds(&wallet, "CAPTURED"), ["30.00"]);
}

fn never_more_than_was_authorized(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let bought = owner.approved(&owner.card(&wallet), "40.00");
    for verb in ["capture", "reverse"] {
        let over = owner.step_by(&bought, verb, "40.01");
        assert_eq!(over.refused(400, "INVALID_AMOUNT")["maximum"], "40.00");
    }
    owner.step_by(&bought, "capture", "30.00").ok();
    let over = owner.step_by(&bought, "capture", "10.00000001");
    assert_eq!(over.refused(400, "INVALID_AMOUNT")["maximum"], "10.00");
    for amount in ["0", "-1"] {
        owner.step_by(&bought, "capture", amount).refused(400, "INVALID_AMOUNT");
    }
    owner.assert_balances(&wallet, "70.00", "10.00", "60.00");
}

fn a_reversal_frees_what_is_held(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let bought = owner.approved(&card, "40.00");
    let answer = owner.step(&bought, "reverse").ok();
    assert_eq!(
        (&answer["status"], &answer["releasedAmount"]),
        (&json!("REVERSED"), &json!("40.00"))
    );
    owner.assert_balances(&wallet, "100.00", "0.00", "100.00");
    assert_eq!(owner.holds(&wallet, "REVERSED"), ["40.00"]);
    for verb in ["capture", "reverse", "refund"] {
        let late = owner.step(&bought, verb);
        assert_eq!(late.refused(409, "CONFLICT")["status"], "REVERSED");
    }
    let told = &owner.told("card.reversed")[0];
    assert_eq!(
        (&told["releasedNow"], &told["releaseReason"]),
        (&json!("40.00"), &json!("REVERSED"))
    );
}

fn a_refund_gives_back_what_was_captured(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let bought = owner.captured(&card, "40.00");
    let part = owner.step_by(&bought, "refund", "15.00").ok();
    assert_eq!(
        (&part["status"], &part["refundedAmount"]),
        (&json!("PARTIALLY_REFUNDED"), &json!("15.00"))
    );
    owner.act(&format!("/wallets/{wallet}/freeze")).ok();
    let rest = owner.step(&bought, "refund").ok();
    assert_eq!((&rest["status"], &rest["refundedAmount"]), (&json!("REFUNDED"), &json!("40.00")));
    assert_eq!(owner.balance(&wallet), "100.00", "also a frozen wallet receives");
    assert_eq!(
        entries(&owner, &wallet)[0],
        (json!("CARD_REFUND"), json!("CREDIT"), json!("25.00"))
    );
    let list = owner.get(&format!("/wallets/{wallet}/transactions")).ok();
    let capture = &list["data"][2];
    assert_eq!(list["data"][0]["relatedTransactionId"], capture["transactionId"]);
    let told = owner.told("card.refunded");
    assert_eq!(
        (&told[1]["refundedNow"], &told[1]["refundedTo"]),
        (&json!("25.00"), &json!(wallet))
    );
}

fn never_more_than_was_captured(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let bought = owner.approved(&owner.card(&wallet), "40.00");
    let early = owner.step(&bought, "refund");
    assert_eq!(early.refused(409, "CONFLICT")["status"], "APPROVED");
    owner.step_by(&bought, "capture", "25.00").ok();
    let over = owner.step_by(&bought, "refund", "25.01");
    assert_eq!(over.refused(400, "INVALID_AMOUNT")["maximum"], "25.00");
    let part = owner.step(&bought, "refund").ok();
    assert_eq!(part["status"], "PARTIALLY_CAPTURED", "the rest is still held");
    owner.step(&bought, "refund").refused(409, "CONFLICT");
    owner.step(&bought, "capture").ok();
    owner.step(&bought, "refund").ok();
    assert_eq!(owner.balance(&wallet), "100.00");
}

fn a_single_use_card_is_used_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card_of(&wallet, &json!({ "type": "SINGLE_USE" }));
    let given_up = owner.approved(&card, "10.00");
    owner.step(&given_up, "reverse").ok();
    assert_eq!(owner.card_status(&card), "ACTIVE", "it was not used");
    let (used, other) = (owner.approved(&card, "40.00"), owner.approved(&card, "20.00"));
    owner.step_by(&used, "capture", "30.00").ok();
    assert_eq!(owner.card_status(&card), "CANCELLED");
    assert_eq!(owner.declined(&card, "1.00"), "CARD_CANCELLED");
    assert_eq!(owner.authorization(&card, &other)["status"], "REVERSED");
    owner.step(&other, "capture").refused(409, "CONFLICT");
    owner.assert_balances(&wallet, "70.00", "10.00", "60.00");
    owner.step(&used, "capture").ok();
    owner.step(&used, "refund").ok();
    assert_eq!(owner.balance(&wallet), "100.00");
    let told = owner.told("card.cancelled");
    assert_eq!((told.len(), &told[0]["cancelReason"]), (1, &json!("USED")));
}

fn a_single_use_card_that_was_cancelled_is_used_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card_of(&wallet, &json!({ "type": "SINGLE_USE" }));
    let (used, other) = (owner.approved(&card, "40.00"), owner.approved(&card, "20.00"));
    owner.delete(&format!("/cards/{card}")).ok();
    owner.assert_balances(&wallet, "100.00", "60.00", "40.00");
    owner.step_by(&used, "capture", "30.00").ok();
    assert_eq!(owner.authorization(&card, &other)["status"], "REVERSED");
    owner.step(&other, "capture").refused(409, "CONFLICT");
    owner.step(&used, "capture").ok();
    owner.assert_balances(&wallet, "60.00", "0.00", "60.00");
    assert_eq!(owner.told("card.cancelled").len(), 1, "it was cancelled before");
}

fn a_frozen_wallet_completes_what_it_approved(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let (first, second) = (owner.approved(&card, "40.00"), owner.approved(&card, "20.00"));
    owner.act(&format!("/wallets/{wallet}/freeze")).ok();
    owner.step(&first, "capture").ok();
    owner.step(&second, "reverse").ok();
    assert_eq!(owner.declined(&card, "1.00"), "WALLET_FROZEN");
    owner.assert_balances(&wallet, "60.00", "0.00", "60.00");
}

fn a_cancelled_card_completes_what_it_approved(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let bought = owner.approved(&card, "40.00");
    owner.delete(&format!("/cards/{card}")).ok();
    owner.assert_balances(&wallet, "100.00", "40.00", "60.00");
    owner.step(&bought, "capture").ok();
    owner.step(&bought, "refund").ok();
    owner.assert_balances(&wallet, "100.00", "0.00", "100.00");
}

fn a_declined_one_goes_nowhere(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let card = owner.card(&owner.wallet("Empty"));
    let declined = id(&owner.buy(&card, "1.00").created());
    for verb in ["capture", "reverse", "refund"] {
        let answer = owner.step(&declined, verb);
        assert_eq!(answer.refused(409, "CONFLICT")["status"], "DECLINED");
        let unknown = owner.step("cau_01J00000000000000000000000", verb);
        assert_eq!(unknown.refused(404, "NOT_FOUND")["resource"], "card_authorization");
    }
}
