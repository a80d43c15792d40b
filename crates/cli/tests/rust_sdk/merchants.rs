//! Merchants: made, changed, paid, and what it adds up to.

use wallgent::id::MerchantId;
use wallgent::types::merchants::{CreateMerchant, UpdateMerchant};
use wallgent::types::payments::{MerchantHint, SendPayment};
use wallgent::{Day, ErrorCode, MerchantPaymentFilter, MerchantStatus, Report};

use crate::support::{Server, assert_refused, funded, usd};

#[tokio::test]
async fn merchants() {
    let server = Server::start(&["--test-clock", "2026-03-02T09:00:00Z"]);
    let client = server.client("sandboxKey");
    let merchants = client.merchants();
    assert_refused(merchants.settlement_overview().await, ErrorCode::MerchantNotFound);
    let shop = CreateMerchant {
        name: "Acme Shop".to_owned(),
        domain: "Shop.Example.com".to_owned(),
        ..CreateMerchant::default()
    };
    let shop = merchants.create(&shop).await.unwrap();
    assert_eq!((shop.domain.as_str(), shop.domain_verified), ("shop.example.com", true));
    assert_eq!(shop.settlement_wallet_id, server.own_wallet());
    assert_eq!(shop.status, MerchantStatus::Active.as_str());
    let renamed = UpdateMerchant { name: Some("Acme".to_owned()), ..UpdateMerchant::default() };
    assert_eq!(merchants.update(shop.id, &renamed).await.unwrap().name, "Acme");
    assert_eq!(merchants.get(shop.id).await.unwrap().name, "Acme");
    assert!(merchants.verify(shop.id).await.unwrap().domain_verified);
    assert_eq!(merchants.list().await.unwrap().len(), 1);
    let nobody = MerchantId::from_key(1).expect("positive");
    assert_refused(merchants.get(nobody).await, ErrorCode::MerchantNotFound);

    let payer = server.organization().client;
    let from = funded(&payer, "Ada", "100.00").await;
    let by_id = SendPayment {
        from: from.to_string(),
        merchant_id: Some(shop.id.to_string()),
        amount: usd("60.00"),
        ..SendPayment::default()
    };
    let paid = payer.payments().send(&by_id).await.unwrap().into_posted().unwrap();
    assert_eq!((paid.rail.as_str(), paid.merchant_id), ("CLOSED_LOOP", Some(shop.id)));
    let by_domain = SendPayment {
        merchant_id: None,
        merchant_hint: Some(MerchantHint { domain: "www.shop.example.com".to_owned() }),
        amount: usd("40.00"),
        ..by_id
    };
    payer.payments().send(&by_domain).await.unwrap();

    let overview = merchants.settlement_overview().await.unwrap();
    assert_eq!((overview.today.count, overview.today.total), (2, usd("100.00").into()));
    assert_eq!(
        (overview.balance.amount, overview.balance.status.as_str()),
        (usd("100.00"), "AVAILABLE")
    );
    let filter = MerchantPaymentFilter {
        limit: Some(1),
        offset: Some(1),
        start: Day::parse("2026-03-01"),
        end: Day::parse("2026-03-02"),
    };
    let page = merchants.payments(&filter).await.unwrap();
    assert_eq!((page.total, page.limit, page.offset), (2, 1, 1));
    assert_eq!((page.data[0].id, page.data[0].from_name.as_deref()), (paid.id, Some("Ada")));
    let trend = merchants.analytics(&Report::default()).await.unwrap().volume_trend;
    assert_eq!(trend.len(), 30);
    assert_eq!((trend[29].count, trend[29].volume), (2, usd("100.00").into()));
}
