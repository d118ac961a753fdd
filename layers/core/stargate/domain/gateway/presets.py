"""Named sets of defaults: what an environment is if nothing is overridden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from stargate.domain.gateway.graph import GATEWAY, PLAIN

if TYPE_CHECKING:
    from stargate.domain.gateway.graph import Graph

Document = dict[str, Any]


@dataclass(frozen=True)
class NetworkSpec:
    cidr: str
    nat: Literal["one", "per_zone", "instance"]


@dataclass(frozen=True)
class ComputeSpec:
    """What every service runs on."""

    spot: bool
    architecture: Literal["x86_64", "arm64"]


@dataclass(frozen=True)
class ImagesSpec:
    """Whether images are copied into the account's own registry, and started from there."""

    mirror: bool = False


@dataclass(frozen=True)
class EdgeSpec:
    """How the gateway is reached: a balancer with public addresses or none, a name of one's own or AWS's."""

    balancer: Literal["public", "private"]
    domain: str = ""
    certificate: str = ""  # its ARN, in us-east-1 and good for the domain


@dataclass(frozen=True)
class LitellmSpec:
    cpu: int
    memory: int
    min_tasks: int
    max_tasks: int


@dataclass(frozen=True)
class ServiceSpec:
    tasks: int


@dataclass(frozen=True)
class DatabaseSpec:
    instance_class: str
    storage_gb: int
    max_storage_gb: int
    multi_az: bool


@dataclass(frozen=True)
class Spec:
    """What was declared of an environment, defaults filled in."""

    network: NetworkSpec
    edge: EdgeSpec
    compute: ComputeSpec
    litellm: LitellmSpec
    grafana: ServiceSpec
    langfuse: ServiceSpec
    database: DatabaseSpec
    images: ImagesSpec = ImagesSpec()

    @property
    def graph(self) -> Graph:
        """The gateway with what was chosen; what a preset does without is in it."""
        return GATEWAY if self.images.mirror else PLAIN

    def document(self) -> Document:
        database = self.database
        return {
            "network": {"cidr": self.network.cidr, "nat": self.network.nat},
            "edge": {
                "balancer": self.edge.balancer,
                "domain": self.edge.domain,
                "certificate": self.edge.certificate,
            },
            "compute": {"spot": self.compute.spot, "architecture": self.compute.architecture},
            "litellm": {
                "cpu": self.litellm.cpu,
                "memory": self.litellm.memory,
                "min_tasks": self.litellm.min_tasks,
                "max_tasks": self.litellm.max_tasks,
            },
            "grafana": {"tasks": self.grafana.tasks},
            "langfuse": {"tasks": self.langfuse.tasks},
            "database": {
                "class": database.instance_class,
                "storage_gb": database.storage_gb,
                "max_storage_gb": database.max_storage_gb,
                "multi_az": database.multi_az,
            },
            "images": {"mirror": self.images.mirror},
        }

    @staticmethod
    def from_document(document: Document) -> Spec:
        database = document["database"]
        return Spec(
            NetworkSpec(**document["network"]),
            EdgeSpec(**document.get("edge", {"balancer": "public"})),
            ComputeSpec(**document.get("compute", {"spot": False, "architecture": "x86_64"})),
            LitellmSpec(**document["litellm"]),
            ServiceSpec(**document["grafana"]),
            ServiceSpec(**document["langfuse"]),
            DatabaseSpec(
                database["class"], database["storage_gb"], database["max_storage_gb"], database["multi_az"]
            ),
            ImagesSpec(**document.get("images", {})),
        )

    def overridden(self, overrides: Document) -> Spec:
        document = self.document()
        for part, values in overrides.items():
            document[part].update({name: _whole(value) for name, value in values.items()})
        return Spec.from_document(document)


def converted(spec: Spec, before: Preset, after: Preset) -> Spec:
    """The defaults of another preset, but for what was chosen otherwise and what never changes."""
    old, new, own = before.spec.document(), after.spec.document(), spec.document()
    kept = {
        part: {
            name: value for name, value in values.items() if (part, name) in KEPT or value != old[part][name]
        }
        for part, values in own.items()
    }
    made = {part: {**values, **kept[part]} for part, values in new.items()}
    volume = made["database"]
    volume["storage_gb"] = max(volume["storage_gb"], own["database"]["storage_gb"])  # RDS only ever grows one
    volume["max_storage_gb"] = max(volume["max_storage_gb"], volume["storage_gb"])
    return Spec.from_document(made)


def _whole(value: Any) -> Any:
    """JSON knows one kind of number: 2.0 is the whole number 2."""
    return int(value) if isinstance(value, float) else value


# What a conversion leaves as it is: everything stands in the one and behind the other.
KEPT = frozenset({("network", "cidr"), ("edge", "balancer")})


@dataclass(frozen=True)
class Preset:
    name: str
    region: str
    bedrock_region: str
    zones: int
    spec: Spec
    lacks: frozenset[str] = frozenset()  # nodes of the gateway that such an environment does without
    shares_secrets: bool = False  # with all others of the preset in its region
    deletion_protection: bool = False


REGIONS = ("us-east-1", "us-west-1")  # those that the gateway's templates know; a test compares

PRESETS = {
    "sandbox": Preset(
        name="sandbox",
        region="us-east-1",
        bedrock_region="us-east-1",
        zones=3,
        spec=Spec(
            network=NetworkSpec(cidr="10.20.0.0/16", nat="one"),
            edge=EdgeSpec(balancer="public"),
            compute=ComputeSpec(spot=False, architecture="x86_64"),
            litellm=LitellmSpec(cpu=2048, memory=4096, min_tasks=2, max_tasks=6),
            grafana=ServiceSpec(tasks=2),
            langfuse=ServiceSpec(tasks=2),
            database=DatabaseSpec("db.r6g.large", storage_gb=100, max_storage_gb=200, multi_az=True),
        ),
        deletion_protection=True,
    ),
    # Development: one of everything, what may be lost is not kept, models come from where they are served.
    "poc": Preset(
        name="poc",
        region="us-west-1",
        bedrock_region="us-east-1",
        zones=2,
        spec=Spec(
            network=NetworkSpec(cidr="10.10.0.0/16", nat="instance"),
            edge=EdgeSpec(balancer="public"),
            compute=ComputeSpec(spot=True, architecture="x86_64"),
            litellm=LitellmSpec(cpu=1024, memory=2048, min_tasks=1, max_tasks=1),
            grafana=ServiceSpec(tasks=1),
            langfuse=ServiceSpec(tasks=1),
            database=DatabaseSpec("db.t4g.micro", storage_gb=20, max_storage_gb=50, multi_az=False),
        ),
        lacks=frozenset({"waf", "storage"}),
        shares_secrets=True,
    ),
}
