"""Is each record given to the one payment it is about, and to none when that is not certain?"""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.settlement import days
from chongzheng.settlement.breaks import Why
from chongzheng.settlement.formats import reader
from chongzheng.settlement.formats.known import packaged
from chongzheng.settlement.line import Reading, Record
from chongzheng.settlement.match import Candidate, Fit, Matching, PointedBack, match, network_key
from chongzheng.settlement.windows import CARD, WALLET, Windows
from unit.settlement.acom_lines import (
    DAY,
    MASKED,
    MERCHANT,
    NAME,
    TERMINAL,
    joined,
    line,
    record,
    reversal,
    reversed_record,
)

TEN_O_CLOCK_MS = days.closes_at(DAY) - 14 * 3_600_000
MINUTE_MS = 60_000


def candidate(payment: str = "P1", **changes: object) -> Candidate:
    """The payment that `record()` is about."""
    known = Candidate(payment, TERMINAL, MERCHANT, "000001", 100, TEN_O_CLOCK_MS, DAY, ("RRN000000001",), MASKED)
    return replace(known, **changes)  # type: ignore[arg-type]


def matched(matching: Matching) -> list[tuple[int, str, Fit]]:
    assert matching.breaks == ()
    return [(one.record.number, one.payment, one.fit) for one in matching.matches]


def broken(matching: Matching) -> list[tuple[Why, tuple[str, ...]]]:
    assert matching.matches == ()
    return [(one.why, one.about) for one in matching.breaks]


@pytest.mark.parametrize(
    ("of", "known", "fit"),
    [
        ({}, {}, Fit.ALL),
        ({"amount_fen": 101}, {}, Fit.TRACE_AND_RRN),
        ({"stan": "777777"}, {}, Fit.RRN_AND_AMOUNT),
        ({}, {"rrns": ()}, Fit.TRACE_AND_AMOUNT),
        ({"rrn": ""}, {}, Fit.TRACE_AND_AMOUNT),
        ({"rrn": "ANOTHER"}, {}, Fit.ANOTHER_RRN),
        ({"amount_fen": 101}, {"rrns": ()}, Fit.ANOTHER_AMOUNT),
        ({"sent_at": "20261121235900"}, {}, Fit.ALL),
        ({}, {"day": "20261121"}, Fit.ALL),
        ({}, {"day": "20261123"}, Fit.ALL),
        ({"masked_pan": "*" * 12}, {}, Fit.ALL),
        ({}, {"masked_pan": ""}, Fit.ALL),
    ],
)
def test_what_makes_a_match(of: dict[str, object], known: dict[str, object], fit: Fit) -> None:
    assert matched(match([record(**of)], [candidate(**known)])) == [(1, "P1", fit)]


@pytest.mark.parametrize(
    "of",
    [
        {"terminal": "T0000002"},
        {"merchant": "898110000000002"},
        {"stan": "777777", "rrn": "ANOTHER"},
        {"stan": "777777", "rrn": ""},
    ],
)
def test_strangers(of: dict[str, object]) -> None:
    assert broken(match([record(**of)], [candidate()])) == [(Why.STRANGER, ())]


def test_a_payment_of_another_week_is_no_candidate() -> None:
    assert broken(match([record()], [candidate(day="20261120")])) == [(Why.STRANGER, ())]


@pytest.mark.parametrize(
    ("of", "known"),
    [
        ({"masked_pan": "622202******0000"}, {}),
        ({"rrn": "ANOTHER", "sent_at": f"{DAY}120000"}, {}),
        ({"rrn": "ANOTHER", "amount_fen": 101}, {}),
        ({"rrn": "ANOTHER", "sent_at": DAY}, {}),
        ({"stan": "777777", "amount_fen": 101}, {}),
        ({"amount_fen": 101}, {"rrns": (), "masked_pan": ""}),
    ],
    ids=[
        "another card",
        "another RRN, hours later",
        "another RRN, no time",
        "only the trace agrees",
        "only the RRN agrees",
        "card unknown",
    ],
)
def test_a_record_that_contradicts_its_payment_is_no_match(of: dict[str, object], known: dict[str, object]) -> None:
    assert broken(match([record(**of)], [candidate(**known)])) == [(Why.CONTRADICTS, ("P1",))]


def test_a_trace_number_used_again_in_another_batch_is_told_apart_by_its_rrn() -> None:
    second = candidate("P2", rrns=("RRN000000002",))
    matching = match([record(), record(2, rrn="RRN000000002")], [candidate(), second])
    assert matched(matching) == [(1, "P1", Fit.ALL), (2, "P2", Fit.ALL)]


