"""Wallets and their money."""

import pytest
from conftest import Client, Server
from wallgent import (
    EnvironmentMismatchError,
    InvalidAmountError,
    SandboxOnlyError,
    ValidationError,
    WalletNotFoundError,
)
from wallgent.models import Wallet, WalletBalance, WalletPage, WalletTransaction
from wallgent.pagination import Page

MISSING = "wal_00000000000000000000000000"


def test_a_wallet_is_created_read_and_changed(client: Client) -> None:
    created = client.wallets.create(
        name="Research", agent_name="research-bot", metadata={"department": "engineering"}
    )
    wallet = Wallet.model_validate(created)
    assert wallet.id.startswith("wal_")
    assert (wallet.name, wallet.agent_name) == ("Research", "research-bot")
    assert (wallet.balance, wallet.currency) == ("0.00", "USD")
    assert (wallet.environment, wallet.status) == ("SANDBOX", "ACTIVE")
    assert wallet.metadata == {"department": "engineering"}
    assert client.wallets.retrieve(wallet.id) == created

    changed = Wallet.model_validate(
        client.wallets.update(wallet.id, name="Search", agent_name="search-bot", metadata={"a": 1})
    )
    assert (changed.name, changed.agent_name, changed.metadata) == ("Search", "search-bot", {"a": 1})
    assert changed.created_at == wallet.created_at
    assert Wallet.model_validate(client.wallets.retrieve(wallet.id)) == changed


def test_wallets_are_listed_page_by_page(client: Client) -> None:
    created = [client.wallets.create(name=f"Page {number}")["id"] for number in range(3)]
    seen, cursor = [], None
    while True:
        answer = client.wallets.list(limit=2, cursor=cursor)
        page = WalletPage.model_validate(answer)
        assert len(page.data) <= 2
        seen += [wallet.id for wallet in page.data]
        # What the package's own helper makes of it.
        assert Page.from_dict(answer).has_more == page.has_more
        if not page.has_more:
            break
        cursor = Page.from_dict(answer).next_cursor
    assert len(seen) == len(set(seen))
    assert seen[:3] == created[::-1]
    assert WalletPage.model_validate(client.wallets.list()).data[0].id == created[-1]


def test_money_arrives_and_is_accounted_for(client: Client) -> None:
    wallet = client.wallets.create(name="Funded")["id"]
    funded = client.wallets.fund(wallet, "250.50", idempotency_key=f"fund-{wallet}")
    assert funded["transactionId"].startswith("txn_")
    assert (funded["walletId"], funded["amount"], funded["newBalance"]) == (wallet, "250.50", "250.50")
    assert client.wallets.fund(wallet, "250.50", idempotency_key=f"fund-{wallet}") == funded

    balance = WalletBalance.model_validate(client.wallets.get_balance(wallet))
    assert (balance.wallet_id, balance.available, balance.pending) == (wallet, "250.50", "0.00")

    entries = client.wallets.list_transactions(wallet, limit=5)
    assert (entries["hasMore"], entries["cursor"]) == (False, None)
    (entry,) = [WalletTransaction.model_validate(entry) for entry in entries["data"]]
    assert (entry.wallet_id, entry.amount, entry.direction) == (wallet, "250.50", "CREDIT")


def test_entries_are_listed_page_by_page(client: Client) -> None:
    wallet = client.wallets.create(name="Entries")["id"]
    for amount in ["1.00", "2.00", "3.00"]:
        client.wallets.fund(wallet, amount)
    first = client.wallets.list_transactions(wallet, limit=2)
    second = client.wallets.list_transactions(wallet, limit=2, cursor=first["cursor"])
    assert [entry["amount"] for entry in first["data"] + second["data"]] == ["3.00", "2.00", "1.00"]
    assert (first["hasMore"], second["hasMore"]) == (True, False)


def test_holds_reserve_what_waits_for_a_human(client: Client, buyer: str, seller: str) -> None:
    assert client.wallets.list_holds(buyer)["data"] == []
    client.policies.create(buyer, "Ask first", require_human_approval=True)
    client.payments.send(buyer, to_wallet_id=seller, amount="100.00")
    (hold,) = client.wallets.list_holds(buyer, status="PENDING")["data"]
    assert hold["id"].startswith("hld_")
    assert (hold["walletId"], hold["status"]) == (buyer, "PENDING")
    # The amount and its fee of 0.5 %.
    assert hold["amount"] == "100.50"
    assert client.wallets.list_holds(buyer, status="RELEASED")["data"] == []
    balance = WalletBalance.model_validate(client.wallets.get_balance(buyer))
    assert (balance.available, client.wallets.get_balance(buyer)["balance"]) == ("899.50", "1000.00")


def test_refusals_have_their_classes(client: Client, live: Client, server: Server) -> None:
    wallet = client.wallets.create(name="Refused")["id"]
    with pytest.raises(WalletNotFoundError) as missing:
        client.wallets.retrieve(MISSING)
    assert (missing.value.status_code, missing.value.error_code) == (404, "WALLET_NOT_FOUND")
    with pytest.raises(WalletNotFoundError):
        client.wallets.get_balance("not-an-id")
    with pytest.raises(InvalidAmountError) as too_much:
        client.wallets.fund(wallet, "10000.01")
    assert too_much.value.details["maximum"] == "10000.00"
    for amount in ["0", "-5.00", "1.123456789", "1e3", "ten"]:
        with pytest.raises(InvalidAmountError):
            client.wallets.fund(wallet, amount)
    with pytest.raises(ValidationError) as unnamed:
        client.wallets.create(name="")
    assert [field["path"] for field in unnamed.value.details["fields"]] == ["name"]
    with pytest.raises(EnvironmentMismatchError):
        live.wallets.retrieve(wallet)
    with pytest.raises(SandboxOnlyError):
        live.wallets.fund(server.liveWalletId, "5.00")
    assert client.wallets.get_balance(wallet)["balance"] == "0.00"
