"""Is every pair of state and event in exactly one place, and do the rows that matter say what they must?"""

from itertools import product

import pytest

from chongzheng.reversal.events import Event
from chongzheng.reversal.payment import FINAL, State
from chongzheng.reversal.rows import Do, Row, rule_id
from chongzheng.reversal.table import IMPOSSIBLE, TABLE

PAIRS = list(product(State, Event))
REVERSES = {Do.REVERSE, Do.REPEAT}

Places = tuple[dict[State, dict[Event, Row]], dict[Event, tuple[frozenset[State], str]]]


def misplaced(places: Places) -> list[str]:
    """Pairs that are nowhere or in both places."""
    table, impossible = places
    nowhere = frozenset[State](), ""
    return [
        rule_id(state, event)
        for state, event in PAIRS
        if (event in table.get(state, {})) == (state in impossible.get(event, nowhere)[0])
    ]


def test_every_pair_is_in_exactly_one_place() -> None:
    assert misplaced((TABLE, IMPOSSIBLE)) == []
    assert sum(map(len, TABLE.values())) + sum(len(states) for states, _ in IMPOSSIBLE.values()) == len(PAIRS)


def test_no_row_and_no_impossible_pair_can_be_deleted() -> None:
    for state, event in PAIRS:
        table = {s: {e: row for e, row in rows.items() if (s, e) != (state, event)} for s, rows in TABLE.items()}
        impossible = {e: (states - {state} if e is event else states, why) for e, (states, why) in IMPOSSIBLE.items()}
        assert misplaced((table, impossible)) == [rule_id(state, event)]


def test_impossible_pairs_say_why() -> None:
    assert all(len(why) > 10 for _, why in IMPOSSIBLE.values())


def test_a_rule_is_named_by_its_pair() -> None:
    assert rule_id(State.FORWARDED, Event.DEADLINE) == "FORWARDED.deadline"


