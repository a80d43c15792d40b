//! Several at one moment.

use serde_json::json;

use crate::support::{Organization, Server, Store, all_at_once, stories, succeeded};

stories!(
    one_of_many_gets_a_domain,
    one_profile_is_made_of_many,
    nothing_is_paid_by_name_after_a_suspension,
    every_payment_has_its_number,
);

fn one_of_many_gets_a_domain(store: Store) {
    let server = Server::start(store);
    let claimants: Vec<Organization> =
        (0..8).map(|number| server.organization(&format!("Claimant{number}"))).collect();
    let request = json!({ "name": "Shop", "domain": "shop.example.com" });
    let answers =
        all_at_once(claimants.len(), |number| claimants[number].owner.post("/merchants", &request));
    assert_eq!(succeeded(&answers, 409, "CONFLICT"), 1);
    let with_profile =
        claimants.iter().filter(|it| !it.owner.all_ids("/merchants").is_empty()).count();
    assert_eq!(with_profile, 1);
}

fn one_profile_is_made_of_many(store: Store) {
    let server = Server::start(store);
    let owner = server.owner();
    let answers = all_at_once(20, |number| {
        let request = json!({ "name": "Shop", "domain": format!("shop{number}.example.com") });
        owner.post("/merchants", &request)
    });
    assert_eq!(succeeded(&answers, 409, "CONFLICT"), 1);
}

fn nothing_is_paid_by_name_after_a_suspension(store: Store) {
    let server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let from = payer.funded(1_000);
    let answers = all_at_once(50, |number| {
        if number == 25 {
            server.admin(&["merchant", "suspend", &merchant]).expect_success();
        }
        payer.pay_merchant(&from, &merchant, "1.00")
    });
    let paid = succeeded(&answers, 403, "MERCHANT_SUSPENDED");
    assert_eq!(answers[25].status, 403, "whoever suspended it sees it suspended");
    let after = all_at_once(20, |_| payer.pay_merchant(&from, &merchant, "1.00"));
    assert_eq!(succeeded(&after, 403, "MERCHANT_SUSPENDED"), 0);
    assert_eq!(owner.received("limit=100").0.len(), paid);
}

fn every_payment_has_its_number(store: Store) {
    let mut server = Server::start(store);
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let wallet = server.account("sandboxWalletId").to_owned();
    let from: Vec<String> = (0..4).map(|_| payer.funded(100)).collect();
    let answers = all_at_once(100, |number| {
        let from = &from[number % 4];
        match number % 3 {
            0 => payer.pay_merchant(from, &merchant, "1.00"),
            1 => payer.pay_domain(from, "www.shop.example.com", "1.00"),
            _ => payer.pay(from, &wallet, "1.00"),
        }
    });
    assert!(answers.iter().all(|answer| answer.status == 200));
    server.restart();
    let payer = server.nobody().as_holder_of(&payer);
    payer.pay_merchant(&from[0], &merchant, "1.00").ok();
    let owner = server.owner();
    let (mut ids, total) = owner.received("limit=100");
    ids.extend(owner.received("limit=100&offset=100").0);
    assert_eq!((ids.len(), total), (101, 101));
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 101, "each is listed once");
}
