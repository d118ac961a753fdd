"""What is asked of and done to a running gateway, against moto; what AWS refuses, as AWS words it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from stargate.adapters import aws
from stargate.adapters.gateway.application_autoscaling import EcsScaling
from stargate.adapters.gateway.cloudwatch import CloudWatchAlarms, CloudWatchMetrics
from stargate.adapters.gateway.ecs import EcsServices
from stargate.adapters.workflows.stepfunctions import StepFunctionsRemedies
from stargate.domain.environment import Environment, Status
from stargate.domain.gateway.presets import PRESETS
from stargate.domain.operating.facts import AlarmState, Minute, ScalingFacts
from stargate.domain.scaling.outer_loop import Bounds
from stargate.errors import ActionRefusedError, AwsDeniedError, AwsThrottledError

REGION, CLUSTER, SERVICE = "us-west-1", "stargate-sandbox", "litellm"
PLACE = (REGION, CLUSTER, SERVICE)
OUTPUTS = {"BalancerFullName": "app/a/1", "LitellmTargetGroupFullName": "targetgroup/b/2"}
SOON = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()


@pytest.fixture(scope="module", autouse=True)
def _clients():
    """Made once for all tests here: making them takes longer than using them."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        aws.client.cache_clear()
        yield
    aws.client.cache_clear()


@pytest.fixture(autouse=True)
def _cloud():
    with mock_aws():
        yield


@contextmanager
def refusing(service, operation, code, message="no", status=400, place=(REGION,)):
    """AWS says no to this one call, in its own words."""
    with Stubber(aws.client(service, *place)) as stub:
        stub.add_client_error(operation, code, message, http_status_code=status)
        yield
        stub.assert_no_pending_responses()


def a_service(region=REGION, desired=3):
    ecs = boto3.client("ecs", region_name=region)
    ecs.create_cluster(clusterName=CLUSTER)
    container = {"name": "litellm", "image": "litellm", "memory": 512}
    ecs.register_task_definition(family="litellm", containerDefinitions=[container])
    ecs.create_service(cluster=CLUSTER, serviceName=SERVICE, taskDefinition="litellm", desiredCount=desired)


def a_target(**settings):
    boto3.client("application-autoscaling", region_name=REGION).register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{CLUSTER}/{SERVICE}",
        ScalableDimension="ecs:service:DesiredCount",
        **{"MinCapacity": 2, "MaxCapacity": 6, **settings},
    )


# Services.


def test_a_service_is_described_with_its_deployments():
    """Counts, and of each deployment id, status, rollout, task definition and age; in its own region only."""
    a_service()
    found = EcsServices().describe(*PLACE)
    assert found.desired == 3
    (deployment,) = found.deployments
    assert deployment.status == "PRIMARY"
    assert deployment.deployment_id.startswith("ecs-svc/")
    assert ":task-definition/litellm:1" in deployment.task_definition
    assert abs(deployment.created_at - datetime.now(UTC).timestamp()) < 3600
    assert EcsServices().describe("us-east-1", CLUSTER, SERVICE) is None


def test_a_service_that_is_not_there_is_none():
    """Without its cluster, without the service, and while it is being deleted."""
    assert EcsServices().describe(*PLACE) is None
    a_service(desired=0)
    assert EcsServices().describe(REGION, CLUSTER, "grafana") is None
    boto3.client("ecs", region_name=REGION).delete_service(cluster=CLUSTER, service=SERVICE)
    assert EcsServices().describe(*PLACE) is None


def test_a_restart_is_a_new_deployment_of_what_runs():
    """Neither the task definition nor the desired count is touched: that is Application Auto Scaling's."""
    with Stubber(aws.client("ecs", REGION)) as stub:
        asked = {"cluster": CLUSTER, "service": SERVICE, "forceNewDeployment": True}
        stub.add_response("update_service", {"service": {}}, asked)
        EcsServices().restart(*PLACE)
        stub.assert_no_pending_responses()


def deployments(*numbers):
    prefix = f"arn:aws:ecs:{REGION}:1:service-deployment/{CLUSTER}/{SERVICE}"
    return [
        {
            "serviceDeploymentArn": f"{prefix}/{number}",
            "createdAt": datetime.fromtimestamp(number, UTC),
            "status": "IN_PROGRESS",
        }
        for number in numbers
    ]


def test_the_newest_deployment_in_progress_is_stopped_and_rolled_back():
    """Found by the service, in whatever order ECS lists them; stopped with a roll-back to what ran before."""
    found = deployments(1, 3, 2)
    with Stubber(aws.client("ecs", REGION)) as stub:
        asked = {"cluster": CLUSTER, "service": SERVICE, "status": ["PENDING", "IN_PROGRESS"]}
        stub.add_response("list_service_deployments", {"serviceDeployments": found}, asked)
        arn = found[1]["serviceDeploymentArn"]
        expected = {"serviceDeploymentArn": arn, "stopType": "ROLLBACK"}
        stub.add_response("stop_service_deployment", {"serviceDeploymentArn": arn}, expected)
        EcsServices().stop_deployment(*PLACE)
        stub.assert_no_pending_responses()


