"""Is this message what its sender wrote? The message authentication codes of the field, by name.

Input is the body from the type to the last byte before F64 or F128, with that bit already set in the bitmap.
Sources of the variants: the UnionPay POS and network practice, ANSI X9.9 and X9.19 (ISO 9797-1 algorithm 3).
"""

import hmac
from collections.abc import Callable
from functools import reduce
from operator import xor
from struct import Struct, unpack

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from chongzheng.iso8583.dialect import Dialect
from chongzheng.iso8583.message import Message
from chongzheng.mistakes import TheirMistake

CIPHERS_MAX = 4096  # keys whose cipher is kept ready; a terminal uses one or two
DES_BLOCK = 8
SM4_BLOCK = 16
MAC_BYTES = 8
NO_MAC_YET = bytes(MAC_BYTES)

BlockCipher = Callable[[bytes], bytes]


def triple_key(key: bytes) -> bytes:
    """A DES key of 8, 16 or 24 bytes as the 24 bytes that triple DES takes; 8 bytes stay single DES."""
    if len(key) not in (8, 16, 24):
        raise TheirMistake(f"must be 8, 16 or 24 bytes, has {len(key)}", "key")
    return key * 3 if len(key) == 8 else key + key[: 24 - len(key)]


def fold(data: bytes, size: int) -> int:
    """All blocks of `size` bytes XORed, the last one zero-padded."""
    if size == DES_BLOCK:
        words = len(data) + DES_BLOCK - 1 >> 3
        return reduce(xor, unpack(f">{words}Q", data.ljust(words << 3, b"\0")), 0)
    return _fold_halves(data, size)


