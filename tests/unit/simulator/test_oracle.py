"""Does the judge of a run find every way in which an engine can be wrong?"""

from dataclasses import replace

import pytest

from chongzheng.simulator.oracle import Book, Claim, Findings, judge

CLAIM = Claim("P1", "charged_kept", "proven", True, 1200, False, False)
BOOK = Book("P1", "charged_kept", 1, 0, 1200, 1)


def found(claim: Claim | None = CLAIM, book: Book | None = BOOK, planted: str = "", sent: bool = True) -> Findings:
    """The findings about one payment."""
    return judge(
        [claim] if claim else [], [book] if book else [], {"P1": planted} if planted else {}, ["P1"] if sent else []
    )


def test_a_right_and_proven_verdict_is_no_finding() -> None:
    assert found() == Findings(verdicts={"charged_kept": 1})


def test_silence_of_the_book_means_never_charged() -> None:
    right = replace(CLAIM, truth="never_charged", was_in_doubt=True)
    assert found(right, None) == Findings(in_doubt=("P1",), verdicts={"never_charged": 1})
    assert "never_charged" in found(CLAIM, None).wrong["P1"]


@pytest.mark.parametrize(
    "claim",
    [
        replace(CLAIM, proof="acknowledged"),
        replace(CLAIM, is_final=False),
        replace(CLAIM, truth="unknown", proof="claimed"),
        replace(CLAIM, truth="contested", has_case=True),
    ],
)
def test_what_is_not_final_and_proven_is_unproven(claim: Claim) -> None:
    assert found(claim).unproven == ("P1",)
    assert found(claim).wrong == {}


@pytest.mark.parametrize(
    ("claim", "book"),
    [
        (CLAIM, replace(BOOK, truth="charged_returned", returns=1, net_fen=0)),
        (replace(CLAIM, amount_fen=1201), BOOK),
        (replace(CLAIM, truth="charged_returned"), BOOK),
        (replace(CLAIM, truth="charged_twice"), replace(BOOK, truth="charged_twice", charges=2, net_fen=1200)),
    ],
)
def test_another_truth_or_another_net_effect_is_wrong(claim: Claim, book: Book) -> None:
    assert set(found(claim, book).wrong) == {"P1"}


def test_a_planted_contradiction_is_excused_only_with_its_case() -> None:
    contested = replace(CLAIM, truth="contested", proof="claimed", has_case=True)
    assert found(contested, planted="amount") == Findings(excused=("P1",), verdicts={"contested": 1})
    for missed in (replace(contested, has_case=False), replace(CLAIM, has_case=True)):
        assert "planted amount was not noticed" in found(missed, planted="amount").wrong["P1"]
    assert "no such payment" in found(None, planted="ghost").wrong["P1"]


def test_what_the_bank_saw_and_the_journal_lacks_is_lost() -> None:
    assert found(None).lost == ("P1",)
    assert found(None, None).lost == ()


def test_what_no_terminal_sent_is_wrong() -> None:
    assert "no terminal sent it" in found(sent=False).wrong["P1"]


def test_two_returns_are_found_whatever_the_verdict_says() -> None:
    assert found(book=replace(BOOK, truth="impossible", returns=2, net_fen=-1200)).returned_twice == ("P1",)
