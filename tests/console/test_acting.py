"""Does a click become a fact, once, in the name of whoever clicked; and does a click that does not hold say so?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from console.world import Browser, Day, actor_of, working_day
from journal.made import name_of

SHOWN = re.compile(r'name="shown" value="([0-9a-f]{64})"')
ONCE = re.compile(r'name="once" value="([^"]+)"')


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A day of its own: it is worked here."""
    with working_day(tmp_path_factory.mktemp("acting")) as one:
        yield one


def proved(browser: Browser) -> None:
    """This person proves on the spot who they are."""
    browser.get("/prove")
    assert browser.post("/prove", password="correct horse 27 battery", back="/").status_code == 302


def test_taking_a_matter_makes_it_mine(day: Day) -> None:
    one, task = day.signed_in("clerk"), day.matters["task-0"]
    page = one.get(f"/matters/{task}").text
    answer = one.post(f"/matters/{task}/say/Taken", once=ONCE.findall(page)[0])
    assert answer.headers["location"] == f"/matters/{task}"
    assert day.keeper.get(task).owner == actor_of("clerk")
    assert f'href="/matters/{task}"' in one.get("/queues/my").text
    assert "已完成：领取" not in one.get("/queues/my").text, "a message is said once"


def test_the_same_form_twice_says_it_once(day: Day) -> None:
    one, task = day.signed_in("clerk"), day.matters["task-1"]
    once = ONCE.findall(one.get(f"/matters/{task}").text)[0]
    for _ in range(2):
        assert one.post(f"/matters/{task}/say/Noted", once=once, text="called the shop").status_code == 302
    assert len(day.keeper.get(task).body["notes"]) == 1


def test_what_is_missing_is_said_and_nothing_that_was_written_is_lost(day: Day) -> None:
    one, case = day.signed_in("clerk"), day.matters["gap"]
    one.get(f"/matters/{case}")
    answer = one.post(f"/matters/{case}/say/EvidenceAdded", once="a1", source="issuer <reply>")
    assert answer.status_code == 400
    assert "编号：必填" in answer.text and "issuer &lt;reply&gt;" in answer.text
    assert "evidence" not in day.keeper.get(case).body


def test_what_the_rules_refuse_is_said_in_words(day: Day) -> None:
    one, case = day.signed_in("clerk"), day.matters["gap"]
    one.get(f"/matters/{case}")
    answer = one.post(f"/matters/{case}/say/PromiseKept", once="b1", no="7")
    assert answer.status_code in (400, 409)
    assert "未执行" in answer.text
    out_of_order = one.post(f"/matters/{case}/say/Closed", once="b2", outcome="done")
    assert out_of_order.status_code == 409 and "未执行" in out_of_order.text


def test_a_card_number_is_refused(day: Day) -> None:
    one, case = day.signed_in("clerk"), day.matters["gap"]
    one.get(f"/matters/{case}")
    answer = one.post(f"/matters/{case}/say/Noted", once="c1", text="card 6222020000000000000 or 4111 1111 1111 1111")
    assert answer.status_code == 400
    assert "notes" not in day.keeper.get(case).body
    assert one.get("/search?q=4111111111111111").headers["location"] == "/search"


def test_a_weighty_word_takes_a_proof_and_what_was_shown(day: Day) -> None:
    one, case = day.signed_in("clerk"), day.matters["case"]
    shown = SHOWN.search(one.get(f"/matters/{case}").text)
    assert shown
    asked = one.post(f"/matters/{case}/say/Confirmed", once="d1", shown=shown[1])
    assert asked.headers["location"].startswith("/prove?")
    assert day.keeper.get(case).state == "OPEN"
    proved(one)
    one.get(f"/matters/{case}")
    day.keeper.say(case, "Noted", {"text": "something new"}, actor_of("supervisor"))
    stale = one.post(f"/matters/{case}/say/Confirmed", once="d2", shown=shown[1])
    assert stale.status_code == 409 and "没有产生任何效果" in stale.text
    assert day.keeper.get(case).state == "OPEN", "a stale page's click does nothing"
    fresh = SHOWN.search(one.get(f"/matters/{case}").text)
    assert fresh and fresh[1] != shown[1]
    assert one.post(f"/matters/{case}/say/Confirmed", once="d3", shown=fresh[1]).status_code == 302
    assert day.keeper.get(case).state == "DIAGNOSING"


def test_a_wrong_proof_proves_nothing(day: Day) -> None:
    one = day.signed_in("supervisor")
    one.get("/prove")
    assert one.post("/prove", password="wrong", back="/").status_code == 401


def test_a_matter_is_opened_from_its_own_form(day: Day) -> None:
    one = day.signed_in("clerk")
    page = one.get("/open/task").text
    answer = one.post("/open/task", once=ONCE.findall(page)[0], what="look at the journal", team="field work")
    assert re.fullmatch(r"/matters/task-[0-9]+", answer.headers["location"]), answer.text
    made = day.keeper.get(answer.headers["location"].rpartition("/")[2])
    assert made.body["what"] == "look at the journal"


def test_every_kind_that_a_role_may_open_has_a_form(day: Day) -> None:
    one = day.signed_in("supervisor")
    kinds = re.findall(r'href="/open/([a-z]+)"', one.get("/open").text)
    assert len(kinds) > 15
    for kind in kinds:
        assert one.get(f"/open/{kind}").status_code == 200, kind


