"""The long tests stand at the same door as the short ones, and ask the same witness."""

from tests.e2e.conftest import api, stranger, witness

__all__ = ["api", "stranger", "witness"]