def test_or_by_what_one_of_the_two_lacks() -> None:
    doubtful = candidate("P2", rrns=())
    matching = match([record(), record(2, rrn="RRN000000002")], [candidate(), doubtful])
    assert matched(matching) == [(1, "P1", Fit.ALL), (2, "P2", Fit.TRACE_AND_AMOUNT)]


def test_or_by_the_amount() -> None:
    both = [candidate(rrns=()), candidate("P2", rrns=(), amount_fen=700)]
    assert matched(match([record(amount_fen=700)], both)) == [(1, "P2", Fit.TRACE_AND_AMOUNT)]


def test_or_by_the_time_of_day() -> None:
    later = candidate("P2", rrns=(), opened_at_ms=TEN_O_CLOCK_MS + 60 * MINUTE_MS)
    both = [candidate(rrns=()), later]
    assert matched(match([record()], both)) == [(1, "P1", Fit.TRACE_AND_AMOUNT)]
    assert matched(match([record(sent_at=f"{DAY}110001")], both)) == [(1, "P2", Fit.TRACE_AND_AMOUNT)]


def test_two_that_fit_equally_are_no_match() -> None:
    near = candidate("P2", rrns=(), opened_at_ms=TEN_O_CLOCK_MS + MINUTE_MS)
    both = [candidate(rrns=()), near]
    assert broken(match([record()], both)) == [(Why.AMBIGUOUS, ("P1", "P2"))]
    assert broken(match([record(sent_at=f"{DAY}200000")], both)) == [(Why.AMBIGUOUS, ("P1", "P2"))]


def test_rrn_against_trace_number_is_no_match() -> None:
    other = candidate("P2", stan="000002", rrns=())
    assert broken(match([record(stan="000002")], [candidate(), other])) == [(Why.AMBIGUOUS, ("P1", "P2"))]


def test_a_late_sale_of_the_day_before() -> None:
    late = record(sent_at="20261123000100", rrn="LATE")
    assert matched(match([late], [candidate(rrns=())])) == [(1, "P1", Fit.TRACE_AND_AMOUNT)]


def test_a_second_original_is_found() -> None:
    matching = match([record(), record(2, rrn="ANOTHER", sent_at=f"{DAY}100130")], [candidate()])
    assert matched(matching) == [(1, "P1", Fit.ALL), (2, "P1", Fit.ANOTHER_RRN)]


def test_duplicate_records_go_to_the_same_payment() -> None:
    matching = match([record(), record(2)], [candidate()])
    assert matched(matching) == [(1, "P1", Fit.ALL), (2, "P1", Fit.ALL)]


def test_a_reversal_points_back_to_its_sale() -> None:
    matching = match([reversed_record(rrn="OWN"), record()], [candidate(), candidate("P2", stan="000002", rrns=())])
    assert matched(matching) == [(1, "P1", Fit.ALL), (2, "P1", Fit.TRACE_AND_AMOUNT)]


def test_a_reversal_in_the_next_days_file() -> None:
    late = reversed_record(sent_at="20261123001000", rrn="OWN")
    assert matched(match([late], [candidate()])) == [(2, "P1", Fit.TRACE_AND_AMOUNT)]


def test_a_reversal_of_a_repeated_trace_number_follows_its_sale() -> None:
    doubtful = candidate("P2", rrns=())
    records = [record(), record(2, rrn="R2", sent_at=f"{DAY}100005"), reversed_record(3, rrn="OWN")]
    assert matched(match(records, [candidate(), doubtful]))[2] == (3, "P1", Fit.TRACE_AND_AMOUNT)


def test_a_reversal_whose_sale_is_ambiguous_is_ambiguous() -> None:
    both = [candidate(rrns=()), candidate("P2", rrns=())]
    found = broken(match([record(), reversed_record(rrn="OWN")], both))
    assert found == [(Why.AMBIGUOUS, ("P1", "P2")), (Why.AMBIGUOUS, ("P1", "P2"))]


def test_a_reversal_with_another_amount_follows_its_sale() -> None:
    records = [record(amount_fen=101), reversed_record(amount_fen=101, rrn="OWN")]
    assert matched(match(records, [candidate()])) == [(1, "P1", Fit.TRACE_AND_RRN), (2, "P1", Fit.ANOTHER_AMOUNT)]
    assert broken(match(records[1:], [candidate()])) == [(Why.CONTRADICTS, ("P1",))]


