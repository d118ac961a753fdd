"""Each source: what its events mean, how bad that is, and of whom they speak."""

from __future__ import annotations

import pytest

from stargate.domain.signals.envelope import CONTROL_PLANE
from stargate.domain.signals.kinds import KINDS
from stargate.domain.signals.reading import read_signal, signals_in
from stargate.domain.signals.signal import Ignored, Severity, Signal, Turn
from tests.unit.signals import senders
from tests.unit.signals.senders import database, health, limit, secret, service, service_quotas, stack

INFO, WARNING, CRITICAL = Severity.INFO, Severity.WARNING, Severity.CRITICAL
OPENS, CLOSES, TELLS = Turn.OPENS, Turn.CLOSES, Turn.TELLS


def said(found):
    assert isinstance(found, Signal), found
    return found.kind, found.severity, found.turn


# ECS services.

SERVICES = [
    (service("SERVICE_TASK_START_IMPAIRED"), ("start-impaired", CRITICAL, OPENS)),
    (service("SERVICE_TASK_CONFIGURATION_FAILURE"), ("start-impaired", CRITICAL, OPENS)),
    (service("SERVICE_TASK_PLACEMENT_FAILURE"), ("placement-failed", CRITICAL, OPENS)),
    (service("SERVICE_STEADY_STATE"), ("steady-state", INFO, CLOSES)),
    (service("ECS_OPERATION_THROTTLED"), ("scheduler-throttled", WARNING, TELLS)),
    (service("SERVICE_DISCOVERY_OPERATION_THROTTLED"), ("scheduler-throttled", WARNING, TELLS)),
    (service("SERVICE_DISCOVERY_INSTANCE_UNHEALTHY"), ("discovery-unhealthy", WARNING, TELLS)),
    (
        service("SERVICE_DEPLOYMENT_FAILED", "ECS Deployment State Change"),
        ("deployment-failed", WARNING, OPENS),
    ),
    (service("SERVICE_DEPLOYMENT_COMPLETED"), ("deployment-completed", INFO, CLOSES)),
    (service("SERVICE_NEW_TROUBLE", eventType="ERROR"), ("service-warned", CRITICAL, TELLS)),
    (service("SERVICE_NEW_DOUBT", eventType="WARN"), ("service-warned", WARNING, TELLS)),
]


@pytest.mark.parametrize(("told", "expected"), SERVICES)
def test_services_and_deployments_tell_how_they_do(told, expected):
    """By name, and where the name is new by how ECS calls it."""
    signal = read_signal(told)
    assert said(signal) == expected
    assert (signal.environment, signal.subject) == ("sandbox", "litellm")


@pytest.mark.parametrize(
    "name",
    [
        "CAPACITY_PROVIDER_STEADY_STATE",
        "TASKSET_STEADY_STATE",
        "TASKS_STOPPED",
        "SERVICE_DESIRED_COUNT_UPDATED",
        "VPC_LATTICE_TARGET_UNHEALTHY",
        "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED",
    ],
)
def test_what_services_tell_besides_is_of_no_concern(name):
    """Each with its reason, even where ECS calls it a warning."""
    ignored = read_signal(service(name, eventType="WARN"))
    assert isinstance(ignored, Ignored)
    assert (ignored.environment, ignored.reason[:7]) == ("sandbox", ignored.reason[:7])
    assert "unknown" not in ignored.reason


def test_a_service_event_that_nobody_knows_says_so():
    """There are more of them than are written down."""
    assert read_signal(service("SERVICE_SOMETHING", eventType="INFO")).reason.startswith("unknown")


# The database: the numbers of the RDS user guide.

