"""What is booked when a refund is posted, proven, or credited twice, and how does it end?

`advance` in the body is what lies on provisional refunds for it, in fen: what we gave and are not yet covered for. It
rises when a provisional refund is posted, or when a final one turns out to be the second; it falls when the debit is
proven (covered), recovered or lost. Nothing is booked on an acknowledgement alone: the books follow the machine's.
"""

from __future__ import annotations

from typing import Any

from chongzheng.cases import kin
from chongzheng.cases.credit_watch import watched
from chongzheng.cases.effects import Book, Effect, Free, FreeRelease, Open
from chongzheng.cases.matter import Body, Fact, Given, Matter, Outcome, Refused
from chongzheng.cases.refund_policy import Gives
from chongzheng.cases.refund_rules import (
    CONFIRMED_FINAL,
    DOUBLE_CREDIT,
    POSTED,
    RECOVERED,
    RECOVERING,
    SENT,
    WRITTEN_OFF,
    kept,
    let_go,
    returned,
)
from chongzheng.reversal.booking import Booking

DOUBLED_STATES = frozenset({DOUBLE_CREDIT, RECOVERING})
STOPPED_IN_TIME, CANCELLED, BY_FILE, BY_BANK = WAYS = ("stopped", "cancelled", "file", "bank")
"""How a double credit was undone: nothing had left; the channel cancelled it; a file, or our bank, brought it back."""


