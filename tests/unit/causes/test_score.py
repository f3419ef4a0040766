"""Do the scores reproduce the given vectors, sum to one, and name a cause only when it may be named?"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from chongzheng.causes.score import CONTRIBUTING_MIN, Ranking, Scored, because, score, softmax
from chongzheng.causes.signals import SIGNALS, Kind, Value
from chongzheng.causes.table import COLUMNS, Table, packed, read

ORACLE = json.loads((Path(__file__).parents[2] / "data/causes-oracle.json").read_text("utf-8"))
SICK_PRINTER = {"tlm.iface": "ethernet", "tlm.printer": "jam", "orig.rsp": "00", "rev.reason": "4351"}


def made(*rows: tuple[str, float, str]) -> Table:
    lines = [f"{name},d,z,e,{prior},{evidence},,network,r,p,o,none" for name, prior, evidence in rows]
    return read([",".join(COLUMNS), *lines], "made")


def values(name: str) -> st.SearchStrategy[Value]:
    words = [w for cause in packed().causes for item in cause.items for c in item.conditions if c.signal == name
             for w in c.wanted]  # fmt: skip
    match SIGNALS[name].kind:
        case Kind.FLAG:
            return st.booleans()
        case Kind.NUMBER | Kind.COUNTED:
            return st.integers(-200, 5_000)
        case _:
            return st.sampled_from([*words, "none of these"])


some_signals = st.sets(st.sampled_from(sorted(SIGNALS)), max_size=12).flatmap(
    lambda names: st.fixed_dictionaries({name: values(name) for name in sorted(names)})
)


@pytest.mark.parametrize("vector", ORACLE["vectors"], ids=lambda vector: vector["id"])
def test_the_given_vectors(vector: dict[str, Any]) -> None:
    ranking, wanted = score(vector["signals"], packed()), vector["expected"]
    first, second = ranking.causes[:2]
    assert (first.cause.id, second.cause.id) == (wanted["top"], wanted["second"])
    assert abs(first.posterior - wanted["posterior"]) <= ORACLE["tolerance"]
    assert abs(second.posterior - wanted["second_posterior"]) <= ORACLE["tolerance"]
    assert (ranking.primary is first) is wanted["name_primary"]
    assert (ranking.primary is None) is not wanted["name_primary"]


@drawn(some_signals)
def test_posteriors_are_all_there_fall_and_sum_to_one(signals: dict[str, Value]) -> None:
    ranking = score(signals, packed())
    found = [one.posterior for one in ranking.causes]
    assert len(found) == 46 and found == sorted(found, reverse=True)
    assert abs(sum(found) - 1.0) < 1e-12


@drawn(some_signals)
def test_a_cause_gains_exactly_by_its_own_items(signals: dict[str, Value]) -> None:
    bare = {one.cause.id: one.score for one in score({}, packed()).causes}
    for one in score(signals, packed()).causes:
        assert abs(one.score - bare[one.cause.id] - sum(item.weight for item in one.counted)) < 1e-9


@drawn(some_signals, st.sampled_from([cause.id for cause in packed().causes]))
def test_stronger_evidence_never_lowers_a_cause(signals: dict[str, Value], cause_id: str) -> None:
    """Monotone: the same world with one item's weight raised ranks its cause no lower."""
    table = packed()
    before = {one.cause.id: one for one in score(signals, table).causes}
    lifted = Table(
        tuple(
            cause if cause.id != cause_id
            else type(cause)(**{**{f: getattr(cause, f) for f in cause.__dataclass_fields__}, "prior": cause.prior * 2})
            for cause in table.causes
        )
    )  # fmt: skip
    after = {one.cause.id: one for one in score(signals, lifted).causes}
    assert after[cause_id].posterior >= before[cause_id].posterior
    assert all(after[name].posterior <= before[name].posterior for name in after if name != cause_id)


@pytest.mark.parametrize("healthy", [{"tlm.printer": "ok"}, {"host.queue_ms": 100}, {"tlm.rtt_ms_p95": 200},
                                     {"tlm.reboots": 0}])  # fmt: skip
def test_each_healthy_signal_raises_what_remains(healthy: dict[str, Value]) -> None:
    signals: dict[str, Value] = {"tlm.iface": "cellular", "tlm.rsrp_dbm": -115, "orig.timeout": True}
    better = score({**signals, **healthy}, packed())
    assert better.causes[0].cause.id == "NW-CELL"
    assert better.causes[0].posterior > score(signals, packed()).causes[0].posterior


def test_unknown_signals_count_for_nothing() -> None:
    assert [one.counted for one in score({}, packed()).causes] == [()] * 46
    assert score({}, packed()).probable == () and score({}, packed()).contributing == ()


def test_the_limits_of_naming_a_cause() -> None:
    assert score({}, made(("A", 0.5, ""), ("B", 0.25, ""), ("C", 0.25, ""))).primary is not None
    assert score({}, made(("A", 0.49, ""), ("B", 0.2, ""), ("C", 0.31, ""))).primary is None
    assert score({}, made(("A", 0.6, ""), ("B", 0.4, ""))).primary is None
    assert score({}, made(("A", 1, ""))).primary is not None


def test_inexperience_is_only_ever_contributing() -> None:
    table = made(("OP-TRAIN", 9.0, "op.tenure_d<14=+0.8"), ("A", 0.1, ""))
    ranking = score({"op.tenure_d": 3}, table)
    assert ranking.causes[0].cause.id == "OP-TRAIN" and ranking.primary is None
    assert [one.cause.id for one in ranking.contributing] == ["OP-TRAIN"]
    low = score({"op.tenure_d": 3, **SICK_PRINTER}, packed())
    assert low.primary is not None and low.primary.cause.id == "HW-PRN"
    train = next(one for one in low.causes if one.cause.id == "OP-TRAIN")
    assert train.posterior < CONTRIBUTING_MIN and train in low.contributing


def test_contributing_and_probable_causes_need_evidence() -> None:
    table = made(("A", 0.4, "x==1=+0.1"), ("B", 0.4, ""), ("C", 0.001, "x==1=+0.1"))
    ranking: Ranking = score({"x": 1}, table)
    assert ranking.primary is None
    assert [one.cause.id for one in ranking.contributing] == [one.cause.id for one in ranking.probable] == ["A"]
    named = score(SICK_PRINTER, packed())
    assert named.primary is not None and named.probable == ()


def test_the_lines_say_what_was_seen_the_heaviest_first() -> None:
    first: Scored = score(SICK_PRINTER | {"orig.timeout": True}, packed()).causes[0]
    assert because(first, SICK_PRINTER) == (
        "tlm.printer in {jam;out_of_paper;overheat}: +2.5 (tlm.printer = jam)",
        "orig.rsp==00: +1 (orig.rsp = 00)",
        "rev.reason in {4007;4351}: +0.8 (rev.reason = 4351)",
    )
    timed_out = score({"orig.timeout": True}, packed())
    cell = next(one for one in timed_out.causes if one.cause.id == "NW-CELL")
    assert because(cell, timed_out.signals) == ("orig.timeout: +0.7 (orig.timeout = true)",)


def test_a_softmax_does_not_overflow() -> None:
    assert softmax([1000.0, 1000.0]) == [0.5, 0.5]
