"""What is the straight-line code that reads messages with one given bitmap?

Digits are read from one hex rendering of the whole body and checked a run at a time; text is sliced from one decoded
string. Any doubt raises (ValueError, KeyError or IndexError) and `careful` then finds the field. A body that is too
short needs no check of its own: slices come out short, and the end no longer meets the length of the body.
"""

from collections.abc import Callable

from chongzheng.iso8583.message import Message
from chongzheng.iso8583.spec import PREFIX_BYTES, Field, Layout

Decoder = Callable[[bytes], Message]


class _Source:
    """Lines of code; the position in the body is a symbol: a variable (or nothing) plus a known number of bytes."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.lines: list[str] = []
        self.tables: dict[str, object] = {}
        self.items: list[str] = []
        self.base = 0
        self.offset = 0
        self.doubled: set[int] = set()
        self.run_start = ""

    def byte(self, extra: int = 0) -> str:
        """The current position in bytes."""
        total = self.offset + extra
        return f"i{self.base} + {total}" if self.base else str(total)

    def nibble(self, extra: int = 0) -> str:
        """The current position in half bytes."""
        total = 2 * self.offset + extra
        if not self.base:
            return str(total)
        if self.base not in self.doubled:
            self.doubled.add(self.base)
            self.lines.append(f"q{self.base} = i{self.base} + i{self.base}")
        return f"q{self.base} + {total}"

    def jump(self, target: str) -> None:
        """The position becomes what only the message knows."""
        self.lines.append(f"i{self.base + 1} = {target}")
        self.base += 1
        self.offset = 0

    def check(self, condition: str) -> None:
        """A condition under which the message does not fit."""
        self.lines.append(f"if {condition}: raise ValueError")

    def open_run(self) -> None:
        """From here on everything is decimal digits."""
        if not self.run_start:
            self.run_start = self.nibble()

    def close_run(self) -> None:
        """Check in one go that everything since `open_run` was decimal digits."""
        if self.run_start and self.run_start != self.nibble():
            self.check(f"not h[{self.run_start}:{self.nibble()}].isdecimal()")
        self.run_start = ""


def _length_table(layout: Layout, field: Field) -> dict[str, int]:
    texts = (layout.length_bytes(field.prefix, length) for length in range(field.size + 1))
    if layout.lengths == "bcd":
        return {raw.hex(): length for length, raw in enumerate(texts)}
    return {raw.decode("ascii"): length for length, raw in enumerate(texts)}


def _length(code: _Source, field: Field) -> str:
    """Code that reads a length prefix; gives the name of the variable that holds it."""
    name, width = f"n{field.number}", code.layout.prefix_bytes(field.prefix)
    if field.prefix in PREFIX_BYTES:
        code.close_run()
        high = f"body[{code.byte()}] << 8 | body[{code.byte(1)}]" if width == 2 else f"body[{code.byte()}]"
        code.lines.append(f"{name} = {high}")
        code.check(f"{name} > {field.size}")
    else:
        table = f"T_{field.prefix}_{field.size}"
        code.tables[table] = _length_table(code.layout, field)
        bcd = code.layout.lengths == "bcd"
        slot = f"h[{code.nibble()}:{code.nibble(2 * width)}]" if bcd else f"s[{code.byte()}:{code.byte(width)}]"
        code.lines.append(f"{name} = {table}[{slot}]")
    code.offset += width
    return name


def _packed_fixed(code: _Source, field: Field, size: int) -> str:
    odd = size % 2
    if odd:
        code.check(f"h[{code.nibble(0 if field.pad_left else size)}] != '0'")
    skip = 1 if odd and field.pad_left else 0
    text = f"h[{code.nibble(skip)}:{code.nibble(skip + size)}]"
    code.offset += (size + 1) // 2
    return text


def _packed_variable(code: _Source, field: Field, length: str) -> str:
    if field.pad_left:
        code.check(f"{length} & 1 and h[{code.nibble()}] != '0'")
        start = f"{code.nibble()} + ({length} & 1)"
    else:
        code.check(f"{length} & 1 and h[{code.nibble()} + {length}] != '0'")
        start = code.nibble()
    code.jump(f"{code.byte()} + ({length} + 1 >> 1)")
    return f"h[{start}:{start} + {length}]"


def _digits(code: _Source, field: Field) -> str:
    """Kinds n and z. A packed length belongs to the run of digits, so it is opened before the length is read."""
    if field.kind == "n":
        code.open_run()
    else:
        code.close_run()
    if not field.prefix:
        text = _packed_fixed(code, field, field.size)
    else:
        length = _length(code, field)
        if field.kind == "n":
            code.open_run()
        text = _packed_variable(code, field, length)
    return text if field.kind == "n" else f"{text}.upper()"


def _signed(code: _Source, field: Field) -> str:
    code.close_run()
    sign = f"s[{code.byte()}:{code.byte(1)}]"
    code.offset += 1
    code.open_run()
    return f"{sign} + {_packed_fixed(code, field, field.size - 1)}"


def _bytes_or_text(code: _Source, field: Field) -> str:
    code.close_run()
    source = "body" if field.kind == "b" else "s"
    if field.prefix:
        length = _length(code, field)
        start = code.byte()
        code.jump(f"{start} + {length}")
        part = f"{source}[{start}:i{code.base}]"
    else:
        part = f"{source}[{code.byte()}:{code.byte(field.size)}]"
        code.offset += field.size
    if field.kind != "hex":
        return part
    code.lines.append(f"x{field.number} = bytes.fromhex({part})")
    code.check(f"len(x{field.number}) != {field.size // 2}")
    return f"x{field.number}"


def _emit(code: _Source, field: Field) -> str:
    if field.kind in ("n", "z"):
        return _digits(code, field)
    if field.kind == "xn":
        return _signed(code, field)
    return _bytes_or_text(code, field)


def _bitmap_bytes(layout: Layout, numbers_long: bool) -> int:
    half = 8 if layout.bitmap == "binary" else 16
    return 2 * half if numbers_long else half


def decoder_source(layout: Layout, numbers: tuple[int, ...], long: bool) -> tuple[str, dict[str, object]]:
    """The source of `decode(body)` for these fields (`long`: a second bitmap is present), and the tables it uses."""
    code = _Source(layout)
    code.offset = layout.bitmap_at
    code.check(f"not {'h' if layout.mti == 'bcd' else 's'}[:4].isdecimal()")
    code.offset += _bitmap_bytes(layout, long)
    for number in numbers:
        code.items.append(f"{number}: {_emit(code, layout.fields[number])}")
    code.close_run()
    code.check(f"len(body) != {code.byte()}")
    head = ["h = body.hex()"] if layout.mti == "bcd" or layout.charset == "cp500" else []
    head.append(f"s = body.decode({layout.charset!r})")
    mti = "h[:4]" if layout.mti == "bcd" else "s[:4]"
    body = [*head, *code.lines, f"return Message({mti}, {{{', '.join(code.items)}}})"]
    return "def decode(body):\n" + "".join(f"    {line}\n" for line in body), code.tables


def compile_decoder(layout: Layout, numbers: tuple[int, ...], long: bool) -> Decoder:
    """The compiled reader for one bitmap; it raises ValueError, KeyError or IndexError for whatever does not fit."""
    source, names = decoder_source(layout, numbers, long)
    names["Message"] = Message
    exec(compile(source, f"<decode {layout.name}>", "exec"), names)  # noqa: S102 - the source comes from our tables alone
    decode: Decoder = names["decode"]  # type: ignore[assignment]  # exec gives object
    return decode
