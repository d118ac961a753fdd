"""The long tests stand at the same door as the short ones."""

from tests.e2e.conftest import api

__all__ = ["api"]
