"""The rate limit is tried on request only, and what was found is written beside the other checks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.environment import Check, Status
from stargate.domain.gateway.rate_limit import BLOCKED, LIMIT, PATH, WINDOW_SECONDS, Trial, check_rate_limit
from stargate.errors import EnvironmentBusyError, EnvironmentNotFoundError, InvalidRequestError
from stargate.usecases.provisioning.request_check import RequestCheck
from stargate.usecases.provisioning.try_rate_limit import TryRateLimit
from tests import fakes
from tests.template.gateway_templates import rendered
from tests.unit.play import Play

HELD = Trial(200, 1100, 21.4, BLOCKED)
LET_THROUGH = Trial(200, 1290, 95, 200)
ASKED = {"check": "rate limit"}


class Firewalled(Play):
    """A gateway that stands, and whoever asks too often."""

    def __post_init__(self):
        super().__post_init__()
        self.trials, self.floods = fakes.FakeTrials(), []
        self.ask()
        self.begin_provision()
        self.stand_all()
        self.settle(self.environment.environment_id, 1, Status.READY)
        self.request = RequestCheck(self.environments, self.trials, self.narrator("someone"))

    def now(self):
        return self.environments.get(self.environment.environment_id)

    def try_limit(self, trial):
        def flood(domain, path, enough, patience):
            self.floods.append((domain, path, enough))
            return trial

        tried = TryRateLimit(
            self.environments, self.nodes, flood, self.clock, self.narrator("try_rate_limit")
        )
        return tried(self.environment.environment_id, "entry-1")

    def entries(self, kind):
        return [
            entry for entry in self.table.entries[self.now().environment_id].values() if entry.kind == kind
        ]


@pytest.fixture
def gateway():
    return Firewalled()


def test_it_is_begun_on_request_and_told_so(gateway):
    """Nobody waits for it; the ledger says who asked, and what it does to whoever tries."""
    assert gateway.request("sandbox", ASKED) == gateway.now()
    note = gateway.entries("note")[-1]
    assert "blocks the address that tries it" in note.summary
    assert gateway.trials.begun == [(gateway.now().environment_id, note.entry_id)]


@pytest.mark.parametrize(
    ("request_", "faulty"),
    [([], "/"), ({}, "/check"), ({"check": "speed"}, "/check"), ({**ASKED, "twice": True}, "/twice")],
)
def test_a_faulty_request_is_refused_with_every_fault(gateway, request_, faulty):
    """Nothing is begun."""
    with pytest.raises(InvalidRequestError) as refused:
        gateway.request("sandbox", request_)
    assert [fault.path for fault in refused.value.faults] == [faulty]
    assert gateway.trials.begun == []


def test_it_is_refused_where_there_is_nothing_to_try(gateway):
    """No environment, one that does not stand, or one without a web ACL."""
    with pytest.raises(EnvironmentNotFoundError):
        gateway.request("nobody", ASKED)
    gateway.ask(name="lab", preset="poc", overrides={"network": {"cidr": "10.99.0.0/16"}})
    with pytest.raises(InvalidRequestError, match="lab has no web ACL"):
        gateway.request("lab", ASKED)
    gateway.ask(name="young", overrides={"network": {"cidr": "10.98.0.0/16"}})
    with pytest.raises(EnvironmentBusyError, match="it must stand"):
        gateway.request("young", ASKED)
    assert gateway.trials.begun == []


def test_a_limit_that_holds_is_one_more_check(gateway):
    """With what was measured; tried again it replaces what was found before."""
    for _ in range(2):
        assert "403 after 1100 requests in 21 s" in gateway.try_limit(HELD)
    assert gateway.floods[0] == ("d1.cloudfront.net", PATH, LIMIT + 200)
    found = gateway.now()
    assert (found.status, found.failure) == (Status.READY, None)
    assert [check.ok for check in found.checks if check.name == "rate limit"] == [True]
    assert [entry.cause for entry in gateway.entries("verification")] == ["entry-1"] * 2


def test_a_limit_that_lets_everybody_through_is_a_gateway_that_is_not_well(gateway):
    """DEGRADED, with the check as its reason; the other checks stay."""
    known = Check("stacks", ok=True, measured="15 stand", bound="15 stand")
    table = gateway.table.environments
    table[gateway.now().environment_id] = replace(gateway.now(), checks=(known,))
    gateway.try_limit(LET_THROUGH)
    found = gateway.now()
    assert found.status is Status.DEGRADED
    assert "rate limit: 200 after 1290 requests in 95 s" in found.failure.reason
    assert found.checks[0] == known


def test_a_gateway_that_has_gone_meanwhile_is_not_tried(gateway):
    """The request may lie for a while before it is followed."""
    going = replace(gateway.now(), status=Status.RETIRING)
    gateway.table.environments[going.environment_id] = going
    assert gateway.try_limit(HELD) == "sandbox is RETIRING by now"
    assert gateway.floods == []


@pytest.mark.parametrize(
    ("trial", "ok", "measured"),
    [
        (HELD, True, "403 after 1100 requests in 21 s"),
        (LET_THROUGH, False, "200 after 1290 requests in 95 s"),
        (Trial(503, 1, 0.1, 503), False, f"not tried: {PATH} answers 503"),
        (Trial(0, 1, 8, 0, "timed out"), False, f"not tried: {PATH} answers timed out"),
        (Trial(403, 1, 0.1, 403), False, f"not tried: {PATH} answers 403"),
        (Trial(200, 12, 1, BLOCKED), False, "403 after 12 requests in 1 s"),
    ],
)
def test_only_a_block_that_follows_the_flood_counts(trial, ok, measured):
    """Who was refused from the first, or long before the limit, was refused for another reason."""
    check = check_rate_limit(trial)
    assert (check.ok, check.measured) == (ok, measured)


def test_the_limit_that_is_tried_is_the_templates():
    """And the path that is asked lies outside /v1/, where it holds."""
    rules = rendered("sandbox", "waf")["WebAcl"]["Properties"]["Rules"]
    (rule,) = [rule["Statement"]["RateBasedStatement"] for rule in rules if rule["Name"] == "rate-limit"]
    assert (rule["Limit"], rule["EvaluationWindowSec"]) == (LIMIT, WINDOW_SECONDS)
    assert not PATH.startswith("/v1/")
