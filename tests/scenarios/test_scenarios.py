"""Does the machine do, line by line, what the scenarios say, and do they reach every row of its table?"""

from pathlib import Path

import pytest

from chongzheng.mistakes import OurMistake
from chongzheng.reversal import step as machine
from chongzheng.reversal.rows import rule_id
from chongzheng.reversal.table import TABLE
from scenarios import timeline

ROWS = [(state, event) for state, row in TABLE.items() for event in row]


@pytest.mark.parametrize("path", timeline.files(), ids=lambda path: path.stem)
def test_story_goes_as_written(path: Path) -> None:
    story = timeline.play(path)
    assert not story.wrong, "\n" + "\n".join(story.wrong)


def test_every_story_opens_with_its_situation() -> None:
    for path in timeline.files():
        first = path.read_text("utf-8").split("\n")[0]
        assert first.startswith("# ") and first.endswith("."), f"{path.name}:1: say the situation in one sentence"


def test_every_row_is_reached_and_missed_when_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: dict[str, Path] = {}
    for path in timeline.files():
        for rule in timeline.play(path).rules:
            reached.setdefault(rule, path)
    missing = [rule_id(state, event) for state, event in ROWS if rule_id(state, event) not in reached]
    assert not missing, f"no scenario reaches {missing}"
    for state, event in ROWS:
        without = {s: {e: row for e, row in rows.items() if (s, e) != (state, event)} for s, rows in TABLE.items()}
        monkeypatch.setattr(machine, "TABLE", without)
        with pytest.raises(OurMistake, match="no such row"):
            timeline.play(reached[rule_id(state, event)])


def test_a_wrong_line_shows_both_versions(tmp_path: Path) -> None:
    path = tmp_path / "wrong.txt"
    path.write_text("# Wrong.\n+0  sale 1.00  => REFUSED  answer 05\nverdict charged_kept correct proven\n", "utf-8")
    wrong = "\n".join(timeline.play(path).wrong)
    assert "written:  => REFUSED  answer 05" in wrong
    assert "happened: => FORWARDED (NEW.request)   forward" in wrong
    assert "written:  verdict charged_kept correct proven" in wrong
    assert "happened: verdict unknown unknown 1.00 claimed" in wrong


@pytest.mark.parametrize("line", ["+0 dance => NEW", "+5x sale 1.00 => FORWARDED", "+0 sale 1.00 => nowhere",
                                  "+0 deadline => FORWARDED"])  # fmt: skip
def test_a_line_that_says_nothing_is_an_error(line: str, tmp_path: Path) -> None:
    path = tmp_path / "unreadable.txt"
    path.write_text(f"# Unreadable.\n{line}\n", "utf-8")
    with pytest.raises(timeline.Unreadable):
        timeline.play(path)
