//! Who may use a card: whoever may use its wallet.

use serde_json::{Value, json};

use crate::delegations::{self, LOOK_AND_PAY, grant};
use crate::support::{Api, Server, Store, stories};

stories!(
    an_agent_uses_cards_of_its_own_wallet,
    an_agent_sees_no_other_card,
    permissions_are_asked,
    a_lent_wallet_lends_its_cards,
    only_the_owner_loosens_a_card,
    simulators_are_for_the_sandbox,
);

fn an_agent_uses_cards_of_its_own_wallet(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.funded_agent(100);
    let card = agent.api.card(&agent.id);
    let owners = owner.card(&agent.id);
    assert_eq!(agent.api.all_ids("/cards"), [owners.as_str(), &card]);
    for card in [&card, &owners] {
        let bought = agent.api.captured(card, "10.00");
        agent.api.step(&bought, "refund").ok();
        agent.api.patch(&format!("/cards/{card}"), &json!({ "status": "INACTIVE" })).ok();
        agent.api.delete(&format!("/cards/{card}")).ok();
    }
    agent.api.post("/cards/cardholders", &json!({ "name": "Ada Lovelace" })).created();
}

/// Everything that names a card or an authorization.
fn attempts(card: &str, authorization: &str) -> Vec<(&'static str, String, Option<Value>)> {
    let path = |rest: &str| format!("/cards/{card}{rest}");
    let step = |verb: &str| format!("/sandbox/card-authorizations/{authorization}/{verb}");
    let buy = json!({ "amount": "1.00", "merchant": { "name": "Shop", "category": "books" } });
    vec![
        ("GET", path(""), None),
        ("PATCH", path(""), Some(json!({ "status": "INACTIVE" }))),
        ("DELETE", path(""), None),
        ("GET", path("/details"), None),
        ("GET", path("/authorizations"), None),
        ("POST", format!("/sandbox/cards/{card}/authorizations"), Some(buy)),
        ("POST", step("capture"), None),
        ("POST", step("reverse"), None),
        ("POST", step("refund"), None),
    ]
}

fn an_agent_sees_no_other_card(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, other) = (owner.agent_with(&["*"]), owner.funded_agent(100));
    let card = owner.card(&other.id);
    let open = owner.approved(&card, "10.00");
    let stranger = server.organization("Stranger").owner;
    for caller in [&agent.api, &stranger] {
        for (method, path, body) in attempts(&card, &open) {
            let answer = caller.send(method, &path, body.as_ref());
            let code =
                if path.contains("card-authorizations") { "NOT_FOUND" } else { "CARD_NOT_FOUND" };
            answer.refused(404, code);
        }
        let request = json!({ "walletId": other.id });
        caller.post("/cards", &request).refused(404, "WALLET_NOT_FOUND");
        caller.get(&format!("/cards?walletId={}", other.id)).refused(404, "WALLET_NOT_FOUND");
        assert_eq!(caller.all_ids("/cards"), Vec::<String>::new());
    }
    assert_eq!(owner.authorization(&card, &open)["status"], "APPROVED");
    assert_eq!(owner.card_status(&card), "ACTIVE");
}

fn permissions_are_asked(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let open = owner.approved(&card, "10.00");
    let reader = server.permitted(&["payments:read", "wallets:write"]);
    for (method, path, body) in attempts(&card, &open) {
        let answer = reader.send(method, &path, body.as_ref());
        match (method, path.ends_with("/details")) {
            ("GET", false) => drop(answer.ok()),
            ("GET", true) => {
                let required = answer.refused(403, "PERMISSION_DENIED");
                assert_eq!(required["required"], "cards:sensitive_read");
            }
            _ => {
                let required = answer.refused(403, "PERMISSION_DENIED");
                assert_eq!(required["required"], "payments:write");
            }
        }
    }
}

