"""Is an apology said once for an incident and not again and again, unless facts changed or a supervisor says so?"""

from chongzheng.notices.apology import DAY_MS, QUIET_DAYS, Apology, objection

AT = 1_790_000_000_000
FIRST = Apology("P1", "I1", AT, "facts")


def test_the_first_is_free_whatever_others_had() -> None:
    assert objection([], FIRST) == ""
    assert objection([Apology("P2", "I1", AT, "facts")], FIRST) == ""


def test_the_same_incident_only_when_its_facts_changed_since_the_last() -> None:
    for after in (1, 400 * DAY_MS):
        assert "already" in objection([FIRST], Apology("P1", "I1", AT + after, "facts"))
    assert objection([FIRST], Apology("P1", "I1", AT + 1, "other facts")) == ""
    both = [Apology("P1", "I1", AT + 1, "other facts"), FIRST]
    assert "already" in objection(both, Apology("P1", "I1", AT + 2, "other facts"))


def test_another_incident_not_within_thirty_days() -> None:
    end = AT + QUIET_DAYS * DAY_MS
    assert "I1" in objection([FIRST], Apology("P1", "I2", end - 1, "other facts"))
    assert objection([FIRST], Apology("P1", "I2", end, "facts")) == ""


def test_a_supervisor_may_say_so_all_the_same() -> None:
    assert objection([FIRST], Apology("P1", "I1", AT + 1, "facts"), "zhao") == ""