NUMBERS = [
    ("0013", ("failover-started", CRITICAL, OPENS)),
    ("0050", ("failover-started", CRITICAL, OPENS)),
    ("0015", ("failover-completed", INFO, CLOSES)),
    ("0049", ("failover-completed", INFO, CLOSES)),
    ("0051", ("failover-completed", INFO, CLOSES)),
    ("0065", ("failover-completed", INFO, CLOSES)),
    ("0034", ("failover-refused", WARNING, TELLS)),
    ("0031", ("database-failed", CRITICAL, OPENS)),
    ("0035", ("database-failed", CRITICAL, OPENS)),
    ("0036", ("database-failed", CRITICAL, OPENS)),
    ("0419", ("database-failed", CRITICAL, OPENS)),
    ("0418", ("database-key-lost", CRITICAL, OPENS)),
    ("0420", ("database-key-back", INFO, CLOSES)),
    ("0007", ("storage-full", CRITICAL, OPENS)),
    ("0221", ("storage-full", CRITICAL, OPENS)),
    ("0089", ("storage-low", WARNING, OPENS)),
    ("0225", ("storage-low", WARNING, OPENS)),
    ("0217", ("storage-growing", INFO, TELLS)),
    ("0218", ("storage-grew", INFO, CLOSES)),
    ("0026", ("database-maintenance", WARNING, TELLS)),
    ("0027", ("database-maintenance", INFO, TELLS)),
    ("0266", ("database-maintenance", WARNING, TELLS)),
    ("0267", ("database-maintenance", INFO, TELLS)),
    ("0268", ("database-maintenance", INFO, TELLS)),
    ("0270", ("upgrade-failed", WARNING, TELLS)),
    ("0004", ("database-shut-down", WARNING, TELLS)),
    ("0006", ("database-restarted", WARNING, TELLS)),
    ("0022", ("database-restart-failed", CRITICAL, TELLS)),
    ("0020", ("database-recovering", WARNING, TELLS)),
    ("0361", ("database-recovering", WARNING, TELLS)),
    ("0021", ("database-recovered", INFO, CLOSES)),
    ("0087", ("database-stopped", CRITICAL, OPENS)),
    ("0088", ("database-started", INFO, CLOSES)),
    ("0154", ("database-started", INFO, CLOSES)),
    ("0003", ("database-deleted", CRITICAL, OPENS)),
    ("0219", ("database-warned", WARNING, TELLS)),
    ("0404", ("database-memory-low", WARNING, TELLS)),
]
CATEGORIES = {
    "0027": "maintenance",
    "0267": "maintenance",
    "0268": "maintenance",
    "0219": "failure",
}


@pytest.mark.parametrize(("number", "expected"), NUMBERS)
def test_the_databases_events_mean_what_their_number_says(number, expected):
    """Whatever category they come under: some failures leave the database serving."""
    signal = read_signal(database(number, categories=[CATEGORIES.get(number, "notification")]))
    assert said(signal) == expected
    assert (signal.environment, signal.subject) == ("sandbox", "database")


@pytest.mark.parametrize(
    ("categories", "expected"),
    [
        (["failure"], ("database-failed", CRITICAL, OPENS)),
        (["maintenance, failure"], ("database-failed", CRITICAL, OPENS)),
        (["maintenance, failover"], ("failover-started", CRITICAL, OPENS)),
        (["low storage"], ("storage-low", WARNING, OPENS)),
        (["Maintenance"], ("database-maintenance", INFO, TELLS)),
        (["security patching"], ("database-maintenance", INFO, TELLS)),
        (["creation"], ("database-changed", INFO, TELLS)),
        (["configuration change"], ("database-changed", INFO, TELLS)),
    ],
)
def test_a_number_that_nobody_knew_is_judged_by_its_category(categories, expected):
    """Rather once too often: a failure is one until somebody says otherwise."""
    assert said(read_signal(database("9999", categories=categories))) == expected


def test_backups_are_of_no_concern():
    """Every night."""
    assert "of no concern" in read_signal(database("0001", categories=["backup"])).reason


# AWS Health.


@pytest.mark.parametrize(
    ("category", "changed", "expected"),
    [
        ("issue", {}, ("health-issue", CRITICAL, OPENS)),
        ("issue", {"statusCode": "closed"}, ("health-issue", CRITICAL, CLOSES)),
        (
            "issue",
            {"eventDescription": [{"latestDescription": "[RESOLVED] all is well"}]},
            ("health-issue", CRITICAL, CLOSES),
        ),
        ("investigation", {}, ("health-issue", WARNING, OPENS)),
        ("scheduledChange", {"statusCode": "upcoming"}, ("health-scheduled-change", WARNING, TELLS)),
        ("accountNotification", {}, ("health-notice", INFO, TELLS)),
    ],
)
def test_health_tells_issues_changes_and_notices(category, changed, expected):
    """Of a service and a region that a gateway is in; what is about everybody is about each environment."""
    (signal,) = signals_in(health("AWS_ECS_OPERATIONAL_ISSUE", category, **changed), "sandbox")
    assert said(signal) == expected
    assert signal.subject == "ecs"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (health("AWS_ECS_OPERATIONAL_ISSUE", "issue", eventRegion="eu-west-1"), "where no gateway is"),
        (health("AWS_LIGHTSAIL_ISSUE", "issue", "LIGHTSAIL"), "nothing of LIGHTSAIL"),
        (health("AWS_EC2_RETIREMENT", "scheduledChange", "EC2", ["i-1"]), "not ours"),
    ],
)
def test_health_of_other_services_regions_and_resources_is_of_no_concern(told, words):
    """And it is seen for what it would be."""
    (ignored,) = signals_in(told, "sandbox")
    assert words in ignored.reason
    assert ignored.seen is not None


