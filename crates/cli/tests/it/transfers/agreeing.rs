//! Transfers that wait for a human: asking, agreeing, refusing, expiring.

use serde_json::{Value, json};

use crate::support::banking::{ACCOUNT, account};
use crate::support::shapes::{self, assert_fields, assert_id};
use crate::support::{Answer, Api, Server, Store, Waiting, id, stories};

stories!(
    a_withdrawal_waits_and_is_agreed_to,
    an_internal_transfer_waits_and_is_agreed_to,
    it_is_decided_anew,
    a_rejected_transfer_frees_its_money,
    an_expired_transfer_frees_its_money,
    deleting_an_agent_rejects_what_waits,
    it_is_told_what_an_approval_is_about,
    a_key_tells_what_came_of_it,
    a_deposit_never_waits,
);

const BEGINNING: &str = "2026-03-02T09:00:00Z";

#[track_caller]
fn ask_out(owner: &Api, wallet: &str, amount: &str) -> Waiting {
    Waiting::of(owner.withdraw(wallet, amount, &account("ACH", ACCOUNT)))
}

#[track_caller]
fn ask_in(owner: &Api, from: &str, to: &str, amount: &str) -> Waiting {
    Waiting::of(owner.move_money(from, to, amount))
}

/// The 202 in its both readings.
#[track_caller]
fn assert_waits(answer: &Answer, from: &str, to: &str) {
    let body = &answer.json;
    assert_id(&body["id"], "xfr");
    assert_id(&body["approvalId"], "del");
    assert_eq!(body["status"], "PENDING_APPROVAL");
    assert_eq!((&body["state"], &body["from"]), (&json!("PENDING_APPROVAL"), &json!(from)));
    assert_eq!(body["to"], json!(to));
    let error = &body["error"];
    assert_eq!(error["code"], "APPROVAL_REQUIRED");
    assert_eq!(error["details"]["approvalId"], body["approvalId"]);
    assert_eq!(error["details"]["expiresAt"], "2026-03-03T09:00:00.000Z");
}

fn a_withdrawal_waits_and_is_agreed_to(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (wallet, bank) = (owner.guarded(100), owner.linked());
    let answer = owner.withdraw_to(&wallet, "60.00", &bank).expect(202);
    assert_waits(&answer, &wallet, &bank);
    assert_fields(&answer.json, shapes::TRANSFER, shapes::TRANSFER_EXTRAS);
    assert!(answer.json["ledgerTxnId"].is_null(), "nothing is posted yet");
    owner.assert_balances(&wallet, "100.00", "60.30", "39.70");
    assert_eq!(owner.transfer_status(&id(&answer.json)), "PENDING_APPROVAL", "readable at once");
    let hold = owner.get(&format!("/wallets/{wallet}/holds?status=PENDING")).ok();
    assert_fields(&hold["data"][0], shapes::HOLD, &[]);
    server.advance("PT1H");
    assert_eq!(owner.transfer_status(&id(&answer.json)), "PENDING_APPROVAL");
    let waiting = Waiting::of(answer);
    let approved = owner.approve(&waiting.approval).ok();
    assert_eq!(approved["status"], "APPROVED");
    let transfer = &approved["transfer"];
    assert_eq!(
        (&transfer["id"], &transfer["status"]),
        (&json!(waiting.payment), &json!("PENDING"))
    );
    assert_eq!(transfer["ledgerTxnId"], approved["transactionId"]);
    owner.assert_balances(&wallet, "39.70", "0.00", "39.70");
    assert_eq!(owner.holds(&wallet, "CAPTURED"), ["60.30"]);
    server.advance("PT5S");
    assert_eq!(owner.transfer_status(&waiting.payment), "COMPLETED");
    server.assert_nothing_on_its_way();
}

