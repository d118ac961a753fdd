"""RestoreDBInstanceToPointInTime and DeleteDBInstance on the local cloud: in time, or refused as by AWS."""

from __future__ import annotations

import pytest
from ministack.services import rds

from local.clock import Clock
from local.services import rds_restores
from local.services.later import Later
from local.services.pace import Pace

SOURCE, SIDE = "stargate-one", "stargate-one-rehearsal"


class Due(Later):
    """What is due later is kept until the test lets it happen."""

    def call(self, real_seconds, act, *args):
        self.seconds, self.act = real_seconds, lambda: act(*args)


@pytest.fixture
def heard(monkeypatch):
    events = []
    monkeypatch.setattr("local.events.emit", lambda *event: events.append(event))
    return events


@pytest.fixture
def later(monkeypatch, heard):
    source = {
        "DBInstanceIdentifier": SOURCE, "DBInstanceArn": f"arn:aws:rds:us-east-1:000000000000:db:{SOURCE}",
        "DBInstanceStatus": "available", "MultiAZ": True, "AvailabilityZone": "us-east-1a",
        "SecondaryAvailabilityZone": "us-east-1b", "Engine": "postgres", "DBInstanceClass": "db.r6g.large",
        "EngineVersion": "16.13", "MasterUsername": "stargate", "AllocatedStorage": 100,
        "BackupRetentionPeriod": 7, "Endpoint": {"Address": "one.rds", "Port": 5432},
    }  # fmt: skip
    monkeypatch.setitem(rds._instances, SOURCE, source)
    yield Due()
    rds._instances.pop(SIDE, None)


def restore(later, **more):
    asked = {
        "SourceDBInstanceIdentifier": [SOURCE], "TargetDBInstanceIdentifier": [SIDE], "MultiAZ": ["false"],
        "UseLatestRestorableTime": ["true"], "Tags.Tag.1.Key": ["stargate:drill"], "Tags.Tag.1.Value": ["d1"],
    }  # fmt: skip
    return rds_restores.restoring(Pace(Clock.starting_now(60)), later)({**asked, **more})


def delete(later, name=SIDE):
    operation = rds_restores.deleting(rds._delete_db_instance, Pace(Clock.starting_now(60)), later)
    return operation({"DBInstanceIdentifier": [name], "SkipFinalSnapshot": ["true"]})


def test_a_restore_makes_an_instance_of_its_own_in_time(later, heard):
    """Creating for some 25 minutes, then available, with an address, tags and an event of its own."""
    status, _, body = restore(later)
    assert status == 200, body
    made = rds._instances[SIDE]
    assert (made["DBInstanceStatus"], made["MultiAZ"], made["SecondaryAvailabilityZone"]) == (
        "creating",
        False,
        "",
    )
    assert made["Endpoint"]["Address"].startswith(SIDE)
    assert made["TagList"] == [{"Key": "stargate:drill", "Value": "d1"}]
    assert 10 < later.seconds < 90
    later.act()
    assert made["DBInstanceStatus"] == "available"
    ((source, _, resources, detail),) = heard
    assert (source, resources) == ("aws.rds", [made["DBInstanceArn"]])
    assert (detail["EventID"], detail["EventCategories"]) == ("RDS-EVENT-0019", ["restoration"])
    assert rds._instances[SOURCE]["DBInstanceStatus"] == "available"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"SourceDBInstanceIdentifier": ["nobody"]}, b"DBInstanceNotFound"),
        ({"TargetDBInstanceIdentifier": [SOURCE]}, b"DBInstanceAlreadyExists"),
    ],
)
def test_what_cannot_be_restored_is_refused(later, more, code):
    """By the names that AWS gives."""
    status, _, body = restore(later, **more)
    assert status >= 400
    assert code in body


def test_without_backups_there_is_nothing_to_restore(later):
    """Their retention is zero."""
    rds._instances[SOURCE]["BackupRetentionPeriod"] = 0
    assert b"PointInTimeRestoreNotEnabled" in restore(later)[2]


def test_it_is_deleted_in_time_and_not_while_it_is_made(later):
    """Refused while it is creating; then deleting for some minutes, and gone."""
    restore(later)
    status, _, body = delete(later)
    assert (status, b"InvalidDBInstanceState" in body) == (400, True)
    later.act()
    assert delete(later)[0] == 200
    assert rds._instances[SIDE]["DBInstanceStatus"] == "deleting"
    later.act()
    assert SIDE not in rds._instances
    assert delete(later)[0] == 404
