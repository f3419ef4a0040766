"""Which desk do the tests of papers read from? The one of the requirement tests."""

from requirements.conftest import desk

__all__ = ["desk"]
