"""Which program printed this figure, and is the document whole? Commit and digest for every document of figures."""

from __future__ import annotations

import hashlib
import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from chongzheng import __version__

GIT_WAIT_S = 5
DIGEST_DIGITS = 16


def signed(document: dict[str, Any]) -> dict[str, Any]:
    """`document` with the commit that made it and a digest over all the rest (SHA-256, first digits)."""
    whole = {**document, "commit": commit()}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()
    return {**whole, "digest": hashlib.sha256(text).hexdigest()[:DIGEST_DIGITS]}


@cache
def commit() -> str:
    """The short commit of the checkout this program runs from, `+` when changed since; else its version."""
    words = ("git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty=+", "--exclude=*")
    try:
        found = subprocess.run(words, capture_output=True, text=True, timeout=GIT_WAIT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return f"version {__version__}"
    return found.stdout.strip() or f"version {__version__}"
