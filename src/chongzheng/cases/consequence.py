"""What follows from a finding: where is the money, and what is to be done? One literal table, by goods and refunds.

D1 to D15 are the golden rows (facts/operations 2.2). A final refund is allowed only where a file (or the wallet itself)
shows the money, no reversal can still take effect, and no goods were given for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from chongzheng.cases.columns import Goods, Witnesses
from chongzheng.cases.reading import Finding
from chongzheng.mistakes import OurMistake
from chongzheng.reversal.payment import MoneyIs


@dataclass(frozen=True, slots=True)
class Money:
    """Where the money is: long or short as seen from `viewpoint`, in the words of the golden table."""

    position: MoneyIs
    viewpoint: str
    words: str


_BOTH, _SHOP, _CARD = "acquirer/merchant", "merchant", "cardholder"
NOBODY = Money(MoneyIs.CORRECT, _BOTH, "nobody moved")
MAYBE_HELD = Money(MoneyIs.CORRECT, _CARD, "nobody, maybe hold on card")
CARD_AGAIN = Money(MoneyIs.CORRECT, _CARD, "back to card")
CORRECT = Money(MoneyIs.CORRECT, _BOTH, "correct")
LONG = Money(MoneyIs.LONG, _BOTH, "acquirer/merchant long")
JUST_LONG = Money(MoneyIs.LONG, _BOTH, "long")
PARTLY = Money(MoneyIs.LONG, _BOTH, "partly long")
WALLET_LONG = Money(MoneyIs.LONG, "wallet/merchant", "wallet holds/merchant long")
PAID_TWICE = Money(MoneyIs.LONG, _BOTH, "cardholder paid twice")
SHORT = Money(MoneyIs.SHORT, _BOTH, "acquirer/merchant short")
SHOP_SHORT = Money(MoneyIs.SHORT, _SHOP, "merchant short")
CREDITED_TWICE = Money(MoneyIs.SHORT, _BOTH, "customer credited twice")
CREDITED_FREE = Money(MoneyIs.SHORT, _BOTH, "customer credited without a debit")
ISSUER = Money(MoneyIs.UNKNOWN, "acquirer", "issuer took money")
NOT_KNOWN = Money(MoneyIs.UNKNOWN, _BOTH, "unknown")

ACTIONS: dict[str, tuple[str, str]] = {
    "close-retry": ("结案；可受控重试", "close; allow guarded retry"),
    "close-tell": ("结案；告知客户", "close; tell customer"),
    "hold-give-back": ("暂缓结算；贷记调整或退回原卡", "hold settlement; credit adjustment or refund to same card"),
    "keep": ("不退款；重打凭条；结案", "do not refund; reprint slip; close"),
    "close": ("结案", "close"),
    "debit-request": ("请款9654／托收9724；请客户重新付款",
                      "debit request 9654 / collection 9724; ask customer to pay again"),
    "refund-one": ("退一笔；两笔关联；防重复刷卡", "refund one; link both; duplicate guard"),
    "refund-both": ("两笔都退；关联；暂缓结算", "hold settlement; refund both; link both"),
    "link-both": ("两笔都成立；关联；结案", "both stand; link both; close"),
    "scheme-error": ("转接/清算差错；贷记调整；HO-CLEAR", "scheme/clearing error; credit adjustment; cause HO-CLEAR"),
    "scheme-error-keep": ("转接/清算差错；不退款；HO-CLEAR", "scheme/clearing error; do not refund; cause HO-CLEAR"),
    "query-wait": ("自动状态查询；等待清算文件；仅按3.3规则先行垫付",
                   "automatic status query series; wait for file; provisional refund only by policy 3.3"),
    "query-wait-keep": ("自动状态查询；等待清算文件；不退款", "status query series; wait for file; do not refund"),
    "query-wait-held": ("状态查询；等待文件；不再付款", "status query series; wait for file; nothing more goes out"),
    "close-hold-lapses": ("结案；告知客户冻结将自动解除",
                          "close; tell customer that a pre-authorised amount may lapse"),
    "never-resend": ("不得重发冲正；退款或贷记调整", "never resend; refund or credit adjustment"),
    "two-person": ("人工双人处理", "manual, two-person"),
    "cancel-refunds": ("取消所有在途退款（防重复退款）", "cancel every refund in flight (double-refund guard)"),
    "cancel-claw-back": ("取消所有在途退款；按3.4追回已垫付款",
                         "cancel every refund in flight (double-refund guard); claw-back flow 3.4"),
    "wallet": ("先查询→再撤销（微信：7日内且不早于15秒）→退款接口",
               "query → revoke (WeChat: within 7 days, not earlier than 15 s) → refund API"),
    "collect": ("请客户重新付款；与冲正无关", "collect payment again; not a reversal matter"),
    "collect-one": ("请客户补付一次；不退款", "collect the missing payment; do not refund"),
    "claw-back": ("按3.4追回", "claw-back flow 3.4"),
    "claw-back-collect": ("按3.4追回；请款9654／托收9724", "claw-back flow 3.4; debit request 9654 / collection 9724"),
    "refund-final": ("垫付转为最终退款；不再退款", "let the provisional refund become final; no other"),
    "ask-merchant": ("请商户核实是否交付", "ask the merchant whether the goods were delivered"),
    "hold-ask-reversal": ("暂缓结算；先查明冲正是否在途", "hold settlement; find out whether it is being reversed"),
    "hold-wait-file": ("暂缓结算；等待清算文件；仅按3.3规则先行垫付",
                       "hold settlement; wait for file; provisional refund only by policy 3.3"),
    "keep-wait-file": ("不退款；等待清算文件", "do not refund; wait for file"),
    "contested-wait": ("向转接/发卡方查询；答复前不付款", "inquiry to scheme and issuer; nothing goes out before"),
}  # fmt: skip
"""Code of an action: what it says in Chinese and in English."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows from a finding; an empty tuple of goods means any. `gives_back`: a final refund is allowed."""

    rule: str
    findings: tuple[Finding, ...]
    goods: tuple[Goods, ...]
    words: str
    money: Money
    action: str
    refunded: bool = False
    gives_back: bool = False
    hint: str = ""


