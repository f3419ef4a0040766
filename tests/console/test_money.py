"""Do the money pages show what the journal says, and is a difference resolved through the door, before four eyes?"""

from __future__ import annotations

import html
import io
import re
import time
import zipfile

import pytest

from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.breaks import Breaks
from chongzheng.journal.ledger import Ledger
from chongzheng.settlement.breaks import Difference, Type
from console.clearing import DAY, DIGEST, KNOWN, NAME, STATEMENT, STRANGERS
from console.test_doors import code_of
from console.world import PASSWORD, Browser, Day, actor_of, now_ms
from journal.made import NOON_MS, name_of, pan

SOON_S = 15
"""The board is read again after some seconds."""
SHOWN = re.compile(r'name="shown" value="([0-9a-f]{64})"')
PAGES = (
    "/live", "/money", "/money/suspense", "/money/breaks", f"/money/breaks/{KNOWN}", "/money/files",
    f"/money/files/{DIGEST}", "/money/bank", f"/money/bank/{STATEMENT}", "/money/ledger", "/money/ledger/suspense",
    "/money/ledger/suspense?source=voucher", "/money/days", f"/money/days/{DAY}", f"/money/days/{DAY}/trial",
    "/money/fees?since=2026-09-01", f"/money/fees/{DIGEST}", "/money/hopping?since=2026-09-01&until=2026-09-30",
)  # fmt: skip
WANTED = {"how": "loss", "reason": "查无此交易，按规定核销", "evidence": "电话 7\n清单 3"}


@pytest.fixture(scope="module")
def clerk(day: Day) -> Browser:
    """Somebody who reads all of it and resolves."""
    return day.signed_in("clerk")


@pytest.fixture(scope="module")
def own(day: Day) -> tuple[int, int]:
    """Two differences of this file's own, with money in suspense: they are worked here."""
    found = [Difference(Type.LONG, "", n, 5_000, "no payment of ours explains it") for n in (1, 2)]
    first, second = (number for _, number in Breaks(day.side, lambda: NOON_MS).put("own", "alipay", DAY, found))
    return first, second


def words(browser: Browser, path: str) -> str:
    """What a page says, without its marks."""
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.text[:300])
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


@pytest.mark.parametrize("path", PAGES)
def test_no_page_of_money_shows_a_card_or_holds_script_of_its_own(clerk: Browser, path: str) -> None:
    page = clerk.get(path).text
    assert all(pan(n) not in page for n in (1, 2))
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", page)


def test_the_board_and_suspense_are_the_ledgers(day: Day, clerk: Browser) -> None:
    board = Ledger(day.side, now_ms).exposure()
    until = time.monotonic() + SOON_S
    while (amount := f"{board.all.fen / 100:,.2f}") not in words(clerk, "/money"):
        assert time.monotonic() < until, f"the board does not come to {amount}"
        time.sleep(0.2)
    page = clerk.get("/money/suspense").text
    assert page.count("<tr data-row") == board.all.payments
    assert f'href="/money/breaks/{STRANGERS}"' in page and f'href="/payments/{name_of(1)}"' in page
    assert f'href="/matters/{day.matters["case"]}"' in page, "its case is one click away"
    assert clerk.get("/money/suspense?age=under+1+hour").text.count("<tr data-row") == 0
    for odd in ("age=ancient", "after=x~y", "after=1~~", "channel=<b>"):
        assert clerk.get(f"/money/suspense?{odd}").status_code == 200


def test_an_account_leads_to_postings_to_the_payment_to_its_case(day: Day, clerk: Browser) -> None:
    page = clerk.get("/money/ledger/suspense").text
    assert f'href="/payments/{name_of(2)}"' in page and f'href="/matters/{day.matters["case"]}"' in page
    parked = words(clerk, "/money/ledger/suspense?source=voucher")
    assert "不明清算款挂账" in parked and "88.00" in parked and "差错 1" in parked
    assert clerk.get("/money/ledger/nowhere").status_code == 404
    assert clerk.get("/money/ledger/suspense?after=1~2").status_code == 200
    trial = words(clerk, f"/money/days/{DAY}/trial")
    assert "挂账" in trial and "尾差" in trial


