"""Does every kind of file reach the book: a wallet's bill, an operator's layout, a workbook, a corrected file?"""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from chongzheng.clearing import terms_of
from chongzheng.gateway import settle as door
from chongzheng.gateway.settle import Outcome, Terms
from chongzheng.gateway.workbook import unpack
from chongzheng.journal import Committed, payment_id
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal import facts
from chongzheng.reversal.facts import Answer, Key, Request, Undo
from chongzheng.reversal.payment import Proof, State, Truth
from chongzheng.sections import OwnerSection, SettlementSection
from chongzheng.settlement.formats.known import packaged
from chongzheng.settlement.formats.parse import parse
from unit.settlement import bills
from unit.settlement.acom_lines import DAY, MERCHANT, NAME, PAN, TERMINAL, joined, line, reversal
from unit.settlement.bills import REFUND, REVERSAL, Deal
from whole.test_settle import ECHO, NEXT_DAY, NEXT_NAME, NO_BREAKS, NOW_MS, OPENED_AT, Shop, refused, run, settled

ALIPAY = "20881021_20261122_业务明细.csv"


class Counter(Shop):
    """A shop that is also paid by wallet."""

    def wallet(self, order: str, fen: int = 12345, channel: str = "alipay", said: str = "00") -> str:
        """A wallet's payment as a switch reported it: approved, or (`said` "") without an answer."""
        key, ends_at = Key(MERCHANT, TERMINAL, "000001", f"{int(order[1:]):06d}"), OPENED_AT + 46_800_000
        wallet = {"undo": Undo.NONE, "channel": channel, "order": order}
        request = Request(key, fen, "156", order, ECHO, (), DAY, ends_at, **wallet)  # type: ignore[arg-type]
        name = payment_id(key)
        self.write(facts.RequestReported(name, OPENED_AT, "", request))
        if said:
            self.write(facts.ReplyArrived(name, OPENED_AT + 1, "", Answer(said, "good", ECHO)),
                       facts.AnswerWritten(name, OPENED_AT + 2))  # fmt: skip
        return name

    def put(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Counter]:
    yield Counter(tmp_path)


def test_a_wallets_bill_finds_its_payments_by_order_number_and_needs_no_control_file(shop: Counter) -> None:
    kept, returned, other = shop.wallet("A1"), shop.wallet("B7", 300), shop.wallet("A3", channel="wechat")
    deals = [Deal(order="A1"), Deal(order="B7", fen=300), Deal(kind=REVERSAL, fen=300, original_order="B7")]
    path = shop.put("bill.zip", bills.zipped({ALIPAY: bills.alipay(deals), "1_业务明细(汇总).csv": b"x"}))
    said = settled(path, "--format", "alipay", "--date", DAY, "--db", shop.path)
    assert (said["rows"], said["matched"], said["breaks"], said["problems"]) == (3, 3, NO_BREAKS | {"short": 1}, [])
    assert shop.verdict(kept) == (State.SETTLED, Truth.CHARGED_KEPT, Proof.PROVEN)
    assert shop.verdict(returned)[1] is Truth.CHARGED_RETURNED
    assert shop.verdict(other)[0] is State.APPROVED
    again = settled(path, "--format", "alipay", "--date", DAY, "--db", shop.path)
    assert (again["outcome"], again["breaks"]) == ("already read, nothing changed", said["breaks"])
    assert (again["rows"], again["matched"], again["digest"]) == (3, 3, said["digest"])


def test_a_bill_that_is_somebodys_is_silent_about_nobody_else(shop: Counter) -> None:
    name = shop.wallet("A1", said="")
    path = shop.put(ALIPAY, bills.alipay([]))
    assert settled(path, "--format", "alipay", "--db", shop.path)["silent"] == 0
    second = shop.put(ALIPAY.replace("20881021", "20881022"), bills.alipay([], end="\n"))
    assert settled(second, "--format", "alipay", "--db", shop.path, "--whole")["silent"] == 1
    assert [day for day, _ in shop.payment(name).days] == [DAY]


