"""Does the command simulate say what scripts and people need, and refuse what it cannot do?"""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chongzheng.cli import main
from chongzheng.cli.campaigns_real import Kills, PowerCuts, Unknown
from chongzheng.mistakes import TheirMistake
from chongzheng.simulator.real.lossy import refuse_without_fuse
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


def test_calls_whose_answers_are_lost_are_counted_and_do_nothing_twice(tmp_path: Path) -> None:
    ledger = tmp_path / "soak.md"
    answer = simulate("--unknown", "5", "--seed", "6", "--json", "--ledger", str(ledger))
    found = json.loads(answer.stdout)
    assert answer.exit_code == 0, found
    assert (found["asked"], found["stuck"], found["duplicated"], found["sent_blindly"]) == (5, 0, 0, 0)
    assert all(found["unknown"].values()) and found["db"] == "sqlite"
    assert "| `simulate --unknown` | " in ledger.read_text("utf-8")


def test_power_cuts_are_counted_where_such_a_disk_can_be_and_refused_in_one_line_elsewhere() -> None:
    answer = simulate("--power-cuts", "1", "--seed", "6", "--json")
    if answer.exit_code == 2:
        assert answer.stderr.count("\n") == 1 and ("fuse" in answer.stderr or "pip install" in answer.stderr)
        with pytest.raises(TheirMistake):
            refuse_without_fuse()
        return
    found = json.loads(answer.stdout)
    assert (answer.exit_code, found["kills"], found["lost"], found["duplicated"]) == (0, 1, 0, 0), found
    assert sum(found["power_cuts"].values()) >= 1


def test_a_campaign_that_met_less_than_it_was_to_meet_does_not_hold() -> None:
    unknown = {"asked": 4, "stuck": 0, "duplicated": 0, "sent_blindly": 0, "unknown": {"commit": 3, "host": 1}}
    assert Unknown().holds(unknown)
    for worse in (
        {"asked": 5},
        {"stuck": 1},
        {"duplicated": 1},
        {"sent_blindly": 1},
        {"unknown": {"commit": 9, "x": 0}},
    ):
        assert not Unknown().holds({**unknown, **worse}), worse
    cuts = {"kills": 2, "lost": 0, "duplicated": 0, "power_cuts": {"nothing": 1, "all": 1}}
    assert PowerCuts().holds(cuts)
    for worse in ({"kills": 3}, {"lost": 1}, {"duplicated": 1}):
        assert not PowerCuts().holds({**cuts, **worse}), worse
    kills = {**cuts, "first_answer_ms": {"p99": 1999, "promised": 2000}}
    assert Kills().holds(kills)
    for worse in ({"first_answer_ms": {"p99": 2000, "promised": 2000}}, {"lost": 1}):
        assert not Kills().holds({**kills, **worse}), worse


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
