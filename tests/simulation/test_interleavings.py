"""Do people, engine and bank in any order give money back once, on two people's word, and is the same seed the same?"""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from chongzheng.cli.simulate import simulate
from chongzheng.simulator.clerks.book import Account
from chongzheng.simulator.clerks.campaign import campaign
from chongzheng.simulator.clerks.invariants import INVARIANTS
from chongzheng.simulator.clerks.trial import run
from chongzheng.simulator.mutants.campaign import MUTANTS, NOT_FOUND, hunt
from chongzheng.simulator.mutants.mutant import CASES

INTERLEAVINGS = 156
OF_PEOPLE = {mutant.name: mutant for mutant in MUTANTS if mutant.layer == CASES}


def test_no_interleaving_breaks_a_promise_and_every_promise_is_looked_at() -> None:
    figures = campaign(INTERLEAVINGS, seed=100, workers=1)
    assert figures["red"] == []
    assert (figures["violations"], figures["given_back_twice"], figures["self_approved"], figures["untold"]) == (0,) * 4
    assert figures["interleavings"] == INTERLEAVINGS
    assert figures["invariants_never_evaluated"] == [] and set(figures["invariants"]) == set(INVARIANTS)
    assert figures["kills"] and figures["restarts"] > figures["kills"]


def test_a_seed_is_the_same_trial_every_time() -> None:
    first, second, other = run(7, story=True), run(7, story=True), run(8)
    assert (first.trace, first.story) == (second.trace, second.story) and first.story
    assert other.trace != first.trace


@pytest.mark.parametrize("name", ["proposer-approves", "no-transaction", "batch-twice", "loser-not-told"])
def test_a_planted_bug_is_found(name: str) -> None:
    assert hunt(OF_PEOPLE[name]) != NOT_FOUND


def test_the_bank_does_what_was_ordered_once_under_its_reference() -> None:
    account = Account(500)
    assert not account.reverse(), "nothing was charged yet"
    account.charge()
    account.credit("refund-1", 500)
    account.credit("refund-1", 500)
    assert (account.given_back_fen, account.is_doubled) == (500, False)
    assert account.reverse() and not account.reverse()
    assert account.is_doubled
    account.debit("clawback-1", 500)
    assert (account.given_back_fen, account.is_doubled) == (500, False)


def test_the_command_prints_one_document() -> None:
    found = CliRunner().invoke(simulate, ["--interleavings", "12", "--workers", "1", "--json"], standalone_mode=False)
    document = json.loads(found.output)
    assert document["interleavings"] == 12 and document["violations"] == 0
    assert found.return_value == int(
        bool(document["invariants_never_evaluated"] or document["sometimes_never_reached"])
    )
