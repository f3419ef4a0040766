"""Do rows of registers leave as files and come back unchanged; is a difference shown before it is proposed?"""

from __future__ import annotations

import html
import io
import re
import socket
import tomllib
import zipfile
from pathlib import Path

import httpx
import openpyxl
import pytest

from chongzheng.cases.shipped import REGISTERS
from chongzheng.console import rowfiles
from chongzheng.journal.registers import Registers
from chongzheng.journal.rules import day_of
from chongzheng.mistakes import TheirMistake
from console.world import Browser, Day, now_ms, working_day

ROWS = re.compile(r'name="rows" value="([^"]+)"')
LIMITS = REGISTERS["case limits"]


@pytest.mark.parametrize("form", rowfiles.FORMS)
def test_what_leaves_comes_back_as_it_was(form: str) -> None:
    for register in REGISTERS.values():
        if not register.shipped:
            continue
        data = rowfiles.written(register, register.shipped, form)
        found = rowfiles.read(register, data, f"x.{form}")
        assert found == {name: dict(row) for name, row in register.shipped.items()}, register.name
        assert all(not register.wrong(row) for row in found.values())


def test_a_formula_leaves_as_text_and_comes_back() -> None:
    rows = {"x": {"zh": "=1+1", "en": "-x\nline 2", "n": 5}}
    data = rowfiles.written(LIMITS, rows, "csv")
    assert b"'=1+1" in data and rowfiles.read(LIMITS, data, "a.csv") == rows
    sheet = openpyxl.load_workbook(io.BytesIO(rowfiles.written(LIMITS, rows, "xlsx"))).worksheets[0]
    assert sheet["B2"].data_type == "s" and sheet["D2"].value == 5


def workbook() -> bytes:
    """A good one."""
    return rowfiles.written(LIMITS, {"a": {"zh": "甲", "en": "x" * 200, "n": 5}}, "xlsx")


def damaged() -> bytes:
    """Its sheet does not unpack."""
    data = bytearray(workbook())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = next(one for one in archive.infolist() if "sheet1" in one.filename)
    begin = sheet.header_offset + 30 + len(sheet.filename)
    data[begin : begin + 40] = b"\xff" * 40
    return bytes(data)


