"""`--budget 900 --ceiling 1200` as the document that the API takes."""

from decimal import Decimal, InvalidOperation
from typing import Any

from cli.failure import BadInputError
from stargate.domain.faults import Fault

NONE = "none"
FORM = "dollars, for example 900 or 1250.50, or none"


def budget_of(monthly: str | None, ceiling: str | None) -> dict[str, Any]:
    """The limits that are given; `none` takes one back. BadInputError names each that is no amount."""
    given = {"monthly": monthly, "ceiling": ceiling}
    faults = [
        Fault(f"--{'budget' if name == 'monthly' else name}", f"{text!r} is no amount", FORM)
        for name, text in given.items()
        if text not in {None, NONE} and not _is_number(str(text))
    ]
    if faults:
        raise BadInputError("this budget cannot be read", faults)
    return {name: None if text == NONE else float(text) for name, text in given.items() if text is not None}


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
