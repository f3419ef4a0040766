"""How is Django set up for the public page: without database, accounts or sessions? One call before anything else."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chongzheng.console.doorway import Doorway
from chongzheng.console.frame import HERE, HSTS_S, POLICY, wall_clock_ms
from chongzheng.console.public.pacing import BODY_BYTES_MAX, Pace
from chongzheng.console.public.place import PublicPlace

FIELDS_MAX = 20
ASSETS = Path("public")
"""Below the folder of static files: what the public page may give away."""
IN_THIS_ORDER = (
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "chongzheng.console.public.showing.Standing",
)


@dataclass(frozen=True, slots=True)
class Counter:
    """What every page needs: how it is set up, the way to the door, the limits, the clock (epoch ms)."""

    place: PublicPlace
    doorway: Doorway
    pace: Pace
    clock: Callable[[], int]


def set_up(place: PublicPlace) -> None:
    """Make Django ready, once in a process."""
    import django
    from django.conf import settings

    pace = Pace(place.table, wall_clock_ms)
    counter = Counter(place, Doorway(place.door, place.token), pace, wall_clock_ms)
    settings.configure(COUNTER=counter, **_settings(place))
    django.setup()
    logging.getLogger("django.request").setLevel(logging.ERROR)  # what somebody typed wrong is no event of ours


def _settings(place: PublicPlace) -> dict[str, Any]:
    return {
        "SECRET_KEY": hashlib.sha256(f"forms of the public page {place.token}".encode()).hexdigest(),
        "DEBUG": False,
        "ALLOWED_HOSTS": ["*"],
        "ROOT_URLCONF": "chongzheng.console.public.addresses",
        "INSTALLED_APPS": [],
        "MIDDLEWARE": list(IN_THIS_ORDER),
        "USE_TZ": True,
        "USE_I18N": False,
        "DATABASES": {},
        "TEMPLATES": [_templates()],
        "DATA_UPLOAD_MAX_MEMORY_SIZE": BODY_BYTES_MAX,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": FIELDS_MAX,
        "FILE_UPLOAD_HANDLERS": [],  # nobody sends files here; what comes as one is thrown away
        "CONTENT_SECURITY_POLICY": {"DIRECTIVES": POLICY},
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "no-referrer",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "SECURE_HSTS_SECONDS": HSTS_S if place.encrypted else 0,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if place.table.behind_proxy else None,
        "X_FRAME_OPTIONS": "DENY",
        "LOGGING_CONFIG": None,
    }


def _templates() -> dict[str, Any]:
    return {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {"environment": "chongzheng.console.look.environment", "autoescape": True},
    }
