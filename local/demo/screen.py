"""What the demo shows: pictures that move on a terminal, plain lines anywhere else."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from local.demo.report import Check

POLL_SECONDS = 0.8

Seen = TypeVar("Seen")
Showable_contra = TypeVar("Showable_contra", contravariant=True)


class View(Protocol[Showable_contra]):
    """How something that is watched looks, and what is worth a line when it changes."""

    tells_beside_picture: bool  # on a terminal too, above the picture

    def picture(self, seen: Showable_contra) -> RenderableType: ...

    def changes(self, seen: Showable_contra) -> Iterable[str]: ...


class Screen:
    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=False)
        self._is_live = self._console.is_terminal and not self._console.is_dumb_terminal

    def title(self, text: str) -> None:
        self._console.print(f"\n[bold]{text}[/bold]")

    def say(self, text: str) -> None:
        self._plain("  " + text)

    def checked(self, check: Check) -> None:
        mark = "[green]held  [/green]" if check.ok else "[bold red]BROKE [/bold red]"
        self._console.print("  " + mark, Text(_told(check)), sep="", soft_wrap=True)

    def show(self, picture: RenderableType) -> None:
        self._console.print(picture)

    def summary(self, checks: Sequence[Check]) -> None:
        """What broke once more, for each was told where it was measured."""
        broke = [check for check in checks if not check.ok]
        self.title(f"{len(checks) - len(broke)} of {len(checks)} checks held")
        for check in broke:
            self.checked(check)

    def watch(
        self, ask: Callable[[], Seen], until: Callable[[Seen], bool], patience: float, view: View[Seen]
    ) -> Seen:
        """Show what is asked for until something holds of it, or for `patience` real seconds."""
        deadline = time.monotonic() + patience
        seen = ask()
        if not self._is_live:
            self._tell(view, seen)
            while not until(seen) and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
                seen = ask()
                self._tell(view, seen)
            return seen
        gone = view.tells_beside_picture  # what is worth keeping of it was told in lines
        picture = Live(view.picture(seen), console=self._console, refresh_per_second=8, transient=gone)
        with picture as live:
            self._tell_beside(view, seen)
            while not until(seen) and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
                seen = ask()
                self._tell_beside(view, seen)
                live.update(view.picture(seen))
        return seen

    def _tell_beside(self, view: View[Seen], seen: Seen) -> None:
        if view.tells_beside_picture:
            self._tell(view, seen)

    def _tell(self, view: View[Seen], seen: Seen) -> None:
        for line in view.changes(seen):
            self.say(line)

    def _plain(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)


def _told(check: Check) -> str:
    """What was asked goes without saying where it is what was measured."""
    asked = "" if check.ok and check.measured == check.bound else f" (asked: {check.bound})"
    return f"{check.name}: {check.measured}{asked}"
