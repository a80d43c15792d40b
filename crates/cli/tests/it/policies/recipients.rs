//! Allow-lists and block-lists, by wallet ID and by network address.

use serde_json::json;

use crate::support::{Server, Store, stories};

stories!(
    an_allow_list_allows_only_its_members,
    an_empty_allow_list_denies_everyone,
    a_block_list_wins,
    a_network_address_names_its_wallet,
    a_list_may_name_anything,
);

fn an_allow_list_allows_only_its_members(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let (from, listed, other) = (owner.funded(100), owner.wallet("Listed"), owner.wallet("Other"));
    owner.policy(&from, &json!({ "approvedRecipients": [listed, stranger.wallet] }));
    owner.pay(&from, &listed, "1.00").ok();
    owner.pay(&from, &stranger.wallet, "1.00").ok();
    let details = owner.pay(&from, &other, "1.00").refused(403, "POLICY_DENIED");
    assert_eq!(details["violations"][0]["rule"], "approvedRecipients");
}

fn an_empty_allow_list_denies_everyone(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.policy(&from, &json!({ "approvedRecipients": [] }));
    owner.pay(&from, &to, "1.00").refused(403, "POLICY_DENIED");
    owner.pay(&from, server.account("sandboxWalletId"), "1.00").refused(403, "POLICY_DENIED");
}

fn a_block_list_wins(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, blocked, other) =
        (owner.funded(100), owner.wallet("Blocked"), owner.wallet("Other"));
    owner.policy(
        &from,
        &json!({ "approvedRecipients": [blocked, other], "blockedRecipients": [blocked] }),
    );
    let details = owner.pay(&from, &blocked, "1.00").refused(403, "POLICY_DENIED");
    assert_eq!(details["violations"][0]["rule"], "blockedRecipients");
    owner.pay(&from, &other, "1.00").ok();
}

fn a_network_address_names_its_wallet(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (a, b) = (owner.wallet("A"), owner.wallet("B"));
    let address =
        |wallet: &str| owner.get(&format!("/wallets/{wallet}")).ok()["wallgentAddress"].clone();
    let from = owner.funded(100);
    owner.policy(&from, &json!({ "approvedRecipients": [address(&a)] }));
    owner.pay(&from, &a, "1.00").ok();
    owner.pay(&from, &b, "1.00").refused(403, "POLICY_DENIED");
    let from = owner.funded(100);
    owner.policy(&from, &json!({ "blockedRecipients": [address(&a)] }));
    owner.pay(&from, &a, "1.00").refused(403, "POLICY_DENIED");
    owner.pay(&from, &b, "1.00").ok();
}

fn a_list_may_name_anything(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    let names = json!([
        "mer_later",
        "ba_later",
        "'; DROP TABLE wallets; --",
        "日本",
        "x".repeat(256),
        to.to_lowercase()
    ]);
    let policy = owner.policy(&from, &json!({ "approvedRecipients": names }));
    assert_eq!(owner.get(&format!("/policies/{policy}")).ok()["approvedRecipients"], names);
    owner.pay(&from, &to, "1.00").refused(403, "POLICY_DENIED");
}
