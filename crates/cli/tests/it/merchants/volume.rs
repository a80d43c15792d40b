//! What a merchant was paid, period by period.

use serde_json::{Value, json};

use crate::support::{Api, Server, Store, id, stories};

stories!(
    every_day_is_there,
    weeks_and_months_are_put_together,
    what_is_given_back_stays_counted,
    a_volume_may_be_larger_than_any_amount,
);

fn trend(owner: &Api, query: &str) -> Vec<(String, i64, String)> {
    let answer = owner.get(&format!("/merchant/analytics?{query}")).ok();
    let points = answer["volumeTrend"].as_array().expect("a trend").iter();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    points
        .map(|point| {
            (
                text(&point["date"]),
                point["count"].as_i64().expect("a count"),
                text(&point["volume"]),
            )
        })
        .collect()
}

fn told(points: &[(&str, i64, &str)]) -> Vec<(String, i64, String)> {
    points.iter().map(|(date, count, volume)| ((*date).into(), *count, (*volume).into())).collect()
}

fn every_day_is_there(store: Store) {
    let server = Server::start_at(store, "2026-02-27T09:00:00Z");
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let from = payer.funded(100);
    payer.pay_merchant(&from, &merchant, "1.10").ok();
    payer.pay_merchant(&from, &merchant, "2.00").ok();
    server.advance_to("2026-03-01T00:00:00Z");
    payer.pay_merchant(&from, &merchant, "0.00000001").ok();
    assert_eq!(
        trend(&owner, "from=2026-02-26&to=2026-03-01"),
        told(&[
            ("2026-02-26", 0, "0.00"),
            ("2026-02-27", 2, "3.10"),
            ("2026-02-28", 0, "0.00"),
            ("2026-03-01", 1, "0.00000001"),
        ])
    );
    let usual = trend(&owner, "");
    assert_eq!((usual.len(), usual[0].0.as_str()), (30, "2026-01-31"), "the last thirty days");
    assert_eq!(usual[29].0, "2026-03-01", "today included");
    assert_eq!(
        trend(&owner, "to=2026-02-27").last(),
        Some(&("2026-02-27".into(), 2, "3.10".into()))
    );
}

fn weeks_and_months_are_put_together(store: Store) {
    // 2026-03-02 is a Monday.
    let server = Server::start_at(store, "2026-02-27T09:00:00Z");
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let from = payer.funded(100);
    for day in ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02", "2026-03-09"] {
        server.advance_to(&format!("{day}T12:00:00Z"));
        payer.pay_merchant(&from, &merchant, "1.00").ok();
    }
    assert_eq!(
        trend(&owner, "from=2026-02-28&to=2026-03-09&groupBy=week"),
        told(&[("2026-02-23", 2, "2.00"), ("2026-03-02", 1, "1.00"), ("2026-03-09", 1, "1.00")])
    );
    assert_eq!(
        trend(&owner, "from=2026-01-15&to=2026-03-09&groupBy=month"),
        told(&[("2026-01-01", 0, "0.00"), ("2026-02-01", 2, "2.00"), ("2026-03-01", 3, "3.00")])
    );
}

fn what_is_given_back_stays_counted(store: Store) {
    let server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    let from = payer.funded(100);
    let payment = id(&payer.pay_merchant(&from, &merchant, "5.00").ok());
    server.advance("PT24H");
    owner.act(&format!("/payments/{payment}/reverse")).ok();
    assert_eq!(
        trend(&owner, "from=2026-03-02&to=2026-03-03"),
        told(&[("2026-03-02", 1, "5.00"), ("2026-03-03", 0, "0.00")])
    );
    let list = owner.get("/merchant/payments").ok();
    assert_eq!(list["data"][0]["status"], json!("REVERSED"));
}

fn a_volume_may_be_larger_than_any_amount(store: Store) {
    let mut server = Server::start_at(store, "2026-03-02T09:00:00Z");
    let (owner, payer) = (server.owner(), server.organization("Payer").owner);
    let merchant = owner.merchant("shop.example.com");
    payer.pay_merchant(&payer.funded(10), &merchant, "0.5").ok();
    // The largest amount is 92,233,720,368.54775807; a day may have seen many.
    assert!(server.stop().success());
    server.expect_damage();
    server
        .execute("UPDATE merchant_days SET volume = 999999999999999, volume_rest = 123456789")
        .expect("a day");
    server.launch();
    assert_eq!(
        trend(&server.owner(), "from=2026-03-02&to=2026-03-02"),
        told(&[("2026-03-02", 1, "1000000000000000.23456789")])
    );
}
