"""Do signed checkpoints cover what people did: a rewritten or cut chain of acts, though every hash in it fits?"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from audit.test_checkpoints import KEY, MINUTE_MS, TRUSTED, Desk
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.audit import GENESIS, link
from chongzheng.journal.checkpoints import Checkpoint, lines, signed
from chongzheng.journal.inspection import Inspection, Signed, inspect
from chongzheng.journal.side import Side
from journal.made import sale
from journal.place import Place


@pytest.fixture
def desk(place: Place) -> Desk:
    """A journal with one payment."""
    made = Desk(place)
    made.journal.apply([sale(1)])
    return made


def hire(desk: Desk, *names: str) -> None:
    with closing(Side.open(desk.place.path)) as side:
        people = Actors(side)
        for name in names:
            first = people.get("boss") is None
            role = Role.ADMINISTRATOR if first else Role.CLERK
            people.add(name, name, frozenset({role}), "shell:test" if first else "boss", desk.now)


def test_an_act_alone_is_signed_when_its_time_has_come(desk: Desk) -> None:
    signer = desk.signer()
    first = signer.look()
    assert first is not None and first.acts == (0, GENESIS.hex())
    hire(desk, "boss")
    assert signer.look() is None and desk.inspected().acts_uncovered == 1
    desk.now += MINUTE_MS
    second = signer.look()
    assert second is not None and second.commit == first.commit
    assert isinstance(second.acts, tuple) and second.acts[0] == 1
    assert signer.look() is None, "nothing new"
    found = desk.inspected()
    assert (found.holds, found.fitting, found.acts, found.acts_uncovered) == (True, 2, 1, 0)
    desk.close()


def acts_after_hiring(desk: Desk) -> None:
    """Two checkpoints: after the first act, and after the third."""
    signer = desk.signer()
    hire(desk, "boss")
    signer.look(now_or_never=True)
    hire(desk, "li", "wu")
    signer.look(now_or_never=True)
    desk.close()
    desk.journal.close()


def rewritten(place: Place, number: int) -> None:
    """One act told otherwise, and every hash behind it made to fit."""
    before = GENESIS
    for no, record in place.raw("SELECT no, record FROM act ORDER BY no"):
        told = bytes(record).replace(b'"wu"', b'"mu"') if no == number else bytes(record)
        before = link(before, told)
        place.raw("UPDATE act SET record = ?, hash = ? WHERE no = ?", told, before, no)


def test_a_rewritten_act_is_found_between_two_checkpoints(desk: Desk) -> None:
    acts_after_hiring(desk)
    assert desk.inspected().holds
    rewritten(desk.place, 3)
    desk.place.raw("UPDATE actor SET id = 'mu', name = 'mu' WHERE id = 'wu'")
    faults = [str(fault) for fault in desk.inspected().faults]
    assert any("acts 2 to 3 are not those that checkpoint 2" in fault for fault in faults)
    assert not any("checkpoint 1" in fault for fault in faults)


def test_acts_that_were_cut_are_found(desk: Desk) -> None:
    acts_after_hiring(desk)
    desk.place.raw("DELETE FROM act WHERE no > 1")
    desk.place.raw("DELETE FROM actor WHERE id <> 'boss'")
    assert inspect(desk.place.path).holds, "every hash fits: without checkpoints nothing shows"
    (fault,) = desk.inspected().faults
    assert "acts 2 to 3" in str(fault) and fault.checkpoint == 2


def test_a_line_of_an_older_program_says_nothing_of_acts_and_is_good(desk: Desk) -> None:
    signer = desk.signer()
    made = signer.look()
    assert made is not None
    old = msgspec.structs.replace(made, acts=msgspec.UNSET)
    desk.file.write_bytes(signed(old, KEY) + b"\n")
    (line,) = lines(desk.file, TRUSTED)
    assert line.wrong == "" and b'"acts"' not in desk.file.read_bytes()
    hire(desk, "boss")
    fresh = desk.signer()
    newer = fresh.look()
    assert newer is not None and newer.number == 2 and isinstance(newer.acts, tuple)
    found = desk.inspected()
    assert (found.holds, found.fitting, found.acts_uncovered) == (True, 2, 0)
    desk.close()


def with_lines(desk: Desk, *made: Checkpoint) -> Path:
    path = desk.place.folder / "made.checkpoints"
    previous, text = GENESIS.hex(), b""
    for number, one in enumerate(made, 1):
        line = signed(msgspec.structs.replace(one, number=number, previous=previous), KEY)
        path.write_bytes(line + b"\n")
        ((read,),) = [tuple(lines(path, TRUSTED))]
        previous, text = read.digest, text + line + b"\n"
    path.write_bytes(text)
    return path


def test_acts_that_a_restore_gave_up_are_put_up_with_once_somebody_says_so(desk: Desk) -> None:
    signer = desk.signer()
    hire(desk, "boss")
    now = signer.look(now_or_never=True)
    assert now is not None
    lost = msgspec.structs.replace(now, commit=now.commit + 1, hash="ff" * 32, facts=2, acts=(9, "ee" * 32))
    after = msgspec.structs.replace(now, restored=(now.commit, now.commit + 1))
    path = with_lines(desk, now, lost, after)

    def inspected(*given_up: tuple[int, int]) -> Inspection:
        return inspect(desk.place.path, Signed((path,), TRUSTED, given_up))

    assert any("acts 2 to 9" in str(fault) for fault in inspected().faults)
    assert inspected((now.commit, now.commit + 1)).holds
    desk.close()
