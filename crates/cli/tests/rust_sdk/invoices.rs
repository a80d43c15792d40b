//! Customers, invoices and charges.

use std::time::Duration;

use wallgent::id::{CustomerId, WalletId};
use wallgent::types::charges::{ChargeCustomer, Recurring};
use wallgent::types::customers::{CreateCustomer, SetUpPaymentMethod, UpdateCustomer};
use wallgent::types::invoices::{CreateInvoice, NewLineItem, PayInvoice, UpdateInvoice};
use wallgent::{
    Client, ErrorCode, InvoiceFilter, InvoicePayment, InvoiceStatus, Patch, Recurrence, TestMethod,
};

use crate::support::{Server, ask_always, assert_refused, funded, new_wallet, usd};

async fn customer(client: &Client, email: &str) -> CustomerId {
    let customer = CreateCustomer { email: email.to_owned(), ..CreateCustomer::default() };
    client.customers().create(&customer).await.expect("a customer").id
}

fn bill(wallet: WalletId, customer: CustomerId, price: &str) -> CreateInvoice {
    let line = NewLineItem {
        description: "API calls".to_owned(),
        unit_price: usd(price),
        ..NewLineItem::default()
    };
    CreateInvoice {
        wallet_id: wallet.to_string(),
        customer_id: customer.to_string(),
        line_items: vec![line],
        ..CreateInvoice::default()
    }
}

#[tokio::test]
async fn customers() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let jane = customer(&client, "jane@acme.example").await;
    let taken = CreateCustomer { email: "jane@acme.example".to_owned(), ..Default::default() };
    let details = assert_refused(client.customers().create(&taken).await, ErrorCode::Conflict);
    assert_eq!(details["customerId"], jane.to_string());
    let change = UpdateCustomer { name: Patch::Set("Jane".to_owned()), ..Default::default() };
    let changed = client.customers().update(jane, &change).await.unwrap();
    assert_eq!(changed.name.as_deref(), Some("Jane"));
    assert_eq!(client.customers().get(jane).await.unwrap().updated_at, changed.updated_at);
    let page = SetUpPaymentMethod { return_url: Some("https://shop.example".to_owned()) };
    let setup = client.customers().set_up(jane, &page).await.unwrap();
    let update = client.customers().payment_update_url(jane).await.unwrap();
    assert!(setup.url.contains("/setup/") && setup.url != update.url);
    let card = client.sandbox().save_method(jane, TestMethod::Card).await.unwrap();
    assert_eq!((card.kind.as_str(), card.last4.as_str()), ("card", "4242"));
    assert_eq!(client.customers().payment_methods(jane).await.unwrap()[0].id, card.id);
    client.customers().remove_payment_method(jane, card.id).await.unwrap();
    assert!(client.customers().payment_methods(jane).await.unwrap().is_empty());
    let joe = customer(&client, "joe@acme.example").await;
    let listed = client.customers().list().limit(1).all().await.unwrap();
    assert_eq!(listed.iter().map(|it| it.id).collect::<Vec<_>>(), [joe, jane]);
    assert_eq!(client.customers().delete(joe).await.unwrap().id, joe);
    assert_refused(client.customers().get(joe).await, ErrorCode::NotFound);
}