def test_the_bills_of_several_accounts_are_each_silent_about_their_merchants(shop: Counter) -> None:
    name = shop.wallet("A1", said="")
    other = shop.put(ALIPAY.replace("20881021", "20881022"), bills.alipay([], end="\n"))
    assert settled(other, "--format", "alipay", "--db", shop.path, "--of", "898110000000002")["silent"] == 0
    path = shop.put(ALIPAY, bills.alipay([]))
    assert settled(path, "--format", "alipay", "--db", shop.path, "--of", MERCHANT)["silent"] == 1
    assert [day for day, _ in shop.payment(name).days] == [DAY]


def test_whose_bill_it_is_may_stand_in_the_configuration() -> None:
    owner = OwnerSection(format="alipay", part="20881021", merchants=[MERCHANT])
    assert terms_of(SettlementSection(owners=[owner])).owners == {("alipay", "20881021"): {MERCHANT}}


def test_a_trade_that_nobody_told_us_of_becomes_a_payment(shop: Counter) -> None:
    known = shop.approved("000001", "RRN000000001")
    first = shop.file(NAME, line(), line(stan="000002", rrn="RRN000000002", fen=777))
    dry = settled(first, "--date", DAY, "--db", shop.path, "--dry-run")
    said = settled(first, "--date", DAY, "--db", shop.path)
    assert (said["opened"], said["matched"], said["breaks"]) == (1, 2, NO_BREAKS | {"one_sided_theirs": 2})
    assert (dry["opened"], dry["matched"]) == (1, 2)
    (opened,) = [one for one in shop.reader().payments() if one.id != known]
    assert (opened.amount_fen, opened.day, opened.key.stan, opened.state) == (777, DAY, "000002", State.DOUBTFUL)
    assert opened.id in [one["payment"] for one in said["differences"]]  # type: ignore[attr-defined]
    settled(shop.file(NEXT_NAME), "--date", NEXT_DAY, "--db", shop.path)
    assert shop.verdict(opened.id) == (State.SETTLED, Truth.CHARGED_KEPT, Proof.PROVEN)
    assert [case.payment for case in shop.reader().cases()] == [opened.id]
    assert shop.reader().faults() == []


def test_opening_is_taken_up_after_a_stop_and_happens_once(shop: Counter) -> None:
    shop.approved("000001", "RRN000000001")
    clearing = door.load(shop.file(NAME, line(), line(stan="000002", rrn="RRN000000002")), DAY)
    for survived in range(4):
        journal, reader, left = shop.open(), shop.reader(), [survived]

        def hand_in(batch: object, journal: object = journal, left: list[int] = left) -> list[Committed]:
            if left[0] == 0:
                raise InterruptedError
            left[0] -= 1
            return journal.apply(batch)  # type: ignore[attr-defined,no-any-return]

        try:
            door.settle(clearing, journal, reader, NOW_MS + survived, hand_in)
        except InterruptedError:
            pass
        finally:
            journal.close()
            reader.close()
    assert len(list(shop.reader().payments())) == 2
    assert shop.reader().settlement_days()[0]["state"] == "done"


def corrected(shop: Counter, terms: Terms, **other: int) -> door.Summary:
    """The file of the day again, with another amount and another trade."""
    path = shop.file(NAME, line(**other), line(stan="000002", rrn="RRN000000002"), reversal(stan="000002"))
    journal, reader = shop.open(), shop.reader()
    try:
        return door.settle(door.load(path, DAY), journal, reader, NOW_MS, terms=terms)
    finally:
        journal.close()
        reader.close()


