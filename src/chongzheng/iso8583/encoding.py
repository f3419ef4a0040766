"""What is the straight-line code that writes messages of one given shape?

A shape is the message type and the fields in the order in which their dict gives them. Packed digits gather into one
hex string that is packed and checked at once, text into one string that is encoded at once. Any doubt raises and
`careful` then finds the field.
"""

from collections.abc import Callable
from functools import lru_cache

from chongzheng.iso8583 import careful
from chongzheng.iso8583.decoding import NOT_DIGITS, SHARED_PARTS_MAX
from chongzheng.iso8583.message import Value
from chongzheng.iso8583.spec import PREFIX_BYTES, Field, Layout, length_bytes

Encoder = Callable[[dict[int, Value]], bytes]
PAD = ("", "0")


@lru_cache(maxsize=SHARED_PARTS_MAX)
def _prefixes(lengths: str, prefix: str, size: int, form: str) -> tuple[str | bytes, ...]:
    """From length to length prefix as `hex`, `text` or `raw`; beyond the maximum there is no entry."""
    raws = [length_bytes(lengths, prefix, length) for length in range(size + 1)]
    if form == "raw":
        return tuple(raws)
    return tuple(raw.hex() if form == "hex" else raw.decode("latin-1") for raw in raws)


class _Source:
    """Segments of the message in order: packed digits, packed track digits, text, or raw bytes; and their checks."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.lines: list[str] = []
        self.sizes: list[str] = []
        self.names: dict[str, object] = {"PAD": PAD, "NOT_DIGITS": NOT_DIGITS}
        self.segments: list[tuple[str, list[str]]] = []

    def add(self, sort: str, part: str) -> None:
        """One more part; it joins the segment before it when both are of one sort."""
        if self.segments and self.segments[-1][0] == sort:
            self.segments[-1][1].append(part)
        else:
            self.segments.append((sort, [part]))

    def add_bytes(self, as_bytes: str, as_text: str) -> None:
        """Bytes, as text where the charset maps bytes one to one, so that they need no segment of their own."""
        if self.layout.charset == "latin-1":
            self.add("text", as_text)
        else:
            self.add("raw", as_bytes)

    def table(self, field: Field, form: str) -> str:
        """The name of a table of length prefixes."""
        name = f"L_{form}_{field.prefix}_{field.size}"
        self.names[name] = _prefixes(self.layout.lengths, field.prefix, field.size, form)
        return name


def _packed(code: _Source, field: Field) -> None:
    value, length = f"v{field.number}", f"n{field.number}"
    sort = "digits" if field.kind == "n" else "track"
    if field.kind == "z":
        code.lines.append(f"if {value}.strip('0123456789ABCDEF'): raise ValueError")
    pad = "0" if field.size % 2 else ""
    if field.prefix:
        code.lines.append(f"{length} = len({value})")
        prefix = f"{{{code.table(field, 'hex')}[{length}]}}"
        code.add("track" if field.prefix in PREFIX_BYTES else sort, prefix)  # a binary length may hold A to F
        pad = f"{{PAD[{length} & 1]}}"
    else:
        code.sizes.append(f"len({value}) != {field.size}")
    code.add(sort, f"{pad}{{{value}}}" if field.pad_left else f"{{{value}}}{pad}")


def _signed(code: _Source, field: Field) -> None:
    value = f"v{field.number}"
    code.sizes.append(f"len({value}) != {field.size}")
    code.add("text", f"{value}[:1]")
    code.add("digits", f"{{{value}[1:]}}")


def _content(code: _Source, field: Field) -> None:
    """Kinds ans, b and hex."""
    value = f"v{field.number}"
    if field.prefix:
        count = f"[len({value})]"
        code.add_bytes(code.table(field, "raw") + count, code.table(field, "text") + count)
    else:
        code.sizes.append(f"len({value}) != {field.size // 2 if field.kind == 'hex' else field.size}")
    if field.kind == "b":
        code.add("raw", value)
    else:
        code.add("text", value if field.kind == "ans" else f"{value}.hex().upper()")


def _emit(code: _Source, field: Field) -> None:
    if field.kind in ("n", "z"):
        _packed(code, field)
    elif field.kind == "xn":
        _signed(code, field)
    else:
        _content(code, field)


def _segment(code: _Source, sort: str, parts: list[str], at: int) -> str:
    """An expression for the bytes of a segment; lines in front of it pack and check digits."""
    if sort == "raw":
        return ", ".join(parts)
    if sort == "text":
        text = parts[0] if len(parts) == 1 else f'"".join(({", ".join(parts)}))'
        return f"{text}.encode({code.layout.charset!r})"
    if sort == "track":
        return f'bytes.fromhex(f"{"".join(parts)}")'
    # packing skips blanks, so a text with blanks in it comes out too short
    code.lines.append(f't = f"{"".join(parts)}"')
    code.lines.append(f"r{at} = bytes.fromhex(t)")
    code.lines.append(f"if 1 in r{at}.translate(NOT_DIGITS) or len(r{at}) * 2 != len(t): raise ValueError")
    return f"r{at}"


def encoder_source(layout: Layout, mti: str, order: tuple[int, ...]) -> tuple[str, dict[str, object]]:
    """The source of `encode(fields)` for a dict whose keys come in this `order`, and the names it uses."""
    code = _Source(layout)
    numbers = tuple(sorted(order))
    head = careful.write_mti(layout, mti) + careful.write_bitmap(layout, numbers)
    for number in numbers:
        _emit(code, layout.fields[number])
    unpack = [f"{''.join(f'v{number}, ' for number in order)}= fields.values()"] if order else []
    sizes = [f"if {' or '.join(code.sizes)}: raise ValueError"] if code.sizes else []
    parts = [_segment(code, sort, parts, at) for at, (sort, parts) in enumerate(code.segments)]
    body = [*unpack, *sizes, *code.lines, f"return b''.join(({', '.join([repr(head), *parts])},))"]
    return "def encode(fields):\n" + "".join(f"    {line}\n" for line in body), code.names


def compile_encoder(layout: Layout, mti: str, order: tuple[int, ...]) -> Encoder:
    """The compiled writer for one shape; it raises a built-in exception for whatever does not fit."""
    source, names = encoder_source(layout, mti, order)
    exec(compile(source, f"<encode {layout.name}>", "exec"), names)  # noqa: S102 - source from our tables alone
    encode: Encoder = names["encode"]  # type: ignore[assignment]  # exec gives object
    return encode
