"""How does a fact about a matter become its new state, once, with all that it brings about? The keeper of slow work.

One transaction a fact: the step, the act that says who did it, the keys and tokens it takes, the entries it books, the
matters it opens or moves, and what is to be told and handed to the engine afterwards. Whoever is refused is told why,
and nothing of it has happened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import msgspec

from chongzheng.cases.kinds import KINDS
from chongzheng.cases.matter import NEW, OPENED, PROGRAM, Ask, Body, Fact, Given, Kind, Matter, Refused, Step, step
from chongzheng.journal import finding, matter_effects
from chongzheng.journal.actors import Actors, NotAllowed
from chongzheng.journal.acts import enact, queue
from chongzheng.journal.breaks import Overtaken
from chongzheng.journal.post import Post, starred
from chongzheng.journal.rows import encode
from chongzheng.journal.side import Side
from chongzheng.mistakes import OurMistake, TheirMistake

SLIP = "slip"
PAGE_MAX = 200
OTHERS_MAX = 10_000
"""Matters that a rule looks at beside its own; more than that of one customer or shop is a case for people."""
DEPTH_MAX = 12
"""Facts that one fact may bring about in a row."""
PRIORITY_MAX = 2**31
NUMBER_MAX = 2**62
STANDING = ("facts", "state", "truth", "proof", "suspense_fen", "merchant", "terminal", "stan", "amount_fen")


class Register(Protocol):
    """Where rules are looked up: every row in force on a day, with what the house ships where nobody wrote one."""

    def in_force(self, at: int) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class View:
    """What a person is shown: the matter, how its payment stands, and the hash of both, which a decision must name."""

    matter: Matter
    payment: Body
    hash: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says a fact: an actor of the register, or the program."""

    id: str = PROGRAM
    roles: frozenset[str] = frozenset()


