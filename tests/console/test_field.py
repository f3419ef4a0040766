"""Does a phone without a network keep what somebody writes, bring it in exactly once, and keep nothing after that?"""

from __future__ import annotations

import gzip
import hashlib
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from chongzheng.cases.matter import Matter
from chongzheng.console import field_entry
from chongzheng.mistakes import TheirMistake
from console.seat import AXE, GRAVE, RULES
from console.wire import Wire, wire
from console.world import PASSWORD, Browser, Day, actor_of, now_ms, working_day
from journal.made import key, name_of

SURVEYS_MAX = 50
HALF_AN_HOUR_MS = 30 * 60_000
ANSWERED_FOR = """async () => {
  const until = performance.now() + 10000;
  const active = async () => {
    const found = await navigator.serviceWorker.getRegistration("/field/");
    return Boolean(found && found.active && found.active.state === "activated");
  };
  while (!(await active()) && performance.now() < until) await new Promise((go) => setTimeout(go, 50));
  return active();
}"""
WAIT_MS = 15_000
TAKEN_AT = 1_795_400_000_000


def slip(n: int, **other: Any) -> dict[str, Any]:
    """An entry as a phone says it, about the n-th payment."""
    words = {"merchant": key(n).merchant, "terminal": key(n).terminal, "batch": "1", "trace": str(n), "fen": 12_345}
    return {"key": str(uuid.uuid4()), "kind": "slip", "by": actor_of("technician"), "words": words, **other}


def survey(matter: str = "", **other: Any) -> dict[str, Any]:
    """A filled survey with a photo."""
    photo = {"name": "1-shop.jpg", "hash": hashlib.sha256(b"shop").hexdigest(), "taken_at": TAKEN_AT}
    form = {"answers": {"till?": "agrees"}, "taken_at": TAKEN_AT}
    words = {} if matter else {"site": "Shop 7", "questions": ["till?"]}
    said = {"key": str(uuid.uuid4()), "kind": "survey", "by": actor_of("technician"), "matter": matter}
    return {**said, "words": words, "form": form, "photos": [photo], **other}


def send(browser: Browser, entry: Any) -> httpx.Response:
    """As the phone does."""
    token = browser.get("/field/state").json()["token"]
    headers = {"X-CSRFToken": token, "Referer": str(browser.http.base_url)}
    return browser.http.post("/field/sync", json=entry, headers=headers)


def of_kind(day: Day, kind: str) -> list[Matter]:
    """Everything of it."""
    return day.keeper.page(kind)


def planned(day: Day, site: str, *questions: str) -> Matter:
    """A survey that a clerk asked for."""
    return day.keeper.open("survey", {"site": site, "questions": list(questions)}, actor_of("clerk"))


def test_a_slip_sent_three_times_is_one_and_has_found_its_payment(day: Day) -> None:
    browser, entry = day.signed_in("technician"), slip(2)
    before = len(of_kind(day, "slip"))
    answers = [send(browser, entry).json() for _ in range(3)]
    assert len({one["matter"] for one in answers}) == 1 and all(one["done"] for one in answers)
    assert len(of_kind(day, "slip")) == before + 1
    one = day.keeper.get(answers[0]["matter"])
    assert (one.state, one.payment, one.body["batch"]) == ("MATCHED", name_of(2), "000001")
    again = send(day.signed_in("clerk"), {**slip(2), "by": actor_of("clerk")}).json()
    assert again["matter"] == one.id, "the same paper from another phone is the same slip"


def test_a_survey_is_filled_once_with_its_photos_and_ended_by_its_result(day: Day) -> None:
    browser = day.signed_in("technician")
    plan = planned(day, "Shop 9", "till?")
    assert plan.id in [one["id"] for one in browser.get("/field/state").json()["surveys"]]
    entry = survey(plan.id, result="the till agrees")
    assert [send(browser, entry).json()["done"] for _ in range(2)] == [True, True]
    one = day.keeper.get(plan.id)
    assert one.state == "ENDED" and list(one.body["photos"]) == ["1-shop.jpg"]
    assert [act["fact"] for act in day.keeper.story(plan.id)] == ["Opened", "FormFilled", "PhotoAdded", "Ended"]


