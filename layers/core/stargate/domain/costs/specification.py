"""The specification's cost table, line by line: what it says, what is right, and why they differ.

What is right is taken from an estimate of the preset that the line is about; what the specification leaves
out is listed with the stack that costs it. So the lines of both kinds add up to the estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.money import ZERO, total

if TYPE_CHECKING:
    from stargate.domain.costs.estimate import Estimate, Line


@dataclass(frozen=True)
class SpecifiedLine:
    """`items` are the estimate's lines that it speaks of, as `stack item`; `says` is dollars a month."""

    section: str
    name: str
    says: Decimal
    items: frozenset[str]
    why: str


@dataclass(frozen=True)
class Reconciled:
    section: str
    name: str
    says: Decimal
    right: Decimal
    why: str

    @property
    def difference(self) -> Decimal:
        return self.right - self.says

    def document(self) -> dict[str, Any]:
        return {
            "section": self.section,
            "line": self.name,
            "says": self.says,
            "is": self.right,
            "difference": self.difference,
            "why": self.why,
        }


LEFT_OUT = "not in the specification"
SANDBOX_SAYS, POC_SAYS = Decimal(493), Decimal(50)
POC_WHY = (
    "the balancer with its addresses, four services on Spot with their metrics, the database, the NAT"
    " instance and sixteen secrets cost that at list prices; what was counted for $50 is not said"
)


def _line(section: str, name: str, says: str, items: tuple[str, ...], why: str) -> SpecifiedLine:
    return SpecifiedLine(section, name, Decimal(says), frozenset(items), why)


SANDBOX_LINES = (
    _line(
        "Compute",
        "LiteLLM, vCPU: 2 x $0.04048 x 730",
        "59.10",
        ("litellm vCPU",),
        "the price is for one vCPU and a task has two: 2 tasks x 2 vCPU are four",
    ),
    _line(
        "Compute",
        "LiteLLM, memory: 2 x 8 GB x $0.004445 x 730",
        "51.87",
        ("litellm memory",),
        "a task has 4 GB, as the line above it says: 2 x 4 GB",
    ),
    _line(
        "Compute",
        "LiteLLM, rounding up to $120",
        "9.03",
        (),
        "its two lines make $110.97; the rest is not explained",
    ),
    _line(
        "Compute",
        "Grafana, 2 x 0.5 vCPU x 1 GB",
        "30",
        ("grafana vCPU", "grafana memory"),
        "the vCPUs alone are $29.55; memory was left out",
    ),
    _line(
        "Compute",
        "Victoria Metrics, 0.5 vCPU x 1 GB",
        "15",
        ("victoria-metrics vCPU", "victoria-metrics memory"),
        "the vCPU alone is $14.78; memory was left out",
    ),
    _line(
        "Compute",
        "Langfuse, 2 x 1 vCPU x 2 GB",
        "60",
        ("langfuse vCPU", "langfuse memory"),
        "the vCPUs alone are $59.10; memory was left out",
    ),
    _line(
        "Database",
        "db.r6g.large Multi-AZ: $0.252 x 730",
        "184",
        ("data database db.r6g.large",),
        "Multi-AZ is $0.45 an hour: two instances run. $0.252 is not even the price of one in this region",
    ),
    _line(
        "Database",
        "Storage, 100 GB: $0.115",
        "11.50",
        ("data database storage",),
        "Multi-AZ storage is $0.23: each zone has a copy",
    ),
    _line("Networking", "NAT gateway: $0.045 x 730", "32.85", ("network NAT gateway",), "right"),
    _line(
        "Networking",
        "NAT data",
        "5",
        ("network NAT data",),
        "right for the 110 GB that are assumed",
    ),
    _line(
        "Networking",
        "CloudFront, low traffic",
        "5",
        ("edge CloudFront requests", "edge CloudFront to users", "edge CloudFront to origin"),
        "about right for the assumed traffic: 50 GB down, 10 GB up, a million requests",
    ),
    _line(
        "Storage and security",
        "EFS, 50 GB: $0.30",
        "15",
        ("storage file storage", "storage file reads", "storage file writes"),
        "right for what is stored; elastic throughput adds what is read and written",
    ),
    _line(
        "Storage and security",
        "WAF: $5 base + $10 bot control",
        "15",
        (
            "waf web ACL",
            "waf bot control",
            "waf web ACL rules",
            "waf web ACL requests",
            "waf bot control requests",
        ),
        "each of the rules costs $1 a month as well, and requests are paid by the million",
    ),
    _line(
        "Rounding",
        "sections of $225, $195, $43 and $30",
        "-0.35",
        (),
        "the sections are rounded before they are added to $493",
    ),
)


def reconciled(sandbox: Estimate) -> tuple[Reconciled, ...]:
    """Every line of the specification, then every line of the estimate that none of them speaks of."""
    by_name = {_name(line): line for line in sandbox.lines}
    said = [_against(line, by_name) for line in SANDBOX_LINES]
    spoken = {item for line in SANDBOX_LINES for item in line.items}
    rest = [line for name, line in by_name.items() if name not in spoken and line.monthly]
    left_out = [
        Reconciled(LEFT_OUT, f"{line.stack}: {line.item}", ZERO, line.monthly, line.assumption)
        for line in rest
    ]
    return (*said, *left_out)


def totals(lines: tuple[Reconciled, ...], poc: Estimate) -> tuple[Reconciled, Reconciled]:
    """The two totals of the specification; the first is the sum of the lines."""
    says, right = total(line.says for line in lines), total(line.right for line in lines)
    why = "the sum of the lines above"
    return (
        Reconciled("Total", "sandbox", says, right, why),
        Reconciled("Total", "poc", POC_SAYS, poc.total, POC_WHY),
    )


def _against(line: SpecifiedLine, known: dict[str, Line]) -> Reconciled:
    right = total(known[item].monthly for item in sorted(line.items))
    return Reconciled(line.section, line.name, line.says, right, line.why)


def _name(line: Line) -> str:
    return f"{line.stack} {line.item}"
