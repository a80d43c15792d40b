//! Keys that end each other, or end while they decide.

use serde_json::json;

use crate::support::{Server, Store, all_at_once, stories};

stories!(
    two_admins_do_not_end_each_other,
    a_revoked_decider_decides_before_or_never,
    a_narrowed_maker_makes_before_or_never,
);

const ROUNDS: usize = 8;

fn two_admins_do_not_end_each_other(store: Store) {
    let server = Server::start(store);
    for round in 0..ROUNDS {
        let organization = server.organization(&format!("Round{round}"));
        let first = &organization.owner;
        let first_id = first.all_ids("/api-keys").pop().expect("a first key");
        let (second_id, second) = first.colleague(&["*"]);
        let answers = all_at_once(2, |number| match number {
            0 => first.delete(&format!("/api-keys/{second_id}")),
            _ => second.delete(&format!("/api-keys/{first_id}")),
        });
        assert_eq!(answers.iter().filter(|one| one.status == 204).count(), 1, "one is left");
        let left = if answers[0].status == 204 { first } else { &second };
        left.wallet("Still in charge");
    }
}

fn a_revoked_decider_decides_before_or_never(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    for _ in 0..ROUNDS {
        let (from, to) = (owner.guarded(100), owner.wallet("To"));
        let waiting = owner.ask(&from, &to, "60.00");
        let (key, human) = owner.colleague(&["approvals:write"]);
        let answers = all_at_once(2, |number| match number {
            0 => owner.delete(&format!("/api-keys/{key}")),
            _ => human.approve(&waiting.approval),
        });
        answers[0].clone().expect(204);
        let approved = answers[1].status == 200;
        if !approved {
            answers[1].refused(401, "API_KEY_REVOKED");
        }
        let status = if approved { "APPROVED" } else { "PENDING" };
        assert_eq!(owner.approval_status(&waiting.approval), status);
        assert_eq!(owner.balance(&to), if approved { "60.00" } else { "0.00" });
        human.approve(&waiting.approval).refused(401, "API_KEY_REVOKED");
    }
}

fn a_narrowed_maker_makes_before_or_never(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    for _ in 0..ROUNDS {
        let (key, maker) = owner.colleague(&["api_keys:write", "payments:write"]);
        let path = format!("/api-keys/{key}");
        let narrow = json!({ "permissions": ["api_keys:write"] });
        let wide = json!({ "permissions": ["payments:write"] });
        let answers = all_at_once(4, |number| match number {
            0 => owner.patch(&path, &narrow),
            _ => maker.post("/api-keys", &wide),
        });
        answers[0].clone().ok();
        for answer in &answers[1..] {
            assert!([201, 403].contains(&answer.status), "{}", answer.story());
        }
        maker.post("/api-keys", &wide).refused(403, "PERMISSION_DENIED");
    }
}
