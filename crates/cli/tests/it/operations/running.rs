//! Starting, stopping and starting again.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::support::shapes::assert_fields;
use crate::support::{Server, Store, stories};

stories!(
    dev_writes_what_it_made,
    dev_continues_where_it_stopped,
    sigterm_ends_in_good_order,
    the_clock_never_goes_back,
    a_second_server_on_one_store_fails_in_one_line,
    verify_works_beside_the_server_and_without,
);

fn dev_writes_what_it_made(store: Store) {
    let server = Server::start(store);
    let text = std::fs::read_to_string(server.account_file()).expect("dev.json");
    let account: Value = serde_json::from_str(&text).expect("JSON");
    assert_fields(
        &account,
        &["organizationId", "sandboxKey", "liveKey", "sandboxWalletId", "liveWalletId", "url"],
        &[],
    );
    let mode = std::fs::metadata(server.account_file()).expect("dev.json").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(server.account("sandboxKey").starts_with("wg_test_"));
    assert!(server.account("liveKey").starts_with("wg_live_"));
    assert_eq!(
        server.owner().get("/organizations/me").ok()["id"],
        server.account("organizationId")
    );
    // The file is there a moment before the words.
    let log = server.log_with("Stop with Ctrl-C");
    for printed in [server.account("url"), server.account("sandboxKey"), server.account("liveKey")]
    {
        assert!(log.contains(printed), "dev prints {printed}:\n{log}");
    }
}

fn dev_continues_where_it_stopped(store: Store) {
    let mut server = Server::start(store);
    let (from, to) = (server.owner().funded(100), server.owner().wallet("To"));
    let paid = server.owner().paid(&from, &to, "10.00");
    let read = |server: &Server| {
        let owner = server.owner();
        let paths = [
            format!("/payments/{paid}"),
            format!("/wallets/{from}"),
            "/wallets".to_owned(),
            format!("/wallets/{from}/transactions"),
        ];
        paths.map(|path| owner.get(&path).ok())
    };
    let keys = |server: &Server| {
        ["organizationId", "sandboxKey", "liveKey", "sandboxWalletId", "liveWalletId"]
            .map(|field| server.account(field).to_owned())
    };
    let (before, first_keys) = (read(&server), keys(&server));
    for _ in 0..3 {
        server.restart();
        assert_eq!(keys(&server), first_keys);
        assert_eq!(read(&server), before);
    }
    let next = server.owner().paid(&from, &to, "1.00");
    assert!(next > paid, "IDs go on ascending");
    server.live().get("/wallets").ok();
}

fn sigterm_ends_in_good_order(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    let paid = std::thread::scope(|scope| {
        let payers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let request = json!({ "from": from, "to": to, "amount": "1.00" });
                    let answers =
                        std::iter::from_fn(|| owner.try_send("POST", "/payments", Some(&request)));
                    answers.take_while(|answer| answer.status == 200).take(200).count()
                })
            })
            .collect();
        while owner
            .try_send("GET", &format!("/payments?walletId={from}&limit=1"), None)
            .is_some_and(|answer| answer.json["data"] == json!([]))
        {}
        let status = server.stop();
        assert!(status.success(), "{status}\n{}", server.log());
        payers.into_iter().map(|payer| payer.join().expect("a payer that ends")).sum::<usize>()
    });
    server.launch();
    let there = server.owner().all_ids("/payments?limit=100").len();
    assert!(there >= paid, "{paid} were acknowledged, {there} are there");
}

fn the_clock_never_goes_back(store: Store) {
    let mut server = Server::start_at(store, "2026-03-02T09:00:00Z");
    server.advance("PT48H");
    server.owner().wallet("Later");
    server.restart();
    let made = server.owner().post("/wallets", &json!({ "name": "After" })).created();
    assert!(
        made["createdAt"].as_str().is_some_and(|time| time >= "2026-03-04T09:00:00.000Z"),
        "{made}"
    );
}

fn a_second_server_on_one_store_fails_in_one_line(store: Store) {
    // On PostgreSQL a second process is welcome: it serves reads and waits for the lease.
    if store == Store::Postgres {
        return;
    }
    let server = Server::start(store);
    let url = server.database().url.clone();
    let data = server.folder().join("second");
    let second = server.run(&[
        "serve",
        "--database",
        &url,
        "--listen",
        "127.0.0.1:0",
        "--data",
        &data.display().to_string(),
    ]);
    assert!(second.exit_code > 0, "{}{}", second.out, second.error);
    let said = format!("{}{}", second.out, second.error);
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    assert_eq!(lines.len(), 1, "one line: {said}");
    let folder = server.folder().display().to_string();
    let dev = server.run(&["dev", "--listen", "127.0.0.1:0", "--data", &folder]);
    assert!(dev.exit_code > 0, "{}{}", dev.out, dev.error);
    server.owner().get("/wallets").ok();
}

fn verify_works_beside_the_server_and_without(store: Store) {
    let mut server = Server::start(store);
    let owner = server.owner();
    let stranger = server.organization("Stranger");
    let (from, to) = (owner.funded(500), owner.wallet("To"));
    owner.policy(&from, &json!({ "dailySpendingLimit": "400.00", "approvalThreshold": "90.00" }));
    let paid = owner.paid(&from, &to, "60.00");
    owner.paid(&from, &stranger.wallet, "60.00");
    owner.pay(&from, &to, "100.00").expect(202);
    owner.post(&format!("/payments/{paid}/reverse"), &json!({ "amount": "7.00" })).ok();
    server.verify();
    server.kill();
    server.verify();
    server.launch();
    server.owner().assert_balances(&from, "386.40", "100.50", "285.90");
}
