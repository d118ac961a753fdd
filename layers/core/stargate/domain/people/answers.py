"""What a person may say to an approval: grant it, or refuse it and say why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stargate.domain.faults import Fault
from stargate.domain.people.approvals import ApprovalStatus

LONGEST_REASON = 500
ANSWERS = {"grant": ApprovalStatus.GRANTED, "refuse": ApprovalStatus.REFUSED}
FIELDS = ("answer", "reason")


def faults_of_answer(request: Any) -> tuple[Fault, ...]:
    """Of `{"answer": "grant" | "refuse", "reason": text}`; a refusal needs its reason."""
    if not isinstance(request, Mapping):
        return (Fault("", "is no JSON object", 'an object: {"answer": "grant", "reason": "..."}'),)
    allowed = f"one of {', '.join(FIELDS)}"
    found = [Fault(f"/{name}", "is not known", allowed) for name in request if name not in FIELDS]
    answer, reason = request.get("answer"), request.get("reason", "")
    if answer not in tuple(ANSWERS):
        found.append(Fault("/answer", f"{answer!r} is not allowed", f"one of {', '.join(ANSWERS)}"))
    if not isinstance(reason, str) or len(reason) > LONGEST_REASON:
        found.append(Fault("/reason", "is no text or too long", f"text of up to {LONGEST_REASON} characters"))
    elif answer == "refuse" and not reason.strip():
        found.append(Fault("/reason", "is missing", "why it is refused"))
    return tuple(found)
