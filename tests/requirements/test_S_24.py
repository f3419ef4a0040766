"""S-24: lost records are rebuilt from host, backup and slips, or listed as irrecoverable; no value is invented."""

from __future__ import annotations

import random
from typing import Any

from chongzheng.cases.backup import Key
from chongzheng.cases.rebuild import NEEDED, rebuild


def truth(number: int) -> dict[str, Any]:
    card = f"622200******{number:04}"
    return {
        "what": "sale",
        "amount_fen": 137 * number + 1,
        "at": 1_800_000_000_000 + number,
        "card": card,
        "code": "00",
    }


def test_s_24() -> None:
    rng = random.Random(24)
    lost: list[Key] = [("80000001", "000001", f"{number:06}") for number in range(100)]
    told: dict[str, dict[Key, dict[str, Any]]] = {"host": {}, "backup": {}, "slip": {}}
    for number, key in enumerate(lost):
        for who, chance in (("host", 0.7), ("backup", 0.4), ("slip", 0.5)):
            if rng.random() < chance:
                told[who][key] = {name: value for name, value in truth(number).items() if rng.random() < 0.9}
    wrong = lost[7]
    told["host"][wrong], told["slip"][wrong] = truth(7), {**truth(7), "amount_fen": 1}

    answers = rebuild(lost, told)
    assert [one.key for one in answers] == lost
    whole = [one for one in answers if one.whole]
    assert 40 < len(whole) < 100
    for number, one in enumerate(answers):
        assert all(one.values[name] == truth(number)[name] for name in one.values), "a value that no witness gave"
        assert all(told[who][one.key][name] == one.values[name] for name, who in one.sources.items())
        assert set(one.values) | set(one.missing) | set(one.contested) == set(NEEDED)
        assert one.whole == (set(one.values) == set(NEEDED))
    assert answers[7].contested == {"amount_fen": {"host": truth(7)["amount_fen"], "slip": 1}}
