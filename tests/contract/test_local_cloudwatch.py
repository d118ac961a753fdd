"""CloudWatch of the local cloud, evaluated by hand on a clock of the test's own."""

import asyncio
import json
from dataclasses import dataclass, field

import pytest
from ministack.services import apigateway_v1, cloudwatch, lambda_svc, sns, sqs, stepfunctions
from ministack.services.cloudformation import provisioners

import local.services.cloudwatch as ours
from local.services.cloudwatch import actions, own_metrics
from local.services.cloudwatch.statistics import of_values
from local.services.cloudwatch.store import Metric
from tests.contract.samples import sample, shape

REPLACED_IN = (cloudwatch, provisioners, apigateway_v1, lambda_svc, stepfunctions)
START = 1_667_905_200.0  # 2022-11-08T11:00:00Z


@dataclass
class HandClock:
    at: float = START

    def now(self):
        return self.at

    def real_seconds(self, simulated):
        return simulated


@dataclass
class Watchtower:
    clock: HandClock = field(default_factory=HandClock)
    emitted: list = field(default_factory=list)
    told: list = field(default_factory=list)
    triggered: list = field(default_factory=list)

    def pass_minutes(self, count, *each_minute):
        """So many minutes, in turns of three seconds; as each begins, these are called with its start."""
        for _ in range(count):
            start = self.clock.at
            for act in each_minute:
                act(start)
            for _ in range(20):
                self.clock.at += 3.0
                self.engine.turn(self.clock.at)

    def pass_until(self, holds, *each_minute, limit=30):
        """How many minutes it took; an alarm's own second of the minute makes it one more or less."""
        for minutes in range(limit):
            if holds():
                return minutes
            self.pass_minutes(1, *each_minute)
        raise AssertionError(f"not so within {limit} minutes")

    def call(self, action, expected=200, **request):
        headers = {"x-amz-target": f"GraniteServiceVersion20100801.{action}", "content-type": "json"}
        body = json.dumps(request).encode()
        status, _, answer = asyncio.run(cloudwatch.handle_request("POST", "/", headers, body, {}))
        assert status == expected, answer
        return json.loads(answer)

    def alarm(self, name="busy", **more):
        request = {"AlarmName": name, **SINGLE, **more}
        self.call("PutMetricAlarm", **request)

    def state(self, name="busy"):
        [alarm] = self.call("DescribeAlarms", AlarmNames=[name])["MetricAlarms"]
        return alarm["StateValue"]

    def load(self, value, who="a"):
        """A minute's worth of a metric, put when the minute begins."""
        return self.measured("Ours", "Load", {"Who": who}, value)

    def measured(self, namespace, name, dimensions, value):
        metric = Metric.of(namespace, name, dimensions)
        return lambda at: self.engine.store().put(metric, at, of_values([(float(value), 1.0)]))

    def changes(self):
        return [
            (detail["previousState"]["value"], detail["state"]["value"]) for _, _, _, detail in self.emitted
        ]


SINGLE = {
    "Namespace": "Ours",
    "MetricName": "Load",
    "Dimensions": [{"Name": "Who", "Value": "a"}],
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 50,
    "ComparisonOperator": "GreaterThanThreshold",
}


@pytest.fixture
def tower(monkeypatch):
    saved = [(module, dict(vars(module))) for module in REPLACED_IN]
    made = Watchtower()
    monkeypatch.setattr("local.events.emit", lambda *event: made.emitted.append(event))
    monkeypatch.setattr(sns, "_fanout", lambda *told: made.told.append(told))
    made.engine = ours.install(made.clock)
    actions.performs_policies(made.triggered.append)
    try:
        yield made
    finally:
        for module, before in saved:
            vars(module).update(before)
        cloudwatch.reset()


