"""Which causes are there, what speaks for and against each, whose are they, and what is done about them?

The shape of causes.csv (facts/operations 6.2, data/README.md). Priors are relative weights; they are an expert's guess
until confirmed cases replace them (`learn`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from chongzheng.causes.predicate import Item, read_items
from chongzheng.mistakes import TheirMistake

COLUMNS = (
    "cause_id", "domain", "name_zh", "name_en", "prior", "evidence", "contra", "attribution", "remedy", "prevention",
    "owner", "supplier",
)  # fmt: skip
CAUSES_MAX = 500
CONTRIBUTING_ONLY = frozenset({"OP-TRAIN"})
"""Never a primary cause: an investigation may not stop at "untrained" (facts/operations 2.8)."""


@dataclass(frozen=True)
class Cause:
    """One row. `prior` > 0; `evidence` speaks for it, `contra` against it; `supplier` "" where nobody is to involve."""

    id: str
    domain: str
    zh: str
    en: str
    prior: float
    evidence: tuple[Item, ...]
    contra: tuple[Item, ...]
    attribution: str
    remedy: str
    prevention: str
    owner: str
    supplier: str

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Everything that may count."""
        return self.evidence + self.contra

    @property
    def contributing_only(self) -> bool:
        """Whether it may never be the primary cause."""
        return self.id in CONTRIBUTING_ONLY


@dataclass(frozen=True)
class Table:
    """All causes, in the order of the file. `version` names the priors in force."""

    causes: tuple[Cause, ...]
    version: str = "packed"

    @cached_property
    def by_id(self) -> dict[str, Cause]:
        """The causes by their id."""
        return {cause.id: cause for cause in self.causes}

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """Every signal that some item asks for, in the order of the first."""
        return tuple(dict.fromkeys(name for cause in self.causes for item in cause.items for name in item.needs))

    def cause(self, cause_id: str, where: str) -> Cause:
        """The cause of this id. TheirMistake: there is none."""
        if cause_id not in self.by_id:
            raise TheirMistake(f"{cause_id!r} is no cause of the table", where)
        return self.by_id[cause_id]


@cache
def packed() -> Table:
    """The table of the installation."""
    return read(files(__package__).joinpath("causes.csv").read_text("utf-8").splitlines(), "causes.csv")


def read(lines: Iterable[str], where: str) -> Table:
    """The table in the lines of a CSV file. TheirMistake: columns, numbers or evidence that cannot be read."""
    rows = csv.DictReader(lines, strict=True)
    causes: dict[str, Cause] = {}
    try:
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise TheirMistake(f"has not the columns {', '.join(COLUMNS)}", where)
        for row in rows:
            path = f"{where} line {rows.line_num}"
            if None in row or None in row.values():
                raise TheirMistake(f"has not {len(COLUMNS)} columns", path)
            if len(causes) == CAUSES_MAX:
                raise TheirMistake(f"has more than {CAUSES_MAX} causes", where)
            cause = _cause(row, path)
            if cause.id in causes:
                raise TheirMistake(f"{cause.id} stands twice", path)
            causes[cause.id] = cause
    except csv.Error as wrong:
        raise TheirMistake(f"is no CSV: {wrong}", f"{where} line {rows.line_num}") from None
    if not causes:
        raise TheirMistake("has no causes", where)
    return Table(tuple(causes.values()))


def _cause(row: dict[str, str], path: str) -> Cause:
    return Cause(
        row["cause_id"],
        row["domain"],
        row["name_zh"],
        row["name_en"],
        _prior(row["prior"], path),
        read_items(row["evidence"], f"{path}, evidence"),
        read_items(row["contra"], f"{path}, contra"),
        row["attribution"],
        row["remedy"],
        row["prevention"],
        row["owner"],
        "" if row["supplier"] == "none" else row["supplier"],
    )


def _prior(text: str, path: str) -> float:
    try:
        prior = float(text)
    except ValueError:
        prior = 0.0
    if not 0.0 < prior < 1e6:
        raise TheirMistake(f"{text!r} is no prior above zero", f"{path}, prior")
    return prior
