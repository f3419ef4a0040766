"""What do the rules of the books look like on paper? Where money lies by each verdict, and every booking in words."""

from __future__ import annotations

from collections.abc import Iterator

from chongzheng.reversal.booking import BOOKINGS, RESOLUTIONS
from chongzheng.reversal.entries import Account, Position, position
from chongzheng.reversal.facts import Key, Moves
from chongzheng.reversal.payment import NO_VERDICT, Payment, Proof, State, Told, Truth, Verdict

FILE_NAME = "money.md"
FEN = 100
"""The amount of the example: what stands in the table is a multiple of it."""

HEAD = """# Where the money lies

Written by `make docs` from `src/chongzheng/reversal/entries.py` and `booking.py`; do not edit.

## By verdict

`+` and `-`: the amount of the trade stands on the account, as what we owe, or are owed back. Clearing owes us the sum.
Before a payment was sent, and of a hold or of what moves no money, nothing is booked, unless it is contested.
"""


def draw() -> str:
    """The whole document, Markdown; the same rules give the same text."""
    return "\n".join([HEAD, *_verdicts(), "", *_bookings(), "", *_resolutions(), ""])


def _verdicts() -> Iterator[str]:
    yield "| a trade that | truth | proof | terminal | merchant payable | suspense |"
    yield "|---|---|---|---|---|---|"
    for moves, words in ((Moves.DEBIT, "takes money"), (Moves.CREDIT, "gives money back")):
        for truth in Truth:
            for proof, lies in _by_proof(moves, truth):
                for told, where in lies:
                    signs = f"{_sign(where.merchant)} | {_sign(where.suspense)}"
                    yield f"| {words} | {truth} | {proof} | {told} | {signs} |"


def _by_proof(moves: Moves, truth: Truth) -> Iterator[tuple[str, list[tuple[str, Position]]]]:
    """Rows that say the same are told once."""
    found: dict[tuple[tuple[str, Position], ...], list[str]] = {}
    for proof in Proof:
        yes, no = (position(_example(moves, truth, proof, told)) for told in (Told.APPROVED, Told.DECLINED))
        rows: tuple[tuple[str, Position], ...] = (("counts it", yes), ("does not", no))
        if yes == no:
            rows = (("any", yes),)
        found.setdefault(rows, []).append(proof)
    for rows, proofs in found.items():
        yield ("any" if len(proofs) == len(Proof) else ", ".join(proofs)), list(rows)


def _example(moves: Moves, truth: Truth, proof: Proof, told: Told) -> Payment:
    kept = 2 if truth is Truth.CHARGED_TWICE else 1
    fen = (kept - int(told is Told.APPROVED)) * FEN
    verdict = Verdict(truth, NO_VERDICT.money, fen, proof, "example", ())
    return Payment(
        "example", Key("", "", "", ""), State.DOUBTFUL, amount_fen=FEN, moves=moves, told=told, verdict=verdict
    )


def _sign(fen: int) -> str:
    times, mark = abs(fen) // FEN, "+" if fen > 0 else "-"
    return "" if not fen else mark if times == 1 else f"{mark}{times}"


def _bookings() -> Iterator[str]:
    yield "## By remedy\n"
    yield "| booking | debit | credit | when |\n|---|---|---|---|"
    for booking, (debit, credit, when) in BOOKINGS.items():
        yield f"| {booking} | {debit} | {credit} | {when} |"


def _resolutions() -> Iterator[str]:
    yield "## By the decision of a person\n"
    yield "What lies in suspense goes to:\n"
    yield "| resolution | account | when |\n|---|---|---|"
    for resolution, (account, when) in RESOLUTIONS.items():
        yield f"| {resolution} | {account or 'none'} | {when} |"
    yield f"\nThe accounts: {', '.join(Account)}."
