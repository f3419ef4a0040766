"""What is said of the fees of a clearing file, and of machines that hop categories, as one document?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from chongzheng.fees import hopping, usage
from chongzheng.fees.agreement import FeeCheck
from chongzheng.fees.hopping import Finding
from chongzheng.fees.interchange import Ladder
from chongzheng.fees.tail import Tail, tails
from chongzheng.fees.traffic import Trade
from chongzheng.fees.usage import Limits, Usage
from chongzheng.gateway import fee_rules
from chongzheng.settlement.intake import ClearingFile

SIGNALS = "hopping.toml"


def checked(clearing: ClearingFile, found: FeeCheck) -> dict[str, object]:
    """Every wrong fee of the file, how many were judged, how many not and why, and the tail of its day."""
    return {
        "file": clearing.name,
        "day": clearing.day,
        "digest": clearing.digest,
        "rows": len(clearing.records),
        "judged": found.judged,
        "fee": len(found.differences),
        "differences": [
            {
                "line": one.number,
                "part": one.part.value,
                "charged_fen": one.charged_fen,
                "agreed_fen": one.agreed_fen,
                "fen": one.fen,
                "why": one.why,
                "why_zh": one.why_zh,
            }
            for one in found.differences
        ],
        "unchecked": {why.value: count for why, count in sorted(found.unchecked.items())},
        "tail": [_tail(one) for one in tails(found.fees)],
    }


def hopped(
    files: int, trades: Sequence[Trade], found: Iterable[Finding], ladder: Ladder, limits: Limits
) -> dict[str, object]:
    """Machines to look at with the signals that speak against them, and advice about cards and machines."""
    return {
        "files": files,
        "trades": len(trades),
        "alerts": [_alert(one) for one in found if one.level is not None],
        "advice": {
            "cards": _advice(usage.by_card(trades, ladder), limits),
            "machines": _advice(usage.by_machine(trades, ladder), limits),
        },
    }


def packed_signals() -> hopping.Signals:
    """The signals of the installation."""
    return hopping.read(fee_rules.text(SIGNALS), SIGNALS)


def _tail(tail: Tail) -> dict[str, object]:
    return {**asdict(tail), "cleared_fen": tail.cleared_fen, "tail_fen": tail.tail_fen, "why": str(tail)}


def _alert(one: Finding) -> dict[str, object]:
    share = one.preferential
    return {
        "machine": one.machine,
        "trades": one.trades,
        "score": one.score,
        "level": one.level.name if one.level else "",
        "preferential_per_mille": {"mean": share.mean, "low": share.low, "high": share.high},
        "signals": [
            {"id": each.rule.id, "weight": each.rule.weight, "hits": each.hits, "of": each.of, "en": each.rule.en,
             "zh": each.rule.zh}
            for each in one.fired
        ],
    }  # fmt: skip


def _advice(found: Iterable[Usage], limits: Limits) -> list[dict[str, object]]:
    """What is used more often than usual, or surely at preferential merchants; advice only."""
    return [{"name": one.name, "advice": list(said)} for one in found if (said := one.advice(limits))]
