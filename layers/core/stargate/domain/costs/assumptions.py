"""What an estimate assumes of use: every number stated, each with what it means, all of them overridable."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from stargate.domain.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

HOURS = Decimal(730)  # of a month: 8 760 a year in twelve parts


@dataclass(frozen=True)
class Assumption:
    """`most` is where a number stops to make sense: a slip, and not a large gateway."""

    name: str
    value: Decimal
    most: Decimal
    unit: str
    meaning: str

    @property
    def flows(self) -> bool:
        """Whether it is an amount of a whole month, of which a part of the month has its part."""
        return self.unit.endswith("a month") and self.name != "hours"


def _assumption(name: str, value: str, most: str, unit: str, meaning: str) -> Assumption:
    return Assumption(name, Decimal(value), Decimal(most), unit, meaning)


DEFAULTS = (
    _assumption("hours", "730", "744", "hours a month", "how long the environment stands"),
    _assumption("asleep_share", "0", "1", "of these hours", "in which it sleeps"),
    _assumption("litellm_tasks", "0", "50", "tasks", "LiteLLM's average; 0 stands for its minimum"),
    _assumption("requests", "0", "10000000000", "calls a month", "what is asked of models; 0: none"),
    _assumption("haiku_share", "0.2", "1", "of the calls", "that go to Haiku"),
    _assumption("sonnet_share", "0.7", "1", "of the calls", "that go to Sonnet"),
    _assumption("opus_share", "0.1", "1", "of the calls", "that go to Opus"),
    _assumption("input_tokens", "1000", "1000000", "tokens a call", "sent and not cached"),
    _assumption("output_tokens", "300", "1000000", "tokens a call", "answered"),
    _assumption("cache_read_tokens", "0", "1000000", "tokens a call", "read from the prompt cache"),
    _assumption("cache_write_tokens", "0", "1000000", "tokens a call", "written to the prompt cache"),
    _assumption("nat_gb", "110", "1000000", "GB a month", "through NAT: prompts and answers, images, logs"),
    _assumption("cdn_gb", "50", "1000000", "GB a month", "from CloudFront to users"),
    _assumption("cdn_upload_gb", "10", "1000000", "GB a month", "from CloudFront to the balancer"),
    _assumption(
        "cdn_requests", "1000000", "10000000000", "requests a month", "at CloudFront and its firewall"
    ),
    _assumption("page_share", "0.1", "1", "of the requests", "outside /v1/, where bot control looks"),
    _assumption("balancer_lcu", "1", "10000", "LCU", "the balancer's average load"),
    _assumption("zone_gb", "50", "1000000", "GB a month", "between zones, each way"),
    _assumption("file_gb", "50", "1000000", "GB", "metrics stored for 30 days"),
    _assumption("file_read_gb", "20", "1000000", "GB a month", "metrics read"),
    _assumption("file_write_gb", "60", "1000000", "GB a month", "metrics written"),
    _assumption("log_gb", "1", "100000", "GB a month", "written to each log group"),
    _assumption("image_gb", "3", "100000", "GB", "images mirrored, for both architectures"),
    _assumption("backup_gb", "0", "1000000", "GB", "database backups beyond the free size of the database"),
    _assumption("observer_calls", "3000", "100000000", "calls a month", "to the observer: checks and drills"),
    _assumption("observer_seconds", "5", "900", "seconds", "that such a call takes"),
    _assumption("secret_calls", "10000", "1000000000", "calls a month", "to read secrets"),
)


@dataclass(frozen=True)
class Usage:
    """`measured` counts, by name, what need not be assumed: hours of tasks and of a database, tokens, logs.

    `known` are the assumptions in `values` that were measured, and so are none.
    """

    values: Mapping[str, Decimal]
    month_hours: Decimal = HOURS
    measured: Mapping[str, Decimal] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> Decimal:
        return self.values[name]

    @property
    def months(self) -> Decimal:
        """The share of a month in which the environment stands: AWS takes so much of a monthly price."""
        return self["hours"] / self.month_hours

    @property
    def awake(self) -> Decimal:
        """The share of its hours in which it is awake."""
        return 1 - self["asleep_share"]

    @property
    def awake_hours(self) -> Decimal:
        return self["hours"] * self.awake


USUAL = Usage({one.name: one.value for one in DEFAULTS})


def usage_of(given: Mapping[str, str]) -> tuple[Usage, tuple[Fault, ...]]:
    """The usual use with these numbers in it, and what is wrong with them, all of it."""
    known = {one.name: one for one in DEFAULTS}
    faults: list[Fault] = []
    values = dict(USUAL.values)
    for name, text in given.items():
        if name not in known:
            faults.append(Fault(name, "is no assumption", f"one of {', '.join(sorted(known))}"))
            continue
        value = _number(text)
        if value is None or not 0 <= value <= known[name].most:
            faults.append(Fault(name, f"{text} makes no sense", f"a number from 0 to {known[name].most}"))
        else:
            values[name] = value
    shares = sum(values[f"{model}_share"] for model in ("haiku", "sonnet", "opus"))
    if not faults and shares != 1:
        faults.append(Fault("haiku_share, sonnet_share, opus_share", f"add up to {shares}", "1 in all"))
    return Usage(values), tuple(faults)


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
