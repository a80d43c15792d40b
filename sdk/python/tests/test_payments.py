"""Payments: one, many, back again, and refused."""

import uuid

import pytest
from conftest import Client, Server
from wallgent import (
    IdempotencyKeyReuseError,
    InsufficientFundsError,
    InvalidAmountError,
    NotFoundError,
    PolicyDeniedError,
    ReversalNotAllowedError,
    ValidationError,
    WalletFrozenError,
    WalletNotFoundError,
)
from wallgent.models import Payment, PaymentPage


def test_a_payment_is_sent_and_read(client: Client, buyer: str, seller: str) -> None:
    key = str(uuid.uuid4())
    sent = client.payments.send(
        buyer, to_wallet_id=seller, amount="100.00", description="Data", idempotency_key=key
    )
    payment = Payment.model_validate(sent)
    assert payment.id.startswith("txn_")
    assert (payment.from_wallet_id, payment.to_wallet_id) == (buyer, seller)
    assert (payment.amount, payment.fee, payment.status) == ("100.00", "0.50", "POSTED")
    assert (payment.description, payment.idempotency_key) == ("Data", key)
    assert client.wallets.get_balance(buyer)["balance"] == "899.50"
    assert client.wallets.get_balance(seller)["balance"] == "100.00"

    again = client.payments.send(
        buyer, to_wallet_id=seller, amount="100.00", description="Data", idempotency_key=key
    )
    assert again == sent
    read = Payment.model_validate(client.payments.retrieve(payment.id))
    assert (read.id, read.amount, read.status) == (payment.id, "100.00", "POSTED")
    assert client.wallets.get_balance(seller)["balance"] == "100.00"


def test_payments_are_listed_and_filtered(client: Client, buyer: str, seller: str) -> None:
    sent = [client.payments.send(buyer, to_wallet_id=seller, amount="1.00")["id"] for _ in range(3)]
    first = client.payments.list(wallet_id=buyer, status="POSTED", limit=2)
    second = client.payments.list(wallet_id=buyer, status="POSTED", limit=2, cursor=first["cursor"])
    pages = [PaymentPage.model_validate(answer) for answer in (first, second)]
    assert [payment.id for page in pages for payment in page.data] == sent[::-1]
    assert [page.has_more for page in pages] == [True, False]
    assert PaymentPage.model_validate(client.payments.list(wallet_id=buyer, status="REVERSED")).data == []
    assert PaymentPage.model_validate(client.payments.list()).data[0].id == sent[-1]


def test_a_payment_is_reversed_once(client: Client, buyer: str, seller: str) -> None:
    sent = client.payments.send(buyer, to_wallet_id=seller, amount="100.00")
    reversed_ = client.payments.reverse(sent["id"], reason="wrong seller")
    assert Payment.model_validate(reversed_).status == "REVERSED"
    assert reversed_["reversalId"].startswith("txn_")
    # A single full reversal gives the fee back too.
    assert client.wallets.get_balance(buyer)["balance"] == "1000.00"
    assert client.wallets.get_balance(seller)["balance"] == "0.00"
    # Without a reason the package sends no body at all.
    with pytest.raises(ReversalNotAllowedError) as twice:
        client.payments.reverse(sent["id"])
    assert twice.value.status_code == 422
    other = client.payments.send(buyer, to_wallet_id=seller, amount="5.00")
    assert client.payments.reverse(other["id"])["status"] == "REVERSED"


def test_a_batch_is_all_or_nothing(client: Client, buyer: str, seller: str) -> None:
    item = {"from": buyer, "to": seller, "amount": "10.00"}
    done = client.payments.batch([item, item])
    assert done["batchId"].startswith("bat_")
    assert [result["status"] for result in done["results"]] == ["success", "success"]
    assert done["summary"] == {"total": 2, "succeeded": 2, "reversed": 0, "failed": 0}
    for result in done["results"]:
        payment = Payment.model_validate(client.payments.retrieve(result["transactionId"]))
        assert (payment.amount, payment.status) == ("10.00", "POSTED")

    # 207 is a success to the package, so the failure is in the answer.
    failed = client.payments.batch([item, {**item, "amount": "5000.00"}])
    assert [result["status"] for result in failed["results"]] == ["reversed", "failed"]
    assert failed["results"][1]["error"]["code"] == "INSUFFICIENT_FUNDS"
    assert failed["error"]["code"] == "BATCH_PARTIAL_FAILURE"
    assert client.wallets.get_balance(seller)["balance"] == "20.00"


