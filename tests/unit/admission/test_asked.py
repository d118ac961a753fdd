"""What a request asks of the quota, in whatever form it comes."""

from __future__ import annotations

import pytest

from gateway.admission.asked import BURNDOWN, MOST_OUTPUT, USUAL_OUTPUT, asked_output, weight_of

TEXT = "x" * 400  # a hundred tokens


@pytest.mark.parametrize(
    "data",
    [
        {"messages": [{"role": "user", "content": TEXT}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": TEXT}, {"type": "image_url"}]}]},
        {"system": TEXT[:200], "messages": [{"role": "user", "content": TEXT[200:]}]},
        {"input": TEXT},
        {"prompt": [TEXT]},
    ],
)
def test_tokens_in_are_a_quarter_of_its_characters(data):
    """In the forms of chat, responses, completions and Anthropic's own."""
    assert weight_of({**data, "max_tokens": 10}) == 1.0 + 100.0 + BURNDOWN * 10


@pytest.mark.parametrize(
    ("data", "tokens"),
    [
        ({}, USUAL_OUTPUT),
        ({"max_tokens": 20}, 20.0),
        ({"max_completion_tokens": 20}, 20.0),
        ({"max_output_tokens": 20}, 20.0),
        ({"max_tokens": None, "max_completion_tokens": 7}, 7.0),
        ({"max_tokens": "many"}, USUAL_OUTPUT),
        ({"max_tokens": -5}, 0.0),
        ({"max_tokens": 10**30}, MOST_OUTPUT),
    ],
)
def test_what_it_may_be_answered_at_most(data, tokens):
    """A number that cannot be is one that can, since a counter cannot fall."""
    assert asked_output(data) == tokens


@pytest.mark.parametrize(
    "data", [{}, {"messages": None}, {"messages": 7}, {"messages": [None, 3, {"content": 5}]}, {"input": {}}]
)
def test_what_is_in_no_form_at_all_is_let_to_litellm_to_refuse(data):
    """It counts as something, and raises nothing here."""
    assert weight_of(data) == 1.0 + BURNDOWN * USUAL_OUTPUT