def test_files_say_what_they_came_to_and_which_are_missing(clerk: Browser) -> None:
    page = words(clerk, "/money/files")
    assert NAME in page and "123.00" in page and "122.70" in page
    assert "缺失" in page and "1900000109" in page and "迟到" in page
    one = words(clerk, f"/money/files/{DIGEST}")
    assert "单边账" in one and "金额不符" in one and "1 fee of 1 fen kept" in one
    assert NAME not in words(clerk, "/money/files?since=2026-09-23")
    assert clerk.get(f"/money/files/{'0' * 64}").status_code == 404
    assert "REF1" in words(clerk, f"/money/bank/{STATEMENT}") and "6222020000001" in words(clerk, "/money/bank")
    assert clerk.get("/money/bank/nothing").status_code == 404


def test_fees_are_checked_by_the_engine_and_what_it_cannot_is_said(clerk: Browser) -> None:
    page = words(clerk, f"/money/fees/{DIGEST}")
    assert "与约定不符" in page and "1 / 1" in page and "发卡行服务费" in page
    assert "尾差" in words(clerk, "/money/fees?since=2026-09-01")
    hopped = words(clerk, "/money/hopping?since=2026-09-01&until=2026-09-30")
    assert "看了 1 个文件、1 笔交易" in hopped and "没有机具需要核查" in hopped


def test_differences_are_found_by_state_and_type(clerk: Browser) -> None:
    assert clerk.get(f"/money/breaks?file={DIGEST}").text.count("<tr data-row") == 2
    assert clerk.get(f"/money/breaks?type=amount&file={DIGEST}").text.count("<tr data-row") == 1
    assert clerk.get(f"/money/breaks?state=resolved&file={DIGEST}").text.count("<tr data-row") == 0
    assert clerk.get(f"/money/breaks?state=odd&after=zz&file={DIGEST}").text.count("<tr data-row") == 2
    known = words(clerk, f"/money/breaks/{KNOWN}")
    assert "须双人" in known and NAME in known and "人工判断" in known
    assert clerk.get("/money/breaks/999").status_code == 404


def proven(browser: Browser) -> Browser:
    """Has just shown on the spot who it is."""
    browser.get("/prove?back=/money")
    assert browser.post("/prove", password=PASSWORD, back="/money").status_code == 302
    return browser


def shown(browser: Browser, number: int) -> str:
    """The hash that the page of a difference gives."""
    found = SHOWN.search(browser.get(f"/money/breaks/{number}").text)
    assert found
    return found[1]


def test_a_difference_takes_four_eyes_that_see_the_same(day: Day, own: tuple[int, int]) -> None:
    number = own[0]
    clerk, head, books = day.signed_in("clerk"), day.signed_in("supervisor"), Breaks(day.side, now_ms)
    path, hash_seen = f"/money/breaks/{number}", books.view(number).hash
    assert 'name="how"' not in clerk.get(path).text, "no form before the proof"
    early = clerk.post(f"{path}/resolve", shown=hash_seen, **WANTED)
    assert early.status_code == 401 and WANTED["reason"] in early.text and "电话 7" in early.text
    assert books.view(number).one.state == "open"
    proven(clerk)
    assert shown(clerk, number) == hash_seen
    wrong = clerk.post(f"{path}/resolve", shown="0" * 64, **WANTED)
    assert wrong.status_code == 409 and WANTED["reason"] in wrong.text
    assert clerk.post(f"{path}/resolve", shown=hash_seen, **WANTED).status_code == 302
    assert "等待另一人复核" in clerk.get(path).text
    assert clerk.post(f"{path}/approve", shown=hash_seen).status_code == 403
    before = Ledger(day.side, now_ms).exposure().all.fen
    assert head.post(f"{path}/approve", shown=hash_seen).headers["location"].startswith("/prove")
    proven(head)
    assert head.post(f"{path}/approve", shown=hash_seen).status_code == 409, "it was proposed since"
    assert WANTED["reason"] in head.get(path).text
    assert head.post(f"{path}/approve", shown=shown(head, number)).status_code == 302
    view = books.view(number)
    assert (view.one.state, view.one.proposed_by, view.one.approved_by) == (
        "resolved", actor_of("clerk"), actor_of("supervisor"),
    )  # fmt: skip
    assert before - Ledger(day.side, now_ms).exposure().all.fen == 5_000 and view.suspense_fen == 0
    assert "已了结" in clerk.get(path).text and SHOWN.search(clerk.get(path).text) is None


