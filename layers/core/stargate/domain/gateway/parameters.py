"""A stack's parameters: what is declared of the environment, and what the stacks it needs gave out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.life.bounds import declared_bounds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.gateway.manifest import Template
    from stargate.domain.gateway.presets import Preset, Spec
    from stargate.domain.life.bounds import Bounds


@dataclass(frozen=True)
class Order:
    """What is asked of CloudFormation for one stack; the same order has the same fingerprint."""

    template: Template
    parameters: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        told = json.dumps([self.template.sha256, dict(self.parameters)], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


class MissingParameterError(ValueError):
    """A template declares a parameter that nobody gives."""


def environment_parameters(
    environment: Environment, gateway_bucket: str, boundary_arn: str
) -> dict[str, str]:
    preset = environment.preset_defaults()
    return {
        "Environment": environment.name,
        "EnvironmentId": environment.environment_id,
        "Preset": environment.preset,
        **spec_parameters(environment.spec, preset),
        "GatewayBucket": gateway_bucket,
        "GatewayVersion": environment.gateway_version,
        "BedrockRegion": preset.bedrock_region,
        "BoundaryArn": boundary_arn,
    }


def spec_parameters(spec: Spec, preset: Preset) -> dict[str, str]:
    """Those that the specification decides; the rest is of the one environment and of the control plane."""
    return {
        "VpcCidr": spec.network.cidr,
        "ZoneCount": str(preset.zones),
        "Nat": spec.network.nat,
        "BalancerScheme": spec.edge.balancer,
        "Domain": spec.edge.domain,
        "CertificateArn": spec.edge.certificate,
        "Spot": _flag(spec.compute.spot),
        "CpuArchitecture": spec.compute.architecture.upper(),
        "LitellmCpu": str(spec.litellm.cpu),
        "LitellmMemory": str(spec.litellm.memory),
        **bounds_parameters(declared_bounds(spec)),
        "GrafanaTasks": str(spec.grafana.tasks),
        "LangfuseTasks": str(spec.langfuse.tasks),
        "DatabaseClass": spec.database.instance_class,
        "DatabaseStorage": str(spec.database.storage_gb),
        "DatabaseMaxStorage": str(spec.database.max_storage_gb),
        "DatabaseMultiAz": _flag(spec.database.multi_az),
        "MirrorImages": _flag(spec.images.mirror),
    }


def bounds_parameters(bounds: Bounds) -> dict[str, str]:
    return {"LitellmMinTasks": str(bounds.minimum), "LitellmMaxTasks": str(bounds.maximum)}


def stack_parameters(
    template: Template, declared: Mapping[str, str], outputs: Mapping[str, str]
) -> dict[str, str]:
    """Only what the template declares; what nobody gives must have a default."""
    given = {**outputs, **declared}
    missing = [name for name in template.parameters if name not in given and name not in template.defaults]
    if missing:
        raise MissingParameterError(f"{template.key} needs {', '.join(missing)}, which nothing gives")
    return {name: given[name] for name in template.parameters if name in given}


def _flag(value: bool) -> str:  # noqa: FBT001  (a pure word for a truth value)
    return "true" if value else "false"
