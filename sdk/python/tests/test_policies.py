"""Policies: what a wallet may spend."""

import pytest
from conftest import Client
from wallgent import PolicyDeniedError, PolicyNotFoundError, ValidationError, WalletNotFoundError
from wallgent.models import Policy

OFFICE_HOURS = {"start": "09:00", "end": "17:00", "timezone": "America/New_York"}


def test_a_policy_is_created_read_changed_and_deleted(client: Client, buyer: str) -> None:
    created = client.policies.create(
        buyer,
        "Spending guard",
        max_transaction_amount="100.00",
        daily_spending_limit="500.00",
        approved_recipients=["wal_vendor_a", "wal_vendor_b"],
        blocked_recipients=["wal_vendor_c"],
        require_human_approval=False,
        time_restrictions=OFFICE_HOURS,
    )
    policy = Policy.model_validate(created)
    assert policy.id.startswith("pol_")
    assert (policy.wallet_id, policy.name, policy.enabled) == (buyer, "Spending guard", True)
    assert policy.max_transaction_amount == "100.00"
    assert policy.blocked_recipients == ["wal_vendor_c"]
    assert created["dailySpendingLimit"] == "500.00"
    assert created["approvedRecipients"] == ["wal_vendor_a", "wal_vendor_b"]
    assert OFFICE_HOURS.items() <= created["timeRestrictions"].items()
    assert client.policies.retrieve(buyer, policy.id) == created
    assert client.policies.list(buyer) == [created]

    changed = client.policies.update(
        buyer,
        policy.id,
        name="Tighter",
        enabled=False,
        max_transaction_amount="10.00",
        daily_spending_limit="50.00",
        approved_recipients=["wal_vendor_a"],
        blocked_recipients=[],
        require_human_approval=True,
        time_restrictions={**OFFICE_HOURS, "end": "12:00"},
    )
    policy = Policy.model_validate(changed)
    assert (policy.name, policy.enabled, policy.max_transaction_amount) == ("Tighter", False, "10.00")
    assert (changed["dailySpendingLimit"], changed["approvedRecipients"]) == ("50.00", ["wal_vendor_a"])
    assert (changed["blockedRecipients"], changed["requireHumanApproval"]) == ([], True)
    assert changed["timeRestrictions"]["end"] == "12:00"
    assert client.policies.retrieve(buyer, policy.id) == changed

    assert client.policies.delete(buyer, policy.id) is None
    assert client.policies.list(buyer) == []
    with pytest.raises(PolicyNotFoundError) as gone:
        client.policies.retrieve(buyer, policy.id)
    assert gone.value.error_code == "POLICY_NOT_FOUND"


def test_a_limit_is_kept_to_the_cent(client: Client, buyer: str, seller: str) -> None:
    client.policies.create(buyer, "Daily", daily_spending_limit="20.00")
    client.payments.send(buyer, to_wallet_id=seller, amount="19.99")
    with pytest.raises(PolicyDeniedError) as denied:
        client.payments.send(buyer, to_wallet_id=seller, amount="0.02")
    (violation,) = denied.value.details["violations"]
    assert (violation["limit"], violation["remaining"]) == ("20.00", "0.01")
    assert client.payments.send(buyer, to_wallet_id=seller, amount="0.01")["status"] == "POSTED"


def test_a_disabled_policy_does_not_count(client: Client, buyer: str, seller: str) -> None:
    policy = client.policies.create(buyer, "Nobody", approved_recipients=[])
    with pytest.raises(PolicyDeniedError):
        client.payments.send(buyer, to_wallet_id=seller, amount="1.00")
    client.policies.update(buyer, policy["id"], enabled=False)
    assert client.payments.send(buyer, to_wallet_id=seller, amount="1.00")["status"] == "POSTED"


def test_refusals_have_their_classes(client: Client, buyer: str, seller: str) -> None:
    policy = client.policies.create(buyer, "Here")
    with pytest.raises(PolicyNotFoundError):
        client.policies.retrieve(seller, policy["id"])
    with pytest.raises(PolicyNotFoundError):
        client.policies.delete(buyer, "pol_00000000000000000000000000")
    with pytest.raises(WalletNotFoundError):
        client.policies.list("wal_00000000000000000000000000")
    with pytest.raises(ValidationError) as nowhere:
        client.policies.create(
            buyer, "Lost", time_restrictions={**OFFICE_HOURS, "timezone": "Mars/Olympus"}
        )
    assert nowhere.value.status_code == 400
    assert [policy["id"] for policy in client.policies.list(buyer)] == [policy["id"]]
