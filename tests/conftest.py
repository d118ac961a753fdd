"""What every kind of test shares: the one local cloud of the session."""

from tests.cloud import cloud

__all__ = ["cloud"]
