"""How well did we do, month by month: how long, how much at risk, what was promised and kept, what came back (S-61)?

Every figure is counted from rows that stand in an annex with the acts that carry them. What happened after the end of
a month does not change its figures: what was open then is counted as open, from the chain and not from how it stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chongzheng.cases.calendar import day_of, instant
from chongzheng.cases.capa import DONE, EFFECTIVE, WAIVED, share_measured
from chongzheng.cases.feedback import POOR
from chongzheng.cases.matter import Matter
from chongzheng.journal import Reader
from chongzheng.journal.matters import PAGE_MAX, matter_of, number
from chongzheng.journal.post import PROMISES_MAX
from chongzheng.mistakes import TheirMistake
from chongzheng.reports.case_file import lines_of
from chongzheng.reports.documents import Annex, Figure, Line, Month, Period, Row
from chongzheng.reports.figures import counted, fate, lasted, ranged, shared
from chongzheng.settlement.days import is_day, shifted

DAY_MS = 86_400_000
AGAIN_MS = 30 * DAY_MS
"""A case of the same terminal within this time is the same trouble come back."""
MONTHS_MAX = 36
HEADS_AT_ONCE = 10_000
POOR_STARS = int(POOR.shipped["default"]["stars"])
IN_DOUBT = frozenset({"unknown", "contested"})


@dataclass(frozen=True, slots=True)
class Span:
    """A case as the chain has it: opened, closed and opened again at these instants, by these acts."""

    id: str
    terminal: str
    fen: int
    opened_at: int
    ends: tuple[tuple[int, bool, int], ...]
    act: int
    clocks: tuple[Mapping[str, Any], ...]

    def closed_at(self, at: int) -> tuple[int, int] | None:
        """(when, by which act) it was closed last before `at`; None where it was open then."""
        before = [one for one in self.ends if one[0] < at]
        return (before[-1][0], before[-1][2]) if before and before[-1][1] else None

    def open_at(self, at: int) -> bool:
        """Whether it was open just before `at`."""
        return self.opened_at < at and self.closed_at(at) is None

    def reopened_between(self, since: int, until: int) -> bool:
        """Whether it was opened again in [since, until)."""
        return any(since <= at < until for at, over, _ in self.ends if not over)


def period(reader: Reader, first: str, last: str, language: str) -> Period:
    """The figures of the days from `first` to `last` (yyyymmdd, both included). TheirMistake: no such days."""
    if not (is_day(first) and is_day(last)) or last < first:
        raise TheirMistake("are two days (yyyymmdd), the first not after the last", f"{first} {last}")
    with reader.moment():
        since, until = instant(first, 0), instant(last)
        months = list(_months(first, since, until))
        if len(months) > MONTHS_MAX:
            raise TheirMistake(f"has more than {MONTHS_MAX} months", f"{first} {last}")
        acts = reader.ask("act_before", until=until)
        last_at = max([since, *(int(at) for (at,) in reader.ask("last_instants") if at is not None)])
        as_of = min(until, last_at + 1)
        found = _Found.read(reader, since, as_of)
        rows: dict[str, list[Row]] = {name: [] for name in ANNEXES}
        shown = tuple(_month(reader, found, one, as_of, rows) for one in months)
        again: dict[str, list[Row]] = {name: [] for name in ANNEXES}
        whole = _month(reader, found, ("", since, until), as_of, again) if len(shown) > 1 else None
        annexes = tuple(Annex(name, tuple(rows[name])) for name in ANNEXES)
        head = (int(acts[0][0]), bytes(acts[0][2]).hex()) if acts else (0, "")
        return Period(language, since, until, as_of, whole, shown, annexes, *head)


_ENDS_OF_PROMISES = ("PromiseKept", "PromiseBroken")
ANNEXES = ("cases", "promises", "measures", "feedback", "complaints", "payments")


def _months(first: str, since: int, until: int) -> Iterator[tuple[str, int, int]]:
    """(yyyymm, first instant, end) of every month that the period touches, cut at its ends."""
    begin = first
    while since < until:
        month = begin[:6]
        while begin[:6] == month:
            begin = shifted(begin, 1)
        end = min(instant(begin, 0), until)
        yield month, since, end
        since = end


Told = tuple[Matter, list[Line]]
"""A matter, and everything that was said of it."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Everything that the figures of a period are counted from."""

    spans: Sequence[Span]
    promises: Sequence[tuple[str, str, int, int | None, int | None, bool, tuple[str, ...]]]
    measures: Sequence[Told]
    feedback: Sequence[Told]
    complaints: Sequence[Told]

    @classmethod
    def read(cls, reader: Reader, since: int, until: int) -> _Found:
        """As of one moment; cases from AGAIN_MS before, which may be what came back."""
        told = {one.id: (one, lines) for one, lines in _told(reader, "case", since - AGAIN_MS, until)}
        spans = [_span(one, lines) for one, lines in told.values()]
        promises = list(_registered(reader, since, until))
        known = {one[0] for one in promises}
        promises += [one for matter, (_, lines) in told.items() if matter not in known for one in _said(lines)]
        return cls(spans, promises, *(_told(reader, kind, since, until) for kind in ("capa", "feedback", "complaint")))