fn a_lent_wallet_lends_its_cards(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let grantee = &partner.owner;
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let delegation = grant(&owner, &wallet, &delegations::organization(&partner.id), LOOK_AND_PAY);
    let bought = grantee.captured(&card, "10.00");
    grantee.step(&bought, "refund").ok();
    assert_eq!(grantee.all_ids(&format!("/cards?walletId={wallet}")), [card.as_str()]);
    assert_eq!(grantee.all_ids("/cards"), Vec::<String>::new(), "lists show one's own");
    let own = grantee.card(&wallet);
    assert_eq!(owner.all_ids("/cards").first(), Some(&own), "the card is the wallet's");
    let details = format!("/cards/{card}/details");
    let refused = grantee.get(&details).refused(403, "PERMISSION_DENIED");
    assert_eq!(refused["required"], "cards:sensitive_read", "that was not lent");
    let told = owner.audited("action=card.captured");
    assert_eq!(told.len(), 1, "in the grantor's log");
    assert_eq!(grantee.audited("action=card.captured").len(), 0);
    grant(&owner, &wallet, &delegations::organization(&partner.id), &["cards:sensitive_read"]);
    grantee.get(&details).ok();
    assert_eq!(owner.audited("action=card.details_viewed").len(), 1);
    owner.delete(&format!("/delegations/{delegation}")).ok();
    ends(grantee, &card);
}

#[track_caller]
fn ends(grantee: &Api, card: &str) {
    let required = grantee.buy(card, "1.00").refused(403, "PERMISSION_DENIED");
    assert_eq!(required["required"], "payments:write");
}

/// An owner's card with a limit.
fn limited(owner: &Api, wallet: &str) -> String {
    owner.limited_card(wallet, "10.00", "daily")
}

fn only_the_owner_loosens_a_card(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.funded_agent(100);
    let partner = server.organization("Partner");
    grant(&owner, &agent.id, &delegations::organization(&partner.id), &["*"]);
    for caller in [&agent.api, &partner.owner] {
        let card = limited(&owner, &agent.id);
        let path = format!("/cards/{card}");
        let set = |request: &Value| caller.patch(&path, request);
        assert_eq!(set(&json!({ "status": "INACTIVE" })).ok()["status"], "INACTIVE");
        let raised = json!([{ "amount": "11.00", "interval": "daily" }]);
        let lowered = json!([{ "amount": "9.00", "interval": "daily" }]);
        for request in [
            json!({ "status": "ACTIVE" }),
            json!({ "status": "ACTIVE", "spendingLimits": [] }),
            json!({ "status": "INACTIVE", "spendingLimits": null }),
            json!({ "spendingLimits": raised }),
            json!({ "spendingLimits": lowered }),
            json!({ "status": "CANCELLED", "spendingLimit": "1.00" }),
        ] {
            let refused = set(&request).refused(403, "PERMISSION_DENIED");
            assert_eq!(refused["ownerOnly"], true, "{request}");
        }
        let same = json!([{ "amount": "10.00", "interval": "daily" }]);
        set(&json!({ "status": "INACTIVE", "spendingLimits": same })).ok();
        let kept = owner.get(&path).ok();
        assert_eq!((&kept["status"], &kept["spendingLimits"]), (&json!("INACTIVE"), &same));
        assert_eq!(owner.patch(&path, &json!({ "status": "ACTIVE" })).ok()["status"], "ACTIVE");
        owner.approved(&card, "1.00");
        assert_eq!(owner.declined(&card, "9.01"), "SPENDING_LIMIT");
        assert_eq!(
            caller.delete(&path).ok()["status"],
            "CANCELLED",
            "to end it is not to loosen it"
        );
        let own = limited(caller, &agent.id);
        let raise = caller.patch(&format!("/cards/{own}"), &json!({ "spendingLimits": [] }));
        assert_eq!(raise.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
    }
}

fn simulators_are_for_the_sandbox(store: Store) {
    let server = Server::start(store);
    let (owner, live) = (server.owner(), server.live());
    let card = owner.card(&owner.funded(100));
    let open = owner.approved(&card, "10.00");
    for (method, path, body) in attempts(&card, &open) {
        let answer = live.send(method, &path, body.as_ref());
        let sandbox = path.starts_with("/sandbox/");
        answer.refused(403, if sandbox { "SANDBOX_ONLY" } else { "ENVIRONMENT_MISMATCH" });
    }
}
