//! Deciding an approval at the moment at which somebody or something else does.

use serde_json::json;

use crate::support::{Answer, Api, Server, Store, Waiting, all_at_once, stories, succeeded};

stories!(
    many_approve_at_once,
    approving_races_rejecting,
    approving_races_the_expiry,
    approving_races_a_lowered_limit,
    approving_many_passes_no_limit,
    asking_and_deciding_keep_the_books,
    one_key_of_a_waiting_payment_pays_once,
);

const DECIDERS: usize = 60;
const ROUNDS: usize = 12;

/// The payment went through or not, as a whole.
#[track_caller]
fn assert_outcome(owner: &Api, waiting: &Waiting, from: &str, to: &str, approved: bool) {
    let status = owner.payment_status(&waiting.payment);
    let decided = owner.approval_status(&waiting.approval);
    assert_eq!(owner.holds(from, "PENDING"), Vec::<String>::new(), "no hold left behind");
    if approved {
        assert_eq!((status.as_str(), decided.as_str()), ("POSTED", "APPROVED"));
        owner.assert_balances(from, "39.70", "0.00", "39.70");
        assert_eq!(owner.balance(to), "60.00");
    } else {
        assert_eq!(status, decided, "REJECTED or EXPIRED, both");
        owner.assert_balances(from, "100.00", "0.00", "100.00");
        assert_eq!(owner.balance(to), "0.00");
    }
}

/// Those refused were told the status that the approval has now.
#[track_caller]
fn assert_losers_know(answers: &[Answer], status: &str) {
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(answer.refused(409, "CONFLICT")["status"], status, "{}", answer.story());
    }
}

fn many_approve_at_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let waiting = owner.ask(&from, &to, "60.00");
    let answers = all_at_once(DECIDERS, |_| owner.approve(&waiting.approval));
    assert_eq!(succeeded(&answers, 409, "CONFLICT"), 1);
    assert_losers_know(&answers, "APPROVED");
    assert_outcome(&owner, &waiting, &from, &to, true);
    let approved =
        owner.audited(&format!("resource={}&action=approval.approved", waiting.approval));
    assert_eq!(approved.len(), 1);
}

fn approving_races_rejecting(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    for _ in 0..ROUNDS {
        let (from, to) = (owner.guarded(100), owner.wallet("To"));
        let waiting = owner.ask(&from, &to, "60.00");
        let answers = all_at_once(8, |number| match number % 2 {
            0 => owner.approve(&waiting.approval),
            _ => owner.reject(&waiting.approval),
        });
        let winners: Vec<&Answer> = answers.iter().filter(|one| one.status == 200).collect();
        assert_eq!(winners.len(), 1, "one decision");
        let status = winners[0].json["status"].as_str().expect("text");
        assert_losers_know(&answers, status);
        assert_outcome(&owner, &waiting, &from, &to, status == "APPROVED");
    }
}

fn approving_races_the_expiry(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    for day in 3..3 + ROUNDS {
        let (from, to) = (owner.guarded(100), owner.wallet("To"));
        let waiting = owner.ask(&from, &to, "60.00");
        let expiry = json!({ "to": format!("2026-03-{day:02}T09:00:00Z") });
        let answers = all_at_once(5, |number| match number {
            0 => owner.post("/sandbox/clock", &expiry),
            _ => owner.approve(&waiting.approval),
        });
        let decided = &answers[1..];
        let approved = decided.iter().filter(|one| one.status == 200).count();
        assert!(approved <= 1);
        let status = if approved == 1 { "APPROVED" } else { "EXPIRED" };
        assert_losers_know(decided, status);
        assert_outcome(&owner, &waiting, &from, &to, approved == 1);
        let expired =
            owner.audited(&format!("resource={}&action=approval.expired", waiting.approval));
        assert_eq!(expired.len() + approved, 1);
    }
}

