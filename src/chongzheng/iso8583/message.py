"""What is an ISO 8583 message once it is no longer bytes?"""

from collections.abc import Mapping

Value = str | bytes


class Message:
    """One message: `mti` is four digits, `fields` maps field number (2..128, no bitmap) to its value.

    Numeric and track fields are digit strings without the pad nibble, leading zeros kept; text is `str`,
    one character a byte; binary fields are `bytes`. `repr` never shows a value, so card data cannot leak by accident.
    """

    __slots__ = ("fields", "mti")

    def __init__(self, mti: str, fields: dict[int, Value]) -> None:
        self.mti = mti
        self.fields = fields

    def __eq__(self, other: object) -> bool:
        """Equal when type and every field are equal."""
        if not isinstance(other, Message):
            return NotImplemented
        return self.mti == other.mti and self.fields == other.fields

    __hash__ = None  # type: ignore[assignment]  # fields is a mutable dict

    def __repr__(self) -> str:
        """The type and which fields are present, never what is in them."""
        return f"Message({self.mti!r}, fields={sorted(self.fields)})"

    def text(self, number: int, default: str = "") -> str:
        """The field as text, or `default` when it is absent; bytes are read as latin-1."""
        value = self.fields.get(number, default)
        return value if isinstance(value, str) else value.decode("latin-1")

    def with_fields(self, changes: Mapping[int, Value | None]) -> "Message":
        """A copy in which each named field has the new value, or is gone where the new value is None."""
        merged = {**self.fields, **changes}
        return Message(self.mti, {number: value for number, value in merged.items() if value is not None})
