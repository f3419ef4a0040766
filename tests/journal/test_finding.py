"""Do people find a matter by its id, its texts and the numbers of its payment, and never by a whole card number?"""

from __future__ import annotations

import pytest

from chongzheng.card import masked
from chongzheng.journal import Journal
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.finding import ASKED_MAX, WORDS_MAX, unindexed
from chongzheng.journal.matters import Matters
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from journal.made import AMOUNT_FEN, NOON_MS, asked, key, name_of, pan, reply, sale, written
from journal.place import Place

YUAN = f"{AMOUNT_FEN // 100}.{AMOUNT_FEN % 100:02d}"


@pytest.fixture
def matters(side: Side) -> Matters:
    """A keeper, and a clerk."""
    people = Actors(side)
    people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
    people.add("li", "li", frozenset({Role.CLERK}), "boss", NOON_MS)
    return Matters(side, lambda: NOON_MS, Registers(side))


def case(matters: Matters, why: str, payment: str = "") -> str:
    """A case that somebody opened."""
    return matters.open("case", {"source": "complaint", "why": why}, "li", payment=payment).id


def found(matters: Matters, text: str, **more: object) -> list[str]:
    """The ids of what is found."""
    return [one.id for one in matters.search(text, **more)]  # type: ignore[arg-type]


def test_a_case_is_found_by_everything_that_stands_on_a_slip(journal: Journal, matters: Matters) -> None:
    journal.apply([part for n in (1, 2) for part in (sale(n), reply(n), written(n))])
    one, other = case(matters, "扣款两次", name_of(1)), case(matters, "debited twice", name_of(2))
    where = key(1)
    for text in (one, one.upper(), name_of(1), where.stan, f"{where.terminal} {where.stan}",
                 f"{masked(pan(1))} {where.stan}", f"{pan(1)[-4:]} {where.stan}", f"{YUAN} {where.stan}",
                 f"{1:012d}", "扣款两次", "两次"):  # fmt: skip
        assert found(matters, text) == [one], text
    assert found(matters, where.merchant) == [other, one], "newest first"
    assert found(matters, f"{where.merchant} twice") == [other]
    assert found(matters, "twice nowhere") == found(matters, f"{where.stan} twice") == []


def test_an_amount_is_one_word_however_it_is_written(matters: Matters) -> None:
    one = case(matters, "they took 1,048.29 and then 12.50 at 10.20.30.40")
    for text in ("1048.29", "1,048.29", "¥1048.29", "12.50"):
        assert found(matters, text) == [one], text
    assert found(matters, "1048") == found(matters, "20.30") == found(matters, "048.29") == []
    task = matters.open("case", {"source": "complaint", "why": "x", "fen": 700_005}, "li").id
    assert found(matters, "7,000.05") == [task]


def test_words_follow_the_matter(journal: Journal, matters: Matters, side: Side) -> None:
    journal.apply([sale(1)])
    one = case(matters, "no answer came", name_of(1))
    assert found(matters, f"{1:012d}") == []
    journal.apply([reply(1), written(1), asked(1)])
    matters.tell_standing(one, 99)
    matters.say(one, "Noted", {"text": "the cashier Wang called"}, "li")
    assert found(matters, f"{1:012d}") == found(matters, "wang") == [one]


def test_kind_open_ones_and_pages(matters: Matters, side: Side, place: Place) -> None:
    cases = [case(matters, f"printer {n}") for n in range(5)]
    task = matters.open("task", {"what": "look at the printer", "team": "field"}, "li").id
    assert found(matters, "printer") == [task, *reversed(cases)]
    assert found(matters, "printer", kind="task") == [task]
    place.raw("UPDATE matter SET closed = 1 WHERE kind = 'task'")
    assert found(matters, "printer", open_only=True, most=2) == [cases[4], cases[3]]
    below = int(cases[3].rpartition("-")[2])
    assert found(matters, "printer", before=below, most=2) == [cases[2], cases[1]]
    with pytest.raises(TheirMistake, match="no such kind"):
        matters.search("printer", kind="coffee")


def test_no_card_number_and_no_digest_becomes_a_word(matters: Matters, side: Side) -> None:
    long = f"card {pan(3)} and 6222 0212 3456 7890 and 622,202,123,456,789,012, digest {'ab' * 32}"
    one = case(matters, long)
    kept = {word for (word,) in side.ask("words_of_matter", matter=int(one.rpartition("-")[2]))}
    assert pan(3) not in kept and "ab" * 32 not in kept
    assert {"card", "digest", one} <= kept and not {"6222", "7890"} & kept
    assert not any(word.isdigit() and len(word) > 12 for word in kept)
    assert found(matters, pan(3)) == []


def test_a_matter_with_a_long_story_keeps_so_many_words(matters: Matters, side: Side) -> None:
    one = case(matters, " ".join(f"w{n}" for n in range(400))[:1900])
    kept = side.ask("words_of_matter", matter=int(one.rpartition("-")[2]))
    assert len(kept) == WORDS_MAX and found(matters, one) == [one]


@pytest.mark.parametrize("text", ["", "  ", "!?", " ".join(f"a{n}" for n in range(ASKED_MAX + 1))])
def test_a_question_has_words_and_not_too_many(matters: Matters, text: str) -> None:
    with pytest.raises(TheirMistake, match="words or numbers"):
        matters.search(text)


def test_matters_of_an_older_journal_get_their_words(matters: Matters, side: Side, place: Place) -> None:
    cases = [case(matters, f"printer {n}") for n in range(3)]
    place.raw("DELETE FROM matter_word")
    numbers = [int(one.rpartition("-")[2]) for one in cases]
    assert unindexed(side, 0, 9) == numbers and unindexed(side, numbers[0], 1) == numbers[1:2]
    for no in numbers:
        matters.index(no)
    assert unindexed(side, 0, 9) == [] and found(matters, "printer 1") == [cases[1]]
