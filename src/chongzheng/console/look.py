"""How does a value look on a page: amounts, instants, ages, names? The tools that every template has."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context

from chongzheng.console import words
from chongzheng.console.areas import AREAS
from chongzheng.console.forms import SHOPS_CLOCK
from chongzheng.console.tour import step_of

STATIC = Path(__file__).parent / "static"
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
ONCE_BYTES = 16
ASSETS_MAX = 64
AGES = (("d", DAY_MS), ("h", HOUR_MS), ("m", MINUTE_MS))
UNITS = {
    "zh": {"d": "天", "h": "小时", "m": "分钟", "now": "刚刚"},
    "en": {"d": "d", "h": "h", "m": "min", "now": "now"},
}
TONES = {
    "confirm": "azure", "diagnose": "purple", "remedy": "orange", "tell": "teal", "improve": "green",
}  # fmt: skip


def environment(**options: Any) -> Environment:
    """Jinja2 as the templates expect it: everything escaped, a name that is not there is an error."""
    given = {**options, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    env = Environment(**{**given, "autoescape": True})  # noqa: S701 - it is on, whatever the options say
    env.globals.update(t=_t, asset=asset, areas=AREAS, tones=TONES, query=query, once=once)
    env.globals.update(say=_say, tour_step=step_of, age=_age, called=_called, lasting=_lasting)
    env.filters.update(yuan=yuan, instant=instant, day=day, clock=clock, short=short, percent=percent)
    return env


def yuan(fen: int | None) -> str:
    """`1,234.50`; the sign in front."""
    if fen is None:
        return ""
    return f"{'−' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def percent(ppm: int | None) -> str:
    """`1.23%` of parts per million."""
    return "" if ppm is None else f"{ppm / 10_000:.2f}%"


def instant(at: int | None) -> str:
    """`2026-11-23 14:05` on the shops' clock."""
    return _at(at).strftime("%Y-%m-%d %H:%M") if at else ""


def clock(at: int | None) -> str:
    """`11-23 14:05:09.123`: to the millisecond, for a timeline."""
    return f"{_at(at).strftime('%m-%d %H:%M:%S')}.{at % 1000:03d}" if at else ""


def day(text: str) -> str:
    """`2026-11-23` of yyyymmdd."""
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == len("yyyymmdd") else text


def short(text: str, most: int = 12) -> str:
    """The beginning of an id or a hash."""
    return text if len(text) <= most else f"{text[:most]}…"


def age(at: int, now: int, language: str) -> str:
    """`3 d`, `5 h`: how long ago, or until, in its largest unit."""
    apart, units = abs(now - at), UNITS[language]
    for name, size in AGES:
        if apart >= size:
            return f"{apart // size} {units[name]}"
    return units["now"]


def query(**values: Any) -> str:
    """`?a=b`, without what is empty."""
    held = {name: text for name, text in values.items() if text not in ("", None)}
    return f"?{urlencode(held)}" if held else ""


def once() -> str:
    """Names one form, so that sending it twice says it once."""
    return secrets.token_urlsafe(ONCE_BYTES)


@lru_cache(maxsize=ASSETS_MAX)
def asset(name: str) -> str:
    """The address of a file of ours; it changes when the file does, so browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def _at(at: int) -> datetime:
    return datetime.fromtimestamp(at // 1000, UTC).astimezone(SHOPS_CLOCK)


@pass_context
def _t(context: Context, key: str, **blanks: object) -> str:
    return words.text(key, context["seat"].language, **blanks)


SAYS: Mapping[str, Callable[[str, str], str]] = {
    "fact": words.fact,
    "state": words.state,
    "kind": words.kind,
    "word": words.set_word,
}


@pass_context
def _say(context: Context, what: str, word: str) -> str:
    language = context["seat"].language
    return SAYS[what](word, language) if what in SAYS else words.machine(what, word, language)


@pass_context
def _called(context: Context, word: str) -> str:
    return words.label("", word, context["seat"].language)


@pass_context
def _lasting(context: Context, ms: int) -> str:
    return age(ms, 0, context["seat"].language)


@pass_context
def _age(context: Context, at: int) -> str:
    return age(at, context["now"], context["seat"].language)
