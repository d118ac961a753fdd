"""What can be read of environments: one, its stacks, its ledger, all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.kept import monthly_of
from stargate.domain.environment import AT_WORK
from stargate.domain.life.works import holder_of
from stargate.domain.moments import told
from stargate.domain.provisioning.history import expected_part
from stargate.domain.provisioning.progress import lag_seconds, progress, running, time_to_go
from stargate.errors import EnvironmentNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.ledger import Entry
    from stargate.domain.life.ends import Kept
    from stargate.domain.paging import Page
    from stargate.domain.provisioning.history import History
    from stargate.domain.provisioning.progress import States, TimeToGo
    from stargate.ports.state import Environments, Histories, Ledger, Nodes
    from stargate.ports.world import Clock

    Document = dict[str, Any]
    HistoryOf = Callable[[str], History]

SHOWN_OUTPUTS = ("GatewayUrl", "GrafanaUrl", "LangfuseUrl")


@dataclass(frozen=True)
class ShowEnvironments:
    environments: Environments
    nodes: Nodes
    ledger: Ledger
    histories: Histories
    clock: Clock

    def one(self, name: str) -> Document:
        return self.document(self._find(name))

    def stacks(self, name: str) -> list[Document]:
        environment = self._find(name)
        states = self.nodes.all(environment.environment_id)
        to_go = self._time_to_go(environment, states, self.histories.of)
        return self._stacks(environment, states, {} if to_go is None else to_go.nodes)

    def page(self, limit: int, after: str | None) -> tuple[list[Document], str | None]:
        page = self.environments.page(limit, after)
        states = self.nodes.of_each(page.items)
        history_of = cache(self.histories.of)  # one read for each preset, not for each environment
        shown = zip(page.items, states, strict=True)
        return [self._document(environment, its, history_of) for environment, its in shown], page.after

    def entries(
        self, name: str, since: float | None, kind: str | None, limit: int, after: str | None
    ) -> Page[Entry]:
        return self.ledger.page(self._find(name).environment_id, since, kind, limit, after)

    def document(self, environment: Environment) -> Document:
        return self._document(environment, self.nodes.all(environment.environment_id), self.histories.of)

    def _document(self, environment: Environment, states: States, history_of: HistoryOf) -> Document:
        to_go = self._time_to_go(environment, states, history_of)
        failure, holder = environment.failure, holder_of(environment)
        return {
            "id": environment.environment_id,
            "name": environment.name,
            "preset": environment.preset,
            "region": environment.region,
            "status": environment.status.value,
            "mode": environment.mode.value,
            "deletion_protection": environment.deletion_protection,
            "ends_at": None if environment.deadline is None else told(environment.deadline.ends_at),
            "attempt": environment.attempt,
            "held_by": None if holder is None else holder.document(),
            "gateway_version": environment.gateway_version,
            "spec": environment.spec.document(),
            "progress": round(progress(environment, environment.graph, states), 4),
            "running": list(running(environment, states)),
            "eta_seconds": None if to_go is None else round(to_go.seconds),
            "created_at": told(environment.created_at),
            "updated_at": told(environment.updated_at),
            "stacks": self._stacks(environment, states, {} if to_go is None else to_go.nodes),
            "outputs": _outputs(states),
            "schedule": None if environment.schedule is None else environment.schedule.document(),
            "budget": None if environment.budget is None else environment.budget.document(),
            "maintenance": environment.maintained.document(),
            "actions_an_hour": environment.actions_an_hour,
            "approvers": list(environment.approvers),
            "kept": [_kept(one) for one in environment.kept],
            "drills": None if environment.drills is None else environment.drills.document(),
            "checks": [check.document() for check in environment.checks],
            "failure": None if failure is None else failure.document(),
        }

    def _find(self, name: str) -> Environment:
        environment = self.environments.by_name(name)
        if environment is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        return environment

    def _time_to_go(self, environment: Environment, states: States, history_of: HistoryOf) -> TimeToGo | None:
        if environment.status not in AT_WORK:
            return None
        history = history_of(environment.preset)
        return time_to_go(environment, states, lambda part: expected_part(part, history), self.clock.now())

    def _stacks(self, environment: Environment, states: States, to_go: Mapping[str, float]) -> list[Document]:
        return [self._stack(environment, states, name, to_go.get(name)) for name in environment.graph.names]

    def _stack(self, environment: Environment, states: States, name: str, to_go: float | None) -> Document:
        state = states[name]
        seconds = state.seconds(self.clock.now())
        lag = lag_seconds(environment, environment.graph, states, name)
        document: Document = {
            "name": name,
            "kind": environment.graph.node(name).kind,
            "status": state.status.value,
            "resources_done": state.resources_done,
            "resources_total": state.total,
            "seconds": None if seconds is None else round(seconds, 3),
            "typical_seconds": round(state.typical_seconds),
            "eta_seconds": None if to_go is None else round(to_go),
            "lag_seconds": None if lag is None else round(lag, 3),
        }
        if state.failure is not None:
            document["reason"] = state.failure.reason
        return document


def _kept(kept: Kept) -> Document:
    monthly = monthly_of(kept)
    return {**kept.told(), "monthly_usd": None if monthly is None else float(monthly)}


def _outputs(states: States) -> dict[str, str]:
    found: dict[str, str] = {}
    for state in states.values():
        found.update({name: value for name, value in state.outputs.items() if name in SHOWN_OUTPUTS})
    return found


def entry_document(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.entry_id,
        "at": told(entry.at),
        "environment": entry.environment,
        "kind": entry.kind,
        "subject": entry.subject,
        "summary": entry.summary,
        "cause": entry.cause,
        "actor": entry.actor,
        "detail": entry.detail,
        "incident": entry.incident,
    }
