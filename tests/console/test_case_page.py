"""Does the page of a case say what is true, where the money is and what would change that, with what shows it?"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import pytest

from chongzheng.cases.review import REVIEW
from console.casework import SECOND, Casework, doubtful
from console.world import PASSWORD, Browser, Day
from journal.made import cleared, name_of

SHOWN = re.compile(r'name="shown" value="([0-9a-f]{64})"')
SEEN = re.compile(r'name="seen" value="([0-9]+)"')
WORDS = {"ground": "customer in need", "reason": "surgery tomorrow, nobody else is on shift"}
REFUSAL = {"ground": "evidence missing", "reason": "the second copy of the slip is not there"}


@dataclass
class Work:
    """A day with cases in it; `cases` by the number of their payment."""

    day: Day
    cases: dict[int, Casework]

    def begun(self, n: int) -> Casework:
        """One more payment in doubt."""
        self.cases[n] = doubtful(self.day.journal, self.day.keeper, n, 1_000)
        return self.cases[n]


@pytest.fixture(scope="module")
def work(casework_day: Day) -> Work:
    """The day in which refunds are decided."""
    return Work(casework_day, {})


@pytest.fixture(scope="module")
def seats(work: Work) -> dict[str, Browser]:
    """Who needs it, signed in and proven."""
    found = {role: work.day.signed_in(role) for role in ("clerk", "supervisor", "finance", "technician")}
    found["second"] = work.day.browser()
    assert found["second"].sign_in(SECOND).status_code == 302
    for one in found.values():
        one.get("/prove")
        assert one.post("/prove", password=PASSWORD, back="/").status_code == 302
    return found


def click(seat: Browser, matter: str, fact: str, page: str, once: str, **words: str) -> int:
    """Say a fact as the page that was shown would; its status."""
    shown, seen = SHOWN.search(page), SEEN.search(page)
    bound = {"shown": shown[1]} if shown else {}
    answer = seat.post(f"/matters/{matter}/say/{fact}", once=once, seen=seen[1] if seen else "", **bound, **words)
    seat.last = html.unescape(answer.text)  # type: ignore[attr-defined]
    return answer.status_code


def test_the_card_says_truth_money_advice_and_what_would_change_it(work: Work, seats: dict[str, Browser]) -> None:
    one = work.begun(41)
    page = seats["supervisor"].get(f"/matters/{one.case}").text
    for words in ("尚不清楚", "钱在哪里", "挂账", "规则尚不允许终局退款", "向渠道查询交易状态", "约 1 分钟"):
        assert words in page, words
    plain = seats["clerk"].get(f"/payments/{one.payment}").text
    assert "什么会改变结论" in plain and "证据时间轴" in plain


def test_the_axis_is_a_picture_with_its_table_and_both_clocks(work: Work, seats: dict[str, Browser]) -> None:
    page = seats["clerk"].get(f"/matters/{work.begun(42).case}").text
    assert '<svg class="axis"' in page and page.count('class="dot lane-') >= 7
    assert 'class="raw"' in page and "快 95 秒" in page
    assert "style=" not in page.split("<main", 1)[1], "nothing is styled inside the page"


def test_sale_and_reversal_stand_beside_each_other_masked(work: Work, seats: dict[str, Browser]) -> None:
    page = seats["clerk"].get(f"/matters/{work.begun(43).case}").text
    assert "原交易与冲正逐域比对" in page and "22000002" in page and "不一致" in page
    assert not re.search(r"6222[0-9]{8,}", page), "no card number on any page"


def test_causes_and_the_procedure_stand_beside_it(work: Work, seats: dict[str, Browser]) -> None:
    one = work.begun(44)
    clerk = seats["clerk"]
    page = clerk.get(f"/matters/{one.case}").text
    assert "打印机卡纸/缺纸" in page and "tlm.printer" in page and "归因比例" in page
    assert "先确认" in page and "开始执行" in page
    words = {"sop": "doubt", "about-payment": one.payment, "about-parent": one.case}
    answer = clerk.post("/open/procedure", once="sop-44", **words)
    assert answer.headers["location"].startswith("/matters/procedure-")
    assert f'href="{answer.headers["location"]}"' in clerk.get(f"/matters/{one.case}").text


def test_paper_has_the_same_facts_and_nothing_to_click(work: Work, seats: dict[str, Browser]) -> None:
    one = work.begun(45)
    for path, title in ((f"/matters/{one.case}/print", "事项单"), (f"/payments/{one.payment}/print", "调单")):
        page = seats["clerk"].get(path).text
        assert title in page and "尚不清楚" in page and "22000002" in page and "<form" not in page, path
    paper = seats["clerk"].get(f"/payments/{one.payment}/retrieval.pdf")
    assert paper.content.startswith(b"%PDF") and f"retrieval-{one.payment}.pdf" in paper.headers["content-disposition"]
    assert f"report retrieval {one.payment}" in seats["clerk"].get(f"/payments/{one.payment}/print").text
    for path in ("/payments/NOBODY/print", "/payments/NOBODY/retrieval.pdf", "/matters/case-999999/print"):
        assert seats["clerk"].get(path).status_code == 404, path


def test_paper_shows_nobody_more_than_the_page(work: Work, seats: dict[str, Browser]) -> None:
    one = work.begun(46)
    assert seats["technician"].get(f"/matters/{one.case}/print").status_code == 404


def test_a_check_goes_back_to_where_it_was_asked(work: Work, seats: dict[str, Browser]) -> None:
    one = work.begun(47)
    seats["clerk"].get(f"/matters/{one.case}")
    back = seats["clerk"].post(f"/payments/{one.payment}/check", back=f"/matters/{one.case}")
    assert back.headers["location"] == f"/matters/{one.case}"
    away = seats["clerk"].post(f"/payments/{one.payment}/check", back="//elsewhere.example/")
    assert away.headers["location"] == f"/payments/{one.payment}"


def test_a_checker_sees_other_facts_first_and_the_maker_does_not(work: Work, seats: dict[str, Browser]) -> None:
    one = work.begun(48)
    page = seats["supervisor"].get(f"/matters/{one.refund}").text
    check = page[page.index('id="check"') : page.index('id="truth"')]
    for words in ("10.00", "E2", "PR-4", "p-clerk", "凭条两联已附", "没有其他退款", "引擎此刻会接受复核", "这是垫付"):
        assert words in check, words
    assert 'id="check"' not in seats["clerk"].get(f"/matters/{one.refund}").text


def test_the_checker_is_told_what_the_engine_would_refuse(work: Work, seats: dict[str, Browser]) -> None:
    one = work.begun(49)
    work.day.keeper.say(one.case, "WitnessHeard", {"witness": "merchant", "goods": "yes"}, "p-risk")
    page = seats["supervisor"].get(f"/matters/{one.refund}").text
    assert "引擎此刻会拒绝复核" in page and "请先“重新判断”再查看" in page


def test_a_stale_click_does_nothing_and_says_what_has_happened_since(work: Work, seats: dict[str, Browser]) -> None:
    one = work.begun(50)
    old = seats["supervisor"].get(f"/matters/{one.refund}").text
    fresh = seats["second"].get(f"/matters/{one.refund}").text
    assert click(seats["second"], one.refund, "Approved", fresh, "st-1") == 302
    assert click(seats["supervisor"], one.refund, "Approved", old, "st-2") == 409
    said = seats["supervisor"].last  # type: ignore[attr-defined]
    assert "没有产生任何效果" in said and "自您打开页面之后" in said and SECOND in said
    assert len(work.day.keeper.get(one.refund).body["approvals"]) == 1
    case = seats["clerk"].get(f"/matters/{one.case}").text
    remedies = case[case.index('id="remedies"') :]
    assert remedies.index(one.refund) < remedies.index("p-clerk") < remedies.index(SECOND)


def test_a_payment_that_moved_makes_the_page_old_too(work: Work, seats: dict[str, Browser]) -> None:
    one = work.begun(51)
    old = seats["supervisor"].get(f"/matters/{one.refund}").text
    work.day.journal.apply([cleared(51, 1, 1)])
    assert click(seats["supervisor"], one.refund, "Approved", old, "mv-1") == 409
    said = seats["supervisor"].last  # type: ignore[attr-defined]
    assert "没有产生任何效果" in said and "交易本身的状态有了变化" in said
    assert work.day.keeper.get(one.refund).state == "PROPOSED"


def test_a_refusal_names_one_of_the_reasons_and_says_it_in_words(work: Work, seats: dict[str, Browser]) -> None:
    one = work.begun(52)
    page = seats["supervisor"].get(f"/matters/{one.refund}").text
    assert "证据不足" in page and "收款对象不符" in page
    assert click(seats["supervisor"], one.refund, "Rejected", page, "no-1", reason="no slip") == 400
    assert click(seats["supervisor"], one.refund, "Rejected", page, "no-2", **REFUSAL) == 302
    assert work.day.keeper.get(one.refund).state == "REFUSED"


def test_nobody_approves_their_own(work: Work, seats: dict[str, Browser]) -> None:
    one = doubtful(work.day.journal, work.day.keeper, 53, 0)
    words = {"fen": "10", "customer": "C-53", "reason": "no goods"}
    supervisor = seats["supervisor"]
    supervisor.get("/open/refund")
    where = supervisor.post("/open/refund", once="own", **words, **{"about-payment": one.payment}).headers["location"]
    page = supervisor.get(where).text
    assert "须由第二人作出" in page and 'id="check"' not in page
    assert click(supervisor, where.rpartition("/")[2], "Approved", page, "own-1") in (403, 409)
    assert work.day.keeper.get(where.rpartition("/")[2]).state == "PROPOSED"


def test_in_an_emergency_one_approves_alone_and_another_must_review(work: Work, seats: dict[str, Browser]) -> None:
    one = work.begun(54)
    page = seats["supervisor"].get(f"/matters/{one.refund}").text
    assert "应急单人批准" in page
    assert click(seats["supervisor"], one.refund, "ApprovedAlone", page, "al-1", **WORDS) == 302
    assert work.day.keeper.get(one.refund).state == "APPROVED"
    (review,) = [each for each in work.day.keeper.of_parent(one.case) if each.kind == REVIEW.name]
    theirs = seats["second"].get(f"/matters/{review.id}").text
    assert "单人批准者" in theirs and "surgery tomorrow" in theirs
    seats["supervisor"].get(f"/matters/{review.id}")
    assert click(seats["supervisor"], review.id, "Upheld", theirs, "al-2", found="all well") == 403
    assert "事后复核须由另一人作出" in seats["supervisor"].last  # type: ignore[attr-defined]
    assert click(seats["second"], review.id, "Faulted", theirs, "al-3", found="the bank was open") == 302
    assert work.day.keeper.get(review.id).state == "FAULTED"
    assert [each.kind for each in work.day.keeper.of_parent(one.case)].count("task") == 1


def test_the_second_time_a_day_takes_a_second_person(work: Work, seats: dict[str, Browser]) -> None:
    first, again = work.begun(55), work.begun(56)
    for number, (one, status) in enumerate(((first, 302), (again, 409))):
        page = seats["finance"].get(f"/matters/{one.refund}").text
        assert click(seats["finance"], one.refund, "ApprovedAlone", page, f"tw-{number}", **WORDS) == status
    assert work.day.keeper.get(again.refund).state == "PROPOSED"
    assert name_of(56) == again.payment


def test_what_was_decided_alone_waits_among_the_approvals_of_others(work: Work, seats: dict[str, Browser]) -> None:
    one = work.begun(57)
    page = seats["second"].get(f"/matters/{one.refund}").text
    assert click(seats["second"], one.refund, "ApprovedAlone", page, "wt-1", **WORDS) == 302
    (review,) = [each for each in work.day.keeper.of_parent(one.case) if each.kind == REVIEW.name]
    assert f'href="/matters/{review.id}"' in seats["supervisor"].get("/queues/approvals").text
    theirs = seats["supervisor"].get(f"/matters/{review.id}").text
    check = theirs[theirs.index('id="check"') : theirs.index('id="truth"')]
    assert "单人批准者" in check and SECOND in check and "surgery tomorrow" in check
    mine = seats["second"].get(f"/matters/{review.id}").text
    assert 'id="check"' not in mine and mine.count("须由第二人作出</p>") == 2
