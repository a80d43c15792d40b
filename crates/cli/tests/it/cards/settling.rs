//! What is owed to the card network, and by it, returns to zero.

use crate::support::{Server, Store, stories};

stories!(captures_settle_at_the_end_of_the_day, books_settle_apart);

const CARD_SETTLEMENT: &str = "CARD_SETTLEMENT";

fn captures_settle_at_the_end_of_the_day(store: Store) {
    let mut server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let owner = server.owner();
    let wallet = owner.funded(100);
    let card = owner.card(&wallet);
    let bought = owner.captured(&card, "40.00");
    owner.step_by(&bought, "refund", "5.00").ok();
    assert_eq!(server.posted(CARD_SETTLEMENT), "35.00");
    server.advance_to("2026-03-02T23:59:59.999Z");
    assert_eq!(server.posted(CARD_SETTLEMENT), "35.00");
    server.advance_to("2026-03-03T00:00:00Z");
    assert_eq!(
        (server.posted(CARD_SETTLEMENT), server.posted("BANK")),
        ("0.00".into(), "35.00".into())
    );
    server.verify();
    owner.step(&bought, "refund").ok();
    assert_eq!(owner.balance(&wallet), "100.00", "before the network has paid");
    assert_eq!(server.posted(CARD_SETTLEMENT), "-35.00");
    server.verify();
    server.restart();
    server.advance("PT24H");
    assert_eq!(
        (server.posted(CARD_SETTLEMENT), server.posted("BANK")),
        ("0.00".into(), "0.00".into())
    );
    server.advance("PT240H");
    assert_eq!(server.posted(CARD_SETTLEMENT), "0.00", "once");
}

fn books_settle_apart(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let stranger = server.organization("Stranger");
    for owner in [server.owner(), stranger.owner] {
        let wallet = owner.funded(100);
        owner.captured(&owner.card(&wallet), "10.00");
    }
    assert_eq!(server.posted(CARD_SETTLEMENT), "20.00");
    server.advance("PT24H");
    assert_eq!(
        (server.posted(CARD_SETTLEMENT), server.posted("BANK")),
        ("0.00".into(), "20.00".into())
    );
}
