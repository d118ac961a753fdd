"""What came of an incident, told from the entries of the ledger that belong to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.domain.moments import spoken, told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stargate.domain.ledger import Entry
    from stargate.domain.operating.incidents import Incident

    Document = dict[str, Any]

MOST_ACTIONS = 20  # of a summary; the timeline has all


def reported(incident: Incident, entries: Iterable[Entry], recovered_at: float | None) -> Document:
    """Its cause, what was decided and done, the effect in numbers, and how long each part took, in seconds.

    To detect: from the moment that its first event names until it was known here. To act and to recover: from
    that moment until the first action was performed, and until the last condition had closed. None: never, or
    not yet.
    """
    ours = [one for one in entries if one.incident == incident.incident_id]
    begun = [one for one in ours if one.kind == "action" and "target" in one.detail]
    return {
        "cause": incident.cause,
        "signals": sum(one.kind == "signal" for one in ours),
        "decisions": sum(one.kind == "decision" for one in ours),
        "approvals": [one.summary for one in ours if one.kind == "approval"],
        "actions": [_action(one, ours) for one in begun[:MOST_ACTIONS]],
        "seconds": {
            "to_detect": _since(incident, incident.detected_at),
            "to_act": _since(incident, min((one.at for one in begun), default=None)),
            "to_recover": _since(incident, recovered_at),
        },
    }


def in_words(incident: Incident, summary: Mapping[str, Any]) -> str:
    """One line, for the ledger and for people."""
    seconds, done = summary["seconds"], summary["actions"]
    acted = f"acted on after {spoken(seconds['to_act'])}" if done else "nothing was done"
    known, well = spoken(seconds["to_detect"]), spoken(seconds["to_recover"])
    words = f"incident of {incident.cause} ended: known after {known}, {acted}, well after {well}"
    return "; ".join([words, *map(done_in_words, done)])


def timeline(incident: Incident, entries: Iterable[Entry]) -> list[Document]:
    """Each entry, from the oldest on, with the seconds since its first event."""
    ours = [one for one in entries if one.incident == incident.incident_id]
    ours.sort(key=lambda one: (one.at, one.kind != "signal"))  # of one moment, what was heard comes first
    return [
        {
            "entry": one.entry_id,
            "at": told(one.at),
            "seconds": _since(incident, one.at),
            "kind": one.kind,
            "subject": one.subject,
            "summary": one.summary,
            "actor": one.actor,
            "cause": one.cause,
        }
        for one in ours
    ]


def _since(incident: Incident, moment: float | None) -> float | None:
    return None if moment is None else round(max(0.0, moment - incident.opened_at), 3)


def _action(entry: Entry, ours: Sequence[Entry]) -> Document:
    """With its effect: what was found before it, what was aimed at, and what was measured of it."""
    ends = (one for one in ours if one.cause == entry.entry_id and "outcome" in one.detail)
    end = next(ends, None)
    return {
        "entry": entry.entry_id,
        "action": entry.detail["action"],
        "subject": entry.subject,
        "at": told(entry.at),
        "was": entry.detail.get("was"),
        "target": entry.detail["target"],
        "outcome": None if end is None else end.detail["outcome"],
        "measured": None if end is None else end.detail.get("measured"),
        "seconds": None if end is None else round(end.at - entry.at, 3),
    }


def done_in_words(action: Mapping[str, Any]) -> str:
    """One action of a summary, with what came of it."""
    found = {name: value for name, value in (action["measured"] or {}).items() if value is not None}
    measured = ", ".join(f"{name} {value:g}" for name, value in found.items())
    effect = f" ({measured})" if measured else ""
    return f"{action['action']} of {action['subject']} {action['outcome'] or 'without an outcome'}{effect}"
