"""Does the desk work in a real browser: by keyboard, in both languages, on a phone, without a word to anybody else?"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from console.world import PASSWORD, Day, actor_of, working_day
from journal.made import name_of

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
"""Of the Debian package chromium, which make setup installs."""
AXE = Path(__file__).parent / "vendor" / "axe.min.js.gz"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
GRAVE = ("serious", "critical")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A day of its own: it is worked here."""
    with working_day(tmp_path_factory.mktemp("browser")) as one:
        yield one


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's browser."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Screen:
    """A page in the browser, and what it did that it should not: errors of its own, words to others."""

    page: Page
    day: Day
    wrong: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """To this address."""
        self.page.goto(self.day.base + path)

    def sign_in(self, role: str) -> None:
        """By keyboard."""
        self.go("/sign-in")
        self.page.keyboard.type(actor_of(role))
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/queues/my")

    def grave(self) -> list[str]:
        """What axe finds that would shut somebody out."""
        self.page.evaluate(gzip.decompress(AXE.read_bytes()).decode("utf-8"))
        found: list[dict[str, Any]] = self.page.evaluate("(rules) => axe.run(document, rules)", RULES)["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in GRAVE]


@contextmanager
def screen(
    day: Day, chromium: Browser, language: str = "zh", light: str = "light", size: Any = None
) -> Iterator[Screen]:
    """A fresh browser; whatever its pages did wrong fails the test that had it."""
    context = chromium.new_context(viewport=size or WIDE)
    cookies = {"language": language, "light": light}
    context.add_cookies([{"name": name, "value": text, "url": day.base} for name, text in cookies.items()])
    one = Screen(context.new_page(), day)
    one.page.on("console", lambda said: one.wrong.append(said.text) if said.type in ("error", "warning") else None)
    one.page.on("pageerror", lambda error: one.wrong.append(str(error)))
    ours = (day.base, "data:")
    one.page.on("request", lambda asked: None if asked.url.startswith(ours) else one.wrong.append(asked.url))
    yield one
    context.close()
    assert not one.wrong


def addresses(day: Day) -> list[str]:
    """One of every page."""
    case, task = day.matters["case"], day.matters["task-0"]
    plain = ["/queues/all", "/queues/fault-slips", "/areas/confirm", f"/matters/{case}", f"/matters/{task}", "/open"]
    more = ["/open/case", f"/payments/{name_of(1)}", "/live", "/money?day=20260922", "/registers", "/help"]
    return [
        *plain,
        *more,
        "/registers/case%20actions",
        "/registers/case%20limits/propose?row=reopens",
        "/search?q=000001",
    ]


@pytest.mark.parametrize(
    ("language", "light", "size"), [("zh", "light", WIDE), ("en", "dark", WIDE), ("zh", "dark", NARROW)]
)
def test_nothing_on_any_page_shuts_anybody_out(
    day: Day, chromium: Browser, language: str, light: str, size: dict[str, int]
) -> None:
    with screen(day, chromium, language, light, size) as one:
        one.go("/sign-in")
        assert not one.grave()
        one.sign_in("supervisor")
        for path in addresses(day):
            one.go(path)
            assert not one.grave(), path
            assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"


def test_a_queue_is_worked_by_keyboard_alone(day: Day, chromium: Browser) -> None:
    with screen(day, chromium) as one:
        one.sign_in("clerk")
        keys = one.page.keyboard
        one.go("/queues/all")
        keys.press("j")
        keys.press("j")
        keys.press("k")
        first = one.page.locator("tr.chosen a").get_attribute("href")
        assert first == one.page.locator("tbody tr a").first.get_attribute("href")
        keys.press("Enter")
        one.page.wait_for_url(f"**{first}")
        keys.press("n")
        keys.type("商户称已交付 j k /")
        keys.press("Control+Enter")
        one.page.get_by_role("status").wait_for()
        assert "商户称已交付 j k /" in one.page.locator(".facts").inner_text()
        keys.press("r")
        keys.press("Enter")
        one.page.get_by_role("status").wait_for()
        keys.press("g")
        keys.press("q")
        one.page.wait_for_url("**/queues/my")
        assert one.page.locator(f'tbody a[href="{first}"]').count() == 1


def test_keys_help_and_are_silent_while_somebody_types(day: Day, chromium: Browser) -> None:
    with screen(day, chromium, "en") as one:
        one.sign_in("clerk")
        one.page.keyboard.press("?")
        assert one.page.locator("dialog#keys").is_visible()
        one.page.keyboard.press("Escape")
        one.page.keyboard.press("/")
        one.page.keyboard.type("gq?jn/")
        assert one.page.locator("#q").input_value() == "gq?jn/"
        assert not one.page.locator("dialog#keys").is_visible()
        composing = "new KeyboardEvent('keydown', {key: '?', isComposing: true, bubbles: true})"
        one.page.keyboard.press("Escape")
        one.page.evaluate(f"document.body.dispatchEvent({composing})")
        assert not one.page.locator("dialog#keys").is_visible()


def test_filters_stand_in_the_address_and_are_saved(day: Day, chromium: Browser) -> None:
    with screen(day, chromium, "en") as one:
        one.sign_in("supervisor")
        one.go("/queues/all")
        one.page.select_option("select[name=kind]", "task")
        one.page.wait_for_url("**/queues/all?kind=task")
        assert set(one.page.locator("tbody .what").all_inner_texts()) and one.page.locator("text=case-").count() == 0
        one.page.fill("#filter-title", "Tasks only")
        one.page.keyboard.press("Enter")
        one.page.locator("nav a", has_text="Tasks only").wait_for()
        one.go("/queues/my")
        one.page.locator("nav a", has_text="Tasks only").click()
        one.page.wait_for_url("**/queues/all?kind=task")
        one.page.get_by_label("Delete filter: Tasks only").click()
        one.page.wait_for_url("**/queues/all")
        assert one.page.locator("nav a", has_text="Tasks only").count() == 0


def test_a_switch_of_language_stays_on_the_page(day: Day, chromium: Browser) -> None:
    with screen(day, chromium) as one:
        one.sign_in("auditor")
        one.go("/money")
        one.page.get_by_role("button", name="English").click()
        one.page.wait_for_url("**/money")
        assert one.page.locator("h1").inner_text() == "Money in doubt"
        one.page.get_by_role("button", name="Dark").click()
        one.page.wait_for_load_state()
        assert one.page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_live_figures_come_again_without_a_reload(day: Day, chromium: Browser) -> None:
    with screen(day, chromium) as one:
        one.sign_in("clerk")
        one.go("/live")
        with one.page.expect_response("**/live/figures", timeout=15_000) as answer:
            pass
        assert answer.value.status == 200
