"""Is every value of a rebuilt record one that a witness gave, and is the rest listed?"""

from __future__ import annotations

from chongzheng.cases.rebuild import rebuild

KEY = ("T1", "000001", "000002")
HOST = {"what": "sale", "amount_fen": 1_250, "at": 1_800_000_000_000, "card": "622200******0005", "code": "00"}


def test_a_record_that_the_host_knows_is_whole_and_names_its_witnesses() -> None:
    slip = {"amount_fen": 1_250, "card": "622200******0005"}
    (one,) = rebuild([KEY], {"host": {KEY: {**HOST, "card": ""}}, "slip": {KEY: slip}})
    assert one.whole and one.values == HOST
    assert one.sources == {"what": "host", "amount_fen": "host", "at": "host", "card": "slip", "code": "host"}


def test_what_nobody_knows_is_missing_and_nothing_is_put_in_its_place() -> None:
    known, unknown = rebuild([KEY, ("T1", "000001", "000009")], {"slip": {KEY: {"amount_fen": 1_250}}})
    assert not known.whole and known.values == {"amount_fen": 1_250}
    assert known.missing == ("what", "at", "card", "code")
    assert not unknown.whole and unknown.values == {} and len(unknown.missing) == 5


def test_witnesses_that_disagree_leave_it_contested() -> None:
    (one,) = rebuild([KEY], {"host": {KEY: HOST}, "backup": {KEY: {**HOST, "amount_fen": 12_500}}})
    assert not one.whole and "amount_fen" not in one.values
    assert one.contested == {"amount_fen": {"host": 1_250, "backup": 12_500}}
