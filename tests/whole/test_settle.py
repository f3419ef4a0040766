"""Does `chongzheng settle` turn a clearing file into proof, whole or not at all, once and only once?"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from chongzheng.first import first_configuration
from chongzheng.gateway import settle as door
from chongzheng.gateway.settle import Outcome
from chongzheng.journal import Committed, Journal, JournalFull, Reader, Submission, Vault, evidence, payment_id
from chongzheng.mistakes import TheirMistake
from chongzheng.reversal import facts
from chongzheng.reversal.facts import Answer, Key, Request
from chongzheng.reversal.payment import Payment, Proof, State, Truth
from chongzheng.reversal.policy import Policy
from chongzheng.settlement.days import closes_at
from unit.settlement.acom_lines import DAY, MASKED, MERCHANT, NAME, PAN, TERMINAL, control, joined, line, reversal

NEXT_DAY, NEXT_NAME = "20261123", "IND26112301ACOM"
OPENED_AT = closes_at(DAY) - 14 * 3_600_000
NOW_MS = closes_at(NEXT_DAY)
ECHO = ("000000", "100")
NO_BREAKS = dict.fromkeys(["long", "short", "one_sided_ours", "one_sided_theirs", "amount", "status", "fee"], 0)


class Shop:
    """A journal with payments in it, as a gateway would have left them."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.db"
        self.folder = folder
        self.vault = Vault.create(folder / "vault.keys")

    def open(self, policy: Policy | None = None) -> Journal:
        return Journal.open(self.path, self.vault, policy or Policy())

    def write(self, *of: facts.Fact) -> None:
        journal = self.open()
        try:
            for fact in of:
                heard = evidence("test", "test", fact.at, b"{}")
                (committed,) = journal.apply([Submission(replace(fact, evidence=heard.id), (heard,))])
                assert committed.error == ""
        finally:
            journal.close()

    def sale(self, stan: str, fen: int = 100) -> str:
        """A purchase that was forwarded and not answered."""
        key = Key(MERCHANT, TERMINAL, "000001", stan)
        request = Request(key, fen, "156", f"f{stan}", ECHO, (), DAY, OPENED_AT + 46_800_000, MASKED)
        self.write(facts.RequestTaken(payment_id(key), OPENED_AT, "", request))
        return payment_id(key)

    def approved(self, stan: str, rrn: str, fen: int = 100) -> str:
        """A purchase that was approved, and the terminal has it."""
        payment = self.sale(stan, fen)
        answer = Answer("00", "good", ECHO, rrn)
        self.write(facts.ReplyArrived(payment, OPENED_AT + 1, "", answer), facts.AnswerWritten(payment, OPENED_AT + 2))
        return payment

    def reversed(self, stan: str, answer: Answer) -> str:
        """A purchase without an answer, whose reversal was answered."""
        payment = self.sale(stan)
        late_at = OPENED_AT + 60_000
        self.write(
            facts.DeadlinePassed(payment, late_at, late_at), facts.ReversalAnswered(payment, late_at + 1, "", answer)
        )
        return payment

    def file(self, name: str, *lines: bytes) -> Path:
        """A complete clearing file with its control file; one foreign trade, so that it is never empty."""
        data = joined(*lines, line(stan="900000", sent=f"{name[5:9]}120000", terminal="FOREIGN", fen=7, rrn="F"))
        path = self.folder / name
        path.write_bytes(data)
        fen = sum(int(one[62:74]) for one in data.splitlines())
        path.with_name(f"{name}.ctl").write_bytes(control(data, len(data.splitlines()), fen, f"20{name[3:9]}"))
        return path

    def reader(self) -> Reader:
        return Reader.open(self.path)

    def payment(self, payment: str) -> Payment:
        found = self.reader().payment(payment)
        assert found is not None
        return found

    def verdict(self, payment: str) -> tuple[State, Truth, Proof]:
        found = self.payment(payment)
        return found.state, found.verdict.truth, found.verdict.proof


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield Shop(tmp_path)


