"""Is a change of any one line of the tables and of the ledger's rules noticed by their tests?

`python tests/house/line_mutation.py [--every N] [--json]` changes one thing at a time: in the table where a row leads
and each action that it names, elsewhere what the operators of the mutation tool cosmic-ray change (comparisons,
numbers, booleans, conditions, exceptions, decorators). It runs the tests of behaviour against each change in a process
of its own and prints what survived; exit 1 when fewer than 95 of 100 were noticed. Changes that change nothing that can
happen stand with their reasons in line_mutation_alike.toml and are counted apart. Tests that only compare a page or
diagram with the table would notice everything, so they are left out. `make mutation` installs the tool and runs it.
"""

import argparse
import ast
import contextlib
import importlib.abc
import importlib.util
import io
import json
import multiprocessing
import os
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "chongzheng"
TABLE = "reversal/table.py"
RULES = ("reversal/verdict.py", "reversal/entries.py", "reversal/booking.py", "reversal/rows.py")
SUITES = ("tests/scenarios", "tests/unit/reversal")
"""After the module's own tests, in this order: the first that fails has noticed."""
LEFT_OUT = ("--ignore=tests/unit/reversal/test_diagram.py", "--ignore=tests/unit/reversal/test_books_page.py")
ALIKE = ("core/ReplaceComparisonOperator_Is_Eq", "core/ReplaceComparisonOperator_IsNot_NotEq")
"""Operators whose changes mean the same here: what is compared by identity are members of enumerations and None."""
KNOWN_ALIKE = Path(__file__).with_name("line_mutation_alike.toml")
NOTICED_MIN = 0.95
TEST_TIME_S_MAX = 120
"""A change that makes a test run for ever is noticed as well."""


@dataclass(frozen=True)
class Change:
    """One changed line: the module (`reversal/table.py`), what was done, and the whole source with it."""

    module: str
    line: int
    what: str
    source: str


class Changed(importlib.abc.MetaPathFinder):
    """Finds the module that was changed before anybody else does."""

    def __init__(self, change: Change) -> None:
        self._path = SOURCE / change.module
        self._name = "chongzheng." + change.module.removesuffix(".py").replace("/", ".")
        self._source = change.source

    def find_spec(self, name: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        """The module with its change."""
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._path, loader=_Loader(name, self._path, self._source))


class _Loader(importlib.abc.InspectLoader):
    def __init__(self, name: str, path: Path, source: str) -> None:
        self._path, self._source = path, source

    def get_source(self, fullname: str) -> str:
        return self._source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, str(self._path), "exec")


def changes() -> Iterator[Change]:
    """Every change that is tried, in the order of the lines of each file."""
    yield from _of_the_table((SOURCE / TABLE).read_text("utf-8"))
    for module in RULES:
        yield from _of_rules(module, (SOURCE / module).read_text("utf-8"))


def _of_the_table(source: str) -> Iterator[Change]:
    """Another state to go to, and one action fewer, for each row."""
    states = [line.split(" = ")[0].strip() for line in _body_of("reversal/payment.py", "State")]
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Row"):
            continue
        target, actions = node.args[0], node.args[1:]
        assert isinstance(target, ast.Attribute)
        other = states[(states.index(target.attr) + 1) % len(states)]
        yield Change(TABLE, node.lineno, f"{target.attr} becomes {other}", _put(source, target, f"S.{other}"))
        for listed in actions:
            assert isinstance(listed, ast.Tuple)
            for left_out in listed.elts:
                kept = "".join(f"{ast.unparse(one)}, " for one in listed.elts if one is not left_out)
                after = _put(source, listed, f"({kept})")
                yield Change(TABLE, left_out.lineno, f"without {ast.unparse(left_out)}", after)


def _body_of(module: str, name: str) -> list[str]:
    tree = ast.parse((SOURCE / module).read_text("utf-8"))
    found = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    return [ast.unparse(line) for line in found.body if isinstance(line, ast.Assign)]