def test_a_corrected_file_takes_the_place_of_the_first_and_says_what_is_other(shop: Counter) -> None:
    one, two, same = (shop.approved(f"00000{n}", f"RRN00000000{n}") for n in (1, 2, 3))
    shop_file = shop.file(NAME, line(fen=101), line(stan="000002", rrn="RRN000000002"))
    settled(shop_file, "--date", DAY, "--db", shop.path)
    assert shop.verdict(one)[0] is State.CONTESTED
    assert shop.verdict(two) == (State.SETTLED, Truth.CHARGED_KEPT, Proof.PROVEN)
    old = shop.reader().evidence_of(two)
    assert corrected(shop, Terms()).outcome is Outcome.OTHER_CONTENT
    summary = corrected(shop, Terms(corrects=True))
    assert summary.outcome is Outcome.CORRECTED and summary.changes is not None
    assert set(summary.changes.by_payment) == {one, two} and same not in summary.changes.by_payment
    before, now = summary.changes.by_payment[two]
    assert (len(before), len(now)) == (1, 2) and now[0].startswith("reversal 100 fen")
    assert summary.contested == [two]
    assert [line_.amount_fen for line_ in shop.payment(one).originals] == [100]
    assert {kept.id for kept in old} <= {kept.id for kept in shop.reader().evidence_of(two)}
    rows = {row["digest"]: row for row in shop.reader().settlement_days()}
    (first,) = [row for row in rows.values() if row["superseded_by"]]
    assert json.loads(rows[first["superseded_by"]]["changes"])["payments"] == 2
    assert corrected(shop, Terms()).outcome is Outcome.ALREADY_READ
    settled_again = shop.file(NAME, line(fen=101), line(stan="000002", rrn="RRN000000002"))
    assert "a corrected file has taken its place" in str(
        settled(settled_again, "--date", DAY, "--db", shop.path)["outcome"]
    )
    assert shop.reader().faults() == []


def test_a_line_that_a_corrected_file_takes_back_is_silence_even_for_what_is_settled(shop: Counter) -> None:
    gone = shop.approved("000009", "RRN000000009")
    settled(shop.file(NAME, line(stan="000009", rrn="RRN000000009")), "--date", DAY, "--db", shop.path)
    assert shop.verdict(gone)[0] is State.SETTLED
    summary = corrected(shop, Terms(corrects=True))
    assert summary.changes is not None and summary.changes.by_payment[gone][1] == ()
    assert shop.payment(gone).originals == ()
    assert summary.contested == [gone] and shop.verdict(gone)[0] is State.CONTESTED


def test_a_control_file_says_which_file_is_corrected(shop: Counter) -> None:
    shop.approved("000001", "RRN000000001")
    first = settled(shop.file(NAME, line(fen=101)), "--date", DAY, "--db", shop.path)
    path = shop.file(NAME, line())
    ctl = path.with_name(f"{NAME}.ctl")
    whole = ctl.read_text()
    ctl.write_text(f"{whole}corrects={'0' * 64}\n")
    assert run(path, "--date", DAY, "--db", shop.path)[0] == 1
    ctl.write_text(f"{whole}corrects={first['sha256']}\n")
    said = settled(path, "--date", DAY, "--db", shop.path)
    assert said["outcome"] == "read, in the place of an earlier file of this day"
    assert said["changes"]["payments"] == 1  # type: ignore[index]


def test_every_line_that_cannot_be_read_is_listed_and_nothing_is_believed(shop: Counter) -> None:
    kept = shop.approved("000001", "RRN000000001")
    known = shop.reader().head(kept)
    bad = [line(), line(stan="0000x2"), b"short", line(stan="000003", sent="1120100000"), line(stan="000004")]
    path = shop.put(NAME, joined(*bad))
    shop.put(f"{NAME}.ctl", bills.control(path.read_bytes(), 5, 500))
    code, out, err = run(path, "--date", DAY, "--db", shop.path, "--json")
    said = json.loads(out)
    assert (code, err.count("\n"), said["rows"], said["matched"], said["proven"]) == (2, 1, 2, 0, 0)
    assert [(one["where"], one["which"]) for one in said["problems"]] == [
        ("line 2", "STAN (F11)"), ("line 3", ""), ("line 4", "sent (F7)"),
    ]  # fmt: skip
    assert shop.reader().head(kept) == known


