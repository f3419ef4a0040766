"""Does the repository keep its own house rules (DESIGN section 9)?

One test for each rule; its message names file and line. `tests/house/test_*.py` shows that each rule can fail.
An exception stands here by name with its reason; a test fails when nothing needs it any more, so the lists only shrink.
"""

import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

from house import layers, rules
from house.sources import ROOT, Source, python_files, tracked_texts

# file or file::function -> why it may be longer than the limit. At most this many, and fewer next time.
LONG: dict[str, str] = {}
LONG_MAX = 0

# pure file -> (words it may use all the same, why)
DOORS_OPENED: dict[str, tuple[tuple[str, ...], str]] = {
    "reversal/diagram.py": (("pathlib", "sys", "print"), "its main writes docs/diagrams; the drawing itself is pure"),
}
# pure file -> libraries beside the standard library
LIBRARIES = {"iso8583/mac.py": ("cryptography",), "iso8583/keys.py": ("cryptography",)}

# where money is: no float at all; and where it is computed: no "/" either
MONEY = ("money.py", "fees/", "reversal/", "settlement/", "cases/", "journal/")
MONEY_COMPUTED = ("money.py", "fees/", "reversal/", "settlement/", "cases/")
FLOATS_ALLOWED: dict[str, str] = {}
DIVISIONS_ALLOWED: dict[str, str] = {"reversal/diagram.py": "joins paths"}

# file -> why its queue or cache has no limit of its own
UNLIMITED: dict[str, str] = {}

# file -> why it may write tables of the journal behind its back
ATTACKERS: dict[str, str] = {"simulator/attacker.py": "is the attacker that the audit must find"}

# The only files that may see a card number in the clear, from its type or from the vault.
UNMASK: dict[str, str] = {
    "journal/plan.py": "hands it to the vault to be sealed",
    "journal/mailbox.py": "carries a card number, sealed, from a door without an engine to an engine",
    "journal/store.py": "opens the vault for an obligation that still needs the number, and for working keys",
    "journal/outbox.py": "opens the secrets of webhooks, which are not card data but open like it",
    "api/public.py": "opens the contact of a complaint, which is no card data but opens like it",
    "gateway/keybox.py": "opens sealed master keys, which are not card data but open like it",
    "gateway/translate.py": "puts it into the message for the host",
}


@cache
def source_files() -> list[Source]:
    """Every Python file of the program."""
    return python_files("src")


@cache
def texts() -> dict[str, str]:
    """Every tracked text file."""
    return tracked_texts()


def pure_files() -> list[Source]:
    """Every Python file of the pure part."""
    return [source for source in source_files() if layers.is_pure(source)]


def hold(findings: list[str]) -> None:
    """Fail with one finding a line."""
    assert not findings, "\n" + "\n".join(findings)


def needed_no_more(exceptions: dict[str, str], broken: list[str]) -> list[str]:
    """Exceptions whose file is there and keeps the rule by itself, as findings."""
    there = {source.inner for source in source_files()}
    return [
        f"the exception for {path} is no longer needed; take it out"
        for path in exceptions
        if path in there and not any(finding.startswith(f"src/chongzheng/{path}:") for finding in broken)
    ]


def except_for(exceptions: dict[str, str], findings: list[str]) -> list[str]:
    """Findings outside the excepted files, and exceptions without a finding."""
    kept = tuple(f"src/chongzheng/{path}:" for path in exceptions)
    outside = [finding for finding in findings if not finding.startswith(kept)] if kept else findings
    return outside + needed_no_more(exceptions, findings)


def test_there_is_something_to_check() -> None:
    assert len(source_files()) > 5
    assert len(pure_files()) > 5


# Rule 1


def test_pure_modules_open_no_doors() -> None:
    nothing: tuple[tuple[str, ...], str] = ((), "")
    hold([
        finding
        for source in pure_files()
        for finding in layers.impure(source, DOORS_OPENED.get(source.inner, nothing)[0], LIBRARIES)
    ])


def test_exceptions_to_purity_are_needed() -> None:
    broken = [finding for source in pure_files() for finding in layers.impure(source, (), {})]
    hold(needed_no_more({path: why for path, (_, why) in DOORS_OPENED.items()} | dict.fromkeys(LIBRARIES, ""), broken))


def test_pure_modules_import_only_pure_modules() -> None:
    hold([finding for source in pure_files() for finding in layers.impure_neighbours(source)])


# Rule 2


def test_imports_point_one_way() -> None:
    hold([finding for source in source_files() for finding in layers.upward(source)])


def test_only_translate_knows_messages_and_the_machine() -> None:
    hold([finding for source in source_files() for finding in layers.knows_both(source)])


def test_imports_make_no_circle() -> None:
    hold(layers.cycles(layers.import_graph(source_files())))


