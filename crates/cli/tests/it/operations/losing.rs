//! The wrong key, a missing one, and one that is lost for good.

use serde_json::json;

use super::serving::ENCRYPTION_KEY;
use crate::support::encryption::{CHECK, ROTATE, Secrets, counted, counted_in_all, name_of};
use crate::support::{Serve, Server, Store, stories};

stories!(
    a_wrong_key_is_refused_in_one_line,
    a_missing_key_is_not_replaced_by_accident,
    a_lost_key_is_given_up_on_purpose,
    keys_are_not_told_by_errors,
);

/// The clock stands at the present, which is where a command without a server goes on from.
const STANDING: [&str; 1] = ["--test-clock"];
const OTHER_KEY: &str = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f";

fn a_wrong_key_is_refused_in_one_line(store: Store) {
    let mut server = Server::start_with(store, &["--encryption-key", ENCRYPTION_KEY]);
    let url = server.database().url.clone();
    let run = |arguments: &[&str]| server.run(arguments).expect_failure();
    // Beside the server, whose key it is not.
    let folder = server.folder().display().to_string();
    let beside = ["--database", &url, "--data", &folder, "--encryption-key", OTHER_KEY];
    let said = run(&[&ROTATE[..], &beside].concat());
    assert!(said.contains(&name_of(OTHER_KEY)) && said.contains("restart"), "{said}");
    assert!(server.stop().success());
    let run = |arguments: &[&str]| server.run(arguments).expect_failure();
    let with = ["--database", &url, "--encryption-key", OTHER_KEY];
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &ROTATE, &CHECK] {
        let said = run(&[command, &with].concat());
        assert!(said.contains(&name_of(ENCRYPTION_KEY)), "it names the right one: {said}");
        assert!(!said.contains(OTHER_KEY) && !said.contains(ENCRYPTION_KEY), "{said}");
    }
    let said = run(&[&ROTATE[..], &["--database", &url, "--encryption-key", "abc"]].concat());
    assert!(said.contains("64 hexadecimal digits"), "{said}");
    let flags = ["--database", &url, "--encryption-key", ENCRYPTION_KEY];
    let serve = Serve::start(&server, &flags).expect("the right one still opens it");
    assert_eq!(serve.stop(), Some(0));
}

fn a_missing_key_is_not_replaced_by_accident(store: Store) {
    let mut server = Server::start_with(store, &STANDING);
    let secrets = Secrets::seal(&server);
    assert!(server.stop().success());
    let elsewhere = server.folder().join("kept");
    std::fs::rename(server.key_file(), &elsewhere).expect("the key file goes");
    let url = server.database().url.clone();
    let folder = server.folder().display().to_string();
    let dev = ["dev", "--listen", "127.0.0.1:0", "--data", &folder, "--database", &url];
    let said = server.run(&dev).expect_failure();
    assert!(said.contains("encryption.key is missing"), "{said}");
    let said = server.admin(&ROTATE).expect_failure();
    assert!(said.contains("no encryption key"), "{said}");
    assert!(!server.key_file().exists(), "nobody makes another one");
    // What needs no key does without.
    server
        .admin(&["org", "create", "--name", "Other", "--email", "o@example.com"])
        .expect_success();
    std::fs::rename(&elsewhere, server.key_file()).expect("the key file comes back");
    server.launch();
    secrets.assert_whole(&server);
}

fn a_lost_key_is_given_up_on_purpose(store: Store) {
    let mut server = Server::start_with(store, &STANDING);
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let lost = server.encryption_keys().remove(0);
    let accept = ["keys", "rotate-encryption", "--key-lost", "--json"];
    let said = server.admin(&accept).expect_failure();
    assert!(said.contains("not lost"), "{said}");
    assert!(server.stop().success());
    std::fs::remove_file(server.key_file()).expect("the key file goes");
    let report = server.report(&accept);
    assert_eq!(counted(&report, "card numbers", "unreadable"), 1);
    assert_eq!(counted(&report, "digest keys", "unreadable"), 0, "it has a new one");
    let missing = report.to_string();
    assert!(missing.contains(&name_of(&lost)) && !missing.contains(&lost), "{missing}");
    server.launch();
    let owner = server.owner();
    assert!(owner.details_are_unreadable(&card));
    let other = owner.card(&wallet);
    owner.get(&format!("/cards/{other}/details")).ok();
    // The new key can be replaced like any other; what is lost stays lost, and is told.
    let said = server.admin(&ROTATE);
    assert_eq!(said.exit_code, 1, "{}{}", said.out, said.error);
    assert_eq!(server.encryption_keys().len(), 1);
    let said = server.admin(&CHECK);
    assert_eq!(said.exit_code, 1, "{}{}", said.out, said.error);
    let report = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(counted_in_all(&report, "unreadable"), 2, "{report:#}");
    owner.get(&format!("/cards/{other}/details")).ok();
}

fn keys_are_not_told_by_errors(store: Store) {
    let server = Server::start(store);
    let file = server.folder().join("wallgent.toml");
    for text in [
        format!("encryption_keys_retired = {OTHER_KEY:?}\n"),
        format!("encryption_key = [{OTHER_KEY:?}]\n"),
        format!("encryption_key = {OTHER_KEY}\n"),
        format!("encryption_kye = {OTHER_KEY:?}\n"),
    ] {
        std::fs::write(&file, &text).expect("a file");
        let said = server.run(&["serve", "--config", &file.display().to_string()]);
        let said = said.expect_failure();
        assert!(!said.contains(OTHER_KEY), "{said}");
        assert!(said.contains("wallgent.toml, line 1"), "{said}");
    }
    let made = server.owner().post("/wallets", &json!({ "name": "Log" })).created();
    assert!(made["id"].is_string());
    for key in server.encryption_keys() {
        assert!(!server.whole_log().contains(&key), "the log tells no key");
    }
}
