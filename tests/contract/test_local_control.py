"""The local cloud's own control: what it can be asked for is written down where people look."""

import json
import re
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.cloud

GUIDE = Path(__file__).parents[2] / "docs/local-cloud.md"


def test_every_order_is_documented_and_every_documented_one_exists(cloud):
    """Whoever asks for something else is told all that there is, and the guide has no more and no less."""
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{cloud.twin}/nothing", timeout=10)  # noqa: S310
    assert refused.value.code == 404
    there = {route.split(" ")[1] for route in json.load(refused.value)["routes"]}
    assert set(re.findall(r"`[^`]*…(/_stargate/[a-z/-]+)", GUIDE.read_text())) == there


def test_one_process_of_the_run_has_the_cloud(cloud, request, worker_id):
    """Tests that need it are one group of pytest-xdist's: two clouds on two cores starve each other."""
    assert worker_id == "master" or request.node.nodeid.endswith("@cloud")
