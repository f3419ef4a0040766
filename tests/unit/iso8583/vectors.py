"""Which shared test messages are there, and where does the body begin in each?"""

import json
from pathlib import Path
from typing import Any

from chongzheng.iso8583 import dialect, one_frame, split_cup, split_cups

DATA = Path(__file__).parents[2] / "data"
VECTORS: list[dict[str, Any]] = json.loads((DATA / "iso8583-vectors.json").read_text("utf-8"))
TABLES: dict[str, Any] = json.loads((DATA / "dialects.json").read_text("utf-8"))
MESSAGES = [vector for vector in VECTORS if vector["valid"] and vector["expect"]]
REFUSED = [vector for vector in VECTORS if not vector["valid"]]


def by_id(name: str) -> dict[str, Any]:
    """The vector of this id."""
    return next(vector for vector in VECTORS if vector["id"] == name)


def body_of(vector: dict[str, Any]) -> bytes:
    """The bytes from the message type on; raises what the codec raises for a frame that is wrong."""
    data = bytes.fromhex(vector["hex"])
    if vector["includes_length"]:
        data = one_frame(data)
    if not vector["includes_tpdu_header"]:
        return data
    split = split_cups if dialect(vector["dialect"]).layout.framing == "cups" else split_cup
    return split(data)[1]
