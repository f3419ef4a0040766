"""Are frames cut out only when they are asked for, and is what waits counted?"""

import pytest

from chongzheng.gateway.hearing import FRAME_BYTES_MAX, PIECE_BYTES, Hearing
from chongzheng.iso8583 import frame
from chongzheng.mistakes import TheirMistake


def test_messages_come_in_their_order_however_they_arrive() -> None:
    stream = b"".join(frame(bytes([number]) * 100) for number in range(200))
    whole = Hearing()
    heard = []
    for at in range(0, len(stream), 777):
        whole.take_in(stream[at : at + 777])
        while (payload := whole.next(0)) is not None:
            heard.append(payload[0])
    assert heard == list(range(200)) and whole.held_bytes == 0 and whole.begun_at is None


def test_no_more_of_a_flood_is_looked_at_than_one_piece() -> None:
    flood = Hearing()
    flood.take_in(frame(bytes(PIECE_BYTES - 2)) + b"\xff\xff" + bytes(10_000))
    assert flood.next(0) == bytes(PIECE_BYTES - 2), "the impossible length behind it was not looked at"
    assert flood.held_bytes == 10_002
    with pytest.raises(TheirMistake):
        flood.next(0)


def test_what_was_put_back_comes_next_and_waits() -> None:
    one = Hearing()
    one.take_in(frame(b"aa") + frame(b"b"))
    first = one.next(0)
    assert first == b"aa" and one.held_bytes == 1
    one.put_back(first)
    one.take_in(frame(b"cc"))
    assert one.held_bytes == 3 + 4
    one.take_in(b"\x00")
    assert [one.next(0) for _ in range(4)] == [b"aa", b"b", b"cc", None]


def test_since_when_a_frame_has_been_coming() -> None:
    one = Hearing()
    one.take_in(frame(b"a") + b"\x00")
    assert one.next(5) == b"a" and one.begun_at == 5
    one.take_in(b"\x02b")
    assert one.next(7) is None and one.begun_at == 5, "more bytes do not set the clock anew"
    one.take_in(b"b\x00")
    assert one.next(9) == b"bb" and one.begun_at == 9, "the next frame has its own"


def test_the_longest_frame_and_nothing_longer() -> None:
    one = Hearing()
    one.take_in(frame(bytes(FRAME_BYTES_MAX)))
    assert one.next(0) == bytes(FRAME_BYTES_MAX)
    one.take_in((FRAME_BYTES_MAX + 1).to_bytes(2, "big"))
    with pytest.raises(TheirMistake):
        one.next(0)


def test_what_is_forgotten_is_not_heard() -> None:
    one = Hearing()
    one.take_in(frame(b"a") + frame(b"b"))
    one.next(0)
    one.take_in(frame(b"c"))
    one.forget()
    assert one.held_bytes == 0 and one.next(0) is None
