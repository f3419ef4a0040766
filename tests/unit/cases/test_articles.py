"""Are a dozen articles there, and does a role see only what it may?"""

from __future__ import annotations

from chongzheng.cases.articles import ARTICLES, RIGHTS, visible


def test_a_dozen_articles_in_both_languages() -> None:
    assert len(ARTICLES.shipped) >= 12
    assert all(row["zh"] != row["en"] and row["text_zh"] != row["text_en"] for row in ARTICLES.shipped.values())


def test_a_role_sees_only_its_fields_and_several_see_them_together() -> None:
    article = ARTICLES.shipped["reversal 25"]
    assert visible(article, ["clerk"], RIGHTS.shipped) == article
    assert set(visible(article, ["supplier"], RIGHTS.shipped)) == {"topic", "zh", "en"}
    assert "inner" not in visible(article, ["technician", "read-only"], RIGHTS.shipped)
    assert "text_zh" in visible(article, ["supplier", "read-only"], RIGHTS.shipped)
    assert visible(article, ["nobody"], RIGHTS.shipped) == {} and visible(article, [], RIGHTS.shipped) == {}
