"""Does the desk work in a real browser: by keyboard, in both languages, on a phone, without a word to anybody else?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from console.seat import NARROW, WIDE, screen
from console.world import Day, working_day
from journal.made import name_of


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A day of its own: it is worked here."""
    with working_day(tmp_path_factory.mktemp("browser")) as one:
        yield one


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
        one.arrive(f"**{first}")
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
        one.arrive("**/queues/my")
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
        one.arrive("**/queues/all?kind=task")
        assert set(one.page.locator("tbody .what").all_inner_texts()) and one.page.locator("text=case-").count() == 0
        one.page.fill("#filter-title", "Tasks only")
        one.page.keyboard.press("Enter")
        one.page.locator("nav a", has_text="Tasks only").wait_for()
        one.go("/queues/my")
        one.page.locator("nav a", has_text="Tasks only").click()
        one.arrive("**/queues/all?kind=task")
        one.page.get_by_label("Delete filter: Tasks only").click()
        one.arrive("**/queues/all")
        assert one.page.locator("nav a", has_text="Tasks only").count() == 0


def test_a_switch_of_language_stays_on_the_page(day: Day, chromium: Browser) -> None:
    with screen(day, chromium) as one:
        one.sign_in("auditor")
        one.go("/money")
        one.page.get_by_role("button", name="English").click()
        one.arrive("**/money")
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
