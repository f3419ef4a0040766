"""Who sits before the browser in a test, and what may the pages there not do?"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from console.world import PASSWORD, Day, actor_of

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
"""Of the Debian package chromium, which make setup installs."""
AXE = Path(__file__).parent / "vendor" / "axe.min.js.gz"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
GRAVE = ("serious", "critical")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
FOCUSED = "() => { const one = document.querySelector('[autofocus]'); return !one || one === document.activeElement }"


@dataclass
class Screen:
    """A page in the browser, and what it did that it should not: errors of its own, words to others."""

    page: Page
    day: Day
    wrong: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """To this address."""
        self.page.goto(self.day.base + path)
        self.ready()

    def arrive(self, pattern: str) -> None:
        """Where a key or a click leads: there, and ready for the next key."""
        self.page.wait_for_url(pattern)
        self.ready()

    def ready(self) -> None:
        """The field that the page puts the cursor into has it: a browser does that with its next picture."""
        self.page.wait_for_function(FOCUSED)

    def sign_in(self, role: str) -> None:
        """By keyboard."""
        self.go("/sign-in")
        self.page.keyboard.type(actor_of(role))
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.arrive("**/queues/my")

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