#[tokio::test]
async fn invoices() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let invoices = client.invoices();
    let shop = new_wallet(&client, "Shop").await.id;
    let payer = funded(&client, "Payer", "100.00").await;
    let jane = customer(&client, "jane@acme.example").await;
    let draft = invoices.create(&bill(shop, jane, "20.00")).await.unwrap();
    let line =
        NewLineItem { description: "Processing".to_owned(), quantity: 3, unit_price: usd("15.00") };
    let change = UpdateInvoice { line_items: Patch::Set(vec![line]), ..Default::default() };
    assert_eq!(invoices.update(draft.id, &change).await.unwrap().total, usd("45.00"));
    let due = invoices.finalize(draft.id).await.unwrap();
    let slug = due.slug.expect("a slug");
    let checkout = invoices.checkout(draft.id).await.unwrap();
    assert_eq!(Some(checkout.url), due.checkout_url);
    assert_eq!(invoices.payable(&slug).await.unwrap().total, usd("45.00"));
    let InvoicePayment::Paid(paid) = invoices.pay(&slug, payer).await.unwrap() else {
        panic!("nobody has to agree");
    };
    assert_eq!((paid.status.as_str(), paid.id), ("PAID", draft.id));
    assert_refused(invoices.pay(&slug, payer).await, ErrorCode::Conflict);
    assert_eq!(invoices.refund(draft.id).await.unwrap().refunded_amount, usd("45.00"));
    assert_refused(invoices.void(draft.id).await, ErrorCode::Conflict);

    let second = invoices.create(&bill(shop, jane, "1.00")).await.unwrap().id;
    let slug = invoices.finalize(second).await.unwrap().slug.expect("a slug");
    ask_always(&client, payer).await;
    let waits = invoices.pay(&slug, payer).await.unwrap();
    assert!(matches!(waits, InvoicePayment::PendingApproval(it) if it.invoice_id == Some(second)));
    let by_card = |method| PayInvoice { test_method: Some(method), ..PayInvoice::default() };
    let declined = invoices.pay_with(&slug, &by_card(TestMethod::DeclinedCard)).await;
    assert_refused(declined, ErrorCode::InsufficientFunds);
    invoices.pay_with(&slug, &by_card(TestMethod::BankAccount)).await.unwrap();

    let third = invoices.create(&bill(shop, jane, "1.00")).await.unwrap().id;
    invoices.finalize(third).await.unwrap();
    assert_eq!(invoices.mark_uncollectible(third).await.unwrap().status, "UNCOLLECTIBLE");
    let fourth = invoices.create(&bill(shop, jane, "2.00")).await.unwrap().id;
    let slug = invoices.finalize(fourth).await.unwrap().slug.expect("a slug");
    let place = invoices.usdc_address(&slug).await.unwrap();
    let arrived = client.sandbox().deposit_usdc(&place.address, place.amount).await.unwrap();
    assert_eq!((arrived.id, arrived.status.as_str()), (fourth, "PAID"));
    let filter = InvoiceFilter {
        wallet_id: Some(shop),
        customer_id: Some(jane),
        status: Some(InvoiceStatus::Paid),
    };
    let listed = invoices.list(&filter).all().await.unwrap();
    assert_eq!(listed.iter().map(|it| it.id).collect::<Vec<_>>(), [fourth, second]);
    assert_eq!(invoices.get(third).await.unwrap().customer_id, jane);
}

#[tokio::test]
async fn charges() {
    let server = Server::start(&["--test-clock", "2026-01-31T09:00:00Z"]);
    let client = server.client("sandboxKey");
    let invoices = client.invoices();
    let shop = new_wallet(&client, "Shop").await.id;
    let jane = customer(&client, "jane@acme.example").await;
    let mut request = ChargeCustomer {
        wallet_id: Some(shop.to_string()),
        customer_id: Some(jane.to_string()),
        amount: Some(usd("99.00")),
        ..ChargeCustomer::default()
    };
    assert_refused(invoices.charge(&request).await, ErrorCode::Conflict);
    client.sandbox().save_method(jane, TestMethod::Card).await.unwrap();
    let once = invoices.charge(&request).await.unwrap();
    assert_eq!((once.status.as_str(), once.recurring.is_none()), ("SUCCEEDED", true));
    request.recurring = Some(Recurring { interval: Recurrence::Monthly });
    let first = invoices.charge(&request).await.unwrap();
    let next = first.recurring.expect("it repeats").next_charge_at.expect("it goes on");
    assert_eq!(next.to_string(), "2026-02-28T09:00:00.000Z");
    client.sandbox().advance_clock(Duration::from_secs(28 * 86_400)).await.unwrap();
    let listed = invoices.recurring_charges().all().await.unwrap();
    assert_eq!((listed[0].id, listed[0].occurrences), (first.id, 2));
    let cancelled = invoices.cancel_recurring_charge(first.id).await.unwrap();
    assert_eq!((cancelled.status.as_str(), cancelled.next_charge_at), ("CANCELLED", None));
    assert_eq!(client.wallets().get(shop).await.unwrap().balance, usd("297.00"));
}
