"""Preflight: every fault at once with its way out, before anything is made; what an owner forgot is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.environment import Status
from stargate.domain.provisioning.certificates import Certificate
from stargate.domain.provisioning.quotas import (
    ADDRESSES,
    BALANCERS,
    DATABASES,
    GROUP_RULES,
    NAT_GATEWAYS,
    ON_DEMAND_VCPUS,
    SPOT_VCPUS,
    VPCS,
    needed,
)
from stargate.domain.provisioning.rights import Place, Right, refusals, rights_to_make
from stargate.errors import PreflightError, SupersededError
from tests import fakes
from tests.unit.play import Play
from tests.unit.provisioning.looking_ahead import preflight_of


@pytest.fixture
def play():
    play = Play()
    play.ask()
    return play


def preflight(play, **given):
    return preflight_of(play, **given)(play.environment.environment_id, play.environment.attempt)


def refused(play, **given):
    with pytest.raises(PreflightError) as error:
        preflight(play, **given)
    return str(error.value)


REGION = "us-east-1"
VPC_FIVE = {f"vpc-{number}": (f"172.{16 + number}.0.0/16",) for number in range(5)}
SMALL = fakes.FakeQuotas(
    {VPCS: 5, ADDRESSES: 5, NAT_GATEWAYS: 5, GROUP_RULES: 50, ON_DEMAND_VCPUS: 6, SPOT_VCPUS: 6},
    {ADDRESSES: 5, NAT_GATEWAYS: 1},
)


def test_it_is_silent_when_nothing_is_wrong(play):
    """Another network elsewhere does not disturb, and at home nothing needs preparing."""
    regions = fakes.FakeRegions(vpcs={"vpc-9": ("172.31.0.0/16",)})
    assert preflight(play, regions=regions) == ()


def test_it_tells_from_where_no_events_come_home(play):
    """The control plane may be in another region than its environments."""
    assert preflight(play, home="eu-west-1") == (REGION,)


def test_it_lists_everything_that_is_wrong_at_once(play):
    """Zones, network, names, offers and rights, each in words."""
    play.stacks.create(REGION, "stargate-sandbox-edge", "", {}, {}, "someone")
    play.manifests.manifest = type(play.manifests.manifest)("ffffffffffff", {})
    told = refused(
        play,
        regions=fakes.FakeRegions([f"{REGION}a"], {"vpc-9": ("10.20.128.0/20",)}),
        offers=fakes.FakeOffers(("db.r6g.large",)),
        rights=fakes.FakeRights({"ec2:CreateVpc": "denied"}),
    )
    for words in ("1 availability zones", "overlaps 10.20.128.0/20", "stargate-sandbox-edge", "no gateway"):
        assert words in told
    assert "choose another database.class" in told


# Room


def test_it_tells_of_every_quota_that_is_too_small(play):
    """With what is needed, what is in use where that is known, and where to ask for more."""
    more = "ask Service Quotas for more"
    assert refused(play, quotas=SMALL, regions=fakes.FakeRegions(vpcs=VPC_FIVE)).split("; ") == [
        f"us-east-1: VPCs per Region: 1 needed, 5 in use, quota 5: {more} (vpc L-F678F1CE)",
        f"us-east-1: EC2-VPC Elastic IPs: 1 needed, 5 in use, quota 5: {more} (ec2 L-0263D0A3)",
        f"us-east-1: {GROUP_RULES.name}: 55 needed, quota 50: {more} (vpc L-0EA8095F)",
        f"us-east-1: {ON_DEMAND_VCPUS.name}: 16.5 needed, quota 6: {more} (fargate L-3032A538)",
    ]


def test_it_counts_nothing_twice_on_resume(play):
    """What the first attempt took is in use already."""
    play.begin_provision(["network"])
    preflight(play, quotas=SMALL, regions=fakes.FakeRegions(vpcs=VPC_FIVE))


def test_it_does_not_take_our_own_network_for_a_stranger(play):
    """On resume the VPC of the earlier attempt stands."""
    play.begin_provision(["network"])
    preflight(play, regions=fakes.FakeRegions(vpcs={"vpc-1": ("10.20.0.0/16",)}))


def test_a_poc_needs_no_address_and_little_of_a_quota():
    """Its NAT is an instance; its services run on Spot, but for the preparing task."""
    play = Play()
    needs = needed(play.ask(name="lab", preset="poc"))
    one_each = {VPCS: 1, BALANCERS: 1, DATABASES: 1, ON_DEMAND_VCPUS: 1}
    assert needs == {**one_each, ADDRESSES: 0, NAT_GATEWAYS: 0, GROUP_RULES: 55, SPOT_VCPUS: 3}


# Offers


def test_it_tells_what_is_not_to_be_had_and_the_way_out(play):
    """A class that the region lacks, and each model that the account has not been let in to."""
    manifest = play.manifests.manifest
    play.manifests.manifest = replace(manifest, models=("anthropic.opus", "anthropic.haiku"))
    offers = fakes.FakeOffers(("db.r6g.large",), {"anthropic.opus": "agreement NOT_AVAILABLE"})
    told = refused(play, offers=offers)
    for words in (
        "us-east-1 offers no PostgreSQL on db.r6g.large in two zones: choose another database.class",
        "anthropic.opus is not open to this account in us-east-1 (agreement NOT_AVAILABLE): request access",
    ):
        assert words in told
    assert "anthropic.haiku" not in told


def test_arm_is_not_to_be_had_in_every_zone(play):
    """Which zone that is the id tells, not the name; beyond the environment's zones it does not matter."""
    names, ids = [f"{REGION}{letter}" for letter in "abcd"], {f"{REGION}b": "use1-az3"}
    preflight(play, regions=fakes.FakeRegions(names, zone_ids=ids))
    play = Play()
    play.ask(overrides={"compute": {"architecture": "arm64"}})
    assert refused(play, regions=fakes.FakeRegions(names, zone_ids=ids)) == (
        "Fargate runs no ARM tasks in us-east-1b (use1-az3): choose compute.architecture x86_64"
    )
    preflight(play, regions=fakes.FakeRegions(names, zone_ids={f"{REGION}d": "use1-az3"}))


