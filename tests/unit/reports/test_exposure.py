"""Does the board say the same money on every side, and does its forecast only count on what has a date?"""

from chongzheng.journal.ledger import ORDERS, Exposure, Slice
from chongzheng.reports.exposure import document, forecast


def board(**due: int) -> Exposure:
    """A board on which so many fen fall due when these words say, one payment each."""
    slices = tuple(
        Slice(word, int(fen > 0), fen, 0) for word in ORDERS["due"] for fen in [due.get(word.replace(" ", "_"), 0)]
    )
    whole = Slice("all", sum(one.payments for one in slices), sum(one.fen for one in slices), 0)
    return Exposure(5, whole, (), (), (), (), slices, (Slice("m", 1, 7, 2),), ())


def test_what_falls_due_leaves_and_what_has_no_date_stays() -> None:
    said = forecast(board(overdue=1, within_24_hours=10, within_48_hours=100, within_72_hours=1_000, no_date=10_000))
    assert [(one["when"], one["payments"], one["fen"]) for one in said] == [
        ("now", 5, 11_111),
        ("in 24 hours", 4, 11_101),
        ("in 48 hours", 3, 11_001),
        ("in 72 hours", 2, 10_001),
    ]


def test_the_document_has_every_side_and_both_signs() -> None:
    said = document(board(later=3))
    assert (said["at"], said["payments"], said["fen"]) == (5, 1, 3)
    assert said["merchants"] == [{"name": "m", "payments": 1, "fen": 9, "held_fen": 7, "missing_fen": 2}]
    assert set(said) >= {"age", "stage", "whose", "channel", "due", "merchants", "terminals", "forecast"}
