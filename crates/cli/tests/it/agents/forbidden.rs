//! What an agent must not do, tried with the permissions it has by default and with all there are.

use serde_json::{Value, json};

use crate::support::{Agent, Server, Store, id, stories};

stories!(
    it_decides_no_approval,
    it_changes_no_policy,
    it_sees_no_other_wallet,
    it_pays_from_no_other_wallet,
    it_widens_no_key,
    it_moves_no_budget,
    it_ends_no_pause,
    it_makes_and_ends_no_agent,
    it_makes_no_wallet,
    it_delegates_nothing,
    it_reads_no_other_audit,
    it_takes_back_nothing_it_paid,
    it_hides_behind_no_batch,
);

/// Two agents with money, one of which may all that a permission can give, and somebody they could rob.
struct Cast {
    server: Server,
    plain: Agent,
    mighty: Agent,
    victim: Agent,
}

impl Cast {
    fn new(store: Store) -> Self {
        let server = Server::start(store);
        let owner = server.owner();
        owner.fund(server.account("sandboxWalletId"), 1_000);
        let [plain, mighty] = [owner.agent("Plain"), owner.agent_with(&["*"])];
        let victim = owner.agent("Victim");
        for agent in [&plain, &mighty, &victim] {
            owner.fund(&agent.id, 100);
        }
        Self { server, plain, mighty, victim }
    }

    fn purse(&self) -> &str {
        self.server.account("sandboxWalletId")
    }

    /// The agent with all permissions is told that this is its owner's act.
    #[track_caller]
    fn owners_act(&self, method: &str, path: &str, body: Option<&Value>) {
        let answer = self.mighty.api.send(method, path, body);
        let details = answer.refused(403, "PERMISSION_DENIED");
        assert_eq!(details["ownerOnly"], true, "{}", answer.story());
    }

    /// The agent with the default permissions lacks this one.
    #[track_caller]
    fn lacks(&self, permission: &str, method: &str, path: &str, body: Option<&Value>) {
        let answer = self.plain.api.send(method, path, body);
        let details = answer.refused(403, "PERMISSION_DENIED");
        assert_eq!(details["required"], permission, "{}", answer.story());
    }

    /// Nobody's money moved.
    #[track_caller]
    fn assert_nothing_moved(&self) {
        let owner = self.server.owner();
        assert_eq!(owner.balance(self.purse()), "1000.00");
        for agent in [&self.plain, &self.mighty, &self.victim] {
            owner.assert_balances(&agent.id, "100.00", "0.00", "100.00");
            let read = owner.get(&format!("/agents/{}", agent.id)).ok();
            assert_eq!(read["status"], "ACTIVE");
        }
    }
}

