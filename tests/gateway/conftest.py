"""One gateway of real processes for all tests here: LiteLLM and, scraping it, VictoriaMetrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.judges.litellm_proxy import litellm, stand_in
from local.judges.victoria_metrics import victoria_metrics
from tests.gateway.front_door import FrontDoor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.judges.victoria_metrics import VictoriaMetrics


@pytest.fixture(scope="session")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontDoor]:
    """The proxy as the gateway's template and configuration start it, alive."""
    folder = tmp_path_factory.mktemp("litellm")
    with stand_in(folder) as outside, litellm(folder, outside.url) as proxy:
        yield FrontDoor(proxy, outside)


@pytest.fixture(scope="session")
def metrics(door: FrontDoor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VictoriaMetrics]:
    """VictoriaMetrics, scraping the proxy since it was first asked for."""
    with victoria_metrics(tmp_path_factory.mktemp("victoria-metrics"), door.proxy) as running:
        yield running
