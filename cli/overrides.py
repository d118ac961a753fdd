"""`--set litellm.max_tasks=4` as the document that the API takes."""

import json
from collections.abc import Iterable
from typing import Any

from cli.failure import BadInputError
from stargate.domain.faults import Fault

FORM = "part.name=value, for example litellm.max_tasks=4"


def overrides_of(settings: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Every setting by its part; BadInputError lists all that have another form, or come twice."""
    found: dict[str, dict[str, Any]] = {}
    faults: list[Fault] = []
    for setting in settings:
        address, equals, value = setting.partition("=")
        part, dot, name = address.partition(".")
        if not (equals and dot and part and name):
            faults.append(Fault("--set", f"{setting!r} is no setting", FORM))
        elif name in found.get(part, {}):
            faults.append(Fault("--set", f"{address} is given twice", "each setting once"))
        else:
            found.setdefault(part, {})[name] = _read(value)
    if faults:
        raise BadInputError("these settings cannot be read", faults)
    return found


def _read(value: str) -> Any:
    """Numbers and truth values as such; whatever is no JSON is text, so that nobody must quote it twice."""
    try:
        return json.loads(value)
    except ValueError:
        return value
