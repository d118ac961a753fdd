# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""Functions that know what things cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate import settings
from stargate.adapters.clock import SystemClock

if TYPE_CHECKING:
    from stargate.adapters.state.table import Table
    from stargate.usecases.costs.collect_bill import CollectBill
    from stargate.usecases.costs.meter_use import MeterUse
    from stargate.usecases.costs.order_reports import OrderReports
    from stargate.usecases.costs.refresh_prices import RefreshPrices
    from stargate.usecases.costs.report_costs import ReportCosts
    from stargate.usecases.costs.show_reports import ShowReports
    from stargate.usecases.costs.state_costs import StateCosts
    from stargate.usecases.costs.watch_budgets import WatchBudgets


def refresh_prices() -> RefreshPrices:
    from stargate.adapters.costs.price_book import StoredPrices
    from stargate.adapters.costs.price_list import AwsPriceList
    from stargate.domain.gateway.presets import PRESETS
    from stargate.usecases.costs.refresh_prices import RefreshPrices

    regions = {place for preset in PRESETS.values() for place in (preset.region, preset.bedrock_region)}
    bucket = settings.read(settings.BucketSettings).gateway_bucket
    return RefreshPrices(AwsPriceList(), StoredPrices(bucket), SystemClock(), sorted(regions))


def meter_use() -> MeterUse:
    from stargate.adapters.costs.price_book import StoredPrices
    from stargate.adapters.costs.usage import CloudWatchUsage
    from stargate.adapters.gateway.observer import LambdaObserver
    from stargate.adapters.provisioning.s3 import S3Manifests
    from stargate.adapters.state.cost_days import CostDays
    from stargate.adapters.state.environment_rows import EnvironmentRows
    from stargate.adapters.state.node_rows import NodeRows
    from stargate.adapters.state.table import Table
    from stargate.usecases.costs.keys_by_observer import KeysByObserver
    from stargate.usecases.costs.meter_use import MeterUse

    given = settings.read(settings.CostsSettings)
    table = Table(given.table_name)
    return MeterUse(
        EnvironmentRows(table),
        NodeRows(table),
        S3Manifests(given.gateway_bucket),
        CloudWatchUsage(),
        StoredPrices(given.gateway_bucket),
        CostDays(table),
        SystemClock(),
        KeysByObserver(LambdaObserver()),
    )


def state_costs(table: Table, bucket: str) -> StateCosts:
    from stargate.adapters.costs.price_book import StoredPrices
    from stargate.adapters.provisioning.s3 import S3Manifests
    from stargate.adapters.state.cost_days import CostDays
    from stargate.adapters.state.environment_rows import EnvironmentRows
    from stargate.usecases.costs.state_costs import StateCosts

    return StateCosts(
        EnvironmentRows(table), S3Manifests(bucket), StoredPrices(bucket), CostDays(table), SystemClock()
    )


def show_reports(table: Table, bucket: str) -> ShowReports:
    from stargate.adapters.state.cost_reports import CostReports
    from stargate.adapters.state.environment_rows import EnvironmentRows
    from stargate.usecases.costs.show_reports import ShowReports

    return ShowReports(EnvironmentRows(table), CostReports(table, bucket), SystemClock())


def order_reports() -> OrderReports:
    from stargate.adapters.state.cost_days import CostDays
    from stargate.adapters.state.cost_reports import CostReports
    from stargate.adapters.state.environment_rows import EnvironmentRows
    from stargate.adapters.state.table import Table
    from stargate.adapters.workflows.stepfunctions import StepFunctionsReporting
    from stargate.usecases.costs.order_reports import OrderReports

    given = settings.read(settings.OrderReportsSettings)
    table = Table(given.table_name)
    return OrderReports(
        EnvironmentRows(table),
        CostDays(table),
        CostReports(table, ""),  # asks for rows only
        StepFunctionsReporting(given.report_costs_arn),
        SystemClock(),
    )


def collect_bill() -> CollectBill:
    from stargate.adapters.costs.cost_explorer import CostExplorer
    from stargate.adapters.state.cost_days import CostDays
    from stargate.adapters.state.environment_rows import EnvironmentRows
    from stargate.adapters.state.table import Table
    from stargate.usecases.costs.collect_bill import CollectBill

    table = Table(settings.read(settings.TableSettings).table_name)
    return CollectBill(EnvironmentRows(table), CostExplorer(), CostDays(table), SystemClock())


def report_costs(actor: str) -> ReportCosts:
    from stargate.adapters.state.cost_reports import CostReports
    from stargate.adapters.state.environment_rows import EnvironmentRows
    from stargate.adapters.state.table import Table
    from stargate.usecases.costs.report_costs import ReportCosts
    from stargate.wiring.actions import pager
    from stargate.wiring.shared import narrator_of

    given = settings.read(settings.ReportCostsSettings)
    table = Table(given.table_name)
    return ReportCosts(
        EnvironmentRows(table),
        state_costs(table, given.gateway_bucket),
        CostReports(table, given.gateway_bucket),
        pager(given.operators_topic_arn),
        SystemClock(),
        narrator_of(actor),
    )


def watch_budgets() -> WatchBudgets:
    from stargate.adapters.state.environment_rows import EnvironmentRows
    from stargate.adapters.state.operations import OperationsTable
    from stargate.adapters.state.table import Table
    from stargate.usecases.costs.watch_budgets import WatchBudgets
    from stargate.wiring.operating import signals

    given = settings.read(settings.WatchBudgetsSettings)
    table = Table(given.table_name)
    return WatchBudgets(
        EnvironmentRows(table),
        OperationsTable(table),
        state_costs(table, given.gateway_bucket),
        signals(given, "watch_budgets"),
        SystemClock(),
    )
