"""Can anything that must not be written down pass through the log, in any field, in any disguise?"""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from chongzheng.gateway import logs

KEY = "0123456789ABCDEFFEDCBA98765432100011223344556677"


def luhn(body: str) -> str:
    """`body` with its check digit."""
    for last in "0123456789":
        if logs._checks(body + last):
            return body + last
    raise AssertionError


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What a test configures is undone."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def said(form: str, *events: tuple[str, dict[str, object]]) -> list[str]:
    """The lines that these events make."""
    stream = io.StringIO()
    logs.configure(form, stream)
    for event, fields in events:
        structlog.get_logger("test").warning(event, **fields)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_card_number_track_or_key_passes_in_any_place(form: str) -> None:
    pan, pan19 = luhn("622202000000123"), luhn("622202123456753190")
    spaced = " ".join([pan[:4], pan[4:8], pan[8:12], pan[12:]])
    secrets = [pan, pan19, f"{pan}D2512101", f"{pan}=2512101", spaced, KEY, KEY[:32], KEY[:16]]
    for secret in secrets:
        places: list[tuple[str, dict[str, object]]] = [
            (secret, {}),
            ("x", {"detail": f"sent {secret}, heard nothing"}),
            ("x", {"number": int(secret)} if secret.isdigit() else {"text": secret}),
            ("x", {"list": [secret], "table": {"F2": secret}}),
            ("x", {"raw": secret.encode()}),
            ("x", {"error": ValueError(secret)}),
            ("x", {secret: "a key"}),
        ]
        for line in said(form, *places):
            assert secret not in line, line
            assert secret.replace(" ", "") not in line.replace(" ", ""), line
    assert "622202" in said(form, (pan, {}))[0] and pan[-4:] in said(form, (pan, {}))[0]


def test_what_is_no_card_number_stays_readable() -> None:
    fields: dict[str, object] = {"payment": "PMZXW6YTBOI2HA3DP", "stan": "000123", "fen": 123456, "ready": True}
    [line] = said("json", ("sold", fields))
    told = json.loads(line)
    assert {name: told[name] for name in fields} == fields
    assert told["event"] == "sold" and told["level"] == "warning" and told["timestamp"].endswith("Z")
    evidence = "E" + "0123456789abcdef" * 2
    assert evidence in said("text", ("x", {"id": evidence}))[0]


@pytest.mark.parametrize("form", ["text", "json"])
def test_one_event_is_one_line_of_bounded_length(form: str) -> None:
    forged = "a\nb\r\x1b[31m\u2028c"
    lines = said(form, ("x" * 5_000, {"a": forged, "b": "y" * 5_000, "c": ["z" * 5_000]}), (forged, {forged: 1}))
    assert len(lines) == 2
    assert all(len(line) <= logs.LINE_CHARS_MAX and line.isprintable() for line in lines)
    if form == "json":
        assert [json.loads(line)["level"] for line in lines] == ["warning", "warning"]


def test_libraries_speak_through_the_same_net() -> None:
    stream = io.StringIO()
    logs.configure("json", stream)
    pan = luhn("622202000000123")
    logging.getLogger("lib").warning("card %s failed\nand more %s", pan, pan)
    logging.getLogger("lib").debug("nothing")
    try:
        raise ValueError(pan)
    except ValueError:
        logging.getLogger("lib").exception("oh")

    async def fail() -> None:
        asyncio.get_running_loop().call_soon(lambda message: [][0], pan)
        await asyncio.sleep(0)

    asyncio.run(fail())
    first, second, third = map(json.loads, stream.getvalue().splitlines())
    assert pan not in stream.getvalue()
    assert first["source"] == "lib" and first["level"] == "warning"
    assert second["error"] == "ValueError" and "test_libraries" in second["at"]
    assert third["source"] == "asyncio" and third["error"] == "IndexError"


def test_a_number_too_long_for_a_card_is_cut() -> None:
    assert logs.scrubbed("9" * 30) == "999999…(30 digits)"
    assert logs.scrubbed("call 123456789012345678901") == "call 123456…(21 digits)"
