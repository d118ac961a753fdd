"""What the shell is offered while a command is typed: environments, presets, settings.

It is asked in the middle of a line, so it says nothing of what goes wrong: then nothing is offered.
"""

import typer

from cli.connection import connect
from stargate.domain.gateway.presets import PRESETS

AT_MOST = "100"


def environments(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names as the API lists them, of the API that was named in the line so far."""
    try:
        client = connect(ctx.params.get("api"), ctx.params.get("region"))
        listed = client.get("/environments", limit=AT_MOST).document["environments"]
    except Exception:  # noqa: BLE001  (whatever it is, the line is still being typed)
        return []
    return sorted(one["name"] for one in listed if one["name"].startswith(incomplete))


def presets(incomplete: str) -> list[str]:
    return [name for name in PRESETS if name.startswith(incomplete)]


def settings(incomplete: str) -> list[str]:
    """As far as the equals sign: the value is for the person to say."""
    known = next(iter(PRESETS.values())).spec.document()
    named = [f"{part}.{name}=" for part, values in known.items() for name in values]
    return [one for one in named if one.startswith(incomplete)]
