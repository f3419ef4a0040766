"""Has this person the device that they should have? Time-based codes (RFC 6238), one device a person."""

from __future__ import annotations

import base64
import re
from typing import Any

import segno
from django_otp.plugins.otp_totp.models import TOTPDevice

from chongzheng.console.models import Person

NAME = "authenticator"
CODE = re.compile(r"[0-9]{6}")
PICTURE_SCALE = 5


def confirmed(person: Any) -> TOTPDevice | None:
    """The device that this person has shown to work."""
    found: TOTPDevice | None = TOTPDevice.objects.filter(user=person, confirmed=True).first()
    return found


def device_of(person: Any) -> tuple[TOTPDevice, bool]:
    """The device, and whether it is still to be set up."""
    device = confirmed(person)
    if device is not None:
        return device, False
    device, _ = TOTPDevice.objects.get_or_create(user=person, confirmed=False, defaults={"name": NAME})
    return device, True


def fits(device: TOTPDevice, code: str) -> bool:
    """Whether these are the digits of now, not used before; wrong ones make the next try wait longer and longer."""
    code = code.replace(" ", "")
    if not CODE.fullmatch(code) or not device.verify_is_allowed()[0] or not device.verify_token(int(code)):
        return False
    if not device.confirmed:
        device.confirmed = True
        device.save()
    return True


def picture(device: TOTPDevice) -> str:
    """The code that an authenticator scans, as a picture in an address."""
    made: str = segno.make(device.config_url, error="m").svg_data_uri(scale=PICTURE_SCALE, border=2, light="#fff")
    return made


def secret(device: TOTPDevice) -> str:
    """The same for whoever types it, in groups of four."""
    plain = base64.b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def forget(actor: str) -> int:
    """Take all devices of a person away; how many there were."""
    person = Person.objects.filter(actor=actor).first()
    if person is None:
        return 0
    devices = TOTPDevice.objects.filter(user=person)
    count = devices.count()
    devices.delete()
    return count
