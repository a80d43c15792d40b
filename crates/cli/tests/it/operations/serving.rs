//! `wallgent serve`: production, its configuration, and what it refuses to start on.

use serde_json::json;

use crate::support::{Serve, Server, Store, stories};

stories!(
    serve_is_production,
    a_setting_comes_from_a_file_too,
    misspelt_settings_are_refused,
    a_newer_store_is_refused,
    a_store_that_is_not_there_is_refused,
    a_key_is_needed_or_made,
);

/// Production needs a key for what is encrypted; these stories share one.
pub(super) const ENCRYPTION_KEY: &str =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A store that a server has made and left.
fn store_at_rest(store: Store) -> Server {
    let mut server = Server::start_with(store, &["--encryption-key", ENCRYPTION_KEY]);
    assert!(server.stop().success());
    server
}

fn serve_is_production(store: Store) {
    let server = store_at_rest(store);
    let database = server.database().url.clone();
    let serve =
        Serve::start(&server, &["--database", &database, "--encryption-key", ENCRYPTION_KEY])
            .expect("serve starts");
    let owner = serve.nobody().with_key(server.account("sandboxKey"));
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    owner.pay(&from, &to, "10.00").ok();
    let clock = owner.post("/sandbox/clock", &json!({ "advance": "PT1H" }));
    assert!((400..500).contains(&clock.status), "{}", clock.story());
    clock.assert_envelope();
    assert_eq!(serve.stop(), Some(0));
}

fn a_setting_comes_from_a_file_too(store: Store) {
    let server = store_at_rest(store);
    let file = server.folder().join("wallgent.toml");
    let text = format!(
        "database = {:?}\nencryption_key = {ENCRYPTION_KEY:?}\npayment_fee_ppm = 0\npayment_fee_minimum = \"0\"\n",
        server.database().url
    );
    std::fs::write(&file, text).expect("a file");
    let serve =
        Serve::start(&server, &["--config", &file.display().to_string()]).expect("serve starts");
    let owner = serve.nobody().with_key(server.account("sandboxKey"));
    let (from, to) = (owner.funded(100), owner.wallet("To"));
    assert_eq!(owner.pay(&from, &to, "100.00").ok()["fee"], "0.00", "fees may be none");
    assert_eq!(serve.stop(), Some(0));
}

fn misspelt_settings_are_refused(store: Store) {
    let server = store_at_rest(store);
    let (file, url) = (server.folder().join("wallgent.toml"), server.database().url.clone());
    std::fs::write(&file, format!("database = {url:?}\nlisten_adress = \"127.0.0.1:0\"\n"))
        .expect("a file");
    let said = server.run(&["serve", "--config", &file.display().to_string()]);
    assert!(said.exit_code > 0, "{}{}", said.out, said.error);
    assert!(said.error.contains("listen_adress"), "it is named: {}", said.error);
    let absent = server.folder().join("absent.toml").display().to_string();
    let said = server.run(&["serve", "--config", &absent, "--database", &url]);
    assert!(said.exit_code > 0, "{}{}", said.out, said.error);
    let said = server.run(&["serve", "--listne", "127.0.0.1:0", "--database", &url]);
    assert!(said.exit_code > 0, "{}{}", said.out, said.error);
}

fn a_newer_store_is_refused(store: Store) {
    let mut server = store_at_rest(store);
    server.make_store_newer();
    let url = server.database().url.clone();
    let arguments = [
        "serve",
        "--database",
        &url,
        "--listen",
        "127.0.0.1:0",
        "--encryption-key",
        ENCRYPTION_KEY,
    ];
    let reason = server.run(&arguments).expect_failure();
    assert!(reason.to_lowercase().contains("newer"), "{reason}");
    let verified = server.run(&["verify", "--database", &url]);
    assert_ne!(verified.exit_code, 0, "what cannot be read is not verified: {}", verified.out);
}

fn a_store_that_is_not_there_is_refused(store: Store) {
    let server = store_at_rest(store);
    for bad in ["mysql://127.0.0.1/x", "nonsense", "sqlite:", "postgres://nobody@127.0.0.1:1/none"]
    {
        let arguments = [
            "serve",
            "--database",
            bad,
            "--listen",
            "127.0.0.1:0",
            "--encryption-key",
            ENCRYPTION_KEY,
        ];
        server.run(&arguments).expect_failure();
    }
    server.run(&["serve", "--listen", "127.0.0.1:0"]).expect_failure();
    server.run(&["verify", "--database", "sqlite:absent/nothing.db"]).expect_failure();
}

/// On SQLite `serve` makes a key beside the store; on PostgreSQL it refuses to start without one.
fn a_key_is_needed_or_made(store: Store) {
    let server = store_at_rest(store);
    match store {
        Store::Sqlite => {
            let database = format!("sqlite:{}", server.folder().join("new.db").display());
            let serve = Serve::start(&server, &["--database", &database]).expect("serve starts");
            assert_eq!(serve.stop(), Some(0));
        }
        Store::Postgres => {
            let url = server.database().url.clone();
            let reason = server
                .run(&["serve", "--database", &url, "--listen", "127.0.0.1:0"])
                .expect_failure();
            assert!(reason.to_lowercase().contains("key"), "{reason}");
        }
    }
}
