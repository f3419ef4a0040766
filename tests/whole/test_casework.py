"""Does a running engine give its cases to people, run their errands, send their notices, and say how far it is?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from chongzheng.app import engine_of
from chongzheng.casework import Casework
from chongzheng.gateway.counts import Counts
from chongzheng.journal import Journal, Reader, Vault
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.matters import Matters
from chongzheng.journal.post import Post
from chongzheng.journal.registers import Registers
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal.policy import Policy
from whole.engine_room import QUICK, configure, room
from whole.scripted_host import ScriptedHost

BRIEF = QUICK + "reverse_for_ms = 600\n"
"""So short that a reversal which is never answered becomes a person's case within a second."""


NOON_MS = 1_790_000_000_000
SEVERAL_LOOKS_S = 2
MAIL = """
[notices]
contact = "400-820-8888"
people = {{ customer = "mail:li@customer.example" }}
[[notices.mail]]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "desk@acquirer.example"
"""


class Hand:
    """What a mail server takes."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK queued"


class Postman(Controller):
    """A mail server on whatever port is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def postman() -> Iterator[tuple[Hand, int]]:
    """A mail server: what it took, and its port."""
    hand = Hand()
    controller = Postman(hand, hostname="127.0.0.1", port=0)
    controller.start()
    yield hand, controller.port
    controller.stop()


@contextmanager
def keeper(folder: Path) -> Iterator[Matters]:
    """The desk beside the engine."""
    side = Side.open(folder / "journal.db")
    yield Matters(side, lambda: NOON_MS, Registers(side))
    side.close()


def facts_of(folder: Path, payment: str) -> list[str]:
    """The kinds of facts of a payment, in order."""
    reader = Reader.open(folder / "journal.db")
    try:
        return [one.kind for one in reader.facts_of(payment)]
    finally:
        reader.close()


def test_a_payment_that_machines_cannot_finish_becomes_a_case_by_itself(tmp_path: Path) -> None:
    async def play() -> None:
        async with room(tmp_path, ScriptedHost(lambda message: []), policy=BRIEF) as here:
            terminal = await here.terminal()
            assert (await terminal.ask(terminal.sale())).text(39) == "98"
            with keeper(tmp_path) as matters:
                await here.until(lambda: bool(matters.page("case")), wait_s=15)
                (case,) = matters.page("case")
                assert case.payment == here.payments()[0].id
                assert case.body["sources"][0]["source"] == "engine"
                await here.until(lambda: not matters.behind())
            await here.until(lambda: here.engine.casework["facts"] >= 1)
            standing = here.engine.casework
            assert standing["leads"] == 1 and standing["set_aside"] == 0 and standing["behind_seconds"] < 5

    asyncio.run(play())


def test_what_a_matter_asks_of_the_engine_is_handed_in(tmp_path: Path) -> None:
    async def play() -> None:
        async with room(tmp_path, ScriptedHost(lambda message: [])) as here:
            terminal = await here.terminal()
            await terminal.ask(terminal.sale())
            (payment,) = here.payments()
            with keeper(tmp_path) as matters:
                key = {"merchant": payment.key.merchant, "terminal": payment.key.terminal, "batch": payment.key.batch}
                said = {**key, "trace": payment.key.stan, "text": "a slip"}
                matters.open("slip", said, payment=payment.id)
                await here.until(lambda: "CheckAsked" in facts_of(tmp_path, payment.id))
                side = matters._side
                await here.until(lambda: not side.ask("open_errands", most=9))
            assert facts_of(tmp_path, payment.id).count("CheckAsked") == 1

    asyncio.run(play())


