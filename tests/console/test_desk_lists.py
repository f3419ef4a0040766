"""Do lists go page by page, in a person's own columns, out as a file; are many acted on as they were shown?"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal

import httpx
import openpyxl
import pytest

from chongzheng.cases.kinds import KINDS
from chongzheng.console.columns import moved, read
from console.world import Browser, Day, working_day

MORE = 57
EVIL = '=HYPERLINK("http://x")'
ROW = re.compile(r'<a href="/matters/([a-z]+-[0-9]+)">')
SHOWN = re.compile(r'name="bulk-shown" value="([^"]+)"')
BATCH = re.compile(r'name="bulk-batch" value="([^"]+)"')


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A day of its own, with more tasks than a page holds: it is worked here."""
    with working_day(tmp_path_factory.mktemp("lists")) as one:
        for number in range(MORE):
            one.keeper.open("task", {"what": f"{EVIL} {number}", "team": "night"})
        yield one


@pytest.fixture(scope="module")
def clerk(day: Day) -> Browser:
    """A clerk at a browser."""
    return day.signed_in("clerk")


def rows(browser: Browser, path: str) -> list[str]:
    """The ids of a list, over all its pages."""
    found: list[str] = []
    while path:
        page = browser.get(path)
        assert page.status_code == 200
        found += ROW.findall(page.text)
        further = re.search(r'rel="next" href="([^"]+)"', page.text)
        path = further[1].replace("&amp;", "&") if further else ""
    return found


def test_pages_together_hold_everything_open_once(day: Day, clerk: Browser) -> None:
    wanted = [one.id for kind in KINDS for one in day.keeper.all_open(kind)]
    found = rows(clerk, "/queues/all")
    assert sorted(found) == sorted(wanted) and len(found) > MORE
    page = clerk.get("/queues/all").text
    assert f"共 {len(wanted)} 件" in page and len(ROW.findall(page)) == 50


def test_filters_narrow_a_list_and_nothing_else_comes(day: Day, clerk: Browser) -> None:
    tasks = rows(clerk, "/queues/all?kind=task&queue=night")
    assert len(tasks) == MORE and all(one.startswith("task-") for one in tasks)
    assert rows(clerk, "/queues/all?kind=task&state=DONE") == []
    areas = [set(rows(clerk, f"/areas/{area}")) for area in ("confirm", "diagnose", "remedy", "tell", "improve")]
    assert set.union(*areas) == set(rows(clerk, "/queues/all")) and sum(map(len, areas)) == len(set.union(*areas))
    for wrong in ("after=x", "after=9~", "after=%E2%91%A0~1", "columns=zzz", "state=%00"):
        assert clerk.get(f"/queues/all?{wrong}").status_code == 200
    assert clerk.get("/queues/confirm").status_code == 404


def test_a_supplier_sees_no_row_and_no_count_of_what_is_not_theirs(day: Day) -> None:
    page = day.signed_in("supplier").get("/queues/all").text
    assert not ROW.findall(page) and "共 0 件" in page and "tab-count" not in page


def test_a_person_has_columns_of_their_own_for_each_list(clerk: Browser) -> None:
    usual = "state,fen,due,owner,queue,age"
    page = clerk.get("/queues/team").text
    assert f'name="columns" value="{usual}"' in page
    moves = [("add:stan", f"{usual},stan"), ("up:stan", "state,fen,due,owner,queue,stan,age")]
    moves += [("drop:fen", "state,due,owner,queue,stan,age"), ("down:state", "due,state,owner,queue,stan,age")]
    had = usual
    for move, wanted in moves:
        answer = clerk.post("/columns", list="team", columns=had, move=move, back="/queues/team")
        assert answer.status_code == 302
        assert f'name="columns" value="{wanted}"' in clerk.get(answer.headers["location"]).text
        had = wanted
    assert f'name="columns" value="{usual}"' in clerk.get("/queues/all").text
    answer = clerk.post("/columns", list="all", columns="stan", move="add:fen", back="/queues/all?columns=stan")
    assert answer.headers["location"].startswith("/queues/all?columns=stan%2Cfen")
    assert f'name="columns" value="{usual}"' in clerk.get("/queues/all").text
    clerk.post("/columns", list="team", columns=had, move="reset:", back="/queues/team")
    assert f'name="columns" value="{usual}"' in clerk.get("/queues/team").text
    assert clerk.post("/columns", list="nowhere", columns="", move="reset:", back="/").headers["location"] == "/"


def test_a_saved_filter_keeps_its_columns(clerk: Browser) -> None:
    clerk.get("/queues/all")
    words = {"title": "Night", "address": "/queues/all?queue=night&after=0~9", "columns": "stan,about"}
    answer = clerk.post("/filters", **words)
    assert answer.headers["location"] == "/queues/all?queue=night&columns=stan%2Cabout"
    assert 'href="/queues/all?queue=night&amp;columns=stan%2Cabout"' in clerk.get("/help").text


