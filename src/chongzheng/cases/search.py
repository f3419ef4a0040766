"""Which articles answer this question best? Words, numbers and pairs of Chinese characters, rare ones worth more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

RESULTS_MAX = 20
QUERY_CHARS_MAX = 400
WEIGHTS: Mapping[str, int] = {"words": 5, "zh": 4, "en": 4, "text_zh": 1, "text_en": 1}
"""What a word is worth by where it stands: key words, titles, texts."""

_LATIN = re.compile(r"[a-z0-9]+")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")


def tokens(text: str) -> list[str]:
    """Words and numbers in lower case, and of Chinese each two characters that stand together (or the one)."""
    low = text.lower()
    found = _LATIN.findall(low)
    for run in _HAN.findall(low):
        found += [run[n : n + 2] for n in range(len(run) - 1)] or [run]
    return found


def ranked(query: str, articles: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, Fraction]]:
    """(name, score) of the articles that answer, best first; an article counts by what share of the question it has."""
    asked = set(tokens(query[:QUERY_CHARS_MAX]))
    if not asked:
        return []
    pages = {name: _page(row) for name, row in articles.items()}
    rare = {word: _rarity(word, pages.values()) for word in asked}
    scores = {name: _score(asked, page, rare) for name, page in pages.items()}
    found = [(name, score) for name, score in scores.items() if score > 0]
    return sorted(found, key=lambda one: (-one[1], one[0]))[:RESULTS_MAX]


def _page(row: Mapping[str, Any]) -> dict[str, int]:
    """Word -> its best place in an article."""
    page: dict[str, int] = {}
    for name, weight in WEIGHTS.items():
        value = row.get(name, "")
        for word in tokens(value if isinstance(value, str) else " ".join(value)):
            page[word] = max(page.get(word, 0), weight)
    return page


def _rarity(word: str, pages: Iterable[Mapping[str, int]]) -> Fraction:
    having = [word in page for page in pages]
    return Fraction(len(having) + 1, sum(having) + 1)


def _score(asked: set[str], page: Mapping[str, int], rare: Mapping[str, Fraction]) -> Fraction:
    had = asked & page.keys()
    total = sum((page[word] * rare[word] for word in had), Fraction(0))
    return total * Fraction(len(had), len(asked)) ** 2
