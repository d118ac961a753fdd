"""Application Auto Scaling of the local cloud: bounds, target tracking through its own alarms, activities."""

import asyncio
import json
import random
from datetime import UTC, datetime

import pytest
from ministack.services import cloudwatch, ecs

from local.gateways import registry
from local.services import application_autoscaling as scaling
from tests.contract import test_local_cloudwatch as watching
from tests.contract.samples import sample, shape
from tests.contract.workbench import eventually

TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/stargate-one/app",
    "ScalableDimension": "ecs:service:DesiredCount",
}
TRACKING = {
    "TargetValue": 70.0,
    "ScaleOutCooldown": 60,
    "ScaleInCooldown": 300,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
}
POLICY = {**TARGET, "PolicyName": "cpu", "PolicyType": "TargetTrackingScaling"}


class Service:
    """A service as ECS has it, whose tasks start when the test says so."""

    def __init__(self, tower):
        self.tower = tower
        self.record = {
            "clusterArn": "arn:aws:ecs:us-east-1:000000000000:cluster/stargate-one",
            "serviceName": "app",
            "status": "ACTIVE",
            "desiredCount": 2,
            "runningCount": 2,
            "deployments": [{"rolloutState": "COMPLETED"}],
        }
        self.starts_at_once = True
        self.refusal = ""

    def update(self, data):
        if self.refusal:
            return 400, {}, json.dumps({"message": self.refusal}).encode()
        self.record["desiredCount"] = data["desiredCount"]
        if self.starts_at_once:
            self.record["runningCount"] = data["desiredCount"]
        return 200, {}, b"{}"

    def cpu(self, percent):
        named = {"ClusterName": "stargate-one", "ServiceName": "app"}
        return self.tower.measured("AWS/ECS", "CPUUtilization", named, percent)

    def settle(self):
        """One more turn: what was set is seen to be fulfilled in the turn after."""
        self.tower.engine.turn(self.tower.clock.at)

    def desired(self):
        return self.record["desiredCount"]

    def activities(self, **more):
        asked = {"ServiceNamespace": "ecs", "ResourceId": TARGET["ResourceId"], **more}
        return call("DescribeScalingActivities", **asked)[1]["ScalingActivities"]


def call(action, **body):
    headers = {"x-amz-target": f"AnyScaleFrontendService.{action}"}
    status, _, answer = asyncio.run(
        scaling.handle_request("POST", "/", headers, json.dumps(body).encode(), {})
    )
    return status, json.loads(answer)


tower = watching.tower


@pytest.fixture
def service(tower, monkeypatch):
    made = Service(tower)
    monkeypatch.setattr(ecs, "_update_service", made.update)
    registry.install(tower.clock, random.Random(1))  # noqa: S311 - decides nothing here
    scaling.install(tower.engine)
    ecs._services["stargate-one/app"] = made.record
    assert call("RegisterScalableTarget", **TARGET, MinCapacity=2, MaxCapacity=5)[0] == 200
    assert call("PutScalingPolicy", **POLICY, TargetTrackingScalingPolicyConfiguration=TRACKING)[0] == 200
    yield made
    ecs._services.pop("stargate-one/app", None)
    scaling.reset()


def test_a_policy_has_two_alarms_of_its_own(service):
    """Named, described and set up as AWS does it; three minutes above, fifteen below nine tenths."""
    [policy] = call("DescribeScalingPolicies", ServiceNamespace="ecs")[1]["ScalingPolicies"]
    alarms = {alarm["AlarmName"]: cloudwatch._alarms[alarm["AlarmName"]] for alarm in policy["Alarms"]}
    [high, low] = [alarms[name] for name in sorted(alarms)]
    assert high["AlarmName"].startswith("TargetTracking-service/stargate-one/app-AlarmHigh-")
    assert low["AlarmName"].startswith("TargetTracking-service/stargate-one/app-AlarmLow-")
    assert (high["Threshold"], high["EvaluationPeriods"], high["ComparisonOperator"]) == (
        70.0,
        3,
        "GreaterThanThreshold",
    )
    assert (low["Threshold"], low["EvaluationPeriods"], low["ComparisonOperator"]) == (
        63.0,
        15,
        "LessThanThreshold",
    )
    assert high["AlarmDescription"].startswith(
        f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy['PolicyARN']}"
    )
    assert {high["Period"], low["Period"]} == {60}


