"""Can each rule about imports fail, and does it leave alone what keeps it?"""

import pytest

from house import layers
from house.sources import Source


def at(path: str, text: str) -> Source:
    """A piece of source text at a place inside the package."""
    return Source(f"src/chongzheng/{path}", text)


@pytest.mark.parametrize(
    "text",
    [
        "import os",
        "import os.path",
        "from time import time",
        "from urllib import request",
        "import urllib.request",
        "import orjson",
        "def f():\n    import socket",
        "from datetime import datetime\ndatetime.now()",
        "def f(clock): return clock.now()",
        "date.today()",
        "open('x')",
        "print('x')",
    ],
)
def test_doors_are_found_in_pure_modules(text: str) -> None:
    assert len(layers.impure(at("reversal/step.py", text), (), {})) == 1


@pytest.mark.parametrize("text", ["import urllib.parse", "from chongzheng.money import Fen", "x.open()", "import csv"])
def test_what_opens_no_door_is_left_alone(text: str) -> None:
    assert layers.impure(at("reversal/step.py", text), (), {}) == []


def test_exceptions_to_purity_hold_for_their_file_only() -> None:
    text = "from cryptography.hazmat import x"
    libraries = {"iso8583/mac.py": ("cryptography",)}
    assert layers.impure(at("iso8583/mac.py", text), (), libraries) == []
    assert len(layers.impure(at("iso8583/tlv.py", text), (), libraries)) == 1
    assert layers.impure(at("iso8583/tlv.py", "print(1)"), ("print",), {}) == []


@pytest.mark.parametrize("text", ["from chongzheng.journal import rows", "from chongzheng import runner",
                                  "from ..gateway import pos", "import chongzheng.api.door"])  # fmt: skip
def test_impure_neighbours_are_found(text: str) -> None:
    assert len(layers.impure_neighbours(at("reversal/step.py", text))) == 1


def test_pure_neighbours_are_left_alone() -> None:
    text = "from chongzheng import money, __version__\nfrom . import facts\nfrom chongzheng.gateway.translate import x"
    assert layers.impure_neighbours(at("reversal/step.py", text)) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("money.py", "from chongzheng.card import Pan"),
        ("iso8583/mac.py", "from chongzheng.reversal import step"),
        ("reversal/step.py", "if TYPE_CHECKING:\n    from chongzheng.settlement import match"),
        ("journal/store.py", "from ..runner import run"),
        ("gateway/pos.py", "from chongzheng.api.door import x"),
        ("runner.py", "from chongzheng import gateway"),
        ("api/door.py", "from chongzheng.config import Config"),
        ("cli/run.py", "from chongzheng.config import Config"),
        ("simulator/bank.py", "from chongzheng.cli import main"),
        ("journal/store.py", "from chongzheng.elsewhere import x"),
        ("elsewhere.py", ""),
    ],
)
def test_imports_against_the_direction_are_found(path: str, text: str) -> None:
    assert len(layers.upward(at(path, text))) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("iso8583/mac.py", "from . import spec\nfrom chongzheng.mistakes import TheirMistake"),
        ("journal/store.py", "from chongzheng.reversal import payment\nfrom chongzheng.iso8583 import Message"),
        ("app.py", "from chongzheng.config import Config\nfrom chongzheng.gateway import pos"),
        ("cli/run.py", "from chongzheng import __version__\nfrom chongzheng.bench import codec"),
        ("__main__.py", "from chongzheng.cli import main"),
    ],
)
def test_imports_in_the_direction_are_left_alone(path: str, text: str) -> None:
    assert layers.upward(at(path, text)) == []


def test_only_translate_may_know_messages_and_the_machine() -> None:
    text = "from chongzheng.iso8583 import Message\nfrom chongzheng.reversal import facts\n"
    assert layers.knows_both(at("gateway/translate.py", text)) == []
    assert layers.knows_both(at("gateway/pos.py", text)) == [
        "src/chongzheng/gateway/pos.py:2: knows both iso8583 and reversal; only gateway/translate.py may"
    ]
    assert layers.knows_both(at("gateway/pos.py", "from chongzheng.iso8583 import Message\n")) == []


def test_circles_are_found() -> None:
    round_trip = [
        at("cases/step.py", "from chongzheng.cases import table"),
        at("cases/table.py", "def f():\n    from .sla import x"),
        at("cases/sla.py", "from .step import step"),
        at("cases/__init__.py", "from .step import step"),
    ]
    circle = "chongzheng.cases.sla -> chongzheng.cases.step -> chongzheng.cases.table -> chongzheng.cases.sla"
    assert [set(found.split(" -> ")) for found in layers.cycles(layers.import_graph(round_trip))] == [
        set(circle.split(" -> "))
    ]
    assert layers.cycles(layers.import_graph(round_trip[:2])) == []


def test_undeclared_libraries_are_found() -> None:
    owners = {"OpenSSL": ["pyOpenSSL"], "apsw": ["apsw"]}
    text = "import apsw\nimport json\nfrom chongzheng import money\nimport OpenSSL\nimport nowhere\n"
    findings = layers.undeclared(at("journal/store.py", text), {"apsw"}, owners)
    assert [finding.split(":")[1] for finding in findings] == ["4", "5"]