def test_fees_are_checked_when_asked_for_and_stated(shop: Counter) -> None:
    shop.approved("000001", "RRN000000001", 10_000)
    dear = line(fen=10_000).replace(
        b"000000000000 000000000000 D00000000000", b"000000000000 000000000099 D00000000003"
    )
    path = shop.file(NAME, dear)
    assert settled(path, "--date", DAY, "--db", shop.path, "--dry-run")["breaks"]["fee"] == 0  # type: ignore[index]
    said = settled(path, "--date", DAY, "--db", shop.path, "--fees")
    fees = [one for one in said["differences"] if one["type"] == "fee"]  # type: ignore[attr-defined]
    assert len(fees) == said["breaks"]["fee"] >= 1 and fees[0]["owner"] == "finance"  # type: ignore[index]


MINE = """
name = "mine"
title = "our acquirer's list"
shape = "delimited"
encoding = "gbk"
file_name = 'mine-(?P<day>\\d{8})\\..*'
fields = [
  { column = "流水号", kind = "digits", is = "stan" },
  { column = "商户号", kind = "word", is = "merchant" },
  { column = "终端号", kind = "word", is = "terminal" },
  { column = "金额", kind = "yuan", is = "amount" },
  { column = "参考号", kind = "word", is = "rrn" },
  { column = "交易类型" },
  { column = "交易时间", kind = "time", form = "yyyy-MM-dd HH:mm:ss", is = "sent" },
]
[[trades]]
is = "sale"
when = { "交易类型" = "消费" }
[[closings]]
line = '^合计,(?P<count>\\d+),(?P<net>[\\d.,-]+)'
sums = { net = "金额" }
"""
HEADER = ["流水号", "商户号", "终端号", "金额", "参考号", "交易类型", "交易时间"]
ROW = ["000001", MERCHANT, TERMINAL, "1.00", "RRN000000001", "消费", "2026-11-22 10:00:00"]


def test_an_operators_layout_needs_no_code(shop: Counter) -> None:
    kept = shop.approved("000001", "RRN000000001")
    layout = shop.put("mine.toml", MINE.encode())
    text = "\r\n".join([",".join(HEADER), ",".join(ROW), "合计,1,1.00"])
    path = shop.put("mine-20261122.csv", text.encode("gbk"))
    assert settled(path, "--format", layout, "--db", shop.path)["matched"] == 1
    assert shop.verdict(kept)[0] is State.SETTLED
    folder = shop.folder / "layouts"
    folder.mkdir()
    layout.rename(folder / "mine.toml")
    again = settled(path, "--format", "mine", "--layouts", folder, "--db", shop.path)
    assert again["outcome"] == "already read, nothing changed"


def test_a_layout_that_is_wrong_is_one_line_that_says_where(shop: Counter) -> None:
    shop.approved("000001", "RRN000000001")
    path = shop.put("mine-20261122.csv", b"")
    bad = shop.put("bad.toml", MINE.replace('kind = "yuan"', 'kind = "money"').encode())
    assert "bad.toml: fields[4].kind: is not one of" in refused(path, "--format", bad, "--db", shop.path)
    assert "cannot be read" in refused(path, "--format", "none.toml", "--db", shop.path)
    assert "is not UTF-8 text" in refused(path, "--format", shop.put("x.toml", b"\xff"), "--db", shop.path)
    assert "cannot be read" in refused(path, "--layouts", shop.folder / "none", "--db", shop.path)


def book(*rows: list[object], sheet: str = "对账单") -> bytes:
    made = Workbook()
    made.active.title = sheet  # type: ignore[union-attr]
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