def test_what_retires_is_told_for_each_service_of_each_environment():
    """ECS names it `<cluster>|<service>`."""
    entities = ["stargate-sandbox|litellm", "stargate-sandbox|grafana", "stargate-other|litellm", "their|x"]
    told = signals_in(health("AWS_ECS_TASK_PATCHING_RETIREMENT", "scheduledChange", entities=entities))
    assert [(one.environment, one.subject) for one in told] == [
        ("other", "litellm"),
        ("sandbox", "grafana"),
        ("sandbox", "litellm"),
    ]
    assert {said(one) for one in told} == {("task-retirement", WARNING, OPENS)}


def test_a_copy_in_the_backup_region_and_a_second_page_are_told_apart():
    """The copy is the same news, so it has the same entry; a page has other entities, so it is its own."""
    first = health("AWS_RDS_MAINTENANCE_SCHEDULED", "scheduledChange", "RDS", ["stargate-sandbox"])
    copy = {**first, "id": "another", "region": "us-west-2", "time": "2026-11-24T03:00:09Z"}
    page = health("AWS_RDS_MAINTENANCE_SCHEDULED", "scheduledChange", "RDS", ["stargate-sandbox"], page="2")
    assert read_signal(first).entry_id == read_signal(copy).entry_id
    assert read_signal(first).entry_id != read_signal(page).entry_id
    assert read_signal(copy).region == "us-east-1"


def test_an_issue_names_the_zones_that_it_speaks_of():
    """By id and by name."""
    text = "Increased errors in use1-az2 (some call it us-east-1b)"
    told = health("AWS_EC2_NETWORK_ISSUE", "issue", "EC2", eventDescription=[{"latestDescription": text}])
    (signal,) = signals_in(told, "sandbox")
    assert signal.facts["zones"] == ["us-east-1b", "use1-az2"]


# Quotas.

QUOTA = "Service: bedrock | Quota Name: tokens a minute | Utilization: 96.5%"
QUOTAS = [
    (health("AWS_SERVICEQUOTAS_THRESHOLD_BREACH", "accountNotification", "SERVICEQUOTAS", [QUOTA]), CRITICAL),
    (service_quotas(), CRITICAL),
    (service_quotas(breachingThreshold="80"), WARNING),
    (limit(), WARNING),
    (limit("ERROR", **{"Current Usage": "5"}), CRITICAL),
    (limit("WARN", "aws-solutions.quota-monitor"), WARNING),
    (limit("ERROR", "aws-solutions.quota-monitor", **{"Limit Name": ""}), CRITICAL),
]


@pytest.mark.parametrize(("told", "severity"), QUOTAS)
def test_quota_warnings_come_in_five_shapes(told, severity):
    """Always as a share of the limit; a count alone says nothing, even if it is called a utilization."""
    (signal,) = signals_in(told, "sandbox")
    assert said(signal) == ("quota-warning", severity, OPENS)
    assert signal.facts.get("percent", 0) <= 100


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (limit("OK", **{"Current Usage": "1"}), "stands at 20 %"),
        (limit(Region="eu-central-1"), "where no gateway is"),
        (service_quotas() | {"region": "eu-central-1"}, "where no gateway is"),
    ],
)
def test_quotas_with_room_or_elsewhere_are_of_no_concern(told, words):
    """Trusted Advisor tells of each check at each refresh."""
    (ignored,) = signals_in(told, "sandbox")
    assert words in ignored.reason


def test_a_request_for_more_is_told():
    """By CloudTrail, as the call that it is."""
    asked = {"serviceCode": "bedrock", "quotaName": "Tokens a minute", "desiredValue": 10}
    record = senders.trail(
        "servicequotas.amazonaws.com",
        "RequestServiceQuotaIncrease",
        responseElements={"requestedQuota": asked},
    )
    (signal,) = signals_in(record, "sandbox")
    assert (*said(signal), signal.subject) == ("quota-changed", INFO, TELLS, "bedrock")


