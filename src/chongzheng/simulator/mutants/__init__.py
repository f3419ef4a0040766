"""Would the simulated world notice if the product were wrong? Bugs on purpose, one at a time, each to be found."""

from chongzheng.simulator.mutants.campaign import MUTANTS, campaign, clean, hunt

__all__ = ["MUTANTS", "campaign", "clean", "hunt"]
