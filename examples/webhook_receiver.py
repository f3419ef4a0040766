"""How does a receiver of webhooks check that an event is ours, and take each event once?

    WEBHOOK_SECRET=… python examples/webhook_receiver.py 9100
    chongzheng api webhook add http://127.0.0.1:9100/ --config config.toml
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, HTTPServer

BODY_BYTES_MAX = 1_000_000
TOO_OLD_S = 300
SEEN_MAX = 100_000

seen: OrderedDict[str, bool] = OrderedDict()
"""Event ids that were taken. A real receiver keeps them where it keeps what the events led to."""


def is_genuine(secret: bytes, name: str, at_s: str, body: bytes, signature: str) -> bool:
    """Whether the signature is over this id, this time and this body, and not long ago."""
    if not at_s.isdigit() or abs(time.time() - int(at_s)) > TOO_OLD_S:
        return False
    mac = hmac.new(secret, f"{name}.{at_s}.".encode() + body, hashlib.sha256).digest()
    return hmac.compare_digest("v1," + base64.b64encode(mac).decode(), signature)


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 to what it has, now or before; anything else comes again."""

    def do_POST(self) -> None:
        """One event."""
        size = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(size) if 0 < size <= BODY_BYTES_MAX else b""
        name, at_s, signature = (self.headers.get(f"webhook-{part}") or "" for part in ("id", "timestamp", "signature"))
        if not is_genuine(os.environ["WEBHOOK_SECRET"].encode(), name, at_s, body, signature):
            self.send_response(401)
        else:
            if name not in seen:
                seen[name] = True
                event = json.loads(body)
                print(event["time"], event["type"], event["subject"], event["data"]["verdict"]["truth"], flush=True)
            if len(seen) > SEEN_MAX:
                seen.popitem(last=False)
            self.send_response(204)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Quiet."""


if __name__ == "__main__":
    with HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver) as server:
        print(f"listening on {server.server_port}", flush=True)
        server.serve_forever()
