"""S-10: a genuine tap discount is never taken for hopping; the same low cost without the tap is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chongzheng.gateway import fee_rules
from requirements.shop import day_of, fee, sold

HOPPING = fee_rules.text("hopping.toml")
TAPPED, INSERTED = "071", "051"
SMALL = {"amount": f"{50_000:012d}", "payable": f"{175:012d}", "switching_fee": f"D{16:011d}"}
"""500 yuan at what a debit card costs, the cheaper type: the file does not say which it is."""
CHEAPER = SMALL | {"payable": f"{105:012d}", "switching_fee": f"D{10:011d}"}
"""The same for six tenths of that, as small taps are by right."""


def signals(folder: Path, entry: str, *words: str) -> set[str]:
    lines = [sold(n, "T0000001", **(CHEAPER | {"entry_mode": entry} if n <= 80 else SMALL)) for n in range(1, 101)]
    alerts: list[dict[str, Any]] = fee("hopping", *day_of(folder, lines), *words)["alerts"]
    return {signal["id"] for one in alerts for signal in one["signals"]}


def test_s_10(tmp_path: Path) -> None:
    """Even when the first point of suspicion is called an alert: what a tap lacks by right is taken off again."""
    own = tmp_path / "own.toml"
    own.write_text(HOPPING.replace("score = 4", "score = 1"), "utf-8")
    assert signals(tmp_path, TAPPED) == signals(tmp_path, TAPPED, "--signals", str(own)) == set()
    assert signals(tmp_path, INSERTED, "--signals", str(own)) == {"interchange"}


def test_s_10_shops_that_live_on_taps_are_left_alone() -> None:
    for seed in ("10", "11"):
        said = fee("hopping", "--planted", seed, "--machines", "150")
        assert said["tappers"] > 15 and said["tappers_blamed"] == 0
