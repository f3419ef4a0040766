"""How does another switch use chongzheng beside it: report a sale, report its late answer, read the verdict?

Run `chongzheng up` with a table [api] in its configuration, make a token, and then:

    chongzheng api token create switch --scope report --scope read --config config.toml
    CHONGZHENG_TOKEN=czt_… python examples/switch_that_reports.py http://127.0.0.1:8580
"""

import json
import os
import sys
import time
from typing import Any
from urllib.request import Request, urlopen

WAIT_S = 10
TRIES_MAX = 50


def call(method: str, url: str, body: Any = None, key: str = "") -> Any:
    """One call of the API; the same key makes a repeat harmless."""
    headers = {"Authorization": f"Bearer {os.environ['CHONGZHENG_TOKEN']}", "Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    data = json.dumps(body).encode() if body is not None else None
    with urlopen(Request(url, data, headers, method=method), timeout=WAIT_S) as answer:  # noqa: S310 - an address of ours
        return json.load(answer)


def main(base: str) -> None:
    """Report a sale whose answer was lost, ask for its standing, report the late answer, and ask again."""
    now = time.time_ns() // 1_000_000
    stan = f"{now // 1000 % 1_000_000:06d}"
    sale = {
        "merchant": "898100000000001",
        "terminal": "77000001",
        "batch": "000001",
        "stan": stan,
        "amount_fen": 12_300,
        "at": now,
        "card": "622202******0123",
    }
    taken = call("POST", f"{base}/payments", sale, key=f"sale-{now}")
    payment = taken["payment"]
    print("reported ", payment, taken["state"], taken["verdict"]["truth"])
    reply = {"kind": "reply", "code": "00", "mac": "good", "rrn": "123456789012", "at": now + 1}
    call("POST", f"{base}/payments/{payment}/evidence", reply, key=f"reply-{now}")
    for _ in range(TRIES_MAX):
        standing = call("GET", f"{base}/payments/{payment}")
        if standing["verdict"]["truth"] != "unknown":
            break
        time.sleep(0.1)
    print("answered ", payment, standing["state"], standing["verdict"]["truth"], standing["verdict"]["proof"])
    for chapter in call("GET", f"{base}/payments/{payment}/story")["story"]:
        print(f"  {chapter['seq']}. {chapter['fact']}: {chapter['rule']} -> {chapter['to']}")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
