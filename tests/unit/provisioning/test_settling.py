"""How an environment ends: ready, failed or retired, and who may say so."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from stargate.domain.environment import Status
from stargate.domain.gateway.front_door import Answer
from stargate.domain.gateway.observer import ASKED
from stargate.domain.provisioning.certificates import Certificate
from stargate.domain.provisioning.quotas import ADDRESSES, ON_DEMAND_VCPUS, SPOT_VCPUS, VPCS, needed
from stargate.errors import GatewayNotWellError, LeftoversError, PreflightError, SupersededError
from stargate.usecases.provisioning.check_gateway import CheckGateway
from stargate.usecases.provisioning.check_retired import CheckRetired
from stargate.usecases.provisioning.notice_workflow_end import NoticeWorkflowEnd
from stargate.usecases.provisioning.preflight import Preflight
from tests import fakes
from tests.unit.play import Play


@pytest.fixture
def play():
    play = Play()
    play.ask()
    return play


def settle(play, outcome, error="", cause="", attempt=1):
    return play.settle(play.environment.environment_id, attempt, outcome, error, cause)


def test_a_workflow_that_dies_leaves_its_environment_failed_with_the_reason(play):
    """The last net: nobody else settled it."""
    notice = NoticeWorkflowEnd(play.settle)
    notice(f"{play.environment.environment_id}-1", "TIMED_OUT", "", "")
    document = play.show.one("sandbox")
    assert document["status"] == "FAILED"
    assert document["failure"]["reason"] == "the workflow ended TIMED_OUT"


def test_the_end_of_an_older_workflow_changes_nothing(play):
    """Attempt 1 ends late, while attempt 2 runs."""
    settle(play, Status.FAILED, "States.Timeout", "slow")
    play.ask()
    NoticeWorkflowEnd(play.settle)(f"{play.environment.environment_id}-1", "ABORTED", "", "")
    assert play.show.one("sandbox")["status"] == "PROVISIONING"


@pytest.mark.parametrize("name", ["by-hand", "unknown-1", "nothing"])
def test_an_execution_of_no_environment_is_ignored(play, name):
    """Somebody may start a workflow by hand."""
    NoticeWorkflowEnd(play.settle)(name, "FAILED", "", "")
    assert play.show.one("sandbox")["status"] == "PROVISIONING"


def test_settling_twice_says_what_was_settled_first(play):
    """A failure that comes after READY does not undo it."""
    assert settle(play, Status.READY) is Status.READY
    assert settle(play, Status.FAILED, "late", "late") is Status.READY
    assert play.summaries().count("sandbox is READY") == 1


def test_a_provisioning_cannot_end_retired(play):
    """Each workflow has its own end."""
    assert settle(play, Status.RETIRED) is Status.PROVISIONING


@pytest.mark.parametrize(
    ("error", "cause", "reason"),
    [
        ("StackFailedError", json.dumps({"stack": "data", "reason": "no capacity"}), "no capacity"),
        (
            "PreflightError",
            json.dumps({"errorMessage": "no zones", "errorType": "PreflightError"}),
            "no zones",
        ),
        ("States.Timeout", "it took too long", "it took too long"),
        ("States.Timeout", "", "States.Timeout"),
        ("Odd", "[1]", "[1]"),
    ],
)
def test_the_reason_is_read_from_whatever_the_workflow_knows(play, error, cause, reason):
    """Our own failure, a function's exception, or plain text."""
    settle(play, Status.FAILED, error, cause)
    assert play.show.one("sandbox")["failure"]["reason"] == reason


def preflight(play, home="us-east-1", offers=None, quotas=None, belongings=None, **changes):
    regions = fakes.FakeRegions(**changes)
    offers, quotas = offers or fakes.FakeOffers(), quotas or fakes.FakeQuotas()
    check = Preflight(
        play.environments,
        play.nodes,
        play.manifests,
        regions,
        play.stacks,
        offers,
        quotas,
        belongings or fakes.FakeBelongings(),
        home,
        "0123456789ab",
    )
    return check(play.environment.environment_id, play.environment.attempt)


def test_preflight_is_silent_when_nothing_is_wrong(play):
    """Another network elsewhere does not disturb, and at home nothing needs preparing."""
    assert preflight(play, vpcs={"vpc-9": ("172.31.0.0/16",)}) == ()


def test_preflight_tells_from_where_no_events_come_home(play):
    """The control plane may be in another region than its environments."""
    assert preflight(play, home="eu-west-1") == ("us-east-1",)


def test_preflight_lists_everything_that_is_wrong_at_once(play):
    """Zones, network and names, each in words."""
    play.stacks.create("us-east-1", "stargate-sandbox-edge", "", {}, {}, "someone")
    play.manifests.manifest = type(play.manifests.manifest)("ffffffffffff", {})
    with pytest.raises(PreflightError) as refused:
        preflight(play, zone_names=["us-east-1a"], vpcs={"vpc-9": ("10.20.128.0/20",)})
    for words in ("1 availability zones", "overlaps 10.20.128.0/20", "stargate-sandbox-edge", "no gateway"):
        assert words in str(refused.value)


