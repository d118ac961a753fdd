"""One look at a gateway: count its demand, decide its bounds, set them; written down if anything changes.

The lease's fencing number is taken in the transaction that records the move, before AWS is asked. A look that
was cut off in between is made good by the next: bounds that are not as they should be are moved again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.gateway.observer import DEMAND
from stargate.domain.operating.leases import Lease, taken
from stargate.domain.operating.limits import limits_of
from stargate.domain.operating.operations import Change, OperationRow
from stargate.domain.scaling.demand import Count
from stargate.domain.scaling.loop_state import LoopState, Move
from stargate.domain.scaling.steering import (
    EFFECT_SECONDS,
    LOOKED_AT,
    SERVICE,
    Look,
    Steered,
    Verdict,
    Verified,
    later,
    steer,
)
from stargate.errors import ActionRefusedError, ConflictError

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.ledger import Entry
    from stargate.domain.operating.operations import Overview
    from stargate.domain.scaling.outer_loop import Bounds
    from stargate.ports.gateway import Observer, Scaling, Services
    from stargate.ports.quotas import BudgetRows
    from stargate.ports.state import OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator

SCOPE = f"capacity:{SERVICE}"
TRIES = 3
SPARE_SECONDS = 120.0  # a look that comes late finds its lease still
GIVEN_BACK_AFTER = 900.0  # seconds without a look: then target tracking shall have the declared bounds again


@dataclass(frozen=True)
class Scaled:
    """`verdict` is move, hold or stay, or none where there is nothing to scale."""

    environment: str
    verdict: str
    reason: str
    bounds: str = ""

    def document(self) -> dict[str, Any]:
        return {
            "environment": self.environment,
            "verdict": self.verdict,
            "reason": self.reason,
            "bounds": self.bounds,
        }


@dataclass(frozen=True)
class ScaleGateway:
    operations: OperationsRows
    observer: Observer
    scaling: Scaling
    services: Services
    budgets: BudgetRows
    clock: Clock
    narrator: Narrator

    def __call__(self, environment_id: str, cause: str) -> Scaled:
        """`cause` is the event or the ledger entry that asked for the look."""
        overview = self.operations.by_id(environment_id)
        environment = overview.environment
        limits = limits_of(environment, SERVICE)
        if environment.status not in LOOKED_AT or environment.is_at_rest or limits is None:
            return Scaled(environment.name, "none", f"the environment is {environment.status}")
        if limits.minimum == limits.maximum:
            return Scaled(environment.name, "none", f"{limits.minimum} tasks are declared, and no others")
        look = self._look(overview)
        if look is None:
            return Scaled(environment.name, "none", f"{SERVICE} has no scalable target")
        for _ in range(TRIES):
            try:
                return self._steer(overview, look, cause)
            except ConflictError:  # another look, or an action that took the lease: see it all anew
                overview = self.operations.by_id(environment_id)
        raise ConflictError(f"the loop of {environment.name} is changed by others all the time")

    def _look(self, overview: Overview) -> Look | None:
        environment = overview.environment
        place = environment.region, environment.cluster, SERVICE
        scaling, service = self.scaling.describe(*place), self.services.describe(*place)
        if scaling is None or service is None:
            return None
        count, silence = self._count(environment)
        now = self.clock.now()
        budgets = self.budgets.read(environment.region_of("models")).of(environment.name, now)
        return Look(now, scaling, service, count, silence, budgets)

    def _count(self, environment: Environment) -> tuple[Count | None, str]:
        """Or why there is none. It is of the moment of the answer: an observer may be slow to begin."""
        found = self.observer.ask(environment.region, environment.name, DEMAND)
        if not found.ok:
            return None, found.reason
        try:
            return Count.of(self.clock.now(), found.measured), ""
        except (KeyError, TypeError, ValueError) as error:
            return None, f"the observer's count cannot be read: {error!r}"

    def _steer(self, overview: Overview, look: Look, cause: str) -> Scaled:
        known = overview.operations.loops.get(SERVICE, LoopState(SERVICE))
        if known.looked_at > look.now:
            return Scaled(overview.environment.name, "none", "a later look was faster")
        steered = steer(overview, known, look)
        declared = later(overview, steered)
        if declared is not None:
            self._hold_on(overview.environment, declared, look.now)
        if steered.verdict is Verdict.MOVE:
            self._move(overview, steered, cause)
        else:
            self._stay(overview, steered, cause)
        return Scaled(overview.environment.name, steered.verdict.value, steered.reason, str(steered.bounds))

    def _hold_on(self, environment: Environment, declared: Bounds, now: float) -> None:
        """Put off the moment at which AWS itself sets the declared bounds: they are pinned while we look."""
        place = environment.region, environment.cluster, SERVICE
        self.scaling.set_bounds_at(*place, declared, now + GIVEN_BACK_AFTER)

    def _stay(self, overview: Overview, steered: Steered, cause: str) -> None:
        entries = [*self._verification(overview, steered.verified)]
        if steered.told:
            entries.append(self._decision(overview, steered, cause))
        rows: list[OperationRow] = [steered.state]
        if steered.verified is not None:
            rows += _released(overview, steered.verified.move.decision)
        self.operations.record(overview.environment.environment_id, Change(tuple(rows), tuple(entries)))

    def _move(self, overview: Overview, steered: Steered, cause: str) -> None:
        decision = self._decision(overview, steered, cause)
        lease = _taken(overview, decision.entry_id, steered.state.looked_at, steered)
        action = self._action(overview, steered, decision)
        move = Move(
            bounds=steered.bounds,
            before=steered.before,
            at=steered.state.looked_at,
            decision=decision.entry_id,
            action=action.entry_id,
            fence=lease.fence,
        )
        entries = (*self._verification(overview, steered.verified), decision, action)
        change = Change((replace(steered.state, move=move), lease), entries)
        self.operations.record(overview.environment.environment_id, change)
        place = overview.environment.region, overview.environment.cluster, SERVICE
        try:
            self.scaling.set_bounds(*place, steered.bounds.minimum, steered.bounds.maximum)
        except ActionRefusedError as refused:
            known = replace(overview, operations=overview.operations.after(change))
            self._refused(known, move, str(refused))

    def _refused(self, overview: Overview, move: Move, reason: str) -> None:
        """AWS will not have it: told once, and not tried again for some time."""
        words = f"bounds of {SERVICE} to {move.bounds} failed: {reason}"
        detail = {"action": "move_bounds", "outcome": "failed"}
        entry = self.narrator.entry(overview.environment, "action", SERVICE, words, move.action, detail)
        state = overview.operations.loops[SERVICE]
        resting = replace(state, move=None, resting_until=move.at + EFFECT_SECONDS)
        rows: tuple[OperationRow, ...] = (resting, *_released(overview, move.decision))
        self.operations.record(overview.environment.environment_id, Change(rows, (entry,)))

    # What is written down.

    def _decision(self, overview: Overview, steered: Steered, cause: str) -> Entry:
        return self.narrator.entry(
            overview.environment, "decision", SERVICE, steered.reason, cause, _detail(steered)
        )

    def _action(self, overview: Overview, steered: Steered, decision: Entry) -> Entry:
        words = f"move_bounds: bounds of {SERVICE} set to {steered.bounds}"
        detail = {
            "action": "move_bounds",
            "target": steered.bounds.document(),
            "was": steered.before.document(),
        }
        return self.narrator.entry(overview.environment, "action", SERVICE, words, decision.entry_id, detail)

    def _verification(self, overview: Overview, verified: Verified | None) -> tuple[Entry, ...]:
        if verified is None:
            return ()
        words = f"move_bounds of {SERVICE} {verified.outcome}: {verified.reason}"
        detail = {"action": "move_bounds", "outcome": verified.outcome}
        entry = self.narrator.entry(
            overview.environment, "verification", SERVICE, words, verified.move.action, detail
        )
        return (entry,)


def _detail(steered: Steered) -> dict[str, Any]:
    reading, usual = steered.reading, steered.state.usual
    found = {
        "verdict": steered.verdict.value,
        "action": "move_bounds",
        "guard": steered.held.guard if steered.held else None,
        "target": steered.bounds.document(),
        "was": steered.before.document(),
        "at_quota": steered.state.at_quota or None,
        "blind": steered.state.blind or None,
        "in_flight": reading.in_flight if reading else None,
        "asked_per_second": _rounded(reading.asked_per_second if reading else None),
        "refused_per_second": _rounded(reading.refused_per_second if reading else None),
        "input_tokens": _rounded(usual.request.input_tokens),
        "output_tokens": _rounded(usual.request.output_tokens),
    }
    return {name: value for name, value in found.items() if value is not None}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _taken(overview: Overview, holder: str, now: float, steered: Steered) -> Lease:
    """The loop's lease goes from its last move to this one; the guard has seen that nobody else has it."""
    lease = overview.operations.leases.get(SCOPE)
    before = steered.state.move or (steered.verified.move if steered.verified else None)
    if lease is not None and before is not None and lease.holder == before.decision:
        lease = lease.released()
    fresh = taken(lease, SCOPE, holder, now)
    if fresh is None:
        raise ConflictError(f"{SCOPE} was taken meanwhile")
    return replace(fresh, expires_at=now + EFFECT_SECONDS + SPARE_SECONDS)


def _released(overview: Overview, holder: str) -> tuple[Lease, ...]:
    lease = overview.operations.leases.get(SCOPE)
    return (lease.released(),) if lease is not None and lease.holder == holder else ()
