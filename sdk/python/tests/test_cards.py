"""Cards: issued, frozen, limited, ended, and never shown whole but by one call."""

from typing import Any, Dict

import pytest
from conftest import Client, Connect, Server
from wallgent import (
    CardNotFoundError,
    PermissionDeniedError,
    ValidationError,
    WalletNotFoundError,
    WallgentError,
)
from wallgent.models import Card, CardDetails

MERCHANT = {"name": "ACME Cloud", "category": "software", "domain": "acme.example"}
UNKNOWN = "01J00000000000000000000000"


def buy(server: Server, card: str, amount: str) -> Dict[str, Any]:
    """What becomes of a purchase; the package has no methods of merchants."""
    return server.post(f"/sandbox/cards/{card}/authorizations", {"amount": amount, "merchant": MERCHANT})


def test_a_card_is_issued_and_read(client: Client, buyer: str) -> None:
    created = client.cards.create(
        walletId=buyer,
        cardholderName="Ada Lovelace",
        spendingLimits=[{"amount": "500.00", "interval": "monthly"}],
    )
    card = Card.model_validate(created)
    assert card.id.startswith("crd_") and card.created_at
    assert (card.wallet_id, card.cardholder_name) == (buyer, "Ada Lovelace")
    assert (card.status, card.brand, len(card.last4)) == ("ACTIVE", "VISA", 4)
    assert card.exp_month in range(1, 13) and card.exp_year
    assert created["spendingLimits"] == [{"amount": "500.00", "interval": "monthly"}]
    assert client.cards.retrieve(card.id) == created


def test_the_package_names_one_limit(client: Client, server: Server, buyer: str) -> None:
    # As its documentation has it: walletId, cardholderName, spendingLimit.
    card = client.cards.create(walletId=buyer, cardholderName="Ada Lovelace", spendingLimit="50.00")
    assert card["spendingLimits"] == [{"amount": "50.00", "interval": "all_time"}]
    assert buy(server, card["id"], "50.01")["declineReason"] == "SPENDING_LIMIT"
    assert buy(server, card["id"], "50.00")["status"] == "APPROVED"
    # Nobody is named: the model wants a name all the same.
    nameless = client.cards.create(walletId=buyer)
    assert Card.model_validate(nameless).cardholder_name == "Buyer"


def test_cards_are_listed(client: Client, buyer: str, seller: str) -> None:
    issued = [client.cards.create(walletId=wallet)["id"] for wallet in [buyer, seller, buyer]]
    of_buyer = [Card.model_validate(card) for card in client.cards.list(wallet_id=buyer)]
    assert [card.id for card in of_buyer] == [issued[2], issued[0]]
    everything = [Card.model_validate(card).id for card in client.cards.list()]
    assert everything[:3] == issued[::-1]


def test_a_number_is_shown_by_one_call(client: Client, buyer: str) -> None:
    card = client.cards.create(walletId=buyer)
    shown = client.cards.get_details(card["id"])
    details = CardDetails.model_validate(shown)
    assert (details.id, details.pan[-4:], len(details.cvv)) == (card["id"], card["last4"], 3)
    assert (details.exp_month, details.exp_year) == (card["expMonth"], card["expYear"])
    assert (shown["number"], shown["cvc"]) == (details.pan, details.cvv)
    digits = [int(digit) for digit in reversed(details.pan)]
    doubled = [digit if at % 2 == 0 else sum(divmod(2 * digit, 10)) for at, digit in enumerate(digits)]
    assert len(digits) == 16 and sum(doubled) % 10 == 0
    for answer in [card, client.cards.retrieve(card["id"]), client.cards.list(wallet_id=buyer)]:
        assert details.pan not in str(answer)
    (look,) = client.audit_logs.list(action="card.details_viewed", resource_type=card["id"])["data"]
    assert details.pan not in str(look)


def test_a_card_is_frozen_limited_and_cancelled(client: Client, server: Server, buyer: str) -> None:
    card = client.cards.create(walletId=buyer)["id"]
    frozen = client.cards.update(card, status="INACTIVE")
    assert Card.model_validate(frozen).status == "INACTIVE"
    assert buy(server, card, "1.00")["declineReason"] == "CARD_INACTIVE"
    limits = [{"amount": "5.00", "interval": "daily", "categories": ["software"]}]
    changed = client.cards.update(card, status="ACTIVE", spendingLimits=limits)
    assert (Card.model_validate(changed).status, changed["spendingLimits"]) == ("ACTIVE", limits)
    bought = buy(server, card, "5.00")
    assert bought["status"] == "APPROVED"

    assert Card.model_validate(client.cards.cancel(card)).status == "CANCELLED"
    with pytest.raises(WallgentError) as back:
        client.cards.update(card, status="ACTIVE")
    assert (back.value.status_code, back.value.details["status"]) == (409, "CANCELLED")
    # What was promised to the merchant is kept.
    captured = server.post(f"/sandbox/card-authorizations/{bought['id']}/capture")
    assert captured["status"] == "CAPTURED"
    assert client.wallets.get_balance(buyer)["balance"] == "995.00"
    refunded = server.post(f"/sandbox/card-authorizations/{bought['id']}/refund", {"amount": "2.00"})
    assert refunded["status"] == "PARTIALLY_REFUNDED"
    other = client.cards.create(walletId=buyer)["id"]
    reversed_ = server.post(f"/sandbox/card-authorizations/{buy(server, other, '9.00')['id']}/reverse")
    assert reversed_["status"] == "REVERSED"
    assert client.wallets.get_balance(buyer)["available"] == "997.00"


def test_refusals_have_their_classes(
    client: Client, connect: Connect, server: Server, buyer: str
) -> None:
    for call in [client.cards.retrieve, client.cards.get_details, client.cards.update, client.cards.cancel]:
        with pytest.raises(CardNotFoundError) as unknown:
            call(f"crd_{UNKNOWN}")
        assert unknown.value.status_code == 404
    with pytest.raises(WalletNotFoundError):
        client.cards.create(walletId=f"wal_{UNKNOWN}")
    limits = [{"amount": "1", "interval": "hourly"}]
    with pytest.raises(ValidationError) as misspelt:
        client.cards.create(walletId=buyer, type="PLASTIC", spendingLimits=limits)
    paths = [field["path"] for field in misspelt.value.details["fields"]]
    assert sorted(paths) == ["spendingLimits[0].interval", "type"]
    key = client.api_keys.create("Reader", permissions=["payments:read"])
    card = client.cards.create(walletId=buyer)["id"]
    reader = connect(key["secret"], server)
    assert Card.model_validate(reader.cards.retrieve(card)).id == card
    with pytest.raises(PermissionDeniedError) as refused:
        reader.cards.get_details(card)
    assert refused.value.details["required"] == "cards:sensitive_read"