fn an_internal_transfer_waits_and_is_agreed_to(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let answer = owner.move_money(&from, &to, "60.00").expect(202);
    assert_waits(&answer, &from, &to);
    owner.assert_balances(&from, "100.00", "60.00", "40.00");
    let receiver = server.scoped(&["payments:read"], &[&to]);
    let waiting = Waiting::of(answer);
    assert_eq!(receiver.all_ids("/transfers"), Vec::<String>::new(), "nothing has arrived");
    receiver.get(&format!("/transfers/{}", waiting.payment)).refused(404, "TRANSFER_NOT_FOUND");
    let approved = owner.approve(&waiting.approval).ok();
    assert_eq!(approved["transfer"]["status"], "COMPLETED");
    assert_eq!((owner.balance(&from), owner.balance(&to)), ("40.00".into(), "60.00".into()));
    receiver.get(&format!("/transfers/{}", waiting.payment)).ok();
    assert_eq!(owner.approve(&waiting.approval).refused(409, "CONFLICT")["status"], "APPROVED");
    server.assert_nothing_on_its_way();
}

fn it_is_decided_anew(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (wallet, bank, to) = (owner.guarded(100), owner.linked(), owner.wallet("To"));
    let out = Waiting::of(owner.withdraw_to(&wallet, "40.00", &bank));
    let inside = ask_in(&owner, &wallet, &to, "20.00");
    let guard = owner.policy(&wallet, &json!({ "approvedRecipients": [bank] }));
    owner.approve(&inside.approval).refused(403, "POLICY_DENIED");
    assert_eq!(owner.transfer_status(&inside.payment), "PENDING_APPROVAL", "it goes on waiting");
    owner.delete(&format!("/policies/{guard}")).expect(204);
    owner.act(&format!("/wallets/{wallet}/freeze")).ok();
    owner.approve(&inside.approval).refused(403, "WALLET_FROZEN");
    owner.act(&format!("/wallets/{wallet}/unfreeze")).ok();
    owner.delete(&format!("/bank-accounts/{bank}")).ok();
    assert_eq!(owner.approve(&out.approval).refused(409, "CONFLICT")["status"], "REMOVED");
    owner.assert_balances(&wallet, "100.00", "60.25", "39.75");
    owner.approve(&inside.approval).ok();
    owner.reject(&out.approval).ok();
    owner.assert_balances(&wallet, "80.00", "0.00", "80.00");
    server.assert_nothing_on_its_way();
}

fn a_rejected_transfer_frees_its_money(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (wallet, to) = (owner.guarded(200), owner.wallet("To"));
    owner.policy(&wallet, &json!({ "dailySpendingLimit": "200.00" }));
    let waits = [ask_out(&owner, &wallet, "60.00"), ask_in(&owner, &wallet, &to, "40.00")];
    assert_eq!(owner.used(&wallet, "dailySpendingLimit"), "100.00");
    for waiting in &waits {
        let path = format!("/approvals/{}/reject", waiting.approval);
        owner.post(&path, &json!({ "reason": "Not today" })).ok();
        let read = owner.transfer(&waiting.payment);
        assert_eq!(
            (&read["status"], &read["failureReason"]),
            (&json!("REJECTED"), &json!("Not today"))
        );
        owner.cancel(&waiting.payment).refused(409, "CONFLICT");
    }
    owner.assert_balances(&wallet, "200.00", "0.00", "200.00");
    assert_eq!(owner.used(&wallet, "dailySpendingLimit"), "0.00");
    assert_eq!(owner.all_ids("/transfers?status=REJECTED").len(), 2);
    let told = owner.get("/events?type=transfer.cancelled").ok();
    assert_eq!(told["data"].as_array().map(Vec::len), Some(2));
    server.assert_nothing_on_its_way();
}

fn an_expired_transfer_frees_its_money(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (wallet, to) = (owner.guarded(200), owner.wallet("To"));
    let waits = [ask_out(&owner, &wallet, "60.00"), ask_in(&owner, &wallet, &to, "40.00")];
    server.advance("PT24H");
    for waiting in &waits {
        assert_eq!(owner.transfer_status(&waiting.payment), "EXPIRED");
        assert_eq!(owner.approval_status(&waiting.approval), "EXPIRED");
    }
    owner.assert_balances(&wallet, "200.00", "0.00", "200.00");
    server.assert_nothing_on_its_way();
}

fn deleting_an_agent_rejects_what_waits(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let agent = owner.funded_agent(100);
    owner.policy(&agent.id, &json!({ "requireHumanApproval": true }));
    let out = ask_out(&owner, &agent.id, "50.00");
    let inside = ask_in(&owner, &agent.id, server.account("sandboxWalletId"), "20.00");
    let deleted = owner.delete(&format!("/agents/{}", agent.id)).ok();
    assert_eq!(deleted["sweptAmount"], "100.00");
    for waiting in [&out, &inside] {
        assert_eq!(owner.transfer_status(&waiting.payment), "REJECTED");
    }
    server.assert_nothing_on_its_way();
}

