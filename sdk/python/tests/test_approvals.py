"""Approvals: what waits for a human, and how it ends."""

from typing import Any, Dict

import pytest
from conftest import Client, Connect
from wallgent import APIError, NotFoundError, PermissionDeniedError, PolicyDeniedError
from wallgent.models import Approval, Payment
from wallgent.pagination import Page


@pytest.fixture
def watched(client: Client, agent: Dict[str, Any]) -> Dict[str, Any]:
    """The agent, whose every payment a human must see."""
    client.policies.create(agent["id"], "Ask first", require_human_approval=True)
    return agent


def test_a_payment_is_approved(
    client: Client, connect: Connect, watched: Dict[str, Any], seller: str
) -> None:
    itself = connect(watched["apiKey"])
    waiting = itself.payments.send(watched["id"], to_wallet_id=seller, amount="40.00", description="Data")
    approval = Approval.model_validate(client.approvals.retrieve(waiting["approvalId"]))
    assert approval.id.startswith("del_")
    assert (approval.status, approval.amount) == ("PENDING", "40.00")
    assert (approval.wallet_id, approval.requested_by) == (watched["id"], watched["apiKeyId"])
    assert approval.policy_id is not None and approval.policy_id.startswith("pol_")
    assert approval.created_at is not None and approval.expires_at is not None
    read = client.approvals.retrieve(approval.id)
    assert read["transactionDetails"] == {
        "type": "PAYMENT",
        "amount": "40.00",
        "currency": "USD",
        "recipient": seller,
        "recipientName": "Seller",
        "description": "Data",
    }

    approved = client.approvals.approve(approval.id)
    assert Approval.model_validate(approved).status == "APPROVED"
    assert approved["transactionId"] == waiting["id"]
    payment = Payment.model_validate(itself.payments.retrieve(waiting["id"]))
    assert (payment.status, payment.fee) == ("POSTED", "0.25")
    assert client.wallets.get_balance(seller)["available"] == "40.00"
    with pytest.raises(APIError) as twice:
        client.approvals.approve(approval.id)
    assert (twice.value.status_code, twice.value.error_code) == (409, "CONFLICT")
    assert twice.value.details["status"] == "APPROVED"


def test_a_payment_is_rejected(
    client: Client, connect: Connect, watched: Dict[str, Any], seller: str
) -> None:
    itself = connect(watched["apiKey"])
    payment = {"to_wallet_id": seller, "amount": "40.00", "idempotency_key": f"rejected-{seller}"}
    waiting = itself.payments.send(watched["id"], **payment)
    assert client.wallets.get_balance(watched["id"])["available"] == "59.75"
    rejected = client.approvals.reject(waiting["approvalId"], reason="Not this month")
    assert Approval.model_validate(rejected).status == "REJECTED"
    assert rejected["reason"] == "Not this month"
    assert client.wallets.get_balance(watched["id"])["available"] == "100.00"
    with pytest.raises(PolicyDeniedError) as ended:
        itself.payments.send(watched["id"], **payment)
    details = ended.value.details
    assert (details["approvalStatus"], details["reason"]) == ("REJECTED", "Not this month")

    # Without a reason the package sends no body at all.
    other = itself.payments.send(watched["id"], to_wallet_id=seller, amount="1.00")
    assert client.approvals.reject(other["approvalId"])["reason"] is None


def test_approvals_are_listed_and_filtered(
    client: Client, connect: Connect, watched: Dict[str, Any], seller: str
) -> None:
    itself = connect(watched["apiKey"])
    asked = [
        itself.payments.send(watched["id"], to_wallet_id=seller, amount="1.00")["approvalId"]
        for _ in range(3)
    ]
    first = client.approvals.list(wallet_id=watched["id"], limit=2)
    second = client.approvals.list(wallet_id=watched["id"], limit=2, cursor=first["cursor"])
    rows = [Approval.model_validate(row) for row in first["data"] + second["data"]]
    assert [row.id for row in rows] == asked[::-1]
    assert (Page.from_dict(first).has_more, Page.from_dict(second).next_cursor) == (True, None)
    client.approvals.approve(asked[0])
    for status, expected in [("PENDING", asked[:0:-1]), ("APPROVED", asked[:1]), ("EXPIRED", [])]:
        listed = client.approvals.list(wallet_id=watched["id"], status=status)["data"]
        assert [row["id"] for row in listed] == expected
    # One who never asked has none.
    assert client.approvals.list(wallet_id=seller)["data"] == []


def test_refusals_have_their_classes(
    client: Client, connect: Connect, watched: Dict[str, Any], seller: str
) -> None:
    itself = connect(watched["apiKey"])
    waiting = itself.payments.send(watched["id"], to_wallet_id=seller, amount="1.00")
    with pytest.raises(PermissionDeniedError) as own_doing:
        itself.approvals.approve(waiting["approvalId"])
    assert own_doing.value.details["required"] == "approvals:write"
    with pytest.raises(NotFoundError) as missing:
        client.approvals.retrieve("del_00000000000000000000000000")
    assert (missing.value.status_code, missing.value.details["resource"]) == (404, "approval")
