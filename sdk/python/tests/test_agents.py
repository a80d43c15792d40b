"""Agents: a wallet and a key of its own, and an owner above it."""

from decimal import Decimal
from typing import Any, Dict

import pytest
from conftest import Client, Connect, Server
from wallgent import (
    ApiKeyRevokedError,
    InsufficientFundsError,
    InvalidAmountError,
    NotFoundError,
    PermissionDeniedError,
    ValidationError,
    WalletFrozenError,
    WalletLimitExceededError,
    WalletNotFoundError,
)
from wallgent.models import Agent, AgentPage, ApiKey, Policy

DEFAULT_PERMISSIONS = ["payments:read", "payments:write", "wallets:read", "wallets:write"]
WALLETS_FREE = 3


def test_an_agent_is_created_and_read(client: Client, connect: Connect) -> None:
    created = client.agents.create("Research Bot", permissions=["wallets:read", "payments:write"])
    agent = Agent.model_validate(created)
    assert agent.id.startswith("wal_")
    assert (agent.wallet_id, agent.name) == (agent.id, "Research Bot")
    assert (agent.environment, agent.status, agent.balance) == ("SANDBOX", "ACTIVE", "0.00")
    assert agent.api_key is not None and agent.api_key.startswith("wg_test_")
    assert agent.created_at is not None
    key = ApiKey.model_validate(client.api_keys.retrieve(created["apiKeyId"]))
    assert sorted(key.permissions) == ["payments:write", "wallets:read"]
    assert connect(agent.api_key).wallets.retrieve(agent.id)["id"] == agent.id

    read = Agent.model_validate(client.agents.retrieve(agent.id))
    assert (read.id, read.name, read.api_key) == (agent.id, "Research Bot", None)
    usual = client.agents.create("Usual")
    assert sorted(usual["permissions"]) == DEFAULT_PERMISSIONS


def test_agents_are_listed_page_by_page(client: Client) -> None:
    created = [client.agents.create(f"Page {number}")["id"] for number in range(3)]
    first = client.agents.list(limit=2)
    second = client.agents.list(limit=1, cursor=first["cursor"])
    pages = [AgentPage.model_validate(answer) for answer in (first, second)]
    agents = [agent for page in pages for agent in page.data]
    assert [agent.id for agent in agents] == created[::-1]
    assert pages[0].has_more
    assert all(agent.api_key is None for agent in agents)

    one = AgentPage.model_validate(client.agents.list(wallet_id=created[1]))
    assert ([agent.id for agent in one.data], one.has_more) == ([created[1]], False)


def test_a_budget_is_raised_and_lowered(client: Client, server: Server, agent: Dict[str, Any]) -> None:
    client.wallets.fund(server.sandboxWalletId, "75.50")
    raised = client.agents.adjust_budget(agent["id"], "75.50")
    assert raised == {
        "id": agent["id"],
        "adjustment": "75.50",
        "newBalance": "175.50",
        "currency": "USD",
    }
    lowered = client.agents.adjust_budget(agent["id"], "-20.00")
    assert (lowered["adjustment"], lowered["newBalance"]) == ("-20.00", "155.50")
    assert Agent.model_validate(client.agents.retrieve(agent["id"])).balance == "155.50"
    with pytest.raises(InsufficientFundsError):
        client.agents.adjust_budget(agent["id"], "-155.51")
    with pytest.raises(InvalidAmountError):
        client.agents.adjust_budget(agent["id"], "0.00")


def test_an_agent_pays_and_is_paused(
    client: Client, connect: Connect, agent: Dict[str, Any], seller: str
) -> None:
    itself = connect(agent["apiKey"])
    paid = itself.payments.send(agent["id"], to_wallet_id=seller, amount="10.00")
    assert (paid["status"], paid["fee"]) == ("POSTED", "0.25")
    assert client.agents.retrieve(agent["id"])["spentToday"] == "10.00"
    with pytest.raises(WalletNotFoundError):
        itself.wallets.retrieve(seller)

    assert client.agents.pause(agent["id"]) == {"id": agent["id"], "status": "FROZEN"}
    with pytest.raises(WalletFrozenError):
        itself.payments.send(agent["id"], to_wallet_id=seller, amount="10.00")
    with pytest.raises(PermissionDeniedError) as own_doing:
        itself.agents.resume(agent["id"])
    assert own_doing.value.details["ownerOnly"] is True
    assert client.agents.resume(agent["id"]) == {"id": agent["id"], "status": "ACTIVE"}
    again = itself.payments.send(agent["id"], to_wallet_id=seller, amount="10.00")
    assert again["status"] == "POSTED"


def test_a_key_is_rotated(client: Client, connect: Connect, agent: Dict[str, Any]) -> None:
    rotated = client.agents.rotate_key(agent["id"])
    assert rotated["revokedKeyId"] == agent["apiKeyId"]
    assert connect(rotated["apiKey"]).wallets.retrieve(agent["id"])["id"] == agent["id"]
    with pytest.raises(ApiKeyRevokedError):
        connect(agent["apiKey"]).wallets.retrieve(agent["id"])
    assert client.agents.retrieve(agent["id"])["apiKeyId"] == rotated["apiKeyId"]


def test_an_agent_is_deleted_and_its_money_comes_back(
    client: Client, connect: Connect, server: Server, agent: Dict[str, Any]
) -> None:
    before = Decimal(client.wallets.get_balance(server.sandboxWalletId)["available"])
    deleted = client.agents.delete(agent["id"])
    assert (deleted["deleted"], deleted["sweptAmount"]) == (True, "100.00")
    after = Decimal(client.wallets.get_balance(server.sandboxWalletId)["available"])
    assert after - before == Decimal("100.00")
    with pytest.raises(WalletNotFoundError):
        client.agents.retrieve(agent["id"])
    with pytest.raises(ApiKeyRevokedError):
        connect(agent["apiKey"]).wallets.list()
    assert client.wallets.retrieve(agent["id"])["status"] == "CLOSED"


def test_agents_are_made_from_templates(client: Client) -> None:
    templates = client.agents.templates()["data"]
    assert len(templates) >= 6
    template = templates[0]
    created = client.agents.from_template(template["id"], "Scout")
    agent = Agent.model_validate(created)
    assert (agent.name, agent.template_id) == ("Scout", template["id"])
    assert agent.api_key is not None and agent.policy_id is not None
    assert created["permissions"] == template["permissions"]
    policy = client.policies.retrieve(agent.id, agent.policy_id)
    assert Policy.model_validate(policy).wallet_id == agent.id
    assert template["policy"].items() <= policy.items()
    with pytest.raises(NotFoundError) as unknown:
        client.agents.from_template("tmpl_unknown", "Nobody")
    assert unknown.value.status_code == 404


def test_refusals_have_their_classes(client: Client, connect: Connect, server: Server, seller: str) -> None:
    for missing in ["wal_00000000000000000000000000", "not-an-id", seller]:
        with pytest.raises(WalletNotFoundError):
            client.agents.retrieve(missing)
        with pytest.raises(WalletNotFoundError):
            client.agents.pause(missing)
    with pytest.raises(ValidationError) as unnamed:
        client.agents.create("")
    assert [field["path"] for field in unnamed.value.details["fields"]] == ["name"]
    with pytest.raises(ValidationError):
        client.agents.create("Typo", permissions=["wallets:reed"])

    small = connect(server.create_organization("FREE"))
    for number in range(WALLETS_FREE):
        small.agents.create(f"Free {number}")
    with pytest.raises(WalletLimitExceededError):
        small.agents.create("One too many")
