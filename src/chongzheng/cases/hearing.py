"""What do all witnesses of a case say together, the machine among them, and who contradicts the machine (S-01)?

The machine is one witness: its standing speaks in the columns of the golden table. What it has proven stands; a strong
witness whose word the table cannot reconcile with it is named, and the payment is contested until a person has looked.
What it does not know is decided by the others alone, the strong before the journals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from chongzheng.cases import vocabulary
from chongzheng.cases.columns import Clearing, Goods, Original, Reversal, Witnesses
from chongzheng.cases.confirm import Decision, decide
from chongzheng.cases.weigh import Says, weigh
from chongzheng.cases.witness import CHANNEL, HOST, ISSUER, STRONG, TERMINAL
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.payment import Proof, Truth

Said = Mapping[str, Any]
"""What one witness said: the words of `witness.FIELDS`."""

_O, _R, _C = Original, Reversal, Clearing
_PROVEN: Mapping[Truth, Witnesses] = {
    Truth.NEVER_CHARGED: Witnesses(clearing=_C.NONE_TWO),
    Truth.CHARGED_KEPT: Witnesses(_O.YES, reversal=_R.FAILED, clearing=_C.ORIGINAL),
    Truth.CHARGED_RETURNED: Witnesses(_O.YES, reversal=_R.CONFIRMED, clearing=_C.BOTH),
    Truth.CHARGED_TWICE: Witnesses(_O.TWICE, reversal=_R.FAILED, clearing=_C.TWO),
}
_SAID: Mapping[tuple[Truth, Proof], Witnesses] = {
    (Truth.CHARGED_RETURNED, Proof.CONFIRMED): Witnesses(_O.YES, reversal=_R.CONFIRMED),
    (Truth.UNKNOWN, Proof.ACKNOWLEDGED): Witnesses(reversal=_R.ACKED),
}
_CLAIMED: Mapping[Truth, Witnesses] = {
    Truth.NEVER_CHARGED: Witnesses(_O.NO),
    Truth.CHARGED_KEPT: Witnesses(_O.YES, reversal=_R.NONE),
    Truth.CHARGED_RETURNED: Witnesses(_O.YES, reversal=_R.ACKED),
    Truth.CHARGED_TWICE: Witnesses(_O.TWICE, reversal=_R.NONE),
    Truth.CONTESTED: Witnesses(_O.CONTRADICTED),
    Truth.UNKNOWN: Witnesses(),
}


def machine(truth: Truth, proof: Proof) -> Witnesses:
    """What the machine's verdict says, in the columns of the table. An acknowledgement is not the effect."""
    if proof is Proof.PROVEN and truth in _PROVEN:
        return _PROVEN[truth]
    return _SAID.get((truth, proof), _CLAIMED[truth])


def unheard_of(said: Said) -> str:
    """Which word of a witness nobody knows, with those that there are; "" when all are known."""
    for column, read in _READ.items():
        if column in said:
            try:
                read(str(said[column]), column)
            except TheirMistake as mistake:
                return f"{column}: {mistake.what}"
    return ""


_READ: Mapping[str, Callable[[str, str], Any]] = {
    "original": vocabulary.original,
    "goods": vocabulary.goods,
    "reversal": lambda word, where: vocabulary.reversal(word, where).reversal,
    "clearing": vocabulary.clearing,
}
State = TypeVar("State", Original, Goods, Reversal, Clearing)


def _state(said: Said, column: str, unknown: State) -> State:
    """What it says of a column; a word that nobody knows says nothing."""
    if column not in said:
        return unknown
    try:
        found: State = _READ[column](str(said[column]), column)
    except TheirMistake:
        return unknown
    return found


def spoken(said: Said) -> Witnesses:
    """The columns that one witness, or the best of each column, speaks to."""
    return Witnesses(
        _state(said, "original", _O.UNKNOWN),
        _state(said, "goods", Goods.UNKNOWN),
        _state(said, "reversal", _R.UNKNOWN),
        _state(said, "clearing", _C.UNKNOWN),
        charged_back=_charged_back(said),
    )


def _charged_back(said: Said) -> bool:
    try:
        return vocabulary.reversal(str(said.get("reversal", "")), "reversal").charged_back
    except TheirMistake:
        return False


def _over(below: Witnesses, above: Witnesses) -> Witnesses:
    """What `above` says, and `below` where it says nothing. Goods and refunds are those of `below`."""
    return replace(
        below,
        original=below.original if above.original is _O.UNKNOWN else above.original,
        reversal=below.reversal if above.reversal is _R.UNKNOWN else above.reversal,
        clearing=below.clearing if above.clearing is _C.UNKNOWN else above.clearing,
        charged_back=below.charged_back or above.charged_back,
    )


@dataclass(frozen=True, slots=True)
class Heard:
    """All witnesses together, the decision on them, and the strong ones that speak against the machine."""

    said: Witnesses
    found: Decision
    against: tuple[str, ...]


def hear(truth: Truth, proof: Proof, witnesses: Iterable[Said], stands: Said, *, refunded: bool) -> Heard:
    """What the machine (its verdict) and the witnesses of a case say; `stands`: the best word of each column."""
    heard = list(witnesses)
    best = spoken(stands)
    us = replace(machine(truth, proof), goods=best.goods, refunded=refunded)
    if truth is Truth.UNKNOWN:
        return _heard(_by_the_others(us, best, heard))
    strong = [(one, spoken(one)) for one in heard if one["witness"] in STRONG]
    against = tuple(_words(one) for one, said in strong if _contradicts(truth, _over(us, said)))
    if against:
        return _heard(replace(us, original=_O.CONTRADICTED), against)
    if proof is Proof.PROVEN or truth is Truth.CONTESTED:
        return _heard(us)
    all_of_them = _over(best, us)
    for _, said in strong:
        all_of_them = _over(all_of_them, said)
    all_of_them = replace(all_of_them, refunded=refunded)
    if _contradicts(truth, all_of_them):
        return _heard(replace(us, original=_O.CONTRADICTED), ("they contradict it together",))
    return _heard(all_of_them)


def _heard(said: Witnesses, against: tuple[str, ...] = ()) -> Heard:
    return Heard(said, decide(said), against)


def _contradicts(truth: Truth, said: Witnesses) -> bool:
    return truth is not Truth.CONTESTED and decide(said).truth not in (truth, Truth.UNKNOWN)


def _words(said: Said) -> str:
    words = [f"{column} {said[column]}" for column in _READ if column in said and column != "goods"]
    return f"{said['witness']}: {', '.join(words)}"


def _by_the_others(us: Witnesses, best: Witnesses, heard: list[Said]) -> Witnesses:
    """The machine does not know: journals, channel and issuer are weighed."""
    last: dict[str, dict[str, Any]] = {}
    for one in heard:
        last.setdefault(one["witness"], {}).update(one)
    terminal, host, query, reply = (_says(spoken(last.get(name, {}))) for name in (TERMINAL, HOST, CHANNEL, ISSUER))
    found = weigh(terminal, host, query, reply, replace(_over(us, best), original=_O.UNKNOWN))
    finer = found.original is _O.YES and best.original in (_O.TWICE, _O.WALLET)
    return replace(found, original=best.original) if finer else found


def _says(said: Witnesses) -> Says:
    if said.original is _O.NO:
        return Says.NOT_DONE
    if said.reversal in (_R.ACKED, _R.CONFIRMED):
        return Says.RETURNED
    return Says.DONE if said.original in (_O.YES, _O.TWICE, _O.WALLET) else Says.MISSING