def test_a_reversal_whose_time_and_amount_name_two_payments_is_no_match() -> None:
    other = candidate("P2", rrns=("R2",), amount_fen=700)
    second = record(2, rrn="R2", amount_fen=700, sent_at=f"{DAY}180000")
    torn = reversed_record(3, rrn="OWN", original_sent_at=f"{DAY}180000")
    matching = match([record(), second, torn], [candidate(), other])
    assert [(one.record.number, one.payment) for one in matching.matches] == [(1, "P1"), (2, "P2")]
    assert [(one.why, one.about) for one in matching.breaks] == [(Why.AMBIGUOUS, ("P1", "P2"))]


def test_a_reversal_whose_rrn_names_another_payment_than_its_sale() -> None:
    other = candidate("P2", stan="000002", rrns=("R2",), masked_pan="")
    stranger = candidate(masked_pan="622202******0000")
    records = [record(masked_pan="622202******0000"), reversed_record(rrn="R2")]
    matching = match(records, [stranger, other])
    assert [(one.record.number, one.payment) for one in matching.matches] == [(1, "P1")]
    assert [(one.why, one.about) for one in matching.breaks] == [(Why.AMBIGUOUS, ("P1", "P2"))]


def test_a_sale_under_a_trace_number_of_the_link_takes_its_reversal_along() -> None:
    records = [record(stan="777777"), reversed_record(original_stan="777777", rrn="OWN")]
    matching = match(records, [candidate()])
    assert matched(matching) == [(1, "P1", Fit.RRN_AND_AMOUNT), (2, "P1", Fit.TRACE_AND_AMOUNT)]


def test_a_reversal_without_reference() -> None:
    bare = reversed_record(original_stan="", original_sent_at="", rrn="OWN")
    assert broken(match([bare], [candidate()])) == [(Why.STRANGER, ())]
    assert matched(match([replace(bare, rrn="RRN000000001")], [candidate()])) == [(2, "P1", Fit.RRN_AND_AMOUNT)]


VOID = record(stan="000009", processing="200000", original_stan="000001", original_sent_at=f"{DAY}100000", rrn="V")


def test_other_trades_are_breaks_about_the_payment_they_name() -> None:
    assert broken(match([record(code="51")], [candidate()])) == [(Why.OTHER_TRADE, ("P1",))]
    assert broken(match([record(mti="0100", stan="000009", rrn="")], [candidate()])) == [(Why.OTHER_TRADE, ())]


def test_a_void_is_about_the_void_and_never_about_its_sale() -> None:
    void = candidate("P2", stan="000009", rrns=("V",), gives_back=True)
    assert matched(match([VOID], [candidate(), void])) == [(1, "P2", Fit.ALL)]
    both = match([record(), replace(VOID, number=2)], [candidate(), void])
    assert matched(both) == [(1, "P1", Fit.ALL), (2, "P2", Fit.ALL)]
    same_trace = candidate(gives_back=True)
    assert broken(match([record()], [same_trace])) == [(Why.STRANGER, ())]


def test_a_reversed_void_is_about_the_void() -> None:
    void = candidate("P2", stan="000009", rrns=("V",), gives_back=True)
    undone = reversed_record(processing="200000", original_stan="000009", rrn="V")
    assert matched(match([undone], [candidate(), void])) == [(2, "P2", Fit.ALL)]


def test_a_void_that_we_do_not_know_holds_up_the_sale_that_it_names() -> None:
    assert broken(match([VOID], [candidate()])) == [(Why.STRANGER, ("P1",))]


def world(seed: int) -> tuple[list[Candidate], bytes, list[str]]:
    """Payments with amounts of their own, their file, and whose each line is. Trace numbers repeat in two batches."""
    dice = random.Random(seed)
    candidates, lines, owners = [], [], []
    for n in range(12):
        stan, fen, rrn = f"{n % 8 + 1:06d}", 1_000 + 37 * n, f"R{dice.randrange(10**11):011d}"
        sent = f"1122{10 + n:02d}0000"
        opened_at_ms = TEN_O_CLOCK_MS + n * 60 * MINUTE_MS
        owner = f"P{n:02d}"
        candidates.append(Candidate(owner, TERMINAL, MERCHANT, stan, fen, opened_at_ms, DAY, (rrn,), MASKED))
        lines.append(line(stan=stan, sent=sent, fen=fen, rrn=rrn))
        owners.append(owner)
        if n % 3 == 0:
            lines.append(reversal(stan=stan, sent=sent[:-2] + "30", of=sent, fen=fen, rrn=f"Z{n:011d}"))
            owners.append(owner)
    return candidates, joined(*lines), owners


