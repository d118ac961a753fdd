"""What people are told when an incident is over: what it was, what was done and came of it, and how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.domain.moments import spoken, told
from stargate.domain.operating.incident_report import done_in_words
from stargate.domain.operating.notices import MOST_LISTED, Notice, both_ends, listed
from stargate.domain.operating.threads import spelled, subject_of, thread_of_incident

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stargate.domain.environment import Environment
    from stargate.domain.operating.incidents import Incident

    Document = dict[str, Any]

INCIDENT_OVER = "incident-over"
ASKED_FOR = ("detect", "act", "recover")


def over(environment: Environment, incident: Incident, timeline: Sequence[Document]) -> Notice:
    """Of an incident that has ended or is put away; of a long timeline its beginning and its end."""
    return Notice(
        news=INCIDENT_OVER,
        notice_id=incident.entry_id,
        environment=environment.name,
        thread=thread_of_incident(environment, incident),
        severity="info",
        subject=subject_of(environment, incident, incident.conditions[0]),
        text="\n".join(_lines(environment, incident, timeline)),
        facts={
            "incident": incident.incident_id,
            "conditions": list(incident.conditions[:MOST_LISTED]),
            "worst": incident.severity.value,
            "summary": dict(incident.summary),
            "timeline": both_ends(timeline),
        },
        next_steps=(_all_of_it(environment, incident),),
    )


def _lines(environment: Environment, incident: Incident, timeline: Sequence[Document]) -> Iterator[str]:
    done = incident.summary["actions"]
    known, acted, well = (spoken(incident.summary["seconds"][f"to_{what}"]) for what in ASKED_FOR)
    what = f"{spelled(incident.conditions[0])} in {environment.name}"
    is_well = incident.recovered_at is not None
    yield f"OVER: {what}." if is_well else f"PUT AWAY: {what}, which is {environment.status}."
    if incident.cause != incident.conditions[0]:
        yield f"It came of {spelled(incident.cause)}."
    yield ""
    yield f"Began:       {told(incident.opened_at)}"
    yield f"Known:       after {known}"
    yield f"Acted on:    {f'after {acted}' if done else 'not at all'}"
    yield f"Well again:  {f'after {well}' if is_well else 'nobody looks any more'}"
    yield ""
    yield "What was wrong:"
    yield from listed(map(spelled, incident.conditions))
    yield "What was done:"
    yield from listed(f"{action['at']} {done_in_words(action)}" for action in done)
    yield "Timeline:"
    yield from listed(f"after {spoken(one['seconds'])}, {one['kind']}: {one['summary']}" for one in timeline)
    yield ""
    yield f"All of it:   {_all_of_it(environment, incident)}"


def _all_of_it(environment: Environment, incident: Incident) -> str:
    """Also beside the text, which a chat cuts."""
    return f"stargate incidents {environment.name} {incident.incident_id}"
