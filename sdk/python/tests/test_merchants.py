"""Merchants: what an organization received, and how it is paid by its name."""

from dataclasses import dataclass
from typing import Any, Dict
from uuid import uuid4

import pytest
from conftest import Client, Connect, Server
from wallgent import (
    ClosedLoopUnavailableError,
    MerchantNotFoundError,
    MerchantSuspendedError,
    ValidationError,
)
from wallgent.models import Approval, Payment


@dataclass
class Shop:
    """An organization with a profile; the package has no method that makes one."""

    id: str
    domain: str
    client: Client


@pytest.fixture
def shop(connect: Connect, server: Server) -> Shop:
    key = server.create_organization("SELF_HOSTED")
    domain = f"shop-{uuid4().hex}.example.com"
    profile: Dict[str, Any] = server.post("/merchants", {"name": "Shop", "domain": domain}, key=key)
    return Shop(profile["id"], domain, connect(key))


def test_a_merchant_is_paid_by_its_id_or_its_domain(client: Client, buyer: str, shop: Shop) -> None:
    paid = client.payments.send(buyer, amount="25.00", merchant_id=shop.id, preference="cheapest")
    assert Payment.model_validate(paid).fee == "0.00"
    assert (paid["rail"], paid["merchantId"]) == ("CLOSED_LOOP", shop.id)
    hint = {"domain": f"www.{shop.domain}"}
    for preference in ["fastest", "closed_loop_preferred"]:
        by_domain = client.payments.send(
            buyer, amount="5.00", merchant_hint=hint, preference=preference, description="Order"
        )
        assert Payment.model_validate(by_domain).status == "POSTED"
        assert by_domain["merchantId"] == shop.id
    assert client.wallets.get_balance(buyer)["balance"] == "965.00"

    overview = shop.client.merchants.get_settlement_overview()
    assert (overview["merchantId"], overview["merchantName"]) == (shop.id, "Shop")
    assert overview["balance"] == {"amount": "35.00", "currency": "USD", "status": "AVAILABLE"}
    assert overview["today"] == {"count": 3, "total": "35.00"}
    assert overview["month"] == {"count": 3, "total": "35.00"}
    assert [it["amount"] for it in overview["recentPayments"]] == ["5.00", "5.00", "25.00"]


def test_payments_are_counted_and_paged(client: Client, buyer: str, shop: Shop) -> None:
    empty = shop.client.merchants.list_payments()
    assert (empty["data"], empty["total"], empty["offset"]) == ([], 0, 0)
    for amount in ["1.00", "2.00", "3.00"]:
        client.payments.send(buyer, amount=amount, merchant_id=shop.id)
    page = shop.client.merchants.list_payments(limit=2, offset=1)
    assert (page["total"], page["limit"], page["offset"]) == (3, 2, 1)
    assert [it["amount"] for it in page["data"]] == ["2.00", "1.00"]
    for payment in page["data"]:
        assert (payment["from"], payment["fromName"]) == (buyer, "Buyer")
        assert (payment["status"], payment["currency"]) == ("POSTED", "USD")


def test_the_volume_is_told_day_by_day(client: Client, buyer: str, shop: Shop) -> None:
    client.payments.send(buyer, amount="12.50", merchant_id=shop.id)
    trend = shop.client.merchants.get_analytics()["volumeTrend"]
    assert (trend[-1]["count"], trend[-1]["volume"]) == (1, "12.50")
    assert len(trend) > 1 and all(day["volume"] == "0.00" for day in trend[:-1])


def test_a_payment_to_a_merchant_may_wait_for_a_human(client: Client, buyer: str, shop: Shop) -> None:
    client.policies.create(buyer, "Ask first", require_human_approval=True)
    waiting = client.payments.send(buyer, amount="10.00", merchant_id=shop.id)
    assert waiting["status"] == "PENDING_APPROVAL"
    approved = client.approvals.approve(waiting["approvalId"])
    assert Approval.model_validate(approved).status == "APPROVED"
    assert shop.client.merchants.get_settlement_overview()["today"]["total"] == "10.00"


def test_refusals_have_their_classes(client: Client, server: Server, buyer: str, shop: Shop) -> None:
    with pytest.raises(MerchantNotFoundError):
        client.payments.send(buyer, amount="1.00", merchant_id="mer_unknown")
    with pytest.raises(MerchantNotFoundError):
        client.payments.send(buyer, amount="1.00", merchant_hint={"domain": "nobody.example.com"})
    with pytest.raises(ClosedLoopUnavailableError) as by_card:
        client.payments.send(buyer, amount="1.00", merchant_id=shop.id, preference="card_only")
    assert by_card.value.status_code == 400
    with pytest.raises(ValidationError):
        client.payments.send(buyer, amount="1.00", merchant_id=shop.id, preference="slowest")
    with pytest.raises(ValidationError):
        shop.client.merchants.list_payments(limit=0)
    server.operate("merchant", "suspend", shop.id)
    with pytest.raises(MerchantSuspendedError) as suspended:
        client.payments.send(buyer, amount="1.00", merchant_id=shop.id)
    assert suspended.value.status_code == 403


def test_who_is_no_merchant_has_no_overview(connect: Connect, server: Server) -> None:
    nobody = connect(server.create_organization("SELF_HOSTED"))
    for call in ["get_settlement_overview", "list_payments", "get_analytics"]:
        with pytest.raises(MerchantNotFoundError):
            getattr(nobody.merchants, call)()
