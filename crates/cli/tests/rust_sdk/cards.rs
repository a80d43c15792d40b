//! Cards: issuing, limiting and ending them, and buying with them.

use std::time::Duration;

use serde_json::json;
use wallgent::id::{CardId, WalletId};
use wallgent::types::card_authorizations::{AuthorizeCard, CardMerchant, MoveAuthorization};
use wallgent::types::cards::{CreateCard, CreateCardholder, SpendingLimit, UpdateCard};
use wallgent::types::keys::CreateKey;
use wallgent::{
    AuditFilter, AuthorizationStatus, CardFilter, CardStatus, CardType, Client, DeclineReason,
    ErrorCode, Interval, Patch, Permission,
};

use crate::support::{Server, assert_refused, funded, funded_agent, new_wallet, usd};

/// How long an authorization lasts.
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

fn card(wallet: WalletId) -> CreateCard {
    CreateCard { wallet_id: wallet.to_string(), ..CreateCard::default() }
}

fn limit(amount: &str, interval: Interval) -> SpendingLimit {
    SpendingLimit { amount: usd(amount), interval: interval.as_str().to_owned(), categories: None }
}

fn status(status: CardStatus) -> UpdateCard {
    UpdateCard { status: Some(status.as_str().to_owned()), ..UpdateCard::default() }
}

fn purchase(amount: &str, category: &str) -> AuthorizeCard {
    let merchant = CardMerchant {
        name: "ACME Cloud".to_owned(),
        category: category.to_owned(),
        country: Some("US".to_owned()),
        domain: Some("acme.example".to_owned()),
        id: None,
    };
    AuthorizeCard { amount: usd(amount), merchant }
}

fn part(amount: &str) -> MoveAuthorization {
    MoveAuthorization { amount: Some(usd(amount)) }
}

async fn issued(client: &Client, wallet: WalletId) -> CardId {
    client.cards().create(&card(wallet)).await.expect("a card").id
}

#[tokio::test]
async fn cards() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let cards = client.cards();
    let wallet = new_wallet(&client, "Research").await.id;
    let ada = CreateCardholder {
        name: "Ada Lovelace".to_owned(),
        email: Some("ada@example.com".to_owned()),
        dob: Some("1990-12-10".to_owned()),
        ..CreateCardholder::default()
    };
    let ada = cards.create_cardholder(&ada).await.unwrap();
    assert_eq!((ada.name.as_str(), ada.dob.as_deref()), ("Ada Lovelace", Some("1990-12-10")));
    let (first_name, last_name) = (Some("Grace".to_owned()), Some("Hopper".to_owned()));
    let grace = CreateCardholder { first_name, last_name, ..CreateCardholder::default() };
    assert_eq!(cards.create_cardholder(&grace).await.unwrap().name, "Grace Hopper");
    let wanted = CreateCard {
        kind: CardType::SingleUse,
        cardholder_id: Some(ada.id.to_string()),
        spending_limits: vec![limit("500.00", Interval::Monthly)],
        ..card(wallet)
    };
    let made = cards.create(&wanted).idempotency_key("card-1").await.unwrap();
    let again = cards.create(&wanted).idempotency_key("card-1").await.unwrap();
    assert_eq!(again.id, made.id);
    assert_eq!((made.kind.as_str(), made.status.as_str()), ("SINGLE_USE", "ACTIVE"));
    assert_eq!((made.cardholder_id, made.cardholder_name.as_str()), (Some(ada.id), "Ada Lovelace"));
    assert_eq!(made.spending_limits, wanted.spending_limits);

    let second = cards.create(&card(wallet)).await.unwrap();
    assert_eq!(second.cardholder_name, "Research");
    issued(&client, server.own_wallet()).await;
    let filter = CardFilter { wallet_id: Some(wallet), status: None };
    let all = cards.list(&filter).limit(1).all().await.unwrap();
    assert_eq!(all.iter().map(|it| it.id).collect::<Vec<_>>(), [second.id, made.id]);
    let limits = UpdateCard { spending_limits: Patch::Clear, ..status(CardStatus::Inactive) };
    let frozen = cards.update(made.id, &limits).await.unwrap();
    assert_eq!((frozen.status.as_str(), frozen.spending_limits.len()), ("INACTIVE", 0));
    let filter = CardFilter { status: Some(CardStatus::Inactive), ..filter };
    assert_eq!(cards.list(&filter).await.unwrap().data[0].id, made.id);
    assert_eq!(cards.get(made.id).await.unwrap().updated_at, frozen.updated_at);
    assert_eq!(cards.update(made.id, &status(CardStatus::Active)).await.unwrap().status, "ACTIVE");

    assert_eq!(cards.cancel(made.id).await.unwrap().status, "CANCELLED");
    let back = cards.update(made.id, &status(CardStatus::Active)).await;
    assert_eq!(assert_refused(back, ErrorCode::Conflict)["status"], "CANCELLED");
    let partner = server.organization().client;
    assert_refused(partner.cards().get(made.id).await, ErrorCode::CardNotFound);
}

