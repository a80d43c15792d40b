//! Bank accounts: linking, proving and removing them.

use wallgent::id::BankAccountId;
use wallgent::types::bank_accounts::LinkBankAccount;
use wallgent::{AccountNumber, AccountType, Client, ErrorCode};

use crate::support::{Server, assert_refused, funded_agent, usd};

pub(crate) const ROUTING: &str = "021000021";

pub(crate) fn account(number: &str) -> LinkBankAccount {
    LinkBankAccount {
        routing_number: ROUTING.to_owned(),
        account_number: AccountNumber::parse(number).expect("4 to 17 digits"),
        account_holder_name: "Ada Lovelace".to_owned(),
        ..LinkBankAccount::default()
    }
}

/// A linked bank account with this number.
pub(crate) async fn linked(client: &Client, number: &str) -> BankAccountId {
    client.bank_accounts().link(&account(number)).await.expect("a bank account").id
}

#[tokio::test]
async fn bank_accounts() {
    let server = Server::start(&[]);
    let client = server.client("sandboxKey");
    let accounts = client.bank_accounts();
    let savings = LinkBankAccount {
        account_type: AccountType::Savings,
        nickname: Some("Treasury".to_owned()),
        bank_name: Some("First Bank".to_owned()),
        idempotency_key: Some("link-1".to_owned()),
        ..account("000123456789")
    };
    assert!(!format!("{savings:?}").contains("000123456789"));
    let found = accounts.link(&savings).await.unwrap();
    assert_eq!(accounts.link(&savings).await.unwrap().id, found.id, "once under its key");
    assert_eq!((found.status.as_str(), found.account_type.as_str()), ("VERIFIED", "SAVINGS"));
    assert_eq!(
        (found.routing_number.as_str(), found.account_number_last4.as_str()),
        (ROUTING, "6789")
    );
    assert_eq!((found.nickname, found.bank_name), (savings.nickname, savings.bank_name));

    let second = linked(&client, "4321").await;
    let listed = accounts.list().await.unwrap();
    assert_eq!(listed.iter().map(|it| it.id).collect::<Vec<_>>(), [second, found.id]);
    let wrong = LinkBankAccount { routing_number: "021000022".to_owned(), ..account("4321") };
    let details = assert_refused(accounts.link(&wrong).await, ErrorCode::ValidationError);
    assert_eq!(details["fields"][0]["path"], "routingNumber");
    let (_, itself) = funded_agent(&server, "1.00").await;
    let own_doing = itself.bank_accounts().link(&account("4321")).await;
    let details = assert_refused(own_doing, ErrorCode::PermissionDenied);
    assert_eq!(details["ownerOnly"], true);

    let removed = accounts.remove(second).await.unwrap();
    assert_eq!((removed.id, removed.deleted, removed.removed), (second, true, true));
    assert_refused(accounts.remove(second).await, ErrorCode::Conflict);
    let partner = server.organization().client;
    assert_refused(partner.bank_accounts().get(found.id).await, ErrorCode::NotFound);
}

#[tokio::test]
async fn micro_deposits() {
    let server = Server::start(&[]);
    let client = server.client("liveKey");
    let accounts = client.bank_accounts();
    let id = linked(&client, "000123456789").await;
    assert_eq!(accounts.get(id).await.unwrap().status, "PENDING");
    let wrong = accounts.verify(id, [usd("0.01"), usd("0.02")]).await;
    assert_eq!(assert_refused(wrong, ErrorCode::ValidationError)["triesLeft"], 2);
    let verified = accounts.verify(id, [usd("0.45"), usd("0.32")]).await.unwrap();
    assert_eq!(verified.status, "VERIFIED");
}
