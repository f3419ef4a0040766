"""Does every page say which requirements it serves, and does the tour lead through a day, by links and by keys?"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

import chongzheng
from chongzheng.cases.kinds import KINDS
from chongzheng.console.helping import NOTHING, OF_A_KIND, SHOWS, parts_of, served
from chongzheng.console.tour import STOPS, step_of, stops_for
from chongzheng.console.words import SENTENCES
from chongzheng.reports.requirements import every_row
from console.world import PASSWORD, Browser, Day, actor_of

PACKAGE = Path(chongzheng.__file__).parent
NEXT = re.compile(r'href="([^"]+)" data-tour="next"')
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PATTERN = re.compile(r'Page\(\s*"GET", "[^"]*", "([a-z-]+)"')


def test_every_page_says_what_it_serves_or_that_it_serves_none() -> None:
    pages = set(PATTERN.findall((PACKAGE / "console/pages.py").read_text("utf-8")))
    assert len(pages) > 20
    assert pages - set(SHOWS) == set(), "say in console/helping.py what these pages show, or NOTHING"


def test_what_pages_show_exists_and_serves_something() -> None:
    for name, parts in SHOWS.items():
        assert all((PACKAGE / part).is_file() for part in parts), name
        assert parts == NOTHING or served(name, "case"), name
        assert not served(name) or name in OF_A_KIND or f"page.{name}" in SENTENCES, name


def test_kinds_are_served_by_the_files_of_their_own_tables() -> None:
    assert "cases/refund.py" in parts_of("refund") and "cases/case_steps.py" in parts_of("case")
    assert {row.id for row in served("matter", "refund")} == {"S-37"}
    assert "S-01" in {row.id for row in served("matter", "case")}
    assert parts_of("nothing of ours") == frozenset()
    reached = {row.id for kind in KINDS for row in served("matter", kind)}
    reached |= {row.id for name in SHOWS for row in served(name)}
    built = {row.id for row in every_row() if any(part.startswith("cases/") for part in row.built)}
    assert len(built - reached) <= 3, sorted(built - reached)


def test_the_help_of_a_case_names_its_rows(day: Day) -> None:
    clerk = day.signed_in("clerk")
    case = day.matters["case"]
    page = clerk.get(f"/help?about=/matters/{case}").text
    assert "<dt>S-01</dt>" in page and "<dt>S-37</dt>" not in page
    assert f"/help?about=/matters/{case}" in clerk.get(f"/matters/{case}").text
    none = clerk.get("/help?about=/open").text
    assert SENTENCES["help.none"][0] in none
    for strange in ("", "/nowhere", "//elsewhere.example/", "/matters/<b>"):
        assert clerk.http.get("/help", params={"about": strange}).status_code == 200


def walked(one: Browser) -> list[str]:
    """The addresses of a whole tour, link by link."""
    at, seen = "/tour", []
    while len(seen) <= len(STOPS) + 5:
        answer = one.get(at)
        while answer.status_code == 302:
            answer = one.get(answer.headers["location"])
        assert answer.status_code == 200, at
        seen.append(answer.url.path)
        found = NEXT.search(answer.text)
        assert found is not None, at
        if "tour=" not in found[1]:
            return seen
        at = found[1]
    raise AssertionError("a tour without an end")


def test_the_tour_leads_everybody_through_what_they_may_see(day: Day) -> None:
    clerk = walked(day.signed_in("clerk"))
    assert len(clerk) == len(STOPS) == 7
    assert clerk[2].startswith("/matters/case-") and clerk[-1] == "/help"
    supplier = walked(day.signed_in("supplier"))
    assert "/live" not in supplier and "/money" not in supplier and supplier[-1] == "/help"
    assert len(walked(day.signed_in("technician"))) == len(STOPS) - 1


@pytest.mark.parametrize("address", ["/live", "/live?tour=0", "/live?tour=9", "/live?tour=x", "/live?tour=12"])
def test_an_address_without_a_step_has_no_tour(address: str) -> None:
    assert step_of(address, True, ["clerk"]) is None


def test_a_tour_says_everything_in_both_tongues() -> None:
    assert len(stops_for(True, True)) == 7 and len(stops_for(False, False)) == 5
    for name, _ in stops_for(True, True):
        assert all(SENTENCES[f"tour.{name}"]) and all(SENTENCES[f"tour.head.{name}"])


def test_the_tour_by_keys(day: Day, chromium: Chromium) -> None:
    page = chromium.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{day.base}/sign-in?back=/queues/my%3Ftour%3D1")
    page.fill("#actor", actor_of("clerk"))
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queues/my?tour=1")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/queues/all?tour=2")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/queues/my?tour=1")
    page.fill("#q", "typed")
    page.keyboard.press("ArrowRight")
    assert page.url.endswith("tour=1")
    page.locator("#q").blur()
    page.keyboard.press("Escape")
    page.wait_for_url("**/queues/my")
    assert page.locator("#tour").count() == 0
    page.close()
