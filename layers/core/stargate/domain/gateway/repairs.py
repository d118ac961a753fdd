"""Where a gateway differs from its specification, and which of the differences are an environment's own.

They are written down for people in docs/spec-repairs.md and published from there with the templates.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.environment import Environment

EVERY = "all"


@dataclass(frozen=True)
class Repair:
    """`part` is a stack, a preset or a choice such as `network.nat=one`; several are parted by commas."""

    place: str
    part: str
    says: str
    does: str
    because: str

    def document(self) -> dict[str, str]:
        return asdict(self)

    def concerns(self, environment: Environment) -> bool:
        return any(part in _parts_of(environment) for part in self.part.split(", "))


def _parts_of(environment: Environment) -> Iterator[str]:
    yield EVERY
    yield environment.preset
    yield from environment.graph.names
    for part, values in environment.spec.document().items():
        yield from (f"{part}.{name}={_written(value)}" for name, value in values.items())


def _written(value: Any) -> str:
    return str(value).lower()
