"""What were people told? The notices of a desk are worded and sent to an outlet that only remembers."""

from __future__ import annotations

import asyncio

from chongzheng.journal.post import Notice, Post
from chongzheng.notices.catalogue import packaged
from chongzheng.notices.outlets import Delivered, Message
from chongzheng.notices.sending import House, deliver_due
from requirements.desk import Desk


class Remembers:
    """An outlet that takes everything."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, message: Message) -> Delivered:
        """Taken."""
        self.messages.append(message)
        return Delivered(f"250 taken as {len(self.messages)}")


def deliver(desk: Desk) -> tuple[list[str], list[Notice]]:
    """Send what is due, and let every matter hear what became of its notices: (texts, notices)."""
    post, outlet = Post(desk.side), Remembers()
    people = {"customer-1": "mail:li@customer.example"}
    house = House(packaged(), {"mail": outlet}, people, {"contact": "400-820-8888"})
    while asyncio.run(deliver_due(post, house, lambda: desk.now)):
        pass
    return [one.body for one in outlet.messages], post.page()
