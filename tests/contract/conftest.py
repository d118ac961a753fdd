"""What contract tests on the running local cloud share."""

import pytest

from tests.contract.workbench import Workbench


@pytest.fixture
def bench(cloud):
    return Workbench(cloud)