def test_an_alarm_rings_after_its_datapoints_and_calms_again(tower):
    """Three minutes above, not two; one minute below is enough to calm; another dimension does not count."""
    tower.alarm()
    tower.pass_minutes(4, tower.load(10), tower.load(99, who="b"))
    assert tower.state() == "OK"
    tower.pass_minutes(2, tower.load(90))
    assert tower.state() == "OK"
    tower.pass_minutes(2, tower.load(90))
    assert tower.state() == "ALARM"
    tower.pass_minutes(2, tower.load(10))
    assert tower.changes() == [("INSUFFICIENT_DATA", "OK"), ("OK", "ALARM"), ("ALARM", "OK")]


def test_two_of_three_is_enough_where_it_is_said(tower):
    """M of N datapoints: a fine minute between does not keep it from ringing."""
    tower.alarm(DatapointsToAlarm=2)
    tower.pass_minutes(3, tower.load(10))
    tower.pass_minutes(1, tower.load(90))
    tower.pass_minutes(1, tower.load(10))
    tower.pass_minutes(2, tower.load(90))
    assert tower.state() == "ALARM"


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [("missing", "INSUFFICIENT_DATA"), ("ignore", "ALARM"), ("breaching", "ALARM"), ("notBreaching", "OK")],
)
def test_an_alarm_whose_metric_ends_goes_where_its_treatment_says(tower, treatment, expected):
    """After the evaluation range has emptied."""
    tower.alarm(TreatMissingData=treatment)
    tower.pass_minutes(5, tower.load(90))
    assert tower.state() == "ALARM"
    tower.pass_minutes(8)
    assert tower.state() == expected


MATH = {
    "Metrics": [
        {
            "Id": "share",
            "Expression": "IF(FILL(all, 0) >= 20, 100 * FILL(bad, 0) / all, 0)",
            "Label": "bad, %",
            "ReturnData": True,
        },
        *(
            {
                "Id": name,
                "ReturnData": False,
                "MetricStat": {
                    "Metric": {
                        "Namespace": "Ours",
                        "MetricName": "Load",
                        "Dimensions": [{"Name": "Who", "Value": name}],
                    },
                    "Stat": "Sum",
                    "Period": 60,
                },
            }
            for name in ("all", "bad")
        ),
    ],
    "EvaluationPeriods": 2,
    "Threshold": 5,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
}


def test_an_alarm_on_metric_math_rings_and_is_described_as_declared(tower):
    """The share of bad ones, with few requests none."""
    tower.call("PutMetricAlarm", AlarmName="shares", **MATH)
    tower.pass_minutes(4, tower.load(10, who="all"), tower.load(10, who="bad"))
    assert tower.state("shares") == "OK"
    tower.pass_minutes(4, tower.load(100, who="all"), tower.load(10, who="bad"))
    assert tower.state("shares") == "ALARM"
    [alarm] = tower.call("DescribeAlarms", AlarmNames=["shares"])["MetricAlarms"]
    assert alarm["Metrics"] == MATH["Metrics"]
    assert "MetricName" not in alarm