def test_modules_and_functions_are_short() -> None:
    ruled = [source for source in source_files() if not source.inner.startswith("iso8583/specs/")]
    found = {place: finding for source in ruled for place, finding in rules.too_long(source).items()}
    assert len(LONG) <= LONG_MAX
    hold([finding for place, finding in found.items() if place not in LONG])
    hold([f"{place} is short enough now; take the exception out" for place in LONG if place not in found])


# Rule 3


def test_every_module_opens_with_one_sentence() -> None:
    both = source_files() + python_files("tests")
    hold([finding for source in both if source.text.strip() for finding in rules.opening_sentence(source)])


def test_public_names_of_the_pure_part_are_documented() -> None:
    hold([finding for source in pure_files() for finding in rules.undocumented(source)])


# Rule 4 (full coverage from that file alone is measured by `make check`)


def test_every_pure_file_has_its_test_file() -> None:
    wanted = {source.path: rules.mirror(source) for source in pure_files()}
    hold([f"{path}:1: has no {test}" for path, test in wanted.items() if test and not (ROOT / test).exists()])


# Rule 5


def test_every_pair_is_in_the_table_or_impossible() -> None:
    from chongzheng.reversal.events import Event
    from chongzheng.reversal.payment import State
    from chongzheng.reversal.table import IMPOSSIBLE, TABLE

    ruled = {(str(state), str(event)) for state, row in TABLE.items() for event in row}
    impossible = {(str(state), str(event)) for event, (states, _) in IMPOSSIBLE.items() for state in states}
    assert ruled and impossible
    hold(rules.unruled_pairs(map(str, State), map(str, Event), ruled, impossible))


