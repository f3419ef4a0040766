"""Which layouts can be read, under which word, and which of them is a file of this name in?

Ours are packaged beside this module; an operator's are laid over them, and one of the same name takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement.formats.layout import Layout, Shape
from chongzheng.settlement.formats.parse import parse

LAYOUTS_MAX = 1_000
SETS_MAX = 1
"""There is one set of layouts that is packaged."""
ENDING = ".toml"


class Known:
    """The layouts by name. A word that names a family means the member whose lines are as long as the file's first."""

    def __init__(self, layouts: Iterable[Layout]) -> None:
        self._layouts = {layout.name: layout for layout in layouts}
        if len(self._layouts) > LAYOUTS_MAX:
            raise TheirMistake(f"are more than {LAYOUTS_MAX}", "layouts")

    @property
    def words(self) -> tuple[str, ...]:
        """What `--format` takes, in order."""
        return tuple(sorted({layout.family for layout in self._layouts.values()} | set(self._layouts)))

    def over(self, others: Iterable[Layout]) -> Known:
        """These, and the others laid over them."""
        return Known([*self._layouts.values(), *others])

    def named(self, word: str, data: bytes) -> Layout:
        """The layout of `data` under this word. TheirMistake lists the words there are."""
        if word in self._layouts:
            return self._layouts[word]
        family = [layout for layout in self._layouts.values() if layout.family == word]
        if not family:
            raise TheirMistake(f"is not a layout that can be read; there is {', '.join(self.words)}", "format")
        return _by_length(family, data)

    def closes(self, name: str) -> bool:
        """Whether a file of this name closes with totals of its own, so that it needs no control file."""
        fitting = [layout for layout in self._layouts.values() if layout.day_in_name(name) is not None]
        return bool(fitting) and all(layout.closings for layout in fitting)

    def of_file(self, name: str) -> tuple[str, str]:
        """(word, day) of a file by its name; the day is "" when the name states none. TheirMistake: by its name it is
        of no layout, or of several."""
        fitting = {
            layout.family: day for layout in self._layouts.values() if (day := layout.day_in_name(name)) is not None
        }
        if len(fitting) == 1:
            return next(iter(fitting.items()))
        if fitting:
            raise TheirMistake(f"could be of several layouts: {', '.join(sorted(fitting))}", name)
        titles = "; ".join(sorted({one.title for one in self._layouts.values() if one.file_name is not None}))
        raise TheirMistake(f"is not named like any file that is known: {titles}", name)


def _by_length(family: list[Layout], data: bytes) -> Layout:
    end = data.find(b"\n")
    length = len((data if end < 0 else data[:end]).removesuffix(b"\r"))
    return next((one for one in family if one.shape is Shape.FIXED and one.line_bytes == length), family[0])


@lru_cache(maxsize=SETS_MAX)
def packaged() -> Known:
    """Our own layouts. They are checked like an operator's, so a mistake in one is found at once."""
    folder = files("chongzheng.settlement.formats")
    texts = sorted((one.name, one) for one in folder.iterdir() if one.name.endswith(ENDING))
    return Known([parse(one.read_text("utf-8"), name) for name, one in texts])
