"""Is every line of a file a report or a located problem, whatever stands in it?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.api.imports import LINE_BYTES_MAX, PROBLEMS_KEPT_MAX, Reading, Summary, bring_in
from chongzheng.api.shapes import BATCH_MAX, Outcome
from chongzheng.mistakes import TheirMistake

HEADER = "merchant,terminal,batch,stan,amount_fen,at"
ROW = "M1,T1,000001,000001,100,1790000000000"


class Sink:
    """Takes everything."""

    def __init__(self) -> None:
        self.batches: list[list[bytes]] = []

    def send(self, reports: Sequence[bytes]) -> list[Outcome]:
        self.batches.append(list(reports))
        return [Outcome(line=n, result="taken", state="APPROVED") for n in range(1, len(reports) + 1)]

    @property
    def reports(self) -> list[Any]:
        """Everything that was taken."""
        return [json.loads(one) for batch in self.batches for one in batch]


def take(folder: Path, content: str | bytes, **reading: Any) -> tuple[Summary, Sink]:
    """Bring in a file of this content."""
    path, sink = folder / "file", Sink()
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    read: list[int] = []
    summary = bring_in(path, Reading(**{"form": "csv", **reading}), sink.send, read.append)
    assert sum(read) <= path.stat().st_size
    return summary, sink


def test_columns_become_the_fields_of_a_report(tmp_path: Path) -> None:
    more = "card,kind,currency,day,sign,delivered,reply_code,reply_mac,reply_rrn,reply_at,field_22,branch"
    cells = "622202******0123,purchase,156,20260921,trace_gap,yes,00,good,1,2026-09-21T22:13:20.5,021,north"
    summary, sink = take(tmp_path, f"{HEADER},{more}\n{ROW},{cells}\n")
    assert summary.problems == [] and summary.taken == 1
    assert sink.reports == [{
        "merchant": "M1", "terminal": "T1", "batch": "000001", "stan": "000001", "amount_fen": 100,
        "at": 1_790_000_000_000, "card": "622202******0123", "kind": "purchase", "currency": "156", "day": "20260921",
        "sign": "trace_gap", "delivered": True, "fields": {"22": "021"},
        "reply": {"code": "00", "mac": "good", "rrn": "1", "at": 1_790_000_000_500},
    }]  # fmt: skip


def test_a_reply_whose_mac_is_not_told_is_without_one(tmp_path: Path) -> None:
    _, sink = take(tmp_path, f"{HEADER},reply_code\n{ROW},00\n")
    assert sink.reports[0]["reply"] == {"code": "00", "mac": "absent"}


@pytest.mark.parametrize(("yuan", "fen"), [("1", 100), ("0.1", 10), ("0.01", 1), ("123.40", 12_340)])
def test_yuan_become_fen_without_rounding(tmp_path: Path, yuan: str, fen: int) -> None:
    header, row = HEADER.replace("amount_fen", "amount"), ROW.replace(",100,", f",{yuan},")
    assert take(tmp_path, f"{header}\n{row}\n")[1].reports[0]["amount_fen"] == fen


@pytest.mark.parametrize("yuan", ["1.234", "-1", "1e3", "1,5", "٣", "0x1", "1.", ".5", "12345678901"])
def test_what_is_no_amount_is_a_problem(tmp_path: Path, yuan: str) -> None:
    header, row = HEADER.replace("amount_fen", "amount"), ROW.replace(",100,", f',"{yuan}",')
    summary, _ = take(tmp_path, f"{header}\n{row}\n")
    assert [(p.line, p.where) for p in summary.problems] == [(2, "amount")]


@pytest.mark.parametrize(("text", "offset_h", "at"), [
    ("1790000000000", 8, 1_790_000_000_000), ("2026-09-21T22:13:20+08:00", 0, 1_790_000_000_000),
    ("2026-09-21 22:13:20", 8, 1_790_000_000_000), ("2026-09-21 22:13:20", 9, 1_789_996_400_000),
    ("2026-09-21T14:13:20.001Z", 8, 1_790_000_000_001),
])  # fmt: skip
def test_instants_are_read_on_the_clock_that_they_name(tmp_path: Path, text: str, offset_h: int, at: int) -> None:
    row = ROW.replace("1790000000000", text)
    assert take(tmp_path, f"{HEADER}\n{row}\n", utc_offset_h=offset_h)[1].reports[0]["at"] == at


def test_problems_carry_the_line_and_the_others_go_on(tmp_path: Path) -> None:
    bad = ["a,b", '"unclosed', ROW.replace("1790000000000", "noon"), "x" * (LINE_BYTES_MAX + 10)]
    summary, sink = take(tmp_path, "\n".join([HEADER, *bad, ROW, ROW]))
    assert ([p.line for p in summary.problems], len(sink.reports)) == ([2, 3, 4, 5], 2)
    assert (summary.lines, summary.refused, summary.taken) == (6, 4, 2)


def test_theirs_is_renamed_and_other_encodings_are_read(tmp_path: Path) -> None:
    content = f"{HEADER.replace('merchant', '商户')},备注\n{ROW},好\n".encode("gb18030")
    summary, sink = take(tmp_path, content, columns={"merchant": "商户"}, encoding="gb18030")
    assert summary.problems == [] and sink.reports[0]["merchant"] == "M1"
    with pytest.raises(TheirMistake, match="utf-8"):
        take(tmp_path, content, columns={"merchant": "商户"})


def test_batches_are_full_and_the_digest_is_the_files(tmp_path: Path) -> None:
    summary, sink = take(tmp_path, HEADER + f"\n{ROW}" * (BATCH_MAX + 1))
    assert [len(batch) for batch in sink.batches] == [BATCH_MAX, 1]
    assert summary.states == {"APPROVED": BATCH_MAX + 1}
    assert len(summary.digest) == 64


def test_a_list_of_problems_has_an_end(tmp_path: Path) -> None:
    summary, _ = take(tmp_path, HEADER + "\nx" * (PROBLEMS_KEPT_MAX + 5))
    assert (len(summary.problems), summary.refused) == (PROBLEMS_KEPT_MAX, PROBLEMS_KEPT_MAX + 5)


def test_an_empty_file_is_no_lines_and_a_missing_one_is_refused(tmp_path: Path) -> None:
    assert take(tmp_path, "")[0].lines == 0
    assert take(tmp_path, "\n\n", form="jsonl")[0].lines == 0
    with pytest.raises(TheirMistake, match="cannot be read"):
        bring_in(tmp_path / "nothing", Reading("csv"), Sink().send, lambda _: None)


def test_lines_of_jsonl_go_on_as_they_are(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbf{"a":1}\n\n{"b":2}\r\n' + b"{" + b" " * 5_000 + b"}\n"
    summary, sink = take(tmp_path, content, form="jsonl")
    assert sink.batches == [[b'{"a":1}', b'{"b":2}']]
    assert [(p.line, p.code) for p in summary.problems] == [(4, "too_large")]


@given(st.binary(max_size=2_000), st.sampled_from(["csv", "jsonl"]))
def test_no_bytes_break_it(tmp_path_factory: pytest.TempPathFactory, content: bytes, form: str) -> None:
    content = f"{HEADER}\n".encode() + content if form == "csv" else content
    summary, sink = take(tmp_path_factory.getbasetemp(), content, form=form)
    assert summary.lines == summary.taken + summary.refused
    assert summary.taken == sum(len(batch) for batch in sink.batches)
