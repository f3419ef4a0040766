"""Who may import whom: which modules are pure, which layer stands on which, and is there a cycle?"""

import ast
import sys
from collections.abc import Iterable

from house.sources import PACKAGE, Source

# DESIGN section 3 and COMMON order, lowest first; modules of one line do not know each other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("",),  # the package itself: its name and version
    ("mistakes",),
    ("money", "card"),
    ("iso8583", "fees", "reversal"),
    ("settlement",),
    ("causes",),
    ("cases",),
    ("journal",),
    ("runner",),
    ("reconcile",),
    ("gateway", "notices", "reports", "merchants", "terminal"),
    ("api",),
    ("console",),
    ("sections",),
    ("config",),
    ("uplink", "housekeeping", "clearing", "casework"),
    ("settings", "first"),
    ("reception", "beside"),
    ("app",),
    ("simulator", "certify"),
    ("bench",),
    ("cli",),
    ("__main__",),
)
PURE = (
    "mistakes.py", "money.py", "card.py", "iso8583", "fees", "reversal", "settlement", "cases", "causes",
    "gateway/channel.py",
    "gateway/translate.py", "gateway/profile.py", "gateway/cup_pos.py", "gateway/cups.py", "gateway/iso87.py",
    "gateway/pacing.py", "gateway/breaker.py", "gateway/lanes.py", "gateway/inquiry.py",
    "notices/blanks.py", "notices/taboo.py", "notices/wording.py", "notices/apology.py", "notices/promises.py",
    "reports/documents.py",
    "reports/figures.py", "reports/insight.py",
)  # fmt: skip
# The doors of the standard library: clock, disk, network, randomness, processes, logs.
DOORS = frozenset(
    "asyncio concurrent ctypes fcntl glob http logging mmap multiprocessing os pathlib random sched secrets select"
    " selectors shutil signal smtplib socket socketserver sqlite3 ssl subprocess sys tempfile threading time"
    " urllib.request uuid".split()
)
CLOCKS = frozenset({"now", "today", "utcnow"})
IO_CALLS = frozenset({"open", "print", "input", "breakpoint"})


def is_pure(source: Source) -> bool:
    """Whether the file belongs to the pure part."""
    return any(source.inner == name or source.inner.startswith(f"{name}/") for name in PURE)


def imports(source: Source) -> list[tuple[int, str, str]]:
    """(line, module, name) of every import, also inside functions and under TYPE_CHECKING; name "" for `import x`."""
    found = []
    for node in source.nodes:
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(source, node)
            found += [(node.lineno, module, alias.name) for alias in node.names]
    return found


def _absolute(source: Source, node: ast.ImportFrom) -> str:
    """The dotted module a `from` import means, dots resolved."""
    if not node.level:
        return node.module or ""
    parts = source.module.split(".")
    keep = len(parts) - node.level + (1 if source.is_package else 0)
    return ".".join([*parts[:keep], *([node.module] if node.module else [])])


def layer_of(module: str) -> tuple[int, str]:
    """(height, name) of the layer a dotted module of ours stands in; a KeyError names one that has no place."""
    parts = module.split(".")
    name = parts[1] if len(parts) > 1 else ""
    for height, names in enumerate(LAYERS):
        if name in names:
            return height, name
    raise KeyError(module)


def _ours(source: Source) -> list[tuple[int, str]]:
    """(line, dotted target) of every import of our own package; `from chongzheng import x` is an import of x."""
    found = []
    for line, module, name in imports(source):
        if module == PACKAGE and name and not name.startswith("__version"):
            found.append((line, f"{PACKAGE}.{name}"))
        elif module == PACKAGE or module.startswith(f"{PACKAGE}."):
            found.append((line, module))
    return found


