"""Does a journal remember everything once, in order, and refuse what must not be written?"""

import dataclasses
from typing import Any

import pytest

from chongzheng.card import Pan
from chongzheng.journal import FilePart, Submission, Vault, payment_id
from chongzheng.journal.store import CARD_FILE
from chongzheng.mistakes import OurMistake
from chongzheng.reversal import effects
from chongzheng.reversal.events import Event
from chongzheng.reversal.facts import RequestTaken, ReversalStopped
from chongzheng.reversal.payment import Owes, Payment, Proof, State, Truth
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.step import step
from chongzheng.reversal.table import TABLE
from journal.made import (
    AMOUNT_FEN,
    DAY_MS,
    NOON_MS,
    asked,
    cleared,
    kept,
    key,
    late,
    name_of,
    pan,
    reply,
    request,
    returned,
    said,
    sale,
    undone,
    written,
)
from journal.place import Place

REVERSED_TOKEN_SQL = "SELECT payment, verb, seq FROM release"


def expected(submissions: list[Submission], n: int) -> Payment:
    """What the pure machine makes of these facts."""
    payment = Payment(name_of(n), key(n))
    for submission in submissions:
        if submission.fact.payment == payment.id:
            payment = step(payment, submission.fact, Policy()).payment
    return payment


def test_reopened_journal_says_the_same(place: Place) -> None:
    journal = place.open()
    everything = [*returned(1), *kept(2), sale(3), reply(3)]
    for submission in everything:
        journal.apply([submission])
    journal.close()
    with place.reading() as reader:
        for n in (1, 2, 3):
            assert reader.payment(name_of(n)) == expected(everything, n)
        assert reader.payment(name_of(1)).state is State.SETTLED  # type: ignore[union-attr]
        assert [row.kind for row in reader.facts_of(name_of(2))] == [
            "RequestTaken",
            "ReplyArrived",
            "AnswerWritten",
            "SettlementSaw",
        ]
        assert reader.rules_reached()["NEW.request"] == 3
        assert [p.id for p in reader.unfinished()] == [name_of(3)]
        assert reader.due() == [(expected(everything, 3).wake_at, name_of(3))]
    again = place.open()
    (committed,) = again.apply([written(3)])
    assert committed.payment.state is State.APPROVED
    assert not committed.error
    place.audit()


def test_many_facts_of_one_payment_in_one_batch_step_on_each_other(place: Place) -> None:
    batch = [*returned(1), *kept(2)]
    journal = place.open()
    committed = journal.apply(batch)
    assert [c.payment.state for c in committed] == [
        State.FORWARDED,
        State.REVERSING,
        State.REVERSING,
        State.RETURNED,
        State.SETTLED,
        State.FORWARDED,
        State.DELIVERING,
        State.APPROVED,
        State.SETTLED,
    ]
    assert place.raw("SELECT no, facts FROM commits") == [(1, 9)]
    place.audit()


def test_the_way_a_batch_is_cut_changes_nothing_but_commit_numbers(journal_factory: Any) -> None:
    one, other = journal_factory(), journal_factory()
    batch = [x for pair in zip(returned(1), returned(2), strict=True) for x in pair]
    one.open().apply(batch)
    alone = other.open()
    for submission in batch:
        alone.apply([submission])
    for table in ("payment", "evidence", "entry", "release", "cases"):
        assert one.dump()[table] == other.dump()[table], table
    told = "SELECT payment, seq, record, hash FROM fact ORDER BY payment, seq"
    assert one.raw(told) == other.raw(told)


def test_effects_come_back_with_their_fact(place: Place) -> None:
    journal = place.open()
    first, second = journal.apply([sale(1), asked(1)])
    assert first.effects == (effects.Forward(name_of(1)),)
    assert second.effects == (effects.AnswerReversal(name_of(1), "00"), effects.SendReversal(name_of(1), "98", 1))
    assert (first.rule, second.rule) == ("NEW.request", "FORWARDED.reversal_asked")


def test_the_same_fact_twice_moves_nothing_twice(place: Place) -> None:
    journal = place.open()
    twice = [x for submission in returned(1) for x in (submission, submission)]
    last = journal.apply(twice)[-1]
    with place.reading() as reader:
        assert len(reader.evidence_of(name_of(1))) == len(returned(1)), "the same words are one piece of evidence"
        assert len(reader.facts_of(name_of(1))) == len(twice), "that it was heard twice is remembered"
    assert last.payment.state is State.SETTLED
    assert last.payment.verdict.truth is Truth.CHARGED_RETURNED
    assert len(place.raw(REVERSED_TOKEN_SQL)) == 1
    place.audit()


