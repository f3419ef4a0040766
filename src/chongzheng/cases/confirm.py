"""What is true of a payment in doubt, where is its money and what is to be done, by all that the witnesses say?

Two literal tables. READINGS, in the order of trust, says what the witnesses show; it never looks at the goods, so what
the shop did cannot change what happened at the bank. OUTCOMES says for each finding, by goods and earlier refunds,
where the money is and what follows; D1 to D15 are the golden rows (facts/operations 2.2). Both are total: a witness may
be missing, and strong witnesses that contradict each other make the payment contested. A final refund is allowed only
where a file (or the wallet itself) shows the money, no reversal can still take effect, and no goods were given for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from chongzheng.mistakes import OurMistake
from chongzheng.reversal.payment import MoneyIs, Proof, Truth


class Original(StrEnum):
    """Was the original approved, at the network or the issuer? WALLET: a wallet says that it was paid."""

    UNKNOWN = "unknown"
    NO = "no"
    YES = "yes"
    TWICE = "twice"
    WALLET = "wallet paid"
    CONTRADICTED = "contradicted"


class Goods(StrEnum):
    """How often were the goods or the service delivered?"""

    UNKNOWN = "unknown"
    NO = "no"
    ONCE = "once"
    TWICE = "twice"


class Reversal(StrEnum):
    """What became of the reversal. FAILED: no answer that says what it did; CONFIRMED: a later query saw its effect."""

    UNKNOWN = "unknown"
    NONE = "none"
    FAILED = "failed"
    NOT_FOUND = "not found (25)"
    REFUSED = "refused"
    REFUSED_LATER_DAY = "refused, later day"
    AMOUNT = "amount differs (64)"
    ACKED = "acknowledged"
    CONFIRMED = "confirmed"


class Clearing(StrEnum):
    """What the clearing files show. NONE: one complete day is silent; NONE_TWO: two days are."""

    UNKNOWN = "unknown"
    NOT_YET = "not yet"
    NOT_APPLICABLE = "n/a"
    NONE = "none"
    NONE_TWO = "none in two days"
    ORIGINAL = "original only"
    BOTH = "original and reversal"
    TWO = "two originals"
    TWO_ONE_BACK = "two originals, one reversal"
    REVERSAL = "reversal only"
    AMOUNT = "another amount"
    CHARGEBACK = "chargeback"


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What is known. `refunded`: a provisional refund went out; `charged_back`: the customer's bank took the money."""

    original: Original = Original.UNKNOWN
    goods: Goods = Goods.UNKNOWN
    reversal: Reversal = Reversal.UNKNOWN
    clearing: Clearing = Clearing.UNKNOWN
    refunded: bool = False
    charged_back: bool = False


class Finding(StrEnum):
    """What the witnesses show, before the goods are looked at."""

    DISPUTE = "dispute"
    CONFLICT = "conflict"
    UNSHOWN = "reversal not shown"
    NEVER = "never"
    NEVER_BY_FILES = "never, by two files"
    RETURNED = "returned"
    PLAIN = "kept, nobody reversed"
    KEPT = "kept"
    LATE = "kept, refused on a later day"
    AMOUNT = "kept, amount open"
    WALLET = "kept by the wallet"
    OPEN_KEPT = "kept, reversal open"
    SAID = "kept, not in the file yet"
    TWICE = "twice"
    TWICE_SAID = "twice, not in the file yet or reversal open"
    ACKED = "acknowledged only"
    ONE_FILE = "one file"
    OPEN = "open"