def test_a_notice_that_a_case_asks_for_leaves_and_the_case_hears_of_it(
    tmp_path: Path, postman: tuple[Hand, int]
) -> None:
    hand, port = postman

    async def play() -> None:
        async with room(tmp_path, more=MAIL.format(port=port)) as here:
            with keeper(tmp_path) as matters:
                people = Actors(matters._side)
                people.add("boss", "Boss", frozenset({Role.ADMINISTRATOR}), "shell:root", NOON_MS)
                people.add("li", "li", frozenset({Role.CLERK}), "boss", NOON_MS)
                case = matters.open("case", {"source": "complaint", "why": "debited"}, "li")
                promise = {"promise": {"value": "given", "proof": "confirmed"}}
                filled = {"what": "把结果告诉您", "by": NOON_MS + 86_400_000, "facts": promise}
                words = {"audience": "cardholder", "template": "promise_given", "to": "customer", "said": filled}
                matters.say(case.id, "NoticeAsked", words, "li")
                matters.say(case.id, "NoticeAsked", {**words, "template": "no_such_text"}, "li")
                await here.until(lambda: bool(matters.get(case.id).body.get("failures")))
                await here.until(lambda: bool(matters.get(case.id).body.get("notices")))
                body = matters.get(case.id).body
                assert [one["reference"] for one in body["notices"]] == ["250 OK queued"]
                assert "no template" in body["failures"][0]["why"]
                assert len(hand.letters) == 1 and case.id.upper() in hand.letters[0]["Subject"]
                assert Post(matters._side).waiting() == 0

    asyncio.run(play())


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ('[notices]\ncontact = "x"\nloud = true', "notices"),
        ('[notices]\nlanguage = "fr"', "notices.language"),
        ('[notices]\ncontact = "x"\npeople = { li = "mail:li@x.example" }', "notices.people.li"),
        ('[notices]\ncontact = "x"\ntexts = "nowhere"', "nowhere"),
        (MAIL.format(port=25).replace("127.0.0.1", "mail.example"), "notices.mail.mail.tls"),
        (MAIL.format(port=25) + 'password = "none.txt"', "notices.mail.mail.password"),
        (MAIL.format(port=25) + MAIL.format(port=26).partition("}")[2], "notices.mail.mail.name"),
        ('[notices]\ncontact = "x"\n[[notices.hook]]\nname = "ops"\nurl = "ftp://x"\nsecret = "s"', "notices.hook"),
        ('[notices]\ncontact = "x"\n[[notices.sms]]\nurl = "https://sms.example"\nbody = "{to"', "notices.sms"),
        ('[notices]\ncontact = "x"\n[[notices.sms]]\nurl = "http://sms.example"\nbody = "{}"', "notices.sms.sms.url"),
    ],
)
def test_settings_of_notices_that_cannot_be_followed_are_refused_in_one_line(
    tmp_path: Path, wrong: str, where: str
) -> None:
    path = configure(tmp_path, 9, more=wrong)
    with pytest.raises(TheirMistake) as refused:
        engine_of(path)
    assert where in str(refused.value) and "\n" not in str(refused.value)


async def settled(*engines: Casework, leads: tuple[int, ...]) -> None:
    """Wait until this is who leads."""
    async with asyncio.timeout(20):
        while tuple(one.standing["leads"] for one in engines) != leads:
            await asyncio.sleep(0.05)


def test_of_several_engines_on_one_database_one_carries_the_cases_and_the_next_when_it_is_gone(
    tmp_path: Path, postgres_url: str
) -> None:
    vault = Vault.create(tmp_path / "vault.json")

    async def play() -> None:
        journals = [Journal.open(postgres_url, vault, Policy(), lease_ms=3_000) for _ in range(2)]
        first, second = (Casework(postgres_url, None, Counts(), lambda: NOON_MS) for _ in journals)
        first.start(journals[0], lambda batch: journals[0].apply(list(batch)))
        second.start(journals[1], lambda batch: journals[1].apply(list(batch)))
        await settled(first, second, leads=(1, 0))
        await asyncio.sleep(SEVERAL_LOOKS_S)
        assert (first.standing["leads"], second.standing["leads"]) == (1, 0), "also once both have looked"
        await first.stop()
        journals[0].close()
        await asyncio.to_thread(journals[1].tidy)
        await settled(second, leads=(1,))
        await second.stop()
        journals[1].close()

    asyncio.run(play())
