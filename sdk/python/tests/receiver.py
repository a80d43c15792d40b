"""A receiver of webhooks: a real HTTP server that keeps what arrives."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, Iterator, List

# Tens of milliseconds are usual; a machine that is compiling as well needs some of this.
DEADLINE_S = 20


@dataclass(frozen=True)
class Delivery:
    """A request as it arrived."""

    headers: Dict[str, str]
    body: bytes

    @property
    def event(self) -> Dict[str, Any]:
        return json.loads(self.body)


class Receiver:
    def __init__(self) -> None:
        self.url = ""
        # How it answers.
        self.status = 200
        self.deliveries: List[Delivery] = []
        self.arrived = threading.Condition()

    def next(self, fits: Callable[[Delivery], bool]) -> Delivery:
        """The first delivery that fits, also one that arrived before."""
        with self.arrived:
            found = self.arrived.wait_for(lambda: next(filter(fits, self.deliveries), None), DEADLINE_S)
        assert found, f"not among {[delivery.event['type'] for delivery in self.deliveries]}"
        return found

    def wait_for(self, count: int) -> None:
        """Returns when so many deliveries have arrived."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.deliveries) >= count, DEADLINE_S)

    def take(self, delivery: Delivery) -> None:
        with self.arrived:
            self.deliveries.append(delivery)
            self.arrived.notify_all()


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.take(Delivery(headers, body))
            self.send_response(receiver.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Tests have nobody to tell."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        receiver.url = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield receiver
        http.shutdown()
        thread.join()


def eventually(look: Callable[[], Any]) -> Any:
    """What a look finds once it finds something: what follows a delivery has nobody to tell of it."""
    deadline = time.monotonic() + DEADLINE_S
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found
