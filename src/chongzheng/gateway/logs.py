"""What does a log line look like, and how can no card number, key or line break ever stand in one?

Nothing in the program gives card data to the log; this is the net below it. Every line passes here, those of
libraries too: digits that could be a card number are masked, long hex is cut, control characters become blanks, and
no line is longer than LINE_CHARS_MAX.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from chongzheng.card import masked

LINE_CHARS_MAX = 1_024
VALUE_CHARS_MAX = 400
DIGITS = re.compile(r"(?<![0-9])[0-9]{12,}(?![0-9])")
SPACED = re.compile(r"(?<![0-9])(?:[0-9]{4}[ -]){3}[0-9]{1,7}(?![0-9])")
TRACK = re.compile(r"(?<![0-9])[0-9]{12,19}[D=^][0-9]{4,}")
HEX = re.compile(r"(?<![0-9A-Fa-f])(?!E[0-9a-f]{32}(?![0-9A-Fa-f]))[0-9A-Fa-f]{16,}(?![0-9A-Fa-f])")
"""As long as the shortest key, and not the id of a piece of evidence."""
PAN_DIGITS = range(12, 20)
PLAIN = (bool, int, float, type(None))

Event = MutableMapping[str, Any]


def configure(form: str, stream: TextIO | None = None) -> None:
    """Send our log, and the warnings of libraries, to `stream` (stderr), as `text` or `json`, one line an event."""
    to = stream or sys.stderr
    last: Any = _as_json if form == "json" else structlog.processors.KeyValueRenderer(
        key_order=["timestamp", "level", "event"]
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            safe,
            last,
            _short,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(to),
    )
    root = logging.getLogger()
    root.handlers[:] = [_Passing()]
    root.setLevel(logging.WARNING)


def safe(_logger: Any, _name: str, event: Event) -> Event:
    """Every value, and the event itself, with nothing in it that must not be written down."""
    return {_words(str(key)): _value(value) for key, value in event.items()}


def scrubbed(text: str) -> str:
    """`text` with everything masked that may be a card number, a track or a key."""
    text = TRACK.sub(lambda found: _masked(re.match(r"[0-9]+", found[0])[0]) + "…", text)  # type: ignore[index]
    text = SPACED.sub(lambda found: _masked(re.sub("[ -]", "", found[0])), text)
    text = DIGITS.sub(lambda found: _masked(found[0]), text)
    return HEX.sub(lambda found: f"{found[0][:6]}…({len(found[0])} hex digits)", text)


def _masked(digits: str) -> str:
    """First six and last four of what is a card number by its check digit, or too long to tell; else as it is."""
    if len(digits) not in PAN_DIGITS:
        return f"{digits[:6]}…({len(digits)} digits)"
    return masked(digits) if _checks(digits) else digits


def _checks(digits: str) -> bool:
    """The Luhn check; one number in ten that is no card passes it too, and is masked for nothing."""
    doubled = [int(d) * (2 if n % 2 else 1) for n, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _value(value: Any) -> Any:
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    if isinstance(value, PLAIN) and len(str(value)) < PAN_DIGITS.start:
        return value
    if isinstance(value, list | tuple | dict):
        return _words(json.dumps(value, default=str, ensure_ascii=False))
    return _words(str(value))


def _words(text: str) -> str:
    printable = "".join(c if c.isprintable() else " " for c in text[: 4 * VALUE_CHARS_MAX])
    clean = scrubbed(printable)
    return clean if len(clean) <= VALUE_CHARS_MAX else f"{clean[:VALUE_CHARS_MAX]}…"


def _as_json(_logger: Any, _name: str, event: Event) -> str:
    """One JSON object; when the line would be too long, only what says when and what."""
    line = json.dumps(dict(event), ensure_ascii=False)
    if len(line) <= LINE_CHARS_MAX:
        return line
    kept = {name: event[name] for name in ("timestamp", "level", "event") if name in event}
    return json.dumps({**kept, "cut": True}, ensure_ascii=False)


def _short(_logger: Any, _name: str, line: Any) -> Any:
    return line[:LINE_CHARS_MAX]


class _Passing(logging.Handler):
    """Hands what libraries say to our log; of an exception only its kind and place, for its text may quote anything."""

    def emit(self, record: logging.LogRecord) -> None:
        """One record."""
        said: dict[str, Any] = {"source": record.name}
        if record.exc_info and record.exc_info[0] is not None:
            said["error"] = record.exc_info[0].__name__
            place = record.exc_info[2]
            while place is not None and place.tb_next is not None:
                place = place.tb_next
            if place is not None:
                said["at"] = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}"
        log = structlog.get_logger()
        log.log(max(record.levelno, logging.INFO), record.getMessage().partition("\n")[0], **said)
