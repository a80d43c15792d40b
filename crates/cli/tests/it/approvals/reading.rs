//! Approvals as documents: one, all, filtered, and only one's own.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id};
use crate::support::{Server, Store, stories};

stories!(
    an_approval_has_every_field,
    a_decided_approval_says_who_and_when,
    lists_filter_by_status_and_wallet,
    approvals_come_in_pages,
    bad_filters_are_refused,
    unknown_approvals_are_not_found,
    reading_needs_its_permission,
    a_scoped_key_reads_its_own,
    environments_are_apart,
);

fn an_approval_has_every_field(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (key, asker) = owner.colleague(&["payments:write"]);
    let (from, to) = (owner.funded(100), owner.wallet("Vendor"));
    let policy = owner.policy(&from, &json!({ "requireHumanApproval": true }));
    let request = json!({ "from": from, "to": to, "amount": "60.00", "description": "Large" });
    let waiting = asker.post("/payments", &request).expect(202).json;
    let path = format!("/approvals/{}", waiting["approvalId"].as_str().expect("text"));
    let approval = owner.get(&path).ok();
    assert_fields(&approval, shapes::APPROVAL, &["updatedAt"]);
    assert_id(&approval["id"], "del");
    for (field, expected) in [
        ("id", waiting["approvalId"].clone()),
        ("status", json!("PENDING")),
        ("walletId", json!(from)),
        ("policyId", json!(policy)),
        ("amount", json!("60.00")),
        ("currency", json!("USD")),
        ("requestedBy", json!(key)),
        ("decidedBy", Value::Null),
        ("decidedAt", Value::Null),
        ("reason", Value::Null),
        ("transactionId", waiting["id"].clone()),
        ("createdAt", json!("2026-03-02T09:00:00.000Z")),
        ("expiresAt", json!("2026-03-03T09:00:00.000Z")),
    ] {
        assert_eq!(approval[field], expected, "{field}");
    }
    let details = &approval["transactionDetails"];
    assert_fields(details, shapes::TRANSACTION_DETAILS, &[]);
    for (field, expected) in [
        ("amount", json!("60.00")),
        ("currency", json!("USD")),
        ("recipient", json!(to)),
        ("recipientName", json!("Vendor")),
        ("description", json!("Large")),
    ] {
        assert_eq!(details[field], expected, "{field}");
    }
    assert!(details["type"].as_str().is_some_and(|kind| !kind.is_empty()), "{details:#}");
    assert_eq!(owner.get("/approvals").ok()["data"], json!([approval]));
    let plain = owner.ask(&from, &to, "1.00");
    let details = &owner.get(&format!("/approvals/{}", plain.approval)).ok()["transactionDetails"];
    assert!(details["description"].is_null(), "{details:#}");
}

fn a_decided_approval_says_who_and_when(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (key, human) = owner.colleague(&["approvals:read", "approvals:write"]);
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let [yes, no] = [owner.ask(&from, &to, "1.00"), owner.ask(&from, &to, "2.00")];
    let late = owner.ask(&from, &to, "3.00");
    server.advance("PT2H");
    human.approve(&yes.approval).ok();
    human
        .post(&format!("/approvals/{}/reject", no.approval), &json!({ "reason": "Too much" }))
        .ok();
    let read = |approval: &str| owner.get(&format!("/approvals/{approval}")).ok();
    for (approval, status, reason) in
        [(&yes.approval, "APPROVED", Value::Null), (&no.approval, "REJECTED", json!("Too much"))]
    {
        let decided = read(approval);
        assert_fields(&decided, shapes::APPROVAL, &["updatedAt"]);
        assert_eq!(
            (&decided["status"], &decided["decidedBy"], &decided["decidedAt"], &decided["reason"]),
            (&json!(status), &json!(key), &json!("2026-03-02T11:00:00.000Z"), &reason)
        );
    }
    server.advance("PT22H");
    let expired = read(&late.approval);
    assert_eq!((&expired["status"], &expired["decidedBy"]), (&json!("EXPIRED"), &Value::Null));
}

fn lists_filter_by_status_and_wallet(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (a, b, to) = (owner.guarded(100), owner.guarded(100), owner.wallet("To"));
    let ask = |from: &str| owner.ask(from, &to, "1.00").approval;
    let expired = ask(&a);
    server.advance("PT23H");
    let (approved, rejected) = (ask(&a), ask(&b));
    let (waiting_a, waiting_b) = (ask(&a), ask(&b));
    owner.approve(&approved).ok();
    owner.reject(&rejected).ok();
    server.advance("PT1H");
    let ids = |query: &str| owner.all_ids(&format!("/approvals?{query}"));
    let all = [&waiting_b, &waiting_a, &rejected, &approved, &expired];
    assert_eq!(ids(""), all.map(String::clone), "newest first");
    assert_eq!(ids("status=PENDING"), [waiting_b.clone(), waiting_a.clone()]);
    assert_eq!(ids("status=APPROVED"), std::slice::from_ref(&approved));
    assert_eq!(ids("status=REJECTED"), std::slice::from_ref(&rejected));
    assert_eq!(ids("status=EXPIRED"), std::slice::from_ref(&expired));
    assert_eq!(ids(&format!("walletId={a}")), [waiting_a.clone(), approved, expired]);
    assert_eq!(ids(&format!("walletId={b}&status=PENDING")), [waiting_b]);
    assert_eq!(ids(&format!("walletId={to}")), Vec::<String>::new(), "it only receives");
}