def test_preflight_tells_what_is_not_to_be_had_and_the_way_out(play):
    """A class that the region lacks, and each model that the account has not been let in to."""
    manifest = play.manifests.manifest
    play.manifests.manifest = replace(manifest, models=("anthropic.opus", "anthropic.haiku"))
    offers = fakes.FakeOffers(("db.r6g.large",), {"anthropic.opus": "agreement NOT_AVAILABLE"})
    with pytest.raises(PreflightError) as refused:
        preflight(play, offers=offers)
    for words in (
        "us-east-1 offers no PostgreSQL on db.r6g.large in two zones: choose another database.class",
        "anthropic.opus is not open to this account in us-east-1 (agreement NOT_AVAILABLE): request access",
    ):
        assert words in str(refused.value)
    assert "anthropic.haiku" not in str(refused.value)


def test_preflight_asks_for_models_where_they_are_called():
    """A POC's database is asked for at home, its models where Bedrock is served."""
    play, offers = Play(), fakes.FakeOffers()
    play.ask(name="lab", preset="poc")
    preflight(play, offers=offers, zone_names=["us-west-1a", "us-west-1c"])
    assert offers.asked == [("us-west-1", "db.t4g.micro", False), ("us-east-1", ())]


SMALL = fakes.FakeQuotas({VPCS: 5, ADDRESSES: 5, ON_DEMAND_VCPUS: 6, SPOT_VCPUS: 6})


def test_preflight_tells_of_every_quota_that_is_too_small(play):
    """With what is needed, what is in use where that is known, and where to ask for more."""
    vpcs = {f"vpc-{number}": (f"172.{16 + number}.0.0/16",) for number in range(5)}
    with pytest.raises(PreflightError) as refused:
        preflight(play, quotas=SMALL, vpcs=vpcs, held=5)
    more = "ask Service Quotas for more"
    assert str(refused.value).split("; ") == [
        f"us-east-1: VPCs per Region: 1 needed, 5 in use, quota 5: {more} (vpc L-F678F1CE)",
        f"us-east-1: EC2-VPC Elastic IPs: 1 needed, 5 in use, quota 5: {more} (ec2 L-0263D0A3)",
        f"us-east-1: {ON_DEMAND_VCPUS.name}: 16.5 needed, quota 6: {more} (fargate L-3032A538)",
    ]


ARN = "arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-3333-4444-555555555555"
OWN_NAME = {"edge": {"domain": "gateway.example.com", "certificate": ARN}}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, f"{ARN} is no certificate of this account: import or request it in us-east-1"),
        (Certificate("EXPIRED", ("*.example.com",)), f"{ARN} is EXPIRED, not ISSUED: answer its validation"),
        (Certificate("ISSUED", ("example.com", "*.gateway.example.com")), "gateway.example.com needs a cert"),
    ],
)
def test_preflight_wants_a_certificate_that_is_good_for_the_name(found, words):
    """It exists, is issued and names the domain: a star covers one label, and not the bare name."""
    play = Play()
    play.ask(name="own", overrides=OWN_NAME)
    belongings = fakes.FakeBelongings({} if found is None else {ARN: found})
    with pytest.raises(PreflightError, match=re.escape(words)):
        preflight(play, belongings=belongings)
    belongings.certificates[ARN] = Certificate("ISSUED", ("example.com", "*.example.com"))
    preflight(play, belongings=belongings)


def test_preflight_tells_whose_names_are_taken(play):
    """A secret that waits to be deleted holds its name as a living one does; others' names do not count."""
    going = {"stargate-sandbox/litellm-salt-key": True, "stargate-sandbox/origin-secret": False}
    belongings = fakes.FakeBelongings({}, {**going, "stargate-sandbox2/x": True}, ("stargate-sandbox",))
    with pytest.raises(PreflightError) as refused:
        preflight(play, belongings=belongings)
    window = "is within its deletion window: delete it without recovery"
    other = "or choose another name"
    assert str(refused.value).split("; ") == [
        f"the secret stargate-sandbox/litellm-salt-key in us-east-1 {window}, {other}",
        f"the secret stargate-sandbox/origin-secret in us-east-1 is not ours: remove it, {other}",
        f"the database stargate-sandbox in us-east-1 is not ours: remove it, {other}",
    ]
    play.begin_provision(["secrets"])
    assert preflight(play, belongings=fakes.FakeBelongings({}, going)) == ()


def test_preflight_counts_nothing_twice_on_resume(play):
    """What the first attempt took is in use already."""
    play.begin_provision(["network"])
    preflight(play, quotas=SMALL, held=5)


def test_a_poc_needs_no_address_and_little_of_a_quota():
    """Its NAT is an instance; its services run on Spot, but for the preparing task."""
    play = Play()
    needs = needed(play.ask(name="lab", preset="poc"))
    assert needs == {VPCS: 1, ADDRESSES: 0, ON_DEMAND_VCPUS: 1, SPOT_VCPUS: 3}


def test_preflight_does_not_take_our_own_network_for_a_stranger(play):
    """On resume the VPC of the earlier attempt stands."""
    play.begin_provision(["network"])
    preflight(play, vpcs={"vpc-1": ("10.20.0.0/16",)})


