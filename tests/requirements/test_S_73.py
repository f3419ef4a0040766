"""S-73: advertising makes no feature: no contact data but made-up samples stands in code, tests or documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
WHERE = ("src", "tests", "docs", "examples", "README.md", "GLOSSARY.md")
KINDS = {".py", ".toml", ".csv", ".json", ".md", ".html", ".sql", ".txt", ".typ", ".sh"}
MOBILE = re.compile(r"(?<![0-9A-Za-z.*-])1[3-9][0-9]{9}(?![0-9A-Za-z])")
HOTLINE = re.compile(r"(?<![0-9A-Za-z.*])(?:400|800)-[0-9]{3}-?[0-9]{4}(?![0-9])")
CHAT = re.compile(r"(?:微信号|加微信|扣扣|QQ群?|公众号)\s*[:：]?\s*[A-Za-z0-9_-]{5,}")
SITE = re.compile(r"https?://([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
MADE_UP = {"13812345678", "13800138000", "400-820-8888"}
"""Numbers by which tests and taboos show how to recognise one, and the made-up desk of the demo."""
SITES = {"127.0.0.1", "www.w3.org", "tabler.io", "popper.js.org", "github.com", "mozilla.org",
         "qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn"}  # fmt: skip
"""Names of standards, of libraries, and of the doors through which an operator's own notices go."""
RESERVED = (".example", ".test", ".invalid", "example.com", "example.cn", "example.org")


def texts() -> Iterator[tuple[str, str]]:
    for name in WHERE:
        top = ROOT / name
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.suffix in KINDS and "vendor" not in path.parts and "__pycache__" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8", errors="replace")


def contacts(text: str) -> list[str]:
    """Telephone numbers, names in chats and sites that belong to somebody."""
    found = [*MOBILE.findall(text), *HOTLINE.findall(text), *CHAT.findall(text)]
    return [word for word in found if word not in MADE_UP] + [
        site for site in SITE.findall(text) if site not in SITES and not site.endswith(RESERVED)
    ]


def test_s_73() -> None:
    held = dict(texts())
    assert len(held) > 500 and "src/chongzheng/reports/requirements.toml" in held
    assert {name: found for name, text in held.items() if (found := contacts(text)) and name not in SHOWN} == {}


SHOWN = {"tests/requirements/test_S_73.py", "tests/requirements/mutants_req.toml"}
"""What such data look like, and the one that is planted."""


def test_s_73_such_data_would_be_seen() -> None:
    for text in ("call 18688886666 now", "热线 400-123-4567", "微信号：pos_agent888", "see http://www.pos-free.cn/a"):
        assert contacts(text), text
    assert not contacts("13812345678 https://shop.example/x 622202*********2230 at 1790000000000 http://127.0.0.1:80")