F = Finding
FINDINGS: dict[Finding, tuple[Truth, str, str]] = {
    F.DISPUTE: (Truth.CONTESTED, "客户银行已退单", "the customer's bank has charged it back"),
    F.CONFLICT: (Truth.CONTESTED, "可靠的证据互相矛盾", "strong witnesses contradict each other"),
    F.UNSHOWN: (Truth.CONTESTED, "冲正已应答，但清算文件没有冲正",
                "the reversal was accepted, but the file does not show it"),
    F.NEVER: (Truth.NEVER_CHARGED, "原交易未获批准", "the original was not approved"),
    F.NEVER_BY_FILES: (Truth.NEVER_CHARGED, "两个清算日的文件都没有这笔交易", "the files of two days show nothing"),
    F.RETURNED: (Truth.CHARGED_RETURNED, "冲正已生效", "the reversal took effect"),
    F.PLAIN: (Truth.CHARGED_KEPT, "清算文件有原交易，没有发过冲正", "the file shows the original; nobody reversed it"),
    F.KEPT: (Truth.CHARGED_KEPT, "清算文件有原交易，冲正没有生效", "the file shows the original; its reversal failed"),
    F.LATE: (Truth.CHARGED_KEPT, "清算文件有原交易，隔日冲正被拒", "the file shows the original; too late to reverse"),
    F.AMOUNT: (Truth.CHARGED_KEPT, "冲正金额与原交易不符", "the reversal names another amount"),
    F.WALLET: (Truth.CHARGED_KEPT, "钱包确认已支付，撤销没有生效", "the wallet says it was paid and not revoked"),
    F.OPEN_KEPT: (Truth.CHARGED_KEPT, "清算文件有原交易，冲正情况不明", "the file shows it; its reversal is open"),
    F.SAID: (Truth.CHARGED_KEPT, "已获批准，清算文件还没有到", "it was approved; no file has shown it yet"),
    F.TWICE: (Truth.CHARGED_TWICE, "清算文件有两笔原交易", "the file shows two originals"),
    F.TWICE_SAID: (Truth.CHARGED_TWICE, "两笔都获批准，冲正或清算情况不明", "two approved; reversal or file is open"),
    F.ACKED: (Truth.UNKNOWN, "冲正应答00不等于生效", "an acknowledgement is not the effect; the file tells"),
    F.ONE_FILE: (Truth.UNKNOWN, "一个清算日没有不算证明", "one silent file proves nothing; two do"),
    F.OPEN: (Truth.UNKNOWN, "没有证据能说明是否扣款", "no witness tells whether it was charged"),
}  # fmt: skip
"""Finding: its truth, and the reason in Chinese and in English."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What these states of three witnesses show, and how well; an empty tuple means any state."""

    finding: Finding
    proof: Proof
    originals: tuple[Original, ...] = ()
    reversals: tuple[Reversal, ...] = ()
    clearings: tuple[Clearing, ...] = ()

    def fits(self, said: Witnesses) -> bool:
        """Whether it speaks about them."""
        return all(
            not states or state in states
            for state, states in (
                (said.clearing, self.clearings), (said.original, self.originals), (said.reversal, self.reversals),
            )
        )  # fmt: skip


A, R, C, P = Original, Reversal, Clearing, Proof
_SHOWN = (C.ORIGINAL, C.BOTH, C.TWO, C.TWO_ONE_BACK)
_BACK = (R.ACKED, R.CONFIRMED)
_REFUSED = (R.REFUSED, R.REFUSED_LATER_DAY)

