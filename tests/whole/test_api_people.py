"""Do people's calls act under the names of people, each time, and under nobody's without one?"""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher

from chongzheng.journal import Reader
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.breaks import Breaks
from chongzheng.journal.rules import day_of
from chongzheng.journal.side import Side
from chongzheng.reception import wall_clock_ms
from chongzheng.settlement.breaks import Difference, Type
from whole.door_room import Client, calling, client, problem, run, token_of

EVERYTHING = frozenset({"report", "read", "check", "people"})
WORD = "correct horse battery"
PEOPLE = {"boss": Role.ADMINISTRATOR, "li": Role.CLERK, "zhang": Role.SUPERVISOR, "sup": Role.SUPPLIER}


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashed at a price that tests can pay."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("chongzheng.journal.actors._hasher", lambda: cheap)


class Desk:
    """People in the journal of a running engine, with a session each, and one difference of 500 fen."""

    def __init__(self, one: Client) -> None:
        self.one = one
        self.sessions: dict[str, str] = {}

    async def hire(self) -> None:
        """Everybody signs in through the door."""
        side, now = Side.open(self.one.room.folder / "journal.db"), wall_clock_ms()
        people = Actors(side)
        for who, role in PEOPLE.items():
            people.add(who, who, frozenset({role}), "shell:test" if who == "boss" else "boss", now)
        for who in reversed(PEOPLE):
            people.set_password(who, WORD, "boss", now)
        Breaks(side, wall_clock_ms).put("d", "card", "20260923", [Difference(Type.LONG, "", 4, 500, "w")])
        side.close()
        for who in PEOPLE:
            answer = await self.one.http.post("/v1/session", json={"actor": who, "password": WORD})
            assert answer.status_code == 201, answer.text
            assert (answer.json()["actor"], answer.json()["roles"]) == (who, [PEOPLE[who]])
            self.sessions[who] = answer.json()["session"]

    async def ask(self, who: str, method: str, path: str, body: Any = None) -> httpx.Response:
        """One call as this person."""
        headers = {"Person": self.sessions.get(who, who)} if who else {}
        return await self.one.http.request(method, path, json=body, headers=headers)

    async def shown(self, number: int = 1) -> str:
        """The hash of what is to be seen."""
        return str((await self.ask("li", "GET", f"/breaks/{number}")).json()["hash"])

    async def decision(self, **changed: Any) -> dict[str, Any]:
        """What somebody wants done with it."""
        words = {"how": "channel", "reason": "they correct it", "evidence": ["mail 1"], "shown": await self.shown()}
        return words | changed


def with_desk(folder: Path, test: Any) -> None:
    """A test with a running engine, a door, a service token and people."""

    async def go() -> None:
        async with client(folder) as one, calling(one.room, token_of(one.room, EVERYTHING, name="desk")) as door:
            desk = Desk(door)
            await desk.hire()
            await test(desk)

    run(go())


