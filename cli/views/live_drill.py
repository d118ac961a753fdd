"""A drill while it runs: on a terminal a table that moves, anywhere else a line for whatever is new."""

from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from cli.views.drills import MOMENTS
from stargate.domain.moments import understood

WELL, ILL, UNKNOWN = Text("well", "green"), Text("not well", "bold red"), Text("not asked yet", "dim")


class LiveDrill:
    def __init__(self, console: Console) -> None:
        self._console = console
        moves = console.is_terminal and not console.is_dumb_terminal
        self._live = Live(console=console, refresh_per_second=4) if moves else None
        self._said = ""

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def look(self, told: dict[str, Any]) -> None:
        if self._live is not None:
            self._live.update(picture(told))
            return
        words = line(told)
        if words != self._said:
            self._console.print(words)
        self._said = words


def line(told: dict[str, Any]) -> str:
    """How far it has come, and who is not well yet."""
    ill = [component for component, well in told["well"].items() if not well]
    waiting = f"; not well: {', '.join(ill)}" if ill and told["injected_at"] else ""
    return f"{_reached(told)[-1][1]}{waiting}"


def picture(told: dict[str, Any]) -> Table:
    """Each component, and each moment that was reached, relative to the failure."""
    table = Table(
        box=None, title=f"{told['kind']} of {told['environment']}: {told['status']}", title_justify="left"
    )
    for name in ("", ""):
        table.add_column(name)
    for component, well in told["well"].items():
        table.add_row(component, WELL if well else ILL)
    if not told["well"]:
        table.add_row("components", UNKNOWN)
    zero = told["injected_at"] or told["requested_at"]
    for moment, words in _reached(told):
        table.add_row(f"{understood(moment) - understood(zero):+.0f} s", words)
    if told["stop_reason"]:
        table.add_row("stops", told["stop_reason"])
    return table


def _reached(told: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((told[field], words) for field, words in MOMENTS if told.get(field))
