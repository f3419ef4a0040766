"""Do the commands over files find wrong fees and hopping machines in real clearing files, and say so?"""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from chongzheng.cli import main
from chongzheng.gateway import traffic
from chongzheng.mistakes import TheirMistake
from chongzheng.simulator.clearing import PLACES
from unit.settlement.acom_lines import DAY, NAME, control, joined, line, reversal

RIGHT = {"receivable": f"{0:012d}", "payable": f"{4500:012d}", "switching_fee": f"D{325:011d}"}
"""What 10 000 yuan on a credit card of a standard merchant cost."""
STANDARD, CHEAP = "898110058120001", "898110054110009"


def sold(number: int, terminal: str = "T0000001", merchant: str = STANDARD, mcc: str = "5812", **other: str) -> bytes:
    """A sale of 10 000 yuan with its fees."""
    made = bytearray(line(f"{number:06d}", f"1122{9 + number % 12:02d}0000", 1_000_000, terminal=terminal,
                          merchant=merchant, rrn=f"RRN{number:09d}"))  # fmt: skip
    return bytes(_put(made, {**RIGHT, "mcc": mcc, **other}))


def _put(made: bytearray, values: dict[str, str]) -> bytearray:
    for field, value in values.items():
        at, length = PLACES[field]
        assert len(value) == length
        made[at : at + length] = value.encode()
    return made


def written(folder: Path, *lines: bytes) -> str:
    """An ACOM file of these lines with its control file."""
    data = joined(*lines)
    path = folder / NAME
    path.write_bytes(data)
    (folder / f"{NAME}.ctl").write_bytes(control(data, len(lines), 1_000_000 * len(lines)))
    return str(path)


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["fee", *words])
    return done.exit_code, done.stdout, done.stderr


def test_right_fees_are_right_and_leave_their_tail(tmp_path: Path) -> None:
    code, out, _ = run("check", written(tmp_path, *map(sold, range(1, 4))), "--date", DAY, "--json")
    said = json.loads(out)
    assert (code, said["rows"], said["judged"], said["fee"], said["unchecked"]) == (0, 3, 3, 0, {})
    assert [(tail["day"], tail["charged_fen"], tail["tail_fen"]) for tail in said["tail"]] == [(DAY, 3 * 4825, 0)]


def test_one_fen_in_one_column_is_found(tmp_path: Path) -> None:
    wrong = sold(2, payable=f"{4501:012d}")
    back = bytes(_put(bytearray(reversal("000003", of="1122120000", fen=1_000_000)),
                      {"receivable": f"{4500:012d}", "switching_fee": f"C{324:011d}"}))  # fmt: skip
    file = written(tmp_path, sold(1), wrong, sold(3), back)
    code, out, _ = run("check", file, "--date", DAY, "--json")
    said = json.loads(out)
    assert (code, said["judged"], said["fee"]) == (1, 4, 2)
    assert [(one["line"], one["part"], one["fen"]) for one in said["differences"]] == [
        (2, "issuer", 1),
        (4, "network", 1),
    ]
    code, out, _ = run("check", file, "--date", DAY)
    assert code == 1
    assert "line 2: issuer fee 4501 fen, agreed 4500: credit card, merchant class standard" in out


def test_an_operators_ladder_goes_first(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[[cost]]\ncard_type = "credit"\nissuer_rate = "0.0040"\nnetwork_rate = "0.000325"\n'
                   'network_cap_fen = 325\nfrom = 2026-01-01\n', "utf-8")  # fmt: skip
    said = json.loads(run("check", written(tmp_path, sold(1)), "--date", DAY, "--own", str(own), "--json")[1])
    assert [(one["part"], one["agreed_fen"]) for one in said["differences"]] == [("issuer", 4000)]


def test_a_machine_that_hops_is_an_alert_with_its_signals_and_an_honest_one_is_none(tmp_path: Path) -> None:
    cheap = {"payable": f"{3510:012d}", "switching_fee": f"D{254:011d}"}
    hop = [sold(n, "T0000002", CHEAP, "5411", **cheap) if n % 2 else sold(n, "T0000002") for n in range(1, 101)]
    honest = [sold(n) for n in range(201, 301)]
    register = tmp_path / "register.csv"
    register.write_text("machine,mcc,province\nT0000001,5812,12\nT0000002,5812,12\n", "utf-8")
    words = ("hopping", written(tmp_path, *hop, *honest), "--date", DAY, "--register", str(register))
    code, out, _ = run(*words, "--json")
    said = json.loads(out)
    assert (code, said["trades"]) == (0, 200)
    (alert,) = said["alerts"]
    assert (alert["machine"], alert["level"]) == ("T0000002", "delay")
    assert {"receipt_mcc", "clearing_mcc", "many_merchants", "cheap_share"} <= {each["id"] for each in alert["signals"]}
    assert alert["preferential_per_mille"]["low"] > 300
    assert {one["name"] for one in said["advice"]["machines"]} == {"T0000001", "T0000002"}
    assert said["advice"]["cards"] == []
    out = run(*words)[1]
    assert "T0000002: " in out and "+4 many_merchants: several merchants behind one machine" in out


def test_planted_machines_are_found_and_honest_ones_left_alone() -> None:
    code, out, _ = run("hopping", "--planted", "7", "--machines", "300", "--json")
    said = json.loads(out)
    assert code == 0
    assert said["recall_per_mille"] >= 950 and said["false_discoveries_per_mille"] <= 50
    assert said["hoppers"] > 30 and said["tappers"] > 30 and said["tappers_blamed"] == 0


def test_a_detector_without_weights_finds_nothing_and_says_no(tmp_path: Path) -> None:
    own = tmp_path / "none.toml"
    own.write_text('[[signal]]\nid = "name"\nweight = 1\nlimit = 1000\n[[level]]\nname = "warn"\nscore = 6\n', "utf-8")
    code, out, _ = run("hopping", "--planted", "7", "--machines", "40", "--signals", str(own))
    assert code == 1
    assert "recall_per_mille: 0" in out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "own.csv, line 1: must begin with the line machine,mcc,province"),
        ("machine,mcc\n", "line 1: must begin"),
        ("machine,mcc,province\nA,5812\n", "line 2: is not a machine of its own"),
        ("machine,mcc,province\nA,,\nA,,\n", "line 3: is not a machine of its own"),
        ("machine,mcc,province\nA,581,\n", "line 2, mcc: is not four digits"),
        ("machine,mcc,province\nA,,99\n", "line 2, province: is not a province"),
    ],
)
def test_a_mistake_in_the_register_is_one_line(text: str, says: str) -> None:
    with pytest.raises(TheirMistake, match=says):
        traffic.register(text, "own.csv")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("hopping",), "FILE: is missing"),
        (("check", "nowhere", "--date", DAY), "nowhere"),
        (("hop",), "No such command 'hop'"),
    ],
)
def test_bad_input_is_one_line(words: tuple[str, ...], says: str) -> None:
    code, out, error = run(*words)
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert says in error
