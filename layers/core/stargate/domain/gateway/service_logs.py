"""Log groups whose names AWS's services give, and which they make anew when they write and find none.

Each stands in a template with its retention, and goes with its stack. What a service still had to write then
comes to a group that nobody declared: it would be kept for ever, and hold the name.
"""

from __future__ import annotations


def service_log_prefixes(name: str) -> tuple[str, ...]:
    """Of the environment of that name: what RDS writes of its database, Container Insights of its cluster."""
    return (f"/aws/rds/instance/stargate-{name}/", f"/aws/ecs/containerinsights/stargate-{name}/")