# Secrets, Bedrock, CloudFormation.


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (secret("RotationSucceeded"), ("secret-rotated", WARNING, OPENS)),
        (secret("RotationFailed"), ("rotation-failed", CRITICAL, OPENS)),
        (secret("RotationAbandoned"), ("rotation-failed", CRITICAL, OPENS)),
        (
            secret("PutSecretValue", requestParameters={"secretId": senders.ROTATED}),
            ("secret-rotated", WARNING, OPENS),
        ),
        (
            secret(
                "UpdateSecretVersionStage",
                requestParameters={
                    "secretId": "stargate-sandbox/litellm-database",
                    "versionStage": "AWSCURRENT",
                },
            ),
            ("secret-rotated", WARNING, OPENS),
        ),
        (
            secret("DeleteSecret", requestParameters={"secretId": senders.ROTATED}),
            ("secret-deleted", CRITICAL, OPENS),
        ),
    ],
)
def test_secrets_tell_what_became_of_them(told, expected):
    """By ARN or by name, in whichever of its places."""
    signal = read_signal(told)
    assert said(signal) == expected
    assert (signal.environment, signal.subject) == ("sandbox", "litellm-database")


@pytest.mark.parametrize(
    "asked",
    [{"versionStages": ["AWSPENDING"]}, {"versionStage": "AWSPENDING"}, {"versionStage": "AWSPREVIOUS"}],
)
def test_a_value_that_is_only_prepared_is_no_rotation(asked):
    """Tasks would be restarted for the value that they have."""
    told = secret("PutSecretValue", requestParameters={"secretId": senders.ROTATED, **asked})
    assert "not in use yet" in read_signal(told).reason


def test_a_secret_named_by_its_name_keeps_all_of_it():
    """Only an ARN ends in six characters of its own."""
    told = secret("PutSecretValue", requestParameters={"secretId": "stargate-sandbox/grafana-secret"})
    assert read_signal(told).subject == "grafana-secret"


def test_bedrock_tells_of_a_call_that_it_refused():
    """Where the trail of an account has data events."""
    told = senders.trail(
        "bedrock.amazonaws.com",
        "InvokeModel",
        errorCode="ThrottlingException",
        requestParameters={"modelId": "us.anthropic.claude-haiku-4-5-20251001-v1:0"},
    )
    (signal,) = signals_in(told, "sandbox")
    assert (*said(signal), signal.subject) == ("model-throttled", WARNING, OPENS, "bedrock")
    assert "of no concern" in read_signal({**told, "errorCode": "AccessDenied"}).reason


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (stack("CREATE_FAILED"), ("stack-failed", CRITICAL, OPENS)),
        (stack("ROLLBACK_COMPLETE"), ("stack-failed", CRITICAL, OPENS)),
        (stack("UPDATE_ROLLBACK_FAILED"), ("stack-failed", CRITICAL, OPENS)),
        (stack("UPDATE_ROLLBACK_COMPLETE"), ("stack-failed", WARNING, OPENS)),
        (stack("UPDATE_COMPLETE"), ("stack-changed", INFO, CLOSES)),
        (stack("DELETE_COMPLETE"), ("stack-deleted", CRITICAL, TELLS)),
        (senders.drift("DRIFTED"), ("drift-detected", WARNING, OPENS)),
        (senders.drift("IN_SYNC"), ("drift-over", INFO, CLOSES)),
        (senders.examined("DRIFTED", resources=["Acl"]), ("drift-detected", WARNING, OPENS)),
        (senders.examined("IN_SYNC"), ("drift-over", INFO, CLOSES)),
    ],
)
def test_stacks_tell_how_they_stand(told, expected):
    """A change that was taken back left what was there before."""
    signal = read_signal(told)
    assert said(signal) == expected
    assert signal.subject in {"network", "waf"}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (senders.examined("PERHAPS"), "malformed: drift of waf is PERHAPS"),
        (senders.examined("DRIFTED", stack=""), "malformed: drift of no stack is DRIFTED"),
        (senders.examined("DRIFTED", stack=7), "malformed: drift of no stack is DRIFTED"),
    ],
)
def test_an_examination_that_says_nothing_is_ignored(told, reason):
    """Whoever sent it; which resources differ is told only if it is a list of names."""
    assert read_signal(told).reason == reason
    odd = read_signal(senders.examined("DRIFTED", resources=["Acl", 7, {}]))
    assert odd.facts == {"resources": "Acl"}
    assert read_signal(senders.examined("DRIFTED", resources="all")).facts == {}


