"""Every kind of action there is, by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions.change_database_class import ChangeDatabaseClass
from stargate.domain.operating.actions.evacuate_zone import EvacuateZone
from stargate.domain.operating.actions.fail_over_database import FailOverDatabase
from stargate.domain.operating.actions.limit_connections import LimitConnections
from stargate.domain.operating.actions.lower_key_budgets import LowerKeyBudgets
from stargate.domain.operating.actions.mute_alarms import MuteAlarms
from stargate.domain.operating.actions.page import Page
from stargate.domain.operating.actions.put_to_sleep import PutToSleep
from stargate.domain.operating.actions.raise_bound import RaiseBound
from stargate.domain.operating.actions.redeploy_readers import RedeployReaders
from stargate.domain.operating.actions.release_bound import ReleaseBound
from stargate.domain.operating.actions.replace_task import ReplaceTask
from stargate.domain.operating.actions.request_quota import RequestQuota
from stargate.domain.operating.actions.restart_service import RestartService
from stargate.domain.operating.actions.restore_connections import RestoreConnections
from stargate.domain.operating.actions.restore_database_class import RestoreDatabaseClass
from stargate.domain.operating.actions.restore_key_budgets import RestoreKeyBudgets
from stargate.domain.operating.actions.restore_model import RestoreModel
from stargate.domain.operating.actions.restore_zone import RestoreZone
from stargate.domain.operating.actions.shift_model import ShiftModel
from stargate.domain.operating.actions.stop_deployment import StopDeployment
from stargate.domain.operating.actions.unmute_alarms import UnmuteAlarms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.actions.kind import ActionKind

ACTIONS: Mapping[str, ActionKind] = {
    kind.name: kind
    for kind in (
        RaiseBound(),
        ReleaseBound(),
        RestartService(),
        ReplaceTask(),
        StopDeployment(),
        RedeployReaders(),
        EvacuateZone(),
        RestoreZone(),
        ChangeDatabaseClass(),
        RestoreDatabaseClass(),
        FailOverDatabase(),
        LimitConnections(),
        RestoreConnections(),
        ShiftModel(),
        RestoreModel(),
        RequestQuota(),
        MuteAlarms(),
        UnmuteAlarms(),
        LowerKeyBudgets(),
        RestoreKeyBudgets(),
        PutToSleep(),
        Page(),
    )
}
