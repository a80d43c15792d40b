"""Keys: what they may do, and that they can be taken away."""

import pytest
from conftest import Client, Connect, Server
from wallgent import (
    APIError,
    ApiKeyRevokedError,
    EnvironmentMismatchError,
    NotFoundError,
    PermissionDeniedError,
    UnauthorizedError,
    ValidationError,
)
from wallgent.models import ApiKey


def test_a_key_is_created_read_and_changed(client: Client) -> None:
    created = client.api_keys.create("Reader", ["wallets:read", "payments:read"])
    key = ApiKey.model_validate(created)
    assert key.id.startswith("key_")
    assert key.secret is not None and key.secret.startswith("wg_test_")
    assert key.secret.startswith(key.key_prefix)
    assert (key.name, key.environment, key.status) == ("Reader", "SANDBOX", "ACTIVE")
    assert sorted(key.permissions) == ["payments:read", "wallets:read"]

    read = ApiKey.model_validate(client.api_keys.retrieve(key.id))
    assert (read.id, read.secret) == (key.id, None)
    changed = ApiKey.model_validate(
        client.api_keys.update(key.id, name="Wallet reader", permissions=["wallets:read"])
    )
    assert (changed.name, changed.permissions) == ("Wallet reader", ["wallets:read"])
    assert ApiKey.model_validate(client.api_keys.retrieve(key.id)) == changed


def test_keys_are_listed_page_by_page(client: Client) -> None:
    created = [client.api_keys.create(f"Key {number}", ["wallets:read"])["id"] for number in range(3)]
    first = client.api_keys.list(limit=2)
    second = client.api_keys.list(limit=1, cursor=first["cursor"])
    keys = [ApiKey.model_validate(key) for key in first["data"] + second["data"]]
    assert [key.id for key in keys] == created[::-1]
    assert all(key.secret is None for key in keys)


def test_a_live_key_makes_sandbox_keys_but_not_the_reverse(client: Client, live: Client) -> None:
    made = ApiKey.model_validate(live.api_keys.create("Test", ["wallets:read"], environment="SANDBOX"))
    assert (made.environment, made.secret is not None) == ("SANDBOX", True)
    assert made.secret.startswith("wg_test_")
    with pytest.raises(EnvironmentMismatchError):
        client.api_keys.create("Live", ["wallets:read"], environment="PRODUCTION")


def test_a_key_does_what_it_may_until_it_is_revoked(
    client: Client, connect: Connect, buyer: str, seller: str
) -> None:
    created = client.api_keys.create("Reader", ["wallets:read"])
    reader = connect(created["secret"])
    assert reader.wallets.retrieve(buyer)["id"] == buyer
    with pytest.raises(PermissionDeniedError) as refused:
        reader.payments.send(buyer, to_wallet_id=seller, amount="1.00")
    assert refused.value.message == "Missing required permission: payments:write"
    assert refused.value.details["required"] == "payments:write"

    assert client.api_keys.delete(created["id"]) is None
    with pytest.raises(ApiKeyRevokedError) as revoked:
        reader.wallets.retrieve(buyer)
    assert (revoked.value.status_code, revoked.value.error_code) == (401, "API_KEY_REVOKED")
    assert client.api_keys.retrieve(created["id"])["status"] == "REVOKED"


def test_refusals_have_their_classes(client: Client, connect: Connect) -> None:
    with pytest.raises(UnauthorizedError) as unknown:
        connect("wg_test_unknown").wallets.list()
    assert unknown.value.error_code == "UNAUTHORIZED"
    with pytest.raises(ValidationError):
        client.api_keys.create("Typo", ["wallets:reed"])
    with pytest.raises(NotFoundError):
        client.api_keys.retrieve("key_00000000000000000000000000")


def test_the_last_key_that_may_do_everything_stays(client: Client, server: Server) -> None:
    every = client.api_keys.list(limit=100)["data"]
    (last,) = [key for key in every if key["permissions"] == ["*"] and key["status"] == "ACTIVE"]
    assert server.sandboxKey.startswith(last["keyPrefix"])
    with pytest.raises(APIError) as kept:
        client.api_keys.delete(last["id"])
    assert (kept.value.status_code, kept.value.error_code) == (409, "CONFLICT")
    assert client.organizations.retrieve()["id"] == server.organizationId
