"""Which messages does a load consist of? A contactless chip sale as terminals send it, ready with its MAC."""

from __future__ import annotations

from collections.abc import Iterator

from chongzheng.iso8583 import CupEnvelope, Message, Value, dialect, frame, join_cup
from chongzheng.iso8583.mac import field_mac, mac_input, sign

POS = dialect("cup-pos")
ALGORITHM = "cup-ecb"
TPDU_ID, OUR_SIDE = b"\x60", b"\x00\x03"
HEADER = bytes.fromhex("603100311001")
PAN = "6222001234567531902"
AMOUNT_FEN = 12_345
CHIP = (
    "9F2608{cryptogram:016X}9F2701809F101307010103A0A802010A010000000000123456789F3704112233449F36020001"
    "950500000000009A032609229C01009F02060000000123455F2A02015682027C009F1A0201569F03060000000000009F3303E0E1C8"
    "9F34034203009F3501229F1E0831323334353637388408A0000003330101019F0902008C9F410400000001"
)
AMOUNT_BYTES, STAN_BYTES = 6, 3
CRYPTOGRAM_TAG = bytes.fromhex("9F2608")
MIX = 0x9E3779B97F4A7C15


def terminal_name(number: int) -> str:
    """F41 of the terminal of this number."""
    return f"{10_000_001 + number}"


def merchant_name(number: int) -> str:
    """F42 of its merchant; five terminals each."""
    return f"8983100{number // 5 + 1:08d}"


def envelope_of(number: int) -> CupEnvelope:
    """What stands in front of a terminal's messages: the source of its TPDU is its number, as a concentrator has it."""
    return CupEnvelope(TPDU_ID + OUR_SIDE + number.to_bytes(2, "big"), HEADER)


def cryptogram(number: int, stan: int) -> int:
    """F55 tag 9F26: another one for each sale, as chips make them, so that nothing can be remembered."""
    return (number << 32 | stan) * MIX % (1 << 64)


def sale(number: int, batch: str, stan: int, fen: int = AMOUNT_FEN) -> Message:
    """One sale (0200) of a terminal, without its MAC."""
    chip = CHIP.format(cryptogram=cryptogram(number, stan))
    fields: dict[int, Value] = {
        2: PAN, 3: "000000", 4: f"{fen:012d}", 11: f"{stan:06d}", 14: "3012", 22: "051", 23: "001", 25: "00",
        35: f"{PAN}D30122010000000000", 41: terminal_name(number), 42: merchant_name(number), 49: "156",
        53: "0600000000000000", 55: bytes.fromhex(chip), 60: f"22{batch}000601",
    }  # fmt: skip
    return Message("0200", fields)


def sale_frames(number: int, batch: str, mak: bytes, count: int) -> Iterator[bytes]:
    """So many sales of a terminal as frames with MAC, trace numbers from 1; F11, the cryptogram and F64 differ."""
    covered = mac_input(sign(POS, sale(number, batch, 0), ALGORITHM, mak))
    stan_at = covered.index(bytes.fromhex(f"{AMOUNT_FEN:012d}")) + AMOUNT_BYTES
    chip_at = covered.index(CRYPTOGRAM_TAG) + len(CRYPTOGRAM_TAG)
    before, between, after = covered[:stan_at], covered[stan_at + STAN_BYTES : chip_at], covered[chip_at + 8 :]
    envelope = envelope_of(number)
    for stan in range(1, count + 1):
        proof = cryptogram(number, stan).to_bytes(8, "big")
        body = b"".join((before, bytes.fromhex(f"{stan:06d}"), between, proof, after))
        yield frame(join_cup(envelope, body + field_mac(ALGORITHM, mak, body)))


def offset_of(body: bytes, wanted: int) -> int:
    """Where a field begins in a body of this shape; only fields of fixed length may stand before it."""
    offset = POS.layout.bitmap_at + 8
    for number in sorted(POS.decode(body).fields):
        if number >= wanted:
            return offset
        field = POS.layout.fields[number]
        offset += (field.size + 1) // 2 if field.kind == "n" else field.size
    return offset
