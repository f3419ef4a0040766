"""Is this really one of our people? The register of actors answers, through the door; nothing is decided here."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from chongzheng.console.models import Person
from chongzheng.journal.actors import ID, PASSWORD_CHARS_MAX


class Register(BaseBackend):
    """Signs in against the register of actors."""

    def authenticate(self, request: HttpRequest | None, **given: Any) -> Person | None:
        """The person whose password this is, with the session that the door opened; None: nobody's. Away: no answer."""
        actor, password = str(given.get("username", "")), str(given.get("password", ""))
        if not ID.fullmatch(actor) or not 1 <= len(password) <= PASSWORD_CHARS_MAX:
            return None
        answer = settings.DESK.doorway.sign_in(actor, password)
        if not answer.done:
            return None
        person, _ = Person.objects.get_or_create(actor=answer.said["actor"])
        person.door_session = answer.said["session"]  # type: ignore[attr-defined]
        return person

    def get_user(self, user_id: int) -> Person | None:
        """The person of this number."""
        return Person.objects.filter(pk=user_id).first()


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"door session {settings.SECRET_KEY}".encode()).digest()))


def sealed(token: str) -> str:
    """The door's session as it may lie in our file: whoever copies that file cannot use it."""
    return _box().encrypt(token.encode()).decode()


def opened(text: str) -> str:
    """The door's session; "" for what we did not seal."""
    try:
        return _box().decrypt(text.encode()).decode()
    except (InvalidToken, ValueError):
        return ""
