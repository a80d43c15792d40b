//! Lists of transfers: their filters and pages.

use crate::support::banking::{ACCOUNT, account};
use crate::support::shapes::{self, assert_fields};
use crate::support::{Server, Store, id, stories};

stories!(filters_combine, pages_are_stable, a_list_has_both_names);

const BEGINNING: &str = "2026-03-02T09:00:00Z";

fn filters_combine(store: Store) {
    let server = Server::start_at(store, BEGINNING);
    let owner = server.owner();
    let (a, b) = (owner.funded(500), owner.funded(500));
    let bank = account("ACH", ACCOUNT);
    let into = id(&owner.deposit(&a, "50.00", &bank).expect(202).json);
    let out = id(&owner.once("out").withdraw(&a, "50.00", &bank).expect(202).json);
    server.advance("PT5S");
    let late = id(&owner.withdraw(&b, "10.00", &account("ACH", "990000000010")).expect(202).json);
    let moved = id(&owner.move_money(&a, &b, "5.00").ok());
    server.advance("PT1S");
    let list = |query: &str| owner.all_ids(&format!("/transfers?{query}"));
    assert_eq!(list("limit=1"), [&moved, &late, &out, &into].map(String::clone));
    assert_eq!(list(&format!("walletId={a}")), [&moved, &out, &into].map(String::clone));
    assert_eq!(list(&format!("walletId={b}")), [&moved, &late].map(String::clone));
    assert_eq!(list("direction=WITHDRAWAL"), [&late, &out].map(String::clone));
    assert_eq!(list("direction=INTERNAL"), std::slice::from_ref(&moved));
    assert_eq!(list("status=PROCESSING"), std::slice::from_ref(&late));
    assert_eq!(list(&format!("status=COMPLETED&direction=DEPOSIT&walletId={a}")), [into]);
    assert_eq!(list("idempotencyKey=out"), std::slice::from_ref(&out));
    assert_eq!(list(&format!("idempotencyKey=out&walletId={a}")), [out]);
    assert_eq!(list(&format!("idempotencyKey=out&walletId={b}")), Vec::<String>::new());
    for bad in ["direction=SIDEWAYS", "status=DONE", "limit=0", "cursor=x"] {
        owner.get(&format!("/transfers?{bad}")).refused(400, "VALIDATION_ERROR");
    }
    owner.get("/transfers?walletId=nonsense").refused(404, "WALLET_NOT_FOUND");
    let stranger = server.organization("Stranger");
    stranger.owner.get(&format!("/transfers?walletId={a}")).refused(404, "WALLET_NOT_FOUND");
    assert_eq!(stranger.owner.all_ids("/transfers"), Vec::<String>::new());
    assert_eq!(server.live().all_ids("/transfers"), Vec::<String>::new());
    owner.drive(&late, "fail").ok();
    server.assert_nothing_on_its_way();
}

fn pages_are_stable(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (a, b) = (owner.funded(500), owner.wallet("B"));
    let mut made: Vec<String> =
        (0..25).map(|_| id(&owner.move_money(&a, &b, "1.00").ok())).collect();
    made.reverse();
    for query in ["limit=7".to_owned(), format!("limit=7&walletId={b}")] {
        assert_eq!(owner.all_ids(&format!("/transfers?{query}")), made);
    }
    let first = owner.get("/transfers?limit=10").ok();
    owner.move_money(&a, &b, "1.00").ok();
    let cursor = first["cursor"].as_str().expect("a cursor");
    let second = owner.get(&format!("/transfers?limit=10&cursor={cursor}")).ok();
    assert_eq!(id(&second["data"][0]), made[10], "what was inserted does not shift the page");
}

fn a_list_has_both_names(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let (a, b) = (owner.funded(500), owner.wallet("B"));
    for _ in 0..3 {
        owner.move_money(&a, &b, "1.00").ok();
    }
    let list = owner.get("/transfers?limit=2").ok();
    assert_fields(&list, shapes::TRANSFER_LIST, &[]);
    assert_eq!((&list["data"], &list["cursor"]), (&list["transfers"], &list["nextCursor"]));
    assert_eq!(list["hasMore"], true);
}
