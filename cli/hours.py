"""Working hours as people type them: `mon-fri 08:00-19:00 Europe/Berlin`."""

import re
from collections.abc import Sequence
from typing import Any

from cli.failure import BadInputError
from stargate.domain.faults import Fault
from stargate.domain.life.hours import DAYS

ALWAYS = "always"
FORM = re.compile(r"([a-z,-]+) (\d\d:\d\d)-(\d\d:\d\d) (\S+)")
EXAMPLE = "days, hours and a time zone: mon-fri 08:00-19:00 Europe/Berlin, or mon,wed 09:00-12:00 UTC"


def schedule_of(text: str, holidays: Sequence[str], option: str = "--awake") -> dict[str, Any] | None:
    """The schedule as the API takes it, None for always; BadInputError if it cannot be read."""
    if text == ALWAYS:
        return None
    found = FORM.fullmatch(text)
    days = _days(found[1]) if found else None
    if found is None or days is None:
        raise BadInputError(
            "these hours cannot be read", [Fault(option, f"{text!r} is no schedule", EXAMPLE)]
        )
    hours = {"days": days, "from": found[2], "until": found[3], "time_zone": found[4]}
    return {**hours, "holidays": list(holidays)}


def _days(text: str) -> list[str] | None:
    named: list[str] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            return None
        begin, end = DAYS.index(first), DAYS.index(last or first)
        if end < begin:
            return None
        named.extend(DAYS[begin : end + 1])
    return list(dict.fromkeys(named))
