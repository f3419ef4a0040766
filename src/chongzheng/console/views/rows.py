"""How do rows of a register leave as a file, and come back: the difference first, then a proposal a row?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse

from chongzheng.cases.registers import Register
from chongzheng.cases.shipped import REGISTERS
from chongzheng.console import rowfiles
from chongzheng.console.doorway import Away
from chongzheng.console.saying_no import why
from chongzheng.console.showing import here, now, page
from chongzheng.console.words import text
from chongzheng.journal.registers import Entry
from chongzheng.journal.rows import encode
from chongzheng.journal.rules import day_of
from chongzheng.mistakes import TheirMistake

TYPES = {
    rowfiles.CSV: "text/csv; charset=utf-8",
    rowfiles.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    rowfiles.TOML: "application/toml",
}
SAME, NEW, OTHER = "same", "new", "other"
FORM_BYTES_MARGIN = 16_384
"""What the form of a preview sends beside the rows."""
Result = tuple[str, str, str]
"""A row, "" or why not, where it stands now."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of a file beside the row in force. `fields`: (name, before, after) of what differs; `wrong`: why it cannot
    be proposed, "" where it can; `before`: the hash of the row in force."""

    name: str
    sort: str
    fields: tuple[tuple[str, Any, Any], ...]
    wrong: str
    before: str


def exported(request: Any, name: str) -> HttpResponse:
    """The rows in force."""
    one, form = _known(name), request.GET.get("format", rowfiles.CSV)
    if form not in TYPES:
        raise Http404
    answer = HttpResponse(rowfiles.written(one, _in_force(one), form), content_type=TYPES[form])
    day = day_of(now())
    answer["Content-Disposition"] = f'attachment; filename="{name.replace(" ", "-")}-{day}.{form}"'
    return answer


def asked(request: Any, name: str, wrong: str = "", status: int = 200) -> HttpResponse:
    """Which file."""
    return page(
        request, "rows_in.html", status, one=_known(name), wrong=wrong, most=rowfiles.ROWS_MAX, reason=_reason(request),
        day=_day(request),
    )  # fmt: skip


def compared(request: Any, name: str) -> HttpResponse:
    """What the file would change, row by row; nothing is proposed yet."""
    one, given = _known(name), request.FILES.get("file")
    try:
        if given is None or given.size > rowfiles.FILE_BYTES_MAX:
            raise TheirMistake(f"one of at most {rowfiles.FILE_BYTES_MAX} bytes", "file")
        rows = rowfiles.read(one, given.read(), given.name)
    except TheirMistake as mistake:
        return _unreadable(request, name, str(mistake))
    language = request.seat.language
    found = [replace(it, wrong=why(it.wrong, language)) for it in differences(one, rows, _in_force(one))]
    good = [it for it in found if it.sort != SAME]
    changes = [{"name": it.name, "body": rows[it.name], "before": it.before} for it in good]
    said = json.dumps(changes, ensure_ascii=False)
    if len(said.encode()) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE - FORM_BYTES_MARGIN:
        return _unreadable(request, name, "changes more than one form can carry; import it in parts")
    return page(
        request, "rows_seen.html", one=one, found=good, same=len(found) - len(good), good=good,
        bad=[it for it in found if it.wrong], said=said, reason=_reason(request),
        day=_day(request),
    )  # fmt: skip


def _unreadable(request: Any, name: str, line: str) -> HttpResponse:
    language = request.seat.language
    return asked(request, name, text("rows.unreadable", language, why=why(line, language)), 400)


def proposed(request: Any, name: str) -> HttpResponse:
    """Each row through the door, in this person's name; a row that is not as it was any more is left alone.

    Where the door does not answer, nobody knows what became of that row; those behind it are not sent.
    """
    one, force = _known(name), _in_force(_known(name))
    there = {(entry.name, entry.valid_from): entry for entry in here().registers.history(name)}
    results: list[Result] = []
    rows = _said(request)
    for number, row in enumerate(rows):
        try:
            results.append(_proposed(request, one, row, force, there))
        except Away:
            unknown = (str(row["name"]), text("rows.away", request.seat.language), "")
            unsent = text("rows.unsent", request.seat.language)
            results += [unknown, *((str(left["name"]), unsent, "") for left in rows[number + 1 :])]
            break
    return page(request, "rows_done.html", one=one, results=results)


def _proposed(
    request: Any, one: Register, row: Mapping[str, Any], force: Mapping[str, Any], there: Mapping[Any, Entry]
) -> Result:
    """Unless the last edition of this row for this day says the same already."""
    name = str(row["name"])
    if _hash(force.get(name)) != row["before"]:
        return name, text("rows.moved", request.seat.language), ""
    day = request.POST.get("from", "").replace("-", "")
    same = there.get((name, day))
    if same is not None and dict(same.body) == row["body"]:
        return name, "", "register.force" if same.in_force else "register.waits"
    document = {"name": name, "valid_from": day, "body": row["body"], "reason": _reason(request)}
    answer = settings.DESK.doorway.propose(one.name, document, request.seat.door)
    if not answer.done:
        return name, why(answer.why, request.seat.language), ""
    return name, "", "register.force" if answer.said.get("in_force") else "register.waits"


def differences(
    register: Register, rows: Mapping[str, Mapping[str, Any]], force: Mapping[str, Mapping[str, Any]]
) -> list[Difference]:
    """Each row of a file beside the one in force; rows that the file does not have stay as they are."""
    found = []
    for name, row in rows.items():
        had = force.get(name)
        names = dict.fromkeys([*(had or {}), *row])
        fields = tuple(
            (key, (had or {}).get(key), row.get(key)) for key in names if (had or {}).get(key) != row.get(key)
        )
        sort = NEW if had is None else OTHER if fields else SAME
        found.append(Difference(name, sort, fields, register.wrong(row) if sort != SAME else "", _hash(had)))
    return found


def _hash(row: Mapping[str, Any] | None) -> str:
    return "" if row is None else hashlib.sha256(encode(dict(row))).hexdigest()


def _said(request: Any) -> list[dict[str, Any]]:
    """The rows of the preview's form; nothing, where somebody sent something else."""
    try:
        found = json.loads(request.POST.get("rows", "[]"))
    except (ValueError, RecursionError):
        return []
    good = isinstance(found, list) and all(
        isinstance(one, dict) and one.keys() >= {"name", "body", "before"} for one in found
    )
    return found[: rowfiles.ROWS_MAX] if good else []


def _in_force(one: Register) -> dict[str, Mapping[str, Any]]:
    return dict(here().registers.in_force(now())[one.name])


def _known(name: str) -> Register:
    if name not in REGISTERS:
        raise Http404
    return REGISTERS[name]


def _reason(request: Any) -> str:
    return str(request.POST.get("reason", "")).strip()


def _day(request: Any) -> str:
    today = day_of(now())
    return str(request.POST.get("from", f"{today[:4]}-{today[4:6]}-{today[6:]}"))
