//! Payment links: made, seen, paid and cancelled.

use wallgent::id::PaymentLinkId;
use wallgent::types::payment_links::{
    CreatePaymentLink, LinkPayment, PayLink, RecipientRestrictions,
};
use wallgent::{ErrorCode, LinkStatus, PaymentLinkFilter, Sent, TestMethod};

use crate::support::{Server, assert_refused, funded_agent, new_wallet, usd};

#[tokio::test]
async fn payment_links() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let links = client.payment_links();
    let sales = new_wallet(&client, "Sales").await.id;
    let asked = CreatePaymentLink {
        wallet_id: sales.to_string(),
        amount: usd("10.00"),
        description: Some("Tea".to_owned()),
        max_uses: Some(3),
        ..CreatePaymentLink::default()
    };
    let link = links.create(&asked).await.unwrap();
    assert_eq!((link.wallet_id, link.amount, link.max_uses), (sales, usd("10.00"), 3));
    assert!(link.url.ends_with(&format!("/pay/{}", link.slug)), "{}", link.url);

    let (agent, payer) = funded_agent(&server, "50.00").await;
    let due = payer.payment_links().payable(&link.slug).await.unwrap();
    assert_eq!((due.amount, due.description.as_deref()), (usd("10.00"), Some("Tea")));
    let paid = payer.payment_links().pay(&link.slug, agent.id).await.unwrap();
    let paid = paid.into_posted().unwrap();
    assert_eq!((paid.payment_link_id, paid.rail.as_str()), (Some(link.id), "PAYMENT_LINK"));

    let card = PayLink { test_method: Some(TestMethod::Card), ..PayLink::default() };
    let paid = payer.payment_links().pay_with(&link.slug, &card).await.unwrap();
    let Sent::Posted(LinkPayment::TestMethod(paid)) = paid else { panic!("{paid:?}") };
    assert_eq!((paid.to, paid.payment_method.last4.as_str()), (sales, "4242"));
    let declined = PayLink { test_method: Some(TestMethod::DeclinedCard), ..PayLink::default() };
    let declined = payer.payment_links().pay_with(&link.slug, &declined).await;
    assert_refused(declined, ErrorCode::InsufficientFunds);
    assert_eq!(links.get(link.id).await.unwrap().uses, 2);

    let cancelled = links.cancel(link.id).await.unwrap();
    assert_eq!(cancelled.status, LinkStatus::Cancelled.as_str());
    let details =
        assert_refused(payer.payment_links().pay(&link.slug, agent.id).await, ErrorCode::Conflict);
    assert_eq!(details["status"], "CANCELLED");

    let friends = RecipientRestrictions {
        wallet_ids: vec![sales.to_string()],
        ..RecipientRestrictions::default()
    };
    let private = CreatePaymentLink { recipient_restrictions: Some(friends), ..asked };
    let private = links.create(&private).await.unwrap();
    assert_refused(
        payer.payment_links().pay(&private.slug, agent.id).await,
        ErrorCode::PermissionDenied,
    );
    let active = PaymentLinkFilter { wallet_id: Some(sales), status: Some(LinkStatus::Active) };
    let listed = links.list(&active).await.unwrap();
    assert_eq!(listed.data.iter().map(|it| it.id).collect::<Vec<_>>(), [private.id]);

    let unknown = PaymentLinkId::from_key(1).expect("positive");
    assert_refused(links.get(unknown).await, ErrorCode::PaymentLinkNotFound);
    let payable = links.payable("../../wallets").await;
    assert_refused(payable, ErrorCode::PaymentLinkNotFound);
}
