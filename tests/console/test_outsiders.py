"""Does whoever works for another house, or is complained about, see no more than is theirs?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import httpx
import pytest

from chongzheng.journal.doors import Doors
from console.world import PASSWORD, Day, actor_of, now_ms, working_day
from journal.made import key, name_of

PHONE = "13812345678"
COLUMNS = "state,payment,truth,proof,merchant,terminal,stan,amount,suspense"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A day of its own: tickets are opened here."""
    with working_day(tmp_path_factory.mktemp("outsiders")) as one:
        yield one


@pytest.fixture(scope="module")
def ticket(day: Day) -> str:
    """A ticket about a payment."""
    words = {"supplier": "terminal maker", "what": "the printer jams"}
    return day.keeper.open("ticket", words, "p-technician", payment=name_of(1)).id


def test_a_supplier_sees_a_ticket_and_nothing_of_the_payment_behind_it(day: Day, ticket: str) -> None:
    supplier, technician = day.signed_in("supplier"), day.signed_in("technician")
    for path in (f"/matters/{ticket}", f"/matters/{ticket}/print"):
        theirs, ours = supplier.get(path), technician.get(path)
        assert theirs.status_code == 200 and "the printer jams" in theirs.text
        for word in (name_of(1), key(1).terminal, "123.45", "622202"):
            assert word not in theirs.text, (path, word)
        assert "123.45" in ours.text, "who reads payments sees it"
        assert 'href="/field/"' not in theirs.text, "no door that does not open"
    assert 'href="/field/"' in technician.get(f"/matters/{ticket}").text


def test_a_supplier_gets_nothing_of_a_payment_in_a_list_or_a_file(day: Day, ticket: str) -> None:
    supplier = day.signed_in("supplier")
    page = supplier.get(f"/queues/all?columns={COLUMNS}").text
    assert ticket in page
    for word in (name_of(1), key(1).terminal, "123.45"):
        assert word not in page, word
    file = supplier.get(f"/export/all?columns={COLUMNS}").content.decode("utf-8-sig")
    row = next(one for one in csv.reader(io.StringIO(file)) if one[0] == ticket)
    assert not any(row[3:]), row
    ours = day.signed_in("technician").get(f"/export/all?columns={COLUMNS}").content.decode("utf-8-sig")
    assert key(1).terminal in ours and name_of(1) in ours


@pytest.fixture(scope="module")
def about_clerk(day: Day) -> str:
    """A complaint about the clerk, with a telephone number in it."""
    words = {"channel": "branch", "ticket": "K-1", "text": "rude", "contact": PHONE, "against": actor_of("clerk")}
    return day.keeper.open("complaint", words, actor_of("supervisor")).id


def asked_at_the_door(day: Day, role: str, complaint: str) -> httpx.Response:
    """The contact, asked for at the door itself, past the desk."""
    doors = Doors(day.side)
    token = doors.make_token(f"desk-{role}", frozenset({"people"}), frozenset(), 1_000, now_ms(), "test")
    at = httpx.Client(base_url=day.door, headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=20)
    session = at.post("/session", json={"actor": actor_of(role), "password": PASSWORD}).json()["session"]
    return at.get(f"/matters/{complaint}/contact", headers={"Person": session})


def opened_by(day: Day) -> list[str]:
    return [row[2] for row in Doors(day.side).audit() if row[3] == "contact opened"]


def test_whom_a_complaint_is_about_does_not_learn_where_the_complainant_is_found(day: Day, about_clerk: str) -> None:
    clerk = day.signed_in("clerk")
    assert PHONE not in clerk.get(f"/matters/{about_clerk}").text
    assert PHONE not in clerk.get(f"/matters/{about_clerk}/print").text
    assert clerk.get(f"/matters/{about_clerk}/contact").status_code == 404
    answer = asked_at_the_door(day, "clerk", about_clerk)
    assert answer.status_code == 403 and PHONE not in answer.text
    assert actor_of("clerk") not in opened_by(day)


def test_the_door_opens_a_contact_only_for_whom_the_register_shows_it_and_notes_it(day: Day, about_clerk: str) -> None:
    for role in ("risk", "finance"):
        assert asked_at_the_door(day, role, about_clerk).status_code == 403, role
    assert not set(map(actor_of, ("risk", "finance"))) & set(opened_by(day))
    answer = asked_at_the_door(day, "supervisor", about_clerk)
    assert answer.status_code == 200 and answer.json() == {"contact": PHONE}
    assert actor_of("supervisor") in opened_by(day), "one that lies open is noted too"
