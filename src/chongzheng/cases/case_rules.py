"""Which ways into a case, actions and limits are there? The registers that the table of the case reads."""

from __future__ import annotations

from chongzheng.cases.fields import Field
from chongzheng.cases.registers import NAMES, Register, limits
from chongzheng.reversal.payment import Truth

TRUTHS = tuple(map(str, Truth))
NO_PAYMENT = "no payment"
"""The truth of a case that is about no payment: a supplier's report, a question."""
_NEVER, _KEPT, _RETURNED, _TWICE, _CONTESTED, _UNKNOWN = TRUTHS

SOURCES = Register(
    name="case sources",
    titles=("案件来源", "ways into a case"),
    money=False,
    fields=(
        *NAMES,
        Field("queue", "word", "队列", "where it waits first"),
        Field("starts", "word", "起算时限", "clocks that this starts beside those of every case", needed=False),
        Field("asked", "flag", "客户已询问", "a customer waits for an answer"),
    ),
    shipped={
        "engine": {"zh": "系统", "en": "engine", "queue": "doubtful payments", "asked": False},
        "break": {"zh": "对账差错", "en": "difference in clearing", "queue": "breaks", "asked": False},
        "complaint": {"zh": "客户投诉", "en": "complaint", "queue": "complaints", "starts": "complaint", "asked": True},
        "fault slip": {"zh": "故障凭条", "en": "fault slip", "queue": "fault slips", "asked": True},
        "supplier": {"zh": "供应商报告", "en": "supplier's report", "queue": "suppliers", "asked": False},
        "person": {"zh": "人工登记", "en": "opened by a person", "queue": "cases", "asked": False},
    },
)

ACTIONS = Register(
    name="case actions",
    titles=("处理决定", "decisions of a case"),
    money=True,
    fields=(
        *NAMES,
        Field("truths", "texts", "适用结论", "the verdicts under which it may be chosen"),
        Field("remedy", "flag", "需要补救", "something is put right before people are told"),
        Field("notice", "flag", "须告知客户", "the customer must be told before the case closes"),
        Field("not_if_delivered", "flag", "已交付则不可", "refused where the sale stands and the goods were delivered"),
        Field("final", "flag", "终局退款", "money goes back for good: only where the decision allows it", needed=False),
        Field("leads_to", "word", "预期结论", "the verdict that it brings about", needed=False, choices=TRUTHS),
    ),
    check=lambda row: (
        "" if set(row["truths"]) <= {*TRUTHS, NO_PAYMENT} else f"truths are {', '.join((*TRUTHS, NO_PAYMENT))}"
    ),
    shipped={
        "nothing": {"zh": "无需处理", "en": "nothing to put right", "remedy": False, "notice": False,
                    "truths": [_NEVER, _KEPT, _RETURNED, NO_PAYMENT], "not_if_delivered": False},
        "tell": {"zh": "告知客户", "en": "tell the customer where the money is", "remedy": False, "notice": True,
                 "truths": [_NEVER, _KEPT, _RETURNED, NO_PAYMENT], "not_if_delivered": False},
        "retry": {"zh": "重新收款", "en": "let the sale be repeated", "remedy": True, "notice": False,
                  "truths": [_NEVER, _RETURNED], "not_if_delivered": False},
        "refund": {"zh": "退款", "en": "give the money back", "remedy": True, "notice": True,
                   "truths": [_KEPT, _TWICE], "not_if_delivered": True, "final": True, "leads_to": _RETURNED},
        "credit adjustment": {"zh": "贷记调整", "en": "credit adjustment", "remedy": True, "notice": True,
                              "truths": [_KEPT, _TWICE, _CONTESTED], "not_if_delivered": True, "final": True,
                              "leads_to": _RETURNED},
        "refund one of two": {"zh": "退还重复扣款", "en": "give one of two back", "remedy": True, "notice": True,
                              "truths": [_TWICE], "not_if_delivered": False, "final": True, "leads_to": _KEPT},
        "debit request": {"zh": "请款/托收", "en": "ask for the money: debit request or collection", "remedy": True,
                          "notice": True, "truths": [_RETURNED, _NEVER], "not_if_delivered": False,
                          "leads_to": _KEPT},
        "claw back": {"zh": "追回重复退款", "en": "take back what was given twice", "remedy": True, "notice": True,
                      "truths": [_RETURNED], "not_if_delivered": False},
        "provisional refund": {"zh": "垫付", "en": "provisional refund by policy", "remedy": True, "notice": True,
                               "truths": [_UNKNOWN, _CONTESTED, _KEPT], "not_if_delivered": True},
        "wait": {"zh": "等待并查询", "en": "ask again and wait for the file", "remedy": True, "notice": True,
                 "truths": [_UNKNOWN, _CONTESTED, _KEPT, _TWICE], "not_if_delivered": False},
        "other": {"zh": "其他(见说明)", "en": "something else, as the note says", "remedy": True, "notice": False,
                  "truths": [*TRUTHS, NO_PAYMENT], "not_if_delivered": True},
    },
)  # fmt: skip

LIMITS = limits(
    "case limits",
    ("案件限值", "limits of cases"),
    {
        "reopens": {"zh": "重开次数", "en": "reopened so often at most; then it is reviewed", "n": 3},
        "failed contacts": {"zh": "联系失败次数", "en": "so many failed attempts are escalated", "n": 3},
    },
    money=False,
)
