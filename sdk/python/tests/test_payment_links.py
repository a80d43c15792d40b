"""Payment links: made, listed, paid by others, and cancelled."""

import pytest
from conftest import Client, Connect, Server
from wallgent import (
    InvalidAmountError,
    PaymentLinkNotFoundError,
    PermissionDeniedError,
    ValidationError,
    WalletNotFoundError,
    WallgentError,
)
from wallgent.models import Payment

UNKNOWN = "pyl_01J00000000000000000000000"


def test_a_link_is_made_and_cancelled(client: Client, server: Server, seller: str) -> None:
    link = client.payment_links.create(
        walletId=seller,
        amount="250.00",
        currency="USD",
        description="Freelance payment",
        expiresAt="2099-03-01T00:00:00Z",
        maxUses=2,
    )
    assert link["id"].startswith("pyl_")
    assert link["url"] == f"{server.url}/pay/{link['slug']}"
    assert (link["walletId"], link["amount"], link["currency"]) == (seller, "250.00", "USD")
    assert (link["status"], link["uses"], link["maxUses"]) == ("ACTIVE", 0, 2)
    assert link["expiresAt"] == "2099-03-01T00:00:00.000Z"

    # The package sends no body at all.
    cancelled = client.payment_links.cancel(link["id"])
    assert cancelled["status"] == "CANCELLED"
    assert client.payment_links.cancel(link["id"]) == cancelled


def test_links_are_listed_and_filtered(client: Client, buyer: str, seller: str) -> None:
    made = [
        client.payment_links.create(walletId=wallet, amount="5.00")["id"]
        for wallet in [seller, buyer, seller]
    ]
    client.payment_links.cancel(made[2])

    def found(**filters: object) -> list:
        return [link["id"] for link in client.payment_links.list(**filters)]

    assert found(wallet_id=seller) == [made[2], made[0]]
    assert found(wallet_id=seller, status="ACTIVE") == [made[0]]
    assert found(wallet_id=seller, status="CANCELLED") == [made[2]]
    assert found(limit=3) == made[::-1]


def test_a_link_is_paid(client: Client, server: Server, buyer: str, seller: str) -> None:
    link = client.payment_links.create(walletId=seller, amount=25)
    paid = server.post(f"/payment-links/pay/{link['slug']}", {"fromWalletId": buyer})
    payment = Payment.model_validate(paid)
    assert (payment.status, payment.amount, payment.fee) == ("POSTED", "25.00", "0.25")
    assert client.wallets.get_balance(seller)["balance"] == "25.00"
    (claimed,) = client.payment_links.list(wallet_id=seller)
    assert (claimed["status"], claimed["uses"]) == ("CLAIMED", 1)
    with pytest.raises(WallgentError) as late:
        client.payment_links.cancel(link["id"])
    assert (late.value.error_code, late.value.details["status"]) == ("CONFLICT", "CLAIMED")


def test_refusals_have_their_classes(
    client: Client, connect: Connect, server: Server, seller: str, agent: dict
) -> None:
    with pytest.raises(PaymentLinkNotFoundError):
        client.payment_links.cancel(UNKNOWN)
    with pytest.raises(InvalidAmountError):
        client.payment_links.create(walletId=seller, amount="0")
    with pytest.raises(WalletNotFoundError):
        client.payment_links.create(walletId="wal_unknown", amount="1.00")
    with pytest.raises(ValidationError) as misspelt:
        client.payment_links.create(walletId=seller, amount="1.00", maxUses=0, expiresAt="tomorrow")
    assert {field["path"] for field in misspelt.value.details["fields"]} == {"maxUses", "expiresAt"}
    with pytest.raises(ValidationError):
        client.payment_links.list(status="LOST")
    # An agent's key has no permission for invoices and links.
    with pytest.raises(PermissionDeniedError) as powerless:
        connect(agent["apiKey"], server).payment_links.list()
    assert powerless.value.details["required"] == "invoices:read"
