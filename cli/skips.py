"""`--skip data.Database` as the document that the API takes."""

from collections.abc import Iterable

from cli.failure import BadInputError
from stargate.domain.faults import Fault

FORM = "stack.Resource, for example data.Database"


def skips_of(named: Iterable[str]) -> dict[str, list[str]]:
    """The resources by their stack; BadInputError lists all that have another form."""
    found: dict[str, list[str]] = {}
    faults = []
    for address in named:
        stack, dot, resource = address.partition(".")
        if not (dot and stack and resource):
            faults.append(Fault("--skip", f"{address!r} is no resource of a stack", FORM))
        else:
            found.setdefault(stack, []).append(resource)
    if faults:
        raise BadInputError("these resources cannot be read", faults)
    return {stack: list(dict.fromkeys(resources)) for stack, resources in found.items()}
