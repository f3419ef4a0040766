"""What can be said to the machine in the small world of the model? A word for each fact; the facts themselves.

Every instant is NOW: between two facts time only moves by `machine.py`, which then shifts what the payment waits for.
Two worlds that differ only in when they are thereby become one, and the state space closes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from chongzheng.reversal import facts
from chongzheng.reversal.facts import Answer, Fact, Found, Key, Line, Moves, Request, Sign, Undo
from chongzheng.reversal.payment import Payment
from chongzheng.reversal.policy import Policy

NOW = 1_000
"""The instant at which everything happens."""
FAR = 1_000_000
"""The end of the business day, until the world says that it has come."""
DAYS = ("20261122", "20261123")
AMOUNT_FEN = 10_000
KEY = Key("898100000000001", "10000001", "000012", "000123")
ECHO = ("000000", "000123", "10000001")
OTHER_ECHO = ("000000", "000124", "10000001")
RRN, BLIND_RRN, SECOND_RRN = "A1", "Z9", "A2"
PAYMENT = "P1"
NEW = Payment(PAYMENT, KEY)
"""The payment before anything is known of it."""

ASKING = Policy(
    version="model",
    reply_wait_ms=10,
    terminal_wait_ms=11,
    deliver_wait_ms=10,
    repeat_after_ms=(10,),
    not_found_after_ms=(10,),
    urgent_after_ms=10,
    reverse_for_ms=15,
    inquire_after_ms=(10, 20),
    file_due_ms=40,
    case_due_ms=10,
)
"""Waits in ranks: one repeat fits into a window, two questions into the wait for a file."""
SILENT = replace(ASKING, inquire_after_ms=())
"""The same of a channel that cannot be asked."""


@dataclass(frozen=True, slots=True)
class Sale:
    """What is sold: whether its channel can be asked, what it needs when unanswered, what it does with the money."""

    can_be_asked: bool = False
    undo: Undo = Undo.REVERSE
    moves: Moves = Moves.DEBIT

    @property
    def policy(self) -> Policy:
        """The waits of its channel."""
        return ASKING if self.can_be_asked else SILENT

    def request(self, amount_fen: int = AMOUNT_FEN) -> Request:
        """The terminal's request, or the same for another amount."""
        return Request(
            key=KEY,
            amount_fen=amount_fen,
            currency="156",
            fingerprint=f"for {amount_fen}",
            echo=ECHO,
            identity=(("3", "000000"), ("11", KEY.stan)),
            day=DAYS[0],
            day_ends_at=FAR,
            masked_pan="622848******1234",
            undo=self.undo,
            moves=self.moves,
        )


REPLIES: dict[str, Answer] = {
    "yes": Answer("00", "good", ECHO, RRN),
    "no": Answer("51", "absent", ECHO),
    "perhaps": Answer("96", "absent", ECHO),
    "forged yes": Answer("00", "bad", ECHO, BLIND_RRN),
    "unsigned yes": Answer("00", "absent", ECHO, BLIND_RRN),
    "yes to another": Answer("00", "good", OTHER_ECHO, RRN),
}
"""What the host may say to the sale."""

UNDO_REPLIES: dict[str, Answer] = {
    "done": Answer("00", "good", ECHO, RRN),
    "done blindly": Answer("00", "good", ECHO, BLIND_RRN),
    "forged done": Answer("00", "bad", ECHO, RRN),
    "unsigned done": Answer("00", "absent", ECHO, RRN),
    "done of another": Answer("00", "good", OTHER_ECHO, RRN),
    "not found": Answer("25", "absent", ECHO),
    "invalid": Answer("12", "absent", ECHO),
    "already": Answer("22", "absent", ECHO),
    "mismatch": Answer("64", "absent", ECHO),
    "unsupported": Answer("40", "absent", ECHO),
    "sign in": Answer("A0", "absent", ECHO),
    "cut over": Answer("90", "absent", ECHO),
    "busy": Answer("68", "absent", ECHO),
}
"""What the host may say to a reversal."""

UNBELIEVABLE = frozenset(
    {"forged yes", "unsigned yes", "yes to another", "forged done", "unsigned done", "done of another"}
)
"""Answers that no machine may believe."""

