"""The twin fails over: the drill's verdict on it is right, and a wedged LiteLLM is found and mended."""

import pytest

from stargate.domain.drills.kinds import Kind
from stargate.domain.drills.markers import loss_of, series_of
from stargate.domain.drills.objectives import DATABASE
from stargate.domain.drills.platform import Reported
from stargate.domain.drills.probes import Probe
from stargate.domain.drills.score import Evidence, Verdict, score
from stargate.domain.drills.seen import with_database
from tests.unit.twin.twins import RULES, SIZE, START, gateway_of

NOTHING_LOST = loss_of([], set(), 1.0)


def drilled(seconds, *, wedges=False, rescue_after=None, watched=900):
    """Fail over and watch; with `rescue_after` LiteLLM is deployed anew so long after."""
    gateway, begun = gateway_of(2), START + 10
    for service in ("grafana", "langfuse", "victoria-metrics"):
        gateway.fleet.add_service(service, SIZE, 2, START + 3, RULES)
    begun += 600
    gateway.failover.seconds, gateway.failover.wedges = float(seconds), wedges
    gateway.advance(begun + 30)
    back = gateway.failover.begin(begun + 30, gateway.fleet)
    if rescue_after is not None:
        gateway.advance(begun + 30 + rescue_after)
        gateway.fleet.deploy("litellm", begun + 30 + rescue_after)
    gateway.advance(begun + watched)
    probes = tuple(
        Probe(float(at), component, not reason, 0.05, reason)
        for at, told in gateway.answers.seen(begun, begun + watched)
        for component, reason in told.items()
    )
    reported = Reported(begun + 30, back, "us-east-1a", "us-east-1b")
    series = series_of(gateway.answers.scrapes, gateway.answers.scrapes, begun)
    return score(
        Evidence(
            Kind.DATABASE_FAILOVER, begun + 30, tuple(with_database(probes)), NOTHING_LOST, series, reported,
            (DATABASE,),
        )
    )  # fmt: skip


@pytest.mark.parametrize(("seconds", "met"), [(35, True), (60, True), (90, True), (120, False), (240, False)])
def test_each_assumed_time_gets_its_verdict(seconds, met):
    """Measured through the services: the failover, and the time in which connections are made anew."""
    told = drilled(seconds)
    assert told.verdict is (Verdict.MET if met else Verdict.MISSED)
    assert seconds <= told.recovery_seconds <= seconds + 5
    assert told.wedge is None


def test_a_wedged_litellm_never_recovers_by_itself():
    """The database is back, liveliness answers, and every key is refused."""
    told = drilled(60, wedges=True)
    assert (told.verdict, told.recovery_seconds) == (Verdict.MISSED, None)
    assert told.wedge is not None


def test_a_new_deployment_mends_it_and_its_time_counts():
    """From the first failed request to new tasks that take keys again."""
    told = drilled(60, wedges=True, rescue_after=90)
    assert told.wedge is not None
    assert told.recovery_seconds > 90
    litellm = next(one for one in told.components if one.component == "litellm")
    assert litellm.outages[-1].reasons.keys() >= {"401 instead of 200"}
