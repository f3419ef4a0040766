"""Does one doubtful payment go its whole way through real browsers: clerk, supervisor, finance, customer, auditor?

Once in Chinese by keys alone, once in English by mouse, on the shipped engine with the simulator's bank. The late
reversal is the bank's, the claw-back is the product's; the test only does what people do, and reads what they read.
"""

from __future__ import annotations

import io
import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Browser

from chongzheng.cases.calendar import day_of
from chongzheng.cases.matter import PROGRAM
from chongzheng.console.words import LANGUAGES, fact
from chongzheng.settlement.days import shifted
from chongzheng.simulator.demo import engine_id
from chongzheng.simulator.terminal import Seen
from console.player import ByKeys, ByMouse, Player
from console.seat import NARROW, screen
from console.town import FEN, PAN, Town, town
from console.world import Day, now_ms

Both = tuple[str, str]
"""In Chinese, in English."""
ZH, EN = LANGUAGES
SIGNALS = '{"issuer.timeout_z": 6.2, "host.rev_out": 1, "tlm.printer": "ok", "orig.timeout": true}'
LATER_DAYS, NOTICE_DAYS = 7, 20
LONG_NUMBER = re.compile(r"[0-9](?:[ -]?[0-9]){12,}")
A4 = "A4"


@dataclass(frozen=True)
class Says:
    """Somebody says a fact of a matter; `words`: what they write, the same in both languages or each in its own."""

    who: str
    kind: str
    fact: str
    words: dict[str, str | Both] = field(default_factory=dict)


@dataclass(frozen=True)
class Opens:
    """Somebody opens a matter of this kind from the page of the case."""

    who: str
    kind: str
    words: dict[str, str | Both]


@dataclass(frozen=True)
class Reads:
    """What the customer reads now: the answer, what stands beside it, and the steps with how each stands."""

    answer: Both
    also: tuple[Both, ...]
    steps: tuple[tuple[Both, str], ...]


@dataclass(frozen=True)
class Happens:
    """What nobody at the desk does. `what`: the name of a part of the play."""

    what: str


PAID, CHECKED = ("刷卡付款", "Card payment"), ("与银行核实", "Checked with the bank")
TOLD, SENT, ARRIVED = (
    ("写明结果", "The result stands here"),
    ("退款发出", "Refund sent"),
    ("退款到账", "Refund arrived"),
)
SETTLED, RETURNED = ("与您商定多退的一笔", "Settled with you"), ("交易撤销，钱已退回", "Undone, the money went back")
STATEMENT = ("显示在您的账单上", "Your statement shows it")
CHECKING = ("正在核实，还不知道钱是否已扣", "Being checked: it is not known yet whether it was taken")
NO_SECOND_TIME = ("请不要为同一笔消费再付一次", "do not pay for the same thing again")
PROMISED = ("我们答应您：最晚 {promised day}。", "We promised you: by {promised day} at the latest.")
NOT_KNOWN = ("这笔钱是否已从您的账户扣走", "Whether the money has left your account")
BEING_CHECKED = ((PAID, "done"), (CHECKED, "now"), (TOLD, "ahead"))
TWICE = ("同一笔钱退回了两次", "The same money came back to you twice")
WRITTEN_FIRST = ("会先写信告诉您金额、日期和依据", "we write to you first, with amount, day and documents")
TWICE_STEPS = ((PAID, "done"), (CHECKED, "done"), (SENT, "done"), (ARRIVED, "done"), (SETTLED, "now"))