def test_a_busy_service_grows_after_three_minutes_by_what_the_metric_asks_for(service):
    """Two tasks at 120 % of a task's CPU need four; the activity tells which alarm and policy it was."""
    service.tower.pass_minutes(4, service.cpu(50))
    assert 3 <= service.tower.pass_until(lambda: service.desired() > 2, service.cpu(120)) <= 5
    service.settle()
    assert service.desired() == 4
    [activity] = service.activities()
    assert activity["Description"] == "Setting desired count to 4."
    assert activity["StatusCode"] == "Successful"
    assert activity["StatusMessage"] == (
        "Successfully set desired count to 4. Change successfully fulfilled by ecs."
    )
    assert activity["Cause"].startswith("monitor alarm TargetTracking-service/stargate-one/app-AlarmHigh-")
    assert activity["Cause"].endswith(" in state ALARM triggered policy cpu")


def test_no_second_scale_out_before_the_cool_down_is_over(service):
    """It begins when the tasks run, and lasts its 60 s on the clock that alarms live on."""
    service.starts_at_once = False
    service.tower.pass_until(lambda: service.desired() == 3, service.cpu(100))
    service.tower.pass_minutes(5, service.cpu(100))
    assert service.desired() == 3
    assert [activity["StatusCode"] for activity in service.activities()] == ["InProgress"]
    service.record["runningCount"] = 3
    service.tower.pass_until(lambda: service.desired() == 5, service.cpu(100))
    second, first = service.activities()
    assert 60 <= second["StartTime"] - first["EndTime"] <= 123


def test_an_idle_service_shrinks_after_a_quarter_of_an_hour_one_task_at_a_time(service):
    """And again when the cool-down of 300 s is over, down to its minimum and no further."""
    call("RegisterScalableTarget", **TARGET, MinCapacity=4)
    call("RegisterScalableTarget", **TARGET, MinCapacity=2)
    assert 15 <= service.tower.pass_until(lambda: service.desired() == 3, service.cpu(20)) <= 17
    assert 5 <= service.tower.pass_until(lambda: service.desired() == 2, service.cpu(20)) <= 7
    service.tower.pass_minutes(10, service.cpu(20))
    assert service.desired() == 2
    shrunk = [activity for activity in service.activities() if "AlarmLow" in activity["Cause"]]
    second, first = shrunk
    assert 300 <= second["StartTime"] - first["EndTime"] <= 363