def test_a_register_is_changed_by_two_people(day: Day) -> None:
    first, second = day.signed_in("supervisor"), day.signed_in("administrator")
    page = first.get("/registers/case%20actions/propose?row=wait").text
    day_from = re.search(r'name="from" type="date" value="([0-9-]+)"', page)
    assert day_from
    row = {"row": "call", "from": day_from[1], "reason": "the shops asked", "zh": "致电", "en": "call"}
    said = {**row, "truths": "unknown", "remedy": "no", "notice": "no", "not_if_delivered": "no"}
    answer = first.post("/registers/case%20actions/propose", **said)
    assert answer.status_code == 302, answer.text[-3000:]
    mine = first.get("/registers/case%20actions").text
    assert "待复核" in mine and 'action="/registers/case%20actions/approve"' not in mine, "nobody approves their own"
    second.get("/registers/case%20actions")
    approve = {"row": "call", "from": day_from[1].replace("-", ""), "edition": "1"}
    assert second.post("/registers/case%20actions/approve", **approve).headers["location"].startswith("/prove")
    proved(second)
    second.get("/registers/case%20actions")
    done = second.post("/registers/case%20actions/approve", **approve)
    assert done.headers["location"] == "/registers/case%20actions"
    assert "call" in second.get("/registers/case%20actions").text


def test_a_refund_is_proposed_by_one_and_decided_by_another(day: Day) -> None:
    clerk, second = day.signed_in("clerk"), day.signed_in("supervisor")
    once = ONCE.findall(clerk.get("/open/refund").text)[0]
    words = {"fen": "50", "customer": "c-1", "reason": "charged twice", "hardship": "yes"}
    answer = clerk.post("/open/refund", once=once, **words, **{"about-payment": name_of(2)})
    assert answer.status_code == 302, answer.text
    where = answer.headers["location"]
    refund = day.keeper.get(where.rpartition("/")[2])
    assert (refund.fen, refund.payment) == (5_000, name_of(2)), "yuan on the page are fen in the books"
    assert 'data-fact="Approved"' not in clerk.get(where).text
    page = second.get(where).text
    assert 'data-fact="Approved"' in page
    assert '<p class="risk">' in page, "what may go wrong stands beside the button"
    proved(second)
    shown = SHOWN.search(second.get(where).text)
    assert shown
    barred = second.post(f"{where}/say/Approved", once="r1", shown=shown[1])
    assert barred.status_code == 409 and "引擎仍在处理该交易" in barred.text
    assert day.keeper.get(refund.id).state == "PROPOSED"


def test_nobody_sees_more_than_the_register_of_sight_says(day: Day) -> None:
    case, task = day.matters["gap"], day.matters["task-2"]
    day.keeper.say(case, "Noted", {"text": "the customer is upset"}, actor_of("clerk"))
    sees = {role: day.signed_in(role) for role in ("clerk", "read-only", "technician", "supplier", "auditor")}
    assert "the customer is upset" in sees["clerk"].get(f"/matters/{case}").text
    assert "the customer is upset" not in sees["read-only"].get(f"/matters/{case}").text, "notes are not for readers"
    for role, matter, status in (
        ("technician", case, 404),
        ("technician", task, 200),
        ("supplier", case, 404),
        ("supplier", task, 404),
        ("auditor", case, 200),
    ):
        assert sees[role].get(f"/matters/{matter}").status_code == status, (role, matter)
        listed = f'href="/matters/{matter}"' in sees[role].get("/queues/all").text
        found = f'href="/matters/{matter}"' in sees[role].get(f"/search?q=slip+{matter}").text
        assert listed == (status == 200) and (status == 200 or not found), (role, matter)
    written = sees["supplier"].post(f"/matters/{task}/say/Noted", once="s1", text="let me in")
    assert written.status_code == 404 and "notes" not in day.keeper.get(task).body


def test_when_the_door_is_away_the_page_says_so(tmp_path: Path) -> None:
    with working_day(tmp_path) as here:
        one = here.signed_in("clerk")
        here.stop_door()
        answer = one.post(f"/matters/{here.matters['task-0']}/say/Taken", once="x1")
        assert answer.status_code == 503 and "引擎没有应答" in answer.text
        assert here.browser().sign_in(actor_of("clerk")).status_code == 503
        assert one.get("/queues/my").status_code == 200, "reading goes on"


def test_what_was_written_is_not_lost_when_a_proof_is_asked_for(day: Day) -> None:
    words = {"channel": "branch", "ticket": "keep", "text": "nobody calls"}
    one, complaint = day.signed_in("supervisor"), day.keeper.open("complaint", words, actor_of("clerk")).id
    one.get(f"/matters/{complaint}")
    answer = one.post(f"/matters/{complaint}/say/Extended", once="keep-1", reason="the bank <still> looks")
    assert answer.status_code == 401 and "the bank &lt;still&gt; looks" in answer.text
    assert f'href="/prove?back=/matters/{complaint}" target="_blank"' in answer.text
    proved(one)
    one.get(f"/matters/{complaint}")
    answer = one.post(f"/matters/{complaint}/say/Extended", once="keep-2", reason="the bank <still> looks")
    assert answer.status_code == 302 and day.keeper.get(complaint).body["limit"] == "extended"


def test_a_proof_leads_back_to_the_page_with_its_filter(day: Day) -> None:
    one = day.signed_in("administrator")
    one.get("/people")
    host = str(one.http.base_url).rstrip("/")
    for came, back in (
        (f"{host}/people/p-clerk?from=list", "/people/p-clerk?from=list"),
        ("https://elsewhere.example/people", "/"),
        ("", "/"),
    ):
        said = {"csrfmiddlewaretoken": one._token, "active": "yes"}
        answer = one.http.post("/people/p-clerk/change", data=said, headers={"Referer": came} if came else {})
        assert answer.headers["location"] == f"/prove?{urlencode({'back': back})}", came
