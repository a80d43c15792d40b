//! What wallets spend and receive.

use wallgent::{Day, Period, Report};

use crate::support::{Server, funded, new_wallet, payment, usd};

#[tokio::test]
async fn analytics() {
    let server = Server::start(&["--test-clock", "2026-03-02T09:00:00Z"]);
    let client = server.client("sandboxKey");
    let (from, to) = (funded(&client, "From", "100.00").await, new_wallet(&client, "To").await.id);
    client.payments().send(&payment(from, to, "10.00")).await.unwrap();
    let monday = Day::parse("2026-03-02");
    let today = Report { from: monday, to: monday, group_by: None };
    let spending = client.analytics().spending(Some(from), &today).await.unwrap();
    let [day] = spending.daily_totals.as_slice() else { panic!("{spending:?}") };
    assert_eq!((Some(day.date), day.debits), (monday, usd("10.25").into()));
    assert_eq!((day.credits, day.net), (usd("100.00").into(), usd("89.75").into()));
    let all = client.analytics().spending(None, &Report::default()).await.unwrap();
    assert_eq!(all.daily_totals.len(), 30);
    assert_eq!(all.summary.total_credits, usd("110.00").into());
    let weekly = Report { group_by: Some(Period::Week), ..today };
    let weeks = client.analytics().spending(None, &weekly).await.unwrap();
    assert_eq!(weeks.daily_totals.len(), 1);
}
