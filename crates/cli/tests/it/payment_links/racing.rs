//! Many payers of one link at one moment.

use serde_json::json;

use crate::support::links::test_card;
use crate::support::{Server, Store, all_at_once, id, stories, succeeded};

stories!(a_link_is_never_used_too_often, cancelling_races_paying, one_key_pays_once);

fn a_link_is_never_used_too_often(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let (payer, sales) = (owner.funded(1_000), owner.wallet("Sales"));
    let link = owner.link_of(&sales, &json!({ "amount": "2.00", "maxUses": 3 }));
    let slug = link["slug"].as_str().expect("a slug");
    let answers = all_at_once(100, |number| match number % 2 {
        0 => owner.pay_link_from(slug, &payer),
        _ => nobody.pay_link(slug, &test_card()),
    });
    assert_eq!(succeeded(&answers, 409, "CONFLICT"), 3);
    assert_eq!(owner.balance(&sales), "6.00");
    let link = id(&link);
    assert_eq!(
        (owner.of_link(&link, "uses"), owner.of_link(&link, "status")),
        (json!(3), json!("CLAIMED"))
    );
    assert_eq!(owner.told("payment_link.claimed").len(), 1);
    server.verify();
}

fn cancelling_races_paying(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let sales = owner.wallet("Sales");
    let link = owner.link_of(&sales, &json!({ "amount": "1.00", "maxUses": 1_000 }));
    let slug = link["slug"].as_str().expect("a slug");
    let path = format!("/payment-links/{}", id(&link));
    let answers = all_at_once(60, |number| match number {
        30 => owner.send("PATCH", &path, None),
        _ => nobody.pay_link(slug, &test_card()),
    });
    let paid = succeeded(&answers, 409, "CONFLICT") - 1;
    let after = owner.get(&path).ok();
    assert_eq!((&after["status"], &after["uses"]), (&json!("CANCELLED"), &json!(paid)));
    assert_eq!(owner.balance(&sales), format!("{paid}.00"));
}

fn one_key_pays_once(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let sales = owner.wallet("Sales");
    let link = owner.link_of(&sales, &json!({ "amount": "1.00", "maxUses": 50 }));
    let slug = link["slug"].as_str().expect("a slug");
    let answers = all_at_once(40, |_| nobody.once("same").pay_link(slug, &test_card()));
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (200, &answers[0].text), "{}", answer.story());
    }
    assert_eq!(owner.of_link(&id(&link), "uses"), 1);
}
