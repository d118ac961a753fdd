"""What the control plane itself costs a month, from what its template has and does, and each one's share.

Not counted: what happens on request or when something breaks (workflows, drills, the API), which is cents.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from stargate.domain.costs.estimate import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.costs.prices import PriceBook

STACK = "control plane"
REGION = "us-east-1"  # its prices are taken wherever the control plane is: elsewhere it is a matter of cents
MILLION, THOUSAND = Decimal(1_000_000), Decimal(1000)
# At most so many calls by the clock and so many watched metrics: a test holds them to the template.
CALLS, ALARMS = Decimal(250_000), 75
METERINGS = Decimal(730 * 6)  # of each environment
SECONDS_OF_A_TICK = Decimal("0.3")  # assumed: a few calls of AWS, the function warm
GIGABYTES = Decimal("0.5")
METRICS_OF_A_METERING = 45  # series that each environment's use is read from
# Each minute, by `watch_quotas`: calls and throttles of three profiles of each environment and of AWS's,
# and four more of each that is called; of each of those eleven are published. Assumed: two of its own are.
WATCHES = Decimal(730 * 60)
METRICS_OF_A_WATCH, METRICS_OF_ITS_REGION, PUBLISHED = 6 + 2 * 4, 6, 2 * 11
READS_OF_A_TICK, WRITES_OF_A_METERING = 4, 8  # request units: half a kilobyte each, a day's row is some
BILL_REQUESTS_A_DAY = 3  # of each environment, at a cent
LOG_GB = Decimal("0.5")
DAYS = Decimal(730) / 24


@dataclass(frozen=True)
class Due:
    """One item of a month, and on what its quantity rests."""

    name: str
    item: str
    quantity: Decimal
    why: str


def _dues(environments: int) -> Iterator[Due]:
    calls, metered = CALLS, METERINGS * environments
    ticks = f"{calls:,.0f} calls by the clock, rounded up"
    yield Due("calls of functions", "function_calls", calls / MILLION, ticks)
    compute = calls * SECONDS_OF_A_TICK * GIGABYTES
    yield Due("compute of functions", "function_seconds", compute, f"{SECONDS_OF_A_TICK} s each, assumed")
    yield Due("traces", "traces", calls / MILLION, "every call is traced")
    yield Due("reads of the table", "table_reads", calls * READS_OF_A_TICK / MILLION, ticks)
    writes = metered * WRITES_OF_A_METERING / MILLION
    yield Due("writes to the table", "table_writes", writes, "a row of each environment's day")
    read = metered * METRICS_OF_A_METERING / THOUSAND
    yield Due("metrics that are read", "metrics_read", read, f"{METRICS_OF_A_METERING} of each environment")
    watched = WATCHES * (METRICS_OF_A_WATCH * environments + METRICS_OF_ITS_REGION) / THOUSAND
    yield Due("quotas that are watched", "metrics_read", watched, f"{METRICS_OF_A_WATCH} metrics a minute")
    told = Decimal(PUBLISHED * environments)
    yield Due("quotas that are told", "custom_metric", told, "of each model in use, assumed to be two")
    asked = Decimal(BILL_REQUESTS_A_DAY) * DAYS * environments
    yield Due(
        "questions for the bill", "bill_requests", asked, f"{BILL_REQUESTS_A_DAY} a day, each environment"
    )
    yield Due("alarms", "alarm_metric", Decimal(ALARMS), "on functions, workflows, queues and the API")
    yield Due("key", "key", Decimal(1), "of the operators' topic")
    yield Due("log ingestion", "log_ingest", LOG_GB, "assumed")


def control_plane_lines(book: PriceBook, environments: int, months: Decimal = Decimal(1)) -> list[Line]:
    """The share of one of so many environments, of so many months; MissingPriceError without a price."""
    share = months / max(1, environments)
    return [
        Line(STACK, (), due.name, due.quantity * share, book.of(due.item, REGION), "fixed", due.why, "hours")
        for due in _dues(environments)
    ]