def posted(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """The channel shows the credit: the money is out, and the books say from where."""
    if matter.body["posted_at"]:
        return Refused("rule", "it is posted already")
    changes = {"posted_at": fact.at, "posting": dict(fact.said)}
    if matter.body["gives"] == Gives.PROVISIONAL:
        out = (_book(matter, Booking.ADVANCED),)
        return _learned(matter, fact, given, {**changes, "advance": matter.fen}, out)
    source = source_of(matter, matter.fen, given.payment)
    if let_go(given.payment) or matter.body["charged_back"] or not source:
        out = (_book(matter, Booking.DOUBLED_UNSEEN),)
        return _learned(matter, fact, given, {**changes, "advance": matter.fen, "source": "nobody"}, out)
    entries = taken(matter, matter.fen, source)
    return _learned(matter, fact, given, {**changes, "source": source, "held": False}, entries)


def source_of(matter: Matter, fen: int, payment: Body) -> str:
    """Who has `fen` for the cardholder: suspense, the cardholder's own account, or the shop; "" nobody has."""
    if payment["suspense_fen"] >= fen:
        return "suspense"
    own_fen = matter.fen if matter.body["gives"] == Gives.FINAL and matter.body["posted_at"] else 0
    unseen_fen = 0 if matter.body["credit"] else own_fen  # put there by this refund, and waiting for its file
    if payment["cardholder_fen"] - unseen_fen >= fen:
        return "cardholder"
    return "merchant" if matter.body["held"] or payment["shop_fen"] >= fen else ""


def taken(matter: Matter, fen: int, source: str) -> tuple[Effect, ...]:
    """The entries that take `fen` from there for the cardholder; what was held for it is free first."""
    words = {
        "suspense": (Booking.FOUND_FOR_CARDHOLDER,),
        "cardholder": (),
        "merchant": (Booking.MERCHANT_HELD, Booking.HELD_FOR_CARDHOLDER),
    }
    held = (_book(matter, Booking.MERCHANT_FREED),) if matter.body["held"] else ()
    return (*held, *(Book(word, fen, matter.payment) for word in words[source]))


def credit_seen(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """A clearing file shows the credit: of a final refund that is the end, unless it was the second."""
    if matter.body["gives"] == Gives.PROVISIONAL:
        return Refused("rule", "an advance leaves from our own account; no file shows it")
    if not matter.body["posted_at"]:
        return Refused("order", "it is not posted yet; say Posted first")
    if matter.body["credit"]:
        return Refused("rule", "a file has shown it already")
    state = CONFIRMED_FINAL if matter.state == POSTED else None
    ended = (*_ended(matter, given, CONFIRMED_FINAL), watched(matter, given, fact.at)) if state else ()
    return Outcome(state, {"credit": dict(fact.said)}, (_book(matter, Booking.GIVEN_BACK), *ended))


def payment_moved(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """What the machine knows now, once money is out or on its way."""
    return _learned(matter, fact, given, {}, ())


def charged_back(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """The issuer took the money as well."""
    return _learned(matter, fact, given, {"charged_back": True}, ())


def credited_elsewhere(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """An issuer, or a wallet, says that it gave the money back too: enough to stop and to take back, not to book."""
    return _learned(matter, fact, given, {"elsewhere": dict(fact.said)}, ())


def credit_denied(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """They did not, after all."""
    return _learned(matter, fact, given, {"elsewhere": {}}, ())


def chargeback_undone(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """The issuer gave it up."""
    return _learned(matter, fact, given, {"charged_back": False}, ())


def _learned(matter: Matter, fact: Fact, given: Given, changes: dict[str, Any], out: tuple[Effect, ...]) -> Outcome:
    """Where a refund that was sent stands by what is known now; `changes` and `out` are what this fact brings."""
    after = {**matter.body, **changes}
    twice = returned(given.payment) or after["charged_back"] or after["elsewhere"]
    if twice:
        return _doubled(matter, fact, given, changes, out, after)
    if matter.state in DOUBLED_STATES and not kept(given.payment):
        return Outcome(None, changes, out)  # nobody knows any more; the claw-back goes on until somebody does
    if not out:
        changes, out = _follows(matter, changes, given.payment)
        after = {**after, **changes}
    if matter.state == CONFIRMED_FINAL:
        return Outcome(None, changes, out)
    undone = _undone(matter)
    if not after["posted_at"]:
        return Outcome(SENT, changes, (*out, *undone))
    source = source_of(matter, after["advance"], given.payment)
    if after["advance"] and kept(given.payment) and source:
        covered = Book(Booking.ADVANCE_COVERED, after["advance"], matter.payment)
        out = (*out, *taken(matter, after["advance"], source), covered)
        changes = {**changes, "advance": 0, "source": source, "held": False}
        after = {**after, **changes}
    final = after["credit"] or (after["gives"] == Gives.PROVISIONAL and not after["advance"])
    if not final:
        return Outcome(POSTED, changes, (*out, *undone))
    ended = (*_ended(matter, given, CONFIRMED_FINAL), watched(matter, given, fact.at))
    return Outcome(CONFIRMED_FINAL, changes, (*out, *undone, *ended))


def _follows(matter: Matter, changes: dict[str, Any], payment: Body) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """The machine moved the money between suspense and shop after its refund, which is borne where it lies now."""
    source = matter.body["source"] if kept(payment) and not matter.body["advance"] else ""
    if source == "suspense" and payment["suspense_fen"] <= -matter.fen and payment["shop_fen"] >= matter.fen:
        return {**changes, "source": "merchant"}, (_book(matter, Booking.SHOP_PAYS),)
    if source == "merchant" and payment["suspense_fen"] >= matter.fen and payment["shop_fen"] <= -matter.fen:
        return {**changes, "source": "suspense"}, (_book(matter, Booking.SHOP_REPAID),)
    return changes, ()


def _doubled(
    matter: Matter, fact: Fact, given: Given, changes: dict[str, Any], out: tuple[Effect, ...], after: dict[str, Any]
) -> Outcome:
    gone = let_go(given.payment) or after["charged_back"]
    if gone and after["posted_at"] and not after["advance"]:
        word = Booking.DOUBLED_AT_SHOP if _from_shop(after) else Booking.DOUBLED
        changes, out = {**changes, "advance": matter.fen}, (*out, _book(matter, word))
    if after["held"]:  # nothing of the shop's is needed for it any more
        changes, out = {**changes, "held": False}, (*out, _book(matter, Booking.MERCHANT_FREED))
    if matter.state in DOUBLED_STATES:
        return Outcome(None, changes, out)
    times = after["doubled"] + 1
    said = f"elsewhere: {after['elsewhere']['reference']}" if after["elsewhere"] else ""
    why = "chargeback" if after["charged_back"] else said or f"{given.payment['truth']}, {given.payment['proof']}"
    order = {"fen": matter.fen, "why": why, "cleared": bool(after["posted_at"]), "customer": after["customer"],
             "credited_at": after["posted_at"] or fact.at}  # fmt: skip
    opened = _clawback(matter, times, order)
    words = {"source": "engine", "why": f"{matter.id}: the cardholder has, or may have, this money twice ({why})"}
    effects = (*out, opened, kin.joins_case(matter.payment, words))
    return Outcome(DOUBLE_CREDIT, {**changes, "doubled": times, "doubled_at": fact.at}, effects, {"due_at": None})


def _from_shop(body: Body) -> bool:
    return body["source"] == "merchant" and not body["charged_back"]


def _clawback(matter: Matter, times: int, said: Body, joins: str = "") -> Open:
    return Open("clawback", f"clawback {matter.id} {times}", said, matter.payment, matter.id, joins)


def _undone(matter: Matter) -> tuple[Effect, ...]:
    """It was no double credit after all: the claw-back, which is there under its key, hears so."""
    if matter.state not in DOUBLED_STATES:
        return ()
    return (_clawback(matter, matter.body["doubled"], {}, "NotDouble"),)


def recovery_began(matter: Matter, fact: Fact, given: Given) -> Outcome:
    """The claw-back takes its first step."""
    return Outcome(RECOVERING, {"clawback": fact.said["clawback"]})


def recovered(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """So much came back, and how; when nothing is outstanding any more, it is over."""
    how, fen, body = fact.said["how"], fact.said["fen"], matter.body
    if how == STOPPED_IN_TIME:
        if body["posted_at"]:
            return Refused("rule", "it is posted; it cannot be stopped any more")
        return Outcome(RECOVERED, {"recovered": _ways(matter, fact)}, _is_back(matter, given))
    unproven = _unproven(matter)
    if unproven is not None:
        return unproven
    if fen > body["advance"]:
        return Refused("rule", f"only {body['advance']} fen are outstanding")
    left = body["advance"] - fen
    entry = Book(_way_back(matter, how), fen, matter.payment)
    changes = {"advance": left, "recovered": _ways(matter, fact)}
    if left:
        return Outcome(RECOVERING, changes, (entry,))
    return Outcome(RECOVERED, changes, (entry, *_is_back(matter, given)))


def _is_back(matter: Matter, given: Given) -> tuple[Effect, ...]:
    """Nothing is out any more, so should the debit turn out to stand after all, it may be given back anew."""
    return (Free(name_of(matter)), FreeRelease(matter.payment), *_ended(matter, given, RECOVERED))


def name_of(matter: Matter) -> str:
    """The name that only one refund of a payment holds."""
    return f"refund of {matter.payment}"


def _way_back(matter: Matter, how: str) -> Booking:
    if how == BY_FILE:
        return Booking.ADVANCE_BY_FILE
    unseen = matter.body["gives"] == Gives.FINAL and not matter.body["credit"]
    return Booking.ADVANCE_COVERED if how == CANCELLED and unseen else Booking.ADVANCE_CLAWED_BACK


def _ways(matter: Matter, fact: Fact) -> list[Any]:
    return [*matter.body["recovered"], {**fact.said, "at": fact.at}]


def written_off(matter: Matter, fact: Fact, given: Given) -> Outcome | Refused:
    """What is outstanding does not come back."""
    unproven = _unproven(matter)
    if unproven is not None:
        return unproven
    lost = Book(Booking.ADVANCE_LOST, matter.body["advance"], matter.payment)
    changes = {"advance": 0, "lost_fen": matter.body["advance"]}
    return Outcome(WRITTEN_OFF, changes, (lost, *_ended(matter, given, WRITTEN_OFF)))


def _unproven(matter: Matter) -> Refused | None:
    if matter.body["advance"]:
        return None
    return Refused("rule", "that the money went twice is not shown in the books yet: wait for the posting or the file")


def _ended(matter: Matter, given: Given, state: str) -> tuple[Effect, ...]:
    return kin.told(matter, given, "RemedyEnded", {"remedy": matter.id, "state": state, "fen": matter.fen})


def _book(matter: Matter, what: Booking) -> Book:
    return Book(what, matter.fen, matter.payment)
