"""Plain values as DynamoDB's attribute values and back.

boto3 has this too, but brings its resource layer and Decimal with it; rows here hold JSON and string sets.
"""

from __future__ import annotations

from typing import Any

Attribute = dict[str, Any]


def encode(value: Any) -> Attribute:  # noqa: PLR0911  (a table of kinds)
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int() | float():
            return {"N": repr(value)}
        case str():
            return {"S": str(value)}
        case set() | frozenset():
            return {"SS": sorted(value)}
        case dict():
            return {"M": {name: encode(item) for name, item in value.items()}}
        case list() | tuple():
            return {"L": [encode(item) for item in value]}
    raise TypeError(f"no attribute value for {type(value).__name__}")


def decode(attribute: Attribute) -> Any:
    ((kind, value),) = attribute.items()
    match kind:
        case "NULL":
            return None
        case "N":
            return float(value) if set(value) & set(".eE") else int(value)
        case "SS":
            return frozenset(value)
        case "M":
            return {name: decode(item) for name, item in value.items()}
        case "L":
            return [decode(item) for item in value]
    return value


def encode_row(row: dict[str, Any]) -> dict[str, Attribute]:
    """Leave out what is None or an empty set, which DynamoDB has no place for."""
    return {
        name: encode(value)
        for name, value in row.items()
        if value is not None and not (isinstance(value, (set, frozenset)) and not value)
    }


def decode_row(row: dict[str, Attribute]) -> dict[str, Any]:
    return {name: decode(attribute) for name, attribute in row.items()}