def read_acom(data: bytes, name: str, day: str) -> Reading:
    return reader.read(packaged().named("acom", data), data, name, day)


@given(st.integers(0, 3), st.data())
def test_a_mutated_line_never_goes_to_another_payment(seed: int, data: st.DataObject) -> None:
    candidates, whole, owners = world(seed)
    at = data.draw(st.integers(0, len(whole) - 1).filter(lambda at: whole[at] != ord("\n")))
    put = data.draw(st.sampled_from(b"0123456789 AZ"))
    reading = read_acom(whole[:at] + bytes([put]) + whole[at + 1 :], NAME, DAY)
    for one in match(reading.records, candidates).matches:
        assert one.payment == owners[one.record.number - 1]


def test_the_unmutated_world_matches_whole() -> None:
    candidates, whole, owners = world(0)
    assert [payment for _, payment, _ in matched(match(read_acom(whole, NAME, DAY).records, candidates))] == owners


traces = st.sampled_from(["000001", "000002"])
rrns = st.sampled_from(["", "R1", "R2"])
amounts = st.sampled_from([100, 200])


@st.composite
def records(draw: st.DrawFn) -> list[Record]:
    """Few values, so that they collide."""
    found = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        sent_at = f"{DAY}10{draw(st.integers(0, 59)):02d}00"
        made = record(number, stan=draw(traces), rrn=draw(rrns), amount_fen=draw(amounts), sent_at=sent_at)
        if draw(st.booleans()):
            made = replace(made, mti="0420", original_stan=draw(traces), original_sent_at=f"{DAY}100000")
        found.append(made)
    return found


@st.composite
def payments(draw: st.DrawFn) -> list[Candidate]:
    """Payments that share terminals, trace numbers and days."""
    return [
        candidate(
            f"P{n}",
            stan=draw(traces),
            rrns=tuple(filter(None, [draw(rrns)])),
            amount_fen=draw(amounts),
            day=draw(st.sampled_from([DAY, "20261121"])),
            opened_at_ms=TEN_O_CLOCK_MS + draw(st.integers(0, 59)) * MINUTE_MS,
        )
        for n in range(draw(st.integers(0, 4)))
    ]


@given(records(), payments(), st.randoms(use_true_random=False))
def test_the_order_of_the_inputs_does_not_matter(of: list[Record], known: list[Candidate], dice: random.Random) -> None:
    before = match(of, known)
    mixed, others = dice.sample(of, len(of)), dice.sample(known, len(known))
    assert match(mixed, others) == before
    placed = [one.record for one in before.matches] + [one.record for one in before.breaks]
    assert sorted(placed, key=lambda r: r.number) == of
    for one in before.breaks:
        assert (one.why is Why.STRANGER) == (one.about == ())


TRADE = {"acquirer": "48020000", "forwarder": "48020001"}
NETWORK = network_key("48020000", "48020001", "700001", f"{DAY}100000")


def test_the_network_key_stands_for_the_trace_number() -> None:
    sent = record(stan="700001", rrn="", **TRADE)
    assert matched(match([sent], [candidate(network=NETWORK)])) == [(1, "P1", Fit.TRACE_AND_AMOUNT)]
    assert broken(match([sent], [candidate()])) == [(Why.STRANGER, ())]
    assert matched(match([record(stan="700001", **TRADE)], [candidate(network=NETWORK)])) == [(1, "P1", Fit.ALL)]


@pytest.mark.parametrize("missing", [0, 2, 3])
def test_a_network_key_with_a_part_missing_names_nothing(missing: int) -> None:
    parts = ["48020000", "", "700001", f"{DAY}100000"]
    assert network_key(*parts) != ""
    parts[missing] = ""
    assert network_key(*parts) == ""


def test_a_keyed_hash_tells_cards_apart_that_look_alike() -> None:
    hashed = candidate(card="a1")
    assert broken(match([record(card="b2")], [hashed])) == [(Why.CONTRADICTS, ("P1",))]
    assert matched(match([record(card="a1", masked_pan="*")], [hashed])) == [(1, "P1", Fit.ALL)]


def order(number: int = 1, **changes: object) -> Record:
    """A line of a wallet's bill."""
    own: dict[str, object] = {"channel": "wechat", "terminal": "", "stan": "", "rrn": "", "masked_pan": ""}
    return record(number, **{**own, "order": "O1", "theirs": "W1", **changes})


