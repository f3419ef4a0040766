"""How is each effect of a matter carried out in the transaction of its fact? One function an effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from chongzheng.cases import effects
from chongzheng.cases.matter import Fact, Matter
from chongzheng.journal import post
from chongzheng.journal.acts import book, enact, lies_on
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.rows import decode_payment
from chongzheng.journal.side import Side
from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.reversal.booking import DRAWS, Booking, Resolution, booked, drawable, resolved

BY_HAND = 0
"""Holds a key in the place of a matter's number where people booked without one."""
UNDRIVEN = frozenset({"nothing", "person"})
"""What a payment owes whose reversal nobody sends any more."""
DRIVEN = frozenset({"reversal", "forward", "delivery", "resend"})
"""What a payment owes of which something may leave at any moment."""


class Keeper(Protocol):
    """What effects need of the keeper of matters: inside its transaction, in the name of the program."""

    def begin(self, kind: str, said: Mapping[str, Any], payment: str, parent: str, key: str, depth: int) -> Matter:
        """Open another matter."""

    def tell(self, matter: str, fact: str, said: Mapping[str, Any], depth: int) -> Matter:
        """Hand another matter a fact."""

    def holds(self, matter: str, fact: str) -> bool:
        """Whether that fact has a row in the state of that matter."""

    def holder(self, key: str) -> str:
        """The id of the matter that holds this key; "" when nobody does."""


def carry_out(keeper: Keeper, side: Side, matter: Matter, fact: Fact, effect: effects.Effect, depth: int) -> None:
    """Do it. Overtaken, NotAllowed, TheirMistake: it cannot be, and so nothing of the fact happens."""
    match effect:
        case effects.Open():
            _open(keeper, matter, effect, depth)
        case effects.Say():
            _say(keeper, effect, depth)
        case effects.Take():
            _take(keeper, side, matter, effect)
        case effects.Free():
            side.ask("free_key", name=effect.key, matter=_no(matter))
        case effects.TakeRelease():
            _take_release(keeper, side, matter, effect)
        case effects.FreeRelease():
            if side.ask("free_key", name=_give_back(effect.payment), matter=_no(matter)):
                side.ask("free_release_token", payment=effect.payment)
        case effects.Book():
            _book(side, matter, fact, effect)
        case effects.Settle():
            _settle(side, matter, fact, effect)
        case effects.Tell():
            said = {**effect.said, "matter": matter.id, "payment": matter.payment}
            post.put(side, fact.at, matter.id, effect.template, effect.to, effect.key, said)
        case effects.HandIn():
            values = {"payment": effect.payment, "fact": effect.fact, "actor": fact.actor}
            side.ask("put_errand", matter=_no(matter), at=fact.at, **values)
        case effects.CloseCase():
            _close_case(side, matter, fact, effect.payment)


def _open(keeper: Keeper, matter: Matter, effect: effects.Open, depth: int) -> None:
    holder = keeper.holder(effect.key)
    if holder:
        if not holder.startswith(f"{effect.kind}-"):
            raise Overtaken(f"what it opens is there already, as {holder}")
        if effect.joins:
            keeper.tell(holder, effect.joins, effect.said, depth)
        return
    keeper.begin(effect.kind, effect.said, effect.payment, effect.parent, effect.key, depth)


def _say(keeper: Keeper, effect: effects.Say, depth: int) -> None:
    if effect.softly and not keeper.holds(effect.matter, effect.fact):
        return
    keeper.tell(effect.matter, effect.fact, effect.said, depth)


def _take(keeper: Keeper, side: Side, matter: Matter, effect: effects.Take) -> None:
    if side.ask("take_key", name=effect.key, matter=_no(matter)):
        return
    holder = keeper.holder(effect.key)
    if holder != matter.id:
        raise Overtaken(f"{effect.taken} ({holder})")


def _take_release(keeper: Keeper, side: Side, matter: Matter, effect: effects.TakeRelease) -> None:
    payment = effect.payment
    take_release(side, payment, effect.verb, effect.provisional, _no(matter), keeper.holder)


def take_release(side: Side, payment: str, verb: str, provisional: bool, no: int, holder: Callable[[str], str]) -> None:
    """Give back a payment's money outside the wires, as matter `no` (BY_HAND: none). Overtaken when another way lives.

    The engine's own token where nobody holds it; where a reversal does that ended without effect, the token has moved,
    and the key beside it is the one row that only one give-back can have.
    """
    standing = side.ask("release_standing", payment=payment)
    if not standing:
        raise TheirMistake("there is no such payment", payment)
    owes, truth, proof, held = standing[0]
    if owes in DRIVEN:
        raise Overtaken(f"{payment} is still under way at the engine (owes {owes}); stop it first")
    if held is None:
        side.ask("take_release_token", payment=payment, verb=verb)
    elif held in ("reversal", "void"):
        kept = truth in ("charged_kept", "charged_twice", "contested") and proof == "proven"
        stopped = provisional and held == "reversal" and _stopped_by_a_person(side, payment)
        if not stopped and (owes not in UNDRIVEN or not kept):
            raise Overtaken(
                f"a {held} of {payment} may still take effect; it must be stopped, or proven without effect"
            )
    if not side.ask("take_key", name=_give_back(payment), matter=no):
        raise Overtaken(f"{payment} is being given back already, by {holder(_give_back(payment))}")


def _book(side: Side, matter: Matter, fact: Fact, effect: effects.Book) -> None:
    what = Booking(effect.what)
    account = DRAWS.get(what)
    if account is not None:
        lies = drawable(what, lies_on(side, account, effect.payment))
        if effect.fen > lies:
            raise Overtaken(f"only {lies} fen lie on {account} for {effect.payment or matter.id}, not {effect.fen}")
    entry = booked(what, effect.fen)
    book(side, fact.at, fact.actor, str(what), [entry], payment=effect.payment, matter=matter.id, fact=fact.name)


def _stopped_by_a_person(side: Side, payment: str) -> bool:
    return bool(decode_payment(bytes(side.ask("payment_body", payment=payment)[0][0])).stopped_by)


def _settle(side: Side, matter: Matter, fact: Fact, effect: effects.Settle) -> None:
    rows = side.ask("payment_standing", payment=effect.payment)
    if not rows:
        raise OurMistake("a settlement of no payment", matter.id)
    beside = side.ask("vouchers_suspense", payment=effect.payment, break_id=0)[0][0]
    how = Resolution(effect.how)
    entries = resolved(how, int(rows[0][4]) + int(beside))
    if entries:
        about: dict[str, Any] = {"payment": effect.payment, "matter": matter.id, "fact": fact.name}
        book(side, fact.at, fact.actor, f"suspense to {how}", entries, **about)


def _close_case(side: Side, matter: Matter, fact: Fact, payment: str) -> None:
    children = int(side.ask("open_children", parent=_no(matter))[0][0])
    if children:
        raise Overtaken(f"{children} of what belongs to it are not ended: refunds, tasks, inquiries …")
    if not payment:
        return
    if side.ask("unresolved_of_payment", payment=payment)[0][0]:
        raise Overtaken("a difference about its payment is not resolved")
    for (case,) in side.ask("open_cases_of", payment=payment):
        act = enact(side, fact.at, fact.actor, "case closed", f"case {case}", payment=payment, reason=fact.name)
        if not side.ask("close_case", id=case, act=act):
            raise Overtaken("money of its payment lies in suspense; say where it goes first")


def _give_back(payment: str) -> str:
    return f"give back {payment}"


def _no(matter: Matter) -> int:
    return int(matter.id.rpartition("-")[2])
