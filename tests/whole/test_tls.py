"""Does TLS let in whom it should and nobody else, on both sides, with nothing ever said in the clear?"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvloop

from chongzheng import app
from chongzheng.gateway import porter, pos, tls
from chongzheng.iso8583 import Message
from chongzheng.mistakes import TheirMistake
from whole.certificates import CLIENT, SERVER, Authority, Papers, locked
from whole.engine_room import MERCHANT, Room, room
from whole.scripted_host import ScriptedHost
from whole.scripted_terminal import POS, ScriptedTerminal

DAY = timedelta(days=1)


@dataclass
class Street:
    """An authority, our certificate for the terminals' door, and the configuration that asks for theirs."""

    folder: Path
    authority: Authority = field(init=False)
    ours: Papers = field(init=False)

    def __post_init__(self) -> None:
        self.authority = Authority(self.folder)
        self.ours = self.authority.papers("door", SERVER)

    def configured(self, mutual: bool = True, revoked: tuple[Papers, ...] = (), minimum: str = "1.2") -> str:
        """The tables [pos] and [pos.tls]."""
        trusted = self.authority.file(revoked, with_list=bool(revoked))
        lines = ["[pos]", "[pos.tls]", f'certificate = "{self.ours.certificate.name}"']
        lines += [f'key = "{self.ours.key}"', f'minimum = "{minimum}"']
        return "\n".join([*lines, f'authorities = "{trusted.name}"' if mutual else ""])


def client(trusts: Path, shows: Papers | None = None) -> ssl.SSLContext:
    """How an honest terminal dials."""
    context = ssl.create_default_context(cafile=str(trusts))
    if shows is not None:
        context.load_cert_chain(shows.certificate, shows.key)
    return context


class TlsTerminal(ScriptedTerminal):
    """A terminal that dials with TLS, or in the clear with None."""

    async def dial_with(self, context: ssl.SSLContext | None) -> None:
        """Call; raises what the handshake raises."""
        host, _, port = self.address.rpartition(":")
        self.reader, self.writer = await asyncio.open_connection(host, int(port), ssl=context)


