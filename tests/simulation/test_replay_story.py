"""Is the story of a payment in the simulated world a scenario that plays, and does it show what was planted?"""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from chongzheng.app import journal_and_policy
from chongzheng.cli import main
from chongzheng.journal import Reader
from chongzheng.reversal import step
from chongzheng.reversal.rows import Do
from chongzheng.simulator.virtual import story
from chongzheng.simulator.virtual.run import run
from chongzheng.simulator.virtual.shrink import shrink
from chongzheng.simulator.virtual.world import World
from scenarios import timeline
from simulation.test_replay import PAYMENTS, plant_late_yes, plant_other_words, red_seed


def play(text: str, folder: Path) -> timeline.Story:
    """What the scenario player finds."""
    path = folder / "story.txt"
    path.write_text(text, "utf-8")
    return timeline.play(path)


@pytest.mark.parametrize("seed", [4, 5, 6, 9, 15, 19])
def test_every_payment_of_a_bad_world_can_be_told_and_played(seed: int, tmp_path: Path) -> None:
    told: dict[str, str] = {}

    def tell(world: World) -> None:
        reader = Reader.open(world.machine.disk.folder / "journal.db")
        _, policy = journal_and_policy(world.home.config)
        for payment in reader.payments():
            told[payment.id] = story.scenario(reader, payment.id, policy, ["# A payment."])
        assert story.scenario(reader, "P" + "A" * 16, policy, []) == ""
        reader.close()

    outcome = run(seed, 2 * PAYMENTS, last=tell)
    assert outcome.violations == ()
    assert len(told) >= 2 * PAYMENTS - 2
    for text in told.values():
        played = play(text, tmp_path)
        assert played.wrong == []
        assert played.rules[-1] and len(played.rules) == text.count("=>")


def test_the_planted_row_stands_in_the_story_and_the_true_machine_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as planted:
        plant_other_words(planted)
        seed = red_seed(1)
        found = shrink(seed, PAYMENTS)
        assert found is not None
        red = story.story(seed, PAYMENTS, found.cast, invariant=found.invariant)
        assert red.outcome.trace == found.outcome.trace
        assert play(red.scenario, tmp_path).wrong == []
    assert step._ACTIONS[Do.REPEAT] is step._repeat
    wrong = "\n".join(play(red.scenario, tmp_path).wrong)
    repeated = re.search(r"written: .* reverse 0(\d) #\1\n.*happened: .* reverse (98|96|A0|06) #\1", wrong)
    assert repeated is not None, wrong
    lines = red.scenario.split("\n")
    assert lines[0].startswith(f"# Seed {seed} broke {found.invariant}: ") and lines[0].endswith(".")
    remarks = [line for line in lines if line.startswith("# ")][1:]
    assert all(event.name in line for event, line in zip(found.outcome.events, remarks, strict=True))


def test_a_story_begins_with_what_was_done_to_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    plant_late_yes(monkeypatch)
    seed = red_seed(1)
    red = story.story(seed, PAYMENTS)
    said = list(red.lines)
    assert said[2] == f"trace: {red.outcome.trace}"
    assert sum(line.endswith("]") for line in said) == len(red.outcome.events)
    assert said[-1].startswith("broken: P4: ")
    assert red.scenario.startswith(f"# Seed {seed} broke P4: ")
    assert red.payment in said[-1]


def test_a_green_seed_has_no_story() -> None:
    green = story.story(1, 4)
    assert (green.payment, green.scenario, green.outcome.violations) == ("", "", ())


def test_times_and_names() -> None:
    assert [story.after(ms) for ms in (0, 1, 61_002, 90_061_001)] == ["+0", "+1ms", "+1m1s2ms", "+1d1h1m1s1ms"]
    assert story.payment_in("twice: Key(a='1')", {"Key(a='1')": "P1"}) == "P1"
    assert story.payment_in("PZGUZEV4ZXP5GHXZH was given back twice", {}) == "PZGUZEV4ZXP5GHXZH"
    assert story.payment_in("the journal says nothing", {"Key()": "P1"}) == ""


def test_the_command_shrinks_a_red_seed_and_writes_its_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant_late_yes(monkeypatch)
    seed, path = red_seed(1), tmp_path / "found.txt"
    words = ["simulate", "--replay", str(seed), "--payments", str(PAYMENTS), "--shrink", "--story", str(path)]
    answer = CliRunner().invoke(main, words)
    assert answer.exit_code == 1
    assert answer.stdout.startswith("P4 breaks with ")
    assert path.read_text("utf-8") in answer.stdout
    assert play(path.read_text("utf-8"), tmp_path).wrong == []


def test_the_command_says_when_nothing_broke(tmp_path: Path) -> None:
    path = tmp_path / "none.txt"
    words = ["simulate", "--replay", "1", "--payments", "4", "--shrink", "--story", str(path)]
    answer = CliRunner().invoke(main, words)
    assert (answer.exit_code, path.exists()) == (0, False)
    assert answer.stdout.endswith("no promise was broken\n")


def test_a_story_that_cannot_be_written_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    plant_late_yes(monkeypatch)
    words = ["simulate", "--replay", str(red_seed(1)), "--payments", str(PAYMENTS), "--story", "/nowhere/found.txt"]
    answer = CliRunner().invoke(main, words)
    assert answer.exit_code == 2
    assert answer.stderr.count("\n") == 1
    assert "/nowhere/found.txt" in answer.stderr
