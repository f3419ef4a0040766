"""How does somebody in a test work the pages: by keys alone, or by mouse?

Both do the same things in their own way: open a form, fill it, send it, follow a link. Nothing is set from outside:
a key is pressed, or a place is clicked, and what is typed goes where the cursor is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from playwright.sync_api import Locator

from console.seat import Screen
from console.world import PASSWORD, actor_of

TABS_MAX = 250
CHOICES_MAX = 40
LIMIT_MS = 30_000
UNPROVEN = "status of 401"
PROVE_BESIDE = "details[open] .prove a[target=_blank]"
HAS_CURSOR = "(wanted) => Boolean(document.activeElement && document.activeElement.matches(wanted))"
VALUE = "(one) => one.value"
DAY_ORDERS = ((1, 2, 0), (0, 1, 2))
"""Month, day, year, or year, month, day: as the browser's own field asks for them."""


class Player(ABC):
    """Somebody at a screen."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.page = screen.page
        self.keys = screen.page.keyboard
        self.page.set_default_timeout(LIMIT_MS)

    @abstractmethod
    def to(self, selector: str) -> Locator:
        """The cursor is on the first of these."""

    @abstractmethod
    def follow(self, selector: str) -> None:
        """A link, or a button: use it."""

    @abstractmethod
    def turn_to_actions(self) -> None:
        """To what can be done with a matter, past all that is known of it."""

    @abstractmethod
    def look_for(self, text: str) -> None:
        """Through the search of the desk."""

    def sign_in(self, role: str) -> None:
        """At the desk."""
        self.screen.go("/sign-in")
        self.to("#actor")
        self.keys.type(actor_of(role))
        self.to("#password")
        self.keys.type(PASSWORD)
        self.follow("form[action='/sign-in'] button")
        self.screen.arrive("**/queues/my")

    def say(self, matter: str, fact: str, words: Mapping[str, str]) -> None:
        """A fact of the matter whose page is open; who they are is proved on the spot where that is asked."""
        self._send(fact, words)
        if "/prove" in self.page.url:
            self.to("#password")
            self.keys.type(PASSWORD)
            self.follow("form[action='/prove'] button")
            self.screen.arrive(f"**/matters/{matter}")
            self._send(fact, words)
        elif self.page.locator(PROVE_BESIDE).count():
            self._prove_beside()
            with self.page.expect_navigation():
                self.follow(f"details[data-fact={fact}] form button.btn")
        told = self.page.locator("main .said").first
        told.wait_for()
        assert told.get_attribute("role") == "status", f"{fact}: {told.inner_text()}"

    def _prove_beside(self) -> None:
        """In a window of its own, as the page asks: what was written in this one stays."""
        self.turn_to_actions()
        with self.page.expect_popup() as opened:
            self.follow(PROVE_BESIDE)
        window = opened.value
        window.locator("#password").press_sequentially(PASSWORD)
        with window.expect_navigation():
            window.keyboard.press("Enter")
        window.close()
        self.page.bring_to_front()
        wrong = self.screen.wrong
        wrong[:] = [one for one in wrong if UNPROVEN not in one]  # a browser reports every answer of 4xx

    def _send(self, fact: str, words: Mapping[str, str]) -> None:
        form = f"details[data-fact={fact}]"
        assert self.page.locator(form).count(), (
            f"{fact} is not offered: {self.page.locator('.matter-side').inner_text()}"
        )
        self.turn_to_actions()
        if not self.page.locator(f"{form} > summary").is_visible():
            self.follow("details.more > summary")
        if self.page.locator(form).get_attribute("open") is None:
            self.follow(f"{form} > summary")
        for name, text in words.items():
            self.fill(f"#{fact}-{name}", text)
        with self.page.expect_navigation():
            self.follow(f"{form} form button.btn")

    def fill(self, selector: str, text: str) -> None:
        """Write it there, or choose it."""
        field = self.to(selector)
        kind = field.evaluate("(one) => one.tagName === 'SELECT' ? 'select' : one.type")
        if kind == "select":
            self.choose(field, text)
        elif kind == "date":
            self._day(field, text)
        else:
            self.keys.type(text)
        assert field.evaluate(VALUE) == text, (selector, field.evaluate(VALUE))

    def _day(self, field: Locator, day: str) -> None:
        parts = day.split("-")
        for order in DAY_ORDERS:
            for place in order:
                self.keys.type(parts[place])
                if place == 0 and order[0] == 0:
                    self.keys.press("ArrowRight")
            if field.evaluate(VALUE) == day:
                return
            for _ in parts:
                self.keys.press("Backspace")
                self.keys.press("ArrowLeft")

    def choose(self, field: Locator, value: str) -> None:
        """One of a list, by the arrow keys."""
        for _ in range(CHOICES_MAX):
            if field.evaluate(VALUE) == value:
                return
            self.keys.press("ArrowDown")


class ByKeys(Player):
    """Nobody touches the mouse."""

    def to(self, selector: str) -> Locator:
        """By Tab, as often as it takes."""
        found = self.page.locator(selector).first
        found.wait_for()
        for _ in range(TABS_MAX):
            if self.page.evaluate(HAS_CURSOR, selector):
                return found
            self.keys.press("Tab")
        raise AssertionError(f"{selector} cannot be reached by keys on {self.page.url}")

    def follow(self, selector: str) -> None:
        """There, and Enter."""
        self.to(selector)
        self.keys.press("Enter")

    def turn_to_actions(self) -> None:
        """The key that opens the first of them."""
        self.keys.press("Escape")
        self.keys.press("a")

    def look_for(self, text: str) -> None:
        """The key of the search."""
        self.keys.press("Escape")
        self.keys.press("/")
        self.keys.type(text)
        self.keys.press("Enter")


class ByMouse(Player):
    """Clicks, and typing where they lead."""

    def to(self, selector: str) -> Locator:
        """A click on it."""
        found = self.page.locator(selector).first
        found.click()
        return found

    def follow(self, selector: str) -> None:
        """A click on it."""
        self.page.locator(selector).first.click()

    def choose(self, field: Locator, value: str) -> None:
        """The list that a click opens is the system's, and no part of the page; so is what is chosen from it."""
        field.select_option(value)

    def turn_to_actions(self) -> None:
        """They are in sight, or a click brings them there."""

    def look_for(self, text: str) -> None:
        """The field at the top."""
        self.to("#q")
        self.keys.type(text)
        self.keys.press("Enter")
