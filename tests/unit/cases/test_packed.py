"""Are the rows that the house ships there, whole and in their order?"""

from chongzheng.cases.packed import rows


def test_rows_are_read_by_their_headings() -> None:
    quiz, tasks = rows("quiz.csv"), rows("playbooks.csv")
    assert quiz[0]["name"] == "reversal 1" and all(None not in row and None not in row.values() for row in quiz)
    assert list(dict.fromkeys(row["playbook"] for row in tasks)) == [
        "outage", "key loss", "mass late reversals", "fail-over",
    ]  # fmt: skip
