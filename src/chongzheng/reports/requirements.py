"""Which requirements are there, where are they built, and how does each stand by the last receipt of their proof?"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

TESTS = Path("tests") / "requirements"
RECEIPT = Path("build") / "requirements.json"
RECEIPT_BYTES_MAX = 4 << 20
JUDGED = ("src", "tests", "pyproject.toml", "requirements.lock")
"""What a receipt is about: a change of any byte of these makes it void."""
LEFT_OUT = frozenset({"__pycache__", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache"})
RED = frozenset({"red", "hangs"})
"""Ends of a planted bug that say: the named test noticed it."""


class Status(StrEnum):
    """How a requirement stands."""

    PROVEN = "proven"
    """Its named test passed at this very tree, and each of its named planted bugs turned it red."""
    PARTIAL = "partial"
    """The same, but a part of what was asked for is not there yet."""
    OPEN = "open"
    """Anything else; `why` says what."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row of the table; `missing` and `missing_zh` are empty when nothing is missing."""

    id: str
    area: str
    zh: str
    en: str
    built: tuple[str, ...]
    test: str = ""
    missing: str = ""
    missing_zh: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a run found of one row: its tests that passed and that did not, and how each planted bug ended."""

    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    mutants: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A row and how it stands; `why` says what keeps it from being proven."""

    row: Requirement
    status: Status
    why: str = ""
    proof: Proof = field(default_factory=Proof)


def every_row() -> tuple[Requirement, ...]:
    """The table, S-01 first."""
    text = Path(__file__).with_suffix(".toml").read_text("utf-8")
    rows = tomllib.loads(text)["row"]
    return tuple(Requirement(**{**row, "built": tuple(row["built"])}) for row in rows)


def tree(root: Path) -> str:
    """SHA-256 over name and content of every file that a receipt is about; caches left out."""
    whole = hashlib.sha256()
    for path in sorted(_files(root)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return whole.hexdigest()


def _files(root: Path) -> Iterable[Path]:
    for name in JUDGED:
        top = root / name
        found = [top] if top.is_file() else top.rglob("*")
        yield from (path for path in found if path.is_file() and not LEFT_OUT & set(path.parts))


def receipt(root: Path) -> dict[str, Proof] | None:
    """What the last run found at this very tree, by row; None when there was none, or anything changed since."""
    path = root / RECEIPT
    try:
        if path.stat().st_size > RECEIPT_BYTES_MAX:
            return None
        found: dict[str, Any] = json.loads(path.read_bytes())
        rows = {name: _proof(row) for name, row in found["rows"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return rows if found.get("tree") == tree(root) else None


def _proof(row: Mapping[str, Any]) -> Proof:
    mutants = tuple({str(name): str(word) for name, word in one.items()} for one in row["mutants"])
    return Proof(tuple(map(str, row["passed"])), tuple(map(str, row["failed"])), mutants)


def standings(rows: Iterable[Requirement], proofs: Mapping[str, Proof] | None) -> list[Standing]:
    """How each row stands by a receipt; without one nothing is proven."""
    return [_standing(row, None if proofs is None else proofs.get(row.id)) for row in rows]


def _standing(row: Requirement, proof: Proof | None) -> Standing:
    if not row.test:
        return Standing(row, Status.OPEN, "it has no named test yet")
    if proof is None:
        return Standing(row, Status.OPEN, "its test was not run at this tree: make requirements")
    if why := _doubt(proof):
        return Standing(row, Status.OPEN, why, proof)
    return Standing(row, Status.PARTIAL if row.missing else Status.PROVEN, "", proof)


def _doubt(proof: Proof) -> str:
    """Why this is no proof; empty when it is one."""
    if proof.failed:
        return f"its test fails: {proof.failed[0]}"
    if not proof.passed:
        return "its named test is not there"
    if not proof.mutants:
        return "no planted bug is named for it"
    for one in proof.mutants:
        if one.get("end") not in RED:
            return f"a planted bug is not noticed ({one.get('end')}): {one.get('name')}"
    return ""
