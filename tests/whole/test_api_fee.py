"""Does the door quote a fee like the command, with the operator's file, and name what is wrong?"""

from pathlib import Path

import pytest

from chongzheng.api import fees
from whole.door_room import client, problem, run


def test_a_quote_over_http(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            said = await one.get("/fee", channel="card", card="debit", entry="insert", amount_fen="1000000")
            assert (said["fee_fen"], said["rule"], said["capped"]) == (2500, "DEBIT_CAP", True)
            assert "capped at 25.00" in said["why"] and "封顶 25.00 元" in said["why_zh"]
            said = await one.get("/fee", channel="alipay", amount_fen="1000000", rules="tiered", date="20261123")
            assert (said["fee_fen"], said["date"], said["rules"]) == (5780, "20261123", "tiered")

    run(test())


def test_what_is_wrong_is_named(tmp_path: Path) -> None:
    async def test() -> None:
        async with client(tmp_path) as one:
            for query, where in (
                ({"amount_fen": "1"}, "query.channel"),
                ({"channel": "card"}, "query.amount_fen"),
                ({"channel": "card", "amount_fen": "100"}, "query"),
                ({"channel": "visa", "amount_fen": "100"}, "query.channel"),
                ({"channel": "card", "amount_fen": "0"}, "query.amount_fen"),
                ({"channel": "wechat", "amount_fen": "1", "date": "20260230"}, "query.date"),
                ({"channel": "wechat", "amount_fen": "1", "rules": "none"}, "rules"),
            ):
                assert problem(await one.http.get("/fee", params=query)) == (400, "bad_field", where)

    run(test())


def test_the_operators_file_counts_and_a_broken_one_is_no_fault_of_the_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[[rule]]\nid = "QR_WALLET"\norder = 1\nchannel = ["wechat"]\nrate = "0.0030"\n', "utf-8")
    monkeypatch.setenv(fees.OWN_VARIABLE, str(own))
    fees.tariff_in_force.cache_clear()

    async def test() -> None:
        async with client(tmp_path) as one:
            assert (await one.get("/fee", channel="wechat", amount_fen="10000"))["fee_fen"] == 30
            fees.tariff_in_force.cache_clear()
            own.write_text("broken", "utf-8")
            answer = await one.http.get("/fee", params={"channel": "wechat", "amount_fen": "10000"})
            assert problem(answer)[:2] == (500, "fault")

    try:
        run(test())
    finally:
        fees.tariff_in_force.cache_clear()
