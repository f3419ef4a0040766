"""Is nothing exchanged before the old unit is saved, nothing ended before its keys are dead, and no part lost?"""

from __future__ import annotations

from chongzheng.cases.effects import Say
from chongzheng.cases.matter import Fact, Given, Matter
from chongzheng.cases.swap import SWAP
from unit.cases.timeline import RULES, Played, play

SAID = {"terminal": "80000001", "part": "terminal", "serial_old": "A1", "severity": "S2"}
PENDING = [{"terminal": "80000001", "batch": "000001", "stan": "000002"}]
RECEIPT = {"hash": "0" * 64, "records": 12, "pending": PENDING}
STOCK = Given(RULES, others={"stock": (Matter("part-1", "part", "RETIRED"), Matter("part-7", "part", "STOCKED"))})
EMPTY = Given(RULES, others={"stock": ()})
FOR = {"count": 1, "for": "swap-1"}


def ordered(given: Given = STOCK) -> Played:
    return play(SWAP, [("Opened", "li", SAID)], given, parent="case-3")


def reserved() -> Played:
    return ordered().say("PartReserved", "qian")


def test_a_part_is_reserved_the_journal_saved_the_unit_exchanged_the_keys_revoked() -> None:
    one = reserved()
    assert one.effects == (Say("part-7", "Reserved", FOR),)
    assert one.matter.due_at == one.now - 60_000 + 8 * 3_600_000
    one.say("BackedUp", "qian", **RECEIPT).say("Swapped", "qian", serial_new="B2")
    assert one.effects == (Say("part-7", "Issued", FOR),)
    assert one.matter.body["receipt"] == RECEIPT and one.matter.body["technician"] == "qian"
    assert "keys of the old unit A1" in one.why_not("KeysRevoked", "qian", serial="B2", evidence="host list")
    one.say("KeysRevoked", "qian", serial="A1", evidence="host list")
    assert one.state == "DONE"
    assert one.effects == (Say("case-3", "SwapEnded", {"terminal": "80000001", "state": "DONE"}, softly=True),)


def test_without_a_receipt_it_takes_a_supervisor_and_a_reason() -> None:
    assert "possible now: BackedUp, BackupWaived" in reserved().why_not("Swapped", "qian", serial_new="B2")
    assert reserved().why_not("BackupWaived", "qian", reason="flash is dead").startswith("role:")
    assert reserved().why_not("BackupWaived", "zhang").startswith("field: reason")
    one = reserved().say("BackupWaived", "zhang", reason="flash is dead")
    assert one.state == "READY" and one.matter.body["no_backup"]["by"] == "zhang"


def test_a_receipt_that_cannot_be_is_refused_and_so_is_the_old_unit_as_the_new_one() -> None:
    assert "as many records" in reserved().why_not("BackedUp", "qian", **{**RECEIPT, "records": 0})
    assert "each names terminal" in reserved().why_not("BackedUp", "qian", **{**RECEIPT, "pending": [{"stan": "1"}]})
    one = reserved().say("BackedUp", "qian", **RECEIPT)
    assert "is the old unit" in one.why_not("Swapped", "qian", serial_new="A1")


def test_what_was_reserved_goes_back_and_no_card_no_part() -> None:
    assert reserved().say("Cancelled", "li", reason="it works again").effects == (Say("part-7", "PutBack", FOR),)
    assert ordered().say("Cancelled", "li", reason="it works again").effects == ()
    assert "no stock card of terminal" in ordered(EMPTY).why_not("PartReserved", "qian")
    bare = Given({**RULES, "field targets": {}}, others=STOCK.others)
    assert "field targets has no row S2" in Played(SWAP, bare).why_not("Opened", "li", **SAID)
    assert "has no row wheel" in Played(SWAP, STOCK).why_not("Opened", "li", **{**SAID, "part": "wheel"})


def test_a_card_that_was_retired_meanwhile_stops_nothing_and_no_parent_is_told_nothing() -> None:
    one = play(SWAP, [("Opened", "li", SAID), ("PartReserved", "qian", {})], STOCK)
    one.given = EMPTY
    one.say("BackedUp", "qian", **RECEIPT).say("Swapped", "qian", serial_new="B2")
    assert one.effects == ()
    assert one.say("KeysRevoked", "qian", serial="A1", evidence="x").effects == ()


def test_being_late_is_flagged_and_it_is_found_by_its_terminal() -> None:
    one = ordered().say("ClockRan")
    assert (one.matter.body["late"], one.matter.due_at, one.matter.priority) == (True, None, 50)
    assert SWAP.tags(one.matter) == {"terminal": "80000001"}
    assert SWAP.asks(one.matter, Fact("PartReserved", 1))["stock"].value == "terminal"