fn approving_races_a_lowered_limit(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    for _ in 0..ROUNDS {
        let (from, to) = (owner.funded(100), owner.wallet("To"));
        let policy = owner.policy(&from, &json!({ "requireHumanApproval": true }));
        let waiting = owner.ask(&from, &to, "60.00");
        let lower = json!({ "maxTransactionAmount": "59.99" });
        let answers = all_at_once(2, |number| match number {
            0 => owner.patch(&format!("/policies/{policy}"), &lower),
            _ => owner.approve(&waiting.approval),
        });
        answers[0].clone().ok();
        if answers[1].status == 200 {
            assert_outcome(&owner, &waiting, &from, &to, true);
            continue;
        }
        answers[1].refused(403, "POLICY_DENIED");
        assert_eq!(owner.approval_status(&waiting.approval), "PENDING");
        owner.reject(&waiting.approval).ok();
        assert_outcome(&owner, &waiting, &from, &to, false);
    }
}

fn approving_many_passes_no_limit(store: Store) {
    let server = Server::start_at(store, "2026-03-03T20:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.guarded(1_000), owner.wallet("To"));
    let asked: Vec<Waiting> = (0..20).map(|_| owner.ask(&from, &to, "10.00")).collect();
    server.advance_to("2026-03-04T09:00:00Z");
    owner.policy(&from, &json!({ "dailySpendingLimit": "75.00" }));
    let answers =
        all_at_once(asked.len() * 3, |number| owner.approve(&asked[number % asked.len()].approval));
    let approved = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(approved, 7, "70 of 75");
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        let fits = [(403, "POLICY_DENIED"), (409, "CONFLICT")];
        assert!(fits.contains(&(answer.status, answer.code())), "{}", answer.story());
    }
    assert_eq!(owner.balance(&to), "70.00");
    assert_eq!(owner.used(&from, "dailySpendingLimit"), "70.00");
    assert_eq!(owner.all_ids("/approvals?status=PENDING&limit=100").len(), 13);
    owner.assert_balances(&from, "928.25", "133.25", "795.00");
    server.advance("PT24H");
    owner.assert_balances(&from, "928.25", "0.00", "928.25");
}

fn asking_and_deciding_keep_the_books(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(200), owner.wallet("To"));
    let answers = all_at_once(DECIDERS, |number| {
        let asked = owner.pay(&from, &to, "5.00");
        let Some(approval) = asked.json["approvalId"].as_str() else { return asked };
        if number % 2 == 0 { owner.approve(approval) } else { owner.reject(approval) }
    });
    let count = |status: &str| answers.iter().filter(|one| one.json["status"] == status).count();
    let (approved, rejected) = (count("APPROVED"), count("REJECTED"));
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        refused.refused(402, "INSUFFICIENT_FUNDS");
    }
    assert!(approved > 0 && rejected > 0, "{approved} approved, {rejected} rejected");
    assert_eq!(owner.balance(&to), format!("{}.00", approved * 5));
    assert_eq!(owner.holds(&from, "PENDING"), Vec::<String>::new());
    assert_eq!(owner.balances(&from)["held"], "0.00");
}

fn one_key_of_a_waiting_payment_pays_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.guarded(100), owner.wallet("To"));
    let first = owner.once("order-1").pay(&from, &to, "60.00").expect(202);
    let waiting = Waiting::of(first.clone());
    let answers = all_at_once(40, |number| match number {
        20 => owner.approve(&waiting.approval),
        _ => owner.once("order-1").pay(&from, &to, "60.00"),
    });
    for (number, answer) in answers.iter().enumerate().filter(|(number, _)| *number != 20) {
        assert!([200, 202].contains(&answer.status), "{number}: {}", answer.story());
        assert_eq!(answer.json["id"], first.json["id"]);
    }
    answers[20].clone().ok();
    assert_outcome(&owner, &waiting, &from, &to, true);
    assert_eq!(owner.all_ids("/payments").len(), 1);
}
