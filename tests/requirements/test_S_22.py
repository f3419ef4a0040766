"""S-22 (case side): terminals below the minimum version are listed, and a bad release is stopped by the canary rule."""

from __future__ import annotations

import random

import pytest

from chongzheng.cases.units import below_minimum
from chongzheng.journal.breaks import Overtaken
from requirements.desk import Desk

LATER_MS = 4_102_500_000_000
"""In the year 2100: rows that are proposed here are in force by then."""


def test_s_22_terminals_below_the_minimum_are_listed(desk: Desk) -> None:
    for number, version in enumerate(("4.9.3", "4.10.0", "4.2", "4.10.1")):
        unit = {"model": "N9", "serial": f"A{number}", "version": version, "site": "east", "installed": "20260105"}
        desk.registers.propose("units", f"8000000{number}", "20991231", unit, "stock list", "boss", desk.now)
    minimum = {"version": "4.10"}
    desk.registers.propose("minimum versions", "N9", "20991231", minimum, "loses reversals below", "zhang", desk.now)
    rules = desk.registers.in_force(LATER_MS)
    assert below_minimum(rules["units"], rules["minimum versions"]) == ["80000000", "80000002"]


def test_s_22_a_planted_bad_release_is_stopped_and_a_good_one_goes_out(desk: Desk) -> None:
    rng = random.Random(22)
    ended = {}
    for version, rate in (("5.0", 0.08), ("5.1", 0.01)):
        release = desk.open("release", {"model": "N9", "version": version, "what": "resends"}, "li")
        desk.say(release, "CanaryStarted", "zhang", terminals=[f"8000000{n}" for n in range(5)])
        with pytest.raises(Overtaken, match="it takes 300"):
            desk.say(release, "RolledOut", "zhang")
        failures = 0
        for attempts in range(20, 401, 20):
            failures += sum(rng.random() < rate for _ in range(20))
            counts = {"failures_before": 120, "n_before": 10_000, "failures_after": failures, "n_after": attempts}
            if desk.say(release, "Counted", **counts).state == "STOPPED":
                break
        else:
            desk.say(release, "RolledOut", "zhang")
        ended[version] = (desk.matters.get(release.id).state, attempts < 400)
    assert ended == {"5.0": ("STOPPED", True), "5.1": ("ROLLED_OUT", False)}
    (problem,) = desk.matters.tagged("problem", "cause", "SW-REGRESS")
    assert "release 5.0" in problem.body["title"]
