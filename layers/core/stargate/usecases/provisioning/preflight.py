"""Refuse early what could not succeed, and say everything that is wrong at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stargate.domain.environment import Environment, Status
from stargate.domain.gateway.regions import REGION_STACK, decide_region, regions_away
from stargate.domain.gateway.shared import SECRETS
from stargate.domain.ledger import Entry, derived_id
from stargate.domain.provisioning.moves import Stands
from stargate.errors import ManifestNotFoundError, PreflightError, SupersededError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.ports.provisioning import Manifests, Stacks
    from stargate.ports.state import Environments
    from stargate.usecases.provisioning.beforehand.owner import Owner
    from stargate.usecases.provisioning.find_returning import FindReturning


MAKING = (Status.PROVISIONING, Status.UPDATING)


def current(environments: Environments, environment_id: str, attempt: int, *statuses: Status) -> Environment:
    """The environment, if this attempt is still its current one and it is still at this work."""
    environment = environments.get(environment_id)
    if environment.attempt != attempt or environment.status not in statuses:
        raise SupersededError(
            f"attempt {attempt} of {environment.name} is over: it is {environment.status} "
            f"in attempt {environment.attempt}"
        )
    return environment


class Matter(Protocol):
    """One of the matters in `beforehand`."""

    def faults(self, environment: Environment) -> Iterator[str]:
        """Whatever would keep it from standing, each with the way out; nothing is touched."""
        ...


@dataclass(frozen=True)
class Preflight:
    environments: Environments
    manifests: Manifests
    stacks: Stacks
    find_returning: FindReturning
    matters: tuple[Matter, ...]
    owner: Owner
    home: str
    gateway_version: str

    def __call__(self, environment_id: str, attempt: int) -> tuple[str, ...]:
        """What must be prepared, of its own or in common with others; PreflightError with every fault."""
        environment = current(self.environments, environment_id, attempt, *MAKING)
        faults = list(self.faults(environment))
        if faults:
            raise PreflightError("; ".join(faults))
        restored = self.restored(environment)
        comes_back = [f"restored and reused: {', '.join(restored)}"] if restored else []
        self._tell(environment, [*self.warnings(), *comes_back])
        shared = (environment.shared.stack_name,) if environment.shared else ()
        returning_to = (environment.stack_name(SECRETS),) if restored else ()
        return (*self._regions_to_prepare(environment), *shared, *returning_to)

    def faults(self, environment: Environment) -> Iterator[str]:
        yield from self._manifest_faults(environment)
        for matter in self.matters:
            yield from matter.faults(environment)

    def restored(self, environment: Environment) -> tuple[str, ...]:
        """The names of secrets that come back from an earlier environment, and have no stack yet."""
        return tuple(sorted(one.name for one in self.find_returning(environment).secrets.values()))

    def warnings(self) -> list[str]:
        return list(self.owner.warnings())

    def _tell(self, environment: Environment, remarks: list[str]) -> None:
        """Once for each attempt, however often it is asked."""
        if remarks:
            name, told, at = environment.name, "; ".join(remarks), environment.attempt_started_at
            entry_id = derived_id(at, f"warnings of {environment.execution_name}")
            entry = Entry(entry_id, at, name, "note", name, told, environment.cause, "preflight")
            self.environments.note(environment, entry)

    def _regions_to_prepare(self, environment: Environment) -> Iterator[str]:
        for region in regions_away(environment, self.home):
            observed = self.stacks.describe(region, REGION_STACK)
            if not isinstance(decide_region(observed, self.gateway_version), Stands):
                yield region

    def _manifest_faults(self, environment: Environment) -> Iterator[str]:
        try:
            manifest = self.manifests.read(environment.gateway_version)
        except ManifestNotFoundError as missing:
            yield str(missing)
            return
        absent = [node.name for node in environment.graph.stacks if node.name not in manifest.stacks]
        if absent:
            yield f"gateway {environment.gateway_version} has no template for {', '.join(absent)}"
