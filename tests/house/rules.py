"""Which house rule does a piece of source text break, and on which line?

Every checker is a plain function from source text to findings `path:line: what`; an empty list means kept.
"""

import ast
import re
from collections.abc import Iterable

from house.sources import Source

MODULE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60
DRAWERS = re.compile(
    r"^(utils?|common|helpers?|base|managers?|services?|handlers?|misc|types|models.*)$"
)  # names that say nothing about what is inside
DJANGO_MODELS = ("console/models.py", "merchants/models.py")
DURATION_WORDS = frozenset("timeout delay interval wait duration ttl period backoff grace age pause lag".split())
UNIT = re.compile(r"_(ns|us|ms|s|seconds|minutes|hours|days)$", re.IGNORECASE)
# Written in two halves so that this file does not break the rule it states.
UNFINISHED = re.compile(
    "|".join(
        (
            r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b",
            r"NotImplemented" r"Error",
            r"pytest\.(sk" r"ip|xf" r"ail|importorsk" r"ip)",
            r"mark\.(sk" r"ip|sk" r"ipif|xf" r"ail)\b",
            r"# type: ig" r"nore\s*(#|$)",
            r"# no" r"qa\s*(#|$)",
            r"except (Base)?Exception:\s*pa" r"ss",
        )
    )
)
TELLTALE = re.compile("/wo" r"rk/|\bfa" r"rm-|\.lib" "rary")
WRITING_SQL = re.compile(
    r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM|ALTER\s+TABLE|DROP\s+TABLE"
    r"|CREATE\s+TABLE(?:\s+IF\s+NOT\s+EXISTS)?)\s+[\"`]?(\w+)",
    re.IGNORECASE,
)
CREATED_TABLE = re.compile(r"\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?[\"`]?(\w+)", re.IGNORECASE)
ADR_SECTIONS = ("Context", "Decision", "Status", "Consequences")
LOG_WORDS = frozenset("debug info warning error exception critical log msg print echo warn".split())


def opening_sentence(source: Source) -> list[str]:
    """Rule 3: the first line of the module's docstring is one whole sentence."""
    docstring = ast.get_docstring(source.tree)
    if not docstring:
        return [f"{source.path}:1: no docstring says which question this module answers"]
    first = docstring.split("\n")[0].strip()
    if not first.endswith((".", "?", "。", "？")):
        return [f"{source.path}:1: the first line of the docstring is not a whole sentence: {first!r}"]
    if re.search(r"[a-z)][.] [A-Z]", first):
        return [f"{source.path}:1: the first line of the docstring is more than one sentence: {first!r}"]
    return []


def undocumented(source: Source) -> list[str]:
    """Rule 3: public functions and classes at the top of a module have a docstring."""
    return [
        f"{source.path}:{node.lineno}: {node.name} is public and has no docstring"
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]


def too_long(source: Source) -> dict[str, str]:
    """Rule 2: place -> finding, for a module above 500 lines or a function above 60; places can be excepted by name."""
    found = {}
    lines = source.text.count("\n")
    if lines > MODULE_LINES_MAX:
        found[source.path] = f"{source.path}:1: {lines} lines (limit {MODULE_LINES_MAX})"
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                place = f"{source.path}:{node.lineno}"
                found[f"{source.path}::{node.name}"] = (
                    f"{place}: {node.name} has {length} lines (limit {FUNCTION_LINES_MAX})"
                )
    return found


def drawer(source: Source) -> list[str]:
    """No module or package has a name that fits everything."""
    if source.inner in DJANGO_MODELS:
        return []
    words = source.path.removesuffix(".py").split("/")
    return [f"{source.path}:1: {word!r} is a drawer; name what is inside" for word in words if DRAWERS.match(word)]


def floats(source: Source) -> list[str]:
    """Rule 7: no float value, no float annotation and no float() where money is."""
    found = []
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"{source.path}:{node.lineno}: the float {node.value!r}; money is an int in fen")
        elif isinstance(node, ast.Name) and node.id == "float":
            found.append(f"{source.path}:{node.lineno}: float is named; money is an int in fen")
    return found


