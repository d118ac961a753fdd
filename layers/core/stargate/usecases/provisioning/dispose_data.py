"""Decide over what outlived the stacks, in the terms in which the removal was asked for.

CloudFormation leaves the secrets, because it could only delete them at once, and a last snapshot of the
database. Secrets get their recovery window or go at once; the snapshot stays or goes. What services logged
when their stack was gone already goes whatever was wished.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.environment import Status
from stargate.domain.life.ends import RECOVERY_DAYS
from stargate.usecases.provisioning.preflight import current

if TYPE_CHECKING:
    from stargate.ports.provisioning import Remains
    from stargate.ports.state import Environments


@dataclass(frozen=True)
class DisposeData:
    environments: Environments
    remains: Remains

    def __call__(self, environment_id: str, attempt: int) -> dict[str, int]:
        """How many of each kind were found and decided over; the same call again does the rest."""
        environment = current(self.environments, environment_id, attempt, Status.RETIRING)
        farewell = environment.farewell
        found = self.remains.of(environment.region, environment.name, environment_id)
        secrets = [one for one in found if one.kind == "secret"]
        snapshots = [one for one in found if one.kind == "snapshot"]
        for secret in secrets:
            if not farewell.secrets_recovery:
                self.remains.erase_secret(secret)
            elif secret.until is None:
                self.remains.schedule_secret(secret, RECOVERY_DAYS)
        if not farewell.final_snapshot:
            for snapshot in snapshots:
                self.remains.delete_snapshot(snapshot)
        late = self.remains.delete_late_logs(environment.region, environment.name)
        return {"secrets": len(secrets), "snapshots": len(snapshots), "late_logs": len(late)}
