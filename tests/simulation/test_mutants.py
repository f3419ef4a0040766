"""Is a planted bug of each layer seen by the world, and can none be planted anywhere else?"""

import ast
from collections import Counter
from pathlib import Path

import pytest

import chongzheng
from chongzheng.mistakes import OurMistake
from chongzheng.simulator.clerks.invariants import INVARIANTS as OF_PEOPLE
from chongzheng.simulator.mutants.campaign import CLEAN_PAYMENTS, MUTANTS, NOT_FOUND, _alarm, _treatments, hunt
from chongzheng.simulator.mutants.mutant import LAYERS, Mutant, planted
from chongzheng.simulator.virtual.invariants import INVARIANTS
from chongzheng.simulator.virtual.weather import draw

SOURCE = Path(chongzheng.__file__).parent
ONE_A_LAYER = [next(mutant for mutant in MUTANTS if mutant.layer == layer) for layer in LAYERS]


@pytest.mark.parametrize("mutant", ONE_A_LAYER, ids=lambda mutant: mutant.name)
def test_one_bug_of_each_layer_is_killed_by_an_invariant(mutant: Mutant) -> None:
    assert hunt(mutant) in INVARIANTS | OF_PEOPLE


@pytest.mark.parametrize("seed", [5_000_600, 5_001_526, 5_001_756])
def test_a_clean_world_that_once_gave_an_alarm_gives_none(seed: int) -> None:
    """A copy of a sale that was refused for want of room came later and was taken; and a payment that an earlier start
    had found in a cache, and a power cut took, was waited for."""
    treatments = list(_treatments())
    assert _alarm((seed, CLEAN_PAYMENTS, draw(seed), treatments[seed % len(treatments)])) is None


@pytest.mark.soak
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_bug_is_killed(mutant: Mutant) -> None:
    assert hunt(mutant) != NOT_FOUND


def test_each_bug_has_a_name_of_its_own_and_a_layer() -> None:
    assert max(Counter(mutant.name for mutant in MUTANTS).values()) == 1
    assert {mutant.layer for mutant in MUTANTS} == set(LAYERS)


def test_a_bug_is_planted_into_a_simulated_world_only() -> None:
    with pytest.raises(OurMistake), planted(MUTANTS[0], None):
        pass


def test_nothing_that_up_starts_knows_the_planted_bugs() -> None:
    """Only the campaigns of `simulate` name the package, and they do so inside one function."""
    own = SOURCE / "simulator" / "mutants"
    naming = [path for path in SOURCE.rglob("*.py") if own not in path.parents and "mutants" in _imported(path)]
    assert [path.name for path in naming] == ["campaigns.py"]
    top = [node for node in ast.parse(naming[0].read_text("utf-8")).body if isinstance(node, ast.ImportFrom)]
    assert not any("mutants" in alias.name for node in top for alias in node.names)


def _imported(path: Path) -> set[str]:
    words: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            words |= {*(node.module or "").split("."), *(alias.name for alias in node.names)}
        elif isinstance(node, ast.Import):
            words |= {word for alias in node.names for word in alias.name.split(".")}
    return words
