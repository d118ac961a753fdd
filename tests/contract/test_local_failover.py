"""RebootDBInstance with failover on the local cloud: RDS's events, the zones swapped, the door closed."""

import asyncio

import pytest
from ministack.services import cloudfront, rds

from local import front_door
from local.clock import Clock
from local.gateways import registry
from local.services import rds as honest
from local.services.later import Later
from local.services.pace import Pace
from tests.contract import ecs_stories, ministack_in_process
from tests.contract.ecs_stories import CLUSTER, by_hand
from tests.contract.samples import sample, shape

DOMAIN = "d1.cloudfront.net"


class AtOnce(Later):
    """What is due later is kept until the test lets it happen."""

    def call(self, real_seconds, act, *args):
        self.due = (real_seconds, lambda: act(*args))


@pytest.fixture
def told(monkeypatch):
    """The events on the bus."""
    heard = []
    monkeypatch.setattr("local.services.ecs.events.emit", lambda *_: None)
    monkeypatch.setattr("local.events.emit", lambda *event: heard.append(event))
    return heard


@pytest.fixture
def hands(monkeypatch, told):
    with ministack_in_process.cloud() as cloud:
        asyncio.run(cloud.create(CLUSTER, ecs_stories.resources(ServiceName="litellm")))
        record = {"DomainName": DOMAIN, "config_xml": f"<Comment>{CLUSTER}</Comment>"}
        monkeypatch.setitem(cloudfront._distributions, "E1", record)
        yield by_hand()


def database(monkeypatch, **facts):
    instance = {
        "DBInstanceIdentifier": CLUSTER, "DBInstanceArn": f"arn:aws:rds:us-east-1:000000000000:db:{CLUSTER}",
        "DBInstanceStatus": "available", "MultiAZ": True, "AvailabilityZone": "us-east-1a",
        "SecondaryAvailabilityZone": "us-east-1b", "Engine": "postgres", "DBInstanceClass": "db.r6g.large",
        "EngineVersion": "16.4", "MasterUsername": "stargate", "AllocatedStorage": 100, **facts,
    }  # fmt: skip
    monkeypatch.setitem(rds._instances, CLUSTER, instance)
    return instance


def reboot(later):
    clock = Clock.starting_now(60)
    operation = honest.rebooting(rds._reboot_db_instance, Pace(clock), later)
    return operation({"DBInstanceIdentifier": [CLUSTER], "ForceFailover": ["true"]})


def door():
    return front_door.reply(DOMAIN, "/v1/models", has_key=True)[0]


def test_a_failover_closes_the_door_and_swaps_the_zones(hands, told, monkeypatch):
    """Started, and completed when its time has come; meanwhile a key is refused and liveliness lies."""
    instance, later = database(monkeypatch), AtOnce()
    before = door()
    assert reboot(later)[0] == 200
    assert (instance["DBInstanceStatus"], door()) == ("rebooting", 503)
    assert front_door.reply(DOMAIN, "/health/liveliness", has_key=False)[0] == 200
    hands.pass_seconds(120)
    later.due[1]()
    assert (instance["AvailabilityZone"], instance["SecondaryAvailabilityZone"]) == (
        "us-east-1b", "us-east-1a",
    )  # fmt: skip
    assert (instance["DBInstanceStatus"], door()) == ("available", before)
    assert [event[3]["EventID"] for event in told] == ["RDS-EVENT-0013", "RDS-EVENT-0006", "RDS-EVENT-0049"]
    assert {event[1] for event in told} == {"RDS DB Instance Event"}


@pytest.mark.shared_data
def test_the_events_have_the_shape_of_the_sample(hands, told, monkeypatch):
    """Of the event that says that a failover is over, as others have had it."""
    database(monkeypatch)
    later = AtOnce()
    reboot(later)
    later.due[1]()
    seen = sample("rds_instance/rds-db-instance-event-RDS-EVENT-0049.json")["detail"]
    (over,) = [event[3] for event in told if event[3]["EventID"] == seen["EventID"]]
    assert shape(over) == shape(seen)
    assert over["EventCategories"] == seen["EventCategories"]


def test_without_a_standby_it_is_refused(hands, told, monkeypatch):
    """As RDS refuses it, and nothing happens."""
    database(monkeypatch, MultiAZ=False)
    assert reboot(AtOnce())[0] == 400
    assert told == []


def test_what_was_answered_can_be_asked_for_afterwards(hands, told, monkeypatch):
    """Second by second, whenever one asks."""
    database(monkeypatch)
    begun = registry.now()
    reboot(AtOnce())
    hands.pass_seconds(100)
    entry = registry.find(CLUSTER)
    registry.advance(entry)
    gateway = entry.gateway
    refused = [at for at, one in gateway.answers.seen(begun, begun + 100) if one["litellm"]]
    assert 76 <= len(refused) <= 79
