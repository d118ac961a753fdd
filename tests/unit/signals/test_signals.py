"""From an event to a signal or the reason why it is none: no value on earth makes the reader raise."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from stargate.domain.signals.alarms import MEANINGS
from stargate.domain.signals.reading import read_signal
from stargate.domain.signals.signal import Ignored, Severity, Signal, Turn
from tests.unit.operating.loop_play import CRITICAL, LoopPlay

STACKS = Path(__file__).parents[3] / "gateway/stacks"


@pytest.fixture
def play():
    return LoopPlay()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("litellm-cpu-critical", "ALARM", ("cpu-high", "litellm", Severity.CRITICAL, Turn.OPENS)),
        ("litellm-cpu-warning", "OK", ("cpu-high", "litellm", Severity.WARNING, Turn.CLOSES)),
        (
            "database-connections-warning",
            "ALARM",
            ("connections-high", "database", Severity.WARNING, Turn.OPENS),
        ),
        (
            "bedrock-throttles-critical",
            "ALARM",
            ("model-throttled", "bedrock", Severity.CRITICAL, Turn.OPENS),
        ),
        ("balancer-health-warning", "ALARM", ("alarm", "balancer-health", Severity.WARNING, Turn.OPENS)),
    ],
)
def test_an_alarm_means_what_the_table_says(play, name, value, expected):
    """Kind, subject, severity and whether it opens or closes."""
    signal = read_signal(play.alarm_event(f"stargate-sandbox-{name}", value))
    assert (signal.kind, signal.subject, signal.severity, signal.turn) == expected
    assert (signal.environment, signal.at) == ("sandbox", play.clock.now())


def _alarm_names(value):
    """Every AlarmName in a template, without the environment's part."""
    if isinstance(value, dict):
        if "AlarmName" in value and isinstance(value["AlarmName"], str):
            yield value["AlarmName"].removeprefix("stargate-${Environment}-")
        for inner in value.values():
            yield from _alarm_names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _alarm_names(inner)


class _Templates(yaml.SafeLoader):
    """CloudFormation's short forms, read as what follows them."""