STORY: tuple[Says | Opens | Reads | Happens, ...] = (
    Happens("the sale"),
    Reads(CHECKING, (NO_SECOND_TIME, NOT_KNOWN), BEING_CHECKED),
    # Confirm
    Says("clerk", "case", "Taken"),
    Says("clerk", "case", "ConfirmStarted"),
    Says("clerk", "case", "WitnessHeard", {
        "witness": "channel query", "original": "yes", "reversal": "rejected 12",
        "reference": ("银行服务台电话", "help desk of the bank, by telephone"),
    }),
    Says("clerk", "case", "WitnessHeard", {
        "witness": "merchant", "goods": "no", "text": ("店长：没有给货", "the shop's manager: nothing was handed over"),
    }),
    Says("clerk", "case", "Confirmed"),
    # Diagnose
    Says("clerk", "case", "SignalsHeard", {"signals": SIGNALS, "source": "telemetry"}),
    Says("clerk", "case", "CauseFound"),
    # Decide, and put right
    Says("clerk", "case", "PromiseMade", {"what": ("告知核实结果", "the result of our check"), "day": "{promised}"}),
    Reads(CHECKING, (PROMISED, NOT_KNOWN), BEING_CHECKED),
    Says("clerk", "case", "Decided", {"action": "provisional refund"}),
    Opens("clerk", "refund", {
        "fen": "88.00", "customer": "C-4711", "reason": ("已扣款，冲正被拒，未交货", "charged, not reversed, no goods"),
    }),
    Reads(CHECKING, (PROMISED,), BEING_CHECKED),
    Says("supervisor", "refund", "StopReversal", {"reason": ("改走退款", "it goes back by a refund")}),
    Happens("the reversal is stopped"),
    Says("supervisor", "refund", "Approved"),
    Says("finance", "refund", "Sent", {"way": "file", "reference": "file-7-line-3", "looked_up": "nothing"}),
    Reads(
        ("退款正在退往您的银行", "Your refund is on its way to your bank"),
        (("退款 88.00 元 已发出", "CNY 88.00 were sent back"), NOT_KNOWN),
        ((PAID, "done"), (CHECKED, "now"), (SENT, "done"), (ARRIVED, "now")),
    ),
    Says("finance", "refund", "Posted", {"reference": ("第 7 批第 3 行已入账", "file 7, line 3, acknowledged")}),
    Reads(
        ("退款已到账", "Your refund has arrived"),
        (("退款 88.00 元 已入账到原卡", "CNY 88.00 were posted to the card that paid"),),
        ((PAID, "done"), (CHECKED, "now"), (SENT, "done"), (ARRIVED, "done")),
    ),
    # The bank works the reversal off after all, and its files say so
    Happens("the late reversal"),
    Reads(TWICE, (WRITTEN_FIRST, PROMISED), TWICE_STEPS),
    Says("finance", "clawback", "CancelTried", {"worked": "no", "reference": ("REQ-1 被拒", "REQ-1, refused")}),
    Says("supervisor", "clawback", "NoticeGiven", {
        "to": "customer", "debit_day": "{debit}", "documents": ("清算文件", "the clearing files"),
        "complaints": "400-820-8888", "merchant": ("晨光便利店", "Morning Light Store"), "card": "622202******6535",
    }),
    Happens("the letter"),
    Reads(TWICE, (("{debit day} 之前，不会扣回任何款项。", "Nothing is taken back before {debit day}."),), TWICE_STEPS),
    Says("finance", "clawback", "PaidBack", {"fen": "88.00", "reference": ("流水第 1 行", "statement, line 1")}),
    Reads(
        ("钱已退回您的卡", "The money went back to your card"),
        (("这笔交易已撤销，您不用做什么", "the payment was undone. You need not do anything"),),
        ((PAID, "done"), (CHECKED, "done"), (RETURNED, "done"), (SETTLED, "done"), (STATEMENT, "now")),
    ),
    # What was decided on another truth is decided anew; then it is over
    Says("clerk", "case", "Confirmed"),
    Says("clerk", "case", "CauseFound"),
    Says("clerk", "case", "Decided", {"action": "claw back"}),
    Says("clerk", "case", "Remedied", {"result": ("客户已还款", "the customer paid it back")}),
    Says("clerk", "case", "NoticeSent", {
        "audience": "cardholder", "template": "cardholder.returned", "reference": ("电话告知", "told by telephone"),
    }),
    Says("clerk", "case", "PromiseKept", {"no": "1"}),
    Says("clerk", "case", "Closed", {"outcome": ("冲正迟到生效，多退的已还清", "the reversal worked late; settled")}),
    Happens("the audit"),
)  # fmt: skip


