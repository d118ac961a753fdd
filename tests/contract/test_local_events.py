"""Events as a rule's target is given them: whole, with their envelope, and in the shapes of AWS's."""

import json

import pytest

from tests.contract.samples import members, sample, shape
from tests.contract.workbench import silent_alarm

pytestmark = pytest.mark.cloud

ALARM = "cw_alarm_metric_math/cloudwatch-alarm-state-change-my-alarm-name-ALARM.json"
STARTED = "step_functions/step-functions-execution-status-change-RUNNING.json"
ENDED = "step_functions/step-functions-execution-status-change-SUCCEEDED.json"
NOTHING = {"Done": {"Type": "Succeed"}}


def delivered(bench, cause, **pattern):
    """What a queue behind a rule on this pattern is given of what `cause` brings about."""
    url, queue = bench.queue()
    events, rule = bench.client("events"), bench.name("rule")
    events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": queue}])
    try:
        count = cause()
        return bench.received(url, count)
    finally:
        events.remove_targets(Rule=rule, Ids=["1"])
        events.delete_rule(Name=rule)


@pytest.fixture
def alarm(bench):
    """Set to ALARM by hand: what is told of a change does not depend on who made it."""
    name, alarms = bench.name("alarm"), bench.client("cloudwatch")
    silent_alarm(alarms, name)
    yield name
    alarms.delete_alarms(AlarmNames=[name])


@pytest.mark.shared_data
def test_an_event_comes_in_the_envelope_of_aws(bench, alarm):
    """Every member of the sample and no other, of the same type; its time to the second, its id its own."""

    def ring():
        alarms = bench.client("cloudwatch")
        for state in ("OK", "ALARM"):
            alarms.set_alarm_state(AlarmName=alarm, StateValue=state, StateReason="a test")
        return 2

    first, second = delivered(bench, ring, source=["aws.cloudwatch"], detail={"alarmName": [alarm]})
    seen = sample(ALARM)
    for event in (first, second):
        assert members(event) == members(seen)
        assert (event["version"], event["source"]) == (seen["version"], seen["source"])
        assert len(event["time"]) == len(seen["time"])
        assert event["resources"][0].endswith(f":alarm:{alarm}")
    assert first["id"] != second["id"]


@pytest.mark.shared_data
@pytest.mark.parametrize(("name", "status"), [(STARTED, "RUNNING"), (ENDED, "SUCCEEDED")])
def test_a_workflow_tells_of_itself_as_on_aws(bench, name, status):
    """By which the control plane learns that one has ended, however it did."""
    workflow = bench.workflow(NOTHING)

    def run():
        bench.run(workflow)
        return 1

    wanted = {"stateMachineArn": [workflow], "status": [status]}
    (event,) = delivered(bench, run, source=["aws.states"], detail=wanted)
    seen = sample(name)
    assert members(event) == members(seen)
    told, expected = shape(event["detail"]), shape(seen["detail"])
    assert {key: told.get(key) for key in expected} == expected
