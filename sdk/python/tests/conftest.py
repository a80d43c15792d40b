"""A running server for all tests, and both clients of the package as one fixture."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Set, Tuple
from uuid import uuid4

import httpx
import pytest
from wallgent import AsyncWallgent, Wallgent

# Starting includes creating the store, on a machine that may be compiling as well.
START_DEADLINE_S = 30
# What is in flight is finished before the server ends.
STOP_DEADLINE_S = 30
# The resources of the package that the server has.
RESOURCES = [
    "wallets",
    "payments",
    "policies",
    "agents",
    "network",
    "approvals",
    "delegations",
    "audit_logs",
    "api_keys",
    "organizations",
    "sandbox",
    "webhooks",
    "transfers",
    "bank_accounts",
    "cards",
    "customers",
    "invoices",
    "payment_links",
    "merchants",
    "analytics",
]

# Every (client, resource, method) that a test has called.
called: Set[Tuple[str, str, str]] = set()


def binary() -> str:
    target = Path(__file__).resolve().parents[3] / "target"
    given = os.environ.get("WALLGENT_BIN")
    candidates = [Path(given)] if given else [target / "debug/wallgent", target / "release/wallgent"]
    for candidate in candidates:
        if candidate.is_file():
            return str(candidate)
    names = ", ".join(map(str, candidates))
    pytest.exit(f"no server to test against: build wallgent or set WALLGENT_BIN (looked for {names})", 2)


@dataclass(frozen=True)
class Server:
    """What `wallgent dev` writes for whoever starts it."""

    organizationId: str
    sandboxKey: str
    liveKey: str
    sandboxWalletId: str
    liveWalletId: str
    url: str

    folder: Path

    @property
    def base_url(self) -> str:
        return self.url + "/v1"

    def create_organization(self, plan: str) -> str:
        """Another organization, made by the operator beside the running server. Gives its sandbox key."""
        owner = ["--name", plan, "--email", "a@example.com"]
        return json.loads(self.operate("org", "create", "--json", "--plan", plan, *owner))["sandboxKey"]

    def operate(self, *command: str) -> bytes:
        """Runs a command of the operator's beside the running server. Gives what it printed."""
        store = ["--data", str(self.folder), "--database", f"sqlite:{self.folder / 'wallgent.db'}"]
        return subprocess.check_output([binary(), *command, *store])

    def post(self, path: str, body: Any = None, key: Optional[str] = None) -> Any:
        """A call that the package has no method for; with the sandbox key unless another is given."""
        headers = {"Authorization": f"Bearer {key or self.sandboxKey}"}
        answer = httpx.post(self.base_url + path, headers=headers, json=body)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def clocked() -> Iterator[Server]:
    """Another server, whose time stands still until a test moves it."""
    with running("--test-clock") as server:
        yield server


@contextmanager
def running(*flags: str) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="wallgent-python-") as folder:
        log = Path(folder) / "log"
        command = [binary(), "dev", "--listen", "127.0.0.1:0", "--data", folder, *flags]
        with log.open("wb") as out:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            yield wait_until_ready(process, Path(folder), log)
            process.terminate()
            assert process.wait(STOP_DEADLINE_S) == 0, log.read_text()
        finally:
            process.kill()
            process.wait()


def wait_until_ready(process: subprocess.Popen, folder: Path, log: Path) -> Server:
    deadline = time.monotonic() + START_DEADLINE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            server = Server(folder=folder, **json.loads((folder / "dev.json").read_text()))
            if httpx.get(server.url + "/readyz").is_success:
                return server
        except (OSError, ValueError, httpx.TransportError):
            pass  # Not written yet, or not listening yet.
        time.sleep(0.02)
    pytest.exit(f"the server did not start: {log.read_text()}", 1)


class SyncResource:
    """A resource of `Wallgent` that remembers which of its methods were called."""

    def __init__(self, name: str, resource: Any) -> None:
        self._name = name
        self._resource = resource

    def __getattr__(self, method: str) -> Callable[..., Any]:
        called.add(("sync", self._name, method))
        return getattr(self._resource, method)


class AsyncResource:
    """The same for `AsyncWallgent`, each call run to its end."""

    def __init__(self, name: str, resource: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._name = name
        self._resource = resource
        self._loop = loop

    def __getattr__(self, method: str) -> Callable[..., Any]:
        called.add(("async", self._name, method))

        def call(*args: Any, **kwargs: Any) -> Any:
            answer = getattr(self._resource, method)(*args, **kwargs)
            assert inspect.isawaitable(answer)
            return self._loop.run_until_complete(answer)

        return call


@dataclass
class Client:
    """One of the two clients, so that each story is told with both."""

    wallets: Any
    payments: Any
    policies: Any
    agents: Any
    network: Any
    approvals: Any
    delegations: Any
    audit_logs: Any
    api_keys: Any
    organizations: Any
    sandbox: Any
    webhooks: Any
    transfers: Any
    bank_accounts: Any
    cards: Any
    customers: Any
    invoices: Any
    payment_links: Any
    merchants: Any
    analytics: Any


Connect = Callable[..., Client]


@pytest.fixture(params=["sync", "async"])
def connect(request: pytest.FixtureRequest, server: Server) -> Iterator[Connect]:
    """Makes a client for a key, of the server that all tests share or of another."""
    loop = asyncio.new_event_loop()
    opened: List[Any] = []

    def make(key: str, server: Server = server) -> Client:
        kind = Wallgent if request.param == "sync" else AsyncWallgent
        package = kind(api_key=key, base_url=server.base_url)
        opened.append(package)
        resources: Dict[str, Any] = {}
        for name in RESOURCES:
            resource = getattr(package, name)
            if request.param == "sync":
                resources[name] = SyncResource(name, resource)
            else:
                resources[name] = AsyncResource(name, resource, loop)
        return Client(**resources)

    yield make
    for package in opened:
        if isinstance(package, AsyncWallgent):
            loop.run_until_complete(package.close())
        else:
            package.close()
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.fixture
def client(connect: Connect, server: Server) -> Client:
    """A client with the sandbox key that may do everything."""
    return connect(server.sandboxKey)


@pytest.fixture
def live(connect: Connect, server: Server) -> Client:
    """The same for production."""
    return connect(server.liveKey)


@pytest.fixture
def buyer(client: Client) -> str:
    """A wallet with 1,000.00 in it."""
    wallet = client.wallets.create(name="Buyer")
    client.wallets.fund(wallet["id"], "1000.00")
    return wallet["id"]


@pytest.fixture
def seller(client: Client) -> str:
    """An empty wallet."""
    return client.wallets.create(name="Seller")["id"]


@pytest.fixture
def agent(client: Client, server: Server) -> Dict[str, Any]:
    """An agent with a budget of 100.00 from the organization's wallet, as its creation answered it."""
    created = client.agents.create("Agent")
    client.wallets.fund(server.sandboxWalletId, "100.00")
    client.agents.adjust_budget(created["id"], "100.00")
    return created


@pytest.fixture
def customer(client: Client) -> str:
    """A customer who has saved nothing to pay with."""
    return client.customers.create(email=f"{uuid4().hex}@acme.example", name="Jane Smith")["id"]


def pytest_collection_modifyitems(items: List[pytest.Item]) -> None:
    """The test of what was called comes after all that call."""
    items.sort(key=lambda item: item.path.name == "test_coverage.py")
