"""How a running gateway looks: its users, its tasks, their CPU, the bounds, and what is being done."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from local.demo.environment_view import clock
from local.demo.running import Alarm, Bounds, Truth

SPARKS = "▁▂▃▄▅▆▇█"
KEPT = 40
USERS_PER_MARK = 5
ORDER = ("PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING")
STYLES = {"OK": "green", "ALARM": "bold red", "INSUFFICIENT_DATA": "dim"}

Document = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """One moment of the gateway, with what the control plane says is wrong with it."""

    truth: Truth
    bounds: Bounds
    alarm: Alarm
    conditions: tuple[Document, ...]

    def condition(self, kind: str, subject: str) -> Document | None:
        return next(
            (one for one in self.conditions if (one["kind"], one["subject"]) == (kind, subject)), None
        )


class GatewayView:
    """One for the whole of the story, so that its curve and its clock go on from scene to scene."""

    tells_beside_picture = True

    def __init__(self) -> None:
        self._began: float | None = None
        self._state: object = None
        self._decisions: dict[str, str] = {}
        self._cpu: deque[float] = deque(maxlen=KEPT)

    def changes(self, look: Look) -> Iterator[str]:
        """A line when users, tasks, bounds or the alarm change, and one for each new decision."""
        self._cpu.append(look.truth.cpu)
        began = self._began = look.truth.at if self._began is None else self._began
        state = (look.truth.users, look.truth.states, len(look.truth.serving), look.bounds, look.alarm.state)
        if state != self._state:
            yield f"{clock(look.truth.at - began):>6}  {_line(look)}"
        self._state = state
        for condition in look.conditions:
            said = _decided(condition)
            if said and self._decisions.get(_key(condition)) != said:
                yield f"{'':>6}  {said}"
            self._decisions[_key(condition)] = said

    def picture(self, look: Look) -> Group:
        table = Table.grid(padding=(0, 2))
        table.add_column(width=9, no_wrap=True)
        table.add_column(justify="right", width=5, no_wrap=True)
        table.add_column()  # alone gives way where the terminal is narrow
        truth, hot = look.truth, look.alarm.state == "ALARM"
        table.add_row("  users", str(truth.users), Text("•" * (truth.users // USERS_PER_MARK), "cyan"))
        cpu = Text(_sparks(self._cpu), "red" if hot else "green")
        table.add_row("  CPU", f"{truth.cpu:.0f} %", cpu)
        table.add_row("  tasks", str(len(truth.serving)), _tasks(look))
        table.add_row("  alarm", "", Text(look.alarm.state, STYLES.get(look.alarm.state, "")))
        for condition in look.conditions:
            if condition["status"] == "open":
                table.add_row("  wrong", "", _cut(_decided(condition) or _key(condition), "yellow"))
        return Group(Text(), table)


def _line(look: Look) -> str:
    truth = look.truth
    return (
        f"{truth.users:>3} users  {len(truth.serving)} serve{_others(look):<13}"
        f"  CPU {truth.cpu:>3.0f} %  bounds {look.bounds}  {look.alarm.state}"
    )


def _others(look: Look) -> str:
    """Tasks that do not serve: on their way up, or down."""
    rest = sum(look.truth.states.values()) - len(look.truth.serving)
    return f", {rest} beside" if rest else ""


def _tasks(look: Look) -> Text:
    states = sorted(look.truth.states.items(), key=lambda one: ORDER.index(one[0]) if one[0] in ORDER else 0)
    told = ", ".join(f"{count} {state.lower()}" for state, count in states)
    return _cut(f"of {look.bounds}: {told}")


def _cut(words: str, style: str = "") -> Text:
    """On one line, however long it is."""
    return Text(words, style, no_wrap=True, overflow="ellipsis")


def _decided(condition: Document) -> str:
    decision = condition.get("decision")
    if not decision:
        return ""
    return f"{condition['kind']} of {condition['subject']}, {condition['severity']}: {decision['reason']}"


def _key(condition: Document) -> str:
    return f"{condition['kind']}#{condition['subject']}"


def _sparks(values: deque[float]) -> str:
    return "".join(SPARKS[min(int(value / 100 * len(SPARKS)), len(SPARKS) - 1)] for value in values)
