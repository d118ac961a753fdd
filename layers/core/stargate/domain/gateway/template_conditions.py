"""CloudFormation's Conditions, evaluated: which resources a stack will have for given parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnknownConditionError(ValueError):
    """A condition uses something this evaluator does not know."""


def holds(name: str, conditions: Mapping[str, Any], parameters: Mapping[str, str]) -> bool:
    return _truth(conditions[name], conditions, parameters)


def _truth(rule: Any, conditions: Mapping[str, Any], parameters: Mapping[str, str]) -> bool:
    function, argument = _only_item(rule)
    if function == "Condition":
        return holds(argument, conditions, parameters)
    if function == "Fn::Equals":
        left, right = (_value(side, parameters) for side in argument)
        return left == right
    truths = [_truth(part, conditions, parameters) for part in argument]
    if function == "Fn::And":
        return all(truths)
    if function == "Fn::Or":
        return any(truths)
    if function == "Fn::Not":
        return not truths[0]
    raise UnknownConditionError(f"{function} in a condition")


def _value(side: Any, parameters: Mapping[str, str]) -> str:
    if isinstance(side, dict):
        function, argument = _only_item(side)
        if function != "Ref":
            raise UnknownConditionError(f"{function} in a comparison")
        return parameters.get(argument, "")
    return str(side).lower() if isinstance(side, bool) else str(side)


def _only_item(rule: Any) -> tuple[str, Any]:
    if not isinstance(rule, dict) or len(rule) != 1:
        raise UnknownConditionError(f"not a condition: {rule!r}")
    return next(iter(rule.items()))
