"""Which message of a client is heard next, of all the bytes that it has sent?"""

from __future__ import annotations

from collections import deque

from chongzheng.iso8583 import Deframer

FRAME_BYTES_MAX = 4_096
PIECE_BYTES = 4_096
"""What was read is looked at in such pieces: nothing of a flood is, beyond what its sender may say."""


class Hearing:
    """Frames of one stream, cut out when they are asked for. Its owner bounds `held_bytes`."""

    __slots__ = ("_deframer", "_unheard", "_unread", "begun_at")

    def __init__(self) -> None:
        self._deframer = Deframer(FRAME_BYTES_MAX)
        self._unheard: deque[bytes] = deque(maxlen=PIECE_BYTES)  # the frames of one piece, three bytes each or more
        self._unread = b""
        self.begun_at: int | None = None

    @property
    def held_bytes(self) -> int:
        """What came and was not heard; of a frame that is not whole nothing."""
        return len(self._unread) + sum(map(len, self._unheard))

    def take_in(self, data: bytes) -> None:
        """Bytes that came."""
        self._unread = self._unread + data if self._unread else data

    def next(self, now_ms: int) -> bytes | None:
        """The next payload, or None when no whole one is there; TheirMistake when a length cannot be right.

        `begun_at` then tells since when the frame that is not whole has been coming, or None.
        """
        while not self._unheard and self._unread:
            piece, self._unread = self._unread[:PIECE_BYTES], self._unread[PIECE_BYTES:]
            self._unheard.extend(self._deframer.feed(piece))
            waiting = self._deframer.waiting_bytes > 0
            if not waiting or self._unheard:
                self.begun_at = None
            if waiting and self.begun_at is None:
                self.begun_at = now_ms
        return self._unheard.popleft() if self._unheard else None

    def put_back(self, payload: bytes) -> None:
        """What `next` gave may not be heard yet."""
        self._unheard.appendleft(payload)

    def forget(self) -> None:
        """Nothing of it will be heard."""
        self._unheard.clear()
        self._unread = b""
