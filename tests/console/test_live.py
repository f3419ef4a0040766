"""Does the live page say what journal and engine say, and no more; does it come again, and count as no click?"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from chongzheng.console.doorway import Answer, Away, Fetched
from chongzheng.console.engine import AWAY, CLOSED, SILENT, Watch, _ask
from chongzheng.console.fresh import Fresh
from chongzheng.console.pictures import failures, owed
from chongzheng.reports.control import Day as Counted
from chongzheng.reports.control import p_chart
from console.clearing import FIGURES
from console.seat import NARROW, WIDE, Screen
from console.test_money import PAGES
from console.world import PASSWORD, Day, actor_of, working_day

MINUTE_MS = 60_000
WAIT_S = 60
INSIDE = """
import json, sys
from dataclasses import replace
from pathlib import Path
from chongzheng.console import frame, place
here = place.read(Path(sys.argv[1]))
frame.set_up(here)
from django.conf import settings
from django.test import Client
from chongzheng.console.doorway import Answer, Away
now = [frame.wall_clock_ms()]
desk = settings.DESK = replace(settings.DESK, clock=lambda: now[0])
def client():
    one = Client(HTTP_HOST="127.0.0.1")
    assert one.post("/sign-in", {"actor": sys.argv[2], "password": sys.argv[3]}).status_code == 302
    return one
def seen(path):
    one, found = client(), []
    for _ in range(6):
        now[0] += 4 * 60_000
        found.append(one.get(path).status_code)
    return found
def page(path):
    answer = one.get(path)
    return [answer.status_code, answer.content.decode()]
said = {path: seen(path) for path in ("/live/figures", "/live")}
one = client()
class Saying:
    def __init__(self, answer): self.answer = answer
    def call(self, *words, **more):
        if self.answer is None: raise Away("ConnectError")
        return self.answer
    def fetch(self, *words, **more): raise Away("ConnectError")
signal = {"id": "register", "weight": 5, "hits": 7, "of": 9, "en": "another category", "zh": "类别不符"}
share = {"mean": 123, "low": 1, "high": 300}
alert = {"machine": "T7", "trades": 9, "score": 10, "level": "delay", "signals": [signal]}
alert["preferential_per_mille"] = share
found = {"files": 2, "trades": 9, "alerts": [alert], "advice": {"cards": [], "machines": []}, "absent": ["gone.txt"]}
settings.DESK = replace(desk, doorway=Saying(Answer(200, found)))
said["alert"] = page("/money/hopping?since=20260101&until=20260102")
settings.DESK = replace(desk, doorway=Saying(Answer(404, {"code": "not_found", "what": "there is no inbox here"})))
said["refused"] = page("/money/hopping?since=20260103&until=20260104")
settings.DESK = replace(desk, doorway=Saying(None))
now[0] += 60_000
for path in ("/live", "/money/files", "/money/hopping?since=20260105&until=20260106"):
    said["away " + path.partition("?")[0]] = page(path)
