"""Which steps does the house take for which sort of case, and what must hold before each? The register of SOPs (S-16).

A step may have guards: `truth` and `proof` (what the verdict must be), `case` (the states in which the case of
its payment must be), `settled` (no money in suspense), `role` (who does it), `other_than` (not whoever did that step),
`figure` with `at_most` (a number that must be told), `evidence` (a reference that must be told). `optional`: it may be
left out, with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chongzheng.cases.desk import CLERK, FINANCE, SUPERVISOR, TECHNICIAN
from chongzheng.cases.fields import Field
from chongzheng.cases.registers import Register

STEPS_MAX = 40
GUARDS: Mapping[str, type] = {
    "truth": list,
    "proof": list,
    "case": list,
    "settled": bool,
    "role": str,
    "other_than": str,
    "figure": str,
    "at_most": int,
    "evidence": str,
    "optional": bool,
}
KEPT, RETURNED, NEVER = "charged_kept", "charged_returned", "never_charged"
FIRM = ("confirmed", "proven")


def wrong_steps(row: Mapping[str, Any]) -> str:
    """What is wrong with the steps of a row, "" nothing."""
    if not 1 <= len(row["steps"]) <= STEPS_MAX:
        return f"steps: are 1 to {STEPS_MAX}"
    seen: list[str] = []
    for step in row["steps"]:
        if wrong := _wrong_step(step, seen):
            return wrong
        seen.append(step["id"])
    return ""


def _wrong_step(step: Mapping[str, Any], seen: list[str]) -> str:
    for name in ("id", "zh", "en"):
        if not isinstance(step.get(name), str) or not step[name].strip():
            return f"steps: each has {name}"
    where = f"steps: {step['id']}"
    if step["id"] in seen:
        return f"{where} comes twice"
    for name in step.keys() - {"id", "zh", "en"}:
        if name not in GUARDS or not isinstance(step[name], GUARDS[name]):
            return f"{where}: {name} is no guard, or not of its form; there is {', '.join(GUARDS)}"
    if "other_than" in step and step["other_than"] not in seen:
        return f"{where}: other_than names a step before it"
    if ("figure" in step) != ("at_most" in step):
        return f"{where}: figure and at_most come together"
    return ""


def _step(name: str, zh: str, en: str, **guards: Any) -> dict[str, Any]:
    return {"id": name, "zh": zh, "en": en, **guards}


def _sop(zh: str, en: str, *steps: Mapping[str, Any]) -> dict[str, Any]:
    return {"version": 1, "zh": zh, "en": en, "steps": list(steps)}


SOPS = Register(
    "sop",
    ("标准作业流程", "standard procedures"),
    False,
    (
        Field("version", "whole", "版本", "its number, one more each time"),
        Field("zh", "text", "名称", "its title in Chinese"),
        Field("en", "text", "名称（英文）", "its title"),
        Field("steps", "objects", "步骤", "its steps in order"),
    ),
    {
        "doubt": _sop(
            "结果不明交易：先确认", "a payment in doubt: confirm first",
            _step("read", "查看真相卡与缺失证据", "read the truth card and what is missing"),
            _step("ask", "向最便宜的证人查询", "ask the cheapest witness that is missing",
                  evidence="reference of the answer"),
            _step("shop", "联系商户：是否已交付商品", "ask the shop whether goods were handed over"),
            _step("file", "等待清算文件", "wait for the clearing file", proof=list(FIRM)),
            _step("decide", "按结论决定处理方式", "decide by the verdict", truth=[KEPT, RETURNED, NEVER]),
            _step("tell", "告知持卡人与商户", "tell the cardholder and the shop"),
        ),
        "refund": _sop(
            "退款", "give money back",
            _step("truth", "确认已扣款且未退回", "the payment is charged and kept",
                  truth=[KEPT, "charged_twice"], proof=list(FIRM)),
            _step("goods", "确认商品未交付", "goods were not handed over", evidence="word of the shop"),
            _step("propose", "提出退款申请", "propose the refund", role=CLERK, case=["DECIDING", "REMEDYING"]),
            _step("approve", "由另一人复核批准", "another person approves", role=SUPERVISOR, other_than="propose"),
            _step("post", "确认到账", "the money is posted", evidence="reference of the channel"),
            _step("books", "挂账清零", "nothing is left in suspense", settled=True, role=FINANCE),
        ),
        "late reversal": _sop(
            "迟到冲正：双重退款追回", "a reversal that came late: money went back twice",
            _step("stop", "拦截未清算的退款", "stop the refund if it is not cleared"),
            _step("cancel", "请卡组织或钱包撤销", "ask scheme or wallet to cancel", optional=True),
            _step("notice", "至少提前五个工作日书面通知客户", "notify the customer five working days ahead",
                  evidence="reference of the notice"),
            _step("claim", "按卡种发起追回", "ask for it back by the way of the card's kind", role=FINANCE),
            _step("books", "挂账清零", "nothing is left in suspense", settled=True, role=FINANCE),
        ),
        "fault slip": _sop(
            "冲正失败单", "a fault slip",
            _step("key", "录入终端号、批次、流水", "enter terminal, batch and trace"),
            _step("find", "找到原交易", "find the payment"),
            _step("compare", "逐项核对原交易与冲正", "compare original and reversal field by field"),
            _step("doubt", "转入结果不明流程", "go on as with a payment in doubt"),
        ),
        "restore": _sop(
            "终端恢复或重装", "restore or reinstall a terminal",
            _step("save", "导出并核对终端日志", "export the journal and check its receipt",
                  evidence="hash of the export", role=TECHNICIAN),
            _step("install", "重装应用并核对版本", "reinstall and check the version",
                  evidence="version", role=TECHNICIAN),
            _step("sign on", "签到成功", "sign on", role=TECHNICIAN),
            _step("keys", "核对密钥校验值", "compare the key check values", role=TECHNICIAN),
            _step("pending", "补发全部待发冲正", "send every pending reversal",
                  figure="reversals still pending", at_most=0, role=TECHNICIAN),
            _step("test", "测试消费并撤销", "test sale and void", evidence="trace numbers", role=TECHNICIAN),
            _step("first sale", "恢复营业", "let it sell again", role=TECHNICIAN),
        ),
        "key loss": _sop(
            "密钥泄露或丢失", "keys are lost or exposed",
            _step("block", "停用相关终端", "stop the terminals concerned", role=SUPERVISOR),
            _step("revoke", "吊销密钥", "revoke the keys", evidence="reference of the key ceremony"),
            _step("load", "双人灌注新密钥", "load new keys, two people", other_than="revoke"),
            _step("check", "签到并核对校验值", "sign on, compare check values"),
            _step("report", "按规定上报", "report it as the rules say", role=SUPERVISOR),
        ),
    },
    wrong_steps,
)  # fmt: skip
