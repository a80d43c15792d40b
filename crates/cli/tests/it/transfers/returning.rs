//! Returns over ACH: what is taken back, what is missing, and what becomes of it.

use serde_json::json;

use crate::support::banking::account;
use crate::support::{Server, Store, id, stories};

stories!(
    a_returned_deposit_is_taken_back_with_its_fee,
    what_is_missing_is_owed_and_freezes_the_wallet,
    held_money_is_not_taken,
    what_is_owed_is_paid_at_the_operators_word,
    a_returned_withdrawal_comes_back_with_its_fee,
    a_return_for_a_deleted_agent_concerns_the_organization,
);

const BEGINNING: &str = "2026-03-02T09:00:00Z";
/// Settles after 5 seconds and is returned after 10.
const RETURNS: &str = "990000000003";

fn a_returned_deposit_is_taken_back_with_its_fee(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(10);
    let transfer = id(&owner.deposit(&wallet, "100.00", &account("ACH", RETURNS)).expect(202).json);
    server.advance("PT5S");
    assert_eq!(owner.balance(&wallet), "109.50");
    server.advance("PT5S");
    let returned = owner.transfer(&transfer);
    assert_eq!(returned["status"], "RETURNED");
    assert_eq!(returned["completedAt"], "2026-03-02T09:00:05.000Z", "it was complete once");
    assert!(returned["failureReason"].is_string() && returned["settleTxnId"].is_string());
    assert_eq!(owner.balance(&wallet), "10.00");
    assert_eq!(owner.get(&format!("/wallets/{wallet}")).ok()["status"], "ACTIVE");
    for kind in ["BANK", "FEES", "RECEIVABLES"] {
        assert_eq!(server.system_cents(kind), 0, "{kind}");
    }
    server.assert_nothing_on_its_way();
}

fn what_is_missing_is_owed_and_freezes_the_wallet(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (wallet, shop) = (owner.wallet("Till"), owner.wallet("Shop"));
    owner.deposit(&wallet, "100.00", &account("ACH", RETURNS)).expect(202);
    server.advance("PT5S");
    owner.paid(&wallet, &shop, "60.00");
    server.advance("PT5S");
    assert_eq!(owner.balance(&wallet), "0.00", "39.20 were left of 99.50");
    assert_eq!(server.system_cents("RECEIVABLES"), -6_030);
    assert_eq!(owner.get(&format!("/wallets/{wallet}")).ok()["status"], "FROZEN");
    let frozen = owner.get("/events?type=wallet.frozen").ok();
    let data = &frozen["data"][0]["data"];
    assert_eq!(data["id"], json!(wallet));
    assert!(data["reason"].as_str().is_some_and(|why| why.contains("60.30")), "{data:#}");
    owner.pay(&wallet, &shop, "1.00").refused(403, "WALLET_FROZEN");
    server.assert_nothing_on_its_way();
}

fn held_money_is_not_taken(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (wallet, shop) = (owner.wallet("Till"), owner.wallet("Shop"));
    owner.deposit(&wallet, "100.00", &account("ACH", RETURNS)).expect(202);
    server.advance("PT5S");
    owner.policy(&wallet, &json!({ "requireHumanApproval": true }));
    let waiting = owner.ask(&wallet, &shop, "60.00");
    server.advance("PT5S");
    owner.assert_balances(&wallet, "60.30", "60.30", "0.00");
    assert_eq!(server.system_cents("RECEIVABLES"), -6_030);
    owner.reject(&waiting.approval).ok();
    server.assert_nothing_on_its_way();
}

fn what_is_owed_is_paid_at_the_operators_word(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (wallet, shop) = (owner.wallet("Till"), owner.wallet("Shop"));
    let transfer = id(&owner.deposit(&wallet, "100.00", &account("ACH", RETURNS)).expect(202).json);
    server.advance("PT5S");
    owner.paid(&wallet, &shop, "60.00");
    server.advance("PT5S");
    let recover = || server.admin(&["transfer", "recover", &transfer, "--json"]).expect_success();
    assert!(recover().contains("\"recovered\":\"0.00\""));
    owner.paid(&shop, &wallet, "20.00");
    assert!(recover().contains("\"missing\":\"40.30\""));
    assert_eq!(server.system_cents("RECEIVABLES"), -4_030);
    owner.fund_frozen(&server, &wallet);
    assert!(recover().contains("\"recovered\":\"40.30\""));
    assert_eq!((server.system_cents("RECEIVABLES"), owner.balance(&wallet)), (0, "59.70".into()));
    server.admin(&["transfer", "recover", &transfer]).expect_failure();
    let entries = owner.audited(&format!("resource={transfer}&action=transfer.recovered"));
    assert_eq!(entries.len(), 2, "the first call took nothing");
    let told = owner.get("/events?type=wallet.updated").ok();
    let data = &told["data"][1]["data"];
    assert_eq!(
        (&data["id"], &data["transferId"], &data["recovered"], &data["balance"]),
        (&json!(wallet), &json!(transfer), &json!("40.30"), &json!("59.70"))
    );
    server.verify();
    owner.act(&format!("/wallets/{wallet}/unfreeze")).ok();
}

impl crate::support::Api {
    /// Puts 100 dollars into a wallet that sandbox money does not reach.
    #[track_caller]
    fn fund_frozen(&self, server: &Server, wallet: &str) {
        self.fund(server.account("sandboxWalletId"), 100);
        self.move_money(server.account("sandboxWalletId"), wallet, "100.00").ok();
    }
}

fn a_returned_withdrawal_comes_back_with_its_fee(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    owner.policy(&wallet, &json!({ "dailySpendingLimit": "100.00" }));
    let transfer = id(&owner.withdraw(&wallet, "50.00", &account("ACH", RETURNS)).expect(202).json);
    server.advance("PT5S");
    assert_eq!(owner.transfer_status(&transfer), "COMPLETED");
    server.advance("PT5S");
    assert_eq!(owner.transfer_status(&transfer), "RETURNED");
    owner.assert_balances(&wallet, "100.00", "0.00", "100.00");
    assert_eq!(owner.used(&wallet, "dailySpendingLimit"), "0.00");
    assert_eq!((server.system_cents("BANK"), server.system_cents("FEES")), (0, 0));
    server.assert_nothing_on_its_way();
}

fn a_return_for_a_deleted_agent_concerns_the_organization(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let own = server.account("sandboxWalletId");
    let (rich, poor) = (owner.agent("Rich"), owner.agent("Poor"));
    for agent in [&rich, &poor] {
        owner.deposit(&agent.id, "100.00", &account("ACH", RETURNS)).expect(202);
    }
    server.advance("PT5S");
    owner.paid(&poor.id, &owner.wallet("Shop"), "90.00");
    for agent in [&rich, &poor] {
        owner.delete(&format!("/agents/{}", agent.id)).ok();
    }
    assert_eq!(owner.balance(own), "108.55", "what was swept");
    server.advance("PT5S");
    assert_eq!(owner.balance(own), "0.00", "of 199.00");
    assert_eq!(server.system_cents("RECEIVABLES"), -9_045);
    assert_eq!(owner.get(&format!("/wallets/{own}")).ok()["status"], "FROZEN");
    server.assert_nothing_on_its_way();
}
