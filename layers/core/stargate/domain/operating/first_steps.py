"""What a person can do first, by what is wrong: words to read half asleep, and commands to paste.

Every condition of which somebody may be paged has its own; a test compares with the playbook. They look
before they touch, and none of them is something that the loop would do by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.operating.conditions import Condition

LOG = "aws logs tail /stargate/{environment}/{subject} --since 30m --region {region}"
LITELLM_LOG = "aws logs tail /stargate/{environment}/litellm --since 30m --region {region}"
SERVICE = (
    "aws ecs describe-services --cluster stargate-{environment} --services {subject} --region {region} "
    "--query 'services[0].events[:10].message'"
)
DATABASE = (
    "aws rds describe-db-instances --db-instance-identifier stargate-{environment} --region {region} "
    "--query 'DBInstances[0].[DBInstanceStatus,PendingModifiedValues,SecondaryAvailabilityZone]'"
)
DATABASE_EVENTS = (
    "aws rds describe-events --source-type db-instance --source-identifier stargate-{environment} "
    "--duration 120 --region {region}"
)
KEEP_IT = "aws secretsmanager restore-secret --secret-id stargate-{environment}/{subject} --region {region}"
DEPLOY_ANEW = (
    "aws ecs update-service --force-new-deployment --cluster stargate-{environment} --service litellm "
    "--region {region}"
)
STACK_EVENTS = (
    "aws cloudformation describe-stack-events --stack-name stargate-{environment}-{subject} "
    "--region {region} --max-items 20"
)
ALARMS = "aws cloudwatch describe-alarms --alarm-name-prefix stargate-{environment}- --region {region}"
RESTORE = (
    "aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier stargate-{environment} "
    "--target-db-instance-identifier stargate-{environment}-restored --use-latest-restorable-time "
    "--region {region}"
)
CAPACITY = "stargate capacity {environment}"
COSTS = "stargate cost {environment}"

SETTING = "stargate env update {environment} --set "
AWS_SAYS = "What AWS says: https://health.aws.amazon.com/health/home"
STATE = "How the gateway is: stargate env show {environment}"
LARGER_CLASS = f"{SETTING}database.class=…"

# By the kind of a condition, and by its key where that subject needs others.

STEPS: Mapping[str, tuple[str, ...]] = {
    "errors-high": ("Is it Bedrock that refuses, or the database? Its log says:", LITELLM_LOG, CAPACITY),
    "latency-high": ("Slow models, or a quota that is used up?", CAPACITY, LITELLM_LOG),
    "cpu-high": (SERVICE, CAPACITY, "More tasks than declared:", f"{SETTING}litellm.max_tasks=…"),
    "memory-high": (LOG, "More memory:", f"{SETTING}litellm.memory=…"),
    "cpu-high#database": (DATABASE, "A larger class has more:", LARGER_CLASS),
    "connections-high": (DATABASE, "A larger class has room for more:", LARGER_CLASS),
    "task-stopped": (SERVICE, LOG, "What changed last: stargate ledger {environment}"),
    "placement-failed": (SERVICE, "No capacity in a zone, or no free address: its events say which."),
    "deployment-failed": (SERVICE, LOG),
    "keys-refused": (
        DATABASE,
        LITELLM_LOG,
        "New tasks, by hand:",
        DEPLOY_ANEW,
    ),
    "database-failover": (DATABASE, DATABASE_EVENTS),
    "database-failed": (
        DATABASE,
        DATABASE_EVENTS,
        "RDS cannot mend it. The newest moment, beside it:",
        RESTORE,
    ),
    "database-stopped": (
        DATABASE,
        "Start it, and ask who stopped it:",
        "aws rds start-db-instance --db-instance-identifier stargate-{environment} --region {region}",
        "Or let the gateway sleep: stargate env sleep {environment}",
    ),
    "database-deleted": (
        "What is left of it:",
        "aws rds describe-db-snapshots --db-instance-identifier stargate-{environment} --region {region}",
        "What the gateway lacks: stargate env drift {environment}",
    ),
    "database-key-lost": ("Enable its KMS key again within days, or it is lost:", DATABASE, DATABASE_EVENTS),
    "storage-low": (DATABASE, "More room:", f"{SETTING}database.max_storage_gb=…"),
    "health-issue": (AWS_SAYS, STATE),
    "task-retirement": (AWS_SAYS, SERVICE),
    "security-risk": ("Disable the key that AWS names, now; then rotate what it could read.", AWS_SAYS),
    "quota-warning": (CAPACITY, "Ask for more: https://console.aws.amazon.com/servicequotas/home"),
    "quota-high": (CAPACITY, "Use less, or serve the model by another, until AWS grants more."),
    "model-throttled": (CAPACITY, LITELLM_LOG, "Lower what a key may ask for, or use another model."),
    "secret-rotated": ("Which services still run with the former value? stargate ledger {environment}",),
    "secret-deleted": (KEEP_IT,),
    "rotation-failed": (
        "aws secretsmanager describe-secret --secret-id stargate-{environment}/{subject} --region {region}",
        "The log of its rotation function has the error.",
    ),
    "stack-failed": (
        "stargate env show {environment}",
        STACK_EVENTS,
    ),
    "drift-detected": ("stargate env drift {environment}",),
    "cost-anomaly": (COSTS, "Whose key spends it, and was it stolen? stargate cost {environment} --json"),
    "budget-passed": (COSTS,),
    "alarm": (ALARMS,),
    "alert": (STATE,),
}  # fmt: skip


def first_steps(environment: Environment, condition: Condition) -> tuple[str, ...]:
    """Where its source says to look, then our own; nothing for what has none: the text says all there is."""
    named = {"environment": environment.name, "region": environment.region, "subject": condition.subject}
    ours = (step.format(**named) for step in STEPS.get(condition.key) or STEPS.get(condition.kind, ()))
    return (*_named_by_its_source(condition), *ours)


def _named_by_its_source(condition: Condition) -> Iterator[str]:
    """An alert may have a runbook of its own, and an address at which it can be looked at."""
    for name, words in (("runbook", "Its own runbook"), ("look", "Look at it")):
        if condition.facts.get(name):
            yield f"{words}: {condition.facts[name]}"
