"""Whether a certificate is good for a gateway's own name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Certificate:
    status: str  # as ACM has it; ISSUED is the only good one
    names: tuple[str, ...]


def certificate_faults(arn: str, found: Certificate | None, domain: str) -> Iterator[str]:
    """Each with its way out; `found` is None where ACM has none of that ARN."""
    if found is None:
        yield f"{arn} is no certificate of this account: import or request it in us-east-1"
        return
    if found.status != "ISSUED":
        yield f"{arn} is {found.status}, not ISSUED: answer its validation, or renew it"
    if not any(covers(name, domain) for name in found.names):
        yield f"{arn} is for {', '.join(found.names)}: {domain} needs a certificate that names it"


def covers(name: str, domain: str) -> bool:
    """A star stands for exactly one label, the first."""
    if name.startswith("*."):
        return domain.partition(".")[2].lower() == name[2:].lower()
    return name.lower() == domain.lower()