def _put(source: str, node: ast.expr, text: str) -> str:
    """The source with another text in the place of a node."""
    lines = source.splitlines(keepends=True)
    assert node.end_lineno is not None and node.end_col_offset is not None
    begin = sum(map(len, lines[: node.lineno - 1])) + _characters(lines[node.lineno - 1], node.col_offset)
    end = sum(map(len, lines[: node.end_lineno - 1])) + _characters(lines[node.end_lineno - 1], node.end_col_offset)
    return source[:begin] + text + source[end:]


def _characters(line: str, offset_bytes: int) -> int:
    return len(line.encode()[:offset_bytes].decode())


def _of_rules(module: str, source: str) -> Iterator[Change]:
    """What each operator of the tool changes, but for annotations, which nothing reads."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    before, seen = _behaviour(source), {source}
    for name in operator_names():
        kind = get_operator(name)
        if kind.arguments() or name in ALIKE:
            continue
        operator = kind()
        places = [place for node in ast_nodes(get_ast(source)) for place in operator.mutation_positions(node)]
        for occurrence, ((line, _), _) in enumerate(places):
            after = mutate_code(source, operator, occurrence)
            if after is not None and after not in seen and _behaviour(after) != before:
                seen.add(after)
                yield Change(module, line, name.removeprefix("core/"), after)


def _behaviour(source: str) -> str:
    """The program without its annotations; what does not compile is a change of its own."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return ast.dump(tree)


def alike() -> set[tuple[str, str, str]]:
    """(module, line as it stands, operator) of changes that are known to change nothing; a number goes with the line
    that it makes."""
    known = tomllib.loads(KNOWN_ALIKE.read_text("utf-8"))["alike"]
    return {(one["module"], one["line"], what) for one in known for what in one["what"]}


def _name(change: Change) -> tuple[str, str, str]:
    was, is_now = (text.splitlines()[change.line - 1].strip() for text in (_source(change.module), change.source))
    return change.module, was, f"{change.what}: {is_now}" if change.what == "NumberReplacer" else change.what


def _source(module: str) -> str:
    return (SOURCE / module).read_text("utf-8")


def noticed(change: Change, *suites: str, start: str = "spawn") -> bool:
    """Whether a test of these suites (by default the module's own and all others) fails, or takes for ever, when the
    module is changed so. It runs in a process that is no plain fork: whoever asks may have read the module already."""
    context = multiprocessing.get_context(start)
    child = context.Process(target=_try, args=(change, suites or (_own_tests(change.module), *SUITES)))
    child.start()
    child.join(TEST_TIME_S_MAX)
    if child.is_alive():
        child.kill()
        child.join()
    return child.exitcode != 0


def _prepare() -> str:
    """How processes are started when there are hundreds: from one that has read the tools, but no module of ours."""
    multiprocessing.set_forkserver_preload(["pytest", "hypothesis.strategies", "psutil"])
    return "forkserver"


def _try(change: Change, suites: tuple[str, ...]) -> None:
    sys.meta_path.insert(0, Changed(change))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # what is not loaded costs no time a thousand times over
    quiet = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin", *LEFT_OUT]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        failed = any(pytest.main([*quiet, "--hypothesis-seed=1", suite]) for suite in suites)
    sys.exit(int(failed))


def _own_tests(module: str) -> str:
    folder, _, name = module.rpartition("/")
    return f"tests/unit/{folder}/test_{name}"


def main() -> int:
    """Try them, tell what survived; 0 when enough was noticed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="try every N-th change only")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    given = parser.parse_args()
    start, tried, survived, known, same = _prepare(), 0, list[Change](), alike(), 0
    for change in list(changes())[:: given.every]:
        tried += 1
        if not noticed(change, start=start):
            if _name(change) in known:
                same += 1
                continue
            survived.append(change)
            if not given.json:
                print(f"survived: {change.module}:{change.line} {change.what}", flush=True)
    share = 1 - (len(survived) + same) / tried
    figures: dict[str, object] = {
        "tried": tried,
        "noticed": tried - len(survived) - same,
        "share": round(share, 4),
        "alike": same,
        "survived": [f"{one.module}:{one.line} {one.what}" for one in survived],
    }
    told = f"{figures['noticed']} of {tried} changes noticed ({share:.1%}), {same} change nothing"
    print(json.dumps(figures) if given.json else told)
    return int(share < NOTICED_MIN)


if __name__ == "__main__":
    sys.exit(main())
