"""Does a run that fails say why, and not only that several tasks failed?"""

from __future__ import annotations

from chongzheng.mistakes import OurMistake
from chongzheng.simulator.demo import mistake_in


def test_the_mistake_is_found_however_deep_it_lies() -> None:
    mistake = OurMistake("lost its lease and did not end", "simulator")
    several = BaseExceptionGroup("a", [KeyboardInterrupt(), ExceptionGroup("b", [ValueError(), mistake])])
    assert mistake_in(several) is mistake


def test_no_mistake_of_ours_is_none() -> None:
    assert mistake_in(BaseExceptionGroup("a", [ValueError(), ExceptionGroup("b", [KeyError()])])) is None
