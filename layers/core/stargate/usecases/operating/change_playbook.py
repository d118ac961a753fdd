"""The playbook of an environment: show it, in any version, or put another one in force."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.faults import Fault
from stargate.domain.playbook.default import IDENTITY
from stargate.domain.playbook.faults import faults_around, faults_of
from stargate.domain.playbook.own import OF_DEFAULT, OWN, UNWRITTEN, OwnPlaybook, differences
from stargate.errors import (
    ConflictError,
    EnvironmentNotFoundError,
    InvalidRequestError,
    PlaybookNotFoundError,
    PlaybookOutdatedError,
)

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.ledger import Entry
    from stargate.domain.playbook.lines import Text
    from stargate.ports.state import Environments, Playbooks
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator

    Document = dict[str, Any]


@dataclass(frozen=True)
class ChangePlaybook:
    environments: Environments
    playbooks: Playbooks
    clock: Clock
    narrator: Narrator

    def show(self, name: str, version: int | None = None) -> Document:
        """The version in force, or another; `versions` has what is known of each, the newest first."""
        environment = self._environment(name)
        known = self.playbooks.versions(environment.environment_id)
        found = self.playbooks.get(environment.environment_id, version)
        if found is None:
            raise PlaybookNotFoundError(f"{name} has no version {version} of its playbook")
        return {"environment": name, **found.document(), "versions": [one.summary() for one in known]}

    def __call__(self, name: str, request: Text) -> Document:
        """Put it in force if the version that it was made from still is; each fault has its line.

        What is in force already is answered as it is: a request that is sent again does no harm.
        """
        faults = request.faults or tuple(map(request.named, _faults(request.document)))
        if faults:
            raise InvalidRequestError(faults)
        environment = self._environment(name)
        before = self.playbooks.get(environment.environment_id) or UNWRITTEN
        after = self._next(before, request.document)
        if after.written != before.written:
            self._put(environment, request.document["version"], before, after)
            return {"environment": name, **after.document()}
        return {"environment": name, **before.document()}

    def _put(self, environment: Environment, made_from: int, before: OwnPlaybook, after: OwnPlaybook) -> None:
        if made_from != before.version:
            words = f"version {before.version} is in force, not {made_from}"
            raise PlaybookOutdatedError(f"{words}: look at what changed, and put yours again")
        entry = self._entry(environment, before, after)
        try:
            self.playbooks.put(environment.environment_id, after, entry)
        except ConflictError as error:
            raise PlaybookOutdatedError("somebody else put a playbook in force just now") from error

    def _next(self, before: OwnPlaybook, request: Mapping[str, Any]) -> OwnPlaybook:
        own = request.get("follows", OWN) == OWN
        return replace(
            before,
            version=before.version + 1,
            written=json.dumps({"rules": request["rules"]}) if own else None,
            note=request.get("note", ""),
            actor=self.narrator.actor,
            at=self.clock.now(),
            made_from=before.made_from if own and before.written is not None else IDENTITY,
        )

    def _entry(self, environment: Environment, before: OwnPlaybook, after: OwnPlaybook) -> Entry:
        changes = differences(before.rules, after.rules)
        words = "; ".join(f"{what} {', '.join(names)}" for what, names in changes.items()) or "the same rules"
        what = "it follows the default" if after.follows == OF_DEFAULT else words
        summary = f"playbook version {after.version}: {what}"
        detail = {**after.summary(), "before": before.version, "changes": dict(changes)}
        cause = f"request by {self.narrator.actor}"
        return self.narrator.entry(environment, "decision", "playbook", summary[:1000], cause, detail)

    def _environment(self, name: str) -> Environment:
        environment = self.environments.by_name(name)
        if environment is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        return environment


def _faults(request: Any) -> list[Fault]:
    """Of `{version, rules, note?}`, or of `{version, follows: "default", note?}`."""
    if not isinstance(request, Mapping):
        return [Fault("", "is no JSON object", 'an object: {"version": 0, "rules": [...]}')]
    found: list[Fault] = []
    version = request.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        told = "the version that was shown, 0 if there was none of its own"
        found.append(Fault("/version", f"{version!r} is not allowed", told))
    follows = request.get("follows", OWN)
    if follows not in (OWN, OF_DEFAULT):
        found.append(Fault("/follows", f"{follows!r} is not known", f"one of {OF_DEFAULT}, {OWN}"))
    if follows == OF_DEFAULT:
        if "rules" in request:
            found.append(Fault("/rules", "are of a playbook of its own", "none, to follow the default"))
        return [*found, *faults_around(request)]
    return [*found, *faults_of(request)]
