"""What is handed over when the slip of a sale is asked for (调单): its elements, who said what, and what shows it?"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chongzheng.cases.matter import Matter
from chongzheng.journal import Evidence, Reader
from chongzheng.journal.matters import matter_of
from chongzheng.journal.rules import day_of
from chongzheng.mistakes import TheirMistake
from chongzheng.reports.case_file import moments_of, pieces_of, trade_of
from chongzheng.reports.case_paper import timeline_table, trade_facts, verdict_line
from chongzheng.reports.documents import Retrieval
from chongzheng.reports.paper import HASH, ID, INSTANT, Column, Facts, Paper, Prose, Section, Signatures, Table
from chongzheng.reports.tongue import NOTHING, Tongue

SLIP = "slip"
NAME_FIELD = "43"
"""F43: the name and place of whoever accepted the card."""


def retrieval(reader: Reader, payment: str, language: str) -> Retrieval:
    """The evidence of this payment. TheirMistake: there is none of this id."""
    with reader.moment():
        found = reader.payment(payment)
        if found is None:
            raise TheirMistake("there is no such payment", payment)
        heard = reader.evidence_of(payment)
        as_of = max([found.opened_at, *(row.at for row in reader.facts_of(payment))])
        matters = [matter_of(row) for row in reader.ask("matters_of_payment", payment=payment)]
        return Retrieval(
            language=language,
            as_of=as_of,
            trade=trade_of(reader, found),
            name=_name(heard),
            place=_place(reader, found.key.terminal, as_of),
            slip_hash=_slip(matters),
            timeline=moments_of(heard),
            evidence=pieces_of(heard, found.verdict),
        )


def _name(heard: Sequence[Evidence]) -> str:
    for one in heard:
        body = msgspec.json.decode(one.body)
        fields = body.get("fields") if isinstance(body, dict) else None
        if isinstance(fields, dict) and fields.get(NAME_FIELD):
            return " ".join(str(fields[NAME_FIELD]).split())
    return ""


def _place(reader: Reader, terminal: str, at: int) -> str:
    """Where the terminal stands, as the register of units had it on that day."""
    rows = dict(reader.ask("rows_in_force", register="units", day=day_of(at)))
    return str(msgspec.json.decode(rows[terminal]).get("site", "")) if terminal in rows else ""


def _slip(matters: Sequence[Matter]) -> str:
    """The hash of the slip's image, where somebody brought one."""
    pieces = [piece for one in matters for piece in one.body.get("evidence", ())]
    shown = [str(piece.get("hash", "")) for piece in pieces if str(piece.get("source", "")).startswith(SLIP)]
    return next(filter(None, [*(str(one.body.get("slip_hash", "")) for one in matters), *shown]), "")


def retrieval_paper(document: Retrieval) -> Paper:
    """One page, or two: what the retrieval procedure names, with places for stamps and signatures."""
    t, trade = Tongue(document.language), document.trade
    shop = [
        (t("商户名称", "name"), document.name or NOTHING),
        (t("交易地点", "place"), document.place or NOTHING),
        (t("签购单影像摘要", "hash of the slip"), document.slip_hash[:16] or NOTHING),
        (t("系统流水", "our number"), trade.id),
    ]
    elements = Section(t("交易要素", "Elements of the transaction"), (Facts([*trade_facts(t, trade), *shop]),))
    found = Section(t("处理结果", "What was found"), (Prose(verdict_line(t, trade), strong=True),))
    said = Section(t("交易经过", "What was said"), (timeline_table(t, document.timeline),))
    pieces = Section(t("证据", "Evidence"), (_evidence(t, document),))
    signed = Section(
        t("签章", "Signatures"),
        (
            Prose(t("本件由系统按所列证据生成；卡号仅示前六后四位。",
                    "Made from the evidence listed; of the card number only the first six and last four digits.")),
            Signatures((t("持卡人签名", "cardholder"), t("商户盖章", "merchant's stamp"), t("经办人", "clerk"))),
        ),
    )  # fmt: skip
    title = t("调单凭证", "Retrieval: evidence of a transaction")
    about = f"{trade.card or trade.id} · {t.yuan(trade.fen)} · {t.clock(trade.at)}"
    return Paper(document, title, about, trade.id, document.as_of, (elements, found, said, pieces, signed))


def _evidence(t: Tongue, document: Retrieval) -> Table:
    columns = (
        Column(t("编号", "id"), ID), Column(t("时间", "time"), INSTANT), Column(t("类别", "kind")),
        Column(t("来源", "source"), ID, 1), Column("SHA-256", HASH),
    )  # fmt: skip
    rows = [(p.id, p.at, t.word("word", p.kind), t.word("word", p.source), p.hash) for p in document.evidence]
    head = document.trade.head
    return Table(t("证据", "evidence"), columns, rows, t(f"事实链末端：{head}", f"The chain of facts ends in {head}"))
