//! Cards in production: simulated under `dev`, refused by `serve`.

use serde_json::json;

use crate::support::{Serve, Server, Store, id, stories};

stories!(dev_issues_production_cards, serve_has_no_issuer_for_production);

/// Production needs a key for what is encrypted.
const ENCRYPTION_KEY: &str = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";

fn dev_issues_production_cards(store: Store) {
    let server = Server::start(store);
    let live = server.live();
    let card = live.card(server.account("liveWalletId"));
    let details = live.get(&format!("/cards/{card}/details")).ok();
    assert!(details["number"].as_str().is_some_and(|number| number.starts_with("424242")));
    live.buy(&card, "1.00").refused(403, "SANDBOX_ONLY");
    live.delete(&format!("/cards/{card}")).ok();
    let holder = id(&server.owner().post("/cards/cardholders", &json!({ "name": "A" })).created());
    let mixed = json!({ "walletId": server.account("liveWalletId"), "cardholderId": holder });
    live.post("/cards", &mixed).refused(403, "ENVIRONMENT_MISMATCH");
}

fn serve_has_no_issuer_for_production(store: Store) {
    let mut server = Server::start_with(store, &["--encryption-key", ENCRYPTION_KEY]);
    assert!(server.stop().success());
    let database = server.database().url.clone();
    let flags = ["--database", &database, "--encryption-key", ENCRYPTION_KEY];
    let serve = Serve::start(&server, &flags).expect("serve starts");
    let live = serve.nobody().with_key(server.account("liveKey"));
    let request = json!({ "walletId": server.account("liveWalletId") });
    let answer = live.once("card-1").post("/cards", &request);
    let details = answer.refused(503, "SERVICE_UNAVAILABLE");
    assert_eq!(details["configure"], "issuer");
    assert!(answer.header("retry-after").is_some());
    let owner = serve.nobody().with_key(server.account("sandboxKey"));
    owner.approved(&owner.card(&owner.funded(10)), "1.00");
    assert_eq!(serve.stop(), Some(0));
}
