"""The lives of two environments, told once over HTTP and then looked at from every side.

`calm` is created without trouble. At the same time `rough` meets a resource that fails, is FAILED, is asked
for again and gets READY. Then both are deleted. Each test reads one promise off that record.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from local.demo.timing import Life, most_at_once, out_of_order
from stargate.domain.gateway.graph import PLAIN, PREPARE_DATABASE
from stargate.domain.gateway.observer import ASKED
from tests.e2e.leaving import let_go
from tests.e2e.patience import follow, settled

pytestmark = pytest.mark.cloud

CALM = {"name": "calm", "preset": "sandbox", "overrides": {"network": {"cidr": "10.30.0.0/16"}}}
ROUGH = {"name": "rough", "preset": "sandbox", "overrides": {"network": {"cidr": "10.31.0.0/16"}}}
FAILING = ("storage", "FileSystem")
REASON = "The file systems of this account are used up (FileSystemLimitExceeded)"

Document = dict[str, Any]


@dataclass
class Record:
    """What was answered and what the cloud held, in the order in which it happened."""

    calm: list[Document] = field(default_factory=list)
    rough: list[Document] = field(default_factory=list)
    repeated: list[Document] = field(default_factory=list)
    conflict: Any = None
    rough_standing: dict[str, str] = field(default_factory=dict)
    rough_stacks: dict[str, str] = field(default_factory=dict)
    changes_after_resume: list[str] = field(default_factory=list)
    lives: dict[str, Life] = field(default_factory=dict)
    executions: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    gone: list[Document] = field(default_factory=list)
    deletions: dict[str, Life] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    protected: Any = None
    kept: list[Document] = field(default_factory=list)
    tagged: list[str] = field(default_factory=list)
    listed: Document = field(default_factory=dict)
    ledger: list[Document] = field(default_factory=list)


@pytest.fixture(scope="module")
def record(api, witness, cloud):
    told = Record()
    witness.inject_fault("rough", *FAILING, REASON)
    try:
        _create(told, api)
        _resume(told, api, witness)
    finally:
        witness.lift_faults()
    _look(told, api, witness, cloud)
    _delete(told, api, witness)
    return told


def _create(told, api):
    first = api.post("/environments", CALM, idempotency_key="calm-1")
    again = api.post("/environments", CALM, idempotency_key="calm-1")
    assert first.status == 202, first.text
    told.calm.append(first.document)
    told.rough.append(api.post("/environments", ROUGH).document)
    unkeyed = api.post("/environments", CALM)
    told.repeated = [again.document, unkeyed.document]
    other = {**CALM, "overrides": {"network": {"cidr": "10.32.0.0/16"}}}
    told.conflict = api.post("/environments", other)


def _resume(told, api, witness):
    told.rough += follow(api, "rough", settled)
    told.rough_stacks = witness.stacks("rough")
    told.rough_standing = {
        stack["name"]: told.rough_stacks[stack["name"]]
        for stack in told.rough[-1]["stacks"]
        if stack["status"] == "STANDING" and stack["kind"] == "stack"
    }
    witness.lift_faults()
    resumed = api.post("/environments", ROUGH)
    assert resumed.status == 202, resumed.text
    told.rough.append(resumed.document)
    told.calm += follow(api, "calm", settled)
    # At once: ECS shows a stopped task for an hour, which is a minute here.
    told.lives[PREPARE_DATABASE] = witness.preparation("calm")
    told.rough += follow(api, "rough", settled)
    since = datetime.fromisoformat(resumed.document["updated_at"]).timestamp()
    told.changes_after_resume = [
        name
        for name, stack_id in told.rough_standing.items()
        if any(event.at > since for event in witness.events(stack_id))
    ]
    told.rough_stacks = witness.stacks("rough")


def _look(told, api, witness, cloud):
    told.lives |= {name: witness.creation(stack) for name, stack in witness.stacks("calm").items()}
    told.executions = witness.executions("provision", told.calm[0]["id"])
    told.secrets = _secrets(cloud)
    told.written = {
        "table": json.dumps(list(_table(cloud)), default=str),
        "executions": json.dumps(list(_histories(cloud)), default=str),
        "logs": json.dumps(list(_logs(cloud)), default=str),
        "answers": json.dumps([told.calm, told.rough, api.get("/environments").document]),
    }
    told.listed = api.get("/environments").document
    told.ledger = _pages(api, "/environments/rough/ledger", "entries")


def _delete(told, api, witness):
    ids = {name: witness.stacks(name) for name in ("calm", "rough")}
    told.protected = api.delete("/environments/rough")
    assert let_go(api, "calm").status == 202
    assert let_go(api, "rough", final_snapshot="yes", secrets_recovery="yes").status == 202
    assert let_go(api, "calm").status == 202
    for name in ids:
        told.gone.append(follow(api, name, settled)[-1])
    told.deletions = {name: witness.deletion(stack) for name, stack in ids["calm"].items()}
    told.kept = told.gone[-1]["kept"]
    told.tagged = witness.tagged(told.rough[0]["id"])
    told.left += witness.tagged(told.calm[0]["id"]) + witness.belongings("calm") + witness.belongings("rough")


def _secrets(cloud):
    manager = cloud.client("secretsmanager")
    found = {}
    for secret in manager.list_secrets()["SecretList"]:
        value = manager.get_secret_value(SecretId=secret["ARN"])["SecretString"]
        try:
            parts = json.loads(value)
        except ValueError:
            parts = value
        for key, part in (parts if isinstance(parts, dict) else {"": parts}).items():
            if len(str(part)) >= 12 and key not in {"username", "engine", "host", "dbname"}:
                found[f"{secret['Name']} {key}"] = str(part)
    return found


def _table(cloud):
    name = _outputs(cloud)["TableName"]
    for page in cloud.client("dynamodb").get_paginator("scan").paginate(TableName=name):
        yield from page["Items"]


def _histories(cloud):
    states, outputs = cloud.client("stepfunctions"), _outputs(cloud)
    for arn in (outputs["ProvisionArn"], outputs["RetireArn"]):
        for execution in states.list_executions(stateMachineArn=arn)["executions"]:
            pages = states.get_paginator("get_execution_history").paginate(
                executionArn=execution["executionArn"]
            )
            yield from (event for page in pages for event in page["events"])


def _logs(cloud):
    logs = cloud.client("logs")
    for group in logs.get_paginator("describe_log_groups").paginate():
        for found in group["logGroups"]:
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=found["logGroupName"])
            yield from (event["message"] for page in pages for event in page["events"])


def _outputs(cloud):
    stack = cloud.client("cloudformation").describe_stacks(StackName="stargate")["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _pages(api, path, key, limit="7"):
    entries, query = [], {"limit": limit}
    while True:
        document = api.get(path, **query).document
        entries += document[key]
        if not document.get("next"):
            return entries
        query["next"] = document["next"]


def test_creation_shows_its_progress(record):
    """While it runs an environment tells more and more of it done, and stacks of different status."""
    running = [document for document in record.calm if document["status"] == "PROVISIONING"]
    progress = [document["progress"] for document in running]
    assert progress == sorted(progress)
    assert len(set(progress)) > 3
    assert any(len({stack["status"] for stack in document["stacks"]}) > 1 for document in running)
    assert all(document["eta_seconds"] is not None for document in running)


def test_creation_ends_ready_after_checks(record):
    """READY comes with every node standing, with checks that held, and with where the gateway is."""
    ready = record.calm[-1]
    assert (ready["status"], ready["progress"], ready["failure"]) == ("READY", 1, None)
    assert {stack["status"] for stack in ready["stacks"]} == {"STANDING"}
    inside = {check["name"] for check in ready["checks"] if check["name"].startswith("inside ")}
    assert inside == {f"inside {verb.replace('_', ' ')}" for verb in ASKED}
    assert [check for check in ready["checks"] if not check["ok"]] == []
    assert ready["outputs"]["GatewayUrl"].startswith("https://")


def test_every_node_of_the_graph_is_made_in_order(record):
    """The cloud's own record has every node, each made after what it needs, several at a time."""
    assert sorted(record.lives) == sorted(PLAIN.names)
    assert out_of_order(PLAIN, record.lives) == []
    assert most_at_once(record.lives.values()) >= 4


