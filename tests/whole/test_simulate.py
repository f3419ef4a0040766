"""Does the command simulate say what scripts and people need, and refuse what it cannot do?"""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chongzheng.cli import main
from chongzheng.simulator.virtual.invariants import INVARIANTS, SITUATIONS


def simulate(*words: str) -> Result:
    """The command, in this process."""
    return CliRunner().invoke(main, ["simulate", *words])


def document(*words: str) -> dict:
    """Its JSON, which is all of its standard output."""
    answer = simulate(*words, "--json")
    assert answer.exit_code in (0, 1), answer.output
    return json.loads(answer.stdout)


def test_worlds_are_summed_up_with_every_list_whole(tmp_path: Path) -> None:
    ledger = tmp_path / "soak.md"
    found = document("--seeds", "40..45", "--payments", "8", "--workers", "1", "--ledger", str(ledger))
    assert (found["seeds"], found["payments"], found["violations"], found["red"]) == (6, 48, 0, [])
    assert set(found["invariants"]) == set(INVARIANTS)
    assert set(found["sometimes"]) == set(SITUATIONS)
    assert set(found["sometimes_never_reached"]) == {name for name, count in found["sometimes"].items() if not count}
    assert found["steps_per_s"] > 0
    assert found["commit"] and found["digest"]
    heading, _, line = ledger.read_text("utf-8").splitlines()
    assert heading.startswith("| when (UTC) | commit |")
    assert "seeds 40..45: 48 payments" in line


def test_too_few_worlds_prove_nothing_and_the_exit_code_says_so() -> None:
    answer = simulate("--seeds", "41", "--payments", "3", "--workers", "1")
    assert answer.exit_code == 1
    assert "violations: 0" in answer.stdout
    assert "never reached:" in answer.stdout


def test_a_seed_replays_to_the_same_trace() -> None:
    words = ("--replay", "44", "--payments", "8")
    first, second = document(*words), document(*words)
    assert first == second
    assert (first["payments"], first["violations"]) == (8, [])
    assert len(first["trace"]) == 32


def test_trials_to_tamper_are_found() -> None:
    found = document("--tamper", "14", "--seed", "3")
    assert (found["trials"], found["missed"], found["false_alarms"], len(found["kinds"])) == (14, [], 0, 7)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "say one of --seeds"),
        (("--seeds", "1..2", "--model"), "say one of --seeds"),
        (("--seeds", "9..2"), "the second is the larger"),
        (("--seeds", "a"), "say A..B"),
        (("--seeds", "1", "--payments", "0"), "--payments"),
        (("--seeds", "1", "--payments", "1", "--workers", "1", "--ledger", "/nowhere/soak.md"), "cannot be written"),
    ],
)
def test_bad_words_are_refused_with_one_line(words: tuple[str, ...], says: str) -> None:
    answer = simulate(*words)
    assert answer.exit_code == 2
    assert says in answer.stderr
    assert answer.stderr.count("\n") == 1
