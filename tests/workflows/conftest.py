"""One stage for each test."""

from __future__ import annotations

import pytest

from tests.workflows.stage import SCALE, SLOWER, stage


@pytest.fixture(name="stage")
def _stage(request):
    """Time passes slower for a path that is `patient`: a busy machine's computing must not be hours of it."""
    with stage(SLOWER if request.node.get_closest_marker("patient") else SCALE) as made:
        yield made