F, G = Finding, Goods
_ASK, _NO, _HAD, _ONCE, _TWO = (G.UNKNOWN,), (G.NO,), (G.ONCE, G.TWICE), (G.ONCE,), (G.TWICE,)
_FIRM = (F.PLAIN, F.KEPT, F.LATE, F.WALLET)
_KEPT = (*_FIRM, F.OPEN_KEPT, F.SAID)
_DOUBT = (F.ACKED, F.ONE_FILE, F.OPEN)
_CLASH = (F.CONFLICT, F.UNSHOWN)

CONSEQUENCES: tuple[Consequence, ...] = (
    Consequence("D12", (F.DISPUTE,), (), "in dispute", ISSUER, "cancel-refunds"),
    Consequence("D1", (F.NEVER,), _NO, "NOT_DONE", NOBODY, "close-retry"),
    Consequence("D14", (F.NEVER,), _HAD, "NOT_DONE", SHOP_SHORT, "collect"),
    Consequence("D9", (F.NEVER_BY_FILES,), _NO, "NOT_DONE (after two files)", MAYBE_HELD, "close-hold-lapses"),
    Consequence("D9-goods", (F.NEVER_BY_FILES,), _HAD, "NOT_DONE (after two files)", SHOP_SHORT, "collect"),
    Consequence("D1-ask", (F.NEVER, F.NEVER_BY_FILES), _ASK, "NOT_DONE", NOT_KNOWN, "ask-merchant"),
    Consequence("D2", (F.RETURNED,), _NO, "REVERSED", CARD_AGAIN, "close-tell"),
    Consequence("D5", (F.RETURNED,), _HAD, "REVERSED but goods gone", SHORT, "debit-request"),
    Consequence("D2-ask", (F.RETURNED,), _ASK, "REVERSED", NOT_KNOWN, "ask-merchant"),
    Consequence("D11", (F.AMOUNT,), _NO, "SUCCEEDED, amount question", PARTLY, "two-person"),
    Consequence("D11-goods", (F.AMOUNT,), (), "SUCCEEDED, amount question", NOT_KNOWN, "two-person"),
    Consequence("D3", (F.PLAIN, F.KEPT), _NO, "SUCCEEDED, must be undone", LONG, "hold-give-back", gives_back=True),
    Consequence("D10", (F.LATE,), _NO, "SUCCEEDED, must be undone", JUST_LONG, "never-resend", gives_back=True,
                hint="CO-NEXTDAY"),
    Consequence("D13", (F.WALLET,), _NO, "SUCCEEDED", WALLET_LONG, "wallet", gives_back=True),
    Consequence("D3-open", (F.OPEN_KEPT,), _NO, "SUCCEEDED, must be undone", LONG, "hold-ask-reversal"),
    Consequence("D3-said", (F.SAID,), _NO, "SUCCEEDED, must be undone", LONG, "hold-wait-file"),
    Consequence("D4-plain", (F.PLAIN,), _ONCE, "SUCCEEDED", CORRECT, "close"),
    Consequence("D4-said", (F.SAID,), _ONCE, "SUCCEEDED", CORRECT, "keep-wait-file"),
    Consequence("D4", _KEPT, _ONCE, "SUCCEEDED (right by luck)", CORRECT, "keep"),
    Consequence("D4-short", _KEPT, _TWO, "SUCCEEDED", SHOP_SHORT, "collect-one"),
    Consequence("D4-ask", _KEPT, _ASK, "SUCCEEDED", NOT_KNOWN, "ask-merchant"),
    Consequence("D6", (F.TWICE,), _ONCE, "one SUCCEEDED, one to undo", PAID_TWICE, "refund-one", gives_back=True,
                hint="OP-RESWIPE"),
    Consequence("D6-none", (F.TWICE,), _NO, "both SUCCEEDED, both to undo", PAID_TWICE, "refund-both", gives_back=True,
                hint="OP-RESWIPE"),
    Consequence("D6-two", (F.TWICE, F.TWICE_SAID), _TWO, "both SUCCEEDED", CORRECT, "link-both"),
    Consequence("D6-ask", (F.TWICE, F.TWICE_SAID), _ASK, "both SUCCEEDED", NOT_KNOWN, "ask-merchant",
                hint="OP-RESWIPE"),
    Consequence("D6-said", (F.TWICE_SAID,), (), "both SUCCEEDED, not all to stand", PAID_TWICE, "hold-wait-file",
                hint="OP-RESWIPE"),
    Consequence("D7", (F.UNSHOWN,), _NO, "conflict", JUST_LONG, "scheme-error", hint="HO-CLEAR"),
    Consequence("D7-goods", (F.UNSHOWN,), (), "conflict", NOT_KNOWN, "scheme-error-keep", hint="HO-CLEAR"),
    Consequence("D7-other", (F.CONFLICT,), (), "conflict", NOT_KNOWN, "contested-wait"),
    Consequence("D8-goods", _DOUBT, _HAD, "UNKNOWN", NOT_KNOWN, "query-wait-keep"),
    Consequence("D8", _DOUBT, (), "UNKNOWN", NOT_KNOWN, "query-wait"),
    # A provisional refund went out already: nothing more may, whatever the finding.
    Consequence("D12-refunded", (F.DISPUTE,), (), "in dispute", CREDITED_TWICE, "cancel-claw-back", True),
    Consequence("D15-goods", (F.RETURNED,), _HAD, "REVERSED + refunded", CREDITED_TWICE, "claw-back-collect", True),
    Consequence("D15", (F.RETURNED,), (), "REVERSED + refunded", CREDITED_TWICE, "claw-back", True),
    Consequence("D15-never", (F.NEVER, F.NEVER_BY_FILES), (), "NOT_DONE + refunded", CREDITED_FREE, "claw-back", True),
    Consequence("D15-amount", (F.AMOUNT,), (), "SUCCEEDED, amount question", NOT_KNOWN, "two-person", True),
    Consequence("D15-final", _FIRM, _NO, "SUCCEEDED + refunded", CORRECT, "refund-final", True),
    Consequence("D15-kept", (*_FIRM, F.SAID, F.OPEN_KEPT), _HAD, "SUCCEEDED + refunded", SHORT, "claw-back", True),
    Consequence("D15-ask", _FIRM, _ASK, "SUCCEEDED + refunded", NOT_KNOWN, "ask-merchant", True),
    Consequence("D15-wait", (F.SAID, F.OPEN_KEPT), (), "SUCCEEDED + refunded", NOT_KNOWN, "query-wait-held", True),
    Consequence("D15-one", (F.TWICE,), _ONCE, "one SUCCEEDED, one refunded", CORRECT, "refund-final", True),
    Consequence("D15-two", (F.TWICE,), _TWO, "both SUCCEEDED + refunded", SHORT, "claw-back", True),
    Consequence("D15-twice", (F.TWICE, F.TWICE_SAID), (), "both SUCCEEDED + refunded", NOT_KNOWN, "two-person", True),
    Consequence("D15-clash", _CLASH, (), "conflict", NOT_KNOWN, "query-wait-held", True),
    Consequence("D15-doubt", _DOUBT, (), "UNKNOWN", NOT_KNOWN, "query-wait-held", True),
)  # fmt: skip
"""The first row that fits holds, among those with the same `refunded`."""


def follows(finding: Finding, said: Witnesses) -> Consequence:
    """The one consequence of a finding. OurMistake: the table has a hole."""
    for row in CONSEQUENCES:
        if row.refunded is said.refunded and finding in row.findings and said.goods in (row.goods or Goods):
            return row
    raise OurMistake("no consequence of this finding", f"{finding} {said.goods}")
