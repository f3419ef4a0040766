"""How is the audit report of one case told: what happened, why, what was put right, who was told, what was learnt?

The five chapters of the work in their order; every line names what it rests on, and the annexes hold the chains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chongzheng.cases.case_states import CHAPTER_OF, CHAPTERS
from chongzheng.reports.documents import Because, CaseFile, Line, Moment, Related, Trade
from chongzheng.reports.paper import (
    COUNT,
    HASH,
    ID,
    INSTANT,
    MONEY,
    Block,
    Column,
    Facts,
    Paper,
    Prose,
    Section,
    Signatures,
    Table,
)
from chongzheng.reports.tongue import NOTHING, Tongue

CHAPTER_OF_FACT = {
    "Opened": "confirm", "Joined": "confirm", "WitnessHeard": "confirm", "ConfirmStarted": "confirm",
    "Confirmed": "confirm", "ConfirmedAnew": "confirm", "PaymentMoved": "confirm", "ContactEnded": "confirm",
    "SurveyEnded": "confirm", "InquiryEnded": "confirm", "Marked": "confirm", "Reopened": "confirm",
    "SignalsHeard": "diagnose", "CauseFound": "diagnose", "CauseCorrected": "diagnose",
    "TicketEnded": "diagnose", "TicketLate": "diagnose",
    "IncidentNamed": "diagnose",
    "Decided": "remedy", "DecidedAnew": "remedy", "Remedied": "remedy", "RemedyEnded": "remedy",
    "RetryEnded": "remedy", "SwapEnded": "remedy",
    "NoticeAsked": "tell", "NoticeSent": "tell", "NoticeFailed": "tell", "ComplaintAnswered": "tell",
    "PromiseMade": "tell", "PromiseKept": "tell", "PromiseBroken": "tell", "ReplyHeard": "tell",
    "Closed": "improve", "ReviewEnded": "improve", "ProblemOpened": "improve", "ProblemClosed": "improve",
    "MeasureEnded": "improve",
}  # fmt: skip
"""In which chapter a fact of the case is told; the others stand in the annex only."""
SAID_OF_MOVES = frozenset({"truth", "proof", "state"})
"""Of how a payment stands, what is repeated with every move; the rest stands elsewhere in the paper."""
UNSAID = frozenset({"engine_case"})
NUMERALS = "一二三四五"


def case_paper(file: CaseFile) -> Paper:
    """The audit report of this case."""
    t = Tongue(file.language)
    trade = file.trade
    about = f"{trade.id} · {t.yuan(trade.fen)}" if trade else t.yuan(file.fen)
    chapters = [(name, _CHAPTERS[name]) for name in CHAPTERS]
    sections = [Section("", _summary(t, file))]
    for number, (name, build) in enumerate(chapters, 1):
        zh, en = CHAPTERS[name]
        title = t(f"{NUMERALS[number - 1]}、{zh}", f"{number}. {en[0].upper()}{en[1:]}")
        sections.append(Section(title, (*build(t, file), *_tail(t, file, name))))
    sections += [
        Section("", (signatures(t),)),
        Section(t("附录 A  证据清单", "Annex A. Evidence"), (_evidence(t, file),)),
        Section(t("附录 B  行为链", "Annex B. Chain of acts"), (_chain(t, file.story),)),
    ]
    return Paper(file, t("案件审计报告", "Audit report of a case"), about, file.case, file.as_of, tuple(sections))


def basis(because: Because) -> str:
    """What a figure rests on, as it stands in the last column."""
    return ", ".join(because) or NOTHING


def based(t: Tongue, width: int = 3) -> Column:
    """The column that names what a row rests on."""
    return Column(t("依据", "rests on"), ID, width)


def trade_facts(t: Tongue, trade: Trade) -> list[tuple[str, str]]:
    """The elements of a sale as a form shows them."""
    return [
        (t("卡号", "card"), trade.card or NOTHING),
        (t("交易金额", "amount"), t.yuan(trade.fen)),
        (t("交易时间", "date and time"), t.clock(trade.at)),
        (t("交易类型", "transaction"), t.word("word", trade.kind)),
        (t("商户号", "merchant"), trade.merchant),
        (t("终端号", "terminal"), trade.terminal),
        (t("批次号", "batch"), trade.batch),
        (t("凭证号", "trace (STAN)"), trade.stan),
        (t("参考号", "reference (RRN)"), trade.rrn or NOTHING),
        (t("授权码", "authorisation"), trade.auth or NOTHING),
        (t("营业日", "business day"), trade.day),
        (t("清算日期", "clearing date"), ", ".join(trade.clearing_days) or NOTHING),
    ]


def verdict_line(t: Tongue, trade: Trade) -> str:
    """What is true of the sale, where its money is, and how good the word is."""
    truth, proof = t.word("truth", trade.truth), t.word("proof", trade.proof)
    money = t.word("money", trade.money)
    seen = t.word("word", trade.viewpoint)
    amount = f" {t.yuan(trade.money_fen)}" if trade.money_fen else ""
    return t(f"结论：{truth}；资金：{money}{amount}（{seen}视角）；证明程度：{proof}。",
             f"Verdict: {truth}. Money: {money}{amount}, as the {seen} sees it. Proof: {proof}.")  # fmt: skip


def timeline_table(t: Tongue, moments: Sequence[Moment]) -> Table:
    """All witnesses on one axis, with raw and corrected time."""
    columns = (
        Column(t("时间(校正后)", "time, corrected"), INSTANT), Column(t("原始时间", "by its own clock"), INSTANT),
        Column(t("来源", "source"), width=2), Column(t("内容", "what"), width=4), based(t, 0),
    )  # fmt: skip
    rows = [
        (m.at, m.raw_at if m.ahead_ms else None, t.word("word", m.source.partition(":")[0]),
         _heard(t, m.what) or t.sentence("case", "WitnessHeard", m.said), basis(m.because))
        for m in moments
    ]  # fmt: skip
    corrected = any(row[1] is not None for row in rows)
    note = t("原始时间仅在时钟有偏差时列出。", "The raw time stands where that clock is wrong.") if corrected else ""
    return Table(t("时间线", "timeline"), columns, rows, note)


def _heard(t: Tongue, what: str) -> str:
    kind, blank, rest = what.partition(" ")
    return f"{t.word('word', kind)}{blank}{rest}" if what else ""


def _summary(t: Tongue, file: CaseFile) -> tuple[Block, ...]:
    state = t.word("state", file.state)
    zh, en = CHAPTERS[CHAPTER_OF.get(file.state, "confirm")]
    rows = [
        (t("案件", "case"), file.case),
        (t("状态", "state"), f"{state}{t('（', ' (')}{t(zh, en)}{t('）', ')')}"),
        (t("登记时间", "opened"), t.clock(file.opened_at)),
        (t("办结时间", "closed"), t.clock(file.closed_at)),
        (t("严重程度", "severity"), file.severity or NOTHING),
        (t("涉及金额", "at stake"), t.yuan(file.fen)),
        (t("重开次数", "opened again"), str(file.reopened)),
        (t("承办人", "owner"), file.owner or NOTHING),
    ]
    verdict = (Prose(verdict_line(t, file.trade), strong=True),) if file.trade else ()
    ended = (Prose(t("办结说明：", "Outcome: ") + file.outcome),) if file.outcome else ()
    n = file.left_out
    more = t(f"另有 {n} 个事项属于本案，未列入。", f"{n} more matters belong to it and are not listed.")
    return (*verdict, Facts(rows), *ended, *((Prose(more),) if n else ()))


def _confirm(t: Tongue, file: CaseFile) -> tuple[Block, ...]:
    trade = file.trade
    parts: list[Block] = []
    if trade:
        parts.append(Facts(trade_facts(t, trade)))
        rests = basis(trade.because)
        parts.append(Prose(t(f"结论依据规则“{trade.rule}”，所据证据：{rests}。",
                             f"The verdict follows by the rule “{trade.rule}” from {rests}.")))  # fmt: skip
    said = [(t.word("column", name), t.word("word", value)) for name, value in file.stands]
    if said:
        parts.append(Facts(said))
    if file.timeline:
        parts.append(timeline_table(t, file.timeline))
    return tuple(parts)


def _diagnose(t: Tongue, file: CaseFile) -> tuple[Block, ...]:
    cause = file.cause
    if cause is None:
        return (Prose(t("尚未查明原因。", "No cause is recorded yet.")),)
    rows = [
        (t("主因", "primary cause"), t.cause(cause.primary)),
        (t("促成因素", "contributing"), "; ".join(map(t.cause, cause.contributing)) or NOTHING),
        (t("人工复核", "reviewed"), t.yes(cause.reviewed)),
        (t("依据", "rests on"), basis(cause.because)),
    ]
    columns = (Column(t("责任归属", "attributed to"), width=3), Column(t("占比 %", "share, %"), COUNT, 1), based(t, 2))
    shares = [(t.word("word", name), share, basis(cause.because)) for name, share in cause.shares]
    question = (Prose(t("系统性问题：", "Gap in a system: ") + cause.question),) if cause.question else ()
    listed = (Table(t("归因", "attribution"), columns, shares),) if shares else ()
    return (Facts(rows), *listed, *question)


def _remedy(t: Tongue, file: CaseFile) -> tuple[Block, ...]:
    action = dict(file.action)
    parts: list[Block] = []
    if action:
        chosen = t.row("case actions", action.get("action", ""))
        note = f"{t('。说明：', '. ')}{action['note']}" if action.get("note") else ""
        parts.append(Prose(t("处理决定：", "Decision: ") + chosen + note))
    if file.moves:
        money = (Column(t("科目", "account"), width=4), Column(t("借方余额", "debit"), MONEY, 2),
                 Column(t("贷方余额", "credit"), MONEY, 2), based(t, 4))  # fmt: skip
        rows = [(t.word("account", b.account), max(b.fen, 0), max(-b.fen, 0), basis(b.because)) for b in file.balances]
        total = t("合计", "total")
        rows.append((total, sum(row[1] for row in rows), sum(row[2] for row in rows), ""))
        parts.append(Table(t("资金状况", "money position"), money, rows))
        entries = (Column(t("借方科目", "debited"), width=3), Column(t("贷方科目", "credited"), width=3),
                   Column(t("金额", "amount"), MONEY, 2), based(t, 2))  # fmt: skip
        booked = [
            (t.word("account", m.debit), t.word("account", m.credit), m.fen, basis(m.because)) for m in file.moves
        ]
        parts.append(Table(t("分录", "entries"), entries, booked))
    if file.approvals:
        parts.append(_approvals(t, file))
    return tuple(parts)


def _approvals(t: Tongue, file: CaseFile) -> Table:
    columns = (
        Column(t("时间", "time"), INSTANT), Column(t("事项", "matter"), ID), Column(t("决定", "decision"), width=3),
        Column(t("决定人", "by"), width=2), Column(t("此前经手", "after"), width=2),
        Column(t("所见摘要", "was shown"), ID, 3), based(t, 3),
    )  # fmt: skip
    rows = [
        (a.at, a.matter, t.word("fact", a.fact), a.by, ", ".join(a.after), a.shown[:16], basis(a.because))
        for a in file.approvals
    ]
    return Table(t("审批", "approvals"), columns, rows)


def _tell(t: Tongue, file: CaseFile) -> tuple[Block, ...]:
    parts: list[Block] = []
    columns = (
        Column(t("时间", "time"), INSTANT), Column(t("对象", "audience"), width=2), Column(t("模板", "text"), ID, 4),
        Column(t("状态", "state"), width=2), Column(t("送达凭据", "what shows it"), width=4), based(t, 3),
    )  # fmt: skip
    rows = [
        (one.at, t.word("word", one.audience), one.template, t.word("state", one.state), one.evidence,
         basis(one.because))
        for one in file.told
    ]  # fmt: skip
    parts.append(Table(t("告知", "notices"), columns, rows, empty=t("尚未告知任何人。", "Nobody has been told yet.")))
    if file.promises:
        promised = (Column(t("承诺", "promise"), width=5), Column(t("期限", "by"), INSTANT),
                    Column(t("结果", "became"), width=2), based(t, 3))  # fmt: skip
        kept = [(p.what, p.due_at, t.word("state", p.became), basis(p.because)) for p in file.promises]
        parts.append(Table(t("承诺", "promises"), promised, kept))
    return tuple(parts)


def _improve(t: Tongue, file: CaseFile) -> tuple[Block, ...]:
    columns = (
        Column(t("时限", "limit"), width=4), Column(t("类别", "kind"), width=2), Column(t("到期", "due"), INSTANT),
        Column(t("达成", "met"), INSTANT), Column(t("按时", "in time"), width=1), based(t, 2),
    )  # fmt: skip
    rows = [
        (_limit(t, c.name), t.word("word", c.kind), c.due_at, c.met_at,
         NOTHING if c.kept is None else t.yes(c.kept), basis(c.because))
        for c in file.clocks
    ]  # fmt: skip
    lesson = (Prose(t("教训：", "Lesson: ") + file.lesson),) if file.lesson else ()
    return (Table(t("时限", "limits"), columns, rows), *lesson)


def _limit(t: Tongue, name: str) -> str:
    kind, _, no = name.partition(" ")
    return f"{t('承诺', 'promise')} {no}" if kind == "promise" and no.isdigit() else t.row("clocks", name)


def _tail(t: Tongue, file: CaseFile, chapter: str) -> Iterable[Block]:
    """Other matters of this chapter, and what was said of the case in it."""
    others = [one for one in file.related if one.chapter == chapter]
    if others:
        yield _others(t, others)
    names = {one.id for one in others}
    told = [
        line
        for line in file.story
        if line.matter in names or (line.matter == file.case and CHAPTER_OF_FACT.get(line.fact) == chapter)
    ]
    if told:
        yield _said(t, told)


def _others(t: Tongue, others: Sequence[Related]) -> Table:
    columns = (
        Column(t("编号", "matter"), ID, 3), Column(t("类别", "kind"), width=3), Column(t("状态", "state"), width=2),
        Column(t("金额", "amount"), MONEY, 2), Column(t("内容", "what"), width=6), based(t, 4),
    )  # fmt: skip
    rows = [
        (one.id, t.kind(one.kind), t.state(one.kind, one.state), one.fen or None, one.what, _ends(one.because))
        for one in others
    ]
    return Table(t("相关事项", "matters"), columns, rows)


def _ends(because: Because) -> str:
    """Of many acts the first and the last; all of them stand in the annex under the matter's name."""
    return basis(because if len(because) <= 3 else (because[0], "…", because[-1]))