def _fold_halves(data: bytes, size: int) -> int:
    """Halves are folded onto each other."""
    blocks = max(1, -(-len(data) // size))
    power = 1 << (blocks - 1).bit_length()
    number = int.from_bytes(data.ljust(power * size, b"\0"), "big")
    bits = power * size * 4
    while bits >= size * 8:
        number = (number >> bits) ^ (number & ((1 << bits) - 1))
        bits >>= 1
    return number


class _Ready:
    """Block ciphers kept ready by key; an ECB encryptor has no state, so one object serves every message."""

    def __init__(self, build: Callable[[bytes], BlockCipher]) -> None:
        self._build = build
        self._made: dict[bytes, BlockCipher] = {}

    def __call__(self, key: bytes) -> BlockCipher:
        """The encryption of single blocks under `key`."""
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= CIPHERS_MAX:
                self._made.pop(next(iter(self._made)), None)
            made = self._made[key] = self._build(key)
        return made


def _build_des(key: bytes) -> BlockCipher:
    return Cipher(TripleDES(triple_key(key)), modes.ECB()).encryptor().update


def _build_mak(key: bytes) -> BlockCipher:
    """A MAC key in a 16-byte slot is often a single one followed by zeros."""
    return _build_des(key[:8] if len(key) == 16 and not any(key[8:]) else key)


def _build_sm4(key: bytes) -> BlockCipher:
    return Cipher(_sm4(key), modes.ECB()).encryptor().update


def _sm4(key: bytes) -> SM4:
    if len(key) != SM4_BLOCK:
        raise TheirMistake(f"must be {SM4_BLOCK} bytes for SM4, has {len(key)}", "key")
    return SM4(key)


_two_words = Struct(">QQ").unpack
_word = Struct(">Q").pack
_des = _Ready(_build_des)
_mak = _Ready(_build_mak)
_sm4_block = _Ready(_build_sm4)


def _cup_ecb(key: bytes, data: bytes) -> bytes:
    encrypt = _mak(key)
    text = b"%016X" % fold(data, DES_BLOCK)
    first, last = _two_words(encrypt(text[:8]) + text[8:])
    return encrypt(_word(first ^ last))


def _sm4_ecb(key: bytes, data: bytes) -> bytes:
    encrypt = _sm4_block(key)
    text = b"%032X" % fold(data, SM4_BLOCK)
    mixed = int.from_bytes(encrypt(text[:16]), "big") ^ int.from_bytes(text[16:], "big")
    return encrypt(mixed.to_bytes(16, "big"))


def _padded(data: bytes, size: int) -> bytes:
    return data.ljust(max(1, -(-len(data) // size)) * size, b"\0")


def _x9_9(key: bytes, data: bytes) -> bytes:
    encryptor = Cipher(TripleDES(triple_key(key)), modes.CBC(bytes(DES_BLOCK))).encryptor()
    return encryptor.update(_padded(data, DES_BLOCK))[-DES_BLOCK:]


def _x9_19(key: bytes, data: bytes) -> bytes:
    if len(key) != 16:
        raise TheirMistake(f"must be 16 bytes for x9.19, has {len(key)}", "key")
    left, right = key[:8], key[8:]
    undo = Cipher(TripleDES(triple_key(right)), modes.ECB()).decryptor()
    return _des(left)(undo.update(_x9_9(left, data)))


def _xor_3des(key: bytes, data: bytes) -> bytes:
    return _des(key)(fold(data, DES_BLOCK).to_bytes(DES_BLOCK, "big"))


def _sm4_cbc(key: bytes, data: bytes) -> bytes:
    encryptor = Cipher(_sm4(key), modes.CBC(bytes(SM4_BLOCK))).encryptor()
    return encryptor.update(_padded(data, SM4_BLOCK))[-SM4_BLOCK:]


_BLOCKS: dict[str, Callable[[bytes, bytes], bytes]] = {
    "cup-ecb": _cup_ecb,
    "x9.9": _x9_9,
    "x9.19": _x9_19,
    "xor-3des": _xor_3des,
    "sm4-ecb": _sm4_ecb,
    "sm4-cbc": _sm4_cbc,
}
ALGORITHMS: tuple[str, ...] = tuple(_BLOCKS)
TEXT_ALGORITHMS = frozenset({"cup-ecb", "sm4-ecb", "x9.19"})  # F64 holds eight hex characters, not eight raw bytes


def mac_block(algorithm: str, key: bytes, data: bytes) -> bytes:
    """The whole last block: 8 bytes, 16 for SM4. `TheirMistake` for an unknown algorithm or a key of a wrong size."""
    compute = _BLOCKS.get(algorithm)
    if compute is None:
        raise TheirMistake(f"no such algorithm, there are {', '.join(ALGORITHMS)}", "algorithm")
    return compute(key, data)


def field_mac(algorithm: str, key: bytes, data: bytes) -> bytes:
    """The 8 bytes of F64 or F128: upper-case hex characters for `TEXT_ALGORITHMS`, else the block's first 8."""
    block = mac_block(algorithm, key, data)
    if algorithm in TEXT_ALGORITHMS:
        return block[:4].hex().upper().encode("ascii")
    return block[:MAC_BYTES]


def mac_input(body: bytes) -> bytes:
    """What the MAC of a body is computed over: everything before its last 8 bytes."""
    return body[:-MAC_BYTES]


def mac_field(dialect: Dialect, msg: Message) -> int:
    """Where the MAC of this message belongs: F128 when a field beyond 64 is present or the dialect has no F64."""
    beyond = max(msg.fields, default=0) > 64 or 64 not in dialect.layout.fields
    return 128 if beyond else 64


def sign(dialect: Dialect, msg: Message, algorithm: str, key: bytes) -> bytes:
    """The body of `msg` with its F64 (or F128) computed anew; the bit is set before the MAC is."""
    number = mac_field(dialect, msg)
    fields = dict(msg.fields)
    for other in (64, 128):
        fields.pop(other, None)
    fields[number] = NO_MAC_YET
    covered = dialect.encode(Message(msg.mti, fields))[:-MAC_BYTES]
    if dialect.layout.fields[number].kind == "hex":
        raise TheirMistake(f"{dialect.name} carries its MAC as hex text, which no known MAC rule covers", f"F{number}")
    return covered + field_mac(algorithm, key, covered)


def check(body: bytes, algorithm: str, key: bytes) -> bool:
    """Whether the last 8 bytes of `body` are its MAC; the comparison takes the same time wherever it differs."""
    return hmac.compare_digest(field_mac(algorithm, key, mac_input(body)), body[-MAC_BYTES:])
