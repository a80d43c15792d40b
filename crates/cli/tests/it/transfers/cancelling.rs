//! Cancelling transfers: before the rail has them, while it has them, and too late.

use crate::support::banking::{ACCOUNT, account};
use crate::support::{Server, Store, id, stories};

stories!(
    a_transfer_is_cancelled_on_its_way,
    what_has_ended_is_not_cancelled,
    a_cancelled_transfer_stays_cancelled,
    a_rail_that_has_not_answered_yet_is_asked,
    a_rail_that_keeps_silent_is_asked_until_the_deadline,
    a_cancellation_happens_once_under_its_key,
    who_may_cancel,
);

const BEGINNING: &str = "2026-03-02T09:00:00Z";

fn a_transfer_is_cancelled_on_its_way(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    for seconds in ["PT0S", "PT4S"] {
        let out = id(&owner.withdraw(&wallet, "50.00", &account("ACH", ACCOUNT)).expect(202).json);
        let back = id(&owner.deposit(&wallet, "30.00", &account("ACH", ACCOUNT)).expect(202).json);
        server.advance(seconds);
        for transfer in [&out, &back] {
            let cancelled = owner.cancel(transfer).ok();
            assert_eq!(cancelled["status"], "CANCELLED", "after {seconds}");
            assert_eq!(owner.transfer(transfer), cancelled);
        }
        owner.assert_balances(&wallet, "100.00", "0.00", "100.00");
        server.assert_nothing_on_its_way();
    }
    server.advance("PT24H");
    owner.assert_balances(&wallet, "100.00", "0.00", "100.00");
    assert_eq!((server.system_cents("BANK"), server.system_cents("FEES")), (0, 0));
    assert_eq!(
        owner.get("/events?type=transfer.cancelled").ok()["data"].as_array().map(Vec::len),
        Some(4)
    );
}

fn what_has_ended_is_not_cancelled(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let done = id(&owner.withdraw(&wallet, "10.00", &account("ACH", ACCOUNT)).expect(202).json);
    let failed =
        id(&owner.withdraw(&wallet, "10.00", &account("ACH", "990000000002")).expect(202).json);
    let cancelled =
        id(&owner.withdraw(&wallet, "10.00", &account("ACH", ACCOUNT)).expect(202).json);
    owner.cancel(&cancelled).ok();
    server.advance("PT5S");
    let moved = id(&owner.move_money(&wallet, server.account("sandboxWalletId"), "1.00").ok());
    for (transfer, status) in [
        (&done, "COMPLETED"),
        (&failed, "FAILED"),
        (&cancelled, "CANCELLED"),
        (&moved, "COMPLETED"),
    ] {
        assert_eq!(owner.cancel(transfer).refused(409, "CONFLICT")["status"], status);
    }
    server.assert_nothing_on_its_way();
}

/// What the rail says afterwards changes nothing.
fn a_cancelled_transfer_stays_cancelled(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.wallet("Till");
    let transfer =
        id(&owner.deposit(&wallet, "30.00", &account("ACH", "990000000005")).expect(202).json);
    server.advance("PT1S");
    owner.cancel(&transfer).ok();
    server.restart();
    server.advance("PT24H");
    assert_eq!(server.owner().transfer_status(&transfer), "CANCELLED");
    assert_eq!(server.owner().balance(&wallet), "0.00");
    server.assert_nothing_on_its_way();
}

fn a_rail_that_has_not_answered_yet_is_asked(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    // One has heard the instruction, the other has not.
    for number in ["990000000008", "990000000009"] {
        let transfer =
            id(&owner.withdraw(&wallet, "50.00", &account("ACH", number)).expect(202).json);
        server.advance("PT0S");
        assert_eq!(owner.transfer_status(&transfer), "PROCESSING");
        assert_eq!(owner.cancel(&transfer).ok()["status"], "CANCELLED");
        server.advance("PT24H");
        assert_eq!(owner.transfer_status(&transfer), "CANCELLED");
    }
    owner.assert_balances(&wallet, "100.00", "0.00", "100.00");
    server.assert_nothing_on_its_way();
}

fn a_rail_that_keeps_silent_is_asked_until_the_deadline(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let silent =
        id(&owner.withdraw(&wallet, "50.00", &account("ACH", "990000000010")).expect(202).json);
    server.advance("PT1S");
    let asked = owner.cancel(&silent).expect(202).json;
    assert_eq!(asked["status"], "PROCESSING", "nobody knows yet");
    server.advance("PT144H");
    assert_eq!(owner.transfer_status(&silent), "PROCESSING");
    server.advance("PT24H");
    assert_eq!(owner.transfer_status(&silent), "PROCESSING", "it may have been paid");
    assert_eq!(server.listed_by_hand()[0]["id"], asked["id"], "a person has to look");
    server.admin(&["transfer", "fail", &silent]).expect_success();
    assert_eq!(owner.transfer_status(&silent), "CANCELLED", "as its owner wished");
    owner.assert_balances(&wallet, "100.00", "0.00", "100.00");
    server.assert_nothing_on_its_way();
}

fn a_cancellation_happens_once_under_its_key(store: Store) {
    let mut server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let early = id(&owner.withdraw(&wallet, "10.00", &account("ACH", ACCOUNT)).expect(202).json);
    let later = id(&owner.withdraw(&wallet, "20.00", &account("ACH", ACCOUNT)).expect(202).json);
    let first_early = owner.once("cancel-1").cancel(&early).expect(200);
    server.advance("PT1S");
    let first_later = owner.once("cancel-2").cancel(&later).expect(200);
    owner.once("cancel-2").cancel(&early).refused(409, "IDEMPOTENCY_KEY_REUSE");
    server.restart();
    let owner = server.owner();
    owner.once("cancel-1").cancel(&early).assert_replay_of(&first_early);
    owner.once("cancel-2").cancel(&later).assert_replay_of(&first_later);
    owner.cancel(&later).refused(409, "CONFLICT");
    owner.assert_balances(&wallet, "100.00", "0.00", "100.00");
    server.assert_nothing_on_its_way();
}

fn who_may_cancel(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let (agent, other) = (owner.funded_agent(100), owner.funded(100));
    let silent = account("ACH", "990000000010");
    let own = id(&owner.withdraw(&agent.id, "10.00", &silent).expect(202).json);
    let foreign = id(&owner.withdraw(&other, "10.00", &silent).expect(202).json);
    stranger.owner.cancel(&own).refused(404, "TRANSFER_NOT_FOUND");
    server.live().cancel(&own).refused(403, "ENVIRONMENT_MISMATCH");
    agent.api.cancel(&foreign).refused(404, "TRANSFER_NOT_FOUND");
    owner.cancel("nonsense").refused(404, "TRANSFER_NOT_FOUND");
    let reader = server.permitted(&["payments:read"]);
    assert_eq!(reader.cancel(&own).refused(403, "PERMISSION_DENIED")["required"], "payments:write");
    let answer = agent.api.cancel(&own);
    assert!([200, 202].contains(&answer.status), "{}", answer.story());
    for transfer in [&own, &foreign] {
        if owner.transfer_status(transfer) != "CANCELLED" {
            owner.drive(transfer, "fail").ok();
        }
    }
    server.assert_nothing_on_its_way();
}
