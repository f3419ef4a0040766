"""How does a click become a fact? A call of the engine's HTTP door, in the name of the person who clicked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

CONNECT_S, ANSWER_S = 3, 15
CONNECTIONS_MAX = 32
SAID_CHARS_MAX = 300


class Away(Exception):
    """The door does not answer; nothing is known of what was asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the door said. `why` is "" where it did what was asked; `code` is the door's word for a refusal."""

    status: int
    said: Mapping[str, Any]

    @property
    def done(self) -> bool:
        """Whether it did what was asked."""
        return self.status < 300

    @property
    def code(self) -> str:
        """The door's word for why not."""
        return "" if self.done else str(self.said.get("code", "fault"))

    @property
    def why(self) -> str:
        """Why not, in one line: `where: what`, where the door names a place."""
        if self.done:
            return ""
        where, what = str(self.said.get("where", "")), str(self.said.get("what", ""))
        return (f"{where}: {what}" if where else what)[:SAID_CHARS_MAX]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that the door gave, or its refusal: the bytes as they came."""

    status: int
    media: str
    data: bytes


class Doorway:
    """The way to the door; any thread may use it."""

    def __init__(self, door: str, token: str) -> None:
        self._http = httpx.Client(
            base_url=door,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            limits=httpx.Limits(max_connections=CONNECTIONS_MAX),
            trust_env=False,
        )

    def call(
        self, method: str, path: str, said: Mapping[str, Any] | None = None, *, person: str = "", key: str = ""
    ) -> Answer:
        """One call. `person`: the token of that person's session. Away: no answer came."""
        headers = {name: text for name, text in (("Person", person), ("Idempotency-Key", key)) if text}
        try:
            answer = self._http.request(method, path, headers=headers, **({} if said is None else {"json": said}))
            document = answer.json() if answer.content else {}
        except (httpx.HTTPError, ValueError) as error:
            raise Away(type(error).__name__) from None
        return Answer(answer.status_code, document if isinstance(document, dict) else {})

    def fetch(self, path: str, *, person: str = "", **query: str) -> Fetched:
        """A file, or a text. Away: no answer came."""
        try:
            answer = self._http.get(path, headers={"Person": person} if person else {}, params=query)
        except httpx.HTTPError as error:
            raise Away(type(error).__name__) from None
        return Fetched(answer.status_code, answer.headers.get("content-type", ""), answer.content)

    def sign_in(self, actor: str, password: str) -> Answer:
        """A session for whoever has this password."""
        return self.call("POST", "/session", {"actor": actor, "password": password})

    def sign_out(self, person: str) -> Answer:
        """That session ends."""
        return self.call("DELETE", "/session", person=person)

    def say(self, matter: str, fact: str, words: Mapping[str, Any], shown: str, person: str, once: str) -> Answer:
        """A fact of a matter."""
        said = {"fact": fact, "words": dict(words), "shown": shown}
        return self.call("POST", f"/matters/{matter}/facts", said, person=person, key=once)

    def preview(self, matter: str, fact: str, shown: str, person: str) -> str:
        """Why the engine would refuse this fact, said without words by this person now; "" it would do it."""
        said = {"fact": fact, "words": {}, "shown": shown}
        answer = self.call("POST", f"/matters/{matter}/preview", said, person=person)
        return str(answer.said.get("why", ""))[:SAID_CHARS_MAX] if answer.done else answer.why

    def open(self, kind: str, words: Mapping[str, Any], about: Mapping[str, str], person: str, once: str) -> Answer:
        """A new matter."""
        return self.call("POST", "/matters", {"kind": kind, "words": dict(words), **about}, person=person, key=once)

    def propose(self, register: str, said: Mapping[str, Any], person: str) -> Answer:
        """A new edition of a row."""
        return self.call("POST", f"/registers/{quote(register)}", said, person=person)

    def approve(self, register: str, said: Mapping[str, Any], person: str) -> Answer:
        """An edition comes into force."""
        return self.call("POST", f"/registers/{quote(register)}/approval", said, person=person)