def divisions(source: Source) -> list[str]:
    """Rule 7: `/` makes a float of two ints; where money is computed it is `//` or a Fraction."""
    return [
        f"{source.path}:{node.lineno}: '/' makes floats of ints; use // or Fraction(a, b)"
        for node in source.nodes
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
    ]


def naive_time(source: Source) -> list[str]:
    """Rule 7: a datetime made without a zone."""
    found = []
    for node in source.nodes:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        word = node.func.attr
        of_datetime = ast.unparse(node.func.value).split(".")[-1] in ("datetime", "date")
        zoned = any(keyword.arg == "tz" for keyword in node.keywords)
        enough = {"now": 1, "fromtimestamp": 2}.get(word)
        if word in ("utcnow", "utcfromtimestamp") or (of_datetime and word == "today"):
            found.append(f"{source.path}:{node.lineno}: {word}() is naive; instants are int milliseconds in UTC")
        elif of_datetime and enough and not zoned and len(node.args) < enough:
            found.append(f"{source.path}:{node.lineno}: {word}() without tz is naive")
    return found


def unitless_durations(source: Source) -> list[str]:
    """Rule 7: a parameter, field or constant that is a length of time and does not end in its unit."""
    found = []
    for line, name, annotation in _named_numbers(source):
        last = name.lower().split("_")[-1]
        is_number = not annotation or bool(re.search(r"\b(int|float)\b", annotation))
        if last in DURATION_WORDS and is_number and not UNIT.search(name):
            found.append(f"{source.path}:{line}: {name} is a duration; end its name in its unit, e.g. {name}_ms")
    return found


def _named_numbers(source: Source) -> list[tuple[int, str, str]]:
    """(line, name, annotation) of parameters, annotated names, and constants with a number as value."""
    found = []
    for node in source.nodes:
        if isinstance(node, ast.arg):
            found.append((node.lineno, node.arg, ast.unparse(node.annotation) if node.annotation else ""))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.append((node.lineno, node.target.id, ast.unparse(node.annotation)))
        elif isinstance(node, ast.Assign) and _is_number(node.value):
            found += [(node.lineno, target.id, "") for target in node.targets if isinstance(target, ast.Name)]
    return found


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


LIMITED = {"Queue": "maxsize", "LifoQueue": "maxsize", "PriorityQueue": "maxsize", "lru_cache": "maxsize",
           "deque": "maxlen", "Semaphore": "value", "BoundedSemaphore": "value"}  # fmt: skip
LIMIT_PLACE = {"deque": 1}


def nameless_limits(source: Source) -> list[str]:
    """Rule 7: a queue, buffer or cache without a limit, or with a limit that is a bare number."""
    found = []
    for node in source.nodes:
        if isinstance(node, ast.Call):
            word = ast.unparse(node.func).split(".")[-1]
            if word in LIMITED:
                found += _limit_findings(source, node, word)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found += _unbounded_caches(source, node)
    return found


def _limit_findings(source: Source, node: ast.Call, word: str) -> list[str]:
    keyword = LIMITED[word]
    values = [given.value for given in node.keywords if given.arg == keyword]
    values += node.args[LIMIT_PLACE.get(word, 0) :][:1]
    if not values or (isinstance(values[0], ast.Constant) and values[0].value in (None, 0)):
        return [f"{source.path}:{node.lineno}: {word} without {keyword} grows without end"]
    if _is_number(values[0]) and word != "Semaphore":
        return [f"{source.path}:{node.lineno}: the {keyword} of {word} is a bare number; give the limit a name"]
    return []


