"""Can each rule about the text of one file fail, and does it leave alone what keeps it?"""

import pytest

from house import rules
from house.sources import Source

PLACE = "src/chongzheng/reversal/step.py"


def found(checker: str, text: str, path: str = PLACE) -> list[str]:
    """What one checker says about a piece of source text."""
    return list(getattr(rules, checker)(Source(path, text)))


BROKEN = [
    ("opening_sentence", "x = 1\n", 1, "no docstring"),
    ("opening_sentence", '"""Steps of the machine"""\n', 1, "not a whole sentence"),
    ("opening_sentence", '"""What is it? It is this. And more."""\n', 1, "more than one sentence"),
    ("undocumented", "def step():\n    return 1\n", 1, "step is public"),
    ("undocumented", "x = 1\n\nclass Payment:\n    state = 1\n", 3, "Payment is public"),
    ("floats", "fee = 0.38\n", 1, "the float 0.38"),
    ("floats", "def f(a: float): ...\n", 1, "float is named"),
    ("floats", "x = 1\ny = float(x)\n", 2, "float is named"),
    ("divisions", "def f(a):\n    return a / 100\n", 2, "makes floats"),
    ("divisions", "a = 1\na /= 2\n", 2, "makes floats"),
    ("naive_time", "import datetime\nx = datetime.datetime.now()\n", 2, "without tz"),
    ("naive_time", "x = datetime.utcnow()\n", 1, "naive"),
    ("naive_time", "x = datetime.utcfromtimestamp(0)\n", 1, "naive"),
    ("naive_time", "x = datetime.fromtimestamp(0)\n", 1, "without tz"),
    ("naive_time", "x = date.today()\n", 1, "naive"),
    ("unitless_durations", "def f(read_timeout: int): ...\n", 1, "read_timeout is a duration"),
    ("unitless_durations", "def f(timeout): ...\n", 1, "timeout is a duration"),
    ("unitless_durations", "class P:\n    grace: int = 3\n", 2, "grace is a duration"),
    ("unitless_durations", "REPEAT_INTERVAL = 30\n", 1, "REPEAT_INTERVAL is a duration"),
    ("nameless_limits", "q = asyncio.Queue()\n", 1, "without maxsize"),
    ("nameless_limits", "q = Queue(maxsize=0)\n", 1, "without maxsize"),
    ("nameless_limits", "q = Queue(100)\n", 1, "bare number"),
    ("nameless_limits", "d = deque([1])\n", 1, "without maxlen"),
    ("nameless_limits", "d = deque([1], 5)\n", 1, "bare number"),
    ("nameless_limits", "@lru_cache(maxsize=None)\ndef f(a): ...\n", 1, "without maxsize"),
    ("nameless_limits", "x = 1\n@cache\ndef f(a): ...\n", 3, "cache of f has no named limit"),
    ("nameless_limits", "@functools.lru_cache\ndef f(*a): ...\n", 2, "cache of f has no named limit"),
    ("unmaskings", "x = 1\nsend(pan.reveal())\n", 2, "unmasks"),
    ("unmaskings", "clear = map(Pan.reveal, cards)\n", 1, "unmasks"),
    ("unmaskings", "send(pan._digits)\n", 1, "unmasks"),
    ("unmaskings", "send(self._vault.open(row.sealed, place))\n", 1, "unmasks"),
    ("spoken_secrets", "raise ValueError(pan.reveal())\n", 1, "inside a message"),
    ("spoken_secrets", "log.info('card', pan=pan.reveal())\n", 1, "inside a message"),
    ("spoken_secrets", "x = f'card {pan.reveal()}'\n", 1, "inside a message"),
]


@pytest.mark.parametrize(("checker", "text", "line", "words"), BROKEN)
def test_a_broken_rule_is_found_with_its_line(checker: str, text: str, line: int, words: str) -> None:
    findings = found(checker, text)
    assert len(findings) == 1, findings
    assert findings[0].startswith(f"{PLACE}:{line}: ")
    assert words in findings[0]


KEPT = [
    ("opening_sentence", '"""Which fact changes a payment, e.g. a late reply?\n\nMore. And more."""\n'),
    ("undocumented", 'def step():\n    """Go."""\n\ndef _inner(): ...\n'),
    ("floats", "fee = 38\nname = 'float'\n"),
    ("divisions", "def f(a):\n    return a // 100 + Fraction(a, 3)\n"),
    ("naive_time", "x = datetime.now(UTC)\ny = datetime.fromtimestamp(0, tz=UTC)\nz = clock.now()\n"),
    ("unitless_durations", "WAIT_MS = 3\ndef f(read_timeout_s: int, wait: Wait, delay_days=3): ...\n"),
    ("nameless_limits", "q = Queue(maxsize=LINES_MAX)\nd = deque(maxlen=LINES_MAX)\ns = Semaphore(1)\n"),
    ("nameless_limits", "@cache\ndef f(): ...\n@lru_cache(maxsize=SHAPES_MAX)\ndef g(a): ...\n"),
    ("unmaskings", "send(pan.masked())\n"),
    ("spoken_secrets", "send(pan.reveal())\nlog.info('sent')\nraise ValueError('no card')\n"),
]


