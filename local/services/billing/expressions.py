"""Cost Explorer's filters: And, Or, Not, dimensions and tags, as deep as AWS lets them be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.services.billing.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.services.billing.book import Charge

Expression = dict[str, Any]
KNOWN = ("SERVICE", "USAGE_TYPE", "REGION", "LINKED_ACCOUNT", "RECORD_TYPE")
KINDS = ("And", "Or", "Not", "Dimensions", "Tags")


def fits(expression: Expression | None, charge: Charge, *, tagged: bool) -> bool:
    """`tagged`: whether bills know tags; else nothing has one. Refusal for what Cost Explorer refuses."""
    if not expression:
        return True
    if len(expression) != 1:
        raise refused("Expression has more than one root, only one root is allowed for each expression")
    ((kind, inner),) = expression.items()
    if kind == "And":
        return all(fits(one, charge, tagged=tagged) for one in _several(kind, inner))
    if kind == "Or":
        return any(fits(one, charge, tagged=tagged) for one in _several(kind, inner))
    if kind == "Not":
        return not fits(inner, charge, tagged=tagged)
    if kind == "Dimensions":
        return _matches(inner, dimension(inner["Key"], charge))
    if kind == "Tags":
        return _matches(inner, tag(inner["Key"], charge, tagged=tagged))
    raise refused(f"{kind} is not known here; there are {', '.join(KINDS)}")


def dimension(name: str, charge: Charge) -> str:
    if name not in KNOWN:
        raise refused(f"Dimension {name} is not known here; there are {', '.join(KNOWN)}")
    return charge.dimension(name)


def tag(name: str, charge: Charge, *, tagged: bool) -> str:
    return dict(charge.tags).get(name, "") if tagged else ""


def refused(message: str) -> Refusal:
    return Refusal("ValidationException", message)


def _several(kind: str, inner: list[Expression]) -> list[Expression]:
    if not len(inner) >= 2:
        raise refused(f"{kind} must have at least two operands")
    return inner


def _matches(wanted: Expression, value: str) -> bool:
    found = [MATCHES[one](value, wanted.get("Values", [])) for one in wanted.get("MatchOptions", ["EQUALS"])]
    return all(found)


MATCHES: dict[str, Callable[[str, list[str]], bool]] = {
    "EQUALS": lambda value, values: value in values,
    "ABSENT": lambda value, _values: not value,
    "STARTS_WITH": lambda value, values: value.startswith(tuple(values)),
    "ENDS_WITH": lambda value, values: value.endswith(tuple(values)),
    "CONTAINS": lambda value, values: any(one in value for one in values),
    "CASE_SENSITIVE": lambda _value, _values: True,
    "CASE_INSENSITIVE": lambda _value, _values: True,
}
