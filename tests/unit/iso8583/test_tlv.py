"""Is chip data read and built exactly, and cut to what a reversal may carry?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.iso8583 import tlv
from chongzheng.iso8583.tlv import DEPTH_MAX, ELEMENTS_MAX, Element, build, keep, parse
from chongzheng.mistakes import TheirMistake
from unit.iso8583.vectors import MESSAGES

CHIP = [v["expect"]["fields"]["55"] for v in MESSAGES if v["dialect"] == "cup-pos" and "55" in v["expect"]["fields"]]


@pytest.mark.parametrize("text", CHIP)
def test_captures_there_and_back(text: str) -> None:
    assert build(parse(bytes.fromhex(text))).hex().upper() == text


def test_a_reversal_capture_is_kept_whole() -> None:
    text = next(t for t in CHIP if t.startswith("9505"))
    assert [e.tag for e in parse(bytes.fromhex(text))] == ["95", "9F1E", "9F10"]
    assert keep(bytes.fromhex(text)).hex().upper() == text


def test_a_purchase_is_cut() -> None:
    text = next(t for t in CHIP if t.startswith("9F2608"))
    kept = parse(keep(bytes.fromhex(text)))
    assert {e.tag for e in kept} <= set(tlv.REVERSAL_TAGS)
    assert kept
    assert keep(bytes.fromhex(text), ["9F26"]) == bytes.fromhex(text)[:11]


def test_a_template_shows_what_is_inside() -> None:
    (outer,) = parse(bytes.fromhex("7006 5A01AA 9F0900".replace(" ", "")))
    assert outer.tag == "70"
    assert [(e.tag, e.value) for e in outer.children] == [("5A", b"\xaa"), ("9F09", b"")]
    assert build([outer]).hex() == "70065a01aa9f0900"


def test_private_tags_are_not_looked_into() -> None:
    (element,) = parse(bytes.fromhex("FF0003BAD3C4"))
    assert (element.tag, element.children) == ("FF00", ())


tags = st.one_of(
    st.integers(0, 0x1E).map(lambda low: f"{0x80 | low:02X}"),
    st.integers(0, 0x7F).map(lambda low: f"9F{low:02X}"),
)


@given(st.lists(st.builds(Element, tags, st.binary(max_size=300)), max_size=6))
def test_any_elements_come_back(elements: list[Element]) -> None:
    assert list(parse(build(elements))) == elements


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9F", "ends inside an element"),
        ("95", "ends inside an element"),
        ("9581", "ends inside an element"),
        ("9505AABB", "tag 95 needs 5 bytes, 2 are left"),
        ("9F818001AA", "more than two bytes"),
        ("9580", "a length in a form"),
        ("9583000001AA", "a length in a form"),
        ("70025A05", "tag 5A needs 5 bytes, 0 are left"),
        ("8000" * (ELEMENTS_MAX + 1), f"more than {ELEMENTS_MAX} elements"),
    ],
)
def test_what_is_not_elements(text: str, said: str) -> None:
    with pytest.raises(TheirMistake, match=f"F55: .*{said}"):
        parse(bytes.fromhex(text))


def test_depth_is_limited() -> None:
    data = b""
    for _ in range(DEPTH_MAX):
        data = build([Element("70", data)])
    assert parse(data)
    with pytest.raises(TheirMistake, match=f"nested deeper than {DEPTH_MAX}"):
        parse(build([Element("70", data)]))


def test_too_long_to_build() -> None:
    with pytest.raises(TheirMistake, match="65535 is the most"):
        build([Element("95", bytes(65536))])


def test_a_value_is_not_printed() -> None:
    assert repr(Element("5A", b"6222")) == "Element('5A')"


@pytest.mark.parametrize(("size", "head"), [(127, "957f"), (128, "958180"), (255, "9581ff"), (256, "95820100")])
def test_long_lengths(size: int, head: str) -> None:
    data = build([Element("95", bytes(size))])
    assert data.hex().startswith(head)
    assert parse(data) == (Element("95", bytes(size)),)


def cut(data: bytes, tags: list[str] | tuple[str, ...]) -> bytes | None:
    try:
        return keep(data, tags)
    except TheirMistake:
        return None


flat = st.lists(st.builds(Element, tags, st.binary(max_size=20)), max_size=8).map(build)


@given(st.one_of(st.binary(max_size=40), flat))
def test_the_short_cut_is_the_long_way(data: bytes) -> None:
    assert cut(data, tlv.REVERSAL_TAGS) == cut(data, [*tlv.REVERSAL_TAGS])


@pytest.mark.parametrize(
    "text",
    ["", "70029A00", "9F8101AA", "958180" + "00" * 128, "95", "9F", "9505AA", "950100" * 64, "950100" * 65],
)
def test_the_short_cut_at_the_limits(text: str) -> None:
    data = bytes.fromhex(text)
    assert cut(data, tlv.REVERSAL_TAGS) == cut(data, [*tlv.REVERSAL_TAGS])
