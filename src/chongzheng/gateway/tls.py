"""Which certificates do we show, whose do we believe, and may anything still pass in the clear?

TLS is on where the configuration names a certificate, and then nothing falls back to clear text. A file of
authorities may also hold their revocation lists (PEM): then a certificate whose authority has none is refused.
"""

from __future__ import annotations

import ssl
import stat
from dataclasses import dataclass
from pathlib import Path

from chongzheng.mistakes import TheirMistake

HANDSHAKE_WAIT_MS = 5_000
"""A client that has not shaken hands by then is cut off."""
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""TLS 1.2 with forward secrecy and authenticated encryption only; TLS 1.3 has nothing else."""
MINIMUM = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
REVOCATION_LIST = b"-----BEGIN X509 CRL-----"
PEM_BYTES_MAX = 4_000_000


@dataclass(frozen=True, slots=True)
class Papers:
    """Files of one side, absolute paths or "". `key` belongs to `certificate`; `authorities` sign the other side's."""

    certificate: str = ""
    key: str = ""
    authorities: str = ""
    minimum: str = "1.2"


def for_terminals(papers: Papers) -> ssl.SSLContext:
    """What we show terminals; with authorities, each of them must show a certificate from one. TheirMistake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _harden(context, papers)
    if papers.authorities:
        context.verify_mode = ssl.CERT_REQUIRED
    load(context, papers, "pos.tls")
    return context


def for_host(papers: Papers) -> ssl.SSLContext:
    """What we ask of the bank, and show it where it asks. Its name is always checked. TheirMistake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _harden(context, papers)
    load(context, papers, "host.tls")
    return context


def load(context: ssl.SSLContext, papers: Papers, where: str) -> None:
    """Read the files, the first time or after they were renewed; connections that stand keep what they have."""
    if bool(papers.certificate) != bool(papers.key):
        raise TheirMistake("certificate and key go together", where)
    if papers.certificate:
        _load_ours(context, Path(papers.certificate), Path(papers.key), where)
    if papers.authorities:
        _load_theirs(context, Path(papers.authorities), where)


def expires_at(certificate: Path) -> int:
    """When the first certificate in the file runs out, epoch ms."""
    from cryptography import x509  # only where there is a certificate: an engine without TLS starts sooner

    found = x509.load_pem_x509_certificate(_read(certificate, "certificate"))
    return int(found.not_valid_after_utc.timestamp()) * 1000


class Renewal:
    """Takes up renewed files without a restart; `look` is cheap. Authorities are added, never taken away."""

    def __init__(self, context: ssl.SSLContext, papers: Papers, where: str) -> None:
        self._context = context
        self._papers = papers
        self.where = where
        self._seen = self._times()

    @property
    def certificate(self) -> str:
        """The file of our own certificate, or "" when we show none."""
        return self._papers.certificate

    def look(self) -> bool:
        """Whether the files have changed and were taken up. TheirMistake when they are no good: nothing changed."""
        seen = self._times()
        if seen == self._seen:
            return False
        trial = ssl.SSLContext(self._context.protocol)
        load(trial, self._papers, self.where)
        load(self._context, self._papers, self.where)
        self._seen = seen
        return True

    def _times(self) -> tuple[int, ...]:
        names = (self._papers.certificate, self._papers.key, self._papers.authorities)
        return tuple(Path(name).stat().st_mtime_ns for name in names if name)


def _harden(context: ssl.SSLContext, papers: Papers) -> None:
    context.minimum_version = MINIMUM[papers.minimum]
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION


def _load_ours(context: ssl.SSLContext, certificate: Path, key: Path, where: str) -> None:
    _read(certificate, f"{where}.certificate")
    _read(key, f"{where}.key")
    if key.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise TheirMistake("is readable by others; chmod 600 it", f"{where}.key: {key}")
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except _EncryptedError:
        raise TheirMistake("is locked with a password; give one that is not, mode 0600", f"{where}.key") from None
    except (ssl.SSLError, ValueError):
        raise TheirMistake("certificate and key are not PEM, or do not belong together", where) from None


def _load_theirs(context: ssl.SSLContext, authorities: Path, where: str) -> None:
    data = _read(authorities, f"{where}.authorities")
    try:
        context.load_verify_locations(authorities)
    except ssl.SSLError:
        raise TheirMistake("holds no certificate (PEM)", f"{where}.authorities") from None
    if not context.cert_store_stats()["x509_ca"]:
        raise TheirMistake("holds no certificate of an authority", f"{where}.authorities")
    if REVOCATION_LIST in data:
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF


class _EncryptedError(Exception):
    """OpenSSL asked for a password."""


def _no_password() -> str:
    raise _EncryptedError


def _read(path: Path, where: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(PEM_BYTES_MAX)
    except OSError as error:
        raise TheirMistake(f"{path.name} cannot be read ({error.strerror})", where) from None
