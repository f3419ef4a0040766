"""Do decode, encode, mac and bench codec keep their word at the command line?"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from chongzheng import __version__
from chongzheng.bench import codec
from chongzheng.cli import COMMANDS, main
from chongzheng.iso8583 import dialect
from chongzheng.mistakes import OurMistake
from chongzheng.simulator.fuzz.second import spec_of
from unit.iso8583.vectors import MESSAGES, REFUSED, VECTORS, by_id

PROGRAM = str(Path(sys.executable).with_name("chongzheng"))
VOID = by_id("built-0400-void-reversal")


def run(*words: str, stdin: str | bytes | None = None) -> Result:
    """The command in this process."""
    return CliRunner().invoke(main, list(words), input=stdin)


def framing_of(vector: dict[str, Any]) -> str:
    """The --framing that fits a vector."""
    if vector["includes_length"]:
        return "length"
    return "header" if vector["includes_tpdu_header"] else "body"


def refused(result: Result) -> str:
    """The one line on stderr of a run that must end with exit 2 and nothing on stdout."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("chongzheng: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.mark.parametrize("vector", MESSAGES, ids=lambda v: v["id"])
def test_decode_every_vector(vector: dict) -> None:
    place = ("--dialect", vector["dialect"], "--framing", framing_of(vector))
    result = run("decode", *place, "--unmasked", "--json", vector["hex"])
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    wanted = {part: value for part, value in vector["expect"].items() if part != "sub"}
    assert document == wanted
    built = run("encode", *place, "-", stdin=result.stdout)
    assert built.stdout.strip() == vector["hex"], built.stderr


@pytest.mark.parametrize("vector", REFUSED, ids=lambda v: v["id"])
def test_refuse_every_broken_vector(vector: dict) -> None:
    refused(run("decode", "--dialect", vector["dialect"], "--json", vector["hex"]))


def test_masked_unless_told_otherwise() -> None:
    account = VOID["expect"]["fields"]["2"]
    for words in ([], ["--json"]):
        shown = run("decode", "--dialect", "cup-pos", *words, VOID["hex"]).stdout
        assert account not in shown
        assert "622202******1234" in shown
    assert account in run("decode", "--dialect", "cup-pos", "--unmasked", VOID["hex"]).stdout


def test_the_table_for_people_shows_what_stands_in_front() -> None:
    shown = run("decode", "--dialect", "cup-pos", VOID["hex"]).stdout.splitlines()
    assert shown[:3] == ["tpdu  6000030000", "header  603100311001", "MTI  0400"]
    assert any(line.startswith("F39") for line in shown)
    network = by_id("alatka-cups-0200-9")
    first = run("decode", "--dialect", "cups", "--framing", "header", network["hex"]).stdout.splitlines()[0]
    assert first == "header  46 02 0407 03050001    00010000    414139 01 00000000 00 00000"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ABC"], "HEX: has an odd number of digits"),
        (["ZZ"], "HEX: holds a character that is not a hex digit"),
        ([""], "frame length: needs 2 bytes"),
        (["0001AA"], "TPDU and header: needs 11 bytes"),
        (["--framing", "body", "0400"], "bitmap: needs 8 bytes"),
        (["--framing", "tail", "0400"], "Invalid value for '--framing'"),
        (["--nothing", "0400"], "No such option"),
        ([], "Missing argument 'HEX'"),
    ],
)
def test_bad_input_is_one_line(words: list[str], said: str) -> None:
    assert said in refused(run("decode", "--dialect", "cup-pos", *words))


def test_unknown_dialect_and_missing_dialect() -> None:
    assert "dialect: no such dialect, there are cup-pos" in refused(run("decode", "--dialect", "visa", "00"))
    assert "Missing option '--dialect'" in refused(run("decode", "00"))
    assert "no such dialect" in refused(run("encode", "--dialect", "visa", "-", stdin="{}"))


def test_hex_in_pieces_in_lower_case_and_from_stdin() -> None:
    wanted = run("decode", "--dialect", "cup-pos", VOID["hex"]).stdout
    pieces = [VOID["hex"][at : at + 7].lower() for at in range(0, len(VOID["hex"]), 7)]
    assert run("decode", "--dialect", "cup-pos", *pieces).stdout == wanted
    assert run("decode", "--dialect", "cup-pos", "-", stdin=VOID["hex"] + "\n").stdout == wanted


