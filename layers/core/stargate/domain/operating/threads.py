"""What holds together all that is told of one incident: a key for chats and programs, a subject for email.

Mail programs know threads by the subject alone, so it names the condition that was there first and never
changes: how bad it is, and that it is over, stands in the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.notices import LONGEST_SUBJECT

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.incidents import Incident


def thread_of(environment: Environment, incident: Incident | None, condition: Condition) -> str:
    """One for each incident; what is of none has one for each time that it opened."""
    if incident is not None:
        return thread_of_incident(environment, incident)
    return f"{environment.name}-{condition.cause}"


def thread_of_incident(environment: Environment, incident: Incident) -> str:
    return f"{environment.name}-{incident.incident_id}"


def subject_of(environment: Environment, incident: Incident | None, condition: str) -> str:
    """`condition` is the key of the one that is told of."""
    first = incident.conditions[0] if incident else condition
    mark = f" (incident {incident.incident_id[-6:]})" if incident else ""
    words = f"[stargate {environment.name}] {spelled(first)}"
    return f"{words[: LONGEST_SUBJECT - len(mark)]}{mark}"


def spelled(condition: str) -> str:
    """`cpu-high#litellm` is `cpu-high of litellm`."""
    kind, _, subject = condition.partition("#")
    return f"{kind} of {subject}"
