"""By which words, in Chinese and in English, do people and files say what a witness said?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chongzheng.cases.columns import Clearing, Goods, Original, Reversal, Witnesses
from chongzheng.mistakes import TheirMistake

COLUMNS = ("original_approved", "goods_delivered", "reversal", "clearing")


def _vocabulary(words: dict[Any, str]) -> dict[str, Any]:
    return {plain(word): state for state, listed in words.items() for word in listed.split("|")}


def plain(word: str) -> str:
    """A word as it is compared: width, case, blanks and the sign of multiplication do not matter."""
    text = unicodedata.normalize("NFKC", word).lower().replace("×", "x").replace("–", "-").strip()
    return re.sub(r"\s*\+\s*", "+", re.sub(r"\s+", " ", text))


_NOT_KNOWN = "|unknown|?|missing|not known|未知|不详|不明|缺失"
_ORIGINALS = _vocabulary({
    Original.UNKNOWN: _NOT_KNOWN,
    Original.NO: "no|no (declined)|not approved|declined|refused|否|未批准|未获批准|拒绝|已拒绝|否（已拒绝）",
    Original.YES: "yes|approved|是|已批准|批准|成功",
    Original.TWICE: "yes x2|yes x2 (re-swiped)|yes, twice|twice|两次|是，两次|重复刷卡",
    Original.WALLET: "wallet paid|钱包已支付|钱包已扣款",
    Original.CONTRADICTED: "conflict|contradicted|contradictory|矛盾|互相矛盾",
})  # fmt: skip
_GOODS = _vocabulary({
    Goods.UNKNOWN: _NOT_KNOWN,
    Goods.NO: "no|not delivered|none|否|未交付|没有",
    Goods.ONCE: "yes|once|delivered|是|已交付|一次",
    Goods.TWICE: "twice|x2|yes x2|both|两次",
})  # fmt: skip
_CLEARINGS = _vocabulary({
    Clearing.UNKNOWN: _NOT_KNOWN,
    Clearing.NOT_YET: "not yet|none yet|pending|waiting|未到|尚未|尚未到",
    Clearing.NOT_APPLICABLE: "n/a|na|-|not applicable|不适用",
    Clearing.NONE: "none|no original|nothing|no line|无|没有|无原交易",
    Clearing.NONE_TWO: "none in two clearing days|none in two days|none in two files|两个清算日均无|两个清算日都没有",
    Clearing.ORIGINAL: "original only|original|original only (no reversal)|仅原交易|只有原交易|原交易",
    Clearing.BOTH: "original+reversal|original and reversal|原交易+冲正|原交易和冲正",
    Clearing.TWO: "two originals|original x2|两笔原交易",
    Clearing.TWO_ONE_BACK: "two originals+reversal|two originals, one reversal|两笔原交易+冲正",
    Clearing.REVERSAL: "reversal only|仅冲正|只有冲正",
    Clearing.AMOUNT: "amount differs|another amount|金额不符",
    Clearing.CHARGEBACK: "chargeback|charged back|退单|已退单",
})  # fmt: skip
_REVERSALS = _vocabulary({
    Reversal.UNKNOWN: _NOT_KNOWN + "|pending|in flight|sent|冲正中|在途",
    Reversal.NONE: "none|no reversal|not sent|无|未发|没有|无冲正",
    Reversal.FAILED: "failed|failed on first|no answer|timeout|timed out|revoke failed"
    "|失败|冲正失败|撤销失败|超时|无应答",
    Reversal.AMOUNT: "amount differs 64|amount differs|金额不符|金额不符64",
    Reversal.ACKED: "acked 00|acked|acknowledged|acknowledged 00|acked 00 late|revoked|revoke ok"
    "|应答00|已应答|迟到应答00|已撤销",
    Reversal.CONFIRMED: "confirmed|confirmed by query|查询已冲正|查询确认",
})  # fmt: skip
_REFUSED = re.compile(r"(?:rejected|refused|declined|被拒|拒绝)\s*([0-9a-z]{2})")
_CODES = {
    Reversal.NOT_FOUND: "25", Reversal.AMOUNT: "64", Reversal.REFUSED: "03 12 14 30 40 57 58 97",
    Reversal.FAILED: "22 68 90 91 92 94 96 98 99 a0 a7 06",
}  # fmt: skip
"""What an answer code to a reversal means for its effect; those that leave it open count as failed."""
_LATER_DAY = {"later day", "next day", "隔日", "次日"}
_REMARKS = {"late", "迟到"}
_REFUNDED = {"after provisional refund", "provisional refund", "已垫付", "先行垫付后", "垫付之后"}
_CHARGED_BACK = {
    "then customer chargeback",
    "then chargeback",
    "customer chargeback",
    "chargeback",
    "其后退单",
    "已退单",
}


def said_in(row: Mapping[str, str], path: str) -> tuple[Witnesses, ...]:
    """The witnesses of one row; several where the clearing column says `this or that`."""
    said = replace(
        reversal(row["reversal"], f"{path}, reversal"),
        original=original(row["original_approved"], f"{path}, original_approved"),
        goods=goods(row["goods_delivered"], f"{path}, goods_delivered"),
    )
    cell = plain(row["clearing"])
    alternatives = [cell] if cell in _CLEARINGS else re.split(r",? or |,?或", cell)
    return tuple(replace(said, clearing=clearing(one, f"{path}, clearing")) for one in alternatives)


def original(word: str, where: str) -> Original:
    """Was it approved? TheirMistake: no word for that."""
    found: Original = _state(_ORIGINALS, word, where)
    return found


def goods(word: str, where: str) -> Goods:
    """How often were they delivered? TheirMistake: no word for that."""
    found: Goods = _state(_GOODS, word, where)
    return found


def clearing(word: str, where: str) -> Clearing:
    """What does the file show? TheirMistake: no word for that."""
    found: Clearing = _state(_CLEARINGS, word, where)
    return found


def _state(vocabulary: dict[str, Any], word: str, where: str) -> Any:
    said = plain(word)
    if said not in vocabulary:
        known = ", ".join(repr(one) for one in list(dict.fromkeys(vocabulary)) if one.isascii() and one)
        raise TheirMistake(f"{word[:60]!r} is no word for this witness; there is {known}", where)
    return vocabulary[said]


def reversal(cell: str, where: str) -> Witnesses:
    """The reversal with what stands beside it: a later day, an earlier refund, a chargeback after it."""
    whole = plain(cell)
    parts = [whole] if whole in _REVERSALS else [part.strip() for part in re.split("[;,、]", whole)]
    asides = _LATER_DAY | _REMARKS | _REFUNDED | _CHARGED_BACK
    main = [part for part in parts if part not in asides]
    if len(main) > 1:
        raise TheirMistake(f"{cell[:60]!r} names two outcomes of one reversal", where)
    state = _answered(main[0], where) if main else Reversal.UNKNOWN
    if state is Reversal.REFUSED and _LATER_DAY & set(parts):
        state = Reversal.REFUSED_LATER_DAY
    return Witnesses(
        reversal=state,
        refunded=bool(_REFUNDED & set(parts)),
        charged_back=bool(_CHARGED_BACK & set(parts)),
    )


def _answered(word: str, where: str) -> Reversal:
    refused = _REFUSED.fullmatch(word)
    if refused is None:
        state: Reversal = _state(_REVERSALS, word, where)
        return state
    for state, codes in _CODES.items():
        if refused[1] in codes.split():
            return state
    raise TheirMistake(f"{refused[1]!r} is no code that refuses a reversal", where)
