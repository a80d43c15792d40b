"""Webhooks: being told of events by deliveries over HTTP, which the package's own verifier accepts."""

import json
import math
from typing import Any, Dict, Iterator, List

import pytest
from conftest import Client, Connect, Server
from receiver import Receiver, eventually, receiving
from standardwebhooks import Webhook as StandardWebhook
from standardwebhooks import WebhookVerificationError
from wallgent import NotFoundError, ValidationError, WebhookNotFoundError, verify_webhook_signature
from wallgent.models import Webhook, WebhookDlqEntry

# The pauses between attempts. Each may be a tenth longer than it says.
PAUSES_S = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
UNKNOWN = "01J00000000000000000000000"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_a_webhook_is_made_changed_and_ended(client: Client) -> None:
    created = client.webhooks.create("http://127.0.0.1:1/hook", ["payment.completed", "wallet.*"])
    webhook = Webhook.model_validate(created)
    assert webhook.id.startswith("hook_") and webhook.enabled
    assert webhook.events == ["payment.completed", "wallet.*"]
    assert webhook.secret and webhook.secret.startswith("whsec_")

    read = Webhook.model_validate(client.webhooks.retrieve(webhook.id))
    assert read == webhook.model_copy(update={"secret": None})
    (listed,) = [it for it in client.webhooks.list() if it["id"] == webhook.id]
    assert Webhook.model_validate(listed) == read

    changed = client.webhooks.update(webhook.id, enabled=False, events=["*"])
    changed = Webhook.model_validate(changed)
    assert (changed.enabled, changed.events, changed.url) == (False, ["*"], webhook.url)
    moved = client.webhooks.update(webhook.id, url="http://127.0.0.1:1/other", enabled=True)
    assert (moved["url"], moved["enabled"], moved["events"]) == ("http://127.0.0.1:1/other", True, ["*"])
    # Nothing to change is no mistake.
    assert Webhook.model_validate(client.webhooks.update(webhook.id)).url == moved["url"]

    assert client.webhooks.delete(webhook.id) is None
    with pytest.raises(WebhookNotFoundError):
        client.webhooks.retrieve(webhook.id)
    assert all(it["id"] != webhook.id for it in client.webhooks.list())


def test_what_is_not_there_says_so(client: Client) -> None:
    hook = f"hook_{UNKNOWN}"
    for call in [client.webhooks.retrieve, client.webhooks.update, client.webhooks.delete, client.webhooks.test]:
        with pytest.raises(WebhookNotFoundError) as refused:
            call(hook)
        assert refused.value.status_code == 404
    for call in [client.webhooks.retry_dlq, client.webhooks.discard_dlq]:
        with pytest.raises(NotFoundError):
            call(f"dlq_{UNKNOWN}")
    with pytest.raises(ValidationError):
        client.webhooks.create("http://127.0.0.1:1", ["wallet.fnuded"])
    with pytest.raises(ValidationError):
        client.webhooks.create("ftp://127.0.0.1:1", ["*"])


def test_a_delivery_passes_the_published_verifiers(client: Client, receiver: Receiver) -> None:
    webhook = client.webhooks.create(receiver.url, ["wallet.funded"])
    wallet = client.wallets.create(name="Für Ömer 🐙")
    client.wallets.fund(wallet["id"], "50.00")
    delivery = receiver.next(lambda it: it.event["data"]["walletId"] == wallet["id"])

    signature, secret = delivery.headers["wallgent-signature"], webhook["secret"]
    assert verify_webhook_signature(delivery.body, signature, secret)
    assert verify_webhook_signature(delivery.body.decode(), signature, secret)
    assert not verify_webhook_signature(delivery.body + b" ", signature, secret)
    assert not verify_webhook_signature(delivery.body, signature, secret.removeprefix("whsec_"))

    event = StandardWebhook(secret).verify(delivery.body, delivery.headers)
    assert event == delivery.event
    with pytest.raises(WebhookVerificationError):
        StandardWebhook(secret).verify(delivery.body + b" ", delivery.headers)
    assert (event["type"], event["event"]) == ("wallet.funded", "wallet.funded")
    assert (event["data"]["amount"], event["environment"]) == ("50.00", "SANDBOX")
    assert delivery.headers["webhook-id"] == event["id"]
    assert delivery.headers["content-type"] == "application/json"
    client.webhooks.delete(webhook["id"])


