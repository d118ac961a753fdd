"""Metric math as the CloudWatch user guide describes it: its own tables, and what it refuses."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.services.cloudwatch.metric_math import ExpressionError, Scope, evaluate, names

GAP = None


def worked_out(expression, period=60, **series):
    lengths = {len(points) for points in series.values()} or {4}
    [length] = lengths
    metrics = tuple(name for name in series if not name.startswith("e"))
    points = {name: tuple(None if p is None else float(p) for p in points) for name, points in series.items()}
    return evaluate(expression, Scope(points, metrics, period, length))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(metric1 < metric2)", (0, 0, 1, 0)),
        ("(metric1 >= 30)", (1, 0, 0, 0)),
        ("(metric1 > 15 AND metric2 > 15)", (1, 0, 0, 0)),
        ("metric1 > 15 && metric2 > 15", (1, 0, 0, 0)),
        ("metric1 == 30 OR metric2 == 20", (1, 0, 1, 0)),
        ("metric1 != 0 || metric2 > 0", (1, 1, 1, 0)),
    ],
)
def test_comparisons_are_one_or_zero_and_a_missing_one_counts_as_zero(expression, expected):
    """The guide's table of comparison and logical operators."""
    assert worked_out(expression, metric1=[30, 20, 0, 0], metric2=[20, GAP, 20, GAP]) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("IF(m1, m2, m3)", (30, 0, 20, GAP, GAP)),
        ("IF(m1, 5, m3)", (5, 5, 20, GAP, GAP)),
        ("IF(m1, m2, 5)", (30, 0, 5, 5, GAP)),
        ("IF(m1, m2)", (30, 0, GAP, GAP, GAP)),
        ("IF(1, m2, m3)", (30, GAP, 0, 0, 30)),
        ("IF(m2 < 20, 1, 0)", (0, GAP, 1, 1, 0)),
    ],
)
def test_if_chooses_for_each_period(expression, expected):
    """The guide's three tables of IF, an omitted third argument, and a number as condition."""
    series = {"m1": [1, 1, 0, 0, GAP], "m2": [30, GAP, 0, 0, 30], "m3": [0, 0, 20, GAP, 20]}
    assert worked_out(expression, **series) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("m1 + m2", (3, 3, 2, GAP)),
        ("m1 - m2", (-1, 3, -2, GAP)),
        ("m1 * 2", (2, 6, GAP, GAP)),
        ("100 * m1 / m2", (50, GAP, 0, GAP)),
        ("-m1", (-1, -3, GAP, GAP)),
        ("m1 ^ 2", (1, 9, GAP, GAP)),
        ("SUM([m1, m2])", (3, 3, 2, GAP)),
        ("AVG([m1, m2])", (1.5, 1.5, 1, GAP)),
        ("MAX(METRICS())", (2, 3, 2, GAP)),
        ("MIN([m1, m2])", (1, 3, 2, GAP)),
        ("SUM(METRICS('m1') * 2)", (2, 6, GAP, GAP)),
        ("m1 - MIN(m1)", (0, 2, GAP, GAP)),
        ("m1 / SUM(m1)", (0.25, 0.75, GAP, GAP)),
        ("CEIL(m1 / 2) + FLOOR(m1 / 2)", (1, 3, GAP, GAP)),
        ("ABS(-m1)", (1, 3, GAP, GAP)),
        ("m1 / PERIOD(m1)", (1 / 60, 3 / 60, GAP, GAP)),
        ("TIME_SERIES(7)", (7, 7, 7, 7)),
        ("m1 / METRIC_COUNT(METRICS())", (0.5, 1.5, GAP, GAP)),
    ],
)
def test_arithmetic_treats_gaps_and_zeros_as_the_guide_says(expression, expected):
    """Of two series a gap counts as 0 if the other has a point; a point divided by zero is dropped."""
    assert worked_out(expression, m1=[1, 3, GAP, GAP], m2=[2, GAP, 2, GAP]) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("FILL(m1, 0)", (0, 4, 0, 0, 10, 0)),
        ("FILL(m1, m2)", (7, 4, 7, 7, 10, GAP)),
        ("FILL(m1, MIN(m1))", (4, 4, 4, 4, 10, 4)),
        ("FILL(m1, REPEAT)", (GAP, 4, 4, 4, 10, 10)),
        ("FILL(m1, LINEAR)", (GAP, 4, 6, 8, 10, GAP)),
        ("SUM(FILL([m1, m2], 0))", (7, 11, 7, 7, 17, 0)),
    ],
)
def test_fill_puts_points_where_there_are_none(expression, expected):
    """By a number, another series, the last point, or a line between two."""
    series = {"m1": [GAP, 4, GAP, GAP, 10, GAP], "m2": [7, 7, 7, 7, 7, GAP]}
    assert worked_out(expression, **series) == expected


def test_the_gateways_share_of_errors_counts_only_with_enough_requests():
    """The expression of the alarm on errors: nothing below 20 requests, percent above."""
    expression = """
        IF(FILL(requests, 0) + FILL(refused, 0) >= 20,
        100 * (FILL(failed, 0) + FILL(refused, 0)) / (FILL(requests, 0) + FILL(refused, 0)), 0)
    """
    found = worked_out(
        expression, requests=[19, 100, 90, GAP], failed=[19, 5, GAP, GAP], refused=[GAP, GAP, 10, 30]
    )
    assert found == (0, 5, 10, 100)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "m1 +",
        "m9",
        "SEARCH('x')",
        "__import__('os')",
        "m1.__class__",
        "[m1][0]",
        "m1 if m1 else m1",
        "lambda: m1",
        "1 < m1 < 2",
        "m1 % 2",
        "not m1",
        "True",
        "FILL(m1)",
        "IF()",
        "METRICS(m1)",
        "'text' + m1",
        "SUM(m1)",
        "METRICS()",
        "FILL(m1, NOTHING)",
        "(" * 300 + "m1" + ")" * 300,
        "9 ^ 9 ^ 9 ^ 9",
        "1 / 0",
        "m1\x00",
    ],
)
def test_what_is_not_metric_math_is_refused(expression):
    """Python that is no metric math, unknown names and functions, and results no alarm can watch."""
    with pytest.raises(ExpressionError):
        worked_out(expression, m1=[1, 2, 3, 4], m2=[1, 2, 3, 4])


@given(st.text(max_size=40))
def test_any_text_is_worked_out_or_refused(text):
    """Nothing else comes out of the evaluator."""
    with contextlib.suppress(ExpressionError):
        assert isinstance(worked_out(text, m1=[1, 2]), tuple)


def test_the_names_of_an_expression_are_its_ids_only():
    """Functions and fillers are not ids."""
    assert names("IF(FILL(requests, REPEAT) > 1, SUM([failed, e1]), 0)") == {"requests", "failed", "e1"}
