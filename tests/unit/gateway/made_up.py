"""Which messages, numbers and parties do the tests of the link profiles share?"""

from __future__ import annotations

from chongzheng.gateway.profile import Numbers, Party
from chongzheng.iso8583 import Message, Value, mac_input
from chongzheng.iso8583.mac import field_mac

PAN = "6222020000001234"
KEY = bytes(range(16))
NUMBERS = Numbers(mti="0200", stan="100321", undo_stan="100322", rrn="212600100321", sent="0812101600")
PARTY = Party(acquirer="48021000", forwarder="48021000", receiver="01020000", mcc="5411")
SALE: dict[int, Value] = {
    2: PAN, 3: "000000", 4: "000000023456", 11: "000007", 22: "021", 25: "00", 35: f"{PAN}D2512",
    41: "30000001", 42: "898310000000001", 49: "156", 55: bytes.fromhex("950500000080009F3602001F"),
    60: "22000009000", 63: "001",
}  # fmt: skip
IDENTITY = tuple((str(n), str(SALE[n])) for n in (3, 4, 11, 22, 25, 41, 42, 49, 60)) + NUMBERS.pairs()


def sale(**changes: Value | None) -> Message:
    """A sale as `translate` hands it over; `F4=None` leaves a field out."""
    return Message("0200", dict(SALE)).with_fields({int(name[1:]): value for name, value in changes.items()})


def reversal(reason: str = "98") -> Message:
    """A reversal as `translate` hands it over."""
    kept = {n: SALE[n] for n in (2, 3, 4, 11, 22, 25, 41, 42, 49, 60)}
    return Message("0400", {**kept, 39: reason})


def mac(data: bytes) -> bytes:
    """A MAC as both sides make it."""
    return field_mac("x9.9", KEY, data)


def check(data: bytes, value: bytes) -> bool:
    """Whether it is one."""
    return field_mac("x9.9", KEY, data) == value


def no_check(data: bytes, value: bytes) -> bool:
    """A side that has other keys."""
    return False


def without_mac(body: bytes) -> bytes:
    """What the MAC covers."""
    return mac_input(body)