def test_after_a_rotation_a_receiver_loses_nothing(
    client: Client, server: Server, receiver: Receiver
) -> None:
    old = client.webhooks.create(receiver.url, ["wallet.funded"])
    new = server.post(f"/webhooks/{old['id']}/rotate-secret")
    wallet = client.wallets.create(name="Rotated")
    client.wallets.fund(wallet["id"], "1.00")
    delivery = receiver.next(lambda it: it.event["data"]["walletId"] == wallet["id"])
    for webhook in [old, new]:
        assert StandardWebhook(webhook["secret"]).verify(delivery.body, delivery.headers)
    # The package compares all of its header, so that only one secret can sign there.
    assert verify_webhook_signature(
        delivery.body, delivery.headers["wallgent-signature"], new["secret"]
    )
    client.webhooks.delete(old["id"])


def test_a_test_answers_what_came_of_it(client: Client, receiver: Receiver) -> None:
    webhook = client.webhooks.create(receiver.url, ["payment.completed"], enabled=False)
    told = client.webhooks.test(webhook["id"])
    assert (told["delivered"], told["statusCode"]) == (True, 200)
    assert told["durationMs"] >= 0
    (delivery,) = receiver.deliveries
    assert delivery.event["id"] == told["id"]
    assert verify_webhook_signature(
        delivery.body, delivery.headers["wallgent-signature"], webhook["secret"]
    )
    receiver.status = 500
    told = client.webhooks.test(webhook["id"])
    assert (told["delivered"], told["statusCode"]) == (False, 500)
    client.webhooks.delete(webhook["id"])


def dead_letters(client: Client, clocked: Server, receiver: Receiver) -> List[Dict[str, Any]]:
    """Two events that were refused in all attempts, the newest first."""
    for name in ["Unheard of", "Unheard of as well"]:
        client.wallets.create(name=name)
    receiver.wait_for(2)
    for done, pause in enumerate(PAUSES_S, start=2):
        clocked.post("/sandbox/clock", {"advance": f"PT{math.ceil(pause * 1.1) + 1}S"})
        receiver.wait_for(2 * done)

    def letters() -> Any:
        data = client.webhooks.list_dlq()["data"]
        return data if len(data) == 2 else None

    return eventually(letters)


def test_what_cannot_be_delivered_waits_for_a_decision(
    connect: Connect, clocked: Server, receiver: Receiver
) -> None:
    client = connect(clocked.sandboxKey, clocked)
    receiver.status = 503
    webhook = client.webhooks.create(receiver.url, ["wallet.created"])
    second, first = dead_letters(client, clocked, receiver)
    letter = WebhookDlqEntry.model_validate(first)
    assert (letter.webhook_id, letter.event_type) == (webhook["id"], "wallet.created")
    assert (letter.attempts, letter.next_retry_at) == (10, None)
    sent = [it.body for it in receiver.deliveries if it.event["id"] == first["eventId"]]
    assert letter.last_attempt_at and letter.payload == json.loads(sent[0])
    assert len(sent) == 10 and len(set(sent)) == 1

    pages = [client.webhooks.list_dlq(limit=1, offset=offset) for offset in range(3)]
    assert [page["data"] for page in pages] == [[second], [first], []]
    assert [page["total"] for page in pages] == [2, 2, 2]

    answer = client.webhooks.discard_dlq(second["id"])
    assert (answer["id"], answer["status"]) == (second["id"], "FAILED")
    receiver.status = 200
    answer = client.webhooks.retry_dlq(first["id"])
    assert (answer["id"], answer["status"]) == (first["id"], "PENDING")
    receiver.wait_for(21)
    assert receiver.deliveries[-1].body == sent[0]
    eventually(lambda: client.webhooks.list_dlq()["total"] == 0)
    client.webhooks.delete(webhook["id"])
