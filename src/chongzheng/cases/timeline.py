"""In which order did things really happen, when every witness goes by a clock of its own (S-29)?

The same message seen by two witnesses says by how much one clock runs ahead of the other. Raw and corrected time both
stay to be read, and what was corrected is marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low

from chongzheng.cases.matter import Matter
from chongzheng.cases.witness import HOST

SPREAD_MS_MAX = 5_000
"""Two witnesses of one message whose differences scatter more than this have no common clock to correct by."""
WORTH_MS = 1_000
"""Less than this is the way of the message, not the clock."""


@dataclass(frozen=True, slots=True)
class Event:
    """What one witness saw. `at_raw`: epoch ms by its own clock; `message`: what the same message is called by every
    witness, "" where it is none's but its own."""

    id: str
    source: str
    at_raw: int
    text: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """An event in its place: `at` is the corrected time, epoch ms; `ahead_ms` what was taken off."""

    event: Event
    at: int
    ahead_ms: int

    @property
    def corrected(self) -> bool:
        """Whether the time is not the witness's own."""
        return self.ahead_ms != 0


def ahead(events: Iterable[Event], reference: str = HOST) -> dict[str, int]:
    """By how much (ms) the clock of each source runs ahead of the reference's, from the messages both saw; a source
    that shares none, differs by less than WORTH_MS, or scatters beyond SPREAD_MS_MAX is not in it."""
    seen: dict[str, dict[str, int]] = {}
    for event in events:
        if event.message:
            seen.setdefault(event.source, {}).setdefault(event.message, event.at_raw)
    sure = seen.pop(reference, {})
    found = {}
    for source, messages in seen.items():
        gaps = [at - sure[message] for message, at in messages.items() if message in sure]
        if gaps and max(gaps) - min(gaps) <= SPREAD_MS_MAX and abs(median_low(gaps)) >= WORTH_MS:
            found[source] = median_low(gaps)
    return found


def timeline(events: Sequence[Event], clocks: Mapping[str, int]) -> list[Moment]:
    """The events in the order of their corrected times; those of one instant as they were given."""
    moments = [
        Moment(event, event.at_raw - clocks.get(event.source, 0), clocks.get(event.source, 0)) for event in events
    ]
    return sorted(moments, key=lambda moment: moment.at)


def of_case(case: Matter) -> list[Moment]:
    """What the witnesses of a case said, each by the correction that came with it."""
    return sorted(
        (_heard(case, number, said) for number, said in enumerate(case.body.get("witnesses", ()), 1)),
        key=lambda moment: moment.at,
    )


def _heard(case: Matter, number: int, said: Mapping[str, object]) -> Moment:
    words = [f"{name}: {said[name]}" for name in ("original", "goods", "reversal", "clearing", "text") if name in said]
    raw, at = int(str(said["at_raw"])), int(str(said["at"]))
    return Moment(Event(f"{case.id} {number}", str(said["witness"]), raw, "; ".join(words)), at, raw - at)
