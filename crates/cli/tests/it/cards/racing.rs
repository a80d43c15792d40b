//! Many at one moment: no limit is passed, no cent goes two ways.

use serde_json::json;

use crate::support::{Answer, Server, Store, all_at_once, stories};

stories!(
    a_hundred_purchases_pass_no_limit,
    a_hundred_purchases_spend_no_more_than_there_is,
    capture_and_reverse_share_what_is_held,
    refunds_share_what_was_captured,
    cancelling_and_buying_agree,
    deleting_and_buying_agree,
    one_key_buys_once,
    expiry_and_capture_do_not_both_happen,
);

const CROWD: usize = 100;

/// How many were approved; the others were declined for this reason.
#[track_caller]
fn approved(answers: &[Answer], reason: &str) -> usize {
    for answer in answers.iter().filter(|answer| answer.json["status"] != "APPROVED") {
        assert_eq!(
            (answer.status, &answer.json["reason"]),
            (201, &json!(reason)),
            "{}",
            answer.story()
        );
    }
    answers.iter().filter(|answer| answer.json["status"] == "APPROVED").count()
}

fn a_hundred_purchases_pass_no_limit(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(1_000);
    let card = owner.limited_card(&wallet, "37.00", "daily");
    let answers = all_at_once(CROWD, |_| owner.buy(&card, "1.00"));
    assert_eq!(approved(&answers, "SPENDING_LIMIT"), 37);
    owner.assert_balances(&wallet, "1000.00", "37.00", "963.00");
    let policed = owner.funded(1_000);
    owner.policy(&policed, &json!({ "dailySpendingLimit": "23.00" }));
    let cards = [owner.card(&policed), owner.card(&policed)];
    let answers = all_at_once(CROWD, |number| owner.buy(&cards[number % 2], "1.00"));
    assert_eq!(approved(&answers, "POLICY_DENIED"), 23);
}

fn a_hundred_purchases_spend_no_more_than_there_is(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (wallet, to) = (owner.funded(50), owner.wallet("To"));
    let card = owner.card(&wallet);
    let answers = all_at_once(CROWD, |number| match number % 10 {
        0 => owner.pay(&wallet, &to, "1.00"),
        _ => owner.buy(&card, "1.00"),
    });
    let count = |is: fn(&Answer) -> bool| answers.iter().filter(|one| is(one)).count();
    let (paid, bought) =
        (count(|it| it.status == 200), count(|it| it.json["status"] == "APPROVED"));
    let spent = paid * 125 + bought * 100;
    assert!((4_900..=5_000).contains(&spent), "{paid} payments, {bought} purchases");
}

fn capture_and_reverse_share_what_is_held(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let bought = owner.approved(&card, "50.00");
    let answers = all_at_once(CROWD, |number| {
        owner.step_by(&bought, if number % 2 == 0 { "capture" } else { "reverse" }, "1.00")
    });
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 50);
    for late in answers.iter().filter(|answer| answer.status != 200) {
        late.refused(409, "CONFLICT");
    }
    let taken = answers.iter().step_by(2).filter(|answer| answer.status == 200).count();
    let read = owner.authorization(&card, &bought);
    assert_eq!(read["capturedAmount"], format!("{taken}.00"));
    assert_eq!(read["releasedAmount"], format!("{}.00", 50 - taken));
    let left = format!("{}.00", 100 - taken);
    owner.assert_balances(&wallet, &left, "0.00", &left);
}

fn refunds_share_what_was_captured(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let bought = owner.captured(&owner.card(&wallet), "50.00");
    let answers = all_at_once(CROWD, |_| owner.step_by(&bought, "refund", "1.00"));
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 50);
    assert_eq!(owner.balance(&wallet), "100.00");
}

fn cancelling_and_buying_agree(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let answers = all_at_once(40, |number| match number {
        20 => owner.delete(&format!("/cards/{card}")),
        _ => owner.buy(&card, "1.00"),
    });
    let bought: Vec<&Answer> =
        answers.iter().enumerate().filter(|(at, _)| *at != 20).map(|(_, answer)| answer).collect();
    let held = bought.iter().filter(|answer| answer.json["status"] == "APPROVED").count();
    for answer in bought.iter().filter(|answer| answer.json["status"] != "APPROVED") {
        assert_eq!(answer.json["reason"], "CARD_CANCELLED");
    }
    assert_eq!(owner.balances(&wallet)["held"], format!("{held}.00"));
    assert_eq!(owner.declined(&card, "1.00"), "CARD_CANCELLED");
}

fn deleting_and_buying_agree(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let agent = owner.funded_agent(100);
    let card = owner.card(&agent.id);
    let answers = all_at_once(40, |number| match number {
        20 => owner.delete(&format!("/agents/{}", agent.id)),
        _ => owner.buy(&card, "1.00"),
    });
    assert_eq!(answers[20].json["sweptAmount"], "100.00", "whatever was held");
    owner.assert_balances(&agent.id, "0.00", "0.00", "0.00");
    assert_eq!(owner.holds(&agent.id, "PENDING"), Vec::<String>::new());
    assert_eq!(owner.balance(server.account("sandboxWalletId")), "100.00");
}

fn one_key_buys_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let answers = all_at_once(40, |_| owner.once("buy-1").buy(&card, "10.00"));
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (201, &answers[0].text));
    }
    assert_eq!(answers.iter().filter(|answer| !answer.replayed()).count(), 1);
    owner.assert_balances(&wallet, "100.00", "10.00", "90.00");
}

fn expiry_and_capture_do_not_both_happen(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let bought: Vec<String> = (0..20).map(|_| owner.approved(&card, "1.00")).collect();
    let answers = all_at_once(21, |number| match bought.get(number) {
        Some(one) => owner.step(one, "capture"),
        None => owner.post("/sandbox/clock", &json!({ "advance": "PT168H" })),
    });
    let captured = answers[..20].iter().filter(|answer| answer.status == 200).count();
    for late in answers[..20].iter().filter(|answer| answer.status != 200) {
        assert_eq!(late.refused(409, "CONFLICT")["status"], "EXPIRED");
    }
    let left = format!("{}.00", 100 - captured);
    owner.assert_balances(&wallet, &left, "0.00", &left);
    for (one, answer) in bought.iter().zip(&answers) {
        let status = &owner.authorization(&card, one)["status"];
        assert_eq!(status == "CAPTURED", answer.status == 200, "{status}");
    }
}
