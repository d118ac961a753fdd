"""Every number of the specification is met by a template, or written down with what we do instead.

The specification is read where it lies and is no part of the project, so this holds only fragments: which
line is meant, and which row of test_spec_numbers.py or of docs/spec-repairs.md answers for it.
"""

from __future__ import annotations

import re

import pytest

from tests.spec.readings import REPAIRS, SPECIFICATION
from tests.spec.test_spec_numbers import MET, REPAIRED

FRAMES = re.compile(r"[│┌┐└┘├┤─═╔╗╚╝║▼▲◄┬┴┼\s]+")

# A pattern of the line → the row that answers for it.
ANSWERED = {
    r"AVAILABILITY ZONE|SUBNETS \(3 AZs\)|3-AZ Deployment|us-east-1a us-east-1b": "Availability Zones",
    r"10\.20\.0\.0/16": "VPC",
    r"^10\.20\.10\d\.0": "public subnets",
    r"^10\.20\.1\.0|^10\.20\.10\d\.0/24 10": "private subnets",
    r"PriceClass_100": "price class",
    r"HTTPS \(443\)": "viewers come by",
    r"HTTP:80|HTTP \(80\)": "balancer listens",
    r"PostgreSQL 16": "RDS engine",
    r"db\.r6g\.large": "RDS Instance",
    r"100 ?GB GP3": "RDS storage",
    r"IOPS: 3000": "Database IOPS",
    r"7-day automated": "RDS backups",
    r"AES-256": "encrypted",
    r"30 days|30-day": "retention",
    r"\*\*LiteLLM\*\* \| 2048|^2 vCPU 2 vCPU|^4 GB RAM": "LiteLLM task",
    r"\*\*LiteLLM\*\* \| .* 2-6|Min: 2 tasks": "LiteLLM Replicas",
    r"\*\*LiteLLM\*\* .*70%|Target: CPU Utilization 70%|CPU > 70%": "CPU target",
    r"\*\*Grafana\*\* \| 512|^0\.5 vCPU 0\.5|^1 GB RAM 1 GB": "Grafana task",
    r"\*\*Grafana\*\* \| .* 2 \| No|Fixed: 2 replicas": "Grafana Replicas",
    r"\*\*Victoria Metrics\*\* \| 512|^0\.5 vCPU EFS|^1 GB RAM 30": "Victoria Metrics task",
    r"\*\*Victoria Metrics\*\* \| .* 1 \| No|Single replica": "Victoria Metrics replicas",
    r"\*\*Langfuse\*\* \| 1024|^1 vCPU 1 vCPU|^2 GB RAM": "Langfuse task",
    r"\*\*Langfuse\*\* \| .* 2 \| No": "Langfuse Replicas",
    r"Target Group \(:4000\)": "LiteLLM port",
    r"Target Group \(:3000\)": "Grafana port",
    r"Deregistration: 30s": "Deregistration delay",
    r"cooldown: 60s|^60 seconds -1|^\+1 Task": "scale-out cooldown",
    r"cooldown: 300s|300 seconds": "scale-in cooldown",
    r"Size: 50 GB|EFS \(50 GB\)": "EFS size",
    r"^\d+ \d \d+% ": "Scaling timeline",
    r"^[2-6] \d+ \d+-\d+$|100 concurrent": "Capacity",
    r"Max concurrent requests|Avg latency|Memory per request": "One task's figures",
    r"(LiteLLM|Grafana|Langfuse): 1/2 tasks|Scenario 1|ECS reschedules": "One zone fails",
    r"Scenario 2|failure \(30s\)|(LiteLLM|Grafana|Langfuse) \| < 30s": "Recovery of a crashed task",
    r"Victoria Metrics \| < 2min": "Victoria health check interval",
    r"60-120s|Scenario 3|RDS PostgreSQL \| < 2min": "Database failover",
    r"(LiteLLM|Grafana|Langfuse) /.* 30s 5s 3 unhealthy": "Health check interval",
    r"Victoria /-/healthy 30s 5s 3|Victoria: 30 seconds": "Victoria health",
    r"LiteLLM: 90 seconds": "litellm grace",
    r"Grafana: 60 seconds": "grafana grace",
    r"Langfuse: 60 seconds": "langfuse grace",
    r"^Rule \d|^Priority: \d|Log4j": "WAF rules in order",
    r"1000 requests per 5 minutes": "rate limit",
    r"OWASP Top 10": "WAF common rules",
    r":8000": "LiteLLM metrics",
    r"Scrape: 15s": "scrape interval",
    r"4xx/5xx": "error rates shown",
    r"p50, p95, p99": "percentiles shown",
    r"LiteLLM CPU \|": "litellm-cpu-warning",
    r"LiteLLM Memory \|": "litellm-memory-warning",
    r"Error Rate \(5xx\) \|": "litellm-errors-warning",
    r"Latency P99 \|": "litellm-first-token-warning",
    r"RDS CPU \|": "database-cpu-warning",
    r"RDS Connections \|": "database-connections-warning",
    r"\$|\(\d tasks? . [\d.]+ vCPU": "Sandbox cost",
    r"\*\*Region|^VPC: |^us-east-1$|SANDBOX ENVIRONMENT COST": "Region",
    r"\*\*Availability Zones\*\*": "Availability Zones",
    r"\*\*LiteLLM Replicas\*\*": "LiteLLM Replicas",
    r"\*\*Grafana Replicas\*\*": "Grafana Replicas",
    r"\*\*Langfuse Replicas\*\*": "Langfuse Replicas",
    r"\*\*NAT\*\*": "NAT",
    r"Request Bedrock model access|claude-|Cross-Region OK": "Bedrock access",
}
# Numbers that name no value of a gateway, and why.
NO_VALUE = {
    r"\*\*Version:|2025-01-25": "of the document",
    r"^Task 1 |LAYER \d|\((Claude|us-east)|(LiteLLM|Grafana|Langfuse|Victoria) \(1\)": "counts what is drawn",
    r"/v1/\*": "part of a path",
    r"designed to support 100": "said again in the capacity plan",
    r"Create secrets|Create S3 bucket": "names the region or a service",
}


def lines_with_numbers() -> list[str]:
    """Each once, without the frames that are drawn around them."""
    if not SPECIFICATION.exists():
        pytest.skip(f"{SPECIFICATION} is not there: it is no part of the project")
    bare = (FRAMES.sub(" ", line).strip() for line in SPECIFICATION.read_text().splitlines())
    return list(dict.fromkeys(line for line in bare if re.search(r"\d", line)))


@pytest.mark.shared_data
def test_every_number_of_the_specification_is_answered_for():
    """A line with a number that no row answers for fails here, by its words."""
    patterns = [*ANSWERED, *NO_VALUE]
    bare = [line for line in lines_with_numbers() if not any(re.search(one, line) for one in patterns)]
    assert bare == []


@pytest.mark.shared_data
def test_no_answer_is_for_a_line_that_is_not_there():
    """What the specification no longer says needs no row."""
    lines = lines_with_numbers()
    idle = [one for one in [*ANSWERED, *NO_VALUE] if not any(re.search(one, line) for line in lines)]
    assert idle == []


def test_every_answer_is_a_row():
    """Held to the templates in test_spec_numbers.py, or recorded in the repairs with its reason."""
    held = {row.place.removesuffix(", compared") for row in (*MET, *REPAIRED)}
    recorded = {line.split("|")[1].strip() for line in REPAIRS.splitlines() if line.startswith("| ")}
    assert set(ANSWERED.values()) - held - recorded == set()
