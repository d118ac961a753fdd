"""What a watch makes of the answers while they come: who is well, and the database, which nobody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.drills.objectives import DATABASE, GRAFANA, INGESTION, LANGFUSE
from stargate.domain.drills.outages import is_well
from stargate.domain.drills.probes import INTERVAL_SECONDS, Probe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Who reads or writes the database with every answer. LiteLLM is not among them: it may be wedged.
WITNESSES = frozenset({INGESTION, LANGFUSE, GRAFANA})


def with_database(probes: Iterable[Probe]) -> list[Probe]:
    """The probes and, for each beat, one of the database: it is to be had once one of its users is served.

    So a Langfuse or a Grafana that is down alone is not taken for a database that is.
    """
    asked = sorted(probes, key=lambda probe: probe.at)
    return [*asked, *(_database(beat) for beat in _beats(one for one in asked if one.component in WITNESSES))]


def newest_well(probes: Iterable[Probe], components: Sequence[str], since: float) -> dict[str, bool]:
    """Of each component, whether it gave good answers in a row, all of them asked since then."""
    told_of: dict[str, list[Probe]] = {component: [] for component in components}
    for probe in sorted(probes, key=lambda probe: probe.at):
        if probe.component in told_of and probe.at >= since:
            told_of[probe.component].append(probe)
    return {component: is_well(asked) for component, asked in told_of.items()}


def _beats(probes: Iterable[Probe]) -> list[list[Probe]]:
    """Those that were asked at the same beat, give or take the moment that starting each takes."""
    beats: list[list[Probe]] = []
    for probe in probes:
        if not beats or probe.at - beats[-1][0].at > INTERVAL_SECONDS / 2:
            beats.append([])
        beats[-1].append(probe)
    return beats


def _database(beat: Sequence[Probe]) -> Probe:
    at = min(probe.at for probe in beat)
    served = [probe.ended_at for probe in beat if probe.ok]
    if served:
        return Probe(at, DATABASE, ok=True, latency=min(served) - at)
    reasons = sorted({f"{probe.component}: {probe.reason}" for probe in beat})
    return Probe(
        at, DATABASE, ok=False, latency=max(probe.ended_at for probe in beat) - at, reason="; ".join(reasons)
    )
