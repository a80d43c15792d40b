//! `wallgent keys rotate-encryption` with configured keys: the operator names the new key and the
//! retired ones, as PostgreSQL wants it.

use serde_json::{Value, json};

use super::serving::ENCRYPTION_KEY;
use crate::support::encryption::{CHECK, ROTATE, Secrets, counted, counted_in_all, name_of};
use crate::support::{Serve, Server, Store, stories};

stories!(
    retired_keys_open_until_all_is_sealed_anew,
    all_is_sealed_anew_with_configured_keys_and_no_server,
    a_restored_backup_is_opened_with_its_old_key,
);

/// The clock stands at the present, which is where a command without a server goes on from.
const STANDING: [&str; 1] = ["--test-clock"];
const NEW_KEY: &str = "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf";
/// The configuration before, while, and after the key is replaced.
const BEFORE: [&str; 3] = ["--test-clock", "--encryption-key", ENCRYPTION_KEY];
const MEANWHILE: [&str; 5] =
    ["--test-clock", "--encryption-key", NEW_KEY, "--encryption-keys-retired", ENCRYPTION_KEY];
const AFTER: [&str; 3] = ["--test-clock", "--encryption-key", NEW_KEY];

fn retired_keys_open_until_all_is_sealed_anew(store: Store) {
    let mut server = Server::start_with(store, &BEFORE);
    let secrets = Secrets::seal(&server);
    assert!(server.stop().success());
    server.launch_with(&MEANWHILE);
    secrets.assert_whole(&server);
    let before = server.report(&CHECK);
    assert_eq!(before["needed"], json!([name_of(ENCRYPTION_KEY)]));
    let report = server.report(&ROTATE);
    assert_eq!(counted(&report, "digest keys", "resealed"), 1);
    assert_eq!(counted(&report, "card security codes", "resealed"), 1);
    assert_eq!(report["key"], name_of(NEW_KEY));
    assert_eq!(report["removable"], json!([name_of(ENCRYPTION_KEY)]));
    assert_eq!((&report["needed"], &report["newKey"]), (&json!([]), &json!(false)));
    let said = server.admin(&["keys", "rotate-encryption"]).expect_success();
    assert!(said.contains("can be removed from encryption_keys_retired"), "{said}");
    assert_eq!(counted_in_all(&server.report(&ROTATE), "resealed"), 0, "once is enough");
    secrets.assert_whole(&server);
    assert!(server.stop().success());
    server.launch_with(&AFTER);
    secrets.assert_whole(&server);
    secrets.assert_usable(&server);
    assert!(!server.key_file().exists());
}

fn all_is_sealed_anew_with_configured_keys_and_no_server(store: Store) {
    let mut server = Server::start_with(store, &BEFORE);
    let secrets = Secrets::seal(&server);
    assert!(server.stop().success());
    // As a deployment does: by variables.
    let mut command = server.admin_command(&ROTATE);
    command.env("WALLGENT_ENCRYPTION_KEY", NEW_KEY);
    command.env("WALLGENT_ENCRYPTION_KEYS_RETIRED", format!("{NEW_KEY},{ENCRYPTION_KEY}"));
    let output = command.output().expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(counted(&report, "webhook secrets", "resealed"), 1);
    assert_eq!(report["removable"], json!([name_of(ENCRYPTION_KEY)]), "not the current one");
    server.launch_with(&AFTER);
    secrets.assert_whole(&server);
    assert!(server.stop().success());
    let url = server.database().url.clone();
    let file = server.folder().join("wallgent.toml");
    let text = format!("encryption_key = {NEW_KEY:?}\nencryption_keys_retired = []\n");
    std::fs::write(&file, text).expect("a file");
    let config = file.display().to_string();
    let serve = Serve::start(&server, &["--database", &url, "--config", &config]);
    assert_eq!(serve.expect("serve starts with only the new key").stop(), Some(0));
}

fn a_restored_backup_is_opened_with_its_old_key(store: Store) {
    // A PostgreSQL store is restored with PostgreSQL's own tools.
    if store == Store::Postgres {
        return;
    }
    let mut server = Server::start_with(store, &STANDING);
    let secrets = Secrets::seal(&server);
    let old = server.encryption_keys().remove(0);
    let copy = server.folder().join("copy.db");
    server.admin(&["backup", &copy.display().to_string()]).expect_success();
    server.report(&ROTATE);
    assert!(server.stop().success());
    for file in ["wallgent.db", "wallgent.db-wal", "wallgent.db-shm"] {
        let path = server.folder().join(file);
        if path.exists() {
            std::fs::remove_file(path).expect("the store goes");
        }
    }
    std::fs::copy(&copy, server.folder().join("wallgent.db")).expect("the backup is restored");
    let url = server.database().url.clone();
    let folder = server.folder().display().to_string();
    let dev = ["dev", "--listen", "127.0.0.1:0", "--data", &folder, "--database", &url];
    let said = server.run(&dev).expect_failure();
    assert!(said.contains(&name_of(&old)), "it names the key that it needs: {said}");
    server.launch_with(&["--test-clock", "--encryption-keys-retired", &old]);
    secrets.assert_whole(&server);
    let report = server.report(&ROTATE);
    assert_eq!(report["removable"], json!([name_of(&old)]), "{report:#}");
    assert!(server.stop().success());
    server.launch_with(&STANDING);
    secrets.assert_whole(&server);
}
