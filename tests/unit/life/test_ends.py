"""How an environment goes for good: what is kept, for how long, and how it is given up after all."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from stargate.domain.costs.kept import monthly_in_words, monthly_of
from stargate.domain.environment import Status
from stargate.domain.life.ends import Farewell, Kept
from stargate.errors import EnvironmentProtectedError, LeftoversError, SupersededError
from stargate.usecases.provisioning.check_retired import CheckRetired
from stargate.usecases.provisioning.dispose_data import DisposeData
from tests import fakes
from tests.unit.play import Play

DAY = 86400
SECRET = Kept("secret", "stargate-sandbox/salt", "arn:secret:salt", "us-east-1")
SNAPSHOT = Kept("snapshot", "stargate-sandbox-snapshot", "arn:snapshot", "us-east-1", size_gb=100)
NOTHING = Farewell(final_snapshot=False, secrets_recovery=False)


@pytest.fixture
def play():
    play = Play()
    play.ask()
    play.remains = fakes.FakeRemains(play.clock, [SECRET, SNAPSHOT])
    play.inventory = fakes.FakeInventory({"us-east-1": [SECRET.arn, SNAPSHOT.arn]})
    return play


def retire(play, farewell=None):
    """Let it go, its stacks being gone already, and answer how it was left."""
    play.lift_protection()
    return again(play, farewell)


def again(play, farewell=None):
    play.environment = play.retire("sandbox", farewell)
    attempt = play.environment.environment_id, play.environment.attempt
    DisposeData(play.environments, play.remains)(*attempt)
    left = {one.arn for one in play.remains.left}
    play.inventory.left = {"us-east-1": sorted(left)}
    CheckRetired(play.environments, play.stacks, play.inventory, play.remains)(*attempt)
    play.settle(*attempt, Status.RETIRED)
    return play.show.one("sandbox")


def test_a_removal_keeps_snapshot_and_secrets_and_says_so(play):
    """The secret for thirty days, the snapshot until somebody deletes it; both in the ledger's last word."""
    document = retire(play)
    assert document["status"] == "RETIRED"
    kept = {one["kind"]: one for one in document["kept"]}
    assert kept["snapshot"]["until"] is None
    assert kept["snapshot"]["size_gb"] == 100
    assert (kept["snapshot"]["monthly_usd"], kept["secret"]["monthly_usd"]) == (9.5, 0.0)
    (secret,) = [one for one in play.remains.left if one.kind == "secret"]
    assert secret.until == play.clock.now() + 30 * DAY
    said = "sandbox is RETIRED: kept on purpose: 1 snapshot, 1 secret, at most $9.50 a month"
    assert play.summaries()[-1] == said


def test_a_removal_without_either_leaves_nothing(play):
    """Told so in the same request."""
    assert retire(play, NOTHING)["kept"] == []
    assert play.remains.left == []
    assert play.summaries()[-1] == "sandbox is RETIRED"


def test_each_is_decided_by_itself(play):
    """No snapshot, but the secrets' window."""
    document = retire(play, Farewell(final_snapshot=False))
    assert [one["kind"] for one in document["kept"]] == ["secret"]


def test_logs_that_services_wrote_late_go_whatever_is_kept(play):
    """Nobody declared them, so nobody would end them; another environment's stay."""
    play.remains.late_logs = {
        "sandbox": ["/aws/ecs/containerinsights/stargate-sandbox/performance"],
        "poc": ["x"],
    }
    retire(play)
    assert play.remains.late_logs == {"poc": ["x"]}


def test_disposing_twice_begins_no_second_window(play):
    """A repeated call finds the secret scheduled and leaves its end as it is."""
    retire(play)
    (before,) = [one for one in play.remains.left if one.kind == "secret"]
    play.clock.pass_seconds(DAY)
    again(play, Farewell(final_snapshot=False))
    (after,) = [one for one in play.remains.left if one.kind == "secret"]
    assert after.until == before.until


def test_what_was_kept_is_given_up_by_the_same_request_told_otherwise(play):
    """Of an environment that is gone DELETE takes the rest along; without a wish it changes nothing."""
    retire(play)
    assert play.retire("sandbox").status is Status.RETIRED
    assert again(play, NOTHING)["kept"] == []
    assert play.retire("sandbox", NOTHING).status is Status.RETIRED


def test_a_name_whose_secrets_are_kept_is_free(play):
    """They come back with it; whoever wants others gives them up first."""
    retire(play)
    assert play.ask().status is Status.PROVISIONING


def test_what_was_not_to_be_kept_is_left_over_while_it_is_there(play):
    """A snapshot that RDS has not deleted yet keeps the environment from being RETIRED."""
    play.lift_protection()
    environment = play.retire("sandbox", NOTHING)
    check = CheckRetired(play.environments, play.stacks, play.inventory, play.remains)
    with pytest.raises(LeftoversError, match="arn:snapshot"):
        check(environment.environment_id, environment.attempt)


def test_a_secret_without_a_window_is_no_kept_secret(play):
    """Nobody scheduled it: it would stay for ever, and be billed."""
    play.lift_protection()
    environment = play.retire("sandbox")
    check = CheckRetired(play.environments, play.stacks, play.inventory, play.remains)
    with pytest.raises(LeftoversError, match="arn:secret:salt"):
        check(environment.environment_id, environment.attempt)


def test_what_has_no_price_is_told_as_such():
    """A region that the price list does not know; a secret that nobody scheduled is billed."""
    assert monthly_of(replace(SNAPSHOT, region="eu-north-1")) is None
    assert monthly_of(SECRET) == Decimal("0.40")
    words = monthly_in_words([SNAPSHOT, replace(SNAPSHOT, region="eu-north-1")])
    assert words == "at most $9.50 a month, and what has no price here"


def test_what_is_protected_stays(play):
    """Until the protection is lifted, whatever else is asked for."""
    with pytest.raises(EnvironmentProtectedError, match="lift it first"):
        play.retire("sandbox", NOTHING)
    assert play.environments.by_name("sandbox").status is Status.PROVISIONING


def test_disposal_for_an_attempt_that_is_over_touches_nothing(play):
    """As every function."""
    with pytest.raises(SupersededError):
        DisposeData(play.environments, play.remains)(play.environment.environment_id, 1)
    assert play.remains.left == [SECRET, SNAPSHOT]