def test_of_many_surveys_those_come_to_the_phone_that_are_due_first(tmp_path: Path) -> None:
    with working_day(tmp_path) as here:
        last = now_ms() + 86_400_000 * 30
        plans = [
            here.keeper.open(
                "survey", {"site": f"Shop {n}", "questions": ["?"], "due_at": last - n * 60_000}, "p-clerk"
            )
            for n in range(SURVEYS_MAX + 5)
        ]
        here.keeper.open("survey", {"site": "Any day", "questions": ["?"]}, "p-clerk")
        sent = here.signed_in("technician").get("/field/state").json()["surveys"]
        assert [one["id"] for one in sent] == [one.id for one in plans[::-1]][:SURVEYS_MAX]


def test_a_survey_that_nobody_planned_is_opened_once(day: Day) -> None:
    browser, entry = day.signed_in("technician"), survey()
    made = [send(browser, entry).json()["matter"] for _ in range(2)]
    assert made[0] == made[1] and day.keeper.get(made[0]).state == "VISITED"


@pytest.mark.parametrize(
    ("entry", "where"),
    [
        ([], "key"),
        ({"key": "x"}, "key"),
        (slip(1, kind="case"), "kind"),
        (slip(1, words=None), "words"),
        (slip(1, words={"merchant": "M"}), "terminal"),
        (survey("case-1"), "matter"),
        (survey("survey-1", photos=[{}] * 11), "photos"),
        (survey("survey-1", photos=[{"name": "x", "hash": "y"}]), "hash"),
        (survey("survey-1", form={"answers": {"a": "6222021234567890128"}, "taken_at": 1}), "answer"),
        (survey("survey-1", result="6222 0212 3456 7890 128"), "result"),
        (survey("", words={"site": "x"}), "questions"),
    ],
)
def test_what_is_wrong_with_an_entry_is_said_by_its_place(entry: Any, where: str) -> None:
    with pytest.raises(TheirMistake) as mistake:
        field_entry.read(entry)
    assert mistake.value.where == where


def test_what_cannot_be_taken_is_refused_in_words(day: Day) -> None:
    browser = day.signed_in("technician")
    assert send(browser, {"key": "x"}).status_code == 400
    strange = send(browser, slip(1, by=actor_of("clerk")))
    assert strange.status_code == 409 and strange.json()["why"] == "由他人填写，须由其本人登录发送"
    gone = send(browser, survey("survey-999999"))
    assert gone.status_code == 404 and gone.json()["why"] == "事项：没有这个事项"
    card = send(browser, survey("survey-1", result="6222 0212 3456 7890 128"))
    assert card.json()["why"] == "结果：可能含有完整卡号，请遮蔽"
    forged = browser.http.post("/field/sync", content=json.dumps(slip(1)), headers={"X-CSRFToken": "x" * 64})
    assert forged.status_code == 403


def test_another_paper_of_a_slip_that_is_open_is_said_of_it_and_of_one_that_is_over_refused(day: Day) -> None:
    browser, first = day.signed_in("technician"), slip(71)
    made = send(browser, first).json()["matter"]
    assert day.keeper.get(made).state == "UNMATCHED"
    photo = hashlib.sha256(b"the second paper").hexdigest()
    second = slip(71)
    second["words"] |= {"fen": 8_850, "rrn": "000000000071", "hash": photo}
    for _ in range(2):
        assert send(browser, second).json() == {"done": True, "matter": made}
    body = day.keeper.get(made).body
    assert [one["hash"] for one in body["evidence"]] == [photo]
    (note,) = body["notes"]
    assert "88.50" in note["text"] and "000000000071" in note["text"]
    day.keeper.say(made, "Dropped", {"reason": "another house's"}, actor_of("clerk"))
    for entry in (first, slip(71)):
        answer = send(browser, entry)
        assert answer.status_code == 409 and made in answer.json()["why"] and "已撤下" in answer.json()["why"]
    matched = send(browser, slip(1)).json()["matter"]
    assert day.keeper.get(matched).state == "MATCHED"
    other = slip(1)
    other["words"] |= {"hash": photo}
    answer = send(browser, other)
    assert answer.status_code == 409 and matched in answer.json()["why"] and "摘要" in answer.json()["why"]


