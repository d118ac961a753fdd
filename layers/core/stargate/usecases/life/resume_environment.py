"""Resume what failed, and free stacks that are stuck: what may be passed over is named by a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.life.resumption import faults_of_resume
from stargate.errors import EnvironmentNotFoundError, InvalidRequestError

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.ports.provisioning import Manifests
    from stargate.ports.state import Environments
    from stargate.usecases.life.begin_work import BeginWork


@dataclass(frozen=True)
class ResumeEnvironment:
    environments: Environments
    manifests: Manifests
    begin: BeginWork

    def __call__(self, name: str, request: Any) -> Environment:
        """`request` is `{}` or `{"skip": {stack: [resource, ...]}}`."""
        present = self.environments.by_name(name)
        if present is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        faults = faults_of_resume(request, present.graph, self.manifests.read(present.gateway_version))
        if faults:
            raise InvalidRequestError(faults)
        skips = {stack: tuple(names) for stack, names in request.get("skip", {}).items()}
        return self.begin("resume", name, skips=skips)
