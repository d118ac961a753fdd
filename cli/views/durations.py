"""Seconds as people say them."""

MINUTE, HOUR, DAY = 60, 3600, 86400


def spoken(seconds: float | None) -> str:
    """`45 s`, `12 min 5 s`, `3 h 20 min`, `2 d 4 h`; a dash for what is not known."""
    if seconds is None:
        return "-"
    whole = round(seconds)
    for unit, name, smaller, smaller_name in (
        (DAY, "d", HOUR, "h"),
        (HOUR, "h", MINUTE, "min"),
        (MINUTE, "min", 1, "s"),
    ):
        if whole >= unit:
            rest = whole % unit // smaller
            return f"{whole // unit} {name} {rest} {smaller_name}" if rest else f"{whole // unit} {name}"
    return f"{whole} s"
