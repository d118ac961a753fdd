"""The rules that need nobody else: graph, templates, events, names, settings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stargate import settings
from stargate.adapters.state.attributes import decode_row, encode_row
from stargate.domain.environment import environment_of_stack
from stargate.domain.gateway.graph import GATEWAY, PLAIN, Graph, Node
from stargate.domain.gateway.manifest import Manifest
from stargate.domain.gateway.parameters import MissingParameterError, stack_parameters
from stargate.domain.gateway.template_conditions import UnknownConditionError, holds
from stargate.domain.provisioning.events import (
    ResourceChanged,
    StackChanged,
    TaskStopped,
    read_event,
    started_by,
)
from stargate.domain.provisioning.moves import StackEvent, first_failure
from stargate.errors import SettingsError
from stargate.usecases.provisioning.publish_gateway import PublishGateway
from tests.fakes import FakeShelf


def test_every_node_comes_after_all_it_needs_both_ways():
    """The graph of removal is the graph of creation turned round."""
    back = GATEWAY.reversed().reversed()
    assert set(back.names) == set(GATEWAY.names)
    for node in GATEWAY.nodes:
        assert set(back.node(node.name).needs) == set(node.needs)


def test_a_graph_in_the_wrong_order_is_refused():
    """A need that comes later would wait for ever."""
    with pytest.raises(ValueError, match="data"):
        Graph((Node("data", ("network",)), Node("network")))


def test_needs_of_needs_are_found():
    """Grafana may use outputs of everything behind the database and the edge."""
    assert set(PLAIN.all_needs("grafana")) == {
        *("network", "secrets", "waf", "data", "cluster", "balancer", "edge", "prepare-database")
    }


def test_nobody_waits_for_what_a_gateway_does_without():
    """Its dependents need what is left, and come after it as before."""
    smaller = PLAIN.without({"waf", "storage"})
    assert set(smaller.names) == set(PLAIN.names) - {"waf", "storage"}
    assert smaller.node("edge").needs == ("balancer",)
    assert smaller.node("victoria-metrics").needs == ("cluster",)


def test_only_web_acl_and_models_have_a_place_of_their_own():
    """CloudFront looks for the one in us-east-1; Bedrock is not served everywhere."""
    places = {node.name: node.place for node in GATEWAY.nodes if node.place != "home"}
    assert places == {"waf": "global", "models": "models"}


CONDITIONS = {
    "ThreeZones": {"Fn::Equals": [{"Ref": "ZoneCount"}, 3]},
    "NatPerZone": {"Fn::Equals": [{"Ref": "NatPerZone"}, "true"]},
    "Third": {"Fn::And": [{"Condition": "ThreeZones"}, {"Condition": "NatPerZone"}]},
    "OneNat": {"Fn::Not": [{"Condition": "NatPerZone"}]},
    "Either": {"Fn::Or": [{"Condition": "Third"}, {"Condition": "OneNat"}]},
    "Odd": {"Fn::Equals": [{"Fn::GetAtt": ["A", "B"]}, "x"]},
}


@pytest.mark.parametrize(
    ("zones", "nat", "expected"),
    [("3", "true", [True, False, True]), ("3", "false", [False, True, True]), ("2", "true", [False] * 3)],
)
def test_conditions_are_evaluated_as_cloudformation_does(zones, nat, expected):
    """And, Or, Not, Equals and references to each other."""
    given_values = {"ZoneCount": zones, "NatPerZone": nat}
    assert [holds(name, CONDITIONS, given_values) for name in ("Third", "OneNat", "Either")] == expected


def test_a_condition_that_cannot_be_evaluated_is_an_error():
    """Better than a wrong count of resources."""
    with pytest.raises(UnknownConditionError):
        holds("Odd", CONDITIONS, {})


def test_only_resources_whose_condition_holds_are_counted_and_take_time():
    """One NAT gateway or one per zone."""
    template = Manifest.from_document(
        {
            "version": "1",
            "stacks": {
                "network": {
                    "key": "stacks/network.yaml",
                    "parameters": ["NatPerZone", "ZoneCount"],
                    "outputs": [],
                    "defaults": {"ZoneCount": "3"},
                    "conditions": CONDITIONS,
                    "resources": {
                        "Vpc": {"type": "AWS::EC2::VPC"},
                        "SecondNat": {
                            "type": "AWS::EC2::NatGateway",
                            "condition": "NatPerZone",
                            "needs": ["Vpc"],
                        },
                        "ThirdNat": {"type": "AWS::EC2::NatGateway", "condition": "Third"},
                    },
                }
            },
        }
    ).stacks["network"]
    assert template.resources_total({"NatPerZone": "false"}) == 1
    assert template.resources_total({"NatPerZone": "true"}) == 3
    assert template.seconds_to_create({"NatPerZone": "false"}) == 18
    assert template.seconds_to_create({"NatPerZone": "true"}) == 18 + 105
    assert template.seconds_to_delete({"NatPerZone": "true"}) == 60 + 5
    assert stack_parameters(template, {"NatPerZone": "true", "Other": "x"}, {}) == {"NatPerZone": "true"}
    with pytest.raises(MissingParameterError, match="NatPerZone"):
        stack_parameters(template, {}, {})


def test_the_first_failure_is_one_with_a_reason_of_its_own():
    """What was only cancelled caused nothing."""
    events = [
        StackEvent("Subnet", "AWS::EC2::Subnet", "CREATE_FAILED", "Resource creation cancelled"),
        StackEvent("Database", "AWS::RDS::DBInstance", "CREATE_FAILED", "no capacity"),
        StackEvent("Other", "AWS::EC2::EIP", "CREATE_FAILED", "limit"),
    ]
    assert first_failure("data", events, "CREATE").resource == "Database"
    assert first_failure("data", events[:1], "CREATE") is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("stargate-sandbox-prepare-database", ("sandbox", "prepare-database")),
        ("stargate-region", None),
        ("stargate-region-x", None),
        ("other-sandbox-data", None),
        ("stargate", None),
    ],
)
def test_stack_names_of_ours_are_known(name, expected):
    """The region's own stack belongs to no environment."""
    assert environment_of_stack(name) == expected


