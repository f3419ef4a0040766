"""Which journals are audited? The same places as in the journal's own tests."""

from journal.conftest import journal_factory, place, pytest_generate_tests
from postgres import postgres_server, postgres_urls

__all__ = ["journal_factory", "place", "postgres_server", "postgres_urls", "pytest_generate_tests"]