FILLED = {
    "Metrics": [
        {"Id": "filled", "Expression": "FILL(seen, 0)", "ReturnData": True},
        {
            "Id": "seen",
            "ReturnData": False,
            "MetricStat": {
                "Metric": {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Dimensions": []},
                "Stat": "Average",
                "Period": 60,
            },
        },
    ],
    "Threshold": 50,
    "ComparisonOperator": "GreaterThanThreshold",
}


def test_a_filled_metric_needs_m_of_n_to_ring_at_every_second_of_the_minute(tower):
    """What FILL puts for the newest minute keeps N of N from ringing, if that minute is not delivered yet."""
    for number in range(30):
        tower.call("PutMetricAlarm", AlarmName=f"all-{number}", EvaluationPeriods=3, **FILLED)
        tower.call(
            "PutMetricAlarm", AlarmName=f"most-{number}", EvaluationPeriods=4, DatapointsToAlarm=3, **FILLED
        )
    tower.pass_minutes(12, tower.measured("AWS/ECS", "CPUUtilization", {}, 90))
    alarms = tower.call("DescribeAlarms", StateValue="ALARM", MaxRecords=100)["MetricAlarms"]
    ringing = [alarm["AlarmName"].split("-")[0] for alarm in alarms]
    assert ringing.count("most") == 30
    assert 0 < ringing.count("all") < 30


def test_a_period_of_minutes_is_judged_every_minute(tower):
    """A window of five minutes moves on by one minute, so that it rings soon after the first bad minute."""
    tower.alarm(
        Period=300, EvaluationPeriods=1, Statistic="Sum", Threshold=0, TreatMissingData="notBreaching"
    )
    tower.pass_minutes(2)
    tower.pass_minutes(1, tower.load(1))
    tower.pass_minutes(2)
    assert tower.state() == "ALARM"
    tower.pass_minutes(20)
    assert tower.state() == "OK"


TOPIC = "arn:aws:sns:us-east-1:000000000000:operators"
POLICY = "arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:1:resource/ecs/service/c/s:policyName/p"


def test_a_topic_hears_of_changes_and_a_policy_is_triggered_each_minute(tower):
    """Auto Scaling is told again for every period that the alarm stays, a topic once."""
    tower.alarm(AlarmActions=[TOPIC, POLICY], OKActions=[TOPIC])
    tower.pass_minutes(10, tower.load(90))
    assert [arn for arn, *_ in tower.told] == [TOPIC]
    assert len(tower.triggered) in {6, 7, 8}
    assert {(ringing.policy_arn, ringing.value) for ringing in tower.triggered} == {(POLICY, 90.0)}
    [(_, _, message, subject)] = tower.told
    assert subject == 'ALARM: "busy" in US East (N. Virginia)'
    assert json.loads(message)["NewStateValue"] == "ALARM"


def test_actions_can_be_disabled_and_enabled(tower):
    """The state changes all the same."""
    tower.alarm(AlarmActions=[TOPIC, POLICY])
    tower.call("DisableAlarmActions", AlarmNames=["busy"])
    tower.pass_minutes(5, tower.load(90))
    assert (tower.state(), tower.told, tower.triggered) == ("ALARM", [], [])
    tower.call("EnableAlarmActions", AlarmNames=["busy"])
    tower.pass_minutes(1, tower.load(90))
    assert len(tower.triggered) == 1


def test_a_state_can_be_set_until_the_next_evaluation(tower):
    """SetAlarmState acts at once, is told, and does not last against the datapoints."""
    tower.alarm(AlarmActions=[TOPIC])
    tower.pass_minutes(4, tower.load(10))
    tower.call("SetAlarmState", AlarmName="busy", StateValue="ALARM", StateReason="to see it ring")
    assert tower.state() == "ALARM"
    assert len(tower.told) == 1
    tower.pass_minutes(2, tower.load(10))
    assert tower.changes()[-2:] == [("OK", "ALARM"), ("ALARM", "OK")]
    tower.call("SetAlarmState", expected=404, AlarmName="none", StateValue="OK", StateReason="")
    tower.call("SetAlarmState", expected=400, AlarmName="busy", StateValue="FINE", StateReason="")


def test_a_deleted_alarm_is_not_evaluated_and_one_made_anew_begins_anew(tower):
    """Its evaluation ends with it."""
    tower.alarm()
    tower.pass_minutes(4, tower.load(90))
    tower.call("DeleteAlarms", AlarmNames=["busy"])
    tower.pass_minutes(2, tower.load(90))
    tower.alarm()
    assert tower.state() == "INSUFFICIENT_DATA"
    tower.pass_minutes(4, tower.load(90))
    assert tower.changes() == [("INSUFFICIENT_DATA", "ALARM")] * 2


def test_a_composite_alarm_follows_the_alarms_of_its_rule(tower):
    """And tells of it as an alarm does, with its rule as configuration."""
    tower.alarm()
    tower.call("PutCompositeAlarm", AlarmName="any", AlarmRule="ALARM(busy)", AlarmActions=[TOPIC])
    tower.pass_minutes(5, tower.load(90))
    details = [detail for _, _, _, detail in tower.emitted if detail["alarmName"] == "any"]
    assert [detail["state"]["value"] for detail in details] == ["OK", "ALARM"]
    assert details[-1]["configuration"] == {"alarmRule": "ALARM(busy)"}
    assert [json.loads(message)["AlarmName"] for _, _, message, _ in tower.told] == ["any"]


def test_history_tells_what_was_declared_what_changed_and_what_was_done(tower):
    """Newest first; each item with its data."""
    tower.alarm(AlarmActions=[TOPIC])
    tower.pass_minutes(5, tower.load(90))
    items = tower.call("DescribeAlarmHistory", AlarmName="busy")["AlarmHistoryItems"]
    assert [item["HistoryItemType"] for item in items] == ["Action", "StateUpdate", "ConfigurationUpdate"]
    changed = json.loads(items[1]["HistoryData"])
    assert changed["oldState"]["stateValue"] == "INSUFFICIENT_DATA"
    assert changed["newState"]["stateReasonData"]["threshold"] == 50.0


def test_alarms_are_found_by_name_prefix_state_and_metric(tower):
    """As the control plane looks for those that ring."""
    for name in ("stargate-a-cpu", "stargate-a-memory", "stargate-b-cpu"):
        tower.alarm(name)
    tower.call("SetAlarmState", AlarmName="stargate-a-cpu", StateValue="ALARM", StateReason="")
    found = tower.call("DescribeAlarms", AlarmNamePrefix="stargate-a-", StateValue="ALARM")["MetricAlarms"]
    assert [alarm["AlarmName"] for alarm in found] == ["stargate-a-cpu"]
    metric = {name: SINGLE[name] for name in ("Namespace", "MetricName", "Dimensions")}
    assert len(tower.call("DescribeAlarmsForMetric", **metric)["MetricAlarms"]) == 3
    assert tower.call("DescribeAlarmsForMetric", **metric | {"Dimensions": []})["MetricAlarms"] == []


def test_data_is_answered_by_metric_statistic_and_expression(tower):
    """GetMetricData newest first unless asked otherwise; GetMetricStatistics; ListMetrics."""
    data = [
        {"MetricName": "Load", "Dimensions": [{"Name": "Who", "Value": "c"}], "Timestamp": START, "Value": 1},
        {
            "MetricName": "Load",
            "Dimensions": [{"Name": "Who", "Value": "c"}],
            "Timestamp": START + 60,
            "Values": [2, 4],
            "Counts": [3, 1],
        },
    ]
    tower.call("PutMetricData", Namespace="Ours", MetricData=data)
    metric = {
        "Namespace": "Ours",
        "MetricName": "Load",
        "Dimensions": [{"Name": "Who", "Value": "c"}],
    }
    times = {"StartTime": START, "EndTime": START + 180}
    queries = [
        {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}},
        {"Id": "e1", "Expression": "m1 * 10", "Label": "ten times"},
        {"Id": "m2", "ReturnData": False, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "p90"}},
    ]
    ask = {"MetricDataQueries": queries, **times}
    m1, e1 = tower.call("GetMetricData", **ask)["MetricDataResults"]
    assert (m1["Timestamps"], m1["Values"]) == ([START + 60, START], [2.5, 1.0])
    m1, e1 = tower.call("GetMetricData", ScanBy="TimestampAscending", **ask)["MetricDataResults"]
    assert (e1["Label"], e1["Values"], e1["StatusCode"]) == ("ten times", [10.0, 25.0], "Complete")
    answer = tower.call(
        "GetMetricStatistics", **metric, **times, Period=60, Statistics=["Sum"], ExtendedStatistics=["p90"]
    )
    assert [(point["Sum"], point["ExtendedStatistics"]) for point in answer["Datapoints"]] == [
        (1.0, {"p90": 1.0}),
        (10.0, {"p90": 4.0}),
    ]
    assert tower.call("ListMetrics", Namespace="Ours", Dimensions=[{"Name": "Who"}])["Metrics"] == [metric]