def run(*words: object) -> tuple[int, str, str]:
    """`chongzheng settle …` as a process of its own."""
    command = [sys.executable, "-c", "from chongzheng.cli import main; main()", "settle", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def settled(*words: object) -> dict[str, object]:
    code, out, err = run(*words, "--json")
    assert (code, err) == (0, "")
    document: dict[str, object] = json.loads(out)
    return document


def refused(*words: object) -> str:
    """The one line of a refusal."""
    code, out, err = run(*words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    return err.strip()


def test_two_days_prove_what_happened(shop: Shop) -> None:
    kept = shop.approved("000001", "RRN000000001")
    returned = shop.reversed("000002", Answer("00", "good", ECHO, "RRN000000002"))
    never = shop.reversed("000003", Answer("25", "good", ECHO))
    blind = shop.reversed("000004", Answer("00", "good", ECHO, "OWN"))
    first = shop.file(
        NAME,
        line(),
        line(stan="000002", rrn="RRN000000002"),
        reversal(stan="000002", rrn="RRN000000002"),
    )
    second = shop.file(NEXT_NAME, line(stan="000004", sent="1123000100", rrn="RRN000000004"))
    one = settled(first, "--date", DAY, "--db", shop.path)
    assert (one["outcome"], one["rows"], one["matched"], one["silent"]) == ("read", 4, 3, 2)
    assert (one["proven"], one["proven_by_truth"]) == (2, {"charged_kept": 1, "charged_returned": 1})
    assert one["breaks"] == {**NO_BREAKS, "one_sided_theirs": 1}
    assert [(b["word"], b["line"]) for b in one["differences"]] == [("单边账", 4)]  # type: ignore[attr-defined]
    two = settled(second, "--date", "2026-11-23", "--db", shop.path)
    assert (two["matched"], two["proven_by_truth"]) == (1, {"charged_kept": 1, "never_charged": 1})
    assert shop.verdict(kept) == (State.SETTLED, Truth.CHARGED_KEPT, Proof.PROVEN)
    assert shop.verdict(returned) == (State.SETTLED, Truth.CHARGED_RETURNED, Proof.PROVEN)
    assert shop.verdict(never) == (State.SETTLED, Truth.NEVER_CHARGED, Proof.PROVEN)
    assert shop.verdict(blind) == (State.SETTLED, Truth.CHARGED_KEPT, Proof.PROVEN)
    assert shop.reader().faults() == []


def test_a_verdict_names_stored_evidence_and_no_card_number_is_stored(shop: Shop) -> None:
    kept = shop.approved("000001", "RRN000000001")
    settled(shop.file(NAME, line()), "--date", DAY, "--db", shop.path)
    reader = shop.reader()
    payment, stored = reader.payment(kept), {e.id: e for e in reader.evidence_of(kept)}
    assert payment is not None and payment.originals[0].evidence in payment.verdict.because
    assert stored[payment.originals[0].evidence].kind == "settlement-record"
    assert stored[payment.days[0][1]].kind == "settlement-file"
    ((stray, why),) = reader.strays()
    assert stray.kind == "settlement-record" and "长款" in why and MASKED.encode() in stray.body
    for path in shop.folder.glob("journal.db*"):
        assert PAN.encode() not in path.read_bytes()


def test_two_days_without_a_trade_are_two_files(shop: Shop) -> None:
    never = shop.reversed("000003", Answer("25", "good", ECHO))
    for name, day in ((NAME, DAY), (NEXT_NAME, NEXT_DAY)):
        path = shop.folder / name
        path.write_bytes(b"")
        path.with_name(f"{name}.ctl").write_bytes(control(b"", 0, 0, day))
        assert settled(path, "--date", day, "--db", shop.path)["silent"] == 1
    assert shop.verdict(never) == (State.SETTLED, Truth.NEVER_CHARGED, Proof.PROVEN)


def test_contradictions_go_to_a_person(shop: Shop) -> None:
    other = shop.approved("000001", "RRN000000001")
    document = settled(shop.file(NAME, line(fen=101)), "--date", DAY, "--db", shop.path)
    assert document["contested"] == [other]
    assert shop.verdict(other)[:2] == (State.CONTESTED, Truth.CONTESTED)
    assert [case.payment for case in shop.reader().cases()] == [other]


def test_given_twice_changes_nothing(shop: Shop) -> None:
    kept = shop.approved("000001", "RRN000000001")
    path = shop.file(NAME, line())
    settled(path, "--date", DAY, "--db", shop.path)
    before = shop.reader().head(kept)
    assert settled(path, "--date", DAY, "--db", shop.path)["outcome"] == "already read, nothing changed"
    assert settled(path, "--date", DAY, "--db", shop.path, "--dry-run")["outcome"] == "already read, nothing changed"
    assert shop.reader().head(kept) == before


def test_other_content_for_a_day_that_was_read(shop: Shop) -> None:
    shop.approved("000001", "RRN000000001")
    settled(shop.file(NAME, line()), "--date", DAY, "--db", shop.path)
    other = shop.file(NAME, line(fen=200))
    for more in ([], ["--dry-run"]):
        code, out, err = run(other, "--date", DAY, "--db", shop.path, *more)
        assert (code, err) == (1, "") and "another file of this day was read before" in out


def test_files_that_cannot_be_believed_change_nothing(shop: Shop) -> None:
    kept = shop.approved("000001", "RRN000000001")
    path = shop.file(NAME, line(), line(stan="000002"))
    whole, known = path.read_bytes(), shop.reader().head(kept)
    words = (path, "--date", DAY, "--db", shop.path)
    path.write_bytes(b"")
    assert refused(*words) == f"chongzheng: {NAME}: is empty, and its control file says 3 records; ask for it again"
    path.write_bytes(whole[:300])
    assert "is cut: 1 records, and its control file says 3" in refused(*words)
    path.write_bytes(whole[:-40])
    assert "line 3: has 260 bytes, not 299" in refused(*words)
    path.write_bytes(b"not,a,file\n")
    assert "is not in the layout that was named" in refused(*words)
    path.write_bytes(whole)
    assert "is the file of another day than 20261123" in refused(path, "--date", NEXT_DAY, "--db", shop.path)
    assert "format: is not a layout" in refused(*words, "--format", "xml")
    assert "date: is not a day" in refused(path, "--date", "tomorrow", "--db", shop.path)
    assert "cannot be read" in refused(*words, "--control", shop.folder / "none.ctl")
    path.with_name(f"{NAME}.ctl").unlink()
    assert "has no control file beside it" in refused(*words)
    assert shop.reader().head(kept) == known and shop.reader().settlement_days() == []


def test_journals_that_cannot_be_used(shop: Shop) -> None:
    path = shop.file(NAME, line())
    assert "there is no journal here" in refused(path, "--date", DAY, "--db", shop.folder / "none.db")
    assert not (shop.folder / "none.db").exists()
    (shop.folder / "text.db").write_text("hello, this is no database at all; " * 40)
    assert "is not a database" in refused(path, "--date", DAY, "--db", shop.folder / "text.db")
    assert "name the journal with --db" in refused(path, "--date", DAY)


def test_a_running_engine_reads_the_file_itself(shop: Shop) -> None:
    shop.approved("000001", "RRN000000001")
    path = shop.file(NAME, line())
    engine = shop.open()
    try:
        assert "drop the file and its .ctl into the engine's inbox folder" in refused(
            path, "--date", DAY, "--db", shop.path
        )
        preview = settled(path, "--date", DAY, "--db", shop.path, "--dry-run")
        assert (preview["outcome"], preview["matched"]) == ("dry run, nothing changed", 1)
    finally:
        engine.close()
    assert shop.reader().settlement_days() == []


def test_people_read_a_table(shop: Shop) -> None:
    shop.approved("000001", "RRN000000001")
    code, out, err = run(shop.file(NAME, line()), "--date", DAY, "--db", shop.path)
    assert (code, err) == (0, "")
    assert f"{NAME} of {DAY}: read" in out and "proven charged_kept" in out and "单边账" in out


def test_payments_of_another_policy_need_their_configuration(shop: Shop) -> None:
    kept = shop.approved("000001", "RRN000000001")
    reader = shop.reader()
    door.refuse_other_policy(reader, Policy())
    with pytest.raises(TheirMistake, match="give --config"):
        door.refuse_other_policy(reader, Policy(version="other"))
    settled(shop.file(NAME, line()), "--date", DAY, "--db", shop.path)
    assert shop.verdict(kept)[0] is State.SETTLED
    door.refuse_other_policy(reader, Policy(version="other"))


def test_a_configuration_names_journal_and_policy(shop: Shop) -> None:
    shop.approved("000001", "RRN000000001")
    made = first_configuration(shop.folder / "engine")
    shop.path.rename(made["configuration"].with_name("journal.db"))
    path = shop.file(NAME, line())
    assert settled(path, "--date", DAY, "--config", made["configuration"])["proven_by_truth"] == {"charged_kept": 1}
    assert "none.toml" in refused(path, "--date", DAY, "--config", shop.folder / "none.toml")


class Killed(Exception):
    """Stands for a process that ends here."""


def test_a_kill_in_between_is_taken_up_by_giving_the_file_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "BATCH_MAX", 1)
    payments = [shop.approved(f"{n:06d}", f"RRN{n:09d}") for n in range(1, 5)]
    path = shop.file(NAME, *(line(stan=f"{n:06d}", rrn=f"RRN{n:09d}") for n in range(1, 5)))
    clearing = door.load(path, DAY)
    for survived in range(5):
        journal, reader, left = shop.open(), shop.reader(), [survived]

        def hand_in(batch: Sequence[Submission], journal: Journal = journal, left: list[int] = left) -> list[Committed]:
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return journal.apply(batch)

        try:
            door.settle(clearing, journal, reader, NOW_MS + survived, hand_in)
        except Killed:
            assert shop.reader().settlement_days()[0]["state"] == "unfinished"
        finally:
            journal.close()
            reader.close()
    reader = shop.reader()
    assert [shop.verdict(payment)[0] for payment in payments] == [State.SETTLED] * 4
    assert reader.settlement_days()[0]["state"] == "done"
    for payment in payments:
        assert [row.kind for row in reader.facts_of(payment)].count("SettlementSaw") == 1
    assert len(reader.strays()) == 1


def test_a_stop_after_the_last_fact_repeats_no_break(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.approved("000001", "RRN000000001")
    clearing = door.load(shop.file(NAME, line(), line(stan="000009", rrn="X", terminal="ELSEWHER")), DAY)
    monkeypatch.setattr(door, "STRAYS_AT_ONCE_MAX", 1)
    outcomes = []
    for at in (NOW_MS, NOW_MS + 1):
        journal, reader = shop.open(), shop.reader()
        with monkeypatch.context() as patch:
            if at == NOW_MS:
                patch.setattr(journal, "finish_file", lambda *_: None)
            outcomes.append(door.settle(clearing, journal, reader, at).outcome)
        journal.close()
        reader.close()
    assert outcomes == [Outcome.READ, Outcome.RESUMED]
    assert len(shop.reader().strays()) == 2


def test_a_full_disk_is_one_line(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from chongzheng.cli import main

    def full(journal: Journal, batch: Sequence[Submission]) -> list[Committed]:
        raise JournalFull("no room")

    shop.approved("000001", "RRN000000001")
    path = shop.file(NAME, line())
    monkeypatch.setattr(Journal, "apply", full)
    with pytest.raises(SystemExit) as left:
        main(["settle", str(path), "--date", DAY, "--db", str(shop.path)])
    assert left.value.code == 2
    assert "the disk is full; make room and give the same file again" in capsys.readouterr().err
    monkeypatch.undo()
    assert settled(path, "--date", DAY, "--db", shop.path)["outcome"] == Outcome.RESUMED


def test_a_control_file_may_say_the_layout_of_any_name(shop: Shop) -> None:
    path = shop.file(NAME, line())
    other = path.rename(shop.folder / "trades of sunday")
    promised = path.with_name(f"{NAME}.ctl")
    promised.write_text(f"{promised.read_text()}format=acom\n")
    promised.rename(other.with_name(f"{other.name}.ctl"))
    with pytest.raises(TheirMistake, match="is not named like an ACOM file"):
        door.load_named(other)


def test_a_name_states_layout_and_day(shop: Shop) -> None:
    clearing = door.load_named(shop.file(NAME, line()))
    assert (clearing.day, clearing.format) == (DAY, "acom")
    for name in ("x", "IND26133201ACOM"):
        with pytest.raises(TheirMistake):
            door.load_named(shop.folder / name)
