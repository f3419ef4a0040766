"""Do people carry cases through the door: find, look, say once, be told why not; rules, notices and the fleet?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.post import Post
from chongzheng.journal.rules import day_of
from chongzheng.journal.side import Side
from chongzheng.reception import wall_clock_ms
from whole.door_room import Client, calling, client, problem, run, token_of

EVERYTHING = frozenset({"report", "read", "check", "people"})
WORD = "correct horse battery"
PEOPLE = {
    "boss": Role.ADMINISTRATOR,
    "li": Role.CLERK,
    "zhang": Role.SUPERVISOR,
    "wang": Role.FINANCE,
    "sun": Role.READ_ONLY,
    "sup": Role.SUPPLIER,
}
CASE = {"kind": "case", "words": {"source": "complaint", "why": "扣款两次 debited twice"}}


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashed at a price that tests can pay."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("chongzheng.journal.actors._hasher", lambda: cheap)


class Desk:
    """People in the journal of a running engine, with a session each."""

    def __init__(self, one: Client) -> None:
        self.one = one
        self.sessions: dict[str, str] = {}
        self.keys = 0

    async def hire(self) -> None:
        """Everybody signs in through the door."""
        side, now = Side.open(self.one.room.folder / "journal.db"), wall_clock_ms()
        people = Actors(side)
        for who, role in PEOPLE.items():
            people.add(who, who, frozenset({role}), "shell:test" if who == "boss" else "boss", now)
        for who in reversed(PEOPLE):
            people.set_password(who, WORD, "boss", now)
        side.close()
        for who in PEOPLE:
            answer = await self.one.http.post("/v1/session", json={"actor": who, "password": WORD})
            self.sessions[who] = answer.json()["session"]

    async def ask(self, who: str, method: str, path: str, body: Any = None, key: str = "", **query: str) -> Any:
        """One call as this person; a fresh idempotency key unless one is given."""
        self.keys += 1
        headers = {"Person": self.sessions[who], "Idempotency-Key": key or f"d{self.keys}"}
        return await self.one.http.request(method, path, json=body, headers=headers, params=query)

    async def got(self, who: str, path: str, **query: str) -> Any:
        """GET, which must succeed."""
        answer = await self.ask(who, "GET", path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def opened(self, **changed: Any) -> Any:
        """A new case of li's."""
        answer = await self.ask("li", "POST", "/matters", {**CASE, **changed})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def side(self) -> Side:
        """A connection beside the engine."""
        return Side.open(self.one.room.folder / "journal.db")


def with_desk(folder: Path, test: Any) -> None:
    """A test with a running engine, a door, a service token and people."""

    async def go() -> None:
        async with client(folder) as one, calling(one.room, token_of(one.room, EVERYTHING, name="desk")) as door:
            desk = Desk(door)
            await desk.hire()
            await test(desk)

    run(go())