@pytest.mark.parametrize(
    ("action", "request_"),
    [
        ("PutMetricData", {"Namespace": "AWS/ECS", "MetricData": []}),
        ("PutMetricAlarm", {"AlarmName": "x"}),
        ("PutMetricAlarm", {"AlarmName": "x", **MATH, "Metrics": MATH["Metrics"][:1]}),
        ("GetMetricData", {"MetricDataQueries": [{"Id": "e1", "Expression": "m9"}]}),
        ("GetMetricStatistics", {"Namespace": "Ours", "MetricName": "Load"}),
    ],
)
def test_what_cloudwatch_refuses_is_refused(tower, action, request_):
    """AWS's own namespaces, alarms that cannot be judged, expressions without sense, no statistic."""
    tower.call(action, expected=400, **request_)


def test_the_query_protocol_means_the_same(tower):
    """Older tools send parameters and read XML."""
    parameters = {
        "Action": ["PutMetricAlarm"],
        "AlarmName": ["old"],
        "Namespace": ["Ours"],
        "MetricName": ["Load"],
        "Dimensions.member.1.Name": ["Who"],
        "Dimensions.member.1.Value": ["a"],
        "Statistic": ["Average"],
        "Period": ["60"],
        "EvaluationPeriods": ["1"],
        "Threshold": ["50"],
        "ComparisonOperator": ["GreaterThanThreshold"],
    }
    status, _, _ = asyncio.run(cloudwatch.handle_request("POST", "/", {}, b"", parameters))
    assert status == 200
    tower.pass_minutes(3, tower.load(90))
    assert tower.state("old") == "ALARM"
    _, _, body = asyncio.run(
        cloudwatch.handle_request("POST", "/", {}, b"", {"Action": ["ListMetrics"], "Namespace": ["Ours"]})
    )
    assert b"<Dimensions><member><Name>Who</Name><Value>a</Value></member></Dimensions>" in body


