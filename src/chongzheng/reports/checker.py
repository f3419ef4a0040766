"""Does this bundle prove what it says? A checker that knows nothing of the program that wrote it.

It needs Python and `cryptography`, no database and no other file of chongzheng, so that a stranger can read it in
ten minutes and run it alone: `python checker.py PUBLIC_KEY_FILE BUNDLE`. It recomputes every hash, follows the chain
of facts, and demands that the verdict rests on evidence that is in the bundle. It does not trust the verdict.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "chongzheng-proof/1"
BUNDLE_BYTES_MAX = 16 * 1024 * 1024
GENESIS = b"\x00" * 32
SETTLEMENT_KINDS = ("settlement-file", "settlement-record")


def canonical(document: Any) -> bytes:
    """The one way to write a document: keys sorted, no white space, UTF-8."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def check(data: bytes, trusted_hex: str) -> list[str]:
    """What does not fit, one line each; empty when the bundle proves its verdict under the trusted key."""
    if len(data) > BUNDLE_BYTES_MAX:
        return [f"larger than {BUNDLE_BYTES_MAX} bytes"]
    try:
        document = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return ["not a JSON document"]
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return [f"not a bundle of the format {FORMAT}"]
    try:
        if canonical(document) + b"\n" != data:
            return ["bytes were added or changed outside the content"]
        return list(_signature_faults(document, trusted_hex)) or list(_content_faults(document))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        return [f"a part is missing or has another form ({type(error).__name__}: {error})"]


def _signature_faults(document: dict[str, Any], trusted_hex: str) -> Iterator[str]:
    if document["key"] != trusted_hex:
        yield "signed by a key that is not trusted"
        return
    body = {name: value for name, value in document.items() if name != "signature"}
    signature = bytes.fromhex(document["signature"])
    if signature.hex() != document["signature"]:
        yield "the signature is not written in the one way there is"
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(trusted_hex))
        key.verify(signature, canonical(body))
    except (InvalidSignature, ValueError):
        yield "the signature does not fit the content"


def _content_faults(document: dict[str, Any]) -> Iterator[str]:
    records = [json.loads(fact["record"]) for fact in document["facts"]]
    yield from _chain_faults(document)
    yield from _story_faults(document, records)
    yield from _evidence_faults(document, records)
    yield from _verdict_faults(document, records)
    yield from _truth_faults(document, records)
    yield from _book_faults(document)


def _chain_faults(document: dict[str, Any]) -> Iterator[str]:
    head = GENESIS
    for number, fact in enumerate(document["facts"], 1):
        head = hashlib.sha256(head + fact["record"].encode()).digest()
        if fact["seq"] != number or fact["hash"] != head.hex():
            yield f"fact {fact['seq']}: its hash does not follow from the facts before it"
    if document["head"] != head.hex() or document["count"] != len(document["facts"]):
        yield "the chain does not end where the bundle says"


def _story_faults(document: dict[str, Any], records: list[dict[str, Any]]) -> Iterator[str]:
    state = "NEW"
    for record in records:
        place = f"fact {record['seq']}"
        rule = document["rules"].get(record["rule"])
        if record["payment"] != document["payment"]["id"]:
            yield f"{place}: belongs to another payment"
        if record["from"] != state or not record["rule"].startswith(f"{state}."):
            yield f"{place}: starts in {record['from']}, the one before ended in {state}"
        if rule is None or rule["to"] != record["to"]:
            yield f"{place}: its rule {record['rule']} does not lead to {record['to']}"
        state = record["to"]
    if document["payment"]["state"] != state:
        yield f"the payment is said to stand in {document['payment']['state']}, its facts end in {state}"


def _evidence_faults(document: dict[str, Any], records: list[dict[str, Any]]) -> Iterator[str]:
    known = {item["id"] for item in document["evidence"]}
    for item in document["evidence"]:
        head = f"{item['kind']}\x1f{item['source']}\x1f{item['at']}\x1f".encode()
        if item["id"] != "E" + hashlib.sha256(head + item["body"].encode()).hexdigest()[:32]:
            yield f"evidence {item['id']}: its content does not have that id"
    for record in records:
        named = {record["fact"].get("evidence", "")}
        named |= {line["evidence"] for part in ("originals", "reversals") for line in record["fact"].get(part, [])}
        for missing in sorted(named - known - {""}):
            yield f"fact {record['seq']}: evidence {missing} is not in the bundle"


def _verdict_faults(document: dict[str, Any], records: list[dict[str, Any]]) -> Iterator[str]:
    verdict = document["verdict"]
    if not records or verdict != records[-1]["verdict"] or verdict != document["payment"]["verdict"]:
        yield "the verdict is not the one of the last fact"
    kinds = {item["id"]: item["kind"] for item in document["evidence"]}
    for missing in sorted(set(verdict["because"]) - set(kinds)):
        yield f"the verdict rests on evidence {missing}, which is not in the bundle"
    if verdict["proof"] == "proven" and not any(kinds.get(i) in SETTLEMENT_KINDS for i in verdict["because"]):
        yield "the verdict is called proven without a settlement file"


def _truth_faults(document: dict[str, Any], records: list[dict[str, Any]]) -> Iterator[str]:
    """What the clearing files say, counted here: sales less reversals, a record that stands twice counted once."""
    counts = {"originals": set[tuple[str, str, str]](), "reversals": set[tuple[str, str, str]]()}
    for record in records:
        for part, seen in counts.items():
            seen |= {(line["stan"], line["sent_at"], line["rrn"]) for line in record["fact"].get(part, [])}
    kept = len(counts["originals"]) - len(counts["reversals"])
    wanted = {"never_charged": kept == 0, "charged_returned": kept == 0, "charged_kept": kept == 1}
    verdict = document["verdict"]
    voided = bool(document["payment"].get("ties"))
    if verdict["proof"] == "proven" and not voided and not wanted.get(verdict["truth"], kept > 1):
        yield f"the files show {kept} kept, the verdict says {verdict['truth']}"


def _book_faults(document: dict[str, Any]) -> Iterator[str]:
    books: dict[str, int] = {}
    for entry in document["entries"]:
        if type(entry["fen"]) is not int or entry["fen"] <= 0 or entry["debit"] == entry["credit"]:
            yield f"entry {entry['seq']}.{entry['n']}: not an entry"
        books[entry["debit"]] = books.get(entry["debit"], 0) + entry["fen"]
        books[entry["credit"]] = books.get(entry["credit"], 0) - entry["fen"]
    moved = any(books.values())
    if document["verdict"]["truth"] in ("never_charged", "charged_returned") and moved:
        yield "nothing was kept, but the books still hold money"


def main(arguments: list[str]) -> int:
    """Exit 0: proven as said. 1: something does not fit. 2: the arguments are not two readable files."""
    try:
        key_file, bundle_file = arguments
        with open(key_file, encoding="ascii") as file:
            trusted_hex = file.read().strip()
        with open(bundle_file, "rb") as file:
            data = file.read(BUNDLE_BYTES_MAX + 1)
    except (ValueError, OSError) as error:
        print(f"usage: checker.py PUBLIC_KEY_FILE BUNDLE ({error})", file=sys.stderr)
        return 2
    faults = check(data, trusted_hex)
    print("\n".join(faults) if faults else "it says what its evidence carries")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