S, E, D = State, Event, Do
MUST: dict[tuple[State, Event], tuple[State, tuple[Do, ...]]] = {
    # journalled, then sent
    (S.NEW, E.REQUEST): (S.FORWARDED, (D.FORWARD,)),
    (S.NEW, E.REVERSAL_ASKED): (S.REVERSING, (D.OWN, D.REVERSE)),
    # silence and ambiguity: no to the terminal, and an obligation
    (S.FORWARDED, E.DEADLINE): (S.REVERSING, (D.REFUSE_TIMEOUT, D.REVERSE)),
    (S.FORWARDED, E.AMBIGUOUS): (S.REVERSING, (D.REFUSE_TIMEOUT, D.REVERSE)),
    (S.FORWARDED, E.SEND_UNCERTAIN): (S.REVERSING, (D.REVERSE,)),
    (S.FORWARDED, E.REPLY_UNPROVEN): (S.FORWARDED, ()),
    (S.FORWARDED, E.APPROVED): (S.DELIVERING, (D.APPROVE,)),
    (S.FORWARDED, E.DECLINED): (S.REFUSED, (D.RELAY_REFUSAL, D.AWAIT_FILE)),
    (S.FORWARDED, E.NOT_FORWARDED): (S.UNSENT, (D.REFUSE_UNREACHABLE, D.AWAIT_FILE)),
    # the approval at the terminal's door
    (S.DELIVERING, E.ANSWER_WRITTEN): (S.APPROVED, (D.DELIVERED, D.AWAIT_FILE)),
    (S.DELIVERING, E.ANSWER_UNDELIVERED): (S.REVERSING, (D.REVERSE,)),
    (S.DELIVERING, E.DELIVERY_UNCERTAIN): (S.APPROVED, (D.MAYBE_DELIVERED, D.AWAIT_FILE)),
    (S.DELIVERING, E.DEADLINE): (S.APPROVED, (D.MAYBE_DELIVERED, D.AWAIT_FILE)),
    (S.APPROVED, E.REVERSAL_ASKED): (S.REVERSING, (D.OWN, D.REVERSE)),
    (S.APPROVED, E.TERMINAL_MOVED_ON): (S.APPROVED, (D.DELIVERED,)),
    (S.APPROVED, E.FILE_PROVES): (S.SETTLED, (D.SETTLE,)),
    # no, then yes
    (S.REFUSED, E.APPROVED): (S.REVERSING, (D.REVERSE,)),
    (S.UNSENT, E.APPROVED): (S.REVERSING, (D.REVERSE,)),
    # the late approval is kept, never delivered
    (S.REVERSING, E.APPROVED): (S.REVERSING, ()),
    (S.REVERSING, E.DEADLINE): (S.REVERSING, (D.REPEAT,)),
    (S.REVERSING, E.WINDOW_OVER): (S.DOUBTFUL, (D.CASE, D.AWAIT_FILE)),
    (S.REVERSING, E.PERSON_STOPPED): (S.DOUBTFUL, (D.CASE, D.AWAIT_FILE)),
    (S.REVERSING, E.REVERSAL_ASKED): (S.REVERSING, (D.OWN,)),
    # the answers to a reversal (facts/iso8583 3.4)
    (S.REVERSING, E.REV_DONE): (S.RETURNED, (D.AWAIT_FILE,)),
    (S.REVERSING, E.REV_ALREADY): (S.DOUBTFUL, (D.AWAIT_FILE,)),
    (S.REVERSING, E.REV_RELATION): (S.DOUBTFUL, (D.CASE, D.AWAIT_FILE)),
    (S.REVERSING, E.REV_NOT_FOUND): (S.UNMATCHED, (D.WAIT_LATE,)),
    (S.REVERSING, E.REV_INVALID): (S.DOUBTFUL, (D.CASE, D.AWAIT_FILE)),
    (S.REVERSING, E.REV_MISMATCH): (S.DOUBTFUL, (D.CASE, D.AWAIT_FILE)),
    (S.REVERSING, E.REV_UNSUPPORTED): (S.DOUBTFUL, (D.CASE, D.AWAIT_FILE)),
    (S.REVERSING, E.REV_MALFORMED): (S.DOUBTFUL, (D.CASE, D.AWAIT_FILE)),
    (S.REVERSING, E.REV_UNKNOWN): (S.DOUBTFUL, (D.CASE, D.AWAIT_FILE)),
    (S.REVERSING, E.REV_SIGN_IN): (S.REVERSING, (D.SIGN_IN, D.WAIT_URGENT)),
    (S.REVERSING, E.REV_CUT_OVER): (S.REVERSING, (D.WAIT_URGENT,)),
    (S.REVERSING, E.REV_BUSY): (S.REVERSING, (D.WAIT,)),
    (S.REVERSING, E.REV_UNPROVEN): (S.REVERSING, ()),
    # the original that arrives after its reversal
    (S.UNMATCHED, E.APPROVED): (S.REVERSING, (D.REPEAT,)),
    (S.UNMATCHED, E.DEADLINE): (S.REVERSING, (D.REPEAT,)),
    (S.RETURNED, E.APPROVED): (S.REVERSING, (D.REPEAT,)),
    (S.RETURNED, E.APPROVAL_KNOWN): (S.RETURNED, ()),
    # age escalates, it does not conclude
    (S.RETURNED, E.DEADLINE): (S.RETURNED, (D.CASE_OVERDUE,)),
    (S.DOUBTFUL, E.DEADLINE): (S.DOUBTFUL, (D.CASE_OVERDUE,)),
    (S.APPROVED, E.DEADLINE): (S.APPROVED, (D.CASE_OVERDUE,)),
    # after the verdict
    (S.SETTLED, E.APPROVED): (S.SETTLED, (D.CASE_AFTER_FINAL,)),
    (S.SETTLED, E.REVERSAL_ASKED): (S.SETTLED, (D.OWN, D.CASE_AFTER_FINAL)),
    (S.SETTLED, E.FILE_CONTRADICTS): (S.CONTESTED, (D.CONTEST,)),
    # the terminal no longer waits
    (S.FORWARDED, E.TERMINAL_MOVED_ON): (S.REVERSING, (D.REFUSE_TIMEOUT, D.REVERSE)),
    # what is never reversed
    (S.FORWARDED, E.UNANSWERED_RESEND): (S.RESENDING, (D.REFUSE_TIMEOUT, D.RESEND)),
    (S.FORWARDED, E.UNANSWERED_END): (S.REFUSED, (D.REFUSE_TIMEOUT, D.AWAIT_FILE)),
    (S.FORWARDED, E.UNANSWERED_OPEN): (S.DOUBTFUL, (D.REFUSE_TIMEOUT, D.CASE, D.AWAIT_FILE)),
    (S.RESENDING, E.DEADLINE): (S.RESENDING, (D.RESEND,)),
    (S.RESENDING, E.WINDOW_OVER): (S.DOUBTFUL, (D.CASE, D.AWAIT_FILE)),
    (S.RESENDING, E.APPROVED): (S.DELIVERING, (D.APPROVE,)),
    (S.DELIVERING, E.ANSWER_UNCLAIMED): (S.APPROVED, (D.NOT_DELIVERED, D.AWAIT_FILE)),
    # beside another switch
    (S.NEW, E.REPORTED): (S.FORWARDED, (D.AWAIT_REPLY,)),
    (S.FORWARDED, E.UNANSWERED_BESIDE): (S.DOUBTFUL, (D.AWAIT_FILE,)),
    (S.FORWARDED, E.APPROVED_ELSEWHERE): (S.APPROVED, (D.MAYBE_DELIVERED, D.AWAIT_FILE)),
    # inquiries and signs
    (S.RETURNED, E.INQUIRY_CHARGED): (S.REVERSING, (D.REPEAT,)),
    (S.REVERSING, E.INQUIRY_RETURNED): (S.RETURNED, (D.AWAIT_FILE,)),
    (S.APPROVED, E.GAVE_UP): (S.APPROVED, (D.DOUBT,)),
    (S.APPROVED, E.REVERSAL_OF_VOIDED): (S.APPROVED, (D.OWN, D.CASE)),
}
"""Written from DESIGN 6a and the facts, not from the table."""