def test_same_key_with_other_content_is_never_executed(place: Place) -> None:
    journal = place.open()
    journal.apply([sale(1)])
    (committed,) = journal.apply([sale(1, NOON_MS + 5, AMOUNT_FEN + 1)])
    assert committed.payment.amount_fen == AMOUNT_FEN
    assert [type(e) for e in committed.effects] == [effects.AnswerTerminal]
    place.audit()


def test_poison_in_the_middle_stops_its_payment_only(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = place.open()
    journal.apply([sale(1), sale(2), sale(3)])
    rows = {event: row for event, row in TABLE[State.FORWARDED].items() if event is not Event.DECLINED}
    monkeypatch.setitem(TABLE, State.FORWARDED, rows)
    committed = journal.apply([reply(1), reply(2, code="51"), reply(2, NOON_MS + 150), reply(3)])
    assert [c.payment.state for c in committed] == [
        State.DELIVERING,
        State.STOPPED,
        State.STOPPED,
        State.DELIVERING,
    ]
    assert "no such row" in committed[1].error
    assert not committed[0].error and not committed[2].error and not committed[3].error
    with place.reading() as reader:
        assert [(c.payment, c.why) for c in reader.cases()] == [(name_of(2), "our mistake")]
        assert reader.facts_of(name_of(2))[1].rule == "FORWARDED.stop"
    place.audit()


def test_a_second_release_token_is_refused_by_the_database(place: Place) -> None:
    journal = place.open()
    journal.apply([sale(1), sale(2), sale(3)])
    place.raw("INSERT INTO release SELECT place, id, 'void', 1 FROM payment WHERE id = ?", name_of(2))
    committed = journal.apply([asked(1), asked(2), asked(3)])
    assert [c.payment.state for c in committed] == [State.REVERSING, State.STOPPED, State.REVERSING]
    assert not any(isinstance(e, effects.SendReversal) for e in committed[1].effects), "money was given back twice"
    assert "release" in committed[1].error
    assert (name_of(2), "void", 1) in place.raw(REVERSED_TOKEN_SQL)
    with place.reading() as reader:
        assert [c.why for c in reader.cases(name_of(2))] == ["our mistake"]
    place.audit()


def test_one_key_under_two_ids_is_written_once(place: Place) -> None:
    journal = place.open()
    journal.apply([sale(1)])
    double = dataclasses.replace(sale(1), fact=RequestTaken("PDOUBLE", NOON_MS, sale(1).fact.evidence, request(1)))
    others = journal.apply([sale(2), double, sale(3)])
    assert [c.payment.id for c in others if c.payment.state is State.FORWARDED] == [name_of(2), name_of(3)]
    assert journal.apply([double, sale(4)])[-1].payment.state is State.FORWARDED
    journal.tidy()
    with place.reading() as reader:
        assert [p.id for p in reader.payments() if p.key == key(1)] == [name_of(1)]
        assert sale(1).fact.evidence in {stray.id for stray, _ in reader.strays()}
    place.audit()


@pytest.mark.parametrize("opening", [sale, asked])
def test_poison_that_opens_payments_never_stops_the_engine(
    place: Place, monkeypatch: pytest.MonkeyPatch, opening: Any
) -> None:
    monkeypatch.setitem(TABLE, State.NEW, {})
    journal = place.open()
    committed = [*journal.apply([opening(1), opening(2)]), *journal.apply([opening(3)])]
    assert [c.payment.state for c in committed] == [State.STOPPED] * 3
    assert [c.payment.key for c in committed] == [key(1), key(2), key(3)], "the person must find it"
    monkeypatch.undo()
    assert journal.apply([reply(1)])[0].payment.state is State.STOPPED
    journal.close()
    assert place.open().apply([asked(1)])[0].effects == (effects.AnswerReversal(name_of(1), "00"),)
    place.audit()


def test_another_key_under_a_known_id_moves_nothing(place: Place) -> None:
    journal = place.open()
    journal.apply([sale(1), reply(1), written(1)])
    fact = asked(2).fact
    stranger = Submission(dataclasses.replace(fact, payment=name_of(1)), asked(2).evidence)
    journal.apply([stranger])
    with place.reading() as reader:
        payment = reader.payment(name_of(1))
        assert payment is not None
        assert payment.key == key(1)
        assert payment.attempts == 0, "a reversal of another payment reversed this one"


@pytest.mark.parametrize("bad", ["\ud800", "a\x00b"])
def test_text_that_cannot_be_stored_stops_nobody_else(place: Place, bad: str) -> None:
    journal = place.open()
    odd = Submission(RequestTaken(name_of(9), NOON_MS, "", request(9, currency=bad)))
    committed = journal.apply([sale(1), odd, sale(2)])
    states = {c.payment.id: c.payment.state for c in committed}
    assert states[name_of(1)] is State.FORWARDED
    assert states[name_of(2)] is State.FORWARDED
    place.audit()


def test_a_number_that_does_not_fit_stops_nobody_else(place: Place) -> None:
    journal = place.open()
    odd = Submission(RequestTaken(name_of(9), NOON_MS, "", request(9, amount_fen=1 << 63)))
    states = {c.payment.id: c.payment.state for c in journal.apply([sale(1), odd, sale(2)])}
    assert (states[name_of(1)], states[name_of(2)]) == (State.FORWARDED, State.FORWARDED)
    minus = Submission(RequestTaken(name_of(8), NOON_MS, "", request(8, amount_fen=-1)))
    assert journal.apply([minus])[0].payment.state is State.STOPPED, "the database refuses less than nothing"
    place.audit()


def test_a_version_from_elsewhere_is_never_overwritten(place: Place) -> None:
    journal = place.open()
    journal.apply([sale(1), sale(2)])
    place.raw("UPDATE payment SET version = 7 WHERE id = ?", name_of(1))
    journal.apply([reply(1), reply(2)])
    versions = dict(place.raw("SELECT id, version FROM payment"))
    assert versions == {name_of(1): 8, name_of(2): 2}, "the file, not the memory, says what is true"
    with place.reading() as reader:
        assert [fault.split(":")[0] for fault in reader.faults()] == [name_of(1)] * 2


def test_a_fact_of_a_payment_that_nobody_opened_is_kept_as_stray(place: Place) -> None:
    journal = place.open()
    stray = reply(7)
    committed = journal.apply([sale(1), stray, reply(1)])
    assert [c.payment.id for c in committed] == [name_of(1), name_of(1)]
    journal.close()
    with place.reading() as reader:
        assert reader.payment(name_of(7)) is None
        ((kept_stray, why),) = reader.strays()
        assert kept_stray == stray.evidence[0]
        assert "nobody opened" in why
    place.audit()


def test_strays_survive_a_close_a_commit_and_an_idle_moment(place: Place) -> None:
    words = [said("0210", n, NOON_MS, note=str(n)) for n in range(4)]
    journal = place.open()
    journal.keep_stray(words[0], "bad MAC")
    journal.apply([sale(1)])
    journal.keep_stray(words[1], "bad MAC")
    journal.tidy()
    journal.keep_stray(words[2], "bad MAC")
    journal.keep_stray(words[2], "bad MAC")
    journal.close()
    with place.reading() as reader:
        assert {stray.id for stray, _ in reader.strays()} == {e.id for e in words[:3]}


def test_a_flood_of_strays_is_counted_not_kept(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chongzheng.journal.store.STRAYS_MAX", 3)
    journal = place.open()
    for n in range(5):
        journal.keep_stray(said("0210", n, NOON_MS), "flood")
    assert journal.strays_dropped == 2
    journal.tidy()
    journal.keep_stray(said("0210", 9, NOON_MS), "room again")
    journal.close()
    with place.reading() as reader:
        assert len(reader.strays()) == 4


def test_numbers_never_repeat(place: Place) -> None:
    journal = place.open()
    first = [journal.next_number("batch:10000001") for _ in range(3)]
    assert journal.next_number("batch:10000002") == 1
    journal.close()
    assert [*first, place.open().next_number("batch:10000001")] == [1, 2, 3, 4]


def test_secrets_are_sealed_and_bound_to_their_name(place: Place) -> None:
    journal = place.open()
    journal.save_secret("work:10000001", b"first working key")
    journal.save_secret("work:10000001", b"working key in clear")
    assert journal.load_secret("work:10000001") == b"working key in clear"
    assert journal.load_secret("work:nobody") is None
    assert b"working key" not in b"".join(file.read_bytes() for file in place.folder.iterdir())
    place.raw("INSERT INTO secret SELECT 'work:10000002', sealed FROM secret")
    with pytest.raises(OurMistake):
        journal.load_secret("work:10000002")


def test_a_card_is_sealed_bound_to_its_payment_and_forgotten_when_settled(place: Place) -> None:
    journal = place.open()
    journal.apply([sale(1), sale(2)])
    held = journal.card(name_of(1))
    assert isinstance(held, Pan)
    assert held.reveal() == pan(1)
    place.raw("UPDATE card SET sealed = (SELECT sealed FROM card WHERE payment = ?) WHERE payment = ?",
              name_of(1), name_of(2))  # fmt: skip
    with pytest.raises(OurMistake):
        journal.card(name_of(2))
    journal.apply(kept(1)[1:])
    assert journal.card(name_of(1)) is None
    assert journal.card(name_of(3)) is None


@pytest.mark.parametrize("again", [sale, asked])
def test_a_settled_payment_takes_no_card_again(place: Place, again: Any) -> None:
    journal = place.open()
    journal.apply(kept(1))
    journal.apply([again(1, NOON_MS + 90_000_000)])
    assert journal.card(name_of(1)) is None, "nothing will ever forget it"


def test_another_vault_does_not_open_the_cards(place: Place) -> None:
    journal = place.open()
    journal.apply([sale(1)])
    journal.close()
    place.vault = Vault.create(place.folder / "other.json")
    with pytest.raises(OurMistake):
        place.open().card(name_of(1))


def test_clearing_files_are_read_once(place: Place) -> None:
    journal = place.open()
    words = ("ACOM_20260923", "20260923", 10, True, NOON_MS)
    assert journal.begin_file("d1", *words) == "new"
    assert journal.begin_file("d1", *words) == "unfinished"
    assert journal.begin_file("d2", *words) == "other for this day"
    journal.close()
    journal = place.open()
    assert journal.begin_file("d1", *words) == "unfinished"
    journal.finish_file("d1")
    assert journal.begin_file("d1", *words) == "done"
    assert journal.begin_file("d1", "copy of it", "20260924", 10, True, NOON_MS) == "done"
    with place.reading() as reader:
        (day,) = reader.settlement_days()
    assert (day["day"], day["state"], day["complete"], day["records"]) == ("20260923", "done", 1, 10)


def test_several_files_of_a_day_are_told_apart_and_one_is_corrected_only_by_name(place: Place) -> None:
    journal = place.open()
    words = ("20260923", 10, True, NOON_MS)
    fees, shop = FilePart(format="alfee"), FilePart("alipay", "alipay", "shop 7")
    for digest, part in (("a1", CARD_FILE), ("f1", fees), ("w1", shop)):
        assert journal.begin_file(digest, digest, *words, part=part) == "new"
        journal.finish_file(digest)
    assert journal.begin_file("a2", "a2", *words) == "other for this day"
    assert journal.begin_file("a2", "a2", *words, corrects="f1") == "other for this day", "that is another part"
    assert journal.begin_file("a2", "a2", *words, corrects="a1", changes='{"gone":3}') == "new"
    assert journal.begin_file("a2", "a2", *words, corrects="a1") == "unfinished"
    assert journal.begin_file("a1", "a1", *words) == "superseded"
    assert journal.begin_file("a3", "a3", *words, corrects="a1") == "other for this day", "a1 speaks no more"
    with place.reading() as reader:
        days = {day["digest"]: day for day in reader.settlement_days()}
    assert (days["a1"]["superseded_by"], days["a2"]["supersedes"], days["a2"]["changes"]) == ("a2", "a1", '{"gone":3}')
    assert (days["w1"]["channel"], days["w1"]["part"], days["w1"]["superseded_by"]) == ("alipay", "shop 7", "")


def test_what_is_in_suspense_stands_in_the_payments_row(place: Place) -> None:
    journal = place.open()
    journal.apply([*kept(1), *returned(2), sale(3), sale(4), asked(4)])
    held = dict(place.raw("SELECT stan, suspense_fen FROM payment"))
    assert held == {"000001": 0, "000002": 0, "000003": AMOUNT_FEN, "000004": AMOUNT_FEN}
    place.raw("UPDATE payment SET suspense_fen = 1 WHERE stan = '000001'")
    with place.reading() as reader:
        assert any("suspense_fen disagree" in fault for fault in reader.faults())


def test_a_closed_case_opens_again_when_its_reason_comes_again(place: Place) -> None:
    journal = place.open()
    journal.apply([*kept(1), asked(1, NOON_MS + 2 * DAY_MS)])
    place.raw("UPDATE cases SET state = 'closed', closed_by = 7")
    journal.apply([asked(1, NOON_MS + 3 * DAY_MS), asked(1, NOON_MS + 3 * DAY_MS + 1)])
    assert place.raw("SELECT state, closed_by, opened_at FROM cases") == [("open", None, NOON_MS + 2 * DAY_MS)]
    with place.reading() as reader:
        assert reader.faults() == []


def test_payments_are_found_by_id_beginning_trace_and_terminal(place: Place) -> None:
    place.open().apply([sale(n, NOON_MS + n) for n in range(1, 60)])
    with place.reading() as reader:
        (by_id,) = reader.find(name_of(7))
        (by_start,) = reader.find(name_of(7)[:8])
        (by_trace,) = reader.find("000007")
        assert by_id == by_start == by_trace
        newest = reader.find("10000001")
        assert [one.id for one in newest] == [name_of(n) for n in range(59, 9, -1)]
        assert reader.find("%") == reader.find("P%") == reader.find("P") == reader.find("P___") == []
        last = reader.last_of_terminal(key(1).merchant, key(1).terminal)
        assert last is not None
        assert last.id == name_of(59)
        assert reader.last_of_terminal("nobody", key(1).terminal) is None


def test_a_final_state_rests_on_evidence_and_stays_final(place: Place) -> None:
    journal = place.open()
    settled = journal.apply(returned(1))[-1].payment
    assert settled.verdict.proof is Proof.PROVEN
    with place.reading() as reader:
        assert set(settled.verdict.because) <= {e.id for e in reader.evidence_of(name_of(1))}
    assert settled.verdict.because
    assert settled.wake_at is None
    for fact in (reply(1, NOON_MS + 9), undone(1), asked(1), sale(1), written(1), late(1, NOON_MS + 10)):
        (after,) = journal.apply([fact])
        assert after.payment.state is State.SETTLED, type(fact.fact).__name__
        assert after.payment.verdict == settled.verdict
    place.audit()


def test_a_stopped_reversal_is_a_persons(place: Place) -> None:
    journal = place.open()
    journal.apply([sale(1), asked(1)])
    (committed,) = journal.apply([Submission(ReversalStopped(name_of(1), NOON_MS + 500, "li.na"))])
    assert committed.payment.owes is not Owes.NOTHING
    assert b"li.na" in place.raw("SELECT record FROM fact WHERE kind = 'ReversalStopped'")[0][0]
    place.audit()


def test_an_empty_batch_is_harmless(place: Place) -> None:
    journal = place.open()
    assert journal.apply([]) == []
    journal.apply([sale(1)])
    place.audit()


def test_more_open_payments_than_memory_holds(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chongzheng.journal.store.HELD_MAX", 2)
    journal = place.open()
    journal.apply([sale(n) for n in range(10)])
    journal.apply([reply(n) for n in range(10)])
    committed = journal.apply([written(n) for n in range(10)])
    assert {c.payment.state for c in committed} == {State.APPROVED}
    place.audit()


@pytest.mark.databases("sqlite")
def test_a_checkpoint_loses_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chongzheng.journal.on_sqlite.WAL_PAGES_MAX", 1)
    journal = place.open()
    with place.reading() as reader:
        for n in range(5):
            journal.apply(returned(n))
            journal.tidy()
            assert reader.payment(name_of(n)) is not None
    place.audit()


def test_ids_are_the_same_wherever_they_are_made() -> None:
    assert payment_id(key(1)) == payment_id(key(1)) != payment_id(key(2))
    assert len(payment_id(key(1))) == 17
    assert payment_id(dataclasses.replace(key(1), batch="", stan="x")) != payment_id(
        dataclasses.replace(key(1), batch="x", stan="")
    )


def test_two_clearing_days_in_one_batch(place: Place) -> None:
    journal = place.open()
    silent = [cleared(1, 0, 0, day="20260923"), cleared(1, 0, 0, day="20260924")]
    last = journal.apply([sale(1), asked(1), *silent])[-1]
    assert last.payment.state is State.SETTLED
    assert last.payment.verdict.truth is Truth.NEVER_CHARGED
    place.audit()


def test_a_payment_is_found_by_what_a_network_calls_it(place: Place) -> None:
    journal = place.open()
    first = dataclasses.replace(sale(1), alias="1.000001")
    repeated = dataclasses.replace(sale(1), alias="1.000003")
    again = dataclasses.replace(sale(2, at=NOON_MS + 1), alias="1.000001")
    journal.apply([first])
    journal.apply([repeated])
    with place.reading() as reader:
        found = reader.by_alias("1.000001")
        assert found is not None and found.id == name_of(1)
        assert reader.by_alias("1.000003") is None, "a repeat goes under the names of the first"
    journal.apply([again])
    with place.reading() as reader:
        newest = reader.by_alias("1.000001")
        assert newest is not None and newest.id == name_of(2)
