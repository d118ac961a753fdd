"""What a paged person is told: what is wrong, since when, what was tried and came of it, where to look on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.moments import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.operating.action import Action
    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.operations import Operations, Overview

LONGEST_SUBJECT = 100  # SNS takes no more, and ASCII only


@dataclass(frozen=True)
class Page:
    subject: str
    text: str


def composed(overview: Overview, action: Action) -> Page:
    """Of an action of the kind `page`; what it says is what is known at this moment, and no secret."""
    condition = overview.operations.conditions[action.condition]
    name = overview.environment.name
    level = condition.severity.value.upper()
    subject = f"[stargate {name}] {level} {condition.kind} of {condition.subject}"
    return Page(subject[:LONGEST_SUBJECT], "\n".join(_lines(overview, condition, action)))


def _lines(overview: Overview, condition: Condition, action: Action) -> Iterator[str]:
    environment = overview.environment
    yield f"{condition.kind} of {condition.subject} in {environment.name} is {condition.severity}."
    yield ""
    yield f"Since:       {told(condition.opened_at)} (opened {condition.times_opened} times so far)"
    yield f"Reported by: {', '.join(_reporters(condition)) or 'nobody any more'}"
    yield f"Environment: {environment.environment_id}, {environment.region}, {environment.status}"
    yield f"Decided:     {condition.decided.reason if condition.decided else 'nothing yet'}"
    yield ""
    yield "Tried:"
    yield from _tried(overview.operations, condition, action)
    yield "In force:"
    yield from _in_force(overview.operations)
    yield "Also open:"
    yield from _others(overview.operations, condition)
    yield ""
    yield f"All of it:   stargate ledger {environment.name}; this began with entry {condition.cause}"
    yield f"Conditions:  GET /environments/{environment.name}/conditions"
    yield 'Stop all:    PUT /switch {"actions": "off", "reason": "..."}'


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
