"""Does the licence check object to what it should, and only to that?"""

from importlib.metadata import distribution

import pytest

from house.licences import needed, objection, stated


@pytest.mark.parametrize(
    "words",
    [
        ["GPL-3.0-or-later"],
        ["GPLv2"],
        ["AGPL-3.0-only"],
        ["License :: OSI Approved :: GNU General Public License v3 (GPLv3)"],
        ["GNU Affero General Public License v3"],
        ["MIT", "License :: OSI Approved :: GNU Affero General Public License v3"],
        [],
    ],
)
def test_reaching_and_missing_licences_are_refused(words: list[str]) -> None:
    assert objection(words)


@pytest.mark.parametrize(
    "words",
    [
        ["MIT"],
        ["Apache-2.0 OR BSD-3-Clause"],
        ["LGPL-3.0-only"],
        ["License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)"],
        ["GPL-2.0-only OR MIT"],
    ],
)
def test_free_licences_are_accepted(words: list[str]) -> None:
    assert objection(words) == ""


def test_what_the_program_needs_includes_what_its_libraries_need() -> None:
    found = needed("chongzheng")
    assert {"apsw", "cryptography", "cffi", "click"} <= set(found)
    assert "pytest" not in found


def test_a_licence_that_is_only_a_text_is_known_by_its_text() -> None:
    assert stated(distribution("pysqlite3")) == ["Zlib"]
    assert stated(distribution("click")) != ["Zlib"]
