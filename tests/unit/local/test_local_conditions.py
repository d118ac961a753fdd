"""What a condition on rows of a table says is read once, and holds or not for each row by itself."""

from __future__ import annotations

import pytest
from ministack.services import dynamodb

from local.services import dynamodb as read_once

LATE = "sk BETWEEN :first AND :last AND score > :limit"
VALUES = {":first": {"S": "ledger#"}, ":last": {"S": "ledger#z"}, ":limit": {"N": "5"}}


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    for name in ("_tokenize", "_condition_syntax_error"):
        monkeypatch.setattr(dynamodb, name, getattr(dynamodb, name))
    read_once.install()


def holds(condition, row, values=None):
    return bool(dynamodb._evaluate_condition(condition, row, values or VALUES, {}))


def test_each_row_is_judged_by_itself_and_by_the_values_of_its_call():
    """The text is the same, what it is held against is not."""
    early, late = ({"sk": {"S": "ledger#1"}, "score": {"N": score}} for score in ("4", "6"))
    assert [holds(LATE, row) for row in (early, late, early)] == [False, True, False]
    assert holds(LATE, early, {**VALUES, ":limit": {"N": "3"}})


def test_a_condition_that_is_wrong_is_refused_each_time():
    """In AWS's words."""
    for _ in range(2):
        with pytest.raises(ValueError, match="Syntax error; token: "):
            holds("sk = = :first", {"sk": {"S": "x"}})
