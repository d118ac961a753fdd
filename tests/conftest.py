"""What every kind of test shares: the one local cloud of the session, and how it does without shared data."""

import os
from pathlib import Path

import pytest

from tests.cloud import cloud

__all__ = ["cloud"]

SHARED_DATA = Path(__file__).parents[2] / "shared/data"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """One worker takes all that need the local cloud, so that there is one; the others share what is left."""
    for item in items:
        if "cloud" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group("cloud"))


def pytest_runtest_setup(item):
    """Samples of others are no part of the project: a clone without them says so; CI must have them."""
    if item.get_closest_marker("shared_data") is None or SHARED_DATA.exists():
        return
    left_out = f"{SHARED_DATA} is not there: the samples are no part of the project"
    if os.environ.get("CI"):
        pytest.fail(left_out)
    pytest.skip(left_out)
