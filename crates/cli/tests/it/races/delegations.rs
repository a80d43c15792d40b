//! Revoking a delegation, or its end by the clock, while it is used.

use serde_json::json;

use crate::delegations::{LOOK_AND_PAY, grant, organization};
use crate::support::{Answer, Server, Store, all_at_once, stories, succeeded};

stories!(
    revoking_races_payments,
    expiry_races_payments,
    a_delegation_is_revoked_once,
    delegates_and_owners_share_one_limit,
);

fn revoking_races_payments(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.funded(1_000);
    let delegation = grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let pay = || partner.owner.pay(&wallet, &partner.wallet, "1.00");
    let answers = all_at_once(60, |number| match number {
        30 => owner.delete(&format!("/delegations/{delegation}")),
        _ => pay(),
    });
    answers[30].clone().ok();
    let paid = succeeded(&answers, 404, "WALLET_NOT_FOUND") - 1;
    let later = all_at_once(20, |_| pay());
    assert_eq!(succeeded(&later, 404, "WALLET_NOT_FOUND"), 0);
    assert_eq!(partner.owner.balance(&partner.wallet), format!("{paid}.00"));
    assert_eq!(owner.all_ids(&format!("/payments?walletId={wallet}&limit=100")).len(), paid);
}

fn expiry_races_payments(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.funded(1_000);
    let request = json!({
        "walletId": wallet, "granteeOrgId": partner.id, "permissions": LOOK_AND_PAY,
        "expiresAt": "2026-03-02T10:00:00Z",
    });
    owner.post("/delegations", &request).created();
    let pay = || partner.owner.pay(&wallet, &partner.wallet, "1.00");
    let end = json!({ "to": "2026-03-02T10:00:00Z" });
    let answers = all_at_once(60, |number| match number {
        30 => owner.post("/sandbox/clock", &end),
        _ => pay(),
    });
    let paid: Vec<&Answer> = answers.iter().filter(|one| one.json["status"] == "POSTED").collect();
    succeeded(&answers, 404, "WALLET_NOT_FOUND");
    for answer in &paid {
        let at = answer.json["createdAt"].as_str().expect("text");
        assert!(at < "2026-03-02T10:00:00.000Z", "paid at {at}, after the end");
    }
    pay().refused(404, "WALLET_NOT_FOUND");
    assert_eq!(partner.owner.balance(&partner.wallet), format!("{}.00", paid.len()));
    assert_eq!(owner.audited("action=delegation.expired").len(), 1);
}

fn a_delegation_is_revoked_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let delegation = grant(&owner, &owner.wallet("Ops"), &organization(&partner.id), &["read"]);
    let answers = all_at_once(20, |_| owner.delete(&format!("/delegations/{delegation}")));
    assert_eq!(answers.iter().filter(|one| one.status == 200).count(), 1);
    for answer in answers.iter().filter(|one| one.status != 200) {
        assert!([404, 409].contains(&answer.status), "{}", answer.story());
    }
    let revoked = owner.audited(&format!("resource={delegation}&action=delegation.revoked"));
    assert_eq!(revoked.len(), 1);
}

fn delegates_and_owners_share_one_limit(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, shop) = (owner.funded(1_000), owner.wallet("Shop"));
    owner.policy(&wallet, &json!({ "dailySpendingLimit": "30.50" }));
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let answers = all_at_once(100, |number| match number % 2 {
        0 => owner.pay(&wallet, &shop, "1.00"),
        _ => partner.owner.pay(&wallet, &shop, "1.00"),
    });
    assert_eq!(succeeded(&answers, 403, "POLICY_DENIED"), 30);
    assert_eq!(owner.balance(&shop), "30.00");
}
