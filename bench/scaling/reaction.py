"""How long each autoscaler takes to trigger and to help after a sudden doubling: AWS's own benchmark."""

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from bench.scaling.autoscalers import Autoscaler, Measured, Stargate, Tracking
from bench.scaling.play import COARSE, FINE, STARGATE
from bench.scaling.service import Kind
from bench.scaling.settings import BLOCK, SETTINGS
from stargate.domain.scaling.outer_loop import Bounds
from stargate.domain.scaling.service_model import TASK

if TYPE_CHECKING:
    from collections.abc import Callable

BEFORE, AFTER = 0.35, 0.95  # of the CPU of two tasks
WARM, LONGEST = 1800, 900
PHASES = range(0, 60, BLOCK)


@dataclass(frozen=True)
class Reaction:
    """Seconds after the rise, mean over its place within a minute."""

    trigger: float
    help: float


def reactions() -> dict[str, Reaction]:
    limits = Bounds(SETTINGS.minimum, SETTINGS.maximum)
    made: dict[str, Callable[[], Autoscaler]] = {
        COARSE: lambda: Tracking(SETTINGS, 60, SETTINGS.coarse_delay, limits),
        FINE: lambda: Tracking(SETTINGS, 20, SETTINGS.fine_delay, limits),
        STARGATE: lambda: Stargate(SETTINGS, None),
    }
    found = {}
    for name, make in made.items():
        trigger = fmean(_trigger(make(), phase) for phase in PHASES)
        found[name] = Reaction(round(trigger, 1), round(trigger + SETTINGS.start, 1))
    return found


def _trigger(autoscaler: Autoscaler, phase: int) -> float:
    kind = Kind.of(400.0, 40.0)
    rise = WARM + phase
    for at in range(BLOCK, rise + LONGEST, BLOCK):
        busy = BEFORE if at <= rise else AFTER
        asked = busy * SETTINGS.minimum * TASK.capacity / kind.work
        cpu = 100.0 * (TASK.idle_share + busy * (1.0 - TASK.idle_share))
        measured = Measured(at, cpu, asked * kind.at_model, asked, 0.0, SETTINGS.minimum, kind)
        if autoscaler.look(measured, SETTINGS.minimum) > SETTINGS.minimum:
            return at - rise
    return float(LONGEST)
