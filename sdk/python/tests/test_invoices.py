"""Invoices: written, made final, charged, taken back and given back."""

from typing import Any, Dict

import pytest
from conftest import Client, Server
from wallgent import InvalidAmountError, NotFoundError, ValidationError, WalletNotFoundError, WallgentError
from wallgent.models import Invoice

UNKNOWN = "inv_01J00000000000000000000000"
LINES = [
    {"description": "API calls (10,000)", "unitPrice": "25.00"},
    {"description": "Data processing", "unitPrice": "15.00", "quantity": 3},
]


@pytest.fixture
def draft(client: Client, seller: str, customer: str) -> Dict[str, Any]:
    """An invoice of 70.00 that can still be changed, as its creation answered it."""
    return client.invoices.create(walletId=seller, customerId=customer, lineItems=LINES, memo="January")


def save_card(server: Server, customer: str, **choice: str) -> str:
    path = f"/sandbox/customers/{customer}/payment-methods"
    return server.post(path, {"type": "card", **choice})["id"]


def balance(client: Client, wallet: str) -> str:
    return client.wallets.get_balance(wallet)["balance"]


def test_an_invoice_is_written_and_made_final(
    client: Client, server: Server, seller: str, customer: str
) -> None:
    created = client.invoices.create(
        walletId=seller, customerId=customer, lineItems=LINES, memo="January 2026", dueDate="2099-01-31"
    )
    invoice = Invoice.model_validate(created)
    assert invoice.id.startswith("inv_") and invoice.created_at
    assert (invoice.status, invoice.total, invoice.currency) == ("DRAFT", "70.00", "USD")
    assert (invoice.wallet_id, invoice.customer_id) == (seller, customer)
    lines = [(line.quantity, line.unit_price, line.total) for line in invoice.line_items or []]
    assert lines == [(1, "25.00", "25.00"), (3, "15.00", "45.00")]
    assert invoice.due_date is not None and invoice.paid_at is None
    assert client.invoices.retrieve(invoice.id) == created

    final = client.invoices.finalize(invoice.id)
    assert Invoice.model_validate(final).status == "FINALIZED"
    assert final["checkoutUrl"] == f"{server.url}/invoice/{final['slug']}"
    with pytest.raises(WallgentError) as twice:
        client.invoices.finalize(invoice.id)
    assert (twice.value.error_code, twice.value.details["status"]) == ("CONFLICT", "FINALIZED")


def test_invoices_are_listed_and_filtered(
    client: Client, buyer: str, seller: str, customer: str
) -> None:
    made = [
        client.invoices.create(walletId=wallet, customerId=customer, lineItems=LINES)["id"]
        for wallet in [seller, buyer, seller]
    ]
    client.invoices.finalize(made[2])

    def found(**filters: Any) -> list:
        return [Invoice.model_validate(item).id for item in client.invoices.list(**filters)]

    assert found(customer_id=customer) == made[::-1]
    assert found(customer_id=customer, limit=1) == made[2:]
    assert found(wallet_id=seller) == [made[2], made[0]]
    assert found(wallet_id=seller, status="FINALIZED") == [made[2]]
    assert found(wallet_id=seller, status="PAID") == []


def test_an_invoice_is_taken_back(client: Client, draft: Dict[str, Any]) -> None:
    client.invoices.finalize(draft["id"])
    voided = Invoice.model_validate(client.invoices.void(draft["id"]))
    assert voided.status == "VOIDED"
    with pytest.raises(WallgentError) as unpaid:
        client.invoices.refund(draft["id"])
    assert (unpaid.value.error_code, unpaid.value.details["status"]) == ("CONFLICT", "VOIDED")


def test_an_invoice_is_charged_and_given_back(
    client: Client, server: Server, draft: Dict[str, Any], seller: str, customer: str
) -> None:
    method = save_card(server, customer)
    client.invoices.finalize(draft["id"])
    charge = client.invoices.charge(invoiceId=draft["id"], paymentMethodId=method)
    assert charge["id"].startswith("chg_") and charge["chargeId"] == charge["id"]
    assert (charge["invoiceId"], charge["amount"]) == (draft["id"], "70.00")
    paid = Invoice.model_validate(client.invoices.retrieve(draft["id"]))
    assert paid.status == "PAID" and paid.paid_at
    assert balance(client, seller) == "70.00"

    refunded = client.invoices.refund(draft["id"])
    assert Invoice.model_validate(refunded).status == "REFUNDED"
    assert (refunded["refundedAmount"], balance(client, seller)) == ("70.00", "0.00")


def test_a_customer_is_charged_without_an_invoice(
    client: Client, server: Server, seller: str, customer: str
) -> None:
    asked: Dict[str, Any] = {"walletId": seller, "customerId": customer, "amount": "99.00"}
    with pytest.raises(WallgentError) as nothing_saved:
        client.invoices.charge(**asked)
    assert (nothing_saved.value.status_code, nothing_saved.value.error_code) == (409, "CONFLICT")
    save_card(server, customer)
    charge = client.invoices.charge(**asked, description="Subscription", recurring={"interval": "monthly"})
    assert charge["amount"] == "99.00" and charge["recurring"]["interval"] == "monthly"
    invoice = Invoice.model_validate(client.invoices.retrieve(charge["invoiceId"]))
    assert (invoice.status, invoice.total) == ("PAID", "99.00")
    assert balance(client, seller) == "99.00"


def test_refusals_have_their_classes(client: Client, seller: str, customer: str) -> None:
    calls = ["retrieve", "finalize", "void", "refund"]
    for call in calls:
        with pytest.raises(NotFoundError) as unknown:
            getattr(client.invoices, call)(UNKNOWN)
        assert unknown.value.details["resource"] == "invoice"
    asked: Dict[str, Any] = {"walletId": seller, "customerId": customer, "lineItems": LINES}
    with pytest.raises(WalletNotFoundError):
        client.invoices.create(**{**asked, "walletId": "wal_unknown"})
    with pytest.raises(NotFoundError) as nobody:
        client.invoices.create(**{**asked, "customerId": "cus_unknown"})
    assert nobody.value.details["resource"] == "customer"
    with pytest.raises(InvalidAmountError):
        client.invoices.create(**{**asked, "lineItems": [{"description": "Free", "unitPrice": "0"}]})
    with pytest.raises(ValidationError) as misspelt:
        client.invoices.create(**{**asked, "lineItems": [{"unitPrice": "1.00", "quantity": 1.5}]})
    paths = {field["path"] for field in misspelt.value.details["fields"]}
    assert paths == {"lineItems[0].description", "lineItems[0].quantity"}
