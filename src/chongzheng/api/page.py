"""What does a person read about the door? One page made of the OpenAPI document: no script, nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 small { font-weight: normal; opacity: .7; }
section { border: 1px solid var(--line); border-radius: .5rem; margin: 1rem 0; padding: 0 1rem; }
h2 { font-size: 1.05rem; font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
h2 b { background: #2563eb; color: #fff; border-radius: .25rem; padding: .1rem .4rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
td, th { border-bottom: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; }
code, pre { font-family: ui-monospace, monospace; font-size: .85rem; overflow-wrap: anywhere; }
pre { background: var(--soft); padding: .5rem; overflow-x: auto; }
nav a { display: inline-block; margin-right: .75rem; }
"""

JSON = "application/json"
EXAMPLES: dict[str, dict[str, Any]] = {
    "report": {
        "merchant": "898100000000001", "terminal": "10000001", "batch": "000001", "stan": "000042",
        "amount_fen": 12_300, "at": 1_795_305_600_000, "card": "622202******0123",
        "reply": {"code": "00", "mac": "good", "rrn": "123456789012"},
    },
    "evidence": {"kind": "reversal_answer", "code": "00", "mac": "good", "at": 1_795_305_660_000},
    "check": {},
    "add_webhook": {"url": "https://example.com/hook", "kinds": ["chongzheng.payment.settled"]},
    "replay": {"since": 1_795_305_600_000, "until": 1_795_392_000_000},
}  # fmt: skip
"""What a body looks like, by call."""


def html(document: dict[str, Any]) -> str:
    """The page, for one OpenAPI document."""
    info = document["info"]
    calls = [(path, verb, call) for path, verbs in document["paths"].items() for verb, call in verbs.items()]
    links = "".join(f'<a href="#{call["operationId"]}">{escape(call["operationId"])}</a>' for _, _, call in calls)
    shapes = "".join(_shape(name, schema) for name, schema in document["components"]["schemas"].items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>chongzheng API</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/docs/page.css"></head><body>'
        f"<h1>{escape(info['title'])} <small>API {escape(info['version'])}</small></h1>"
        f"<p>{_words(info['description'])}</p>"
        '<p>The same for programs: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1). '
        "Say who you are with <code>Authorization: Bearer TOKEN</code>.</p>"
        f"<nav>{links}</nav>{''.join(_call(*call) for call in calls)}<h1>Shapes</h1>{shapes}</body></html>"
    )


def _call(path: str, verb: str, call: dict[str, Any]) -> str:
    name = call["operationId"]
    parts = [
        f'<section id="{name}"><h2><b>{verb.upper()}</b> {escape(path)}</h2>',
        f"<p>{_words(call['summary'])} {_words(call.get('description', 'Open to all.'))}</p>",
    ]
    if call["parameters"]:
        parts.append(_table(("where", "name", "means"), [
            (p["in"], f"<code>{escape(p['name'])}</code>", _words(p["description"])) for p in call["parameters"]
        ]))  # fmt: skip
    if "requestBody" in call:
        ((media, body),) = call["requestBody"]["content"].items()
        parts.append(f"<p>Body: {_kind(body['schema'])}, {media}</p>")
    if name in EXAMPLES:
        parts.append(f"<pre>{escape(json.dumps(EXAMPLES[name], indent=1))}</pre>")
    parts.append(_table(("status", "means", "body"), [
        (status, _words(r["description"]), _answer(r["content"]))
        for status, r in call["responses"].items()
    ]))  # fmt: skip
    return "".join([*parts, "</section>"])


def _answer(content: dict[str, Any]) -> str:
    """A document of ours by its shape; a file by its media types."""
    return _kind(content[JSON]["schema"]) if JSON in content else ", ".join(map(escape, content))


def _shape(name: str, schema: dict[str, Any]) -> str:
    needed = schema.get("required", [])
    rows = [
        (f"<code>{escape(field)}</code>{'' if field in needed else ' (may be left out)'}", _kind(one),
         _words(one.get("description", "")))
        for field, one in schema.get("properties", {}).items()
    ]  # fmt: skip
    about = _words(schema.get("description", ""))
    table = _table(("field", "is", "means"), rows)
    return f'<section id="shape-{escape(name)}"><h2>{escape(name)}</h2><p>{about}</p>{table}</section>'


def _kind(schema: dict[str, Any]) -> str:
    """A type in few words, with a link to its shape."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#shape-{name}">{name}</a>'
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return " or ".join(_kind(one) for one in schema[word])
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    pattern = f" <code>{escape(schema['pattern'])}</code>" if "pattern" in schema else ""
    return escape(str(schema.get("type", "any"))) + pattern


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Cells are HTML already."""
    if not rows:
        return ""
    top = "".join(f"<th>{head}</th>" for head in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"


def _words(text: str) -> str:
    """Text with `code` in it."""
    pieces = escape(text).split("`")
    return "".join(f"<code>{piece}</code>" if n % 2 else piece for n, piece in enumerate(pieces))
