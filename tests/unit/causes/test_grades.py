"""Does each measured value get the agreed grade at every bound, and is what was not measured unknown?"""

import pytest

from chongzheng.causes.grades import NAMES, SCALES, Grade, grade, grades
from chongzheng.mistakes import OurMistake

GOOD, FAIR, POOR, NONE = Grade.GOOD, Grade.FAIR, Grade.POOR, Grade.NONE


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("tlm.rsrp_dbm", {-70: GOOD, -90: GOOD, -91: FAIR, -100: FAIR, -101: POOR, -110: POOR, -111: NONE, -120: NONE}),
        ("tlm.wifi_rssi_dbm", {-60: GOOD, -61: FAIR, -70: FAIR, -71: POOR, -80: POOR, -81: NONE}),
        ("tlm.rtt_ms_p95", {0: GOOD, 499: GOOD, 500: FAIR, 1500: FAIR, 1501: POOR, 3000: POOR, 3001: NONE}),
        ("tlm.loss_pct", {0: GOOD, 0.9: GOOD, 1: FAIR, 3: FAIR, 3.1: POOR, 5: POOR, 5.1: NONE}),
        ("tlm.clock_drift_s", {0: GOOD, -4: GOOD, 5: FAIR, -60: FAIR, 61: POOR, -300: POOR, 301: NONE, -301: NONE}),
    ],
)
def test_every_bound(name: str, values: dict[float, Grade]) -> None:
    assert {value: grade(name, value) for value in values} == values


def test_what_was_not_measured_is_unknown_and_never_good() -> None:
    assert grades({}) == dict.fromkeys(SCALES, Grade.UNKNOWN)
    found = grades({"tlm.loss_pct": 0.1, "tlm.rsrp_dbm": "strong"})
    assert found["tlm.loss_pct"] is Grade.GOOD and found["tlm.rsrp_dbm"] is Grade.UNKNOWN


def test_grades_have_names_and_a_metric_without_scale_is_our_mistake() -> None:
    assert set(NAMES) == set(Grade)
    with pytest.raises(OurMistake):
        grade("tlm.printer", 1)
