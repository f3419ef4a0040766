"""What has each witness said about a case, when by which clock, and what stands now?

Witnesses speak in the four columns of the golden table (operations 2.2): was the original approved, were the goods
delivered, what became of the reversal, what does the clearing file say. Nothing is overwritten: the better witness
stands (operations 6.4), of equals the later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chongzheng.cases.fields import Field
from chongzheng.cases.matter import Fact

CLEARING, ISSUER, CHANNEL, HOST, TERMINAL, MERCHANT, SLIP, SITE, CARDHOLDER = WITNESSES = (
    "clearing file", "issuer", "channel query", "host journal", "terminal journal", "merchant", "slip", "site",
    "cardholder",
)  # fmt: skip
"""Best first."""

COLUMNS = ("original", "goods", "reversal", "clearing")
ENGINE = "engine"
HEARD_MAX = 500

FIELDS = (
    Field("witness", "word", "证人", "who says so", choices=WITNESSES),
    Field("original", "word", "原交易", "was the original approved: yes, no …", needed=False),
    Field("goods", "word", "交付", "were the goods delivered: yes, no", needed=False),
    Field("reversal", "word", "冲正", "what became of the reversal: acked 00, failed, rejected 25 …", needed=False),
    Field("clearing", "word", "清算", "what the file says: original only, original+reversal …", needed=False),
    Field("reference", "text", "凭据编号", "number, file or frame it stands in", needed=False),
    Field("hash", "hash", "摘要", "SHA-256 of the document", needed=False),
    Field("at_raw", "instant", "原始时间", "when, by the witness's own clock, epoch ms", needed=False),
    Field("ahead_ms", "whole", "时钟偏差", "by how much that clock runs ahead, ms", needed=False),
    Field("text", "text", "说明", "what else it says", needed=False),
)


def heard(said: Mapping[str, Any], fact: Fact) -> dict[str, Any]:
    """What a witness said, with time raw and corrected (epoch ms), and who brought it by which fact."""
    raw = said.get("at_raw", fact.at)
    ahead = said.get("ahead_ms", 0)
    return {**said, "at_raw": raw, "at": raw - ahead, "corrected": bool(ahead), "heard_at": fact.at, "by": fact.actor}


def stands(witnesses: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The word of each column that was spoken to: of the best witness, of equals the later."""
    found: dict[str, tuple[int, str]] = {}
    for said in witnesses:
        rank = WITNESSES.index(said["witness"]) if said["witness"] in WITNESSES else len(WITNESSES)
        for column in COLUMNS:
            if column in said and (column not in found or rank <= found[column][0]):
                found[column] = rank, said[column]
    return {column: word for column, (_, word) in found.items()}


STRONG = frozenset({CLEARING, ISSUER, CHANNEL})
"""Whose word can stand against the machine's."""
_CHARGED = frozenset({"charged_kept", "charged_returned", "charged_twice"})


def against(truth: str, witnesses: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """What strong witnesses say that cannot be, were `truth` so, by their references: they and the machine disagree."""
    wrong = "no" if truth in _CHARGED else "yes" if truth == "never_charged" else ""
    return tuple(
        f"{said['witness']}: original {said['original']}"
        for said in witnesses
        if wrong and said["witness"] in STRONG and said.get("original") == wrong
    )


def disagree(witnesses: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The columns in which two witnesses say different things, "unknown" aside; a person must look at those."""
    spoken: dict[str, set[str]] = {}
    for said in witnesses:
        for column in COLUMNS:
            if column in said and said[column] != "unknown":
                spoken.setdefault(column, set()).add(said[column])
    return tuple(column for column in COLUMNS if len(spoken.get(column, ())) > 1)
