"""What happened, what do we owe, and where is the proof? The memory, and the only code that writes money tables."""

from chongzheng.journal.reader import Reader
from chongzheng.journal.rows import Committed, Evidence, Owed, Submission, evidence, payment_id
from chongzheng.journal.storage import Fenced, JournalFull
from chongzheng.journal.store import FilePart, Journal
from chongzheng.journal.vault import Vault

__all__ = [
    "Committed",
    "Evidence",
    "Fenced",
    "FilePart",
    "Journal",
    "JournalFull",
    "Owed",
    "Reader",
    "Submission",
    "Vault",
    "evidence",
    "payment_id",
]
