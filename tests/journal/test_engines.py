"""Do several engines on one database share the work, take over from the dead, and stop the living dead?"""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from chongzheng.journal import Fenced, Journal, Reader, Submission, Vault, on_postgres, postgres
from chongzheng.journal.on_postgres import PostgresStorage
from chongzheng.journal.storage import NUMBERS_OF_ONE_ENGINE, VISITORS
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.effects import SendReversal
from chongzheng.reversal.facts import DeadlinePassed, DeliveryUncertain, SendUncertain
from chongzheng.reversal.payment import Owes, State
from chongzheng.reversal.policy import Policy
from journal.made import NOON_MS, asked, name_of, reply, returned, said, sale, undone, written
from journal.place import Place, PostgresPlace
from journal.test_linked import void

DATABASES = ("postgresql",)
WAIT_S = 20
FAR = 1 << 60


def expire(place: Place, engine: int) -> None:
    """As if this engine had said nothing for too long."""
    place.raw("UPDATE engine SET expires_at = 2 WHERE id = ?", engine)


def engines(place: Place) -> list[tuple[int, int]]:
    """(number, epoch) of all that ever were."""
    return place.raw("SELECT id, epoch FROM engine ORDER BY id")  # type: ignore[return-value]


def owners(place: Place) -> dict[str, int]:
    """Who looks after what."""
    return dict(place.raw("SELECT id, owner FROM payment"))  # type: ignore[arg-type]


