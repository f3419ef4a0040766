"""S-06: a terminal that jumps to preferential merchants is found, honest ones are not, and the alert says by what."""

from __future__ import annotations

from pathlib import Path

import pytest

from requirements.shop import CHEAPER, day_of, fee, sold


@pytest.mark.parametrize("seed", ["6", "60"])
def test_s_06_planted_machines(seed: str) -> None:
    said = fee("hopping", "--planted", seed, "--machines", "150")
    assert said["machines"] == 150 and said["hoppers"] > 15
    assert said["found"] * 100 >= 95 * said["hoppers"]
    assert (said["alerts"] - said["found"]) * 100 <= 5 * said["alerts"]


def test_s_06_an_alert_lists_its_signals(tmp_path: Path) -> None:
    hops = [sold(n, "T0000002", **(CHEAPER if n % 2 else {})) for n in range(1, 101)]
    honest = [sold(n, "T0000001") for n in range(201, 301)]
    (alert,) = fee("hopping", *day_of(tmp_path, [*hops, *honest]))["alerts"]
    assert alert["machine"] == "T0000002" and alert["score"] == sum(one["weight"] for one in alert["signals"])
    assert {"receipt_mcc", "clearing_mcc", "many_merchants", "cheap_share"} <= {one["id"] for one in alert["signals"]}
    assert all(one["en"] and one["zh"] and 0 < one["hits"] <= one["of"] for one in alert["signals"])