def test_where_no_deployment_is_in_progress_there_is_none_to_stop():
    """The action is refused by our own name for it: asking again would find the same."""
    with Stubber(aws.client("ecs", REGION)) as stub:
        stub.add_response("list_service_deployments", {"serviceDeployments": []})
        with pytest.raises(ActionRefusedError, match="stargate-sandbox/litellm has no deployment"):
            EcsServices().stop_deployment(*PLACE)


# Scaling.


def test_bounds_are_described_and_set():
    """What was set is what is read; the rest of the target stays."""
    a_service()
    assert EcsScaling().describe(*PLACE) is None
    a_target()
    assert EcsScaling().describe(*PLACE) == ScalingFacts(2, 6)
    EcsScaling().set_bounds(*PLACE, 4, 6)
    assert EcsScaling().describe(*PLACE) == ScalingFacts(4, 6)


def test_bounds_for_later_are_one_scheduled_action_that_each_call_replaces():
    """AWS gives them back by itself if nobody puts it off."""
    a_service()
    a_target()
    for minutes in (15, 16):
        EcsScaling().set_bounds_at(*PLACE, Bounds(2, 6), SOON + 60.0 * minutes)
    (action,) = boto3.client("application-autoscaling", REGION).describe_scheduled_actions(
        ServiceNamespace="ecs"
    )["ScheduledActions"]
    assert action["ScalableTargetAction"] == {"MinCapacity": 2, "MaxCapacity": 6}
    assert action["Schedule"] == "at(2100-01-01T00:16:00)"


def test_a_target_that_does_not_scale_out_is_told():
    """Scaling in may be suspended without harm."""
    a_service()
    a_target(SuspendedState={"DynamicScalingInSuspended": True})
    assert not EcsScaling().describe(*PLACE).suspended
    a_target(SuspendedState={"DynamicScalingOutSuspended": True})
    assert EcsScaling().describe(*PLACE).suspended


@pytest.mark.parametrize(
    ("activities", "failure"),
    [
        ([], None),
        ([("Successful", "Successfully set desired count to 3.")], None),
        ([("InProgress", "Setting desired count to 3.")], None),
        ([("Failed", "Failed to set desired count to 5. No more capacity.")], "Failed to set desired count"),
        ([("Unfulfilled", "")], "Unfulfilled"),
    ],
)
def test_the_newest_activity_tells_whether_scaling_failed(activities, failure):
    """With AWS's own words, if it has any."""
    moment = datetime.fromtimestamp(NOON, UTC)
    listed = [
        {
            "ActivityId": str(number),
            "ServiceNamespace": "ecs",
            "ResourceId": f"service/{CLUSTER}/{SERVICE}",
            "ScalableDimension": "ecs:service:DesiredCount",
            "Description": "Setting desired count to 5.",
            "Cause": "",
            "StartTime": moment,
            "StatusCode": status,
            "StatusMessage": message,
        }
        for number, (status, message) in enumerate(activities)
    ]
    with Stubber(aws.client("application-autoscaling", REGION)) as stub:
        stub.add_response("describe_scaling_activities", {"ScalingActivities": listed})
        told = EcsScaling().last_failure(*PLACE)
    assert told is None if failure is None else told.startswith(failure)


# Metrics and alarms.


def environment():
    return Environment(
        environment_id="aaaaaaaaaaaa",
        name="sandbox",
        preset="sandbox",
        region=REGION,
        status=Status.READY,
        attempt=1,
        gateway_version="0123456789ab",
        spec=PRESETS["sandbox"].spec,
        created_at=0.0,
        updated_at=0.0,
        attempt_started_at=0.0,
        cause="entry-0",
    )


def put(namespace, metric, dimensions, *values):
    """One value for each minute from noon on; None leaves a gap."""
    cloudwatch = boto3.client("cloudwatch", region_name=REGION)
    for number, value in enumerate(values):
        if value is not None:
            cloudwatch.put_metric_data(
                Namespace=namespace,
                MetricData=[
                    {
                        "MetricName": metric,
                        "Dimensions": [{"Name": name, "Value": text} for name, text in dimensions.items()],
                        "Timestamp": datetime.fromtimestamp(NOON + 60 * number + 10, UTC),
                        "Value": value,
                    }
                ],
            )


OWN = {"ClusterName": CLUSTER, "ServiceName": SERVICE}
TARGETS = {"LoadBalancer": "app/a/1", "TargetGroup": "targetgroup/b/2"}


