"""Bank accounts: linked, read, removed, and shown by their last four digits."""

import pytest
from conftest import Client, Connect, Server
from wallgent import NotFoundError, PermissionDeniedError, ValidationError, WallgentError
from wallgent.models import BankAccount

ROUTING = "021000021"
NUMBER = "000123456789"
UNKNOWN = "ba_01J00000000000000000000000"


def test_an_account_is_linked_and_read(client: Client) -> None:
    created = client.bank_accounts.link(
        ROUTING, NUMBER, "Ada Lovelace", "SAVINGS", nickname="Treasury", bank_name="First Bank"
    )
    account = BankAccount.model_validate(created)
    assert account.id.startswith("ba_") and account.created_at
    assert (account.account_holder_name, account.routing_number) == ("Ada Lovelace", ROUTING)
    assert (account.account_number_last4, account.account_type) == ("6789", "SAVINGS")
    assert account.status == "VERIFIED"
    assert (created["nickname"], created["bankName"]) == ("Treasury", "First Bank")
    assert NUMBER not in str(created)

    assert client.bank_accounts.retrieve(account.id) == created
    listed = client.bank_accounts.list()
    assert (listed["cursor"], listed["hasMore"]) == (None, False)
    assert created in listed["data"]
    for item in listed["data"]:
        BankAccount.model_validate(item)


def test_a_plain_account_needs_four_things(client: Client) -> None:
    created = client.bank_accounts.link(ROUTING, "4321", "Ada Lovelace", "CHECKING")
    assert BankAccount.model_validate(created).account_number_last4 == "4321"
    assert (created["nickname"], created["bankName"]) == (None, None)


def test_an_account_is_removed_once(client: Client) -> None:
    account = client.bank_accounts.link(ROUTING, NUMBER, "Ada Lovelace", "CHECKING")
    removed = client.bank_accounts.remove(account["id"])
    assert removed == {"id": account["id"], "deleted": True, "removed": True}
    with pytest.raises(WallgentError) as twice:
        client.bank_accounts.remove(account["id"])
    assert (twice.value.status_code, twice.value.details["status"]) == (409, "REMOVED")
    assert account["id"] not in [it["id"] for it in client.bank_accounts.list()["data"]]


def test_in_production_it_waits_for_its_proof(live: Client) -> None:
    # The package has no method that tells the micro-deposits.
    account = live.bank_accounts.link(ROUTING, NUMBER, "Ada Lovelace", "CHECKING")
    assert BankAccount.model_validate(account).status == "PENDING"


def test_refusals_have_their_classes(
    client: Client, live: Client, connect: Connect, agent: dict, server: Server
) -> None:
    for call in [client.bank_accounts.retrieve, client.bank_accounts.remove]:
        with pytest.raises(NotFoundError) as unknown:
            call(UNKNOWN)
        assert unknown.value.details["resource"] == "bank_account"
    with pytest.raises(ValidationError) as misspelt:
        client.bank_accounts.link("021000022", "12", "Ada Lovelace", "GOLD")
    assert [field["path"] for field in misspelt.value.details["fields"]] == [
        "routingNumber",
        "accountNumber",
        "accountType",
    ]
    itself = connect(agent["apiKey"], server)
    with pytest.raises(PermissionDeniedError) as owner_only:
        itself.bank_accounts.link(ROUTING, NUMBER, "Ada Lovelace", "CHECKING")
    assert owner_only.value.details["ownerOnly"] is True
