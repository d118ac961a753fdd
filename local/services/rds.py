"""What DescribeDBInstances leaves out: the standby's zone, and the secret that RDS manages."""

from __future__ import annotations

from typing import Any

from ministack.services import rds


def completed(render: Any) -> Any:
    def with_standby_and_secret(instance: dict[str, Any]) -> str:
        xml = str(render(instance))
        zone, secret = instance.get("SecondaryAvailabilityZone"), instance.get("MasterUserSecret")
        if zone:
            xml += f"<SecondaryAvailabilityZone>{zone}</SecondaryAvailabilityZone>"
        if secret:
            members = "".join(f"<{name}>{value}</{name}>" for name, value in secret.items())
            xml += f"<MasterUserSecret>{members}</MasterUserSecret>"
        return xml

    return with_standby_and_secret


def install() -> None:
    rds._instance_xml = completed(rds._instance_xml)
