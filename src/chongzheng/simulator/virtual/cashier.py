"""How does a shop reverse a sale at its terminal long after the terminal has shown it as approved?

A cashier who hears that the customer wants the money back does at the terminal what can be done there, whatever people
in the office are doing about the same payment. The reversal goes over a connection of its own, and is repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from chongzheng.iso8583 import Message
from chongzheng.simulator import terminal as pos
from chongzheng.simulator.ledger import Key
from chongzheng.simulator.line import key_of
from chongzheng.simulator.terminal import Line, Seen, Silence, Terminal
from chongzheng.simulator.troubles import Sale


@dataclass(slots=True)
class Remembering(Terminal):
    """A terminal that keeps what it sent, and so can still reverse it."""

    requests: dict[Key, Message] = field(default_factory=dict)

    def _request(self, sale: Sale) -> Message:
        request = Terminal._request(self, sale)
        self.requests[key_of(request)] = request
        return request

    async def reverse(self, seen: Seen) -> bool:
        """Reverse this sale; whether anybody answered. From the first byte on it does not count as approved here."""
        reversal = pos._reversal_of(self.requests[seen.key])
        for _ in range(pos.TRIES_MAX):
            if self.mak is None:
                return False
            try:
                line = Line(*await self.dial())
            except OSError:
                continue
            seen.told, seen.reason = "forgotten", reversal.text(39)
            seen.reversals += 1
            try:
                answer = await self._exchange(line, reversal)
            except Silence:
                continue
            finally:
                line.drop()
            seen.reversal_code = answer.text(39)
            if answer.text(39) in pos.DONE:
                seen.told = "undone"
            return True
        return False