def test_the_same_view_leaves_as_csv_that_is_no_formula(day: Day, clerk: Browser) -> None:
    answer = clerk.get("/export/all?format=csv&queue=night&columns=about,fen,age")
    assert answer.content.startswith(b"\xef\xbb\xbf") and "attachment" in answer.headers["content-disposition"]
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert table[0] == ["编号", "类别", "内容", "金额", "账龄"]
    assert {row[0] for row in table[1:]} == set(rows(clerk, "/queues/all?queue=night")) and len(table) == MORE + 1
    assert all(row[2].startswith("'=HYPERLINK") for row in table[1:])
    assert clerk.get("/export/all?format=pdf").status_code == clerk.get("/export/nowhere").status_code == 404


def test_the_same_view_leaves_as_a_workbook_of_typed_cells(day: Day, clerk: Browser) -> None:
    answer = clerk.get("/export/all?format=xlsx&kind=case&columns=fen,opened,priority,stan")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    table, about = list(book.worksheets[0].iter_rows(values_only=True)), list(book.worksheets[1].iter_rows())
    found = {row[0]: row for row in table[1:]}
    gap = found[day.matters["gap"]]
    assert Decimal(str(gap[2])) == 88 and gap[3].year >= 2026 and isinstance(gap[4], int)
    assert found[day.matters["case"]][5] == "000001"
    said = {row[0].value: row[1].value for row in about}
    assert said["类别"] == "case" and said["导出人"] == "p-clerk" and said["行数"] == str(len(found))


def test_columns_move_within_their_bounds() -> None:
    assert read("") == read("nothing,here") and read("stan,stan,fen") == ("stan", "fen")
    assert moved(("fen",), "drop:fen") == ("fen",) and moved(("fen",), "up:stan") == ("fen",)
    assert moved(("fen", "due"), "add:what") == ("fen", "due") and moved(("fen", "due"), "up:fen") == ("fen", "due")


def test_many_are_acted_on_as_shown_and_each_has_its_result(day: Day, clerk: Browser) -> None:
    ids = rows(clerk, "/queues/all?queue=night")[:3]
    query = "&".join(f"m={one}" for one in ids)
    assert "Queued" in clerk.get(f"/bulk?{query}").text
    page = clerk.get(f"/bulk?{query}&fact=Queued").text
    batch = BATCH.search(page)
    assert batch
    form = {"bulk-fact": "Queued", "bulk-batch": batch[1], "queue": "confirm", "bulk-back": "/queues/all"}
    seen = send(clerk, "/bulk/preview", form, m=ids)
    shown = SHOWN.findall(seen.text)
    assert [one.partition(":")[0] for one in shown] == ids and seen.status_code == 200
    assert [day.keeper.get(one).queue for one in ids] == ["night"] * 3
    day.keeper.say(ids[1], "Noted", {"text": "in between"}, "p-supervisor")
    done = send(clerk, "/bulk/say", form, **{"bulk-shown": shown})
    assert [day.keeper.get(one).queue for one in ids] == ["confirm", "night", "confirm"]
    assert done.text.count("result-done") == 2 and "内容已变化" in done.text
    again = send(clerk, "/bulk/say", form, **{"bulk-shown": shown})
    assert again.text.count("此前已办") == 2 and day.keeper.get(ids[0]).version == 2


def send(browser: Browser, path: str, form: dict[str, str], **lists: list[str]) -> httpx.Response:
    """A form some of whose names come several times."""
    token = {"csrfmiddlewaretoken": browser._token}
    return browser.http.post(path, data={**form, **lists, **token}, headers={"Referer": str(browser.http.base_url)})


def test_nothing_that_takes_a_second_person_is_said_of_many(day: Day) -> None:
    """Whoever sends such a form by hand is refused: it takes a proof on the spot, one by one."""
    boss = day.signed_in("supervisor")
    case = day.matters["case"]
    weighty = next(row.fact for row in KINDS["case"].rows if (row.apart or row.shown) and row.may)
    page = boss.get(f"/bulk?m={case}").text
    assert f'value="{weighty}"' not in page
    answer = send(boss, "/bulk/say", {"bulk-fact": weighty, "bulk-batch": "b"}, **{"bulk-shown": [f"{case}:"]})
    assert answer.status_code == 409 and day.keeper.get(case).version == 1


def test_what_cannot_be_said_of_all_is_said_so(day: Day, clerk: Browser) -> None:
    assert clerk.get("/bulk").status_code == clerk.get("/bulk?m=task-999&m=cat").status_code == 302
    ids = rows(clerk, "/queues/all?queue=night")[5:7]
    wrong = send(clerk, "/bulk/preview", {"bulk-fact": "Queued", "bulk-batch": "b9"}, m=ids)
    assert wrong.status_code == 400 and "alert-danger" in wrong.text
    gone = send(clerk, "/bulk/preview", {"bulk-fact": "Nothing", "bulk-batch": "b9"}, m=ids)
    assert gone.status_code == 409
