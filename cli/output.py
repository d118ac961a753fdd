"""Results: JSON for programs, a view for people."""

import json
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from rich.console import Console


def emit(value: object, view: Callable[[Console], None], *, as_json: bool) -> None:
    """Print `value` as JSON, or let `view` draw it; colours only on a terminal (rich sees to that)."""
    if as_json:
        sys.stdout.write(json.dumps(value, indent=2, default=_plain) + "\n")
    else:
        view(Console(highlight=False))


def _plain(value: Any) -> Any:
    """Money is Decimal; a float's shortest form prints the very digits of an amount of cents."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")