@pytest.mark.parametrize(("state", "event"), MUST, ids=lambda word: str(word))
def test_the_rows_that_matter(state: State, event: Event) -> None:
    row = TABLE[state][event]
    assert (row.to, row.do) == MUST[state, event]


def test_an_approval_is_delivered_from_one_place_only() -> None:
    rows = [(state, event) for state, event in PAIRS if Do.APPROVE in TABLE[state].get(event, Row(state)).do]
    assert rows == [(State.FORWARDED, Event.APPROVED), (State.RESENDING, Event.APPROVED)]


def test_the_sale_is_forwarded_from_one_place_only() -> None:
    rows = [(state, event) for state, event in PAIRS if Do.FORWARD in TABLE[state].get(event, Row(state)).do]
    assert rows == [(State.NEW, Event.REQUEST)]


def test_a_reversal_begins_once_and_is_driven_only_where_it_is_owed() -> None:
    for state, rows in TABLE.items():
        for event, row in rows.items():
            if Do.REVERSE in row.do:
                assert state not in FINAL | {State.REVERSING, State.RESENDING, State.UNMATCHED, State.RETURNED}
                beside = event in (Event.UNANSWERED_ELSEWHERE, Event.REVERSAL_WANTED)
                assert state is not State.DOUBTFUL or beside, "there one was driven, unless only a report was missing"
                assert row.to is State.REVERSING, rule_id(state, event)
            if Do.REPEAT in row.do:
                assert state in (State.REVERSING, State.UNMATCHED, State.RETURNED)
                assert row.to is State.REVERSING, rule_id(state, event)


def test_every_reversal_of_a_terminal_is_owned() -> None:
    for state, rows in TABLE.items():
        for asked in (Event.REVERSAL_ASKED, Event.REVERSAL_WANTED, Event.REVERSAL_OF_VOIDED):
            if asked in rows:
                assert rows[asked].do[0] is Do.OWN, state


def test_no_sign_inquiry_or_link_begins_a_reversal() -> None:
    words = (Event.GAVE_UP, Event.INQUIRY_CHARGED, Event.INQUIRY_RETURNED, Event.LINK_CHANGED, Event.NOTED)
    assert not any(Do.REVERSE in rows[word].do for rows in TABLE.values() for word in words if word in rows)


def test_what_is_noted_moves_nothing() -> None:
    assert {(rows[Event.NOTED].to is state, rows[Event.NOTED].do) for state, rows in TABLE.items() if rows
            and state is not State.NEW} == {(True, ())}  # fmt: skip


def test_only_files_make_a_payment_final() -> None:
    for state, rows in TABLE.items():
        for event, row in rows.items():
            if row.to in FINAL and row.to is not state:
                assert event in (Event.FILE_PROVES, Event.FILE_CONTRADICTS), rule_id(state, event)


def test_nothing_leaves_a_final_state_but_a_file_that_overturns_it() -> None:
    leaving = [(s, e) for s in FINAL for e, row in TABLE[s].items() if row.to is not s]
    assert leaving == [(State.SETTLED, Event.FILE_CONTRADICTS)]
    assert not any(set(row.do) & REVERSES for s in FINAL for row in TABLE[s].values())


def test_every_state_can_be_reached() -> None:
    reached = {State.NEW, State.STOPPED} | {row.to for rows in TABLE.values() for row in rows.values()}
    assert reached == set(State)


WAIT_FOR_FILES = {State.UNSENT, State.REFUSED, State.APPROVED, State.RETURNED, State.DOUBTFUL}


def test_whoever_comes_to_a_state_that_only_files_end_waits_for_them() -> None:
    entered = [(s, e, row) for s, rows in TABLE.items() for e, row in rows.items() if row.to is not s]
    forgot = [rule_id(s, e) for s, e, row in entered if row.to in WAIT_FOR_FILES and Do.AWAIT_FILE not in row.do]
    assert forgot == []


def test_an_approval_that_nobody_took_is_known_not_to_have_been_heard() -> None:
    waiting = (State.DELIVERING, State.APPROVED)
    for event in (Event.ANSWER_UNCLAIMED, Event.REVERSAL_BARRED):
        assert all(Do.NOT_DELIVERED in TABLE[state][event].do for state in waiting), event