FOUND: dict[str, Found] = {
    "found charged": Found.CHARGED,
    "found returned": Found.RETURNED,
    "found nothing": Found.NOT_FOUND,
    "found never": Found.NEVER,
}
"""What the channel may say when it is asked."""


def fact_of(word: str, payment: Payment, sale: Sale) -> Fact:
    """The fact that `word` names, at NOW. A KeyError names a word that nobody knows."""
    if word in REPLIES:
        return facts.ReplyArrived(PAYMENT, NOW, word, REPLIES[word])
    if word in UNDO_REPLIES:
        return facts.ReversalAnswered(PAYMENT, NOW, word, UNDO_REPLIES[word])
    if word in FOUND:
        return facts.InquiryAnswered(PAYMENT, NOW, word, FOUND[word], authentic=True)
    if word.startswith("file "):
        return _file(word)
    if word == "deadline":
        return facts.DeadlinePassed(PAYMENT, NOW, payment.wake_at or NOW)
    return _ours(word, sale)


def _file(word: str) -> Fact:
    """`file DAY ORIGINALS REVERSALS`: which clearing day, and how many lines of each it has of this payment."""
    _, day, originals, reversals = word.split()
    sold = tuple(_line(f"{word} {rrn}", rrn) for rrn in (RRN, SECOND_RRN)[: int(originals)])
    undone = tuple(_line(f"{word} back {rrn}", rrn) for rrn in (RRN, SECOND_RRN)[: int(reversals)])
    return facts.SettlementSaw(PAYMENT, NOW, f"file {day}", DAYS[int(day)], sold, undone)


def _line(evidence: str, rrn: str) -> Line:
    return Line(evidence, AMOUNT_FEN, rrn, KEY.stan, "1122090000")


def _ours(word: str, sale: Sale) -> Fact:
    match word:
        case "sale" | "conflicting sale":
            amount_fen = AMOUNT_FEN if word == "sale" else AMOUNT_FEN + 1
            return facts.RequestTaken(PAYMENT, NOW, word, sale.request(amount_fen))
        case "terminal reverses" | "terminal disputes":
            reason = "98" if word == "terminal reverses" else "06"
            return facts.ReversalAsked(PAYMENT, NOW, word, reason, sale.request())
        case "terminal reverses another amount":
            return facts.ReversalAsked(PAYMENT, NOW, word, "98", sale.request(AMOUNT_FEN + 1))
        case "not forwarded":
            return facts.NotForwarded(PAYMENT, NOW, "no connection")
        case "stale deadline":
            return facts.DeadlinePassed(PAYMENT, NOW, NOW - 1)
        case "person stops":
            return facts.ReversalStopped(PAYMENT, NOW, "clerk 7")
        case "check asked":
            return facts.CheckAsked(PAYMENT, NOW, "clerk 7")
        case "terminal gave up":
            return facts.TerminalGaveUp(PAYMENT, NOW, word, Sign.TRACE_GAP)
        case "terminal moved on":
            return facts.TerminalMovedOn(PAYMENT, NOW, word)
    return _REPORTS[word](PAYMENT, NOW)


_REPORTS: dict[str, type[facts.SendUncertain | facts.AnswerWritten | facts.AnswerUndelivered | facts.DeliveryUncertain]]
_REPORTS = {
    "send uncertain": facts.SendUncertain,
    "answer written": facts.AnswerWritten,
    "answer undelivered": facts.AnswerUndelivered,
    "delivery uncertain": facts.DeliveryUncertain,
}

VOCABULARY: tuple[str, ...] = (
    *REPLIES,
    *UNDO_REPLIES,
    *FOUND,
    *_REPORTS,
    *(f"file {day} {originals} {reversals}" for day in (0, 1) for originals, reversals in ((0, 0), (1, 0), (1, 1))),
    "sale",
    "conflicting sale",
    "terminal reverses",
    "terminal disputes",
    "terminal reverses another amount",
    "not forwarded",
    "stale deadline",
    "person stops",
    "check asked",
    "terminal gave up",
    "terminal moved on",
)
"""Every word that can be said to a payment that sets no deadline any more."""