# The samples of the user guide's page "Alarm events and EventBridge": an alarm on one metric is told as that
# metric's query.
QUERY = {
    "id": "str",
    "metricStat": {
        "metric": {"namespace": "str", "name": "str", "dimensions": {"Who": "str"}},
        "period": "number",
        "stat": "str",
    },
    "returnData": "bool",
}
EXPRESSION = {"id": "str", "expression": "str", "label": "str", "returnData": "bool"}
STATE = {"value": "str", "reason": "str", "reasonData": "str", "timestamp": "str"}


def test_the_event_of_an_alarm_on_one_metric_has_the_shape_of_aws(tower):
    """Alarm, state, previous state and configuration, with the description only where there is one."""
    tower.alarm(AlarmDescription="it is busy")
    tower.pass_minutes(4, tower.load(10))
    tower.pass_minutes(4, tower.load(90))
    source, kind, [resource], detail = tower.emitted[-1]
    assert (source, kind) == ("aws.cloudwatch", "CloudWatch Alarm State Change")
    assert resource == "arn:aws:cloudwatch:us-east-1:000000000000:alarm:busy"
    assert shape(detail) == {
        "alarmName": "str",
        "state": STATE,
        "previousState": STATE,
        "configuration": {"description": "str", "metrics": [QUERY]},
    }
    assert shape(json.loads(detail["state"]["reasonData"])) == {
        "version": "str",
        "queryDate": "str",
        "startDate": "str",
        "statistic": "str",
        "period": "number",
        "recentDatapoints": ["number"],
        "threshold": "number",
        "evaluatedDatapoints": [{"timestamp": "str", "sampleCount": "number", "value": "number"}],
    }


