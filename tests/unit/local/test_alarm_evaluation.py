"""An alarm's state as a function of its datapoints: the CloudWatch user guide's tables, and AWS's words."""

import json

import pytest

from local.services.cloudwatch.alarms import InvalidAlarmError, document_of, watch_of
from local.services.cloudwatch.evaluation import Datapoint, Rule, judge, reason_data
from local.services.cloudwatch.statistics import of_set, of_values, statistic
from local.services.cloudwatch.store import Metric, Store, Window

MINUTE = 60
NINE = 1_667_905_380  # 2022-11-08T11:03:00Z


def rule(periods=3, to_alarm=None, missing="missing", **more):
    return Rule("GreaterThanThreshold", 50.0, MINUTE, periods, to_alarm or periods, missing, **more)


def seen(picture):
    """`0 - X`: a fine, a missing and a breaching datapoint, oldest first."""
    values = {"0": 10.0, "X": 90.0, "-": None}
    return [
        None if values[sign] is None else Datapoint(NINE + MINUTE * place, values[sign])
        for place, sign in enumerate(picture.split())
    ]


@pytest.mark.parametrize(
    ("picture", "missing", "ignore", "breaching", "not_breaching"),
    [
        ("0 - X - X", "OK", "OK", "OK", "OK"),
        ("0 - - - -", "OK", "OK", "OK", "OK"),
        ("- - - - -", "INSUFFICIENT_DATA", None, "ALARM", "OK"),
        ("0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"),
        ("- - - - X", "INSUFFICIENT_DATA", None, "ALARM", "OK"),
        ("X - - - -", "ALARM", None, "ALARM", "OK"),
        ("- X - - -", "ALARM", None, "ALARM", "OK"),
        ("- - - X -", "INSUFFICIENT_DATA", None, "ALARM", "OK"),
    ],
)
def test_three_out_of_three_with_gaps(picture, missing, ignore, breaching, not_breaching):
    """The guide's first table; None keeps the state as it is."""
    expected = {"missing": missing, "ignore": ignore, "breaching": breaching, "notBreaching": not_breaching}
    assert {how: judge(rule(missing=how), seen(picture)).state for how in expected} == expected


@pytest.mark.parametrize(
    ("picture", "missing", "ignore", "breaching", "not_breaching"),
    [
        ("0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"),
        ("0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"),
        ("0 - X - -", "OK", "OK", "ALARM", "OK"),
        ("- - - - 0", "OK", "OK", "ALARM", "OK"),
        ("- - - - X", "INSUFFICIENT_DATA", None, "ALARM", "OK"),
    ],
)
def test_two_out_of_three_with_gaps(picture, missing, ignore, breaching, not_breaching):
    """The guide's second table: fewer datapoints to alarm than evaluation periods."""
    expected = {"missing": missing, "ignore": ignore, "breaching": breaching, "notBreaching": not_breaching}
    assert {how: judge(rule(3, 2, how), seen(picture)).state for how in expected} == expected


RANG = (
    "Threshold Crossed: 3 out of the last 3 datapoints [90.0 (08/11/22 11:07:00), 90.0 (08/11/22 11:06:00), "
    "90.0 (08/11/22 11:05:00)] were greater than the threshold (50.0) (minimum 3 datapoints for OK -> ALARM "
    "transition)."
)
CALMED = (
    "Threshold Crossed: 1 out of the last 1 datapoints [10.0 (08/11/22 11:05:00)] was not greater than the "
    "threshold (50.0) (minimum 1 datapoint for ALARM -> OK transition)."
)
FILLED_FINE = (
    "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as "
    "[NonBreaching]."
)
FILLED_BREACHING = (
    "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as "
    "[Breaching]."
)


@pytest.mark.parametrize(
    ("judged", "picture", "words"),
    [
        (rule(), "0 0 X X X", RANG),
        (rule(1), "X X 0", CALMED),
        (rule(1, missing="notBreaching"), "- - -", FILLED_FINE),
        (rule(missing="breaching"), "- - - - X", FILLED_BREACHING),
        (rule(), "- - - - -", "Insufficient Data: 3 datapoints were unknown."),
    ],
)
def test_the_reason_is_in_the_words_of_aws(judged, picture, words):
    """As events and consoles show them."""
    assert judge(judged, seen(picture)).reason == words


