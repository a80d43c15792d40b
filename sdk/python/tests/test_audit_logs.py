"""The audit log: who did what."""

from typing import Any, Dict

import pytest
from conftest import Client, Connect, Server
from wallgent import PermissionDeniedError
from wallgent.pagination import Page


def test_a_change_is_recorded(client: Client, server: Server) -> None:
    wallet = client.wallets.create(name="Audited")
    entry = client.audit_logs.list(action="wallet.created", resource_type="wallet", limit=1)["data"][0]
    assert entry["id"].startswith("log_")
    assert (entry["action"], entry["resource"]) == ("wallet.created", "wallet")
    assert (entry["resourceId"], entry["actorType"]) == (wallet["id"], "API_KEY")
    assert entry["actorId"].startswith("key_")
    assert (entry["organizationId"], entry["environment"]) == (server.organizationId, "SANDBOX")
    assert entry["createdAt"] == wallet["createdAt"]
    assert entry["requestId"] and entry["ipAddress"] == "127.0.0.1"


def test_entries_are_listed_page_by_page(client: Client) -> None:
    made = [client.wallets.create(name=f"Entry {number}")["id"] for number in range(3)]
    first = client.audit_logs.list(action="wallet.created", limit=2)
    second = client.audit_logs.list(action="wallet.created", limit=1, cursor=first["cursor"])
    assert [entry["resourceId"] for entry in first["data"] + second["data"]] == made[::-1]
    assert Page.from_dict(first).has_more
    assert len(client.audit_logs.list()["data"]) == 20


def test_filters_narrow_each_other_down(
    client: Client, connect: Connect, agent: Dict[str, Any], seller: str
) -> None:
    client.agents.pause(agent["id"])
    paused = client.audit_logs.list(action="agent.paused", resource_type="agent", limit=1)["data"]
    assert [entry["resourceId"] for entry in paused] == [agent["id"]]
    assert client.audit_logs.list(action="agent.paused", resource_type="payment")["data"] == []

    client.agents.resume(agent["id"])
    itself = connect(agent["apiKey"])
    sent = itself.payments.send(agent["id"], to_wallet_id=seller, amount="1.00")
    (last,) = client.audit_logs.list(resource_type="payment", limit=1)["data"]
    assert (last["resourceId"], last["actorId"]) == (sent["id"], agent["apiKeyId"])
    with pytest.raises(PermissionDeniedError) as unread:
        itself.audit_logs.list()
    assert unread.value.details["required"] == "audit:read"
