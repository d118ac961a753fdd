"""What a paged person is told: what is wrong, since when, how bad, what was tried, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.moments import spoken, told
from stargate.domain.operating.conditions import HOUR, Condition
from stargate.domain.operating.first_steps import first_steps
from stargate.domain.operating.notices import LONGEST_SUBJECT, Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stargate.domain.environment import Environment
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.facts import Minute
    from stargate.domain.operating.incidents import Incident
    from stargate.domain.operating.operations import Operations, Overview

PAGE, INCIDENT_OVER = "page", "incident-over"
MINUTES_TOLD = 5
UNTOLD = frozenset({"reason", "was", "says", "message", "look", "runbook"})  # told elsewhere, or of no help


@dataclass(frozen=True)
class Page:
    subject: str
    text: str


def composed(overview: Overview, action: Action, minutes: Sequence[Minute], now: float) -> Notice:
    """Of an action of the kind `page`; what it says is what is known at this moment, and no secret.

    `minutes` are LiteLLM's newest, with none in it if they are not to be had.
    """
    condition = overview.operations.conditions[action.condition]
    environment = overview.environment
    incident = overview.operations.incident_of(condition.key)
    steps = first_steps(environment, condition.kind, condition.subject)
    lines = _lines(overview, condition, action, tuple(minutes), steps, now)
    return Notice(
        news=PAGE,
        notice_id=action.action_id,
        environment=environment.name,
        thread=thread_of(environment, incident, condition),
        severity=condition.severity.value,
        subject=_subject(environment, incident, condition.key),
        text="\n".join(lines),
        facts={
            **_facts(condition, incident),
            "action": action.action_id,
            "decided": condition.decided.reason if condition.decided else None,
            "next_steps": list(steps),
        },
        next_steps=steps,
    )


def over(overview: Overview, incident: Incident, words: str) -> Notice:
    """Of an incident that has ended; `words` are those of the ledger."""
    environment = overview.environment
    lines = [
        f"OVER: {words}.",
        "",
        f"Began:       {told(incident.opened_at)}",
        f"Well again:  {told(incident.recovered_at) if incident.recovered_at else 'not measured'}",
        f"All of it:   stargate incidents {environment.name} {incident.incident_id}",
    ]
    return Notice(
        news=INCIDENT_OVER,
        notice_id=incident.entry_id,
        environment=environment.name,
        thread=f"{environment.name}-{incident.incident_id}",
        severity="info",
        subject=_subject(environment, incident, incident.conditions[0]),
        text="\n".join(lines),
        facts={
            "incident": incident.incident_id,
            "conditions": list(incident.conditions),
            "worst": incident.severity.value,
            "summary": dict(incident.summary),
        },
    )


def thread_of(environment: Environment, incident: Incident | None, condition: Condition) -> str:
    """One for each incident; what is of none has one for each time that it opened."""
    return f"{environment.name}-{incident.incident_id if incident else condition.cause}"


def _subject(environment: Environment, incident: Incident | None, condition: str) -> str:
    """The same for all of one incident, by the condition that was there first: email has no other thread."""
    first = incident.conditions[0] if incident else condition
    kind, _, subject = first.partition("#")
    mark = f" (incident {incident.incident_id[-6:]})" if incident else ""
    words = f"[stargate {environment.name}] {kind} of {subject}"
    return f"{words[: LONGEST_SUBJECT - len(mark)]}{mark}"


def _facts(condition: Condition, incident: Incident | None) -> dict[str, Any]:
    return {
        "condition": condition.kind,
        "subject": condition.subject,
        "since": told(condition.opened_at),
        "reported_by": _reporters(condition),
        "incident": incident.incident_id if incident else None,
        "conditions": list(incident.conditions) if incident else [condition.key],
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
    yield "In numbers:"
    yield from _numbers(condition, minutes)
    yield "Tried:"
    yield from _tried(known, condition, action)
    yield "In force:"
    yield from _in_force(known)
    yield "Also open:"
    yield from _others(known, condition)
    if steps:
        yield "What to do:"
        yield from (f"- {step}" for step in steps)
    yield ""
    yield f"All of it:   stargate ledger {environment.name}; this began with entry {condition.cause}"
    incident = known.incident_of(condition.key)
    if incident is not None:
        yield f"Incident:    stargate incidents {environment.name} {incident.incident_id}"
    yield f"Runbook:     docs/runbook.md{_own_runbook(condition)}"
    yield 'Stop all:    stargate switch off --reason "..."'


def _explained(known: Operations, condition: Condition) -> Iterator[str]:
    """In the words of whoever reported it, and by what explains it."""
    words = condition.facts.get("says") or condition.facts.get("message") or condition.facts.get("reason")
    if words:
        yield f"In the words of its source: {words}"
    incident = known.incident_of(condition.key)
    if incident is not None and incident.cause != condition.key:
        kind, _, subject = incident.cause.partition("#")
        yield f"It may come of {kind} of {subject}, which is part of the same incident."


def _recurring(condition: Condition, now: float) -> str:
    recent = sum(opening > now - HOUR for opening in condition.openings)
    return f"; it has opened {recent} times in the last hour" if recent > 1 else ""


def _numbers(condition: Condition, minutes: tuple[Minute, ...]) -> Iterator[str]:
    told_any = False
    for name, value in sorted(condition.facts.items()):
        if name not in UNTOLD and isinstance(value, (int, float, str)) and not isinstance(value, bool):
            told_any = True
            yield (
                f"- {name.replace('_', ' ')}: {value:g}"
                if isinstance(value, float)
                else (f"- {name.replace('_', ' ')}: {value}")
            )
    for minute in minutes[-MINUTES_TOLD:]:
        told_any = True
        yield f"- {told(minute.at)} litellm: {in_words(minute)}"
    if not told_any:
        yield "- none are to be had"


def in_words(minute: Minute) -> str:
    shown = {
        "requests": (minute.requests, "{:.0f} requests"),
        "tasks": (minute.tasks, "{:.0f} tasks"),
        "cpu": (minute.cpu, "{:.0f} % CPU"),
        "response": (minute.response_seconds, "{:.1f} s on average"),
    }
    found = [form.format(value) for value, form in shown.values() if value is not None]
    return ", ".join(found) or "no metrics came"


def _own_runbook(condition: Condition) -> str:
    """An alert may name one of its own, and where it can be looked at."""
    named = [condition.facts[name] for name in ("runbook", "look") if condition.facts.get(name)]
    return "".join(f", {address}" for address in named)


def _reporters(condition: Condition) -> list[str]:
    reports = sorted(source for source, report in condition.reports.items() if report.opens)
    stops = len(condition.stops)
    return [*reports, f"{stops} stopped tasks"] if stops else reports


def _tried(known: Operations, condition: Condition, page: Action) -> Iterator[str]:
    since = (one for one in known.actions.values() if one.requested_at >= condition.opened_at)
    tried = [one for one in since if one.condition == condition.key and one.action_id != page.action_id]
    for one in sorted(tried, key=lambda one: one.requested_at):
        came = f": {one.outcome}" if one.outcome else ""
        yield f"- {told(one.requested_at)} {one.kind} of {one.subject} {one.status}{came}"
    if not tried:
        yield "- nothing: no action is known to help"


def _in_force(known: Operations) -> Iterator[str]:
    held = [hold for hold in known.holds.values() if hold.live]
    for hold in held:
        yield f"- {hold.kind} of {hold.subject} until {told(hold.until)}"
    if not held:
        yield "- nothing: the gateway is as declared"


def _others(known: Operations, condition: Condition) -> Iterator[str]:
    others = [one for one in known.conditions.values() if one.open and one.key != condition.key]
    for one in others:
        yield f"- {one.kind} of {one.subject}, {one.severity}, since {told(one.opened_at)}"
    if not others:
        yield "- nothing else"
