"""Which papers left this house, under which code, by whom? One act in the chain for each that was issued."""

from __future__ import annotations

import json
from typing import Any

from chongzheng.journal import Reader
from chongzheng.journal.acts import enact, queue
from chongzheng.journal.side import Side
from chongzheng.reports.documents import Document, code, content, digest

KIND = "paper issued"


def issue(side: Side, document: Document, subject: str, by: str, at: int) -> int:
    """Write down that this paper was issued (`at`: epoch ms), and give the number of the act."""
    whole = digest(document)
    words = {"document": content(document)["document"], "about": subject, "digest": whole}
    with side.together():
        queue(side)
        return enact(side, at, by, KIND, f"paper {code(whole)}", language=document.language, **words)


def issued(reader: Reader, paper_code: str) -> list[dict[str, Any]]:
    """Every time a paper of this code was issued, oldest first."""
    found = []
    for no, at, actor, record, link in reader.ask("paper_of", subject=f"paper {paper_code}"):
        said = json.loads(bytes(record))
        found.append({"act": no, "at": at, "by": actor, "document": said["document"], "subject": said["about"],
                      "language": said["language"], "digest": said["digest"], "hash": bytes(link).hex()})  # fmt: skip
    return found
