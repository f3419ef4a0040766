"""Do the readers of files, bodies and bundles keep their promises for documents that are nearly right?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from chongzheng import config
from chongzheng.cli.imports import _json_or_null
from chongzheng.mistakes import TheirMistake
from chongzheng.reports import checker
from chongzheng.settlement.formats.telling import Teller
from chongzheng.simulator.fuzz import documents
from chongzheng.simulator.fuzz.promises import Broken

SEED, EACH = 20261123, 150


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[documents.Desk]:
    """A desk with a folder."""
    with closing(documents.Desk(SEED, tmp_path)) as found:
        yield found


@pytest.mark.parametrize("lane", documents.LANES)
def test_documents_that_are_nearly_right_keep_all_promises(desk: documents.Desk, lane: str) -> None:
    accepted = 0
    for number in range(EACH):
        made, data = desk.make(documents.LANES.index(lane), Random(f"{SEED} {number}"))
        assert made == lane
        try:
            accepted += desk.take(lane, data)
        except Exception as fault:
            raise AssertionError(f"{lane} {number}: {data[:2_000]!r}") from fault
    assert accepted < EACH


@pytest.mark.parametrize(
    ("lane", "data"),
    [
        ("acom", documents._line(Random(1)) + b"\n"), ("csv", documents.CSV), ("config", documents.CONFIG),
        ("terminals", documents.TERMINALS), ("kinds", documents.KINDS),
    ],
)  # fmt: skip
def test_the_documents_they_are_made_of_are_accepted(desk: documents.Desk, lane: str, data: bytes) -> None:
    assert desk.take(lane, data)


def test_the_bundle_they_are_made_of_holds(desk: documents.Desk) -> None:
    assert checker.check(desk._bundle, desk._trusted) == []


# What it found, each mended


@pytest.mark.parametrize("record", ["[" * 5_000, '{"a":' * 5_000])
def test_a_record_nested_beyond_measure_is_a_fault_of_the_bundle(desk: documents.Desk, record: str) -> None:
    document = {**documents._proof(), "facts": [{"seq": 1, "record": record, "hash": ""}]}
    [fault] = checker.check(desk._signed(document), desk._trusted)
    assert "another form (RecursionError" in fault


@pytest.mark.parametrize(
    ("text", "terminals", "what"),
    [
        (b"a = " + b"[" * 3_000, b"", "beyond all measure"),
        (b"a = " + b"1" * 5_000, b"", "beyond all measure"),
        (documents.CONFIG.replace(b'"terminals.csv"', b'"\\u0000"'), b"", "is no name that a file can have"),
        (documents.CONFIG, documents.TERMINALS + b'"' + b"x" * 140_000, "line 2: is not CSV"),
        (documents.CONFIG, b'"' + b"x" * 140_000, "is not CSV"),
    ],
    ids=["deep", "long", "name", "cell", "header"],
)
def test_a_configuration_beyond_measure_is_refused_in_one_line(
    tmp_path: Path, text: bytes, terminals: bytes, what: str
) -> None:
    (tmp_path / "c.toml").write_bytes(text)
    (tmp_path / "terminals.csv").write_bytes(terminals)
    with pytest.raises(TheirMistake, match=what):
        config.load(tmp_path / "c.toml")


def test_a_line_of_brackets_without_end_is_null() -> None:
    assert _json_or_null(b"[" * 4_000) == b"null" != _json_or_null(b"[1]")


# Planted faults


def test_a_reader_that_lets_a_card_number_out_is_found(desk: documents.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def as_it_stands(teller: Teller, text: str, values: object) -> str:
        return text

    monkeypatch.setattr(Teller, "_redacted", as_it_stands)
    with pytest.raises(Broken, match="no card number leaves the reader"):
        desk.take("acom", documents._line(Random(1)) + b"\n")


def test_a_checker_that_takes_the_signature_for_granted_is_found(
    desk: documents.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def content(document: Any, trusted: str) -> list[str]:
        return []

    monkeypatch.setattr(checker, "_signature_faults", content)
    changed = desk._bundle.replace(b'"made_at":1', b'"made_at":2')
    with pytest.raises(Broken, match="a bundle that was changed proves nothing"):
        desk.take("bundle", changed)