def test_the_page_on_the_phone_names_nobody(day: Day) -> None:
    browser = day.signed_in("technician")
    page = browser.get("/field/").text
    assert actor_of("technician") not in page and "Person" not in page and "csrf" not in page
    worker = browser.get("/field/worker.js")
    assert worker.headers["content-type"].startswith("text/javascript") and "/static/field.js?v=" in worker.text
    assert worker.text == browser.get("/field/worker.js").text


# In a browser


@contextmanager
def phone(chromium: Chromium, line: Wire, language: str = "zh", light: str = "light") -> Iterator[Page]:
    """A phone, signed in, that has seen the field page once."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, accept_downloads=False)
    context.set_default_timeout(WAIT_MS)
    cookies = {"language": language, "light": light}
    context.add_cookies([{"name": name, "value": text, "url": line.base} for name, text in cookies.items()])
    page = context.new_page()
    sign_in(page, line)
    page.goto(f"{line.base}/field/")
    page.locator(".state:not(.away)").wait_for()
    assert page.evaluate(ANSWERED_FOR), "nothing answers for the page without a network"
    yield page
    context.close()


def sign_in(page: Page, line: Wire) -> None:
    """The technician, by the form."""
    page.goto(f"{line.base}/sign-in?back=/field/")
    page.fill("#actor", actor_of("technician"))
    page.fill("#password", PASSWORD)
    page.click("button.btn-primary")
    page.wait_for_url("**/field/")


def write_slip(page: Page, n: int, photo: Path) -> None:
    """The form, filled in and kept."""
    page.locator("#slip-card > summary").click()
    words = {"merchant": key(n).merchant, "terminal": key(n).terminal, "batch": "000001", "trace": f"{n:06d}"}
    for name, text in {**words, "yuan": "88.50", "code": "98"}.items():
        page.fill(f"#{name}", text)
    page.set_input_files("#slip-photo", photo)
    page.click("#slip .go")
    page.locator(f"#waiting .what:has-text('{n:06d}')").wait_for()


def kept(page: Page) -> list[Any]:
    """What the phone's own storage holds."""
    ask = """() => Promise.race([new Promise((good) => {
      const opened = indexedDB.open("field", 1);
      opened.onsuccess = () => {
        const asked = opened.result.transaction("entries").objectStore("entries").getAll();
        asked.onsuccess = () => { opened.result.close(); good(asked.result.map((one) => one.title)); };
      };
    }), new Promise((_, bad) => setTimeout(() => bad("no answer"), 5000))])"""
    found: list[Any] = page.evaluate(ask)
    return found


def test_half_an_hour_without_a_network_and_then_exactly_one_slip(day: Day, chromium: Chromium, tmp_path: Path) -> None:
    photo = tmp_path / "slip.jpg"
    photo.write_bytes(b"\xff\xd8 the paper \xff\xd9")
    before = {one.id for one in of_kind(day, "slip")}
    with wire(day.base) as line, phone(chromium, line) as page:
        page.clock.install()
        line.cut()
        write_slip(page, 41, photo)
        page.locator(".state.away").wait_for()
        page.clock.fast_forward(HALF_AN_HOUR_MS)
        page.reload()
        page.locator("#waiting .what:has-text('000041')").wait_for()
        assert kept(page) == [f"{key(41).terminal} · 000041"]
        page.context.clear_cookies()  # away for longer than a session may rest
        line.mend()
        page.locator("#send").dispatch_event("click")  # it may have sent by itself just now
        page.locator("#signin a").wait_for()
        assert len(kept(page)) == 1 and {one.id for one in of_kind(day, "slip")} == before
        sign_in(page, line)
        page.locator("#done .what:has-text('000041')").wait_for()
        page.locator("#waiting .when:has-text('没有等待')").wait_for()
        assert kept(page) == [f"{key(41).terminal} · 000041"], "the picture is nowhere else"
        page.reload()
        page.locator("#done .when:has-text('请保存')").wait_for()
        page.on("dialog", lambda asked: asked.accept())
        page.locator("#done button").click()
        page.locator("#done li").wait_for(state="detached")
        assert kept(page) == []
    (made,) = [one for one in of_kind(day, "slip") if one.id not in before]
    assert made.body["hash"] == hashlib.sha256(photo.read_bytes()).hexdigest()
    assert (made.body["fen"], made.body["code"], made.body["trace"]) == (8_850, "98", "000041")