fn approvals_come_in_pages(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let mut asked: Vec<String> = (0..22).map(|_| owner.ask(&from, &to, "1.00").approval).collect();
    asked.reverse();
    let page = owner.get("/approvals").ok();
    assert_fields(&page, shapes::LIST, &[]);
    assert_eq!((page["data"].as_array().map(Vec::len), &page["hasMore"]), (Some(20), &json!(true)));
    assert_eq!(owner.all_ids("/approvals?limit=5"), asked);
    assert_eq!(owner.all_ids(&format!("/approvals?limit=5&status=PENDING&walletId={from}")), asked);
    for number in [3, 11] {
        owner.reject(&asked[number]).ok();
    }
    let left: Vec<String> =
        (0..22).filter(|n| ![3, 11].contains(n)).map(|n| asked[n].clone()).collect();
    assert_eq!(owner.all_ids("/approvals?limit=4&status=PENDING"), left);
}

fn bad_filters_are_refused(store: Store) {
    let server = Server::start(store);
    for bad in ["status=MAYBE", "status=pending", "limit=0", "limit=101", "limit=x", "cursor=%00"] {
        server.owner().get(&format!("/approvals?{bad}")).refused(400, "VALIDATION_ERROR");
    }
}

fn unknown_approvals_are_not_found(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "1.00");
    for (caller, approval) in [
        (&owner, "del_01HZZZZZZZZZZZZZZZZZZZZZZZ"),
        (&owner, "nonsense"),
        (&owner, "%00"),
        (&owner, waiting.payment.as_str()),
        (&stranger.owner, waiting.approval.as_str()),
    ] {
        for answer in [
            caller.get(&format!("/approvals/{approval}")),
            caller.approve(approval),
            caller.reject(approval),
        ] {
            let details = answer.refused(404, "NOT_FOUND");
            assert!(details["resource"].is_string(), "details.resource: {details}");
        }
    }
    assert_eq!(stranger.owner.all_ids("/approvals"), Vec::<String>::new());
    assert_eq!(owner.approval_status(&waiting.approval), "PENDING");
}

fn reading_needs_its_permission(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "1.00");
    let decider = server.permitted(&["approvals:write", "payments:write"]);
    for path in ["/approvals".to_owned(), format!("/approvals/{}", waiting.approval)] {
        let details = decider.get(&path).refused(403, "PERMISSION_DENIED");
        assert_eq!(details["required"], "approvals:read");
        server.permitted(&["approvals:read"]).get(&path).ok();
    }
}

fn a_scoped_key_reads_its_own(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (mine, other, to) = (owner.guarded(100), owner.guarded(100), owner.wallet("To"));
    let agent = server.scoped(&["approvals:read", "payments:write"], &[&mine]);
    let own = agent.ask(&mine, &to, "1.00");
    let foreign = owner.ask(&other, &mine, "1.00");
    assert_eq!(agent.all_ids("/approvals"), std::slice::from_ref(&own.approval));
    agent.get(&format!("/approvals/{}", own.approval)).ok();
    let answer = agent.get(&format!("/approvals/{}", foreign.approval));
    answer.refused(404, "NOT_FOUND");
    assert_eq!(
        agent.get(&format!("/approvals?walletId={other}")).json["data"]
            .as_array()
            .map_or(0, Vec::len),
        0,
        "nothing of a wallet out of scope"
    );
}

fn environments_are_apart(store: Store) {
    let server = Server::start(store);
    let (owner, live) = (server.owner(), server.live());
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "1.00");
    assert_eq!(live.all_ids("/approvals"), Vec::<String>::new());
    for answer in [
        live.get(&format!("/approvals/{}", waiting.approval)),
        live.approve(&waiting.approval),
        live.reject(&waiting.approval),
        live.get(&format!("/payments/{}", waiting.payment)),
        live.act(&format!("/payments/{}/reverse", waiting.payment)),
    ] {
        answer.refused(403, "ENVIRONMENT_MISMATCH");
    }
    assert_eq!(owner.approval_status(&waiting.approval), "PENDING");
}
