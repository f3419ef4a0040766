"""How does a person of the desk give a command, and what does it answer?"""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner

from chongzheng.cli import main
from chongzheng.journal.actors import Actors
from requirements.desk import Desk

SECRET = "three crows on a mast"


def told(desk: Desk, who: str, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and document of a command that this person gives on the desk's journal."""
    Actors(desk.side).set_password(who, SECRET, "boss", desk.now)
    asked = [*words, "--as", who, "--password-stdin", "--db", desk.place.path, "--json"]
    done = CliRunner().invoke(main, asked, input=f"{SECRET}\n")
    assert done.exit_code in (0, 1) and done.stdout, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return done.exit_code, said
