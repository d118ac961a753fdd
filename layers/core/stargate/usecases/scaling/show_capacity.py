"""What can be read of an environment's capacity: what loop and quota watch saw last, and a what-if."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.faults import Fault
from stargate.domain.moments import told as moment
from stargate.domain.operating.limits import limits_of
from stargate.domain.scaling.outer_loop import Bounds
from stargate.domain.scaling.quota_told import quotas_told
from stargate.domain.scaling.service_model import MODELS
from stargate.domain.scaling.steering import SERVICE, task_of
from stargate.domain.scaling.what_if import Question, answer
from stargate.domain.scaling.what_if_told import told
from stargate.errors import EnvironmentNotFoundError, InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.costs.prices import PriceBook
    from stargate.domain.environment import Environment
    from stargate.domain.scaling.demand import Usual
    from stargate.domain.scaling.loop_state import LoopState
    from stargate.ports.quotas import BudgetRows
    from stargate.ports.state import OperationsRows
    from stargate.ports.world import Clock

    Document = dict[str, Any]

ASKED = ("users", "model")
MOST_USERS = 1_000_000


@dataclass(frozen=True)
class ShowCapacity:
    operations: OperationsRows
    budgets: BudgetRows
    prices: PriceBook
    clock: Clock

    def __call__(self, name: str, query: Mapping[str, str]) -> Document:
        """`{"environment", "service", "limits", "loop", "usual_request", "quotas", "what_if"}`.

        `loop` and `quotas` are null before their first look, `what_if` where `users` were not asked for.
        """
        users, model = _asked(query)
        overview = self.operations.by_name(name)
        if overview is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        loop = overview.operations.loops.get(SERVICE)
        budgets = self.budgets.read(overview.environment.region_of("models"))
        limits = _limits(overview.environment)
        return {
            "environment": name,
            "service": SERVICE,
            "limits": limits.document(),
            "loop": _loop(loop) if loop else None,
            "usual_request": _usual(loop.usual) if loop and loop.usual.answers else None,
            "quotas": quotas_told(budgets, name, self.clock.now()),
            "what_if": None if users is None else self._what_if(overview.environment, loop, users, model),
        }

    def _what_if(self, environment: Environment, loop: LoopState | None, users: int, model: str) -> Document:
        """By the environment's own usual request, once its answers have told of one."""
        question = Question(
            users=users,
            model=model,
            limits=_limits(environment),
            task=task_of(environment.spec.litellm.cpu),
        )
        if loop is not None and loop.usual.answers:
            question = replace(question, request=loop.usual.request)
        return told(answer(question), question, self.prices)


def _asked(query: Mapping[str, str]) -> tuple[int | None, str]:
    """InvalidRequestError with every fault."""
    model, users = query.get("model", "sonnet"), query.get("users")
    faults = [
        Fault(f"?{name}", "is not known", f"one of {', '.join(ASKED)}") for name in query if name not in ASKED
    ]
    if model not in MODELS:
        faults.append(Fault("?model", f"{model!r} is not known", f"one of {', '.join(MODELS)}"))
    number = int(users) if users is not None and users.isdecimal() and len(users) < 8 else 0
    if users is not None and not 0 < number <= MOST_USERS:
        faults.append(Fault("?users", f"{users!r} is not allowed", f"a whole number from 1 to {MOST_USERS}"))
    if "model" in query and users is None:
        faults.append(Fault("?users", "is missing", "how many would use that model"))
    if faults:
        raise InvalidRequestError(faults)
    return (None if users is None else number), model


def _limits(environment: Environment) -> Bounds:
    limits = limits_of(environment, SERVICE)
    return Bounds(limits.minimum, limits.maximum) if limits else Bounds(0, 0)


def _loop(loop: LoopState) -> Document:
    move = loop.move
    return {
        "looked_at": moment(loop.looked_at),
        "wanted": loop.wanted.document() if loop.wanted else None,
        "reason": loop.reason,
        "blind": loop.blind,
        "at_quota": loop.at_quota,
        "in_flight": loop.count.in_flight if loop.count else None,
        "move": None
        if move is None
        else {"bounds": move.bounds.document(), "at": moment(move.at), "entry": move.action},
    }


def _usual(usual: Usual) -> Document:
    found = {**asdict(usual.request), "seconds": usual.seconds}
    return {name: round(value, 2) for name, value in found.items()}
