//! Repeating a payment when what was lent is over: it does not happen twice, and tells nothing new of the wallet.

use serde_json::{Value, json};

use super::{LOOK_AND_PAY, grant, key, organization};
use crate::support::{Answer, Api, Server, Store, id, stories};

stories!(
    a_replay_after_the_end_tells_nothing_private,
    a_replay_by_another_key_tells_nothing_private,
    a_network_payments_replay_tells_nothing_private,
    a_refusals_replay_tells_nothing_private,
    a_replay_while_it_is_lent_tells_the_outcome,
);

/// The answer repeats the payment without what is its sender's, or does not know it.
#[track_caller]
fn assert_tells_nothing(replay: &Answer) {
    if replay.status == 404 {
        return;
    }
    let body = replay.clone().expect(200).json;
    assert!(replay.replayed(), "{}", replay.story());
    for field in
        ["balanceAfter", "availableAfter", "fee", "idempotencyKey", "approvalId", "batchId"]
    {
        assert!(body[field].is_null(), "{field} is told\n{}", replay.story());
    }
}

/// A payment from a lent wallet under the key `order-1`, which has to wait.
#[track_caller]
fn ask(caller: &Api, wallet: &str, to: &str) -> Answer {
    caller.once("order-1").pay(wallet, to, "10.00")
}

fn approval_of(answer: &Answer) -> String {
    answer.json["approvalId"].as_str().expect("an approval's ID").to_owned()
}

fn a_replay_after_the_end_tells_nothing_private(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, shop) = (owner.guarded(100), owner.wallet("Shop"));
    let revoked = grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let first = ask(&partner.owner, &wallet, &shop).expect(202);
    owner.delete(&format!("/delegations/{revoked}")).ok();
    owner.approve(&approval_of(&first)).ok();
    assert_tells_nothing(&ask(&partner.owner, &wallet, &shop));
    let (actor, named) = partner.owner.colleague(&["payments:read", "payments:write"]);
    let mut request = key(&actor);
    request["walletId"] = json!(wallet);
    request["permissions"] = json!(LOOK_AND_PAY);
    request["expiresAt"] = json!("2026-03-02T10:00:00Z");
    owner.post("/delegations", &request).created();
    let second = named.once("order-2").pay(&wallet, &shop, "20.00").expect(202);
    server.advance("PT2H");
    owner.approve(&approval_of(&second)).ok();
    assert_tells_nothing(&named.once("order-2").pay(&wallet, &shop, "20.00"));
    owner.assert_balances(&wallet, "69.50", "0.00", "69.50");
    assert_eq!(owner.balance(&shop), "30.00", "nothing was paid twice");
}

/// Idempotency keys are an organization's, delegations may be one key's.
fn a_replay_by_another_key_tells_nothing_private(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, shop) = (owner.guarded(100), owner.wallet("Shop"));
    let (actor, named) = partner.owner.colleague(&["payments:read", "payments:write"]);
    grant(&owner, &wallet, &key(&actor), LOOK_AND_PAY);
    let first = ask(&named, &wallet, &shop).expect(202);
    owner.approve(&approval_of(&first)).ok();
    assert_tells_nothing(&ask(&partner.owner, &wallet, &shop));
    let own = ask(&named, &wallet, &shop).expect(200);
    assert_eq!(own.json["balanceAfter"], "89.75");
    assert_eq!(owner.balance(&shop), "10.00");
}

fn a_network_payments_replay_tells_nothing_private(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, shop) = (owner.guarded(100), owner.agent("Shop"));
    let delegation = grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let body = json!({ "toAddress": shop.address, "amount": "10.00", "fromWalletId": wallet });
    let pay = || partner.owner.once("order-1").post("/network/pay", &body);
    let first = pay().expect(202);
    owner.delete(&format!("/delegations/{delegation}")).ok();
    owner.approve(&approval_of(&first)).ok();
    assert_tells_nothing(&pay());
    assert_eq!(owner.balance(&shop.id), "10.00");
}

fn a_refusals_replay_tells_nothing_private(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, shop) = (owner.guarded(100), owner.wallet("Shop"));
    let delegation = grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let first = ask(&partner.owner, &wallet, &shop).expect(202);
    owner.delete(&format!("/delegations/{delegation}")).ok();
    let waiting = ask(&partner.owner, &wallet, &shop).expect(202);
    assert!(!waiting.text.contains("del_"), "{}", waiting.story());
    owner.reject(&approval_of(&first)).ok();
    let refused = ask(&partner.owner, &wallet, &shop);
    let details = refused.refused(403, "POLICY_DENIED");
    assert!(!refused.text.contains("del_"), "{}", refused.story());
    assert_eq!(details["reason"], Value::Null);
}

fn a_replay_while_it_is_lent_tells_the_outcome(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, shop) = (owner.guarded(100), owner.wallet("Shop"));
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let first = ask(&partner.owner, &wallet, &shop).expect(202);
    ask(&partner.owner, &wallet, &shop).assert_replay_of(&first);
    owner.approve(&approval_of(&first)).ok();
    let replay = ask(&partner.owner, &wallet, &shop).expect(200);
    assert_eq!(
        (id(&replay.json), &replay.json["fee"], &replay.json["balanceAfter"]),
        (id(&first.json), &json!("0.25"), &json!("89.75"))
    );
    assert_ne!(replay.json["approvalId"], Value::Null);
}
