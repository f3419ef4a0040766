"""What does every page look like? `python tests/console/screens.py` opens a working day and takes its picture anew.

Pages are those of the table of pages: an address with a number in it is the first such link that any page shows. Each
is taken in both languages, wide and on a phone, as a small PNG with a palette. Pages without an example are named.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "src/chongzheng/console/pages.py"
TARGET = ROOT / "docs/screens"
PROGRAM = [sys.executable, "-c", "from chongzheng.cli import main; main()"]
ROW = re.compile(r'Page\(\s*"GET", "([^"]*)", "([a-z-]+)"')
UNDER_WAY = "the day goes on"
SIZES = {"wide": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
LANGUAGES = ("zh", "en")
WHO = ("zhang", "wang", "boss", "li")
"""Who is tried in turn: a page that one may not see, another may."""
NO_PICTURE = frozenset({
    "home", "tour", "tour-case", "export", "field-worker", "field-state", "live-figures", "retrieval", "day-export",
    "day-trial", "register-export", "prove", "matter-report",
})  # fmt: skip
"""Files, parts of pages, and addresses that lead elsewhere."""
STARTED_S, FILLED_S, SETTLED_MS, WAIT_MS = 120, 300, 350, 30_000
COLOURS = 96


@contextmanager
def working_day() -> Iterator[tuple[str, str]]:
    """(address, password) of a day that is under way."""
    with tempfile.TemporaryDirectory(prefix="chongzheng-screens-") as place:
        folder, out, err = Path(place) / "day", Path(place) / "out", Path(place) / "err"
        words = [*PROGRAM, "up", "--demo", "--keep", str(folder), "--json"]
        with open(out, "wb") as said, open(err, "wb") as log:
            process = subprocess.Popen(words, stdout=said, stderr=log, start_new_session=True)
        try:
            _until(lambda: out.read_bytes().endswith(b"\n"), STARTED_S, process)
            _until(lambda: UNDER_WAY in err.read_text("utf-8"), FILLED_S, process)
            told = json.loads(out.read_bytes())
            yield told["console"], told["password"]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _until(holds: Any, wait_s: float, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + wait_s
    while not holds():
        if time.monotonic() > until or process.poll() is not None:
            raise SystemExit("the working day did not begin")
        time.sleep(0.3)


class Camera:
    """One browser, somebody signed in for each of WHO."""

    def __init__(self, browser: Browser, base: str, password: str) -> None:
        self.base = base
        self.seats = {who: self._seat(browser, who, password) for who in WHO}

    def _seat(self, browser: Browser, who: str, password: str) -> tuple[BrowserContext, Page]:
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.goto(f"{self.base}/sign-in")
        page.fill("#actor", who)
        page.fill("#password", password)
        page.locator("#password").press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return context, page

    def shown(self, path: str) -> tuple[str, set[str]] | None:
        """Who may see this page, and the addresses that it links to; None: nobody of WHO."""
        for who, (_, page) in self.seats.items():
            answer = page.goto(self.base + path)
            if answer is not None and answer.status == 200:
                found = page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
                return who, {address.partition("?")[0] for address in found if address.startswith("/")}
        return None

    def take(self, who: str, path: str, name: str) -> None:
        """Its pictures."""
        context, page = self.seats[who]
        for language in LANGUAGES:
            context.add_cookies([{"name": "language", "value": language, "url": self.base}])
            for size, view in SIZES.items():
                page.set_viewport_size(view)  # type: ignore[arg-type]
                page.goto(self.base + path)
                page.wait_for_timeout(SETTLED_MS)
                (TARGET / f"{name}-{language}-{size}.png").write_bytes(smaller(page.screenshot()))


def smaller(png: bytes) -> bytes:
    """The same picture with a palette: pages have few colours, and a repository keeps every byte for ever."""
    with Image.open(io.BytesIO(png)) as whole:
        small = whole.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


def _wanted() -> list[tuple[str, str]]:
    return [(path, name) for path, name in ROW.findall(PAGES.read_text("utf-8")) if name not in NO_PICTURE]


def main() -> int:
    """Every page anew; 1 when one has no example."""
    TARGET.mkdir(parents=True, exist_ok=True)
    missing = []
    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    with working_day() as (base, password), sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        camera, links = Camera(browser, base, password), set[str]()
        taken: dict[str, tuple[str, str]] = {}
        for path, name in sorted(_wanted(), key=lambda one: one[0].count("<")):
            pattern = re.compile("/" + re.sub(r"<[^>]+>", "[^/]+", path) + "$")
            choices = [f"/{path}"] if "<" not in path else sorted(filter(pattern.match, links))
            for address in choices[:3]:
                if (seen := camera.shown(address)) is not None:
                    links |= seen[1]
                    taken[name] = (seen[0], address)
                    break
            else:
                missing.append(name)
        for name, (who, address) in taken.items():
            camera.take(who, address, name)
            print(name, address, flush=True)
        browser.close()
    print(f"{len(taken)} pages; no example of: {', '.join(missing) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