@pytest.mark.parametrize(("checker", "text"), KEPT)
def test_what_keeps_the_rule_is_left_alone(checker: str, text: str) -> None:
    assert found(checker, text) == []


def test_long_modules_and_functions_are_found() -> None:
    fits = "def f():\n" + "    x = 1\n" * (rules.FUNCTION_LINES_MAX - 1)
    assert rules.too_long(Source(PLACE, fits)) == {}
    function = rules.too_long(Source(PLACE, fits + "    x = 1\n"))
    assert list(function) == [f"{PLACE}::f"]
    module = rules.too_long(Source(PLACE, "x = 1\n" * (rules.MODULE_LINES_MAX + 1)))
    assert list(module) == [PLACE]


@pytest.mark.parametrize("path", ["gateway/utils.py", "common/step.py", "cases/models_old.py", "types.py"])
def test_drawers_are_found(path: str) -> None:
    assert len(found("drawer", "", f"src/chongzheng/{path}")) == 1


@pytest.mark.parametrize("path", ["gateway/pos.py", "console/models.py", "iso8583/encoding.py", "database.py"])
def test_names_that_say_something_are_left_alone(path: str) -> None:
    assert found("drawer", "", f"src/chongzheng/{path}") == []


def test_writes_to_tables_of_the_journal_are_found() -> None:
    tables = rules.created_tables(["CREATE TABLE IF NOT EXISTS payment (id)", "create table entry(id)"])
    assert tables == {"payment", "entry"}
    text = 'a = "INSERT INTO payment VALUES (1)"\nb = "SELECT 1 FROM payment"\nc = "update entry set x = 1"\n'
    findings = rules.foreign_writes("src/chongzheng/api/door.py", text, tables)
    assert [finding.split(": ")[0] for finding in findings] == [
        "src/chongzheng/api/door.py:1",
        "src/chongzheng/api/door.py:3",
    ]
    assert rules.foreign_writes("x.sql", "DELETE FROM payment;", tables)
    own = 'a = "INSERT INTO account VALUES (1)"'
    assert rules.foreign_writes("src/chongzheng/simulator/bank.py", own, tables) == []


@pytest.mark.parametrize(
    "line",
    [
        "# TO" "DO later",
        "raise NotImplemented" "Error",
        'pytest.sk' 'ip("no")',
        "@pytest.mark.xf" "ail",
        "x = 1  # type: ig" "nore",
        "x = 1  # no" "qa",
        "except Exception: pa" "ss",
    ],
)  # fmt: skip
def test_unfinished_work_is_found(line: str) -> None:
    assert rules.unfinished("a.py", f"x = 1\n{line}\n") == [f"a.py:2: {line}"]


def test_checks_that_are_switched_off_by_name_are_left_alone() -> None:
    assert rules.unfinished("a.py", "x = 1  # type: ignore[attr-defined]\ny = 1  # noqa: S102 - why\n") == []


def test_names_of_the_machine_are_found() -> None:
    assert len(rules.telltales("a.md", "see /wo" "rk/main\n")) == 1
    assert rules.telltales("a.md", "see docs/operate.md, work/main\n") == []


@pytest.mark.parametrize(
    ("path", "text", "test"),
    [
        ("iso8583/mac.py", "def f(): ...", "tests/unit/iso8583/test_mac.py"),
        ("money.py", "def f(): ...", "tests/unit/test_money.py"),
        ("reversal/table.py", "TABLE = {}", "tests/unit/reversal/test_table.py"),
        ("iso8583/specs/cups.py", "FIELDS = {}", ""),
        ("reversal/__init__.py", "from x import y", ""),
        ("reversal/__init__.py", "def f(): ...", "tests/unit/reversal/test_init.py"),
    ],
)
def test_each_pure_file_has_one_place_for_its_tests(path: str, text: str, test: str) -> None:
    assert rules.mirror(Source(f"src/chongzheng/{path}", text)) == test


def test_sections_missing_from_a_decision_record_are_found() -> None:
    whole = "".join(f"## {name}\n\nx\n\n" for name in rules.ADR_SECTIONS)
    assert rules.missing_sections("d.md", whole) == []
    assert rules.missing_sections("d.md", whole.replace("## Status", "## State")) == ["d.md:1: no section '## Status'"]


def test_words_of_a_document_that_do_not_exist_are_found() -> None:
    text = "Type `make run`.\n\n    make fly\n\nWe make money.\n"
    assert rules.unknown_targets("README.md", text, {"run"}) == ["README.md:3: the Makefile has no target 'fly'"]
    text = "`chongzheng demo` and\n$ chongzheng fly\nchongzheng (冲正)\n"
    assert rules.unknown_commands("README.md", text, {"demo"}) == ["README.md:2: the program has no command 'fly'"]


def test_pairs_without_a_rule_and_with_two_are_found() -> None:
    ruled = {("NEW", "request"), ("NEW", "reply")}
    impossible = {("DONE", "request"), ("NEW", "reply")}
    assert rules.unruled_pairs(["NEW", "DONE"], ["request", "reply"], ruled, impossible) == [
        "DONE × reply: neither in the table nor impossible",
        "NEW × reply: in the table and impossible",
    ]
    assert rules.unruled_pairs(["NEW"], ["request"], ruled, set()) == []
