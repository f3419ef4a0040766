"""Are units below the minimum and sites with one way out found, and wrong rows told?"""

from __future__ import annotations

from typing import Any

import pytest

from chongzheng.cases.units import (
    MINIMUMS,
    TECHNICIANS,
    UNITS,
    below_minimum,
    version_key,
    versions,
    without_second_path,
)

ROW = {"model": "N9", "serial": "A1", "version": "4.10.2", "site": "shop 12", "installed": "20260105"}


def unit(**changed: Any) -> dict[str, Any]:
    return {**ROW, **changed}


def test_versions_are_compared_by_their_numbers() -> None:
    assert version_key("4.10") > version_key("4.9.9") and version_key("4.2.0") == version_key("4.2")
    assert version_key("0") == (0,)


def test_units_below_the_minimum_of_their_model_are_listed() -> None:
    units = {"T1": unit(), "T2": unit(version="4.9"), "T3": unit(model="X1", version="1"), "T0": unit(version="4")}
    assert below_minimum(units, {"N9": {"version": "4.10"}}) == ["T0", "T2"]
    assert versions(units) == {("N9", "4"): 1, ("N9", "4.9"): 1, ("N9", "4.10.2"): 1, ("X1", "1"): 1}


def test_sites_without_a_second_path_are_listed_and_not_known_is_not_there() -> None:
    units = {
        "T1": unit(site="a", paths=["ethernet", "cellular"]),
        "T2": unit(site="a"),
        "T3": unit(site="b", paths=["wifi", "wifi"]),
        "T4": unit(site="c"),
    }
    assert without_second_path(units) == ["b", "c"]


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"version": "v4"}, "version:"),
        ({"paths": ["pigeon"]}, "paths: there is ethernet"),
        ({"paths": ["wifi"]}, ""),
        ({}, ""),
    ],
)
def test_rows(changed: dict[str, Any], wrong: str) -> None:
    said = UNITS.wrong(unit(**changed))
    assert said.startswith(wrong) and bool(said) == bool(wrong)


def test_rows_of_minimums_and_technicians() -> None:
    assert MINIMUMS.wrong({"version": "4..1"}).startswith("version") and MINIMUMS.wrong({"version": "4.1"}) == ""
    row = {"skills": ["printer"], "region": "east", "at_once": 3}
    assert TECHNICIANS.wrong(row) == "" and TECHNICIANS.wrong({**row, "at_once": 0}).startswith("at_once")
