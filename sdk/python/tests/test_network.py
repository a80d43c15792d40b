"""The agent network: finding somebody, and paying them by their address."""

from typing import Any, Dict

import pytest
from conftest import Client, Connect, Server
from wallgent import (
    InsufficientFundsError,
    InvalidAmountError,
    PolicyDeniedError,
    WalletNotFoundError,
)
from wallgent.models import Payment


def test_an_agent_is_paid_by_its_address(
    client: Client, connect: Connect, server: Server, agent: Dict[str, Any]
) -> None:
    partner = connect(server.create_organization("SELF_HOSTED"))
    recipient = partner.agents.create("Data processor")
    paid = connect(agent["apiKey"]).network.pay_agent(
        to_address=recipient["wallgentAddress"], amount="25.00", description="Data processing fee"
    )
    assert paid["transactionId"].startswith("txn_")
    assert (paid["from"], paid["to"]) == (agent["id"], recipient["id"])
    assert paid["toAddress"] == recipient["wallgentAddress"]
    assert (paid["amount"], paid["fees"], paid["status"]) == ("25.00", "0.00", "POSTED")
    # “The completed payment object.”
    assert Payment.model_validate(paid).id == paid["transactionId"]
    assert client.agents.retrieve(agent["id"])["balance"] == "75.00"
    assert partner.agents.retrieve(recipient["id"])["balance"] == "25.00"

    client.wallets.fund(server.sandboxWalletId, "5.00")
    by_owner = client.network.pay_agent(to_address=recipient["wallgentAddress"], amount="5.00")
    assert by_owner["from"] == server.sandboxWalletId


def test_the_rules_of_the_wallet_apply(
    client: Client, connect: Connect, agent: Dict[str, Any], seller: str
) -> None:
    to_address = client.wallets.retrieve(seller)["wallgentAddress"]
    itself = connect(agent["apiKey"])
    with pytest.raises(InsufficientFundsError):
        itself.network.pay_agent(to_address=to_address, amount="100.01")
    client.policies.create(agent["id"], "Small sums", max_transaction_amount="5.00")
    with pytest.raises(PolicyDeniedError):
        itself.network.pay_agent(to_address=to_address, amount="5.01")
    client.policies.create(agent["id"], "Ask first", require_human_approval=True)
    # 202 is a success to the package.
    waiting = itself.network.pay_agent(to_address=to_address, amount="5.00")
    assert waiting["status"] == "PENDING_APPROVAL"
    assert (waiting["error"]["code"], waiting["fees"]) == ("APPROVAL_REQUIRED", "0.00")
    assert client.approvals.approve(waiting["approvalId"])["status"] == "APPROVED"
    assert client.wallets.get_balance(seller)["available"] == "5.00"


def test_what_nobody_has_is_not_paid(client: Client, seller: str) -> None:
    for address in ["wg_00000000000000000000000000", "nobody", seller]:
        with pytest.raises(WalletNotFoundError):
            client.network.pay_agent(to_address=address, amount="1.00")
    address = client.wallets.retrieve(seller)["wallgentAddress"]
    with pytest.raises(InvalidAmountError):
        client.network.pay_agent(to_address=address, amount="-1.00")


def test_the_directory_is_searched(client: Client, connect: Connect, server: Server) -> None:
    partner = connect(server.create_organization("SELF_HOSTED"))
    agent = partner.agents.create("Ocelot Analytics")
    found = [entry for entry in client.network.search_directory("OCE") if entry["walletId"] == agent["id"]]
    assert found == [
        {
            "walletId": agent["id"],
            "name": "Ocelot Analytics",
            "agentName": None,
            "wallgentAddress": agent["wallgentAddress"],
        }
    ]
    by_address = client.network.search_directory(agent["wallgentAddress"])
    assert [entry["walletId"] for entry in by_address] == [agent["id"]]
    assert client.network.search_directory("nobody-is-called-this") == []
    # Without a search, and with an empty one, everybody: newest first or not, at least one page.
    assert len(client.network.search_directory()) > 0
    assert client.network.search_directory("") == client.network.search_directory()
