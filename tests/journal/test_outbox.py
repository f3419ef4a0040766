"""Is everybody told what was committed, never what was rolled back, at least once and under the same id?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chongzheng.journal import Journal, Submission
from chongzheng.journal.outbox import LEASE_MS, RETRY_AFTER_MS, RETRY_FOR_MS, WEBHOOKS_MAX, Outbox
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from journal import made
from journal.place import SqlitePlace

NOON_MS = 1_790_000_000_000
URL = "https://shop.example/hook"
NOBODY: frozenset[str] = frozenset()
MOST = 100


class Desk:
    """A journal, its outbox, and the connection between them."""

    def __init__(self, place: SqlitePlace) -> None:
        self.journal: Journal = place.open()
        self.side = Side.open(place.path)
        self.outbox = Outbox(self.side, place.vault)

    def rows(self) -> list[tuple[Any, ...]]:
        """What waits in the outbox."""
        return [row[:3] for row in self.side.ask("waiting_to_be_told", most=MOST)]

    def hook(self, kinds: frozenset[str] = NOBODY, merchants: frozenset[str] = NOBODY) -> str:
        """A new webhook's id."""
        return self.outbox.add(URL, kinds, merchants, NOON_MS)[0]

    def hand_out(self, kinds: tuple[str, ...] = ("changed",)) -> int:
        """Hand everything out as events of these kinds."""
        return self.outbox.hand_out(lambda record, before: kinds, NOON_MS)


@pytest.fixture
def desk(place: SqlitePlace) -> Iterator[Desk]:
    """A journal with an outbox."""
    found = Desk(place)
    yield found
    found.side.close()


def sale(n: int) -> Submission:
    """The n-th sale."""
    return made.sale(n)


def test_a_fact_is_in_the_outbox_with_its_commit_while_somebody_listens(desk: Desk) -> None:
    desk.journal.apply([sale(1)])
    hook = desk.hook()
    desk.journal.apply([sale(2), sale(3)])
    assert sorted(desk.rows()) == sorted((made.name_of(n), 1, "") for n in (2, 3))
    assert desk.outbox.stop(hook, NOON_MS)
    desk.journal.apply([sale(4)])
    assert desk.rows() == []


