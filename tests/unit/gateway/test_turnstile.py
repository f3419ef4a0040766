"""Are those who wait called in their order, as many as there are tokens?"""

from chongzheng.gateway.allowance import Allowance
from chongzheng.gateway.turnstile import Turnstile


class Client:
    """Waits; may want to wait again when it is called."""

    def __init__(self, name: str, heard: list[str]) -> None:
        self.name, self.heard = name, heard
        self.again: tuple[Turnstile, Allowance] | None = None

    def called(self) -> None:
        """Its turn."""
        self.heard.append(self.name)
        if self.again is not None:
            self.again[0].wait(self, self.again[1])


def test_as_many_are_called_as_there_are_tokens_oldest_first() -> None:
    heard: list[str] = []
    stile, words = Turnstile(), Allowance(per_s=10, burst=2, now_ms=0)
    for name in "abcd":
        stile.wait(Client(name, heard), words)
    stile.turn(0)
    assert heard == ["a", "b"] and len(stile) == 2
    stile.turn(99)
    assert heard == ["a", "b"]
    stile.turn(200)
    assert heard == ["a", "b", "c", "d"] and len(stile) == 0


def test_each_allowance_has_a_queue_of_its_own() -> None:
    heard: list[str] = []
    stile, dry, wet = Turnstile(), Allowance(1, 1, 0), Allowance(1, 1, 0)
    dry.fine(1)
    stile.wait(Client("a", heard), dry)
    stile.wait(Client("b", heard), wet)
    stile.turn(0)
    assert heard == ["b"]


def test_who_waits_again_goes_to_the_end_and_is_called_once_a_turn() -> None:
    heard: list[str] = []
    stile, words = Turnstile(), Allowance(per_s=1, burst=100, now_ms=0)
    for name in "ab":
        client = Client(name, heard)
        client.again = (stile, words)
        stile.wait(client, words)
    stile.turn(0)
    assert heard == ["a", "b"] and len(stile) == 2


def test_who_left_is_not_called() -> None:
    heard: list[str] = []
    stile, words = Turnstile(), Allowance(1, 10, 0)
    gone = Client("a", heard)
    stile.leave(gone, words)
    stile.wait(gone, words)
    stile.wait(Client("b", heard), words)
    stile.leave(gone, words)
    stile.turn(0)
    stile.turn(0)
    assert heard == ["b"]


def test_a_queue_that_empties_itself_while_it_is_called_takes_no_token_too_many() -> None:
    heard: list[str] = []
    stile, words = Turnstile(), Allowance(1, 2, 0)
    second = Client("b", heard)

    class Ends(Client):
        def called(self) -> None:
            stile.leave(second, words)

    stile.wait(Ends("a", heard), words)
    stile.wait(second, words)
    stile.turn(0)
    assert heard == [] and words.take(0), "one token was used, the other is still there"
