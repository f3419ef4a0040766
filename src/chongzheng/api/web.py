"""How does an HTTP request become a call, and its outcome an answer? Token, limits, body, shape, then the operation."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import structlog
from prometheus_client import CollectorRegistry, Counter, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from chongzheng.api import openapi, page
from chongzheng.api.door import Call, Door
from chongzheng.api.limits import Buckets
from chongzheng.api.refusals import Refusal, refusal
from chongzheng.api.reports import plain_words
from chongzheng.api.shapes import Document, from_json, to_json
from chongzheng.api.table import ENDPOINTS, PATTERNS, Endpoint
from chongzheng.journal.actors import Actor, NotAllowed
from chongzheng.journal.doors import Token
from chongzheng.mistakes import TheirMistake

BODY_WAIT_S = 10
"""How long a body may take to arrive."""
TOKEN_FRESH_MS = 2_000
"""How long a token is believed without looking again: so long may a revoked one still work."""
TOKENS_KEPT_MAX = 1_000
QUERY_CHARS_MAX = 1_000
STRANGERS_PER_MINUTE = 600
"""Requests without a good token that one address may make."""
PREFIXES = ("", "/v1")
"""Every call is there under its path, and under the version of the door."""
METRICS_MEDIA = "text/plain; version=0.0.4; charset=utf-8"
JSON = "application/json"
BYTES = "application/octet-stream"
KEY = re.compile(openapi.KEY_PATTERN)
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
}

log = structlog.get_logger("api")
_encode = msgspec.json.Encoder(enc_hook=to_json).encode


class Web:
    """The application: one route for each row of the table, and the pages about it."""

    def __init__(self, door: Door, open_metrics: bool = False) -> None:
        self._door = door
        self._open_metrics = open_metrics
        self._buckets = Buckets()
        self._tokens: dict[str, tuple[int, Token | None]] = {}
        self._document = _encode(openapi.document())
        self._page = page.html(openapi.document()).encode()
        self.registry = CollectorRegistry()
        self._count = Counter(
            "chongzheng_api_requests", "Requests by call and status", ["call", "status"], registry=self.registry
        )

    def application(self) -> Starlette:
        """What a server serves."""
        routes = [self._route(endpoint, prefix) for endpoint in ENDPOINTS for prefix in PREFIXES]
        routes += [
            Route("/metrics", self._metrics, methods=["GET"]),
            Route("/openapi.json", self._fixed(self._document, JSON), methods=["GET"]),
            Route("/docs", self._fixed(self._page, "text/html; charset=utf-8"), methods=["GET"]),
            Route("/docs/page.css", self._fixed(page.STYLE.encode(), "text/css; charset=utf-8"), methods=["GET"]),
        ]
        return Starlette(routes=routes, exception_handlers={HTTPException: self._lost, Exception: self._fault})

    def _route(self, endpoint: Endpoint, prefix: str) -> Route:
        decode = msgspec.json.Decoder(endpoint.takes, dec_hook=from_json).decode if endpoint.takes else None

        async def answer(request: Request) -> Response:
            status, body, headers = await self._answer(endpoint, decode, request)
            self._count.labels(endpoint.serve.__name__, str(status)).inc()
            media = headers.pop("content-type", JSON)
            return Response(body, status, {**HEADERS, **headers}, media)

        return Route(f"{prefix}{endpoint.path}", answer, methods=[endpoint.method])

    async def _answer(self, endpoint: Endpoint, decode: Any, request: Request) -> tuple[int, bytes, dict[str, str]]:
        try:
            outcome = await endpoint.serve(self._door, await self._call(endpoint, decode, request))
            status = endpoint.status
            if endpoint.path == "/readyz" and not outcome.ok:
                status = 503
            if isinstance(outcome, Document):
                return status, outcome.data, outcome.headers
            return status, _encode(outcome), {}
        except Refusal as refused:
            return refused.status, _encode(refused.problem), refused.headers
        except TheirMistake as mistake:
            wrong = refusal("bad_field", mistake.what, mistake.where)
            return wrong.status, _encode(wrong.problem), {}
        except ClientDisconnect:
            return 400, b"", {}
        except Exception as error:  # noqa: BLE001 - whatever it is, the client hears one line and the others go on
            return self._failed(endpoint.path, error)

    def _failed(self, path: str, error: BaseException) -> tuple[int, bytes, dict[str, str]]:
        """A fault of ours. Its text may hold what the client sent, so only its kind and place are told."""
        number = secrets.token_hex(4)
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place is not None else ""
        log.error("api fault", number=number, path=path, kind=type(error).__name__, where=where)
        wrong = refusal("fault", f"A fault of ours, number {number} in the log.")
        return wrong.status, _encode(wrong.problem), {}

    async def _call(self, endpoint: Endpoint, decode: Any, request: Request) -> Call:
        token = await self._admit(endpoint.scope, request) if endpoint.scope else None
        path = {name: _matching(PATTERNS[name], value, name) for name, value in request.path_params.items()}
        query = _query(endpoint, request)
        key = request.headers.get("idempotency-key", "")
        if endpoint.keyed and not KEY.fullmatch(key):
            raise refusal("bad_field", "name your request: 1 to 128 visible characters", "Idempotency-Key")
        person, session = await self._person(endpoint, request) if token is not None else (None, "")
        said = await _body(request, endpoint.bytes_max) if decode is not None else b""
        body = _shaped(decode, said) if decode is not None else None
        pieces = _pieces(request) if endpoint.streamed else None
        return Call(token, path, query, body, said, key, person, session, pieces)

    async def _person(self, endpoint: Endpoint, request: Request) -> tuple[Actor | None, str]:
        """Whose session the header Person holds: looked up for this very request, and again when it does something.

        Where nobody need be there, a session says who wants it all the same; one that is nobody's is refused."""
        session = request.headers.get("person", "").strip()
        if endpoint.person is None and not session:
            return None, ""
        try:
            person = await asyncio.to_thread(self._door.actors.of_session, session, self._door.ways.clock())
        except NotAllowed as no:
            raise refusal("no_person", str(no), "Person") from None
        if endpoint.person is not None and not person.may(endpoint.person):
            raise refusal("not_allowed", f"{person.id} may not {endpoint.person}", "Person")
        return person, session

    async def _admit(self, scope: str, request: Request) -> Token:
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        token = await self._token(text.strip()) if kind.lower() == "bearer" else None
        now = self._door.ways.clock()
        if token is None or token.revoked_at is not None:
            client = request.client.host if request.client else ""
            self._pace(f"stranger {client}", STRANGERS_PER_MINUTE, now)
            raise refusal("no_token", where="Authorization", www_authenticate="Bearer")
        self._pace(token.id, token.per_minute, now)
        if not token.may(scope):
            raise refusal("not_allowed", f"this token lacks the scope {scope}", "Authorization")
        return token

    def _pace(self, name: str, per_minute: int, now: int) -> None:
        wait_ms = self._buckets.take(name, per_minute, now)
        if wait_ms:
            raise refusal("too_many", retry_after=str(-(-wait_ms // 1000)))

    async def _token(self, text: str) -> Token | None:
        """Looked up at most every TOKEN_FRESH_MS; strangers are not remembered, so that they cannot push others out."""
        now = self._door.ways.clock()
        fresh_until, token = self._tokens.get(text, (0, None))
        if now < fresh_until:
            return token
        token = await asyncio.to_thread(self._door.doors.token, text)
        if token is None:
            self._tokens.pop(text, None)
            return None
        if len(self._tokens) >= TOKENS_KEPT_MAX:
            self._tokens.clear()
        self._tokens[text] = (now + TOKEN_FRESH_MS, token)
        return token

    async def _metrics(self, request: Request) -> Response:
        try:
            if not self._open_metrics:
                await self._admit("metrics", request)
        except Refusal as refused:
            return Response(_encode(refused.problem), refused.status, {**HEADERS, **refused.headers}, JSON)
        return Response(self._door.ways.metrics() + generate_latest(self.registry), 200, HEADERS, METRICS_MEDIA)

    def _fixed(self, body: bytes, media: str) -> Callable[[Request], Awaitable[Response]]:
        async def give(request: Request) -> Response:
            return Response(body, 200, HEADERS, media)

        return give

    async def _lost(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        code = {404: "not_found", 405: "wrong_method"}.get(status, "bad_request")
        wrong = refusal(code, "there is no such call; GET /docs lists them" if code == "not_found" else "")
        return Response(_encode(wrong.problem), wrong.status, HEADERS, JSON)

    async def _fault(self, request: Request, error: Exception) -> Response:
        status, body, headers = self._failed(request.url.path[:100], error)
        return Response(body, status, {**HEADERS, **headers}, JSON)


def _matching(pattern: str, value: str, name: str) -> str:
    if not re.fullmatch(pattern, value):
        raise refusal("not_found", f"there is no such {name}", name)
    return value


def _query(endpoint: Endpoint, request: Request) -> dict[str, str]:
    if len(request.url.query) > QUERY_CHARS_MAX:
        raise refusal("bad_field", f"longer than {QUERY_CHARS_MAX} characters", "query")
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        asked = endpoint.query.get(name)
        if asked is None or name in found:
            raise refusal("bad_field", "no such parameter here, or it stands there twice", f"query.{name[:40]}")
        if not re.fullmatch(asked.pattern, value):
            raise refusal("bad_field", f"must be: {asked.means}", f"query.{name}")
        found[name] = value
    for name, asked in endpoint.query.items():
        if asked.needed and name not in found:
            raise refusal("bad_field", f"is missing: {asked.means}", f"query.{name}")
    return found


async def _body(request: Request, most: int) -> bytes:
    if _media(request) != JSON:
        raise refusal("wrong_media", where="Content-Type")
    said = bytearray()
    try:
        async with asyncio.timeout(BODY_WAIT_S):
            async for piece in request.stream():
                said += piece
                if len(said) > most:
                    raise refusal("too_large", f"at most {most} bytes", connection="close")
    except TimeoutError:
        raise refusal("too_slow", connection="close") from None
    return bytes(said)


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes; each piece in time."""
    if _media(request) != BYTES:
        raise refusal("wrong_media", where="Content-Type", connection="close")
    stream = aiter(request.stream())
    try:
        while True:
            async with asyncio.timeout(BODY_WAIT_S):
                piece = await anext(stream)
            yield piece
    except StopAsyncIteration:
        return
    except TimeoutError:
        raise refusal("too_slow", connection="close") from None


def _media(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _shaped(decode: Any, said: bytes) -> Any:
    try:
        document = decode(said)
    except msgspec.ValidationError as error:
        what, where = plain_words(str(error))
        raise refusal("bad_field", what, where) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise refusal("bad_request", "The body is not JSON.") from None
    _visible(document, "")
    return document


def _visible(value: Any, where: str) -> None:
    """A pattern's `$` lets a line end pass; nothing that cannot be seen belongs into any field."""
    if isinstance(value, str) and not value.isprintable():
        raise refusal("bad_field", "holds characters that cannot be seen", where)
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            _visible(getattr(value, name), f"{where}.{name}".lstrip("."))
    elif isinstance(value, dict):
        for name, one in value.items():
            _visible(name, where)
            _visible(one, f"{where}.{name}")
    elif isinstance(value, list):
        for one in value:
            _visible(one, where)