def _plain(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


_Templates.add_multi_constructor("!", _plain)


def test_every_alarm_of_the_gateway_has_a_meaning():
    """A new alarm in a template needs its line in the table."""
    names = set()
    for path in sorted(STACKS.glob("*.yaml")):
        names |= set(_alarm_names(yaml.load(path.read_text(), _Templates)))  # noqa: S506  (a safe loader)
    assert names
    assert names <= set(MEANINGS)


def test_the_facts_of_an_alarm_are_taken_from_its_inner_document(play):
    """It is JSON inside of JSON."""
    event = play.alarm_event(CRITICAL, "ALARM")
    inner = {"recentDatapoints": [81.0, 85.5], "threshold": 80.0}
    event["detail"]["state"]["reasonData"] = json.dumps(inner)
    event["detail"]["state"]["reason"] = "Threshold Crossed"
    assert read_signal(event).facts == {"reason": "Threshold Crossed", "threshold": 80.0, "value": 85.5}


@pytest.mark.parametrize("written", ["{", "[" * 5000, 7, None, '"text"', '{"recentDatapoints": ["x"]}'])
def test_a_broken_inner_document_costs_facts_and_no_more(play, written):
    """The alarm is true all the same."""
    event = play.alarm_event(CRITICAL, "ALARM")
    event["detail"]["state"]["reasonData"] = written
    assert read_signal(event).kind == "cpu-high"


@pytest.mark.parametrize(
    ("name", "value", "words", "environment"),
    [
        ("my-alarm", "ALARM", "not ours", None),
        ("stargate-region-x-y-warning", "ALARM", "not ours", None),
        ("stargate-Sand_box-litellm-cpu-critical", "ALARM", "not ours", None),
        ("TargetTracking-service/stargate-sandbox/litellm-AlarmHigh-1", "ALARM", "inner loop", "sandbox"),
        ("stargate-sandbox-litellm-tea-cold", "ALARM", "no meaning", "sandbox"),
        ("stargate-sandbox-litellm-cpu-critical", "INSUFFICIENT_DATA", "says nothing", "sandbox"),
        ("stargate-sandbox-litellm-cpu-critical", "", "in no state", "sandbox"),
    ],
)
def test_alarms_of_no_concern_say_why(play, name, value, words, environment):
    """And the environment, if they name one of ours."""
    ignored = read_signal(play.alarm_event(name, value))
    assert words in ignored.reason
    assert ignored.environment == environment


def activity(**changes):
    detail = {"resourceId": "service/stargate-sandbox/litellm", "scaledToMax": True, "maxCapacity": 6}
    return {
        "id": "a",
        "time": "2026-11-24T03:00:00Z",
        "region": "us-east-1",
        "source": "aws.application-autoscaling",
        "detail-type": "Application Auto Scaling Scaling Activity State Change",
        "detail": {**detail, **changes},
    }


def test_a_target_at_its_maximum_is_told():
    """It opens nothing: CPU decides."""
    signal = read_signal(activity())
    assert (signal.kind, signal.turn, signal.facts) == ("at-maximum", Turn.TELLS, {"maxCapacity": 6})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scaledToMax": False}, "below its maximum"),
        ({"resourceId": "table/my-table"}, "not ours"),
        ({"resourceId": 7}, "not ours"),
    ],
)
def test_other_activities_are_of_no_concern(changes, words):
    """Tables scale too."""
    assert words in read_signal(activity(**changes)).reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"time": "yesterday"}, "time missing or unreadable"),
        ({"time": "0001-01-01T00:00:00Z"}, "time missing or unreadable"),
        ({"time": "2026-11-24T03:00:00"}, "time missing or unreadable"),
        ({"region": 7}, "region missing"),
        ({"detail": "text"}, "detail is no object"),
        ({"source": "aws.s3"}, "unknown shape"),
        ({"source": ["aws.ecs"], "detail-type": {}}, "unknown shape"),
    ],
)
def test_malformed_events_say_what_is_wrong_with_them(play, changes, words):
    """A reason for the log."""
    event = {**play.alarm_event(CRITICAL, "ALARM"), **changes}
    assert words in read_signal(event).reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def _is_answer(found):
    if isinstance(found, Ignored):
        return bool(found.reason)
    return isinstance(found, Signal) and bool(found.subject or found.kind) and bool(found.entry_id)


@given(JSON)
@settings(max_examples=100, deadline=None)
def test_any_json_value_is_a_signal_or_ignored_with_a_reason(value):
    """Nothing makes it raise."""
    assert _is_answer(read_signal(value))


def _paths(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in inner:
        yield from _paths(item, (*path, name))


def _put(value, path, replacement):
    if not path:
        return replacement
    inner = value
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = replacement
    return value


@given(st.randoms(use_true_random=False), JSON, st.integers(0, 5))
@settings(max_examples=150, deadline=None)
def test_an_event_of_ours_with_anything_in_any_place_is_read_all_the_same(chance, value, which):
    """Shapes that are nearly right are the ones that hurt."""
    play = LoopPlay()
    events = [
        play.alarm_event(CRITICAL, "ALARM"),
        play.task_event("t1"),
        play.task_event("t1", startedBy="x", availabilityZone="a"),
        play.service_event("SERVICE_STEADY_STATE"),
        play.service_event("SERVICE_DEPLOYMENT_FAILED", "ECS Deployment State Change"),
        activity(),
    ]
    event = copy.deepcopy(events[which])
    places = list(_paths(event))
    assert _is_answer(read_signal(_put(event, chance.choice(places), value)))


def test_texts_that_no_table_takes_are_made_such_that_it_does(play):
    """JSON may hold half of a surrogate pair, and a megabyte."""
    event = play.task_event("t1", group="service:\ud800" + "x" * 10_000)
    signal = read_signal(event)
    assert signal.subject.encode()
    assert len(signal.subject) < 600


def test_each_copy_of_an_event_has_the_same_entry(play):
    """So the ledger takes it once; another event at the same moment has another."""
    event = play.alarm_event(CRITICAL, "ALARM")
    other = {**event, "id": "another"}
    assert read_signal(event).entry_id == read_signal(copy.deepcopy(event)).entry_id
    assert read_signal(event).entry_id != read_signal(other).entry_id