def test_lag_is_small_and_told_of_every_stack(record):
    """The control plane says of each stack how long it let it wait."""
    lags = [stack["lag_seconds"] for stack in record.calm[-1]["stacks"]]
    assert all(lag is not None and lag >= 0 for lag in lags)


def test_the_same_request_starts_one_workflow(record):
    """Repeated with its key and without one, the request leads to the same attempt of one execution."""
    first = record.calm[0]
    assert {(answer["id"], answer["attempt"]) for answer in record.repeated} == {(first["id"], 1)}
    assert record.executions == [f"{first['id']}-1"]


def test_another_specification_for_a_living_name_is_a_conflict(record):
    """A name that is taken by an environment with another specification answers 409."""
    assert record.conflict.status == 409
    assert record.conflict.document["type"].startswith("urn:stargate:problem:")


def test_failure_names_the_first_failed_resource(record):
    """FAILED comes with the stack, the resource and the resource's own reason."""
    failed = next(document for document in record.rough if document["status"] == "FAILED")
    failure = failed["failure"]
    assert (failure["stack"], failure["resource"]) == FAILING
    assert failure["resource_type"] == "AWS::EFS::FileSystem"
    assert REASON in failure["reason"]


def test_resume_leaves_alone_what_stands(record):
    """The second attempt gets READY with the very stacks that stood, and nothing happened to them."""
    assert (record.rough[-1]["status"], record.rough[-1]["attempt"]) == ("READY", 2)
    assert record.rough_standing
    assert record.rough_standing.items() <= record.rough_stacks.items()
    assert record.changes_after_resume == []


