"""Transfers: money in and out over a rail, inside the organization, called back, and refused."""

from typing import Any, Callable, Dict

import pytest
from conftest import Client, Connect, Server
from wallgent import (
    InsufficientFundsError,
    InvalidAmountError,
    PermissionDeniedError,
    PolicyDeniedError,
    TransferNotFoundError,
    ValidationError,
    WalletFrozenError,
    WalletNotFoundError,
    WallgentError,
)
from wallgent.models import Transfer, TransferPage

ROUTING = "021000021"
ADA: Dict[str, Any] = {
    "type": "ACH",
    "routingNumber": ROUTING,
    "accountNumber": "000123456789",
    "accountHolderName": "Ada Lovelace",
}
# A bank that is never heard of again.
SILENT: Dict[str, Any] = {**ADA, "accountNumber": "990000000010"}
UNKNOWN = "01J00000000000000000000000"


@pytest.fixture
def still(connect: Connect, clocked: Server) -> Client:
    """A client of the server whose time stands still, so that nothing completes by itself."""
    return connect(clocked.sandboxKey, clocked)


@pytest.fixture
def wallet(still: Client) -> str:
    """A wallet there, with 1,000.00 in it."""
    created = still.wallets.create(name="Till")
    still.wallets.fund(created["id"], "1000.00")
    return created["id"]


def balance(client: Client, wallet: str) -> str:
    return client.wallets.get_balance(wallet)["balance"]


def test_a_deposit_arrives(still: Client, clocked: Server, wallet: str) -> None:
    asked = still.transfers.deposit(wallet, "100.00", "USD", ADA)
    transfer = Transfer.model_validate(asked)
    assert transfer.id.startswith("xfr_") and transfer.created_at and transfer.updated_at
    assert (transfer.wallet_id, transfer.amount, transfer.currency) == (wallet, "100.00", "USD")
    assert (transfer.status, transfer.rail, transfer.direction) == ("PENDING", "ACH", "DEPOSIT")
    assert asked["source"]["accountNumber"] == "****6789"
    pending = still.wallets.get_balance(wallet)
    assert (pending["balance"], pending["pending"]) == ("1000.00", "100.00")

    clocked.post("/sandbox/clock", {"advance": "PT5S"})
    read = still.transfers.retrieve(transfer.id)
    assert Transfer.model_validate(read).status == "COMPLETED"
    assert (read["fee"], balance(still, wallet)) == ("0.50", "1099.50")
    returned = clocked.post(f"/sandbox/transfers/{transfer.id}/return", {"reason": "R01"})
    assert Transfer.model_validate(returned).status == "RETURNED"
    assert balance(still, wallet) == "1000.00"


def test_a_withdrawal_leaves_at_once_and_comes_back_when_it_fails(
    still: Client, clocked: Server, wallet: str
) -> None:
    sent = still.transfers.withdraw(wallet, "100.00", "USD", {**ADA, "type": "WIRE"})
    transfer = Transfer.model_validate(sent)
    assert (transfer.status, transfer.rail, transfer.direction) == ("PENDING", "WIRE", "WITHDRAWAL")
    assert balance(still, wallet) == "899.50"
    failed = clocked.post(f"/sandbox/transfers/{transfer.id}/fail", {"reason": "No such account"})
    assert (failed["status"], failed["failureReason"]) == ("FAILED", "No such account")
    assert balance(still, wallet) == "1000.00"
    coins = still.transfers.withdraw(wallet, "10.00", "USDC", {"type": "USDC", "address": "0xabc"})
    assert Transfer.model_validate(coins).currency == "USDC"
    settled = clocked.post(f"/sandbox/transfers/{coins['id']}/settle")
    assert Transfer.model_validate(settled).status == "COMPLETED"


def test_a_linked_account_serves_too(still: Client, wallet: str) -> None:
    # The package has no parameter of its own for one.
    account = still.bank_accounts.link(ROUTING, "000123456789", "Ada Lovelace", "CHECKING")
    linked = {"type": "FEDNOW", "bankAccountId": account["id"]}
    for ask in [still.transfers.deposit, still.transfers.withdraw]:
        transfer = ask(wallet, "50.00", "USD", linked)
        assert Transfer.model_validate(transfer).rail == "FEDNOW"
        assert transfer["bankAccountId"] == account["id"]


def test_money_moves_inside_the_organization(client: Client, buyer: str, seller: str) -> None:
    moved = client.transfers.internal(buyer, seller, "250.00", description="To savings")
    transfer = Transfer.model_validate(moved)
    assert (transfer.wallet_id, transfer.amount, transfer.status) == (buyer, "250.00", "COMPLETED")
    assert (moved["fromWalletId"], moved["toWalletId"]) == (buyer, seller)
    assert moved["transactionId"].startswith("txn_") and moved["description"] == "To savings"
    assert (balance(client, buyer), balance(client, seller)) == ("750.00", "250.00")
    read = Transfer.model_validate(client.transfers.retrieve(transfer.id))
    assert (read.direction, read.rail, read.description) == ("INTERNAL", "INTERNAL", "To savings")
    assert client.transfers.internal(buyer, seller, "1.00")["description"] is None


