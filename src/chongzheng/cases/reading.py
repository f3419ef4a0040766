"""What do the witnesses of a payment show, and how well? One literal table, in the order of trust.

It never looks at the goods, so what the shop did cannot change what happened at the bank. It is total: a witness may be
missing, and strong witnesses that contradict each other make the payment contested.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chongzheng.cases.columns import Clearing, Original, Reversal, Witnesses
from chongzheng.reversal.payment import Proof, Truth


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


def read(said: Witnesses) -> Reading:
    """The one reading of these witnesses."""
    return next(row for row in READINGS if row.fits(said))