def test_a_network_message_behind_its_header_and_length(tmp_path: Path) -> None:
    file = tmp_path / "message.json"
    file.write_text(json.dumps({"mti": "0420", "header": {"source_id": "00010000"}, "fields": {"39": "98"}}))
    built = run("encode", "--dialect", "cups", "--json", str(file))
    document = json.loads(built.stdout)
    assert (document["dialect"], document["framing"]) == ("cups", "length")
    shown = json.loads(run("decode", "--dialect", "cups", "--json", document["hex"]).stdout)
    assert shown["header"]["source_id"] == "00010000   "
    assert shown["header"]["total_length"] == "0060"
    assert shown["fields"] == {"39": "98"}


@pytest.mark.parametrize(
    ("dialect", "document", "said"),
    [
        ("cup-pos", "{", "FILE: is not a JSON document"),
        ("cup-pos", "[" * 100_000, "FILE: is not a JSON document"),
        ("cup-pos", "\xff", "FILE: is not a JSON document"),
        ("cup-pos", "[]", 'FILE: must be an object with "mti"'),
        ("cup-pos", '{"mti": "0400"}', "document: must be an object"),
        ("cup-pos", '{"mti": "0400", "fields": {"3": "1"}}', "F3: is 1 long, must be 6"),
        ("cup-pos", '{"mti": "0400", "fields": {}, "tpdu": "60"}', "tpdu: must be 5 bytes in hex"),
        ("cup-pos", '{"mti": "0400", "fields": {}, "tpdu": "XX"}', "tpdu: must be 5 bytes in hex"),
        ("cup-pos", '{"mti": "0400", "fields": {}, "header": 7}', "header: must be 6 bytes in hex"),
        ("cups", '{"mti": "0400", "fields": {}, "header": "60"}', "header: must be an object"),
        ("cups", '{"mti": "0400", "fields": {}, "header": {"batch": "0102"}}', "batch: must be 1 bytes in hex"),
        ("cups", '{"mti": "0400", "fields": {}, "header": {"source_id": "\\u00e9"}}', "source_id: must be ASCII"),
        ("cups", '{"mti": "0400", "fields": {}, "header": {"reject_code": "1"}}', "a part has the wrong size"),
    ],
)
def test_a_document_that_cannot_be_built(dialect: str, document: str, said: str) -> None:
    assert said in refused(run("encode", "--dialect", dialect, "-", stdin=document.encode("latin-1")))


def test_a_file_that_is_not_there() -> None:
    assert "No such file" in refused(run("encode", "--dialect", "cup-pos", "no-such-file.json"))


SAME = {"x9.9_cbc": "x9.9", "cbc_3des": "x9.9", "xor_then_one_des": "xor-3des", "xor_then_one_3des": "xor-3des"}


@pytest.mark.parametrize("vector", [v for v in VECTORS if "mac" in v], ids=lambda v: v["id"])
def test_mac_of_every_vector(vector: dict, tmp_path: Path) -> None:
    known = vector["mac"]
    key_file = tmp_path / "key"
    key_file.write_text(known["key"] + "\n")
    wanted = {known["algorithm"]: known["value"]}
    wanted |= {SAME[name]: block for name, block in known["other_algorithms_same_input"].items()}
    for name, text in wanted.items():
        assert run("mac", "--algorithm", name, "--key", known["key"], known["input"]).stdout == text + "\n"
        shown = run("mac", "--algorithm", name, "--key-file", str(key_file), "--json", known["input"]).stdout
        document = json.loads(shown)
        assert (document["algorithm"], document["mac"]) == (name, text)
        assert document["block"].startswith(text)


def test_mac_with_sm4() -> None:
    key = "0123456789ABCDEFFEDCBA9876543210"
    assert run("mac", "--algorithm", "sm4-cbc", "--key", key, key).stdout == "681EDF34D206965E\n"
    assert len(run("mac", "--algorithm", "sm4-ecb", "--key", key, key).stdout) == 9


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--algorithm", "crc", "--key", "00", "00"], "algorithm: no such algorithm"),
        (["--algorithm", "x9.9", "--key", "0011", "00"], "key: must be 8, 16 or 24 bytes"),
        (["--algorithm", "x9.9", "--key", "xy", "00"], "key: is not hex"),
        (["--algorithm", "x9.9", "00"], "key: give either --key or --key-file"),
        (["--algorithm", "x9.9", "--key", "0011223344556677", "0"], "HEX: has an odd number"),
    ],
)
def test_mac_with_bad_input(words: list[str], said: str) -> None:
    assert said in refused(run("mac", *words))


