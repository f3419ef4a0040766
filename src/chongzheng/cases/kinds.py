"""Which kinds of matter are there? One line a kind; its table stands in its own file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from chongzheng.cases.matter import Kind
from chongzheng.cases.task import TASK

KINDS: Mapping[str, Kind] = MappingProxyType({
    kind.name: kind
    for kind in (
        TASK,
    )
})  # fmt: skip
