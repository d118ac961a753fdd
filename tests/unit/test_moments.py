"""Moments go out and come back as RFC 3339."""

import pytest

from stargate.domain.moments import told, understood


def test_a_moment_is_told_in_utc_to_the_millisecond():
    """What the API says is what a person reads in a log."""
    assert told(1795480214.4932) == "2026-11-24T00:30:14.493Z"


def test_what_was_told_is_understood():
    """A client may send back what it was given."""
    assert understood(told(1795480214.5)) == 1795480214.5


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-24T00:30:14", "1795480214"])
def test_what_is_no_full_moment_is_refused(text):
    """A moment without its offset could be any of twenty-four."""
    with pytest.raises(ValueError, match=r"\S"):
        understood(text)
