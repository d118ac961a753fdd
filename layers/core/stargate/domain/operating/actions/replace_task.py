"""Stop one task that is not well while others are; ECS drains it and starts another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation
from stargate.domain.operating.actions.kind import ActionKind, Case
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.facts import Facts, Task

REPLACED_SECONDS = 900.0  # drained for two minutes, and another is healthy within three, twice over


class ReplaceTask(ActionKind):
    name = "replace_task"
    scope = "service"
    asks = frozenset({"service", "tasks", "keys"})
    asks_again = frozenset({"service", "tasks"})

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        service, tasks = case.facts.service, case.facts.tasks
        if service is None:
            return Nothing(f"ECS has no service {case.subject}")
        if service.rolling_out is not None:
            return Nothing("a deployment is under way, which replaces every task")
        ill = _ill(case)
        if ill is None:
            return Held("limits", f"no single task of {case.subject} is known to be ill")
        if len(tasks) < 2 or service.running < service.desired:
            return Held("limits", f"{ill.task_id} is all that is left of {case.subject}: none may be stopped")
        return Proposal(
            f"replace task {ill.task_id} of {case.subject}",
            {"task": ill.task_id, "tasks": service.desired},
            (
                Expectation("task_gone", "at_least", 1, REPLACED_SECONDS),
                Expectation("running_tasks", "at_least", service.desired, REPLACED_SECONDS),
            ),
        )

    def still(self, case: Case, action: Action) -> Held | Nothing | None:
        service = case.facts.service
        if _named(case.facts, action) is None:
            return Nothing(f"task {action.target['task']} is gone already")
        if service is None or service.running < service.desired or len(case.facts.tasks) < 2:
            return Held("limits", f"too few tasks of {case.subject} run for one to be stopped")
        return None

    def is_done(self, action: Action, facts: Facts) -> bool:
        return _named(facts, action) is None

    def deed(self, action: Action) -> str:
        return f"{self.name}: task {action.target['task']} of {action.subject} stopped"


def _ill(case: Case) -> Task | None:
    """The oldest that refuses a good key while others take it, or the oldest that AWS retires."""
    refusing = case.facts.keys.refusing if case.facts.keys else ()
    ill = [task for task in case.facts.tasks if task.address in refusing]
    if ill and len(ill) < len(case.facts.tasks):
        return min(ill, key=lambda task: task.started_at)
    named = " ".join(map(str, case.condition.facts.get("entities", ())))
    retired = [task for task in case.facts.tasks if task.task_id in named]
    return min(retired, key=lambda task: task.started_at) if retired else None


def _named(facts: Facts, action: Action) -> Task | None:
    return next((task for task in facts.tasks if task.task_id == action.target["task"]), None)