def ordered(payment: str = "P1", **changes: object) -> Candidate:
    """The payment that `order()` is about."""
    own: dict[str, object] = {"channel": "wechat", "order": "O1", "rrns": ("W1",)}
    return candidate(payment, **{**own, **changes})


@pytest.mark.parametrize(
    ("line_", "known", "fit"),
    [
        ({}, {}, Fit.ORDER),
        ({"theirs": ""}, {}, Fit.ORDER),
        ({}, {"rrns": ()}, Fit.ORDER),
        ({"order": ""}, {"order": ""}, Fit.ORDER),
        ({"amount_fen": 99}, {}, Fit.ORDER_AND_ANOTHER_AMOUNT),
        ({"mti": "0420", "order": "", "original_order": "O1"}, {"day": days.shifted(DAY, -7)}, Fit.ORDER),
    ],
)
def test_a_wallets_line_finds_its_order(line_: dict[str, object], known: dict[str, object], fit: Fit) -> None:
    assert matched(match([order(**line_)], [ordered(**known)])) == [(1, "P1", fit)]


@pytest.mark.parametrize(
    ("line_", "known", "why"),
    [
        ({"order": "O2", "theirs": ""}, {}, Why.STRANGER),
        ({"order": "", "theirs": ""}, {}, Why.STRANGER),
        ({"channel": "alipay"}, {}, Why.STRANGER),
        ({}, {"day": days.shifted(DAY, -8)}, Why.STRANGER),
        ({"theirs": "W2"}, {}, Why.CONTRADICTS),
    ],
)
def test_or_nothing(line_: dict[str, object], known: dict[str, object], why: Why) -> None:
    assert [found for found, _ in broken(match([order(**line_)], [ordered(**known)]))] == [why]


def test_a_wallets_number_alone_is_sought_only_where_the_line_has_no_order() -> None:
    assert broken(match([order(order="O9")], [ordered()])) == [(Why.STRANGER, ())]


@pytest.mark.parametrize("other", [{}, {"day": days.shifted(DAY, -9)}, {"gives_back": True}])
def test_the_order_of_one_payment_and_the_number_of_another_is_no_match(other: dict[str, object]) -> None:
    unanswered = ordered("P2", order="O2", rrns=())
    assert broken(match([order(order="O2")], [ordered(**other), unanswered])) == [(Why.AMBIGUOUS, ("P1", "P2"))]
    assert matched(match([order(order="O2", theirs="W2")], [ordered(), unanswered])) == [(1, "P2", Fit.ORDER)]


def test_two_orders_under_one_number_are_what_they_say() -> None:
    both = [ordered(), ordered("P2", order="O2")]
    assert matched(match([order(order="O2")], both)) == [(1, "P2", Fit.ORDER)]


def test_the_revocation_of_a_wallets_order_follows_its_line() -> None:
    both = [ordered(), ordered("P2")]
    close = replace(both[1], opened_at_ms=TEN_O_CLOCK_MS + 30 * MINUTE_MS)
    gone = order(2, mti="0420", original_order="O1", sent_at=f"{DAY}103000")
    assert matched(match([order(), gone], [both[0], close]))[1] == (2, "P1", Fit.ORDER)


def test_a_reversal_that_names_nothing_is_nobodys() -> None:
    nameless = [order(2, mti="0420", order="", theirs=""), order(3, order="", theirs="")]
    assert [why for why, _ in broken(match(nameless, [ordered()]))] == [Why.STRANGER, Why.STRANGER]


def test_as_many_lines_as_payments_are_told_apart_by_time() -> None:
    both = [candidate(rrns=()), candidate("P2", rrns=(), opened_at_ms=TEN_O_CLOCK_MS + 3 * MINUTE_MS)]
    lines = [record(2, sent_at=f"{DAY}100258"), record(1, sent_at=f"{DAY}100001")]
    assert matched(match(lines, both)) == [(1, "P1", Fit.TRACE_AND_AMOUNT), (2, "P2", Fit.TRACE_AND_AMOUNT)]