async def calls(here: Room, context: ssl.SSLContext | None, number: int = 1) -> bool:
    """Whether a terminal that dials like this gets an answer to its sign-in and its sale."""
    one = TlsTerminal(here.engine.addresses["pos"], terminal=f"1{number:07d}")
    try:
        await one.dial_with(context)
    except (OSError, ssl.SSLError):
        return False
    try:
        granted = await one.sign_in()
        return granted.text(39) == "00" and (await one.ask(one.sale())).text(39) == "00"
    except (OSError, asyncio.IncompleteReadError, AssertionError):
        return False
    finally:
        one.writer.transport.abort()


Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs one test on a loop of its own; both kinds do TLS each in its own way."""

    def running(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(test())

    return running


def test_terminals_with_a_certificate_of_the_authority_are_served_and_no_others(tmp_path: Path, run: Run) -> None:
    async def test() -> None:
        street = Street(tmp_path)
        authority, other = street.authority, Authority(tmp_path, "other")
        good = authority.papers("good", CLIENT)
        revoked = authority.papers("revoked", CLIENT)
        bad: dict[str, Papers | None] = {
            "no certificate": None,
            "another authority": other.papers("stranger", CLIENT),
            "expired": authority.papers("expired", CLIENT, begins=-9 * DAY, ends=-DAY),
            "not yet valid": authority.papers("early", CLIENT, begins=DAY, ends=9 * DAY),
            "for servers only": authority.papers("server", SERVER),
            "revoked": revoked,
        }
        async with room(tmp_path, more=street.configured(revoked=(revoked,))) as here:
            trusts = authority.file((revoked,))
            assert await calls(here, client(trusts, good))
            for name, papers in bad.items():
                before = here.engine.counts.of["cut: TLS"]
                assert not await calls(here, client(trusts, papers)), name
                await here.until(lambda before=before: here.engine.counts.of["cut: TLS"] > before)
            forged = client(trusts)
            forged.load_cert_chain(other.papers("good", CLIENT).certificate, tmp_path / "other-good.key")
            assert not await calls(here, forged), "the same name from another authority"
            assert await calls(here, client(trusts, good), 2), "honest terminals are served as before"
            assert len(here.payments()) == 2

    run(test)


def test_nothing_is_said_or_heard_in_the_clear(tmp_path: Path, run: Run) -> None:
    async def test() -> None:
        street = Street(tmp_path)
        async with room(tmp_path, more=street.configured(mutual=False)) as here:
            assert not await calls(here, None)
            assert here.payments() == []
            host, _, port = here.engine.addresses["pos"].rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(bytes(200))
            said = await asyncio.wait_for(reader.read(), 5)
            assert said[:1] in (b"", b"\x15"), "nothing, or a TLS alert"
            writer.close()
            assert await calls(here, client(street.authority.file())), "no certificate is asked for here"

    run(test)


def test_old_versions_of_tls_are_not_spoken(tmp_path: Path, run: Run) -> None:
    async def test() -> None:
        street = Street(tmp_path)
        async with room(tmp_path, more=street.configured(mutual=False, minimum="1.3")) as here:
            old = client(street.authority.file())
            old.maximum_version = ssl.TLSVersion.TLSv1_2
            assert not await calls(here, old)
            assert await calls(here, client(street.authority.file()))
        context = tls.for_terminals(tls.Papers(str(street.ours.certificate), str(street.ours.key)))
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2
        assert all("GCM" in one["name"] or "CHACHA" in one["name"] for one in context.get_ciphers())

    run(test)


def test_who_does_not_shake_hands_is_cut_and_counts_against_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setattr(porter, "HANDSHAKE_WAIT_MS", 300)

    async def test() -> None:
        street = Street(tmp_path)
        more = street.configured(mutual=False).replace("[pos]", "[pos]\nconnections_per_address = 3")
        async with room(tmp_path, more=more) as here:
            host, _, port = here.engine.addresses["pos"].rpartition(":")
            silent = [await asyncio.open_connection(host, int(port)) for _ in range(5)]
            await here.until(lambda: here.engine.counts.of["cut: too many connections"] == 2)
            await here.until(lambda: here.engine.counts.of["cut: TLS"] == 3)
            for reader, writer in silent:
                assert await asyncio.wait_for(reader.read(), 5) == b""
                writer.close()
            assert await calls(here, client(street.authority.file())), "their places are free again"

    run(test)


def test_a_failed_handshake_makes_its_address_wait_unshaken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setattr(pos, "UNPROVEN_BURST", pos.JUNK_WORDS)
    monkeypatch.setattr(pos, "UNPROVEN_PER_S", 5)

    async def test() -> None:
        street = Street(tmp_path)
        async with room(tmp_path, more=street.configured(mutual=False)) as here:
            host, _, port = here.engine.addresses["pos"].rpartition(":")
            for _ in range(2):
                reader, writer = await asyncio.open_connection(host, int(port))
                writer.write(b"no handshake at all")
                assert not (await reader.read()).startswith(b"\x16")
                writer.close()
            assert here.engine.counts.of["rests: too many handshakes"] >= 1, "the second one waited"
            assert await calls(here, client(street.authority.file())), "an honest one gets its turn"

    run(test)


def test_all_handshakes_together_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setattr(pos, "SHAKES_BURST", 1)
    monkeypatch.setattr(pos, "SHAKES_PER_S", 5)

    async def test() -> None:
        street = Street(tmp_path)
        async with room(tmp_path, more=street.configured(mutual=False)) as here:
            context = client(street.authority.file())
            dials = asyncio.gather(*(calls(here, context, number) for number in (1, 2, 1)))
            await here.until(lambda: len(here.engine._door.turnstile) > 0)
            assert await dials == [True, True, True]

    run(test)


def test_who_waits_unshaken_is_hung_up_on_when_the_door_shuts_or_its_time_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setattr(pos, "UNPROVEN_BURST", 1)
    monkeypatch.setattr(pos, "UNPROVEN_PER_S", 0)
    monkeypatch.setattr(pos, "FIRST_WORD_MS", 500)

    async def test() -> None:
        street = Street(tmp_path)
        async with room(tmp_path, more=street.configured(mutual=False)) as here:
            host, _, port = here.engine.addresses["pos"].rpartition(":")
            first = await asyncio.open_connection(host, int(port))
            waits = await asyncio.open_connection(host, int(port))
            assert await asyncio.wait_for(waits[0].read(), 5) == b""
            assert await asyncio.wait_for(first[0].read(), 5) == b"", "nor does it help to begin and say nothing"
            assert here.engine.counts.of["cut: nobody's"] == 2
            late = await asyncio.open_connection(host, int(port))
            await here.until(lambda: len(here.engine._door.turnstile) == 1)
        assert await asyncio.wait_for(late[0].read(), 5) == b""
        for _, writer in (first, waits, late):
            writer.close()

    run(test)


def test_what_is_said_with_the_last_word_of_the_handshake_is_heard(tmp_path: Path, run: Run) -> None:
    async def test() -> None:
        street = Street(tmp_path)
        async with room(tmp_path, more=street.configured(mutual=False)) as here:
            for number in range(20):
                one = TlsTerminal(here.engine.addresses["pos"])
                await one.dial_with(client(street.authority.file()))
                echo = {11: f"{number:06d}", 41: "10000001", 42: MERCHANT, 60: "00000000301"}
                one.put(POS.encode(Message("0820", echo)))
                assert (await one.hear()).text(11) == f"{number:06d}"
                one.writer.close()

    run(test)


def bank(papers: Papers, asks_for: Path | None = None) -> ssl.SSLContext:
    """How a bank answers calls; `asks_for`: the authority that we must show a certificate of."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(asks_for) if asks_for else None)
    context.load_cert_chain(papers.certificate, papers.key)
    context.verify_mode = ssl.CERT_REQUIRED if asks_for else ssl.CERT_NONE
    return context


