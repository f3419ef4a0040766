"""Which promises hold for messages spelled as JSON, and for sealed keys?"""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any

from chongzheng.iso8583 import DIALECTS, dialect, from_json, open_working_keys, seal_working_keys
from chongzheng.mistakes import LINE_CHARS_MAX, TheirMistake
from chongzheng.simulator.fuzz.bending import bent, mangled
from chongzheng.simulator.fuzz.promises import KEY, hold

PAN = "6222021234567890"
CARD = re.compile(r"(?<!<= )(?<!\d)\d{12}")
"""Digits that could be a card's; a limit that a refusal names is none."""
MESSAGE = {
    "mti": "0200",
    "fields": {"2": PAN, "4": "000000000100", "39": "00", "44": "hex:00FF", "55": "9F2600", "64": "00" * 8},
}


def decent(mistake: TheirMistake, is_strangers: bool = True) -> None:
    """One line; where a stranger wrote the document it repeats no card number."""
    line = str(mistake)
    hold(line.isprintable() and len(line) <= LINE_CHARS_MAX, "a mistake is one line")
    hold(not (is_strangers and CARD.search(line)), "a mistake repeats no digits that could be a card's")


def make_keys(dice: Random) -> bytes:
    """Working keys of a sign-in answer, spoiled as a rule."""
    sealed = seal_working_keys(KEY, KEY, KEY, dice.choice(("40", "60")), KEY)
    return mangled(dice, sealed, (b"\0", b"\xff" * 8))


def take_keys(data: bytes) -> bool:
    """They open, or TheirMistake."""
    open_working_keys(data, KEY)
    return True


def make_message(dice: Random) -> bytes:
    """What `chongzheng encode` reads, with one value bent."""
    return json.dumps(bent(dice, MESSAGE)).encode()


def take_message(data: bytes) -> bool:
    """Whether some dialect can say it."""
    document = json.loads(data)
    said = [_encoded(name, document) for name in DIALECTS]
    return any(said)


def _encoded(name: str, document: Any) -> bool:
    spoken = dialect(name)
    try:
        spoken.encode(from_json(document, spoken))
    except TheirMistake as mistake:
        decent(mistake)
        return False
    return True
