"""What does a channel do with refunds that were sent to it, and how does a good clerk end what others have begun?"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from chongzheng.cases.matter import Matter
from chongzheng.simulator.virtual.counter import Counter, Failed, Lost, Word
from chongzheng.simulator.virtual.given import REFUSALS, Given, Remedy
from chongzheng.simulator.virtual.loop import main_lane
from chongzheng.simulator.virtual.world import World

CHANNEL_MS_MAX = 2_000
"""So long it takes to do what was sent."""
REFUSED_OF_ALL, CANCELLED_OF_ALL = 0.12, 0.5


class Channel:
    """It has its own book (`Given.accounts`), and tells what it did to whoever asks."""

    def __init__(self, world: World, counter: Counter, given: Given) -> None:
        self._world, self._counter, self._given = world, counter, given
        self._at_the_channel: dict[str, Remedy] = {}
        self._refused: set[str] = set()  # asked for membership only

    def look(self) -> None:
        """How everything stands; the channel has what was sent."""
        if not self._counter.is_open:
            return
        known = set(self._given.ordered)
        self._given.look()
        for name, one in self._given.ordered.items():
            if name not in known:
                self._order(one)

    def _order(self, one: Remedy) -> None:
        dice = Random(f"channel {self._world.seed} {one.id}")
        is_refused, after_ms = dice.random() < REFUSED_OF_ALL, dice.randrange(CHANNEL_MS_MAX)
        self._at_the_channel[one.id] = one

        def work() -> None:
            if self._at_the_channel.pop(one.id, None) is None:
                return
            if is_refused:
                self._refused.add(one.id)
                self._world.watch.reach("the channel refused a refund")
            else:
                self._given.accounts[one.payment].credit(one.id, one.fen)

        self._world.loop.call_later(after_ms / 1000, work, context=main_lane().context())

    def news(self, one: Matter | Remedy) -> str:
        """What the channel has to say of a refund that was sent: Posted, NotPosted, or "" nothing yet."""
        account = self._given.accounts.get(one.payment)
        if account is not None and one.id in account.credits:
            return "Posted"
        return "NotPosted" if one.id in self._refused else ""

    def stop(self, refund: str) -> bool:
        """Ask the channel not to do it; whether it had not, and so never will."""
        self._at_the_channel.pop(refund, None)
        return not any(refund in account.credits for account in self._given.accounts.values())

    # At rest

    def end_all(self) -> bool:
        """A good clerk says of everything that is open what there is to say; whether there was anything."""
        self.look()
        ended = [self._ended(one) for one in self._given.unended()]
        self.look()
        return any(ended) or bool(self._at_the_channel)

    def _ended(self, one: Remedy) -> bool:
        """Say what there is to be said of it; whether anything was done."""
        return any([self._tried(one, who, fact, said) for who, fact, said in self._ends(one)])

    def _tried(self, one: Remedy, who: str, fact: str, said: dict[str, Any]) -> bool:
        try:
            before, sight = self._counter.look(one.id)
            if not self._counter.matters.holds(one.id, fact):
                return False
            word = Word(who, one.kind, one.payment, fact, said, one.id, sight)
            after = self._counter.say(word)
        except (*REFUSALS, Lost, Failed):
            return False
        self._given.done(word, before, sight.facts, after)
        if fact == "CancelTried" and said["worked"]:
            account = self._given.accounts[one.payment]
            account.debit(one.id, account.credits.get(one.parent, 0))
        return True

    def _ends(self, one: Remedy) -> Iterator[tuple[str, str, dict[str, Any]]]:
        if one.kind == "clawback":
            yield from self._backs(one)
        elif one.state in ("PROPOSED", "APPROVED"):
            yield "li", "Withdrawn", {"reason": "the day is over"}
        else:
            news = self.news(one)
            if news and not one.body["posted_at"]:
                yield "wang", news, {"reference": f"statement, {one.id}"}
            if news == "Posted" and one.body["gives"] == "final" and not one.body["credit"]:
                yield "fang", "CreditSeen", {"reference": f"clearing file, {one.id}"}

    def _backs(self, one: Remedy) -> Iterator[tuple[str, str, dict[str, Any]]]:
        if one.state == "ORDERED":
            yield "wang", "StopTried", {"worked": not one.body["cleared"] and self.stop(one.parent), "reference": "s"}
        account = self._given.accounts[one.payment]
        is_out = one.parent in account.credits
        worked = is_out and Random(f"cancel {self._world.seed} {one.id}").random() < CANCELLED_OF_ALL
        if "cancel" not in one.body["tried"] and is_out:
            yield "wang", "CancelTried", {"worked": worked, "reference": "c"}
        yield "zhang", "WrittenOff", {"reason": "nothing else is left"}