class Matters:
    """The keeper. `clock`: epoch ms; `register`: the rules. Every method that changes something is one transaction."""

    def __init__(self, side: Side, clock: Callable[[], int], register: Register) -> None:
        self._side = side
        self._clock = clock
        self._register = register
        self._actors = Actors(side)

    # Facts in

    def open(
        self, kind: str, said: Body, by: str = PROGRAM, *, payment: str = "", parent: str = "", key: str = ""
    ) -> Matter:
        """A new matter of this kind; under a `key` the one that it opened before. Refusals as in `say`."""
        with self._side.together():
            queue(self._side)
            who = self.speaker(by)
            holder = self._side.ask("key_holder", name=key) if key else []
            if holder:
                return self._matter(int(holder[0][0]))
            return self.opened(_kind(kind), who, said, payment=payment, parent=parent, key=key, depth=0)

    def say(self, matter: str, fact: str, said: Body, by: str = PROGRAM, shown: str = "") -> Matter:
        """Say a fact of a matter, and give the matter after it.

        NotAllowed: this person may not. Overtaken: out of order, stale, or somebody else holds what it takes.
        TheirMistake: no such matter, or a word that is missing or wrong. Then nothing was done.
        """
        with self._side.together():
            queue(self._side)
            return self.said(matter, fact, said, self.speaker(by), shown, depth=0)

    def say_once(self, key: str, matter: str, fact: str, said: Body, by: str, shown: str = "") -> bool:
        """As `say`, once under this key; False: it was done before, and is not done again."""
        with self._side.together():
            queue(self._side)
            if not self._side.ask("take_key", name=key, matter=number(matter)):
                return False
            self.said(matter, fact, said, self.speaker(by), shown, depth=0)
            return True

    def replied(self, reference: str, text: str, outlet: str) -> tuple[str, bool]:
        """Attach what somebody answered to the matter that its reference names (CASE-17): that matter's id, and whether
        it was told. TheirMistake: there is no such matter, or no text."""
        with self._side.together():
            queue(self._side)
            matter = Post(self._side).reply(reference, text, outlet, self._clock())
            told = self.holds(matter, "ReplyHeard")
            if told:
                self.tell(matter, "ReplyHeard", {"outlet": outlet, "text": starred(text)}, depth=0)
            return matter, told

    def preview(self, matter: str, fact: str, said: Body, by: str, shown: str = "") -> str:
        """What `say` would answer: "" when it would be done, else why not. Nothing is changed."""
        try:
            with self._side.together():
                queue(self._side)
                self.said(matter, fact, said, self.speaker(by), shown, depth=0)
                raise _OnlyAsked
        except _OnlyAsked:
            return ""
        except (NotAllowed, Overtaken) as no:
            return str(no)
        except TheirMistake as mistake:
            return mistake.what

    # Questions

    def get(self, matter: str) -> Matter:
        """The matter of this id. TheirMistake: there is none."""
        return self._matter(number(matter))

    def numbered(self, no: int) -> Matter:
        """The matter of this number. TheirMistake: there is none."""
        return self._matter(no)

    def view(self, matter: str) -> View:
        """What there is to see of it now."""
        with self._side.together():
            found = self._matter(number(matter))
            return self._view(found)

    def hash_now(self, matter: str) -> str:
        """The hash of what a person would be shown of it, where a transaction is under way."""
        return self._view(self._matter(number(matter))).hash

    def story(self, matter: str) -> list[dict[str, Any]]:
        """Every fact of it, oldest first: the acts of the chain, decoded."""
        self.get(matter)
        return [msgspec.json.decode(bytes(row[4])) for row in self._side.ask("acts_of", subject=matter)]

    def page(self, kind: str, after: int = 0, most: int = PAGE_MAX, open_only: bool = False) -> list[Matter]:
        """Matters of a kind by their numbers, behind the number `after`."""
        name = "list_open_matters" if open_only else "list_matters"
        rows = self._side.ask(name, kind=_kind(kind).name, after=after, most=min(most, PAGE_MAX))
        return [matter_of(row) for row in rows]

    def all_open(self, kind: str) -> Iterator[Matter]:
        """Every open matter of a kind, by their numbers, read page by page."""
        after = 0
        while some := self.page(kind, after, PAGE_MAX, open_only=True):
            yield from some
            after = number(some[-1].id)

    def newest(self, kind: str, most: int = PAGE_MAX) -> list[Matter]:
        """Open matters of a kind, the youngest first."""
        rows = self._side.ask("list_newest_open", kind=_kind(kind).name, most=min(most, PAGE_MAX))
        return [matter_of(row) for row in rows]

    def queue(self, name: str, priority: int = PRIORITY_MAX, after: int = 0, most: int = PAGE_MAX) -> list[Matter]:
        """What waits in a queue, most urgent first, behind (priority, number)."""
        values = {"queue": name, "priority": priority, "after": after, "most": min(most, PAGE_MAX)}
        return [matter_of(row) for row in self._side.ask("list_queue", **values)]

    def owned(self, actor: str, priority: int = PRIORITY_MAX, after: int = 0, most: int = PAGE_MAX) -> list[Matter]:
        """What waits for this person, most urgent first."""
        values = {"owner": actor, "priority": priority, "after": after, "most": min(most, PAGE_MAX)}
        return [matter_of(row) for row in self._side.ask("list_owned", **values)]

    def of_payment(self, payment: str) -> list[Matter]:
        """Everything about this payment."""
        return [matter_of(row) for row in self._side.ask("matters_of_payment", payment=payment)]

    def of_parent(self, parent: str, after: int = 0, most: int = PAGE_MAX) -> list[Matter]:
        """What belongs to this matter, behind the number `after`."""
        values = {"parent": number(parent), "after": after, "most": min(most, PAGE_MAX)}
        return [matter_of(row) for row in self._side.ask("matters_of_parent", **values)]

    def search(
        self, text: str, kind: str = "", open_only: bool = False, before: int = NUMBER_MAX, most: int = PAGE_MAX
    ) -> list[Matter]:
        """Matters that have all these words (reference, STAN, RRN, terminal, shop, masked card, words of its texts),
        newest first, with numbers below `before`. TheirMistake: no words, or no such kind."""
        if kind:
            _kind(kind)
        rows = finding.find(self._side, text, kind, open_only, before, min(most, PAGE_MAX))
        return [matter_of(row) for row in rows]

    def index(self, no: int) -> None:
        """Keep the words of the matter of this number, which has none yet."""
        with self._side.together():
            finding.index(self._side, self._matter(no))

    def tagged(self, kind: str, tag: str, value: str, since: int = 0) -> list[Matter]:
        """Matters of a kind under a tag, oldest first."""
        return list(self._asked(Ask(kind, tag, value, since)))

    def open_places(self) -> list[tuple[str, str]]:
        """(queue, kind) of what is open, without how many."""
        return [(str(queue), str(kind)) for queue, kind in self._side.ask("open_places")]

    def open_owners(self) -> list[str]:
        """Who has open matters."""
        return [str(owner) for (owner,) in self._side.ask("open_owners")]

    def queues(self) -> list[tuple[str, str, int, int, int | None]]:
        """(queue, kind, how many, sum in fen, earliest deadline) of what is open."""
        return [(row[0], row[1], int(row[2]), int(row[3]), row[4]) for row in self._side.ask("count_queues")]

    def owners(self) -> dict[str, int]:
        """How many open matters each person has."""
        return {str(owner): int(count) for owner, count in self._side.ask("count_owners")}

    def states(self) -> list[tuple[str, str, int, int]]:
        """(kind, state, how many, sum in fen)."""
        return [(row[0], row[1], int(row[2]), int(row[3])) for row in self._side.ask("count_states")]

    # What the program says by itself

    def due(self, most: int = PAGE_MAX) -> list[str]:
        """Open matters with a deadline that has come, earliest first."""
        now = self._clock()
        return [self._id(int(no)) for (no,) in self._side.ask("matters_due", now=now, most=most)]

    def behind(self, after: int = 0, most: int = PAGE_MAX) -> list[tuple[str, int]]:
        """(id, facts of its payment) of open matters that have not been told how their payment stands now."""
        rows = self._side.ask("matters_behind", after=after, most=most)
        return [(self._id(int(no)), int(version)) for no, version in rows]

    def tell_standing(self, matter: str, facts: int) -> bool:
        """Hand an open matter the fact PaymentMoved; whether its table has a row for it. Told is told, either way."""
        with self._side.together():
            queue(self._side)
            found = self._matter(number(matter))
            self._side.ask("set_seen", no=number(matter), seen=facts)
            if (found.state, "PaymentMoved") not in _kind(found.kind).table:
                return False
            standing = self.standing(found.payment)
            self.said(matter, "PaymentMoved", standing, Speaker(), "", depth=0)
            return True

    # One step, inside the caller's transaction

    def begin(self, kind: str, said: Body, payment: str, parent: str, key: str, depth: int) -> Matter:
        """Open a matter in the name of the program, where a transaction is under way."""
        about = {"payment": payment, "parent": parent, "key": key}
        return self.opened(_kind(kind), Speaker(), said, depth=depth, **about)

    def tell(self, matter: str, fact: str, said: Body, depth: int) -> Matter:
        """Say a fact in the name of the program, where a transaction is under way."""
        return self.said(matter, fact, said, Speaker(), "", depth=depth)

    def opened(
        self, kind: Kind, who: Speaker, said: Body, *, payment: str, parent: str, key: str, depth: int
    ) -> Matter:
        """As `open`, where a transaction is under way."""
        if payment and not self.standing(payment):
            raise TheirMistake("there is no such payment", payment)
        if parent:
            self._matter(number(parent))
        fact = Fact(OPENED, self._clock(), who.id, who.roles, said)
        blank = Matter("", kind.name, NEW, opened_at=fact.at, payment=payment, parent=parent)
        taken = self._stepped(kind, blank, fact)
        values = _columns(kind, taken.matter, fact.at)
        seen = int(self.standing(taken.matter.payment).get("facts", 0)) if taken.matter.payment else 0
        (no,) = self._side.ask("put_matter", kind=kind.name, opened_at=fact.at, seen=seen, **values)[0]
        after = _named(taken.matter, int(no))
        if key and not self._side.ask("take_key", name=key, matter=no):
            raise Overtaken(f"there is one already: {self.holder(key)}")
        self._remember(kind, None, after)
        self._finish(after, fact, taken, depth)
        return self._matter(int(no))

    def said(self, matter: str, name: str, said: Body, who: Speaker, shown: str, *, depth: int) -> Matter:
        """As `say`, where a transaction is under way."""
        if depth > DEPTH_MAX:
            raise OurMistake("facts that bring about each other without end", f"{matter} {name}")
        before = self._matter(number(matter))
        kind = _kind(before.kind)
        fact = Fact(name, self._clock(), who.id, who.roles, said, shown)
        taken = self._stepped(kind, before, fact)
        values = _columns(kind, taken.matter, fact.at)
        if not self._side.ask("move_matter", no=number(matter), before=before.version, **values):
            raise Overtaken("somebody else was quicker")
        self._remember(kind, before, taken.matter)
        self._finish(taken.matter, fact, taken, depth)
        return self._matter(number(matter))

    def _finish(self, matter: Matter, fact: Fact, taken: Step, depth: int) -> None:
        words = {"fact": fact.name, "said": dict(fact.said), "state": taken.matter.state, "shown": fact.shown}
        enact(self._side, fact.at, fact.actor, "matter", matter.id, **words)
        for effect in taken.effects:
            matter_effects.carry_out(self, self._side, matter, fact, effect, depth + 1)

    def _stepped(self, kind: Kind, matter: Matter, fact: Fact) -> Step:
        if matter.payment:
            self._side.ask_in_dialect("hold_payment", payment=matter.payment)
        standing = self.standing(matter.payment)
        asked = {name: self._asked(ask) for name, ask in kind.asks(matter, fact).items()}
        given = Given(self._register.in_force(fact.at), standing, asked, _hash(matter, standing))
        taken = step(kind, matter, fact, given)
        if isinstance(taken, Refused):
            raise _refusal(taken, matter)
        return taken

    def _remember(self, kind: Kind, before: Matter | None, after: Matter) -> None:
        finding.index(self._side, after)
        tags = dict(kind.tags(after))
        if before is not None and dict(kind.tags(before)) == tags:
            return
        no = number(after.id)
        self._side.ask("drop_tags", matter=no)
        for name, value in tags.items():
            if value:
                self._side.ask("put_tag", name=name, value=value, at=after.opened_at, matter=no)

    # How it stands

    def standing(self, payment: str) -> dict[str, Any]:
        """How a payment stands, by STANDING's names; {} when there is none. What lies in suspense, with the shop and
        for the cardholder is what the machine put there, and what people booked there or away from it since."""
        rows = self._side.ask("payment_standing", payment=payment) if payment else []
        if not rows:
            return {}
        found = dict(zip(STANDING, rows[0], strict=True))
        lies = self._side.ask("payment_lies", payment=payment)[0]
        return {**found, **dict(zip(("suspense_fen", "shop_fen", "cardholder_fen"), map(int, lies), strict=True))}

    @staticmethod
    def named(kind: str, key: str) -> str:
        """The key of a matter to which a client gives a name: apart from the program's own, which mean something. Only
        a slip has the program's, so that it is one however it came."""
        ours = kind == SLIP and key.startswith(f"{SLIP} ")
        return key if not key or ours else f"named {kind} {key}"

    def holder(self, key: str) -> str:
        """The id of the matter that holds this key, or that it is held by hand; "" when nobody does."""
        rows = self._side.ask("key_holder", name=key)
        if rows and int(rows[0][0]) == matter_effects.BY_HAND:
            return "a booking by hand"
        return self._id(int(rows[0][0])) if rows else ""

    def holds(self, matter: str, fact: str) -> bool:
        """Whether this fact has a row in the state of that matter."""
        found = self._matter(number(matter))
        return (found.state, fact) in _kind(found.kind).table

    def _matter(self, no: int) -> Matter:
        rows = self._side.ask("get_matter", no=no)
        if not rows:
            raise TheirMistake("there is no matter of this number", str(no))
        return matter_of(rows[0])

    def _id(self, no: int) -> str:
        return self._matter(no).id

    def _view(self, matter: Matter) -> View:
        standing = self.standing(matter.payment)
        return View(matter, standing, _hash(matter, standing))

    def _asked(self, ask: Ask) -> tuple[Matter, ...]:
        values = {"name": ask.tag, "value": ask.value, "since": ask.since, "kind": ask.kind, "most": OTHERS_MAX}
        return tuple(matter_of(row) for row in self._side.ask("matters_tagged", **values))

    def speaker(self, by: str) -> Speaker:
        """Who this is. NotAllowed: nobody who works here."""
        if by == PROGRAM:
            return Speaker()
        person = self._actors.get(by)
        if person is None or not person.active:
            raise NotAllowed(f"{by} does not work here")
        return Speaker(by, frozenset(map(str, person.roles)))