READINGS: tuple[Reading, ...] = (
    Reading(F.DISPUTE, P.CLAIMED, clearings=(C.CHARGEBACK,)),
    Reading(F.CONFLICT, P.CLAIMED, (A.CONTRADICTED,)),
    Reading(F.CONFLICT, P.CLAIMED, clearings=(C.REVERSAL, C.AMOUNT)),
    # The network never approved it. An answer 00 is given to anything; a 64 or a query that saw it is not.
    Reading(F.CONFLICT, P.CLAIMED, (A.NO,), clearings=_SHOWN),
    Reading(F.CONFLICT, P.CLAIMED, (A.NO,), (R.CONFIRMED,)),
    Reading(F.NEVER, P.PROVEN, (A.NO,), clearings=(C.NONE_TWO,)),
    Reading(F.CONFLICT, P.CLAIMED, (A.NO,), (R.AMOUNT,)),
    Reading(F.NEVER, P.CONFIRMED, (A.NO,), clearings=(C.NONE,)),
    Reading(F.NEVER, P.ACKNOWLEDGED, (A.NO,)),
    # The file shows it.
    Reading(F.ONE_FILE, P.CLAIMED, (A.TWICE,), clearings=(C.BOTH,)),
    Reading(F.RETURNED, P.PROVEN, clearings=(C.BOTH,)),
    Reading(F.UNSHOWN, P.CLAIMED, (), _BACK, (C.TWO,)),
    Reading(F.TWICE_SAID, P.CONFIRMED, (), (R.UNKNOWN,), (C.TWO,)),
    Reading(F.TWICE, P.PROVEN, clearings=(C.TWO,)),
    Reading(F.KEPT, P.PROVEN, (A.TWICE,), _BACK, (C.ORIGINAL,)),
    Reading(F.UNSHOWN, P.CLAIMED, (), _BACK, (C.ORIGINAL,)),
    Reading(F.ONE_FILE, P.CLAIMED, (A.TWICE,), clearings=(C.ORIGINAL,)),
    Reading(F.AMOUNT, P.PROVEN, (), (R.AMOUNT,), (C.ORIGINAL,)),
    Reading(F.LATE, P.PROVEN, (), (R.REFUSED_LATER_DAY,), (C.ORIGINAL,)),
    Reading(F.OPEN_KEPT, P.CONFIRMED, (), (R.UNKNOWN,), (C.ORIGINAL, C.TWO_ONE_BACK)),
    Reading(F.WALLET, P.PROVEN, (A.WALLET,), clearings=(C.ORIGINAL,)),
    Reading(F.PLAIN, P.PROVEN, (), (R.NONE,), (C.ORIGINAL,)),
    Reading(F.KEPT, P.PROVEN, clearings=(C.ORIGINAL, C.TWO_ONE_BACK)),
    # Two complete days are silent: proof, unless somebody saw an approval that nothing undid.
    Reading(F.CONFLICT, P.CLAIMED, (A.TWICE,), clearings=(C.NONE_TWO,)),
    Reading(F.RETURNED, P.PROVEN, (A.YES, A.WALLET), _BACK, (C.NONE_TWO,)),
    Reading(F.RETURNED, P.PROVEN, (A.UNKNOWN,), (R.CONFIRMED,), (C.NONE_TWO,)),
    Reading(F.RETURNED, P.PROVEN, (A.YES,), (R.FAILED,), (C.NONE_TWO,)),  # its answer was lost, its effect was not
    Reading(F.CONFLICT, P.CLAIMED, (A.YES, A.WALLET), clearings=(C.NONE_TWO,)),
    Reading(F.NEVER_BY_FILES, P.PROVEN, clearings=(C.NONE_TWO,)),
    # One complete day is silent: it only carries what an answer said already.
    Reading(F.RETURNED, P.CONFIRMED, (A.YES, A.WALLET), _BACK, (C.NONE,)),
    Reading(F.RETURNED, P.CONFIRMED, (A.UNKNOWN,), (R.CONFIRMED,), (C.NONE,)),
    Reading(F.ONE_FILE, P.CLAIMED, clearings=(C.NONE,)),
    # No file has spoken: queries count, then refusals; an acknowledgement and silence do not.
    Reading(F.SAID, P.ACKNOWLEDGED, (A.TWICE,), (R.CONFIRMED,)),
    Reading(F.RETURNED, P.CONFIRMED, (), (R.CONFIRMED,)),
    Reading(F.ACKED, P.CLAIMED, (), (R.ACKED,)),
    Reading(F.AMOUNT, P.ACKNOWLEDGED, (A.YES, A.WALLET), (R.AMOUNT,)),
    Reading(F.WALLET, P.CONFIRMED, (A.WALLET,), (R.NONE, R.FAILED, *_REFUSED)),
    Reading(F.SAID, P.ACKNOWLEDGED, (A.YES,), (R.NONE, *_REFUSED)),
    Reading(F.TWICE_SAID, P.ACKNOWLEDGED, (A.TWICE,), (R.NONE, R.AMOUNT, *_REFUSED)),
    Reading(F.OPEN, P.CLAIMED),
)  # fmt: skip
"""The first row that fits holds; the last fits everything."""


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
class Outcome:
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


G = Goods
_ASK, _NO, _HAD, _ONCE, _TWO = (G.UNKNOWN,), (G.NO,), (G.ONCE, G.TWICE), (G.ONCE,), (G.TWICE,)
_FIRM = (F.PLAIN, F.KEPT, F.LATE, F.WALLET)
_KEPT = (*_FIRM, F.OPEN_KEPT, F.SAID)
_DOUBT = (F.ACKED, F.ONE_FILE, F.OPEN)
_CLASH = (F.CONFLICT, F.UNSHOWN)