def test_a_break_is_resolved_by_two_people_through_the_door(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        money = (await desk.ask("li", "GET", "/v1/money")).json()
        assert (money["fen"], money["forecast"][0]["payments"]) == (500, 1)
        page = (await desk.ask("li", "GET", "/breaks")).json()
        assert [(one["id"], one["fen"], one["state"]) for one in page["breaks"]] == [(1, 500, "open")]
        stale = await desk.decision()
        done = await desk.ask("li", "POST", "/breaks/1/resolution", await desk.decision())
        assert done.json()["standing"]["state"] == "proposed" and done.json()["standing"]["proposed_by"] == "li"
        again = problem(await desk.ask("zhang", "POST", "/breaks/1/resolution", stale))
        assert again == (409, "overtaken", "shown")
        shown = {"shown": await desk.shown()}
        assert problem(await desk.ask("li", "POST", "/breaks/1/approval", shown))[:2] == (403, "not_allowed")
        old = {"shown": stale["shown"]}
        assert problem(await desk.ask("zhang", "POST", "/breaks/1/approval", old)) == (409, "overtaken", "shown")
        done = await desk.ask("zhang", "POST", "/breaks/1/approval", shown)
        assert done.json()["standing"]["approved_by"] == "zhang" and done.json()["suspense_fen"] == 0
        assert (await desk.ask("li", "GET", "/money")).json()["fen"] == 0

    with_desk(tmp_path, test)


def test_nobody_acts_under_a_service_token_alone(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        body = await desk.decision()
        for who in ("", "czp_x_y", desk.sessions["li"][:-1]):
            resolve = ("POST", "/breaks/1/resolution", body)
            for call in (("GET", "/money"), ("GET", "/breaks"), resolve, ("DELETE", "/session")):
                assert problem(await desk.ask(who, *call)) == (401, "no_person", "Person"), (who, call)
        assert problem(await desk.ask("sup", "GET", "/money"))[:2] == (403, "not_allowed")
        async with calling(desk.one.room, token_of(desk.one.room, frozenset({"read"}), name="reader")) as reader:
            answer = await reader.http.get("/money", headers={"Person": desk.sessions["li"]})
            assert problem(answer) == (403, "not_allowed", "Authorization"), "this program carries nobody's calls"
        assert (await desk.ask("li", "DELETE", "/session")).status_code == 200
        assert problem(await desk.ask("li", "GET", "/money"))[:2] == (401, "no_person")
        assert (await desk.ask("zhang", "GET", "/breaks/1")).json()["standing"]["state"] == "open"

    with_desk(tmp_path, test)


def test_a_wrong_password_opens_no_session(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        for body in ({"actor": "li", "password": "wrong"}, {"actor": "nobody", "password": "wrong"}):
            assert problem(await desk.ask("", "POST", "/session", body)) == (401, "no_person", "Person")
        assert problem(await desk.ask("", "POST", "/session", {"actor": "LI", "password": "x"}))[1] == "bad_field"

    with_desk(tmp_path, test)


@pytest.mark.parametrize(("path", "body", "refused"), [
    ("/breaks/99/resolution", {}, (404, "not_found", "break")),
    ("/breaks/0/resolution", {}, (404, "not_found", "break")),
    ("/breaks/1/resolution", {"how": "pocket"}, (400, "bad_field", "how")),
    ("/breaks/1/resolution", {"evidence": []}, (400, "bad_field", "evidence")),
    ("/breaks/1/resolution", {"how": "explained"}, (400, "bad_field", "resolution")),
    ("/breaks/1/resolution", {"shown": "0" * 64}, (409, "overtaken", "shown")),
    ("/cases/5/closing", None, (404, "not_found", "case")),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(tmp_path: Path, path: str, body: Any, refused: tuple[int, str, str]) -> None:
    async def test(desk: Desk) -> None:
        said = {"reason": "all is well"} if body is None else await desk.decision(**body)
        assert problem(await desk.ask("li", "POST", path, said)) == refused

    with_desk(tmp_path, test)


def test_finance_and_administration_work_through_the_door(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        today = day_of(wall_clock_ms())
        trial = (await desk.ask("li", "GET", f"/v1/money/trial?date={today}")).json()
        ends = {one["account"]: one["closing_fen"] for one in trial["accounts"]}
        assert (trial["trial_fen"], ends["suspense"], ends["clearing receivable"]) == (0, -500, 500)
        assert problem(await desk.ask("li", "GET", "/money/trial")) == (400, "bad_field", "query.date")
        wu = {"actor": "wu", "name": "Wu", "roles": ["finance"]}
        assert problem(await desk.ask("zhang", "POST", "/actors", wu))[:2] == (403, "not_allowed")
        assert (await desk.ask("boss", "POST", "/actors", wu)).json()["has_password"] is False
        assert (await desk.ask("boss", "POST", "/actors/wu/password", {"password": WORD})).status_code == 200
        assert problem(await desk.ask("boss", "POST", "/actors/nobody", {"active": False}))[:2] == (404, "not_found")
        signed = await desk.ask("", "POST", "/session", {"actor": "wu", "password": WORD})
        desk.sessions["wu"] = signed.json()["session"]
        assert problem(await desk.ask("li", "POST", "/money/closings", {"date": today}))[:2] == (403, "not_allowed")
        assert problem(await desk.ask("wu", "POST", "/money/closings", {"date": today})) == (409, "not_yet", "date")
        closed = (await desk.ask("wu", "POST", "/money/closings", {"date": "20260101"})).json()
        assert (closed["new"], closed["closed_by"], closed["trial"]["trial_fen"]) == (True, "wu", 0)
        limit = {"fen": 500, "valid_from": today}
        proposed = (await desk.ask("zhang", "POST", "/limits", limit | {"reason": "small ones"})).json()
        assert proposed["in_force_fen"] is None and proposed["rows"][0]["proposed_by"] == "zhang"
        assert problem(await desk.ask("zhang", "POST", "/limits/approval", limit))[:2] == (403, "not_allowed")
        assert (await desk.ask("wu", "POST", "/limits/approval", limit)).json()["in_force_fen"] == 500
        done = await desk.ask("li", "POST", "/breaks/1/resolution", await desk.decision())
        assert done.json()["standing"]["state"] == "resolved", "one person is enough now"
        left = (await desk.ask("boss", "POST", "/actors/li", {"active": False})).json()
        assert (left["active"], left["roles"]) == (False, ["clerk"])
        assert problem(await desk.ask("li", "GET", "/breaks"))[:2] == (401, "no_person")
        history = (await desk.ask("boss", "GET", "/actors/li/history")).json()["history"]
        assert [one["kind"] for one in history] == ["actor added", "password changed", "actor changed"]
        assert len((await desk.ask("wu", "GET", "/actors")).json()["actors"]) == 5

    with_desk(tmp_path, test)


def test_a_remedy_is_booked_with_two_sessions(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        words = {"what": "compensated", "fen": 900, "reason": "a week of waiting", "evidence": "mail 3", "break_id": 1}
        assert problem(await desk.ask("li", "POST", "/money/vouchers", words))[:2] == (403, "not_allowed")
        for second, refused in (("li", "not_allowed"), ("boss", "not_allowed"), ("x", "no_person")):
            both = words | {"second": desk.sessions.get(second, second)}
            assert problem(await desk.ask("li", "POST", "/money/vouchers", both))[1] == refused
        both = words | {"second": desk.sessions["zhang"]}
        assert (await desk.ask("li", "POST", "/v1/money/vouchers", both)).json()["act"] > 0
        unknown = both | {"break_id": 77}
        assert problem(await desk.ask("li", "POST", "/money/vouchers", unknown)) == (404, "not_found", "break")
        twice = both | {"what": "given back", "fen": 901}
        assert "only 900 fen lie" in (await desk.ask("li", "POST", "/money/vouchers", twice)).json()["what"]

    with_desk(tmp_path, test)


def test_a_check_that_a_person_wants_bears_that_persons_name(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        payment = await desk.one.report(1)
        for who in ("", "zhang"):
            assert (await desk.ask(who, "POST", f"/payments/{payment}/check", {})).status_code == 202
        assert problem(await desk.ask("czp_x_y", "POST", f"/payments/{payment}/check", {}))[:2] == (401, "no_person")
        with closing(Reader.open(desk.one.room.folder / "journal.db")) as reader:
            asked = [json.loads(fact.record)["fact"] for fact in reader.facts_of(payment) if fact.kind == "CheckAsked"]
        assert [fact["actor"] for fact in asked] == ["token:desk", "person:zhang"]

    with_desk(tmp_path, test)