def test_committed_diagrams_equal_the_generated(tmp_path: Path) -> None:
    if find_spec("chongzheng.reversal.diagram") is None:
        return
    command = [sys.executable, "-m", "chongzheng.reversal.diagram", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    committed = ROOT / "docs" / "diagrams"
    drawn = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    assert drawn, "the diagram program wrote nothing"
    stale = [name for name, text in drawn.items() if not (committed / name).exists() or
             (committed / name).read_text("utf-8") != text]
    hold([f"docs/diagrams/{name}:1: is not what the table says now; run make docs" for name in sorted(stale)])


# Rule 6


def test_cards_are_unmasked_only_where_named() -> None:
    hold(except_for(UNMASK, [finding for source in source_files() for finding in rules.unmaskings(source)]))


def test_no_message_takes_unmasked_card_data() -> None:
    hold([finding for source in source_files() for finding in rules.spoken_secrets(source)])


# Rule 7


def test_money_is_never_a_float() -> None:
    near = [source for source in source_files() if source.inner.startswith(MONEY)]
    hold(except_for(FLOATS_ALLOWED, [finding for source in near for finding in rules.floats(source)]))


def test_money_is_never_divided_into_floats() -> None:
    near = [source for source in source_files() if source.inner.startswith(MONEY_COMPUTED)]
    hold(except_for(DIVISIONS_ALLOWED, [finding for source in near for finding in rules.divisions(source)]))


def test_time_is_never_naive() -> None:
    both = source_files() + python_files("tests")
    hold([finding for source in both for finding in rules.naive_time(source)])


def test_durations_name_their_unit() -> None:
    hold([finding for source in source_files() for finding in rules.unitless_durations(source)])


def test_every_queue_and_cache_has_a_named_limit() -> None:
    hold(except_for(UNLIMITED, [finding for source in source_files() for finding in rules.nameless_limits(source)]))


# Rule 8


def journal_texts() -> list[str]:
    """Every file of the journal that can hold SQL."""
    folder = ROOT / "src" / "chongzheng" / "journal"
    return [path.read_text("utf-8") for path in sorted(folder.rglob("*")) if path.suffix in (".sql", ".py")]


def test_only_the_journal_writes_its_tables() -> None:
    held = journal_texts()
    tables = rules.created_tables(held)
    assert tables or not held, "the journal is there and creates no table that this test can see"
    outside = {source.path: source.text for source in source_files() if not source.inner.startswith("journal/")}
    outside |= {path: text for path, text in texts().items() if path.endswith(".sql") and "/journal/" not in path}
    found = [finding for path, text in outside.items() for finding in rules.foreign_writes(path, text, tables)]
    hold(except_for(ATTACKERS, found))


# Names, markers, documents


def test_no_module_is_a_drawer() -> None:
    hold([finding for source in source_files() + python_files("tests") for finding in rules.drawer(source)])


def test_nothing_is_unfinished_or_switched_off() -> None:
    code = {path: text for path, text in texts().items() if not path.endswith((".json", ".csv", ".lock"))}
    hold([finding for path, text in code.items() for finding in rules.unfinished(path, text)])


def test_nothing_names_the_machine_it_was_written_on() -> None:
    hold([finding for path, text in texts().items() for finding in rules.telltales(path, text)])


def test_decision_records_are_whole() -> None:
    records = {path: text for path, text in texts().items() if re.fullmatch(r"docs/decisions/.*\.md", path)}
    assert records
    hold([finding for path, text in records.items() for finding in rules.missing_sections(path, text)])
    numbers = [path.split("/")[-1][:4] for path in records]
    assert len(set(numbers)) == len(numbers), f"two decision records share a number: {sorted(numbers)}"


def documents() -> dict[str, str]:
    """The documents a reader types commands from."""
    return {path: text for path, text in texts().items() if path.endswith(".md")}


def make_targets() -> set[str]:
    """The targets of the Makefile."""
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_documents_name_make_targets_that_exist() -> None:
    targets = make_targets()
    assert {"setup", "run", "test", "check", "docs", "lock", "soak", "clean"} <= targets
    hold([finding for path, text in documents().items() for finding in rules.unknown_targets(path, text, targets)])


def test_readme_names_commands_that_exist() -> None:
    if not (ROOT / "src/chongzheng/cli/__init__.py").exists():
        return
    command = [sys.executable, "-c", "from chongzheng.cli import main; main()", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    commands = set(re.findall(r"^  ([a-z]+)\b", done.stdout.partition("Commands:")[2], re.MULTILINE))
    assert commands, "chongzheng --help lists no commands"
    readme = {path: text for path, text in documents().items() if path == "README.md"}
    hold([finding for path, text in readme.items() for finding in rules.unknown_commands(path, text, commands)])


# The gate itself


def declared() -> tuple[set[str], set[str]]:
    """Distributions pyproject.toml names: for running, and for everything else."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    def names(lines: list[str]) -> set[str]:
        return {re.split(r"[^A-Za-z0-9._-]", line)[0].lower().replace("_", "-") for line in lines}

    extras = [line for lines in project.get("optional-dependencies", {}).values() for line in lines]
    return names(project["dependencies"]), names(extras)


ELSEWHERE: dict[str, str] = {
    "bench/alternatives_celery.py": "runs in an environment of its own, made by bench drain --compare",
    "bench/alternatives_dbos.py": "the same",
    "bench/alternatives_pgqueuer.py": "the same",
    "bench/alternatives_procrastinate.py": "the same",
    "bench/alternatives_temporal.py": "the same",
    "gateway/fetching.py": "the library of the extra [sftp], which says so when it is missing",
    "bench/settle_frames.py": "runs in an environment of its own, made by bench settle --compare",
    "reconcile/spark.py": "the library of the extra [cluster], which says so when it is missing",
    "gateway/traces.py": "the libraries of the extra [traces], which says so when they are missing",
}
"""Files whose libraries are not in our own environment, and why."""


def test_libraries_are_declared() -> None:
    running, extra = declared()
    owners = {name: list(found) for name, found in packages_distributions().items()}
    found = []
    for source in source_files():
        # A benchmark or a fuzzer compares with libraries that only the tests bring; a hardware module is an extra.
        optional = source.inner.startswith(("bench/", "simulator/fuzz/")) or source.inner == "gateway/hsm.py"
        allowed = running | extra if optional else running
        if source.inner not in ELSEWHERE:
            found += layers.undeclared(source, allowed, owners)
    hold(found)


def test_the_lock_pins_everything_that_is_declared() -> None:
    locks = ("requirements.lock", "requirements-cluster.lock")  # Spark is 430 MB, for its tests alone
    lines = [line for lock in locks for line in (ROOT / lock).read_text("utf-8").split("\n")]
    loose = [line for line in lines if line and not line.startswith("#") and not re.fullmatch(r"[\w.-]+==[\w.]+", line)]
    assert not loose, f"requirements.lock does not pin {loose}"
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines if "==" in line}
    running, extra = declared()
    hold([f"pyproject.toml: {name} is not in requirements.lock; run make lock" for name in (running | extra) - pinned])


def test_the_gate_and_the_rules_mean_the_same_pure_part() -> None:
    text = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
    listed = re.search(r"addprefix \$\(SRC\)/,([^)]*)\)", text)
    assert listed
    assert set(listed.group(1).split()) == set(layers.PURE)


@pytest.mark.parametrize("path", [".ci/run"])
def test_scripts_may_be_run(path: str) -> None:
    assert (ROOT / path).stat().st_mode & 0o111, f"{path}:1: is not executable"


def test_every_rule_is_applied_and_shown_to_fail() -> None:
    applied = Path(__file__).read_text("utf-8")
    shown = "".join(source.text for source in python_files("tests/house") if "/test_" in source.path)
    checkers = {
        name: module.__name__.split(".")[-1]
        for module in (rules, layers)
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
    }
    assert len(checkers) > 20
    used_inside = {"imports", "layer_of"}  # steps of other rules
    hold([
        f"tests/house/{module}.py: {name} is never {what}"
        for name, module in checkers.items()
        if name not in used_inside
        for what, text in (("applied in tests/test_house.py", applied), ("shown to fail in tests/house", shown))
        if name not in text and not (what.startswith("shown") and name == "is_pure")
    ])
