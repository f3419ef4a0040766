"""Does a card number reach the disk in clear, in any file, at any time?"""

import re
from itertools import islice, zip_longest

from chongzheng.journal import payment_id
from journal.made import asked, kept, key, pan, returned, sale, written
from journal.place import SqlitePlace

DATABASES = ("sqlite",)

PAYMENTS = 300


CLEAR = re.compile(
    rb"6222\d{8}7531902"  # digits, also those of a packed number in hex
    rb"|\x62\x22.{4}\x75\x31\x90\x2f"  # packed
    rb"|6\x002\x002\x002\x00(?:\d\x00){8}7\x005\x003\x00"  # UTF-16
    rb"|000[0-2]\d\d753",  # the middle that masking hides
    re.DOTALL,
)
"""How one of our card numbers may look on a disk."""


def forms(n: int) -> list[bytes]:
    """The n-th card number in each of these ways."""
    packed = bytes.fromhex(f"{pan(n)}f")
    return [pan(n).encode(), packed, packed.hex().encode(), pan(n).encode("utf-16-le"), pan(n)[6:15].encode()]


def written_bytes(place: SqlitePlace) -> bytes:
    """Every byte of every file beside the journal."""
    return b"\x00\x00".join(file.read_bytes() for file in sorted(place.folder.iterdir()) if file.name != "vault.json")


def test_no_card_number_is_written_in_clear(place: SqlitePlace) -> None:
    journal = place.open()
    stories = [(returned(n), kept(n), [sale(n), asked(n)], [sale(n), written(n)])[n % 4] for n in range(PAYMENTS)]
    facts = iter([one for turn in zip_longest(*stories) for one in turn if one is not None])
    files: set[str] = set()
    while some := list(islice(facts, 97)):
        journal.apply(some)
        files |= {file.name for file in place.folder.iterdir()}
        everything = written_bytes(place)
        assert not CLEAR.findall(everything)
    assert {"journal.db", "journal.db-wal", "journal.db-shm", "journal.db.lock"} <= files
    journal.tidy()
    held = place.raw("SELECT count(*) FROM card")[0][0]
    assert held == PAYMENTS // 2, "sealed only while an obligation needs it"
    assert journal.card(payment_id(key(2))).reveal() == pan(2)  # type: ignore[union-attr]
    journal.close()
    everything = written_bytes(place)
    assert not CLEAR.findall(everything)
    assert pan(1)[:6].encode() in everything, "the masked number is there, so this looked at the right bytes"


def test_the_search_finds_what_it_looks_for(place: SqlitePlace) -> None:
    journal = place.open()
    journal.apply([sale(1)])
    for number, form in enumerate(forms(299)):
        place.raw("INSERT INTO secret VALUES (?, ?)", str(number), form)
        assert CLEAR.findall(written_bytes(place)), form
        place.raw("DELETE FROM secret")
        journal.tidy()
        place.raw("VACUUM")
        place.raw("PRAGMA wal_checkpoint(TRUNCATE)")
        assert not CLEAR.findall(written_bytes(place))
