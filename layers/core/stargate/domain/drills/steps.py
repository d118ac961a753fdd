"""What a drill would do, step by step, for whoever wants to know before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.drills.deeds import deeds_of
from stargate.domain.drills.drill import RESCUE_AFTER, STEADY_SECONDS
from stargate.domain.drills.kinds import TRIALS, Kind
from stargate.domain.drills.objectives import COMPONENTS, OBJECTIVES, asked_of

if TYPE_CHECKING:
    from stargate.domain.drills.deeds import Standing


def steps(kind: Kind, standing: Standing, broken: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Each step by its name in the workflow's graph, and what it does to this gateway."""
    if TRIALS[kind].runs_beside:
        return RESTORING
    watched = (
        f"ask each second: {', '.join(COMPONENTS)}; {STEADY_SECONDS:.0f} s well before anything is broken"
    )
    done = "; ".join(deed.told() for deed in deeds_of(kind, standing)) or TRIALS[kind].failure
    tended = (
        f"stopped and undone where it must be; litellm deployed anew if it refuses for {RESCUE_AFTER:.0f} s"
    )
    return (
        ("Announce and mute", _muting(kind)),
        ("Watch", watched),
        ("Inject", done),
        ("Stop or rescue if need be", tended),
        ("Put back and unmute", _putting_back(kind)),
        ("Score", _scoring(broken)),
    )


RESTORING = (
    ("Announce", "take the lease `rehearsal`: one drill at a time, and the loop goes on"),
    ("Mark", "write a record, and wait until backups reach beyond it"),
    ("Restore beside", "the newest point in time, to an instance beside, measured until it is available"),
    ("Check it", "a one-off task reads the record and the applications' tables there"),
    ("Delete it", "whatever happened, and give the lease back"),
    ("Score", "how long it took, and how old the newest restorable moment was; to the ledger"),
)


def _muting(kind: Kind) -> str:
    alarms = len(TRIALS[kind].alarms)
    return (
        f"take the lease `drill`, so that the loop repairs nothing meanwhile; mute {alarms} alarms; tell it"
    )


def _putting_back(kind: Kind) -> str:
    zone = "the zone is in use again; " if kind is Kind.ZONE_LOSS else ""
    return f"{zone}alarms and loop as they were, whatever happened"


def _scoring(broken: tuple[str, ...]) -> str:
    asked = ", ".join(f"{one} < {asked_of(one, broken):.0f} s" for one in COMPONENTS)
    lost = ", ".join(
        f"{one} {'0 s' if not objective.loss_seconds else f'< {objective.loss_seconds:.0f} s'}"
        for one, objective in OBJECTIVES.items()
        if objective.loss_seconds is not None
    )
    return f"{asked}; data lost: {lost}; to the ledger"
