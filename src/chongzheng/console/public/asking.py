"""What did somebody write into the public form, in the words of the door?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import InvalidOperation
from typing import Any

from chongzheng.console.forms import fen_of

NAMES = ("reference", "last_four", "amount", "day")
"""The fields of the form, all of them needed."""
FIELDS = frozenset({"code", *NAMES, "text", "contact"})
"""What a sentence can name."""
REFERENCE_CHARS_MAX = 40
TEXT_CHARS_MAX = 1_000
CONTACT_CHARS_MAX = 120
CODE = re.compile(r"([A-Z0-9]{1,20}-){1,2}[0-9A-F]{20}")
_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_LAST_FOUR = re.compile(r"[0-9]{4}")
_CONTACT = re.compile(r"\+?[0-9][0-9 -]{5,18}|[^@\s]{1,60}@[^@\s]{1,60}")


@dataclass(frozen=True, slots=True)
class Asked:
    """`proofs`: as the door takes them; None where a field is missing or cannot be read, `wrong` names it."""

    proofs: dict[str, Any] | None
    wrong: str = ""


def asked(given: Mapping[str, str]) -> Asked:
    """The four, or the code of a link."""
    code = given.get("code", "").strip().upper()
    if code:
        return Asked({"code": code}) if CODE.fullmatch(code) else Asked(None, "code")
    reference = plain(given.get("reference", ""), REFERENCE_CHARS_MAX)
    last_four, day = given.get("last_four", "").strip(), _DAY.fullmatch(given.get("day", "").strip())
    fen = _fen(given.get("amount", ""))
    found = {"reference": reference, "last_four": last_four if _LAST_FOUR.fullmatch(last_four) else "",
             "amount": fen, "day": "".join(day.groups()) if day else ""}  # fmt: skip
    wrong = next((name for name in NAMES if not found[name]), "")
    if wrong:
        return Asked(None, wrong)
    return Asked({"reference": reference, "last_four": last_four, "fen": fen, "day": found["day"]})


def about(proofs: Mapping[str, Any]) -> str:
    """What names the payment: the code of a link, or the reference; "" for neither."""
    return str(proofs.get("code") or proofs.get("reference", ""))


def is_empty(given: Mapping[str, str]) -> bool:
    """Whether nothing of it was filled in: a complaint may come without."""
    return not any(given.get(name, "").strip() for name in ("code", *NAMES))


def complaint_of(given: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """The words of a complaint, and which of them is wrong ("" for none)."""
    text, contact = plain(given.get("text", ""), TEXT_CHARS_MAX), given.get("contact", "").strip()
    if not text:
        return {}, "text"
    if contact and not _CONTACT.fullmatch(contact):
        return {}, "contact"
    return {"text": text, "contact": contact, "urgent": given.get("urgent") == "yes"}, ""


def word_for(name: str) -> str:
    """The key of the sentence that names this field."""
    return f"wrong.{name.replace('_', '-')}"


def blamed(said: Mapping[str, Any]) -> str:
    """The key of the sentence for what the door could not read; where it names none of our fields, of the amount: the
    only one of which it wants more than this page does."""
    field = str(said.get("where", "")).rpartition(".")[2]
    return word_for(field) if field in FIELDS else word_for("amount")


def plain(text: str, most: int) -> str:
    """One line of what can be seen; what people break into lines is kept with blanks."""
    seen = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(seen.split())[:most]


def _fen(text: str) -> int:
    try:
        return max(fen_of(text), 0)
    except (ValueError, InvalidOperation):
        return 0
