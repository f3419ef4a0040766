"""How is the audit report of a period told: the figures of each month, what they mean, and the rows they rest on?"""

from __future__ import annotations

from collections.abc import Sequence

from chongzheng.reports.case_paper import based, basis, signatures
from chongzheng.reports.documents import Annex, Figure, Period, Row
from chongzheng.reports.paper import (
    COUNT,
    ID,
    INSTANT,
    MONEY,
    SHARE,
    SPAN,
    Cell,
    Column,
    Paper,
    Prose,
    Section,
    Table,
    Typed,
)
from chongzheng.reports.tongue import Tongue

LETTERS = "ABCDEF"
FORM_OF_UNIT = {"count": COUNT, "fen": MONEY, "ppm": SHARE, "ms": SPAN}


def period_paper(document: Period) -> Paper:
    """The audit report of some months."""
    t = Tongue(document.language)
    first, last = t.day(document.since), t.day(document.until - 1)
    sections = [Section("", tuple(_summary(t, document)))]
    if document.whole is not None:
        sections.append(Section(t("全期", "The whole period"), (_figures(t, document.whole.figures),)))
    sections += [
        Section(f"{month.month[:4]}-{month.month[4:]}", (_figures(t, month.figures),)) for month in document.months
    ]
    sections.append(Section("", (signatures(t),)))
    for letter, annex in zip(LETTERS, filter(lambda one: one.rows, document.annexes), strict=False):
        title = f"{t('附录', 'Annex')} {letter}  {t.word('annex', annex.name)}"
        sections.append(Section(title, (_annex(t, annex),)))
    title = t("期间审计报告", "Audit report of a period")
    return Paper(document, title, f"{first} — {last}", f"{first}/{last}", document.as_of, tuple(sections))


def _summary(t: Tongue, document: Period) -> list[Prose]:
    found = []
    if document.as_of < document.until:
        found.append(
            Prose(t("期间尚未结束，数字为暂计。", "The period is not over: its figures are preliminary."), strong=True)
        )
    found.append(
        Prose(
            t("比率附 95% Wilson 区间；时长为 Kaplan–Meier 中位数及其 95% 区间，未结案件按“至今未结”计入；"
              "期末风险金额的区间为期间内各日末的最低与最高值。每个数字的依据行见附录。",
              "Shares have Wilson's 95 % interval. The time to resolve is the Kaplan-Meier median with its 95 % "
              "interval; what is open counts as open so far. Money at risk stands between its least and its most at "
              "the end of a day. The rows behind each figure stand in the annexes.")
        )
    )  # fmt: skip
    if document.acts:
        found.append(
            Prose(t(f"行为链：至第 {document.acts} 条，链值 {document.head}。",
                    f"The chain of acts up to act {document.acts}: {document.head}."))
        )  # fmt: skip
    return found


def _figures(t: Tongue, figures: Sequence[Figure]) -> Table:
    columns = (
        Column(t("指标", "figure"), width=9), Column(t("数值", "value"), COUNT, 3),
        Column(t("下限", "low"), COUNT, 3), Column(t("上限", "high"), COUNT, 3), Column("n", COUNT, 1),
        Column(t("依据", "annex"), width=2),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            t.word("figure", one.name),
            *(Typed(FORM_OF_UNIT[one.unit], value) for value in (one.value, one.low, one.high)),
            one.n or None,
            ", ".join(t.word("annex", name) for name in one.because),
        )
        for one in figures
    ]
    return Table(t("指标", "figures"), columns, rows)


def _annex(t: Tongue, annex: Annex) -> Table:
    names = tuple(dict.fromkeys(name for row in annex.rows for name, _ in row.words))
    columns = (
        Column(t("月份", "month")), Column(t("编号", "id"), ID), Column(t("时间", "time"), INSTANT),
        *(_column(t, name) for name in names), based(t, 0 if annex.name == "payments" else 5),
    )  # fmt: skip
    rows = [(row.month, row.id, row.at, *_cells(t, names, row), basis(row.because)) for row in annex.rows]
    return Table(t.word("annex", annex.name), columns, rows)


def _column(t: Tongue, name: str) -> Column:
    form = FORM_OF_NAME.get(name, "text")
    return Column(t.word("label", name), form, 0 if form != "text" else WIDE if name == "what" else 2)


WIDE = 8
FORM_OF_NAME = {"fen": "money", "count": COUNT, "closed_at": INSTANT, "terminal": ID, "stars": COUNT}
GROUP_OF_NAME = {"truth": "truth", "proof": "proof", "state": "state", "became": "state"}


def _cells(t: Tongue, names: Sequence[str], row: Row) -> list[Cell]:
    said = dict(row.words)
    found: list[Cell] = []
    for name in names:
        value = said.get(name, "")
        if FORM_OF_NAME.get(name) in ("money", COUNT, INSTANT):
            found.append(int(value) if value else None)
        else:
            found.append(t.word(GROUP_OF_NAME[name], value) if name in GROUP_OF_NAME and value else value)
    return found