def test_minutes_are_put_together_from_both_namespaces():
    """By minute, oldest first; what a metric lacks is None; another service's values are not ours."""
    put("AWS/ECS", "CPUUtilization", OWN, 55.0, 81.5, None, 90.0)
    put("AWS/ECS", "CPUUtilization", {**OWN, "ServiceName": "grafana"}, 1.0, 1.0, 1.0, 1.0)
    put("AWS/ApplicationELB", "HealthyHostCount", TARGETS, 2, 2, None, 3)
    put("AWS/ApplicationELB", "RequestCount", TARGETS, 120, 240)
    put("AWS/ApplicationELB", "TargetResponseTime", TARGETS, 1.5, None, None, 2.5)
    found = CloudWatchMetrics().minutes(environment(), OUTPUTS, SERVICE, NOON, NOON + 239)
    assert found == (Minute(NOON, 55.0, 2, 120, 1.5), Minute(NOON + 60, 81.5, 2, 240, None))
    found = CloudWatchMetrics().minutes(environment(), OUTPUTS, SERVICE, NOON + 30, NOON + 240)
    assert [minute.at - NOON for minute in found] == [0, 60, 180]
    assert found[-1] == Minute(NOON + 180, 90.0, 3, None, 2.5)


def test_minutes_cost_one_call_whatever_is_asked():
    """A service without a target group has its CPU all the same; a window without a whole minute none."""
    made = []
    events = aws.client("cloudwatch", REGION).meta.events
    events.register("before-call.cloudwatch", lambda model, **_: made.append(model.name))
    put("AWS/ECS", "CPUUtilization", {**OWN, "ServiceName": "victoria-metrics"}, 7.0)
    assert CloudWatchMetrics().minutes(environment(), OUTPUTS, "victoria-metrics", NOON, NOON + 60) == (
        Minute(NOON, 7.0),
    )
    CloudWatchMetrics().minutes(environment(), OUTPUTS, SERVICE, NOON, NOON + 60)
    assert CloudWatchMetrics().minutes(environment(), OUTPUTS, SERVICE, NOON, NOON + 59) == ()
    assert made == ["GetMetricData", "GetMetricData"]


def an_alarm(name, state="OK"):
    cloudwatch = boto3.client("cloudwatch", region_name=REGION)
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/ECS",
        MetricName="CPUUtilization",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=3,
        Threshold=80,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")


def test_alarms_are_found_by_name():
    """Those that do not exist are not there, and none is but in a region that is asked."""
    an_alarm("stargate-sandbox-litellm-cpu-critical", "ALARM")
    an_alarm("stargate-sandbox-litellm-cpu-warning")
    names = ["stargate-sandbox-litellm-cpu-critical", "stargate-sandbox-litellm-cpu-warning"]
    states = CloudWatchAlarms().states([REGION], [*names, "absent"])
    assert [(name, states[name].value) for name in names] == list(zip(names, ("ALARM", "OK"), strict=True))
    assert len(states) == 2
    assert CloudWatchAlarms().states(["us-east-1"], names) == {}
    assert CloudWatchAlarms().states(["us-east-1", REGION], names) == states
    assert CloudWatchAlarms().states([REGION], []) == {}


def test_alarms_that_ring_are_asked_for_by_prefix_and_state():
    """CloudWatch does the choosing, page by page."""
    asked = {
        "AlarmNamePrefix": "stargate-",
        "StateValue": "ALARM",
        "AlarmTypes": ["MetricAlarm"],
        "MaxRecords": 100,
    }
    moment = datetime.fromtimestamp(NOON, UTC)
    alarms = [{"AlarmName": name, "StateValue": "ALARM", "StateUpdatedTimestamp": moment} for name in "ab"]
    with Stubber(aws.client("cloudwatch", REGION)) as stub:
        stub.add_response("describe_alarms", {"MetricAlarms": alarms[:1], "NextToken": "2"}, asked)
        stub.add_response("describe_alarms", {"MetricAlarms": alarms[1:]}, {**asked, "NextToken": "2"})
        found = CloudWatchAlarms().ringing(REGION, "stargate-")
    assert found == {name: AlarmState("ALARM", NOON) for name in "ab"}


def test_an_alarm_is_as_old_as_its_value():
    """A newer reason for the same value does not make it younger."""
    turned, updated = (datetime.fromtimestamp(NOON + late, UTC) for late in (0, 300))
    described = {"AlarmName": "a", "StateValue": "ALARM", "StateUpdatedTimestamp": updated}
    for known, at in (({"StateTransitionedTimestamp": turned}, NOON), ({}, NOON + 300)):
        with Stubber(aws.client("cloudwatch", REGION)) as stub:
            stub.add_response("describe_alarms", {"MetricAlarms": [{**described, **known}]})
            assert CloudWatchAlarms().states([REGION], ["a"]) == {"a": AlarmState("ALARM", at)}