@pytest.mark.parametrize(
    ("minutes", "more"),
    [
        (1, []),
        (0, []),
        (3, [record(3, sent_at=f"{DAY}100130", rrn="")]),
        (3, [record(3, amount_fen=101, sent_at=f"{DAY}100258")]),
        (3, [record(3, masked_pan="622202******0000")]),
    ],
    ids=["too close", "at once", "a third line", "another amount", "another card"],
)
def test_or_not_at_all(minutes: int, more: list[Record]) -> None:
    later = TEN_O_CLOCK_MS + minutes * MINUTE_MS
    both = [candidate(rrns=()), candidate("P2", rrns=(), opened_at_ms=later)]
    second = record(2, sent_at=f"{DAY}10{minutes:02d}00") if minutes else record(2)
    said = match([record(1), second, *more] if minutes != 1 else [record(1), record(2, sent_at=f"{DAY}100029")], both)
    assert {one.why for one in said.breaks} >= {Why.AMBIGUOUS} and said.matches == ()


def test_a_payment_that_has_its_line_is_not_given_another_by_time() -> None:
    three = [candidate(rrns=()), candidate("P2", rrns=(), opened_at_ms=TEN_O_CLOCK_MS + 3 * MINUTE_MS)]
    sure = candidate("P3", terminal="T0000009")
    said = match([record(1), record(2, sent_at=f"{DAY}100258"), record(3, terminal="T0000009")], [*three, sure])
    assert matched(said)[2] == (3, "P3", Fit.ALL)


def test_a_line_may_be_the_sum_of_payments_that_share_its_number() -> None:
    parts = [candidate(amount_fen=60), candidate("P2", stan="000002", amount_fen=40)]
    assert matched(match([record(stan="999999")], parts)) == [(1, "P1", Fit.SUM), (1, "P2", Fit.SUM)]
    assert matched(match([record()], parts)) == [(1, "P1", Fit.SUM), (1, "P2", Fit.SUM)]


@pytest.mark.parametrize(
    "second",
    [
        {"amount_fen": 41},
        {"amount_fen": 40, "masked_pan": "622202******0000"},
        {"amount_fen": 40, "rrns": ("RRN000000002",)},
        {"amount_fen": 40, "gives_back": True},
    ],
    ids=["a fen too much", "another card", "another number", "the other way"],
)
def test_but_only_to_the_fen_and_of_one_card(second: dict[str, object]) -> None:
    parts = [candidate(amount_fen=60), candidate("P2", stan="000002", **second)]
    assert broken(match([record(stan="999999")], parts))[0][0] in (Why.CONTRADICTS, Why.AMBIGUOUS)


def test_a_payment_with_a_line_of_its_own_is_no_part_of_a_sum() -> None:
    parts = [candidate(amount_fen=60), candidate("P2", stan="000002", amount_fen=40)]
    own = record(2, stan="000002", amount_fen=40)
    said = match([record(stan="999999"), own], parts)
    assert [(one.record.number, one.payment) for one in said.matches] == [(2, "P2")]
    assert [one.why for one in said.breaks] == [Why.CONTRADICTS]


def test_an_adjustment_is_for_a_person() -> None:
    credit = record(2, mti="0220", processing="220000", original_stan="000001", original_sent_at=f"{DAY}100000")
    assert broken(match([credit], [candidate()])) == [(Why.ADJUSTMENT, ("P1",))]


def test_a_wallets_order_is_found_however_long_ago_it_was_paid() -> None:
    sale = candidate(channel="wechat", order="A1", day="20260101")
    back = replace(reversed_record(), channel="wechat", original_order="A1", original_stan="", original_sent_at="")
    assert matched(match([back], [sale])) == [(2, "P1", Fit.ORDER)]
    short = Windows(others=replace(WALLET, undone_days=30))
    assert broken(match([back], [sale], short)) == [(Why.STRANGER, ())]
    without_order = replace(back, original_order="", order="", theirs="T1")
    assert broken(match([without_order], [replace(sale, rrns=("T1",))])) == [(Why.STRANGER, ())]


def test_which_earlier_payments_lines_point_back_to() -> None:
    pointed = PointedBack([record(), reversed_record(original_stan="000007", rrn="")])
    assert pointed
    assert pointed.at(candidate(stan="000007")) and not pointed.at(candidate(stan="000001"))
    assert not pointed.at(candidate(stan="000007", terminal="OTHER"))
    refund = PointedBack([record(mti="0220", processing="200000", original_stan="000007")])
    assert refund.at(candidate(stan="000007"))
    assert not PointedBack([record()])


def test_two_amounts_within_the_tolerance_of_their_channel_are_the_same() -> None:
    near = Windows({"card": replace(CARD, tolerance_fen=2)})
    assert matched(match([record(amount_fen=102)], [candidate()], near)) == [(1, "P1", Fit.ALL)]
    assert matched(match([record(amount_fen=103)], [candidate()], near)) == [(1, "P1", Fit.TRACE_AND_RRN)]
