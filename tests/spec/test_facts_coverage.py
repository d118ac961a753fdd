"""Every trouble that the facts tell of is decided, one by one, in docs/spec-repairs.md.

The facts are read where they lie and are no part of the project, so this holds only fragments: which line is
meant, and which row of docs/spec-repairs.md answers for it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.spec.readings import REPAIRS

FACTS = Path(__file__).parents[3] / "shared/facts/gateway.md"

# A pattern of the line → the row that answers for it.
DECIDED = {
    # Versions
    r"^\| (LiteLLM image runtime|From 1\.104\.0 the plain|1\.103\.0 sent)|^Taking a newer": "LiteLLM version",
    r"^\| Langfuse v[23]|^Any Langfuse >=3|Consequence|^Working pair": "Langfuse version",
    r"1\.82\.7 and 1\.82\.8|^\| Tag styles|^\| Variants|cosign signed|`ghcr\.io/berriai": "Image pins",
    # LiteLLM
    r"ENTRYPOINT `docker/prod|^\| S3 and `--config`|^\| bind": "LiteLLM command",
    r"Chainguard wolfi": "Container health",
    r"^\| workers|^LiteLLM 1\.103\.0, one worker": "LiteLLM workers",
    r"^\| keep-alive": "Keep-alive",
    r"^\| recycle": "Worker recycling",
    r"^\| mode": "LiteLLM mode",
    r"^\| config from S3|^Minimal S3 config": "LiteLLM configuration",
    r"^\| DB, (assembled|literal)|Instead of DATABASE_URL|MasterUserPassword: any": "Connection URL",
    r"^\| RDS IAM": "Login by IAM",
    r"^\| DB TLS|Default ssl_mode|rds\.force_ssl default 1": "TLS to the database",
    r"^\| Pool": "Database pool",
    r"^\| Migrations|first boot migrates|^- Concurrent first boot": "Migrations",
    r"^\| Boot order|^\| DIRECT_URL": "Migrations",
    r"^\| Schema create": "Schema rights",
    r"No hard-coded public|Never let both apps|cleanup\.sql looks|^\| Schema: ": "Database users",
    r"^\| Master key|cannot prefix a plain string": "Master key",
    r"^\| Salt|^\| `GF_SECURITY_SECRET_KEY`": "Secrets",
    r"^\| Models in DB": "Models in the database",
    r"^\| DB down": "Database away",
    r"^\| AWS region": "Bedrock access",
    r"^Graceful shutdown|^Set ECS `stopTimeout": "Shutting down",
    r"Fargate ends a stream 120 s": "Deregistration delay",
    r"^Request timeout": "CloudFront timeout",
    r"^Sizing: docs say": "One task's figures",
    r"^\| `/health|^ALB: use liveliness": "Balancer's question",
    r"^\s+[ab]\) |^- Three ways out|Needs a LiteLLM key by default|Unauthenticated `GET": "Metrics login",
    r"^\s+c\) `PROMETHEUS_METRICS_PORT": "Metrics port",
    r"num_workers>1 needs": "Counters of workers",
    r"Bare `/metrics` answers 307|LiteLLM redirects bare": "LiteLLM metrics",
    r"Rejected scrapes|unknown model shows|^- prometheus_client adds|^- The model label": "Panels' requests",
    r"^\| `litellm_(?!remaining|callback)|^- Config: `litellm_settings\.callbacks": "Panels' requests",
    r"^\| `litellm_remaining|^- `litellm_remaining|^tpm/rpm values": "Remaining quota",
    r"^\| `litellm_callback": "Lost traces",
    r"^- `client_ip`": "Metrics cardinality",
    r"^`success_callback|Only env name `LANGFUSE_HOST`": "Traces' address",
    r"^\| (haiku|sonnet|opus) 4\.5|on-demand only via|^- LiteLLM model string": "Bedrock access",
    r"`global\.` is 10 % cheaper": "`global.` profiles",
    r"^- Task role: ": "Profiles and regions",
    r"A fresh account must|First deployment in a new account": "A new account",
    r"^- Without Redis": "Rate limits of keys",
    r"^- Prisma trouble": "Keys after a failover",
    r"Management API and UI": "Admin header",
    r"^- Anthropic-native": "Routes",
    # Langfuse
    r"`HOSTNAME=0\.0\.0\.0` must|^\| Runs as uid 1001": "Langfuse's address",
    r"^\| Required env: ": "Langfuse's encryption key",
    r"^\| Headless init|inject the \*same\* two": "Langfuse's keys",
    r"^\| Close sign-up": "Langfuse's door",
    r"^\| Sizing: 2 vCPU": "Langfuse's size",
    r"^\| Health: `/api/public": "Langfuse health check",
    r"^\| Traces live in Postgres": "Langfuse data",
    r"^Base path is inlined|spec-exact, custom|stock image at root|second CloudFront|^B is": "Langfuse path",
    r"^\| D ALB url-rewrite|^- Rules can rewrite": "Rewriting paths",
    # Grafana
    r"^\| Image `grafana/grafana": "Grafana's image",
    r"^\| Sub path: |^\| ALB rule needs both": "Grafana's address",
    r"SubPathRedirect": "Grafana health check",
    r"^\| Default DB is sqlite|^\| Sessions, users": "Grafana state",
    r"No schema setting for Grafana|^- Schemas, roles and the": "Database contents",
    r"evaluate every alert twice": "Grafana's alerts",
    r"^\| `GF_SECURITY_ADMIN_PASSWORD`": "Grafana's password",
    r"^\| CSRF|^\| `GF_SECURITY_COOKIE": "Grafana's forms",
    r"^\| Turn off phone-home": "Grafana's reports",
    r"^\| uid 472|YAML expands|^Provisioning without a custom|^Datasource: ": "Grafana's files",
    # VictoriaMetrics
    r"^\| Image `victoriametrics|^\| `-httpListenAddr|^\| Health: `/health`": "Container health",
    r"^\| `-storageDataPath|^\| EFS mount|^\| EFS: README": "Mounting files",
    r"30 MONTHS": "Retention",
    r"^\| `-promscrape|no ECS SD|`ec2_sd` cannot|^Scrape config via env": "Finding targets",
    r"^\| Cloud Map: ": "Eight addresses",
    r"^\| One writer|maxGracefulShutdown": "One writer",
    r"^\| Therefore ECS|`availabilityZoneRebalancing` defaults": "Victoria Metrics deployment",
    r"^\| EFS caveats": "EFS throughput",
    r"^\| Memory: caches": "Memory of VictoriaMetrics",
    # RDS
    r"^- `DBName`": "Database name",
    r"`ManageMasterUserPassword=true`": "Database password",
    r"secret reference to a JSON key": "Database users",
    r"^- Failover API|^- Typical failover": "Failover of the database",
    r"^- EventBridge: source|^- Event ids|^\s+0013 Multi-AZ": "Events",
    # ECS, alarms, Health, quotas
    r"^- detail-type|^- `CloudWatch Alarm|^- `AWS Health|^- Trusted Advisor|^- Service Quotas has": "Events",
    # Bedrock
    r"^- Namespace `AWS/Bedrock`|ModelId value is the profile": "Quotas of Bedrock",
    r"^- Burndown|^- Quota codes|^- Levels: default": "Quotas of Bedrock",
    # CloudFront, WAF, balancer
    r"^- OriginReadTimeout": "CloudFront timeout",
    r"^- Cache policy|^- CloudFront drops|^- AllowedMethods": "Headers and methods",
    r"WebACL for CloudFront|IpReputationList \| 25|^Sum 975|^- Body inspection": "Web ACL's region and size",
    r"^- Managed prefix list": "Origin's header",
    r"^- Order without a cycle": "Order of making",
    r"CommonRuleSet \| 700|KnownBadInputsRuleSet \| 200|^- LLM bodies": "WAF common rules, known bad inputs",
    r"^- Better: a scope-down": "WAF common rules, known bad inputs",
    r"BotControlRuleSet \| 50|^- \*\*Bot Control blocks": "WAF bot control",
    r"^- `idle_timeout|^- Idle timeout counts": "Idle connections",
    r"^- Path condition is": "Routes",
    # Scaling, regions
    r"^- ECS target: |^- A template `DesiredCount`": "Counts and bounds",
    r"^- Step Functions SDK": "Workflows' limits",
    r"sees only two AZs": "Zones",
    r"^- Fargate Spot stop": "POC users",
    # What goes wrong once it runs
    r"^- The WAF rate rule": "WAF rate limit",
    r"^- Recovery under 30 s": "Health check interval",
    r"^- Latency alarms": "Latency alarms",
    r"RDS .connections > 80": "RDS connections",
    r"^- 100 users on 2 tasks": "Capacity",
    r"^- Database replacement": "Changes in place",
    r"^- CloudFront to ALB is HTTP": "Balancer",
    r"^- CloudFormation deletes secrets": "Secrets at removal",
    r"^- AZ evacuation": "One zone fails",
    r"^- ECS metrics for the": "ECS metrics",
    r"^- One NAT gateway": "NAT gateway",
    r"^- The Common Rule Set is": "WAF common rules",
    r"^- CPU warning at 60": "CPU warning",
    r"^- Docker Hub limits|^Image sources: |^\| Image `langfuse": "Grafana's image",
    r"^- ECS deployments without": "Deployments that fail",
    r"infracost figures|^No us-west-1 number": "Prices",
}
# Lines that tell of no trouble of a gateway, and why not.
NO_TROUBLE = {
    r"^Legend|^- \*\*\[": "how the facts are written",
    r"^Source short|^- `(ll-|lldocs|lf-v2|lfdocs|botocore|icm)": "where they come from",
    r"^\| Newest LiteLLM": "a date",
    r"linux/amd64 and linux/arm64": "good news for compute.architecture",
    r"keep-alive: Next standalone": "beside the row Keep-alive: where its number goes",
    r"^- Latency buckets": "the panels take what buckets there are",
    r"^\[V ll-1\.109\.1": "a source",
    r"^v2 build needs": "nothing is built",
    r"Password containing": "no generated value has such a character",
    r"^- Prisma's engines|^- Debian 12": "of the machine that judges: docs/judges.md says so",
    r"^(LiteLLM|Langfuse v2|Grafana) \((container port 4000|3000)\)$": "a list of what is above",
    r"^No container was run": "what nobody tried; the README says the same of us",
}


def lines() -> list[str]:
    """Each fact is a line: what is fenced as code and what heads a table is none."""
    if not FACTS.exists():
        pytest.skip(f"{FACTS} is not there: it is no part of the project")
    text = re.sub(r"^```.*?^```", "", FACTS.read_text(), flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^\|.*\n(?=\|[-|]+$)", "", text, flags=re.MULTILINE)
    return [line for line in text.splitlines() if line.strip() and not re.match(r"#|---|\|[-|]+$", line)]


@pytest.mark.shared_data
def test_every_fact_is_decided():
    """A line that no row answers for fails here, by its words."""
    patterns = [*DECIDED, *NO_TROUBLE]
    assert [line for line in lines() if not any(re.search(one, line) for one in patterns)] == []


@pytest.mark.shared_data
def test_no_decision_is_about_a_fact_that_is_not_there():
    """What the facts no longer tell needs no pattern."""
    told = lines()
    assert [one for one in (*DECIDED, *NO_TROUBLE) if not any(re.search(one, line) for line in told)] == []


def test_every_decision_is_a_row():
    """Recorded where a user sees it, with its reason."""
    recorded = {line.split("|")[1].strip() for line in REPAIRS.splitlines() if line.startswith("| ")}
    assert set(DECIDED.values()) - recorded == set()
