"""Customers: added, read, changed, and what they have saved to pay with."""

from uuid import uuid4

import pytest
from conftest import Client, Server
from wallgent import NotFoundError, ValidationError, WallgentError
from wallgent.models import Customer

UNKNOWN = "cus_01J00000000000000000000000"


def address() -> str:
    """One that nobody has yet."""
    return f"{uuid4().hex}@acme.example"


def test_a_customer_is_added_read_and_changed(client: Client) -> None:
    created = client.customers.create(
        email=address(),
        name="Jane Smith",
        phone="+1 555 0100",
        companyName="Acme Corp",
        metadata={"segment": "smb"},
    )
    customer = Customer.model_validate(created)
    assert customer.id.startswith("cus_") and customer.created_at
    assert (customer.name, customer.phone) == ("Jane Smith", "+1 555 0100")
    assert (customer.metadata, created["companyName"]) == ({"segment": "smb"}, "Acme Corp")
    assert client.customers.retrieve(customer.id) == created

    changed = client.customers.update(customer.id, name="Jane Doe", companyName=None)
    assert Customer.model_validate(changed).name == "Jane Doe"
    assert (changed["companyName"], changed["email"]) == (None, customer.email)
    assert client.customers.retrieve(customer.id) == changed


def test_an_address_is_all_it_takes(client: Client) -> None:
    customer = Customer.model_validate(client.customers.create(email=address()))
    assert (customer.name, customer.phone, customer.metadata) == (None, None, None)


def test_customers_are_listed(client: Client) -> None:
    added = [client.customers.create(email=address())["id"] for _ in range(2)]
    # The package keeps the page's cursor to itself.
    listed = [Customer.model_validate(item).id for item in client.customers.list(limit=2)]
    assert listed == added[::-1]
    assert len(client.customers.list()) >= 2
    with pytest.raises(ValidationError):
        client.customers.list(cursor="nowhere")


def test_what_they_pay_with_is_listed(client: Client, server: Server, customer: str) -> None:
    assert client.customers.list_payment_methods(customer) == []
    for kind in ["card", "bank_account"]:
        server.post(f"/sandbox/customers/{customer}/payment-methods", {"type": kind})
    methods = client.customers.list_payment_methods(customer)
    assert {method["type"] for method in methods} == {"card", "bank_account"}
    for method in methods:
        assert method["id"].startswith("pm_") and method["customerId"] == customer
        assert len(method["last4"]) == 4 and method["createdAt"]


def test_refusals_have_their_classes(client: Client, live: Client, customer: str) -> None:
    for call in [client.customers.retrieve, client.customers.list_payment_methods]:
        with pytest.raises(NotFoundError) as unknown:
            call(UNKNOWN)
        assert unknown.value.details["resource"] == "customer"
    with pytest.raises(WallgentError) as elsewhere:
        live.customers.retrieve(customer)
    assert elsewhere.value.error_code == "ENVIRONMENT_MISMATCH"
    with pytest.raises(ValidationError) as misspelt:
        client.customers.create(email="nobody", name=7)
    assert {field["path"] for field in misspelt.value.details["fields"]} == {"email", "name"}
    taken = client.customers.retrieve(customer)["email"]
    for call in [lambda: client.customers.create(email=taken), lambda: update_to(client, taken)]:
        with pytest.raises(WallgentError) as twice:
            call()
        assert (twice.value.status_code, twice.value.error_code) == (409, "CONFLICT")


def update_to(client: Client, email: str) -> None:
    other = client.customers.create(email=address())
    client.customers.update(other["id"], email=email)
