"""Is the demo's policy a policy, and does it say of every setting how much it shortens it?"""

import tomllib
from dataclasses import replace

from chongzheng.reversal.policy import Policy
from chongzheng.simulator.scale import SCALED, as_toml, shortened


def test_every_setting_is_shorter_than_in_reality_and_shown() -> None:
    rows = list(shortened())
    assert [row.name for row in rows] == list(SCALED)
    for row in rows:
        assert int(row.here.split(", ")[-1]) < int(row.real.split(", ")[-1])
        assert row.ratio.startswith("1:") and int(row.ratio[2:]) >= 20


def test_on_postgresql_the_lease_is_shown_too() -> None:
    *rows, lease = shortened(on_postgresql=True)
    assert rows == list(shortened())
    assert (lease.name, lease.real, lease.here, lease.ratio) == ("lease_ms", "10000", "5000", "1:2")


def test_the_toml_is_the_policy() -> None:
    policy = tomllib.loads(as_toml())["policy"]
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in policy.items()}
    assert {name: given[name] for name in SCALED} == SCALED
    assert replace(Policy(), **given).reply_wait_ms == SCALED["reply_wait_ms"]
