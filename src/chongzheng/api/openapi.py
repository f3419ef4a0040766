"""What can be called, in the words of OpenAPI 3.1? Made of the table and the shapes, nothing written twice."""

from __future__ import annotations

from typing import Any

import msgspec

from chongzheng import __version__
from chongzheng.api.refusals import MEANINGS, Problem
from chongzheng.api.shapes import Report, schema_of
from chongzheng.api.table import ENDPOINTS, PATTERNS, Endpoint

ALWAYS = ("bad_request", "bad_field", "fault")
WITH_TOKEN = ("no_token", "no_person", "not_allowed", "too_many")
WITH_BODY = ("too_slow", "too_large", "wrong_media")
REF = "#/components/schemas/{name}"
KEY_PATTERN = r"[!-~]{1,128}"
ABOUT = """Facts in, answers out. Report payments that another switch sent, and what was heard about them; read the
verdict and the story; hear of changes as signed CloudEvents. Instants are epoch milliseconds (UTC), amounts are fen.
What people do they do under their own names: with a session in the header `Person`, beside the token of the program
that carries the call. Every path may begin with `/v1`.
A report under an `Idempotency-Key` may be sent again at any time: the answer to the first is the answer to all."""


def document() -> dict[str, Any]:
    """The whole OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "chongzheng 冲正", "version": __version__, "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": _components(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "person": {"type": "apiKey", "in": "header", "name": "Person"},
            },
        },
    }


def refusals_of(endpoint: Endpoint) -> list[str]:
    """Every code that this call may be refused with, in the order of their meanings."""
    codes = {*ALWAYS, *endpoint.refusals}
    if endpoint.scope:
        codes.update(WITH_TOKEN)
    if endpoint.takes is not None or endpoint.streamed:
        codes.update(WITH_BODY)
    return [code for code in MEANINGS if code in codes]


def _shapes() -> list[Any]:
    found: list[Any] = [Problem, Report]
    for endpoint in ENDPOINTS:
        given = None if endpoint.media else endpoint.gives
        found += [kind for kind in (endpoint.takes, given) if kind is not None and kind not in found]
    return found


def _components() -> dict[str, Any]:
    _, components = msgspec.json.schema_components(_shapes(), schema_hook=schema_of, ref_template=REF)
    return dict(components)


def _schema(kind: Any) -> dict[str, Any]:
    if kind == list[msgspec.Raw]:
        return {"type": "array", "items": {"$ref": REF.format(name="Report")}}
    (schema,), _ = msgspec.json.schema_components([kind], schema_hook=schema_of, ref_template=REF)
    return dict(schema)


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.serve.__name__,
        "summary": endpoint.says,
        "parameters": _parameters(endpoint),
        "responses": _responses(endpoint),
    }
    if endpoint.scope:
        operation["security"] = [{"token": []}]
        operation["description"] = f"Needs a token with the scope `{endpoint.scope}`."
    if endpoint.person is not None:
        operation["security"] = [{"token": [], "person": []}]
        operation["description"] += f" Needs a person's session whose roles allow to {endpoint.person}."
    if endpoint.takes is not None:
        body = {"application/json": {"schema": _schema(endpoint.takes)}}
        operation["requestBody"] = {"required": True, "content": body}
    if endpoint.streamed:
        file = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": file}
    return operation


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found = [
        _parameter("path", name, f"^{pattern}$", f"The {name}'s id", required=True)
        for name, pattern in PATTERNS.items()
        if f"{{{name}}}" in endpoint.path
    ]
    found += [_parameter("query", name, f"^({a.pattern})$", a.means, a.needed) for name, a in endpoint.query.items()]
    if endpoint.keyed:
        means = "Yours; the same key with the same content is the same request"
        found.append(_parameter("header", "Idempotency-Key", f"^{KEY_PATTERN}$", means, required=True))
    return found


def _parameter(place: str, name: str, pattern: str, means: str, required: bool = False) -> dict[str, Any]:
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": place, "required": required, "description": means, "schema": schema}


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    file = {media: {"schema": {"type": "string", "format": "binary"}} for media in endpoint.media}
    content = file or {"application/json": {"schema": _schema(endpoint.gives)}}
    found: dict[str, Any] = {str(endpoint.status): {"description": "Done.", "content": content}}
    for code in refusals_of(endpoint):
        status, means = MEANINGS[code]
        line = f"`{code}`: {means}"
        known = found.setdefault(str(status), {"description": "", "content": _problem()})
        known["description"] = f"{known['description']} {line}".strip()
    return found


def _problem() -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": REF.format(name="Problem")}}}