def _told(reader: Reader, kind: str, since: int, until: int) -> list[Told]:
    return [(one, lines_of(reader, one.id, kind)) for one in alive(reader, kind, since, until)]


def alive(reader: Reader, kind: str, since: int, until: int) -> Iterator[Matter]:
    """Matters of a kind that were open at some time in [since, until), by their numbers."""
    after = 0
    while rows := reader.ask("matters_alive", kind=kind, since=since, until=until, after=after, most=PAGE_MAX):
        yield from (matter_of(row[:13]) for row in rows)
        after = int(rows[-1][0])


def _span(case: Matter, lines: Sequence[Line]) -> Span:
    ends = [(line.at, line.state == "CLOSED", line.act) for line in lines]
    turned = [one for n, one in enumerate(ends) if one[1] != (ends[n - 1][1] if n else False)]
    terminal = str(case.body.get("standing", {}).get("terminal", ""))
    act = lines[0].act if lines else 0
    return Span(case.id, terminal, case.fen, case.opened_at, tuple(turned), act, tuple(case.body.get("clocks", ())))


def _registered(reader: Reader, since: int, until: int) -> Iterator[Any]:
    rows = reader.ask("promises_between", since=since, until=until, most=PROMISES_MAX)
    for no, matter, what, _, due_at, kept_at, moved_at, asked in rows:
        yield matter, what, due_at, kept_at, moved_at, bool(asked), (f"promise {no}", matter)


def _said(lines: Sequence[Line]) -> Iterator[Any]:
    """The promises of a case, from what was said of it."""
    made = [line for line in lines if line.fact == "PromiseMade"]
    for no, line in enumerate(made, 1):
        words = dict(line.said)
        ends = [
            one for one in lines if one.fact in ("PromiseKept", "PromiseBroken") and dict(one.said)["no"] == str(no)
        ]
        kept = next((one.at for one in ends if one.fact == "PromiseKept"), None)
        given_up = next((one.at for one in ends if one.fact == "PromiseBroken"), None)
        because = tuple(f"act {one.act}" for one in (line, *ends))
        yield line.matter, words.get("what", ""), instant(words["day"]), kept, given_up, False, because


def _state(lines: Iterable[Line], at: int) -> tuple[str, int, tuple[str, ...]]:
    """(state, since when, by which acts) just before an instant."""
    state, since, acts = "", 0, list[str]()
    for line in lines:
        if line.at >= at:
            break
        if line.state != state:
            state, since = line.state, line.at
            acts.append(f"act {line.act}")
    return state, since, tuple(acts)


# One month


def _month(reader: Reader, found: _Found, month: tuple[str, int, int], as_of: int, rows: dict[str, list[Row]]) -> Month:
    name, since, until = month
    end = max(since, min(until, as_of))
    figures = (
        *_of_cases(found.spans, name, since, end, rows["cases"]),
        _of_promises(found.promises, name, since, end, rows["promises"]),
        *_of_measures(found.measures, name, since, end, rows["measures"]),
        *_of_voices(found, name, since, end, rows),
        *_of_payments(reader, name, since, until, rows["payments"]),
    )
    return Month(name, since, until, figures)


def _of_cases(spans: Sequence[Span], month: str, since: int, end: int, rows: list[Row]) -> Iterator[Figure]:
    because = ("cases",)
    new = [one for one in spans if since <= one.opened_at < end]
    closed = [(one, over) for one in spans if (over := one.closed_at(end)) and over[0] >= since]
    still = [one for one in spans if one.open_at(end)]
    ended = [one for one in spans if _closed_in(one, since, end)]
    named = {one.id for one in (*new, *still, *ended)}
    rows += [_case_row(one, month, end) for one in spans if one.id in named]
    yield counted("cases_opened", len(new), because)
    yield counted("cases_closed", len(closed), because)
    yield counted("cases_open", len(still), because)
    yield lasted("resolve_ms", [_span_of(one, end) for one in new], because)
    days = [sum(one.fen for one in spans if one.open_at(at)) for at in _ends_of_days(since, end)]
    yield ranged("risk_fen", sum(one.fen for one in still), days, because)
    yield counted("closed_fen", sum(one.fen for one, _ in closed), because, "fen")
    limits = [clock for one in spans for clock in one.clocks if since <= clock["due_at"] < end and not _stands(clock)]
    in_time = sum(clock["met_at"] is not None and clock["met_at"] <= clock["due_at"] for clock in limits)
    yield shared("clocks_ppm", in_time, len(limits), because)
    yield shared("reopened_ppm", sum(one.reopened_between(since, end) for one in ended), len(ended), because)
    placed = [one for one in new if one.terminal]
    back = _came_back(spans)
    yield shared("repeat_ppm", sum(one.id in back for one in placed), len(placed), because)


