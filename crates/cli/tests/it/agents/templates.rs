//! Templates: agents with permissions and a policy chosen beforehand.

use serde_json::{Value, json};

use crate::support::shapes::{self, assert_fields, assert_id, assert_whole_list};
use crate::support::{Api, Server, Store, id, stories};

stories!(
    there_is_a_template_for_each_common_task,
    each_template_makes_what_it_says,
    the_policy_guards_the_agent,
    an_unknown_template_is_not_found,
    bad_fields_are_named,
    an_agent_is_made_of_a_template_once,
    a_template_grants_no_more_than_the_caller_has,
);

#[track_caller]
fn templates(caller: &Api) -> Vec<Value> {
    let list = caller.get("/agents/templates").ok();
    assert_whole_list(&list);
    list["data"].as_array().expect("data").clone()
}

fn there_is_a_template_for_each_common_task(store: Store) {
    let server = Server::start(store);
    let templates = templates(&server.owner());
    assert!(templates.len() >= 6, "at least six: {templates:#?}");
    for template in &templates {
        assert_fields(template, shapes::TEMPLATE, &[]);
        assert!(template["id"].as_str().is_some_and(|text| text.starts_with("tmpl_")));
        for field in ["name", "description"] {
            assert!(template[field].as_str().is_some_and(|text| !text.is_empty()), "{field}");
        }
        assert!(template["permissions"].as_array().is_some_and(|list| !list.is_empty()));
    }
    for task in ["research", "shop", "data", "invoice", "market", "treasur"] {
        let fits = |template: &&Value| template["name"].to_string().to_lowercase().contains(task);
        assert!(templates.iter().any(|template| fits(&template)), "one for {task}: {templates:#?}");
    }
    let mut ids: Vec<&str> = templates.iter().filter_map(|one| one["id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), templates.len(), "each has its own ID");
    let same = self::templates(&server.permitted(&["wallets:read"]));
    assert_eq!(same, templates);
    assert_eq!(self::templates(&server.live()), templates);
}

fn each_template_makes_what_it_says(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    for template in templates(&owner) {
        let request = json!({ "templateId": template["id"], "name": "From template" });
        let agent = owner.post("/agents/from-template", &request).created();
        let fields = [shapes::AGENT, &["apiKey", "policyId"]].concat();
        assert_fields(&agent, &fields, &["templateId"]);
        assert_id(&agent["policyId"], "pol");
        assert_eq!(
            (&agent["name"], &agent["status"], &agent["balance"], &agent["permissions"]),
            (&json!("From template"), &json!("ACTIVE"), &json!("0.00"), &template["permissions"])
        );
        let policies = owner.get(&format!("/wallets/{}/policies", id(&agent))).ok();
        let policies = policies["data"].as_array().expect("data");
        assert_eq!(policies.len(), 1);
        assert_fields(&policies[0], shapes::POLICY, &[]);
        assert_eq!(
            (&policies[0]["id"], &policies[0]["enabled"]),
            (&agent["policyId"], &json!(true))
        );
        let said = template["policy"].as_object().expect("a policy");
        assert!(!said.is_empty(), "a template guards its agent: {template:#}");
        for (field, value) in said {
            assert_eq!(policies[0][field], *value, "{field} of {}", template["name"]);
        }
        let caller = owner.with_key(agent["apiKey"].as_str().expect("text"));
        let own = format!("/wallets/{}/policies/{}", id(&agent), id(&policies[0]));
        let changed = caller.patch(&own, &json!({ "enabled": false }));
        changed.refused(403, "PERMISSION_DENIED");
    }
}

/// Every template's agent meets a limit, or a human, before it could spend this much.
fn the_policy_guards_the_agent(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let shop = owner.wallet("Shop");
    for template in templates(&owner) {
        let request = json!({ "templateId": template["id"], "name": "Guarded" });
        let agent = id(&owner.post("/agents/from-template", &request).created());
        owner.fund(&agent, 200_000);
        let check = json!({ "to": shop, "amount": "150000.00" });
        let asked = owner.post(&format!("/wallets/{agent}/policies/check"), &check).ok();
        assert_ne!(asked["decision"], "ALLOW", "{template:#}");
        let answer = owner.pay(&agent, &shop, "150000.00");
        assert!([202, 403].contains(&answer.status), "{}", answer.story());
    }
    assert_eq!(owner.balance(&shop), "0.00");
}

fn an_unknown_template_is_not_found(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let keys = owner.all_ids("/api-keys?limit=100");
    for unknown in ["tmpl_nothing", "nonsense", "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ"] {
        let request = json!({ "templateId": unknown, "name": "Bot" });
        let details = owner.post("/agents/from-template", &request).refused(404, "NOT_FOUND");
        assert!(details["resource"].is_string(), "{details}");
    }
    assert_eq!(owner.all_ids("/agents"), Vec::<String>::new());
    assert_eq!(owner.all_ids("/api-keys?limit=100"), keys);
}

fn bad_fields_are_named(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let template = templates(&owner)[0]["id"].clone();
    let refused = |body: Value, fields: &[&str]| {
        owner.post("/agents/from-template", &body).refused_fields(fields)
    };
    refused(json!({}), &["templateId", "name"]);
    refused(json!({ "templateId": 7, "name": [] }), &["templateId", "name"]);
    refused(json!({ "templateId": template, "name": "" }), &["name"]);
    refused(json!({ "templateId": template, "name": "n".repeat(257) }), &["name"]);
    assert_eq!(owner.all_ids("/agents"), Vec::<String>::new());
}

fn an_agent_is_made_of_a_template_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let template = templates(&owner)[0]["id"].clone();
    let request = json!({ "templateId": template, "name": "Once" });
    let first = owner.once("from-1").post("/agents/from-template", &request).expect(201);
    owner.once("from-1").post("/agents/from-template", &request).assert_replay_of(&first);
    assert_eq!(owner.all_ids("/agents").len(), 1);
}

fn a_template_grants_no_more_than_the_caller_has(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let maker = ["wallets:write", "api_keys:write"];
    let keys = owner.all_ids("/api-keys?limit=100").len();
    let (_, maker) = owner.colleague(&maker);
    for template in templates(&owner) {
        let request = json!({ "templateId": template["id"], "name": "Mighty" });
        let answer = maker.post("/agents/from-template", &request);
        answer.refused(403, "PERMISSION_DENIED");
    }
    assert_eq!(owner.all_ids("/agents"), Vec::<String>::new());
    assert_eq!(owner.all_ids("/api-keys?limit=100").len(), keys + 1);
}
