"""Has each paper one hash, whatever its language, and one code that a person can read out and type in?"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from chongzheng.reports.documents import (
    CODE_CHARS,
    Figure,
    Month,
    Period,
    canonical,
    code,
    content,
    digest,
    plain_code,
)

PERIOD = Period(
    "zh",
    1,
    2,
    2,
    None,
    (Month("202609", 1, 2, (Figure("cases_opened", "count", 3, None, None, 3, ("cases",)),)),),
    (),
    7,
    "ab",
)


def test_the_language_is_no_part_of_what_is_said() -> None:
    assert canonical(PERIOD) == canonical(replace(PERIOD, language="en"))
    assert "language" not in content(PERIOD) and content(PERIOD)["document"] == "period"
    assert digest(PERIOD) == hashlib.sha256(canonical(PERIOD)).hexdigest()


def test_every_figure_is_part_of_what_is_said() -> None:
    other = replace(PERIOD.months[0].figures[0], value=4)
    changed = replace(PERIOD, months=(replace(PERIOD.months[0], figures=(other,)),))
    assert digest(changed) != digest(PERIOD) and code(digest(changed)) != code(digest(PERIOD))
    assert json.loads(canonical(PERIOD))["months"][0]["figures"][0]["value"] == 3


def test_a_code_is_the_beginning_of_the_hash_in_groups() -> None:
    assert code("00" * 32) == "AAAA-AAAA-AAAA-AAAA-AAAA" and code("ff" * 32) == "7777-7777-7777-7777-7777"
    assert len(code(digest(PERIOD)).replace("-", "")) == CODE_CHARS


@pytest.mark.parametrize(
    ("typed", "is_code"),
    [
        ("aaaa-bbbb-cccc-dddd-2345", "AAAA-BBBB-CCCC-DDDD-2345"),
        (" aaaabbbb ccccdddd 2345 ", "AAAA-BBBB-CCCC-DDDD-2345"),
        ("CHONGZHENG:AAAA-BBBB-CCCC-DDDD-2345", "AAAA-BBBB-CCCC-DDDD-2345"),
        ("aaaa-bbbb-cccc-dddd-234", ""),
        ("aaaa-bbbb-cccc-dddd-2341", ""),
        ("", ""),
    ],
)
def test_a_code_is_known_as_people_type_it(typed: str, is_code: str) -> None:
    assert plain_code(typed) == is_code