def encrypted() -> bytes:
    """Its members say that they need a password."""
    data = bytearray(workbook())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(mark, at + 1)
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.doc", b"", "file name: ends in none"),
        ("x.csv", b"", "line 1: the first line names"),
        ("x.csv", b"name,zz\na,1", "line 1: there is no field zz"),
        ("x.csv", b"name,n\na,1\na,2", "line 3: names a row for the second time"),
        ("x.csv", b"name,n\n,1", "line 2: has no name"),
        ("x.csv", b"name,n\na,one", "line 2, n: is a whole number"),
        ("x.csv", b"name,n\n", "file: holds no row"),
        ("x.csv", b"\xff\xfe", "file: is not a CSV file in UTF-8"),
        ("x.csv", b"name,n\n" + b"".join(b"r%d,1\n" % n for n in range(501)), "holds more than 500 rows"),
        ("x.csv", b" " * 1_000_001, "has more than 1000000 bytes"),
        ("x.xlsx", b"PK\x03\x04", "is not a workbook"),
        ("x.xlsx", damaged(), "is not a workbook"),
        ("x.xlsx", encrypted(), "is not a workbook"),
        ("x.toml", b"a = 1", "a: is no row"),
        ("x.toml", b"[a]\nn = 2026-01-01", "a: a day is text"),
        ("x.toml", b"[a", "file: is not TOML"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(name: str, data: bytes, says: str) -> None:
    with pytest.raises(TheirMistake) as mistake:
        rowfiles.read(LIMITS, data, name)
    assert says in str(mistake.value)


def upload(browser: Browser, register: str, data: bytes, name: str = "rows.csv") -> httpx.Response:
    """A file with its day and reason."""
    browser.get(f"/registers/{register}/import")
    words = {"csrfmiddlewaretoken": browser._token, "from": "2099-01-01", "reason": "the yearly review"}
    where = {"Referer": str(browser.http.base_url)}
    return browser.http.post(f"/registers/{register}/import", data=words, files={"file": (name, data)}, headers=where)


def test_a_difference_is_shown_first_and_proposed_row_by_row(day: Day) -> None:
    boss = day.signed_in("supervisor")
    sheet = boss.get("/registers/refund%20limits/export?format=toml").text
    had = tomllib.loads(sheet)
    name, row = next(iter(had.items()))
    changed = (
        sheet.replace(f"n = {row['n']}\n", f"n = {row['n'] + 3}\n", 1) + '["another"]\nzh = "另一"\nen = "x"\nn = 2\n'
    )
    seen = upload(boss, "refund%20limits", changed.encode(), "rows.toml")
    assert seen.status_code == 200 and "2 行变化" in seen.text and f"{row['n'] + 3}" in seen.text
    assert not [one for one in Registers(day.side).history("refund limits") if one.reason == "the yearly review"]
    said = html.unescape(ROWS.findall(seen.text)[0])
    form = {"rows": said, "from": "2099-01-01", "reason": "the yearly review"}
    done = boss.post("/registers/refund%20limits/import/propose", **form)
    assert done.status_code == 200 and done.text.count("result-done") == 2 and done.text.count("待复核") >= 2
    waits = [one for one in Registers(day.side).history("refund limits") if one.reason == "the yearly review"]
    assert {one.name for one in waits} == {name, "another"} and not any(one.in_force for one in waits)
    assert all(one.proposed_by == "p-supervisor" for one in waits)


def test_a_file_that_changes_nothing_or_is_wrong_proposes_nothing(day: Day) -> None:
    boss = day.signed_in("supervisor")
    same = upload(boss, "clocks", boss.get("/registers/clocks/export?format=csv").content)
    assert same.status_code == 200 and "完全相同" in same.text and not ROWS.findall(same.text)
    wrong = upload(boss, "case%20limits", "name,zh,en,n\nreopens,重开,reopens,0\nnew one,新,new,5".encode())
    assert "须大于零" in wrong.text and not ROWS.findall(wrong.text)
    unread = upload(boss, "case%20limits", b"name,what\n")
    assert unread.status_code == 400 and "第 1 行：没有“what”这一列" in unread.text
    for junk in ("x", "[1]", "{}", '[{"name": 1}]'):
        words = {"rows": junk, "from": "2099-01-01", "reason": "r"}
        assert boss.post("/registers/case%20limits/import/propose", **words).status_code == 200
    assert not [one for one in Registers(day.side).history("case limits") if one.valid_from == "20990101"]


def test_rows_that_changed_in_between_are_left_alone(day: Day) -> None:
    boss = day.signed_in("supervisor")
    row = dict(LIMITS.shipped["reopens"])
    sheet = rowfiles.written(LIMITS, {"reopens": {**row, "n": row["n"] + 1}}, "csv")
    seen = upload(boss, "case%20limits", sheet)
    today = day_of(now_ms())
    other = {**row, "n": row["n"] + 7}
    Registers(day.side).propose("case limits", "reopens", today, other, "meanwhile", "p-finance", now_ms())
    words = {"rows": html.unescape(ROWS.findall(seen.text)[0]), "from": "2099-01-01", "reason": "stale"}
    done = boss.post("/registers/case%20limits/import/propose", **words)
    assert "result-refused" in done.text
    assert not [one for one in Registers(day.side).history("case limits") if one.reason == "stale"]


def test_a_register_is_searched_in_names_and_values(day: Day) -> None:
    reader = day.signed_in("auditor")
    every, some = reader.get("/registers/clocks").text, reader.get("/registers/clocks?q=COMPLAINT").text
    assert every.count("register-row") == 9 > some.count("register-row") > 0
    assert reader.get("/registers/clocks?q=zzzz").text.count("register-row") == 0
    found = reader.get("/registers?q=reopens").text
    assert "/registers/case%20limits" in found and "/registers/parts" not in found
    assert reader.get("/registers/clocks/import").status_code == 403


def test_what_is_too_large_is_refused_before_a_byte_of_it_has_come(day: Day) -> None:
    host, port = day.base.removeprefix("http://").split(":")
    for length in (rowfiles.FILE_BYTES_MAX + 100_000, 10**20):
        with socket.create_connection((host, int(port)), timeout=20) as line:
            head = f"POST /registers/clocks/import HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {length}\r\n\r\n"
            line.sendall(head.encode())
            said = line.recv(4_096).decode("utf-8", "replace")
        assert said.split()[1] in ("413", "400" if length > 2**63 else "413"), said
    fits = upload(day.signed_in("supervisor"), "clocks", b"x" * 999_000)
    assert fits.status_code == 400, "one that fits is read, and said to be wrong"


def test_what_was_proposed_already_is_not_proposed_again(day: Day) -> None:
    boss = day.signed_in("supervisor")
    sheet = "name,zh,en,n\ntwice,两次,twice,5\n".encode()
    seen = upload(boss, "refund%20limits", sheet)
    form = {"rows": html.unescape(ROWS.findall(seen.text)[0]), "from": "2099-02-01", "reason": "sent twice"}
    for _ in range(2):
        done = boss.post("/registers/refund%20limits/import/propose", **form)
        assert done.text.count("result-done") == 1 and "待复核" in done.text
    assert len([one for one in Registers(day.side).history("refund limits") if one.reason == "sent twice"]) == 1


def test_a_preview_holds_no_more_than_its_form_can_carry(day: Day) -> None:
    boss = day.signed_in("supervisor")
    head, long = "name,zh,en,n\n", "字" * 900
    seen = upload(boss, "case%20limits", (head + "".join(f"r{n},{long},x,5\n" for n in range(60))).encode())
    assert seen.status_code == 200
    form = {"csrfmiddlewaretoken": boss._token, "from": "2099-03-01", "reason": "many"}
    form["rows"] = html.unescape(ROWS.findall(seen.text)[0])
    assert 'enctype="multipart/form-data" action="/registers/case%20limits/import/propose"' in seen.text
    where = {"Referer": str(boss.http.base_url)}
    files = {name: (None, word) for name, word in form.items()}
    done = boss.http.post("/registers/case%20limits/import/propose", files=files, headers=where)
    assert done.status_code == 200 and done.text.count("result-done") == 60
    over = upload(boss, "case%20limits", (head + "".join(f"r{n},{long},x,5\n" for n in range(120))).encode())
    assert over.status_code == 400 and "变化过多" in over.text


def test_an_engine_that_goes_away_leaves_no_row_untold(tmp_path: Path) -> None:
    with working_day(tmp_path) as here:
        boss = here.signed_in("supervisor")
        seen = upload(boss, "case%20limits", "name,zh,en,n\na,甲,a,5\nb,乙,b,5\n".encode())
        here.stop_door()
        form = {"rows": html.unescape(ROWS.findall(seen.text)[0]), "from": "2099-01-01", "reason": "r"}
        done = boss.post("/registers/case%20limits/import/propose", **form)
        assert done.status_code == 200 and "不知是否已提交" in done.text and done.text.count("尚未提交") == 1
