"""By which words do people find a matter: its number, what it says, and the numbers and names of its payment?

Words are kept beside the matter and changed with it. A question is words too, and finds the matters that have all of
them, newest first. A card is found by its masked number or its last four digits, never by more of it; an amount as
people write it, in yuan with two decimals.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from chongzheng.card import PAN_DIGITS_MIN, like_a_number
from chongzheng.cases.matter import Matter
from chongzheng.cases.search import tokens
from chongzheng.journal.rows import decode_payment
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.payment import Payment

WORDS_MAX = 200
"""Words that one matter is found by; of more, the first."""
WORD_CHARS_MAX = 40
ASKED_MAX = 12
"""Words of one question."""
LOOKED_AT_MAX = 20_000
"""Where every word of a question is common, so many of the newest matters with the rarest are looked at."""
COUNTED_MAX = 2_000
"""A word that more matters have than this is common, however many they are."""
_HASH = re.compile(r"[0-9a-f]{32,}")
_WHOLE = re.compile(
    r"[0-9]{6}\*{2,9}[0-9]{4}|\b[a-z]{2,20}-[1-9][0-9]{0,14}\b|(?<![0-9.])[0-9]{1,13}\.[0-9]{2}(?![0-9.])"
)
"""A masked card, the id of a matter, an amount: one word each."""
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_LONG = like_a_number(PAN_DIGITS_MIN + 1)
"""As long as a card number, also with blanks or dashes between its digits."""
LAST_DIGITS = 4
"""Of a card, as they stand on a slip."""
LISTS = ("sources", "notes")
"""Lists of a body whose texts people remember."""


def index(side: Side, matter: Matter) -> None:
    """Keep the words of a matter as it stands now; inside the caller's transaction."""
    no = int(matter.id.rpartition("-")[2])
    wanted = words_of(matter, _payment(side, matter.payment))
    kept = {str(word) for (word,) in side.ask("words_of_matter", matter=no)}
    for word in sorted(kept - wanted):
        side.ask("drop_word", word=word, matter=no)
    for word in sorted(wanted - kept):
        side.ask("put_word", word=word, matter=no)


def words_of(matter: Matter, payment: Payment | None) -> frozenset[str]:
    """What it is found by. Nothing in its texts that is as long as a card number is kept, whoever wrote it down."""
    texts = [matter.id, _yuan(matter.fen), *map(_safe, _texts(matter.body))]
    if payment is not None:
        key = payment.key
        texts = [
            matter.id,
            payment.id,
            key.merchant,
            key.terminal,
            key.stan,
            payment.masked_pan,
            payment.masked_pan[-LAST_DIGITS:],
            _yuan(payment.amount_fen),
            *_rrns(payment),
            *texts,
        ]
    found = (word for text in texts for word in asked_for(text))
    kept = dict.fromkeys(word for word in found if not _HASH.fullmatch(word))
    return frozenset(list(kept)[:WORDS_MAX])


def asked_for(text: str) -> list[str]:
    """The words of a question, or of a text: masked cards, ids, amounts whole; all else as the search of articles."""
    low = _THOUSANDS.sub("", text.lower())
    return [*_WHOLE.findall(low), *(word[:WORD_CHARS_MAX] for word in tokens(_WHOLE.sub(" ", low)))]


def find(side: Side, text: str, kind: str, open_only: bool, before: int, most: int) -> list[Any]:
    """Rows of matters that have all these words, newest first, with numbers below `before`. TheirMistake: no words."""
    wanted = list(dict.fromkeys(asked_for(text)))
    if not wanted or len(wanted) > ASKED_MAX:
        raise TheirMistake(f"is 1 to {ASKED_MAX} words or numbers", "search")
    counts = {word: int(side.ask("count_word", word=word, most=COUNTED_MAX)[0][0]) for word in wanted}
    rarest = min(wanted, key=lambda word: counts[word])
    if not counts[rarest]:
        return []
    others = [word for word in wanted if word != rarest]
    where = {"kind": kind, "open": int(open_only), "before": before, "most": most, "looked": LOOKED_AT_MAX}
    named = {"word": rarest, "others": json.dumps(others, ensure_ascii=False), "n": len(others)}
    return side.ask_in_dialect("matters_worded", **named, **where)


def unindexed(side: Side, after: int, most: int) -> list[int]:
    """Numbers of matters, behind a number, that were kept before there were words."""
    return [int(no) for (no,) in side.ask("matters_without_words", after=after, most=most)]


def _payment(side: Side, payment: str) -> Payment | None:
    rows = side.ask("payment_told_of", payment=payment) if payment else []
    return decode_payment(bytes(rows[0][0])) if rows else None


def _rrns(payment: Payment) -> Iterator[str]:
    for seen in (payment.approval, payment.ack, payment.found):
        if seen is not None:
            yield seen.rrn


def _safe(text: str) -> str:
    """Without anything as long as a card number, also where commas stand between its digits."""
    return _LONG.sub(" ", _THOUSANDS.sub("", text))


def _yuan(fen: int) -> str:
    """As people write an amount: 1048.29; "" for none."""
    return f"{fen // 100}.{fen % 100:02d}" if fen > 0 else ""


def _texts(body: Mapping[str, Any]) -> Iterator[str]:
    """The texts of a body, as far as people would remember them."""
    for name, value in body.items():
        if isinstance(value, str):
            yield value
        elif name in LISTS:
            yield from (text for one in value for text in one.values() if isinstance(text, str))
        elif isinstance(value, list):
            yield from (text for text in value if isinstance(text, str))
