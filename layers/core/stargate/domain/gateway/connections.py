"""How many connections a gateway opens at its largest, and how many its database admits.

The numbers stand in the templates as well (`ConnectionsOfClass`, the applications' pools); a test compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stargate.domain.gateway.presets import Spec

MOST_CONNECTIONS = {
    "db.t4g.micro": 80,
    "db.t4g.small": 150,
    "db.t4g.medium": 300,
    "db.t4g.large": 500,
    "db.m6g.large": 500,
    "db.r6g.large": 1000,
    "db.r6g.xlarge": 2000,
    "db.r6g.2xlarge": 4000,
}
KEPT_BACK = 10  # for the preparing task, RDS itself and whoever looks
LITELLM_POOL = 10  # of each worker, and there is one for each vCPU
GRAFANA_POOL = 20
LANGFUSE_POOL = 20
CPU_UNITS_OF_WORKER = 1024


def connections_needed(spec: Spec) -> int:
    workers = spec.litellm.max_tasks * (spec.litellm.cpu // CPU_UNITS_OF_WORKER)
    pages = spec.grafana.tasks * GRAFANA_POOL + spec.langfuse.tasks * LANGFUSE_POOL
    return workers * LITELLM_POOL + pages