def impure(source: Source, exceptions: Iterable[str], foreign: dict[str, Iterable[str]]) -> list[str]:
    """Rule 1: what a pure file may not touch. `foreign`: file -> libraries it may use; `exceptions`: allowed words."""
    allowed = {"builtins", *exceptions}
    found = []
    for line, module, name in imports(source):
        top = module.split(".")[0]
        if top == PACKAGE or top in allowed or top in foreign.get(source.inner, ()):
            continue
        if DOORS & {top, module, f"{module}.{name}"}:
            found.append(f"{source.path}:{line}: a pure module opens the door {module!r}")
        elif top not in sys.stdlib_module_names:
            found.append(f"{source.path}:{line}: a pure module uses the library {module!r}")
    for node in source.nodes:
        word = _called(node)
        if word in (CLOCKS | IO_CALLS) - allowed:
            found.append(f"{source.path}:{node.lineno}: a pure module calls {word}()")  # type: ignore[attr-defined]
    return found


def _called(node: ast.AST) -> str:
    """The name of a forbidden call: `x.now()` of any x, `open()` only as the builtin; else nothing."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            return node.func.attr
        if isinstance(node.func, ast.Name) and node.func.id in IO_CALLS:
            return node.func.id
    return ""


def impure_neighbours(source: Source) -> list[str]:
    """Rule 1: a pure file imports only pure files of ours."""
    found = []
    for line, target in _ours(source):
        inner = target.removeprefix(f"{PACKAGE}.").replace(".", "/")
        if target != PACKAGE and not any(f"{inner}.py" == name or f"{inner}/".startswith(f"{name}/") for name in PURE):
            found.append(f"{source.path}:{line}: a pure module imports {target}, which is not pure")
    return found


def upward(source: Source) -> list[str]:
    """Rule 2: imports that point to a higher layer, or to a neighbour in the same one."""
    try:
        height, name = layer_of(source.module)
    except KeyError:
        return [f"{source.path}:1: this module has no place in the tree; add one with a decision record"]
    found = []
    for line, target in _ours(source):
        try:
            their_height, their_name = layer_of(target)
        except KeyError:
            found.append(f"{source.path}:{line}: {target} has no place in the tree")
            continue
        if their_name != name and their_height >= height:
            found.append(f"{source.path}:{line}: {name} may not import {their_name} (imports point one way)")
        elif their_name == "config" and name not in ("config", "settings", "reception", "app"):
            found.append(f"{source.path}:{line}: config is read by app alone; hand {name} the piece it needs")
    return found


def knows_both(source: Source) -> list[str]:
    """Rule 2: only gateway/translate.py imports both the messages and the reversal machine."""
    lines = {target.split(".")[1]: line for line, target in _ours(source) if "." in target}
    if {"iso8583", "reversal"} <= lines.keys() and source.inner != "gateway/translate.py":
        return [f"{source.path}:{lines['reversal']}: knows both iso8583 and reversal; only gateway/translate.py may"]
    return []


def import_graph(sources: Iterable[Source]) -> dict[str, set[str]]:
    """Module -> the modules it imports; `from package import submodule` points at the submodule."""
    sources = list(sources)
    known = {source.module for source in sources}
    graph: dict[str, set[str]] = {}
    for source in sources:
        edges = graph.setdefault(source.module, set())
        for _, module, name in imports(source):
            submodule = f"{module}.{name}"
            target = submodule if submodule in known else module
            if target in known and target != source.module:
                edges.add(target)
    return graph


def cycles(graph: dict[str, set[str]]) -> list[str]:
    """Rule 2: one line for each import that closes a circle, as `a -> b -> a`."""
    found: list[str] = []
    done: set[str] = set()

    def visit(module: str, way: list[str]) -> None:
        if module in way:
            found.append(" -> ".join([*way[way.index(module) :], module]))
        elif module not in done:
            for target in sorted(graph.get(module, ())):
                visit(target, [*way, module])
            done.add(module)

    for start in sorted(graph):
        visit(start, [])
    return found


def undeclared(source: Source, declared: set[str], distribution_of: dict[str, list[str]]) -> list[str]:
    """A library that is used must be among the distributions that pyproject.toml declares (names in lower case)."""
    found = []
    for line, module, _ in imports(source):
        top = module.split(".")[0]
        if top == PACKAGE or top in sys.stdlib_module_names:
            continue
        owners = {name.lower().replace("_", "-") for name in distribution_of.get(top, [top])}
        if not owners & declared:
            found.append(f"{source.path}:{line}: {top} is not declared in pyproject.toml")
    return found
