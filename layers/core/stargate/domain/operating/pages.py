"""What a paged person is told: what is wrong, since when, how bad, what was tried, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.domain.moments import spoken, told
from stargate.domain.operating.conditions import HOUR, Condition, reporters
from stargate.domain.operating.first_steps import first_steps
from stargate.domain.operating.notices import MOST_LISTED, Notice, listed
from stargate.domain.operating.threads import spelled, subject_of, thread_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stargate.domain.operating.action import Action
    from stargate.domain.operating.facts import Minute
    from stargate.domain.operating.incidents import Incident
    from stargate.domain.operating.operations import Operations, Overview

PAGE = "page"
MINUTES_TOLD = 5
# Facts that are told elsewhere, or of no help.
UNTOLD = frozenset({"reason", "was", "says", "message", "look", "runbook", "group"})


def composed(overview: Overview, action: Action, minutes: Sequence[Minute], now: float) -> Notice:
    """Of an action of the kind `page`; what it says is what is known at this moment, and no secret.

    `minutes` are LiteLLM's newest, with none in it if they are not to be had.
    """
    condition = overview.operations.conditions[action.condition]
    environment = overview.environment
    incident = overview.operations.incident_of(condition.key)
    steps = first_steps(environment, condition)
    lines = _lines(overview, condition, action, tuple(minutes), steps, now)
    return Notice(
        news=PAGE,
        notice_id=action.action_id,
        environment=environment.name,
        thread=thread_of(environment, incident, condition),
        severity=condition.severity.value,
        subject=subject_of(environment, incident, condition.key),
        text="\n".join(lines),
        facts={
            **_facts(condition, incident),
            "action": action.action_id,
            "decided": condition.decided.reason if condition.decided else None,
            "next_steps": list(steps),
        },
        next_steps=steps,
    )


def _facts(condition: Condition, incident: Incident | None) -> dict[str, Any]:
    return {
        "condition": condition.kind,
        "subject": condition.subject,
        "since": told(condition.opened_at),
        "reported_by": _reporters(condition),
        "facts": dict(condition.facts),
        "incident": incident.incident_id if incident else None,
        "conditions": list(incident.conditions[:MOST_LISTED]) if incident else [condition.key],
        "cause": condition.cause,
    }


def _lines(
    overview: Overview,
    condition: Condition,
    action: Action,
    minutes: tuple[Minute, ...],
    steps: tuple[str, ...],
    now: float,
) -> Iterator[str]:
    environment, known = overview.environment, overview.operations
    level = condition.severity.value.upper()
    yield f"{level}: {condition.kind} of {condition.subject} in {environment.name}."
    yield from _explained(known, condition)
    yield ""
    lasted = spoken(max(0.0, now - condition.opened_at))
    yield f"Since:       {told(condition.opened_at)}, for {lasted}{_recurring(condition, now)}"
    yield f"Reported by: {', '.join(_reporters(condition)) or 'nobody any more'}"
    yield f"Environment: {environment.environment_id}, {environment.region}, {environment.status}"
    yield f"Decided:     {condition.decided.reason if condition.decided else 'nothing yet'}"
    yield ""
    yield "Known of it:"
    yield from listed(_known(condition, minutes), "nothing can be measured")
    yield "Tried:"
    yield from listed(_tried(known, condition, action), "nothing: no action is known to help")
    yield "In force:"
    yield from listed(_in_force(known), "nothing: the gateway is as declared")
    yield "Also open:"
    yield from listed(_others(known, condition), "nothing else")
    yield "What to do:"
    yield from listed(steps, "the runbook says how to go on")
    yield ""
    yield f"All of it:   stargate ledger {environment.name}; this began with entry {condition.cause}"
    incident = known.incident_of(condition.key)
    if incident is not None:
        yield f"Incident:    stargate incidents {environment.name} {incident.incident_id}"
    yield "Runbook:     docs/runbook.md"
    yield 'Stop all:    stargate switch off --reason "..."'


def _explained(known: Operations, condition: Condition) -> Iterator[str]:
    """In the words of whoever reported it, and by what explains it."""
    words = condition.facts.get("says") or condition.facts.get("message") or condition.facts.get("reason")
    if words:
        yield f"In the words of its source: {words}"
    incident = known.incident_of(condition.key)
    if incident is not None and incident.cause != condition.key:
        yield f"It may come of {spelled(incident.cause)}, which is part of the same incident."


def _recurring(condition: Condition, now: float) -> str:
    recent = sum(opening > now - HOUR for opening in condition.openings)
    return f"; it has opened {recent} times in the last hour" if recent > 1 else ""


def _known(condition: Condition, minutes: tuple[Minute, ...]) -> Iterator[str]:
    for name, value in sorted(condition.facts.items()):
        if name not in UNTOLD and isinstance(value, (int, float, str)) and not isinstance(value, bool):
            yield f"{name.replace('_', ' ')}: {f'{value:g}' if isinstance(value, float) else value}"
    for minute in minutes[-MINUTES_TOLD:]:
        yield f"{told(minute.at)} litellm: {in_words(minute)}"


def in_words(minute: Minute) -> str:
    shown = {
        "requests": (minute.requests, "{:.0f} requests"),
        "tasks": (minute.tasks, "{:.0f} tasks"),
        "cpu": (minute.cpu, "{:.0f} % CPU"),
        "response": (minute.response_seconds, "{:.1f} s on average"),
    }
    found = [form.format(value) for value, form in shown.values() if value is not None]
    return ", ".join(found) or "no metrics came"


def _reporters(condition: Condition) -> list[str]:
    stops = len(condition.stops)
    return [*reporters(condition), *([f"{stops} stopped tasks"] if stops else [])]


def _tried(known: Operations, condition: Condition, page: Action) -> Iterator[str]:
    """About all of the incident, if it is of one: who was told, too."""
    incident = known.incident_of(condition.key)
    keys = incident.conditions if incident else (condition.key,)
    since = incident.opened_at if incident else condition.opened_at
    tried = (one for one in known.actions.values() if one.condition in keys and one.requested_at >= since)
    for one in sorted(tried, key=lambda one: one.requested_at):
        if one.action_id != page.action_id:
            came = f": {one.outcome}" if one.outcome else ""
            yield f"{told(one.requested_at)} {one.kind} of {one.subject} {one.status}{came}"


def _in_force(known: Operations) -> Iterator[str]:
    for hold in known.holds.values():
        if hold.live:
            yield f"{hold.kind} of {hold.subject} until {told(hold.until)}"


def _others(known: Operations, condition: Condition) -> Iterator[str]:
    for one in known.conditions.values():
        if one.open and one.key != condition.key:
            yield f"{one.kind} of {one.subject}, {one.severity}, since {told(one.opened_at)}"
