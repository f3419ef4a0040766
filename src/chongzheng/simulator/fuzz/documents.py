"""Which promises must hold for the documents of our other doors: files, bodies, bundles?

Clearing files and their control files, journals of other switches, JSON bodies, configuration, bundles of proof,
sealed keys. Each lane makes a document that is nearly right, and hands it to the program that reads it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chongzheng.api import reports
from chongzheng.api.imports import Reading, bring_in
from chongzheng.api.intake import Intake, Readers
from chongzheng.api.shapes import Outcome, Report, from_json
from chongzheng.api.table import ENDPOINTS
from chongzheng.app import journal_and_policy
from chongzheng.gateway import channel
from chongzheng.gateway.translate import CUP_POS
from chongzheng.journal import Reader
from chongzheng.journal.doors import Token
from chongzheng.mistakes import TheirMistake
from chongzheng.reports import checker
from chongzheng.reversal.facts import Key
from chongzheng.reversal.payment import Payment
from chongzheng.settlement.formats import control
from chongzheng.settlement.formats.known import packaged
from chongzheng.settlement.formats.reader import read
from chongzheng.settlement.intake import admit
from chongzheng.simulator import clearing
from chongzheng.simulator.fuzz.bending import JSON_TOKENS, LINE_TOKENS, TOML_TOKENS, bent, mangled
from chongzheng.simulator.fuzz.promises import hold
from chongzheng.simulator.fuzz.spelled import CARD, PAN, decent, make_keys, make_message, take_keys, take_message

DAY, NAME, NOW = "20261122", "IND26112201ACOM", 1_795_400_000_000
OPERATORS = ("config", "terminals", "kinds")
NOWHERE = "payment_conflict"
"""What a report hears that was understood, and is then in no journal."""
ANYBODY = Token("T1", "switch", "", frozenset({"report"}), frozenset(), 1, 0, None)
WORLD = reports.World(lambda at: (DAY, at + 1), str, CUP_POS.kinds)
PAYMENT = Payment("PAAAAAAAAAAAAAAAA", Key("898110000000001", "77000001", "000001", "000001"))

REPORT: dict[str, Any] = {
    "merchant": "898110000000001", "terminal": "77000001", "batch": "000001", "stan": "000001", "amount_fen": 12_300,
    "at": NOW - 1_000, "card": PAN, "fields": {"22": "021"}, "delivered": True, "sign": "trace_gap",
    "reply": {"code": "00", "mac": "good", "rrn": "123456789012", "at": NOW},
}  # fmt: skip
EVIDENCE: tuple[dict[str, Any], ...] = (
    {"kind": "reply", "code": "00", "mac": "good", "at": NOW, "rrn": "1"},
    {"kind": "reversal_answer", "code": "25", "mac": "bad", "at": NOW},
    {"kind": "reversal_asked", "at": NOW, "reason": "98"},
    {"kind": "timed_out", "at": NOW},
    {"kind": "delivery", "delivered": False, "at": NOW},
    {"kind": "not_sent", "why": "no line", "at": NOW},
    {"kind": "sign", "sign": "fault_slip", "at": NOW, "note": "said so"},
    {"kind": "inquiry", "outcome": "not_found", "authentic": True, "at": NOW},
)
OTHERS: tuple[Any, ...] = (
    {}, {"url": "https://127.0.0.1/x", "kinds": ["payment.final"]}, {"since": 1, "until": 2}, [REPORT, REPORT],
)  # fmt: skip
CSV = (
    b"merchant,terminal,batch,stan,amount,at,card,field_22,reply_code,reply_mac,delivered\n"
    b"898110000000001,77000001,000001,000001,123.45,2026-11-22T10:00:00,6222021234567890,021,00,good,yes\n"
    b"898110000000001,77000001,000001,000002,1,1795400000000,,021,,,\n"
)
CONFIG = b"""terminals_file = "terminals.csv"
[journal]
path = "journal.db"
keys = "vault.keys"
[pos]
listen = "127.0.0.1:0"
pin = "pass"
[host]
address = "127.0.0.1:9000"
terminal = "00000001"
merchant = "898000000000001"
master_key = "%s"
fail_over = ["sale"]
[[host.links]]
name = "second"
address = "127.0.0.1:9001"
[inquiry.answers]
00 = "charged"
[policy]
version = "p1"
[[retention]]
kind = "evidence"
keep_days = 100
since = "2026-01-01"
""" % (b"ab" * 40)
TERMINALS = b"terminal,merchant,master_key,mac\n77000001,898110000000001," + b"ab" * 40 + b",cup-ecb\n"
KINDS = b"""channel = "cup-pos"
version = "1"
account_digits = [2, 3]
[copies]
"mine" = [3, 4, 11]
[needs]
"mine" = [3, 4]
[[kinds]]
name = "tip"
mti = "0200"
f3 = "999999"
f25 = "00"
f60_1 = "99"
undo = "reverse"
moves = "debit"
copies = "mine"
needs = [3, 4, 11]
valid_from = "2026-01-01"
[[messages]]
name = "hello"
mti = "0800"
does = "answer"
f60_3 = ["999"]
order = 1
"""

_bodies = [
    msgspec.json.Decoder(kind, dec_hook=from_json)
    for kind in {str(endpoint.takes): endpoint.takes for endpoint in ENDPOINTS if endpoint.takes}.values()
]


class _NoPayments(Readers):
    """Readers of a journal in which nothing is."""

    def __init__(self) -> None:
        super().__init__("")

    @contextmanager
    def one(self) -> Iterator[Reader]:
        """A reader that knows no payment."""
        yield _Nothing()


class _Nothing(Reader):
    def __init__(self) -> None:
        pass

    def payment(self, payment: str) -> Payment | None:
        """None."""
        return None


class Desk:
    """Makes documents for the lanes and hands them in. `folder`: for those that are read from a file."""

    def __init__(self, seed: int, folder: Path) -> None:
        self._folder = folder
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(str(seed).encode()).digest())
        self._trusted = self._key.public_key().public_bytes_raw().hex()
        self._bundle = self._signed(_proof())
        self._runner = asyncio.Runner()
        self._intake = Intake(self._commit, WORLD, lambda: NOW, _NoPayments())

    async def _commit(self, submissions: Sequence[Any]) -> list[Any]:
        for submission in submissions:
            for one in submission.evidence:
                hold(PAN.encode() not in one.body, "no card number is kept of a report")
        return []

    def close(self) -> None:
        """The loop."""
        self._runner.close()

    def make(self, number: int, dice: Random) -> tuple[str, bytes]:
        """The lane of this number and its document."""
        lane = LANES[number % len(LANES)]
        return lane, _MAKERS[lane](self, dice)

    def take(self, lane: str, data: bytes) -> bool:
        """Whether the document was accepted."""
        try:
            return _TAKERS[lane](self, data)
        except TheirMistake as mistake:
            decent(mistake, lane not in OPERATORS)
            return False

    # Clearing files

    def _make_acom(self, dice: Random) -> bytes:
        lines = [_line(dice) for _ in range(dice.randrange(1, 4))]
        return mangled(dice, b"".join(line + b"\n" for line in lines), LINE_TOKENS)

    def _take_acom(self, data: bytes) -> bool:
        reading = read(packaged().named("acom", data), data, NAME, DAY)
        lines = data.split(b"\n")
        for record in reading.records:
            card = lines[record.number - 1][42:61].strip().decode("ascii")
            hold(card not in record.text, "no card number leaves the reader")
        for problem in reading.problems:
            hold(not CARD.search(str(problem)), "a problem repeats no card number")
        vouched = f"day={DAY}\nrecords={len(reading.records)}\namount_fen={reading.amount_fen}\n"
        admit(data, NAME, DAY, f"{vouched}sha256={hashlib.sha256(data).hexdigest()}\n".encode())
        return True

    def _make_control(self, dice: Random) -> bytes:
        line = _line(dice)
        return mangled(dice, clearing.control(DAY, [line], line + b"\n"), LINE_TOKENS)

    def _take_control(self, data: bytes) -> bool:
        promised = control.parse(data, f"{NAME}.ctl")
        hold(promised.records >= 0 and len(promised.sha256) == 64, "a control file says whole numbers")
        return True

    # Reports

    def _make_csv(self, dice: Random) -> bytes:
        return mangled(dice, CSV, LINE_TOKENS)

    def _take_csv(self, data: bytes) -> bool:
        return self._import("csv", data)

    def _make_jsonl(self, dice: Random) -> bytes:
        lines = [json.dumps(bent(dice, REPORT) if dice.random() < 0.5 else REPORT).encode() for _ in range(3)]
        return mangled(dice, b"\n".join(lines), JSON_TOKENS)

    def _take_jsonl(self, data: bytes) -> bool:
        return self._import("jsonl", data)

    def _import(self, form: str, data: bytes) -> bool:
        path = self._folder / f"journal.{form}"
        path.write_bytes(data)
        summary = bring_in(path, Reading(form), self._hand_in, lambda count: None)
        for problem in summary.problems:
            hold(not CARD.search(f"{problem.where} {problem.what}"), "a problem repeats no card number")
        return summary.refused == 0

    def _hand_in(self, lines: Sequence[bytes]) -> list[Outcome]:
        """What a payment's report becomes in a journal that has never heard of it."""
        outcomes = self._runner.run(self._intake.take(lines, ANYBODY, "import"))
        taken = {"result": "taken", "code": ""}
        return [msgspec.structs.replace(one, **taken) if one.code == NOWHERE else one for one in outcomes]

    def _make_json(self, dice: Random) -> bytes:
        document = bent(dice, dice.choice((REPORT, REPORT, *EVIDENCE, *OTHERS)))
        data = json.dumps(document).encode()
        return mangled(dice, data, JSON_TOKENS) if dice.random() < 0.3 else data

    def _take_json(self, data: bytes) -> bool:
        return any([self._said(decoder, data) for decoder in _bodies])

    def _said(self, decoder: Any, data: bytes) -> bool:
        try:
            body = decoder.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return False
        if isinstance(body, Report):
            reports.check(body, NOW, CUP_POS.kinds)
            for submission in reports.opening(body, "api:switch", WORLD):
                hold(PAN.encode() not in submission.evidence[0].body, "no card number is kept of a report")
            reports.same_words(data)
        elif isinstance(body, list):
            self._hand_in(body)
        elif getattr(body, "at", None) is not None:
            reports.heard(PAYMENT, body, "api:switch", "k")
            reports.same_words(data)
        return True

    # Configuration

    def _make_config(self, dice: Random) -> bytes:
        return mangled(dice, CONFIG, TOML_TOKENS)

    def _take_config(self, data: bytes) -> bool:
        return self._load(data, TERMINALS)

    def _make_terminals(self, dice: Random) -> bytes:
        return mangled(dice, TERMINALS, LINE_TOKENS)

    def _take_terminals(self, data: bytes) -> bool:
        return self._load(CONFIG, data)

    def _load(self, text: bytes, terminals: bytes) -> bool:
        path = self._folder / "chongzheng.toml"
        path.write_bytes(text)
        (self._folder / "terminals.csv").write_bytes(terminals)
        journal_and_policy(path)
        return True

    def _make_kinds(self, dice: Random) -> bytes:
        return mangled(dice, KINDS, TOML_TOKENS)

    def _take_kinds(self, data: bytes) -> bool:
        channel.read(data.decode("utf-8", "replace"), CUP_POS)
        return True

    # Proof

    def _signed(self, document: Any) -> bytes:
        body = {**document, "key": self._trusted} if isinstance(document, dict) else document
        if isinstance(body, dict):
            body.pop("signature", None)
            body["signature"] = self._key.sign(checker.canonical(body)).hex()
        return checker.canonical(body) + b"\n"

    def _make_bundle(self, dice: Random) -> bytes:
        return mangled(dice, self._bundle, JSON_TOKENS)

    def _take_bundle(self, data: bytes) -> bool:
        faults = checker.check(data, self._trusted)
        hold(bool(faults) or data == self._bundle, "a bundle that was changed proves nothing")
        return not faults

    def _make_signed(self, dice: Random) -> bytes:
        """Signed by the trusted key itself, so that only its content is in doubt."""
        document = bent(dice, _proof())
        if isinstance(document, dict) and document.get("facts") and dice.random() < 0.3:
            document["facts"] = [{"seq": 1, "record": dice.choice(JSON_TOKENS).decode("latin-1"), "hash": ""}]
        return self._signed(document)

    def _take_signed(self, data: bytes) -> bool:
        return not checker.check(data, self._trusted)