def test_fargate_is_not_to_be_had_in_every_zone_of_us_west_1():
    """An old account may see the one where it is not."""
    play = Play()
    play.ask(name="lab", preset="poc")
    regions = fakes.FakeRegions(["us-west-1a", "us-west-1b"], zone_ids={"us-west-1b": "usw1-az2"})
    assert refused(play, regions=regions) == (
        "Fargate runs no tasks in us-west-1b (usw1-az2): ask an account with other zones of us-west-1"
    )


def test_a_standby_needs_a_second_zone_of_the_environments_own(play):
    """That the class is to be had somewhere in the region is not enough."""
    offers = fakes.FakeOffers(zones=("us-east-1a", "us-east-1f"))
    assert refused(play, offers=offers) == (
        "us-east-1 offers no PostgreSQL on db.r6g.large in two zones in us-east-1a, us-east-1b, us-east-1c, "
        "only in us-east-1a, us-east-1f: choose another database.class"
    )


def test_a_nat_instance_is_looked_for_in_the_zone_where_it_stands():
    """The first of the region's."""
    play = Play()
    play.ask(name="lab", preset="poc")
    regions = fakes.FakeRegions(["us-west-1a", "us-west-1c"])
    offers = fakes.FakeOffers(zones=("us-west-1c",))
    assert refused(play, regions=regions, offers=offers) == (
        "us-west-1a offers no t3.nano for the NAT instance: choose network.nat one"
    )


def test_a_use_form_that_was_never_sent_is_asked_for(play):
    """Once for the account, whatever models it wants; where no model is called nobody asks."""
    assert preflight(play, offers=fakes.FakeOffers(use_form=False)) == ()
    play.manifests.manifest = replace(play.manifests.manifest, models=("anthropic.haiku",))
    assert "has not sent in Anthropic's use form" in refused(play, offers=fakes.FakeOffers(use_form=False))


def test_it_asks_for_models_where_they_are_called():
    """A POC's database is asked for at home, its models where Bedrock is served."""
    play, offers = Play(), fakes.FakeOffers()
    play.ask(name="lab", preset="poc")
    preflight(play, offers=offers, regions=fakes.FakeRegions(["us-west-1a", "us-west-1c"]))
    assert offers.asked == [("us-west-1", "db.t4g.micro", False), (REGION, ())]


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
def test_it_wants_a_certificate_that_is_good_for_the_name(found, words):
    """It exists, is issued and names the domain: a star covers one label, and not the bare name."""
    play = Play()
    play.ask(name="own", overrides=OWN_NAME)
    belongings = fakes.FakeBelongings({} if found is None else {ARN: found})
    assert words in refused(play, belongings=belongings)
    belongings.certificates[ARN] = Certificate("ISSUED", ("example.com", "*.example.com"))
    preflight(play, belongings=belongings)


# Names


