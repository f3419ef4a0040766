"""Would a wrong word in the SQL text be noticed? Each of these is planted, and the comparison must see it."""

from pathlib import Path

import pytest

from chongzheng.mistakes import TheirMistake
from chongzheng.reconcile import day
from chongzheng.reconcile.statements import statements
from reconcile.test_two_speeds import PLACES, by_sql, by_the_rule
from reconcile.worlds import DAY, NEXT, world

SEEDS = range(5)
FILE_DAYS = frozenset({DAY, NEXT})

BUGS = [
    ("paired", "n.day IS NOT NULL AND ", ""),
    ("paired", " AND t.gives_back = o.gives_back", ""),
    ("paired", "<= f.fen", "<= 100"),
    ("paired", "t.is_original = 1 AND ", ""),
    ("paired", "t.theirs = '' OR t.theirs = o.rrn", "1 = 1"),
    ("paired", "t.theirs = '' OR t.theirs = o.rrn", "t.theirs = '' OR o.rrn = '' OR t.theirs = o.rrn"),
    ("paired", "WHEN t.card <> '' AND o.card <> '' THEN t.card = o.card", "WHEN 1 = 0 THEN 1 = 1"),
    ("paired", "t.masked_pan = o.masked_pan OR", "1 = 1 OR"),
    ("paired", "AND (t.stan = o.stan OR t.channel <> 'card')", ""),
    ("paired", "AND t.till = o.till", ""),
    ("paired", "o.held = 'kept' AND ", ""),
    ("paired", "o.seen = 0 AND ", ""),
    ("paired", "AND (o.fee_fen IS NULL OR t.fee_fen IS NULL OR o.fee_fen = t.fee_fen)", ""),
    ("paired", "FULL JOIN", "LEFT JOIN"),
    ("paired", "FULL JOIN", "RIGHT JOIN"),
    ("doubtful_theirs", "HAVING count(*) > 1", "HAVING count(*) > 2"),
    ("doubtful_ours", "HAVING count(*) > 1", "HAVING count(*) > 2"),
    ("doubtful_ours", "sure = 0 OR clean = 0", "sure = 0"),
    ("fresh", "UNION ALL SELECT channel, shop, till, 'stan', original_stan FROM doubtful_theirs", ""),
    ("fresh", "UNION ALL SELECT channel, shop, till, 'rrn', rrn FROM doubtful_theirs", ""),
    ("fresh", "UNION ALL SELECT channel, shop, till, 'rrn', original_rrn FROM doubtful_theirs", ""),
    ("fresh", "UNION ALL SELECT channel, shop, till, 'order', original_order FROM doubtful_theirs", ""),
    ("fresh", "UNION ALL SELECT channel, shop, till, 'rrn', rrn FROM doubtful_ours", ""),
    ("hit_theirs", "k.what = 'rrn' AND k.name = x.rrn", "k.what = 'none'"),
    ("hit_ours", "k.what = 'rrn'", "k.what = 'none'"),
    ("hit_ours", "k.what = 'order'", "k.what = 'none'"),
    ("hit_ours", "k.what = 'network'", "k.what = 'none'"),
    ("sure", "p.sure = 1 AND", ""),
]


@pytest.mark.parametrize(("statement", "right", "wrong"), BUGS)
def test_a_bug_in_the_text_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str, right: str, wrong: str
) -> None:
    text = statements()
    assert right in text[statement]
    planted = {**text, statement: text[statement].replace(right, wrong)}
    monkeypatch.setattr(day, "statements", lambda: planted)
    assert any(differs(tmp_path / str(seed), seed) for seed in SEEDS)


def differs(folder: Path, seed: int) -> bool:
    """Whether the planted text says something else than the rule about a day, or finds that it contradicts itself."""
    folder.mkdir()
    candidates, records = world(seed, PLACES)
    try:
        said = by_sql(folder, candidates, records, FILE_DAYS)
    except TheirMistake:
        return True
    rule = by_the_rule(candidates, records, FILE_DAYS)
    return (said.matched, said.carried, said.differences, said.digest) != rule
