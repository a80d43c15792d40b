//! `wallgent keys rotate-encryption` with a key file: everything is sealed anew, and whatever
//! happens meanwhile, nothing becomes unreadable.

use std::hash::{BuildHasher, RandomState};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};

use serde_json::json;

use crate::support::encryption::{CHECK, ROTATE, Secrets, counted, counted_in_all};
use crate::support::{Server, Store, stories};

stories!(
    all_is_sealed_anew_beside_the_server,
    all_is_sealed_anew_without_a_server,
    what_is_sealed_meanwhile_is_found,
    a_check_changes_nothing,
    what_cannot_be_opened_keeps_its_key,
    a_killed_run_is_gone_on_with,
    a_store_from_before_keeps_its_digests,
);

/// The clock stands at the present, which is where a command without a server goes on from.
const STANDING: [&str; 1] = ["--test-clock"];
/// How often a run is killed.
const KILLS: usize = 5;
/// Enough answers that they are sealed anew in several commands.
const ANSWERS: usize = 350;

/// The only key in the key file, which only its owner may read and which stands nowhere else.
#[track_caller]
fn only_key(server: &Server) -> String {
    let mut keys = server.encryption_keys();
    assert_eq!(keys.len(), 1, "one key");
    let mode = std::fs::metadata(server.key_file()).expect("a key file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    keys.remove(0)
}

fn all_is_sealed_anew_beside_the_server(store: Store) {
    let mut server = Server::start_with(store, &STANDING);
    let secrets = Secrets::seal(&server);
    let old = only_key(&server);
    for _ in 0..2 {
        let report = server.report(&ROTATE);
        for what in ["webhook secrets", "old webhook secrets", "card numbers", "digest keys"] {
            assert_eq!(counted(&report, what, "resealed"), 1, "{what}: {report:#}");
        }
        assert_eq!(counted(&report, "bank account numbers", "resealed"), 2);
        assert_eq!(report["newKey"], true);
        secrets.assert_whole(&server);
        assert_eq!(counted_in_all(&server.report(&CHECK), "unreadable"), 0);
    }
    assert_ne!(only_key(&server), old);
    server.restart();
    secrets.assert_whole(&server);
    secrets.assert_usable(&server);
    assert_eq!(server.files_with(&old), [] as [std::path::PathBuf; 0], "the old key is gone");
}

fn all_is_sealed_anew_without_a_server(store: Store) {
    let mut server = Server::start_with(store, &STANDING);
    let secrets = Secrets::seal(&server);
    let old = only_key(&server);
    assert!(server.stop().success());
    let said = server.admin(&["keys", "rotate-encryption"]).expect_success();
    assert!(said.contains("card numbers") && said.contains("which is new"), "{said}");
    assert!(!said.contains(&old) && !said.contains(&only_key(&server)), "no key is printed");
    assert_eq!(server.files_with(&old), [] as [std::path::PathBuf; 0], "the old key is gone");
    let again = server.report(&CHECK);
    assert_eq!((counted_in_all(&again, "unreadable"), &again["needed"]), (0, &json!([])));
    server.launch();
    secrets.assert_whole(&server);
    secrets.assert_usable(&server);
}

fn what_is_sealed_meanwhile_is_found(store: Store) {
    let mut server = Server::start_with(store, &STANDING);
    let secrets = Secrets::seal(&server);
    let owner = server.owner();
    let request = json!({ "permissions": ["wallets:read"] });
    let made = std::thread::scope(|scope| {
        let maker = scope.spawn(|| {
            let make = |number: usize| {
                let key = format!("meanwhile-{number}");
                owner.once(&key).post("/api-keys", &request).expect(201)
            };
            (0..120).map(make).collect::<Vec<_>>()
        });
        for _ in 0..4 {
            server.report(&ROTATE);
        }
        maker.join().expect("a maker that ends")
    });
    only_key(&server);
    server.restart();
    let owner = server.owner();
    for (number, first) in made.iter().enumerate() {
        let key = format!("meanwhile-{number}");
        owner.once(&key).post("/api-keys", &request).assert_replay_of(first);
    }
    secrets.assert_whole(&server);
    assert_eq!(counted_in_all(&server.report(&CHECK), "unreadable"), 0);
}

fn a_check_changes_nothing(store: Store) {
    let mut server = Server::start_with(store, &STANDING);
    let secrets = Secrets::seal(&server);
    let old = only_key(&server);
    let beside = server.report(&CHECK);
    assert_eq!((&beside["newKey"], counted(&beside, "card numbers", "sealed")), (&json!(false), 1));
    assert_eq!(
        (counted_in_all(&beside, "resealed"), counted_in_all(&beside, "unreadable")),
        (0, 0)
    );
    assert!(server.stop().success());
    assert_eq!(server.report(&CHECK), beside);
    assert_eq!(only_key(&server), old);
    server.launch();
    secrets.assert_whole(&server);
}

fn what_cannot_be_opened_keeps_its_key(store: Store) {
    let mut server = Server::start_with(store, &STANDING);
    let secrets = Secrets::seal(&server);
    let owner = server.owner();
    let card = owner.card(&owner.wallet("Moved"));
    // A ciphertext that is moved to another column cannot be opened there.
    let statement =
        "UPDATE cards SET number = security_code WHERE id = (SELECT MAX(id) FROM cards)";
    assert_eq!(server.execute(statement), Ok(1));
    assert!(owner.details_are_unreadable(&card));
    let old = only_key(&server);
    for is_new in [true, false] {
        let said = server.admin(&ROTATE);
        assert_eq!(said.exit_code, 1, "{}{}", said.out, said.error);
        let report = serde_json::from_str(&said.out).expect("JSON");
        assert_eq!(counted(&report, "card numbers", "unreadable"), 1);
        assert_eq!(report["newKey"], is_new, "one that did not end is gone on with");
        assert_eq!(server.encryption_keys()[1..], [old.as_str()]);
    }
    secrets.assert_whole(&server);
    assert!(owner.details_are_unreadable(&card));
    server.restart();
    secrets.assert_whole(&server);
}

fn a_killed_run_is_gone_on_with(store: Store) {
    let mut server = Server::start_with(store, &STANDING);
    let secrets = Secrets::seal(&server);
    let owner = server.owner();
    let request = json!({ "permissions": ["wallets:read"] });
    let make = |number: usize| owner.once(&format!("n{number}")).post("/api-keys", &request);
    let made: Vec<_> = (0..ANSWERS).map(|number| make(number).expect(201)).collect();
    for round in 0..KILLS {
        assert!(server.stop().success());
        let mut run = begin(&server);
        wait_for_some(&server, &mut run, round);
        run.kill().expect("SIGKILL was sent");
        run.wait().expect("a child to wait for");
        assert!(server.encryption_keys().len() <= 2);
        assert_eq!(counted_in_all(&server.report(&CHECK), "unreadable"), 0);
        server.launch();
        let mut run = begin(&server);
        wait_for_some(&server, &mut run, round + 1);
        server.kill();
        run.wait().expect("a child to wait for");
        server.launch();
        secrets.assert_whole(&server);
    }
    let report = server.report(&ROTATE);
    assert_eq!(report["needed"], json!([]), "{report:#}");
    let key = only_key(&server);
    server.restart();
    secrets.assert_whole(&server);
    for (number, first) in made.iter().enumerate() {
        let owner = server.owner().once(&format!("n{number}"));
        owner.post("/api-keys", &request).assert_replay_of(first);
    }
    let sealed = server.number("SELECT COUNT(*) FROM answers WHERE sealed IS NOT NULL");
    assert_eq!(server.answers_sealed_with(&key), sealed);
}

fn a_store_from_before_keeps_its_digests(store: Store) {
    let mut server = Server::start_with(store, &STANDING);
    server.owner().once("any").post("/wallets", &json!({ "name": "Remembered" })).created();
    // Before there was a key of digests, it came from the encryption key.
    let become_old = |server: &mut Server| {
        assert!(server.stop().success());
        assert_eq!(server.execute("DELETE FROM digest_keys"), Ok(1));
        server.launch();
    };
    become_old(&mut server);
    let secrets = Secrets::seal(&server);
    become_old(&mut server);
    secrets.assert_whole(&server);
    become_old(&mut server);
    server.report(&ROTATE);
    server.restart();
    secrets.assert_whole(&server);
}

/// A run that is not waited for.
fn begin(server: &Server) -> Child {
    let mut command = server.admin_command(&ROTATE);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the binary starts")
}

/// Waits until a run has sealed some answers anew, or ends. How many is different each time: that
/// is the point of it.
fn wait_for_some(server: &Server, run: &mut Child, round: usize) {
    let before = server.encryption_keys();
    let wanted = RandomState::new().hash_one(round) as i64 % ANSWERS as i64;
    while run.try_wait().expect("a child to wait for").is_none() {
        let now = server.encryption_keys();
        let begun = now.len() > 1 || now != before;
        if begun && (wanted <= 0 || server.answers_sealed_with(&now[0]) >= wanted) {
            return;
        }
    }
}