def test_transfers_are_listed_and_filtered(still: Client, clocked: Server, wallet: str) -> None:
    sent = [still.transfers.deposit(wallet, "30.00", "USD", SILENT)["id"] for _ in range(2)]
    sent.append(still.transfers.withdraw(wallet, "10.00", "USD", SILENT)["id"])
    first = still.transfers.list(wallet_id=wallet, limit=2)
    second = still.transfers.list(wallet_id=wallet, limit=2, cursor=first["nextCursor"])
    pages = [TransferPage.model_validate(answer) for answer in (first, second)]
    assert [transfer.id for page in pages for transfer in page.transfers] == sent[::-1]
    assert [page.next_cursor is None for page in pages] == [False, True]
    assert (first["transfers"], first["nextCursor"]) == (first["data"], first["cursor"])

    def found(**filters: str) -> list:
        page = TransferPage.model_validate(still.transfers.list(wallet_id=wallet, **filters))
        return [transfer.id for transfer in page.transfers]

    assert found(direction="WITHDRAWAL") == sent[2:]
    assert found(direction="DEPOSIT") == sent[1::-1]
    clocked.post(f"/sandbox/transfers/{sent[0]}/settle")
    assert found(status="COMPLETED") == sent[:1]
    newest = TransferPage.model_validate(still.transfers.list()).transfers[0]
    assert newest.id == sent[-1]


def test_a_transfer_is_called_back(still: Client, clocked: Server, wallet: str) -> None:
    early = still.transfers.withdraw(wallet, "100.00", "USD", ADA)["id"]
    # The package sends no body at all.
    cancelled = still.transfers.cancel(early)
    assert Transfer.model_validate(cancelled).status == "CANCELLED"
    assert balance(still, wallet) == "1000.00"
    with pytest.raises(WallgentError) as late:
        still.transfers.cancel(early)
    assert (late.value.status_code, late.value.error_code) == (409, "CONFLICT")
    assert late.value.details["status"] == "CANCELLED"

    lost = still.transfers.withdraw(wallet, "100.00", "USD", SILENT)["id"]
    clocked.post("/sandbox/clock", {"advance": "PT1S"})
    # 202 is a success to the package: its bank has the last word.
    assert Transfer.model_validate(still.transfers.cancel(lost)).status == "PROCESSING"


def test_a_transfer_can_wait_for_a_human(
    client: Client, server: Server, buyer: str, seller: str
) -> None:
    client.policies.create(buyer, "Ask first", require_human_approval=True)
    asks: Dict[str, Callable[[], Any]] = {
        "WITHDRAWAL": lambda: client.transfers.withdraw(buyer, "100.00", "USD", ADA),
        "INTERNAL_TRANSFER": lambda: client.transfers.internal(buyer, seller, "100.00"),
    }
    for kind, ask in asks.items():
        waiting = ask()
        transfer = Transfer.model_validate(waiting)
        assert transfer.status == "PENDING_APPROVAL"
        assert waiting["error"]["code"] == "APPROVAL_REQUIRED"
        assert waiting["error"]["details"]["approvalId"] == waiting["approvalId"]
        approval = client.approvals.retrieve(waiting["approvalId"])
        assert approval["transactionDetails"]["type"] == kind
        approved = client.approvals.approve(waiting["approvalId"])
        assert Transfer.model_validate(approved["transfer"]).id == transfer.id
    assert balance(client, seller) == "100.00"


def test_refusals_have_their_classes(
    client: Client, live: Client, connect: Connect, server: Server, buyer: str, seller: str
) -> None:
    transfers = client.transfers
    with pytest.raises(InvalidAmountError) as little:
        transfers.deposit(buyer, "24.99", "USD", ADA)
    assert little.value.details["minimum"] == "25.00"
    with pytest.raises(InsufficientFundsError) as much:
        transfers.withdraw(buyer, "1000.00", "USD", ADA)
    assert much.value.details["requested"] == "1000.00"
    with pytest.raises(ValidationError) as misspelt:
        transfers.withdraw(buyer, "1.00", "EUR", {"type": "SWIFT"})
    paths = {field["path"] for field in misspelt.value.details["fields"]}
    assert paths == {"currency", "destination.type"}
    with pytest.raises(WalletNotFoundError):
        transfers.internal(buyer, f"wal_{UNKNOWN}", "1.00")
    for call in [transfers.retrieve, transfers.cancel]:
        with pytest.raises(TransferNotFoundError):
            call(f"xfr_{UNKNOWN}")
    with pytest.raises(WallgentError) as numbers:
        live.transfers.withdraw(server.liveWalletId, "1.00", "USD", ADA)
    assert numbers.value.error_code == "SANDBOX_ONLY"
    client.policies.create(buyer, "Small sums", max_transaction_amount="5.00")
    with pytest.raises(PolicyDeniedError):
        transfers.withdraw(buyer, "5.01", "USD", ADA)
    server.post(f"/wallets/{buyer}/freeze")
    with pytest.raises(WalletFrozenError):
        transfers.internal(buyer, seller, "1.00")


def test_an_agent_withdraws_only_where_its_owner_said(
    client: Client, connect: Connect, server: Server, agent: Dict[str, Any]
) -> None:
    itself = connect(agent["apiKey"], server)
    account = client.bank_accounts.link(ROUTING, "000123456789", "Ada Lovelace", "CHECKING")
    linked = {"type": "ACH", "bankAccountId": account["id"]}
    with pytest.raises(PermissionDeniedError) as refused:
        itself.transfers.withdraw(agent["id"], "1.00", "USD", linked)
    assert refused.value.details["ownerOnly"] is True
    client.policies.create(agent["id"], "Payroll", approved_recipients=[account["id"]])
    sent = itself.transfers.withdraw(agent["id"], "1.00", "USD", linked)
    assert Transfer.model_validate(sent).direction == "WITHDRAWAL"
