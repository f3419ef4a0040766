"""How does a test get a hardware key module of its own? SoftHSM with a token in a folder of the test run."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LIBRARY = "/usr/lib/softhsm/libsofthsm2.so"
LABEL = "chongzheng"
PIN = "5678"


@dataclass(frozen=True)
class SoftModule:
    """Where the token is. Its library reads the environment once a process, so a process has one such place."""

    folder: Path

    @property
    def pin_file(self) -> Path:
        """The PIN of the token's user."""
        return self.folder / "hsm.pin"


@cache
def soft_module() -> SoftModule:
    """The token of this process; the folder goes when the machine's temporary files go."""
    folder = Path(tempfile.mkdtemp(prefix="softhsm-"))
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    words = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--so-pin", "12345678", "--pin", PIN]
    subprocess.run(words, check=True, capture_output=True, env=os.environ)
    made = SoftModule(folder)
    made.pin_file.write_text(f"{PIN}\n", "utf-8")
    made.pin_file.chmod(0o600)
    return made
