"""How is Django set up for the desk: which parts, which limits, which headers? One call before anything else of it."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chongzheng.console.doorway import Doorway
from chongzheng.console.place import PRIVATE, Place
from chongzheng.console.reading import Sights

HERE = Path(__file__).parent
BODY_BYTES_MAX = 262_144
FIELDS_MAX = 400
TRIES_MAX = 5
LOCKED_MIN = 15
DATABASE_WAIT_S = 10
HSTS_S = 31_536_000
POLICY: dict[str, Any] = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
"""Everything from ourselves, nothing written into a page. Pictures may be data: the style sheet's own marks."""

PARTS = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "axes",
    "chongzheng.console",
)
IN_THIS_ORDER = (
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "chongzheng.console.sitting.Sitting",
    "chongzheng.console.sizes.Sizes",
    "axes.middleware.AxesMiddleware",
)


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page needs: how strict we are, the view of the journal, the way to the door, the clock (epoch ms)."""

    place: Place
    sights: Sights
    doorway: Doorway
    clock: Callable[[], int]


def wall_clock_ms() -> int:
    """Now, epoch milliseconds."""
    return time.time_ns() // 1_000_000


def set_up(place: Place) -> None:
    """Make Django ready, once in a process."""
    _one_sqlite()
    import django
    from django.conf import settings

    desk = Desk(place, Sights(place.journal, wall_clock_ms), Doorway(place.door, place.token), wall_clock_ms)
    settings.configure(DESK=desk, **_settings(place))
    django.setup()
    logging.getLogger("django.request").setLevel(logging.ERROR)  # what somebody typed wrong is no event of ours


def make_tables(place: Place) -> None:
    """The console's own tables, made or brought up to date; nobody else may read the file."""
    from django.core.management import call_command

    os.close(os.open(place.database, os.O_RDWR | os.O_CREAT, PRIVATE))
    call_command("migrate", verbosity=0, interactive=False)


def _one_sqlite() -> None:
    """Django is to use the SQLite that reads the journal: the system's has a flaw, and two in one process do harm."""
    import pysqlite3
    import pysqlite3.dbapi2

    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def _settings(place: Place) -> dict[str, Any]:
    return {
        "SECRET_KEY": place.secret,
        "DEBUG": False,
        "ALLOWED_HOSTS": ["*"] if place.behind_proxy else _names(place),
        "ROOT_URLCONF": "chongzheng.console.addresses",
        "INSTALLED_APPS": list(PARTS),
        "MIDDLEWARE": list(IN_THIS_ORDER),
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "USE_TZ": True,
        "USE_I18N": False,
        "DATABASES": {"default": _database(place)},
        "TEMPLATES": [_templates()],
        "AUTH_USER_MODEL": "console.Person",
        "AUTHENTICATION_BACKENDS": ["axes.backends.AxesStandaloneBackend", "chongzheng.console.people.Register"],
        "LOGIN_URL": "/sign-in",
        "DATA_UPLOAD_MAX_MEMORY_SIZE": BODY_BYTES_MAX,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": FIELDS_MAX,
        "CSRF_FAILURE_VIEW": "chongzheng.console.refusing.forged",
        "OTP_TOTP_ISSUER": "chongzheng",
        "CONTENT_SECURITY_POLICY": {"DIRECTIVES": POLICY},
        "LOGGING_CONFIG": None,
        **_cookies(place),
        **_lock_outs(),
    }


def _names(place: Place) -> list[str]:
    host = place.listen[0]
    return ["localhost", "127.0.0.1", "[::1]"] if host in ("localhost", "127.0.0.1", "::1", "[::1]") else ["*"]


def _database(place: Place) -> dict[str, Any]:
    init = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;"
    options = {"timeout": DATABASE_WAIT_S, "transaction_mode": "IMMEDIATE", "init_command": init}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(place.database), "OPTIONS": options}


def _templates() -> dict[str, Any]:
    return {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {"environment": "chongzheng.console.look.environment", "autoescape": True},
    }


def _cookies(place: Place) -> dict[str, Any]:
    safe = place.encrypted
    return {
        "SESSION_COOKIE_NAME": "__Host-desk" if safe else "desk",
        "SESSION_COOKIE_AGE": place.absolute_ms // 1_000,
        "SESSION_COOKIE_SECURE": safe,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "CSRF_USE_SESSIONS": True,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "SECURE_HSTS_SECONDS": HSTS_S if safe else 0,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if place.behind_proxy else None,
        "X_FRAME_OPTIONS": "DENY",
    }


def _lock_outs() -> dict[str, Any]:
    return {
        "AXES_USERNAME_FORM_FIELD": "username",
        "AXES_FAILURE_LIMIT": TRIES_MAX,
        "AXES_COOLOFF_TIME": LOCKED_MIN / 60,
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_LOCKOUT_CALLABLE": "chongzheng.console.refusing.locked_out",
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_CLIENT_IP_CALLABLE": "chongzheng.console.refusing.client_address",
        "AXES_ENABLE_ADMIN": False,
        "AXES_VERBOSE": False,
    }
