"""Does the article that answers come first, in both languages, and nothing that has no word of the question?"""

from __future__ import annotations

import pytest

from chongzheng.cases.articles import ARTICLES
from chongzheng.cases.search import RESULTS_MAX, ranked, tokens


def test_words_numbers_and_pairs_of_characters() -> None:
    assert tokens("25 找不到原交易, MAC-A0 卡") == ["25", "mac", "a0", "找不", "不到", "到原", "原交", "交易", "卡"]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("25 找不到原交易", "reversal 25"),
        ("original not found", "reversal 25"),
        ("打印机卡纸", "printer"),
        ("冲正超时 98", "reversal timeout"),
        ("隔日冲正", "refused 12"),
        ("单边账 挂账", "one-sided"),
        ("refund and then late reversal", "late reversal"),
        ("CO-NEXTDAY", "refused 12"),
    ],
)
def test_the_matching_article_comes_first(query: str, first: str) -> None:
    assert ranked(query, ARTICLES.shipped)[0][0] == first


def test_nothing_comes_of_no_word_and_no_more_than_so_many_of_one() -> None:
    assert ranked("", ARTICLES.shipped) == [] and ranked("xylophone", ARTICLES.shipped) == []
    many = {f"a{n}": {"zh": "冲正"} for n in range(50)}
    assert len(ranked("冲正", many)) == RESULTS_MAX and ranked("冲正", many)[0][0] == "a0"
    assert ranked("冲正 25", ARTICLES.shipped) == ranked("冲正 25", dict(reversed(ARTICLES.shipped.items())))
