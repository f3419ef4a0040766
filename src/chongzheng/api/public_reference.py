"""What may somebody have meant by the reference they typed, and under which one name is it counted, however written?"""

from __future__ import annotations

import re

PAYMENT = re.compile(r"P[A-Z2-7]{16}")
MATTER = re.compile(r"[A-Z]{2,20}-[1-9][0-9]{0,14}")
RRN = re.compile(r"[0-9]{12}")
"""F37 may carry letters by the standard; every host and file here fills it with digits, and a word of twelve letters
is a word of somebody's text."""
TRACE = re.compile(r"([0-9A-Z]{1,8})[-/ ]([0-9]{1,6})")
TRACE_DIGITS = 6
_CODE = re.compile(r"(.+)-[0-9A-F]{20}")


def read(typed: str) -> str:
    """As it is looked up: without blanks around it, in capitals."""
    return typed.strip().upper()


def spaced(typed: str) -> str:
    """For a person who reads it: terminal and trace apart, so that the two together do not look like a card number."""
    trace = TRACE.fullmatch(read(typed))
    return f"{trace[1]} / {trace[2]}" if trace is not None else " ".join(typed.split())


def counted(typed: str) -> str:
    """One name for all ways to write the same: `T-42`, `t/0042` and ` T 000042` are one; a link's code is what it
    names, whatever its signature."""
    reference = " ".join(read(typed).split())
    if (code := _CODE.fullmatch(reference)) is not None:
        return code[1]
    if (trace := TRACE.fullmatch(reference)) is not None:
        return f"{trace[1]}-{trace[2].zfill(TRACE_DIGITS)}"
    return reference
