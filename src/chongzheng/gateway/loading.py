"""Which file on the disk is this, with which control file and in which layout, ours or an operator's own?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chongzheng.gateway.workbook import unpack
from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import days
from chongzheng.settlement.formats import control as control_file
from chongzheng.settlement.formats.control import CONTROL_BYTES_MAX
from chongzheng.settlement.formats.known import ENDING, LAYOUTS_MAX, Known, packaged
from chongzheng.settlement.formats.parse import LAYOUT_CHARS_MAX, parse
from chongzheng.settlement.formats.reader import keyless
from chongzheng.settlement.intake import ACOM, FILE_BYTES_MAX, ClearingFile, admit

CONTROL_SUFFIX = ".ctl"
BYTES_A_CHAR_MAX = 4


@dataclass(frozen=True, slots=True)
class Desk:
    """What it takes to read a file: the layouts there are, and the keyed hash of a card number."""

    known: Known
    hashed: Callable[[str], str] = keyless


def load(path: Path, day: str, control: Path | None = None, word: str = ACOM, desk: Desk | None = None) -> ClearingFile:
    """The file at `path` with its control file (beside it, unless named); TheirMistake when it cannot be believed.

    `day`: yyyymmdd, or "" where the file's name states it. `word`: the layout's, or the path of one (TOML).
    """
    desk = desk or Desk(packaged())
    word, known = _own(word, desk.known)
    beside = control or path.with_name(path.name + CONTROL_SUFFIX)
    data = _bytes(path, FILE_BYTES_MAX)
    vouched = _bytes(beside, CONTROL_BYTES_MAX) if control is not None or beside.is_file() else None
    stated = day or known.named(word, data).day_in_name(path.name) or ""
    return admit(data, path.name, stated, vouched, word, known, desk.hashed, unpack)


def load_named(path: Path, desk: Desk | None = None) -> ClearingFile:
    """The same of a file whose name states its layout and its day, or its control file does; TheirMistake also when
    neither does."""
    desk = desk or Desk(packaged())
    beside = path.with_name(path.name + CONTROL_SUFFIX)
    if beside.is_file():
        promised = control_file.parse(_bytes(beside, CONTROL_BYTES_MAX), beside.name)
        if promised.format:
            return load(path, promised.day, None, promised.format, desk)
    word, day = desk.known.of_file(path.name)
    if not days.is_day(day):
        raise TheirMistake("does not state in its name which day it is of", path.name)
    return load(path, day, None, word, desk)


def layouts(folder: Path | None) -> Known:
    """Ours, and over them every layout (.toml) in the operator's folder; TheirMistake: not there, or one is wrong."""
    if folder is None:
        return packaged()
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix == ENDING)
    except OSError as error:
        raise TheirMistake(f"cannot be read ({error.strerror})", str(folder)) from None
    if len(found) > LAYOUTS_MAX:
        raise TheirMistake(f"holds more than {LAYOUTS_MAX} layouts", str(folder))
    return packaged().over(parse(_text(path), path.name) for path in found)


def _own(word: str, known: Known) -> tuple[str, Known]:
    """A word that names a file is an operator's layout."""
    if not word.endswith(ENDING):
        return word, known
    layout = parse(_text(Path(word)), Path(word).name)
    return layout.name, known.over([layout])


def _text(path: Path) -> str:
    data = _bytes(path, LAYOUT_CHARS_MAX * BYTES_A_CHAR_MAX)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TheirMistake("is not UTF-8 text", path.name) from None


def _bytes(path: Path, most: int) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise TheirMistake(f"cannot be read ({error.strerror})", str(path)) from None
