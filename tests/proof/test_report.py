"""The schedule that has costs reported rings: in a cloud of its own, whose clock begins at four in the night.

The environment stands since noon of the day before: its rows are as its creation leaves them, and nothing of
it is there to be measured. What it cost is metered, reported and told by the control plane alone.
"""

from __future__ import annotations

import json
import time
import urllib.request
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from botocore.credentials import Credentials

from cli.client import ApiClient
from local.clock import EPOCH_VARIABLE, SCALE_VARIABLE
from local.demo.connection import Connection
from stargate.adapters import aws
from stargate.adapters.state.environment_rows import EnvironmentRows
from stargate.adapters.state.table import Table
from stargate.domain.gateway.graph import GATEWAY
from stargate.domain.ledger import Entry
from stargate.domain.provisioning.progress import NodeState, NodeStatus
from tests.cloud import raised
from tests.e2e.patience import awaited, wait_until
from tests.unit.costs.cost_play import an_environment

pytestmark = pytest.mark.cloud

SCALE = 300.0  # an hour in twelve seconds
ORDERS = "stargate-order-reports"
MORNING = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0) + timedelta(days=1)
YESTERDAY = MORNING.date() - timedelta(days=1)


@pytest.fixture(scope="module")
def cloud_at_four(tmp_path_factory):
    """Simulated time starts at its epoch, as fast as it runs: from an epoch that is past it is four now."""
    now = time.time()
    epoch = (now * SCALE - MORNING.timestamp()) / (SCALE - 1)
    variables = {SCALE_VARIABLE: repr(SCALE), EPOCH_VARIABLE: repr(epoch)}
    with raised(tmp_path_factory.mktemp("morning"), **variables) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def reported(cloud_at_four):
    """The report, once it is there; then the schedule has rung once more."""
    cloud = cloud_at_four
    stand_since_noon(cloud)
    api = ApiClient(cloud.api, cloud.region, Credentials(cloud.access_key_id, cloud.secret_access_key))
    asked = lambda: api.get("/environments/sandbox/costs/reports").document["reports"]  # noqa: E731
    reports = awaited(asked, "the day before is reported")
    rung = rings(cloud)
    wait_until(lambda: rings(cloud) > rung, "the schedule rings again")
    ledger = api.get("/environments/sandbox/ledger", kind="cost").document["entries"]
    return reports, ledger, control(cloud, "/messages")["messages"]


def stand_since_noon(cloud):
    """As the control plane's own rows say it, written to its table."""
    created = MORNING.timestamp() - 16 * 3600
    environment = an_environment(created_at=created, updated_at=created, attempt_started_at=created)
    nodes = [NodeState(name, status=NodeStatus.STANDING, stood_at=created) for name in GATEWAY.names]
    made = Entry("1-made", created, "sandbox", "step", "sandbox", "made", "a test", "a test")
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("AWS_ENDPOINT_URL", cloud.endpoint)
        environ.setenv("AWS_ACCESS_KEY_ID", cloud.access_key_id)
        environ.setenv("AWS_SECRET_ACCESS_KEY", cloud.secret_access_key)
        environ.setenv("AWS_DEFAULT_REGION", cloud.region)
        aws.client.cache_clear()
        EnvironmentRows(Table(table_of(cloud))).create(environment, nodes, made, None)
    aws.client.cache_clear()


def table_of(cloud):
    found = cloud.client("cloudformation").describe_stack_resource(
        StackName="stargate", LogicalResourceId="Table"
    )
    return found["StackResourceDetail"]["PhysicalResourceId"]


def rings(cloud):
    noted = control(cloud, "/journal")["invocations"]
    return sum(one["function"] == ORDERS for one in noted)


def control(cloud, path):
    return Connection(**asdict(cloud)).control("GET", path)


def test_the_day_before_is_reported_from_six_in_the_morning_on(reported):
    """By nobody's order: its files are read at the addresses that the API gives, and tell one sum."""
    (report,), ledger, _ = reported
    assert report["day"] == YESTERDAY.isoformat()
    assert report["made_at"] >= f"{MORNING.date()}T06:00"
    assert set(report["files"][report["day"]]) == {"html", "csv", "json"}
    with urllib.request.urlopen(report["files"][report["day"]]["json"]) as answer:  # noqa: S310 - signed by S3
        document = json.loads(answer.read(), parse_float=Decimal)
    assert document["usd"] == Decimal(str(report["usd"])) > 0
    assert [(entry["subject"], entry["cause"]) for entry in ledger] == [(report["day"], "the clock")]


def test_people_are_told_once_though_the_schedule_rings_on(reported):
    """The next hour finds that the day was told of."""
    (report,), _, messages = reported
    told = [one["subject"] for one in messages if (one["subject"] or "").startswith("Costs of sandbox")]
    assert told == [f"Costs of sandbox: ${report['usd']:,.2f} on {report['day']}"]