def test_reason_data_tells_what_was_looked_at():
    """Recent datapoints oldest first, evaluated ones newest first, moments in CloudWatch's own form."""
    points = [None, None, Datapoint(NINE, 90.0, 12.0), Datapoint(NINE + MINUTE, 10.0, 9.0)]
    judgement = judge(rule(2, 1), points)
    data = json.loads(reason_data(rule(2, 1), judgement, NINE + 125.399, NINE, "Average", ""))
    assert data == {
        "version": "1.0",
        "queryDate": "2022-11-08T11:05:05.398+0000",
        "startDate": "2022-11-08T11:03:00.000+0000",
        "statistic": "Average",
        "period": 60,
        "recentDatapoints": [90.0, 10.0],
        "threshold": 50.0,
        "evaluatedDatapoints": [
            {"timestamp": "2022-11-08T11:04:00.000+0000", "sampleCount": 9.0, "value": 10.0},
            {"timestamp": "2022-11-08T11:03:00.000+0000", "sampleCount": 12.0, "value": 90.0},
        ],
    }


DECLARED = {
    "AlarmName": "busy",
    "Namespace": "Ours",
    "MetricName": "Load",
    "Statistic": "Average",
    "Period": "60",
    "EvaluationPeriods": "3",
    "Threshold": "50",
    "ComparisonOperator": "GreaterThanThreshold",
}
ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:busy"


def test_an_alarm_is_understood_with_its_numbers_as_text_and_keeps_its_state_when_put_again():
    """CloudFormation and the query protocol send text; a change of an alarm does not touch its state."""
    first = document_of(DECLARED, None, ARN, NINE)
    assert watch_of(first).rule == Rule("GreaterThanThreshold", 50.0, 60, 3, 3, "missing")
    assert first["StateValue"] == "INSUFFICIENT_DATA"
    again = document_of(
        {**DECLARED, "Threshold": 70, "DatapointsToAlarm": 2}, first | {"StateValue": "OK"}, ARN, NINE
    )
    assert (again["StateValue"], watch_of(again).rule.to_alarm) == ("OK", 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"Threshold": None},
        {"ComparisonOperator": "AboutThreshold"},
        {"DatapointsToAlarm": 4},
        {"EvaluationPeriods": 0},
        {"Period": 45},
        {"Statistic": "Median"},
        {"Statistic": None},
        {"TreatMissingData": "guess"},
        {"Metrics": [{"Id": "e1", "Expression": "SUM([m1, m2])"}]},
        {"Metrics": [{"Id": "e1", "Expression": "e2"}, {"Id": "e2", "Expression": "e1"}]},
        {"Metrics": [{"Id": "e1", "Expression": "1 +"}]},
        {"Metrics": [{"Id": "e1", "Expression": "100"}]},
    ],
)
def test_an_alarm_that_could_never_be_judged_is_refused(wrong):
    """Unknown words, impossible numbers, expressions that name nothing or themselves."""
    with pytest.raises(InvalidAlarmError):
        document_of({**DECLARED, **wrong}, None, ARN, NINE)


def test_statistics_are_over_all_samples_and_percentiles_by_weight():
    """p99 is the smallest value that 99 % of the weight does not exceed."""
    samples = of_values([(1.0, 98.0), (50.0, 1.0), (100.0, 1.0)])
    names = ("SampleCount", "Sum", "Average", "Minimum", "Maximum", "p50", "p99", "p99.9")
    assert [statistic(samples, name) for name in names] == [100, 248, 2.48, 1, 100, 1, 50, 100]
    assert statistic(of_set(4, 10, 1, 4), "p90") is None


def test_metrics_are_apart_by_dimensions_and_periods_by_time():
    """What is put under one set of dimensions is never seen under another."""
    store = Store()
    one, other = Metric.of("Ours", "Load", {"Who": "a"}), Metric.of("Ours", "Load")
    for second, value in ((0, 1.0), (59, 3.0), (60, 5.0), (180, 7.0)):
        store.put(one, NINE + second, of_values([(value, 1.0)]))
    window = Window(NINE, MINUTE, 4, NINE + 240)
    assert store.read(one, "Average", window) == (2.0, 5.0, None, 7.0)
    assert store.read(one, "Sum", Window(NINE, 2 * MINUTE, 2, NINE + 240)) == (9.0, 7.0)
    assert store.read(other, "Average", window) == (None,) * 4


def test_a_period_of_an_aws_metric_can_be_read_a_while_after_its_end():
    """Not at once, as on AWS; custom metrics can be read at once."""
    store, metric = Store(), Metric.of("AWS/ECS", "CPUUtilization")
    store.put(metric, NINE, of_values([(70.0, 1.0)]))
    reads = [store.read(metric, "Average", Window(NINE, MINUTE, 1, NINE + age)) for age in (60, 79, 80)]
    assert reads == [(None,), (None,), (70.0,)]
