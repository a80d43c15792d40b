//! Sandbox and production are apart, and so are organizations.

use serde_json::json;

use crate::support::{Api, Server, Store, stories};

stories!(
    lists_hold_one_environment,
    the_clock_needs_its_flag,
    the_clock_goes_forward_only,
    the_clock_goes_nowhere_that_breaks_the_server,
);

fn lists_hold_one_environment(store: Store) {
    let server = Server::start(store);
    let (owner, live) = (server.owner(), server.live());
    let (sandbox_wallet, live_wallet) = (owner.wallet("S"), live.wallet("L"));
    assert_eq!(
        owner.all_ids("/wallets"),
        [sandbox_wallet, server.account("sandboxWalletId").to_owned()]
    );
    assert_eq!(live.all_ids("/wallets"), [live_wallet, server.account("liveWalletId").to_owned()]);
    let environments = |caller: &Api| {
        caller.get("/api-keys").ok()["data"]
            .as_array()
            .expect("data")
            .iter()
            .map(|key| key["environment"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(environments(&owner), ["SANDBOX"]);
    assert_eq!(environments(&live), ["PRODUCTION"]);
}

fn the_clock_needs_its_flag(store: Store) {
    let server = Server::start(store);
    let answer = server.owner().post("/sandbox/clock", &json!({ "advance": "PT24H" }));
    assert!((400..500).contains(&answer.status), "{}", answer.story());
    answer.assert_envelope();
}

fn the_clock_goes_forward_only(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    for bad in [
        json!({}),
        json!({ "advance": "PT1H", "to": "2026-03-03T00:00:00Z" }),
        json!({ "advance": "-PT1H" }),
        json!({ "advance": "an hour" }),
        json!({ "advance": 5 }),
        json!({ "to": "2026-03-02T08:59:59Z" }),
        json!({ "to": "tomorrow" }),
        json!({ "advance": "PT999999999999999H" }),
    ] {
        owner.post("/sandbox/clock", &bad).refused(400, "VALIDATION_ERROR");
    }
    let first = owner.post("/wallets", &json!({ "name": "One" })).created();
    assert_eq!(first["createdAt"], "2026-03-02T09:00:00.000Z", "time stands still");
    server.advance("PT24H");
    server.advance_to("2026-03-04T00:00:00.500Z");
    let second = owner.post("/wallets", &json!({ "name": "Two" })).created();
    assert_eq!(second["createdAt"], "2026-03-04T00:00:00.500Z");
}

fn the_clock_goes_nowhere_that_breaks_the_server(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    for year in ["2080", "2090", "2110", "2300", "9999"] {
        let answer =
            owner.post("/sandbox/clock", &json!({ "to": format!("{year}-01-01T00:00:00Z") }));
        assert!([200, 400].contains(&answer.status), "{}", answer.story());
        owner.pay(&from, &to, "1.00").ok();
        owner.wallet("After");
    }
}
