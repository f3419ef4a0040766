"""Do all orders of the same evidence, with one piece of it twice, end in one verdict?"""

from dataclasses import replace
from math import factorial

import pytest

from chongzheng.simulator.model.orders import EVENTS_MAX, SALE, Scene, confluence, scenes, walk

EVERY = tuple(scenes())
ORDERS_OF_WHOLE = 1_000_000


def test_the_orders_of_every_scene_end_in_one_verdict() -> None:
    met = confluence()
    assert met.orders >= ORDERS_OF_WHOLE
    assert not met.apart, [(one.scene, one.ends) for one in met.apart]
    assert met.document()["scenes"] == len(EVERY) >= 50


def test_scenes_have_names_of_their_own_and_no_more_evidence_than_is_promised() -> None:
    assert len({scene.name for scene in EVERY}) == len(EVERY)
    assert all(len(scene.evidence) <= EVENTS_MAX for scene in EVERY)
    assert any(len(scene.evidence) == EVENTS_MAX for scene in EVERY)


def test_all_orders_are_counted() -> None:
    """n pieces in n! orders; with one of them twice in (n + 1)! / 2, for each of the n."""
    scene = next(scene for scene in EVERY if not scene.after and len(set(scene.evidence)) == EVENTS_MAX)
    n = EVENTS_MAX
    assert walk(scene).orders == factorial(n) + n * factorial(n + 1) // 2


def test_an_order_that_cannot_be_is_not_walked() -> None:
    scene = Scene("two files", SALE, ("sale", "deadline"), ("file 0 1 0", "file 1 0 0"))
    free, bound = walk(scene), walk(replace(scene, after=(("file 0 1 0", "file 1 0 0"),)))
    assert (free.orders, bound.orders) == (2 + 2 * 3, 1 + 2)


def test_orders_that_end_apart_are_told_with_one_order_for_each_end() -> None:
    race = Scene("a race", SALE, ("sale",), ("yes", "no"))
    met = confluence((race,))
    assert [one.scene for one in met.apart] == ["a race"]
    assert len(met.apart[0].ends) == 2
    assert {way[0] for way in met.apart[0].ends.values()} == {"yes", "no"}


@pytest.mark.parametrize("book", ["returned", "returned over midnight", "kept", "taken after midnight", "never"])
def test_every_book_of_the_host_has_its_own_end(book: str) -> None:
    scene = next(scene for scene in EVERY if scene.name == f"silence; {book}")
    (end,) = walk(scene).ends
    truth = {"never": "never_charged", "returned": "charged_returned", "returned over midnight": "charged_returned"}
    assert end[0] == "SETTLED" and end[1] == truth.get(book, "charged_kept")