def test_a_proposal_is_sent_back_and_holds_the_closing_up(day: Day, own: tuple[int, int]) -> None:
    number = own[1]
    clerk, head = proven(day.signed_in("clerk")), proven(day.signed_in("supervisor"))
    path = f"/money/breaks/{number}"
    assert clerk.post(f"{path}/resolve", shown=shown(clerk, number), **WANTED).status_code == 302
    books = accountant(day)
    refused = books.post("/money/days", day=DAY)
    assert refused.headers["location"] == "/money/days"
    assert f"break {number} waits for a second person" in books.get("/money/days").text
    assert head.post(f"{path}/reject", reason="no").status_code == 400
    assert head.post(f"{path}/reject", reason="凭据不足").status_code == 302
    assert Breaks(day.side, now_ms).view(number).one.state == "open"
    assert books.post("/money/days", day=DAY).headers["location"] == f"/money/days/{DAY}"
    closing = Ledger(day.side, now_ms).closing(DAY)
    assert closing is not None and closing.by == "p-books"
    page = words(books, f"/money/days/{DAY}")
    assert "已日终" in page and "p-books" in page
    listed = words(clerk, "/money/days")
    assert "2026-09-22" in listed and "2026-09-23" in listed, "the next one is the day after"
    sheet = clerk.get(f"/money/days/{DAY}/export/xlsx")
    assert sheet.status_code == 200 and zipfile.ZipFile(io.BytesIO(sheet.content)).testzip() is None
    table = clerk.get(f"/money/days/{DAY}/export/csv?table=trial")
    assert table.content.startswith(b"\xef\xbb\xbf") and "挂账" in table.text
    assert table.headers["content-disposition"] == f'attachment; filename="{DAY}-trial.csv"'
    assert clerk.get(f"/money/days/{DAY}/export/pdf").status_code == 404
    assert clerk.get("/money/days/20260923/export/xlsx").headers["location"] == "/money/days/20260923"


def accountant(day: Day) -> Browser:
    """Somebody of finance with a device, who has just shown its digits."""
    people, boss = Actors(day.side), actor_of("administrator")
    people.add("p-books", "Books", frozenset({Role.FINANCE}), boss, now_ms())
    people.set_password("p-books", PASSWORD, boss, now_ms())
    one = day.browser()
    assert one.sign_in("p-books").status_code == 302
    code = code_of(one.get("/second-factor").text)
    assert one.post("/second-factor", code=code).status_code == 302
    return one


def test_a_number_that_no_journal_holds_is_no_fault_of_ours(day: Day) -> None:
    head, huge = proven(day.signed_in("supervisor")), "9" * 19
    for path in (
        f"/queues/all?after={huge}~{huge}",
        f"/money/suspense?after={huge}~{name_of(1)}~{huge}",
        f"/money/ledger/suspense?after={huge}~{huge}~{huge}",
        f"/money/breaks?after={huge}",
    ):
        assert head.get(path).status_code == 200, path
    assert head.get(f"/money/breaks/{huge}").status_code == 404
    for deed in ("resolve", "approve", "reject"):
        assert head.post(f"/money/breaks/{huge}/{deed}", reason="x").status_code == 404, deed
    rule = {"row": "wait", "from": "20990101", "edition": "9" * 5_000}
    assert head.post("/registers/case%20limits/approve", **rule).status_code == 302
