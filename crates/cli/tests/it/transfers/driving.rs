//! Driving sandbox transfers by hand.

use serde_json::json;

use crate::support::banking::{ACCOUNT, account};
use crate::support::{Server, Store, id, stories};

stories!(
    each_way_is_driven,
    only_what_the_state_allows,
    a_live_key_drives_nothing,
    what_the_simulator_says_afterwards_changes_nothing,
);

const BEGINNING: &str = "2026-03-02T09:00:00Z";

fn each_way_is_driven(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let ach = account("ACH", ACCOUNT);
    let deposit = id(&owner.deposit(&wallet, "50.00", &ach).expect(202).json);
    let settled = owner.drive(&deposit, "settle").ok();
    assert_eq!(settled["status"], "COMPLETED");
    assert_eq!(owner.balance(&wallet), "149.75");
    let path = format!("/sandbox/transfers/{deposit}/return");
    let returned = owner.post(&path, &json!({ "reason": "R01" })).ok();
    assert_eq!(
        (&returned["status"], &returned["failureReason"]),
        (&json!("RETURNED"), &json!("R01"))
    );
    assert_eq!(owner.balance(&wallet), "100.00");
    let out = id(&owner.withdraw(&wallet, "50.00", &ach).expect(202).json);
    let path = format!("/sandbox/transfers/{out}/fail");
    let failed = owner.post(&path, &json!({ "reason": "No such account" })).ok();
    assert_eq!(failed["failureReason"], "No such account");
    owner.assert_balances(&wallet, "100.00", "0.00", "100.00");
    server.assert_nothing_on_its_way();
    let audited = owner.audited(&format!("resource={out}&action=transfer.failed"));
    assert_eq!(audited[0]["actorType"], "API_KEY");
}

fn only_what_the_state_allows(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let ach = id(&owner.deposit(&wallet, "50.00", &account("ACH", ACCOUNT)).expect(202).json);
    assert!(["PENDING", "PROCESSING"].contains(
        &owner.drive(&ach, "return").refused(409, "CONFLICT")["status"].as_str().expect("text")
    ));
    owner.drive(&ach, "settle").ok();
    for how in ["settle", "fail"] {
        assert_eq!(owner.drive(&ach, how).refused(409, "CONFLICT")["status"], "COMPLETED");
    }
    owner.drive(&ach, "return").ok();
    for how in ["settle", "fail", "return"] {
        assert_eq!(owner.drive(&ach, how).refused(409, "CONFLICT")["status"], "RETURNED");
    }
    let wire = id(&owner.withdraw(&wallet, "50.00", &account("WIRE", ACCOUNT)).expect(202).json);
    owner.drive(&wire, "settle").ok();
    owner.drive(&wire, "return").refused(409, "CONFLICT");
    let moved = id(&owner.move_money(&wallet, server.account("sandboxWalletId"), "1.00").ok());
    for how in ["settle", "fail", "return"] {
        owner.drive(&moved, how).refused(409, "CONFLICT");
    }
    owner.drive("nonsense", "settle").refused(404, "TRANSFER_NOT_FOUND");
    server.assert_nothing_on_its_way();
}

fn a_live_key_drives_nothing(store: Store) {
    let server = Server::start(store);
    let live = server.live();
    let coin = json!({ "type": "USDC", "address": "0xabc0000000010" });
    let asked = live.deposit(server.account("liveWalletId"), "50.00", &coin).expect(202).json;
    for how in ["settle", "fail", "return"] {
        live.drive(&id(&asked), how).refused(403, "SANDBOX_ONLY");
        server.owner().drive(&id(&asked), how).refused(403, "ENVIRONMENT_MISMATCH");
    }
}

fn what_the_simulator_says_afterwards_changes_nothing(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.wallet("Till");
    let [failed, settled] = [(); 2].map(|()| {
        id(&owner.deposit(&wallet, "50.00", &account("ACH", "990000000005")).expect(202).json)
    });
    server.advance("PT1S");
    owner.drive(&failed, "fail").ok();
    owner.drive(&settled, "settle").ok();
    server.advance("PT24H");
    assert_eq!(owner.transfer_status(&failed), "FAILED");
    assert_eq!(owner.balance(&wallet), "49.75");
    server.assert_nothing_on_its_way();
}
