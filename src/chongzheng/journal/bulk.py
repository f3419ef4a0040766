"""How is the same said of many matters at once, each by itself, with a preview and a result a row, once on a retry?

No row decides about another: each is its own transaction, and whatever its matter refuses is told in its line. Money
facts are named by what a person was shown of each, so they are prepared in bulk and approved one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from chongzheng.journal.actors import NotAllowed
from chongzheng.journal.acts import queue
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.matters import Matters, number
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake

ROWS_MAX = 10_000
REFERENCE_CHARS_MAX = 60
DONE, BEFORE, REFUSED = "done", "done before", "refused"
NOTHING_SHOWN: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row: DONE, BEFORE (by the same reference), REFUSED with the reason."""

    matter: str
    result: str
    why: str = ""


def preview(
    matters: Matters, ids: Iterable[str], fact: str, said: Mapping[str, Any], by: str, side: Side, reference: str = ""
) -> list[Result]:
    """What `bulk` would answer; nothing is changed."""
    results = []
    for one in _bounded(ids, reference):
        if reference and matters.holder(_key(reference, one)):
            results.append(Result(one, BEFORE))
            continue
        why = matters.preview(one, fact, said, by)
        results.append(Result(one, REFUSED if why else DONE, why))
    return results


def bulk(
    matters: Matters,
    side: Side,
    ids: Iterable[str],
    fact: str,
    said: Mapping[str, Any],
    by: str,
    reference: str,
    shown: Mapping[str, str] = NOTHING_SHOWN,
) -> list[Result]:
    """Say it of each of them. `reference` names this batch: handed in again, a row that was done is not done again.
    `shown`: id -> hash of what the person was shown of it; a row that is not so any more is refused.
    TheirMistake: no reference, or more than ROWS_MAX rows."""
    if not reference:
        raise TheirMistake("a batch has a reference, so that it can be handed in again", "reference")
    rows = _bounded(ids, reference)
    return [_row(matters, side, one, fact, said, by, reference, shown.get(one, "")) for one in rows]


def _bounded(ids: Iterable[str], reference: str) -> Sequence[str]:
    if len(reference) > REFERENCE_CHARS_MAX:
        raise TheirMistake(f"has at most {REFERENCE_CHARS_MAX} characters", "reference")
    rows = list(dict.fromkeys(ids))
    if len(rows) > ROWS_MAX:
        raise TheirMistake(f"a batch has at most {ROWS_MAX} rows", reference)
    return rows


def _row(
    matters: Matters, side: Side, one: str, fact: str, said: Mapping[str, Any], by: str, reference: str, shown: str
) -> Result:
    try:
        with side.together():
            queue(side)
            if not side.ask("take_key", name=_key(reference, one), matter=number(one)):
                return Result(one, BEFORE)
            if shown and matters.hash_now(one) != shown:
                raise Overtaken("it is not as it was shown any more; look at it again")
            matters.said(one, fact, said, matters.speaker(by), "", depth=0)
            return Result(one, DONE)
    except (NotAllowed, Overtaken) as no:
        return Result(one, REFUSED, str(no))
    except TheirMistake as mistake:
        return Result(one, REFUSED, str(mistake))


def _key(reference: str, one: str) -> str:
    return f"bulk {reference} {one}"
