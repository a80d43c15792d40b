"""Delegations: wallets lent to another organization."""

from datetime import datetime, timedelta, timezone

import pytest
from conftest import Client, Connect, Server
from wallgent import NotFoundError, PermissionDeniedError, ValidationError, WalletNotFoundError
from wallgent.pagination import Page


@pytest.fixture
def partner(connect: Connect, server: Server) -> Client:
    """Another organization."""
    return connect(server.create_organization("SELF_HOSTED"))


def test_a_wallet_is_lent_and_taken_back(
    client: Client, partner: Client, buyer: str, seller: str
) -> None:
    partner_id = partner.organizations.retrieve()["id"]
    with pytest.raises(WalletNotFoundError):
        partner.wallets.retrieve(buyer)
    # What datetime makes of a moment, microseconds and offset included.
    ends = datetime.now(timezone.utc) + timedelta(days=1)
    lent = client.delegations.create(
        delegate_org_id=partner_id,
        wallet_id=buyer,
        permissions=["read", "send"],
        expires_at=ends.isoformat(),
    )
    assert lent["id"].startswith("del_")
    assert (lent["delegateOrgId"], lent["walletId"]) == (partner_id, buyer)
    assert sorted(lent["permissions"]) == ["payments:read", "payments:write", "wallets:read"]
    told = datetime.fromisoformat(lent["expiresAt"].replace("Z", "+00:00"))
    assert abs(told - ends) <= timedelta(milliseconds=1)

    assert partner.wallets.get_balance(buyer)["available"] == "1000.00"
    paid = partner.payments.send(buyer, to_wallet_id=seller, amount="10.00")
    assert paid["status"] == "POSTED"
    assert client.wallets.get_balance(seller)["available"] == "10.00"
    # What was not granted stays forbidden.
    with pytest.raises((PermissionDeniedError, WalletNotFoundError)):
        partner.policies.create(buyer, "Mine now")
    assert client.policies.list(buyer) == []

    assert client.delegations.delete(lent["id"])["deleted"] is True
    with pytest.raises(WalletNotFoundError):
        partner.wallets.retrieve(buyer)


def test_delegations_are_listed_page_by_page(client: Client, partner: Client, buyer: str) -> None:
    partner_id = partner.organizations.retrieve()["id"]
    made = [
        client.delegations.create(
            delegate_org_id=partner_id, wallet_id=buyer, permissions=["wallets:read"]
        )["id"]
        for _ in range(3)
    ]
    first = client.delegations.list(limit=2)
    second = client.delegations.list(limit=1, cursor=first["cursor"])
    assert [row["id"] for row in first["data"] + second["data"]] == made[::-1]
    assert Page.from_dict(first).has_more
    assert [row["id"] for row in partner.delegations.list()["data"]] == made[::-1]


def test_refusals_have_their_classes(client: Client, partner: Client, buyer: str) -> None:
    partner_id = partner.organizations.retrieve()["id"]
    with pytest.raises(ValidationError):
        client.delegations.create(delegate_org_id=partner_id, wallet_id=buyer, permissions=[])
    with pytest.raises(ValidationError):
        client.delegations.create(
            delegate_org_id=partner_id,
            wallet_id=buyer,
            permissions=["read"],
            expires_at="2020-01-01T00:00:00Z",
        )
    with pytest.raises(WalletNotFoundError):
        client.delegations.create(
            delegate_org_id=partner_id,
            wallet_id="wal_00000000000000000000000000",
            permissions=["read"],
        )
    with pytest.raises(NotFoundError) as missing:
        client.delegations.delete("del_00000000000000000000000000")
    assert missing.value.details["resource"] == "delegation"