fn it_is_told_what_an_approval_is_about(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (wallet, bank, to) = (owner.guarded(500), owner.linked(), owner.wallet("Savings"));
    let coin = json!({ "type": "USDC", "address": "0xabc" });
    let cases: [(Waiting, &str, &str, Value); 4] = [
        (
            Waiting::of(owner.withdraw_to(&wallet, "50.00", &bank)),
            "WITHDRAWAL",
            &bank,
            json!("Ada Lovelace"),
        ),
        (ask_out(&owner, &wallet, "50.00"), "WITHDRAWAL", "****6789", json!("Ada Lovelace")),
        (Waiting::of(owner.withdraw(&wallet, "50.00", &coin)), "WITHDRAWAL", "0xabc", Value::Null),
        (ask_in(&owner, &wallet, &to, "50.00"), "INTERNAL_TRANSFER", &to, json!("Savings")),
    ];
    for (waiting, kind, recipient, name) in &cases {
        let approval = owner.get(&format!("/approvals/{}", waiting.approval)).ok();
        assert_fields(&approval, shapes::APPROVAL, &["transferId"]);
        assert_eq!(approval["transferId"], json!(waiting.payment));
        let details = &approval["transactionDetails"];
        assert_fields(details, shapes::TRANSACTION_DETAILS, &[]);
        assert_eq!((&details["type"], &details["recipient"]), (&json!(kind), &json!(recipient)));
        assert_eq!(&details["recipientName"], name);
    }
    let told = owner.get("/events?type=approval.created&limit=100").ok();
    assert_eq!(told["data"].as_array().map(Vec::len), Some(4));
    assert_eq!(told["data"][0]["data"]["transactionDetails"]["recipient"], json!(bank));
    assert_eq!(owner.all_ids(&format!("/approvals?walletId={wallet}")).len(), 4);
    for (waiting, ..) in &cases {
        owner.reject(&waiting.approval).ok();
    }
}

fn a_key_tells_what_came_of_it(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (wallet, to) = (owner.guarded(500), owner.wallet("To"));
    let bank = account("ACH", ACCOUNT);
    let out =
        |server: &Server, key: &str| server.owner().once(key).withdraw(&wallet, "50.00", &bank);
    let inside =
        |server: &Server, key: &str| server.owner().once(key).move_money(&wallet, &to, "50.00");
    let first = [out(&server, "a"), out(&server, "b"), inside(&server, "c"), inside(&server, "d")];
    server.restart();
    out(&server, "a").assert_replay_of(&first[0]);
    inside(&server, "d").assert_replay_of(&first[3]);
    let reused = server.owner().once("a").withdraw(&wallet, "51.00", &bank);
    let details = reused.refused(409, "IDEMPOTENCY_KEY_REUSE");
    assert_eq!(details["resourceId"], first[0].json["id"]);
    let owner = server.owner();
    for (at, agree) in [true, false, true, false].into_iter().enumerate() {
        let approval = first[at].json["approvalId"].as_str().expect("text");
        if agree {
            owner.approve(approval).ok()
        } else {
            owner.reject(approval).ok()
        };
    }
    server.advance("PT5S");
    let sent = out(&server, "a").expect(202);
    assert!(sent.replayed() && sent.json["status"] == "COMPLETED", "{}", sent.story());
    let moved = inside(&server, "c").expect(200);
    assert_eq!(moved.json["status"], "COMPLETED");
    for refused in [out(&server, "b"), inside(&server, "d")] {
        let details = refused.refused(403, "POLICY_DENIED");
        assert_eq!(details["approvalStatus"], "REJECTED");
    }
    assert_eq!(server.owner().balance(&wallet), "399.75");
    server.assert_nothing_on_its_way();
}

fn a_deposit_never_waits(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.guarded(1);
    let answer = owner.deposit(&wallet, "50.00", &account("ACH", ACCOUNT)).expect(202);
    assert_eq!(answer.json["status"], "PENDING", "policies are about what leaves");
    server.advance("PT5S");
    server.assert_nothing_on_its_way();
}
