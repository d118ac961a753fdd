"""One look of the outer loop at a running service: bounds to be set, or why they stay. Pure.

The loop is the owner of the scalable target's bounds. It leaves them alone while a guard holds every action
and while another has the lease `capacity:<service>`; it never goes below a bound that an action holds; what
it sets it verifies at its next looks. Fewer tasks are not asked for while something is under way at the
service.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from stargate.domain.environment import Mode, Status
from stargate.domain.operating.action import number
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.conditions import Condition, needs_its_tasks
from stargate.domain.operating.guards import GUARDS, Intent
from stargate.domain.operating.limits import limits_of
from stargate.domain.operating.playbook import Rule
from stargate.domain.operating.proposals import Held
from stargate.domain.scaling.demand import (
    MOST_SECONDS,
    are_comparable,
    as_minutes,
    between,
    came_in,
    usual_after,
)
from stargate.domain.scaling.model_quotas import US_QUOTAS
from stargate.domain.scaling.outer_loop import SETTINGS, Bounds, Decision, Situation, decide
from stargate.domain.scaling.quota_budgets import admitted_per_second
from stargate.domain.scaling.service_model import MODELS, TASK, TaskFigures
from stargate.domain.signals.signal import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.facts import ScalingFacts, ServiceFacts
    from stargate.domain.operating.operations import Overview
    from stargate.domain.scaling.demand import Count
    from stargate.domain.scaling.loop_state import LoopState, Move
    from stargate.domain.scaling.outer_loop import Reading, Settings

SERVICE = "litellm"
LOOKED_AT = frozenset({Status.READY, Status.DEGRADED, Status.UPDATING})
HOLDING = ("status", "mode", "switch", "verification", "lease")
# What the loop answers to is always there, and asks for what the action on a bound does.
RULE = Rule("outer-loop", "demand")
DEMAND = Condition("demand", SERVICE, Severity.INFO, open=True, opened_at=0.0, last_at=0.0, cause="")
EFFECT_SECONDS = (
    600.0  # a task is pulled, started and healthy, or drained and gone, within three minutes, twice over
)
BURNDOWNS = {quota.served_as: quota.burndown for quota in US_QUOTAS}
CPU_UNITS = 1024.0  # of ECS, in a vCPU
DEFAULT_SECONDS = MODELS["sonnet"].first_token_seconds


class Verdict(StrEnum):
    MOVE = "move"
    HOLD = "hold"
    STAY = "stay"


@dataclass(frozen=True)
class Look:
    """What was found; `count` None is an observer that could not tell, and `silence` why.

    `budgets` are tokens a second that the quotas leave this environment, by the model's served name.
    """

    now: float
    scaling: ScalingFacts
    service: ServiceFacts
    count: Count | None
    silence: str = ""
    budgets: Mapping[str, float] = field(default_factory=dict)

    @property
    def bounds(self) -> Bounds:
        return Bounds(self.scaling.minimum, self.scaling.maximum)


@dataclass(frozen=True)
class Verified:
    """How a move ended: reached or missed."""

    move: Move
    outcome: str
    reason: str


@dataclass(frozen=True)
class Steered:
    """`bounds` are to be set if the verdict is to move. `told` is False where the same was said before."""

    verdict: Verdict
    reason: str
    state: LoopState
    bounds: Bounds
    before: Bounds
    told: bool
    held: Held | None = None
    verified: Verified | None = None
    reading: Reading | None = None


def steer(overview: Overview, known: LoopState, look: Look, settings: Settings = SETTINGS) -> Steered:
    """Of a service that is scaled; ValueError if it is none."""
    limits = limits_of(overview.environment, known.service)
    if limits is None:
        raise ValueError(f"{known.service} is not scaled")
    if look.count is not None and not are_comparable(known.count, look.count):
        return _begun(known, look, look.count)
    reading, counted = _counted(known, look)
    now = _situation(overview, counted, look, Bounds(limits.minimum, limits.maximum))
    decision = decide(reading, now, known.memory, settings)
    verified = _verified(known.move, look)
    state = replace(
        counted,
        looked_at=look.now,
        wanted=decision.bounds,
        reason=f"{look.silence}; {decision.reason}" if look.silence else decision.reason,
        blind=decision.held,
        at_quota=decision.at_quota,
        memory=decision.memory,
        move=None if verified else known.move,
    )
    return replace(_decided(overview, state, look, decision), verified=verified, reading=reading)


def later(overview: Overview, steered: Steered) -> Bounds | None:
    """The declared bounds, which AWS itself shall give back should nobody look any more; None: nothing to do.

    Nothing is where they are so already, nor where somebody wants the loop to let go.
    """
    limits = limits_of(overview.environment, steered.state.service)
    if limits is None or overview.environment.mode is not Mode.ACT or not overview.switch.on:
        return None
    declared = Bounds(limits.minimum, limits.maximum)
    pinned = steered.bounds if steered.verdict is Verdict.MOVE else steered.before
    return None if pinned == declared else declared


def task_of(cpu_units: int) -> TaskFigures:
    """One worker for each vCPU: gateway/stacks/litellm.yaml."""
    return replace(TASK, vcpus=cpu_units / CPU_UNITS)


def _counted(known: LoopState, look: Look) -> tuple[Reading | None, LoopState]:
    """The reading, and the state with what was counted."""
    if look.count is None or known.count is None:
        return None, known
    counted, seconds = between(known.count, look.count), look.count.at - known.count.at
    after = replace(
        known,
        count=look.count,
        usual=usual_after(known.usual, counted),
        use=as_minutes(counted, seconds, look.count.at),
    )
    return came_in(known.count, look.count), after


def _begun(known: LoopState, look: Look, count: Count) -> Steered:
    """Two counts make a rate: the first leaves all as it is, and one that comes too soon is passed over."""
    fresh = known.count is None or count.at - known.count.at > MOST_SECONDS
    verified = _verified(known.move, look)
    state = replace(known, looked_at=look.now, count=count if fresh else known.count)
    state = replace(state, move=None if verified else known.move)
    words = "one count so far: what comes in is known with the next"
    return Steered(Verdict.STAY, words, state, look.bounds, look.bounds, told=False, verified=verified)


def _situation(overview: Overview, known: LoopState, look: Look, limits: Bounds) -> Situation:
    return Situation(
        now=look.now,
        limits=limits,
        bounds=look.bounds,
        request=known.usual.request,
        seconds_in_flight=known.usual.seconds or DEFAULT_SECONDS,
        quota_per_second=admitted_per_second(known.use, look.budgets, BURNDOWNS),
        task=task_of(overview.environment.spec.litellm.cpu),
    )


def _decided(overview: Overview, state: LoopState, look: Look, decision: Decision) -> Steered:
    before = look.bounds
    bounds, why_not_fewer = _allowed(overview, state.service, look, decision.bounds)
    words = f"{state.reason}; {why_not_fewer}" if why_not_fewer else state.reason
    if bounds == before:
        return _said(Steered(Verdict.STAY, words, state, bounds, before, told=False), "stay")
    held = _held(overview, state, look.now)
    if held is not None:
        words = f"bounds {bounds} held by {held.guard}: {held.reason}; {words}"
        found = Steered(Verdict.HOLD, words, state, bounds, before, told=False, held=held)
        return _said(found, f"hold {held.guard} {bounds}")
    words = f"bounds of {state.service} from {before} to {bounds}: {words}"
    return _said(Steered(Verdict.MOVE, words, state, bounds, before, told=False), "move")


def _said(steered: Steered, words: str) -> Steered:
    """Told if it is new; that the bounds stay is no news, but that the loop cannot see, or can again, is."""
    state, said = steered.state, f"{words}, blind" if steered.state.blind else words
    quiet = steered.verdict is Verdict.STAY and state.blind is state.said.endswith("blind")
    told = steered.verdict is Verdict.MOVE or (said != state.said and not quiet)
    return replace(steered, state=replace(state, said=said), told=told)


def _held(overview: Overview, state: LoopState, now: float) -> Held | None:
    if now < state.resting_until:
        return Held("cool-down", "AWS refused bounds not long ago", state.resting_until)
    if overview.environment.mode is Mode.ADVISE:
        return Held("mode", "the environment's mode is advise, and nobody is asked about each bound")
    holder = state.move.decision if state.move else None
    intent = Intent(RULE, DEMAND, ACTIONS["raise_bound"], state.service, holder)
    found = (GUARDS[name](overview, intent, now) for name in HOLDING)
    return next((held for held in found if held is not None), None)


def _allowed(overview: Overview, service: str, look: Look, wanted: Bounds) -> tuple[Bounds, str]:
    """The wanted bounds, not below what is held, and with no task less while there is a reason to wait."""
    hold = overview.operations.holds.get(f"capacity:{service}")
    floor = number(hold.target, "minimum") if hold is not None and hold.live else 0
    wanted = Bounds(max(wanted.minimum, floor), max(wanted.maximum, floor))
    before, desired = look.bounds, look.service.desired
    why = _why_not_fewer(overview, service, look)
    if not why or (wanted.minimum >= before.minimum and wanted.maximum >= desired):
        return wanted, ""
    least = max(wanted.minimum, before.minimum)
    return Bounds(least, max(wanted.maximum, least, min(desired, before.maximum))), f"no task less: {why}"


def _why_not_fewer(overview: Overview, service: str, look: Look) -> str:
    rolling, known = look.service.rolling_out, overview.operations
    if rolling is not None and len(look.service.deployments) > 1:
        return f"deployment {rolling.deployment_id} is under way"
    for action in known.actions.values():
        if action.in_flight and action.scope == f"service:{service}":
            return f"{action.kind} is under way"
    for condition in known.conditions.values():
        if needs_its_tasks(condition):
            return f"{condition.kind} of {condition.subject} is open"
    return ""


def _verified(move: Move | None, look: Look) -> Verified | None:
    """Reached once the bounds are there and as many tasks run; None while that may still come."""
    if move is None:
        return None
    running, bounds = look.service.running, look.bounds
    found = f"{running} tasks run, bounds are {bounds}"
    if bounds == move.bounds and bounds.minimum <= running <= bounds.maximum:
        return Verified(move, "reached", found)
    waited = look.now - move.at
    return None if waited < EFFECT_SECONDS else Verified(move, "missed", f"{found} after {waited:.0f} s")
