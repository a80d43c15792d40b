//! What is done with a delegation stands in the grantor's records, and shows who did it.

use serde_json::{Value, json};

use super::{LOOK_AND_PAY, grant, key, organization};
use crate::support::{Server, Store, id, stories};

stories!(
    a_payment_stands_in_the_grantors_audit_log,
    a_denial_stands_there_too,
    granting_and_ending_are_audited,
    rate_limits_are_the_callers,
);

/// The entries about this resource.
fn about<'a>(entries: &'a [Value], resource: &str) -> Vec<&'a Value> {
    entries.iter().filter(|entry| entry["resourceId"] == json!(resource)).collect()
}

fn a_payment_stands_in_the_grantors_audit_log(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, shop) = (owner.funded(100), owner.wallet("Shop"));
    let (actor, grantee) = partner.owner.colleague(&["payments:write"]);
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let pay = grantee.with_header("X-Request-Id", "delegated-1").pay(&wallet, &shop, "1.00");
    let payment = id(&pay.ok());
    let seen = owner.audited(&format!("actorId={actor}"));
    let entries = about(&seen, &payment);
    assert!(!entries.is_empty(), "{seen:#?}");
    for entry in entries {
        assert_eq!(entry["organizationId"], server.account("organizationId"));
        assert_eq!(
            (&entry["actorId"], &entry["actorType"], &entry["requestId"]),
            (&json!(actor), &json!("API_KEY"), &json!("delegated-1"))
        );
        assert_eq!(entry["ipAddress"], "127.0.0.1");
    }
    assert_eq!(about(&partner.owner.audited(""), &payment), Vec::<&Value>::new());
    assert!(!partner.owner.audited("").iter().any(|entry| entry.to_string().contains(&wallet)));
}

fn a_denial_stands_there_too(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization("Partner");
    let (wallet, shop) = (owner.funded(100), owner.wallet("Shop"));
    owner.policy(&wallet, &json!({ "maxTransactionAmount": "5.00" }));
    let agent = partner.owner.agent("Named");
    grant(&owner, &wallet, &key(&agent.key_id), LOOK_AND_PAY);
    agent.api.pay(&wallet, &shop, "5.01").refused(403, "POLICY_DENIED");
    let denied = owner.audited("action=payment.denied");
    assert_eq!(denied.len(), 1);
    assert_eq!(denied[0]["actorId"], json!(agent.key_id));
    assert_eq!(partner.owner.audited("action=payment.denied"), Vec::<Value>::new());
}

fn granting_and_ending_are_audited(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let partner = server.organization("Partner");
    let wallet = owner.wallet("Ops");
    let revoked = grant(&owner, &wallet, &organization(&partner.id), &["read"]);
    let request = json!({
        "walletId": wallet, "granteeOrgId": partner.id, "permissions": ["read"],
        "expiresAt": "2026-03-02T10:00:00Z",
    });
    let expired = id(&owner.post("/delegations", &request).created());
    owner.delete(&format!("/delegations/{revoked}")).ok();
    server.advance("PT2H");
    let actions = |delegation: &str| {
        let entries = owner.audited(&format!("resource={delegation}"));
        let mut actions: Vec<String> = entries
            .iter()
            .map(|entry| entry["action"].as_str().expect("text").to_owned())
            .collect();
        actions.reverse();
        actions
    };
    assert_eq!(actions(&revoked), ["delegation.created", "delegation.revoked"]);
    assert_eq!(actions(&expired), ["delegation.created", "delegation.expired"]);
    let by_clock = owner.audited("action=delegation.expired");
    assert_eq!(
        (&by_clock[0]["actorType"], &by_clock[0]["actorId"], &by_clock[0]["ipAddress"]),
        (&json!("SYSTEM"), &Value::Null, &Value::Null)
    );
    assert_eq!(owner.audited("resource=delegation").len(), 4);
}

fn rate_limits_are_the_callers(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let partner = server.organization_on("FREE", "Partner");
    let wallet = owner.funded(100);
    grant(&owner, &wallet, &organization(&partner.id), LOOK_AND_PAY);
    let limited = (0..50)
        .map(|_| partner.owner.pay(&wallet, &partner.wallet, "1.00"))
        .find(|answer| answer.status != 200)
        .expect("a limit of its own plan");
    limited.refused(429, "RATE_LIMIT_EXCEEDED");
    owner.paid(&wallet, &partner.wallet, "1.00");
}