def test_an_answer_that_is_lost_on_the_way_makes_no_second_slip(day: Day, chromium: Chromium, tmp_path: Path) -> None:
    photo = tmp_path / "slip.jpg"
    photo.write_bytes(b"paper")
    before = len(of_kind(day, "slip"))
    with wire(day.base) as line, phone(chromium, line) as page:
        lost: list[int] = []

        def lose(route: Any) -> None:
            lost.append(route.fetch().status)
            route.abort() if len(lost) == 1 else route.continue_()

        page.route("**/field/sync", lose)
        with page.expect_event("requestfailed"):
            write_slip(page, 42, photo)
        assert len(of_kind(day, "slip")) == before + 1 and len(kept(page)) == 1, (
            "it is there, and the phone cannot know"
        )
        page.locator("#send").dispatch_event("click")  # it may have sent by itself just now
        page.locator("#done .what:has-text('000042')").wait_for()
        assert lost[0] == 200 and len(lost) == 2
        with page.expect_download():
            page.locator("#done a[download]").click()
        page.reload()
        page.locator("#waiting .when:has-text('没有等待')").wait_for()
        page.locator("#done li").wait_for(state="detached")
        assert kept(page) == [], "what was saved is gone when the page is opened again"
    assert len(of_kind(day, "slip")) == before + 1


def test_a_survey_is_filled_offline_and_a_refusal_stays_to_be_read(day: Day, chromium: Chromium) -> None:
    good = planned(day, "Shop 11", "Was the till counted?", "Who was there?")
    with wire(day.base) as line, phone(chromium, line, "en", "dark") as page:
        page.locator(f'#matter option[value="{good.id}"]').wait_for(state="attached")  # the plan has come to the phone
        line.cut()
        page.locator("#survey-card > summary").click()
        page.select_option("#matter", good.id)
        page.fill("#question-0", "yes")
        page.fill("#question-1", "the owner 6222 0212 3456 7890 128")
        page.click("#survey .go")
        page.locator("#waiting .what").wait_for()
        line.mend()
        page.locator("#send").dispatch_event("click")  # it may have sent by itself just now
        page.locator("#waiting .why:has-text('card number')").wait_for()
        assert len(kept(page)) == 1 and day.keeper.get(good.id).state == "PLANNED"
        page.evaluate(gzip.decompress(AXE.read_bytes()).decode("utf-8"))
        found = page.evaluate("(rules) => axe.run(document, rules)", RULES)["violations"]
        assert not [one["id"] for one in found if one["impact"] in GRAVE]
        page.on("dialog", lambda asked: asked.accept())
        page.get_by_role("button", name="Remove").click()
        page.locator("#waiting .when:has-text('Nothing waits')").wait_for()
        page.locator("#survey-card > summary").click()
        page.select_option("#matter", good.id)
        page.fill("#question-0", "yes")
        page.fill("#question-1", "the owner")
        page.click("#survey .go")
        page.locator("#done .what").wait_for()
    assert day.keeper.get(good.id).body["form"]["answers"]["Who was there?"] == "the owner"


def test_a_survey_that_leaves_the_list_while_somebody_writes_stays_chosen(day: Day, chromium: Chromium) -> None:
    first, mine = planned(day, "Shop 20", "What is there?"), planned(day, "Shop 21", "Was the till counted?")
    with wire(day.base) as line, phone(chromium, line, "en") as page:
        page.locator(f'#matter option[value="{mine.id}"]').wait_for(state="attached")
        page.locator("#survey-card > summary").click()
        assert page.locator("#matter").input_value() == "", "nobody has chosen yet"
        page.select_option("#matter", mine.id)
        page.locator("#question-0").press_sequentially("counted, 3")
        day.keeper.say(mine.id, "Dropped", {"reason": "not needed"}, actor_of("clerk"))
        page.locator("#send").dispatch_event("click")
        page.locator(f'#matter option[value="{mine.id}"]:has-text("not in the list any more")').wait_for(
            state="attached"
        )
        assert page.locator("#matter").input_value() == mine.id
        page.keyboard.type("00 yuan")
        assert page.locator("#question-0").input_value() == "counted, 300 yuan", "the cursor stays where it was"
        page.click("#survey .go")
        page.locator(f"#waiting .what:has-text('{mine.id}')").wait_for()
        page.locator("#waiting .why").wait_for()
    assert "form" not in day.keeper.get(first.id).body, "no answer has gone to another survey"
