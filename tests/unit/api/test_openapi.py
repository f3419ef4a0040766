"""Does the OpenAPI document say what the door does, completely and without a dangling reference?"""

import json
import re

import msgspec
import pytest

from chongzheng.api import openapi, page
from chongzheng.api.refusals import MEANINGS, refusal
from chongzheng.api.shapes import Evidence, NewWebhook, Replay, Report, Wish, from_json
from chongzheng.api.table import ENDPOINTS, PATTERNS

DOCUMENT = openapi.document()


def test_every_call_of_the_table_is_in_it_and_no_other() -> None:
    calls = {(verb.upper(), path) for path, verbs in DOCUMENT["paths"].items() for verb in verbs}
    assert calls == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    names = [call["operationId"] for verbs in DOCUMENT["paths"].values() for call in verbs.values()]
    assert len(names) == len(set(names)) == len(ENDPOINTS)


def test_every_reference_leads_somewhere() -> None:
    referred = set(re.findall(r'"\$ref": "#/components/schemas/(\w+)"', json.dumps(DOCUMENT)))
    assert "Problem" in referred
    assert referred <= set(DOCUMENT["components"]["schemas"])


def test_every_variable_of_a_path_is_described() -> None:
    for path, verbs in DOCUMENT["paths"].items():
        for call in verbs.values():
            described = {one["name"] for one in call["parameters"] if one["in"] == "path"}
            assert described == set(re.findall(r"{(\w+)}", path)) <= set(PATTERNS)


def test_every_call_but_the_open_ones_needs_a_token() -> None:
    open_calls = {endpoint.path for endpoint in ENDPOINTS if not endpoint.scope}
    assert open_calls == {"/healthz", "/readyz"}
    for path, verbs in DOCUMENT["paths"].items():
        assert all(("security" in call) is (path not in open_calls) for call in verbs.values())


def test_every_refusal_that_a_call_names_has_a_meaning() -> None:
    for endpoint in ENDPOINTS:
        codes = openapi.refusals_of(endpoint)
        assert set(codes) <= set(MEANINGS) and set(endpoint.refusals) <= set(codes)
        statuses = {str(refusal(code).status) for code in codes}
        assert statuses < set(DOCUMENT["paths"][endpoint.path][endpoint.method.lower()]["responses"])


@pytest.mark.parametrize(("call", "shape"), [
    ("report", Report), ("evidence", Evidence), ("check", Wish), ("add_webhook", NewWebhook), ("replay", Replay),
])  # fmt: skip
def test_the_examples_of_the_page_are_taken_by_the_door(call: str, shape: object) -> None:
    body = json.dumps(page.EXAMPLES[call]).encode()
    assert msgspec.json.Decoder(shape, dec_hook=from_json).decode(body) is not None


def test_the_page_shows_every_call_and_every_shape() -> None:
    html = page.html(DOCUMENT)
    for endpoint in ENDPOINTS:
        assert f'<section id="{endpoint.serve.__name__}">' in html
    for name in DOCUMENT["components"]["schemas"]:
        assert f'<section id="shape-{name}">' in html
    anchors = set(re.findall(r'href="#([^"]+)"', html))
    assert anchors <= set(re.findall(r'id="([^"]+)"', html))


def test_what_a_document_says_cannot_become_markup() -> None:
    evil = json.loads(json.dumps(DOCUMENT).replace("Facts in", "<script>alert(1)</script>"))
    assert "<script" not in page.html(evil)
