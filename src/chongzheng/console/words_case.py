"""In which words does the page of a case speak: its truth, its evidence, its approvals, its paper?"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CASE: Mapping[str, tuple[str, str]] = MappingProxyType({})
"""key -> (zh, en)."""
