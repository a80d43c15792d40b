"""What a plan does not include."""

import pytest
from conftest import Connect, Server
from wallgent import RateLimitExceededError, WalletLimitExceededError

# As many wallets as the plan includes, and more writes a minute than it allows.
WALLETS_FREE = 3
WRITES_TOO_MANY = 20


def test_the_end_of_a_plan_is_told(connect: Connect, server: Server) -> None:
    client = connect(server.create_organization("FREE"))
    for number in range(WALLETS_FREE):
        client.wallets.create(name=f"Free {number}")
    with pytest.raises(WalletLimitExceededError) as no_more_wallets:
        client.wallets.create(name="One too many")
    assert no_more_wallets.value.status_code == 403

    with pytest.raises(RateLimitExceededError) as too_fast:
        for _ in range(WRITES_TOO_MANY):
            client.organizations.update(name="Busy")
    assert too_fast.value.status_code == 429
    assert too_fast.value.details["retryAfter"] >= 1
