"""Do both directions agree for any message of any dialect, and does garbage do no more than be refused?"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import iso8583
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chongzheng.iso8583 import careful
from chongzheng.iso8583.describe import to_json
from chongzheng.iso8583.dialect import (
    COMPILED_SHAPES_MAX,
    DIALECTS,
    SIGHTED_SHAPES_MAX,
    SIGHTS_TO_COMPILE,
    Dialect,
    dialect,
)
from chongzheng.iso8583.message import Message
from chongzheng.iso8583.spec import Field, Layout, read_tables
from chongzheng.iso8583.specs import TABLES
from chongzheng.mistakes import TheirMistake
from chongzheng.simulator.fuzz.second import spec_of
from unit.iso8583.vectors import MESSAGES, REFUSED, body_of, by_id

DIGITS, TRACK = "0123456789", "0123456789D"
dialect_module = import_module("chongzheng.iso8583.dialect")  # the package has a function of that name


@pytest.fixture(autouse=True, scope="module")
def at_first_sight() -> Iterator[None]:
    """Shapes are compiled at once here, so that both ways of reading a message are held against each other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dialect_module, "SIGHTS_TO_COMPILE", 1)
        yield


@pytest.mark.parametrize("vector", MESSAGES, ids=lambda v: v["id"])
def test_every_vector_decodes_and_encodes_back(vector: dict) -> None:
    d, body = dialect(vector["dialect"]), body_of(vector)
    for _ in range(2):  # the first time carefully, the second time compiled
        msg = d.decode(body)
        assert to_json(msg, True, d) == {"mti": vector["expect"]["mti"], "fields": vector["expect"]["fields"]}
        assert d.encode(msg) == body


@pytest.mark.parametrize("vector", REFUSED, ids=lambda v: v["id"])
def test_every_broken_vector_is_refused(vector: dict) -> None:
    with pytest.raises((TheirMistake, ValueError)) as caught:
        dialect(vector["dialect"]).decode(body_of(vector))
    assert isinstance(caught.value, TheirMistake) or vector["id"] == "neg-not-hex"


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(TheirMistake, match=r"dialect: no such dialect, there are cup-pos, .*iso93-binary"):
        dialect("visa")
    assert repr(dialect("cups")) == "Dialect('cups')"


