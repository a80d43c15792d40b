//! Plans: how many wallets, how many requests, and which environment.

use std::time::Instant;

use serde_json::json;

use crate::support::{Answer, Server, Store, stories};

stories!(
    a_free_organization_has_three_wallets,
    a_free_organization_stays_in_the_sandbox,
    reads_and_writes_are_limited_apart,
    two_keys_share_twice_the_limit,
    a_self_hosted_organization_has_no_limits,
    every_plan_is_known,
);

fn a_free_organization_has_three_wallets(store: Store) {
    let server = Server::start(store);
    let free = server.organization_on("FREE", "Free");
    let wallets = [free.owner.wallet("One"), free.owner.wallet("Two"), free.owner.wallet("Three")];
    let fourth = || free.owner.post("/wallets", &json!({ "name": "Four" }));
    fourth().refused(403, "WALLET_LIMIT_EXCEEDED");
    free.owner.act(&format!("/wallets/{}/close", wallets[0])).ok();
    fourth().created();
    fourth().refused(403, "WALLET_LIMIT_EXCEEDED");
}

fn a_free_organization_stays_in_the_sandbox(store: Store) {
    let server = Server::start(store);
    let free = server.organization_on("FREE", "Free");
    for answer in [free.live.get("/wallets"), free.live.post("/wallets", &json!({ "name": "No" }))]
    {
        assert_eq!(answer.refused(403, "PERMISSION_DENIED")["plan"], "FREE");
    }
    free.owner.get("/wallets").ok();
}

#[track_caller]
fn assert_limit_headers(answer: &Answer) {
    for name in ["ratelimit", "ratelimit-policy"] {
        assert!(
            answer.header(name).is_some_and(|value| value.contains(char::is_numeric)),
            "{name}\n{}",
            answer.story()
        );
    }
}

/// Asks until the limit answers; never more than `a_minute` plus what flows back meanwhile got through.
fn ask_until_limited(a_minute: u64, ask: impl Fn() -> Answer) {
    let began = Instant::now();
    for passed in 0..=a_minute * 3 {
        let answer = ask();
        assert_limit_headers(&answer);
        if answer.status == 429 {
            let details = answer.refused(429, "RATE_LIMIT_EXCEEDED");
            let seconds = details["retryAfter"].as_u64().expect("whole seconds");
            assert!((1..=60).contains(&seconds), "{details}");
            assert_eq!(answer.header("retry-after"), Some(seconds.to_string().as_str()));
            let flowed_back = began.elapsed().as_secs() * a_minute / 60 + 1;
            assert!(passed <= a_minute + flowed_back, "{passed} of {a_minute} a minute");
            assert!(passed >= a_minute, "stopped early, after {passed} of {a_minute} a minute");
            return;
        }
        assert!(answer.status < 300, "{}", answer.story());
    }
    panic!("no limit after three times as many");
}

fn reads_and_writes_are_limited_apart(store: Store) {
    let server = Server::start(store);
    let free = server.organization_on("FREE", "Free");
    ask_until_limited(10, || free.owner.patch("/organizations/me", &json!({ "name": "Busy" })));
    free.owner.get("/wallets").ok();
    let another = server.organization_on("FREE", "Another");
    ask_until_limited(60, || another.owner.get("/wallets"));
    another.owner.wallet("Writing goes on");
}

fn two_keys_share_twice_the_limit(store: Store) {
    let server = Server::start(store);
    let starter = server.organization_on("STARTER", "Starter");
    let mut callers = vec![starter.owner.clone()];
    for _ in 0..4 {
        let key = starter.owner.post("/api-keys", &json!({ "permissions": ["*"] })).created();
        callers.push(server.nobody().with_key(key["secret"].as_str().expect("text")));
    }
    let began = Instant::now();
    let mut passed = 4;
    for caller in &callers {
        for _ in 0..50 {
            let answer = caller.patch("/organizations/me", &json!({ "name": "Busy" }));
            assert!([200, 429].contains(&answer.status), "{}", answer.story());
            passed += u64::from(answer.status == 200);
        }
    }
    let flowed_back = began.elapsed().as_secs() * 100 / 60 + 1;
    assert!(
        (100..=100 + flowed_back).contains(&passed),
        "twice 50 writes a minute for the whole organization, not {passed}"
    );
}

fn a_self_hosted_organization_has_no_limits(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    for _ in 0..300 {
        let answer = owner.get("/organizations/me").expect(200);
        assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), (None, None));
    }
    for n in 0..60 {
        owner.wallet(&format!("Wallet {n}"));
    }
}

fn every_plan_is_known(store: Store) {
    let server = Server::start(store);
    for plan in ["SELF_HOSTED", "FREE", "STARTER", "GROWTH", "ENTERPRISE"] {
        let organization = server.organization_on(plan, plan);
        assert_eq!(organization.owner.get("/organizations/me").ok()["plan"], plan);
    }
    let unknown = server.admin(&[
        "org",
        "create",
        "--name",
        "X",
        "--email",
        "x@example.com",
        "--plan",
        "PLATINUM",
        "--json",
    ]);
    assert_ne!(unknown.exit_code, 0, "{}", unknown.out);
}