fn it_decides_no_approval(store: Store) {
    let cast = Cast::new(store);
    let owner = cast.server.owner();
    for agent in [&cast.mighty, &cast.plain] {
        owner.policy(&agent.id, &json!({ "requireHumanApproval": true }));
        let waiting = agent.api.ask(&agent.id, &cast.victim.id, "10.00");
        for verb in ["approve", "reject"] {
            let path = format!("/approvals/{}/{verb}", waiting.approval);
            cast.lacks("approvals:write", "POST", &path, None);
            if agent.id == cast.mighty.id {
                cast.owners_act("POST", &path, None);
            } else {
                let other = cast.mighty.api.act(&path);
                assert!([403, 404].contains(&other.status), "{}", other.story());
            }
        }
        assert_eq!(owner.approval_status(&waiting.approval), "PENDING");
        owner.reject(&waiting.approval).ok();
    }
    let decider = cast.server.scoped(&["approvals:read", "approvals:write"], &[&cast.plain.id]);
    let waiting = cast.plain.api.ask(&cast.plain.id, &cast.victim.id, "10.00");
    for answer in [decider.approve(&waiting.approval), decider.reject(&waiting.approval)] {
        assert_eq!(answer.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
    }
    owner.reject(&waiting.approval).ok();
    cast.assert_nothing_moved();
}

fn it_changes_no_policy(store: Store) {
    let cast = Cast::new(store);
    let owner = cast.server.owner();
    let rules = json!({ "name": "Mine", "maxTransactionAmount": "1000000.00" });
    for agent in [&cast.mighty, &cast.plain] {
        let own = agent.id == cast.mighty.id;
        let policy = owner.policy(&agent.id, &json!({ "maxTransactionAmount": "1.00" }));
        for (method, path, body) in [
            ("POST", format!("/wallets/{}/policies", agent.id), Some(&rules)),
            ("PATCH", format!("/policies/{policy}"), Some(&json!({ "enabled": false }))),
            ("PATCH", format!("/wallets/{}/policies/{policy}", agent.id), Some(&rules)),
            ("DELETE", format!("/policies/{policy}"), None),
            ("DELETE", format!("/wallets/{}/policies/{policy}", agent.id), None),
        ] {
            cast.lacks("policies:write", method, &path, body);
            if own {
                cast.owners_act(method, &path, body);
            }
        }
        agent.api.pay(&agent.id, &cast.victim.id, "1.01").refused(403, "POLICY_DENIED");
        assert_eq!(owner.get(&format!("/policies/{policy}")).ok()["enabled"], true);
    }
    cast.assert_nothing_moved();
}

fn it_sees_no_other_wallet(store: Store) {
    let cast = Cast::new(store);
    let owner = cast.server.owner();
    let policy = owner.policy(&cast.victim.id, &json!({ "approvalThreshold": "50.00" }));
    let paid = cast.victim.api.paid(&cast.victim.id, cast.purse(), "1.00");
    let waiting = cast.victim.api.ask(&cast.victim.id, cast.purse(), "60.00");
    for wallet in [cast.victim.id.as_str(), cast.purse()] {
        for path in ["", "/balance", "/transactions", "/holds"] {
            let path = format!("/wallets/{wallet}{path}");
            for agent in [&cast.plain, &cast.mighty] {
                agent.api.get(&path).refused(404, "WALLET_NOT_FOUND");
            }
        }
        for path in ["/policies", "/limits", "/policy-evaluations"] {
            let path = format!("/wallets/{wallet}{path}");
            cast.mighty.api.get(&path).refused(404, "WALLET_NOT_FOUND");
        }
    }
    for agent in [&cast.plain, &cast.mighty] {
        agent.api.get(&format!("/payments/{paid}")).refused(404, "NOT_FOUND");
        assert_eq!(agent.api.all_ids("/wallets"), std::slice::from_ref(&agent.id));
        assert_eq!(agent.api.all_ids("/agents"), std::slice::from_ref(&agent.id));
        assert_eq!(agent.api.all_ids("/payments"), Vec::<String>::new());
    }
    let mighty = &cast.mighty.api;
    mighty.get(&format!("/approvals/{}", waiting.approval)).refused(404, "NOT_FOUND");
    mighty.get(&format!("/policies/{policy}")).refused(404, "POLICY_NOT_FOUND");
    assert_eq!(mighty.all_ids("/approvals"), Vec::<String>::new());
}

fn it_pays_from_no_other_wallet(store: Store) {
    let cast = Cast::new(store);
    for agent in [&cast.plain, &cast.mighty] {
        for from in [cast.purse(), cast.victim.id.as_str()] {
            let answer = agent.api.pay(from, &agent.id, "1.00");
            assert_eq!(answer.refused(404, "WALLET_NOT_FOUND")["walletId"], from);
            let pay = json!({ "toAddress": cast.victim.address, "amount": "1.00", "fromWalletId": cast.purse() });
            agent.api.post("/network/pay", &pay).refused(404, "WALLET_NOT_FOUND");
            let fund = json!({ "walletId": from, "amount": "1.00" });
            agent.api.post("/sandbox/fund", &fund).refused(404, "WALLET_NOT_FOUND");
        }
    }
    cast.assert_nothing_moved();
}

fn it_widens_no_key(store: Store) {
    let cast = Cast::new(store);
    let owner = cast.server.owner();
    let own = format!("/api-keys/{}", cast.mighty.key_id);
    let before = owner.get(&own).ok();
    let keys = owner.all_ids("/api-keys?limit=100");
    let wide = json!({ "name": "Wide", "permissions": ["*"] });
    let narrow = json!({ "permissions": ["wallets:read"], "walletScope": [cast.mighty.id] });
    for request in [&wide, &narrow] {
        cast.owners_act("POST", "/api-keys", Some(request));
        cast.lacks("api_keys:write", "POST", "/api-keys", Some(request));
    }
    for change in [
        wide,
        json!({ "expiresAt": null }),
        json!({ "allowedIps": null }),
        json!({ "walletScope": null }),
        json!({ "walletScope": [cast.mighty.id, cast.victim.id] }),
    ] {
        for key in [&cast.mighty.key_id, &cast.victim.key_id] {
            let answer = cast.mighty.api.patch(&format!("/api-keys/{key}"), &change);
            assert!((400..500).contains(&answer.status), "{}", answer.story());
        }
    }
    let revoke = cast.mighty.api.delete(&format!("/api-keys/{}", cast.victim.key_id));
    assert!([403, 404].contains(&revoke.status), "{}", revoke.story());
    cast.owners_act("POST", &format!("/agents/{}/rotate-key", cast.mighty.id), None);
    let plain = format!("/agents/{}/rotate-key", cast.plain.id);
    let refused = cast.plain.api.act(&plain);
    refused.refused(403, "PERMISSION_DENIED");
    let mut after = owner.get(&own).ok();
    after["lastUsedAt"] = before["lastUsedAt"].clone();
    assert_eq!(after, before);
    assert_eq!(owner.all_ids("/api-keys?limit=100"), keys);
    cast.victim.api.get("/wallets").ok();
}

fn it_moves_no_budget(store: Store) {
    let cast = Cast::new(store);
    for amount in ["1.00", "-1.00"] {
        for agent in [&cast.plain, &cast.mighty] {
            let own = agent.api.adjust(&agent.id, &json!(amount));
            assert_eq!(own.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
            let other = agent.api.adjust(&cast.victim.id, &json!(amount));
            assert!([403, 404].contains(&other.status), "{}", other.story());
        }
    }
    cast.assert_nothing_moved();
}

fn it_ends_no_pause(store: Store) {
    let cast = Cast::new(store);
    let owner = cast.server.owner();
    for agent in [&cast.plain, &cast.mighty] {
        owner.act(&format!("/agents/{}/pause", agent.id)).ok();
        for path in ["agents/{}/resume", "wallets/{}/unfreeze", "wallets/{}/close"] {
            let answer = agent.api.act(&format!("/{}", path.replace("{}", &agent.id)));
            assert_eq!(answer.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
        }
        let read = owner.get(&format!("/agents/{}", agent.id)).ok();
        assert_eq!(read["status"], "FROZEN");
        owner.act(&format!("/agents/{}/resume", agent.id)).ok();
    }
    cast.assert_nothing_moved();
}

fn it_makes_and_ends_no_agent(store: Store) {
    let cast = Cast::new(store);
    let owner = cast.server.owner();
    let template = owner.get("/agents/templates").ok()["data"][0]["id"].clone();
    cast.owners_act("POST", "/agents", Some(&json!({ "name": "Child" })));
    let from = json!({ "name": "Child", "templateId": template });
    cast.owners_act("POST", "/agents/from-template", Some(&from));
    let child = cast.plain.api.post("/agents", &json!({ "name": "Child" }));
    child.refused(403, "PERMISSION_DENIED");
    for agent in [&cast.plain, &cast.mighty] {
        let own = agent.api.delete(&format!("/agents/{}", agent.id));
        assert_eq!(own.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
        let other = agent.api.delete(&format!("/agents/{}", cast.victim.id));
        assert!([403, 404].contains(&other.status), "{}", other.story());
    }
    assert_eq!(owner.all_ids("/agents").len(), 3);
    cast.assert_nothing_moved();
}

fn it_makes_no_wallet(store: Store) {
    let cast = Cast::new(store);
    let wallets = cast.server.owner().all_ids("/wallets");
    for agent in [&cast.plain, &cast.mighty] {
        let answer = agent.api.post("/wallets", &json!({ "name": "Second" }));
        assert_eq!(answer.refused(403, "PERMISSION_DENIED")["ownerOnly"], true);
    }
    assert_eq!(cast.server.owner().all_ids("/wallets"), wallets);
}

fn it_delegates_nothing(store: Store) {
    let cast = Cast::new(store);
    let owner = cast.server.owner();
    let stranger = cast.server.organization("Stranger");
    for grantee in
        [json!({ "granteeOrgId": stranger.id }), json!({ "delegateApiKeyId": cast.victim.key_id })]
    {
        let mut grant = grantee;
        grant["walletId"] = json!(cast.mighty.id);
        grant["permissions"] = json!(["wallets:read"]);
        cast.owners_act("POST", "/delegations", Some(&grant));
        cast.lacks("delegations:write", "POST", "/delegations", Some(&grant));
    }
    assert_eq!(owner.all_ids("/delegations"), Vec::<String>::new());
    let grant = json!({ "walletId": cast.victim.id, "granteeOrgId": stranger.id, "permissions": ["wallets:read"] });
    let delegation = id(&owner.post("/delegations", &grant).created());
    let revoke = cast.mighty.api.delete(&format!("/delegations/{delegation}"));
    assert!([403, 404].contains(&revoke.status), "{}", revoke.story());
    stranger.owner.get(&format!("/wallets/{}", cast.victim.id)).ok();
}

fn it_reads_no_other_audit(store: Store) {
    let cast = Cast::new(store);
    let owner = cast.server.owner();
    cast.lacks("audit:read", "GET", "/audit-logs", None);
    cast.victim.api.paid(&cast.victim.id, cast.purse(), "1.00");
    cast.mighty.api.paid(&cast.mighty.id, cast.purse(), "1.00");
    owner.patch("/organizations/me", &json!({ "name": "Renamed" })).ok();
    let seen = cast.mighty.api.audited("");
    assert!(!seen.is_empty(), "its own acts are there");
    for entry in &seen {
        let text = entry.to_string();
        for hidden in [&cast.victim.id, &cast.victim.key_id, &cast.plain.id, &cast.plain.key_id] {
            assert!(!text.contains(hidden.as_str()), "{hidden} in {entry:#}");
        }
    }
    for query in [
        format!("resource={}", cast.victim.id),
        format!("actorId={}", cast.victim.key_id),
        "action=organization.updated".to_owned(),
    ] {
        assert_eq!(cast.mighty.api.audited(&query), Vec::<Value>::new(), "{query}");
    }
    assert!(owner.audited("").len() > seen.len());
}

fn it_takes_back_nothing_it_paid(store: Store) {
    let cast = Cast::new(store);
    for agent in [&cast.plain, &cast.mighty] {
        let paid = agent.api.paid(&agent.id, &cast.victim.id, "10.00");
        let back = agent.api.act(&format!("/payments/{paid}/reverse"));
        back.refused(422, "REVERSAL_NOT_ALLOWED");
        cast.victim.api.act(&format!("/payments/{paid}/reverse")).ok();
    }
    cast.assert_nothing_moved();
}

fn it_hides_behind_no_batch(store: Store) {
    let cast = Cast::new(store);
    let owner = cast.server.owner();
    for agent in [&cast.plain, &cast.mighty] {
        for mode in ["atomic", "independent"] {
            let item = |from: &str| json!({ "from": from, "to": cast.victim.id, "amount": "1.00" });
            let items = [item(&agent.id), item(cast.purse())];
            let body = json!({ "payments": items, "mode": mode });
            let answer = agent.api.post("/payments/batch", &body);
            let results = &answer.expect(207).json["results"];
            assert_eq!(results[1]["error"]["code"], "WALLET_NOT_FOUND");
        }
    }
    assert_eq!(owner.balance(cast.purse()), "1000.00");
    assert_eq!(owner.balance(&cast.victim.id), "102.00", "what each paid of its own");
}
