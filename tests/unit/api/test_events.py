"""Is an event the fact it tells of, under an id that stays, and signed so that its receiver can check it?"""

import base64
import hashlib
import hmac
import json
from typing import Any

from chongzheng.api.events import CASE, VERDICT, cloud_event, event_id, kinds_of, signature

VERDICT_BEFORE = {"truth": "unknown", "money": "unknown", "fen": 1, "proof": "claimed", "rule": "r", "because": []}
VERDICT_AFTER = {**VERDICT_BEFORE, "truth": "charged_kept", "because": ["E1"]}


def record(**changed: Any) -> bytes:
    """A fact's record as the journal writes it."""
    told = {"payment": "PAAAAAAAAAAAAAAAA", "seq": 7, "at": 1_795_305_600_123, "kind": "ReplyArrived"}
    came = {"rule": "FORWARDED.approved", "from": "FORWARDED", "to": "DELIVERING", "owes": "delivery", "wake_at": None}
    did = {"effects": [{"do": "AnswerTerminal", "code": "00"}], "verdict": VERDICT_AFTER, "entries": [], "error": ""}
    return json.dumps({"fact": {"secret": 1}, **told, **came, **did, **changed}).encode()


def test_an_event_tells_the_fact_and_is_the_same_for_ever() -> None:
    body = cloud_event(record(), "chongzheng.payment.delivering")
    assert body == cloud_event(record(), "chongzheng.payment.delivering")
    event = json.loads(body)
    assert (event["specversion"], event["id"], event["subject"]) == ("1.0", "PAAAAAAAAAAAAAAAA-7", "PAAAAAAAAAAAAAAAA")
    assert event["time"] == "2026-11-22T00:00:00.123+00:00"
    assert event["sequence"] == "0000000007"
    assert event["data"]["verdict"] == VERDICT_AFTER
    assert (event["data"]["from"], event["data"]["to"], event["data"]["cases"]) == ("FORWARDED", "DELIVERING", [])
    assert "secret" not in body.decode()


def test_what_changed_names_the_kinds() -> None:
    state = "chongzheng.payment.delivering"
    before = record(verdict=VERDICT_BEFORE)
    case = [{"do": "OpenCase", "payment": "P", "why": "contested", "due_at": 1}]
    assert kinds_of(record(), before) == (state, VERDICT)
    assert kinds_of(record(), record()) == (state,)
    assert kinds_of(record(), None) == (state, VERDICT)
    assert kinds_of(record(to="FORWARDED", effects=case), record()) == (CASE,)
    assert kinds_of(record(to="FORWARDED"), before) == (VERDICT,)
    assert kinds_of(record(to="FORWARDED"), record()) == ()


def test_a_case_is_told_with_its_reason() -> None:
    case = [{"do": "OpenCase", "payment": "P", "why": "contested", "due_at": 1}]
    assert json.loads(cloud_event(record(effects=case), CASE))["data"]["cases"] == ["contested"]


def test_the_signature_is_over_id_time_and_body() -> None:
    signed = signature(b"key", event_id("P1", 2), 1_795_305_600, b"{}")
    mac = hmac.new(b"key", b"P1-2.1795305600.{}", hashlib.sha256).digest()
    assert signed == "v1," + base64.b64encode(mac).decode()
