"""In which words do lists speak: columns, bulk, export, registers as files, the people who work here?"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DESK: Mapping[str, tuple[str, str]] = MappingProxyType({
    "desk.page": ("本页 {count} 件", "{count} on this page"),
})  # fmt: skip
"""key -> (zh, en)."""