# Money.


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (senders.budget(), WARNING),
        (senders.budget("$1,000.00"), CRITICAL),
        (senders.budget("$1,200.00", "FORECASTED"), WARNING),
    ],
)
def test_a_budget_is_critical_once_it_is_spent(text, severity):
    """Before that, and as a forecast, it is a warning."""
    (signal,) = signals_in(senders.notification(text), "sandbox")
    assert said(signal) == ("budget-passed", severity, OPENS)


def test_a_budget_that_bears_an_environments_name_is_its_own():
    """And of nobody else."""
    named = senders.notification(senders.budget(name="stargate-sandbox monthly"))
    assert read_signal(named).environment == "sandbox"


@pytest.mark.parametrize(("impact", "severity"), [(42.0, WARNING), (100, CRITICAL)])
def test_an_anomaly_is_as_bad_as_it_is_dear(impact, severity):
    """From a hundred dollars on it is critical; it says what costs."""
    (signal,) = signals_in({**senders.ANOMALY, "impact": {"totalImpact": impact}}, "sandbox")
    assert said(signal) == ("cost-anomaly", severity, OPENS)
    assert signal.facts["usage"] == "USE1-OutputTokens"


# The account, and the control plane itself.

OF_ALL = [
    senders.notification(senders.budget()),
    senders.ANOMALY,
    health("AWS_ECS_OPERATIONAL_ISSUE", "issue"),
    health("AWS_RISK_CREDENTIALS_EXPOSED", "issue", "RISK", ["AKIAEXAMPLE"]),
    limit(),
]


@pytest.mark.parametrize("told", OF_ALL)
def test_what_is_of_the_account_needs_to_be_told_for_whom(told):
    """Without an environment it is ignored and seen; for one that is named it is its signal."""
    ignored = read_signal(told)
    assert isinstance(ignored, Ignored)
    (signal,) = signals_in(told, "sandbox")
    assert (signal.environment, signal.kind) == ("sandbox", ignored.seen.kind)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (senders.execution(), ("workflow-failed", CRITICAL, TELLS)),
        (senders.execution(status="TIMED_OUT"), ("workflow-failed", CRITICAL, TELLS)),
        (
            senders.alarm("stargate-DeadLettersNotEmpty-1A2B3C4D5E6F"),
            ("control-plane-failing", WARNING, OPENS),
        ),
        (
            senders.alarm("stargate-ReceiveSignalFailing-1A2B3C4D5E6F"),
            ("control-plane-failing", CRITICAL, OPENS),
        ),
        (
            senders.alarm("stargate-ReceiveSignalFailing-1A2B3C4D5E6F", "OK"),
            ("control-plane-failing", CRITICAL, CLOSES),
        ),
    ],
)
def test_the_control_planes_own_failures_are_signals_of_its_own(told, expected):
    """Worst where it cannot hear or look."""
    signal = read_signal(told)
    assert said(signal) == expected
    assert signal.environment == CONTROL_PLANE


# What is not ours.


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (database("0049", "my-db"), "not ours: the database my-db"),
        (stack("CREATE_FAILED", "somebody-elses"), "not ours: the stack somebody-elses"),
        (stack("UPDATE_IN_PROGRESS"), "under way"),
        (senders.event("aws.codebuild", "CodeBuild Build Phase Change", {}), "of no concern"),
        (database("0049", "stargate-other"), "about other, not sandbox"),
        (senders.execution("their-machine"), "not ours: the workflow their-machine"),
        (senders.execution(status="SUCCEEDED"), "is SUCCEEDED"),
    ],
)
def test_what_is_no_concern_says_why(told, words):
    """A reason for the log, whatever it is."""
    (read,) = signals_in(told, "sandbox")
    assert isinstance(read, Ignored)
    assert words in read.reason


def test_every_kind_that_a_source_tells_is_known_by_its_name():
    """What it says, and which condition it is about, or why none: docs/signals.md is made of it."""
    told = [one for one, _ in SERVICES] + [database(number) for number, _ in NUMBERS]
    assert {read_signal(one).kind for one in told} <= set(KINDS)
    for kind in KINDS.values():
        assert kind.says
        assert (kind.condition is None) == bool(kind.why)