def test_preflight_of_an_older_attempt_is_superseded(play):
    """It belongs to a workflow that is over."""
    settle(play, Status.FAILED, "x", "x")
    with pytest.raises(SupersededError):
        preflight(play)


def check_gateway(play, door=None, observer=None, **changes):
    door = door or fakes.FakeFrontDoor()
    observer = observer or fakes.FakeObserver()
    check = CheckGateway(play.environments, play.stacks, fakes.FakeGauges(**changes), door, observer)
    return check(play.environment.environment_id, 1)


def stood(play):
    play.begin_provision()
    play.stand_all()
    return play


def test_a_gateway_that_is_well_has_every_check_recorded(play):
    """Each with what was measured and what was asked."""
    check_gateway(stood(play))
    checks = play.show.one("sandbox")["checks"]
    assert all(check["ok"] for check in checks)
    assert {"name": "targets litellm", "ok": True, "measured": "2 healthy", "bound": ">= 1 healthy"} in checks


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"database_state": ("modifying", True)}, "database: modifying"),
        ({"database_state": ("available", False)}, "one zone, asked available, multi-AZ"),
        ({"distribution_state": ("InProgress", True)}, "distribution: InProgress"),
        ({"service_states": {}}, "service litellm: 0 running, absent"),
        ({"healthy": 0}, "targets litellm: 0 healthy"),
    ],
)
def test_a_gateway_that_is_not_well_says_what_is_missing(play, changes, words):
    """And the failing check can be read in the environment."""
    with pytest.raises(GatewayNotWellError, match=words):
        check_gateway(stood(play), **changes)
    assert not all(check["ok"] for check in play.show.one("sandbox")["checks"])


@pytest.mark.parametrize(
    ("path", "answer", "words"),
    [
        (
            "/health/liveliness",
            Answer(503, 0.2),
            r"litellm: /health/liveliness: 503 after 0\.20 s, asked 200",
        ),
        ("/v1/models", Answer(200, 0.2), r"keys: /v1/models: 200 after 0\.20 s, asked 401"),
        ("/grafana/login", Answer(200, 6.0), r"200 after 6\.00 s, asked 200 within 5 s"),
        ("/langfuse", Answer(302, 0.1, "https://elsewhere/else"), "302 to https://elsewhere/else after"),
        ("/api/public/health", Answer(0, 3.0, words="timed out"), "timed out after"),
    ],
)
def test_what_the_front_door_answers_decides(play, path, answer, words):
    """Down, open to anybody, slow, leading elsewhere or silent: each is told as it was measured."""
    door = fakes.FakeFrontDoor({path: answer})
    with pytest.raises(GatewayNotWellError, match=words):
        check_gateway(stood(play), door)


def test_what_the_observer_finds_decides(play):
    """Asked in the environment's region, verb by verb; its reason is the check's, with what it measured."""
    observer = fakes.FakeObserver({"virtual_key": "1 of 2 tasks refuses a good key"})
    with pytest.raises(
        GatewayNotWellError, match="inside virtual key: 1 of 2 tasks refuses a good key; tasks 2"
    ):
        check_gateway(stood(play), observer=observer)
    assert observer.asked == [("us-east-1", "sandbox", verb) for verb in ASKED]
    inside = [check for check in play.show.one("sandbox")["checks"] if check["name"].startswith("inside ")]
    assert [check["ok"] for check in inside] == [False, True, True, True]


def test_a_gateway_that_stands_and_is_not_well_is_degraded(play):
    """It has not failed: the failing check is its reason, and asking again measures again."""
    stood(play)
    assert settle(play, Status.FAILED, "GatewayNotWellError", "front door litellm: 503") is Status.DEGRADED
    document = play.show.one("sandbox")
    assert document["status"] == "DEGRADED"
    assert "front door litellm: 503" in document["failure"]["reason"]
    again = play.ask()
    assert (again.status, again.attempt) == (Status.PROVISIONING, 2)


def test_an_environment_is_not_retired_while_anything_is_left(play):
    """Stacks of ours and whatever carries the tag, in both regions, by name."""
    play.begin_provision(["network"])
    play.lift_protection()
    play.environment = play.retire("sandbox")
    identifier = play.environment.environment_id
    nothing = fakes.FakeRemains(play.clock)
    left = fakes.FakeInventory({"us-east-1": ["arn:aws:ec2:us-east-1:111122223333:vpc/vpc-1"]})
    with pytest.raises(LeftoversError, match=r"stack/stargate-sandbox-network/1, .*vpc-1"):
        CheckRetired(play.environments, play.stacks, left, nothing)(identifier, 2)
    play.stacks.stacks.clear()
    CheckRetired(play.environments, play.stacks, fakes.FakeInventory(), nothing)(identifier, 2)


def test_a_retired_environment_can_still_be_read(play):
    """Progress is whole, and nothing is left to wait for."""
    play.lift_protection()
    play.retire("sandbox")
    settle(play, Status.RETIRED, attempt=2)
    document = play.show.one("sandbox")
    assert (document["status"], document["progress"], document["eta_seconds"]) == ("RETIRED", 1.0, None)
