"""Is a promise kept only by its day, broken when we moved it, and is the share sound for few and for many?"""

import pytest

from chongzheng.notices.promises import Became, Promise, became, kept_share, wilson

SAID, DUE = 1_000, 2_000


def promise(kept_at: int | None = None, moved_at: int | None = None, asked: bool = False) -> Promise:
    """One that is due at DUE."""
    return Promise(1, "M1", "答复", SAID, DUE, kept_at, moved_at, asked)


@pytest.mark.parametrize(("one", "now", "fate"), [
    (promise(), DUE, Became.OPEN),
    (promise(), DUE + 1, Became.BROKEN),
    (promise(kept_at=DUE), DUE + 9, Became.KEPT),
    (promise(kept_at=DUE + 1), DUE + 9, Became.BROKEN),
    (promise(moved_at=1_500), 1_600, Became.BROKEN),
    (promise(moved_at=1_500, asked=True), DUE + 9, Became.RELEASED),
    (promise(kept_at=1_900, moved_at=1_500), DUE + 9, Became.KEPT),
])  # fmt: skip
def test_what_became_of_a_promise(one: Promise, now: int, fate: Became) -> None:
    assert became(one, now) is fate


def test_the_share_counts_what_is_decided_and_ours() -> None:
    some = [promise(kept_at=DUE)] * 8 + [promise()] * 2 + [promise(moved_at=1, asked=True)] * 5
    share = kept_share(some, DUE + 1)
    assert (share.kept, share.counted, share.share) == (8, 10, 0.8)
    assert (round(share.low, 6), round(share.high, 6)) == (0.490162, 0.943318)


def test_nothing_to_count_is_no_share() -> None:
    share = kept_share([promise()], SAID)
    assert (share.share, share.counted, share.low, share.high) == (None, 0, 0.0, 1.0)


@pytest.mark.parametrize(("hits", "tries", "low", "high"), [
    (0, 10, 0.0, 0.277533), (10, 10, 0.722467, 1.0), (500, 1000, 0.46907, 0.53093), (1, 1, 0.206549, 1.0),
])  # fmt: skip
def test_the_interval_is_wilsons(hits: int, tries: int, low: float, high: float) -> None:
    found = wilson(hits, tries)
    assert (round(found[0], 6), round(found[1], 6)) == (low, high)
