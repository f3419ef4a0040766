"""Are events at the doors counted always and told seldom, in one safe line?"""

from typing import Any

from chongzheng.gateway.counts import TELL_EVERY_MS, Counts


def test_every_event_is_counted_and_told_at_most_once_a_second() -> None:
    told: list[tuple[str, dict[str, Any]]] = []
    now = [0]
    counts = Counts(lambda event, **more: told.append((event, more)), lambda: now[0])
    for _ in range(5):
        counts.note("cut: slow", "127.0.0.1")
    counts.note("cut: idle")
    now[0] = TELL_EVERY_MS
    counts.note("cut: slow", "127.0.0.1")
    assert counts.of == {"cut: slow": 6, "cut: idle": 1}
    assert [(event, more["times"]) for event, more in told] == [("cut: slow", 1), ("cut: idle", 1), ("cut: slow", 6)]


def test_a_line_is_short_and_has_no_control_characters() -> None:
    told: list[str] = []
    counts = Counts(lambda event, **more: told.append(more["detail"]), lambda: 0)
    counts.note("x", "a\n\x1b[31m" + "b" * 5_000)
    assert len(told[0]) <= 1_024 and told[0].startswith("a  [31mb") and told[0].isprintable()
