"""How does a test get certificates, good ones and every kind of bad one, from authorities of its own?"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = timedelta(days=1)
CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH


@dataclass(frozen=True)
class Papers:
    """A certificate and its key as files."""

    certificate: Path
    key: Path
    x509: x509.Certificate


def named(text: str) -> x509.Name:
    """A distinguished name that is only this."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def write_key(path: Path, key: ec.EllipticCurvePrivateKey, lock: KeySerializationEncryption | None = None) -> None:
    """The private key, mode 0600."""
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock or NoEncryption()))
    path.chmod(0o600)


def locked(path: Path) -> Path:
    """A key file behind a password."""
    write_key(path, ec.generate_private_key(ec.SECP256R1()), BestAvailableEncryption(b"secret"))
    return path


@dataclass
class Authority:
    """Signs certificates. `folder` takes the files, `name` tells one authority from another."""

    folder: Path
    name: str = "authority"

    @cached_property
    def key(self) -> ec.EllipticCurvePrivateKey:
        """Its own key."""
        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def certificate(self) -> x509.Certificate:
        """Its own certificate, signed by itself."""
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        return (
            self._begun(named(self.name), self.key.public_key(), -DAY, 30 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def file(self, revoked: tuple[Papers, ...] = (), with_list: bool = False) -> Path:
        """The authority's certificate as others trust it, with its revocation list where asked."""
        path = self.folder / f"{self.name}.pem"
        data = self.certificate.public_bytes(Encoding.PEM)
        if revoked or with_list:
            data += self._list(revoked)
        path.write_bytes(data)
        return path

    def papers(
        self,
        name: str,
        usage: x509.ObjectIdentifier,
        host: str = "127.0.0.1",
        begins: timedelta = -DAY,
        ends: timedelta = 30 * DAY,
    ) -> Papers:
        """A certificate for `host`, good for `usage` from `begins` to `ends`, both counted from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternative = x509.SubjectAlternativeName(
            [x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)]
        )
        made = (
            self._begun(named(name), key.public_key(), begins, ends)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(alternative, critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )
        papers = Papers(self.folder / f"{self.name}-{name}.pem", self.folder / f"{self.name}-{name}.key", made)
        papers.certificate.write_bytes(made.public_bytes(Encoding.PEM))
        write_key(papers.key, key)
        return papers

    def _begun(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, begins: timedelta, ends: timedelta
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return x509.CertificateBuilder(
            named(self.name), subject, key, x509.random_serial_number(), now + begins, now + ends
        )

    def _list(self, revoked: tuple[Papers, ...]) -> bytes:
        now = datetime.now(UTC)
        made = x509.CertificateRevocationListBuilder(named(self.name), now - DAY, now + DAY)
        for one in revoked:
            entry = x509.RevokedCertificateBuilder(one.x509.serial_number, now - DAY).build()
            made = made.add_revoked_certificate(entry)
        return made.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)
