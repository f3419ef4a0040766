"""Which unit stands where, with which version and which ways to the host, and which need attention (S-22, S-27)?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chongzheng.cases.fields import Field
from chongzheng.cases.registers import Register

PATHS = ("ethernet", "wifi", "cellular", "second SIM", "dial")
_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,4}")

UNITS = Register(
    "units",
    ("终端设备", "units of terminals"),
    False,
    (
        Field("model", "word", "型号", "its model"),
        Field("serial", "word", "序列号", "its serial number"),
        Field("version", "word", "应用版本", "version of its application, numbers with dots"),
        Field("site", "word", "地点", "where it stands"),
        Field("installed", "day", "安装日期", "since when, yyyymmdd"),
        Field("paths", "texts", "网络路径", f"ways to the host: {', '.join(PATHS)}", needed=False),
    ),
    {},
    lambda row: wrong_unit(row),
)

MINIMUMS = Register(
    "minimum versions",
    ("最低版本", "minimum versions"),
    False,
    (Field("version", "word", "最低版本", "the lowest version that may sell, numbers with dots"),),
    {},
    lambda row: "" if is_version(row["version"]) else "version: is numbers with dots, as 4.10.2",
)
"""One row a model."""

TECHNICIANS = Register(
    "technicians",
    ("技术人员技能", "skills of technicians"),
    False,
    (
        Field("skills", "texts", "技能", "rows of the register parts, models, courses"),
        Field("region", "word", "区域", "where they work"),
        Field("at_once", "whole", "同时工单上限", "orders at once"),
    ),
    {},
    lambda row: "" if row["at_once"] > 0 else "at_once: is one or more",
)
"""One row a person; its name is the actor's id."""


def is_version(text: str) -> bool:
    """Whether it is a version: up to five numbers with dots between them."""
    return bool(_VERSION.fullmatch(text))


def version_key(text: str) -> tuple[int, ...]:
    """By what versions are compared: 4.10 is above 4.9, and 4.2.0 is 4.2."""
    numbers = [int(part) for part in text.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def wrong_unit(row: Mapping[str, Any]) -> str:
    """What is wrong with a unit's row, "" nothing."""
    if not is_version(row["version"]):
        return "version: is numbers with dots, as 4.10.2"
    strange = [path for path in row.get("paths", ()) if path not in PATHS]
    return f"paths: there is {', '.join(PATHS)}" if strange else ""


def below_minimum(units: Mapping[str, Mapping[str, Any]], minimums: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The terminals whose version is below the minimum of their model, in order; a model without one has none."""
    return [
        terminal
        for terminal, unit in sorted(units.items())
        if unit["model"] in minimums and version_key(unit["version"]) < version_key(minimums[unit["model"]]["version"])
    ]


def without_second_path(units: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The sites at which no terminal has a second way to the host, in order; not known is not there."""
    ways: dict[str, int] = {}
    for unit in units.values():
        ways[unit["site"]] = max(ways.get(unit["site"], 0), len(set(unit.get("paths", ()))))
    return sorted(site for site, count in ways.items() if count < 2)


def versions(units: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], int]:
    """(model, version) -> how many: the view of the cohorts."""
    found: dict[tuple[str, str], int] = {}
    for unit in units.values():
        cohort = (unit["model"], unit["version"])
        found[cohort] = found.get(cohort, 0) + 1
    return dict(sorted(found.items(), key=lambda one: (one[0][0], version_key(one[0][1]))))