print(json.dumps(said))
"""
"""The desk in a process of its own, with a clock and a door of ours: a page that asks every four minutes, and a person
who clicks; then what only a door can say, and a door that is away."""


class Told:
    """A door that says this."""

    def __init__(self, status: int = 200, text: str = FIGURES, away: bool = False) -> None:
        self._said = (status, text, away)

    def call(self, method: str, path: str, *rest: Any, **more: Any) -> Answer:
        """Whether it is ready."""
        if self._said[2]:
            raise Away("ConnectError")
        return Answer(503, {"ok": False, "parts": {"journal": True, "host": False}, "overdue": ["acom of 20260921"]})

    def fetch(self, path: str, **more: str) -> Fetched:
        """Its figures."""
        return Fetched(self._said[0], "text/plain", self._said[1].encode())


def test_what_the_engine_says_is_heard_and_what_it_does_not_say_is_not_known() -> None:
    said = _ask(Told(), 5)  # type: ignore[arg-type]
    assert (said.why, said.links, said.circuit) == ("", {"unionpay": True, "spare": False}, "half-open")
    assert said.figures["reversals_empty_in_seconds"] == 180 and said.parts == {"journal": True, "host": False}
    assert said.late == ("acom of 20260921",)
    closed = _ask(Told(403), 5)  # type: ignore[arg-type]
    assert (closed.why, closed.figures, closed.parts["host"]) == (CLOSED, {}, False)
    assert _ask(Told(away=True), 5).why == AWAY  # type: ignore[arg-type]
    for text in ("", 'chongzheng_api_requests_total{call="x",status="200"} 3.0\n', "what is this {"):
        assert _ask(Told(text=text), 5).why == SILENT  # type: ignore[arg-type]


def test_the_drain_is_drawn_from_what_was_seen_to_when_nothing_is_left() -> None:
    watch = Watch()
    assert [count for _, count in watch.saw(0, 9)] == [9]
    watch.saw(2_000, 8)
    seen = watch.saw(12_000, 6)
    assert seen == [(0, 9), (12_000, 6)], "at most one in ten seconds is kept"
    assert [row.values for row in owed(seen, 60_000).rows] == [(9, None), (6, 6), (None, 0)]
    assert [row.values for row in owed(seen, None).rows] == [(9, None), (6, None)], "no forecast is made up"
    assert watch.saw(20 * MINUTE_MS, 1) == [(20 * MINUTE_MS, 1)]


def test_a_day_outside_its_limits_is_marked_in_the_table() -> None:
    days = [Counted(f"202609{day:02d}", 5, 100) for day in range(1, 13)]
    picture = failures(p_chart([*days, Counted("20260913", 60, 100)], until=-1))
    assert [row.label for row in picture.rows if row.strange] == ["20260913"]
    assert picture.rows[0].values[:4] == (100, 5, 50_000, 50_000)


def test_what_many_look_at_is_read_once_and_then_again() -> None:
    made: list[int] = []
    fresh = Fresh()
    for now in (0, 5, 9, 10, 15):
        fresh.get("key", now, 10, lambda: made.append(1))
    assert len(made) == 2
    with pytest.raises(ZeroDivisionError):
        fresh.get("other", 0, 10, lambda: 1 // 0)
    assert fresh.get("other", 0, 10, lambda: 7) == 7, "what failed is not kept"


def test_what_takes_long_is_made_beside_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chongzheng.console.fresh.PATIENCE_S", 0.01)
    fresh, done, made = Fresh(), Event(), []

    def slow() -> int:
        assert done.wait(WAIT_S)
        made.append(1)
        return len(made)

    assert [fresh.soon("key", 0, 10, 100, slow) for _ in range(3)] == [None] * 3
    done.set()
    assert fresh.awaited("key", 0, 10, slow) == 1 == len(made), "asked by four, made once"
    done.clear()
    later = 10_000_000
    assert fresh.soon("key", later, 10, later, slow) == 1, "the one before, while the next one is made"
    assert fresh.soon("key", later, 10, later - 1, slow) is None, "but not one that is too old"
    done.set()
    assert fresh.awaited("key", later, 10, slow) == 2
    monkeypatch.setattr("chongzheng.console.fresh.PATIENCE_S", WAIT_S)
    with pytest.raises(ZeroDivisionError):
        fresh.soon("other", 0, 10, 10, lambda: 1 // 0)
    assert fresh.soon("other", 0, 10, 10, lambda: 7) == 7, "what failed is not kept"


def test_what_was_dear_is_kept_for_longer() -> None:
    fresh, made = Fresh(), []
    for now in (0, 400, 60_000):
        fresh.awaited("key", now, 10, lambda: (made.append(1), time.sleep(0.05)))
    assert len(made) == 2


def test_the_page_says_what_journal_and_engine_say(day: Day) -> None:
    one = day.signed_in("auditor")
    page = one.get("/live").text
    for word in ("通道 unionpay", "通道 spare", "试探中", "42 毫秒", "1,204", "一家发卡行冲正无应答"):
        assert word in page, word
    assert f'href="/matters/{day.matters["incident"]}"' in page
    assert "没有待发冲正" in page, "none is owed here, whatever the engine forecasts"
    assert "不足以给出控制限" in page
    assert page.count('<tr><th scope="row" data-at=') >= 60, "the hour, minute by minute"
    assert day.signed_in("supplier").get("/live").status_code == 403


@pytest.fixture(scope="module")
def inside(day: Day) -> dict[str, Any]:
    """What a desk with a clock and a door of ours says."""
    command = [sys.executable, "-c", INSIDE, str(day.folder / "console.toml"), actor_of("clerk"), PASSWORD]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_what_a_page_asks_by_itself_is_no_click(inside: dict[str, Any]) -> None:
    assert inside["/live"] == [200] * 6
    assert inside["/live/figures"] == [200] * 5 + [302], "twenty minutes without a click"


def test_an_alert_says_which_machine_why_and_what_to_do(inside: dict[str, Any]) -> None:
    status, page = inside["alert"]
    assert status == 200
    for word in ("T7", "延迟结算，人工复核", "类别不符", "7/9", "12.3%", "gone.txt"):
        assert word in page, word


def test_what_is_not_known_is_said_and_not_guessed(inside: dict[str, Any]) -> None:
    status, page = inside["refused"]
    assert (status, "未能查看：there is no inbox here" in page) == (200, True)
    status, page = inside["away /live"]
    assert (status, "引擎的接口没有应答" in page, "链路" in page) == (200, True, True)
    status, page = inside["away /money/files"]
    assert (status, "应到、迟到、缺失未知" in page, "IND26092201ACOM" in page) == (200, True, True)
    assert inside["away /money/hopping"][0] == 503


def test_of_many_incidents_the_newest_are_shown_and_stand_first(tmp_path: Path) -> None:
    with working_day(tmp_path) as here:
        made = [here.keeper.open("incident", {"title": f"outage {n}", "channel": "unionpay"}).id for n in range(23)]
        page = here.signed_in("clerk").get("/live/figures").text
        shown = list(dict.fromkeys(re.findall(r'href="/matters/(incident-[0-9]+)"', page)))
        assert shown == made[::-1][:20]


def opened(day: Day, chromium: Chromium, wrong: list[str], scripts: bool = True) -> Page:
    """A clerk's page, signed in; what goes wrong on it is put into `wrong`."""
    page = chromium.new_context(viewport=WIDE, java_script_enabled=scripts).new_page()
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{day.base}/sign-in")
    page.fill("input[name=actor]", actor_of("clerk"))
    page.fill("input[name=password]", PASSWORD)
    page.locator("form button").last.click()
    page.wait_for_url("**/queues/my")
    return page


