"""Is the next signal to ask for the one that tells most, and is nothing asked that tells nothing?"""

from hypothesis import given as drawn
from hypothesis import strategies as st

from chongzheng.causes.ask import next_tests
from chongzheng.causes.score import score
from chongzheng.causes.signals import SIGNALS, Value
from chongzheng.causes.table import COLUMNS, Table, packed, read


def made(*rows: tuple[str, float, str]) -> Table:
    lines = [f"{name},d,z,e,{prior},{evidence},,network,r,p,o,none" for name, prior, evidence in rows]
    return read([",".join(COLUMNS), *lines], "made")


def asked(table: Table, **known: Value) -> list[str]:
    signals = {name.replace("__", "."): value for name, value in known.items()}
    return [one.signal for one in next_tests(score(signals, table), table)]


def test_the_signal_that_parts_the_likeliest_causes_comes_first() -> None:
    table = made(("A", 0.5, "tlm.printer==jam=+4.0"), ("B", 0.49, "tlm.iface==wifi=+0.2"), ("C", 0.01, "rsp==96=+4.0"))
    assert asked(table)[0] == "tlm.printer"
    assert "tlm.printer" not in asked(table, tlm__printer="ok")


def test_what_speaks_alike_for_every_cause_is_not_asked() -> None:
    table = made(("A", 0.5, "orig.timeout=+1.0"), ("B", 0.5, "orig.timeout=+1.0"))
    assert asked(table) == []


def test_an_item_that_waits_for_a_second_signal_is_asked_once_the_first_is_known() -> None:
    table = made(("A", 0.5, "rev.count>=rev.max=+3.0"), ("B", 0.5, ""))
    assert asked(table) == []
    assert asked(table, rev__max=3) == ["rev.count"]
    assert asked(table, rev__count=3) == ["rev.max"]


def test_days_and_words_that_no_vocabulary_knows_are_asked_as_well() -> None:
    table = made(("A", 0.5, "rev.date!=host.date=+3.0; host.key_ver!=tlm.key_ver=+1.0; my.own==odd=+1.0"), ("B", 1, ""))
    assert set(asked(table, host__date="20260102", tlm__key_ver=3)) == {"rev.date", "host.key_ver", "my.own"}


def test_a_bound_in_words_on_a_number_asks_nothing_of_it() -> None:
    assert asked(made(("A", 0.5, "tlm.battery_pct==low=+3.0"), ("B", 0.5, ""))) == []


def test_equals_and_differs_by_the_sign_of_a_number() -> None:
    table = made(("A", 0.5, "abs(mins_to_cut)<=5=+1.2"), ("B", 0.5, ""))
    assert asked(table) == ["mins_to_cut"]


known_signals = st.dictionaries(
    st.sampled_from([name for name, one in SIGNALS.items() if one.kind.value == "number"]), st.integers(-200, 4_000),
    max_size=6,
)  # fmt: skip


@drawn(known_signals)
def test_gains_fall_are_above_nought_and_at_most_the_doubt(signals: dict[str, Value]) -> None:
    found = next_tests(score(signals, packed()), packed())
    gains = [one.gain_bits for one in found]
    assert gains == sorted(gains, reverse=True) and all(0 < gain <= 5.53 for gain in gains)
    assert not {one.signal for one in found} & set(signals)


def test_without_evidence_the_network_is_asked_for_first() -> None:
    assert asked(packed())[0] == "tlm.iface"