def test_lists_have_every_environment(record):
    """The list of environments has both, with their states."""
    listed = {environment["name"]: environment["status"] for environment in record.listed["environments"]}
    assert (listed["calm"], listed["rough"]) == ("READY", "READY")


def test_ledger_tells_both_attempts_with_causes(record):
    """The ledger, read page by page, has an entry for each step, each with an actor and a cause."""
    ids = [entry["id"] for entry in record.ledger]
    assert len(ids) == len(set(ids)) > 14
    assert all(entry["actor"] and entry["cause"] for entry in record.ledger)
    assert any(REASON in json.dumps(entry) for entry in record.ledger)


@pytest.mark.parametrize("place", ["table", "executions", "logs", "answers"])
def test_secrets_are_nowhere(record, place):
    """No generated secret value is in the table, the workflows, the logs or the answers."""
    assert len(record.secrets) >= 4
    assert len(record.written[place]) > 1000
    assert [name for name, value in record.secrets.items() if value in record.written[place]] == []


def test_deletion_goes_in_reverse_and_leaves_nothing(record):
    """Each stack goes after its dependents, and in the end nothing bears the tag or the name."""
    assert [(document["status"], document["failure"]) for document in record.gone] == [("RETIRED", None)] * 2
    reverse = {**record.deletions, PREPARE_DATABASE: Life(0, 0)}
    early = [line for line in out_of_order(PLAIN.reversed(), reverse) if PREPARE_DATABASE not in line]
    assert early == []
    assert record.left == []


def test_a_protected_environment_is_not_deleted(record):
    """409, with the request that lifts the protection."""
    assert record.protected.status == 409
    assert "deletion_protection" in record.protected.document["detail"]


def test_what_is_kept_on_purpose_is_named_and_nothing_else_stays(record):
    """One snapshot of the database, every secret within its window, and no other thing with the tag."""
    kinds = [one["kind"] for one in record.kept]
    assert (kinds.count("snapshot"), kinds.count("secret")) == (1, 16)
    assert all(one["until"] for one in record.kept if one["kind"] == "secret")
    assert sorted(record.tagged) == sorted(one["arn"] for one in record.kept)


def test_nothing_ended_among_the_dead_letters(record, witness):
    """No event of all this was given up on."""
    assert witness.dead_letters() == 0
