"""Has this address, this reference, or everybody together asked enough for now?"""

from __future__ import annotations

import hashlib
import ipaddress
import threading
from collections.abc import Callable

from chongzheng.api.limits import Buckets
from chongzheng.api.public_reference import counted
from chongzheng.console.public.table import PublicTable

BODY_BYTES_MAX = 16_384
"""Of one form; what says that it is longer is not read."""
MINUTES_OF_AN_HOUR = 60
IPV6_OF_ONE = 64
"""One household or machine has so many bits of addresses to itself."""


class Pace:
    """The limits of the table, kept in this process: the public page is served by one. `clock`: epoch ms."""

    def __init__(self, table: PublicTable, clock: Callable[[], int]) -> None:
        self._table = table
        self._clock = clock
        self._minutes, self._hours = Buckets(), Buckets()
        self._turn = threading.Lock()

    def asks(self, address: str, reference: str) -> bool:
        """Whether a question about this reference may be asked now; a code counts as a reference."""
        table = self._table
        return self._take(
            (self._minutes, f"address {neighbour(address)}", table.per_address_min),
            (self._minutes, "all", table.in_all_min),
            (self._hours, f"reference {_hashed(reference)}", table.per_reference_hour),
        )

    def complains(self, address: str, reference: str) -> bool:
        """Whether a complaint may be sent from there now. One about a reference shows afterwards whether its payment
        was found, so it is a question about it too; "": it names none."""
        table = self._table
        about = (self._hours, f"reference {_hashed(reference)}", table.per_reference_hour)
        return self._take(
            *((about,) if reference else ()),
            (self._hours, f"complaint {neighbour(address)}", table.complaints_address_hour),
            (self._hours, "complaints", table.complaints_in_all_hour),
        )

    def _take(self, *limits: tuple[Buckets, str, int]) -> bool:
        """One of each; those behind the first that is empty are not touched, so that one address cannot empty all."""
        with self._turn:
            return all(not buckets.take(name, most, self._now(buckets)) for buckets, name, most in limits)

    def _now(self, buckets: Buckets) -> int:
        """Buckets fill by the minute; for those of an hour the clock goes sixty times slower."""
        now = self._clock()
        return now // MINUTES_OF_AN_HOUR if buckets is self._hours else now


def neighbour(address: str) -> str:
    """The address, or for IPv6 the network that one party has to itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), IPV6_OF_ONE), strict=False))


def _hashed(reference: str) -> str:
    """What people type by mistake may be a card number; it is not kept, not even here."""
    return hashlib.sha256(counted(reference).encode("utf-8", "replace")).hexdigest()