OUTCOMES: tuple[Outcome, ...] = (
    Outcome("D12", (F.DISPUTE,), (), "in dispute", ISSUER, "cancel-refunds"),
    Outcome("D1", (F.NEVER,), _NO, "NOT_DONE", NOBODY, "close-retry"),
    Outcome("D14", (F.NEVER,), _HAD, "NOT_DONE", SHOP_SHORT, "collect"),
    Outcome("D9", (F.NEVER_BY_FILES,), _NO, "NOT_DONE (after two files)", MAYBE_HELD, "close-hold-lapses"),
    Outcome("D9-goods", (F.NEVER_BY_FILES,), _HAD, "NOT_DONE (after two files)", SHOP_SHORT, "collect"),
    Outcome("D1-ask", (F.NEVER, F.NEVER_BY_FILES), _ASK, "NOT_DONE", NOT_KNOWN, "ask-merchant"),
    Outcome("D2", (F.RETURNED,), _NO, "REVERSED", CARD_AGAIN, "close-tell"),
    Outcome("D5", (F.RETURNED,), _HAD, "REVERSED but goods gone", SHORT, "debit-request"),
    Outcome("D2-ask", (F.RETURNED,), _ASK, "REVERSED", NOT_KNOWN, "ask-merchant"),
    Outcome("D11", (F.AMOUNT,), _NO, "SUCCEEDED, amount question", PARTLY, "two-person"),
    Outcome("D11-goods", (F.AMOUNT,), (), "SUCCEEDED, amount question", NOT_KNOWN, "two-person"),
    Outcome("D3", (F.PLAIN, F.KEPT), _NO, "SUCCEEDED, must be undone", LONG, "hold-give-back", gives_back=True),
    Outcome("D10", (F.LATE,), _NO, "SUCCEEDED, must be undone", JUST_LONG, "never-resend", gives_back=True,
            hint="CO-NEXTDAY"),
    Outcome("D13", (F.WALLET,), _NO, "SUCCEEDED", WALLET_LONG, "wallet", gives_back=True),
    Outcome("D3-open", (F.OPEN_KEPT,), _NO, "SUCCEEDED, must be undone", LONG, "hold-ask-reversal"),
    Outcome("D3-said", (F.SAID,), _NO, "SUCCEEDED, must be undone", LONG, "hold-wait-file"),
    Outcome("D4-plain", (F.PLAIN,), _ONCE, "SUCCEEDED", CORRECT, "close"),
    Outcome("D4-said", (F.SAID,), _ONCE, "SUCCEEDED", CORRECT, "keep-wait-file"),
    Outcome("D4", _KEPT, _ONCE, "SUCCEEDED (right by luck)", CORRECT, "keep"),
    Outcome("D4-short", _KEPT, _TWO, "SUCCEEDED", SHOP_SHORT, "collect-one"),
    Outcome("D4-ask", _KEPT, _ASK, "SUCCEEDED", NOT_KNOWN, "ask-merchant"),
    Outcome("D6", (F.TWICE,), _ONCE, "one SUCCEEDED, one to undo", PAID_TWICE, "refund-one", gives_back=True,
            hint="OP-RESWIPE"),
    Outcome("D6-none", (F.TWICE,), _NO, "both SUCCEEDED, both to undo", PAID_TWICE, "refund-both", gives_back=True,
            hint="OP-RESWIPE"),
    Outcome("D6-two", (F.TWICE, F.TWICE_SAID), _TWO, "both SUCCEEDED", CORRECT, "link-both"),
    Outcome("D6-ask", (F.TWICE, F.TWICE_SAID), _ASK, "both SUCCEEDED", NOT_KNOWN, "ask-merchant", hint="OP-RESWIPE"),
    Outcome("D6-said", (F.TWICE_SAID,), (), "both SUCCEEDED, not all to stand", PAID_TWICE, "hold-wait-file",
            hint="OP-RESWIPE"),
    Outcome("D7", (F.UNSHOWN,), _NO, "conflict", JUST_LONG, "scheme-error", hint="HO-CLEAR"),
    Outcome("D7-goods", (F.UNSHOWN,), (), "conflict", NOT_KNOWN, "scheme-error-keep", hint="HO-CLEAR"),
    Outcome("D7-other", (F.CONFLICT,), (), "conflict", NOT_KNOWN, "contested-wait"),
    Outcome("D8-goods", _DOUBT, _HAD, "UNKNOWN", NOT_KNOWN, "query-wait-keep"),
    Outcome("D8", _DOUBT, (), "UNKNOWN", NOT_KNOWN, "query-wait"),
    # A provisional refund went out already: nothing more may, whatever the finding.
    Outcome("D12-refunded", (F.DISPUTE,), (), "in dispute", CREDITED_TWICE, "cancel-claw-back", True),
    Outcome("D15-goods", (F.RETURNED,), _HAD, "REVERSED + refunded", CREDITED_TWICE, "claw-back-collect", True),
    Outcome("D15", (F.RETURNED,), (), "REVERSED + refunded", CREDITED_TWICE, "claw-back", True),
    Outcome("D15-never", (F.NEVER, F.NEVER_BY_FILES), (), "NOT_DONE + refunded", CREDITED_FREE, "claw-back", True),
    Outcome("D15-amount", (F.AMOUNT,), (), "SUCCEEDED, amount question", NOT_KNOWN, "two-person", True),
    Outcome("D15-final", _FIRM, _NO, "SUCCEEDED + refunded", CORRECT, "refund-final", True),
    Outcome("D15-kept", (*_FIRM, F.SAID, F.OPEN_KEPT), _HAD, "SUCCEEDED + refunded", SHORT, "claw-back", True),
    Outcome("D15-ask", _FIRM, _ASK, "SUCCEEDED + refunded", NOT_KNOWN, "ask-merchant", True),
    Outcome("D15-wait", (F.SAID, F.OPEN_KEPT), (), "SUCCEEDED + refunded", NOT_KNOWN, "query-wait-held", True),
    Outcome("D15-one", (F.TWICE,), _ONCE, "one SUCCEEDED, one refunded", CORRECT, "refund-final", True),
    Outcome("D15-two", (F.TWICE,), _TWO, "both SUCCEEDED + refunded", SHORT, "claw-back", True),
    Outcome("D15-twice", (F.TWICE, F.TWICE_SAID), (), "both SUCCEEDED + refunded", NOT_KNOWN, "two-person", True),
    Outcome("D15-clash", _CLASH, (), "conflict", NOT_KNOWN, "query-wait-held", True),
    Outcome("D15-doubt", _DOUBT, (), "UNKNOWN", NOT_KNOWN, "query-wait-held", True),
)  # fmt: skip
"""The first row that fits holds, among those with the same `refunded`."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is true, how well, where the money is, what to do. `hint`: the cause that the row suggests, or ""."""

    rule: str
    finding: Finding
    truth: Truth
    proof: Proof
    words: str
    money: Money
    action: str
    final_refund_allowed: bool
    hint: str

    @property
    def settled(self) -> bool:
        """Whether truth and money are both known."""
        return _is_known(self) and self.money.position is not MoneyIs.UNKNOWN