#[tokio::test]
async fn what_is_secret_of_a_card() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let card = client.cards().create(&card(server.own_wallet())).await.unwrap();
    let secrets = client.cards().details(card.id).await.unwrap();
    let (number, code) = (secrets.number.reveal(), secrets.cvc.reveal());
    assert_eq!((number.len(), &number[12..], code.len()), (16, card.last4.as_str(), 3));
    assert_eq!((secrets.id, secrets.exp_month), (card.id, card.exp_month));
    assert_eq!(secrets.exp_year, card.exp_year);
    let printed = format!("{secrets:?}");
    assert!(printed.contains(&card.id.to_string()), "{printed}");
    assert!(!printed.contains(number) && !printed.contains(&format!("\"{code}\"")), "{printed}");
    let looks = AuditFilter { resource: Some(card.id.to_string()), ..AuditFilter::default() };
    let looks = client.audit_logs().list(&looks).await.unwrap().data;
    assert!(!json!(looks).to_string().contains(number));
    assert_eq!(looks.iter().filter(|it| it.action == "card.details_viewed").count(), 1);

    let reader = CreateKey {
        permissions: [Permission::PaymentsRead].into_iter().collect(),
        ..CreateKey::default()
    };
    let reader = client.api_keys().create(&reader).await.unwrap().secret.unwrap();
    let refused = server.client_with(reader.reveal()).cards().details(card.id).await;
    let details = assert_refused(refused, ErrorCode::PermissionDenied);
    assert_eq!(details["required"], "cards:sensitive_read");
    let (_, other) = funded_agent(&server, "1.00").await;
    assert_refused(other.cards().get(card.id).await, ErrorCode::CardNotFound);
}

#[tokio::test]
async fn purchases() {
    let server = Server::start(&["--test-clock"]);
    let client = server.client("sandboxKey");
    let (cards, sandbox) = (client.cards(), client.sandbox());
    let wallet = funded(&client, "Research", "100.00").await;
    let id = issued(&client, wallet).await;
    let (order, all) = (purchase("40.00", "software"), MoveAuthorization::default());
    let held = sandbox.authorize_card(id, &order).idempotency_key("buy-1").await.unwrap();
    let again = sandbox.authorize_card(id, &order).idempotency_key("buy-1").await.unwrap();
    assert_eq!((held.id, held.merchant), (again.id, order.merchant.clone()));
    assert_eq!((held.status.as_str(), held.held_amount), ("APPROVED", usd("40.00")));
    assert_eq!(client.wallets().get(wallet).await.unwrap().available, usd("60.00"));

    let taken = sandbox.capture_authorization(held.id, &part("25.00")).await.unwrap();
    assert_eq!(
        AuthorizationStatus::from_name(&taken.status),
        Some(AuthorizationStatus::PartiallyCaptured)
    );
    let much = sandbox.capture_authorization(held.id, &part("15.01")).await;
    assert_eq!(assert_refused(much, ErrorCode::InvalidAmount)["maximum"], "15.00");
    let freed = sandbox.reverse_authorization(held.id, &all).await.unwrap();
    assert_eq!((freed.status.as_str(), freed.released_amount), ("CAPTURED", usd("15.00")));
    let late = sandbox.reverse_authorization(held.id, &all).await;
    assert_eq!(assert_refused(late, ErrorCode::Conflict)["status"], "CAPTURED");
    let back = sandbox.refund_authorization(held.id, &part("5.00")).await.unwrap();
    assert_eq!((back.status.as_str(), back.refunded_amount), ("PARTIALLY_REFUNDED", usd("5.00")));
    assert_eq!(sandbox.refund_authorization(held.id, &all).await.unwrap().status, "REFUNDED");
    assert_eq!(client.wallets().get(wallet).await.unwrap().balance, usd("100.00"));

    let forgotten = sandbox.authorize_card(id, &order).await.unwrap();
    sandbox.advance_clock(WEEK).await.unwrap();
    let listed = cards.authorizations(id).limit(1).all().await.unwrap();
    let states: Vec<_> = listed.iter().map(|it| (it.id, it.status.as_str())).collect();
    assert_eq!(states, [(forgotten.id, "EXPIRED"), (held.id, "REFUNDED")]);
    let live = server.client("liveKey").sandbox().authorize_card(id, &order).await;
    assert_refused(live, ErrorCode::SandboxOnly);
}

#[tokio::test]
async fn declines_are_answers() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let wallet = funded(&client, "Research", "100.00").await;
    let books = SpendingLimit {
        categories: Some(vec!["books".to_owned()]),
        ..limit("60.00", Interval::PerAuthorization)
    };
    let limited = CreateCard { spending_limits: vec![books], ..card(wallet) };
    let limited = client.cards().create(&limited).await.unwrap().id;
    let (plain, frozen) = (issued(&client, wallet).await, issued(&client, wallet).await);
    client.cards().update(frozen, &status(CardStatus::Inactive)).await.unwrap();
    for (card, order, expected) in [
        (limited, purchase("1.00", "software"), DeclineReason::CategoryNotAllowed),
        (limited, purchase("60.01", "Books"), DeclineReason::SpendingLimit),
        (plain, purchase("100.01", "books"), DeclineReason::InsufficientFunds),
        (frozen, purchase("1.00", "books"), DeclineReason::CardInactive),
    ] {
        let declined = client.sandbox().authorize_card(card, &order).await.unwrap();
        assert_eq!(declined.status, "DECLINED");
        assert_eq!(declined.decline_reason.as_deref(), Some(expected.as_str()));
        assert_eq!((declined.held_amount, declined.expires_at), (usd("0.00"), None));
    }
    assert_eq!(client.wallets().get(wallet).await.unwrap().available, usd("100.00"));
}