def test_two_engines_write_side_by_side_and_the_writer_becomes_the_owner(place: Place) -> None:
    one, two = place.open(), place.open()
    one.apply([sale(1), sale(2)])
    two.apply([sale(3), reply(2)])
    one.apply([reply(1), reply(3)])
    assert owners(place) == {name_of(1): 0, name_of(2): 1, name_of(3): 0}
    numbers = {no // NUMBERS_OF_ONE_ENGINE for (no,) in place.raw("SELECT no FROM commits")}
    assert numbers == {0, 1}, "each has a chain of its own"
    place.audit()


def test_a_payment_that_moved_on_elsewhere_is_read_again_and_stepped(place: Place) -> None:
    one, two = place.open(), place.open()
    one.apply([sale(n) for n in range(6)])
    two.apply([reply(n) for n in range(6)])
    (*others, last) = one.apply([written(n) for n in range(5)] + [sale(9)])
    assert {c.payment.state for c in others} == {State.APPROVED}
    assert not any(c.error for c in others)
    assert last.payment.state is State.FORWARDED
    place.audit()


def test_a_payment_opened_by_two_engines_at_once_is_one_payment(place: Place) -> None:
    one, two = place.open(), place.open()
    reached, states = threading.Barrier(2), []

    def work(journal: Journal, at: int) -> None:
        for n in range(30):
            reached.wait(WAIT_S)
            states.extend(c.payment.state for c in journal.apply([sale(n, NOON_MS + at), asked(n, NOON_MS + at + 1)]))

    threads = [threading.Thread(target=work, args=(journal, at)) for journal, at in ((one, 1), (two, 2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(states) == 120
    with place.reading() as reader:
        payments = list(reader.payments())
        assert len(payments) == 30
        assert {p.state for p in payments} == {State.REVERSING}
        assert {len(reader.facts_of(p.id)) for p in payments} == {4}
    assert len(place.raw("SELECT payment FROM release")) == 30, "given back once"
    place.audit()


def test_engines_that_want_the_same_payments_in_another_order_do_not_stop_each_other(place: Place) -> None:
    one, two = place.open(), place.open()
    one.apply([sale(n) for n in range(8)])
    two.apply([reply(n) for n in range(8)])
    errors: list[str] = []

    def work(journal: Journal, order: range) -> None:
        for at in range(25):
            heard = journal.apply([reply(n, NOON_MS + 1_000 + at) for n in order])
            errors.extend(c.error for c in heard if c.error)

    threads = [threading.Thread(target=work, args=words) for words in ((one, range(8)), (two, range(7, -1, -1)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with place.reading() as reader:
        assert {len(reader.facts_of(name_of(n))) for n in range(8)} == {52}
    place.audit()


def test_an_engine_sees_its_own_deadlines_and_those_of_the_dead(place: Place) -> None:
    one, two = place.open(), place.open()
    one.apply([sale(1), sale(2), asked(2)])
    two.apply([sale(3), sale(4), asked(4), asked(5)])
    mine, theirs = one.reader(), two.reader()

    def seen(reader: Reader) -> tuple[set[str], set[str], int, set[str]]:
        others = {payment for _, payment in reader.due_between((0, ""), FAR, 9)}
        reversals = {p.id for p in reader.due_reversals((0, ""), FAR, 9)}
        return others, reversals, reader.count_reversals(), {p.id for p in reader.unfinished()}

    assert seen(mine) == ({name_of(1)}, {name_of(2)}, 1, {name_of(1)})
    assert seen(theirs) == ({name_of(3)}, {name_of(4), name_of(5)}, 2, {name_of(3)})
    expire(place, 1)
    assert seen(mine) == ({name_of(1)}, {name_of(2)}, 1, {name_of(1)}), "what is gone is taken over, not watched"
    assert one.take_over()
    assert seen(mine)[2:] == (3, {name_of(1), name_of(3)})
    with place.reading() as offline:
        assert seen(offline) == seen(mine), "a reader that is no engine's sees everything"
    mine.close()
    theirs.close()


def waiting_for_a_file(journal: Journal, n: int) -> None:
    """A sale that went well: what it still waits for is its clearing file."""
    journal.apply([sale(n), reply(n), written(n)])


def test_what_the_gone_left_waiting_for_a_file_is_watched_by_the_living_engine_with_the_lowest_number(
    place: Place,
) -> None:
    journals = [place.open() for _ in range(3)]
    for n, journal in enumerate(journals):
        waiting_for_a_file(journal, n)
    readers = [journal.reader() for journal in journals]

    def seen() -> list[set[str]]:
        return [{payment for _, payment in reader.due_between((0, ""), FAR, 9)} for reader in readers]

    assert seen() == [{name_of(0)}, {name_of(1)}, {name_of(2)}]
    assert readers[0].living() == [0, 1, 2]
    expire(place, 0)
    assert readers[1].living() == [1, 2]
    assert seen()[1:] == [{name_of(0), name_of(1)}, {name_of(2)}]
    assert journals[2].take_over() == [], "there may be millions of those"
    expire(place, 1)
    assert seen()[2] == {name_of(0), name_of(1), name_of(2)}
    again = place.open()
    assert again.reader().due_between((0, ""), FAR, 9), "number 0 has come back to its own"
    assert seen()[2] == {name_of(2)}
    for reader in readers:
        reader.close()


def test_a_deadline_that_another_engine_has_passed_is_not_written_again(place: Place) -> None:
    one, two = place.open(), place.open()
    one.apply([sale(1), asked(1), sale(2)])
    with place.reading() as reader:
        wake_at = reader.payment(name_of(1)).wake_at  # type: ignore[union-attr]
    assert wake_at is not None
    late = Submission(DeadlinePassed(name_of(1), wake_at, wake_at))
    (first,) = two.apply([late])
    assert [type(effect) for effect in first.effects] == [SendReversal]
    assert one.apply([late]) == []
    (other,) = one.apply([late, reply(2)])
    assert other.payment.id == name_of(2)
    assert owners(place) == {name_of(1): 1, name_of(2): 0}
    two.apply([undone(1)])
    assert one.apply([late]) == [], "the deadline is lifted altogether"
    place.audit()


def test_a_linked_payment_that_another_engine_moves_is_read_again_and_not_stopped(place: Place) -> None:
    one, two = place.open(), place.open()
    one.apply([sale(1), reply(1), written(1)])
    one.apply([void(2, 1)])
    two.apply([reply(1, NOON_MS + 2_000)])
    told = one.apply([reply(2)])
    assert [(c.payment.id, c.error) for c in told] == [(name_of(2), ""), (name_of(1), "")]
    place.audit()


def test_a_refused_fact_beside_a_linked_payment_of_another_engine_costs_only_its_own(place: Place) -> None:
    one, two = place.open(), place.open()
    one.apply([sale(1), reply(1), written(1)])
    one.apply([void(2, 1)])
    two.apply([reply(1, NOON_MS + 2_000)])
    unknown = Submission(SendUncertain("P" + "A" * 16, NOON_MS))
    told = one.apply([unknown, reply(2)])
    assert {c.payment.id: c.error for c in told}[name_of(2)] == ""
    assert not any(c.error for c in told if c.payment.id == name_of(1))
    place.audit()


def test_a_visitor_leaves_payments_with_their_engine_and_its_own_to_the_engines(place: PostgresPlace) -> None:
    one = place.open()
    one.apply([sale(1)])
    visitor = Journal.open(place.path, place.vault, Policy(), visiting=True)
    assert visitor.reader().living() == [0, VISITORS]
    visitor.apply([reply(1), sale(2), sale(3), asked(3)])
    assert owners(place) == {name_of(1): 0, name_of(2): VISITORS, name_of(3): VISITORS}
    assert one.take_over() == []
    visitor.close()
    assert {p.id for p in one.take_over()} == {name_of(2), name_of(3)}
    assert set(owners(place).values()) == {0}
    again = Journal.open(place.path, place.vault, Policy(), visiting=True)
    assert engines(place)[-1] == (VISITORS, 3), "its number is free again"
    again.close()
    place.audit()


def test_a_survivor_takes_over_in_bounded_batches(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chongzheng.journal.store.TAKEN_AT_ONCE", 3)
    one, two = place.open(), place.open()
    one.apply([sale(n) for n in range(5)])
    one.apply([reply(0), asked(4)])
    two.apply([sale(9)])
    assert two.take_over() == [], "the living are left alone"
    expire(place, 0)
    taken, rounds = [], 0
    while batch := two.take_over():
        assert len(batch) <= 3
        taken += batch
        rounds += 1
    assert rounds == 2
    assert [p.owes for p in taken][-1] is Owes.REVERSAL, "what may be on its way comes first"
    assert {p.id: p.owes for p in taken} == {
        name_of(0): Owes.DELIVERY,
        **{name_of(n): Owes.FORWARD for n in (1, 2, 3)},
        name_of(4): Owes.REVERSAL,
    }
    assert set(owners(place).values()) == {1}
    assert place.raw("SELECT expires_at FROM engine WHERE id = 0") == [(0,)], "nobody looks for more"
    uncertain = [SendUncertain(name_of(1), NOON_MS + 900), DeliveryUncertain(name_of(0), NOON_MS + 900)]
    states = [c.payment.state for c in two.apply([Submission(fact) for fact in uncertain])]
    assert states == [State.REVERSING, State.APPROVED]
    with pytest.raises(Fenced):
        one.apply([reply(2)])
    place.audit()


def test_two_survivors_never_take_the_same(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chongzheng.journal.store.TAKEN_AT_ONCE", 7)
    dead, *living = place.open(), place.open(), place.open()
    dead.apply([sale(n) for n in range(100)])
    expire(place, 0)
    taken: list[str] = []

    def work(journal: Journal) -> None:
        idle = 0
        while idle < 20:
            batch = journal.take_over()
            taken.extend(p.id for p in batch)
            idle = 0 if batch else idle + 1

    threads = [threading.Thread(target=work, args=(journal,)) for journal in living]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(name_of(n) for n in range(100))


def test_a_closed_engine_leaves_its_work_at_once(place: Place) -> None:
    one, two = place.open(), place.open()
    one.apply([sale(1)])
    one.close()
    assert [p.id for p in two.take_over()] == [name_of(1)]
    assert two.take_over() == []


def test_a_number_waits_until_its_leftovers_are_shared_out_and_goes_on_with_its_chain(place: Place) -> None:
    one = place.open()
    one.apply([sale(1)])
    one.close()
    again = place.open()
    assert engines(place) == [(0, 1), (1, 1)]
    assert [p.id for p in again.take_over()] == [name_of(1)]
    again.apply([reply(1), sale(2)])
    other = place.open()
    assert engines(place) == [(0, 3), (1, 1)]
    other.apply([sale(3)])
    assert [(no,) for no in (1, 2)] == place.raw("SELECT no FROM commits WHERE no < 100 ORDER BY no")
    assert [(no,) for no in (1, 2)] == place.raw("SELECT place FROM payment WHERE place < 100 ORDER BY place")
    place.audit()


def test_a_number_whose_work_was_taken_over_is_free_again(place: Place) -> None:
    one, two = place.open(), place.open()
    one.apply([sale(1)])
    expire(place, 0)
    while two.take_over():
        pass
    three = place.open()
    assert [engine for engine, _ in engines(place)] == [0, 1]
    with pytest.raises(Fenced):
        one.tidy()
    three.apply([sale(2)])
    assert owners(place) == {name_of(1): 1, name_of(2): 0}
    place.audit()


@pytest.mark.parametrize(
    "write",
    [
        lambda journal: journal.apply([reply(1)]),
        lambda journal: journal.apply([reply(7)]),
        lambda journal: journal.save_secret("work", b"old key"),
        lambda journal: journal.next_number("batch"),
        lambda journal: journal.begin_file("d", "f", "20260923", 1, True, NOON_MS),
        lambda journal: journal.finish_file("d"),
        lambda journal: journal.tidy(),
        lambda journal: journal.take_over(),
        lambda journal: (journal.keep_stray(said("0210", 1, NOON_MS), "late"), journal.tidy()),
    ],
)
@pytest.mark.parametrize("how", ["expired", "taken"])
def test_an_engine_without_its_lease_writes_nothing(place: Place, write: Callable[[Journal], None], how: str) -> None:
    one, two = place.open(), place.open()
    one.apply([sale(1)])
    one.save_secret("work", b"key")
    expire(place, 0)
    if how == "taken":
        two.take_over()
    before = place.dump()
    with pytest.raises(Fenced, match="engine 0"):
        write(one)
    assert place.dump() == before


def test_idle_moments_and_commits_keep_the_lease(place: Place) -> None:
    journal = place.open()
    renewed = []
    for keep in (journal.tidy, lambda: journal.apply([sale(1)]), lambda: journal.next_number("n")):
        place.raw("UPDATE engine SET expires_at = expires_at - 5000")
        (before,) = place.raw("SELECT expires_at FROM engine")
        keep()
        (after,) = place.raw("SELECT expires_at FROM engine")
        renewed.append(after > before)
    assert renewed == [True] * 3


def test_an_engine_knows_by_its_own_clock_when_its_lease_is_over(postgres_urls: Callable[[], str]) -> None:
    now_ns = [0]
    storage = PostgresStorage(postgres_urls(), lease_ms=10_000, monotonic_ns=lambda: now_ns[0])
    assert storage.leased
    now_ns[0] = 8_999_999_999
    assert storage.leased
    now_ns[0] = 9_000_000_000
    assert not storage.leased, "a little before the database says so"
    storage.tidy(idle=True)
    assert storage.leased
    storage.close()


def test_the_clock_of_a_lease_never_goes_back() -> None:
    first = on_postgres.since_boot_ns()
    assert on_postgres.since_boot_ns() >= first > 0


def frozen_engine(url: str, vault: Path, heard: int, told: int) -> None:
    """A child: open, commit a sale, say so; when told, try to go on, and say what came of it."""
    journal = Journal.open(url, Vault.from_file(vault), Policy())
    journal.apply([sale(1)])
    os.write(told, b"ready\n")
    os.read(heard, 1)
    try:
        journal.apply([reply(1)])
        os.write(told, b"it wrote\n")
    except (Fenced, psycopg.Error) as error:
        os.write(told, f"{type(error).__name__}\n".encode())


def frozen_in_a_transaction(url: str, vault: Path, heard: int, told: int) -> None:
    """A child that is frozen between its rows and its commit."""
    journal = Journal.open(url, Vault.from_file(vault), Policy())
    journal.apply([sale(1)])
    storage = journal._storage
    honest = storage.write

    def write(plan: object) -> None:
        honest(plan)  # type: ignore[arg-type]
        os.write(told, b"ready\n")
        os.read(heard, 1)

    storage.write = write  # type: ignore[method-assign]
    try:
        journal.apply([reply(1)])
        os.write(told, b"it wrote\n")
    except (Fenced, psycopg.Error) as error:
        os.write(told, f"{type(error).__name__}\n".encode())


@pytest.mark.parametrize("child", [frozen_engine, frozen_in_a_transaction])
def test_a_frozen_engine_that_wakes_can_change_nothing(
    place: PostgresPlace, child: Callable[[str, Path, int, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    survivor = place.open()
    monkeypatch.setattr(on_postgres.PostgresStorage.__init__, "__defaults__", (600, time.monotonic_ns))
    idle = ("idle_in_transaction_session_timeout", "500", ("500ms",))
    changed = tuple(idle if setting[0] == idle[0] else setting for setting in postgres.SETTINGS)
    monkeypatch.setattr(postgres, "SETTINGS", changed)
    told, tell = os.pipe()
    hear, say = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(tell)
            os.close(hear)
            child(place.path, place.folder / "vault.json", told, say)
        finally:
            os._exit(0)
    os.close(told)
    os.close(say)
    try:
        assert os.read(hear, 100) == b"ready\n"
        os.kill(pid, signal.SIGSTOP)
        taken, until = [], time.monotonic() + WAIT_S
        while not taken and time.monotonic() < until:
            taken = survivor.take_over()
            time.sleep(0.05)
        assert [p.id for p in taken] == [name_of(1)]
        survivor.apply([Submission(SendUncertain(name_of(1), NOON_MS + 500))])
        before = place.dump()
        os.kill(pid, signal.SIGCONT)
        os.write(tell, b"g")
        ended = os.read(hear, 100)
        assert ended in (b"Fenced\n", b"IdleInTransactionSessionTimeout\n", b"OperationalError\n"), ended
        survivor.tidy()
        assert place.dump() == before
        place.audit()
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        for handle in (tell, hear):
            os.close(handle)


def test_a_clearing_file_is_begun_by_one_engine(place: Place) -> None:
    one, two = place.open(), place.open()
    words = ("f.txt", "20260923", 3, True, NOON_MS)
    assert one.begin_file("d1", *words) == "new"
    assert two.begin_file("d1", *words) == "unfinished"
    assert two.begin_file("d2", *words) == "other for this day"
    two.finish_file("d1")
    assert one.begin_file("d1", *words) == "done"


def test_a_whole_life_across_engines_is_one_story(place: Place) -> None:
    journals = [place.open() for _ in range(3)]
    for n in range(9):
        for turn, submission in enumerate(returned(n)):
            journals[(n + turn) % 3].apply([submission])
    with place.reading() as reader:
        assert {p.state for p in reader.payments()} == {State.SETTLED}
    for number in range(3):
        expire(place, number)
    place.audit()
    assert place.open().apply([undone(1)])[0].payment.state is State.SETTLED


# Opening


def refusal(url: str, place: Place) -> str:
    """The line that an operator reads."""
    with pytest.raises(TheirMistake) as mistake:
        Journal.open(url, place.vault, Policy())
    assert "\n" not in str(mistake.value)
    return str(mistake.value)


def test_another_programs_database_is_refused_and_kept(place: PostgresPlace) -> None:
    place.raw("CREATE TABLE theirs (x int)")
    for _ in range(2):
        assert "not a chongzheng journal" in refusal(place.path, place)
    place.raw("CREATE TABLE meta (x int)")
    assert "not a chongzheng journal" in refusal(place.path, place)
    with pytest.raises(TheirMistake, match="not a chongzheng journal"):
        Reader.open(place.path)
    assert len(place.raw("SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace")) == 2


def test_another_version_is_refused_and_kept(place: PostgresPlace) -> None:
    place.open().close()
    place.raw("UPDATE meta SET value = '99' WHERE name = 'schema'")
    assert "journal version 99" in refusal(place.path, place)


@pytest.mark.parametrize("name", [name for name, *_ in postgres.SETTINGS])
def test_a_setting_that_does_not_apply_is_refused(
    place: PostgresPlace, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = tuple((n, value, ("nothing",) if n == name else wanted) for n, value, wanted in postgres.SETTINGS)
    monkeypatch.setattr(postgres, "SETTINGS", never)
    assert f"the setting {name} is" in refusal(place.path, place)


def test_a_server_that_may_forget_commits_is_refused(place: PostgresPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "SERVER_SETTINGS", (("fsync", ("off",)),))
    assert "the setting fsync is on" in refusal(place.path, place)


def test_an_old_server_is_refused(place: PostgresPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "SERVER_VERSION_MIN", 990_000)
    assert "needs 99 or newer" in refusal(place.path, place)


def test_a_server_that_is_not_there_is_named_without_its_password(place: Place) -> None:
    said = refusal("postgresql://li:geheim@127.0.0.1:1/none", place)
    assert "cannot be reached" in said
    assert "127.0.0.1" in said
    assert "geheim" not in said
    assert "geheim" not in refusal("postgresql://li:geheim@[/none", place)


def test_a_reader_cannot_write(place: Place) -> None:
    place.open()
    with place.reading() as reader, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        reader._reading._db.execute("DELETE FROM payment")  # type: ignore[attr-defined]


def test_engines_that_start_at_once_on_an_empty_database_make_one_journal(place: Place) -> None:
    journals: list[Journal] = []
    threads = [threading.Thread(target=lambda: journals.append(place.open())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [engine for engine, _ in engines(place)] == [0, 1, 2, 3]
    assert len(journals) == 4
