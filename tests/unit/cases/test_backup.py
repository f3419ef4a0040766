"""Does a replay of the saved journal give the reversals that are owed, and is what is no journal refused?"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from chongzheng.cases import backup
from chongzheng.cases.backup import key_of, read, receipt
from chongzheng.mistakes import TheirMistake


def line(what: str, stan: str, **more: Any) -> bytes:
    return json.dumps({"what": what, "terminal": "T1", "batch": "000001", "stan": stan, **more}).encode()


EXPORT = b"\n".join(
    [
        line("sale", "000001"),
        line("answer", "000001", code="00"),
        line("sale", "000002"),
        line("reversal", "000002"),
        line("reversal", "000002"),
        line("sale", "000003"),
        line("reversal", "000003"),
        line("reversal answer", "000003", code="00"),
        line("reversal", "000004"),
        line("reversal answer", "000004", code="96"),
        line("reversal answer", "000009", code="25"),
    ]
)


def test_a_replay_gives_what_is_owed_and_the_receipt_names_it() -> None:
    found = receipt(EXPORT + b"\n")
    assert found.pending == (("T1", "000001", "000002"), ("T1", "000001", "000004"))
    assert (found.records, found.hash) == (11, hashlib.sha256(EXPORT + b"\n").hexdigest())
    assert found.row()["pending"][0] == {"terminal": "T1", "batch": "000001", "stan": "000002"}
    assert key_of(read(EXPORT)[0]) == ("T1", "000001", "000001")
    assert receipt(b"").records == 0


@pytest.mark.parametrize(
    ("bad", "wrong"),
    [
        (b"{", "no JSON object"),
        (b"[1]", "says what it is"),
        (line("song", "000001"), "says what it is"),
        (line("sale", ""), "stan: is missing"),
        (b"x" * 5_000, "at most 4096 characters"),
    ],
)
def test_what_is_no_journal_is_refused_with_its_line(bad: bytes, wrong: str) -> None:
    with pytest.raises(TheirMistake, match=wrong) as found:
        read(line("sale", "000001") + b"\n" + bad)
    assert "line 2" in str(found.value)


def test_an_export_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "LINES_MAX", 2)
    with pytest.raises(TheirMistake, match="at most 2 lines"):
        read(EXPORT)
