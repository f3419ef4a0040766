"""Which templates does this installation have: ours, and those that the operator laid beside them?"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

from chongzheng.mistakes import OurMistake, TheirMistake
from chongzheng.notices.wording import Template, load

FILE_BYTES_MAX = 1_000_000
FILES_MAX = 100


@cache
def packaged() -> tuple[Template, ...]:
    """The templates that come with the program."""
    folder = files("chongzheng.notices").joinpath("texts")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return load(row for name in names for row in tomllib.loads(folder.joinpath(name).read_text("utf-8"))["template"])


def with_own(folder: Path | None) -> tuple[Template, ...]:
    """Those and the operator's (*.toml of a folder); a newer version of the same name takes the place of ours.

    TheirMistake: a file that cannot be read, or a template that could say what it may not.
    """
    if folder is None:
        return packaged()
    own = tuple(template for path in _files(folder) for template in _read(path))
    ours = {template.id for template in packaged()}
    for template in own:
        if template.id in ours:
            raise TheirMistake("is a version that we wrote; give yours a higher number", f"{folder}: {template.id}")
    return packaged() + own


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise TheirMistake("is not a folder", str(folder))
    found = sorted(folder.glob("*.toml"))
    if len(found) > FILES_MAX:
        raise TheirMistake(f"holds more than {FILES_MAX} files of templates", str(folder))
    return found


def _read(path: Path) -> tuple[Template, ...]:
    try:
        with open(path, "rb") as file:
            text = file.read(FILE_BYTES_MAX).decode("utf-8")
        return load(tomllib.loads(text)["template"])
    except (OSError, UnicodeDecodeError):
        raise TheirMistake("cannot be read", str(path)) from None
    except tomllib.TOMLDecodeError as error:
        raise TheirMistake(f"is not TOML: {error}", str(path)) from None
    except OurMistake as mistake:
        raise TheirMistake(mistake.what, f"{path}: {mistake.where}") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TheirMistake(f"has a template that is not whole ({type(error).__name__}: {error})", str(path)) from None
