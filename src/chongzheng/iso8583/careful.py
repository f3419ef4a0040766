"""Where exactly does a message break its dialect's rules?

The compiled code says only that something does not fit; this slow reader and writer go field by field and name it.
No value of a field ever stands in an error: it could be card data.
"""

from chongzheng.iso8583.bitmap import bitmap_of, numbers_of
from chongzheng.iso8583.message import Message, Value
from chongzheng.iso8583.spec import Field, Layout, length_bytes, prefix_bytes
from chongzheng.mistakes import TheirMistake

HEX_DIGITS = frozenset("0123456789ABCDEF")
DIGITS = frozenset("0123456789")


class _Cursor:
    """A position in a body that cannot run past its end."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.at = 0

    def take(self, count: int, where: str) -> bytes:
        """The next `count` bytes."""
        left = len(self.body) - self.at
        if count > left:
            raise TheirMistake(f"needs {count} bytes, {left} are left", where)
        self.at += count
        return self.body[self.at - count : self.at]


def _require_digits(text: str, where: str, allowed: frozenset[str] = DIGITS) -> str:
    if not allowed.issuperset(text):
        raise TheirMistake("holds a character that is not a digit", where)
    return text


def _read_hex(text: str, where: str) -> bytes:
    _require_digits(text.upper(), where, HEX_DIGITS)
    return bytes.fromhex(text)


def _read_mti(layout: Layout, cursor: _Cursor) -> str:
    raw = cursor.take(layout.bitmap_at, "MTI")
    return _require_digits(raw.hex() if layout.mti == "bcd" else raw.decode(layout.charset), "MTI")


def _read_bitmap(layout: Layout, cursor: _Cursor) -> tuple[int, ...]:
    bits = _read_bitmap_half(layout, cursor)
    if not bits >> 63:
        return numbers_of(bits, 64)
    return numbers_of(bits << 64 | _read_bitmap_half(layout, cursor), 128)


def _read_bitmap_half(layout: Layout, cursor: _Cursor) -> int:
    if layout.bitmap == "binary":
        return int.from_bytes(cursor.take(8, "bitmap"), "big")
    return int.from_bytes(_read_hex(cursor.take(16, "bitmap").decode("latin-1"), "bitmap"), "big")


def _read_length(layout: Layout, field: Field, cursor: _Cursor, where: str) -> int:
    if not field.prefix:
        return field.size
    raw = cursor.take(prefix_bytes(layout.lengths, field.prefix), where)
    if layout.lengths == "binary":
        length = int.from_bytes(raw, "big")
    else:
        text = raw.hex() if layout.lengths == "bcd" else raw.decode("latin-1")
        length = int(_require_digits(text, f"{where} length"))
    if length > field.size:
        raise TheirMistake(f"is {length} long, {field.size} is the most", where)
    return length


def _read_packed(field: Field, length: int, cursor: _Cursor, where: str) -> str:
    nibbles = cursor.take((length + 1) // 2, where).hex().upper()
    if length % 2:
        pad, nibbles = (nibbles[0], nibbles[1:]) if field.pad_left else (nibbles[-1], nibbles[:-1])
        if pad != "0":
            raise TheirMistake("the pad nibble is not zero", where)
    return _require_digits(nibbles, where, HEX_DIGITS if field.kind == "z" else DIGITS)


def _read_field(layout: Layout, field: Field, cursor: _Cursor) -> Value:
    where = f"F{field.number}"
    length = _read_length(layout, field, cursor, where)
    if field.kind in ("n", "z"):
        return _read_packed(field, length, cursor, where)
    if field.kind == "xn":
        sign = cursor.take(1, where).decode(layout.charset)
        return sign + _read_packed(field, length - 1, cursor, where)
    raw = cursor.take(length, where)
    if field.kind == "b":
        return raw
    text = raw.decode(layout.charset)
    return _read_hex(text, where) if field.kind == "hex" else text


def read(layout: Layout, body: bytes) -> Message:
    """The message in `body` (type to last field), or `TheirMistake` that names the field that does not fit."""
    cursor = _Cursor(body)
    mti = _read_mti(layout, cursor)
    fields: dict[int, Value] = {}
    for number in _read_bitmap(layout, cursor):
        fields[number] = _read_field(layout, known(layout, number), cursor)
    if cursor.at != len(body):
        raise TheirMistake(f"{len(body) - cursor.at} bytes too many after the last field", "end")
    return Message(mti, fields)


def known(layout: Layout, number: int) -> Field:
    """The table entry of a field, or `TheirMistake` when the dialect has none."""
    field = layout.fields.get(number)
    if field is None:
        raise TheirMistake(f"is not a field of {layout.name}", f"F{number}")
    return field


def _write_packed(field: Field, text: str, where: str) -> bytes:
    _require_digits(text, where, HEX_DIGITS if field.kind == "z" else DIGITS)
    if len(text) % 2:
        text = f"0{text}" if field.pad_left else f"{text}0"
    return bytes.fromhex(text)


def _encode_text(layout: Layout, text: str, where: str) -> bytes:
    try:
        return text.encode(layout.charset)
    except UnicodeEncodeError:
        raise TheirMistake("holds a character that one byte cannot carry", where) from None


def _as_bytes(field: Field, value: object, where: str) -> bytes:
    if not isinstance(value, bytes):
        raise TheirMistake("must be bytes", where)
    return value.hex().upper().encode("ascii") if field.kind == "hex" else value


def _write_content(layout: Layout, field: Field, value: object, where: str) -> tuple[int, bytes]:
    """The length as it is counted for this kind, and the bytes."""
    if field.kind in ("b", "hex"):
        raw = _as_bytes(field, value, where)
        return len(raw), raw
    if not isinstance(value, str):
        raise TheirMistake("must be text", where)
    if field.kind in ("n", "z"):
        return len(value), _write_packed(field, value, where)
    if field.kind == "xn":
        return len(value), _encode_text(layout, value[:1], where) + _write_packed(field, value[1:], where)
    return len(value), _encode_text(layout, value, where)


def _write_field(layout: Layout, field: Field, value: object) -> bytes:
    where = f"F{field.number}"
    length, raw = _write_content(layout, field, value, where)
    if not field.prefix:
        if length != field.size:
            raise TheirMistake(f"is {length} long, must be {field.size}", where)
        return raw
    if length > field.size:
        raise TheirMistake(f"is {length} long, {field.size} is the most", where)
    return length_bytes(layout.lengths, field.prefix, length) + raw


def write_mti(layout: Layout, mti: object) -> bytes:
    """The message type on the wire: four digits."""
    if not isinstance(mti, str) or len(mti) != 4:
        raise TheirMistake("must be four digits", "MTI")
    _require_digits(mti, "MTI")
    return bytes.fromhex(mti) if layout.mti == "bcd" else mti.encode(layout.charset)


def write_bitmap(layout: Layout, numbers: tuple[int, ...]) -> bytes:
    """The bitmap on the wire."""
    bitmap = bitmap_of(numbers)
    return bitmap if layout.bitmap == "binary" else bitmap.hex().upper().encode("ascii")


def write(layout: Layout, msg: Message) -> bytes:
    """The bytes of `msg` from type to last field, or `TheirMistake` that names the field that does not fit."""
    numbers = tuple(sorted(msg.fields))
    parts = [write_mti(layout, msg.mti), write_bitmap(layout, numbers)]
    parts += [_write_field(layout, known(layout, number), msg.fields[number]) for number in numbers]
    return b"".join(parts)
