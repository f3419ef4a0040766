"""Do mutated frames of every dialect keep all promises, and is a planted fault in the codec found?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import pytest
from click.testing import CliRunner

from chongzheng.gateway import translate
from chongzheng.iso8583 import DIALECTS, Deframer, Message, decoding, dialect, tlv
from chongzheng.iso8583.spec import length_bytes
from chongzheng.mistakes import TheirMistake
from chongzheng.simulator.fuzz import beyond, campaign, corpus, mutations, promises
from chongzheng.simulator.fuzz.__main__ import main
from chongzheng.simulator.fuzz.second import Second

VECTORS = Path(__file__).parents[1] / "data" / "iso8583-vectors.json"
GIVEN = campaign.recorded(VECTORS)
SEED, CASES = 20261123, 6_000
HARD_STEP = len(DIALECTS) * campaign.WHOLE_EVERY
HARD_CASES = 8_000 * HARD_STEP
"""Those of them in which a terminal's message meets everything behind the decoder."""
CALLS_MAX = 6_000
"""Calls of functions that one frame may cost, the compiling of its shape included."""


def finds(cases: range) -> bool:
    """Whether one of these cases finds a fault."""
    fuzzer, tally = campaign.Fuzzer(SEED, GIVEN), campaign.Tally()
    return any(campaign.one(fuzzer, SEED, case, tally) or tally.faults for case in cases)


def test_mutated_frames_keep_all_promises() -> None:
    tally = campaign.run(campaign.Fuzzer(SEED, GIVEN), SEED, range(CASES), CASES)
    assert tally.faults == [] and tally.uncaught == 0
    for lane in (*DIALECTS, "tlv"):
        assert tally.accepted[lane] > CASES // 100 and tally.refused[lane] > CASES // 100, lane
    assert tally.compared > CASES // 16


def test_a_body_cut_at_any_byte_is_refused() -> None:
    for one in (one for starts in corpus.corpus(Random(1), GIVEN).values() for one in starts[::3]):
        for end in range(len(one.body)):
            with pytest.raises(TheirMistake):
                one.dialect.decode(one.body[:end])


def test_a_corpus_reaches_what_stands_behind_the_decoder() -> None:
    starts = corpus.corpus(Random(2))["cup-pos"]
    heard = [said for one in starts if (said := understood(one.body)) is not None]
    assert {said.wants.name for said in heard} >= {"TRANSACTION", "REVERSAL"}
    assert sum(not said.refusal for said in heard) > 5


def understood(body: bytes) -> translate.Heard | None:
    """A terminal's message, if it is one."""
    try:
        return translate.hear(body)
    except TheirMistake:
        return None


# Planted faults: each must be found, or the fuzzer proves nothing


