"""Spans of time as people type them: `90m`, `8h`, `3d`, or `never`."""

import re

from cli.failure import BadInputError
from stargate.domain.faults import Fault

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
NEVER = "never"


def seconds_of(option: str, text: str) -> int | None:
    """The span in seconds, None for never; BadInputError names the option and what it takes."""
    if text == NEVER:
        return None
    found = re.fullmatch(r"([0-9]{1,9})([smhd])", text)
    if found is None:
        fault = Fault(option, f"{text!r} is no span of time", "a number with s, m, h or d, or never")
        raise BadInputError("this span cannot be read", [fault])
    return int(found[1]) * UNITS[found[2]]