def test_it_tells_whose_names_are_taken(play):
    """A secret that waits to be deleted holds its name as a living one does; others' names do not count."""
    going = {"stargate-sandbox/litellm-salt-key": True, "stargate-sandbox/origin-secret": False}
    belongings = fakes.FakeBelongings({}, {**going, "stargate-sandbox2/x": True}, ("stargate-sandbox",))
    window = "is within its deletion window: delete it without recovery"
    other = "or choose another name"
    assert refused(play, belongings=belongings).split("; ") == [
        f"the secret stargate-sandbox/litellm-salt-key in us-east-1 {window}, {other}",
        f"the secret stargate-sandbox/origin-secret in us-east-1 is not ours: remove it, {other}",
        f"the database stargate-sandbox in us-east-1 is not ours: remove it, {other}",
    ]
    play.begin_provision(["secrets"])
    assert preflight(play, belongings=fakes.FakeBelongings({}, going)) == ()


def test_it_tells_whose_stack_has_a_name_that_it_would_give(play):
    """Its own, of an earlier attempt, is none of them."""
    url, tags = "https://bucket/network.yaml", {"stargate:id": "somebody"}
    play.stacks.create("us-east-1", "stargate-sandbox-network", url, {}, tags, "a-token")
    held = "the stack name stargate-sandbox-network is held by arn:aws:cloudformation:us-east-1:"
    assert refused(play).startswith(held)
    play.stacks.stacks["stargate-sandbox-network"].tags["stargate:id"] = play.environment.environment_id
    assert preflight(play) == ()


def test_it_tells_of_what_somebody_left_behind(play):
    """CloudFormation would find a log group, a cluster or a web ACL of that name minutes later."""
    belongings = fakes.FakeBelongings(
        left=("the log group /stargate/sandbox/litellm",), acls=("the web ACL x",)
    )
    other = "is not ours: remove it, or choose another name"
    assert refused(play, belongings=belongings).split("; ") == [
        f"the log group /stargate/sandbox/litellm in us-east-1 {other}",
        f"the web ACL x in us-east-1 {other}",
    ]
    play.begin_provision(["network"])
    assert preflight(play, belongings=belongings) == ()


# Rights

PLACE = Place("aws", "123456789012", "us-west-1", "lab")


def test_it_asks_for_the_rights_that_the_environments_own_stacks_take():
    """In the region of each: no file system and no web ACL for a POC."""
    play, rights = Play(), fakes.FakeRights()
    play.ask(name="lab", preset="poc")
    preflight(play, rights=rights, regions=fakes.FakeRegions(["us-west-1a", "us-west-1c"]))
    assert rights.asked == {"us-west-1": ["AWS::X"], REGION: ["AWS::X"]}


def test_what_is_denied_is_told_once_for_each_reason():
    """With all that it keeps from being made, and who says so."""
    denied = {
        Right("ec2:CreateVpc"): "their boss denies it",
        Right("ec2:CreateSubnet"): "their boss denies it",
        Right("rds:CreateDBInstance"): "no policy allows it",
    }
    assert list(refusals(denied, REGION)) == [
        "CloudFormation's role may not ec2:CreateVpc, ec2:CreateSubnet in us-east-1: their boss denies it",
        "CloudFormation's role may not rds:CreateDBInstance in us-east-1: no policy allows it",
    ]


def test_a_right_names_what_would_be_made():
    """By the ARN that it will have: with the environment's name, and with a region if it has one."""
    assert rights_to_make(["AWS::IAM::Role", "AWS::RDS::DBInstance", "AWS::EFS::FileSystem"], PLACE) == (
        Right("iam:CreateRole", "arn:aws:iam::123456789012:role/stargate-lab-0"),
        Right("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/stargate-lab-0"),
        Right("rds:CreateDBInstance", "arn:aws:rds:us-west-1:123456789012:db:stargate-lab"),
        Right("elasticfilesystem:CreateFileSystem", "*"),
    )


# What only the account's owner can do


def notes(play):
    entries = play.table.entries[play.environment.environment_id].values()
    return [entry.summary for entry in entries if entry.kind == "note"]


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (fakes.FakeAccount(hearing=0), "nobody hears of alarms"),
        (fakes.FakeAccount(unused=("stargate:preset",)), "stargate:preset is activated for cost allocation"),
        (fakes.FakeAccount(unaskable="AccessDenied"), "is not known (AccessDenied)"),
    ],
)
def test_what_is_missed_is_told_and_keeps_nobody_waiting(play, account, words):
    """Once into the ledger, however often preflight is repeated."""
    assert preflight(play, account=account) == preflight(play, account=account) == ()
    (note,) = notes(play)
    assert words in note


def test_where_nothing_is_missed_nothing_is_told(play):
    """An owner who has done all there is to do."""
    preflight(play)
    assert notes(play) == []


def test_an_older_attempts_preflight_is_superseded(play):
    """It belongs to a workflow that is over."""
    play.settle(play.environment.environment_id, 1, Status.FAILED, "x", "x")
    with pytest.raises(SupersededError):
        preflight(play)
