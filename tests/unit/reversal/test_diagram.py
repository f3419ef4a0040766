"""Is the drawing the table, the committed one the drawn one, and does its program answer a mistake in one line?"""

import runpy
import sys
import warnings
from pathlib import Path

import pytest

from chongzheng.reversal import books_page
from chongzheng.reversal.diagram import FILE_NAME, draw, main
from chongzheng.reversal.events import Event
from chongzheng.reversal.payment import State
from chongzheng.reversal.rows import Do, Row
from chongzheng.reversal.table import IMPOSSIBLE, TABLE

COMMITTED = Path(__file__).resolve().parents[3] / "docs" / "diagrams" / FILE_NAME


def test_the_committed_drawing_is_the_drawn_one() -> None:
    assert COMMITTED.read_text("utf-8") == draw(), "run make docs"


def test_every_row_and_every_impossible_pair_is_told() -> None:
    text = draw()
    for state, rows in TABLE.items():
        for event, row in rows.items():
            to = "stay" if row.to is state else row.to
            assert f"| {state} | {event} | {to} | {', then '.join(row.do)} |" in text
    for event, (states, why) in IMPOSSIBLE.items():
        assert f"| {event} | {', '.join(state for state in State if state in states)} | {why} |" in text


def test_edges_are_grouped_and_standing_still_is_not_drawn() -> None:
    table = {
        State.NEW: {Event.REQUEST: Row(State.FORWARDED, (Do.FORWARD,)), Event.APPROVED: Row(State.FORWARDED)},
        State.FORWARDED: {Event.DEADLINE: Row(State.FORWARDED)},
    }
    text = draw(table, {Event.PERSON_STOPPED: (frozenset({State.NEW}), "nothing to stop")})
    picture = text.partition("```mermaid")[2].partition("```")[0]
    assert "    NEW --> FORWARDED: request, approved\n" in picture
    assert "FORWARDED --> FORWARDED" not in picture
    assert "    SETTLED --> [*]\n" in picture and "    REVERSING --> [*]" not in picture
    assert "## The 3 rows" in text and "## The 1 impossible pairs" in text
    assert "| FORWARDED | deadline | stay |  |" in text


def test_its_program_writes_both_pages(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert main([str(folder)]) == 0
    assert {path.name for path in folder.iterdir()} == {FILE_NAME, books_page.FILE_NAME}
    assert (folder / FILE_NAME).read_text("utf-8") == draw()


def test_no_folder_is_a_mistake_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file", "utf-8")
    for arguments in ([], ["a", "b"], [str(taken)]):
        assert main(arguments) == 2
        said = capsys.readouterr()
        assert said.out == "" and said.err.count("\n") == 1


def test_it_runs_as_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["diagram", str(tmp_path)])
    with warnings.catch_warnings(), pytest.raises(SystemExit) as ended:
        warnings.simplefilter("ignore", RuntimeWarning)  # the module is loaded already; that is meant
        runpy.run_module("chongzheng.reversal.diagram", run_name="__main__")
    assert ended.value.code == 0
    assert (tmp_path / FILE_NAME).exists()
