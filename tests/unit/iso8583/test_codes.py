"""Is every answer code of the field known, and every doubtful one called doubtful?"""

from chongzheng.iso8583.codes import RESPONSE_CODES, UNKNOWN, meaning

DOUBTFUL = "06 09 20 68 91 92 94 96 98 A7".split()


def test_the_doubtful_ones() -> None:
    online = {code for code, entry in RESPONSE_CODES.items() if entry.cls != "n/a"}
    assert sorted(code for code in online if RESPONSE_CODES[code].ambiguous) == DOUBTFUL


def test_approvals() -> None:
    assert sorted(c for c, entry in RESPONSE_CODES.items() if entry.cls == "approve") == "00 10 11 16 Y1 Y3".split()


def test_every_code_has_two_characters_and_words() -> None:
    classes = {"approve", "confirm", "decline", "capture", "call", "correct", "sign-in", "wait", "n/a"}
    for code, entry in RESPONSE_CODES.items():
        assert len(code) == 2
        assert entry.zh
        assert entry.en
        assert entry.cls in classes


def test_unknown_is_ambiguous() -> None:
    assert meaning("00").en == "approved"
    assert meaning("Q7") is UNKNOWN
    assert UNKNOWN.ambiguous
