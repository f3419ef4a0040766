"""Does whoever paid hear where the money is, everybody else nothing, and does a complaint come in whole and sealed?"""

from __future__ import annotations

import json
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from chongzheng.cases.cardholder import FIRST, UNKNOWN, WAITS, Date, Where
from chongzheng.cases.complaint import COMPLAINT
from chongzheng.console.place import read as read_desk
from chongzheng.console.public import frame
from chongzheng.console.public.pacing import Pace, neighbour
from chongzheng.console.public.place import read
from chongzheng.console.public.table import PublicTable
from chongzheng.console.words_public import PUBLIC
from chongzheng.first import first_configuration
from chongzheng.journal.doors import Doors
from chongzheng.mistakes import TheirMistake
from console.seat import NARROW, Screen, screen
from console.site import CODE, DOUBTFUL, KEPT, NEVER, RETURNED, Site, four, name_of, public_site, served
from console.world import PASSWORD, STRICT, Day, actor_of, now_ms, working_day
from journal.made import DAY_MS, NOON_MS, asked, cleared, pan, reply, sale, undone

ONCE = re.compile(r'name="once" value="([^"]+)"')
NOTHING = "没有找到与这四项都相符的付款"
LINK = "这个链接不完整、不正确，或者已过期"
PHONE = "+86 138 0013 8000"
LONG = 5
LANG = {"zh": "zh-CN", "en": "en"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One page for all that is not about limits."""
    with public_site(tmp_path_factory.mktemp("public")) as one:
        yield one


def complain(visitor: httpx.Client, **words: str) -> httpx.Response:
    """The form as a browser sends it."""
    once = ONCE.search(visitor.get("/complaint").text)
    assert once
    return visitor.post("/complaint", data={"once": once[1], **words})


def chongzheng(*words: str) -> subprocess.CompletedProcess[str]:
    """The program, to its end."""
    command = [sys.executable, "-c", "from chongzheng.cli import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def engine_of(site: Site, folder: Path) -> Path:
    """An engine's configuration about the journal and the keys of this page."""
    config = first_configuration(folder / "engine")["configuration"]
    text = config.read_text("utf-8")
    for name, path in (("journal", site.folder / "journal.db"), ("vault", site.folder / "vault.json")):
        text = re.sub(rf'"[^"]*{name}[^"]*"', f'"{path}"', text, count=1)
    config.write_text(text, "utf-8")
    return config


def person(site: Site, role: str, method: str, path: str) -> httpx.Response:
    """A call of the door in a person's name."""
    doors, now = Doors(site.side), now_ms()
    token = doors.make_token(f"desk-{now}", frozenset({"people"}), frozenset(), 1_000, now, "test")
    with httpx.Client(base_url=site.door, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as http:
        said = {"actor": actor_of(role), "password": PASSWORD}
        session = http.post("/session", json=said).json()["session"]
        return http.request(method, path, headers={"Person": session})


@pytest.mark.parametrize(
    ("n", "says"),
    [(KEPT, "付款成功，商户已收到"), (DOUBTFUL, "还不知道钱是否已扣"), (RETURNED, "钱已退回您的卡")],
)
def test_whoever_says_all_four_hears_where_the_money_is(site: Site, n: int, says: str) -> None:
    page = site.visitor().post("/", data=four(n)).text
    assert says in page and pan(n)[-4:] in page and "123.45" in page
    assert pan(n) not in page and pan(n)[:6] not in page and "Person" not in page


def test_what_the_shops_machine_does_not_count_is_not_said_to_be_with_the_shop(site: Site) -> None:
    gone = [cleared(LONG), cleared(LONG, 0, at=NOON_MS + 2 * DAY_MS, day="20260924")]
    site.journal.apply([sale(LONG), reply(LONG), asked(LONG), undone(LONG, code="12"), *gone])
    page = site.visitor().post("/", data=four(LONG)).text
    assert "钱已扣，商户未入账，正在处理" in page and "付款成功" not in page
    assert "更正入账" in page and "哪一天，现在还不知道" in page
    complaint = CODE.search(complain(site.visitor(), text="没有拿到货", **four(LONG)).text)
    assert complaint and "最晚" in site.visitor().get(f"/q/{complaint[1]}").text, "a clock of the law runs on it"


def test_whatever_is_told_has_words_and_what_waits_shows_its_date() -> None:
    keys = {f"pub.{part}.{one.replace(' ', '-')}" for one in Where for part in ("where", "next")}
    keys |= {f"pub.unknown.{one}" for some in UNKNOWN.values() for one in some}
    keys |= {f"pub.date.{one}" for one in Date} | {f"pub.step.{one}" for one in ("paid", *FIRST.values())}
    keys |= {f"pub.complaint.{one.lower()}" for one in COMPLAINT.states}
    assert not keys - set(PUBLIC)
    template = (Path(frame.__file__).parents[1] / "templates/public_answer.html").read_text("utf-8")
    tones = re.search(r"set tones = \{([^}]+)\}", template)
    assert tones and set(re.findall(r"'([a-z-]+)':", tones[1])) == {one.replace(" ", "-") for one in WAITS}


@pytest.mark.parametrize("reference", [name_of(KEPT), "10000001 1", "10000001/000001"])
def test_a_reference_is_read_as_people_write_it(site: Site, reference: str) -> None:
    assert "付款成功" in site.visitor().post("/", data=four(KEPT, reference=reference)).text


def test_a_case_and_a_number_of_the_bank_are_references_too(site: Site) -> None:
    why = {"source": "person", "why": "the customer called"}
    case = site.keeper.open("case", why, payment=name_of(RETURNED))
    for reference in (case.id, case.id.upper(), f"{RETURNED:012d}"):
        assert "钱已退回" in site.visitor().post("/", data=four(RETURNED, reference=reference)).text, reference


def test_the_form_asks_first_for_what_names_every_payment(site: Site) -> None:
    unknown = site.visitor().post("/", data=four(NEVER, reference=f"{NEVER:012d}"))
    assert NOTHING in unknown.text, "a payment without a matter is not found by its RRN"
    hint = re.search(r'id="reference-hint">([^<]+)<', unknown.text)
    assert hint and hint[1].startswith("签购单上的“终端号-凭证号”")
    assert "已立案的付款也可填参考号" in hint[1]
    assert NOTHING not in site.visitor().post("/", data=four(NEVER)).text


WRONG = [
    {"last_four": "0000"},
    {"amount": "123.46"},
    {"day": "2026-01-01"},
    {"reference": "10000001-000777"},
    {"reference": "99999999-000001"},
    {"reference": "CASE-999999"},
    {"reference": "PAAAAAAAAAAAAAAAA"},
    {"reference": "<script>alert(1)</script>"},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_unknown_and_wrong_are_answered_alike(site: Site, wrong: dict[str, str]) -> None:
    answers = [site.visitor().post("/", data=words) for words in (four(KEPT, **wrong), four(777, last_four="1234"))]
    assert {one.status_code for one in answers} == {200}
    bare = [re.sub(r'value="[^"]*"', "", one.text) for one in answers]
    assert bare[0] == bare[1] and NOTHING in bare[0]
    assert "<script" not in bare[0]


def test_every_answer_takes_the_same_time(tmp_path: Path) -> None:
    with public_site(tmp_path, "per_address_min = 600\nper_reference_hour = 600\nanswer_ms = 300\n") as site:
        visitor, took = site.visitor(), {"right": [], "wrong": [], "unknown": []}  # type: ignore[var-annotated]
        asks = {"right": four(KEPT), "wrong": four(KEPT, last_four="0000"), "unknown": four(777)}
        for _ in range(4):
            for name, words in asks.items():
                begun = time.monotonic()
                visitor.post("/", data=words)
                took[name].append(time.monotonic() - begun)
        middle = [statistics.median(one) for one in took.values()]
        assert min(min(one) for one in took.values()) >= 0.3
        assert max(middle) - min(middle) < 0.2


def test_what_asks_nobody_does_not_wait(tmp_path: Path) -> None:
    with public_site(tmp_path, "per_address_min = 1\nanswer_ms = 2000\n") as site:
        visitor = site.visitor()
        asks = [(400, four(KEPT, day="gestern")), (200, four(KEPT)), (429, four(KEPT))]
        for status, words in asks:
            begun = time.monotonic()
            assert visitor.post("/", data=words).status_code == status
            assert (time.monotonic() - begun >= 2) is (status == 200), status


def test_a_body_that_is_too_long_is_not_read(site: Site) -> None:
    host, port = site.base.removeprefix("http://").split(":")
    for path in ("/", "/complaint", "/look", "/q/whatever"):
        with socket.create_connection((host, int(port)), timeout=20) as wire:
            head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 900000000\r\n"
            wire.sendall(f"{head}Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n".encode())
            answer = wire.recv(65_536).decode("utf-8", "replace")
            assert answer.startswith("HTTP/1.1 413 "), path
    small = site.visitor().post("/", data=four(KEPT), files={"file": ("a.txt", b"x" * 4_000)})
    assert small.status_code == 200 and "付款成功" in small.text
    large = site.visitor().post("/", data=four(KEPT), files={"file": ("a.txt", b"x" * 20_000)})
    assert large.status_code == 413 and "内容太长" in large.text and "no-store" in large.headers["cache-control"]


def test_a_field_that_cannot_be_read_is_named_and_nothing_is_asked(site: Site) -> None:
    for wrong, says in (
        ({"last_four": "6222021234561902"}, "不要填完整卡号"),
        ({"amount": "viel"}, "请填写金额"),
        ({"day": "gestern"}, "请填写付款日期"),
        ({"reference": " "}, "请填写查询编号"),
    ):
        answer = site.visitor().post("/", data=four(KEPT, **wrong))
        assert answer.status_code == 400 and says in answer.text


def test_a_signed_link_answers_and_a_forged_one_is_like_an_unknown_one(site: Site) -> None:
    code = person(site, "clerk", "GET", f"/payments/{name_of(KEPT)}/link").json()["code"]
    assert "付款成功" in site.visitor().get(f"/q/{code}").text
    pages = {site.visitor().get(f"/q/{forged}").text.replace(forged, "") for forged in (
        f"{name_of(KEPT)}-{'0' * 20}", f"{name_of(777)}-{'0' * 20}", f"{name_of(RETURNED)}-{code[-20:]}",
    )}  # fmt: skip
    assert len(pages) == 1 and LINK in pages.pop()
    assert LINK in site.visitor().get("/q/whatever").text
    assert person(site, "auditor", "GET", f"/payments/{name_of(KEPT)}/link").status_code == 403


def test_the_command_gives_the_same_link_as_a_picture_for_a_slip(site: Site, tmp_path: Path) -> None:
    config = engine_of(site, tmp_path)
    words = ["public", "link", name_of(KEPT), "--config", str(config), "--address", "https://pay.example/"]
    done = chongzheng(*words, "--svg", str(tmp_path / "slip.svg"), "--json")
    told = json.loads(done.stdout)
    code = person(site, "clerk", "GET", f"/payments/{name_of(KEPT)}/link").json()["code"]
    assert told == {"payment": name_of(KEPT), "code": code, "url": f"https://pay.example/q/{code}"}
    assert "<svg" in (tmp_path / "slip.svg").read_text("utf-8")
    none = chongzheng(*words[:2], "PAAAAAAAAAAAAAAAA", *words[3:])
    assert (none.returncode, none.stdout) == (2, "") and "there is no such payment" in none.stderr


def test_a_complaint_joins_the_case_of_its_payment_and_its_contact_is_sealed(site: Site) -> None:
    text = "钱扣了，没有拿到货。\n卡号 6222 0212 3456 1902"
    page = complain(site.visitor(), text=text, contact=PHONE, urgent="yes", **four(DOUBTFUL)).text
    code = CODE.search(page)
    assert code
    one = site.keeper.get(code[1].rpartition("-")[0].lower())
    assert (one.state, one.payment, one.body["vulnerable"]) == ("JOINED", name_of(DOUBTFUL), True)
    assert "6222 0212" not in one.body["text"] and "没有拿到货" in one.body["text"]
    (case,) = [about for about in site.keeper.of_payment(name_of(DOUBTFUL)) if about.kind == "case"]
    assert "vulnerable" in case.body["marks"]
    stored = b"".join(path.read_bytes() for path in site.folder.glob("journal.db*"))
    assert PHONE.encode() not in stored and b"138 0013" not in stored
    follows = site.visitor().get(f"/q/{code[1]}").text
    assert one.id.upper() in follows and "处理中" in follows
    opened = person(site, "clerk", "GET", f"/matters/{one.id}/contact")
    assert opened.json() == {"contact": PHONE}
    assert any(row[2:5] == (actor_of("clerk"), "contact opened", one.id) for row in Doors(site.side).audit())
    assert person(site, "auditor", "GET", f"/matters/{one.id}/contact").status_code == 403


def test_a_complaint_sent_twice_is_one(site: Site) -> None:
    visitor = site.visitor()
    once = ONCE.search(visitor.get("/complaint").text)
    assert once
    words = {"once": once[1], "text": "twice", **four(KEPT)}
    numbers = {CODE.search(visitor.post("/complaint", data=words).text)[1] for _ in range(2)}  # type: ignore[index]
    assert len(numbers) == 1


def test_a_complaint_without_a_slip_waits_for_a_person(site: Site) -> None:
    page = complain(site.visitor(), text="I have no slip any more").text
    code = CODE.search(page)
    assert code
    one = site.keeper.get(code[1].rpartition("-")[0].lower())
    assert (one.state, one.payment) == ("RECEIVED", "")
    assert "正在查找对应的付款" in site.visitor().get(f"/q/{code[1]}").text


def test_a_complaint_that_names_somebody_elses_payment_joins_nothing_and_says_nothing(site: Site) -> None:
    pages = []
    for words in (four(KEPT, last_four="0000"), four(777)):
        page = complain(site.visitor(), text="mine?", **words).text
        code = CODE.search(page)
        assert code and site.keeper.get(code[1].rpartition("-")[0].lower()).payment == ""
        pages.append(re.sub(r"COMPLAINT-\d+(-[0-9A-F]{20})?", "", page))
    assert pages[0] == pages[1]


def test_what_was_said_of_a_payment_that_was_not_found_is_kept_for_who_looks_for_it(site: Site) -> None:
    def kept_text(**words: str) -> str:
        code = CODE.search(complain(site.visitor(), text="钱扣了", **words).text)
        assert code
        one = site.keeper.get(code[1].rpartition("-")[0].lower())
        assert one.payment == ""
        return str(one.body["text"])

    text = kept_text(**four(777, last_four="4711"))
    for said in ("钱扣了", "10000001 / 000777", "4711", four(777)["day"].replace("-", "")):
        assert said in text
    assert site.keeper.search("10000001 000777"), "the desk finds it by the slip"
    assert pan(1) not in kept_text(**four(777, reference=pan(1)))
    assert f"link: {name_of(777)}" in kept_text(code=f"{name_of(777)}-{'0' * 20}")


FILLED = {"text": "钱扣了，没有货\u201c", "contact": PHONE, "urgent": "yes"}


def still_there(page: str, **more: str) -> None:
    """What was typed stands in the form, and the form is the same one."""
    words = FILLED | more
    assert f">{words.pop('text')}</textarea>" in page and "checked" in page
    for text in words.values():
        assert f'value="{text}"' in page, text


def test_what_cannot_be_sent_is_not_lost_and_sent_again_it_is_one_complaint(tmp_path: Path) -> None:
    with public_site(tmp_path, "complaints_address_hour = 1\nanswer_ms = 0\n") as site:
        visitor = site.visitor()
        once = ONCE.search(visitor.get("/complaint").text)
        assert once
        words = {"once": once[1], **FILLED, **four(KEPT)}
        first = visitor.post("/complaint", data=words)
        enough = visitor.post("/complaint", data=words)
        assert (first.status_code, enough.status_code) == (200, 429) and "太频繁" in enough.text
        still_there(enough.text, once=once[1], **four(KEPT))
        (tmp_path / "again").mkdir()
        with served(tmp_path / "again", site.door, (tmp_path / "public.token").read_text("utf-8")) as base:
            again = httpx.post(f"{base}/complaint", data=words, trust_env=False, timeout=20)
            assert CODE.search(again.text)[1] == CODE.search(first.text)[1]  # type: ignore[index]


def test_without_the_door_a_complaint_stays_in_its_form(tmp_path: Path) -> None:
    away = "http://127.0.0.1:9"
    with served(tmp_path, away, "czt_x_y") as base, httpx.Client(base_url=base, trust_env=False, timeout=20) as visitor:
        once = ONCE.search(visitor.get("/complaint").text)
        assert once
        page = visitor.post("/complaint", data={"once": once[1], **FILLED, **four(KEPT)})
        assert page.status_code == 503 and "您写的都还在这里" in page.text
        still_there(page.text, once=once[1], **four(KEPT))


def test_changed_words_under_the_same_form_are_not_lost(site: Site) -> None:
    visitor = site.visitor()
    once = ONCE.search(visitor.get("/complaint").text)
    assert once
    codes = [CODE.search(visitor.post("/complaint", data={"once": once[1], "text": text}).text) for text in "ab"]
    assert codes[0] and codes[1] and codes[0][1] != codes[1][1]


def test_a_complaint_needs_a_form_of_ours_and_a_text(site: Site) -> None:
    visitor = site.visitor()
    assert visitor.post("/complaint", data={"text": "x", "once": "forged"}).status_code == 400
    assert complain(visitor, text=" ").status_code == 400
    assert complain(visitor, text="x", contact="<b>").status_code == 400
    assert complain(visitor, text="x", reference="only that").status_code == 400


def test_one_address_cannot_ask_for_ever_nor_can_all_about_one_reference(tmp_path: Path) -> None:
    clock = [0]
    pace = Pace(PublicTable(per_address_min=3, in_all_min=5, per_reference_hour=4), lambda: clock[0])
    assert [pace.asks("203.0.113.7", f"r{n}") for n in range(4)] == [True, True, True, False]
    assert [pace.asks(f"203.0.113.{n}", f"s{n}") for n in range(10, 13)] == [True, True, False]
    clock[0] = 120_000
    assert [pace.asks(f"198.51.100.{n}", "same") for n in range(3)] == [True] * 3
    clock[0] = 240_000
    assert [pace.complains("198.51.100.3", " SAME "), pace.asks("198.51.100.4", "sAME")] == [True, False]
    clock[0] += 3_600_000
    assert pace.asks("198.51.100.9", "same")


def test_complaints_have_limits_of_their_own() -> None:
    pace = Pace(PublicTable(complaints_address_hour=1, complaints_in_all_hour=2), lambda: 0)
    assert [pace.complains(f"203.0.113.{n}", "") for n in (1, 1, 2, 3)] == [True, False, True, False]


@pytest.mark.parametrize(
    "ways",
    [
        ("T-42", "t/0042", " T 000042", "T  42"),
        ("10000001-000042", "10000001/42"),
        ("case-17", "CASE-17"),
        (f"{'P' * 17}-{'0' * 20}", f"{'P' * 17}-{'A' * 20}", "P" * 17),
    ],
)
def test_one_payment_is_counted_once_however_it_is_written(ways: tuple[str, ...]) -> None:
    pace = Pace(PublicTable(per_reference_hour=1), lambda: 0)
    heard = [pace.asks(f"203.0.113.{n}", way) for n, way in enumerate(ways)]
    assert heard == [True, *[False] * (len(ways) - 1)]
    assert pace.asks("198.51.100.1", "U-42") and not pace.complains("198.51.100.2", ways[0])


def test_a_word_or_a_number_of_somebodys_text_is_no_reference(site: Site) -> None:
    words = {"channel": "phone", "ticket": "T-1", "text": "ABCDEFGHIJKL and 987654321012 stand in this text"}
    site.keeper.open("complaint", words, payment=name_of(KEPT))
    for reference in ("ABCDEFGHIJKL", "987654321012"):
        assert site.keeper.search(reference), "it is found at the desk"
        assert NOTHING in site.visitor().post("/", data=four(KEPT, reference=reference)).text
    assert "付款成功" in site.visitor().post("/", data=four(KEPT, reference=f"{KEPT:012d}")).text


def test_complaints_about_one_reference_have_its_limit(tmp_path: Path) -> None:
    with public_site(tmp_path, "per_reference_hour = 2\nanswer_ms = 0\n") as site:
        told = [complain(site.visitor(), text="mine?", **four(DOUBTFUL, last_four=f"{n:04d}")) for n in range(3)]
        assert [one.status_code for one in told] == [200, 200, 429]
        assert complain(site.visitor(), text="no slip").status_code == 200


def test_a_household_is_one_address() -> None:
    assert neighbour("2001:db8:1:2:aaaa::1") == neighbour("2001:db8:1:2:bbbb::9") != neighbour("2001:db8:1:3::1")
    assert neighbour("::ffff:203.0.113.7") == neighbour("203.0.113.7")
    assert neighbour("nonsense") == neighbour("")


def test_too_many_questions_are_refused_in_words(tmp_path: Path) -> None:
    with public_site(tmp_path, "per_address_min = 2\nanswer_ms = 0\n") as site:
        visitor = site.visitor()
        answers = [visitor.post("/", data=four(n)).status_code for n in (KEPT, 777, KEPT)]
        assert answers == [200, 200, 429]
        forwarded = site.visitor(**{"X-Forwarded-For": "203.0.113.9"})
        assert forwarded.post("/", data=four(KEPT)).status_code == 429, "nobody chooses the address they are counted by"


def test_nothing_of_the_desk_is_here(site: Site) -> None:
    visitor = site.visitor()
    desk = (Path(__file__).parents[2] / "src/chongzheng/console/pages.py").read_text("utf-8")
    for path in re.findall(r'Page\("\w+", "([^"]+)"', desk):
        address = re.sub(r"<\w+:\w+>", "case-1", path)
        assert visitor.get(f"/{address}").status_code == 404, path
    for asset in ("desk.js", "desk.css", "vendor/htmx.min.js"):
        assert visitor.get(f"/static/{asset}").status_code == 404
    assert visitor.get("/static/public/public.css").status_code == 200


def test_the_token_of_the_page_opens_nothing_else(site: Site) -> None:
    token = (site.folder / "public.token").read_text("utf-8")
    with httpx.Client(base_url=site.door, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as http:
        for path in (f"/payments/{name_of(KEPT)}", "/matters?kind=case", "/actors", "/money", "/metrics"):
            assert http.get(path).status_code in (401, 403), path


def test_every_answer_keeps_itself_to_itself(site: Site) -> None:
    for path in ("/", "/complaint", "/nowhere", f"/q/{'A' * 17}-{'0' * 20}"):
        answer = site.visitor().get(path)
        headers = answer.headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store" and headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer" and "noindex" in headers["x-robots-tag"]
        assert not re.search(r"<script|\sstyle=|\son[a-z]+=|javascript:", answer.text)
        assert "set-cookie" not in headers


def test_language_is_kept_under_an_answer(site: Site) -> None:
    visitor = site.visitor()
    page = visitor.post("/", data={**four(KEPT), "language": "en"})
    assert "The payment went through" in page.text and 'lang="en"' in page.text
    assert "Look it up" in visitor.get("/").text
    assert "Look it up" in site.visitor(**{"Accept-Language": "en-GB"}).get("/").text
    assert visitor.post("/look", data={"light": "dark", "back": "//evil.example"}).headers["location"] == "/"
    assert 'data-light="dark"' in visitor.get("/").text


def test_without_the_door_it_says_so(tmp_path: Path) -> None:
    with served(tmp_path, "http://127.0.0.1:9", "czt_x_y") as base:
        answer = httpx.post(base, data=four(KEPT), trust_env=False, timeout=20)
        assert answer.status_code == 503 and "暂时查不到" in answer.text


def test_a_door_that_refuses_is_no_payment_that_is_not_there(site: Site, tmp_path: Path) -> None:
    with served(tmp_path, site.door, "czt_nobody_has") as base, httpx.Client(base_url=base, trust_env=False) as visitor:
        asks = [visitor.post("/", data=four(KEPT)), visitor.get(f"/q/{name_of(KEPT)}-{'0' * 20}")]
        asks.append(complain(visitor, text="where is it"))
        assert [one.status_code for one in asks] == [503] * 3
        assert all("暂时查不到" in one.text for one in asks[:2])
        assert not any(said in one.text for one in asks for said in (NOTHING, LINK, "请写下发生了什么"))


def test_what_the_door_cannot_read_is_blamed_on_its_field(site: Site) -> None:
    much = {"amount": "999999999999"}
    asks = [site.visitor().post("/", data=four(KEPT, **much)), complain(site.visitor(), text="x", **four(KEPT, **much))]
    assert all(one.status_code == 400 and "请填写金额" in one.text for one in asks)


GOOD = 'door = "http://127.0.0.1:8443"\n[public]\n'


def written(folder: Path, text: str) -> Path:
    """A configuration with its token."""
    for name in ("public.token", "console.token"):
        (folder / name).write_text("czt_x_y", "utf-8")
        (folder / name).chmod(0o600)
    path = folder / "console.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_table_of_the_desk_may_hold_the_page_too(tmp_path: Path) -> None:
    path = written(tmp_path, 'journal = "journal.db"\n' + GOOD + 'address = "https://pay.example"\n')
    assert read(path).table.address == "https://pay.example" and "czt" not in repr(read(path))
    desk = read_desk(path)
    assert desk.public is not None and desk.public.per_address_min == 10


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('door = "http://x"', "public: is missing"),
        (GOOD + "colour = 1", "unknown field `colour`"),
        (GOOD + 'listen = "0.0.0.0:80"', "beyond this machine"),
        (GOOD + 'listen = "127.0.0.1:99999"', "a port is at most 65535"),
        (GOOD + 'key = "k.pem"', "certificate and key come together"),
        (GOOD + 'token_file = "nowhere"', "chongzheng api token create public --scope public"),
        (GOOD + "answer_ms = 9999", "answer_ms: expected `int` <= 2000"),
        ("door = ", "is not TOML"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(TheirMistake) as mistake:
        read(written(tmp_path, text))
    assert says in str(mistake.value) and "\n" not in str(mistake.value)


def test_the_command_says_it_in_one_line(tmp_path: Path) -> None:
    done = chongzheng("public", "serve", "--config", str(written(tmp_path, 'door = "http://x"')))
    assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1


# On a phone


def filled(seat: Screen, words: dict[str, str]) -> None:
    """The form, filled in and sent."""
    seat.go("/")
    for name, text in words.items():
        seat.page.fill(f"#{name}", text)
    seat.page.click("form.card button.go")
    seat.page.wait_for_load_state()


@pytest.mark.parametrize(("language", "light"), list(product(("zh", "en"), ("light", "dark"))))
def test_nothing_here_shuts_anybody_out(site: Site, chromium: Browser, language: str, light: str) -> None:
    with screen(site, chromium, language, light, NARROW) as seat:

        def looked_at(what: str) -> None:
            shown = seat.page.locator("html")
            assert (shown.get_attribute("lang"), shown.get_attribute("data-light")) == (LANG[language], light)
            assert not seat.grave(), what
            assert seat.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{what} is too wide"

        for n in (KEPT, DOUBTFUL, RETURNED):
            filled(seat, four(n))
            looked_at(f"answer {n}")
        filled(seat, four(KEPT, last_four="0000"))
        looked_at("nothing fits")
        seat.go("/complaint")
        looked_at("complaint")
        seat.page.fill("#text", "where is it")
        seat.page.click("form.card button.go")
        looked_at("taken in")


def test_language_light_and_enter_lose_nothing_of_a_complaint(site: Site, chromium: Browser) -> None:
    with screen(site, chromium, "zh", "light", NARROW) as seat:
        filled(seat, four(DOUBTFUL))
        seat.page.click("button.quiet")
        seat.page.fill("#text", "where is it")
        seat.page.fill("#contact", "someone@example.com")
        for button, of_html in (("language", "en"), ("light", "dark")):
            with seat.page.expect_navigation():
                seat.page.click(f"button[name={button}]:visible")
            assert of_html in (seat.page.get_attribute("html", "lang"), seat.page.get_attribute("html", "data-light"))
            assert (seat.page.input_value("#text"), seat.page.input_value("#contact")) == (
                "where is it", "someone@example.com",
            )  # fmt: skip
            assert seat.page.input_value("input[name=reference]") == four(DOUBTFUL)["reference"]
            assert not seat.grave()
        with seat.page.expect_navigation():
            seat.page.press("#contact", "Enter")
        assert "your number is" in seat.page.inner_text("h1"), "Enter sends it"
        with seat.page.expect_navigation():
            seat.page.click("button[name=language]")
        assert "/q/COMPLAINT-" in seat.page.url and seat.page.get_attribute("html", "lang") == "zh-CN"


# At the desk


def sealed(day: Day) -> str:
    """A complaint from outside, as the page for cardholders brings it in."""
    doors, now = Doors(day.side), now_ms()
    token = doors.make_token(f"page-{now}", frozenset({"public"}), frozenset(), 1_000, now, "test")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"one-{now}"}
    said = {"proofs": {}, "text": "where is my money", "contact": PHONE}
    return str(httpx.post(f"{day.door}/public/complaints", json=said, headers=headers, trust_env=False).json()["id"])


def test_a_clerk_opens_the_contact_and_an_auditor_does_not_see_it(day: Day) -> None:
    complaint = sealed(day)
    clerk = day.signed_in("clerk")
    matter = clerk.get(f"/matters/{complaint}").text
    assert f'href="/matters/{complaint}/contact"' in matter and "sealed:" not in matter and PHONE not in matter
    assert PHONE in clerk.get(f"/matters/{complaint}/contact").text
    assert any(row[2:5] == (actor_of("clerk"), "contact opened", complaint) for row in Doors(day.side).audit())
    assert day.signed_in("risk").get(f"/matters/{complaint}/contact").status_code == 404
    auditor = day.signed_in("auditor")
    assert auditor.get(f"/matters/{complaint}/contact").status_code == 403
    assert "sealed:" not in auditor.get(f"/matters/{complaint}").text


def test_the_code_for_a_slip_says_what_is_missing(day: Day) -> None:
    page = day.signed_in("clerk").get(f"/payments/{name_of(1)}/link")
    assert page.status_code == 200 and "[public]" in page.text


def test_the_code_for_a_slip_leads_to_the_public_page(tmp_path: Path) -> None:
    with working_day(tmp_path, f'{STRICT}[public]\naddress = "https://pay.example"\n') as day:
        page = day.signed_in("clerk").get(f"/payments/{name_of(1)}/link").text
        assert re.search(rf'href="https://pay\.example/q/{name_of(1)}-[0-9A-F]{{20}}"', page)
        assert 'src="data:image/svg+xml' in page and pan(1) not in page
        assert day.signed_in("auditor").get(f"/payments/{name_of(1)}/link").status_code == 403
