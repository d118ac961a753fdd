"""All that the loop has to look and to act with: a source for each fact, a performer for each kind of action.

One composition for the functions and for the tests, which bring other tools.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.usecases.operating import gather_facts as facts
from stargate.usecases.operating.performers import (
    alarms,
    bounds,
    connections,
    database,
    keys,
    models,
    page,
    quotas,
    rest,
    services,
    zones,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.ports.actions import (
        ConnectionPools,
        DatabaseServers,
        KeyBudgets,
        KeyProbe,
        Models,
        QuotaRequests,
        ZonalShifts,
    )
    from stargate.ports.gateway import GatewayMetrics, Repose, Scaling, Services
    from stargate.ports.people import Pager
    from stargate.ports.world import Clock
    from stargate.usecases.life.begin_work import BeginWork
    from stargate.usecases.operating.gather_facts import Source
    from stargate.usecases.operating.performers.performer import Performer


@dataclass(frozen=True)
class Tools:
    scaling: Scaling
    services: Services
    metrics: GatewayMetrics
    alarms: Repose
    shifts: ZonalShifts
    servers: DatabaseServers
    quotas: QuotaRequests
    pools: ConnectionPools
    keys: KeyProbe
    models: Models
    budgets: KeyBudgets
    clock: Clock

    def sources(self) -> Mapping[str, Source]:
        """For all that may be asked before something is decided and performed."""
        return {
            "scaling": facts.ScalableTarget(self.scaling),
            "service": facts.RunningService(self.services),
            "minutes": facts.LastMinutes(self.metrics, self.clock),
            "last_stop": facts.last_stop,
            "tasks": facts.RunningTasks(self.services),
            "keys": facts.KeysServed(self.keys),
            "database": facts.Database(self.servers),
            "zones": facts.ZonesInUse(self.shifts),
            "quota": facts.Quota(self.quotas),
            "pools": facts.PoolSizes(self.pools),
            "aliases": facts.Aliases(self.models),
            "key_budgets": facts.BudgetsOfKeys(self.budgets),
            "sounding": facts.SoundingAlarms(self.alarms),
            "readers": facts.Readers(self.services),
            "standing": facts.standing,
        }

    def measuring(self, pager: Pager) -> Mapping[str, Source]:
        """For all that an effect is measured by, too."""
        return {**self.sources(), "deliveries": facts.Deliveries(pager, self.clock)}

    def performers(self, pager: Pager, begin: BeginWork) -> Mapping[str, Performer]:
        """One for each kind of action in the registry; `begin` is for what changes how all of it stands."""
        moved, classes = bounds.MoveBounds(self.scaling), database.ChangeClass(self.servers)
        routes, budgets = models.RouteModels(self.models), keys.MoveBudgets(self.budgets)
        return {
            "raise_bound": moved,
            "release_bound": moved,
            "restart_service": services.RestartService(self.services),
            "replace_task": services.ReplaceTask(self.services),
            "stop_deployment": services.StopDeployment(self.services),
            "redeploy_readers": services.RedeployReaders(self.services),
            "evacuate_zone": zones.EvacuateZone(self.shifts),
            "restore_zone": zones.RestoreZone(self.shifts),
            "change_database_class": classes,
            "restore_database_class": classes,
            "fail_over_database": database.FailOver(self.servers),
            "limit_connections": connections.LimitConnections(self.pools),
            "restore_connections": connections.RestoreConnections(self.pools),
            "shift_model": routes,
            "restore_model": routes,
            "request_quota": quotas.RequestQuota(self.quotas),
            "mute_alarms": alarms.MuteAlarms(self.alarms),
            "unmute_alarms": alarms.UnmuteAlarms(self.alarms),
            "lower_key_budgets": budgets,
            "restore_key_budgets": budgets,
            "put_to_sleep": rest.PutToSleep(begin),
            "page": page.PagePerson(pager, facts.LastMinutes(self.metrics, self.clock), self.clock),
        }