def test_a_hundred_names_and_more_are_asked_for_in_turn():
    """DescribeAlarms takes a hundred at once."""
    names = [f"stargate-sandbox-{number}" for number in range(130)]
    with Stubber(aws.client("cloudwatch", REGION)) as stub:
        for part in (names[:100], names[100:]):
            asked = {"AlarmNames": part, "AlarmTypes": ["MetricAlarm"], "MaxRecords": 100}
            stub.add_response("describe_alarms", {"MetricAlarms": []}, asked)
        assert CloudWatchAlarms().states([REGION], names) == {}
        stub.assert_no_pending_responses()


# The workflow.


def test_remediate_is_started_once_and_asked_after():
    """A second start under the same name is silent; one that never was is None."""
    client = boto3.client("stepfunctions")
    arn = client.create_state_machine(
        name="remediate",
        definition='{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
        roleArn="arn:aws:iam::123456789012:role/workflow",
    )["stateMachineArn"]
    remedies = StepFunctionsRemedies(arn)
    assert remedies.status("abc-1-x") is None
    for _ in range(2):
        remedies.start("abc-1-x", {"environment_id": "abc", "action_id": "1-x"})
    assert len(client.list_executions(stateMachineArn=arn)["executions"]) == 1
    assert remedies.status("abc-1-x") in {"RUNNING", "SUCCEEDED"}


# What AWS refuses.

READING = [
    ("ecs", "describe_services", lambda: EcsServices().describe(*PLACE)),
    ("application-autoscaling", "describe_scalable_targets", lambda: EcsScaling().describe(*PLACE)),
    ("application-autoscaling", "describe_scaling_activities", lambda: EcsScaling().last_failure(*PLACE)),
    (
        "cloudwatch",
        "get_metric_data",
        lambda: CloudWatchMetrics().minutes(environment(), OUTPUTS, SERVICE, NOON, NOON + 60),
    ),
    ("cloudwatch", "describe_alarms", lambda: CloudWatchAlarms().ringing(REGION, "stargate-")),
]
CHANGING = [
    ("ecs", "update_service", lambda: EcsServices().restart(*PLACE)),
    ("ecs", "list_service_deployments", lambda: EcsServices().stop_deployment(*PLACE)),
    (
        "application-autoscaling",
        "register_scalable_target",
        lambda: EcsScaling().set_bounds(*PLACE, 4, 6),
    ),
    (
        "application-autoscaling",
        "put_scheduled_action",
        lambda: EcsScaling().set_bounds_at(*PLACE, Bounds(2, 6), SOON),
    ),
]


@pytest.mark.parametrize(("service", "operation", "call"), [*READING, *CHANGING])
@pytest.mark.parametrize("code", ["ThrottlingException", "RequestLimitExceeded"])
def test_a_throttle_is_named(service, operation, call, code):
    """So that the workflow, and nothing else, repeats it."""
    with refusing(service, operation, code, "Rate exceeded"), pytest.raises(AwsThrottledError, match="Rate"):
        call()


@pytest.mark.parametrize(("service", "operation", "call"), READING)
@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException"])
def test_a_denial_is_named(service, operation, call, code):
    """With AWS's words, which say whose right to what is missing."""
    words = "User: arn is not authorized to perform it"
    with refusing(service, operation, code, words, 403), pytest.raises(AwsDeniedError, match=words):
        call()


@pytest.mark.parametrize(("service", "operation", "call"), CHANGING)
@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ServiceNotFoundException", "ValidationException", "ClientException"]
)
def test_a_change_that_aws_would_refuse_again_is_refused_by_name(service, operation, call, code):
    """Denied, not found, not valid: the action ends there, with AWS's words."""
    with refusing(service, operation, code, "because"), pytest.raises(ActionRefusedError, match="because"):
        call()


@pytest.mark.parametrize(("service", "operation", "call"), [*READING, *CHANGING])
def test_what_is_amiss_at_aws_stays_what_it_is(service, operation, call):
    """A 5xx is neither refused nor denied: the function fails, and is called again."""
    with refusing(service, operation, "InternalFailure", "try later", 500):
        with pytest.raises(Exception, match="try later") as raised:
            call()
        assert not isinstance(raised.value, ActionRefusedError | AwsDeniedError | AwsThrottledError)


def test_remediate_may_not_be_started_is_named():
    """By the one who decided, whose event then ends among the dead letters with this reason."""
    with (
        refusing("stepfunctions", "start_execution", "AccessDeniedException", "not authorized", place=()),
        pytest.raises(AwsDeniedError, match="StartExecution: not authorized"),
    ):
        StepFunctionsRemedies("arn:aws:states:us-east-1:1:stateMachine:remediate").start("a", {})
