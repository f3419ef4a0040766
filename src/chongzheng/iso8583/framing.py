"""Where does a message begin and end in a byte stream, and what stands in front of it?"""

from dataclasses import dataclass

from chongzheng.mistakes import TheirMistake

FRAME_BYTES_MAX = 8192  # the longest message the field tables allow stays below 8 KiB
LENGTH_BYTES = 2
TPDU_BYTES = 5
CUP_HEADER_BYTES = 6
CUP_ENVELOPE_BYTES = TPDU_BYTES + CUP_HEADER_BYTES
CUPS_HEADER_BYTES = 46
CUPS_VERSION = 0x02


def frame(payload: bytes) -> bytes:
    """`payload` behind its 2-byte big-endian length, which does not count itself."""
    if not 0 < len(payload) <= FRAME_BYTES_MAX:
        raise TheirMistake(f"is {len(payload)} bytes long, 1 to {FRAME_BYTES_MAX} are possible", "frame")
    return len(payload).to_bytes(LENGTH_BYTES, "big") + payload


class Deframer:
    """Cuts a byte stream into payloads, whatever the pieces in which it arrives.

    It never holds more than one frame. A length of zero or above `limit` is a mistake after which the stream cannot
    be read on: frames before it are still returned, and every later call raises.
    """

    __slots__ = ("_buffer", "_limit")

    def __init__(self, limit: int = FRAME_BYTES_MAX) -> None:
        self._limit = limit
        self._buffer = b""

    @property
    def waiting_bytes(self) -> int:
        """How many bytes of an unfinished frame (length included) are held."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[bytes]:
        """The payloads that `data` completes, in order; `TheirMistake` when the next length cannot be right."""
        buffer = self._buffer + data if self._buffer else bytes(data)
        frames: list[bytes] = []
        at = 0
        while len(buffer) - at >= LENGTH_BYTES:
            length = int.from_bytes(buffer[at : at + LENGTH_BYTES], "big")
            if not 0 < length <= self._limit:
                break
            end = at + LENGTH_BYTES + length
            if end > len(buffer):
                break
            frames.append(buffer[at + LENGTH_BYTES : end])
            at = end
        self._buffer = buffer[at:]
        if not frames:
            self._refuse_bad_length()
        return frames

    def _refuse_bad_length(self) -> None:
        if len(self._buffer) < LENGTH_BYTES:
            return
        length = int.from_bytes(self._buffer[:LENGTH_BYTES], "big")
        if not 0 < length <= self._limit:
            self._buffer = self._buffer[:LENGTH_BYTES]  # a broken stream must not gather bytes
            raise TheirMistake(f"is {length}, 1 to {self._limit} are possible", "frame length")


def one_frame(data: bytes) -> bytes:
    """The payload of data that is exactly one frame; `TheirMistake` when its length says otherwise."""
    if len(data) < LENGTH_BYTES:
        raise TheirMistake(f"needs {LENGTH_BYTES} bytes, {len(data)} are there", "frame length")
    length = int.from_bytes(data[:LENGTH_BYTES], "big")
    if length != len(data) - LENGTH_BYTES:
        raise TheirMistake(f"says {length} bytes, {len(data) - LENGTH_BYTES} follow", "frame length")
    return data[LENGTH_BYTES:]


@dataclass(frozen=True, slots=True)
class CupEnvelope:
    """What stands in front of a POS message: TPDU (id 1, destination 2, source 2 bytes) and CUP header (6 bytes)."""

    tpdu: bytes
    header: bytes

    def answered(self) -> "CupEnvelope":
        """The envelope of the answer: destination and source of the TPDU change places."""
        return CupEnvelope(self.tpdu[:1] + self.tpdu[3:5] + self.tpdu[1:3], self.header)


def split_cup(payload: bytes) -> tuple[CupEnvelope, bytes]:
    """Envelope and body of a POS payload (a frame without its length)."""
    body = body_of_cup(payload)
    return CupEnvelope(payload[:TPDU_BYTES], payload[TPDU_BYTES:CUP_ENVELOPE_BYTES]), body


def body_of_cup(payload: bytes) -> bytes:
    """The body alone, where the envelope says nothing new."""
    if len(payload) < CUP_ENVELOPE_BYTES:
        raise TheirMistake(f"needs {CUP_ENVELOPE_BYTES} bytes, {len(payload)} are left", "TPDU and header")
    return payload[CUP_ENVELOPE_BYTES:]


def join_cup(envelope: CupEnvelope, body: bytes) -> bytes:
    """The payload of a POS frame; the inverse of `split_cup`."""
    if len(envelope.tpdu) != TPDU_BYTES or len(envelope.header) != CUP_HEADER_BYTES:
        raise TheirMistake(f"must be {TPDU_BYTES} and {CUP_HEADER_BYTES} bytes", "TPDU and header")
    return envelope.tpdu + envelope.header + body


@dataclass(frozen=True, slots=True)
class CupsHeader:
    """The 46 bytes in front of a message between an institution and the network.

    `destination` and `source` have 11 characters, `reserved` 3 bytes, `batch` and `user_info` 1 byte each,
    `transaction_info` 8 characters, `reject_code` 5 digits (00000: the message was not refused).
    """

    destination: str
    source: str
    reserved: bytes = b"\x00\x00\x00"
    batch: bytes = b"\x00"
    transaction_info: str = "00000000"
    user_info: bytes = b"\x00"
    reject_code: str = "00000"

    @property
    def rejected(self) -> bool:
        """Whether the network refused the message as such; then the body is the sender's own, not an answer."""
        return self.reject_code != "00000"

    def answered(self) -> "CupsHeader":
        """The header of the answer: destination and source change places."""
        parts = (self.reserved, self.batch, self.transaction_info, self.user_info, self.reject_code)
        return CupsHeader(self.source, self.destination, *parts)


def split_cups(payload: bytes) -> tuple[CupsHeader, bytes]:
    """Header and body of a network payload; the header's own length, version and total length must agree with it."""
    if len(payload) < CUPS_HEADER_BYTES:
        raise TheirMistake(f"needs {CUPS_HEADER_BYTES} bytes, {len(payload)} are left", "header")
    if payload[0] != CUPS_HEADER_BYTES or payload[1] != CUPS_VERSION:
        raise TheirMistake("does not begin with length 2E and version 02", "header")
    total = payload[2:6].decode("latin-1")
    if total != f"{len(payload):04d}":
        raise TheirMistake(f"the total length does not say {len(payload):04d}", "header")
    text = payload.decode("latin-1")
    header = CupsHeader(
        destination=text[6:17],
        source=text[17:28],
        reserved=payload[28:31],
        batch=payload[31:32],
        transaction_info=text[32:40],
        user_info=payload[40:41],
        reject_code=text[41:46],
    )
    return header, payload[CUPS_HEADER_BYTES:]


def join_cups(header: CupsHeader, body: bytes) -> bytes:
    """The payload of a network frame; the inverse of `split_cups`, with the total length worked out."""
    total = CUPS_HEADER_BYTES + len(body)
    parts = (
        bytes([CUPS_HEADER_BYTES, CUPS_VERSION]),
        f"{total:04d}".encode("ascii"),
        f"{header.destination:<11}{header.source:<11}".encode("latin-1"),
        header.reserved,
        header.batch,
        header.transaction_info.encode("latin-1"),
        header.user_info,
        header.reject_code.encode("latin-1"),
    )
    joined = b"".join(parts)
    if len(joined) != CUPS_HEADER_BYTES:
        raise TheirMistake(f"a part has the wrong size: {len(joined)} bytes, must be {CUPS_HEADER_BYTES}", "header")
    return joined + body