def _said(t: Tongue, told: Sequence[Line]) -> Table:
    columns = (
        Column(t("时间", "time"), INSTANT), Column(t("事项", "matter"), ID), Column(t("事实", "fact"), width=3),
        Column(t("经手", "by"), width=2), Column(t("内容", "words"), width=9), based(t, 2),
    )  # fmt: skip
    rows = [
        (line.at, line.matter, t.word("fact", line.fact), t.who(line.by), _sentence(t, line), f"act {line.act}")
        for line in told
    ]
    return Table(t("经过", "what was said"), columns, rows)


def _sentence(t: Tongue, line: Line) -> str:
    names = {name for name, _ in line.said} - UNSAID
    shown = names & SAID_OF_MOVES if line.fact == "PaymentMoved" else names
    return t.sentence(line.kind, line.fact, tuple(word for word in line.said if word[0] in shown))


def _evidence(t: Tongue, file: CaseFile) -> Table:
    columns = (
        Column(t("编号", "id"), ID), Column(t("时间", "time"), INSTANT), Column(t("类别", "kind")),
        Column(t("来源", "source"), ID, 1), Column(t("所据", "carries")), Column("SHA-256", HASH),
    )  # fmt: skip
    rows = [
        (p.id, p.at, t.word("word", p.kind), f"{t.word('word', p.source)} {p.reference}".strip(),
         t.yes(p.carries) if p.carries else "", p.hash)
        for p in file.evidence
    ]  # fmt: skip
    trade = file.trade
    note = t("“所据”：结论以其为据。", "“carries”: the verdict rests on it.")
    if trade:
        n = trade.facts
        note += t(f"交易事实链共 {n} 条，末端：{trade.head}", f" The chain of its {n} facts ends in {trade.head}")
    return Table(t("证据", "evidence"), columns, rows, note)


def _chain(t: Tongue, story: Sequence[Line]) -> Table:
    columns = (
        Column(t("序号", "act"), COUNT), Column(t("时间", "time"), INSTANT), Column(t("事项", "matter"), ID, 3),
        Column(t("事实", "fact"), width=3), Column(t("经手", "by"), width=2),
        Column(t("链值", "hash in the chain"), HASH),
    )  # fmt: skip
    rows = [(line.act, line.at, line.matter, t.word("fact", line.fact), t.who(line.by), line.hash) for line in story]
    return Table(t("行为链", "chain of acts"), columns, rows)


def signatures(t: Tongue) -> Signatures:
    """Who signs an audit report."""
    return Signatures((t("编制", "prepared by"), t("复核", "reviewed by"), t("审计", "auditor")))


_CHAPTERS = {"confirm": _confirm, "diagnose": _diagnose, "remedy": _remedy, "tell": _tell, "improve": _improve}