def _line(dice: Random) -> bytes:
    """One trade, as the clearing house writes it."""
    line = bytearray(b" " * clearing.LINE_BYTES)
    values = {name: "0" * length for name, (_, length) in clearing.PLACES.items()}
    values |= {"stan": f"{dice.randrange(10**6):06d}", "moment": "1122101500", "pan": PAN, "mti": "0200", "code": "00",
               "amount": f"{dice.randrange(10**9):012d}", "terminal": "77000001", "merchant": "898110000000001",
               "rrn": "112300000001", "other": PAN[:14]}  # fmt: skip
    for name, (at, length) in clearing.PLACES.items():
        line[at : at + length] = values[name].ljust(length).encode("ascii")
    return bytes(line)


def _proof() -> dict[str, Any]:
    """A small bundle that holds, but for its signature."""
    verdict = {"truth": "unknown", "money": "unknown", "fen": 0, "viewpoint": "merchant", "proof": "claimed",
               "rule": "nothing known", "because": []}  # fmt: skip
    head = b"report\x1fapi\x1f5\x1f"
    name = "E" + hashlib.sha256(head + b"{}").hexdigest()[:32]
    record = json.dumps({"seq": 1, "payment": "P1", "from": "NEW", "to": "FORWARDED", "rule": "NEW.request",
                         "fact": {"evidence": name, "originals": [{"evidence": name, "stan": "1", "sent_at": "2",
                         "rrn": "3"}]}, "verdict": verdict})  # fmt: skip
    chained = hashlib.sha256(checker.GENESIS + record.encode()).hexdigest()
    return {
        "format": checker.FORMAT, "by": "chongzheng", "made_at": 1,
        "payment": {"id": "P1", "state": "FORWARDED", "verdict": verdict},
        "facts": [{"seq": 1, "record": record, "hash": chained}], "head": chained, "count": 1,
        "rules": {"NEW.request": {"to": "FORWARDED", "do": []}},
        "evidence": [{"id": name, "at": 5, "kind": "report", "source": "api", "body": "{}"}],
        "entries": [{"seq": 1, "n": 1, "debit": "a", "credit": "b", "fen": 5}], "cases": [], "verdict": verdict,
    }  # fmt: skip


_MAKERS: dict[str, Callable[[Desk, Random], bytes]] = {
    "acom": Desk._make_acom, "control": Desk._make_control, "csv": Desk._make_csv, "jsonl": Desk._make_jsonl,
    "json": Desk._make_json, "config": Desk._make_config, "terminals": Desk._make_terminals, "kinds": Desk._make_kinds,
    "bundle": Desk._make_bundle, "signed": Desk._make_signed,
    "keys": lambda desk, dice: make_keys(dice), "message": lambda desk, dice: make_message(dice),
}  # fmt: skip
_TAKERS: dict[str, Callable[[Desk, bytes], bool]] = {
    "acom": Desk._take_acom, "control": Desk._take_control, "csv": Desk._take_csv, "jsonl": Desk._take_jsonl,
    "json": Desk._take_json, "config": Desk._take_config, "terminals": Desk._take_terminals, "kinds": Desk._take_kinds,
    "bundle": Desk._take_bundle, "signed": Desk._take_signed,
    "keys": lambda desk, data: take_keys(data), "message": lambda desk, data: take_message(data),
}  # fmt: skip
LANES = tuple(_MAKERS)
