"""What does a door hand in? Made-up sales, answers, reversals and clearing records, with redacted evidence."""

import json

from chongzheng.card import Pan, masked
from chongzheng.journal import Evidence, Submission, evidence, payment_id
from chongzheng.reversal.facts import (
    Answer,
    AnswerWritten,
    DeadlinePassed,
    Fact,
    Key,
    Line,
    ReplyArrived,
    Request,
    RequestTaken,
    ReversalAnswered,
    ReversalAsked,
    SettlementSaw,
)

NOON_MS = 1_790_000_000_000
DAY_MS = 86_400_000
DAY_ENDS_MS = NOON_MS + DAY_MS // 2
AMOUNT_FEN = 12_345


def key(n: int) -> Key:
    """The key of the n-th payment: one terminal, traces 000001, 000002 …"""
    return Key("898100012345678", "10000001", "000001", f"{n:06d}")


def pan(n: int) -> str:
    """The n-th card number, nineteen digits that occur nowhere by accident."""
    return f"6222{n:08d}7531902"


def name_of(n: int) -> str:
    """The id of the n-th payment."""
    return payment_id(key(n))


def said(kind: str, n: int, at: int, **words: object) -> Evidence:
    """Evidence about the n-th payment as a door writes it: canonical JSON, the card number masked."""
    document = {"F2": masked(pan(n)), "F11": f"{n:06d}", "F41": key(n).terminal, **words}
    return evidence(kind, "terminal:10000001", at, json.dumps(document, sort_keys=True).encode())


def request(n: int, amount_fen: int = AMOUNT_FEN, **changed: object) -> Request:
    """What the terminal says of the n-th payment."""
    words = {
        "key": key(n),
        "amount_fen": amount_fen,
        "currency": "156",
        "fingerprint": f"{n}:{amount_fen}",
        "echo": (f"{n:06d}", "10000001"),
        "identity": (("F11", f"{n:06d}"), ("F4", f"{amount_fen:012d}")),
        "day": "20260922",
        "day_ends_at": DAY_ENDS_MS,
        "masked_pan": masked(pan(n)),
    }
    return Request(**(words | changed))  # type: ignore[arg-type]


def sale(n: int, at: int = NOON_MS, amount_fen: int = AMOUNT_FEN) -> Submission:
    """The terminal asks for a purchase."""
    heard = said("0200", n, at, F4=amount_fen)
    return Submission(RequestTaken(name_of(n), at, heard.id, request(n, amount_fen)), (heard,), Pan(pan(n)))


def _answer(n: int, code: str, mac: str, rrn: str) -> Answer:
    return Answer(code, mac, (f"{n:06d}", "10000001"), rrn)


def reply(n: int, at: int = NOON_MS + 100, code: str = "00", mac: str = "good") -> Submission:
    """The host answers the purchase."""
    heard = said("0210", n, at, F39=code, mac=mac)
    return Submission(ReplyArrived(name_of(n), at, heard.id, _answer(n, code, mac, f"{n:012d}")), (heard,))


def written(n: int, at: int = NOON_MS + 200) -> Submission:
    """The approval stands in the terminal's socket."""
    return Submission(AnswerWritten(name_of(n), at))


def asked(n: int, at: int = NOON_MS + 300, reason: str = "98") -> Submission:
    """The terminal sends its reversal."""
    heard = said("0400", n, at, F39=reason)
    return Submission(ReversalAsked(name_of(n), at, heard.id, reason, request(n)), (heard,), Pan(pan(n)))


def undone(n: int, at: int = NOON_MS + 400, code: str = "00", rrn: str | None = None) -> Submission:
    """The host answers the reversal."""
    heard = said("0410", n, at, F39=code)
    answer = _answer(n, code, "good", f"{n:012d}" if rrn is None else rrn)
    return Submission(ReversalAnswered(name_of(n), at, heard.id, answer), (heard,))


def late(n: int, due_at: int, at: int | None = None) -> Submission:
    """The deadline `due_at` passed."""
    return Submission(DeadlinePassed(name_of(n), due_at if at is None else at, due_at))


def cleared(
    n: int, originals: int = 1, reversals: int = 0, at: int = NOON_MS + DAY_MS, day: str = "20260923"
) -> Submission:
    """The clearing file of a day was read, with so many records of the payment."""
    heard = said("settlement-record", n, at, day=day, originals=originals, reversals=reversals)

    def lines(count: int, mark: str) -> tuple[Line, ...]:
        return tuple(Line(heard.id, AMOUNT_FEN, f"{n:012d}", f"{n:06d}", f"{mark}{i}") for i in range(count))

    fact = SettlementSaw(name_of(n), at, heard.id, day, lines(originals, "o"), lines(reversals, "r"))
    return Submission(fact, (heard,))


def kept(n: int) -> list[Submission]:
    """A sale that goes well, up to its clearing record."""
    return [sale(n), reply(n), written(n), cleared(n)]


def returned(n: int) -> list[Submission]:
    """A sale whose answer is lost, whose reversal is accepted, and both stand in the file."""
    return [sale(n), asked(n), reply(n, NOON_MS + 350), undone(n), cleared(n, 1, 1)]


def bare(fact: Fact) -> Submission:
    """A fact without evidence."""
    return Submission(fact)