class Play:
    """The story in one language, in one way of working. `seats`: whoever is signed in; `behind`: whose
    page was opened before something happened."""

    def __init__(self, here: Town, chromium: Browser, language: str, way: type[Player], stack: ExitStack) -> None:
        self.here, self.chromium, self.language, self.way, self.stack = here, chromium, language, way, stack
        self.seats: dict[str, Player] = {}
        self.looked: set[str] = set()
        self.behind: set[Player] = set()
        today = day_of(now_ms())
        self.days: dict[str, str] = {}
        for name, later in (("promised", LATER_DAYS), ("debit", NOTICE_DAYS)):
            day = datetime.strptime(shifted(today, later), "%Y%m%d").replace(tzinfo=UTC)
            self.days[name] = f"{day:%Y-%m-%d}"
            self.days[f"{name} day"] = (
                f"{day.year}年{day.month}月{day.day}日" if language == ZH else f"{day.day} {day:%b %Y}"
            )

    def play(self) -> None:
        """All of it."""
        for part in STORY:
            match part:
                case Says():
                    self.says(part)
                case Opens():
                    self.opens(part)
                case Reads():
                    self.reads(part)
                case Happens():
                    self.behind |= set(self.seats.values())
                    getattr(self, part.what.replace(" ", "_"))()

    # The desk

    def says(self, part: Says) -> None:
        """On the page of the matter, found as one finds it."""
        player, matter = self.player(part.who), self.here.about(self.payment, part.kind)
        self.open_page(player, matter)
        self.glance(player, f"{part.kind} of {part.who}")
        player.say(matter, part.fact, self.written(part.words))

    def opens(self, part: Opens) -> None:
        """From the page of the case: payment and case are written there already."""
        player, case = self.player(part.who), self.here.about(self.payment, "case")
        self.open_page(player, case)
        player.follow(f".begins a[href^='/open/{part.kind}?']")
        player.screen.arrive(f"**/open/{part.kind}?**")
        self.glance(player, f"open {part.kind}")
        for name, text in self.written(part.words).items():
            player.fill(f"#{part.kind}-{name}", text)
        with player.page.expect_navigation():
            player.follow("form.card button.btn-primary")
        opened = self.here.about(self.payment, part.kind)
        assert player.page.url.endswith(f"/matters/{opened}"), player.page.locator("main").inner_text()
        assert self.here.keeper.get(opened).parent == case

    def open_page(self, player: Player, matter: str) -> None:
        """By the search for the trace on the slip, unless it is open already."""
        if player.page.url.endswith(f"/matters/{matter}") and player not in self.behind:
            return
        self.behind.discard(player)
        player.look_for(f"{self.seen.key.terminal} {self.seen.key.stan}")
        player.screen.arrive("**/search?**")
        self.glance(player, "search")
        player.follow(f"main a[href='/matters/{matter}']")
        player.screen.arrive(f"**/matters/{matter}")

    def player(self, who: str) -> Player:
        """Whoever has this role, signed in at a screen of their own."""
        if who not in self.seats:
            one = screen(self._at(self.here.base), self.chromium, self.language)
            self.seats[who] = self.way(self.stack.enter_context(one))
            self.seats[who].sign_in(who)
        return self.seats[who]

    def _at(self, base: str) -> Day:
        return Day(self.here.made.folder, base, "", self.here.side, self.here.keeper)

    def glance(self, player: Player, what: str) -> None:
        """Nothing on this page shuts anybody out; each page is looked at once."""
        if what not in self.looked:
            self.looked.add(what)
            assert not player.screen.grave(), what

    def written(self, words: dict[str, str | Both]) -> dict[str, str]:
        """What somebody writes, in their language."""
        return {name: self.told(word) for name, word in words.items()}

    def told(self, word: str | Both) -> str:
        """In the language of the play, with its days."""
        text = word if isinstance(word, str) else word[LANGUAGES.index(self.language)]
        for name, day in self.days.items():
            text = text.replace("{" + name + "}", day)
        return text

    # What nobody at the desk does

    def the_sale(self) -> None:
        """A card is charged, the terminal says that it was not, and nobody can undo it."""
        self.paid_on = day_of(now_ms())
        self.seen: Seen = self.here.sell()
        self.payment = engine_id(self.seen.key)
        self.here.handed_over(self.seen)

    def the_reversal_is_stopped(self) -> None:
        """The engine hears of it."""
        self.here.until(lambda: not self.here.side.ask("open_errands", most=1), "the reversal was not stopped")
        self.here.until(lambda: not self.here.keeper.behind(), "nobody was told")

    def the_late_reversal(self) -> None:
        """Money goes back a second time; the product opens the claw-back."""
        self.here.reversal_works_late(self.seen)
        order = self.here.keeper.get(self.here.about(self.payment, "clawback"))
        assert (order.state, order.fen) == ("ORDERED", FEN)

    def the_letter(self) -> None:
        """It says what, when at the earliest, and where to complain."""
        self.here.until(lambda: bool(self.here.postman.letters), "no letter")
        letter = self.here.postman.letters[-1].get_content()
        assert "400-820-8888" in letter and not LONG_NUMBER.search(letter.replace("400-820-8888", ""))

    # The customer

    def reads(self, part: Reads) -> None:
        """On a phone, without an account."""
        player = self.customer()
        text = player.page.locator("main").inner_text()
        assert player.page.locator("h1").inner_text() == self.told(part.answer), text
        for words in part.also:
            assert self.told(words) in text, (words, text)
        steps = player.page.locator(".steps li")
        stood = [one.get_attribute("class") for one in steps.all()]
        names = [one.inner_text() for one in steps.locator(".name").all()]
        assert list(zip(names, stood, strict=True)) == [(self.told(name), how) for name, how in part.steps], text
        whole = player.page.content()
        assert PAN[-4:] in text and PAN not in whole and not LONG_NUMBER.search(text), "never a whole number"
        assert not re.search(r"C-4711|p-[a-z]|refund-|clawback-|[Ff]ile-7|REQ-1", text), "nothing that is ours"
        assert player.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        self.glance(player, self.told(part.answer))

    def customer(self) -> Player:
        """By keys: the four things of the slip each time. By mouse: the link of the slip, opened anew."""
        if "customer" not in self.seats:
            one = screen(self._at(self.here.public), self.chromium, self.language, size=NARROW)
            self.seats["customer"] = self.way(self.stack.enter_context(one))
            self.seats["customer"].screen.go("/" if self.way is ByKeys else self.slip())
        elif self.way is ByMouse:
            self.seats["customer"].page.reload()
        else:
            self.seats["customer"].follow("a.quiet[href='/']")
        if self.way is ByKeys:
            self.ask(self.seats["customer"])
        return self.seats["customer"]

    def ask(self, player: Player) -> None:
        """What is on the slip."""
        day = self.paid_on
        words = {
            "reference": f"{self.seen.key.terminal}-{self.seen.key.stan}", "last_four": PAN[-4:], "amount": "88.00",
            "day": f"{day[:4]}-{day[4:6]}-{day[6:]}",
        }  # fmt: skip
        for name, text in words.items():
            player.fill(f"#{name}", text)
        with player.page.expect_navigation():
            player.follow("form.card button.go")

    def slip(self) -> str:
        """The link of the code that a clerk prints."""
        clerk = self.player("clerk")
        self.open_page(clerk, self.here.about(self.payment, "case"))
        clerk.follow(f"#truth a[href='/payments/{self.payment}']")
        clerk.screen.arrive(f"**/payments/{self.payment}")
        self.glance(clerk, "payment")
        clerk.follow(f"a[href='/payments/{self.payment}/link']")
        clerk.screen.arrive("**/link")
        self.glance(clerk, "link")
        return clerk.page.locator("a[href*='/q/']").inner_text().removeprefix(self.here.public)

    # The auditor

    def the_audit(self) -> None:
        """Reads the case, prints it, and takes the audit report away."""
        auditor, case = self.player("auditor"), self.here.about(self.payment, "case")
        self.open_page(auditor, case)
        auditor.follow(f"a[href='/matters/{case}/print']")
        auditor.screen.arrive("**/print")
        self.glance(auditor, "print")
        sheet = auditor.page.locator("main").inner_text()
        for act in self.here.keeper.story(case):
            assert fact(act["fact"], self.language) in sheet, act
        paper = auditor.page.pdf(format=A4)
        with auditor.page.expect_download() as taken:
            auditor.follow(f"a[href='/matters/{case}/report.pdf']")
        report = Path(taken.value.path()).read_bytes()
        for text in (plain(paper), plain(report)):
            assert case in text and PAN not in text
        self.whole(plain(report))

    def whole(self, report: str) -> None:
        """Every step is in the report: its number in the chain of acts, of which matter, by whom."""
        acts = [one for kind in ("case", "refund", "clawback") for one in self.acts(kind)]
        assert len(acts) > len([one for one in STORY if isinstance(one, Says)])
        for no, matter, who in acts:
            by = "" if who == PROGRAM else f"{who} "
            assert re.search(rf"(?m)^{no} .*\b{matter} .*{by}", report), (no, matter, who)

    def acts(self, kind: str) -> list[tuple[int, str, str]]:
        """(number in the chain of acts, matter, by whom) of everything that was said of it."""
        matter = self.here.about(self.payment, kind)
        return [(int(row[0]), matter, str(row[2])) for row in self.here.side.ask("chain_of", subject=matter)]


def plain(pdf: bytes) -> str:
    """The words of its pages."""
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize(("language", "way"), [(ZH, ByKeys), (EN, ByMouse)], ids=["zh by keys", "en by mouse"])
def test_a_payment_in_doubt_goes_its_whole_way(
    tmp_path: Path, chromium: Browser, language: str, way: type[Player]
) -> None:
    with town(tmp_path) as here, ExitStack() as stack:
        one = Play(here, chromium, language, way, stack)
        one.play()
        ended = {kind: here.keeper.get(here.about(one.payment, kind)).state for kind in ("case", "refund", "clawback")}
        assert ended == {"case": "CLOSED", "refund": "RECOVERED", "clawback": "RECOVERED"}
