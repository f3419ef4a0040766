"""How does a document become a file that can be checked by whoever holds it, with nothing but this program?

Every file carries its input. To check one, the input is taken out, its hash and code are computed again, the file is
made again from it, and the two must be the same byte for byte.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chongzheng import __version__
from chongzheng.mistakes import TheirMistake
from chongzheng.reports import pdf as typeset
from chongzheng.reports import workbook as spread
from chongzheng.reports.case_paper import case_paper
from chongzheng.reports.documents import (
    LANGUAGES,
    NAMES,
    CaseFile,
    Document,
    Period,
    Retrieval,
    canonical,
    code,
    content,
    digest,
)
from chongzheng.reports.paper import Paper
from chongzheng.reports.period_paper import period_paper
from chongzheng.reports.retrieval import retrieval_paper

FORMAT = "chongzheng-paper/1"
Key = Ed25519PrivateKey | None
SETTING = ("chongzheng.reports", "chongzheng.cases", "chongzheng.causes")
WRITTEN = (".py", ".toml", ".typ", ".csv")
APART = frozenset({"requirements.py", "requirements.toml", "checker.py", "proof.py", "story.py", "exposure.py"})
"""Of these packages what no page is made of."""
FILE_BYTES_MAX = 64 * 1024 * 1024
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_SETTERS: dict[type, Callable[[Any], Paper]] = {
    CaseFile: case_paper,
    Retrieval: retrieval_paper,
    Period: period_paper,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file turned out to be. `faults`: what does not fit, one line each; empty when it is as it was made."""

    document: Document | None
    digest: str
    code: str
    key: str
    faults: tuple[str, ...]


def paper(document: Document, key: str = "") -> Paper:
    """The paper that says this document, in its language; `key`: with which it is signed, 64 hex digits or ""."""
    return replace(_SETTERS[type(document)](document), key=key)


def pdf(document: Document, key: Key = None) -> bytes:
    """The document as pages, signed where a key is given. The same document and key give the same bytes."""
    return _as_pdf(document, *_sealed(document, key))


def pictures(document: Document, ppi: int = 100) -> list[bytes]:
    """The same pages as pictures (PNG)."""
    made = typeset.pages(paper(document), enveloped(document), "png", ppi)
    return made if isinstance(made, list) else [made]


def workbook(document: Document, key: Key = None) -> bytes:
    """The document as a workbook (XLSX), signed where a key is given. The same document and key give the same bytes."""
    return _as_workbook(document, *_sealed(document, key))


