"""How is the public page set up: where it listens, what it is called outside, and how much it lets anybody ask?"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

BESIDE = "public.token"


def _says(text: str, **limits: int) -> Meta:
    return Meta(description=text, **limits)  # type: ignore[arg-type]


class PublicTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The table [public] of console.toml. Beside `door` it is all that a machine with the public page alone needs."""

    listen: Annotated[str, Meta(pattern=r"^[^:\s]+:\d{1,5}$", description="Port 0 takes a free one.")] = (
        "127.0.0.1:8610"
    )
    token_file: Annotated[str, _says("A file, mode 0600, with a token of the door with the scope public alone.")] = (
        BESIDE
    )
    address: Annotated[
        str,
        Meta(pattern=r"^(https?://[^\s/?#]+)?$", description="What the page is called outside, for codes on slips."),
    ] = ""
    contact: Annotated[str, _says("Where somebody may call instead; shown on every page.", max_length=80)] = ""
    certificate: Annotated[str, _says("Certificate and chain (PEM); empty: in the clear, this machine only.")] = ""
    key: Annotated[str, _says("Its private key (PEM), mode 0600.")] = ""
    behind_proxy: Annotated[bool, _says("A proxy in front brings the TLS and says who asks.")] = False
    per_address_min: Annotated[int, _says("Questions of one address in a minute.", ge=1, le=600)] = 10
    in_all_min: Annotated[int, _says("Questions of everybody together in a minute.", ge=1, le=6_000)] = 300
    per_reference_hour: Annotated[int, _says("Questions about one reference in an hour.", ge=1, le=600)] = 20
    complaints_address_hour: Annotated[int, _says("Complaints of one address in an hour.", ge=1, le=600)] = 5
    complaints_in_all_hour: Annotated[int, _says("Complaints of everybody in an hour.", ge=1, le=6_000)] = 200
    answer_ms: Annotated[int, _says("Every answer takes so long, whatever it is.", ge=0, le=2_000)] = 400
