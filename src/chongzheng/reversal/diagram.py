"""What do the rules of the table look like on paper? A state diagram, and every row and impossible pair in words."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from chongzheng.mistakes import TheirMistake
from chongzheng.reversal import books_page
from chongzheng.reversal.events import Event
from chongzheng.reversal.payment import FINAL, State
from chongzheng.reversal.rows import Row
from chongzheng.reversal.table import IMPOSSIBLE, TABLE

Rows = Mapping[State, Mapping[Event, Row]]
Impossible = Mapping[Event, tuple[frozenset[State], str]]

FILE_NAME = "reversal.md"

HEAD = """# The reversal machine

Written by `make docs` from the table in `src/chongzheng/reversal/table.py`; do not edit. An edge names the events
that lead along it. Events that leave a payment where it is are not drawn; all rows stand in the list below.
"""


def draw(table: Rows = TABLE, impossible: Impossible = IMPOSSIBLE) -> str:
    """The whole document, Markdown with a Mermaid state diagram; the same table gives the same text."""
    return "\n".join([HEAD, _picture(table), _rows(table), _impossible(impossible)])


def _picture(table: Rows) -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {State.NEW}"]
    for (source, target), events in _edges(table).items():
        lines.append(f"    {source} --> {target}: {', '.join(events)}")
    lines += [f"    {state} --> [*]" for state in State if state in FINAL]
    return "\n".join([*lines, "```", ""])


def _edges(table: Rows) -> dict[tuple[State, State], list[Event]]:
    edges: dict[tuple[State, State], list[Event]] = {}
    for source, rows in table.items():
        for event, row in rows.items():
            if row.to is not source:
                edges.setdefault((source, row.to), []).append(event)
    return edges


def _rows(table: Rows) -> str:
    lines = [f"## The {sum(map(len, table.values()))} rows", "", "| in | on | go to | and |", "|---|---|---|---|"]
    for source, rows in table.items():
        for event, row in rows.items():
            to = "stay" if row.to is source else row.to
            lines.append(f"| {source} | {event} | {to} | {', then '.join(row.do)} |")
    return "\n".join([*lines, ""])


def _impossible(impossible: Impossible) -> str:
    pairs = sum(len(states) for states, _ in impossible.values())
    lines = [f"## The {pairs} impossible pairs", "", "| event | in | because |", "|---|---|---|"]
    for event, (states, reason) in impossible.items():
        where = ", ".join(state for state in State if state in states)
        lines.append(f"| {event} | {where} | {reason} |")
    return "\n".join([*lines, ""])


def main(arguments: list[str]) -> int:
    """Write the documents into the folder that the one argument names; 2 and a line on stderr if that cannot be."""
    try:
        if len(arguments) != 1:
            raise TheirMistake("say one folder to write into", "python -m chongzheng.reversal.diagram DIR")
        folder = Path(arguments[0])
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in ((FILE_NAME, draw()), (books_page.FILE_NAME, books_page.draw())):
            (folder / name).write_text(text, "utf-8")
    except (TheirMistake, OSError) as mistake:
        print(mistake, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
