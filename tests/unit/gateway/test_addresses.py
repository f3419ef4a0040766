"""Are callers counted by their address, and does junk cost the address of those for whom nobody vouches?"""

import pytest

from chongzheng.gateway import addresses as module
from chongzheng.gateway.addresses import VOUCHED_MS, Addresses
from chongzheng.gateway.allowance import Allowance


def made() -> Addresses:
    """Ten words a second, ten saved up."""
    return Addresses(lambda now_ms: Allowance(10, 10, now_ms))


def test_callers_of_an_address_are_counted() -> None:
    some = made()
    assert [some.come("a"), some.come("a"), some.come("b")] == [1, 2, 1]
    some.go("a")
    some.go("b")
    assert (some.come("a"), some.come("b")) == (2, 1)


def test_all_of_an_address_share_its_allowance() -> None:
    some = made()
    assert some.allowance("a", 0) is some.allowance("a", 5)
    assert some.allowance("a", 0) is not some.allowance("b", 0)


def test_junk_makes_its_address_wait_and_no_other() -> None:
    some = made()
    some.fine("a", 10, 0)
    assert some.allowance("a", 0).is_dry(0) and not some.allowance("b", 0).is_dry(0)


def test_an_address_with_a_proven_terminal_pays_nothing_nor_a_while_after() -> None:
    some = made()
    some.prove("a")
    some.fine("a", 10, 0)
    some.leave("a", 1_000)
    some.fine("a", 10, 1_000 + VOUCHED_MS)
    assert not some.allowance("a", 0).is_dry(0)
    some.fine("a", 10, 1_001 + VOUCHED_MS)
    assert some.allowance("a", 0).is_dry(0), "nobody there has proved himself for long"


def test_one_proven_terminal_of_two_goes_and_the_other_still_vouches() -> None:
    some = made()
    some.prove("a")
    some.prove("a")
    some.leave("a", 0)
    assert some.is_vouched("a", 10 * VOUCHED_MS)
    some.leave("a", 0)
    assert not some.is_vouched("a", 10 * VOUCHED_MS)


def test_no_more_addresses_are_remembered_than_there_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ADDRESSES_MAX", 2)
    some = made()
    first = some.allowance("a", 0)
    for name in ("b", "c"):
        some.allowance(name, 0)
    assert some.allowance("a", 0) is not first
    for name in ("a", "b", "c"):
        some.prove(name)
        some.leave(name, 0)
    assert [some.is_vouched(name, 1) for name in ("a", "b", "c")] == [False, True, True]
