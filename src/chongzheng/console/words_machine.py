"""How are the machine's own words said to people: states and facts of a payment, accounts, queues, what was seen?"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PARTS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "under 1 hour": ("不到 1 小时", "under 1 hour"),
    "under 1 day": ("不到 1 天", "under 1 day"),
    "under 3 days": ("不到 3 天", "under 3 days"),
    "under 7 days": ("不到 7 天", "under 7 days"),
    "7 days and more": ("7 天及以上", "7 days and more"),
    "on its way": ("在途", "on its way"),
    "parked": ("暂挂", "parked"),
    "being undone": ("正在冲正", "being undone"),
    "waiting for files": ("等待清算文件", "waiting for files"),
    "with a person": ("人工处理", "with a person"),
    "cardholder": ("持卡人", "cardholder"),
    "contested": ("有争议", "contested"),
    "nobody knows": ("尚不清楚", "nobody knows"),
    "overdue": ("已逾期", "overdue"),
    "no date": ("无期限", "no date"),
    "within 24 hours": ("24 小时内", "within 24 hours"),
    "within 48 hours": ("48 小时内", "within 48 hours"),
    "within 72 hours": ("72 小时内", "within 72 hours"),
    "later": ("更晚", "later"),
    "now": ("现在", "now"),
    "in 24 hours": ("24 小时后", "in 24 hours"),
    "in 48 hours": ("48 小时后", "in 48 hours"),
    "in 72 hours": ("72 小时后", "in 72 hours"),
})  # fmt: skip
"""A part of the money in doubt -> (zh, en)."""

QUEUES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "breaks": ("对账差错", "breaks"),
    "cases": ("案件", "cases"),
    "changes": ("变更", "changes"),
    "compensations": ("补偿", "compensations"),
    "complaints": ("投诉", "complaints"),
    "disputes": ("争议", "disputes"),
    "doubtful payments": ("存疑交易", "doubtful payments"),
    "drills": ("演练", "drills"),
    "fault slips": ("故障凭条", "fault slips"),
    "feedback": ("客户评价", "feedback"),
    "field work": ("现场工作", "field work"),
    "field": ("现场", "field"),
    "improvement": ("改进", "improvement"),
    "incidents": ("重大事件", "incidents"),
    "knowledge": ("知识", "knowledge"),
    "lessons": ("经验教训", "lessons"),
    "merchants": ("商户", "merchants"),
    "problems": ("问题", "problems"),
    "refunds to be posted": ("退款待入账", "refunds to be posted"),
    "refunds to send": ("退款待发出", "refunds to send"),
    "supervisor": ("主管", "supervisors"),
    "refunds": ("退款", "refunds"),
    "releases": ("版本发布", "releases"),
    "stock": ("备件", "stock"),
    "suppliers": ("供应商", "suppliers"),
    "training": ("培训", "training"),
    "watched refunds": ("观察中的退款", "watched refunds"),
    "claw-backs": ("追回", "claw-backs"),
})  # fmt: skip
"""A queue of the house -> (zh, en); an operator's own is called what they called it."""

SEEN: Mapping[str, tuple[str, str]] = MappingProxyType({
    "0200": ("0200 交易请求", "0200 sale asked for"),
    "0210": ("0210 交易应答", "0210 answer to the sale"),
    "0400": ("0400 冲正请求", "0400 reversal asked for"),
    "0410": ("0410 冲正应答", "0410 answer to the reversal"),
    "0420": ("0420 冲正通知", "0420 reversal advised"),
    "0430": ("0430 冲正通知应答", "0430 answer to the advice"),
    "0220": ("0220 通知", "0220 advice"),
    "0230": ("0230 通知应答", "0230 answer to an advice"),
})  # fmt: skip
"""What a witness saw -> (zh, en)."""

POST: Mapping[str, tuple[str, str]] = MappingProxyType({
    "waiting": ("待发", "waiting"),
    "sent": ("已发出", "sent"),
    "failed": ("失败", "failed"),
    "refused": ("被拒", "refused"),
})  # fmt: skip
"""How a notice stands -> (zh, en)."""

PAYMENT_STATES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "NEW": ("新建", "new"),
    "FORWARDED": ("已转发，等待应答", "forwarded, waiting"),
    "UNSENT": ("未发出", "not sent"),
    "RESENDING": ("重发中", "being sent again"),
    "DELIVERING": ("正在送达终端", "being delivered"),
    "APPROVED": ("已批准", "approved"),
    "REFUSED": ("已拒绝", "refused"),
    "REVERSING": ("正在冲正", "being reversed"),
    "UNMATCHED": ("原交易未找到", "original not found"),
    "RETURNED": ("已冲正", "returned"),
    "DOUBTFUL": ("存疑", "in doubt"),
    "SETTLED": ("已清算", "settled"),
    "CONTESTED": ("各方说法不一", "contested"),
    "STOPPED": ("已停止", "stopped"),
})  # fmt: skip
"""state of the reversal machine -> (zh, en)."""

PAYMENT_FACTS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "RequestTaken": ("收到交易请求", "the sale was asked for"),
    "RequestBarred": ("交易被拦下", "the sale was barred"),
    "RequestReported": ("由其他系统上报", "reported by another switch"),
    "NotForwarded": ("未转发", "not forwarded"),
    "SendUncertain": ("不确定是否已发出", "it may have been sent"),
    "ReplyArrived": ("收到应答", "the answer came"),
    "AnswerWritten": ("应答已写给终端", "the answer was written to the terminal"),
    "AnswerUndelivered": ("应答未送达", "the answer was not delivered"),
    "DeliveryUncertain": ("不确定是否送达", "it may have been delivered"),
    "TerminalMovedOn": ("终端已开始下一笔", "the terminal moved on"),
    "DeadlinePassed": ("时限已过", "a deadline passed"),
    "ReversalAsked": ("终端要求冲正", "the terminal asked for a reversal"),
    "ReversalAnswered": ("冲正有应答", "the reversal was answered"),
    "ReversalStopped": ("冲正已停止", "the reversal was stopped"),
    "SettlementSaw": ("清算文件可见", "the clearing file saw it"),
    "InquiryAnswered": ("查询有答复", "an inquiry was answered"),
    "CheckAsked": ("要求查询", "a check was asked for"),
    "TerminalGaveUp": ("终端放弃", "the terminal gave up"),
    "LinkChanged": ("链路变化", "the link changed"),
})  # fmt: skip
"""fact of a payment -> (zh, en)."""

ACCOUNTS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "clearing receivable": ("应收清算款", "clearing receivable"),
    "issuer receivable": ("应收发卡行", "issuer receivable"),
    "bank": ("银行存款", "bank"),
    "provisional refunds": ("垫付款", "provisional refunds"),
    "compensation": ("赔付支出", "compensation"),
    "merchant payable": ("应付商户款", "merchant payable"),
    "held": ("冻结商户款", "held"),
    "cardholder payable": ("应退持卡人款", "cardholder payable"),
    "suspense": ("挂账", "suspense"),
    "fees": ("手续费收入", "fees"),
    "rounding tail": ("尾差", "rounding tail"),
})  # fmt: skip
"""account -> (zh, en)."""