def content(field: Field, layout: Layout) -> st.SearchStrategy[Any]:
    """Values that a field may hold."""
    low = 0 if field.prefix else field.size
    high = min(field.size, 40) if field.prefix else field.size
    if field.kind == "n":
        return st.text(DIGITS, min_size=low, max_size=high)
    if field.kind == "z":
        return st.text(TRACK, min_size=low, max_size=high)
    if field.kind == "xn":
        return st.builds("{}{}".format, st.sampled_from("CD"), st.text(DIGITS, min_size=8, max_size=8))
    if field.kind == "b":
        return st.binary(min_size=low, max_size=high)
    if field.kind == "hex":
        return st.binary(min_size=field.size // 2, max_size=field.size // 2)
    every_byte = bytes(range(256)).decode(layout.charset)
    return st.text(every_byte, min_size=low, max_size=high)


@st.composite
def messages(draw: st.DrawFn, layout: Layout) -> Message:
    """Any valid message of a dialect."""
    numbers = draw(st.lists(st.sampled_from(sorted(layout.fields)), unique=True, max_size=12))
    mti = draw(st.sampled_from(["0100", "0200", "0400", "0810", "1420"]))
    return Message(mti, {number: draw(content(layout.fields[number], layout)) for number in numbers})


@pytest.mark.parametrize("name", DIALECTS)
def test_any_message_comes_back(name: str) -> None:
    d = dialect(name)

    @settings(max_examples=60)
    @given(messages(d.layout))
    def there_and_back(msg: Message) -> None:
        body = d.encode(msg)
        assert body == d.encode(msg) == careful.write(d.layout, msg)
        assert d.decode(body) == msg
        assert d.decode(body) == msg

    there_and_back()


@pytest.mark.parametrize("name", DIALECTS)
def test_garbage_is_refused_and_nothing_else(name: str) -> None:
    d = dialect(name)

    @settings(max_examples=100)
    @given(st.binary(max_size=200))
    def refused_or_canonical(body: bytes) -> None:
        try:
            msg = d.decode(body)
        except TheirMistake:
            return
        assert d.decode(d.encode(msg)) == msg

    refused_or_canonical()


CUP_BODIES = [body_of(vector) for vector in MESSAGES if vector["dialect"] == "cup-pos"]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A real message with a few bytes changed, cut or added."""
    body = bytearray(draw(st.sampled_from(CUP_BODIES)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(body) - 1))
        body[at] = draw(st.integers(0, 255))
    end = draw(st.sampled_from([0, 0, 0, 1, -1]))
    return bytes(body + b"0") if end == 1 else bytes(body[:end] if end else body)


def second_opinion(body: bytes, spec: dict[str, Any]) -> dict[str, str] | None:
    """What pyiso8583 reads, or None when it refuses."""
    try:
        decoded, _ = iso8583.decode(body, spec)
    except (iso8583.DecodeError, KeyError):  # KeyError: a field that the table does not have
        return None
    return {number: value for number, value in decoded.items() if number not in ("h", "p", "1")}


def has_a_letter_digit(theirs: dict[str, str]) -> bool:
    """pyiso8583 lets A to F pass as digits in packed fields; we do not, except in tracks."""
    fields = dialect("cup-pos").layout.fields
    packed = [value for n, value in theirs.items() if n == "t" or fields[int(n)].kind == "n"]
    return not all(value.isdecimal() or not value for value in packed)


SPEC = spec_of(dialect("cup-pos").layout)


@settings(max_examples=400)
@given(damaged())
def test_a_second_decoder_agrees_on_damaged_messages(body: bytes) -> None:
    theirs = second_opinion(body, SPEC)
    try:
        ours = dialect("cup-pos").decode(body)
    except TheirMistake:
        assert theirs is None or has_a_letter_digit(theirs)
        return
    values = {str(n): v.hex().upper() if isinstance(v, bytes) else v for n, v in ours.fields.items()}
    assert theirs == {"t": ours.mti, **values}


def test_compiled_and_careful_refuse_alike() -> None:
    d = dialect("cup-pos")
    body = bytearray(body_of(by_id("built-0400-void-reversal")))
    d.decode(bytes(body))
    for at in range(len(body)):
        for value in (0x00, 0x0A, 0xA0, 0x11, 0x99, 0xFF):
            changed = bytes(body[:at]) + bytes([value]) + bytes(body[at + 1 :])
            try:
                wanted: Message | None = careful.read(d.layout, changed)
            except TheirMistake:
                wanted = None
            try:
                got: Message | None = d.decode(changed)
            except TheirMistake:
                got = None
            assert got == wanted


def test_a_shape_is_compiled_when_it_is_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialect_module, "SIGHTS_TO_COMPILE", SIGHTS_TO_COMPILE)
    d = Dialect(read_tables(TABLES)["cup-pos"])
    body = body_of(by_id("built-0400-void-reversal"))
    messages = [d.decode(body) for _ in range(SIGHTS_TO_COMPILE - 1)]
    bodies = [d.encode(messages[0]) for _ in range(SIGHTS_TO_COMPILE - 1)]
    assert (len(d._decoders), len(d._encoders)) == (0, 0)
    messages += [d.decode(body) for _ in range(2)]
    bodies += [d.encode(messages[0]) for _ in range(2)]
    assert (len(d._decoders), len(d._encoders)) == (1, 1)
    assert all(one == messages[0] for one in messages)
    assert set(bodies) == {body}


def test_shapes_that_come_once_fill_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialect_module, "SIGHTS_TO_COMPILE", SIGHTS_TO_COMPILE)
    d = Dialect(read_tables(TABLES)["cup-pos"])
    numbers = [n for n, field in d.layout.fields.items() if field.kind == "ans"][:12]
    for shape in range(SIGHTED_SHAPES_MAX + 20):
        chosen = {n: "0" * d.layout.fields[n].size for bit, n in enumerate(numbers) if shape >> bit & 1}
        d.encode(Message("0200", chosen))
    assert (len(d._encoders), len(d._sights)) == (0, SIGHTED_SHAPES_MAX)


def test_shapes_are_forgotten_when_there_are_too_many() -> None:
    d = Dialect(read_tables(TABLES)["cup-pos"])
    numbers = [n for n, field in d.layout.fields.items() if field.kind == "ans"][:11]
    for shape in range(COMPILED_SHAPES_MAX + 20):
        chosen = {n: "0" * d.layout.fields[n].size for bit, n in enumerate(numbers) if shape >> bit & 1}
        d.encode(Message("0200", chosen))
    assert len(d._encoders) == COMPILED_SHAPES_MAX


def test_a_refused_message_of_a_known_shape_stays_refused() -> None:
    d = dialect("cup-pos")
    assert d.encode(Message("0400", {39: "98"})) == d.encode(Message("0400", {39: "98"}))
    with pytest.raises(TheirMistake, match="F39: is 3 long"):
        d.encode(Message("0400", {39: "098"}))
    with pytest.raises(TheirMistake, match="F37: needs 12 bytes"):
        d.decode(bytes.fromhex("0400 0000000008000000 00"))
