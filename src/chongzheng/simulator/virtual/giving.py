"""What do people of a simulated world do to give money back, in haste and at the worst moment, and how do they end it?

A maker proposes, a second person approves on what they see, finance sends and posts; they click twice, come two at
once, decide on what has changed since, and their machine dies as they speak. Whatever they began is ended at rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from random import Random
from typing import Any

from chongzheng.cases.matter import Matter
from chongzheng.mistakes import OurMistake
from chongzheng.reversal.payment import Payment, Proof, State, Truth
from chongzheng.simulator.clerks.deeds import Sight
from chongzheng.simulator.virtual import harm
from chongzheng.simulator.virtual.cashier import Remembering
from chongzheng.simulator.virtual.channel import CHANNEL_MS_MAX, Channel
from chongzheng.simulator.virtual.counter import AFTER, AT_ONCE, INSIDE, Counter, Failed, Lost, Word
from chongzheng.simulator.virtual.given import Given
from chongzheng.simulator.virtual.loop import process_of
from chongzheng.simulator.virtual.platter import Image
from chongzheng.simulator.virtual.world import World

PACES_MS = (40, 250, 800)
"""How long people of one give-back think before each word, at most."""
AFTERWARDS_MS = 14_000
"""So long after the last sale somebody may still begin a refund."""
LAST_MS = 4_000
"""So long after the last file."""
IN_DOUBT = frozenset({State.REVERSING, State.UNMATCHED, State.DOUBTFUL})
KEPT = frozenset({Truth.CHARGED_KEPT, Truth.CHARGED_TWICE})
STRONG = frozenset({Proof.CONFIRMED, Proof.PROVEN})
MAKERS, CHECKERS, PAYERS = ("li", "mei", "fang", "zhang"), ("zhang", "chen", "wang"), ("wang", "fang")
LOOK_S = 0.1
WAIT_S_MAX = 120.0
QUIET_LOOKS = 3
STATEMENTS_MAX = 30
DEADLY_OF_ALL, HASTY_OF_ALL, LEFT_OF_ALL = 0.15, 0.25, 0.06
SAME_CUSTOMER_OF_ALL = 0.1
AFTERWARDS_OF_ALL = 0.3
"""Of all deaths of a machine as somebody speaks, how many come between the commit and the answer."""
ROUNDS_MAX = 40
"""In so many looks a good clerk has ended everything, or something is stuck."""
STOPPED_FOR = {"reason": "it is given back by a refund"}
WITNESSES = (
    {"witness": "host journal", "original": "yes", "reversal": "failed"},
    {"witness": "merchant", "goods": "no"},
)
"""What makes an advance possible (evidence level E2, operations 3.3); said only where it is so."""


_LEFT = {INSIDE: (0,), AFTER: (1,), "": (0, 1)}
"""How often a word was said, where its machine died as it was: a power that fails inside a commit leaves either."""


class Refused(Exception):
    """Somebody was told no, or why nothing came of it."""


class Givers:
    """Everybody who gives money back in one world."""

    def __init__(self, world: World, counter: Counter, given: Given) -> None:
        self._world, self._counter, self._given = world, counter, given
        self._closing = False
        self._tasks: list[asyncio.Task[None]] = []
        self._in_hand: set[str] = set()  # asked for membership only
        self.channel = Channel(world, counter, given)

    def begin(self) -> None:
        """Each at a time of their own, while sales are made or after the last of them."""
        world = self._world
        for n in range(world.weather.refunds):
            dice = Random(f"give back {world.seed} {n}")
            span_ms = harm.span_ms(world.payments) + (AFTERWARDS_MS if dice.random() < 0.4 else 0)
            story = _Story(self, world, self._counter, self._given, dice, n)
            self._tasks.append(world.loop.create_task(self._told(story, dice.randrange(span_ms))))

    async def _told(self, story: _Story, at_ms: int) -> None:
        await asyncio.sleep(at_ms / 1000)
        await story.live()

    @property
    def closing(self) -> bool:
        """Whether nobody begins or goes on any more."""
        return self._closing

    def also(self, work: Coroutine[Any, Any, Any]) -> None:
        """Something goes on beside a give-back, and is waited for at the end."""
        self._tasks.append(self._world.loop.create_task(work, context=process_of("shops").context()))

    def take(self, payment: str) -> bool:
        """Work on a payment; whether nobody else does."""
        if payment in self._in_hand:
            return False
        self._in_hand.add(payment)
        return True

    def drop(self, payment: str) -> None:
        """Work on it no more."""
        self._in_hand.discard(payment)

    # At rest

    async def finish(self) -> None:
        """When all files have been read people go on for a while; then whoever is in the middle of something puts it
        down, and a good clerk brings all of it to its end."""
        await asyncio.sleep(LAST_MS / 1000)
        self._closing = True
        while not all(task.done() for task in self._tasks):
            await asyncio.gather(*self._tasks)
        quiet = 0
        for _ in range(ROUNDS_MAX):
            harm.keep_up(self._world)
            await asyncio.sleep(1)
            if not self._counter.is_open:
                continue
            quiet = 0 if self.channel.end_all() else quiet + 1
            if quiet == QUIET_LOOKS:
                break
        self._given.rest(self._world.watch.is_contested)
        self._counter.close()


class _Story:
    """One give-back, from the wish to what the channel says."""

    def __init__(self, givers: Givers, world: World, counter: Counter, given: Given, dice: Random, number: int) -> None:
        self._givers, self._world, self._counter, self._given = givers, world, counter, given
        self._dice, self._name = dice, f"refund {number}"
        self._payment, self._refund, self._maker = "", "", dice.choice(MAKERS)
        self._pace_ms = dice.choice(PACES_MS)
        kinds = (self._is_in_doubt, self._is_returned, self._is_shown, lambda payment: True)
        self._wanted = dice.choices(kinds, (45, 25, 25, 5))[0]
        self._old: Sight | None = None
        """What somebody saw just after the proposal, and may decide on much later."""
        self._died = False
        self._approved_at_start = 0

    async def live(self) -> None:
        """All of it, as far as it goes."""
        while not (payment := self._chosen()):
            if self._givers.closing:
                return
            await asyncio.sleep(LOOK_S)
        words = f"people began to give back {payment.id}, {payment.state}"
        if not self._world.events.allow(self._name, words) or not self._givers.take(payment.id):
            return
        self._payment = payment.id
        try:
            for step in self._steps():
                await self._pause()
                if self._givers.closing or self._dice.random() < LEFT_OF_ALL or not await step():
                    return
        finally:
            self._givers.drop(self._payment)

    def _steps(self) -> tuple[Callable[[], Awaitable[bool]], ...]:
        steps = [self._hear, self._propose, self._free, self._approve, self._send, self._follow]
        if self._wanted == self._is_returned:
            steps.insert(self._dice.choice((3, 4, 4, 5)), self._reverse_too)
        return tuple(steps)

    # Which payment

    def _chosen(self) -> Payment | None:
        begun = self._given.is_begun if self._dice.random() < 0.9 else lambda payment: False
        found = [one for one in self._world.watch.payments() if self._wanted(one) and not begun(one.id)]
        return self._dice.choice(found) if found else None

    def _is_in_doubt(self, payment: Payment) -> bool:
        """The bank says that it was charged and not given back, and the shop that nothing was given for it."""
        charges, returns = self._world.watch.moved(payment.id)
        seen = self._world.watch.seen(payment.id)
        shown = seen is not None and seen.told == "approved"
        return payment.state in IN_DOUBT and charges > returns and not shown

    def _is_returned(self, payment: Payment) -> bool:
        """A sale that stands, and nothing was given for it after all: the customer has left without."""
        charges, returns = self._world.watch.moved(payment.id)
        seen = self._world.watch.seen(payment.id)
        shown = seen is not None and seen.told == "approved"
        return payment.state is State.APPROVED and charges > returns and shown

    def _is_shown(self, payment: Payment) -> bool:
        verdict = payment.verdict
        return verdict.truth in KEPT and verdict.proof in STRONG

    # Steps: each says whether to go on

    async def _hear(self) -> bool:
        """Witnesses of what is in doubt are heard, in the case that there is, or in a new one."""
        if not (self._is_in_doubt(self._stands) or self._wanted == self._is_returned):
            return True
        reporter = self._dice.choice(("li", "mei", "fang"))
        for witness in WITNESSES:
            cases = await self._of(lambda: self._counter.of_payment(self._payment, "case"))
            if cases:
                word = Word(reporter, "case", self._payment, "WitnessHeard", witness, cases[0].id)
            else:
                said = {"source": "person", "why": "no slip", "witness": witness}
                word = Word(reporter, "case", self._payment, "Opened", said)
            if await self._say(word) is None:
                return False
        return True

    async def _propose(self) -> bool:
        said = {
            "fen": self._stands.amount_fen,
            "customer": f"C-{self._payment}",
            "reason": "the cardholder asks for it",
        }
        if self._dice.random() < SAME_CUSTOMER_OF_ALL:
            said["customer"] = "C-1"
        word = Word(self._maker, "refund", self._payment, "Opened", said)
        after = await self._say(word)
        if self._dice.random() < 0.2:
            other = self._dice.choice([who for who in MAKERS if who != self._maker])
            if await self._say(Word(other, "refund", self._payment, "Opened", said)) is None and after is not None:
                self._reach("a second person proposed the same refund, and was refused")
        if after is None:
            return False
        self._refund = after.id
        if self._dice.random() < HASTY_OF_ALL:
            self._old = (await self._of(lambda: self._counter.look(self._refund)))[1]
        return True

    async def _free(self) -> bool:
        """A reversal that may still take effect is in the way: it is asked to be stopped, and that is waited for."""
        if not self._may_be_reversed():
            return True
        checker = self._checker()
        if await self._decide(checker, "Approved", {}) is None:
            self._reach("a refund was refused because a reversal was under way")
        if await self._say(Word(checker, "refund", self._payment, "StopReversal", STOPPED_FOR, self._refund)) is None:
            return False
        self._reach("a refund asked that the reversal be stopped")
        give_up_at = self._world.loop.time() + 10
        while self._may_be_reversed() and self._world.loop.time() < give_up_at and not self._givers.closing:
            await asyncio.sleep(LOOK_S)
        return True

    async def _reverse_too(self) -> bool:
        """The shop reverses it at its terminal, which has shown it as approved, while the office gives it back."""
        seen = self._world.watch.seen(self._payment)
        tills = [one for one in self._world.fleet.terminals if isinstance(one, Remembering)]
        till = next((one for one in tills if seen is not None and seen.key in one.requests), None)
        words = f"the shop reverses {self._payment} at its terminal as well"
        if seen is None or till is None or not self._world.events.allow(f"{self._name} reversal", words):
            return True
        self._givers.also(till.reverse(seen))
        self._reach("a shop reversed what people were giving back")
        return True

    async def _approve(self) -> bool:
        chance = self._dice.random()
        if chance < 0.15:
            refused = await self._decide(self._maker, "Approved", {}) is None
            self._reach("whoever proposed a refund tried to approve it" if refused else "a refund was approved")
        checker = self._checker()
        if self._old is not None:
            word = Word(checker, "refund", self._payment, "Approved", {}, self._refund, self._old)
            if await self._say(word) is not None:
                self._approved_at_start = self._world.machine.starts
                return True
        if chance > 1 - HASTY_OF_ALL:
            done = await self._two_at_once(checker)
        else:
            done = await self._decide(checker, "Approved", {}, may_age=True) is not None
        self._approved_at_start = self._world.machine.starts
        return done

    async def _send(self) -> bool:
        payer = self._dice.choice([who for who in PAYERS if who != self._maker])
        said = {"way": "file", "reference": f"line {self._refund}", "looked_up": "nothing"}
        sent = await self._decide(payer, "Sent", said, clicks=2 if self._dice.random() < HASTY_OF_ALL else 1)
        if sent is not None and self._world.machine.starts != self._approved_at_start:
            self._reach("the machine died between a refund's approval and its sending")
        return sent is not None

    async def _follow(self) -> bool:
        """Finance says what the channel shows, when it shows something."""
        give_up_at = self._world.loop.time() + 2 * CHANNEL_MS_MAX / 1000
        while not self._news() and self._world.loop.time() < give_up_at:
            await asyncio.sleep(LOOK_S)
        fact = self._news()
        return bool(fact) and await self._decide("wang", fact, {"reference": f"statement, {self._refund}"}) is not None

    def _news(self) -> str:
        for one in self._given.ordered.values():
            if one.id == self._refund:
                return self._givers.channel.news(one)
        return ""

    def _may_be_reversed(self) -> bool:
        stands = self._stands
        kept = stands.verdict.truth in KEPT and stands.verdict.proof is Proof.PROVEN
        return bool(stands.attempts) and not stands.stopped_by and not kept

    @property
    def _stands(self) -> Payment:
        found = self._world.watch.payment(self._payment)
        if found is None:
            raise OurMistake("a payment that was there is gone", self._payment)
        return found

    def _checker(self) -> str:
        return self._dice.choice([who for who in CHECKERS if who != self._maker])

    def _reach(self, situation: str) -> None:
        self._world.watch.reach(situation)

    async def _pause(self) -> None:
        await asyncio.sleep(self._dice.randrange(self._pace_ms) / 1000)

    # How a word is said

    async def _of(self, asked: Callable[[], Any]) -> Any:
        """What the keeper answers, once it can be reached."""
        while True:
            await self._reachable()
            try:
                return asked()
            except (Lost, Failed):
                await asyncio.sleep(LOOK_S)

    async def _reachable(self) -> None:
        give_up_at = self._world.loop.time() + WAIT_S_MAX
        while not self._counter.is_open and self._world.loop.time() < give_up_at:
            await asyncio.sleep(LOOK_S)

    async def _two_at_once(self, first: str) -> bool:
        """Two people have the same before their eyes, and say the same."""
        second = self._dice.choice([who for who in CHECKERS if who not in (first, self._maker)])
        _, sight = await self._of(lambda: self._counter.look(self._refund))
        done = [
            await self._say(Word(who, "refund", self._payment, "Approved", {}, self._refund, sight)) is not None
            for who in (first, second)
        ]
        if done == [True, False]:
            self._reach("two people approved a refund at once, and one was told that it was done")
        return any(done)

    async def _decide(
        self, who: str, fact: str, said: dict[str, Any], clicks: int = 1, may_age: bool = False
    ) -> Matter | None:
        """Look, think, and say it; look again where what was seen has changed meanwhile."""
        for _ in range(4):
            _, sight = await self._of(lambda: self._counter.look(self._refund))
            if may_age or self._dice.random() < 0.3:
                await self._pause()
            word = Word(who, "refund", self._payment, fact, said, self._refund, sight)
            after = await self._say(word)
            if after is not None:
                if clicks > 1:
                    self._reach("somebody clicked twice on a refund")
                    self._given.again(word, await self._say(word) is not None)
                return after
            _, now = await self._of(lambda: self._counter.look(self._refund))
            if (now.version, now.facts) == (sight.version, sight.facts):
                return None
            self._reach("a decision about a refund rested on a sight that had changed")
        return None

    async def _say(self, word: Word) -> Matter | None:
        """Say it until there is an answer; None: it was refused."""
        while True:
            await self._reachable()
            if not self._counter.is_open:
                return None
            said_before = self._counter.facts_of(word)
            try:
                return self._said(word)
            except Refused:
                return None
            except Failed:
                await asyncio.sleep(LOOK_S)
            except Lost:
                if (after := await self._after_a_death(word, said_before)) is not None:
                    return after

    def _said(self, word: Word) -> Matter:
        counter = self._counter
        counter.open()
        before, facts = None, 0
        if word.matter:
            before, sight = counter.look(word.matter)
            facts = sight.facts
        traces = counter.traces()
        try:
            after = counter.say(word, self._death(word))
        except (Lost, Failed):
            raise
        except Exception as no:
            self._given.refused(word, no, traces, counter.traces())
            raise Refused from no
        self._given.done(word, before, facts, after)
        self._givers.channel.look()
        return after

    def _death(self, word: Word) -> int | None:
        """After how many statements of this word the machine dies, if it does; once a story."""
        after = self._dice.randrange(STATEMENTS_MAX)
        deadly = self._dice.random() < DEADLY_OF_ALL
        if self._died or not deadly or not self._world.weather.kills or self._world.healed:
            return None
        after = AT_ONCE if self._dice.random() < AFTERWARDS_OF_ALL else after
        when = "once it was committed" if after == AT_ONCE else f"after {after} statements of it"
        words = f"{word.who} said {word.fact}, and the machine was to die {when}"
        return after if self._world.events.allow(f"{self._name} {word.fact} death", words) else None

    async def _after_a_death(self, word: Word, said_before: int) -> Matter | None:
        """What it was in the middle of is there once or not at all; None: it has to be said again."""
        how, self._counter.cut = self._counter.cut, ""
        if how:
            self._died = True
            self._reach("the machine died in the middle of a word about a refund")
            image = self._dice.choice(list(Image))
            harm.end(self._world, image, silently=self._world.weather.half_open)
        await asyncio.sleep(LOOK_S)
        await self._reachable()
        if not self._counter.is_open:
            return None
        said = self._counter.facts_of(word)
        self._given.died(word, said - said_before, _LEFT[how])
        if said == said_before:
            self._reach("what a death had cut off was said again")
            return None
        self._reach("what had been done was not known to whoever said it")
        if word.sight is not None and self._dice.random() < 0.5:
            self._given.again(word, await self._say(word) is not None)
        found = await self._of(lambda: self._counter.of_payment(word.payment, word.kind))
        return next((one for one in reversed(found) if not word.matter or one.id == word.matter), None)