def test_a_payment_can_wait_for_a_human(client: Client, buyer: str, seller: str) -> None:
    client.policies.create(buyer, "Ask first", require_human_approval=True)
    # 202 is a success to the package, so both readings are in one answer.
    waiting = client.payments.send(buyer, to_wallet_id=seller, amount="100.00")
    payment = Payment.model_validate(waiting)
    assert payment.status == "PENDING_APPROVAL"
    assert waiting["error"]["code"] == "APPROVAL_REQUIRED"
    assert waiting["error"]["details"]["approvalId"] == waiting["approvalId"]
    assert Payment.model_validate(client.payments.retrieve(payment.id)).status == "PENDING_APPROVAL"
    assert client.wallets.get_balance(seller)["balance"] == "0.00"


def test_no_funds(client: Client, seller: str) -> None:
    poor = client.wallets.create(name="Poor")["id"]
    client.wallets.fund(poor, "45.00")
    with pytest.raises(InsufficientFundsError) as refused:
        client.payments.send(poor, to_wallet_id=seller, amount="100.00")
    assert refused.value.status_code == 402
    expected = "Wallet balance of 45.00 is less than the requested amount 100.00"
    assert refused.value.message == expected
    details = refused.value.details
    assert (details["balance"], details["requested"]) == ("45.00000000", "100.00")


def test_no_second_meaning_for_a_key(client: Client, buyer: str, seller: str) -> None:
    key = str(uuid.uuid4())
    sent = client.payments.send(buyer, to_wallet_id=seller, amount="1.00", idempotency_key=key)
    with pytest.raises(IdempotencyKeyReuseError) as reused:
        client.payments.send(buyer, to_wallet_id=seller, amount="2.00", idempotency_key=key)
    assert reused.value.details["resourceId"] == sent["id"]


def test_policies_and_freezing_are_obeyed(
    client: Client, server: Server, buyer: str, seller: str
) -> None:
    policy = client.policies.create(buyer, "Small sums", max_transaction_amount="5.00")
    with pytest.raises(PolicyDeniedError) as denied:
        client.payments.send(buyer, to_wallet_id=seller, amount="5.01")
    (violation,) = denied.value.details["violations"]
    assert (violation["policyId"], violation["limit"]) == (policy["id"], "5.00")
    assert client.payments.send(buyer, to_wallet_id=seller, amount="5.00")["status"] == "POSTED"

    server.post(f"/wallets/{buyer}/freeze")
    with pytest.raises(WalletFrozenError):
        client.payments.send(buyer, to_wallet_id=seller, amount="1.00")
    server.post(f"/wallets/{buyer}/unfreeze")
    assert client.payments.send(buyer, to_wallet_id=seller, amount="1.00")["status"] == "POSTED"


def test_what_is_not_a_payment(client: Client, buyer: str, seller: str) -> None:
    missing = "wal_00000000000000000000000000"
    with pytest.raises(WalletNotFoundError) as unknown:
        client.payments.send(buyer, to_wallet_id=missing, amount="1.00")
    assert unknown.value.details["walletId"] == missing
    with pytest.raises(InvalidAmountError):
        client.payments.send(buyer, to_wallet_id=seller, amount="0.00")
    with pytest.raises(ValidationError):
        client.payments.send(buyer, to_wallet_id=buyer, amount="1.00")
    with pytest.raises(ValidationError):
        client.payments.batch([])
    with pytest.raises(NotFoundError) as unread:
        client.payments.retrieve("txn_00000000000000000000000000")
    assert unread.value.status_code == 404
