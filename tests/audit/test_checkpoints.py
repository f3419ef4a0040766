"""Do signed checkpoints follow the journal, survive stops and full disks, and show what does not fit them?"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chongzheng.journal import Journal
from chongzheng.journal.checkpoints import Checkpoint, Posting, Signer, append, lines, signed
from chongzheng.journal.inspection import Inspection, Signed, inspect
from chongzheng.journal.storage import NUMBERS_OF_ONE_ENGINE
from chongzheng.mistakes import TheirMistake
from journal.made import kept, name_of, reply, returned, sale, written
from journal.place import Place, SqlitePlace

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TRUSTED = KEY.public_key().public_bytes_raw().hex()
MINUTE_MS = 60_000


@dataclass
class Desk:
    """A journal, what signs it, and the disk elsewhere that the checkpoints lie on."""

    place: Place
    now: int = 1_000_000
    every: tuple[int, int] = (1_000, MINUTE_MS)
    key: Ed25519PrivateKey = KEY
    signers: list[Signer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.file = self.place.folder / "elsewhere.checkpoints"
        self.journal = self.place.open()

    def signer(self) -> Signer:
        """What a fresh process has."""
        made = Signer(self.journal.reader(), self.file, lambda: self.key, lambda: self.now, self.every)
        self.signers.append(made)
        return made

    def said(self) -> list[Checkpoint]:
        return [line.checkpoint for line in lines(self.file, TRUSTED) if not line.wrong]

    def inspected(self, *given_up: tuple[int, int], files: tuple[Path, ...] = ()) -> Inspection:
        return inspect(self.place.path, Signed(files or (self.file,), TRUSTED, given_up))

    def close(self) -> None:
        for one in self.signers:
            one._reader.close()


@pytest.fixture
def desk(place: Place) -> Desk:
    return Desk(place)


def test_the_first_look_signs_and_then_it_waits_for_time_or_commits(desk: Desk) -> None:
    desk.every = (3, MINUTE_MS)
    signer = desk.signer()
    assert signer.look() is None, "nothing was committed"
    desk.journal.apply([sale(1), sale(2)])
    first = signer.look()
    assert first is not None and (first.number, first.facts, first.previous) == (1, 2, "00" * 32)
    assert signer.look() is None
    desk.journal.apply([reply(1)])
    assert signer.look() is None, "neither enough commits nor enough time"
    desk.journal.apply([reply(2)])
    desk.journal.apply([written(1)])
    second = signer.look()
    assert second is not None and (second.number, second.facts) == (2, 5)
    desk.journal.apply([written(2)])
    desk.now += MINUTE_MS - 1
    assert signer.look() is None
    desk.now += 1
    third = signer.look()
    assert third is not None and (third.number, third.facts, third.at) == (3, 6, desk.now)
    desk.journal.apply([sale(3)])
    desk.now -= 10 * MINUTE_MS
    assert signer.look() is not None, "a clock that goes back must not silence it"
    desk.journal.apply([reply(3)])
    signer.close()
    assert [one.number for one in desk.said()] == [1, 2, 3, 4, 5], "the last word is signed at the stop"
    found = desk.inspected()
    assert (found.holds, found.fitting, found.checkpoints, set(found.uncovered.values())) == (True, 5, 5, {0})


def test_a_fresh_process_goes_on_where_the_last_one_was_killed(desk: Desk) -> None:
    desk.journal.apply([sale(1)])
    desk.signer().look()
    desk.journal.apply([reply(1)])
    made = desk.signer().look()
    assert made is not None and (made.number, made.facts, made.restored) == (2, 2, None)
    assert desk.signer().look() is None
    found = desk.inspected()
    assert found.holds and found.fitting == 2
    desk.close()


def test_commits_that_nobody_signed_yet_are_counted_and_not_accused(desk: Desk) -> None:
    desk.journal.apply([sale(1)])
    desk.signer().look()
    desk.journal.apply([reply(1)])
    desk.journal.apply([written(1)])
    found = desk.inspected()
    assert found.holds and set(found.uncovered.values()) == {2}
    desk.close()


def rewritten(place: Place, payment: str) -> None:
    """The whole story of a payment told otherwise, and every hash after it made to fit."""
    from chongzheng.journal.audit import GENESIS, link, link_commit

    head = GENESIS
    for seq, record in place.raw("SELECT seq, record FROM fact WHERE payment = ? ORDER BY seq", payment):
        forged = bytes(record).replace(b'"kind"', b' "kind"')
        head = link(head, forged)
        place.raw("UPDATE fact SET record = ?, hash = ? WHERE payment = ? AND seq = ?", forged, head, payment, seq)
    place.raw("UPDATE payment SET head = ? WHERE id = ?", head, payment)
    chained = GENESIS
    for (number,) in place.raw("SELECT no FROM commits ORDER BY no"):
        hashes = [bytes(row[0]) for row in place.raw("SELECT hash FROM fact WHERE commit_no = ?", number)]
        chained = link_commit(chained, hashes)
        place.raw("UPDATE commits SET hash = ? WHERE no = ?", chained, number)


def test_a_rewritten_history_is_found_between_two_checkpoints(desk: Desk) -> None:
    desk.every = (1, MINUTE_MS)
    signer = desk.signer()
    for pair in zip(kept(1), returned(2), strict=False):
        desk.journal.apply(pair)
        signer.look()
    for one in kept(3):
        desk.journal.apply([one])
        signer.look()
    begin = signer.last.engine * NUMBERS_OF_ONE_ENGINE if signer.last else 0
    desk.close()
    desk.journal.close()
    assert desk.inspected().holds
    rewritten(desk.place, name_of(3))
    assert inspect(desk.place.path).holds, "every hash fits: without checkpoints nothing shows"
    (fault,) = desk.inspected().faults
    assert (fault.after, fault.commit, fault.checkpoint) == (begin + 4, begin + 5, 5)


def test_a_cut_tail_is_found(desk: Desk) -> None:
    signer = desk.signer()
    desk.journal.apply([sale(1)])
    signer.look()
    desk.journal.apply([sale(2)])
    signer.look(now_or_never=True)
    desk.close()
    desk.journal.close()
    for table in ("fact", "evidence", "card", "entry", "release"):
        desk.place.raw(f"DELETE FROM {table} WHERE payment = ?", name_of(2))
    desk.place.raw("DELETE FROM payment WHERE id = ?", name_of(2))
    desk.place.raw("DELETE FROM commits WHERE no = (SELECT max(no) FROM commits)")
    assert inspect(desk.place.path).holds
    found = desk.inspected()
    (fault,) = found.faults
    assert "ends at commit" in str(fault) and fault.checkpoint == 2 and found.fitting == 1


# What becomes of the file


def test_a_torn_line_spoils_no_other(desk: Desk) -> None:
    signer = desk.signer()
    desk.journal.apply([sale(1)])
    signer.look()
    with open(desk.file, "ab") as file:
        file.write(b'{"checkpoint":{"engine":0,"num')  # a power cut
    desk.journal.apply([sale(2)])
    made = desk.signer().look()
    assert made is not None and made.number == 2
    found = desk.inspected()
    assert (found.holds, found.torn_lines, found.fitting) == (True, 1, 2)
    desk.close()


def test_a_line_written_twice_counts_once(desk: Desk) -> None:
    signer = desk.signer()
    desk.journal.apply([sale(1)])
    signer.look()
    append(desk.file, desk.file.read_bytes().splitlines()[-1])
    desk.journal.apply([sale(2)])
    signer.look(now_or_never=True)
    assert desk.inspected().holds
    desk.close()


def three_lines(desk: Desk) -> list[bytes]:
    signer = desk.signer()
    for n in (1, 2, 3):
        desk.journal.apply([sale(n)])
        signer.look(now_or_never=True)
    desk.close()
    return desk.file.read_bytes().splitlines(keepends=True)


def by_a_stranger(line: bytes) -> bytes:
    """The same words under another key."""
    said = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    return signed(msgspec.json.decode(said["checkpoint"], type=Checkpoint), Ed25519PrivateKey.generate()) + b"\n"


FORGED: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "a line taken out": (lambda three: [three[0], three[2]], "checkpoint 3 of engine"),
    "two lines exchanged": (lambda three: [three[0], three[2], three[1]], "checkpoint 3 of engine"),
    "a changed number": (lambda three: [three[0], three[1].replace(b'"facts":2', b'"facts":3'), three[2]], "signature"),
    "another signature": (lambda three: [*three[:2], three[2].replace(three[2][-20:-4], b"0" * 16)], "signature"),
    "white space": (lambda three: [*three[:2], three[2].replace(b'"key"', b' "key"')], "the one way there is"),
    "another format": (lambda three: [*three[:2], three[2].replace(b"checkpoint/1", b"checkpoint/2")], "the format"),
    "a stranger's signature": (lambda three: [*three[:2], by_a_stranger(three[2])], "a key that is not trusted"),
    "nothing left": (lambda three: [], "nothing was signed of engine"),
}  # fmt: skip


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("how", FORGED)
def test_a_file_that_was_changed_is_found(desk: Desk, how: str) -> None:
    change, said = FORGED[how]
    desk.file.write_bytes(b"".join(change(three_lines(desk))))
    found = desk.inspected()
    assert not found.holds
    assert any(said in str(fault) for fault in found.faults), found.faults


@pytest.mark.databases("sqlite")
def test_checkpoints_of_several_files_are_compared_each(desk: Desk) -> None:
    three = three_lines(desk)
    other = desk.place.folder / "other.checkpoints"
    other.write_bytes(b"".join(three[:2]))
    found = desk.inspected(files=(desk.file, other))
    assert (found.holds, found.fitting, found.uncovered) == (True, 5, {0: 0})
    with pytest.raises(TheirMistake, match="cannot be read"):
        desk.inspected(files=(desk.place.folder / "nowhere",))


@pytest.mark.databases("sqlite")
def test_a_full_disk_elsewhere_costs_a_checkpoint_and_is_made_up_for(desk: Desk, tmp_path: Path) -> None:
    desk.file = tmp_path / "gone" / "checkpoints"
    signer = desk.signer()
    desk.journal.apply([sale(1)])
    for _ in range(3):
        with pytest.raises(TheirMistake, match="cannot be written"):
            signer.look()
    desk.journal.apply([reply(1)])  # money does not wait
    desk.file.parent.mkdir()
    made = signer.look()
    assert made is not None and (made.number, made.facts) == (1, 2)
    desk.close()


# History that was given up


def test_a_restore_shows_until_somebody_says_that_he_did_it(journal_factory: Callable[[], Place]) -> None:
    desk = Desk(journal_factory())
    if not isinstance(desk.place, SqlitePlace):
        return  # a database server has its own way back
    signer = desk.signer()
    desk.journal.apply([sale(1)])
    signer.look()
    desk.close()
    desk.journal.close()
    backup = desk.place.path.read_bytes()
    desk.journal = desk.place.open()
    for n in (2, 3):
        desk.journal.apply([sale(n)])
        desk.signer().look()
    desk.close()
    desk.journal.close()
    desk.place.path.write_bytes(backup)
    desk.journal = desk.place.open()
    assert "ends at commit 1" in str(desk.inspected().faults[0])
    desk.journal.apply([sale(4)])
    made = desk.signer().look()
    assert made is not None and (made.number, made.commit, made.facts, made.restored) == (4, 2, 2, (1, 3))
    desk.journal.apply([sale(5)])
    desk.journal.apply([sale(6)])
    desk.signer().look()
    desk.close()
    said = [str(fault) for fault in desk.inspected().faults]
    assert any("--given-up 1..3" in line for line in said) and len(said) == 2
    assert desk.inspected((1, 3)).holds
    assert not desk.inspected((1, 4)).holds, "only what was really lost can be given up"
    desk.place.raw("UPDATE commits SET hash = zeroblob(32) WHERE no = 2")
    assert not desk.inspected((1, 3)).holds, "what came after is signed again, and must fit"


# Handing over


def test_each_line_is_handed_over_once_accepted_and_in_order(tmp_path: Path) -> None:
    file, cursor, heard, refuses = tmp_path / "checkpoints", tmp_path / "cursor", list[bytes](), [True]

    def made(number: int, engine: int = 0) -> bytes:
        return signed(
            Checkpoint(engine=engine, number=number, commit=number, hash="", facts=0, at=0, previous=""), KEY
        )

    def post(line: bytes) -> None:
        if refuses[0]:
            raise TheirMistake("does not accept checkpoints (503)", "audit.post")
        heard.append(line)

    def posting() -> Posting:
        return Posting(file, 0, cursor, post)

    posting().run()
    for number, engine in ((1, 0), (1, 7), (2, 0)):
        append(file, made(number, engine))
    with pytest.raises(TheirMistake):
        posting().run()
    refuses[0] = False
    posting().run()
    posting().run()
    assert heard == [made(1), made(2)]
    append(file, made(3))
    with open(file, "ab") as tail:
        tail.write(b'{"half')
    posting().run()
    assert heard == [made(1), made(2), made(3)], "another process goes on behind the cursor"
    append(file, made(4))
    posting().run()
    assert heard[-1] == made(4) and len(heard) == 4
    cursor.write_text("999999")
    posting().run()
    assert len(heard) == 8, "of another file everything is told; twice does no harm"


@pytest.mark.databases("sqlite")
def test_the_journal_goes_on_while_it_is_inspected(desk: Desk) -> None:
    desk.journal.apply([sale(1)])
    with closing(desk.journal.reader()) as reader, reader.moment() as ask:
        assert ask("count_payments") == [(1,)]
        desk.journal.apply([sale(2)])
        assert ask("count_payments") == [(1,)]
    assert isinstance(desk.journal, Journal)
