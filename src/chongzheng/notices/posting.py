"""How does a notice leave over HTTP: a short message, a chat room (WeCom, DingTalk, Feishu), a signed webhook?"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from chongzheng.mistakes import TheirMistake
from chongzheng.notices.outlets import ANSWER_WAIT_S, Delivered, Failed, Message, secret

ANSWER_BYTES_MAX = 8_192
TEXT_BYTES_MAX = {"wecom": 2_048, "dingtalk": 20_000, "feishu": 20_000}
BUSY = {"wecom": {-1, 45009, 45033}, "dingtalk": {-1, 130101, 410100}, "feishu": {9499, 11232, 99991400}}
"""Answers of chat rooms that mean: later."""
LATER = frozenset({408, 425, 429})
"""HTTP statuses below 500 that mean the same."""
FIRST_BAD, FIRST_OF_THEIRS = 300, 500


async def post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes] | Failed:
    """(status, the answer's first ANSWER_BYTES_MAX bytes) of a POST: no redirects, no proxy of the environment."""
    try:
        async with (
            asyncio.timeout(ANSWER_WAIT_S),
            httpx.AsyncClient(timeout=ANSWER_WAIT_S, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", url, content=body, headers=dict(headers)) as answer,
        ):
            said = b""
            async for piece in answer.aiter_bytes():
                said += piece
                if len(said) >= ANSWER_BYTES_MAX:
                    break
            return answer.status_code, said[:ANSWER_BYTES_MAX]
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        return Failed(type(error).__name__)


@dataclass(frozen=True, slots=True)
class SmsGateway:
    """A provider of short messages that takes JSON. `body`: its JSON with {to}, {text}, {id}, {secret} inside strings.

    `ok`: the path of the answer's field that says whether it went, with dots, and the value that means yes; "": the
    HTTP status says it. `secret`: a path.
    """

    url: str
    body: str
    headers: Mapping[str, str]
    ok_field: str = ""
    ok_value: str = ""
    secret: str = ""


class Sms:
    """Short messages over one provider."""

    def __init__(self, gateway: SmsGateway) -> None:
        self._gateway = gateway
        try:
            self._shape = json.loads(gateway.body)
        except ValueError:
            raise TheirMistake("is not JSON", "notices.sms.body") from None

    async def send(self, message: Message) -> Delivered | Failed:
        """As Outlet says."""
        if not message.address.lstrip("+").isdigit():
            return Failed("is no telephone number", for_good=True)
        words = {"{to}": message.address, "{text}": message.short, "{id}": message.id}
        words["{secret}"] = secret(self._gateway.secret)
        body = json.dumps(_filled(self._shape, words), ensure_ascii=False).encode()
        headers = {name: _put(value, words) for name, value in self._gateway.headers.items()}
        answer = await post(self._gateway.url, body, {"content-type": "application/json", **headers})
        if isinstance(answer, Failed):
            return answer
        outcome = _by_status(*answer)
        if isinstance(outcome, Failed) or not self._gateway.ok_field:
            return outcome
        said = _at(answer[1], self._gateway.ok_field)
        return outcome if str(said) == self._gateway.ok_value else Failed(f"answered {said}")


@dataclass(frozen=True, slots=True)
class Place:
    """A chat room's robot. `kind`: wecom, dingtalk, feishu; `base`: where its service is; the last two are paths."""

    kind: str
    base: str
    token: str
    secret: str = ""


class Room:
    """A chat room; whoever sits in it reads it, so the address of a message means nothing here."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def send(self, message: Message) -> Delivered | Failed:
        """As Outlet says."""
        place = self._place
        text = f"{message.subject}\n{message.body}"
        if len(text.encode()) > TEXT_BYTES_MAX[place.kind]:
            text = f"{message.subject}\n{message.short}"
        url, body = _ROOMS[place.kind](place.base, secret(place.token), secret(place.secret), text, message.at)
        answer = await post(url, json.dumps(body, ensure_ascii=False).encode(), {"content-type": "application/json"})
        if isinstance(answer, Failed):
            return answer
        outcome = _by_status(*answer)
        if isinstance(outcome, Failed):
            return outcome
        code = _at(answer[1], "code" if place.kind == "feishu" else "errcode")
        if code == 0:
            return outcome
        return Failed(f"answered {code}", for_good=isinstance(code, int) and code not in BUSY[place.kind])


@dataclass(frozen=True, slots=True)
class Receiver:
    """A webhook: where, and the path of the secret that its signatures are made with."""

    url: str
    secret: str


class Hook:
    """Another program; signed by the scheme of the API's webhooks (Standard Webhooks)."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    async def send(self, message: Message) -> Delivered | Failed:
        """As Outlet says."""
        said = {"id": message.id, "to": message.address, "subject": message.subject, "body": message.body}
        body, at_s = json.dumps(said, ensure_ascii=False).encode(), message.at // 1000
        key = secret(self._receiver.secret).encode()
        signed = hmac.new(key, f"{message.id}.{at_s}.".encode() + body, hashlib.sha256).digest()
        headers = {
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(at_s),
            "webhook-signature": "v1," + base64.b64encode(signed).decode(),
        }
        answer = await post(self._receiver.url, body, headers)
        return answer if isinstance(answer, Failed) else _by_status(*answer)


def _wecom(base: str, token: str, key: str, text: str, at: int) -> tuple[str, dict[str, Any]]:
    return f"{base}/cgi-bin/webhook/send?key={quote(token)}", {"msgtype": "text", "text": {"content": text}}


def _dingtalk(base: str, token: str, key: str, text: str, at: int) -> tuple[str, dict[str, Any]]:
    url = f"{base}/robot/send?access_token={quote(token)}"
    if key:
        mark = hmac.new(key.encode(), f"{at}\n{key}".encode(), hashlib.sha256).digest()
        url += f"&timestamp={at}&sign={quote(base64.b64encode(mark).decode(), safe='')}"
    return url, {"msgtype": "text", "text": {"content": text}}


def _feishu(base: str, token: str, key: str, text: str, at: int) -> tuple[str, dict[str, Any]]:
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if key:
        at_s = str(at // 1000)
        mark = hmac.new(f"{at_s}\n{key}".encode(), b"", hashlib.sha256).digest()
        body |= {"timestamp": at_s, "sign": base64.b64encode(mark).decode()}
    return f"{base}/open-apis/bot/v2/hook/{quote(token)}", body


_ROOMS: dict[str, Callable[[str, str, str, str, int], tuple[str, dict[str, Any]]]] = {
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "feishu": _feishu,
}


def _by_status(status: int, said: bytes) -> Delivered | Failed:
    words = " ".join(f"{status} {said.decode('utf-8', 'replace')}".split())
    if status < FIRST_BAD:
        return Delivered(words)
    return Failed(words, for_good=status < FIRST_OF_THEIRS and status not in LATER)


def _at(said: bytes, path: str) -> object:
    """The field at this path of a JSON answer; None when there is none."""
    try:
        found = json.loads(said)
    except ValueError:
        return None
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _filled(shape: Any, words: Mapping[str, str]) -> Any:
    if isinstance(shape, dict):
        return {name: _filled(one, words) for name, one in shape.items()}
    if isinstance(shape, list):
        return [_filled(one, words) for one in shape]
    return _put(shape, words) if isinstance(shape, str) else shape


def _put(text: str, words: Mapping[str, str]) -> str:
    for place, word in words.items():
        text = text.replace(place, word)
    return text
