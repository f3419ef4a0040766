"""What is the straight-line code that writes messages with one given set of fields?

Digits gather into one hex string that is checked and packed at once, text into one string that is encoded at once.
Any doubt raises (ValueError, IndexError, TypeError or AttributeError) and `careful` then finds the field.
"""

from collections.abc import Callable

from chongzheng.iso8583 import careful
from chongzheng.iso8583.message import Value
from chongzheng.iso8583.spec import PREFIX_BYTES, Field, Layout

Encoder = Callable[[str, dict[int, Value]], bytes]


class _Source:
    """Segments of the message in order, each of packed digits, of text or of raw bytes, and the checks they need."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.lines: list[str] = []
        self.sizes: list[str] = []
        self.tables: dict[str, object] = {"PAD": ("", "0")}
        self.segments: list[tuple[str, list[str]]] = []
        self.run: list[str] = []
        self.runs = 0

    def add(self, sort: str, part: str) -> None:
        """One more part; it joins the segment before when both are of one sort (hex, text or raw)."""
        self.close_run()
        self._append(sort, part)

    def _append(self, sort: str, part: str) -> None:
        if self.segments and self.segments[-1][0] == sort:
            self.segments[-1][1].append(part)
        else:
            self.segments.append((sort, [part]))

    def digits(self, part: str) -> None:
        """One more part of a run of decimal digits, given as the inside of an f-string."""
        self.run.append(part)

    def close_run(self) -> None:
        """Check in one go that the run holds decimal digits only, and make it part of a hex segment."""
        if not self.run:
            return
        self.runs += 1
        self.lines.append(f'r{self.runs} = f"{"".join(self.run)}"')
        self.lines.append(f"if not r{self.runs}.isdecimal(): raise ValueError")
        self.run = []
        self._append("hex", f"{{r{self.runs}}}")

    def literal(self, raw: bytes) -> None:
        """Bytes that are the same in every message."""
        if self.run or (self.segments and self.segments[-1][0] == "hex"):
            self.add("hex", raw.hex())
        else:
            self.put_bytes(repr(raw), repr(raw.decode("latin-1")))

    def put_bytes(self, as_bytes: str, as_text: str) -> None:
        """Bytes as text where the charset maps bytes one to one, so that they need no segment of their own."""
        if self.layout.charset == "latin-1":
            self.add("text", as_text)
        else:
            self.add("raw", as_bytes)


def _table(code: _Source, field: Field, form: str) -> str:
    """The name of a table from length to length prefix, as hex, text or bytes; beyond the maximum it has no entry."""
    name = f"L_{form}_{field.prefix}_{field.size}"
    raws = [code.layout.length_bytes(field.prefix, length) for length in range(field.size + 1)]
    if form == "hex":
        code.tables[name] = tuple(raw.hex() for raw in raws)
    elif form == "text":
        code.tables[name] = tuple(raw.decode("latin-1") for raw in raws)
    else:
        code.tables[name] = tuple(raws)
    return name


def _packed(code: _Source, field: Field) -> None:
    value, length = f"v{field.number}", f"n{field.number}"
    track = field.kind == "z"
    if track:
        code.lines.append(f"if {value}.strip('0123456789ABCDEF'): raise ValueError")
    put = (lambda part: code.add("hex", part)) if track else code.digits
    if field.prefix:
        code.lines.append(f"{length} = len({value})")
        prefix = f"{{{_table(code, field, 'hex')}[{length}]}}"
        if field.prefix in PREFIX_BYTES:  # a binary length may hold A-F, so it is no part of a run of digits
            code.add("hex", prefix)
        else:
            put(prefix)
        pad = f"{{PAD[{length} & 1]}}"
    else:
        code.sizes.append(f"len({value}) != {field.size}")
        pad = "0" if field.size % 2 else ""
    put(f"{pad}{{{value}}}" if field.pad_left else f"{{{value}}}{pad}")


def _signed(code: _Source, field: Field) -> None:
    value = f"v{field.number}"
    code.sizes.append(f"len({value}) != {field.size}")
    code.add("text", f"{value}[:1]")
    code.digits(f"{{{value}[1:]}}")


def _content(code: _Source, field: Field) -> None:
    """Kinds ans, b and hex."""
    value = f"v{field.number}"
    size = field.size // 2 if field.kind == "hex" else field.size
    if field.prefix:
        put = f"{_table(code, field, 'raw')}[len({value})]", f"{_table(code, field, 'text')}[len({value})]"
        code.put_bytes(*put)
    else:
        code.sizes.append(f"len({value}) != {size}")
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


def _segment(sort: str, parts: list[str], charset: str) -> str:
    if sort == "hex":
        return f'bytes.fromhex(f"{"".join(parts)}")'
    if sort == "text":
        text = parts[0] if len(parts) == 1 else f'"".join(({", ".join(parts)}))'
        return f"{text}.encode({charset!r})"
    return ", ".join(parts)


def encoder_source(layout: Layout, order: tuple[int, ...]) -> tuple[str, dict[str, object]]:
    """The source of `encode(mti, fields)` for a dict whose keys come in this `order`, and the tables it uses."""
    code = _Source(layout)
    if layout.mti == "bcd":
        code.digits("{mti}")
    else:
        code.lines.append("if not mti.isdecimal(): raise ValueError")
        code.add("text", "mti")
    code.literal(careful.write_bitmap(layout, tuple(sorted(order))))
    for number in sorted(order):
        _emit(code, layout.fields[number])
    code.close_run()
    names = "".join(f"v{number}, " for number in order)
    unpack = [f"{names}= fields.values()"] if order else []
    sizes = [f"if {' or '.join(['len(mti) != 4', *code.sizes])}: raise ValueError"]
    parts = [_segment(sort, parts, layout.charset) for sort, parts in code.segments]
    body = [*unpack, *sizes, *code.lines, f"return b''.join(({', '.join(parts)},))"]
    return "def encode(mti, fields):\n" + "".join(f"    {line}\n" for line in body), code.tables


def compile_encoder(layout: Layout, order: tuple[int, ...]) -> Encoder:
    """The compiled writer for one order of fields; it raises a built-in exception for whatever does not fit."""
    source, names = encoder_source(layout, order)
    exec(compile(source, f"<encode {layout.name}>", "exec"), names)  # noqa: S102 - the source comes from our tables alone
    encode: Encoder = names["encode"]  # type: ignore[assignment]  # exec gives object
    return encode
