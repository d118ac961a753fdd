"""What each function is told by its deployment: the one place that reads the environment's variables."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar, cast

from stargate.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

Settings = TypeVar("Settings")


def read(kind: type[Settings], variables: Mapping[str, str] | None = None) -> Settings:
    """Fill `kind` from variables named as its fields; SettingsError lists every missing one."""
    given = os.environ if variables is None else variables
    names = [field.name for field in fields(cast("Any", kind))]
    missing = [name.upper() for name in names if not given.get(name.upper())]
    if missing:
        raise SettingsError(missing)
    return kind(**{name: given[name.upper()] for name in names})


@dataclass(frozen=True)
class TableSettings:
    """All that sleep, wake and the checks need."""

    table_name: str


@dataclass(frozen=True)
class ActionSettings:
    """Of those who change a running gateway, and who measure what came of it."""

    table_name: str
    operators_topic_arn: str


@dataclass(frozen=True)
class PerformActionSettings(ActionSettings):
    sleep_arn: str


@dataclass(frozen=True)
class SettleSettings:
    """Of those who say how an attempt ended: a failed update is taken back by another."""

    table_name: str
    provision_arn: str


@dataclass(frozen=True)
class RunStepSettings:
    table_name: str
    deploy_stack_function: str
    run_step_function: str


@dataclass(frozen=True)
class RemediateSettings:
    """Of those who start remediate, ask after it, or hear of its end."""

    table_name: str
    remediate_arn: str


@dataclass(frozen=True)
class ExamineConditionsSettings:
    """`links_url` is what the token of a one-time link follows."""

    table_name: str
    remediate_arn: str
    operators_topic_arn: str
    approvers_topic_arn: str
    links_url: str


@dataclass(frozen=True)
class ReceiveSignalSettings:
    table_name: str
    remediate_arn: str
    looks_queue_url: str


@dataclass(frozen=True)
class HandOverSettings:
    """Of those who hand events over to whoever takes signals."""

    receive_signal_function: str


@dataclass(frozen=True)
class LettersSettings:
    dead_letters_url: str
    function_prefix: str


@dataclass(frozen=True)
class ApiSettings:
    table_name: str
    drift_arn: str
    drill_arn: str
    drill_restore_arn: str
    gateway_bucket: str
    gateway_version: str
    provision_arn: str
    sleep_arn: str
    wake_arn: str
    retire_arn: str
    plan_environment_function: str
    explain_event_function: str
    redrive_letters_function: str
    take_request_function: str
    try_rate_limit_function: str


@dataclass(frozen=True)
class PlanSettings:
    table_name: str
    gateway_bucket: str
    gateway_version: str
    aws_region: str
    service_role_arn: str
    boundary_arn: str


@dataclass(frozen=True)
class DriftSettings:
    """Of those who compare what stands with what was declared, and who put it back."""

    table_name: str
    gateway_bucket: str


@dataclass(frozen=True)
class KeepTimeSettings:
    table_name: str
    drift_arn: str
    provision_arn: str
    sleep_arn: str
    wake_arn: str
    retire_arn: str


@dataclass(frozen=True)
class PreflightSettings:
    table_name: str
    gateway_bucket: str
    gateway_version: str
    aws_region: str
    service_role_arn: str
    boundary_arn: str
    operators_arn: str


@dataclass(frozen=True)
class PrepareCommonSettings:
    table_name: str
    gateway_bucket: str
    gateway_version: str
    service_role_arn: str
    home_bus_arn: str
    forwarder_role_arn: str


@dataclass(frozen=True)
class DeployStackSettings:
    table_name: str
    gateway_bucket: str
    service_role_arn: str
    boundary_arn: str
    deploy_stack_function: str
    run_step_function: str


@dataclass(frozen=True)
class RemoveStackSettings:
    table_name: str
    service_role_arn: str


@dataclass(frozen=True)
class NoticeProgressSettings:
    table_name: str
    deploy_stack_function: str
    run_step_function: str
    remove_stack_function: str


@dataclass(frozen=True)
class BucketSettings:
    """Of those who need nothing but the bucket: to publish the gateway, to keep prices."""

    gateway_bucket: str


@dataclass(frozen=True)
class DrillRecordsSettings:
    """Of those who write or read what was seen in a drill."""

    table_name: str
    gateway_bucket: str


@dataclass(frozen=True)
class ScoreDrillSettings:
    table_name: str
    gateway_bucket: str
    operators_topic_arn: str


@dataclass(frozen=True)
class KeepDrillsSettings:
    table_name: str
    drill_arn: str
    drill_restore_arn: str


@dataclass(frozen=True)
class CostsSettings:
    """Of those who meter environments, read their bills or report them."""

    table_name: str
    gateway_bucket: str


@dataclass(frozen=True)
class WatchBudgetsSettings(RemediateSettings):
    """Of who tells signals of what was spent."""

    gateway_bucket: str


@dataclass(frozen=True)
class OrderReportsSettings:
    table_name: str
    report_costs_arn: str


@dataclass(frozen=True)
class ReportCostsSettings:
    table_name: str
    gateway_bucket: str
    operators_topic_arn: str


@dataclass(frozen=True)
class WorkflowEndSettings:
    """Which workflow it was that ended tells who settles what it left."""

    table_name: str
    remediate_arn: str
    drill_arn: str
    drill_restore_arn: str
    drift_arn: str


@dataclass(frozen=True)
class LooksSettings:
    """Of those who order looks of the outer loop."""

    table_name: str
    looks_queue_url: str