def _is_known(found: Decision) -> bool:
    return found.truth not in (Truth.UNKNOWN, Truth.CONTESTED)


def decide(said: Witnesses) -> Decision:
    """The one decision on these witnesses; there is one for every combination of their states."""
    if said.charged_back:
        said = replace(said, clearing=C.CHARGEBACK)
    reading = next(row for row in READINGS if row.fits(said))
    for row in OUTCOMES:
        if row.refunded is said.refunded and reading.finding in row.findings and said.goods in (row.goods or Goods):
            hint = "SW-MATCH" if said.reversal is R.NOT_FOUND and reading.finding is F.KEPT else row.hint
            return Decision(
                row.rule, reading.finding, FINDINGS[reading.finding][0], reading.proof, row.words, row.money,
                row.action, row.gives_back, hint,
            )  # fmt: skip
    raise OurMistake("no outcome for this finding", f"{reading.finding} {said.goods}")


class Says(StrEnum):
    """What one of the five witnesses says of the whole payment (S-01)."""

    MISSING = "missing"
    NOT_DONE = "not done"
    DONE = "done"
    RETURNED = "returned"


def weigh(terminal: Says, host: Says, query: Says, reply: Says, known: Witnesses) -> Witnesses:
    """The witnesses in the columns of the table. `terminal` and `host` are journals, `query` asked the channel, `reply`
    is the issuer's or the wallet's; `known` has the clearing file, the goods and what became of the reversal.

    Query and reply are strong: when they contradict each other, or deny what a journal has approved, nobody is
    believed. A terminal that calls a sale failed is not believed: that is what it does when an answer is lost.
    """
    strong = {query, reply} - {Says.MISSING}
    journals = {terminal, host} - {Says.MISSING}
    if len(strong) > 1 or (strong == {Says.NOT_DONE} and (Says.DONE in journals or host is Says.RETURNED)):
        return replace(known, original=A.CONTRADICTED)
    if strong == {Says.RETURNED}:
        return replace(known, original=A.YES, reversal=R.CONFIRMED)
    acked = Says.RETURNED in journals and known.reversal in (R.UNKNOWN, R.NONE, R.FAILED)
    found = replace(known, reversal=R.ACKED) if acked else known
    if strong or host is not Says.MISSING:
        denied = Says.NOT_DONE in strong or (not strong and host is Says.NOT_DONE)
        if denied and not strong and Says.DONE in journals:
            return replace(found, original=A.CONTRADICTED)
        return replace(found, original=A.NO if denied else A.YES)
    return replace(found, original=A.YES if terminal is Says.DONE else A.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Question:
    """Whom to ask next, how long that takes, and how many of the possible `answers` would settle the truth (or, where
    that is known, the money), or change what is to be done."""

    ask: str
    zh: str
    en: str
    cost_minutes: int
    answers: int
    settles: int
    changes: int

    @property
    def price(self) -> tuple[bool, int]:
        """What settling costs by this question, in minutes; those that settle nothing come last."""
        return self.settles == 0, self.cost_minutes * self.answers // max(1, self.settles)


def next_question(said: Witnesses) -> tuple[Question, ...]:
    """Every question whose answer can change the decision, the cheapest for what it settles first; none when all is
    settled. Costs are our proposal."""
    now = decide(said)
    found = []
    for ask, zh, en, cost_minutes, answers in () if now.settled else _asked(said):
        then = [decide(answer) for answer in dict.fromkeys(answers)]
        settles = sum(one.settled if _is_known(now) else _is_known(one) for one in then)
        changes = sum(one.rule != now.rule for one in then)
        if changes:
            found.append(Question(ask, zh, en, cost_minutes, len(then), settles, changes))
    return tuple(sorted(found, key=lambda one: one.price))


def _asked(said: Witnesses) -> list[tuple[str, str, str, int, list[Witnesses]]]:
    paid = said.original if said.original in (A.WALLET, A.TWICE) else A.YES
    open_original, open_reversal = said.original in (A.UNKNOWN, A.CONTRADICTED), said.reversal is R.UNKNOWN
    from_bank = [replace(said, original=paid, reversal=R.CONFIRMED)]
    from_bank += [replace(said, original=one) for one in (A.NO, paid)] if open_original else []
    ended = (R.NONE, R.FAILED, R.ACKED, R.REFUSED, R.NOT_FOUND)
    days = (C.ORIGINAL, C.BOTH, C.NONE_TWO if said.clearing is C.NONE else C.NONE, C.TWO)
    questions = [
        ("channel query", "向渠道查询交易状态", "query the status at the channel", 1, from_bank),
        ("host journal", "查主机流水", "look into the host's journal", 5,
         [replace(said, reversal=one) for one in ended]),
        ("merchant", "请商户核实是否交付", "ask the merchant whether the goods were delivered", 30,
         [replace(said, goods=one) for one in (G.NO, G.ONCE)]),
        ("clearing file", "等待下一个清算文件", "wait for the next clearing file", 1_440,
         [replace(said, clearing=one) for one in days]),
        ("issuer inquiry", "向发卡方查询（6302）", "inquiry 6302 to the issuer", 7_200, from_bank),
    ]  # fmt: skip
    useful = {"host journal": open_reversal, "merchant": said.goods is G.UNKNOWN,
              "clearing file": said.clearing in (C.UNKNOWN, C.NOT_YET, C.NONE)}  # fmt: skip
    return [question for question in questions if useful.get(question[0], True)]


@dataclass(frozen=True, slots=True)
class Retry:
    """Whether the sale may be made once more, and why (not), in Chinese and in English."""

    allowed: bool
    zh: str
    en: str


def retry_allowed(truth: Truth) -> Retry:
    """Only when nobody is charged: never, or not any more (S-03)."""
    if truth in (Truth.NEVER_CHARGED, Truth.CHARGED_RETURNED):
        return Retry(True, "客户未被扣款或已退回，可重新收款", "nobody is charged: the sale may be made again")
    zh, en = {
        Truth.CHARGED_KEPT: ("原交易已成功，重新收款会重复扣款", "the sale stands: another would charge twice"),
        Truth.CHARGED_TWICE: ("已扣款两次，先退一笔", "it was charged twice already: give one back first"),
        Truth.CONTESTED: ("证据互相矛盾，先查清", "the witnesses contradict each other: find out first"),
        Truth.UNKNOWN: ("是否扣款尚不清楚，先查清", "nobody knows yet whether it was charged: find out first"),
    }[truth]
    return Retry(False, zh, en)
