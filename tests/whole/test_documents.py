"""Does an auditor get papers from a shell, and does whoever holds one find out whether it is as it was made?"""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner

from chongzheng.cli import main
from chongzheng.journal import Journal, Vault
from chongzheng.reversal.policy import Policy
from journal.made import asked, cleared, name_of, pan, reply, sale, undone
from whole.test_people import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A journal with a payment whose reversal failed, and a shell on it."""
    place = Office(tmp_path)
    journal = Journal.open(place.db, Vault.from_file(tmp_path / "vault.json"), Policy())
    for one in (sale(1), asked(1), reply(1), undone(1, code="25"), cleared(1, 1, 0)):
        journal.apply([one])
    journal.close()
    return place


def test_an_audit_report_is_written_issued_and_checked(office: Office, tmp_path: Path) -> None:
    who = office.hire()
    words = ("--say", "source=complaint", "--say", "why=charged, no slip", "--payment", name_of(1))
    case = office.told("matter", "open", "case", *words, session=who["li"])["id"]
    pdf, xlsx = tmp_path / "case.pdf", tmp_path / "case.xlsx"
    made = office.told("report", "case", name_of(1), "--pdf", str(pdf), "--xlsx", str(xlsx), "--issue",
                       session=who["zhang"])  # fmt: skip
    assert (made["subject"], made["document"], made["said"]["case"]) == (case, "case", case) and made["act"] > 0
    assert made["files"] == [str(pdf), str(xlsx)]
    for path in (pdf, xlsx):
        checked = office.told("report", "verify", str(path))
        assert (checked["code"], checked["faults"], checked["document"]) == (made["code"], [], "case")
        assert [one["by"] for one in checked["issued"]] == ["zhang"]
    assert office.told("report", "verify", made["code"].lower())["issued"][0]["subject"] == case
    pdf.write_bytes(pdf.read_bytes() + b"\n")
    said = office.say("report", "verify", str(pdf), "--again", str(tmp_path / "again.pdf"))
    assert "it holds" in office.done("report", "verify", str(tmp_path / "again.pdf"))
    assert said.returncode == 1 and "it was changed" in said.stdout
    assert office.say("report", "verify", "AAAA-AAAA-AAAA-AAAA-AAAA").returncode == 1
    assert office.told("audit", "verify")["holds"] is True


def test_a_retrieval_and_a_period_in_english(office: Office, tmp_path: Path) -> None:
    paper, key = tmp_path / "slip.pdf", tmp_path / "paper.key"
    assert name_of(1) in office.done("report", "retrieval", name_of(1)[:8], "--lang", "en", "--pdf", str(paper),
                                    "--sign-key", str(key))  # fmt: skip
    assert "it holds" in office.done("report", "verify", str(paper), "--key", str(key.with_suffix(".pub")))
    text = "".join(page.extract_text() for page in pypdf.PdfReader(paper).pages)
    assert "Retrieval: evidence of a transaction" in text and "898100012345678" in text and pan(1) not in text
    found = office.told("report", "period", "20260901", "20260930", "--lang", "en", "--xlsx", str(tmp_path / "p.xlsx"))
    figures = {one["name"]: one["value"] for one in found["said"]["months"][0]["figures"]}
    assert figures["payments"] == 1 and figures["cases_open"] == 0 and len(found["digest"]) == 64
    assert "it holds" in office.done("report", "verify", str(tmp_path / "p.xlsx"))
    unsigned = office.say("report", "verify", str(tmp_path / "p.xlsx"), "--key", str(key.with_suffix(".pub")))
    assert unsigned.returncode == 1 and "is not signed" in unsigned.stdout


def test_what_is_wrong_is_one_line(office: Office, tmp_path: Path) -> None:
    there = tmp_path / "there.pdf"
    there.write_bytes(b"x")
    assert "has no case" in office.refused(2, "report", "case", name_of(1))
    assert "no such payment" in office.refused(2, "report", "retrieval", "PNOBODY")
    assert "no such matter" in office.refused(2, "report", "case", "case-7")
    assert "two days" in office.refused(2, "report", "period", "20260931", "20261001")
    assert "is there already" in office.refused(2, "report", "retrieval", name_of(1), "--pdf", str(there))
    assert "no paper of this program" in office.refused(2, "report", "verify", str(there))
    assert "cannot be read" in office.refused(2, "report", "verify", str(tmp_path / "nothing.pdf"))
    assert "say who you are" in office.refused(2, "report", "retrieval", name_of(1), "--issue")


def test_a_code_alone_needs_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHONGZHENG_DB", raising=False)
    said = CliRunner().invoke(main, ["report", "verify", "AAAA-AAAA-AAAA-AAAA-AAAA"])
    assert said.exit_code == 2 and "--db: is missing" in said.stderr
