"""Expressions: rewritten into Python's grammar, parsed by `ast`, and walked over a whitelist of nodes."""

from __future__ import annotations

import ast
import functools
import re
from typing import TYPE_CHECKING, Any

from local.services.cloudwatch.metric_math.functions import FILLERS, FUNCTIONS
from local.services.cloudwatch.metric_math.operators import (
    ARITHMETIC,
    COMPARISON,
    LOGIC,
    change_each,
    combine,
    combine_all,
)
from local.services.cloudwatch.metric_math.values import ExpressionError, Scope, Series, Value, as_many

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = re.compile(r"""\"[^"]*"|'[^']*'|&&|\|\||\^|\b(?:AND|OR)\b""")
PYTHON = {"&&": " and ", "AND": " and ", "||": " or ", "OR": " or ", "^": "**"}


def evaluate(expression: str, scope: Scope) -> Series:
    """The one time series that the expression makes.

    Raises ExpressionError, also for a result that is a number or several series: neither can be watched.
    """
    result = _value(parsed(expression), scope)
    if isinstance(result, list) and len(result) == 1:
        return result[0]
    if not isinstance(result, tuple):
        raise ExpressionError(f"{expression!r} does not make a single time series")
    return result


@functools.cache
def names(expression: str) -> frozenset[str]:
    """The ids that the expression mentions. Raises ExpressionError."""
    mentioned = (node.id for node in ast.walk(parsed(expression)) if isinstance(node, ast.Name))
    return frozenset(name for name in mentioned if name not in FILLERS and name not in FUNCTIONS)


@functools.cache
def parsed(expression: str) -> ast.expr:
    text = TOKEN.sub(lambda token: PYTHON.get(token[0], token[0]), expression)
    try:
        return ast.parse(f"({text.strip()}\n)", mode="eval").body
    except (SyntaxError, RecursionError, MemoryError, ValueError) as fault:
        raise ExpressionError(f"{expression!r} is not an expression: {fault}") from None


def _value(node: ast.expr, scope: Scope) -> Value:
    walk = WALKS.get(type(node))
    if walk is None:
        raise _not_math(node)
    return walk(node, scope)


def _not_math(node: ast.expr) -> ExpressionError:
    return ExpressionError(f"{ast.unparse(node)!r} is not metric math")


def _constant(node: ast.Constant, _scope: Scope) -> Value:
    if isinstance(node.value, str):
        return node.value
    if type(node.value) in (int, float):
        return float(node.value)  # type: ignore[arg-type]
    raise _not_math(node)


def _name(node: ast.Name, scope: Scope) -> Value:
    if node.id not in scope.series:
        raise ExpressionError(f"no metric or expression has the id {node.id!r}")
    return scope.series[node.id]


def _array(node: ast.List, scope: Scope) -> Value:
    return [series for element in node.elts for series in as_many(_value(element, scope))]


def _unary(node: ast.UnaryOp, scope: Scope) -> Value:
    if not isinstance(node.op, ast.USub):
        raise _not_math(node)
    return change_each(_value(node.operand, scope), lambda point: -point)


def _arithmetic(node: ast.BinOp, scope: Scope) -> Value:
    if type(node.op) not in ARITHMETIC:
        raise _not_math(node)
    return combine(_value(node.left, scope), _value(node.right, scope), ARITHMETIC[type(node.op)])


def _comparison(node: ast.Compare, scope: Scope) -> Value:
    if len(node.ops) > 1 or type(node.ops[0]) not in COMPARISON:
        raise _not_math(node)
    left, right = _value(node.left, scope), _value(node.comparators[0], scope)
    return combine(left, right, COMPARISON[type(node.ops[0])])


def _logic(node: ast.BoolOp, scope: Scope) -> Value:
    return combine_all([_value(value, scope) for value in node.values], LOGIC[type(node.op)])


def _call(node: ast.Call, scope: Scope) -> Value:
    if not isinstance(node.func, ast.Name) or node.keywords:
        raise _not_math(node)
    function = FUNCTIONS.get(node.func.id)
    if function is None:
        raise ExpressionError(f"unsupported function {node.func.id!r}")
    arguments = [_argument(argument, scope, node.func.id) for argument in node.args]
    try:
        return function(arguments, scope)
    except ExpressionError:
        raise
    except (ValueError, TypeError, IndexError, OverflowError) as fault:
        raise ExpressionError(f"{node.func.id} does not take these arguments: {fault}") from None


def _argument(node: ast.expr, scope: Scope, function: str) -> Value:
    if function == "FILL" and isinstance(node, ast.Name) and node.id in FILLERS:
        return node.id
    return _value(node, scope)


WALKS: dict[type[ast.expr], Callable[[Any, Scope], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _array,
    ast.UnaryOp: _unary,
    ast.BinOp: _arithmetic,
    ast.Compare: _comparison,
    ast.BoolOp: _logic,
    ast.Call: _call,
}