def towards(trusts: Path, shows: Papers | None = None, name: str = "") -> str:
    """The table [host.tls]."""
    lines = ["[host.tls]", f'authorities = "{trusts}"', f'name = "{name}"']
    shown = [f'certificate = "{shows.certificate}"', f'key = "{shows.key}"'] if shows else []
    return "\n".join([*lines, *shown])


def test_a_bank_that_shows_the_right_certificate_gets_our_sales(tmp_path: Path, run: Run) -> None:
    async def test() -> None:
        authority = Authority(tmp_path)
        trusts, ours = authority.file(), authority.papers("acquirer", CLIENT)
        named = authority.papers("named", SERVER, host="bank.example")
        for number, (host, table) in enumerate((
            (ScriptedHost(tls=bank(authority.papers("bank", SERVER))), towards(trusts)),
            (ScriptedHost(tls=bank(authority.papers("strict", SERVER), asks_for=trusts)), towards(trusts, ours)),
            (ScriptedHost(tls=bank(named)), towards(trusts, name="bank.example")),
        )):  # fmt: skip
            folder = tmp_path / str(number)
            folder.mkdir()
            async with room(folder, host, more=table) as here:
                assert await calls(here, None)
                assert host.genuine == [True]

    run(test)


def test_a_bank_that_cannot_prove_itself_hears_nothing(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "LINK_WAIT_MS", 50)

    async def test() -> None:
        authority, other = Authority(tmp_path), Authority(tmp_path, "other")
        revoked = authority.papers("revoked", SERVER)
        trusts, wants = authority.file((revoked,)), other.file()
        good = authority.papers("good", SERVER)
        bad: dict[str, ssl.SSLContext | None] = {
            "in the clear": None,
            "another authority": bank(other.papers("stranger", SERVER)),
            "another name": bank(authority.papers("elsewhere", SERVER, host="bank.example")),
            "expired": bank(authority.papers("expired", SERVER, begins=-9 * DAY, ends=-DAY)),
            "not yet valid": bank(authority.papers("early", SERVER, begins=DAY, ends=9 * DAY)),
            "for clients only": bank(authority.papers("client", CLIENT)),
            "revoked": bank(revoked),
            "it does not believe us": bank(good, asks_for=wants),
        }
        for number, (name, context) in enumerate(bad.items()):
            folder = tmp_path / str(number)
            folder.mkdir()
            host = ScriptedHost(tls=context)
            async with room(folder, host, more=towards(trusts), wait_for_host=False) as here:
                told = here.engine.counts.of
                await here.until(lambda told=told: told["host cannot be reached"] + told["host link lost"] > 0)
                assert not here.engine.host_ready, name
                assert (host.sign_ins, host.heard) == (0, []), name

    run(test)


def test_a_renewed_certificate_is_taken_up_without_a_restart(tmp_path: Path) -> None:
    street = Street(tmp_path)
    papers = tls.Papers(str(street.ours.certificate), str(street.ours.key))
    renewal = tls.Renewal(tls.for_terminals(papers), papers, "pos.tls")
    assert not renewal.look()
    newer = street.authority.papers("door", SERVER, ends=60 * DAY)
    os.utime(newer.certificate, (1, 1))
    assert renewal.look() and not renewal.look()
    newer.certificate.write_text("half a certificate")
    with pytest.raises(TheirMistake, match=r"pos\.tls"):
        renewal.look()
    assert tls.expires_at(street.authority.papers("x", SERVER).certificate) > 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.ours.key.chmod(0o644), "chmod 600"),
        (lambda s: s.ours.key.unlink(), "pos.tls.key"),
        (lambda s: s.ours.certificate.write_text("nothing"), "do not belong together"),
        (lambda s: s.ours.key.write_bytes(s.authority.papers("x", SERVER).key.read_bytes()), "do not belong together"),
        (lambda s: locked(s.ours.key), "password"),
        (lambda s: (s.folder / "authority.pem").write_text("nothing"), "pos.tls.authorities"),
        (lambda s: (s.folder / "authority.pem").write_bytes(s.ours.certificate.read_bytes()), "of an authority"),
    ],
)
def test_files_that_are_no_good_are_refused_in_one_line(
    tmp_path: Path, change: Callable[[Street], object], words: str
) -> None:
    street = Street(tmp_path)
    trusted = street.authority.file()
    change(street)
    with pytest.raises(TheirMistake, match=words):
        tls.for_terminals(tls.Papers(str(street.ours.certificate), str(street.ours.key), str(trusted)))


def test_a_certificate_without_its_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TheirMistake, match="go together"):
        tls.for_host(tls.Papers(certificate="a.pem", authorities="b.pem"))
