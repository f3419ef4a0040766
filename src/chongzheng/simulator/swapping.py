"""How does something else stand in a place of this process's code for a while, and never for longer?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

Patch = tuple[Any, Any, Any]
"""A mapping and a key, or an object and the name of an attribute, and what stands there for a while."""


@contextmanager
def swapped(patches: Iterable[Patch]) -> Iterator[None]:
    """While it lasts, these stand where others stood; then the others again, whatever happened. KeyError or
    AttributeError, and nothing changed, where nothing stood."""
    patches = tuple(patches)
    kept = [(owner, name, _get(owner, name)) for owner, name, _ in patches]
    try:
        for owner, name, ours in patches:
            _set(owner, name, ours)
        yield
    finally:
        for owner, name, theirs in reversed(kept):
            _set(owner, name, theirs)


def _get(owner: Any, name: Any) -> Any:
    if isinstance(owner, dict):
        return owner[name]
    return vars(owner)[name] if isinstance(owner, type) else getattr(owner, name)


def _set(owner: Any, name: Any, value: Any) -> None:
    if isinstance(owner, dict):
        owner[name] = value
    else:
        setattr(owner, name, value)
