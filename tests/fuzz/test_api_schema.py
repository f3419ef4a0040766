"""Does the HTTP door answer whatever its own OpenAPI document allows, and forbids, with a documented status, never 500?

The real application over a real journal, in this process, called by a client whose token has the scopes of the calls.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chongzheng.api.clearing_ways import ClearingWays
from chongzheng.api.door import Door, Ways
from chongzheng.api.intake import Readers
from chongzheng.api.reports import World
from chongzheng.api.table import ENDPOINTS, Endpoint
from chongzheng.api.web import Web
from chongzheng.gateway.receiving import Receiving
from chongzheng.gateway.translate import CUP_POS
from chongzheng.journal import Committed, Journal, Submission, Vault
from chongzheng.journal.actors import Actors, Role
from chongzheng.journal.doors import Doors
from chongzheng.journal.outbox import Outbox
from chongzheng.journal.side import Side
from chongzheng.reversal.policy import Policy

NOW, DAY = 1_795_400_000_000, "20261123"
EVERYTHING = frozenset({"report", "read", "check", "webhooks", "people", "files", "public"})
THERE_ARE_NONE = ("/webhooks", "/breaks/", "/cases/", "/session", "/money/", "/actors/{actor}", "/limits",
                  "/statements/", "/settlement/files/{digest}", "/settlement/hopping", "/accounts", "/matters",
                  "/registers/", "/notices/", "/replies")  # fmt: skip
"""Calls about what a fresh journal does not hold, a password that nobody guesses, a day that is one, an account."""
PROMISES = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
PAYMENT = {"merchant": "M", "terminal": "1", "batch": "000001", "stan": "000001", "amount_fen": 1, "at": NOW}
EXAMPLES = 12
PASSWORD = "nobody guesses this one"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[tuple[Any, dict[str, str]]]:
    """The application's OpenAPI document, ready to be called, and the headers of a client."""
    vault = Vault({"1": secrets.token_bytes(32)}, "1", secrets.token_bytes(32))
    place = tmp_path / "journal.db"
    with closing(Journal.open(place, vault, Policy())) as journal, closing(Side.open(place)) as side, closing(
        Readers(place)
    ) as readers:

        async def commit(batch: Sequence[Submission]) -> list[Committed]:
            return journal.apply(batch)

        world = World(lambda at: (DAY, at + 1), vault.index, CUP_POS.kinds)
        inbox = tmp_path / "inbox"
        inbox.mkdir()
        ready, receiving = {"journal": True}, ClearingWays(Receiving(inbox, 1_000_000))
        ways = Ways(commit, world, lambda: NOW, lambda: ready, lambda: b"", receiving)
        door = Door(ways, readers, side, Outbox(side, vault), vault)
        token = Doors(side).make_token("client", EVERYTHING, frozenset(), 100_000, NOW, "test")
        application = Web(door, open_metrics=True).application()
        headers = {"Authorization": f"Bearer {token}", "Person": signed_in(side)}
        yield schemathesis.openapi.from_asgi("/openapi.json", application), headers


def signed_in(side: Side) -> str:
    """The session of somebody who may do everything."""
    people = Actors(side)
    people.add("boss", "Boss", frozenset(Role), "shell:test", NOW)
    people.set_password("boss", PASSWORD, "shell:test", NOW)
    return people.open_session("boss", PASSWORD, NOW)[0]


CALLS = [(one, GenerationMode.POSITIVE) for one in ENDPOINTS]
CALLS += [(one, GenerationMode.NEGATIVE) for one in ENDPOINTS if one.takes is not None]


@pytest.mark.parametrize(("endpoint", "mode"), CALLS, ids=lambda one: getattr(one, "path", one))
def test_only_documented_answers(
    client: tuple[Any, dict[str, str]], endpoint: Endpoint, mode: GenerationMode
) -> None:
    schema, headers = client
    operation = schema[endpoint.path][endpoint.method]
    known = reported(schema, headers)
    seen: list[int] = []

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def answered(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            brought_home(case, known if len(seen) % 2 else "")
        response = case.call(headers=headers)
        seen.append(response.status_code)
        case.validate_response(response, checks=PROMISES)

    answered()
    assert set(seen) < {*range(200, 500), 503}
    assert mode is GenerationMode.NEGATIVE or endpoint.path.startswith(THERE_ARE_NONE) or endpoint.status in seen


def reported(schema: Any, headers: dict[str, str]) -> str:
    """A payment that is known."""
    case = schema["/payments"]["POST"].Case(body=PAYMENT, media_type="application/json")
    return str(case.call(headers={**headers, "Idempotency-Key": "first"}).json()["payment"])


def brought_home(case: Any, payment: str) -> None:
    """Made to be about our time, and about our payment where one is given: dice would never find either."""
    if payment and case.path_parameters and "payment" in case.path_parameters:
        case.path_parameters["payment"] = payment
    if case.path == "/fee" and payment:
        drawn = {name: value for name, value in (case.query or {}).items() if name not in ("date", "rules")}
        case.query = {"channel": "wechat", "amount_fen": "100"} | drawn
    if isinstance(case.body, dict) and type(case.body.get("at")) is int:
        case.body["at"] = NOW - case.body["at"] % 1_000
        for unlikely in ("fields", "kind", "original") if "merchant" in case.body else ():
            case.body.pop(unlikely, None)


def test_a_call_that_fails_is_found(client: tuple[Any, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    schema, headers = client

    def broken(*words: object) -> None:
        raise IndexError("planted")

    monkeypatch.setattr("chongzheng.api.reports.check", broken)
    case = schema["/payments"]["POST"].Case(body=PAYMENT, media_type="application/json")
    response = case.call(headers={**headers, "Idempotency-Key": "k"})
    assert response.status_code == 500
    with pytest.raises(schemathesis.core.failures.FailureGroup):
        case.validate_response(response, checks=PROMISES)
