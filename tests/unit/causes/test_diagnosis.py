"""Does a conclusion stand exactly when it names one cause, a reviewer, and does not stop at a person?"""

import pytest

from chongzheng.causes.diagnosis import Conclusion, Diagnosis, diagnose, stops_at_a_person
from chongzheng.causes.score import score
from chongzheng.causes.signals import Signals
from chongzheng.causes.table import packed
from chongzheng.mistakes import TheirMistake

JAM: Signals = {"tlm.printer": "jam", "orig.rsp": "00", "rev.reason": "4351", "tlm.iface": "ethernet"}


def objections(conclusion: Conclusion, signals: Signals = JAM) -> list[str]:
    found = diagnose(conclusion, score(signals, packed()), packed())
    return [] if isinstance(found, Diagnosis) else [one.code for one in found]


def test_a_conclusion_that_stands() -> None:
    found = diagnose(Conclusion("HW-PRN", ("NW-LATENCY",), "li"), score(JAM, packed()), packed())
    assert isinstance(found, Diagnosis)
    assert (found.primary, found.contributing, found.reviewer) == ("HW-PRN", ("NW-LATENCY",), "li")
    assert found.as_scored and found.version == "packed" and sum(one.percent for one in found.shares) == 100
    other = diagnose(Conclusion("HW-READER", (), "li"), score(JAM, packed()), packed())
    assert isinstance(other, Diagnosis) and not other.as_scored
    doubtful = diagnose(Conclusion("HW-READER", (), "li"), score({}, packed()), packed())
    assert isinstance(doubtful, Diagnosis) and not doubtful.as_scored


def test_what_stands_against_one() -> None:
    assert objections(Conclusion("HW-PRN")) == ["no-reviewer"]
    assert objections(Conclusion("HW-PRN", ("HW-PRN",), "li")) == ["named-twice"]
    assert objections(Conclusion("HW-PRN", ("NW-CELL", "NW-CELL"), "li")) == ["named-twice"]
    assert objections(Conclusion("OP-TRAIN", (), "li", "no training before the first shift")) == ["contributing-only"]
    assert objections(Conclusion("OP-TRAIN", (), "li")) == ["contributing-only", "stops-at-a-person"]
    assert objections(Conclusion("OP-RESWIPE", (), "li", " ")) == ["stops-at-a-person"]
    assert objections(Conclusion("OP-RESWIPE", (), "li"), {}) == ["people-alone", "stops-at-a-person"]


def test_a_person_may_be_named_with_the_gap_that_let_it_happen() -> None:
    assert objections(Conclusion("OP-RESWIPE", (), "li", "the terminal shows no query button")) == []
    assert stops_at_a_person("cardholder") and not stops_at_a_person("suspected_fraud")


def test_objections_say_why_in_both_languages_and_what_to_ask() -> None:
    found = diagnose(Conclusion("OP-CUSTOMER"), score({}, packed()), packed())
    assert isinstance(found, tuple) and all(one.zh and one.en for one in found)
    assert next(one for one in found if one.code == "people-alone").open_questions


def test_a_cause_outside_the_vocabulary_is_refused() -> None:
    for conclusion in (Conclusion("HW-NIL", (), "li"), Conclusion("HW-PRN", ("HW-NIL",), "li")):
        with pytest.raises(TheirMistake, match="cause: 'HW-NIL'"):
            diagnose(conclusion, score(JAM, packed()), packed())
