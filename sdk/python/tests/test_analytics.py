"""What wallets spent and received, period by period."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Dict

import pytest
from conftest import Client, Connect, Server
from wallgent import ValidationError, WalletNotFoundError


@pytest.fixture
def today(clocked: Server) -> date:
    """The day of the server whose time stands still."""
    return date.fromisoformat(clocked.post("/sandbox/clock", {"advance": "PT1S"})["now"][:10])


@pytest.fixture
def still(connect: Connect, clocked: Server) -> Client:
    """A client of that server."""
    return connect(clocked.sandboxKey, clocked)


def test_what_was_spent_is_told_by_the_day(still: Client, today: date) -> None:
    buyer, seller = (still.wallets.create(name=name)["id"] for name in ["Buyer", "Seller"])
    still.wallets.fund(buyer, "1000.00")
    still.payments.send(buyer, to_wallet_id=seller, amount="100.00")
    first = today - timedelta(days=2)
    spending = still.analytics.get_spending(
        wallet_id=buyer, from_date=first.isoformat(), to_date=today.isoformat(), group_by="day"
    )
    nothing = {"debits": "0.00", "credits": "0.00", "net": "0.00"}
    assert spending["dailyTotals"] == [
        {"date": first.isoformat(), **nothing},
        {"date": (first + timedelta(days=1)).isoformat(), **nothing},
        {"date": today.isoformat(), "debits": "100.50", "credits": "1000.00", "net": "899.50"},
    ]
    assert spending["summary"] == {
        "totalDebits": "100.50",
        "totalCredits": "1000.00",
        "netFlow": "899.50",
    }
    received = still.analytics.get_spending(wallet_id=seller)
    assert received["summary"]["totalCredits"] == "100.00"


def test_weeks_begin_on_monday_and_months_on_the_first(still: Client, today: date) -> None:
    def dates(**asked: Any) -> list:
        answer: Dict[str, Any] = still.analytics.get_spending(**asked, to_date=today.isoformat())
        return [date.fromisoformat(total["date"]) for total in answer["dailyTotals"]]

    year_ago = (today - timedelta(days=364)).isoformat()
    weeks = dates(from_date=year_ago, group_by="week")
    assert all(day.weekday() == 0 for day in weeks[1:])
    assert len(weeks) in (52, 53)
    months = dates(from_date=year_ago, group_by="month")
    assert all(day.day == 1 for day in months[1:])
    assert len(months) in (12, 13)


def test_the_organization_as_a_whole(client: Client, buyer: str) -> None:
    assert set(client.analytics.get_spending()) == {"dailyTotals", "summary"}
    assert Decimal(client.analytics.get_spending()["summary"]["totalCredits"]) >= 1000


def test_refusals_have_their_classes(client: Client) -> None:
    with pytest.raises(WalletNotFoundError):
        client.analytics.get_spending(wallet_id="wal_unknown")
    for wrong in [{"group_by": "hour"}, {"from_date": "yesterday"}, {"to_date": "2026-13-01"}]:
        with pytest.raises(ValidationError):
            client.analytics.get_spending(**wrong)
    with pytest.raises(ValidationError):
        client.analytics.get_spending(from_date="2026-02-01", to_date="2026-01-01")
