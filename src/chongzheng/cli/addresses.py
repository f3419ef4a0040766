"""Where can what we started be reached? Addresses on standard output, and in a file, whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

from chongzheng.mistakes import TheirMistake


def announce(addresses: dict[str, str], address_file: Path | None, as_json: bool) -> None:
    """Tell the addresses: on standard output, and in a file."""
    write_addresses(addresses, address_file)
    lines = [json.dumps(addresses)] if as_json else [f"{name} {address}" for name, address in addresses.items()]
    print(*lines, sep="\n", flush=True)


def write_addresses(addresses: dict[str, str], address_file: Path | None) -> None:
    """In a file, whole or not at all, where one is named."""
    if address_file is None:
        return
    whole = address_file.with_name(f"{address_file.name}.tmp")
    try:
        whole.write_text(json.dumps(addresses) + "\n", "utf-8")
        os.replace(whole, address_file)
    except OSError as error:
        raise TheirMistake(f"cannot be written ({error.strerror})", str(address_file)) from None
