"""How does a technician look into a message, build one, or check its MAC from the command line?"""

import json
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

import click

from chongzheng import iso8583
from chongzheng.iso8583 import CupEnvelope, CupsHeader, Dialect
from chongzheng.mistakes import TheirMistake

FRAMINGS = ("length", "header", "body")
INPUT_BYTES_MAX = 1 << 20
TEXT_MACS = ("cup-ecb", "sm4-ecb", "x9.19")

dialect_option = click.option("--dialect", "dialect_name", required=True, help=f"One of {', '.join(iso8583.DIALECTS)}.")
framing_option = click.option(
    "--framing",
    type=click.Choice(FRAMINGS),
    default="length",
    show_default=True,
    help="Where the bytes begin: 2-byte length, TPDU/header, or message type.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")


def _hex(words: tuple[str, ...]) -> bytes:
    """Hex of any case, in one word or several; `-` alone reads stdin, which keeps card data off the process list."""
    given = [sys.stdin.buffer.read(INPUT_BYTES_MAX).decode("latin-1")] if words == ("-",) else words
    text = "".join("".join(given).split())
    if len(text) % 2:
        raise TheirMistake("has an odd number of digits, give two a byte", "HEX")
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise TheirMistake("holds a character that is not a hex digit", "HEX") from None


def _cups_json(header: CupsHeader, total: int) -> dict[str, object]:
    return {
        "header_length": 46,
        "version": "02",
        "total_length": f"{total:04d}",
        "destination_id": header.destination,
        "source_id": header.source,
        "reserved": header.reserved.hex().upper(),
        "batch": header.batch.hex().upper(),
        "transaction_info": header.transaction_info,
        "user_info": header.user_info.hex().upper(),
        "reject_code": header.reject_code,
    }


def _unwrap(dialect: Dialect, framing: str, data: bytes) -> tuple[dict[str, object], bytes]:
    """What stood in front of the body, for the JSON document, and the body."""
    payload = iso8583.one_frame(data) if framing == "length" else data
    if framing == "body" or dialect.layout.framing == "none":
        return {}, payload
    if dialect.layout.framing == "cups":
        header, body = iso8583.split_cups(payload)
        return {"header": _cups_json(header, len(payload))}, body
    envelope, body = iso8583.split_cup(payload)
    return {"tpdu": envelope.tpdu.hex().upper(), "header": envelope.header.hex().upper()}, body


@click.command()
@dialect_option
@framing_option
@click.option("--unmasked", is_flag=True, help="Show card data. Never paste the result anywhere.")
@json_option
@click.argument("words", nargs=-1, required=True, metavar="HEX")
def decode(dialect_name: str, framing: str, unmasked: bool, as_json: bool, words: tuple[str, ...]) -> None:
    """Look into the message HEX (or - for stdin)."""
    dialect = iso8583.dialect(dialect_name)
    front, body = _unwrap(dialect, framing, _hex(words))
    message = dialect.decode(body)
    if as_json:
        document = {**iso8583.to_json(message, unmasked, dialect), **front}
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    for name, value in front.items():
        click.echo(f"{name}  {' '.join(map(str, value.values())) if isinstance(value, dict) else value}")
    for line in iso8583.lines(message, unmasked, dialect):
        click.echo(line)


def _read_json(file: BinaryIO) -> dict[str, Any]:
    try:
        document = json.loads(file.read(INPUT_BYTES_MAX))
    except (ValueError, RecursionError):
        raise TheirMistake("is not a JSON document", "FILE") from None
    if not isinstance(document, dict):
        raise TheirMistake('must be an object with "mti" and "fields"', "FILE")
    return document


def _part(document: dict[str, Any], name: str, default: str, size: int) -> bytes:
    value = document.get(name, default)
    try:
        raw = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        raw = b""
    if len(raw) != size:
        raise TheirMistake(f"must be {size} bytes in hex", name)
    return raw


def _cups_header(document: dict[str, Any]) -> CupsHeader:
    given = document.get("header", {})
    if not isinstance(given, dict):
        raise TheirMistake("must be an object with the parts of the 46-byte header", "header")
    plain = asdict(CupsHeader("", ""))
    names = {"destination": "destination_id", "source": "source_id"}
    parts: dict[str, Any] = {}
    for part, default in plain.items():
        name = names.get(part, part)
        if isinstance(default, bytes):
            parts[part] = _part(given, name, default.hex(), len(default))
        else:
            parts[part] = given.get(name, default)
            if not isinstance(parts[part], str) or not parts[part].isascii():
                raise TheirMistake("must be ASCII text", f"header.{name}")
    return CupsHeader(**parts)


def _wrap(dialect: Dialect, framing: str, document: dict[str, Any], body: bytes) -> bytes:
    payload = body
    if framing != "body" and dialect.layout.framing == "cup":
        envelope = CupEnvelope(
            _part(document, "tpdu", "6000000000", 5), _part(document, "header", "603100000000", 6)
        )
        payload = iso8583.join_cup(envelope, body)
    elif framing != "body" and dialect.layout.framing == "cups":
        payload = iso8583.join_cups(_cups_header(document), body)
    return iso8583.frame(payload) if framing == "length" else payload


@click.command()
@dialect_option
@framing_option
@json_option
@click.argument("file", type=click.File("rb"))
def encode(dialect_name: str, framing: str, as_json: bool, file: BinaryIO) -> None:
    """Build a message from FILE (JSON as `decode --json --unmasked` prints it, or - for stdin) and print its hex."""
    dialect = iso8583.dialect(dialect_name)
    document = _read_json(file)
    body = dialect.encode(iso8583.from_json(document, dialect))
    text = _wrap(dialect, framing, document, body).hex().upper()
    click.echo(json.dumps({"dialect": dialect.name, "framing": framing, "hex": text}) if as_json else text)


def _key(key: str | None, key_file: BinaryIO | None) -> bytes:
    if (key is None) == (key_file is None):
        raise TheirMistake("give either --key or --key-file", "key")
    text = key if key_file is None else key_file.read(INPUT_BYTES_MAX).decode("latin-1")
    try:
        return bytes.fromhex((text or "").strip())
    except ValueError:
        raise TheirMistake("is not hex", "key") from None


@click.command()
@click.option("--algorithm", required=True, help=f"One of {', '.join(iso8583.ALGORITHMS)}.")
@click.option("--key", help="The clear key in hex; --key-file keeps it off the process list.")
@click.option("--key-file", type=click.File("rb"), help="A file that holds the clear key in hex.")
@json_option
@click.argument("words", nargs=-1, required=True, metavar="HEX")
def mac(algorithm: str, key: str | None, key_file: BinaryIO | None, as_json: bool, words: tuple[str, ...]) -> None:
    """Compute the MAC over HEX (from the message type to the byte before F64; - for stdin)."""
    data = _hex(words)
    block = iso8583.mac_block(algorithm, _key(key, key_file), data).hex().upper()
    text = block[:8] if algorithm in TEXT_MACS else block[:16]
    click.echo(json.dumps({"algorithm": algorithm, "mac": text, "block": block}) if as_json else text)
