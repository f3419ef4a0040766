"""Is a wrong configuration of the console one line that says what and where, and is a right one read whole?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chongzheng.console.place import read
from chongzheng.mistakes import TheirMistake
from console.world import Day, actor_of, working_day

GOOD = 'journal = "journal.db"\ndoor = "http://127.0.0.1:8443"\n'


def written(folder: Path, text: str, token: str = "czt_x_y", mode: int = 0o600) -> Path:
    """A configuration with its token."""
    secret = folder / "console.token"
    secret.write_text(token, "utf-8")
    secret.chmod(mode)
    path = folder / "console.toml"
    path.write_text(text, "utf-8")
    return path


def chongzheng(*words: str) -> subprocess.CompletedProcess[str]:
    """The program, to its end."""
    command = [sys.executable, "-c", "from chongzheng.cli import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_a_small_file_is_enough(tmp_path: Path) -> None:
    place = read(written(tmp_path, GOOD))
    assert place.journal == str(tmp_path / "journal.db")
    assert place.listen == ("127.0.0.1", 8600) and not place.encrypted
    assert place.second_factor == {"administrator", "finance", "supervisor"}
    assert (place.idle_ms, place.absolute_ms, place.step_up_ms) == (1_200_000, 28_800_000, 300_000)
    assert place.secret == read(tmp_path / "console.toml").secret and len(place.secret) > 40
    assert "czt" not in repr(place) and place.secret not in repr(place)
    assert ((tmp_path / "console" / "secret").stat().st_mode & 0o077) == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("journal = ", "is not TOML"),
        ('door = "http://x"', "missing required field `journal`"),
        (GOOD + "colour = 1", "unknown field `colour`"),
        (GOOD.replace("http:", "ftp:"), "door: expected `str` matching regex"),
        (GOOD + 'listen = "127.0.0.1:99999"', "a port is at most 65535"),
        (GOOD + 'listen = "0.0.0.0:80"', "beyond this machine"),
        (GOOD + 'certificate = "c.pem"', "certificate and key come together"),
        (GOOD + 'second_factor = ["cook"]', "invalid enum value 'cook'"),
        (GOOD + "idle_min = 0", "idle_min: expected `int` >= 1"),
        (GOOD + 'token_file = "nowhere"', "chongzheng api token create"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(TheirMistake) as mistake:
        read(written(tmp_path, text))
    assert says in str(mistake.value) and "\n" not in str(mistake.value)


def test_a_token_that_others_may_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TheirMistake, match="0600"):
        read(written(tmp_path, GOOD, mode=0o644))
    with pytest.raises(TheirMistake, match="holds no token"):
        read(written(tmp_path, GOOD, token="two words"))


def test_the_command_says_it_in_one_line(tmp_path: Path) -> None:
    done = chongzheng("console", "--config", str(written(tmp_path, GOOD)))
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "there is no journal here" in done.stderr


def test_a_lost_device_is_forgotten_by_whoever_sits_at_the_machine(tmp_path: Path) -> None:
    with working_day(tmp_path) as day:
        secret_shown(day)
        config = str(tmp_path / "console.toml")
        nobody = chongzheng("console", "--config", config, "forget-factor", "nobody")
        assert nobody.returncode == 2 and "has no second factor here" in nobody.stderr
        assert chongzheng("console", "--config", config, "forget-factor", actor_of("finance")).returncode == 0
        again = chongzheng("console", "--config", config, "forget-factor", actor_of("finance"))
        assert again.returncode == 2


def secret_shown(day: Day) -> None:
    """Finance begins to set up a device."""
    one = day.browser()
    one.sign_in(actor_of("finance"))
    assert 'class="secret"' in one.get("/second-factor").text
