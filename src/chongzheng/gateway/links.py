"""Which of several links carries a message, and when may another one carry it in its place?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from chongzheng.gateway.host import HostLink
from chongzheng.gateway.keybox import Key
from chongzheng.iso8583 import Message

LINKS_MAX = 16
FENCED = "this engine has lost its lease"
Carried = Literal["sale", "reversal", "inquiry"]
"""The kinds of message for which a configuration may say that the same identity is safe on another link."""


class Links:
    """The links of one host. `fail_over`: what may leave on another link than the payment's own.

    `may_send`: whether this process may still act at all; an engine that has lost its lease sends nothing more.
    """

    def __init__(
        self,
        links: Iterable[HostLink],
        fail_over: frozenset[str] = frozenset(),
        may_send: Callable[[], bool] = lambda: True,
    ) -> None:
        self._links = {link.name: link for link in list(links)[:LINKS_MAX]}
        self._fail_over = fail_over
        self._may_send = may_send
        self._carrying: dict[str, HostLink] = {}
        self._turn = -1  # among links that carry equally much, each gets its turn

    def start(self) -> None:
        """Connect them all."""
        for link in self._links.values():
            link.start()

    async def stop(self) -> None:
        """Hang up on all."""
        for link in self._links.values():
            await link.stop()

    @property
    def ready(self) -> bool:
        """Whether at least one link is up and signed on."""
        return True in [link.ready for link in self._links.values()]  # asked for every message: no generator

    @property
    def standing(self) -> dict[str, bool]:
        """Every link by name, and whether it is ready."""
        return {name: link.ready for name, link in self._links.items()}

    def assign(self) -> str:
        """The link for a new payment: the ready one with the fewest sales in flight; "" when there is only one."""
        if len(self._links) == 1:
            return ""
        links = list(self._links.values())
        self._turn = (self._turn + 1) % len(links)
        in_turn = links[self._turn :] + links[: self._turn]
        ready = [link for link in in_turn if link.ready] or in_turn
        return min(ready, key=lambda link: link.waiting).name

    def send_sale(self, payment: str, name: str, message: Message, pin: Key | None = None) -> str:
        """Hand a sale to a link; "" when that was done, else why nothing of it has left or will."""
        if not self._may_send():
            return FENCED
        link = self._for("sale", name)
        why = link.send_sale(payment, message, pin)
        if not why:
            self._carrying[payment] = link
        return why

    def send(self, kind: Carried, name: str, message: Message, bare: bool = False) -> str:
        """Hand a reversal or an inquiry to a link, `bare` without MAC; "" when that was done, else why not now."""
        return self._for(kind, name).send(message, bare=bare) if self._may_send() else FENCED

    def answered(self, payment: str) -> None:
        """This sale no longer waits for the host."""
        link = self._carrying.pop(payment, None)
        if link is not None:
            link.answered(payment)

    def sign_in_again(self, name: str) -> None:
        """The host said that keys disagree, in answer to a payment of this link."""
        self._own(name).sign_in_again()

    def _own(self, name: str) -> HostLink:
        """The payment's own link; a name that the configuration no longer has means the first."""
        return self._links.get(name) or next(iter(self._links.values()))

    def _for(self, kind: Carried, name: str) -> HostLink:
        own = self._own(name)
        if own.ready or kind not in self._fail_over:
            return own
        others = [link for link in self._links.values() if link.ready]
        return min(others, key=lambda link: link.waiting, default=own)