def test_the_event_of_an_alarm_on_metric_math_has_the_shape_of_aws(tower):
    """Every query, the expression first as declared; no data in a state before the first."""
    tower.call("PutMetricAlarm", AlarmName="shares", **MATH)
    tower.pass_minutes(4, tower.load(100, who="all"), tower.load(10, who="bad"))
    _, _, _, detail = tower.emitted[0]
    expression, *queries = detail["configuration"]["metrics"]
    assert shape(expression) == EXPRESSION
    assert [query["returnData"] for query in queries] == [False, False]
    assert shape(detail["previousState"]) == {"value": "str", "reason": "str", "timestamp": "str"}
    assert "statistic" not in json.loads(detail["state"]["reasonData"])


@pytest.mark.shared_data
@pytest.mark.parametrize("statistic", ["Average", "p90"])
def test_the_event_agrees_with_the_samples_of_others(tower, statistic):
    """Same keys and kinds, but for what a sample's own query (Metrics Insights) brings with it."""
    event = sample("cw_alarm_metric_math/cloudwatch-alarm-state-change-my-alarm-name-ALARM.json")
    seen = event["detail"]
    tower.alarm(**{"Statistic": None, "ExtendedStatistic": "p90"} if statistic == "p90" else {})
    tower.pass_minutes(4, tower.load(90))
    detail = tower.emitted[-1][-1]
    assert shape(detail).keys() == shape(seen).keys()
    expected = shape(seen["state"])
    del expected["evaluationState"]
    assert shape(detail["state"]) == expected
    assert shape(detail["previousState"]) == shape(seen["previousState"])
    recent = shape(json.loads(seen["state"]["reasonData"]))
    found = shape(json.loads(detail["state"]["reasonData"]))
    assert found.keys() - {"statistic"} == recent.keys()
    assert {key: found[key] for key in recent if key != "evaluatedDatapoints"} == {
        key: kind for key, kind in recent.items() if key != "evaluatedDatapoints"
    }


@pytest.mark.shared_data
@pytest.mark.parametrize(
    "name",
    ["cw_alarm_sns-EC2-CPU-ALARM", "cw_alarm_sns-ContainerInsight-pod_cpu_utilization-ALARM"],
)
def test_the_notification_has_all_that_samples_of_it_have(tower, name):
    """Whatever a subscriber of theirs may read, is there and of the same kind."""
    seen = sample(f"cw_alarm_sns/{name}.json")
    math = "Metrics" in seen["Trigger"]
    tower.call("PutMetricAlarm", AlarmName="told", AlarmActions=[TOPIC], **(MATH if math else SINGLE))
    tower.pass_minutes(4, tower.load(90), tower.load(100, who="all"), tower.load(10, who="bad"))
    [(_, _, message, _)] = tower.told
    told = json.loads(message)
    missing = {"ThresholdMetricId"} if math else set()  # the threshold of that sample is a band
    assert seen.keys() <= told.keys()
    assert seen["Trigger"].keys() - missing <= told["Trigger"].keys()
    for key in seen.keys() - {"Trigger", "AlarmDescription"}:
        assert shape(told[key]) == shape(seen[key]), key


def test_a_message_left_in_a_queue_rings_the_alarm_on_its_depth(tower):
    """Depth is measured each minute; once the queue is empty the alarm calms."""
    url = sqs._act_create_queue({"QueueName": "dead-letters"}, "")["QueueUrl"]
    depth = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{"Name": "QueueName", "Value": "dead-letters"}],
        "Statistic": "Maximum",
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "TreatMissingData": "notBreaching",
    }
    tower.alarm("DeadLettersNotEmpty", **depth)
    tower.pass_minutes(3)
    assert tower.state("DeadLettersNotEmpty") == "OK"
    sqs._act_send_message({"MessageBody": "poison"}, url)
    tower.pass_minutes(3)
    assert tower.state("DeadLettersNotEmpty") == "ALARM"
    sqs._act_purge_queue({}, url)
    tower.pass_minutes(3)
    assert tower.state("DeadLettersNotEmpty") == "OK"
    sqs.reset()


