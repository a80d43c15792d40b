//! What becomes of an agent's money when the agent is deleted.

use serde_json::json;

use crate::support::{Server, Store, stories};

stories!(
    what_waited_is_rejected_and_swept,
    keys_of_what_waited_tell_the_outcome,
    every_waiting_payment_is_rejected,
    a_payment_that_was_received_is_not_taken_back,
    what_is_given_back_later_is_the_organizations,
    odd_fractions_are_swept_whole,
);

fn what_waited_is_rejected_and_swept(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    owner.policy(&agent.id, &json!({ "requireHumanApproval": true }));
    let waiting = agent.api.ask(&agent.id, &shop, "60.00");
    owner.assert_balances(&agent.id, "100.00", "60.30", "39.70");
    let answer = owner.delete(&format!("/agents/{}", agent.id)).ok();
    assert_eq!(answer["sweptAmount"], "100.00", "what was held as well");
    owner.assert_balances(server.account("sandboxWalletId"), "100.00", "0.00", "100.00");
    owner.assert_balances(&agent.id, "0.00", "0.00", "0.00");
    let approval = owner.get(&format!("/approvals/{}", waiting.approval)).ok();
    assert_eq!(approval["status"], "REJECTED");
    assert!(approval["decidedAt"].is_string(), "{approval:#}");
    assert_eq!(owner.payment_status(&waiting.payment), "REJECTED");
    assert_eq!(owner.holds(&agent.id, "RELEASED"), ["60.30"]);
    assert_eq!(owner.holds(&agent.id, "PENDING"), Vec::<String>::new());
    for late in [owner.approve(&waiting.approval), owner.reject(&waiting.approval)] {
        assert_eq!(late.refused(409, "CONFLICT")["status"], "REJECTED");
    }
    assert_eq!(owner.balance(&shop), "0.00");
}

fn keys_of_what_waited_tell_the_outcome(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    owner.policy(&agent.id, &json!({ "requireHumanApproval": true }));
    let first = owner.once("order-1").pay(&agent.id, &shop, "60.00").expect(202);
    owner.delete(&format!("/agents/{}", agent.id)).ok();
    let replay = owner.once("order-1").pay(&agent.id, &shop, "60.00");
    let details = replay.refused(403, "POLICY_DENIED");
    assert!(replay.replayed(), "{}", replay.story());
    assert_eq!(
        (&details["approvalId"], &details["approvalStatus"]),
        (&first.json["approvalId"], &json!("REJECTED"))
    );
}

/// More than one of anything that could be done by halves.
const WAITING: usize = 25;

fn every_waiting_payment_is_rejected(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    owner.policy(&agent.id, &json!({ "approvalThreshold": "1.00" }));
    let waiting: Vec<_> = (0..WAITING).map(|_| agent.api.ask(&agent.id, &shop, "1.50")).collect();
    agent.api.paid(&agent.id, &shop, "1.00");
    owner.approve(&waiting[0].approval).ok();
    owner.reject(&waiting[1].approval).ok();
    let answer = owner.delete(&format!("/agents/{}", agent.id)).ok();
    assert_eq!(answer["sweptAmount"], "97.00", "100.00 − 1.25 − 1.75");
    assert_eq!(owner.all_ids("/approvals?status=PENDING"), Vec::<String>::new());
    assert_eq!(owner.all_ids("/approvals?status=REJECTED&limit=100").len(), WAITING - 1);
    assert_eq!(owner.all_ids("/approvals?status=APPROVED"), [waiting[0].approval.clone()]);
    assert_eq!(owner.balance(&shop), "2.50");
}

fn a_payment_that_was_received_is_not_taken_back(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    let own = agent.api.paid(&agent.id, &shop, "10.00");
    let abroad = agent.api.paid(&agent.id, &stranger.wallet, "10.00");
    owner.delete(&format!("/agents/{}", agent.id)).ok();
    owner.assert_balances(server.account("sandboxWalletId"), "79.50", "0.00", "79.50");
    for payment in [own, abroad] {
        assert_eq!(owner.payment_status(&payment), "POSTED");
    }
    assert_eq!(
        (owner.balance(&shop), stranger.owner.balance(&stranger.wallet)),
        ("10.00".to_owned(), "10.00".to_owned())
    );
}

fn what_is_given_back_later_is_the_organizations(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let purse = server.account("sandboxWalletId");
    let (agent, shop) = (owner.funded_agent(100), owner.funded(10));
    let whole = agent.api.paid(&agent.id, &shop, "10.00");
    let part = agent.api.paid(&agent.id, &stranger.wallet, "20.00");
    owner.delete(&format!("/agents/{}", agent.id)).ok();
    assert_eq!(owner.balance(purse), "69.50");
    owner.act(&format!("/payments/{whole}/reverse")).ok();
    assert_eq!(owner.balance(purse), "79.75", "with its fee");
    let five = json!({ "amount": "5.00" });
    stranger.owner.post(&format!("/payments/{part}/reverse"), &five).ok();
    assert_eq!(owner.balance(purse), "84.75");
    owner.assert_balances(&agent.id, "0.00", "0.00", "0.00");
    assert_eq!(owner.get(&format!("/wallets/{}", agent.id)).ok()["status"], "CLOSED");
}

fn odd_fractions_are_swept_whole(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, shop) = (owner.funded_agent(100), owner.wallet("Shop"));
    agent.api.paid(&agent.id, &shop, "77.77777777");
    let left = owner.balance(&agent.id);
    assert_eq!(left, "21.83333334", "100 − 77.77777777 − 0.38888889");
    let answer = owner.delete(&format!("/agents/{}", agent.id)).ok();
    assert_eq!(answer["sweptAmount"], json!(left));
    assert_eq!(owner.balance(server.account("sandboxWalletId")), left);
}
