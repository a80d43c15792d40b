//! Keys whose scope names very many wallets: they are made, and work, like any other.

use std::thread;

use serde_json::json;

use crate::support::{Api, Server, Store, id, stories};

stories!(a_key_sees_as_many_wallets_as_it_may_name, more_wallets_than_that_are_refused);

/// The most wallets that a scope names.
const WALLETS_MAX: usize = 1_000;
/// Callers that make wallets at one time.
const MAKERS: usize = 8;

/// New wallets of the caller.
fn wallets(caller: &Api, count: usize) -> Vec<String> {
    let make = || -> Vec<String> {
        (0..count / MAKERS).map(|number| caller.wallet(&format!("Wallet {number}"))).collect()
    };
    thread::scope(|scope| {
        let makers: Vec<_> = (0..MAKERS).map(|_| scope.spawn(make)).collect();
        makers.into_iter().flat_map(|maker| maker.join().expect("a maker that ends")).collect()
    })
}

fn a_key_sees_as_many_wallets_as_it_may_name(store: Store) {
    let mut server = Server::start(store);
    let all = wallets(&server.owner(), WALLETS_MAX);
    let outside = server.owner().funded(10);
    for count in [160, WALLETS_MAX] {
        let mut scope = all[..count].to_vec();
        let request = json!({ "permissions": ["*"], "walletScope": scope });
        let made = server.owner().post("/api-keys", &request).created();
        let secret = made["secret"].as_str().expect("a secret at creation").to_owned();
        let payer = scope[count - 1].clone();
        scope.sort_unstable();
        server.owner().fund(&payer, 10);
        for _ in 0..2 {
            let owner = server.owner();
            let read = owner.get(&format!("/api-keys/{}", id(&made))).ok();
            assert_eq!(read["walletScope"].as_array().map(Vec::len), Some(count));
            let scoped = owner.with_key(&secret);
            let mut seen = scoped.all_ids("/wallets?limit=100");
            seen.sort_unstable();
            assert_eq!(seen, scope);
            let paid = scoped.paid(&payer, &scope[0], "1.00");
            assert_eq!(scoped.all_ids("/payments?limit=1")[0], paid);
            assert_eq!(scoped.all_ids("/approvals"), Vec::<String>::new());
            assert_eq!(scoped.all_ids("/delegations"), Vec::<String>::new());
            assert!(!scoped.audited("action=wallet.created").is_empty());
            scoped.get(&format!("/wallets/{outside}")).refused(404, "WALLET_NOT_FOUND");
            scoped.pay(&outside, &payer, "1.00").refused(404, "WALLET_NOT_FOUND");
            server.restart();
        }
        let path = format!("/api-keys/{}", id(&made));
        server.owner().patch(&path, &json!({ "name": "Wide" })).ok();
        server.owner().delete(&path).expect(204);
        server.owner().with_key(&secret).get("/wallets").refused(401, "API_KEY_REVOKED");
    }
}

fn more_wallets_than_that_are_refused(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let keys = owner.all_ids("/api-keys");
    let names: Vec<String> = (0..=WALLETS_MAX).map(|number| format!("wal_{number}")).collect();
    let request = json!({ "permissions": ["wallets:read"], "walletScope": names });
    owner.post("/api-keys", &request).refused_fields(&["walletScope"]);
    assert_eq!(owner.all_ids("/api-keys"), keys);
}
