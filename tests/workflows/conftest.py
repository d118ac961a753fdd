"""One stage for each test."""

from __future__ import annotations

import pytest

from tests.workflows.stage import stage


@pytest.fixture(name="stage")
def _stage():
    with stage() as made:
        yield made
