"""Can everybody read the page of a case and its paper, in both languages, both lights, on a desk and on a phone?"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from console.casework import Casework, doubtful
from console.seat import NARROW, WIDE, screen
from console.world import PASSWORD, Day

A4_WIDE_PX = 680
"""Between the margins of an A4 page, at 96 to the inch."""


@pytest.fixture(scope="module")
def one(casework_day: Day) -> Casework:
    """A payment in doubt with its case and its refund."""
    return doubtful(casework_day.journal, casework_day.keeper, 700, 1_000)


@pytest.mark.parametrize(("language", "light", "size"), [("zh", "light", WIDE), ("en", "dark", NARROW)])
def test_nothing_on_these_pages_shuts_anybody_out(
    casework_day: Day, one: Casework, chromium: Browser, language: str, light: str, size: dict[str, int]
) -> None:
    paths = [f"/matters/{one.case}", f"/matters/{one.refund}", f"/payments/{one.payment}/print"]
    with screen(casework_day, chromium, language, light, size) as seat:
        seat.sign_in("supervisor")
        for path in paths:
            seat.go(path)
            assert not seat.grave(), path
            assert seat.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"


def test_an_approval_is_found_checked_proved_and_given_by_keyboard_alone(
    casework_day: Day, one: Casework, chromium: Browser
) -> None:
    with screen(casework_day, chromium, "en") as seat:
        seat.sign_in("supervisor")
        keys = seat.page.keyboard
        seat.go(f"/matters/{one.refund}")
        assert seat.page.locator("#check").inner_text().count("PR-4") == 1
        keys.press("a")
        assert seat.page.evaluate("document.activeElement.closest('details').dataset.fact") == "Approved"
        keys.press("Control+Enter")
        seat.arrive("**/prove?**")
        keys.type(PASSWORD)
        keys.press("Enter")
        seat.arrive(f"**/matters/{one.refund}")
        keys.press("a")
        keys.press("Control+Enter")
        seat.page.get_by_role("status").wait_for()
        assert "Done: Approve" in seat.page.get_by_role("status").inner_text()
    assert casework_day.keeper.get(one.refund).state == "APPROVED"


def test_paper_fits_a4_and_leaves_the_buttons_on_the_screen(
    casework_day: Day, one: Casework, chromium: Browser
) -> None:
    with screen(casework_day, chromium) as seat:
        seat.sign_in("clerk")
        seat.go(f"/payments/{one.payment}/print")
        assert seat.page.locator(".tools").is_visible()
        seat.page.emulate_media(media="print")
        seat.page.set_viewport_size({"width": A4_WIDE_PX, "height": 960})
        assert not seat.page.locator(".tools").is_visible()
        assert seat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert seat.page.pdf(format="A4").startswith(b"%PDF")
