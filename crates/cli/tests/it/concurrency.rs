//! Two hundred callers at once, and never a cent over.

use serde_json::json;

use crate::support::{Api, Server, Store, all_at_once, id, stories, succeeded};

stories!(
    a_daily_limit_holds,
    a_count_limit_holds,
    a_balance_holds,
    one_key_has_one_effect,
    one_key_with_several_meanings_has_one_effect,
    a_payment_is_reversed_once,
    a_plan_limit_holds,
    a_revoked_key_stays_out,
    money_only_moves,
);

const CALLERS: usize = 200;

fn a_daily_limit_holds(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(10_000), owner.wallet("To"));
    owner.policy(&from, &json!({ "dailySpendingLimit": "50.50" }));
    let answers = all_at_once(CALLERS, |_| owner.pay(&from, &to, "1.00"));
    assert_eq!(succeeded(&answers, 403, "POLICY_DENIED"), 50);
    assert_eq!(owner.balance(&to), "50.00");
    let list = owner.get(&format!("/wallets/{from}/limits")).ok();
    assert_eq!(list["data"][0]["remaining"], "0.50");
}

fn a_count_limit_holds(store: Store) {
    let server = Server::start_at(store, "2026-03-04T12:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(10_000), owner.wallet("To"));
    owner.policy(&from, &json!({ "maxTransactionsPerDay": 7 }));
    let answers = all_at_once(CALLERS, |_| owner.pay(&from, &to, "1.00"));
    assert_eq!(succeeded(&answers, 403, "POLICY_DENIED"), 7);
    assert_eq!(owner.all_ids("/payments").len(), 7);
}

fn a_balance_holds(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(51), owner.wallet("To"));
    let answers = all_at_once(CALLERS, |_| owner.pay(&from, &to, "1.00"));
    assert_eq!(succeeded(&answers, 402, "INSUFFICIENT_FUNDS"), 40, "1.25 each");
    owner.assert_balances(&from, "1.00", "0.00", "1.00");
    assert_eq!(owner.balance(&to), "40.00");
}

fn one_key_has_one_effect(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    let answers = all_at_once(CALLERS, |_| owner.once("one").pay(&from, &to, "1.00"));
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (200, &answers[0].text), "{}", answer.story());
    }
    assert_eq!(answers.iter().filter(|answer| !answer.replayed()).count(), 1, "one first answer");
    assert_eq!(owner.balance(&to), "1.00");
    assert_eq!(owner.all_ids("/payments?idempotencyKey=one"), [id(&answers[0].json)]);
    let made =
        all_at_once(CALLERS, |_| owner.once("one").post("/wallets", &json!({ "name": "One" })));
    assert!(made.iter().all(|answer| answer.status == 201 && answer.text == made[0].text));
    assert_eq!(owner.all_ids("/wallets?type=STANDARD&limit=100").len(), 3);
}

fn one_key_with_several_meanings_has_one_effect(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    let answers = all_at_once(CALLERS, |number| {
        owner.once("one").pay(&from, &to, &format!("{}.00", number % 4 + 1))
    });
    let paid = succeeded(&answers, 409, "IDEMPOTENCY_KEY_REUSE");
    assert_eq!(paid, CALLERS / 4);
    assert_eq!(owner.all_ids("/payments").len(), 1);
}

fn a_payment_is_reversed_once(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.funded(1_000));
    let whole = owner.paid(&from, &to, "60.00");
    let answers = all_at_once(CALLERS, |_| owner.act(&format!("/payments/{whole}/reverse")));
    assert_eq!(succeeded(&answers, 422, "REVERSAL_NOT_ALLOWED"), 1);
    let parts = owner.paid(&from, &to, "60.00");
    let part = json!({ "amount": "7.00" });
    let answers =
        all_at_once(CALLERS, |_| owner.post(&format!("/payments/{parts}/reverse"), &part));
    assert_eq!(succeeded(&answers, 422, "REVERSAL_NOT_ALLOWED"), 8, "56 of 60");
    assert_eq!(
        (owner.balance(&from), owner.balance(&to)),
        ("995.70".to_owned(), "1004.00".to_owned())
    );
}

fn a_plan_limit_holds(store: Store) {
    let server = Server::start(store);
    let starter = server.organization_on("STARTER", "Starter");
    let answers = all_at_once(40, |_| starter.owner.post("/wallets", &json!({ "name": "More" })));
    assert_eq!(succeeded(&answers, 403, "WALLET_LIMIT_EXCEEDED"), 10);
    assert_eq!(starter.owner.all_ids("/wallets?type=STANDARD").len(), 10);
}

fn a_revoked_key_stays_out(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    let made = owner.post("/api-keys", &json!({ "permissions": ["payments:write"] })).created();
    let agent = server.nobody().with_key(made["secret"].as_str().expect("text"));
    let revoke = |owner: &Api| owner.delete(&format!("/api-keys/{}", id(&made))).expect(204);
    let answers =
        all_at_once(
            50,
            |number| {
                if number == 25 { revoke(&owner) } else { agent.pay(&from, &to, "1.00") }
            },
        );
    let paid = succeeded(&answers, 401, "API_KEY_REVOKED") - 1;
    let after = all_at_once(50, |_| agent.pay(&from, &to, "1.00"));
    assert_eq!(succeeded(&after, 401, "API_KEY_REVOKED"), 0);
    assert_eq!(owner.all_ids("/payments").len(), paid);
}

fn money_only_moves(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let wallets: Vec<String> = (0..10).map(|_| owner.funded(100)).collect();
    let answers = all_at_once(CALLERS, |number| {
        let (from, to) = (&wallets[number % 10], &wallets[(number / 10 + number + 1) % 10]);
        if from == to { owner.get("/wallets") } else { owner.pay(from, to, "10.00") }
    });
    let payments = answers.iter().filter(|answer| answer.json["status"] == "POSTED").count();
    assert!(payments > 0);
    let cents = |amount: String| amount.replace('.', "").parse::<u64>().expect("two decimals");
    let left: u64 = wallets.iter().map(|wallet| cents(owner.balance(wallet))).sum();
    let fees = u64::try_from(payments).expect("a small count") * 25;
    assert_eq!(left + fees, 100_000, "what is not in the wallets is in the fees, in cents");
}
