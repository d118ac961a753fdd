"""What AWS would sell in a region: classes of database and machine, and models that an account may use.

MiniStack orders other classes than the gateway's, in zones that it has not, knows no offer of machines, and
tells of models in a shape that no SDK reads. Here every current class of the smaller kinds is to be had, and
every model, but for what was withdrawn from outside: that is how a test, or whoever is curious, is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import get_region, json_response
from ministack.services import bedrock, ec2, rds

from local import control
from local.services.zones import offered

CLASSES = tuple(
    f"db.{family}.{size}"
    for family, sizes in {
        "t3": "micro small medium large xlarge 2xlarge",
        "t4g": "micro small medium large xlarge 2xlarge",
        "m6g": "large xlarge 2xlarge 4xlarge",
        "r6g": "large xlarge 2xlarge 4xlarge",
    }.items()
    for size in sizes.split()
)
MACHINES = ("t3.nano", "t3.micro", "t3.small")
USE_FORM = "use form"


@dataclass(frozen=True)
class Offers:
    """What is not to be had, by name: a class, a model's id, or "use form"."""

    withdrawn: set[str] = field(default_factory=set)

    def withdraw(self, body: dict[str, Any]) -> dict[str, Any]:
        if not body.get("name"):
            raise ValueError("name the class, the model or the form that is not to be had")
        self.withdrawn.add(str(body["name"]))
        return self.listed()

    def restore(self, _body: dict[str, Any]) -> dict[str, Any]:
        self.withdrawn.clear()
        return self.listed()

    def listed(self) -> dict[str, Any]:
        return {"withdrawn": sorted(self.withdrawn)}

    def orderable(self, params: Any) -> Any:
        """DescribeOrderableDBInstanceOptions: one option for each class, in each of the region's zones."""
        wanted = rds._p(params, "DBInstanceClass")
        classes = [name for name in CLASSES if name not in self.withdrawn and wanted in {"", name}]
        options = "".join(_option(params, name) for name in classes)
        answer = f"<OrderableDBInstanceOptions>{options}</OrderableDBInstanceOptions>"
        operation = "DescribeOrderableDBInstanceOptions"
        return rds._xml(200, f"{operation}Response", f"<{operation}Result>{answer}</{operation}Result>")

    def machines(self, params: Any) -> Any:
        """DescribeInstanceTypeOfferings: the type that is asked for, in each of the region's zones."""
        asked = {str(value[0] if isinstance(value, list) else value) for value in params.values()}
        names = sorted((asked & set(MACHINES)) - self.withdrawn)
        items = "".join(
            f"<item><instanceType>{name}</instanceType><locationType>availability-zone</locationType>"
            f"<location>{zone}</location></item>"
            for name in names
            for zone in offered(get_region())
        )
        answer = f"<instanceTypeOfferingSet>{items}</instanceTypeOfferingSet>"
        return ec2._xml(200, "DescribeInstanceTypeOfferingsResponse", answer)

    def use_form(self) -> Any:
        """GetUseCaseForModelAccess: what a company wants models for, as it wrote it once."""
        if USE_FORM in self.withdrawn:
            error = {"__type": "ResourceNotFoundException", "message": "Use case not found"}
            return json_response(error, 404)
        return json_response({"formData": "e30="})

    def availability(self, model: str) -> Any:
        """GetFoundationModelAvailability: an account that sent in the use form, unless it was withdrawn."""
        agreed = "NOT_AVAILABLE" if model in self.withdrawn else "AVAILABLE"
        return json_response(
            {
                "modelId": model,
                "agreementAvailability": {"status": agreed},
                "authorizationStatus": "AUTHORIZED",
                "entitlementAvailability": "AVAILABLE",
                "regionAvailability": "AVAILABLE",
            }
        )


def _option(params: Any, name: str) -> str:
    zones = "".join(
        f"<AvailabilityZone><Name>{zone}</Name></AvailabilityZone>" for zone in offered(get_region())
    )
    values = {
        "Engine": rds._p(params, "Engine"),
        "EngineVersion": rds._p(params, "EngineVersion") or "16.13",
        "DBInstanceClass": name,
        "AvailabilityZones": zones,
        "MultiAZCapable": "true",
        "Vpc": "true",
        "StorageType": "gp3",
    }
    inner = "".join(f"<{key}>{value}</{key}>" for key, value in values.items())
    return f"<OrderableDBInstanceOption>{inner}</OrderableDBInstanceOption>"


def install() -> None:
    offers = Offers()
    ec2._ACTION_MAP["DescribeInstanceTypeOfferings"] = offers.machines
    bedrock._get_use_case_for_model_access = offers.use_form
    rds._ACTION_MAP["DescribeOrderableDBInstanceOptions"] = offers.orderable
    bedrock._get_foundation_model_availability = offers.availability
    control.route("POST", "/_stargate/offers", offers.withdraw)
    control.route("DELETE", "/_stargate/offers", offers.restore)
    control.route("GET", "/_stargate/offers", lambda _: offers.listed())