def test_a_case_is_opened_once_shown_with_what_is_possible_and_worked(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        first = await desk.ask("li", "POST", "/v1/matters", CASE, key="mine")
        again = await desk.ask("li", "POST", "/matters", CASE, key="mine")
        assert first.status_code == again.status_code == 201
        case = first.json()["matter"]["id"]
        assert again.json()["matter"] == first.json()["matter"]
        other = await desk.ask("li", "POST", "/matters", {**CASE, "words": {}}, key="mine")
        assert problem(other) == (409, "key_reused", "Idempotency-Key")
        possible = {one["fact"]: one for one in first.json()["possible"]}
        assert possible["Taken"]["yours"] and possible["Confirmed"]["shown"]
        assert possible["NoticeAsked"]["words"][0]["zh"] and "ClockRan" not in possible
        seen = await desk.got("sun", f"/matters/{case}")
        assert not any(one["yours"] for one in seen["possible"]), "who only reads can say nothing"
        note = {"fact": "Noted", "words": {"text": "called the shop"}}
        for _ in range(2):
            said = await desk.ask("li", "POST", f"/matters/{case}/facts", note, key="note")
            assert said.status_code == 200, said.text
        story = await desk.got("li", f"/matters/{case}/story")
        assert [one["fact"] for one in story["story"]] == ["Opened", "Noted"], "said twice, done once"

    with_desk(tmp_path, test)


def test_what_does_not_hold_is_refused_with_the_reason_and_what_is_possible(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        seen = await desk.opened()
        case = seen["matter"]["id"]
        facts, stale = f"/matters/{case}/facts", seen["hash"]
        wrong = await desk.ask("li", "POST", facts, {"fact": "Closed", "words": {"outcome": "done"}})
        assert problem(wrong) == (409, "overtaken", "fact")
        assert "possible now:" in wrong.json()["what"] and "Confirmed" in wrong.json()["what"]
        await desk.ask("li", "POST", facts, {"fact": "Noted", "words": {"text": "one more"}})
        old = await desk.ask("li", "POST", facts, {"fact": "Confirmed", "shown": stale})
        assert problem(old)[:2] == (409, "overtaken") and "look again" in old.json()["what"]
        nobody = await desk.ask("sun", "POST", facts, {"fact": "Taken"})
        assert problem(nobody)[:2] == (403, "not_allowed")
        missing = await desk.ask("li", "POST", facts, {"fact": "Noted"})
        assert problem(missing)[:2] == (400, "bad_field") and "text" in missing.json()["what"]
        card = {"fact": "Noted", "words": {"text": "card 6222021234567894"}}
        assert problem(await desk.ask("li", "POST", facts, card))[:2] == (400, "bad_field")
        assert problem(await desk.ask("li", "POST", "/matters/case-99/facts", {"fact": "Taken"}))[:2] == (
            404,
            "not_found",
        )
        assert problem(await desk.ask("li", "GET", "/matters/coffee-1")) == (404, "not_found", "matter")
        assert problem(await desk.ask("sup", "GET", f"/matters/{case}"))[:2] == (403, "not_allowed")
        look = {"fact": "Closed", "words": {"outcome": "done"}}
        forecast = (await desk.ask("li", "POST", f"/matters/{case}/preview", look)).json()
        assert forecast["done"] is False and "possible now" in forecast["why"]
        forecast = (await desk.ask("li", "POST", f"/matters/{case}/preview", {"fact": "Taken"})).json()
        assert forecast == {"done": True, "why": ""}
        assert (await desk.got("li", f"/matters/{case}"))["matter"]["owner"] == ""

    with_desk(tmp_path, test)


def test_matters_are_listed_searched_and_counted(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        payment = await desk.one.report(77)
        cases = [(await desk.opened(payment=payment if n == 0 else ""))["matter"]["id"] for n in range(5)]
        pages, after = [], ""
        while True:
            query = {"kind": "case", "limit": "2"} | ({"after": after} if after else {})
            page = await desk.got("li", "/matters", **query)
            pages.append([one["id"] for one in page["matters"]])
            if not (after := page["after"]):
                break
        assert [one for page in pages for one in page] == cases and len(pages) == 3
        assert [one["id"] for one in (await desk.got("li", "/matters", payment=payment))["matters"]] == cases[:1]
        for text in ("000077", payment, "77000001 twice", cases[0]):
            found = await desk.got("li", "/matters/search", q=text)
            assert [one["id"] for one in found["matters"]] == cases[:1], text
        found = await desk.got("li", "/matters/search", q="扣款 debited", limit="3")
        assert [one["id"] for one in found["matters"]] == cases[:1:-1]
        rest = await desk.got("li", "/matters/search", q="扣款 debited", limit="3", after=found["after"])
        assert [one["id"] for one in rest["matters"]] == cases[1::-1]
        await desk.ask("li", "POST", f"/matters/{cases[3]}/facts", {"fact": "Taken"})
        mine = await desk.got("li", "/matters", worklist="my")
        assert [one["id"] for one in mine["matters"]] == [cases[3]]
        counts = {one["worklist"]: one for one in (await desk.got("li", "/matters/worklists"))["worklists"]}
        assert (counts["my"]["count"], counts["unassigned"]["count"], counts["my"]["zh"]) == (1, 4, "我的")
        queue = (await desk.got("li", "/casework"))["queues"][0]
        waits = await desk.got("li", "/matters", queue=queue["queue"], limit="2")
        assert len(waits["matters"]) == 2 and waits["after"]
        whole = await desk.got("zhang", "/casework")
        assert whole["owners"] == {"li": 1} and whole["engine"]["leads"] == 1
        assert sum(one["count"] for one in whole["states"]) == 5
        assert problem(await desk.ask("li", "GET", "/matters"))[:2] == (400, "bad_field")
        assert problem(await desk.ask("li", "GET", "/matters", kind="coffee")) == (404, "not_found", "matter")
        table = {one["kind"]: one for one in (await desk.got("li", "/matters/kinds"))["kinds"]}
        assert "CLOSED" in table["case"]["ended"] and table["task"]["rules"][0]["words"][0]["name"] == "what"
        ready = (await desk.one.http.get("/readyz")).json()
        assert ready["ok"] and ready["casework"]["leads"] == 1 and ready["casework"]["behind_seconds"] < 30

    with_desk(tmp_path, test)


def test_the_same_is_said_of_many_with_a_result_a_row_and_once(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        cases = [(await desk.opened())["matter"]["id"] for _ in range(3)]
        body = {"matters": [*cases, "case-999"], "fact": "Taken", "reference": "wave 1".replace(" ", "-")}
        seen = (await desk.ask("li", "POST", "/matters/bulk/preview", body)).json()
        assert (seen["done"], seen["refused"]) == (3, 1) and "no matter" in seen["results"][3]["why"]
        assert (await desk.got("li", f"/matters/{cases[0]}"))["matter"]["owner"] == ""
        done = (await desk.ask("li", "POST", "/matters/bulk", body)).json()
        assert [one["result"] for one in done["results"]] == ["done"] * 3 + ["refused"]
        again = (await desk.ask("li", "POST", "/matters/bulk", body)).json()
        assert [one["result"] for one in again["results"]] == ["done before"] * 3 + ["refused"]
        story = (await desk.got("li", f"/matters/{cases[0]}/story"))["story"]
        assert [one["fact"] for one in story] == ["Opened", "Taken"]

    with_desk(tmp_path, test)


def test_rules_are_proposed_and_approved_by_two(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        known = {one["register"]: one for one in (await desk.got("li", "/registers"))["registers"]}
        assert known["refund policy"]["two_people"] and known["parts"]["words"][0]["zh"]
        row = (await desk.got("li", "/registers/parts"))["rows"]["printer"]
        day = day_of(wall_clock_ms())
        body = {"name": "printer", "valid_from": day, "body": {**row, "batch": 33}, "reason": "they come in 33s"}
        assert problem(await desk.ask("li", "POST", "/registers/parts", body))[:2] == (403, "not_allowed")
        made = await desk.ask("zhang", "POST", "/registers/parts", body)
        assert made.status_code == 201 and made.json()["in_force"]
        assert (await desk.got("li", "/registers/parts"))["rows"]["printer"]["batch"] == 33
        name, rule = next(iter((await desk.got("li", "/registers/refund policy"))["rows"].items()))
        body = {"name": name, "valid_from": day, "body": rule, "reason": "as it was"}
        proposed = (await desk.ask("zhang", "POST", "/registers/refund policy", body)).json()
        assert not proposed["in_force"]
        wanted = {"name": name, "valid_from": day, "edition": proposed["edition"]}
        path = "/registers/refund policy/approval"
        assert problem(await desk.ask("zhang", "POST", path, wanted))[:2] == (403, "not_allowed")
        entries = (await desk.ask("wang", "POST", path, wanted)).json()["entries"]
        assert [one["approved_by"] for one in entries if one["in_force"] and one["edition"]] == ["wang"]
        bad = {**body, "body": {"batch": 1}}
        assert problem(await desk.ask("zhang", "POST", "/registers/parts", bad))[:2] == (400, "bad_field")
        assert problem(await desk.ask("zhang", "GET", "/registers/coffee")) == (404, "not_found", "register")
        assert problem(await desk.ask("wang", "POST", path, {**wanted, "edition": 9}))[:2] == (400, "bad_field")

    with_desk(tmp_path, test)


def test_notices_are_seen_sent_again_and_answered(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        case = (await desk.opened())["matter"]["id"]
        side, now = desk.side(), wall_clock_ms()
        post = Post(side)
        for n in range(3):
            post.put(now, case if n else "case-77", "cardholder.promise_given", "li", f"k{n}", {})
        for one in post.claim(now)[:2]:
            post.failed(one, "552 mailbox full", now, for_good=True)
        page = await desk.got("li", "/notices", state="failed", limit="1")
        assert [one["evidence"] for one in page["notices"]] == ["552 mailbox full"] and page["after"] == 1
        assert [one["id"] for one in (await desk.got("li", "/notices", matter=case))["notices"]] == [2, 3]
        again = await desk.ask("zhang", "POST", "/notices/1/retry")
        assert again.json()["state"] == "waiting"
        assert problem(await desk.ask("zhang", "POST", "/notices/1/retry")) == (409, "not_yet", "notice")
        assert problem(await desk.ask("zhang", "POST", "/notices/99/retry")) == (404, "not_found", "notice")
        assert problem(await desk.ask("sun", "POST", "/notices/2/retry"))[:2] == (403, "not_allowed")
        said = {"reference": case.upper(), "text": "thank you, card 6222 0212 3456 7894", "outlet": "mail"}
        heard = await desk.ask("li", "POST", "/replies", said)
        assert heard.status_code == 201 and heard.json() == {"matter": case, "told": True}
        body = (await desk.got("li", f"/matters/{case}"))["matter"]["body"]
        assert body["replies"][0]["text"] == "thank you, card ****"
        assert [one.text for one in post.replies(case)] == ["thank you, card ****"]
        assert problem(await desk.ask("li", "POST", "/replies", {**said, "reference": "CASE-99"}))[:2] == (
            400,
            "bad_field",
        )
        side.close()

    with_desk(tmp_path, test)


def test_the_fleet_below_minimum_renewal_and_lost_records(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        day = day_of(wall_clock_ms())
        unit = {"model": "N9", "serial": "A1", "version": "4.2", "site": "east", "installed": "20260105"}
        for register, name, body in (("units", "80000001", unit), ("minimum versions", "N9", {"version": "4.10"})):
            row = {"name": name, "valid_from": day, "body": body, "reason": "stock list"}
            assert (await desk.ask("zhang", "POST", f"/registers/{register}", row)).status_code == 201
        found = await desk.got("li", "/terminals/below-minimum")
        assert (found["terminals"], found["sites_with_one_path"]) == (["80000001"], ["east"])
        assert found["versions"] == [{"model": "N9", "version": "4.2", "terminals": 1}]
        units = [{"name": f"T{n}", "failures": n, "attempts": 100, "price_fen": 80_000} for n in range(3)]
        plan = (await desk.ask("li", "POST", "/terminals/renewal", {"units": units, "budget_fen": 160_000})).json()
        assert [one["name"] for one in plan["replace"]] == ["T2", "T1"]
        units[0]["failures"] = 101
        wrong = await desk.ask("li", "POST", "/terminals/renewal", {"units": units, "budget_fen": 1})
        assert problem(wrong) == (400, "bad_field", "units")
        key = {"terminal": "80000001", "batch": "000001", "stan": "000007"}
        values = {"what": "sale", "amount_fen": 100, "at": 1, "card": "622200******0001", "code": "00"}
        told = {"lost": [key], "host": [{**key, "values": values}], "slip": [{**key, "values": {"amount_fen": 1}}]}
        (one,) = (await desk.ask("li", "POST", "/terminals/records", told)).json()["records"]
        assert not one["rebuilt"] and one["contested"] == {"amount_fen": {"host": 100, "slip": 1}}

    with_desk(tmp_path, test)
