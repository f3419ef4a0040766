"""Does whoever works for another house, or is complained about, see no more than is theirs?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from console.world import Day, working_day
from journal.made import key, name_of

COLUMNS = "state,payment,truth,proof,merchant,terminal,stan,amount,suspense"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A day of its own: tickets are opened here."""
    with working_day(tmp_path_factory.mktemp("outsiders")) as one:
        yield one


@pytest.fixture(scope="module")
def ticket(day: Day) -> str:
    """A ticket about a payment."""
    words = {"supplier": "terminal maker", "what": "the printer jams"}
    return day.keeper.open("ticket", words, "p-technician", payment=name_of(1)).id


def test_a_supplier_sees_a_ticket_and_nothing_of_the_payment_behind_it(day: Day, ticket: str) -> None:
    supplier, technician = day.signed_in("supplier"), day.signed_in("technician")
    for path in (f"/matters/{ticket}", f"/matters/{ticket}/print"):
        theirs, ours = supplier.get(path), technician.get(path)
        assert theirs.status_code == 200 and "the printer jams" in theirs.text
        for word in (name_of(1), key(1).terminal, "123.45", "622202"):
            assert word not in theirs.text, (path, word)
        assert "123.45" in ours.text, "who reads payments sees it"


def test_a_supplier_gets_nothing_of_a_payment_in_a_list_or_a_file(day: Day, ticket: str) -> None:
    supplier = day.signed_in("supplier")
    page = supplier.get(f"/queues/all?columns={COLUMNS}").text
    assert ticket in page
    for word in (name_of(1), key(1).terminal, "123.45"):
        assert word not in page, word
    file = supplier.get(f"/export/all?columns={COLUMNS}").content.decode("utf-8-sig")
    row = next(one for one in csv.reader(io.StringIO(file)) if one[0] == ticket)
    assert not any(row[3:]), row
    ours = day.signed_in("technician").get(f"/export/all?columns={COLUMNS}").content.decode("utf-8-sig")
    assert key(1).terminal in ours and name_of(1) in ours
