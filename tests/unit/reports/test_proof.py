"""Does a bundle hold for a stranger, and fall at the change of any byte?"""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chongzheng.card import Pan
from chongzheng.cli import main
from chongzheng.journal import Evidence, Journal, Reader, Submission, Vault, evidence, payment_id
from chongzheng.mistakes import TheirMistake
from chongzheng.reports import checker, proof
from chongzheng.reports.story import document
from chongzheng.reversal import facts
from chongzheng.reversal.facts import Answer, Fact, Key, Line, Request
from chongzheng.reversal.policy import Policy

ECHO = ("000000", "000000010000")
PAN = "6222020000001234"


def heard(kind: str, at: int, **said: str) -> Evidence:
    return evidence(kind, "test", at, checker.canonical(said))


class Story:
    """Hands one payment's facts to a journal, one commit each."""

    def __init__(self, journal: Journal, stan: str) -> None:
        self.journal = journal
        self.key = Key("898310000000001", "T0000001", "000001", stan)
        self.id = payment_id(self.key)

    def take(self, fact: Fact, *said: Evidence) -> None:
        self.journal.apply([Submission(fact, said, Pan(PAN) if isinstance(fact, facts.RequestTaken) else None)])

    def sale(self, at: int) -> None:
        said = heard("0200", at, stan=self.key.stan)
        identity = (("3", "000000"),)
        request = Request(self.key, 10_000, "156", "f", ECHO, identity, "20261122", 10**13, "622202******1234")
        self.take(facts.RequestTaken(self.id, at, said.id, request), said)

    def reply(self, at: int, code: str, rrn: str) -> None:
        said = heard("0210", at, code=code, rrn=rrn)
        self.take(facts.ReplyArrived(self.id, at, said.id, Answer(code, "good", ECHO, rrn)), said)

    def reversal_answer(self, at: int, code: str, rrn: str) -> None:
        said = heard("0410", at, code=code, rrn=rrn)
        self.take(facts.ReversalAnswered(self.id, at, said.id, Answer(code, "good", ECHO, rrn)), said)

    def file(self, at: int, day: str, rrn: str, sale: bool, reversal: bool) -> None:
        whole = heard("settlement-file", at, day=day)
        records = [heard("settlement-record", at, day=day, mti=mti) for mti in ("0200", "0420")]
        lines = [Line(record.id, 10_000, rrn, self.key.stan, f"{day}10{n}000") for n, record in enumerate(records)]
        saw = facts.SettlementSaw(
            self.id, at, whole.id, day, tuple(lines[:1] if sale else ()), tuple(lines[1:] if reversal else ())
        )
        self.take(saw, whole, *records)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A journal with a sale that stands, one that was reversed, and one that is still open."""
    journal = Journal.open(tmp_path / "journal.db", Vault.create(tmp_path / "vault.json"), Policy())
    kept = Story(journal, "000001")
    kept.sale(1_000)
    kept.reply(1_200, "00", "R00000000001")
    kept.take(facts.AnswerWritten(kept.id, 1_201))
    kept.file(90_000, "20261122", "R00000000001", sale=True, reversal=False)
    undone = Story(journal, "000002")
    undone.sale(2_000)
    undone.take(facts.DeadlinePassed(undone.id, 52_000, 52_000))
    undone.reply(52_500, "00", "R00000000002")
    undone.reversal_answer(53_000, "00", "R00000000002")
    undone.file(90_001, "20261122", "R00000000002", sale=True, reversal=True)
    Story(journal, "000003").sale(3_000)
    journal.close()
    return tmp_path


def bundles_of(house: Path) -> list[bytes]:
    reader = Reader.open(house / "journal.db")
    key = proof.signing_key(house / "proof.key")
    return [proof.bundle(reader, payment, key, 100_000) for payment in reader.payments()]


def trusted(house: Path) -> str:
    proof.signing_key(house / "proof.key")
    return (house / "proof.pub").read_text().strip()


def resigned(house: Path, data: bytes, **changes: object) -> bytes:
    """The bundle as a careless insider would forge it: content changed, then signed with the trusted key."""
    body = {name: value for name, value in json.loads(data).items() if name != "signature"} | changes
    body["signature"] = proof.signing_key(house / "proof.key").sign(checker.canonical(body)).hex()
    return checker.canonical(body) + b"\n"


def test_bundles_prove_what_they_say(house: Path) -> None:
    verdicts = []
    for data in bundles_of(house):
        assert checker.check(data, trusted(house)) == []
        verdicts.append(json.loads(data)["verdict"]["truth"])
    assert verdicts == ["charged_kept", "charged_returned", "unknown"]


def test_any_changed_byte_is_refused(house: Path) -> None:
    bundles, key, rng = bundles_of(house), trusted(house), random.Random(20261122)
    for _ in range(1000):
        data = bytearray(rng.choice(bundles))
        place = rng.randrange(len(data))
        data[place] ^= rng.randrange(1, 256)
        assert checker.check(bytes(data), key), f"byte {place} may be changed unnoticed"


def test_every_single_byte_of_one_bundle_counts(house: Path) -> None:
    data, key = bundles_of(house)[2], trusted(house)
    for place in range(len(data)):
        for changed in (data[place] ^ 0x20, 0x20, 0x0A):
            if changed != data[place]:
                assert checker.check(data[:place] + bytes([changed]) + data[place + 1 :], key), place


def test_an_untrusted_signer_is_refused(house: Path) -> None:
    reader = Reader.open(house / "journal.db")
    payment = next(reader.payments())
    forged = proof.bundle(reader, payment, Ed25519PrivateKey.generate(), 100_000)
    assert checker.check(forged, trusted(house)) == ["signed by a key that is not trusted"]


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (("facts", 0, "hash"), "00" * 32, "its hash does not follow"),
        (("facts", 1, "seq"), 7, "its hash does not follow"),
        (("count",), 9, "chain does not end"),
        (("payment", "state"), "REVERSING", "its facts end in"),
        (("payment", "id"), "PXXXXXXXXXXXXXXXX", "belongs to another payment"),
        (("rules", "NEW.request", "to"), "SETTLED", "does not lead to"),
        (("evidence", 0, "body"), "{}", "does not have that id"),
        (("verdict", "truth"), "never_charged", "not the one of the last fact"),
        (("verdict", "because"), ["E" + "0" * 32], "not in the bundle"),
        (("verdict", "truth"), "charged_twice", "the files show 1 kept"),
        (("verdict", "truth"), "charged_returned", "the files show 1 kept"),
        (("entries", 0, "fen"), 0, "not an entry"),
        (("facts",), None, "another form"),
    ],
)
def test_content_that_does_not_fit_is_named(house: Path, path: tuple[str | int, ...], value: object, line: str) -> None:
    body = json.loads(bundles_of(house)[0])
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    faults = checker.check(resigned(house, checker.canonical(body)), trusted(house))
    assert any(line in fault for fault in faults), faults


def test_a_left_out_part_is_named(house: Path) -> None:
    kept = json.loads(bundles_of(house)[0])
    without = [item for item in kept["evidence"] if item["kind"] != "settlement-file"]
    faults = checker.check(resigned(house, checker.canonical(kept), evidence=without), trusted(house))
    assert any("is not in the bundle" in fault for fault in faults)
    only_words = [item for item in kept["evidence"] if not item["kind"].startswith("settlement")]
    faults = checker.check(resigned(house, checker.canonical(kept), evidence=only_words), trusted(house))
    assert "the verdict is called proven without a settlement file" in faults
    undone = json.loads(bundles_of(house)[1])
    half = undone["entries"][:1]
    faults = checker.check(resigned(house, checker.canonical(undone), entries=half), trusted(house))
    assert "nothing was kept, but the books still hold money" in faults


@pytest.mark.parametrize(
    "data", [b"", b"{}\n", b"\xff", b"[" * 100_000, b"null\n", b'{"format":"chongzheng-proof/1"}\n']
)
def test_what_is_not_a_bundle_gets_one_line(data: bytes) -> None:
    assert len(checker.check(data, "00" * 32)) == 1


def test_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "BUNDLE_BYTES_MAX", 10)
    assert checker.check(b"x" * 11, "00") == ["larger than 10 bytes"]


def test_the_checker_runs_alone(house: Path) -> None:
    """Away from the package: only the one file, isolated from site imports of chongzheng."""
    alone = house / "checker.py"
    alone.write_text(Path(checker.__file__).read_text("utf-8"), "utf-8")
    assert "chongzheng" not in {name.split(".")[0] for name in _imports(alone)}
    good = house / "good.json"
    good.write_bytes(bundles_of(house)[0])
    bad = house / "bad.json"
    bad.write_bytes(bundles_of(house)[0].replace(b"charged_kept", b"charged_left"))
    for file, code in ((good, 0), (bad, 1), (house / "none.json", 2)):
        done = subprocess.run([sys.executable, alone, house / "proof.pub", file], capture_output=True, check=False)
        assert done.returncode == code, done
    assert checker.main([]) == 2


def _imports(path: Path) -> set[str]:
    import ast

    tree = ast.parse(path.read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_commands(house: Path) -> None:
    run = CliRunner()
    db = ["--db", str(house / "journal.db")]
    story = run.invoke(main, ["explain", "000002", *db, "--json"])
    assert story.exit_code == 0, story.output
    told = json.loads(story.output)
    assert [chapter["rule"] for chapter in told["story"]] == [
        "NEW.request",
        "FORWARDED.deadline",
        "REVERSING.approved",
        "REVERSING.rev_done",
        "RETURNED.file_proves",
    ]
    human = run.invoke(main, ["explain", told["payment"][:8], *db])
    assert human.exit_code == 0
    assert "charged_returned" in human.output
    assert PAN not in human.output + story.output
    made = run.invoke(main, ["proof", told["payment"], *db, "--out", str(house / "b.json")])
    assert made.exit_code == 0, made.output
    printed = run.invoke(main, ["proof", told["payment"], *db])
    assert json.loads(printed.stdout)["verdict"]["proof"] == "proven"
    every = run.invoke(main, ["proof", "--all", *db, "--out", str(house / "all")])
    assert every.exit_code == 0, every.output
    key = ["--key", str(house / "proof.pub")]
    made_files = sorted(str(path) for path in (house / "all").iterdir())
    assert len(made_files) == 3
    assert run.invoke(main, ["verify", *made_files, *key]).exit_code == 0
    assert run.invoke(main, ["verify", str(house / "b.json"), *key]).exit_code == 0
    (house / "b.json").write_bytes((house / "b.json").read_bytes()[:-1])
    refused = run.invoke(main, ["verify", str(house / "b.json"), *key, "--json"])
    assert refused.exit_code == 1
    assert json.loads(refused.output)["refused"] == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["explain", "PNONE", "--db", "journal.db"], "no such payment"),
        (["explain", "T0000001", "--db", "journal.db"], "fits 3 payments"),
        (["explain", "000001", "--db", "none.db"], "no journal here"),
        (["verify", "none.json", "--key", "none.pub"], "cannot be read"),
        (["proof", "000001", "--db", "journal.db", "--out", "vault.json/p.json"], "cannot be written"),
        (["proof", "000001", "--db", "journal.db", "--out", "no/such/p.json"], "cannot be written"),
        (["proof", "--all", "--db", "journal.db", "--out", "vault.json"], "cannot be made"),
        (["verify", "journal.db", "--key", "vault.json"], "not a public key"),
        (["proof", "--db", "journal.db"], "name one payment, or say --all"),
        (["proof", "000001", "--all", "--db", "journal.db"], "name one payment, or say --all"),
        (["proof", "--all", "--db", "journal.db"], "needs a folder"),
        (["proof", "000001", "--db", "journal.db", "--sign-key", "vault.json"], "not a signing key"),
    ],
)
def test_bad_input_is_one_line(house: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], line: str) -> None:
    monkeypatch.chdir(house)
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert line in done.stderr
    assert done.stderr.count("\n") == 1


def test_keys_are_kept_private_and_bad_ones_refused(tmp_path: Path) -> None:
    proof.signing_key(tmp_path / "new.key")
    assert (tmp_path / "new.key").stat().st_mode & 0o077 == 0
    with pytest.raises(TheirMistake, match="cannot be written"):
        proof.signing_key(tmp_path / "no" / "new.key")
    (tmp_path / "odd.key").write_bytes(b"\xff\xff")
    with pytest.raises(TheirMistake, match="cannot be read"):
        proof.signing_key(tmp_path / "odd.key")


def test_a_stopped_payment_tells_why(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from chongzheng.reversal.events import Event
    from chongzheng.reversal.payment import State
    from chongzheng.reversal.table import TABLE

    without = {event: row for event, row in TABLE[State.FORWARDED].items() if event is not Event.DEADLINE}
    monkeypatch.setitem(TABLE, State.FORWARDED, without)
    journal = Journal.open(house / "journal.db", Vault.from_file(house / "vault.json"), Policy())
    open_sale = Story(journal, "000003")
    open_sale.take(facts.DeadlinePassed(open_sale.id, 60_000, 53_000))
    journal.close()
    reader = Reader.open(house / "journal.db")
    payment = reader.payment(open_sale.id)
    assert payment is not None
    told = document(reader, payment)
    assert "no such row in the table" in told["story"][-1]["error"]
    assert told["cases"][0]["why"] == "our mistake"
