"""Does a byte stream fall into the same frames however it is cut, and is what stands in front read right?"""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.iso8583.framing import (
    FRAME_BYTES_MAX,
    CupEnvelope,
    CupsHeader,
    Deframer,
    frame,
    join_cup,
    join_cups,
    one_frame,
    split_cup,
    split_cups,
)
from chongzheng.mistakes import TheirMistake
from unit.iso8583.vectors import by_id

PAYLOADS = [b"a", b"\x00\x02xy", bytes(300)]
STREAM = b"".join(frame(payload) for payload in PAYLOADS)


@pytest.mark.parametrize("cut", range(len(STREAM) + 1))
def test_split_at_every_byte(cut: int) -> None:
    deframer = Deframer()
    assert deframer.feed(STREAM[:cut]) + deframer.feed(STREAM[cut:]) == PAYLOADS
    assert deframer.waiting_bytes == 0


def test_byte_by_byte() -> None:
    deframer = Deframer()
    assert [payload for byte in STREAM for payload in deframer.feed(bytes([byte]))] == PAYLOADS


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=8), st.lists(st.integers(0, 400), max_size=8))
def test_any_frames_any_pieces(payloads: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(map(frame, payloads))
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    deframer, seen = Deframer(), []
    for start, end in pairwise(places):
        seen += deframer.feed(stream[start:end])
    assert seen == payloads


@pytest.mark.parametrize("length", [0, 101, 0xFFFF])
def test_an_impossible_length_is_refused_again_and_again(length: int) -> None:
    deframer = Deframer(limit=100)
    with pytest.raises(TheirMistake, match=f"frame length: is {length}, 1 to 100 are possible"):
        deframer.feed(length.to_bytes(2, "big") + b"x" * 50)
    with pytest.raises(TheirMistake):
        deframer.feed(b"more")
    assert deframer.waiting_bytes == 2


def test_frames_before_an_impossible_length_are_not_lost() -> None:
    deframer = Deframer(limit=100)
    assert deframer.feed(frame(b"good") + b"\xff\xff") == [b"good"]
    with pytest.raises(TheirMistake):
        deframer.feed(b"")


def test_an_unfinished_frame_waits() -> None:
    deframer = Deframer()
    assert deframer.feed(b"\x00") == []
    assert deframer.feed(b"\x03ab") == []
    assert deframer.waiting_bytes == 4


@pytest.mark.parametrize("size", [0, FRAME_BYTES_MAX + 1])
def test_no_frame_of_an_impossible_size_is_made(size: int) -> None:
    with pytest.raises(TheirMistake, match=f"frame: is {size} bytes long"):
        frame(bytes(size))


def test_one_frame() -> None:
    assert one_frame(b"\x00\x02ab") == b"ab"
    for wrong, said in ((b"\x00", "needs 2 bytes"), (b"\x00\x02abc", "says 2 bytes, 3 follow")):
        with pytest.raises(TheirMistake, match=f"frame length: {said}"):
            one_frame(wrong)


def test_cup_envelope_there_and_back_and_answered() -> None:
    payload = bytes.fromhex("6000060001603100311003") + b"body"
    envelope, body = split_cup(payload)
    assert (envelope.tpdu.hex(), envelope.header.hex(), body) == ("6000060001", "603100311003", b"body")
    assert envelope.answered() == CupEnvelope(bytes.fromhex("6000010006"), envelope.header)
    assert join_cup(envelope, body) == payload


def test_cup_envelope_of_a_wrong_size() -> None:
    with pytest.raises(TheirMistake, match="TPDU and header: needs 11 bytes, 10 are left"):
        split_cup(bytes(10))
    for envelope in (CupEnvelope(bytes(4), bytes(6)), CupEnvelope(bytes(5), bytes(7))):
        with pytest.raises(TheirMistake, match="TPDU and header: must be 5 and 6 bytes"):
            join_cup(envelope, b"")


def test_cups_header_of_the_capture() -> None:
    vector = by_id("alatka-cups-0200-9")
    payload, wanted = bytes.fromhex(vector["hex"]), vector["expect"]["header"]
    header, body = split_cups(payload)
    assert (header.destination, header.source) == (wanted["destination_id"], wanted["source_id"])
    assert (header.reserved.hex(), header.batch.hex()) == (wanted["reserved"], wanted["batch"])
    assert (header.transaction_info, header.user_info.hex()) == (wanted["transaction_info"], wanted["user_info"])
    assert (header.reject_code, header.rejected) == ("00000", False)
    assert join_cups(header, body) == payload
    answer = header.answered()
    assert (answer.destination, answer.source) == (header.source, header.destination)
    assert answer.reserved == header.reserved


def test_cups_reject() -> None:
    payload = join_cups(CupsHeader("00010000", "03050001", reject_code="20001"), b"body")
    header, body = split_cups(payload)
    assert (header.rejected, header.reject_code, header.destination, body) == (True, "20001", "00010000   ", b"body")


GOOD = join_cups(CupsHeader("1", "2"), b"")


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (bytes(45), "needs 46 bytes, 45 are left"),
        (b"\x2d" + GOOD[1:], "does not begin with"),
        (b"\x2e\x01" + GOOD[2:], "does not begin with"),
        (GOOD + b"x", "the total length does not say 0047"),
    ],
)
def test_cups_header_that_contradicts_itself(payload: bytes, said: str) -> None:
    with pytest.raises(TheirMistake, match=f"header: {said}"):
        split_cups(payload)


def test_cups_header_with_a_part_of_a_wrong_size() -> None:
    with pytest.raises(TheirMistake, match="header: a part has the wrong size: 47 bytes"):
        join_cups(CupsHeader("1" * 12, "2"), b"")