def test_what_is_rolled_back_is_never_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.hook()

    def torn(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(desk.journal, "_write_commit", torn)
    with pytest.raises(KeyboardInterrupt):
        desk.journal.apply([sale(1)])
    monkeypatch.undo()
    assert desk.rows() == []
    desk.journal.apply([sale(2)])
    assert desk.rows() == [(made.name_of(2), 1, "")]


def test_a_row_becomes_a_delivery_to_each_who_wants_it(desk: Desk) -> None:
    everything = desk.hook()
    settled = desk.hook(frozenset({"settled"}))
    theirs = desk.hook(NOBODY, frozenset({made.key(1).merchant}))
    others = desk.hook(NOBODY, frozenset({"M2"}))
    desk.journal.apply([sale(1)])
    assert desk.hand_out(("changed", "case")) == 1
    assert desk.rows() == []
    claimed = {hook: len(desk.outbox.claim(hook, NOON_MS, MOST)) for hook in (everything, settled, theirs, others)}
    assert list(claimed.values()) == [1, 0, 1, 0]
    assert desk.outbox.counts() == {everything: {"waiting": 1}, theirs: {"waiting": 1}}


def test_what_nobody_need_hear_of_leaves_the_outbox_silently(desk: Desk) -> None:
    hook = desk.hook()
    desk.journal.apply([sale(1)])
    assert desk.hand_out(()) == 1
    assert desk.rows() == []
    assert desk.outbox.claim(hook, NOON_MS, MOST) == []


def test_a_claim_is_nobody_elses_until_its_lease_ends(desk: Desk) -> None:
    hook = desk.hook()
    desk.journal.apply([sale(1)])
    desk.hand_out()
    [claim] = desk.outbox.claim(hook, NOON_MS, MOST)
    assert (claim.payment, claim.seq, claim.attempt) == (made.name_of(1), 1, 1)
    assert desk.outbox.claim(hook, NOON_MS + LEASE_MS - 1, MOST) == []
    [again] = desk.outbox.claim(hook, NOON_MS + LEASE_MS, MOST)
    assert (again.record, again.attempt) == (claim.record, 2)


def test_what_is_not_accepted_comes_again_later_and_later_until_it_is_given_up(desk: Desk, place: SqlitePlace) -> None:
    hook = desk.hook()
    desk.journal.apply([sale(1)])
    desk.hand_out()
    now, waits = NOON_MS, []
    for _ in range(len(RETRY_AFTER_MS) + 1):
        [claim] = desk.outbox.claim(hook, now, MOST)
        desk.outbox.settle([(claim, False, "500")], now)
        [(next_at,)] = place.raw("SELECT next_at FROM delivery")
        assert desk.outbox.claim(hook, next_at - 1, MOST) == []
        waits.append(next_at - now)
        now = next_at
    assert tuple(waits) == (*RETRY_AFTER_MS, RETRY_AFTER_MS[-1])
    now = NOON_MS + RETRY_FOR_MS
    [claim] = desk.outbox.claim(hook, now, MOST)
    desk.outbox.settle([(claim, False, "500")], now)
    assert desk.outbox.claim(hook, now + 10 * RETRY_FOR_MS, MOST) == []
    assert desk.outbox.counts() == {hook: {"given up": 1}}


def test_what_was_accepted_is_not_told_again_unless_replayed(desk: Desk) -> None:
    hook = desk.hook()
    desk.journal.apply([sale(1)])
    desk.hand_out()
    [claim] = desk.outbox.claim(hook, NOON_MS, MOST)
    desk.outbox.settle([(claim, True, "200")], NOON_MS)
    assert desk.outbox.claim(hook, NOON_MS + RETRY_FOR_MS, MOST) == []
    desk.outbox.replay(hook, made.NOON_MS, made.NOON_MS + made.DAY_MS)
    desk.hand_out()
    [again] = desk.outbox.claim(hook, NOON_MS, MOST)
    assert (again.payment, again.seq, again.record) == (claim.payment, claim.seq, claim.record)


def test_a_replay_is_for_its_webhook_and_its_time_alone(desk: Desk) -> None:
    first, second = desk.hook(), desk.hook()
    desk.journal.apply([sale(1)])
    desk.hand_out()
    at = made.NOON_MS
    for hook in (first, second):
        desk.outbox.settle([(claim, True, "") for claim in desk.outbox.claim(hook, NOON_MS, MOST)], NOON_MS)
    desk.outbox.replay(first, at + 1, at + 2)
    desk.outbox.replay(first, at - 1, at)
    assert desk.rows() == []
    desk.outbox.replay(first, at, at + 1)
    desk.hand_out()
    assert len(desk.outbox.claim(first, NOON_MS, MOST)) == 1
    assert desk.outbox.claim(second, NOON_MS, MOST) == []
    with pytest.raises(TheirMistake, match="no such webhook"):
        desk.outbox.replay("W000000000000", 0, 1)


def test_a_webhook_that_is_removed_hears_nothing_more(desk: Desk) -> None:
    hook, other = desk.hook(), desk.hook()
    desk.journal.apply([sale(1)])
    desk.hand_out()
    assert desk.outbox.stop(hook, NOON_MS)
    assert not desk.outbox.stop(hook, NOON_MS)
    assert desk.outbox.claim(hook, NOON_MS, MOST) == []
    assert len(desk.outbox.claim(other, NOON_MS, MOST)) == 1


def test_secrets_are_sealed_and_each_webhooks_own(desk: Desk, place: SqlitePlace) -> None:
    name, secret = desk.outbox.add(URL, NOBODY, NOBODY, NOON_MS)
    _, other = desk.outbox.add(URL, NOBODY, NOBODY, NOON_MS)
    [hook] = [hook for hook in desk.outbox.webhooks() if hook.id == name]
    assert desk.outbox.secret(hook) == secret.encode() != other.encode()
    kept = b"".join(path.read_bytes() for path in place.folder.iterdir() if path.name.startswith("journal"))
    assert secret.encode() not in kept


@pytest.mark.parametrize("url", [
    "ftp://shop.example/", "https://", "http://shop.example/hook", "https://a b.example/", "https://me:pw@shop.example/",
    "https://shop.example/\n", "http://localhost.evil.example/", "https://" + "x" * 2000,
])  # fmt: skip
def test_an_address_that_would_give_payments_away_is_refused(desk: Desk, url: str) -> None:
    with pytest.raises(TheirMistake, match="url"):
        desk.outbox.add(url, NOBODY, NOBODY, NOON_MS)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "http://localhost/x", "http://[::1]:80/x"])
def test_this_machine_may_be_told_in_the_clear(desk: Desk, url: str) -> None:
    assert desk.outbox.add(url, NOBODY, NOBODY, NOON_MS)[0]


def test_there_is_an_end_to_the_number_of_webhooks(desk: Desk) -> None:
    hooks = [desk.hook() for _ in range(WEBHOOKS_MAX)]
    with pytest.raises(TheirMistake, match="remove one"):
        desk.hook()
    desk.outbox.stop(hooks[0], NOON_MS)
    assert desk.hook()