def event(kind, detail):
    return {"id": "e1", "detail-type": kind, "time": "2017-12-22T18:43:48Z", "detail": detail}


def test_events_are_read_in_aws_shapes():
    """Stack, resource and task; whatever tells nothing is None."""
    stack_id = "arn:aws:cloudformation:us-east-1:111122223333:stack/stargate-sandbox-data/1"
    told = {"stack-id": stack_id, "status-details": {"status": "CREATE_COMPLETE", "status-reason": ""}}
    stack = read_event(event("CloudFormation Stack Status Change", told))
    assert stack == StackChanged("e1", 1513968228.0, "stargate-sandbox-data", stack_id, "CREATE_COMPLETE")
    resource = {**told, "logical-resource-id": "Database", "resource-type": "AWS::RDS::DBInstance"}
    read = read_event(event("CloudFormation Resource Status Change", resource))
    assert isinstance(read, ResourceChanged)
    assert read.resource == "Database"
    own_line = {**resource, "logical-resource-id": "stargate-sandbox-data"}
    assert read_event(event("CloudFormation Resource Status Change", own_line)) is None


STOPPED = {
    "lastStatus": "STOPPED",
    "startedBy": started_by("abc", 1),
    "group": "family:stargate-x-mirror-images",
}


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ({"lastStatus": "RUNNING", "startedBy": started_by("abc", 1)}, None),
        ({"lastStatus": "STOPPED", "startedBy": "ecs-svc/1"}, None),
        ({"lastStatus": "STOPPED"}, None),
        ({**STOPPED, "containers": [{}]}, False),
        ({**STOPPED, "containers": [{"exitCode": 0}]}, True),
    ],
)
def test_only_the_end_of_our_own_tasks_matters(detail, expected):
    """A task that never started its container did not succeed."""
    read = read_event(event("ECS Task State Change", detail))
    if expected is None:
        assert read is None
    else:
        assert read == TaskStopped("e1", 1513968228.0, "abc", "stargate-x-mirror-images", expected)


def test_every_missing_setting_is_named():
    """One deployment, one list."""
    with pytest.raises(SettingsError) as refused:
        settings.read(settings.DeployStackSettings, {"TABLE_NAME": "t", "BOUNDARY_ARN": ""})
    assert refused.value.missing == (
        "GATEWAY_BUCKET",
        "SERVICE_ROLE_ARN",
        "BOUNDARY_ARN",
        "DEPLOY_STACK_FUNCTION",
        "RUN_STEP_FUNCTION",
    )


JSON = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e6, 1e6) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.text(min_size=1), JSON | st.frozensets(st.text(), min_size=1), max_size=4))
def test_rows_survive_the_table(row):
    """Whatever is written is read back."""
    assert decode_row(encode_row(row)) == row


def test_a_gateway_is_published_under_its_version_with_the_manifest_last(tmp_path):
    """Where the manifest is, everything else is too."""
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "network.yaml").write_text("Resources: {}")
    (tmp_path / "manifest.json").write_text('{"version": "abc", "files": ["stacks/network.yaml"]}')
    shelf = FakeShelf()
    assert PublishGateway(shelf)(tmp_path) == "abc"
    assert list(shelf.kept) == ["gateway/abc/stacks/network.yaml", "gateway/abc/manifest.json"]
