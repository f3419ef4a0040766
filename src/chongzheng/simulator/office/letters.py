"""How do letters leave on a day that the engine does not see? By the same code, with the calendar of the office."""

from __future__ import annotations

import tomllib

import msgspec

from chongzheng.gateway.rest_days import between
from chongzheng.journal.rounds import Rounds
from chongzheng.mistakes import OurMistake
from chongzheng.notices.equip import house_of
from chongzheng.notices.sending import deliver_due
from chongzheng.sections import NoticesSection
from chongzheng.simulator.office.people import Office
from chongzheng.simulator.world import World

ROUNDS_MAX = 1_000


class Letters:
    """The house of the table [notices] that the engine has, too."""

    def __init__(self, office: Office, world: World) -> None:
        self._office = office
        self._section = msgspec.convert(tomllib.loads(world.notices)["notices"], NoticesSection)

    async def leave(self) -> None:
        """Send all that is due, and tell matters what became of it."""
        house = house_of(self._section, between)
        while await deliver_due(self._office.post, house, self._office.now):
            pass
        rounds = Rounds(self._office.matters, self._office.side, self._office.now, _aside, lambda: True)
        for _ in range(ROUNDS_MAX):
            if not rounds.hear():
                return


def _aside(name: str, why: str) -> None:
    raise OurMistake(f"{name} is set aside: {why}", "simulator")