@pytest.fixture
def fresh() -> Iterator[None]:
    """Dialects that have compiled nothing; and forget afterwards what they compiled while a fault was planted."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    for name in DIALECTS:
        dialect(name)._decoders.clear()
        dialect(name)._encoders.clear()


def _one_too_long(lengths: str, prefix: str, size: int) -> dict[int | bytes, int]:
    most = {"LL": 99, "LLL": 999, "len8": 255}.get(prefix, size + 1)
    raws = [length_bytes(lengths, prefix, length) for length in range(min(size + 1, most) + 1)]
    return {(raw[0] if len(raw) == 1 else raw): length for length, raw in enumerate(raws)}


class _Early(Deframer):
    """Takes a frame for whole one byte too early."""

    def feed(self, data: bytes) -> list[bytes]:
        """The payloads; the last one may lack its last byte."""
        self._held = getattr(self, "_held", b"") + data
        found = []
        while len(self._held) > 2 and len(self._held) >= 1 + (length := int.from_bytes(self._held[:2], "big")):
            found.append(self._held[2 : 2 + length])
            self._held = self._held[2 + length :]
        return found

    __slots__ = ("_held",)


def _restored(identity: Any) -> dict[int, str | bytes]:
    marked = {int(n): value for n, value in identity if n.isdecimal()}
    return {n: bytes.fromhex(v[4:]) if v.startswith("hex:") else v for n, v in marked.items()}


@pytest.mark.parametrize(
    ("where", "name", "fault"),
    [
        (decoding, "_length_table", _one_too_long),
        (promises, "Deframer", _Early),
        (tlv, "ELEMENTS_MAX", 63),
        (translate, "_restored", _restored),
        (promises, "evidence_json", lambda msg: str(msg.fields).encode()),
    ],
    ids=["length", "deframer", "tags", "hex mark", "evidence"],
)
@pytest.mark.usefixtures("fresh")
def test_a_planted_fault_is_found(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, fault: Any) -> None:
    monkeypatch.setattr(where, name, fault)
    if name == "ELEMENTS_MAX":  # the careful way counts by another limit than the quick one
        monkeypatch.setattr(tlv, "_kept_flat", _kept_without_limit(tlv._kept_flat))
    assert finds(range(0, HARD_CASES, HARD_STEP) if name == "_restored" else range(CASES))


def _kept_without_limit(real: Callable[[bytes], bytes | None]) -> Callable[[bytes], bytes | None]:
    def kept(data: bytes) -> bytes | None:
        return b"" if data == b"\x82\x00" * (len(data) // 2) else real(data)

    return kept


def test_the_second_library_contradicts_what_is_wrong() -> None:
    second = Second()
    name, body = next(one for one in GIVEN if one[0] == "cup-pos")
    msg = dialect(name).decode(body)
    assert second.agrees(name, body, msg)
    with pytest.raises(promises.Broken, match="same values"):
        second.agrees(name, body, msg.with_fields({11: "999999"}))
    with pytest.raises(promises.Broken, match="same message type"):
        second.agrees(name, body, Message("0999", msg.fields))
    with pytest.raises(promises.Broken, match="refuses what we accept"):
        second.agrees(name, body[:-1], msg)


# What one frame may cost


def test_no_frame_costs_more_than_its_limit_of_work() -> None:
    dice = Random(3)
    found = corpus.corpus(dice)
    full = [(name, fullest(dice, name)) for name in DIALECTS]
    mutants = [(name, mutations.mutant(dice, dice.choice(starts), starts)) for name, starts in found.items()
               for _ in range(150)]  # fmt: skip
    for name, body in full + mutants:
        assert calls(name, body) <= CALLS_MAX, (name, len(body))


def fullest(dice: Random, name: str) -> bytes:
    """A message with every field of its dialect."""
    layout = dialect(name).layout
    fields = {number: corpus.content(dice, layout, field) for number, field in sorted(layout.fields.items())}
    return dialect(name).encode(Message("0200", fields))


def calls(name: str, body: bytes) -> int:
    """How many functions are called while this body is decoded."""
    count = 0

    def counted(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        dialect(name).decode(body)
    except TheirMistake:
        pass
    finally:
        sys.setprofile(before)
    return count


# The command


def test_a_run_gives_its_figures() -> None:
    figures = campaign.campaign(1_000, 5, workers=1)
    assert figures["uncaught"] == 0 and figures["faults"] == [] and figures["seed"] == 5
    assert figures["frames"] >= 1_000 == campaign.cases_for(0) - 5_489 + 1_000
    assert figures["accepted"] + figures["refused"] == figures["frames"]
    assert set(figures["by_dialect"]) == set(DIALECTS)
    assert {"rss_growth_mib", "frames_per_s", "compared", "slowest_us"} <= set(figures)


def test_a_case_is_the_same_again_and_its_fault_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert campaign.Fuzzer(7, GIVEN).make(41) == campaign.Fuzzer(7, GIVEN).make(41) != campaign.Fuzzer(8).make(41)
    assert campaign.replay(7, 48) is None

    def broken(*bytes_: object) -> bool:
        raise IndexError("planted")

    monkeypatch.setattr(campaign, "beyond", broken)
    tally = campaign.run(campaign.Fuzzer(7), 7, range(0, 400, 8), 0)
    fault = tally.faults[0]
    assert "IndexError: planted (test_frames.py:" in fault.what and campaign.replay(7, fault.case) == fault
    told = CliRunner().invoke(main, ["--seed", "7", "--case", str(fault.case)])
    assert told.exit_code == 1 and f'"hex": "{fault.hex}"' in told.stdout


def test_the_command_refuses_what_is_no_file_of_messages(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('[{"valid": true}]', "utf-8")
    told = CliRunner().invoke(main, ["--vectors", str(tmp_path / "bad.json")])
    assert told.exit_code == 2 and "is not a file of recorded messages (KeyError)" in told.stderr
    assert CliRunner().invoke(main, ["--case", "48"]).stdout == "it keeps all promises\n"


def test_a_message_behind_the_decoder_may_be_refused() -> None:
    assert not beyond.beyond("cup-pos", b"", b"")
    assert beyond.beyond("jcb", b"", b"")


@pytest.mark.soak
@pytest.mark.parametrize("lane", [*DIALECTS, "tlv"])
def test_a_search_guided_by_branches_breaks_no_promise(tmp_path: Path, lane: str) -> None:
    command = [sys.executable, "-m", "chongzheng.simulator.fuzz.guided", "--dialect", lane, "--seconds", "20"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stderr[-2_000:]
    assert not list(tmp_path.glob("crash-*"))


@pytest.mark.soak
def test_many_mutated_frames_keep_all_promises_in_little_memory() -> None:
    figures = campaign.campaign(1_000_000, SEED, workers=2, given=GIVEN)
    assert figures["faults"] == [] and figures["uncaught"] == 0
    assert figures["rss_growth_mib"] < 64  # caches of compiled shapes still fill; the run of 10 million shows them full
