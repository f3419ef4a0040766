"""Does the HTTP door take facts once, answer truly, and tell those who want to be told, beside a working engine?"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from chongzheng.api import serve, web
from chongzheng.journal import Journal, JournalFull, Vault
from chongzheng.journal.doors import Doors
from chongzheng.journal.outbox import Outbox
from chongzheng.journal.side import Side
from chongzheng.reception import wall_clock_ms
from whole.door_room import REPLY, calling, client, problem, report, run, token_of
from whole.engine_room import MERCHANT, room
from whole.kept_port import kept_port
from whole.scripted_terminal import PAN

MINUTE_MS = 60_000


# Answers out: payments that came over the wires


def test_a_sale_from_a_terminal_is_seen_through_the_door(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            terminal = await one.room.terminal()
            await terminal.ask(terminal.sale())
            [payment] = await one.room.until_state("APPROVED")
            found = await one.get(f"/payments/{payment.id}")
            assert (found["state"], found["in_doubt"], found["final"]) == ("APPROVED", False, False)
            assert found["verdict"]["truth"] == "charged_kept"
            assert found["card"] == payment.masked_pan
            story = await one.get(f"/payments/{payment.id}/story")
            assert [chapter["fact"] for chapter in story["story"]] == ["RequestTaken", "ReplyArrived", "AnswerWritten"]
            assert PAN not in json.dumps(story)

    run(test())


def test_payments_are_found_page_by_page(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            terminal = await one.room.terminal()
            for _ in range(5):
                await terminal.ask(terminal.sale())
            payments = await one.room.until_state(*["APPROVED"] * 5)
            found, after = [], ""
            while True:
                query = {"terminal": terminal.terminal, "limit": "2", **({"after": after} if after else {})}
                page = await one.get("/payments", **query)
                found += [payment["payment"] for payment in page["payments"]]
                after = page["after"]
                if not after:
                    break
            assert found == [payment.id for payment in payments]
            day = payments[0].day
            assert len((await one.get("/payments", day=day))["payments"]) == 5
            assert len((await one.get("/payments", day=day, state="APPROVED"))["payments"]) == 5
            assert (await one.get("/payments", day=day, state="DOUBTFUL"))["payments"] == []
            assert problem(await one.http.get("/payments")) == (400, "bad_field", "query")

    run(test())


# Who may come in


def test_only_a_good_token_with_the_scope_opens_a_call(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            here = one.room
            for token in ("", "czt_000000000000_x", "nonsense"):
                async with calling(here, token) as stranger:
                    assert problem(await stranger.http.get("/payments?day=20260101"))[:2] == (401, "no_token")
            async with calling(here, token_of(here, frozenset({"report"}), name="reporter")) as reporter:
                assert problem(await reporter.http.get("/payments?day=20260101"))[:2] == (403, "not_allowed")
            side = Side.open(here.folder / "journal.db")
            Doors(side).revoke("switch", wall_clock_ms(), "test")
            side.close()
            async with asyncio.timeout(10):
                while (await one.http.get("/payments?day=20260101")).status_code != 401:
                    await asyncio.sleep(0.1)

    run(test())


def test_a_token_for_one_merchant_sees_and_says_nothing_of_others(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            terminal = await one.room.terminal()
            await terminal.ask(terminal.sale())
            [payment] = await one.room.until_state("APPROVED")
            text = token_of(one.room, merchants=frozenset({"OTHER"}), name="other")
            async with calling(one.room, text) as other:
                assert problem(await other.http.get(f"/payments/{payment.id}"))[0] == 404
                assert problem(await other.http.get(f"/payments/{payment.id}/story"))[0] == 404
                assert (await other.get("/payments", day=payment.day))["payments"] == []
                assert problem(await other.post("/payments", report(1)))[:2] == (403, "not_allowed")
                assert problem(await other.post(f"/payments/{payment.id}/evidence", sign()))[0] == 404

    run(test())


def sign() -> dict[str, Any]:
    """A terminal gave up."""
    return {"kind": "sign", "sign": "trace_gap", "at": wall_clock_ms()}


def test_a_token_that_is_used_up_hears_when_to_come_again(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            text = token_of(one.room, per_minute=3, name="slow")
            async with calling(one.room, text) as slow:
                answers = [await slow.http.get("/payments?day=20260101") for _ in range(5)]
            assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
            assert 0 < int(answers[-1].headers["retry-after"]) <= 60
            assert (await one.http.get("/payments?day=20260101")).status_code == 200

    run(test())


# Bad input


BAD: list[tuple[str, str, Any, dict[str, str], tuple[int, str]]] = [
    ("POST", "/payments", b"{", {}, (400, "bad_request")),
    ("POST", "/payments", b"\xff\xfe", {}, (400, "bad_request")),
    ("POST", "/payments", b"[" * 15_000, {}, (400, "bad_field")),
    ("POST", "/payments", b"null", {}, (400, "bad_field")),
    ("POST", "/payments", b"{}", {}, (400, "bad_field")),
    ("POST", "/payments", b"{}", {"Content-Type": "text/plain"}, (415, "wrong_media")),
    ("POST", "/payments", b"{}", {"Idempotency-Key": ""}, (400, "bad_field")),
    ("POST", "/payments", b"{}", {"Idempotency-Key": "a b"}, (400, "bad_field")),
    ("POST", "/payments", b" " * 20_000, {}, (413, "too_large")),
    ("POST", "/payments/batch", b"{}", {}, (400, "bad_field")),
    ("POST", "/payments/batch", b"[" + b"1," * 200 + b"1]", {}, (413, "too_large")),
    ("GET", "/payments?day=2026", b"", {}, (400, "bad_field")),
    ("GET", "/payments?day=20260101&day=20260101", b"", {}, (400, "bad_field")),
    ("GET", "/payments?colour=red", b"", {}, (400, "bad_field")),
    ("GET", "/payments?day=20260101&limit=0", b"", {}, (400, "bad_field")),
    ("GET", "/payments?day=20260101&after=1~x", b"", {}, (400, "bad_field")),
    ("GET", "/payments?day=" + "1" * 2000, b"", {}, (400, "bad_field")),
    ("GET", "/payments/PAAAAAAAAAAAAAAAA", b"", {}, (404, "not_found")),
    ("GET", "/payments/%2e%2e", b"", {}, (404, "not_found")),
    ("GET", "/nothing", b"", {}, (404, "not_found")),
    ("PUT", "/payments", b"", {}, (405, "wrong_method")),
    ("POST", "/webhooks", b'{"url":"http://example.com/"}', {}, (400, "bad_field")),
    ("DELETE", "/webhooks/W000000000000", b"", {}, (404, "not_found")),
    ("POST", "/webhooks/W000000000000/replay", b'{"since":0,"until":1}', {}, (404, "not_found")),
]


def test_every_bad_request_is_one_clear_json_error(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            wrong = []
            for method, path, body, headers, expected in BAD:
                headers = {"Content-Type": "application/json", "Idempotency-Key": "k", **headers}
                answer = await one.http.request(method, path, content=body, headers=headers)
                if problem(answer)[:2] != expected:
                    wrong.append((method, path, problem(answer), expected))
            assert wrong == []
            assert one.room.payments() == []

    run(test())


FIELDS: list[tuple[str, Any]] = [
    ("merchant", "1" * 16), ("terminal", ""), ("batch", "1"), ("stan", "00000a"), ("stan", "000001\n"),
    ("amount_fen", 0), ("amount_fen", 10**12), ("amount_fen", 1.5), ("amount_fen", "1"), ("at", 1_700_000_000),
    ("at", 99_999_999_999_999), ("currency", "RMB"), ("card", "12"), ("card", 6222021234567890), ("colour", "red"),
    ("fields", {"35": "1"}), ("fields", {"22": "x"}), ("reply", {"code": "00"}),
    ("reply", {"code": "00", "mac": "maybe"}), ("sign", "guess"), ("day", "today"),
]  # fmt: skip


def test_a_field_that_is_wrong_is_named_and_nothing_is_taken(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            for name, value in FIELDS:
                status, code, where = problem(await one.post("/payments", report(1, **{name: value})))
                assert (status, code) == (400, "bad_field"), (name, value)
                assert where.partition(".")[0] in (name, ""), (name, where)
            assert one.room.payments() == []

    run(test())


def test_a_card_number_that_is_wrong_is_not_repeated(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            answer = await one.post("/payments", report(1, card=f"{PAN}99999"))
            assert PAN[6:-4] not in answer.text

    run(test())


# Slow and silent clients


def test_whoever_holds_a_line_without_a_request_is_hung_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "REQUEST_WAIT_S", 0.2)
    monkeypatch.setattr(web, "BODY_WAIT_S", 0.2)

    async def test() -> None:
        async with client(tmp_path) as one:
            address = httpx.URL(one.room.engine.addresses["api"])
            for said in (b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "):
                reader, writer = await asyncio.open_connection(address.host, address.port)
                writer.write(said)
                async with asyncio.timeout(10):
                    assert await _rest(reader) == b""
                writer.close()
            monkeypatch.setattr(serve, "REQUEST_WAIT_S", 10)
            text = one.http.headers["authorization"]
            head = f"POST /payments HTTP/1.1\r\nHost: x\r\nAuthorization: {text}\r\nIdempotency-Key: k\r\n"
            reader, writer = await asyncio.open_connection(address.host, address.port)
            writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode())
            async with asyncio.timeout(10):
                assert b"408" in (await reader.readline())
            writer.close()
            assert (await one.http.get("/healthz")).status_code == 200

    run(test())


async def _rest(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


# Health, metrics, documents


def test_health_and_metrics_say_how_it_is(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one, calling(one.room, "") as stranger:
            assert await stranger.get("/healthz") == {"ok": True, "parts": {}}
            ready = await stranger.get("/readyz")
            assert ready["ok"] and set(ready["parts"]) >= {"journal", "host"}
            metrics = await stranger.http.get("/metrics")
            assert 'chongzheng_api_requests_total{call="alive",status="200"} 1.0' in metrics.text
            await one.room.host.stop()
            async with asyncio.timeout(10):
                while (answer := await stranger.http.get("/readyz")).status_code == 200:
                    await asyncio.sleep(0.05)
            assert answer.status_code == 503 and answer.json()["parts"]["host"] is False

    run(test())


def test_the_documentation_brings_everything_itself(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one, calling(one.room, "") as stranger:
            page = await stranger.http.get("/docs")
            assert page.status_code == 200 and "<script" not in page.text
            places = [part.partition('"')[0] for part in page.text.split('href="')[1:]]
            assert {place for place in places if not place.startswith("#")} == {"/docs/page.css", "/openapi.json"}
            assert "src=" not in page.text and "http://" not in page.text.replace("http://www", "")
            assert (await stranger.http.get("/docs/page.css")).headers["content-type"].startswith("text/css")
            document = await stranger.get("/openapi.json")
            for path in ("/payments", "/payments/{payment}/story", "/webhooks/{webhook}/replay"):
                assert path in document["paths"]
                assert path in page.text

    run(test())


def test_a_door_beyond_this_machine_needs_tls(tmp_path: Path) -> None:
    async def test() -> None:
        with pytest.raises(Exception, match="certificate and key"):
            async with room(tmp_path, more='[api]\nlisten = "0.0.0.0:0"\n'):
                pass

    run(test())


def test_an_address_that_is_taken_is_one_line(tmp_path: Path) -> None:
    async def test() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(Exception, match="cannot listen"):
                async with room(tmp_path, more=f'[api]\nlisten = "127.0.0.1:{port}"\n'):
                    pass

    run(test())


# Webhooks


@dataclass
class Receiver:
    """Somebody who is told. `answers`: the status to each event in turn, the last one repeated."""

    answers: list[int] = field(default_factory=lambda: [204])
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")[1:]
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines) if name}
                body = await reader.readexactly(int(headers["content-length"]))
                status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                self.heard.append((headers, body))
                writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n".encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Its address."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{self.port}/hook"
        server.close()

    def types(self) -> list[str]:
        """The last part of the type of each event."""
        return [json.loads(body)["type"].rpartition(".")[2] for _, body in self.heard]

    async def until(self, enough: Callable[[], bool]) -> None:
        """Wait until enough was heard."""
        async with asyncio.timeout(15):
            while not enough():
                await asyncio.sleep(0.02)


def test_changes_are_told_signed_and_under_ids_that_stay(tmp_path: Path) -> None:
    async def test() -> None:
        receiver = Receiver(answers=[500, 204])
        async with receiver.listening() as url, client(tmp_path) as one:
            made = (await one.post("/webhooks", {"url": url})).json()
            terminal = await one.room.terminal()
            await terminal.ask(terminal.sale())
            [payment] = await one.room.until_state("APPROVED")
            await receiver.until(lambda: {"forwarded", "delivering", "approved"} <= set(receiver.types()))
            await receiver.until(lambda: len(receiver.heard) >= 4)
            ids = [json.loads(body)["id"] for _, body in receiver.heard]
            assert set(ids) == {f"{payment.id}-{n}" for n in (1, 2, 3)}
            for headers, body in receiver.heard:
                event = json.loads(body)
                assert event["specversion"] == "1.0" and event["subject"] == payment.id
                signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
                mac = hmac.new(made["secret"].encode(), signed, hashlib.sha256).digest()
                assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
                assert headers["webhook-id"] == event["id"]
                assert PAN not in body.decode()
            repeated = [body for _, body in receiver.heard if json.loads(body)["id"] == ids[0]]
            assert len(repeated) >= 2 and len(set(repeated)) == 1
            [standing] = (await one.get("/webhooks"))["webhooks"]
            assert (standing["waiting"], standing["given_up"]) == (0, 0)
            replay = {"since": payment.opened_at, "until": wall_clock_ms() + MINUTE_MS}
            before = len(receiver.heard)
            assert (await one.post(f"/webhooks/{made['webhook']}/replay", replay)).status_code == 202
            await receiver.until(lambda: len(receiver.heard) >= before + 3)
            assert {json.loads(body)["id"] for _, body in receiver.heard[before:]} == set(ids)
            assert (await one.http.delete(f"/webhooks/{made['webhook']}")).status_code == 200
            assert problem(await one.http.delete(f"/webhooks/{made['webhook']}"))[0] == 404

    run(test())


def test_a_receiver_that_is_gone_delays_no_other_and_hears_it_when_it_is_back(tmp_path: Path) -> None:
    async def test() -> None:
        gone, well = Receiver(), Receiver()
        gone.port = kept_port(gone)
        async with well.listening() as url, client(tmp_path) as one:
            await one.post("/webhooks", {"url": f"http://127.0.0.1:{gone.port}/hook"})
            await one.post("/webhooks", {"url": url, "kinds": ["chongzheng.payment.approved"]})
            terminal = await one.room.terminal()
            await terminal.ask(terminal.sale())
            await well.until(lambda: well.types() == ["approved"])
            async with gone.listening():
                await gone.until(lambda: set(gone.types()) >= {"forwarded", "delivering", "approved"})

    run(test())


def test_what_was_committed_before_a_stop_is_told_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        receiver = Receiver()
        async with receiver.listening() as url, client(tmp_path) as one:
            here = one.room
            side = Side.open(here.folder / "journal.db")
            outbox = Outbox(side, Vault.from_file(here.folder / "vault.keys"))
            with monkeypatch.context() as patch:
                patch.setattr(Outbox, "hand_out", lambda *_: 0)
                outbox.add(url, frozenset(), frozenset(), 0)
                terminal = await here.terminal()
                await terminal.ask(terminal.sale())
                await here.until_state("APPROVED")
                await here.restart()
            await receiver.until(lambda: set(receiver.types()) >= {"forwarded", "delivering", "approved"})
            side.close()

    run(test())


# Facts in: payments of another switch


def test_a_reported_payment_is_taken_once_under_its_key(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            said = report(1, reply=REPLY, delivered=True)
            first = await one.post("/payments", said, key="a")
            again = await one.post("/payments", said, key="a")
            assert first.status_code == again.status_code == 200
            assert first.json() == again.json()
            assert (first.json()["state"], first.json()["verdict"]["truth"]) == ("APPROVED", "charged_kept")
            [payment] = one.room.payments()
            story = await one.get(f"/payments/{payment.id}/story")
            assert [c["fact"] for c in story["story"]] == ["RequestReported", "ReplyArrived", "AnswerWritten"]
            assert PAN not in json.dumps(story) and payment.masked_pan == story["card"] != ""
            assert one.room.host.heard == []

    run(test())


def test_a_key_that_is_used_for_something_else_is_refused_and_noted(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            await one.post("/payments", report(1, reply=REPLY), key="a")
            changed = {"reply": {**REPLY, "rrn": "1"}}, {"card": PAN[:-1] + "9", "reply": REPLY}
            for other in (report(2, reply=REPLY), *(report(1, **change) for change in changed)):
                assert problem(await one.post("/payments", other, key="a")) == (409, "key_reused", "Idempotency-Key")
            side = Side.open(one.room.folder / "journal.db")
            assert [row[3] for row in Doors(side).audit()] == ["token made", *["key reused"] * 3]
            side.close()
            assert len(one.room.payments()) == 1

    run(test())


def test_the_same_key_from_many_at_once_is_one_payment(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            said = report(1, reply=REPLY)
            answers = await asyncio.gather(*(one.post("/payments", said, key="a") for _ in range(10)))
            assert len({answer.content for answer in answers}) == 1
            [payment] = one.room.payments()
            assert len((await one.get(f"/payments/{payment.id}/story"))["story"]) == 2

    run(test())


def test_a_key_survives_a_stop_of_the_engine(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            said = report(1, reply=REPLY)
            first = await one.post("/payments", said, key="a")
            await one.room.restart()
            async with calling(one.room, one.http.headers["authorization"].partition(" ")[2]) as after:
                again = await after.post("/payments", said, key="a")
                assert first.json() == again.json()
                assert problem(await after.post("/payments", report(2), key="a"))[:2] == (409, "key_reused")

    run(test())


def test_a_key_whose_fact_was_never_written_is_taken_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            said = report(1, reply=REPLY)

            async def torn(*_: object) -> None:
                raise RuntimeError("between the key and the fact")

            with monkeypatch.context() as patch:
                patch.setattr("chongzheng.api.intake.Intake.commit", torn)
                assert problem(await one.post("/payments", said, key="a"))[:2] == (500, "fault")
            assert one.room.payments() == []
            assert (await one.post("/payments", said, key="a")).status_code == 200
            assert len(one.room.payments()) == 1

    run(test())


def test_a_payment_that_is_known_as_another_is_not_touched(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            await one.report(1, reply=REPLY)
            for changed in ({"amount_fen": 1}, {"currency": "840"}, {"card": "6222020000000000"}):
                assert problem(await one.post("/payments", report(1, **changed)))[:2] == (409, "payment_conflict")
            [payment] = one.room.payments()
            assert len((await one.get(f"/payments/{payment.id}/story"))["story"]) == 2

    run(test())


def test_a_payment_without_an_answer_is_in_doubt_and_evidence_ends_that(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            payment = await one.report(1)
            found = await one.until(payment, "DOUBTFUL")
            assert found["in_doubt"] and found["verdict"]["truth"] == "unknown"
            said = {"kind": "reply", "at": wall_clock_ms(), **REPLY}
            taken = await one.post(f"/payments/{payment}/evidence", said, key="r")
            assert taken.status_code == 200, taken.text
            assert (await one.post(f"/payments/{payment}/evidence", said, key="r")).json() == taken.json()
            assert problem(await one.post(f"/payments/{payment}/evidence", sign(), key="r"))[:2] == (409, "key_reused")
            found = await one.get(f"/payments/{payment}")
            assert (found["state"], found["verdict"]["truth"]) == ("APPROVED", "charged_kept")

    run(test())


EVIDENCE: list[tuple[dict[str, Any], str]] = [
    ({"kind": "reply", **REPLY}, "ReplyArrived"),
    ({"kind": "not_sent", "why": "the line was down"}, "NotForwarded"),
    ({"kind": "timed_out"}, "SendUncertain"),
    ({"kind": "delivery", "delivered": True}, "AnswerWritten"),
    ({"kind": "delivery", "delivered": False}, "AnswerUndelivered"),
    ({"kind": "reversal_asked", "reason": "98"}, "ReversalAsked"),
    ({"kind": "reversal_answer", "code": "00", "mac": "good"}, "ReversalAnswered"),
    ({"kind": "sign", "sign": "fault_slip", "note": "slip 12"}, "TerminalGaveUp"),
    ({"kind": "inquiry", "outcome": "never", "authentic": True}, "InquiryAnswered"),
]


def test_every_kind_of_evidence_becomes_its_fact_and_stops_no_payment(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            for stan, (said, fact) in enumerate(EVIDENCE, 1):
                for reply in ({}, {"reply": REPLY}):
                    payment = await one.report(stan + 100 * len(reply), **reply)
                    taken = await one.post(f"/payments/{payment}/evidence", {**said, "at": wall_clock_ms()})
                    assert taken.status_code == 200, (said, taken.text)
                    story = await one.get(f"/payments/{payment}/story")
                    facts = [c["fact"] for c in story["story"] if c["evidence"] == taken.json()["evidence"]]
                    assert facts == [fact]
                    assert [c["error"] for c in story["story"] if c["error"]] == []
            assert "STOPPED" not in {payment.state for payment in one.room.payments()}

    run(test())


def test_a_reversal_of_a_reported_payment_is_driven_with_its_card_and_fields(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            payment = await one.report(1, fields={"22": "021", "23": "001"})
            asked = {"kind": "reversal_asked", "reason": "98", "at": wall_clock_ms()}
            assert (await one.post(f"/payments/{payment}/evidence", asked)).status_code == 200
            await one.room.until(lambda: len(one.room.host.heard) > 0)
            sent = one.room.host.heard[0]
            assert (sent.mti, sent.text(2), sent.text(4), sent.text(22)) == ("0400", PAN, "000000012300", "021")
            assert (sent.text(11), sent.text(41).strip(), sent.text(42)) == ("000001", "77000001", MERCHANT)
            await one.until(payment, "RETURNED", "DOUBTFUL")

    run(test())


def test_a_check_is_asked_for_and_noted(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            payment = await one.report(1, reply=REPLY)
            asked = await one.post(f"/payments/{payment}/check")
            assert asked.status_code == 202 and asked.json()["payment"] == payment
            story = await one.get(f"/payments/{payment}/story")
            assert story["story"][-1]["fact"] == "CheckAsked"
            assert "token:switch" in json.dumps(story["story"][-1])

    run(test())


def test_a_reported_void_is_told_to_its_sale(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            sale = await one.report(1, reply=REPLY, delivered=True)
            void = report(2, kind="void", original={"batch": "000001", "stan": "000001"}, reply=REPLY, delivered=True)
            assert (await one.post("/payments", void)).json()["state"] == "APPROVED"
            story = await one.get(f"/payments/{sale}/story")
            assert story["story"][-1]["fact"] == "LinkChanged"
            assert (await one.get(f"/payments/{sale}"))["verdict"]["truth"] == "charged_returned"

    run(test())


def test_a_batch_is_taken_line_by_line(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            good, other = report(1, reply=REPLY), report(1, reply=REPLY, amount_fen=5)
            lines = [good, good, other, report(2), {"colour": "red"}, 7, report(3, stan="x")]
            outcomes = (await one.post("/payments/batch", lines)).json()["outcomes"]
            assert [(o["line"], o["result"], o["code"]) for o in outcomes] == [
                (1, "taken", ""),
                (2, "known", ""),
                (3, "refused", "payment_conflict"),
                (4, "taken", ""),
                (5, "refused", "bad_field"),
                (6, "refused", "bad_field"),
                (7, "refused", "bad_field"),
            ]
            assert outcomes[6]["where"] == "stan"
            again = (await one.post("/payments/batch", lines)).json()["outcomes"]
            assert [o["result"] for o in again] == ["known", "known", "refused", "known", *["refused"] * 3]
            assert len(one.room.payments()) == 2

    run(test())


def test_nothing_is_taken_while_the_journal_takes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:

            def full(*_: object) -> None:
                raise JournalFull("disk full")

            with monkeypatch.context() as patch:
                patch.setattr(Journal, "apply", full)
                answer = await one.post("/payments", report(1), key="a")
            assert problem(answer)[:2] == (503, "busy") and int(answer.headers["retry-after"]) > 0
            assert (await one.post("/payments", report(1), key="a")).status_code in (200, 409)

    run(test())
