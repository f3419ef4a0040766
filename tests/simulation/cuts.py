"""What does an owner of a journal do all day, what was he promised, and does a start after a power cut keep it?"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

from chongzheng.bench.journal import Shop
from chongzheng.journal import Journal, Submission, Vault
from chongzheng.reversal.policy import Policy
from chongzheng.simulator.virtual.disk import Disk, Image

FILE = "journal.db"
ANEW = 5
"""Every so many starts go on to write."""
SECRETS = ("old", "new")


class Owner:
    """Writes into a journal what an engine writes, and notes every promise the journal made (a call that returned)."""

    def __init__(self, vault: Vault, rounds: int) -> None:
        self._vault, self._rounds = vault, rounds
        self._shop = Shop()
        self.facts: dict[str, int] = {}
        self.number = 0
        self.secrets = {""}
        self.broken: list[str] = []
        self.cuts = 0

    def open(self, folder: Path) -> Journal:
        """The journal in this folder."""
        return Journal.open(folder / FILE, self._vault, Policy())

    def work(self, folder: Path) -> None:
        """Two sittings: sales, reversals, numbers, secrets, checkpoints, a reader beside, an orderly end."""
        for _ in range(2):
            with closing(self.open(folder)) as journal:
                for n in range(self._rounds):
                    self.round(journal, n)

    def round(self, journal: Journal, n: int) -> None:
        """A little of everything."""
        for wave in (*self._shop.sales(1), *self._shop.doubts(1)):
            self.apply(journal, wave)
        self.number = journal.next_number("trace")
        if n % 2:
            secret = SECRETS[n // 2 % 2]
            self.secrets |= {secret}
            journal.save_secret("key", secret.encode())
            self.secrets = {secret}
            journal.tidy()
        else:
            journal.reader().close()

    def apply(self, journal: Journal, wave: list[Submission]) -> None:
        """A commit; that it returned is the promise."""
        for committed in journal.apply(wave):
            self.facts[committed.payment.id] = self.facts.get(committed.payment.id, 0) + 1

    def check(self, disk: Disk, image: Image, dice: Random) -> None:
        """Start on what a cut at this moment would leave, and note every promise that is broken there."""
        self.cuts += 1
        with disk.image(image, dice) as found, self._started(found, image) as journal:
            with closing(journal.reader()) as reader:
                self._note(image, reader.faults())
                lost = [name for name, count in self.facts.items() if reader.head(name)[0] < count]
                self._note(image, [f"lost facts of {len(lost)} payments"] * bool(lost))
            if journal.next_number("trace") <= self.number:
                self._note(image, ["gave a number twice"])
            if (journal.load_secret("key") or b"").decode() not in self.secrets:
                self._note(image, ["lost a secret"])
            if self.cuts % ANEW == 0:
                journal.apply(next(Shop().sales(1)))

    @contextmanager
    def _started(self, disk: Disk, image: Image) -> Iterator[Journal]:
        journal = self.open(disk.folder)
        try:
            yield journal
        finally:
            disk.kill()
            journal.close()

    def _note(self, image: Image, what: list[str]) -> None:
        self.broken += [f"{image}, cut {self.cuts}: {one}" for one in what]