def test_pictures_stay_while_figures_come_again_and_nothing_is_asked_while_nobody_looks(
    day: Day, chromium: Chromium
) -> None:
    wrong: list[str] = []
    page = opened(day, chromium, wrong)
    page.goto(f"{day.base}/live")
    page.locator("#canvas-traffic canvas").wait_for()
    page.locator("#table-traffic summary").click()
    page.evaluate("document.querySelector('#canvas-traffic canvas').dataset.same = 'yes'")
    with page.expect_response("**/live/figures", timeout=15_000) as answer:
        pass
    assert answer.value.status == 200
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelector('#canvas-traffic canvas').dataset.same") == "yes"
    assert page.locator("#table-traffic").get_attribute("open") is not None, "what was unfolded stays so"
    assert page.locator("#table-age").get_attribute("open") is None
    asked: list[str] = []
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(6_000)
    assert not asked and "已暂停" in page.locator("[data-live-note]").inner_text()
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => false, configurable: true})")
    with page.expect_response("**/live/figures", timeout=15_000):
        pass
    page.context.close()
    assert not wrong


def test_a_page_whose_session_ended_shows_the_way_in(day: Day, chromium: Chromium) -> None:
    page = opened(day, chromium, [])
    page.goto(f"{day.base}/live")
    page.context.clear_cookies()
    page.wait_for_url("**/sign-in**", timeout=15_000)
    page.context.close()


def test_without_a_script_the_tables_stand_there(day: Day, chromium: Chromium) -> None:
    page = opened(day, chromium, [], scripts=False)
    page.goto(f"{day.base}/live")
    assert page.locator("#table-traffic tbody tr").first.is_visible()
    assert re.match(r"\d\d-\d\d \d\d:\d\d", page.locator("#table-traffic tbody th").first.inner_text())
    page.context.close()


def test_nothing_on_the_money_pages_shuts_anybody_out(day: Day, chromium: Chromium) -> None:
    page = opened(day, chromium, [])
    page.set_viewport_size(NARROW)
    cookies = {"language": "en", "light": "dark"}
    page.context.add_cookies([{"name": name, "value": text, "url": day.base} for name, text in cookies.items()])
    one = Screen(page, day)
    for path in PAGES:
        one.go(path)
        assert not one.grave(), path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"
    page.context.close()
