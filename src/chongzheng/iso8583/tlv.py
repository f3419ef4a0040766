"""Which data elements stand in F55, and which of them may a reversal carry?"""

from collections.abc import Iterable
from dataclasses import dataclass

from chongzheng.mistakes import TheirMistake

DEPTH_MAX = 4
ELEMENTS_MAX = 64
VALUE_BYTES_MAX = 0xFFFF
REVERSAL_TAGS: tuple[str, ...] = ("95", "9F1E", "9F10", "9F36", "DF31")  # the POS rules' list for a reversal's F55


@dataclass(frozen=True, slots=True, repr=False)
class Element:
    """One element: `tag` as upper-case hex (1 or 2 bytes), its value, and what is inside when it is a template."""

    tag: str
    value: bytes
    children: tuple["Element", ...] = ()

    def __repr__(self) -> str:
        """The tag alone; a value may be card data."""
        return f"Element({self.tag!r})"


class _Reader:
    """Reads elements one after the other and counts them over all depths."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.count = 0

    def byte(self, end: int) -> int:
        """The next byte."""
        if self.at >= end:
            raise TheirMistake("ends inside an element", "F55")
        self.at += 1
        return self.data[self.at - 1]

    def tag(self, end: int) -> str:
        """A tag of one byte, or of two when the five low bits of the first are all set."""
        first = self.byte(end)
        if first & 0x1F != 0x1F:
            return f"{first:02X}"
        second = self.byte(end)
        if second & 0x80:
            raise TheirMistake("has a tag of more than two bytes", "F55")
        return f"{first:02X}{second:02X}"

    def length(self, end: int) -> int:
        """A length: up to 7F itself, 81 and 82 announce one and two bytes."""
        first = self.byte(end)
        if first < 0x80:
            return first
        if first == 0x81:
            return self.byte(end)
        if first == 0x82:
            return self.byte(end) << 8 | self.byte(end)
        raise TheirMistake("has a length in a form that is not used", "F55")

    def elements(self, end: int, depth: int) -> tuple[Element, ...]:
        """All elements up to `end`."""
        found: list[Element] = []
        while self.at < end:
            found.append(self.element(end, depth))
        return tuple(found)

    def element(self, end: int, depth: int) -> Element:
        """The next element, with its children."""
        if depth > DEPTH_MAX:
            raise TheirMistake(f"is nested deeper than {DEPTH_MAX}", "F55")
        self.count += 1
        if self.count > ELEMENTS_MAX:
            raise TheirMistake(f"has more than {ELEMENTS_MAX} elements", "F55")
        tag = self.tag(end)
        length = self.length(end)
        start, stop = self.at, self.at + length
        if stop > end:
            raise TheirMistake(f"tag {tag} needs {length} bytes, {end - start} are left", "F55")
        children = self.elements(stop, depth + 1) if is_template(tag) else ()
        self.at = stop
        return Element(tag, self.data[start:stop], children)


def is_template(tag: str) -> bool:
    """Whether the value of this tag is itself elements; private tags (C0 and up) are filled freely, so never."""
    first = int(tag[:2], 16)
    return bool(first & 0x20) and first & 0xC0 != 0xC0


def parse(data: bytes) -> tuple[Element, ...]:
    """The elements of F55 in order; `TheirMistake` when the bytes are not whole elements or pass a limit."""
    return _Reader(data).elements(len(data), 1)


def _length_bytes(length: int) -> bytes:
    if length < 0x80:
        return bytes([length])
    if length <= 0xFF:
        return bytes([0x81, length])
    if length <= VALUE_BYTES_MAX:
        return b"\x82" + length.to_bytes(2, "big")
    raise TheirMistake(f"an element is {length} bytes long, {VALUE_BYTES_MAX} is the most", "F55")


def build(elements: Iterable[Element]) -> bytes:
    """The bytes of these elements, lengths in their shortest form."""
    return b"".join(bytes.fromhex(e.tag) + _length_bytes(len(e.value)) + e.value for e in elements)


def keep(data: bytes, tags: Iterable[str] = REVERSAL_TAGS) -> bytes:
    """F55 cut down to the elements with these tags, in their order."""
    if tags is REVERSAL_TAGS:
        kept = _kept_flat(data)
        if kept is not None:
            return kept
    wanted = frozenset(tags)
    return build(e for e in parse(data) if e.tag in wanted)


_KEPT = frozenset(int(tag, 16) for tag in REVERSAL_TAGS)


def _kept_flat(data: bytes) -> bytes | None:
    """`keep` for chip data without templates and long elements, which nearly all is; None when it is not, or bad."""
    at, end, count = 0, len(data), 0
    kept = b""
    try:
        while at < end:
            start, tag = at, data[at]
            if tag & 0x1F == 0x1F:
                at += 1
                tag = tag << 8 | data[at]
            length = data[at + 1]
            at += 2 + length
            if length > 0x7F or (tag > 0xFF and tag & 0x80) or data[start] & 0x20:
                return None
            if tag in _KEPT:
                kept += data[start:at]
            count += 1
    except IndexError:
        return None
    return kept if at == end and count <= ELEMENTS_MAX else None
