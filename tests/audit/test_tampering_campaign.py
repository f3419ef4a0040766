"""Is each of seven kinds of tampering found with its place, and which would not be without checkpoints?"""

import random
from pathlib import Path

import pytest

from chongzheng.journal import Reader
from chongzheng.journal.audit import Fault
from chongzheng.journal.inspection import Inspection, inspect
from chongzheng.simulator import tamper
from chongzheng.simulator.attacker import Deed

SLICE = 20 * len(tamper.KINDS)


def held(result: tamper.Campaign, trials: int) -> None:
    """Everything was found with its place; what fits in itself is seen by nothing but the checkpoints."""
    assert (result.trials, result.missed, result.false_alarms) == (trials, [], 0)
    assert set(result.kinds) == set(tamper.KINDS)
    for kind, tally in result.kinds.items():
        assert tally.found == tally.placed == tally.trials == trials // len(tamper.KINDS), kind
        assert tally.fits_in_itself > 0, f"{kind}: nobody played the history anew"
        assert tally.seen_without_checkpoints == 0, f"{kind}: the control shows nothing"
    assert result.holds


@pytest.mark.parametrize("seed", [1, 2])
def test_every_tampering_is_found_with_its_place(seed: int) -> None:
    held(tamper.campaign(SLICE, seed), SLICE)


@pytest.mark.soak
def test_ten_thousand_tamperings_are_found_with_their_place() -> None:
    trials = 10_003
    held(tamper.campaign(trials, 11), trials)


@pytest.fixture
def scene(tmp_path: Path) -> tamper.Scene:
    return tamper.Scene(tmp_path, random.Random(5))


def test_without_checkpoints_a_cut_tail_is_not_seen(scene: tamper.Scene) -> None:
    path = scene.copy()
    scene.play(path, scene.history[:-3])
    assert inspect(path).holds, "the chain alone cannot know what came after"
    found = inspect(path, scene.signed)
    (fault,) = found.faults
    assert fault.covers(len(scene.history) - 2) and not fault.covers(1)
    assert "ends at commit" in str(fault)


def test_without_checkpoints_a_replaced_journal_is_not_seen(scene: tamper.Scene) -> None:
    path = scene.copy()
    scene.play(path, tamper.made_history(random.Random(99), tamper.PAYMENTS + 6))
    assert inspect(path).holds
    (fault,) = inspect(path, scene.signed).faults
    assert (fault.after, fault.checkpoint) == (0, 1), "it differs from the first checkpoint on"


def test_yesterdays_backup_is_told_from_today_also_when_it_goes_on(scene: tamper.Scene) -> None:
    path = scene.copy(scene.yesterday)
    (fault,) = inspect(path, scene.signed).faults
    assert fault.covers(scene.then + 1)
    scene.play(path, tamper.made_history(random.Random(3), 40, offset=500))
    assert len(tamper.chain_of(path)) > len(scene.history)
    assert inspect(path).holds
    (fault,) = inspect(path, scene.signed).faults
    assert fault.covers(scene.then + 1) and "are not those that checkpoint" in str(fault)


def test_the_untouched_journal_is_not_accused(scene: tamper.Scene) -> None:
    for chains_only in (False, True):
        found = inspect(scene.path, scene.signed, chains_only)
        assert (found.holds, found.fitting, found.uncovered) == (True, found.checkpoints, {0: 0})
        assert found.checkpoints > len(scene.history) // tamper.CHECKPOINT_EVERY
        assert (found.payments, found.commits) == (tamper.PAYMENTS, len(scene.history))


@pytest.mark.parametrize("kind", ["cut tail", "edit", "swap", "delete", "insert"])
def test_a_look_at_the_chains_alone_finds_it_too(scene: tamper.Scene, kind: str) -> None:
    dice = random.Random(8)
    while True:
        path, deed, fits = tamper.tampered(scene, kind, dice)
        if fits:
            assert tamper.names_place(inspect(path, scene.signed, chains_only=True), deed)
            return


def test_the_judge_demands_the_place() -> None:
    deed = Deed("something", frozenset({"PA"}), frozenset({7}))
    for fault, named in (
        (Fault("x", "PA"), True),
        (Fault("x", "PB"), False),
        (Fault("x", commit=7), True),
        (Fault("x", commit=8), False),
        (Fault("x", commit=8, after=6), True),
        (Fault("x", commit=8, after=7), False),
    ):
        assert tamper.names_place(Inspection(faults=[fault]), deed) is named


def test_the_history_is_worth_tampering_with(scene: tamper.Scene) -> None:
    reader = Reader.open(scene.path)
    try:
        states = {payment.state for payment in reader.payments()}
        assert {"SETTLED", "REVERSING"} <= states and len(states) > 2
        assert reader.cases(), "somebody must have a case to take away"
    finally:
        reader.close()