def test_bench_codec_in_json_and_for_people() -> None:
    result = run("bench", "codec", "--json", "--seconds", "0.1")
    figures = json.loads(result.stdout)
    assert figures["frames"] >= 25
    assert 0 < figures["decode_us"] < figures["decode_us"] * figures["decode_ratio"]
    assert figures["decode_ratio"] > 3  # the promise of 8 is for a quiet machine; this guards against a collapse
    assert figures["encode_ratio"] > 3
    shown = run("bench", "codec", "--seconds", "0.1").stdout.splitlines()
    assert len(shown) == 3
    assert "times as fast as pyiso8583" in shown[0]


def test_bench_codec_measures_every_valid_cup_pos_message() -> None:
    messages = [v for v in MESSAGES if v["dialect"] == "cup-pos"]
    assert len(codec.FRAMES) == len(messages)
    assert all(vector["hex"].endswith(body) for vector, body in zip(messages, codec.FRAMES, strict=True))


def test_bench_codec_without_the_other_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "iso8583", None)
    assert "pyiso8583: is not installed" in refused(run("bench", "codec", "--seconds", "0.1"))


@pytest.mark.parametrize("wrong", ["decode", "encode"])
def test_bench_codec_does_not_measure_two_different_things(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    library, spec = codec._their_library(), spec_of(dialect("cup-pos").layout)

    class Lying:
        """The other library with one direction broken."""

        @staticmethod
        def decode(body: bytes, spec: dict[str, Any]) -> Any:
            decoded, encoded = library.decode(body, spec)
            return ({**decoded, "3": "999999"} if wrong == "decode" else decoded), encoded

        @staticmethod
        def encode(document: dict[str, str], spec: dict[str, Any]) -> Any:
            return b"", {}

    with pytest.raises(OurMistake, match="bench codec"):
        codec._check_same([bytes.fromhex(codec.FRAMES[2])], Lying, spec)  # type: ignore[arg-type]  # stands in for a module


def test_help_names_every_command_without_importing_one() -> None:
    code = "import sys; sys.argv = ['chongzheng', '--help']; from chongzheng.cli import main; main()"
    words = [sys.executable, "-X", "importtime", "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)
    assert "chongzheng.iso8583" not in done.stderr


def test_version_bare_and_unknown_command() -> None:
    assert run("--version").stdout == f"chongzheng {__version__}\n"
    assert "no command given" in refused(run())
    assert "No such command 'drink'" in refused(run("drink"))


def test_a_command_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "nowhere", ("chongzheng.cli.nowhere:nowhere", "Not there."))
    assert "command nowhere: is not part of this installation" in refused(run("nowhere"))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (OurMistake("two tokens", "payment 7"), "a fault of ours: payment 7: two tokens"),
        (RuntimeError("6222020000001234"), "a fault of ours: RuntimeError (CHONGZHENG_TRACEBACK=1 shows where)"),
        (KeyboardInterrupt(), "stopped"),
    ],
)
def test_a_fault_of_ours_is_one_line_too(monkeypatch: pytest.MonkeyPatch, fault: BaseException, said: str) -> None:
    def broken(seconds: float) -> dict[str, Any]:
        raise fault

    monkeypatch.setattr(codec, "measure", broken)
    result = run("bench", "codec")
    assert (result.exit_code, result.stdout, result.stderr.strip()) == (1, "", f"chongzheng: {said}")


def test_a_fault_shows_its_place_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(seconds: float) -> dict[str, Any]:
        raise RuntimeError("here")

    monkeypatch.setattr(codec, "measure", broken)
    monkeypatch.setenv("CHONGZHENG_TRACEBACK", "1")
    assert isinstance(run("bench", "codec").exception, RuntimeError)


def test_the_installed_program_refuses_in_one_line() -> None:
    done = subprocess.run([PROGRAM, "decode", "--dialect", "cup-pos", "0G"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "chongzheng: HEX: holds a character that is not a hex digit\n"


def test_a_reader_that_goes_away_is_no_fault() -> None:
    with subprocess.Popen(
        [PROGRAM, "decode", "--dialect", "cup-pos", VOID["hex"]], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(60) == 1