def enveloped(document: Document, key: str = "", signature: str = "") -> bytes:
    """The input as every file carries it: what it says, its language, its hash, by what it was set, and its seal."""
    envelope = {
        "format": FORMAT,
        "by": f"chongzheng {__version__} ({_form()}), {typeset.maker()}, {spread.maker()}",
        "language": document.language,
        "digest": digest(document),
        "key": key,
        "signature": signature,
        "said": content(document),
    }
    return json.dumps(envelope, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@cache
def _form() -> str:
    """A short hash over everything of ours that decides how a page looks: another word is another page."""
    hashed = hashlib.sha256()
    for package in SETTING:
        for file in sorted(files(package).iterdir(), key=lambda one: one.name):
            if file.name.endswith(WRITTEN) and file.name not in APART:
                hashed.update(file.name.encode() + file.read_bytes())
    return hashed.hexdigest()[:12]


def _sealed(document: Document, key: Key) -> tuple[str, str]:
    """(public key, signature over what is said), both in hex; empty where nobody signs."""
    if key is None:
        return "", ""
    return key.public_key().public_bytes_raw().hex(), key.sign(_signed(document)).hex()


def _signed(document: Document) -> bytes:
    return f"{FORMAT}\n".encode() + canonical(document)


def _as_pdf(document: Document, key: str, signature: str) -> bytes:
    made: bytes = typeset.pages(paper(document, key), enveloped(document, key, signature))
    return made


def _as_workbook(document: Document, key: str, signature: str) -> bytes:
    return spread.sheets(paper(document, key), enveloped(document, key, signature))


def check(data: bytes, trusted: str = "") -> Checked:
    """What this file is, and what does not fit. `trusted`: the public key that must have signed it, 64 hex digits.

    Without one a file says only that nobody changed a part of it: whoever has this program can make another.
    TheirMistake: it is no paper of ours.
    """
    if len(data) > FILE_BYTES_MAX:
        raise TheirMistake(f"is larger than {FILE_BYTES_MAX} bytes", "paper")
    attached, made = (_in_pdf(data), _as_pdf) if data.startswith(b"%PDF-") else (_in_workbook(data), _as_workbook)
    envelope = _envelope(attached)
    key, signature = str(envelope.get("key", "")), str(envelope.get("signature", ""))
    try:
        document = _document(envelope)
    except (msgspec.ValidationError, KeyError, TypeError, ValueError, RecursionError) as wrong:
        return Checked(None, "", "", "", (f"its input is no document ({type(wrong).__name__})",))
    found = digest(document)
    faults = [] if envelope.get("digest") == found else ["the hash in its input is not the hash of its input"]
    faults += _seal_faults(document, key, signature, trusted)
    again = enveloped(document, key, signature)
    if again != attached and envelope.get("by") != json.loads(again)["by"]:
        by = envelope.get("by")
        whole = "" if faults else "its input is whole, but it was "
        faults.append(f"{whole}set by {by}: only that can make the same pages and compare them")
    elif _made_again(made, document, key, signature) != data:
        faults.append("its pages are not those that its input gives: it was changed")
    return Checked(document, found, code(found), key, tuple(faults))


def _made_again(made: Callable[[Document, str, str], bytes], document: Document, key: str, signature: str) -> bytes:
    """The file that this input gives; nothing where it gives none: what no reader of ours wrote may say anything."""
    try:
        return made(document, key, signature)
    except Exception:  # noqa: BLE001 - of the forms there are, an instant in the year 30,000 is only the first
        return b""


def _seal_faults(document: Document, key: str, signature: str, trusted: str) -> list[str]:
    if not key:
        return ["is not signed"] if trusted else []
    if trusted and key != trusted:
        return ["signed by a key that is not trusted"]
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), _signed(document))
    except (InvalidSignature, ValueError):
        return ["the signature does not fit what is said"]
    return []


def _document(envelope: dict[str, Any]) -> Document:
    said = dict(envelope["said"])
    kind = {name: kind for kind, name in NAMES.items()}[said.pop("document")]
    if envelope["language"] not in LANGUAGES:
        raise ValueError("language")
    document: Document = msgspec.convert({**said, "language": envelope["language"]}, kind)
    return document


def _envelope(attached: bytes) -> dict[str, Any]:
    try:
        envelope = json.loads(attached)
    except (ValueError, RecursionError):
        envelope = None
    if not isinstance(envelope, dict) or envelope.get("format") != FORMAT:
        raise TheirMistake("carries no input of ours; it is no paper of this program, or was printed anew", "paper")
    return envelope


def _in_pdf(data: bytes) -> bytes:
    return next((text for text in _streams(data) if text.startswith(b"{") and FORMAT.encode() in text), b"")


def _streams(data: bytes) -> Iterator[bytes]:
    """What the streams of the file hold, until they have unpacked to as much as a paper may be."""
    left = FILE_BYTES_MAX
    for match in _STREAM.finditer(data):
        try:
            found = zlib.decompressobj().decompress(match.group(1), left)
        except zlib.error:
            found = match.group(1)
        yield found
        left -= len(found)
        if left <= 0:
            return


def _in_workbook(data: bytes) -> bytes:
    from openpyxl import load_workbook  # checking one is rare, and its library slow to load

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(one.file_size for one in archive.infolist()) > 4 * FILE_BYTES_MAX:
                raise TheirMistake("unpacks to more than a paper of ours holds", "paper")
        book = load_workbook(io.BytesIO(data), read_only=True)
        rows = book[spread.INPUT_SHEET].iter_rows(max_col=1, values_only=True)
        return "".join(str(value) for (value,) in rows).encode()
    except TheirMistake:
        raise
    except Exception:  # noqa: BLE001 - whatever a damaged workbook makes its reader stumble over, it is none of ours
        return b""