SHAPE = 'shape = "delimited"'
BOOK = MINE.split("[[closings]]")[0].replace(SHAPE, f'{SHAPE}\ncontainer = "xlsx"\nsheet = "对账单"')


def test_a_workbook_is_read_by_an_operators_layout(shop: Counter) -> None:
    kept = shop.approved("000001", "RRN000000001")
    data = book(list(HEADER), ["000001", MERCHANT, TERMINAL, 1, *ROW[4:]], [None, None])
    path, layout = shop.put("mine-20261122.xlsx", data), shop.put("book.toml", BOOK.encode())
    shop.put("mine-20261122.xlsx.ctl", bills.control(data, 1, 100))
    assert settled(path, "--format", layout, "--db", shop.path)["matched"] == 1
    assert shop.verdict(kept)[0] is State.SETTLED


def test_workbooks_that_will_not_do() -> None:
    layout = parse(BOOK, "book.toml")
    lines = unpack(book([1.5, 0.1 + 0.2, 1e20, True, "a\nb", None, 7]), replace(layout, sheet=""))
    assert lines.decode("gb18030").split("\x1f") == ["1.5", "0.3", "100000000000000000000.00", "True", "a b", "", "7\n"]
    for data, said in (
        (b"no book", "is not a workbook"),
        (bills.zipped({"a": b"x"}), "cannot be read|is not a workbook"),
        (book([1], sheet="other"), "has no such sheet"),
        (book([6222021234567890]), "more than 15 digits"),
    ):
        with pytest.raises(TheirMistake, match=said):
            unpack(data, layout)


def test_a_file_of_fees_proves_nothing_and_opens_nothing(shop: Counter) -> None:
    kept = shop.approved("000001", "RRN000000001")
    known = shop.reader().head(kept)
    text = bytearray(b" " * 358)
    for at, value in {116: "000001", 123: "1122100000", 134: PAN, 212: "0" * 42, 255: TERMINAL, 264: MERCHANT,
                      280: "RRN000000001", 293: "000000000100", 306: "000000000038"}.items():  # fmt: skip
        text[at : at + len(value)] = value.encode()
    data = bytes(text) + b"\n"
    path = shop.put("IND26112299ALFEE", data)
    shop.put("IND26112299ALFEE.ctl", bills.control(data, 1, 100))
    said = settled(path, "--format", "alfee", "--date", DAY, "--db", shop.path)
    assert (said["rows"], said["matched"], said["opened"], said["proven"], said["silent"]) == (1, 1, 0, 0, 0)
    assert shop.reader().head(kept) == known


def test_every_layout_of_ours_is_named_in_the_help() -> None:
    assert "acom" in packaged().words
    assert "layout.toml" in run("--help")[1]


def test_a_refund_in_the_bill_is_seen_as_such(shop: Counter) -> None:
    shop.wallet("B9", 500)
    deals = [Deal(order="B9", fen=500), Deal(kind=REFUND, fen=200, order="R1", original_order="B9")]
    path = shop.put(ALIPAY, bills.alipay(deals))
    said = settled(path, "--format", "alipay", "--db", shop.path)
    assert said["rows"] == 2 and sum(said["breaks"].values()) >= 1  # type: ignore[attr-defined]


def test_a_large_file_is_matched_by_sets_with_the_same_result(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(1, 4):
        shop.approved(f"00000{n}", f"RRN00000000{n}")
    clearing = door.load(
        shop.file(NAME, *(line(stan=f"00000{n}", rrn=f"RRN00000000{n}", fen=99 + n) for n in range(1, 4))), DAY
    )
    reader = shop.reader()
    small = door.preview(clearing, reader)
    monkeypatch.setattr(door, "LARGE_ROWS", 1)
    large = door.preview(clearing, reader)
    assert (small.matched, small.result, small.by_type) == (large.matched, large.result, large.by_type)
    assert small.matched >= 1 and small.differences == large.differences
