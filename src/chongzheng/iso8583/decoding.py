"""What is the straight-line code that reads messages of one given shape?

A shape is the message type, the bitmap and the length of F2, so that everything in front of the second variable field
stands at a known place. Neighbouring packed fields become one hex string, are checked together and cut in one call;
neighbouring text fields are cut in one call too. Any doubt raises and `careful` then finds the field. A body that is
too short needs no check of its own: slices come out short, and the end no longer meets the length of the body.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from operator import itemgetter

from chongzheng.iso8583.message import Message
from chongzheng.iso8583.spec import Field, Layout, length_bytes, prefix_bytes

Decoder = Callable[[bytes], Message]

SHARED_PARTS_MAX = 4096  # tables, slices and cutters that shapes have in common
GUESSED_SIZE_MAX = 30  # ids, F44, F60 and F61: in practice one length per kind of message; longer fields really vary

# maps a byte of two decimal digits to 0 and any other to 1
NOT_DIGITS = bytes(int(high > 9 or low > 9) for high in range(16) for low in range(16))


@lru_cache(maxsize=SHARED_PARTS_MAX)
def _cutter(cuts: tuple[tuple[int, int], ...]) -> Callable[[str], tuple[str, ...]]:
    """Cuts a string at these places in one call; the same cuts share one cutter, which keeps the caches warm."""
    return itemgetter(*(_slice(start, end) for start, end in cuts))


@lru_cache(maxsize=SHARED_PARTS_MAX)
def _slice(start: int, end: int) -> slice:
    return slice(start, end)


def _place(base: int, offset: int) -> str:
    return f"i{base} + {offset}" if base else str(offset)


class _Source:
    """Lines of code; the position in the body is a symbol: a variable (or nothing) plus a known number of bytes."""

    def __init__(self, layout: Layout, start: int) -> None:
        self.layout = layout
        self.lines: list[str] = []
        self.names: dict[str, object] = {"Message": Message, "NOT_DIGITS": NOT_DIGITS, "new": object.__new__}
        self.items: dict[int, str] = {}
        self.base = 0
        self.offset = start
        self.group: list[tuple[Field, int]] = []
        self.group_offset = 0
        self.group_bytes = 0

    def here(self, extra: int = 0) -> str:
        """The current position in bytes."""
        return _place(self.base, self.offset + extra)

    def jump(self, target: str) -> str:
        """The position becomes what only the message knows; gives the name of the variable that holds it."""
        self.lines.append(f"i{self.base + 1} = {target}")
        self.base += 1
        self.offset = 0
        return f"i{self.base}"

    def check(self, condition: str) -> None:
        """A condition under which the message does not fit."""
        self.lines.append(f"if {condition}: raise ValueError")

    def fixed(self, field: Field, width: int) -> None:
        """One more field of `width` bytes in a group of neighbours of the same sort (packed digits or text)."""
        if self.group and self.group[0][0].kind != field.kind:
            self.close()
        if not self.group:
            self.group_offset, self.group_bytes = self.offset, 0
        self.group.append((field, self.group_bytes))
        self.group_bytes += width
        self.offset += width

    def known_prefix(self, field: Field, length: int) -> None:
        """Goes past a length prefix that is taken to be what it was before; another one takes the other way."""
        raw = length_bytes(self.layout.lengths, field.prefix, length)
        if len(raw) == 1:
            self.lines.append(f"if body[{self.here()}] != {raw[0]}: return otherwise(body)")
        else:
            self.lines.append(f"if body[{self.here()}:{self.here(len(raw))}] != {raw!r}: return otherwise(body)")
        if self.group and self.group[0][0].kind == "n" and 1 in raw.translate(NOT_DIGITS):
            self.close()
        self.group_bytes += len(raw)
        self.offset += len(raw)

    def close(self) -> None:
        """The code that reads the fields gathered so far."""
        group, self.group = self.group, []
        if not group:
            return
        first = group[0][0]
        last, last_at = group[-1]
        start = self.group_offset  # the group ends with its last field; a known length prefix may follow it
        if first.kind == "n":
            end = start + last_at + (last.size + 1) // 2
            _read_digits(self, group, f"body[{_place(self.base, start)}:{_place(self.base, end)}]")
        else:
            _read_text(self, group, start, start + last_at + last.size)

    def cut(self, source: str, cuts: dict[int, tuple[int, int]]) -> None:
        """Parts of a string at known places, as variables named after their fields."""
        if len(cuts) < 3:
            self.lines += [f"v{number} = {source}[{start}:{end}]" for number, (start, end) in cuts.items()]
            self.items |= {number: f"v{number}" for number in cuts}
            return
        cutter = f"cut{len(self.names)}"
        self.names[cutter] = _cutter(tuple(cuts.values()))
        self.lines.append(f"{', '.join(f'v{number}' for number in cuts)} = {cutter}({source})")
        self.items |= {number: f"v{number}" for number in cuts}


def _read_digits(code: _Source, group: list[tuple[Field, int]], run: str) -> None:
    name = f"r{group[0][0].number}"
    code.lines.append(f"{name} = {run}")
    faults = [f"1 in {name}.translate(NOT_DIGITS)"]
    cuts: dict[int, tuple[int, int]] = {}
    for field, at in group:
        odd = field.size % 2
        if odd:
            faults.append(f"{name}[{at}] > 15" if field.pad_left else f"{name}[{at + field.size // 2}] & 15")
        start = 2 * at + (1 if odd and field.pad_left else 0)
        cuts[field.number] = (start, start + field.size)
    code.check(" or ".join(faults))
    if [*cuts.values()] == [(0, 2 * code.group_bytes)]:
        code.items[group[0][0].number] = f"{name}.hex()"
    else:
        code.lines.append(f"h = {name}.hex()")
        code.cut("h", cuts)


def _read_text(code: _Source, group: list[tuple[Field, int]], start: int, end: int) -> None:
    if not code.base:
        code.cut("s", {field.number: (start + at, start + at + field.size) for field, at in group})
    elif len(group) == 1:
        code.items[group[0][0].number] = f"s[{_place(code.base, start)}:{_place(code.base, end)}]"
    else:
        code.lines.append(f"t = s[{_place(code.base, start)}:{_place(code.base, end)}]")
        code.cut("t", {field.number: (at, at + field.size) for field, at in group})


@lru_cache(maxsize=SHARED_PARTS_MAX)
def _length_table(lengths: str, prefix: str, size: int) -> dict[int | bytes, int]:
    """From a length as it stands on the wire (a byte, or several) to the length; one table for all shapes."""
    raws = [length_bytes(lengths, prefix, length) for length in range(size + 1)]
    return {(raw[0] if len(raw) == 1 else raw): length for length, raw in enumerate(raws)}


def _length(code: _Source, field: Field) -> str:
    """Code that reads a length prefix by table; gives the name of the variable that holds the length."""
    width = prefix_bytes(code.layout.lengths, field.prefix)
    table = f"L_{field.prefix}_{field.size}"
    code.names[table] = _length_table(code.layout.lengths, field.prefix, field.size)
    slot = f"body[{code.here()}]" if width == 1 else f"body[{code.here()}:{code.here(width)}]"
    code.lines.append(f"n{field.number} = {table}[{slot}]")
    code.offset += width
    return f"n{field.number}"


def _packed_variable(code: _Source, field: Field) -> None:
    """Kinds n and z of a length that the message tells."""
    length, run, value = _length(code, field), f"r{field.number}", f"v{field.number}"
    start = code.here()
    end = code.jump(f"{start} + ({length} + 1 >> 1)")
    code.lines.append(f"{run} = body[{start}:{end}]")
    if field.kind == "n":
        code.check(f"1 in {run}.translate(NOT_DIGITS)")
    code.lines.append(f"{value} = {run}.hex(){'' if field.kind == 'n' else '.upper()'}")
    pad, rest = (f"{run}[0] > 15", "1:") if field.pad_left else (f"{run}[-1] & 15", ":-1")
    code.lines += [f"if {length} & 1:", f"    if {pad}: raise ValueError", f"    {value} = {value}[{rest}]"]
    code.items[field.number] = value


def _signed(code: _Source, field: Field) -> None:
    run = f"r{field.number}"
    code.lines.append(f"{run} = body[{code.here(1)}:{code.here(1 + field.size // 2)}]")
    code.check(f"1 in {run}.translate(NOT_DIGITS)")
    code.items[field.number] = f"s[{code.here()}:{code.here(1)}] + {run}.hex()"
    code.offset += 1 + field.size // 2


def _content(code: _Source, field: Field) -> None:
    """Kinds ans of variable length, b and hex."""
    source = "body" if field.kind == "b" else "s"
    if field.prefix:
        length = _length(code, field)
        start = code.here()
        end = code.jump(f"{start} + {length}")
    else:
        start, end = code.here(), code.here(field.size)
        code.offset += field.size
    code.items[field.number] = f"{source}[{start}:{end}]"
    if field.kind == "hex":
        value = f"v{field.number}"
        code.lines.append(f"{value} = bytes.fromhex({code.items[field.number]})")
        code.check(f"len({value}) != {field.size // 2}")
        code.items[field.number] = value


def _emit(code: _Source, field: Field) -> None:
    if field.kind in ("n", "ans") and not field.prefix:
        code.fixed(field, (field.size + 1) // 2 if field.kind == "n" else field.size)
        return
    code.close()
    if field.kind in ("n", "z"):
        _packed_variable(code, field)
    elif field.kind == "xn":
        _signed(code, field)
    else:
        _content(code, field)


def _return(mti: str, items: dict[int, str]) -> list[str]:
    """Builds the message. A dict display of more than 15 entries is built twice, so the rest is added one by one."""
    order = sorted(items)
    display = ", ".join(f"{number}: {items[number]}" for number in order[:15])
    rest = [f"d[{number}] = {items[number]}" for number in order[15:]]
    build = ["m = new(Message)", f"m.mti = {mti!r}", "m.fields = d", "return m"]  # half the price of a call of Message
    return [f"d = {{{display}}}", *rest, *build]


def _known_lengths(layout: Layout, msg: Message, guess: bool) -> dict[int, int]:
    """Lengths that the code takes for granted: that of F2 is part of the shape, those of short fields are guessed."""
    known = {2: len(msg.text(2))}
    if guess:
        for number in msg.fields:
            field = layout.fields[number]
            if field.prefix and field.kind in ("n", "ans") and field.size <= GUESSED_SIZE_MAX:
                known.setdefault(number, len(msg.text(number)))
    return known


def decoder_source(layout: Layout, msg: Message, start: int, guess: bool) -> tuple[str, dict[str, object]]:
    """The source of `decode(body)` for every message of the shape of `msg`, whose fields begin at `start` bytes.

    `start` is behind the bitmap, and behind the length of F2 where there is an F2. With `guess` the code is written
    for the lengths that short fields have in `msg`, and calls `otherwise(body)` for others. Also gives its names.
    """
    code = _Source(layout, start)
    known = _known_lengths(layout, msg, guess)
    for number in sorted(msg.fields):
        field = layout.fields[number]
        if number in known:
            if number != 2:
                code.known_prefix(field, known[number])
            field = replace(field, prefix="", size=known[number])
        _emit(code, field)
    code.close()
    code.check(f"len(body) != {code.here()}")
    body = [f"s = body.decode({layout.charset!r})", *code.lines, *_return(msg.mti, code.items)]
    return "def decode(body):\n" + "".join(f"    {line}\n" for line in body), code.names


def _compile(layout: Layout, source: str, names: dict[str, object]) -> Decoder:
    exec(compile(source, f"<decode {layout.name}>", "exec"), names)  # noqa: S102 - source from our tables alone
    decode: Decoder = names["decode"]  # type: ignore[assignment]  # exec gives object
    return decode


def compile_decoder(layout: Layout, msg: Message, start: int) -> Decoder:
    """The compiled reader for the shape of `msg`; ValueError, KeyError or IndexError for what does not fit."""
    otherwise = _compile(layout, *decoder_source(layout, msg, start, False))
    source, names = decoder_source(layout, msg, start, True)
    return _compile(layout, source, {**names, "otherwise": otherwise})
