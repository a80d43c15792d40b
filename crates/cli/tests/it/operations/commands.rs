//! The operator's commands: organizations, keys, fees, backups.

use serde_json::{Value, json};

use crate::support::{Server, Store, stories};

stories!(
    organizations_are_made_with_and_without_a_server,
    a_key_is_made_after_a_lock_out,
    fees_are_swept_beside_the_server,
    fees_are_swept_without_a_server,
    fees_are_swept_to_organization_wallets_only,
    a_backup_is_whole,
);

fn organizations_are_made_with_and_without_a_server(store: Store) {
    let mut server = Server::start(store);
    let beside = server.organization("Beside");
    assert_eq!(beside.owner.all_ids("/wallets"), std::slice::from_ref(&beside.wallet));
    assert!(server.stop().success());
    let printed = server
        .admin(&["org", "create", "--name", "Offline", "--email", "o@example.com", "--json"])
        .expect_success();
    let made: Value = serde_json::from_str(&printed).expect("JSON");
    server.launch();
    let offline = server.nobody().with_key(made["sandboxKey"].as_str().expect("text"));
    let me = offline.get("/organizations/me").ok();
    assert_eq!(
        (&me["id"], &me["name"], &me["plan"]),
        (&made["organizationId"], &json!("Offline"), &json!("SELF_HOSTED"))
    );
    let printed = server
        .admin(&["org", "create", "--name", "People", "--email", "p@example.com"])
        .expect_success();
    assert!(
        printed.contains("wg_test_") && printed.contains("wg_live_"),
        "its first two keys, once:\n{printed}"
    );
}

fn a_key_is_made_after_a_lock_out(store: Store) {
    let mut server = Server::start(store);
    let create = |server: &Server, environment: &str| {
        let arguments = [
            "key",
            "create",
            "--organization",
            server.account("organizationId"),
            "--environment",
            environment,
            "--json",
        ];
        let printed = server.admin(&arguments).expect_success();
        let made: Value = serde_json::from_str(&printed).expect("JSON");
        made["secret"].as_str().unwrap_or_else(|| panic!("a secret in {made}")).to_owned()
    };
    let sandbox = create(&server, "SANDBOX");
    assert!(sandbox.starts_with("wg_test_"));
    server.nobody().with_key(&sandbox).wallet("Recovered");
    assert!(server.stop().success());
    let live = create(&server, "PRODUCTION");
    server.launch();
    assert!(live.starts_with("wg_live_"));
    server.nobody().with_key(&live).wallet("Recovered");
}

/// Two payments' fees: 0.50 and 0.25.
fn earn_fees(server: &Server) {
    let owner = server.owner();
    let (from, to) = (owner.funded(500), owner.wallet("To"));
    owner.paid(&from, &to, "100.00");
    owner.paid(&from, &to, "1.00");
}

fn fees_are_swept_beside_the_server(store: Store) {
    let server = Server::start(store);
    earn_fees(&server);
    let wallet = server.account("sandboxWalletId").to_owned();
    server.admin(&["fees", "sweep", "--to", &wallet]).expect_success();
    assert_eq!(server.owner().balance(&wallet), "0.75");
    server.admin(&["fees", "sweep", "--to", &wallet]);
    assert_eq!(server.owner().balance(&wallet), "0.75", "nothing is swept twice");
    earn_fees(&server);
    server.admin(&["fees", "sweep", "--to", &wallet]).expect_success();
    assert_eq!(server.owner().balance(&wallet), "1.50");
}

fn fees_are_swept_without_a_server(store: Store) {
    let mut server = Server::start(store);
    earn_fees(&server);
    assert!(server.stop().success());
    let wallet = server.account("sandboxWalletId").to_owned();
    server.admin(&["fees", "sweep", "--to", &wallet]).expect_success();
    server.verify();
    server.launch();
    assert_eq!(server.owner().balance(&wallet), "0.75");
}

fn fees_are_swept_to_organization_wallets_only(store: Store) {
    let server = Server::start(store);
    earn_fees(&server);
    let standard = server.owner().wallet("Standard");
    for wallet in [standard.as_str(), "wal_01HZZZZZZZZZZZZZZZZZZZZZZZ", "nonsense"] {
        let said = server.admin(&["fees", "sweep", "--to", wallet]);
        assert!(said.exit_code > 0, "{wallet}: {}{}", said.out, said.error);
    }
    assert_eq!(server.owner().balance(&standard), "0.00");
}

fn a_backup_is_whole(store: Store) {
    // A PostgreSQL store is backed up with PostgreSQL's own tools.
    if store == Store::Postgres {
        return;
    }
    let server = Server::start(store);
    let owner = server.owner();
    let (from, to) = (owner.funded(500), owner.wallet("To"));
    owner.paid(&from, &to, "100.00");
    let copy = server.folder().join("copy.db");
    let copy_text = copy.display().to_string();
    std::thread::scope(|scope| {
        let payer = scope.spawn(|| (0..50).for_each(|_| drop(owner.paid(&from, &to, "1.00"))));
        server.admin(&["backup", &copy_text]).expect_success();
        payer.join().expect("paying goes on");
    });
    server.run(&["verify", "--database", &format!("sqlite:{copy_text}")]).expect_success();
    let copied = rusqlite::Connection::open(&copy).expect("a database");
    let answer: String =
        copied.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("an answer");
    assert_eq!(answer, "ok");
    server.admin(&["backup", &copy_text]).expect_failure();
}