def _unbounded_caches(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """A `@cache` holds one entry for each argument ever seen; without arguments it holds one."""
    bare = [ast.unparse(decorator) for decorator in node.decorator_list]
    if any(name in ("cache", "functools.cache", "lru_cache", "functools.lru_cache") for name in bare) and (
        node.args.args or node.args.posonlyargs or node.args.kwonlyargs or node.args.vararg or node.args.kwarg
    ):
        return [f"{source.path}:{node.lineno}: the cache of {node.name} has no named limit"]
    return []


def created_tables(texts: Iterable[str]) -> set[str]:
    """The tables that some SQL text creates, in lower case."""
    return {name.lower() for text in texts for name in CREATED_TABLE.findall(text)}


def foreign_writes(path: str, text: str, tables: set[str]) -> list[str]:
    """Rule 8: SQL outside the journal that writes one of its tables; looks into the strings of a `.py` file."""
    pieces = [(1, text)]
    if path.endswith(".py"):
        pieces = [
            (node.lineno, node.value)
            for node in Source(path, text).nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
    return [
        f"{path}:{line}: writes {name}, a table of the journal; only journal/ may"
        for line, piece in pieces
        for name in WRITING_SQL.findall(piece)
        if name.lower() in tables
    ]


def unmaskings(source: Source) -> list[str]:
    """Rule 6: each place where a card value is unmasked, also by a reference to the method or past its fence."""
    return [
        f"{source.path}:{node.lineno}: unmasks card data with {node.attr}"
        for node in source.nodes
        if isinstance(node, ast.Attribute)
        and (
            node.attr == "reveal"
            or (node.attr == "_digits" and ast.unparse(node.value) != "self")
            or (node.attr == "open" and ast.unparse(node.value).lower().endswith("vault"))
        )
    ]


def spoken_secrets(source: Source) -> list[str]:
    """Rule 6: an unmasked card value inside an error, a log line or an f-string, wherever it stands."""
    found = []
    for node in source.nodes:
        speaks = isinstance(node, ast.Raise | ast.JoinedStr) or (
            isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in LOG_WORDS
        )
        if speaks and any(isinstance(below, ast.Attribute) and below.attr == "reveal" for below in ast.walk(node)):
            found.append(f"{source.path}:{node.lineno}: card data is unmasked inside a message")  # type: ignore[attr-defined]
    return sorted(set(found))


def unfinished(path: str, text: str) -> list[str]:
    """Markers of unfinished work, silent skips, and switched-off checks that do not say which one."""
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for number, line in enumerate(text.split("\n"), 1)
        if UNFINISHED.search(line)
    ]


def telltales(path: str, text: str) -> list[str]:
    """Names of the machine the work was done on."""
    return [
        f"{path}:{number}: names the machine it was written on: {found.group()!r}"
        for number, line in enumerate(text.split("\n"), 1)
        if (found := TELLTALE.search(line))
    ]


def mirror(source: Source) -> str:
    """Rule 4: the test file of a pure file, or "" for one that only holds data or passes names on."""
    does_nothing = not any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda) for node in source.nodes)
    if does_nothing and (source.is_package or "/specs/" in source.path):
        return ""
    *folders, name = source.inner.removesuffix(".py").split("/")
    return "/".join(["tests/unit", *folders, f"test_{name.strip('_')}.py"])


def missing_sections(path: str, text: str) -> list[str]:
    """A decision record says its context, the decision, its status and the consequences, in this order."""
    headings = re.findall(r"^## (\w+)", text, re.MULTILINE)
    return [f"{path}:1: no section '## {name}'" for name in ADR_SECTIONS if name not in headings]


def unknown_targets(path: str, text: str, targets: set[str]) -> list[str]:
    """`make x` in a document where the Makefile has no x."""
    return [
        f"{path}:{number}: the Makefile has no target {word!r}"
        for number, line in enumerate(text.split("\n"), 1)
        for word in re.findall(r"(?:`|^\s*\$? ?)make ([a-z]+)", line)
        if word not in targets
    ]


def unknown_commands(path: str, text: str, commands: set[str]) -> list[str]:
    """`chongzheng x` in a document where the program has no x."""
    return [
        f"{path}:{number}: the program has no command {word!r}"
        for number, line in enumerate(text.split("\n"), 1)
        for word in re.findall(r"(?:`|bin/|^\s*\$? ?)chongzheng ([a-z]+)", line)
        if word not in commands
    ]


def unruled_pairs(
    states: Iterable[str], events: Iterable[str], ruled: set[tuple[str, str]], impossible: set[tuple[str, str]]
) -> list[str]:
    """Rule 5: pairs of state and event that stand in neither list, or in both."""
    events = list(events)
    pairs = [(state, event) for state in states for event in events]
    neither = [f"{state} × {event}: neither in the table nor impossible" for state, event in pairs
               if (state, event) not in ruled | impossible]  # fmt: skip
    return neither + [f"{state} × {event}: in the table and impossible" for state, event in sorted(ruled & impossible)]
