"""Do the measurements measure what they say: real sales and reversals, answered and durable, or no figure at all?"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from chongzheng.bench import alternatives, alternatives_job, console, load_place, relay
from chongzheng.bench.load_database import database
from chongzheng.bench.load_frames import POS, offset_of, sale, sale_frames
from chongzheng.bench.load_orders import Helper
from chongzheng.cli import main
from chongzheng.iso8583 import check, one_frame, split_cup
from chongzheng.iso8583.tlv import parse
from chongzheng.mistakes import OurMistake, TheirMistake

MAK = bytes(range(8))
CHIP = 55


def test_frames_are_real_sales_and_no_two_are_alike() -> None:
    bodies = [split_cup(one_frame(frame))[1] for frame in sale_frames(3, "000007", MAK, 3)]
    messages = [POS.decode(body) for body in bodies]
    assert all(check(body, "cup-ecb", MAK) for body in bodies)
    assert [message.text(11) for message in messages] == ["000001", "000002", "000003"]
    assert messages[1].with_fields({64: None}) == sale(3, "000007", 2)
    assert len({message.fields[CHIP] for message in messages}) == 3
    chip = messages[0].fields[CHIP]
    assert isinstance(chip, bytes)
    assert len(parse(chip)) == 20


def test_the_place_of_a_field() -> None:
    message = sale(0, "000001", 7).with_fields({2: None})
    body = POS.encode(message)
    assert body[offset_of(body, 11) :][:3].hex() == "000007"


def test_relay_gives_its_figures() -> None:
    words = ("bench", "relay", "--sales", "400", "--terminals", "20", "--pace-s", "1", "--json")
    figures = json.loads(CliRunner().invoke(main, words).stdout)
    assert figures["db"] == "sqlite"
    assert figures["sales"] == 400
    assert figures["sales_per_s"] > 0
    assert figures["bare_relay_per_s"] > 0
    assert figures["p99_ms_at_2000"] > 0


def test_every_page_of_the_desk_is_measured_in_a_journal_that_was_filled(tmp_path: Path) -> None:
    kept = str(tmp_path / "kept")
    filled = CliRunner().invoke(main, ("simulate", "--fill", "20,60", "--keep", kept, "--json"))
    assert filled.exit_code == 0, filled.output
    figures = json.loads(
        CliRunner().invoke(main, ("bench", "console", "--kept", kept, "--times", "2", "--json")).stdout
    )
    assert [page["page"] for page in figures["pages"]] == list(console.PAGES)
    for page in figures["pages"]:
        assert (page["status"], page["p99_ms"]) == (200, None), page["page"]
        assert 0 < page["p50_ms"] <= page["max_ms"] and page["processor_ms"] > 0, page["page"]


def test_a_percentile_is_none_where_it_would_only_be_the_worst() -> None:
    assert [console.percentile(range(1, 101), share) for share in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert [console.percentile(range(20), share) for share in (50, 95, 99)] == [9, 18, None]
    assert console.percentile([7], 50) is None and console.percentile([7], 100) == 7


def test_drain_gives_its_figures() -> None:
    figures = json.loads(CliRunner().invoke(main, ("bench", "drain", "--pending", "500", "--json")).stdout)
    assert (figures["db"], figures["pending"]) == ("sqlite", 500)
    assert figures["reversals_per_s"] > 0
    assert figures["bank"]["reversals"] >= 500
    assert "FULL" in figures["durability"]


def test_a_refused_sale_is_no_figure() -> None:
    with pytest.raises(OurMistake, match="not every sale was approved"):
        relay._good({"codes": {"00": 9, "96": 1}, "answers": 10})


async def _bank_says(folder: Path, mak: bytes, numbers: range) -> list[str]:
    place = load_place.make(folder, 1, "")
    bank, address = await load_place.start_bank(place)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(alternatives_job.BANK, address)
            patch.setenv(alternatives_job.MAK, (mak or place.mak).hex())
            wire = await alternatives_job.Wire.dial()
            codes = await asyncio.gather(*(wire.reverse(number) for number in numbers))
        assert (await bank.order("stats"))["0400"] == len(numbers)
        return list(codes)
    finally:
        await bank.stop()


def test_the_alternatives_job_is_a_reversal_that_the_bank_believes(tmp_path: Path) -> None:
    assert asyncio.run(_bank_says(tmp_path, b"", range(20))) == ["00"] * 20


def test_an_alternative_that_does_not_install_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(one: alternatives.Alternative) -> Path:
        raise TheirMistake("does not install", one.name)

    monkeypatch.setattr(alternatives, "environment", refuse)
    found = alternatives.compared(5_000, tmp_path, 10, lambda phase: None)
    assert set(found["alternatives"]) == {"dbos", "procrastinate", "pgqueuer", "celery", "temporal"}
    assert found["alternatives"]["dbos"] == {"missing": "dbos: does not install"}
    assert (found["best_alternative"], found["times_the_best"]) == ("", None)


def test_a_helper_that_dies_says_why(tmp_path: Path) -> None:
    async def ask() -> None:
        helper = Helper(tmp_path / "log", "-c", "raise SystemExit('no wish to work')")
        await helper.start()
        try:
            await helper.order("anything")
        finally:
            await helper.stop()

    with pytest.raises(OurMistake, match="no wish to work"):
        asyncio.run(ask())


def test_an_unknown_database(tmp_path: Path) -> None:
    with pytest.raises(TheirMistake, match="--db"), database("oracle", tmp_path):
        pass
    with database("postgresql://somewhere/x", tmp_path) as url:
        assert url == "postgresql://somewhere/x"
