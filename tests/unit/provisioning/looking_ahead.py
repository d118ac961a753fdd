"""What comes before a play's stacks, in an account that has everything but what the test names."""

from __future__ import annotations

from stargate.usecases.provisioning.beforehand.goods import Goods
from stargate.usecases.provisioning.beforehand.ground import Ground
from stargate.usecases.provisioning.beforehand.leave import Leave
from stargate.usecases.provisioning.beforehand.names import Names
from stargate.usecases.provisioning.beforehand.owner import Owner
from stargate.usecases.provisioning.find_returning import FindReturning
from stargate.usecases.provisioning.preflight import Preflight
from stargate.usecases.provisioning.restore_secrets import RestoreSecrets
from tests import fakes


def preflight_of(play, home="us-east-1", **given):
    """Of `given`: regions, quotas, belongings, offers, rights and account, each as a fake."""
    regions = given.get("regions") or fakes.FakeRegions()
    belongings = given.get("belongings") or fakes.FakeBelongings()
    return Preflight(
        play.environments,
        play.manifests,
        play.stacks,
        FindReturning(play.manifests, play.stacks, belongings),
        (
            Ground(play.nodes, regions, given.get("quotas") or fakes.FakeQuotas()),
            Names(play.nodes, play.stacks, belongings),
            Goods(play.manifests, regions, given.get("offers") or fakes.FakeOffers(), belongings),
            Leave(play.manifests, given.get("rights") or fakes.FakeRights()),
        ),
        Owner(given.get("account") or fakes.FakeAccount()),
        home,
        "0123456789ab",
    )


def restore_of(play, belongings=None, adoptions=None):
    belongings = belongings or fakes.FakeBelongings()
    adoptions = adoptions or fakes.FakeAdoptions(play.stacks, belongings)
    find = FindReturning(play.manifests, play.stacks, belongings)
    return RestoreSecrets(find, play.manifests, play.stacks, adoptions)