def test_what_does_not_scale_says_why_when_asked(service):
    """At the maximum; the reason is told once, not each minute."""
    call("RegisterScalableTarget", **TARGET, MaxCapacity=2)
    service.tower.pass_minutes(9, service.cpu(100))
    assert service.activities() == []
    [activity] = service.activities(IncludeNotScaledActivities=True)
    assert activity["NotScaledReasons"] == [
        {"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 2, "CurrentCapacity": 2}
    ]


@pytest.mark.parametrize(
    ("suspended", "percent", "minutes"),
    [("DynamicScalingOutSuspended", 100, 8), ("DynamicScalingInSuspended", 10, 20)],
)
def test_a_suspended_target_is_left_alone_until_it_is_resumed(service, suspended, percent, minutes):
    """Each direction by itself; the alarms ring on, so it scales at once when resumed."""
    call("RegisterScalableTarget", **TARGET, MinCapacity=3)
    call("RegisterScalableTarget", **TARGET, MinCapacity=2, SuspendedState={suspended: True})
    service.tower.pass_minutes(minutes, service.cpu(percent))
    assert service.desired() == 3
    call("RegisterScalableTarget", **TARGET, SuspendedState={suspended: False})
    service.tower.pass_minutes(2, service.cpu(percent))
    assert service.desired() != 3


def test_what_ecs_refuses_is_a_failed_activity_with_its_reason(service):
    """And is tried again when the alarm triggers the policy once more."""
    service.refusal = "Service was not found"
    service.tower.pass_until(service.activities, service.cpu(100))
    newest = service.activities()[0]
    assert newest["StatusCode"] == "Failed"
    assert newest["StatusMessage"] == "Failed to set desired count to 3. Reason: Service was not found"
    service.refusal = ""
    assert service.tower.pass_until(lambda: service.desired() == 3, service.cpu(100)) <= 2


def test_raised_bounds_move_the_service_at_once_and_override_what_is_in_progress(service):
    """What the control plane's outer loop does: the cause is the bound that was set."""
    service.starts_at_once = False
    call("RegisterScalableTarget", **TARGET, MinCapacity=3)
    call("RegisterScalableTarget", **TARGET, MinCapacity=4)
    newest, older = service.activities()
    assert newest["Cause"] == "minimum capacity was set to 4"
    assert (older["StatusCode"], newest["StatusCode"]) == ("Overridden", "InProgress")
    assert service.desired() == 4


def test_reaching_the_maximum_is_the_one_activity_that_is_told(service):
    """EventBridge hears of it when it is done, of smaller ones never."""
    kind = "Application Auto Scaling Scaling Activity State Change"
    service.tower.pass_until(lambda: service.desired() == 3, service.cpu(100))
    service.settle()
    assert kind not in {event[1] for event in service.tower.emitted}
    service.tower.pass_until(lambda: service.desired() == 5, service.cpu(150))
    service.settle()
    [(source, _, resources, detail)] = [event for event in service.tower.emitted if event[1] == kind]
    assert (source, resources) == ("aws.application-autoscaling", [])
    assert detail["newDesiredCapacity"] == detail["maxCapacity"] == 5
    assert detail["resourceId"] == TARGET["ResourceId"]


@pytest.mark.shared_data
def test_the_event_has_the_shape_of_the_sample(service):
    """Same keys, same kinds."""
    seen = sample("app_autoscaling/appautoscaling-scaled-to-max-2019.json")
    service.tower.pass_until(lambda: service.desired() == 5, service.cpu(200))
    service.settle()
    event = service.tower.emitted[-1]
    assert (event[0], event[1]) == (seen["source"], seen["detail-type"])
    assert shape(event[-1]) == shape(seen["detail"])


def test_a_policy_put_again_has_new_alarms_and_one_that_may_not_scale_in_has_one(service):
    """The policy keeps its ARN; nothing is left of the alarms before."""
    [before] = call("DescribeScalingPolicies", ServiceNamespace="ecs")[1]["ScalingPolicies"]
    configuration = {**TRACKING, "DisableScaleIn": True}
    status, answer = call(
        "PutScalingPolicy", **POLICY, TargetTrackingScalingPolicyConfiguration=configuration
    )
    assert (status, answer["PolicyARN"]) == (200, before["PolicyARN"])
    assert [name for name in cloudwatch._alarms if name.startswith("TargetTracking-")] == [
        alarm["AlarmName"] for alarm in answer["Alarms"]
    ]
    assert len(answer["Alarms"]) == 1


@pytest.mark.parametrize("how", ["DeleteScalingPolicy", "DeregisterScalableTarget"])
def test_alarms_go_with_their_policy(service, how):
    """Deleted by itself or with its target: nothing is left, and nothing scales any more."""
    named = {"PolicyName": "cpu"} if how == "DeleteScalingPolicy" else {}
    assert call(how, **TARGET, **named) == (200, {})
    assert list(cloudwatch._alarms) == []
    service.tower.pass_minutes(6, service.cpu(150))
    assert service.desired() == 2


def test_with_two_policies_the_one_that_wants_most_decides(service):
    """Out as soon as one wants it; in only when all are ready to."""
    memory = {"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"}
    configuration = {**TRACKING, "PredefinedMetricSpecification": memory}
    call(
        "PutScalingPolicy",
        **{**POLICY, "PolicyName": "memory"},
        TargetTrackingScalingPolicyConfiguration=configuration,
    )
    call("RegisterScalableTarget", **TARGET, MinCapacity=3)
    call("RegisterScalableTarget", **TARGET, MinCapacity=2)
    named = {"ClusterName": "stargate-one", "ServiceName": "app"}
    full = service.tower.measured("AWS/ECS", "MemoryUtilization", named, 68)
    service.tower.pass_minutes(20, service.cpu(10), full)
    assert service.desired() == 3


@pytest.mark.parametrize(
    ("action", "body", "code"),
    [
        ("RegisterScalableTarget", {}, "ValidationException"),
        ("RegisterScalableTarget", {**TARGET, "MinCapacity": 5, "MaxCapacity": 2}, "ValidationException"),
        (
            "RegisterScalableTarget",
            {**TARGET, "ResourceId": "service/stargate-one/none", "MinCapacity": 1, "MaxCapacity": 2},
            "ValidationException",
        ),
        ("DeregisterScalableTarget", {**TARGET, "ResourceId": "service/a/b"}, "ObjectNotFoundException"),
        ("DeleteScalingPolicy", {**TARGET, "PolicyName": "none"}, "ObjectNotFoundException"),
        ("PutScalingPolicy", POLICY, "ValidationException"),
        (
            "PutScalingPolicy",
            {**POLICY, "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 1}},
            "ValidationException",
        ),
        ("ListTagsForResource", {"ResourceARN": "arn:aws:x"}, "ResourceNotFoundException"),
        ("Fly", {}, "UnknownOperationException"),
    ],
)
def test_what_scaling_cannot_do_is_refused_by_name(service, action, body, code):
    """Missing members, services, targets, policies and metrics are answered with AWS's error codes."""
    status, answer = call(action, **body)
    assert (status, answer["__type"]) == (400, code)


SLACK = 45  # simulated seconds: three quarters of a real second of computing on a busy machine


@pytest.mark.cloud
def test_on_the_running_cloud_periods_and_cool_downs_are_simulated_time(bench):
    """Three minutes to the first scale-out, and 60 s of cool-down before the second, on the one clock."""
    cluster, dimension = bench.name("cluster"), {"Name": "Who", "Value": bench.name("load")}
    target = {**TARGET, "ResourceId": f"service/{cluster}/app"}
    serve(bench, cluster)
    client = bench.client("application-autoscaling")
    client.register_scalable_target(**target, MinCapacity=1, MaxCapacity=20)
    metric = {"Namespace": "Ours", "MetricName": "Load", "Dimensions": [dimension], "Statistic": "Average"}
    configuration = {
        "TargetValue": 50.0,
        "ScaleOutCooldown": 60,
        "CustomizedMetricSpecification": metric,
    }
    began = bench.now()
    client.put_scaling_policy(**{**POLICY, **target}, TargetTrackingScalingPolicyConfiguration=configuration)

    def scaled_twice():
        put(bench, dimension, 99.0)
        asked = {"ServiceNamespace": "ecs", "ResourceId": target["ResourceId"]}
        found = client.describe_scaling_activities(**asked)["ScalingActivities"]
        ours = [one for one in found if "AlarmHigh" in one["Cause"]]
        return ours if len(ours) > 1 else None

    *_, second, first = eventually(scaled_twice)
    assert 2 * 60 <= first["StartTime"].timestamp() - began <= 5 * 60 + SLACK
    assert 60 <= second["StartTime"].timestamp() - first["EndTime"].timestamp() <= 2 * 60 + SLACK
    client.deregister_scalable_target(**target)


def scheduled(service, seconds, **bounds):
    """What AWS answers to bounds that the target shall have so many seconds from now."""
    moment = datetime.fromtimestamp(service.tower.clock.at + seconds, UTC)
    named = {"ScheduledActionName": "later", "Schedule": f"at({moment:%Y-%m-%dT%H:%M:%S})"}
    return call("PutScheduledAction", **TARGET, **named, ScalableTargetAction=bounds)


def bounds():
    (target,) = call("DescribeScalableTargets", ServiceNamespace="ecs")[1]["ScalableTargets"]
    return target["MinCapacity"], target["MaxCapacity"]


def test_a_scheduled_action_sets_the_bounds_when_it_is_due_and_is_gone(service):
    """The service is moved into them, as by a person; put off, it waits for its new moment."""
    assert scheduled(service, 120, MinCapacity=3, MaxCapacity=4)[0] == 200
    assert scheduled(service, 240, MinCapacity=3, MaxCapacity=4)[0] == 200
    service.tower.pass_minutes(3, service.cpu(50))
    assert (bounds(), service.desired()) == ((2, 5), 2)
    service.tower.pass_minutes(2, service.cpu(50))
    assert (bounds(), service.desired()) == ((3, 4), 3)
    assert call("DescribeScheduledActions", ServiceNamespace="ecs")[1]["ScheduledActions"] == []


def test_a_suspended_schedule_lets_it_pass(service):
    """A gateway that was put to sleep meanwhile is not woken by it."""
    scheduled(service, 60, MinCapacity=3)
    suspended = {"ScheduledScalingSuspended": True}
    call("RegisterScalableTarget", **TARGET, SuspendedState=suspended)
    service.tower.pass_minutes(3, service.cpu(50))
    assert (bounds(), service.desired()) == ((2, 5), 2)


def test_what_is_no_schedule_is_refused(service):
    """A moment that is past, another form, a target that is not there."""
    assert scheduled(service, -60, MinCapacity=3)[1]["__type"] == "ValidationException"
    named = {"ScheduledActionName": "later", "ScalableTargetAction": {"MinCapacity": 3}}
    assert call("PutScheduledAction", **TARGET, **named, Schedule="rate(1 day)")[0] == 400
    other = {**TARGET, "ResourceId": "service/stargate-one/other"}
    assert call("PutScheduledAction", **other, **named, Schedule="at(2100-01-01T00:00:00)")[0] == 400


def put(bench, dimension, value):
    bench.client("cloudwatch").put_metric_data(
        Namespace="Ours",
        MetricData=[{"MetricName": "Load", "Dimensions": [dimension], "Value": value}],
    )


def serve(bench, cluster):
    """A service of one task in a cluster that is no environment's: its tasks run at once."""
    client = bench.client("ecs")
    client.create_cluster(clusterName=cluster)
    client.register_task_definition(
        family=cluster,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": "app:1"}],
    )
    subnets = [subnet["SubnetId"] for subnet in bench.client("ec2").describe_subnets()["Subnets"][:1]]
    client.create_service(
        cluster=cluster,
        serviceName="app",
        taskDefinition=cluster,
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets}},
    )
