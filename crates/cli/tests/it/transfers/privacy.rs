//! Account numbers: stored sealed, told masked, gone when nobody needs them.

use serde_json::json;

use crate::support::banking::{account, link_request};
use crate::support::{Server, Store, id, stories};

stories!(numbers_are_nowhere_in_the_store_or_the_log, numbers_go_when_a_transfer_ends);

/// A number that nothing else is made of.
const SECRET: &str = "73910486257139";

fn numbers_are_nowhere_in_the_store_or_the_log(store: Store) {
    let mut server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (wallet, guarded) = (owner.funded(500), owner.guarded(500));
    let bank = id(&owner.once("link").post("/bank-accounts", &link_request(SECRET)).created());
    let party = account("ACH", SECRET);
    owner.once("in").deposit(&wallet, "50.00", &party).expect(202);
    owner.once("out").withdraw(&wallet, "50.00", &party).expect(202);
    owner.once("waits").withdraw(&guarded, "50.00", &party).expect(202);
    owner.withdraw_to(&wallet, "50.00", &bank).expect(202);
    owner.withdraw(&wallet, "5000.00", &party).refused(402, "INSUFFICIENT_FUNDS");
    owner.policy(&wallet, &json!({ "approvedRecipients": [] }));
    owner.withdraw(&wallet, "1.00", &party).refused(403, "POLICY_DENIED");
    let told = [
        owner.get("/events?limit=100").expect(200).text,
        owner.get("/audit-logs?limit=100").expect(200).text,
        owner.get("/transfers").expect(200).text,
        owner.get("/approvals").expect(200).text,
        owner.get("/bank-accounts").expect(200).text,
        owner.get(&format!("/wallets/{wallet}/policy-evaluations")).expect(200).text,
    ];
    for text in &told {
        assert!(text.len() > 20 && !text.contains(SECRET), "{text}");
    }
    assert!(server.stop().success());
    assert!(!server.log().contains(SECRET));
    match store {
        Store::Postgres => {
            assert!(server.all_rows().iter().all(|row| !row.contains(SECRET)));
        }
        Store::Sqlite => {
            for file in std::fs::read_dir(server.folder()).expect("a folder").flatten() {
                let bytes = std::fs::read(file.path()).unwrap_or_default();
                let found = bytes.windows(SECRET.len()).any(|it| it == SECRET.as_bytes());
                assert!(!found, "{}", file.path().display());
            }
        }
    }
    server.launch();
    server.advance("PT5S");
    let owner = server.owner();
    owner.reject(&owner.all_ids("/approvals?status=PENDING")[0]).ok();
    server.assert_nothing_on_its_way();
}

fn numbers_go_when_a_transfer_ends(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let (wallet, guarded) = (owner.funded(500), owner.guarded(500));
    owner.deposit(&wallet, "50.00", &account("ACH", SECRET)).expect(202);
    owner.withdraw(&wallet, "50.00", &account("WIRE", SECRET)).expect(202);
    let waiting = owner.withdraw(&guarded, "50.00", &account("WIRE", SECRET)).expect(202).json;
    let kept = "SELECT COUNT(*) FROM transfers WHERE account_number IS NOT NULL";
    assert_eq!(server.number(kept), 3);
    server.advance("PT5S");
    assert_eq!(server.number(kept), 1, "one still waits");
    owner.reject(waiting["approvalId"].as_str().expect("text")).ok();
    assert_eq!(server.number(kept), 0);
    server.assert_nothing_on_its_way();
}
