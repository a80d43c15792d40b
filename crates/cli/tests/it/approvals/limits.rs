//! How many payments of one wallet may wait at a time, and that its end is still one act.

use serde_json::{Value, json};

use crate::support::{Api, Server, Store, all_at_once, stories, succeeded};

stories!(only_so_many_payments_of_a_wallet_wait);

/// Payments of one wallet that wait.
const WAITING_MAX: usize = 1_000;
/// The most that one batch takes.
const BATCH_MAX: usize = 20;

/// So many payments that have to wait, in one batch; how many of them do.
#[track_caller]
fn ask(caller: &Api, from: &str, to: &str, count: usize) -> usize {
    let item = json!({ "from": from, "to": to, "amount": "0.01" });
    let body = json!({ "payments": vec![item; count], "mode": "independent" });
    let answer = caller.post("/payments/batch", &body).expect(207);
    let results = answer.json["results"].as_array().expect("results");
    let (waiting, failed): (Vec<&Value>, Vec<&Value>) =
        results.iter().partition(|result| result["status"] == "pending_approval");
    for result in failed {
        assert_eq!(result["error"]["code"], "CONFLICT", "{result:#}");
        assert_eq!(result["error"]["details"]["pending"], WAITING_MAX, "{result:#}");
    }
    waiting.len()
}

fn only_so_many_payments_of_a_wallet_wait(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (agent, other, shop) = (owner.funded_agent(500), owner.guarded(100), owner.wallet("Shop"));
    owner.policy(&agent.id, &json!({ "requireHumanApproval": true }));
    let mut waiting = 0;
    while waiting < WAITING_MAX - BATCH_MAX {
        waiting += ask(&agent.api, &agent.id, &shop, BATCH_MAX);
    }
    waiting += ask(&agent.api, &agent.id, &shop, BATCH_MAX - 5);
    let network =
        json!({ "toAddress": owner.address(&shop), "amount": "0.01", "fromWalletId": agent.id });
    let pay = || agent.api.post("/network/pay", &network);
    let answers = all_at_once(8, |_| pay());
    waiting += succeeded(&answers, 409, "CONFLICT");
    assert_eq!(waiting, WAITING_MAX);
    for refused in [pay(), owner.pay(&agent.id, &shop, "0.01")] {
        assert_eq!(refused.refused(409, "CONFLICT")["pending"], WAITING_MAX);
    }
    assert_eq!(ask(&agent.api, &agent.id, &shop, 2), 0);
    owner.ask(&other, &shop, "0.01");
    let list = format!("/approvals?limit=100&status=PENDING&walletId={}", agent.id);
    let pending = owner.all_ids(&list);
    assert_eq!(pending.len(), WAITING_MAX);
    owner.reject(&pending[WAITING_MAX / 2]).ok();
    assert_eq!(ask(&agent.api, &agent.id, &shop, 3), 1, "a place that was left is taken again");
    owner.approve(&pending[0]).ok();
    pay().expect(202);
    let swept = owner.delete(&format!("/agents/{}", agent.id)).ok()["sweptAmount"].clone();
    assert_eq!(swept, "499.99", "all but what a human agreed to");
    assert_eq!(owner.all_ids(&list), Vec::<String>::new());
    let rejected = list.replace("PENDING", "REJECTED");
    assert_eq!(owner.all_ids(&rejected).len(), WAITING_MAX + 1);
    owner.assert_balances(&agent.id, "0.00", "0.00", "0.00");
    assert_eq!(owner.all_ids("/approvals?status=PENDING").len(), 1, "the other wallet's");
}
