"""The playbook as a document: read, written, held against what it may name, with lines."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stargate.domain.operating.action import Expectation
from stargate.domain.operating.playbook import LAST, Rule, Rung
from stargate.domain.playbook.default import DEFAULT, WRITTEN
from stargate.domain.playbook.document import document_of, rules_kept, rules_of
from stargate.domain.playbook.faults import faults_of
from stargate.domain.playbook.fields import RULE
from stargate.domain.playbook.layout import laid_out
from stargate.domain.playbook.lines import read_text
from stargate.domain.signals.kinds import CONDITIONS
from stargate.domain.signals.signal import Severity

WHOLE = {
    "rule": "a",
    "while": "cpu-high",
    "of": "litellm",
    "severity": "critical",
    "for_minutes": 2.5,
    "when": ["not release_rolling_out", "tracking_cannot_help"],
    "do": [
        {
            "action": "raise_bound",
            "on": "grafana",
            "tries": 3,
            "undo": True,
            "expect": {"measure": "cpu", "at_most": 70, "within_minutes": 15},
        },
        "restart_service",
    ],
    "within": {"cool_down_minutes": 30, "most_in_an_hour": 2, "guards": "expiry"},
    "why": "because",
}


def test_every_field_of_a_rule_means_something():
    """One for one: what is written is what the loop decides by."""
    rule, *last = rules_of({"rules": [WHOLE]})
    assert set(WHOLE) | {"after"} == set(RULE)
    assert tuple(last) == LAST
    assert rule == Rule(
        name="a",
        condition="cpu-high#litellm",
        severity=Severity.CRITICAL,
        for_seconds=150.0,
        when=("not release_rolling_out", "tracking_cannot_help"),
        rungs=(
            Rung("raise_bound", "grafana", {}, 3, True, (Expectation("cpu", "at_most", 70, 900.0),)),  # noqa: FBT003
            Rung("restart_service"),
        ),
        reason="because",
        guards=("expiry",),
        cool_down=1800.0,
        most_in_an_hour=2,
    )
    assert document_of([rule]) == {"rules": [WHOLE]}


def test_a_rule_for_a_recovery_says_after():
    """Its condition has closed."""
    (rule, *_) = rules_of({"rules": [{"rule": "a", "after": "cpu-high", "why": "b"}]})
    assert (rule.is_open, rule.rungs) == (False, ())


# The default.


def test_the_default_is_without_faults_and_laid_out_as_it_is_printed():
    """What `stargate playbook show --json` prints is what is in the file, to the letter."""
    document = json.loads(WRITTEN)
    assert faults_of(document) == ()
    assert laid_out(document) == WRITTEN
    assert document_of(DEFAULT) == document


def test_the_default_has_a_rule_for_every_condition_that_a_signal_can_open():
    """Nothing that is heard falls to the last row."""
    assert {rule.condition.partition("#")[0] for rule in DEFAULT if rule not in LAST} >= CONDITIONS


# Faults.


def rule(**changes):
    given = {"rule": "a", "while": "cpu-high", "why": "because", **changes}
    return {name: value for name, value in given.items() if value is not None}


FAULTS = [
    ([], "", "is no JSON object"),
    ({}, "/rules", "is no list"),
    ({"rules": []}, "/rules", "too few"),
    ({"rules": [rule()], "x": 1}, "/x", "is not known"),
    ({"rules": [7]}, "/rules/0", "is no object"),
    ({"rules": [rule(dO="x")]}, "/rules/0/dO", "is not known"),
    ({"rules": [rule(rule=None)]}, "/rules/0/rule", "is missing"),
    ({"rules": [rule(rule="No Name")]}, "/rules/0/rule", "is not allowed"),
    ({"rules": [rule(rule="no-rule")]}, "/rules/0/rule", "is not allowed"),
    ({"rules": [rule(why=None)]}, "/rules/0/why", "is missing"),
    ({"rules": [rule(why=" ")]}, "/rules/0/why", "is no text"),
    ({"rules": [rule(**{"while": None})]}, "/rules/0", "no condition"),
    ({"rules": [rule(after="cpu-high")]}, "/rules/0", "or two"),
    ({"rules": [rule(**{"while": "cpu"})]}, "/rules/0/while", "'cpu' is not known"),
    ({"rules": [rule(**{"while": "*", "of": "litellm"})]}, "/rules/0/of", "every condition"),
    ({"rules": [rule(severity="bad")]}, "/rules/0/severity", "'bad' is not known"),
    ({"rules": [rule(for_minutes=-1)]}, "/rules/0/for_minutes", "-1 is not allowed"),
    ({"rules": [rule(for_minutes=True)]}, "/rules/0/for_minutes", "True is not allowed"),
    (
        {"rules": [rule(after="cpu-high", for_minutes=1, **{"while": None})]},
        "/rules/0/for_minutes",
        "of an open condition",
    ),
    ({"rules": [rule(when="why")]}, "/rules/0/when", "is no question"),
    ({"rules": [rule(when=["not why"])]}, "/rules/0/when/0", "is no question"),
    ({"rules": [rule(do="explode")]}, "/rules/0/do", "'explode' is not known"),
    ({"rules": [rule(do=[])]}, "/rules/0/do", "has 0"),
    ({"rules": [rule(do="release_bound")]}, "/rules/0/do", "by the loop itself"),
    ({"rules": [rule(do={"on": "x"})]}, "/rules/0/do/action", "is missing"),
    ({"rules": [rule(do={"action": "restart_service", "undo": True})]}, "/rules/0/do/undo", "nothing takes"),
    (
        {"rules": [rule(do={"action": "restart_service", "with": {"speed": 1}})]},
        "/rules/0/do/with/speed",
        "takes no such thing",
    ),
    (
        {"rules": [rule(do={"action": "raise_bound", "tries": 1.5})]},
        "/rules/0/do/tries",
        "1.5 is not allowed",
    ),
    (
        {"rules": [rule(do={"action": "raise_bound", "expect": {"measure": "cpu", "within_minutes": 1}})]},
        "/rules/0/do/expect",
        "no bound",
    ),
    (
        {"rules": [rule(do="raise_bound", within={"cool_down_minutes": 0})]},
        "/rules/0/within/cool_down_minutes",
        "0 is not allowed",
    ),
    ({"rules": [rule(do="raise_bound", within={"guards": "mode"})]}, "/rules/0/within/guards", "'mode'"),
    ({"rules": [rule(within={})]}, "/rules/0/within", "guards nothing"),
    ({"rules": [rule(of="x"), rule(of="y")]}, "/rules/1/rule", "is taken by rule 1"),
    ({"rules": [rule(), rule(rule="b", of="litellm")]}, "/rules/1", "is never reached: rule a"),
    ({"rules": [rule(**{"while": "*"}), rule(rule="b")]}, "/rules/1", "is never reached"),
]


@pytest.mark.parametrize(("document", "path", "words"), FAULTS)
def test_each_fault_is_named_with_its_place_and_what_is_allowed(document, path, words):
    """One at a time, to see each."""
    found = faults_of(document)
    assert [fault.path for fault in found] == [path]
    assert words in found[0].fault
    assert found[0].allowed


def test_all_faults_are_told_at_once():
    """Of several rules, each with several."""
    told = faults_of({"rules": [rule(do="x", when="y", severity="z"), rule(rule="b", of="", do="x")]})
    assert [fault.path for fault in told] == [
        "/rules/0/do",
        "/rules/0/when",
        "/rules/0/severity",
        "/rules/1/of",
        "/rules/1/do",
    ]


@pytest.mark.parametrize(
    "narrowing",
    [{"severity": "critical"}, {"of": "litellm"}, {"when": "release_rolling_out"}, {"for_minutes": 5}],
)
def test_a_wider_rule_may_follow_a_narrower_one(narrowing):
    """The first that fits decides, so it is the way to write exceptions."""
    assert faults_of({"rules": [rule(**narrowing), rule(rule="b")]}) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*RULE, "odd"]), JSON, max_size=9), JSON)
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_a_rule_is_read_or_refused(fields, note):
    """Nothing makes the check raise, and what it lets pass can be read."""
    document = {"rules": [{**WHOLE, **fields}], "note": note}
    if not faults_of(document):
        assert rules_of(document)
    assert faults_of({"rules": note}) or note


# Lines.

TEXT = """{
  "note": "why",
  "rules": [
    {"rule": "a", "while": "cpu-high",
     "do": ["raise_bound",
            "explode"],
     "why": "because"},
    {"rule": "b",
     "while": "memory-high"}
  ]
}
"""


def test_a_fault_names_the_line_of_what_it_is_about():
    """And what is missing is named by the line of what it is missing in."""
    text = read_text(TEXT)
    assert text.document["rules"][0]["do"][1] == "explode"
    told = [text.named(fault) for fault in faults_of(text.document)]
    assert [(fault.path, fault.fault) for fault in told] == [
        ("/rules/0/do/1", "line 6: 'explode' is not known"),
        ("/rules/1/why", "line 8: is missing"),
    ]


@pytest.mark.parametrize(
    ("written", "path", "words"),
    [
        ('{"rules": [\n  {"rule" "a"}\n]}', "", "line 2: is no JSON"),
        ("", "", "line 1: is no JSON"),
        ('{"a": 1,\n "a": 2}', "/a", "line 2: is in line 1 already"),
        ('{"a": {"b/c": 1,\n "b/c": 2}}', "/a/b~1c", "line 2: is in line 1 already"),
        ("[" * 100_000, "", "nested too deeply"),
        ('"' + "x" * 500_000 + '"', "", "500002 characters"),
    ],
)
def test_a_text_that_is_no_document_says_in_which_line(written, path, words):
    """A name that is there twice would silently be read once."""
    (fault,) = read_text(written).faults
    assert fault.path == path
    assert words in fault.fault


@given(JSON)
@settings(max_examples=150, deadline=None)
def test_every_value_of_any_text_has_its_line(value):
    """Written one to a line, the n-th value stands where a reader would count it."""
    written = json.dumps(value, indent=1)
    text = read_text(written)
    assert text.document == json.loads(written)
    assert text.faults == ()
    for path, line in text.lines.items():
        name = path.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        assert name.isdecimal() or json.dumps(name) in written.splitlines()[line - 1] or not path


# What an upgrade leaves of an environment's own.


def test_a_rule_that_names_what_is_gone_does_nothing_and_says_so():
    """The others are followed as before: an upgrade must not silence a gateway."""
    first, second, *_ = rules_kept(
        {"rules": [rule(do="retired_action"), rule(rule="b", of="x", do="raise_bound")]}
    )
    assert (first.rungs, first.condition) == ((), "cpu-high")
    assert "cannot be followed any more: do 'retired_action' is not known" in first.reason
    assert second.rungs == (Rung("raise_bound"),)
