"""Which files are the project's, and which module does each Python file hold?"""

import ast
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "chongzheng"


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root of the repository, with slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed text; a file that does not parse is an error of its own."""
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the tree, so that each rule walks it once."""
        return list(ast.walk(self.tree))

    @property
    def module(self) -> str:
        """The dotted name, e.g. `chongzheng.iso8583.mac`; a package has the name of its folder."""
        dotted = self.path.removeprefix("src/").removesuffix(".py").replace("/", ".")
        return dotted.removesuffix(".__init__")

    @property
    def inner(self) -> str:
        """The path inside the package, e.g. `iso8583/mac.py`."""
        return self.path.removeprefix(f"src/{PACKAGE}/")

    @property
    def is_package(self) -> bool:
        """Whether this is the `__init__.py` of a folder."""
        return self.path.endswith("__init__.py")


def python_files(folder: str, root: Path = ROOT) -> list[Source]:
    """Every Python file under a folder of the repository, tracked or not yet, in order."""
    found = sorted((root / folder).rglob("*.py"))
    return [Source(path.relative_to(root).as_posix(), path.read_text("utf-8")) for path in found]


def tracked_texts(root: Path = ROOT) -> dict[str, str]:
    """Path and text of every file that git tracks and that is text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout
    texts = {}
    for name in listed.decode().split("\0"):
        path = root / name
        if not name or not path.is_file():
            continue
        try:
            texts[name] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return texts
