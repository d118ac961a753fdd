"""What every kind of test shares: the one local cloud of the session, and how it does without shared data."""

import os
from pathlib import Path

import pytest

from tests.cloud import cloud

__all__ = ["cloud"]

MEASURED = "measured"
SHARED_DATA = Path(__file__).parents[2] / "shared/data"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """One worker takes all that need the local cloud, so that there is one; the others share what is left."""
    for item in items:
        if "cloud" in item.fixturenames or item.get_closest_marker("cloud"):
            item.add_marker(pytest.mark.xdist_group("cloud"))


@pytest.fixture
def measured(record_property):
    """Takes lines with what a test has measured, for people: they are printed at the end of the run."""
    return lambda *lines: record_property(MEASURED, "\n".join(lines))


def pytest_terminal_summary(terminalreporter):
    """Whichever process measured it: what a worker prints itself is lost."""
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        for name, lines in report.user_properties:
            if name == MEASURED:
                terminalreporter.write_line(f"measured by {report.nodeid}:\n{lines}")


def pytest_runtest_setup(item):
    """Samples of others are no part of the project: a clone without them says so; CI must have them."""
    if item.get_closest_marker("shared_data") is None or SHARED_DATA.exists():
        return
    left_out = f"{SHARED_DATA} is not there: the samples are no part of the project"
    if os.environ.get("CI"):
        pytest.fail(left_out)
    pytest.skip(left_out)