def _stands(clock: Mapping[str, Any]) -> bool:
    """Whether it waits for somebody else: it will be due later by as long as it stands."""
    return clock["paused_at"] is not None and clock["met_at"] is None


def _closed_in(one: Span, since: int, end: int) -> bool:
    return any(since <= at < end for at, over, _ in one.ends if over)


def _span_of(one: Span, end: int) -> tuple[int, bool]:
    closed = one.closed_at(end)
    return (closed[0] - one.opened_at, True) if closed else (end - one.opened_at, False)


def _came_back(spans: Iterable[Span]) -> set[str]:
    """Cases whose terminal had another one within AGAIN_MS before."""
    last: dict[str, int] = {}
    found = set()
    for one in sorted(spans, key=lambda one: (one.opened_at, number(one.id))):
        if one.terminal in last and one.opened_at - last[one.terminal] <= AGAIN_MS:
            found.add(one.id)
        last[one.terminal] = one.opened_at
    return found


def _ends_of_days(since: int, end: int) -> list[int]:
    return [min(at, end) for at in range(since + DAY_MS, end + DAY_MS, DAY_MS)] if end > since else []


def _case_row(one: Span, month: str, end: int) -> Row:
    closed = one.closed_at(end)
    words = (("terminal", one.terminal), ("fen", str(one.fen)), ("closed_at", str(closed[0]) if closed else ""))
    acts = (f"act {one.act}", *(f"act {act}" for at, _, act in one.ends if at < end))
    return Row(one.id, month, one.opened_at, words, acts)


def _of_promises(promises: Iterable[Any], month: str, since: int, end: int, rows: list[Row]) -> Figure:
    fates = []
    for matter, what, due_at, kept_at, moved_at, asked, because in promises:
        was = fate(due_at, kept_at, moved_at, asked, end) if since <= due_at < end else None
        if was is not None:
            fates.append(was)
            words = (("what", what), ("became", "kept" if was else "broken"))
            rows.append(Row(matter, month, due_at, words, because))
    return shared("promises_ppm", sum(fates), len(fates), ("promises",))


def _of_measures(measures: Iterable[Told], month: str, since: int, end: int, rows: list[Row]) -> Iterator[Figure]:
    """Measures that were done and still wait for figures, and those that ended in the month."""
    done = []
    for one, lines in measures:
        state, at, acts = _state(lines, end)
        if state == DONE or (state in (EFFECTIVE, WAIVED) and at >= since):
            done.append(replace(one, state=state))
            rows.append(Row(one.id, month, at, (("what", str(one.body.get("what", ""))), ("state", state)), acts))
    with_effect, all_ = share_measured(done)
    yield counted("capa_ended", all_, ("measures",))
    yield shared("capa_ppm", with_effect, all_, ("measures",))


def _of_voices(found: _Found, month: str, since: int, end: int, rows: dict[str, list[Row]]) -> Iterator[Figure]:
    stars = []
    for one, lines in found.feedback:
        if since <= one.opened_at < end:
            stars.append(int(one.body["stars"]))
            said = (("stars", str(one.body["stars"])), ("state", lines[0].state))
            rows["feedback"].append(Row(one.id, month, one.opened_at, said, (f"act {lines[0].act}",)))
    new = [(one, lines[0]) for one, lines in found.complaints if since <= one.opened_at < end]
    rows["complaints"] += [
        Row(one.id, month, one.opened_at, (("state", line.state),), (f"act {line.act}",)) for one, line in new
    ]
    yield shared("stars_ppm", sum(one > POOR_STARS for one in stars), len(stars), ("feedback",))
    yield counted("complaints", len(new), ("complaints",))


def _of_payments(reader: Reader, month: str, since: int, until: int, rows: list[Row]) -> Iterator[Figure]:
    first, last = day_of(since), day_of(until - 1)
    found = reader.ask("payments_between", first=first, last=last)
    heads = _heads(reader, first, last) if found else ""
    for truth, proof, count, fen in found:
        words = (("truth", truth), ("proof", proof), ("count", str(count)), ("fen", str(int(fen))))
        rows.append(Row(f"{first}-{last}", month, since, words, (heads,)))
    all_, fen = sum(int(row[2]) for row in found), sum(int(row[3]) for row in found)
    yield counted("payments", all_, ("payments",))
    yield counted("payments_fen", fen, ("payments",), "fen")
    yield shared("doubt_ppm", sum(int(row[2]) for row in found if row[0] in IN_DOUBT), all_, ("payments",))
    yield shared("proven_ppm", sum(int(row[2]) for row in found if row[1] == "proven"), all_, ("payments",))


def _heads(reader: Reader, first: str, last: str) -> str:
    """One hash over the ids of all payments of these days and the ends of their chains of facts."""
    hashed, after = hashlib.sha256(), ""
    while rows := reader.ask("heads_between", first=first, last=last, after=after, most=HEADS_AT_ONCE):
        for name, head in rows:
            hashed.update(name.encode() + bytes(head))
        after = str(rows[-1][0])
    return f"sha256:{hashed.hexdigest()[:32]}"
