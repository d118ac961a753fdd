"""Leave what the environment shared, and take it away if nobody else shares it any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.environment import Status
from stargate.domain.provisioning.moves import first_failure
from stargate.errors import CommonFailedError, CommonNotGoneError
from stargate.usecases.provisioning.preflight import current

if TYPE_CHECKING:
    from stargate.domain.gateway.shared import SharedSecrets
    from stargate.ports.provisioning import Remains, Stacks
    from stargate.ports.state import Environments, Sharers


@dataclass(frozen=True)
class ReleaseCommon:
    environments: Environments
    stacks: Stacks
    sharers: Sharers
    remains: Remains

    def __call__(self, environment_id: str, attempt: int) -> str:
        """What came of it. CommonNotGoneError while it goes; the same call again goes on from the truth."""
        environment = current(self.environments, environment_id, attempt, Status.RETIRING)
        shared = environment.shared
        if shared is None:
            return "nothing is shared"
        if not self.sharers.leave(shared, environment_id):
            return "others share it, or nobody did"
        self._remove(shared, f"{environment.execution_name}-shared")
        self._erase_secrets(shared)
        self.sharers.forget(shared, environment_id)
        return "it went with the last who shared it"

    def _remove(self, shared: SharedSecrets, token: str) -> None:
        observed = self.stacks.describe(shared.region, shared.stack_name)
        if observed is None:
            return
        if observed.status == "DELETE_FAILED":
            failure = first_failure("secrets", self.stacks.events(shared.region, observed.stack_id), "DELETE")
            reason = failure.reason if failure else observed.reason or observed.status
            raise CommonFailedError(f"{shared.stack_name} in {shared.region}: {reason}")
        if observed.status != "DELETE_IN_PROGRESS":
            self.stacks.delete(shared.region, observed.stack_id, token)
        raise CommonNotGoneError(f"{shared.stack_name} in {shared.region} goes")

    def _erase_secrets(self, shared: SharedSecrets) -> None:
        """At once: a recovery window would hold their names, and with them the preset's next environment."""
        for secret in self.remains.secrets(shared.region, shared.owner, shared.owner):
            self.remains.erase_secret(secret)
