"""Money that is not real."""

import pytest
from conftest import Client, Server
from wallgent import InvalidAmountError, SandboxOnlyError, WalletNotFoundError


def test_an_amount_may_be_a_text_or_a_number(client: Client) -> None:
    wallet = client.wallets.create(name="Sandbox")["id"]
    funded = client.sandbox.fund(wallet_id=wallet, amount="1000.00")
    assert (funded["walletId"], funded["amount"], funded["newBalance"]) == (wallet, "1000.00", "1000.00")
    assert client.sandbox.fund(wallet_id=wallet, amount=25.25)["newBalance"] == "1025.25"
    assert client.sandbox.fund(wallet_id=wallet, amount=5)["newBalance"] == "1030.25"


def test_there_is_an_end_to_it(client: Client) -> None:
    wallet = client.wallets.create(name="Sandbox")["id"]
    with pytest.raises(InvalidAmountError) as at_once:
        client.sandbox.fund(wallet_id=wallet, amount="10000.01")
    assert at_once.value.details["maximum"] == "10000.00"
    for _ in range(10):
        client.sandbox.fund(wallet_id=wallet, amount="10000.00")
    with pytest.raises(InvalidAmountError):
        client.sandbox.fund(wallet_id=wallet, amount="0.01")
    assert client.wallets.get_balance(wallet)["balance"] == "100000.00"


def test_refusals_have_their_classes(client: Client, live: Client, server: Server) -> None:
    with pytest.raises(WalletNotFoundError):
        client.sandbox.fund(wallet_id="wal_00000000000000000000000000", amount="1.00")
    with pytest.raises(SandboxOnlyError):
        live.sandbox.fund(wallet_id=server.liveWalletId, amount="1.00")
