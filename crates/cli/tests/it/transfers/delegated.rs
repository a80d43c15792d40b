//! Transfers by whom a wallet was lent to.

use serde_json::json;

use crate::delegations::{LOOK_AND_PAY, grant, key, organization};
use crate::support::banking::{ACCOUNT, account, link_request};
use crate::support::{Server, Store, id, stories};

stories!(
    a_delegate_moves_money_under_the_wallets_policies,
    where_money_may_leave_to_is_the_owners_decision,
    a_linked_account_is_its_owners_to_draw_on,
    who_is_lent_what_is_paid_learns_nothing_of_the_sender,
    a_delegation_that_ended_ends_everything,
);

fn a_delegate_moves_money_under_the_wallets_policies(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, other, bank) = (owner.funded(500), owner.wallet("Other"), owner.linked());
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    owner.policy(
        &wallet,
        &json!({ "approvedRecipients": [bank, other], "dailySpendingLimit": "100.00" }),
    );
    let delegate = &partner.owner;
    let out = id(&delegate.once("mine").withdraw_to(&wallet, "40.00", &bank).expect(202).json);
    let inside = id(&delegate.move_money(&wallet, &other, "40.00").ok());
    delegate.withdraw_to(&wallet, "20.01", &bank).refused(403, "POLICY_DENIED");
    delegate.move_money(&wallet, &partner.wallet, "1.00").refused(404, "WALLET_NOT_FOUND");
    assert_eq!(delegate.transfer(&out)["walletId"], json!(wallet));
    let listed = delegate.all_ids(&format!("/transfers?walletId={wallet}"));
    assert_eq!(listed, [&inside, &out].map(String::clone));
    assert_eq!(delegate.all_ids("/transfers"), Vec::<String>::new(), "its own has none");
    delegate.get(&format!("/bank-accounts/{bank}")).refused(404, "NOT_FOUND");
    let entries = owner.audited(&format!("resource={out}&action=transfer.created"));
    assert_eq!(entries.len(), 1, "the grantor's own log");
    assert_eq!(partner.owner.audited(&format!("resource={out}")).len(), 0);
    server.advance("PT1S");
    delegate.cancel(&out).ok();
    server.assert_nothing_on_its_way();
}

fn where_money_may_leave_to_is_the_owners_decision(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, bank) = (owner.funded(500), owner.linked());
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let own_bank = partner.owner.linked();
    partner.owner.withdraw_to(&wallet, "10.00", &own_bank).refused(404, "NOT_FOUND");
    let live = link_request(ACCOUNT);
    let elsewhere = id(&server.live().post("/bank-accounts", &live).created());
    partner.owner.withdraw_to(&wallet, "10.00", &elsewhere).refused(404, "NOT_FOUND");
    owner.withdraw_to(&wallet, "10.00", &elsewhere).refused(403, "ENVIRONMENT_MISMATCH");
    for refused in [
        partner.owner.withdraw_to(&wallet, "10.00", &bank),
        partner.owner.withdraw(&wallet, "10.00", &account("ACH", ACCOUNT)),
        partner.owner.withdraw(&wallet, "10.00", &json!({ "type": "USDC", "address": "0xabc" })),
    ] {
        assert_eq!(refused.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
    }
    owner.assert_balances(&wallet, "500.00", "0.00", "500.00");
}

fn a_delegation_that_ended_ends_everything(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, other) = (owner.guarded(500), owner.wallet("Other"));
    let delegation = grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let delegate = partner.owner.once("asked");
    let asked = delegate.move_money(&wallet, &other, "40.00").expect(202);
    delegate.move_money(&wallet, &other, "40.00").assert_replay_of(&asked);
    owner.delete(&format!("/delegations/{delegation}")).ok();
    delegate.move_money(&wallet, &other, "40.00").refused(404, "TRANSFER_NOT_FOUND");
    let transfer = id(&asked.json);
    partner.owner.get(&format!("/transfers/{transfer}")).refused(404, "TRANSFER_NOT_FOUND");
    partner.owner.cancel(&transfer).refused(404, "TRANSFER_NOT_FOUND");
    let approval = asked.json["approvalId"].as_str().expect("text");
    owner.reject(approval).ok();
    server.assert_nothing_on_its_way();
}

fn a_linked_account_is_its_owners_to_draw_on(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, bank) = (owner.funded(500), owner.linked());
    // Where money may go to is not whence it may be taken.
    owner.policy(&wallet, &json!({ "approvedRecipients": [bank] }));
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let (lent_to, by_key) = partner.owner.new_key(&json!({ "permissions": ["*"] }));
    grant(&owner, &wallet, &key(&lent_to), LOOK_AND_PAY);
    let plain = server.scoped(LOOK_AND_PAY, &[&wallet]);
    for caller in [&plain, &server.scoped(&["*"], &[&wallet]), &partner.owner, &by_key] {
        for from in [
            json!({ "bankAccountId": bank }),
            json!({ "source": { "type": "WIRE", "bankAccountId": bank } }),
            json!({ "bankAccountId": "ba_01HZZZZZZZZZZZZZZZZZZZZZZZ" }),
        ] {
            let mut body = json!({ "walletId": wallet, "amount": "100.00", "currency": "USD" });
            body.as_object_mut().expect("an object").extend(from.as_object().expect("one").clone());
            let refused = caller.post("/transfers/deposit", &body);
            assert_eq!(refused.refused(403, "PERMISSION_DENIED")["ownerOnly"], true, "{body}");
        }
    }
    // Sandbox numbers are play money, and a stablecoin is sent by its holder.
    plain.deposit(&wallet, "100.00", &account("ACH", ACCOUNT)).expect(202);
    plain.deposit(&wallet, "100.00", &json!({ "type": "USDC", "address": "0xabc" })).expect(202);
    server.advance("PT5S");
    server.assert_nothing_on_its_way();
}

fn who_is_lent_what_is_paid_learns_nothing_of_the_sender(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (from, to) = (owner.guarded(500), owner.wallet("To"));
    grant(&owner, &to, &organization(&partner.id), LOOK_AND_PAY);
    let asked = owner.once("secret").move_money(&from, &to, "40.00").expect(202).json;
    owner.approve(asked["approvalId"].as_str().expect("text")).ok();
    let (moved, list) = (id(&asked), format!("/transfers?walletId={to}"));
    assert_eq!(owner.transfer(&moved)["idempotencyKey"], "secret");
    let listed = partner.owner.get(&list).ok();
    for told in [&partner.owner.transfer(&moved), &listed["data"][0]] {
        assert_eq!(told["id"], json!(moved));
        assert!(told["idempotencyKey"].is_null() && told["approvalId"].is_null(), "{told}");
    }
    let guessed = partner.owner.all_ids(&format!("{list}&idempotencyKey=secret"));
    assert_eq!(guessed, Vec::<String>::new(), "keys are their sender's");
}