def sums(tower, namespace, name, **dimensions):
    named = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    tower.clock.at += 120
    answer = tower.call(
        "GetMetricStatistics",
        Namespace=namespace,
        MetricName=name,
        Dimensions=named,
        Period=3600,
        StartTime=START,
        EndTime=START + 3600,
        Statistics=["Sum"],
    )
    return [point["Sum"] for point in answer["Datapoints"]]


def test_every_attempt_of_a_function_is_counted_by_name_and_over_all(tower):
    """Errors of asynchronous retries too, and throttles without a dimension, as FunctionsThrottled wants."""
    outcomes = iter([{"error": True}, {"body": {}}])
    vars(lambda_svc)["_execute_function_dispatch"] = lambda *_: next(outcomes)
    own_metrics.count_invocations(tower.engine)
    for _ in range(2):
        lambda_svc._execute_function_dispatch({}, {"FunctionName": "f"}, {}, "", 0.0)
    lambda_svc._emit_lambda_metrics("f", 0.0, error=False, throttle=True)
    assert sums(tower, "AWS/Lambda", "Invocations", FunctionName="f") == [2.0]
    assert sums(tower, "AWS/Lambda", "Errors", FunctionName="f") == [1.0]
    assert sums(tower, "AWS/Lambda", "Errors") == [1.0]
    assert sums(tower, "AWS/Lambda", "Throttles") == [1.0]


def test_executions_are_counted_by_how_they_end(tower):
    """By state machine, as the alarms on workflows want."""
    execution = {
        "executionArn": "arn:aws:states:us-east-1:000000000000:execution:m:e",
        "stateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:m",
        "name": "e",
        "status": "FAILED",
    }
    stepfunctions._emit_execution_status_event(execution)
    machine = execution["stateMachineArn"]
    assert sums(tower, "AWS/States", "ExecutionsFailed", StateMachineArn=machine) == [1.0]
    assert sums(tower, "AWS/States", "ExecutionsSucceeded", StateMachineArn=machine) == []


def test_requests_that_an_api_answers_with_a_fault_of_its_own_are_counted(tower):
    """By name and stage, 4xx and 5xx apart."""
    for status in (200, 404, 502):
        own_metrics.note_request(tower.engine, {"ApiName": "a", "Stage": "v1"}, status)
    asked = {"ApiName": "a", "Stage": "v1"}
    found = [sums(tower, "AWS/ApiGateway", name, **asked) for name in ("Count", "4XXError", "5XXError")]
    assert found == [[3.0], [1.0], [1.0]]


def test_what_a_topic_delivers_is_counted_and_a_topic_without_subscribers_delivers_nothing(tower):
    """One for each confirmed subscription that takes it: a page that nobody gets is told from one that is."""
    arns = {}
    for name in ("heard", "filtered", "unheard"):
        sns._create_topic({"Name": [name]})
        arns[name] = f"arn:aws:sns:{sns.get_region()}:{sns.get_account_id()}:{name}"
    for name, policy in {"heard": "{}", "filtered": '{"news": ["page"]}'}.items():
        subscription = {"TopicArn": [arns[name]], "Protocol": ["sqs"], "Endpoint": ["arn:aws:sqs:x:1:inbox"]}
        given = {"Attributes.entry.1.key": ["FilterPolicy"], "Attributes.entry.1.value": [policy]}
        sns._subscribe({**subscription, **given})
    for arn in arns.values():
        sns._fanout(arn, "id", "text", "subject")
    assert sums(tower, "AWS/SNS", "NumberOfNotificationsDelivered", TopicName="heard") == [1.0]
    assert sums(tower, "AWS/SNS", "NumberOfNotificationsDelivered", TopicName="filtered") == []
    assert sums(tower, "AWS/SNS", "NumberOfNotificationsDelivered", TopicName="unheard") == []
    assert sums(tower, "AWS/SNS", "NumberOfMessagesPublished", TopicName="unheard") == [1.0]