class _OnlyAsked(Exception):
    """Ends the transaction of a preview."""


def number(matter: str) -> int:
    """The number in a matter's id (`refund-17`: 17). TheirMistake: that is no id of one."""
    kind, _, digits = matter.rpartition("-")
    if kind not in KINDS or not digits.isascii() or not digits.isdigit():
        raise TheirMistake("is no id of a matter; they look like case-17", matter)
    return int(digits)


def matter_of(row: Sequence[Any]) -> Matter:
    """The matter in a row of the table."""
    no, kind, state, version, opened_at, due_at, owner, queue_, priority, payment, parent, fen, body = row
    said = msgspec.json.decode(bytes(body))
    above = str(said.get("parent", "")) if parent else ""
    return Matter(
        f"{kind}-{no}", kind, state, version, opened_at, due_at, owner, queue_, priority, payment, above, fen, said
    )


def kinds() -> Iterator[Kind]:
    """Every kind of matter there is."""
    return iter(KINDS.values())


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise TheirMistake(f"there is no such kind of matter; there are {', '.join(KINDS)}", name)
    return KINDS[name]


def _named(matter: Matter, no: int) -> Matter:
    return replace(matter, id=f"{matter.kind}-{no}")


def _columns(kind: Kind, matter: Matter, at: int) -> dict[str, Any]:
    body = {**matter.body, "parent": matter.parent} if matter.parent else dict(matter.body)
    return {
        "state": matter.state,
        "closed": int(matter.state in kind.ended),
        "version": matter.version,
        "at": at,
        "due_at": None if matter.state in kind.ended else matter.due_at,
        "owner": matter.owner,
        "queue": matter.queue,
        "priority": matter.priority,
        "payment": matter.payment,
        "parent": number(matter.parent) if matter.parent else 0,
        "fen": matter.fen,
        "body": encode(body),
    }


def _hash(matter: Matter, standing: Mapping[str, Any]) -> str:
    seen = [matter.id, matter.version, matter.state, standing.get("facts", 0), standing.get("truth", "")]
    return hashlib.sha256(encode(seen)).hexdigest()


def _refusal(refused: Refused, matter: Matter) -> Exception:
    match refused.why:
        case "role" | "self":
            return NotAllowed(refused.text)
        case "field":
            return TheirMistake(refused.text, matter.id or matter.kind)
        case _:
            return Overtaken(refused.text)
