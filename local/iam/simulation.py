"""IAM's simulator, answered by what decides in earnest.

MiniStack's own tries one resource and knows neither boundaries nor contexts, nor roles that have a path.
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from ministack.services import iam

from local.iam import organization
from local.iam.principals import ANY_RESOURCE, decided

DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny"}
OPERATION = "SimulatePrincipalPolicy"


def install() -> None:
    iam._IAM_HANDLERS[OPERATION] = simulate


def simulate(params: dict[str, Any]) -> Any:
    """Each action on each resource, as AWS answers it."""
    principal = iam._p(params, "PolicySourceArn")
    keys = _context(params)
    results = "".join(
        _result(principal, action, resource, keys)
        for action in _listed(params, "ActionNames.member.{}")
        for resource in _listed(params, "ResourceArns.member.{}") or ["*"]
    )
    answer = f"<EvaluationResults>{results}</EvaluationResults><IsTruncated>false</IsTruncated>"
    return iam._xml(200, f"{OPERATION}Response", f"<{OPERATION}Result>{answer}</{OPERATION}Result>", ns="iam")


def _listed(params: dict[str, Any], name: str) -> list[str]:
    found: list[str] = []
    while value := iam._p(params, name.format(len(found) + 1)):
        found.append(str(value))
    return found


def _context(params: dict[str, Any]) -> dict[str, Any]:
    names = _listed(params, "ContextEntries.member.{}.ContextKeyName")
    return {
        name: iam._p(params, f"ContextEntries.member.{place}.ContextKeyValues.member.1")
        for place, name in enumerate(names, 1)
    }


def _result(principal: str, action: str, resource: str, keys: dict[str, Any]) -> str:
    judged = ANY_RESOURCE if resource == "*" else resource
    decision = DECISIONS.get(decided(principal, action, judged, keys), "implicitDeny")
    allowed = str(not organization.denies(action)).lower()
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName>"
        f"<EvalResourceName>{escape(resource)}</EvalResourceName><EvalDecision>{decision}</EvalDecision>"
        "<OrganizationsDecisionDetail>"
        f"<AllowedByOrganizations>{allowed}</AllowedByOrganizations></OrganizationsDecisionDetail></member>"
    )
