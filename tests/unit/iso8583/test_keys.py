"""Do working keys open only with agreeing check values, and close again to the same bytes?"""

import pytest

from chongzheng.iso8583.keys import WorkingKeys, kcv, open_working_keys, seal_working_keys
from chongzheng.mistakes import TheirMistake
from unit.iso8583.vectors import by_id

PUBLISHED, PLAIN = by_id("code456-f62-40"), by_id("ums-python-tool")
TMK = bytes.fromhex(PUBLISHED["keys"]["tmk"])
PIK16, MAK16, TDK16 = bytes(range(16)), bytes(range(16, 32)), bytes(range(32, 48))


def test_the_published_forty_bytes() -> None:
    f62, known = bytes.fromhex(PUBLISHED["hex"]), PUBLISHED["keys"]
    keys = open_working_keys(f62, TMK)
    assert (keys.pik.hex().upper(), keys.mak.hex().upper(), keys.tdk) == (known["pik"], known["mak"], None)
    assert kcv(keys.pik).hex().upper() == known["pik_kcv"]
    assert kcv(keys.mak).hex().upper() == known["mak_kcv"]
    assert seal_working_keys(keys.pik, keys.mak, TMK, "40") == f62


def test_without_check_values_only_when_asked_for() -> None:
    f62, known = bytes.fromhex(PLAIN["hex"]), PLAIN["keys"]
    tmk = bytes.fromhex(known["tmk"])
    keys = open_working_keys(f62, tmk, "24-plain")
    assert (keys.pik.hex().upper(), keys.mak.hex().upper()) == (known["pik"], known["mak"])
    assert seal_working_keys(keys.pik, keys.mak, tmk, "24-plain") == f62
    with pytest.raises(TheirMistake, match="check value of the pik"):
        open_working_keys(f62, tmk)


@pytest.mark.parametrize(
    ("layout", "keys"),
    [
        ("24", WorkingKeys(PIK16[:8], MAK16[:8])),
        ("40", WorkingKeys(PIK16, MAK16)),
        ("40", WorkingKeys(PIK16, MAK16[:8])),
        ("60", WorkingKeys(PIK16, MAK16, TDK16)),
        ("60", WorkingKeys(PIK16, MAK16[:8], TDK16)),
        ("24-plain", WorkingKeys(PIK16, MAK16[:8])),
    ],
)
@pytest.mark.parametrize("tmk", [TMK, TMK[:8], TMK + TMK[:8]])
def test_there_and_back(layout: str, keys: WorkingKeys, tmk: bytes) -> None:
    f62 = seal_working_keys(keys.pik, keys.mak, tmk, layout, keys.tdk)
    assert len(f62) == int(layout[:2])
    assert open_working_keys(f62, tmk, layout) == keys


def test_a_doubled_key_is_a_single_one() -> None:
    f62 = seal_working_keys(PIK16, MAK16[:8] * 2, TMK, "40")
    assert open_working_keys(f62, TMK).mak == MAK16[:8]


@pytest.mark.parametrize(("at", "name"), [(0, "pik"), (17, "pik"), (20, "mak"), (39, "mak")])
def test_one_changed_byte_does_not_agree(at: int, name: str) -> None:
    f62 = bytearray.fromhex(PUBLISHED["hex"])
    f62[at] ^= 0x10
    with pytest.raises(TheirMistake, match=f"F62: the check value of the {name} does not agree"):
        open_working_keys(bytes(f62), TMK)


@pytest.mark.parametrize(
    ("size", "layout", "said"),
    [
        (104, None, "holds SM4 keys"),
        (41, None, "no layout 41 of working keys, there are 24, 40, 60, 24-plain"),
        (24, "40", "is 24 bytes long, layout 40 needs 40"),
        (40, "77", "no layout 77"),
    ],
)
def test_an_unknown_length(size: int, layout: str | None, said: str) -> None:
    with pytest.raises(TheirMistake, match=f"F62: {said}"):
        open_working_keys(bytes(size), TMK, layout)


def test_what_cannot_be_sealed() -> None:
    with pytest.raises(TheirMistake, match="F62: no layout 99"):
        seal_working_keys(PIK16, MAK16, TMK, "99")
    with pytest.raises(TheirMistake, match="F62: the pik must be 16 bytes"):
        seal_working_keys(PIK16[:8], MAK16, TMK, "40")
    with pytest.raises(TheirMistake, match="F62: the mak must be 16 bytes"):
        seal_working_keys(PIK16, MAK16[:7], TMK, "40")
    with pytest.raises(TheirMistake, match="F62: the tdk must be 16 bytes"):
        seal_working_keys(PIK16, MAK16, TMK, "60")


def test_keys_are_not_printed() -> None:
    assert repr(WorkingKeys(PIK16, MAK16, TDK16)) == "WorkingKeys(hidden)"
