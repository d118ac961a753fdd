"""What Container Insights writes of a cluster, to a log group that ECS makes where there is none.

It writes what happened in a minute when the minute is over: the last of it comes when the cluster is gone. A
group that went with the cluster is then made anew, by ECS, without an end and without a tag.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from ministack.services import cloudwatch_logs, ecs

if TYPE_CHECKING:
    from local.services.later import Later
    from local.services.pace import Pace

    Data = dict[str, Any]

MINUTE = 60.0
INSIGHTS = (
    {"name": "containerInsights", "value": "enabled"},
    {"name": "containerInsights", "value": "enhanced"},
)


def install(pace: Pace, later: Later) -> None:
    made, gone = ecs._put_cluster, ecs._delete_cluster

    @functools.wraps(made)
    def put(data: Data) -> Any:
        cluster = made(data)
        if _is_observed(cluster):
            _write(cluster["clusterName"])
        return cluster

    @functools.wraps(gone)
    def delete(data: Data) -> Any:
        name = ecs._resolve_cluster_name(data.get("cluster", "default"))
        was_observed = _is_observed(ecs._clusters.get(name) or {})
        answer = gone(data)
        if was_observed:
            later.call(pace.clock.real_seconds(MINUTE), _write, name)
        return answer

    ecs._put_cluster = put
    ecs._delete_cluster = ecs._ACTION_MAP["DeleteCluster"] = delete


def _is_observed(cluster: Data) -> bool:
    return any(setting in INSIGHTS for setting in cluster.get("settings") or [])


def _write(cluster: str) -> None:
    """One that is there already is written to, and stays as it is."""
    cloudwatch_logs._create_log_group({"logGroupName": f"/aws/ecs/containerinsights/{cluster}/performance"})
