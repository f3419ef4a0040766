"""Which kinds of matter are there? One line a kind; its table stands in its own file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from chongzheng.cases.capa import CAPA
from chongzheng.cases.case import CASE
from chongzheng.cases.change import CHANGE
from chongzheng.cases.claim import CLAIM
from chongzheng.cases.lesson import LESSON
from chongzheng.cases.matter import Kind
from chongzheng.cases.part import PART
from chongzheng.cases.problem import PROBLEM
from chongzheng.cases.swap import SWAP
from chongzheng.cases.task import TASK
from chongzheng.cases.ticket import TICKET

KINDS: Mapping[str, Kind] = MappingProxyType({
    kind.name: kind
    for kind in (
        CAPA,
        CASE,
        CHANGE,
        CLAIM,
        LESSON,
        PART,
        PROBLEM,
        SWAP,
        TASK,
        TICKET,
    )
})  # fmt: skip
