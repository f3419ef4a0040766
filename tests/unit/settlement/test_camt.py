"""Is a CAMT.053 statement read as it is meant, and is everything dangerous or broken refused in one line?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chongzheng.mistakes import TheirMistake
from chongzheng.settlement import camt
from chongzheng.settlement.bank import Movement

SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"


def balance(code: str, amount: str, sign: str = "CRDT", day: str = "2026-11-23") -> str:
    return (f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='CNY'>{amount}</Amt>"
            f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>")  # fmt: skip


def entry(amount: str = "5.00", sign: str = "CRDT", status: str = "BOOK", more: str = "") -> str:
    return (f"<Ntry><NtryRef>N1</NtryRef><Amt Ccy='CNY'>{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>{status}</Sts>"
            f"<BookgDt><Dt>2026-11-23</Dt></BookgDt><ValDt><Dt>2026-11-24</Dt></ValDt>{more}</Ntry>")  # fmt: skip


ACCOUNT = "<Acct><Id><Othr><Id>6222</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"


def document(*entries: str, opening: str = "10.00", closing: str = "15.00", account: str = ACCOUNT) -> str:
    balances = balance("OPBD", opening) + balance("CLBD", closing)
    inner = f"<Stmt><Id>1</Id>{account}{balances}{''.join(entries)}</Stmt>"
    return f"<?xml version='1.0'?><Document xmlns='{SPACE}'><BkToCstmrStmt>{inner}</BkToCstmrStmt></Document>"


DETAILS = """<AcctSvcrRef>B1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
<RltdPties><Dbtr><Nm>中国银联股份有限公司</Nm></Dbtr><Cdtr><Pty><Nm>我公司</Nm></Pty></Cdtr></RltdPties>
<RmtInf><Ustrd>settlement</Ustrd><Ustrd>20261120</Ustrd></RmtInf></TxDtls></NtryDtls><AddtlNtryInf>note</AddtlNtryInf>"""


def test_a_credit_with_its_details() -> None:
    (found,) = camt.read(document(entry(more=DETAILS)).encode(), "s.xml")
    assert (found.account, found.currency, found.opening_fen, found.closing_fen) == ("6222", "CNY", 1000, 1500)
    assert (found.first_day, found.last_day) == ("20261123", "20261123")
    assert found.movements == (
        Movement(1, "20261123", "20261124", 500, "N1", "中国银联股份有限公司", "settlement 20261120 note"),
    )


def test_a_debit_names_whom_it_went_to_and_a_pending_entry_is_no_money() -> None:
    text = document(entry("5.00", "DBIT", more=DETAILS), entry("9.99", status="PDNG"), closing="5.00")
    (found,) = camt.read(text.encode(), "s.xml")
    assert [(one.fen, one.theirs) for one in found.movements] == [(-500, "我公司")]


def test_the_newer_form_of_status_and_reference() -> None:
    newer = entry(status="<Cd>BOOK</Cd>").replace("<NtryRef>N1</NtryRef>", "")
    detail = "<NtryDtls><TxDtls><Refs><EndToEndId>E2E</EndToEndId></Refs></TxDtls></NtryDtls>"
    pending = entry("1.00", status="<Cd>PDNG</Cd>")
    (found,) = camt.read(document(newer.replace("</Ntry>", f"{detail}</Ntry>"), pending).encode(), "s.xml")
    assert [one.reference for one in found.movements] == ["E2E"]


def test_days_of_the_statement_and_an_overdrawn_account() -> None:
    period = "<FrToDt><FrDtTm>2026-11-01T00:00:00+08:00</FrDtTm><ToDtTm>2026-11-30T23:59:59+08:00</ToDtTm></FrToDt>"
    overdrawn = balance("PRCD", "10.00", "DBIT") + balance("ITBD", "0.00") + balance("CLBD", "5.00", "DBIT")
    text = document(entry()).replace(balance("OPBD", "10.00") + balance("CLBD", "15.00"), period + overdrawn)
    (found,) = camt.read(text.encode(), "s.xml")
    assert (found.first_day, found.last_day) == ("20261101", "20261130")
    assert (found.opening_fen, found.closing_fen) == (-1000, -500)


def test_an_entry_without_a_day_of_value_has_that_of_booking() -> None:
    text = document(entry().replace("<ValDt><Dt>2026-11-24</Dt></ValDt>", ""))
    assert camt.read(text.encode(), "s.xml")[0].movements[0].value_day == "20261123"


def test_an_amount_may_have_fewer_or_more_decimals_that_say_nothing() -> None:
    for amount in ("5", "5.0", "5.00000"):
        assert camt.read(document(entry(amount)).encode(), "s.xml")[0].movements[0].fen == 500


def test_several_statements_in_one_file() -> None:
    text = document(entry())
    inner = text[text.index("<Stmt>") : text.index("</BkToCstmrStmt>")]
    assert len(camt.read(text.replace(inner, inner * 2).encode(), "s.xml")) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "s.xml: is not XML: no element found"),
        ("<a>", "is not XML"),
        ("<Document/>", "holds no statement"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "has a document type, which no statement needs"),
        ("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "has a document type"),
        ("<a>" * 65 + "</a>" * 65, "is nested deeper than 64"),
        (document(entry("5.001")), "entry 1, Amt: is not an amount in yuan and fen"),
        (document(entry("-5.00")), "entry 1, Amt: is not an amount"),
        (document(entry("５.00")), "entry 1, Amt: is not an amount"),
        (document(entry("")), "entry 1, Amt: is not an amount"),
        (document(entry("12345678901234.00")), "entry 1, Amt: is not an amount"),
        (document(entry(sign="CREDIT")), "entry 1, CdtDbtInd: is neither CRDT nor DBIT"),
        (document(entry().replace("2026-11-23", "2026-11-31")), "entry 1, Dt: is not a day"),
        (document(entry().replace("<CdtDbtInd>CRDT</CdtDbtInd>", "")), "entry 1, Ntry: has no amount, no direction"),
        (document(entry().replace("<Amt Ccy='CNY'>5.00</Amt>", "")), "has no amount, no direction"),
        (document(entry().replace("CNY", "USD")), "entry 1, Amt: is in another currency than its account"),
        (document(entry(), closing="15.01"), "the movements miss the closing balance by 1 fen"),
        (document(entry(), account=""), "does not say its account, its days and both balances"),
        (document().replace(balance("CLBD", "15.00"), ""), "does not say its account, its days and both balances"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(text: str, says: str) -> None:
    with pytest.raises(TheirMistake, match=says) as told:
        camt.read(text.encode(), "s.xml")
    assert str(told.value).startswith("s.xml") and "\n" not in str(told.value)


def test_entries_and_texts_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    long = entry(more=f"<AddtlNtryInf>{'x' * 20_000}&amp;{'y' * 20_000}</AddtlNtryInf>")
    monkeypatch.setattr(camt, "TEXT_CHARS_MAX", 100)
    assert len(camt.read(document(long).encode(), "s.xml")[0].movements[0].text) == 100
    monkeypatch.setattr(camt, "MOVEMENTS_MAX", 1)
    with pytest.raises(TheirMistake, match="has more than 1 entries"):
        camt.read(document(entry(), entry(), closing="20.00").encode(), "s.xml")


def test_a_currency_that_only_amounts_say() -> None:
    text = document(entry(), account="<Acct><Id><IBAN>CN1</IBAN></Id></Acct>")
    assert camt.read(text.encode(), "s.xml")[0].currency == "CNY"
    bare = text.replace(" Ccy='CNY'", "")
    assert camt.read(bare.encode(), "s.xml")[0].currency == ""


@given(st.lists(st.integers(-(10**12), 10**12), max_size=20), st.integers(-(10**12), 10**12))
def test_what_is_written_is_read(moves: list[int], opening: int) -> None:
    def yuan(fen: int) -> tuple[str, str]:
        return f"{abs(fen) // 100}.{abs(fen) % 100:02d}", "CRDT" if fen >= 0 else "DBIT"

    entries = [entry(*yuan(fen)) for fen in moves]
    first, last = yuan(opening), yuan(opening + sum(moves))
    text = document(*entries).replace(balance("OPBD", "10.00"), balance("OPBD", *first))
    text = text.replace(balance("CLBD", "15.00"), balance("CLBD", *last))
    (found,) = camt.read(text.encode(), "s.xml")
    assert [one.fen for one in found.movements] == moves
