"""How does a payment's verdict leave this house so that a stranger can check it without us? As one signed bundle."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chongzheng import __version__
from chongzheng.journal import Reader
from chongzheng.journal.rows import encode
from chongzheng.mistakes import TheirMistake
from chongzheng.reports.checker import FORMAT, canonical
from chongzheng.reports.story import reasons_of, verdict_document
from chongzheng.reversal.payment import Payment

KEY_FILE_BYTES_MAX = 4096


def bundle(reader: Reader, payment: Payment, key: Ed25519PrivateKey, made_at: int) -> bytes:
    """Everything that carries the verdict on `payment`, chained and signed. `made_at`: epoch ms."""
    facts = reader.facts_of(payment.id)
    rules = {row.rule: _rule(row.rule, row.record) for row in facts}
    version, head = reader.head(payment.id)
    body: dict[str, Any] = {
        "format": FORMAT,
        "by": f"chongzheng {__version__}",
        "made_at": made_at,
        "payment": msgspec.json.decode(encode(payment)),
        "facts": [{"seq": row.seq, "record": row.record.decode(), "hash": row.hash.hex()} for row in facts],
        "head": head.hex(),
        "count": version,
        "rules": rules,
        "evidence": [
            {"id": e.id, "at": e.at, "kind": e.kind, "source": e.source, "body": e.body.decode()}
            for e in reader.evidence_of(payment.id)
        ],
        "entries": [
            {"seq": e.seq, "n": e.n, "debit": e.debit, "credit": e.credit, "fen": e.fen}
            for e in reader.entries_of(payment.id)
        ],
        "cases": [{"why": c.why, "opened_at": c.opened_at, "due_at": c.due_at} for c in reader.cases(payment.id)],
        "verdict": verdict_document(payment.verdict),
        "key": public_hex(key.public_key()),
    }
    body["signature"] = key.sign(canonical(body)).hex()
    return canonical(body) + b"\n"


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The key in `path`; a new one (mode 0600, its public half beside it as .pub) where there is none."""
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        _write_new(path, key.private_bytes_raw().hex(), 0o600)
        _write_new(path.with_suffix(".pub"), public_hex(key.public_key()), 0o644)
        return key
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_read(path)))
    except ValueError:
        raise TheirMistake("is not a signing key (64 hex digits)", str(path)) from None


def public_hex(key: Ed25519PublicKey) -> str:
    """The public key as 64 hex digits."""
    return key.public_bytes_raw().hex()


def _rule(rule: str, record: bytes) -> dict[str, Any]:
    return {"to": msgspec.json.decode(record)["to"], "do": list(reasons_of(rule))}


def _write_new(path: Path, text: str, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise TheirMistake(f"cannot be written ({error.strerror})", str(path)) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")


def _read(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(KEY_FILE_BYTES_MAX).decode("ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise TheirMistake("cannot be read", str(path)) from None
